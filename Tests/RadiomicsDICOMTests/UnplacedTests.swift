import Radiomics
import RadiomicsDICOM
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Images without size or place of their pixels: voxels for another format, never features.
@Suite struct UnplacedTests {
  /// Read for its voxels alone, as `convert` does.
  private func unplaced(_ path: String, volume: Int? = nil) throws -> StoredImage {
    try image(path) {
      $0.volume = volume
      $0.series.usesUnitGrid = true
    }
  }

  @Test func secondaryCapture() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    (slice.sopClass, slice.modality) = ("1.2.840.10008.5.1.4.1.1.7", "OT")
    (slice.position, slice.spacing) = (nil, nil)
    for number in 0..<2 {
      slice.pixels = (0..<12).map { Int16($0 + 100 * number) }
      slice.edit = { $0.set(.instanceNumber, VR("IS"), "\(number)") }
      try folder.write(slice.dataSet, to: "\(number)")
    }
    let one = try unplaced(folder.path("0"))
    #expect(one.volumes[0].geometry == (try Geometry(size: [4, 3, 1], spacing: [1, 1, 1])))
    #expect(voxels(one.volumes[0]) == (0..<12).map { Double($0) })
    #expect(one.findings.contains { $0.severity == .warning && $0.message.contains("grid of 1 x 1 x 1 mm") })
    // Captures of one series are images of their own.
    #expect(refusal { _ = try unplaced(folder.url.path) }?.contains("2 volumes (0: image 1; 1: image 2)") == true)
    #expect(try voxels(unplaced(folder.url.path, volume: 1).volumes[0])[0] == 100)
    #expect(
      refusal { _ = try image(folder.path("0")) }?.contains("no Pixel Spacing")
        == true)
  }

  /// Frames of one file lie above each other; what has a place keeps it.
  @Test func framesAndPlaces() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    (slice.sopClass, slice.position, slice.spacing) = ("1.2.840.10008.5.1.4.1.1.4.1", nil, nil)
    slice.edit = {
      $0.set(.numberOfFrames, VR("IS"), "2")
      $0.setPixels((0..<24).map { Int16($0) })
    }
    let scan = try unplaced(folder.write(slice.dataSet, to: "enhanced.dcm")).volumes[0]
    #expect(scan.geometry.size == [4, 3, 2] && voxels(scan) == (0..<24).map { Double($0) })
    #expect(
      refusal { _ = try image(folder.path("enhanced.dcm")) }?.contains(
        "voxels alone can be converted") == true)
    let placed = try unplaced(folder.write(Slice().dataSet, to: "ct.dcm"))
    #expect(placed.volumes[0].geometry.spacing.x == 0.5 && !placed.findings.contains { $0.message.contains("grid of") })
  }

  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)")) func enhancedSample() throws {
    let scan = try unplaced(ReferenceData.path("dicom/enhanced/emri_small.dcm")).volumes[0]
    #expect(scan.geometry.size == [64, 64, 10] && voxels(scan).reduce(0, +) == 4_493_276)
  }
}
