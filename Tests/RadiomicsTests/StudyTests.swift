import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

@Suite struct StudyTests {
  private let folder: TemporaryFolder
  private let geometry: Geometry

  init() throws {
    folder = try TemporaryFolder()
    geometry = try Geometry(size: [6, 5, 4], spacing: [1, 1, 2])
    try write(Scan(geometry: geometry, samples: .int16((0..<120).map { Int16($0) })), "image.nrrd")
  }

  private func write(_ scan: Scan, _ name: String) throws { try ImageFormats.write(scan, to: folder.path(name)) }

  /// Labels 1 (two separate voxels), 2 (a row of three) and 7 (one voxel).
  private var labels: [UInt8] {
    var labels = [UInt8](repeating: 0, count: 120)
    labels[0] = 1
    labels[119] = 1
    labels[45] = 2
    labels[46] = 2
    labels[47] = 2
    labels[85] = 7
    return labels
  }

  private func regions(
    _ choice: String, _ samples: Scan.Samples? = nil, _ change: (inout Study.Options) -> Void = { _ in }
  ) throws -> [(String, Int)] {
    try write(Scan(geometry: geometry, samples: samples ?? .uint8(labels)), "mask.nrrd")
    var options = Study.Options()
    options.region = RegionChoice(choice)
    change(&options)
    return try Study(image: folder.path("image.nrrd"), mask: folder.path("mask.nrrd"), options: options).regions.map {
      ($0.name, $0.voxels.count)
    }
  }

  private func error(
    _ choice: String = "each", _ samples: Scan.Samples? = nil, _ change: (inout Study.Options) -> Void = { _ in }
  ) -> String {
    do {
      _ = try regions(choice, samples, change)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    ("each", ["1", "2", "7"], [2, 3, 1]), ("union", ["union"], [6]), ("2", ["2"], [3]),
    ("components", ["component 1", "component 2", "component 3", "component 4"], [3, 1, 1, 1]),
  ])
  func choices(_ choice: String, _ names: [String], _ counts: [Int]) throws {
    let regions = try regions(choice)
    #expect(regions.map(\.0) == names && regions.map(\.1) == counts)
  }

