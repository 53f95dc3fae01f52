import Radiomics
import RadiomicsDICOM
import RadiomicsFormats
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Slices become volumes by their positions and orientation, or are refused.
@Suite struct SeriesTests {
  /// Neither the names of files nor slice thickness matter; rows are spaced by the first number of Pixel Spacing.
  @Test func positionsOrderSlices() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    slice.edit = { $0.set(.sliceThickness, decimals: [5]) }
    try folder.write(slice, at: [30, 25, 27.5])
    let stored = try image(folder.url.path)
    let scan = stored.volumes[0]
    #expect(scan.geometry == (try Geometry(size: [4, 3, 3], spacing: [0.5, 0.8, 2.5], origin: [-10, -20, 25])))
    #expect(voxels(scan)[0] == 100 && voxels(scan)[12] == 200 && voxels(scan)[24] == 0)
    #expect(stored.files.count == 3)
  }

  @Test func obliquePlanes() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    let turn = 0.6, rest = 0.8
    slice.orientation = [1, 0, 0, 0, turn, rest]
    for index in 0..<3 {
      slice.position = [5, 6 - 2 * rest * Double(index), 7 + 2 * turn * Double(index)]
      try folder.write(slice.dataSet, to: "\(index)")
    }
    let geometry = try image(folder.url.path).volumes[0].geometry
    #expect((geometry.direction.z - SIMD3(0, -rest, turn)).length < 1e-12)
    #expect(abs(geometry.spacing.z - 2) < 1e-12)
    #expect((geometry.origin - SIMD3(5, 6, 7)).length < 1e-9)
  }

  @Test func missingSlices() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2, 4, 8, 10])
    let words = try #require(refusal { _ = try image(folder.url.path) })
    #expect(words.contains("1 slice is missing") && words.contains("4 mm after the first"))
    let stored = try image(folder.url.path) { $0.series.allowsGaps = true }
    let scan = stored.volumes[0]
    #expect(scan.geometry.size.z == 6 && scan.geometry.spacing.z == 2)
    // Between 200 and 300 more.
    #expect(stride(from: 0, to: 72, by: 12).map { voxels(scan)[$0] } == [0, 100, 200, 250, 300, 400])
    #expect(stored.findings.contains { $0.message.contains("1 of 6 slices were interpolated") })
  }

  @Test func unevenSlices() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2, 4, 7, 10])
    #expect(refusal { _ = try image(folder.url.path) }?.contains("run from 2 to 3 mm") == true)
    let scan = try image(folder.url.path) { $0.series.allowsGaps = true }.volumes[0]
    #expect(scan.geometry.size.z == 6 && scan.geometry.spacing.z == 2)
    let firsts = stride(from: 0, to: 72, by: 12).map { voxels(scan)[$0] }
    for (value, expected) in zip(firsts, [0, 100, 200, 200 + 200.0 / 3, 300 + 100.0 / 3, 400]) {
      // The last digit of single precision between 256 and 512.
      #expect(abs(value - expected) <= 0x1p-15)
    }
  }

  /// Positions written with one decimal are even enough, and it is said.
  @Test func roundedPositions() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 0.6, 1.3, 1.9, 2.5])
    let stored = try image(folder.url.path)
    #expect(abs(stored.volumes[0].geometry.spacing.z - 0.625) < 1e-12)
    #expect(stored.findings.contains { $0.message.contains("off an even grid") })
  }

  @Test func doubleSlices() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2, 2, 4])
    for allowsGaps in [false, true] {
      let words = refusal { _ = try image(folder.url.path) { $0.series.allowsGaps = allowsGaps } }
      #expect(words?.contains("1 of 4 slices lie at the place of another") == true)
    }
  }

  /// Repairs end where they would make an image of mere interpolation.
  @Test func absurdRepairs() throws {
    let folder = try TemporaryFolder(), other = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 0.01, 2, 4, 900])
    #expect(
      refusal { _ = try image(folder.url.path) { $0.series.allowsGaps = true } }?.contains("twenty times") == true)
    for index in 0..<3 {
      var slice = Slice()
      slice.position = [0, 5 * Double(index), 2 * Double(index)]
      try other.write(slice.dataSet, to: "\(index)")
    }
    #expect(
      refusal { _ = try image(other.url.path) { $0.series.resamplesTilt = true } }?.contains("45 degrees") == true)
  }

  /// The same object in two files counts once.
  @Test func copiedFiles() throws {
    let folder = try TemporaryFolder()
    let slices = [0.0, 2].map { z -> DataSet in
      var slice = Slice()
      slice.position![2] = z
      return slice.dataSet
    }
    for (index, data) in (slices + slices).enumerated() { try folder.write(data, to: "\(index)") }
    let stored = try image(folder.url.path)
    #expect(stored.volumes[0].geometry.size.z == 2)
    #expect(stored.findings.count { $0.message.contains("another file holds the same object") } == 2)
  }

  @Test func tiltedGantry() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    slice.pixels = [Int16](repeating: 40, count: 12)
    for index in 0..<4 {
      slice.position = [0, 0.2 * Double(index), 2 * Double(index)]
      try folder.write(slice.dataSet, to: "\(index)")
    }
    #expect(refusal { _ = try image(folder.url.path) }?.contains("tilted gantry") == true)
    let scan = try image(folder.url.path) { $0.series.resamplesTilt = true }.volumes[0]
    // 0.6 mm are 0.75 rows: one row more, and the uppermost of it empty where nothing was scanned.
    #expect(scan.geometry.size == [4, 4, 4])
    #expect(scan.geometry.origin == [0, 0, 0])
    let values = voxels(scan)
    // The last digit of single precision between 32 and 64.
    #expect(values[0] == 40 && values[12].isNaN && values[48].isNaN)
    #expect(values.filter { !$0.isNaN }.allSatisfy { abs($0 - 40) <= 0x1p-18 })
  }

  /// A ramp along the patient stays a ramp when slices are put above each other.
  @Test func tiltKeepsPlaces() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    (slice.rows, slice.spacing) = (10, [1, 1])
    for index in 0..<4 {
      let shift = 0.3 * Double(index)
      slice.position = [0, shift, Double(index)]
      slice.slope = 0.01
      slice.pixels = (0..<40).map { Int16((100 * (Double($0 / 4) + shift)).rounded()) }
      try folder.write(slice.dataSet, to: "\(index)")
    }
    let scan = try image(folder.url.path) { $0.series.resamplesTilt = true }.volumes[0]
    let volume = scan.volume(in: scan.geometry.box)
    for z in 0..<4 {
      for y in 0..<scan.geometry.size.y where !volume[1, y, z].isNaN {
        // The last digit of single precision between 8 and 16.
        #expect(abs(volume[1, y, z] - Double(y)) <= 0x1p-20)
      }
    }
    #expect(volume.voxels.count { !$0.isNaN } > 130)
  }

  @Test func shiftedSlices() throws {
    let folder = try TemporaryFolder()
    for (index, shift) in [0, 0.3, 0, 0.3].enumerated() {
      var slice = Slice()
      slice.position = [shift, 0, Double(index)]
      try folder.write(slice.dataSet, to: "\(index)")
    }
    let words = refusal { _ = try image(folder.url.path) { $0.series.resamplesTilt = true } }
    #expect(words?.contains("in no regular way") == true)
  }

  /// Echoes at the same places are volumes of their own.
  @Test func echoes() throws {
    let folder = try TemporaryFolder()
    for echo in 0..<2 {
      for index in 0..<3 {
        var slice = Slice()
        (slice.modality, slice.sopClass) = ("MR", "1.2.840.10008.5.1.4.1.1.4")
        slice.position![2] = 2 * Double(index)
        slice.pixels = [Int16](repeating: Int16(10 * echo + index), count: 12)
        slice.edit = {
          $0.set(.echoTime, decimals: [[2.3, 11.5][echo]])
          $0.set(.imageType, VR("CS"), "ORIGINAL\\PRIMARY\\M\\ECHO\(echo)")
        }
        try folder.write(slice.dataSet, to: "\(echo)-\(index)")
      }
    }
    let words = try #require(refusal { _ = try image(folder.url.path) })
    #expect(
      words.contains("2 volumes") && words.contains("echo time (ms) 11.5")
        && words.contains("Choose one by its number, from 0 to 1."))
    let second = try image(folder.url.path) { $0.volume = 1 }
    #expect(second.volumeCount == 2 && voxels(second.volumes[0])[24] == 12)
    let listed = try DICOMFolder(folder.url.path).series[0].volumes
    #expect(listed.count == 2 && listed[0].contains("echo time (ms) 2.3"))
  }

  /// Two acquisitions that overlap unevenly are told apart.
  @Test func acquisitions() throws {
    let folder = try TemporaryFolder()
    for (index, (z, acquisition)) in [(0.0, 1), (2, 1), (4, 1), (5, 2), (7, 2), (9, 2)].enumerated() {
      var slice = Slice()
      slice.position![2] = z
      slice.edit = { $0.set(.acquisitionNumber, VR("IS"), "\(acquisition)") }
      try folder.write(slice.dataSet, to: "\(index)")
    }
    let stored = try image(folder.url.path) { $0.volume = 1 }
    #expect(stored.volumeCount == 2 && stored.volumes[0].geometry.origin.z == 5)
  }

  @Test func localizers() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2, 4])
    var scout = Slice()
    scout.orientation = [0, 1, 0, 0, 0, -1]
    scout.edit = { $0.set(.imageType, VR("CS"), "ORIGINAL\\PRIMARY\\LOCALIZER") }
    try folder.write(scout.dataSet, to: "scout")
    let stored = try image(folder.url.path)
    #expect(stored.volumeCount == 1 && stored.findings.contains { $0.message.contains("1 localizer") })
  }

  /// Three orientations without a word on localizers are three volumes.
  @Test func orientations() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2])
    var other = Slice()
    other.orientation = [0, 1, 0, 0, 0, -1]
    try folder.write(other.dataSet, to: "sagittal")
    let words = try #require(refusal { _ = try image(folder.url.path) })
    #expect(words.contains("axial") && words.contains("sagittal"))
  }

  @Test func choosesSeries() throws {
    let folder = try TemporaryFolder()
    for (number, (name, modality)) in [("Thorax 1.0 B30f", "CT"), ("T2 axial", "MR")].enumerated() {
      var slice = Slice()
      (slice.series, slice.modality) = ("1.2.4.\(number)", modality)
      slice.edit = { $0.set(.seriesDescription, VR("LO"), name) }
      try folder.write(slice.dataSet, to: "\(number)")
    }
    #expect(refusal { _ = try image(folder.url.path) }?.contains("there are 2 series") == true)
    for choice in ["1.2.4.1", "T2 axial", "/^T2/", "mr"] {
      let stored = try image(folder.url.path) { $0.series.series = choice }
      #expect(stored.acquisition.contains(AcquisitionFact("modality", [.text("MR")])), "\(choice)")
    }
    #expect(
      refusal { _ = try image(folder.url.path) { $0.series.series = "PT" } }?.contains("no series answers") == true)
  }

  /// Slopes of their own for each slice, bits beside the stored ones, and signs.
  @Test func intensities() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 1]) { index, slice in
      slice.slope = [0.5, 0.25][index]
      slice.intercept = [0, 1][index]
    }
    let scan = try image(folder.url.path).volumes[0]
    #expect(voxels(scan)[3] == 1.5 && voxels(scan)[12 + 4] == 0.25 * 104 + 1)

    let other = try TemporaryFolder()
    var slice = Slice()
    // 12 bits with sign, and an overlay in the upper ones.
    slice.pixels = [0x7FFF, 0x0FFF, 0x07FF, -0x8000, 0x0800, 1, 2, 3, 4, 5, 6, 7]
    slice.intercept = -1024
    slice.edit = {
      $0.set(.bitsStored, VR("US"), 12)
      $0.set(.highBit, VR("US"), 11)
    }
    let path = try other.write(slice.dataSet, to: "a.dcm")
    let read = try image(path).volumes[0]
    #expect(Array(voxels(read)[..<6]) == [-1025, -1025, 1023, -1024, -3072, -1023])
    if case .int16 = read.samples {} else { Issue.record("whole Hounsfield units stay whole") }
  }

  /// A real-world value map takes the place of a missing slope; beside another slope it is mentioned.
  @Test func realWorldValues() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    let map = DataSet {
      $0.set(.realWorldValueSlope, VR("FD"), [0.25])
      $0.set(.realWorldValueIntercept, VR("FD"), [-3])
      $0.set(.measurementUnitsCodeSequence, Code("um2/s", "UCUM", "um2/s"))
    }
    slice.edit = {
      $0.set(.realWorldValueMappingSequence, [map])
      $0.elements[.rescaleSlope] = nil
      $0.elements[.rescaleIntercept] = nil
    }
    let alone = try image(folder.write(slice.dataSet, to: "a.dcm"))
    #expect(voxels(alone.volumes[0])[8] == -1)
    #expect(alone.findings.contains { $0.message.contains("real-world value map (um2/s) gives intensities") })
    slice.edit = { $0.set(.realWorldValueMappingSequence, [map]) }
    let beside = try image(folder.write(slice.dataSet, to: "b.dcm"))
    #expect(voxels(beside.volumes[0])[8] == 8)
    #expect(beside.findings.contains { $0.severity == .warning && $0.message.contains("gives others, 0.25 and -3") })
  }

  /// Padding within a region is a warning; outside it none.
  @Test func padding() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    slice.intercept = -1000
    slice.pixels[0] = -2000
    slice.edit = { $0.elements[.pixelPaddingValue] = .init(vr: VR("SS"), value: .numbers([-2000])) }
    let path = try folder.write(slice.dataSet, to: "a.dcm")
    let scan = try image(path).volumes[0]
    for (first, count) in [(0, 1), (1, 0)] {
      let mask = (0..<12).map { UInt8($0 >= first ? 1 : 0) }
      try ImageFormats.write(Scan(geometry: scan.geometry, mask: mask), to: folder.path("mask.nrrd"))
      let study = try Study(image: path, mask: folder.path("mask.nrrd"), sources: [DICOMSource()])
      #expect(
        study.findings.count { $0.message.contains("1 of 12 voxels hold the image's padding value (-3000)") } == count)
    }
  }

  @Test func contradictions() throws {
    let folder = try TemporaryFolder()
    let edits: [(String, (inout DataSet) -> Void, String)] = [
      ("rows", { $0.set(.rows, VR("US"), 4) }, "need 32 bytes"),
      ("bits", { $0.set(.bitsStored, VR("US"), 17) }, "do not fit into 16"),
      ("slope", { $0.set(.rescaleSlope, VR("DS"), "0") }, "Rescale Slope is 0"),
      ("text", { $0.set(.rescaleSlope, VR("DS"), "x") }, "must be a number"),
      ("spacing", { $0.set(.pixelSpacing, VR("DS"), "1\\-1") }, "must be two numbers above 0"),
      ("no spacing", { $0.elements[.pixelSpacing] = nil }, "no Pixel Spacing"),
      ("orientation", { $0.set(.imageOrientationPatient, VR("DS"), "1\\0\\0\\1\\0\\0") }, "at a right angle"),
      ("palette", { $0.set(.photometricInterpretation, VR("CS"), "PALETTE COLOR") }, "colours of a table"),
      (
        "no place",
        {
          $0.elements[.imagePositionPatient] = nil
          $0.elements[.imageOrientationPatient] = nil
        }, "its place is not known"
      ),
      ("far", { $0.set(.imagePositionPatient, VR("DS"), "1e300\\0\\0") }, "more than a kilometre"),
      ("position", { $0.set(.imagePositionPatient, VR("DS"), "1\\2") }, "must be three numbers"),
      ("table", { $0.set(.modalityLUTSequence, [DataSet()]) }, "Modality LUT"),
      ("pixels", { $0.elements[.pixelData] = nil }, "no series of images"),
      ("frames", { $0.set(.numberOfFrames, VR("IS"), "2") }, "no places of their own"),
      ("many frames", { $0.set(.numberOfFrames, VR("IS"), "2000000000") }, "more than it has bytes"),
    ]
    for (name, edit, words) in edits {
      var slice = Slice()
      slice.edit = edit
      let path = try folder.write(slice.dataSet, to: name + ".dcm")
      let said = refusal { _ = try image(path) }
      #expect(said?.contains(words) == true, "\(name): \(said ?? "accepted")")
    }
  }

  /// A dose grid: frames by their offsets, scaled.
  @Test func dose() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    (slice.modality, slice.sopClass) = ("RTDOSE", "1.2.840.10008.5.1.4.1.1.481.2")
    slice.edit = {
      $0.set(.numberOfFrames, VR("IS"), "2")
      $0.set(.gridFrameOffsetVector, decimals: [0, 2.5])
      $0.set(.doseGridScaling, decimals: [0.001])
      $0.setPixels((0..<24).map { Int16($0) })
    }
    let scan = try image(folder.write(slice.dataSet, to: "dose.dcm")).volumes[0]
    #expect(scan.geometry.size == [4, 3, 2] && scan.geometry.spacing.z == 2.5)
    #expect(abs(voxels(scan)[20] - 0.02) < 1e-15)
  }

  /// A radiograph has a plane but no place; its pixels at the detector.
  @Test func radiograph() throws {
    let folder = try TemporaryFolder()
    var slice = Slice()
    (slice.modality, slice.position, slice.spacing) = ("DX", nil, nil)
    slice.edit = { $0.set(.imagerPixelSpacing, decimals: [0.2, 0.1]) }
    let geometry = try image(folder.write(slice.dataSet, to: "dx.dcm")).volumes[0].geometry
    #expect(geometry.spacing == [0.1, 0.2, 1] && geometry.size.z == 1)
  }

  @Test func directoryAndList() throws {
    let folder = try TemporaryFolder()
    try folder.write(Slice(), at: [0, 2, 4])
    try folder.write("slice0.dcm\n\nslice2.dcm\n", to: "list.txt")
    #expect(try image(folder.path("list.txt")).volumes[0].geometry.size.z == 2)
    var directory = DataSet()
    directory.set(.sopClassUID, VR("UI"), "1.2.840.10008.1.3.10")
    directory.set(.sopInstanceUID, VR("UI"), UID.new())
    let records = ["SLICE0.DCM", "slice1.dcm"].map { name in DataSet { $0.set(.referencedFileID, VR("CS"), name) } }
    directory.set(.directoryRecordSequence, records)
    try folder.write(directory, to: "DICOMDIR")
    #expect(try image(folder.path("DICOMDIR")).volumes[0].geometry.size.z == 2)
  }
}
