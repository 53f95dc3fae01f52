import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Labels of each sample type are found as a walk over all voxels finds them.
@Suite struct LabelRunsTests {
  @Test(arguments: 0..<8)
  func everyVoxel(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let size = SIMD3(37, 9, 8), folder = try TemporaryFolder()
    // Runs of one to thirty voxels, some of which go on from row to row.
    var labels: [Int] = []
    while labels.count < size.x * size.y * size.z {
      let label = generator.uniform() < 0.5 ? 0 : Int(generator.uniform() * 5) * 25 + 1
      labels += [Int](repeating: label, count: 1 + Int(generator.uniform() * 30))
    }
    labels.removeLast(labels.count - size.x * size.y * size.z)
    let geometry = try Geometry(size: size)
    try ImageFormats.write(
      Scan(geometry: geometry, samples: .uint8([UInt8](repeating: 0, count: labels.count))),
      to: folder.path("image.nrrd"))
    let kinds: [Scan.Samples] = [
      .uint8(labels.map { UInt8($0) }), .int8(labels.map { Int8($0) }), .uint16(labels.map { UInt16($0) }),
      .int32(labels.map { Int32($0) }), .float(labels.map { $0 == 0 ? .nan : Float($0) }),
      .double(labels.map { Double($0) }), .uint64(labels.map { UInt64($0) }),
    ]
    for samples in kinds {
      try ImageFormats.write(Scan(geometry: geometry, samples: samples), to: folder.path("mask.nrrd"))
      let study = try Study(image: folder.path("image.nrrd"), mask: folder.path("mask.nrrd"))
      #expect(study.regions.map(\.name) == Set(labels).subtracting([0]).sorted().map { "\($0)" })
      for region in study.regions {
        #expect(region.voxels == RowSpans(size: size) { "\(labels[$0])" == region.name })
      }
      var options = Study.Options()
      options.region = .union
      let union = try Study(image: folder.path("image.nrrd"), mask: folder.path("mask.nrrd"), options: options)
      #expect(union.regions[0].voxels == RowSpans(size: size) { labels[$0] != 0 })
    }
  }
}