  /// Every sample type can hold labels.
  @Test func sampleTypes() throws {
    let samples: [Scan.Samples] = [
      .int8(labels.map { Int8($0) }), .int16(labels.map { Int16($0) }), .uint16(labels.map { UInt16($0) }),
      .int32(labels.map { Int32($0) }), .uint32(labels.map { UInt32($0) }), .int64(labels.map { Int64($0) }),
      .uint64(labels.map { UInt64($0) }), .float(labels.map { Float($0) }), .double(labels.map { Double($0) }),
    ]
    for samples in samples { #expect(try regions("each", samples).map(\.1) == [2, 3, 1]) }
  }

  /// Slopes and resampling leave labels beside whole numbers; a thousandth is rounding, more is not.
  @Test(arguments: [1.0000001, 0.99999994, 0.9991, 1.0009]) func labelsOffByRounding(_ factor: Double) throws {
    let off = Scan.Samples.double(labels.map { $0 == 1 ? factor : Double($0) })
    try write(Scan(geometry: geometry, samples: off), "mask.nrrd")
    let study = try Study(image: folder.path("image.nrrd"), mask: folder.path("mask.nrrd"))
    #expect(study.regions.map { $0.voxels.count } == [2, 3, 1] && study.regions.map(\.name) == ["1", "2", "7"])
    #expect(study.findings.contains { $0.severity == .note && $0.message.contains("but for rounding") })
    #expect(error("each", .double(labels.map { $0 == 1 ? 1.0011 : Double($0) })).contains("not all are whole numbers"))
    let scaled = Scan(
      geometry: geometry, samples: .uint8(labels.map { $0 == 0 ? 0 : 255 }), slope: Double(Float(1) / 255))
    try ImageFormats.write(scaled, to: folder.path("scaled.nii"))
    let other = try Study(image: folder.path("image.nrrd"), mask: folder.path("scaled.nii"))
    #expect(other.regions.map { $0.voxels.count } == [6])
  }

  @Test func labelsAsSpreadsheetsWriteThem() throws {
    #expect(try regions("2.0").map(\.1) == [3] && RegionChoice("1e3") == .label(1000))
    #expect(RegionChoice("2.5") == .name("2.5") && RegionChoice("1e30") == .name("1e30"))
  }

  @Test func softMasks() throws {
    let soft = Scan.Samples.float(labels.map { Float($0) / 10 })
    #expect(error("each", soft).contains("A soft mask needs a threshold"))
    #expect(try regions("each", soft) { $0.maskThreshold = 0.2 }.map(\.1) == [4])
  }

  /// NaN in a mask is background, and is said.
  @Test func notANumberInAMask() throws {
    var values = labels.map { Double($0) }
    values[50] = .nan
    try write(Scan(geometry: geometry, samples: .double(values)), "nan.nrrd")
    let study = try Study(image: folder.path("image.nrrd"), mask: folder.path("nan.nrrd"))
    #expect(study.regions.map { $0.voxels.count } == [2, 3, 1])
    #expect(study.findings.contains { $0.message.contains("1 voxels are not numbers") })
  }

  @Test func namedSegments() throws {
    try write(Scan(geometry: geometry, samples: .uint8(labels)), "mask.nrrd")
    let file = try Data(contentsOf: URL(fileURLWithPath: folder.path("mask.nrrd")))
    let end = try #require(file.range(of: Data("\n\n".utf8)))
    let names =
      "\nSegment2_Name:=node 2\nSegment2_LabelValue:=9\nSegment0_Name:=GTV primary\nSegment0_LabelValue:=1\nSegment1_Name:=GTV node\nSegment1_LabelValue:=2"
    let named = file[..<end.lowerBound] + Data(names.utf8) + file[end.lowerBound...]
    try named.write(to: URL(fileURLWithPath: folder.path("named.nrrd")))
    func regions(_ choice: String) throws -> [String] {
      var options = Study.Options()
      options.region = RegionChoice(choice)
      return try Study(image: folder.path("image.nrrd"), mask: folder.path("named.nrrd"), options: options).regions.map(
        \.name)
    }
    #expect(try regions("each") == ["GTV primary", "GTV node", "7"])
    #expect(try regions("GTV node") == ["GTV node"])
    // A segment that is named and empty is a region that cannot be measured.
    var options = Study.Options()
    for (choice, measured) in [("each", 3), ("node 2", 0), ("9", 0), ("/node/", 1)] {
      options.region = RegionChoice(choice)
      let study = try Study(image: folder.path("image.nrrd"), mask: folder.path("named.nrrd"), options: options)
      #expect(study.regions.count == measured && study.unmeasured.map(\.name) == ["node 2"])
      #expect(study.unmeasured[0].reason == "it has no voxels")
    }
    // A threshold makes one region of all segments, which has none of their names.
    options = Study.Options()
    options.maskThreshold = 0.5
    let union = try Study(image: folder.path("image.nrrd"), mask: folder.path("named.nrrd"), options: options)
    #expect(union.regions.map(\.name) == ["1"] && union.unmeasured.isEmpty)
    #expect(try regions("/^GTV/") == ["GTV primary", "GTV node"])
    let error = #expect(throws: StudyError.self) { try regions("GTV nodes") }
    #expect(error?.description.contains("Did you mean 'GTV node'?") ?? false)
  }

  @Test func wrongMasksSayWhatIsThere() {
    #expect(error("3").contains("there is no label 3; the mask has label 1 (0.004 mL, 2 voxels), label 2"))
    #expect(error("each", .uint8([UInt8](repeating: 0, count: 120))).contains("the mask is empty"))
    #expect(error("each", .int16((0..<120).map { $0 < 60 ? -1 : 1 })).contains("some are negative"))
    let many = Scan.Samples.double((0..<120).map { Double($0) * 1.37 })
    #expect(error("each", many).contains("this looks like an image, not a mask"))
  }

  /// A mask whose axes run the other way is the same mask.
  @Test func flippedMask() throws {
    let straight = try regions("each")
    let flipped = Volume(geometry: geometry, voxels: labels).reordered(axes: [1, 0, 2], flips: [true, false, true])
    try write(Scan(geometry: flipped.geometry, samples: .uint8(flipped.voxels)), "flipped.nrrd")
    let study = try Study(image: folder.path("image.nrrd"), mask: folder.path("flipped.nrrd"))
    #expect(study.regions.map { $0.voxels.count } == straight.map(\.1))
    #expect(study.findings.contains { $0.message.contains("permuted or flipped") })
    let recipe = try Recipe(name: "t", layers: [.init(families: [IntensityStatistics()])])
    let plain = try Study(image: folder.path("image.nrrd"), mask: folder.path("mask.nrrd"))
    #expect(try study.measure(recipe).measurements.map(\.cells) == plain.measure(recipe).measurements.map(\.cells))
  }

  @Test func maskElsewhere() throws {
    let far = try Geometry(size: [6, 5, 4], spacing: [1, 1, 2], origin: [500, 0, 0])
    try write(Scan(geometry: far, samples: .uint8(labels)), "far.nrrd")
    var options = Study.Options()
    options.resamplesMask = true
    let error = #expect(throws: StudyError.self) {
      try Study(image: folder.path("image.nrrd"), mask: folder.path("far.nrrd"), options: options)
    }
    #expect(error?.description.contains("no voxel of the mask lies within") ?? false)
  }

