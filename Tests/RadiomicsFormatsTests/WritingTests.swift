import Foundation
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct WritingTests {
  static let endings = [".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd"]

  /// Turned, permuted and mirrored grids, among them half turns, where the quaternion's first part is 0.
  static let directions: [Matrix3] = {
    let c = cos(0.3), s = sin(0.3)
    let turned = Matrix3([c, s, 0], [-s, c, 0], [0, 0, 1]) * Matrix3([1, 0, 0], [0, -s, c], [0, -c, -s])
    return [
      .identity, turned, turned * turned * turned, Matrix3([-1, 0, 0], [0, 1, 0], [0, 0, 1]),
      Matrix3([0, 1, 0], [0, 0, 1], [1, 0, 0]), Matrix3([-1, 0, 0], [0, -1, 0], [0, 0, 1]),
      Matrix3([1, 0, 0], [0, -1, 0], [0, 0, -1]), Matrix3([-1, 0, 0], [0, 1, 0], [0, 0, -1]),
      Matrix3([0, 0, -1], [0, -1, 0], [-1, 0, 0]),
    ]
  }()

  private func scan(_ samples: Scan.Samples, _ direction: Matrix3 = directions[1]) throws -> Scan {
    Scan(
      geometry: try Geometry(
        size: [5, 4, 3], spacing: [0.7, 1.3, 2.5], origin: [-10.1, 20.25, 33], direction: direction),
      samples: samples)
  }

  @Test(arguments: endings)
  func readsBackWhatItWrote(ending: String) throws {
    let folder = try TemporaryFolder()
    let path = folder("a" + ending)
    let cases =
      samplesOfEveryType.map { ($0, Self.directions[1]) } + Self.directions.map { (samplesOfEveryType[2], $0) }
    for (samples, direction) in cases {
      let scan = try scan(samples, direction)
      try ImageFormats.write(scan, to: path)
      let image = try ImageFormats.read(path: path)
      #expect(image.volumes[0].samples == samples && image.volumeCount == 1)
      #expect(image.findings.isEmpty, "sform and qform agree")
      // NIfTI-1 keeps single precision.
      let isSingle = ending.hasPrefix(".nii")
      expectGeometry(
        image.volumes[0].geometry, spacing: scan.geometry.spacing, origin: scan.geometry.origin,
        axes: [direction.x, direction.y, direction.z], absolute: isSingle ? 2e-6 : 1e-14)
      guard isSingle else { continue }
      let qform = try ImageFormats.read(path: path, options: ReadingOptions(niftiForm: .qform))
      expectGeometry(
        qform.volumes[0].geometry, spacing: scan.geometry.spacing, origin: scan.geometry.origin,
        axes: [direction.x, direction.y, direction.z], absolute: 2e-6)
    }
    #expect(try !folder.names.contains { $0.hasSuffix(".partial") })
  }

  @Test(arguments: endings)
  func keepsIntensitiesThatAreScaled(ending: String) throws {
    let folder = try TemporaryFolder()
    let path = folder("a" + ending)
    let numbers = (0..<60).map { Int16($0) }
    for (slope, intercept) in [(0.5, -3.0), (0.1, 0), (1, 0.3), (1, 7)] {
      let stored = Scan(
        geometry: try scan(.int16(numbers)).geometry, samples: .int16(numbers), slope: slope, intercept: intercept)
      try ImageFormats.write(stored, to: path)
      let read = try ImageFormats.read(path: path).volumes[0]
      #expect(read.volume(in: read.geometry.box).voxels == numbers.map { slope * Double($0) + intercept })
      // A NIfTI header holds a slope of 0.5 exactly and not one of 0.1.
      let isKept = ending.hasPrefix(".nii") && Double(Float(slope)) == slope && Double(Float(intercept)) == intercept
      #expect((read.samples == .int16(numbers)) == isKept)
    }
  }

  static let names = [
    "Liver", "Läsion, links", "影像", "\u{301}x", " blanks ", "", "a\\nb\\", "two\nlines", "two\r\nlines", ":=:", "# one",
  ]

  @Test(arguments: [".nrrd", ".nhdr"]) func keepsTheNamesOfSegments(ending: String) throws {
    let folder = try TemporaryFolder()
    let segments = Self.names.enumerated().map { Segment(name: $1, label: 3 * $0 - 1, volume: 5) }
    try ImageFormats.write(try scan(samplesOfEveryType[2]), to: folder("a" + ending), segments: segments)
    let image = try ImageFormats.read(path: folder("a" + ending))
    #expect(image.segments == segments.map { Segment(name: $0.name, label: $0.label, volume: 0) })
    #expect(image.volumes[0].samples == samplesOfEveryType[2])
    #expect(ImageFormats.named(ending)?.keepsSegments == true)
  }

  @Test(arguments: [".nii", ".nii.gz", ".mha", ".mhd"]) func leavesSegmentsOutWhereAFormatHasNone(ending: String) throws
  {
    let folder = try TemporaryFolder()
    let scan = try scan(samplesOfEveryType[2])
    try ImageFormats.write(
      scan, to: folder("a" + ending), segments: [Segment(name: "Liver", label: 1, volume: 0)])
    try ImageFormats.write(scan, to: folder("b" + ending))
    #expect(try ImageFormats.read(path: folder("a" + ending)).segments.isEmpty)
    let files = try ["a", "b"].map { try Data(contentsOf: URL(fileURLWithPath: folder($0 + ending))) }
    #expect(files[0].count == files[1].count)
    #expect(ImageFormats.named(ending)?.keepsSegments == false)
  }

  @Test func writesNIfTI2WhereAnAxisIsLong() throws {
    let folder = try TemporaryFolder()
    let geometry = try Geometry(size: [40_000, 2, 1], spacing: [0.1, 1, 1], origin: [0.1, 0, 0])
    var mask = [UInt8](repeating: 0, count: 80_000)
    mask[79_999] = 7
    try ImageFormats.write(Scan(geometry: geometry, mask: mask), to: folder("a.nii.gz"))
    let scan = try ImageFormats.read(path: folder("a.nii.gz")).volumes[0]
    #expect(scan.samples == .uint8(mask) && scan.geometry == geometry)
  }

  @Test func writesVolumesOfIntensities() throws {
    let folder = try TemporaryFolder()
    let volume = Volume(
      geometry: try scan(.int8([Int8](repeating: 0, count: 60))).geometry, voxels: (0..<60).map { 0.1 * Double($0) })
    try ImageFormats.write(Scan(volume), to: folder("a.nrrd"))
    #expect(try ImageFormats.read(path: folder("a.nrrd")).volumes[0].samples == .double(volume.voxels))
  }

  @Test func refusesEndingsItDoesNotKnow() throws {
    let folder = try TemporaryFolder()
    for name in ["a.tif", "a", "a.gz", "nii"] {
      let error = #expect(throws: FormatError.self) {
        try ImageFormats.write(try scan(samplesOfEveryType[0]), to: folder(name))
      }
      for ending in Self.endings { #expect(error?.message.contains(ending) == true) }
    }
    for name in ["a.hdr", "a.img"] {
      #expect(throws: FormatError.self) {
        try ImageFormats.write(try scan(samplesOfEveryType[0]), to: folder(name))
      }
    }
    #expect(try folder.names.isEmpty)
  }

  @Test func choosesByContentBeforeEnding() throws {
    let folder = try TemporaryFolder()
    for (ending, other) in [(".nii", ".mha"), (".nii.gz", ".nii"), (".nrrd", ".nii"), (".mha", ".dat")] {
      try ImageFormats.write(try scan(samplesOfEveryType[2]), to: folder("a" + ending))
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder("a" + ending))))
      #expect(try folder.image("b" + other, bytes).volumes[0].samples == samplesOfEveryType[2])
    }
  }

  @Test func leavesThePairUntouchedIfOneHalfFails() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder("a.mhd"), withIntermediateDirectories: false)
    #expect(throws: FormatError.self) {
      try MetaImage.write(try scan(samplesOfEveryType[0]), to: folder("a.mhd"))
    }
    #expect(try folder.names == ["a.mhd"])
  }
}