  /// A label that a coarser grid has no voxel of is asked for all the same.
  @Test func labelThatIsLost() throws {
    let fine = try Geometry(size: [12, 10, 4], spacing: [0.5, 0.5, 2], origin: [0, 0, 0])
    var voxels = [UInt8](repeating: 0, count: 480)
    for index in 0..<40 { voxels[index] = 1 }
    voxels[13] = 5
    try write(Scan(geometry: fine, samples: .uint8(voxels)), "fine.nrrd")
    var options = Study.Options()
    options.resamplesMask = true
    let study = try Study(image: folder.path("image.nrrd"), mask: folder.path("fine.nrrd"), options: options)
    #expect(study.regions.map(\.name) == ["1"])
    #expect(study.unmeasured.map(\.name) == ["5"])
    let result = try study.measure(try Recipe(name: "t", layers: [.init(families: [IntensityStatistics()])]))
    #expect(result.rows.map(\.status) == [.ok, .failed] && result.table.count == 2)
    #expect(try result.provenance(timings: []).contains("no voxel is left on the image's grid"))
  }

  /// A mask of which a part lies where the image has no voxels is measured with a word: 2 of 3 voxels of label 2.
  @Test func maskPartlyElsewhere() throws {
    let shifted = try Geometry(size: [6, 5, 4], spacing: [1, 1, 2], origin: [-4, 0, 0])
    try write(Scan(geometry: shifted, samples: .uint8(labels)), "shifted.nrrd")
    var options = Study.Options()
    options.resamplesMask = true
    options.region = .label(2)
    let study = try Study(image: folder.path("image.nrrd"), mask: folder.path("shifted.nrrd"), options: options)
    #expect(study.regions[0].voxels.count == 2)
    #expect(study.findings.contains { $0.message.contains("label 2: 1 of 3 voxels of the mask lie outside") })
    options.resamplesMask = false
    let error = #expect(throws: StudyError.self) {
      try Study(image: folder.path("image.nrrd"), mask: folder.path("shifted.nrrd"), options: options)
    }
    #expect(error?.advice == .resampleMask && error?.description.contains("resample the mask") == true)
  }

  /// What was noted on reading comes with the error, and advice with it.
  @Test func aMaskOnTheOtherForm() throws {
    func file(_ name: String, sform: Float?, qform: Float?) throws {
      try ImageFormats.write(Scan(geometry: geometry, samples: .uint8(labels)), to: folder.path(name))
      var bytes = try Data(contentsOf: folder.url.appendingPathComponent(name))
      func put(_ value: some BitwiseCopyable, at place: Int) {
        withUnsafeBytes(of: value) { bytes.replaceSubrange(place..<place + $0.count, with: $0) }
      }
      put(Int16(qform == nil ? 0 : 1), at: 252)
      put(Int16(sform == nil ? 0 : 1), at: 254)
      if let qform { put(qform, at: 268) }
      if let sform { put(sform, at: 292) }
      try bytes.write(to: folder.url.appendingPathComponent(name))
    }
    func error(_ mask: String) -> String {
      do {
        _ = try Study(image: folder.path("both.nii"), mask: folder.path(mask))
        return ""
      } catch { return "\(error)" }
    }
    try file("both.nii", sform: 0, qform: 50)
    try file("mine.nii", sform: 50, qform: 50)
    try file("only.nii", sform: 50, qform: nil)
    try file("far.nii", sform: 500, qform: nil)
    #expect(
      error("mine.nii").contains("By their qforms both lie on one grid. Read it by the qform."), "\(error("mine.nii"))")
    #expect(error("only.nii").contains("lies on the grid of the image's qform"), "\(error("only.nii"))")
    #expect(error("far.nii").contains("resample the mask") && error("far.nii").contains("place the volume up to 50"))
  }

  /// A recipe's unit must be the image's by its header; where no header tells, values may speak against it.
  @Test(arguments: [
    ("MR", nil, "HU", "modality is MR, must be CT"), ("PT", "SUV", "HU", "intensities are in SUV"),
    ("CT", "HU", "SUV", "intensities are in HU"), ("PT", "Bq/mL", "SUV", "intensities are in Bq/mL"),
    ("MR", nil, "SUV", "must be PT or NM"), ("CT", "HU", "HU", nil), ("PT", "SUV", "SUV", nil), ("MR", nil, "1", nil),
    ("CT", "HU", "1", nil), ("NM", nil, "SUV", nil), ("MR", nil, "ms", nil),
  ])
  func unitAgainstModality(_ modality: String, _ unit: String?, _ wanted: String, _ sentence: String?) throws {
    try write(Scan(geometry: geometry, samples: .uint8(labels)), "mask.nrrd")
    let path = folder.path("image.nrrd"), source = LabelledImage(path: path, modality: modality, unit: unit)
    let recipe = try Recipe(name: "t", intensityUnit: wanted, layers: [.init(families: [IntensityStatistics()])])
    var options = Study.Options()
    let study = try Study(image: path, mask: folder.path("mask.nrrd"), options: options, sources: [source])
    guard let sentence else {
      #expect(try study.measure(recipe).findings.isEmpty)
      return
    }
    let error = #expect(throws: StudyError.self) { try study.measure(recipe) }
    #expect(error?.description.contains(sentence) ?? false, "\(error?.description ?? "")")
    #expect(error?.advice == .chooseRecipe(orAllow: "unit"))
    options.allowed = [.unit]
    let allowed = try Study(image: path, mask: folder.path("mask.nrrd"), options: options, sources: [source])
    let result = try allowed.measure(recipe)
    #expect(result.findings.contains { $0.message.contains(sentence) && $0.severity == .warning })
    #expect(try result.provenance(timings: []).contains("\"allow\": [\"unit\"]"))
  }

  @Test func valuesThatAreNotOfTheUnit() throws {
    try write(Scan(geometry: geometry, samples: .uint8(labels)), "mask.nrrd")
    func findings(_ unit: String, _ value: (Int) -> Int16) throws -> [String] {
      try write(Scan(geometry: geometry, samples: .int16((0..<120).map(value))), "other.nrrd")
      let recipe = try Recipe(name: "t", intensityUnit: unit, layers: [.init(families: [IntensityStatistics()])])
      return try Study(image: folder.path("other.nrrd"), mask: folder.path("mask.nrrd")).measure(recipe).findings.map(
        \.message)
    }
    #expect(try findings("HU") { Int16($0) }.first?.contains("no voxel of the image is below 0") ?? false)
    #expect(try findings("HU") { Int16($0 - 1) }.isEmpty)
    #expect(try findings("SUV") { Int16(1000 + $0) }.first?.contains("intensities above 1000") ?? false)
    #expect(try findings("SUV") { Int16($0) }.isEmpty && findings("1") { Int16(1000 + $0) }.isEmpty)
  }

  /// MR's intensities have no unit, so that a width in them says nothing.
  @Test func widthsOfBinsInMR() throws {
    try write(Scan(geometry: geometry, samples: .uint8(labels)), "mask.nrrd")
    func findings(_ modality: String, normalise: String, _ bins: String) throws -> [String] {
      let source = LabelledImage(path: folder.path("image.nrrd"), modality: modality, unit: nil)
      let recipe = try Recipe(
        yaml: "name: t\n\(normalise)layers: [{families: [{glcm: {discretisation: \(bins)}}]}]\n", file: "t.yaml")
      let study = try Study(image: source.path, mask: folder.path("mask.nrrd"), sources: [source])
      return try study.measure(recipe).findings.map(\.message).filter { $0.contains("bins of a fixed width") }
    }
    let width = "{fixed_bin_size: {width: 5, first_edge: minimum}}"
    #expect(try findings("MR", normalise: "", width).count == 1)
    #expect(try findings("MR", normalise: "preparation: {normalise: {method: z_score}}\n", width).isEmpty)
    #expect(
      try findings("MR", normalise: "", "{fixed_bin_number: 8}").isEmpty && findings("CT", normalise: "", width).isEmpty
    )
  }

  /// A limit on memory is kept before anything is measured, and said in each cell.
  @Test func littleMemory() throws {
    try write(Scan(geometry: geometry, samples: .uint8(labels)), "mask.nrrd")
    let study = try Study(image: folder.path("image.nrrd"), mask: folder.path("mask.nrrd"))
    let result = try study.measure(Recipe(preset: "ibsi-mr"), Resources(jobs: 2, memory: 1_000_000))
    #expect(result.table.count == 3)
    for cell in result.measurements.flatMap(\.cells) {
      #expect(cell.reason?.text.contains("the memory limit is 1 MB") ?? false, "\(cell)")
    }
  }
}

/// A file of voxels whose header names modality and unit.
private struct LabelledImage: ImageSource {
  let path: String
  let modality: String
  let unit: String?

  func recognises(_ path: String) -> Bool { path == self.path }
  func cases(in path: String) -> (cases: [SourceCase], findings: [Finding]) { ([], []) }
  func image(_ path: String, mask: String?, _ options: ReadingOptions) throws(FormatError) -> StoredImage {
    let stored = try ImageFormats.read(path: path, options: options)
    return StoredImage(
      volumes: stored.volumes, volumeCount: 1, files: stored.files,
      acquisition: [AcquisitionFact("modality", [.text(modality)])], unit: unit)
  }
  func mask(
    _ path: String, on image: (path: String, geometry: Geometry)?, _ options: ReadingOptions
  ) throws(FormatError) -> StoredMask? { nil }
}
