import Foundation
import Radiomics
import RadiomicsDICOM
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Objects that are written read back; what identifies stays inside.
@Suite struct ObjectTests {
  private static let now = Timestamp(date: "20261123", time: "101500", version: "0.1.0")

  private static func series(_ folder: TemporaryFolder) throws {
    var slice = Slice()
    (slice.columns, slice.rows) = (7, 5)
    slice.pixels = [Int16](repeating: 1, count: 35)
    try folder.write(slice, at: [0, 2, 4, 6])
  }

  private static func regions() -> [OutlinedRegion] {
    let size = SIMD3(7, 5, 4)
    let odd = RowSpans(size: size) { $0 % 3 == 0 && $0 / 35 != 1 }
    let late = RowSpans(size: size) { $0 >= 105 && $0 % 2 == 1 }
    return [OutlinedRegion(name: "GTV ü", voxels: odd), OutlinedRegion(name: "late", voxels: late)]
  }

  private static func reference(_ folder: TemporaryFolder, _ privacy: Privacy = Privacy()) throws -> DICOMReference {
    let source = DICOMSource(privacy: privacy)
    let stored = try source.image(folder.url.path, mask: nil, .init())
    return try source.reference(folder.url.path, mask: nil, stored.volumes[0].geometry, .init())
  }

  /// Overlapping segments, frames that are missing, frames that start within a byte.
  @Test func segmentationReadsBack() throws {
    let folder = try TemporaryFolder(), output = try TemporaryFolder()
    try Self.series(folder)
    let object = try Self.reference(folder).segmentation(Self.regions(), Self.now)
    let path = output.path("seg.dcm")
    try DICOMObject.write(together: [(object, path)])
    let study = try Study(image: folder.url.path, mask: path, sources: [DICOMSource()])
    #expect(study.regions.map(\.name) == ["GTV ü", "late"])
    #expect(study.regions.map(\.voxels) == Self.regions().map(\.voxels))
    // Alone it has its own grid: the slices from its first to its last.
    let alone = try #require(try DICOMSource().mask(path, on: nil, .init(volume: .all)))
    #expect(alone.geometry.size == [7, 5, 4])
  }

  /// Slices that are missing between frames stay, by what the file states of its spacing.
  @Test func sparseFrames() throws {
    let folder = try TemporaryFolder()
    try Self.series(folder)
    let region = OutlinedRegion(name: "a", voxels: RowSpans(size: [7, 5, 4]) { $0 / 35 == 0 || $0 / 35 == 2 })
    let object = try Self.reference(folder).segmentation([region], Self.now)
    let alone = try #require(
      try DICOMSource().mask(folder.write(object.dataSet, to: "own.dcm"), on: nil, .init(volume: .all)))
    #expect(alone.geometry.size == [7, 5, 3] && alone.geometry.spacing.z == 2)
    #expect(alone.labels[0].voxels.count == 70)
    var bare = object.dataSet
    bare.elements[.perFrameFunctionalGroupsSequence] = nil
    bare.set(.numberOfFrames, VR("IS"), "1")
    #expect(
      refusal { _ = try DICOMSource().mask(folder.write(bare, to: "bare.dcm"), on: nil, .init(volume: .all)) } != nil)
  }

  /// Masks that nothing tells apart are no rows, but said; of series of their own each is a row.
  @Test func severalMasksOfOneSeries() throws {
    for uids in [["1.2.50", "1.2.50"], ["1.2.50", "1.2.51"]] {
      let folder = try TemporaryFolder()
      try Self.series(folder)
      for (number, uid) in uids.enumerated() {
        var data = try Self.reference(folder).segmentation(Self.regions(), Self.now).dataSet
        data.set(.sopInstanceUID, VR("UI"), "1.2.60.\(number)")
        data.set(.seriesInstanceUID, VR("UI"), uid)
        try folder.write(data, to: "seg\(number).dcm")
      }
      let (cases, findings) = DICOMSource().cases(in: folder.url.path)
      let isTold = Set(uids).count == 2
      #expect(cases.map(\.maskSeries) == (isTold ? uids : []))
      #expect(findings.count { $0.message.contains("nothing tells it from another mask here") } == (isTold ? 0 : 2))
      // The image has masks, though none is chosen.
      #expect(!findings.contains { $0.message.contains("no mask was drawn on it") })
    }
  }

  /// Of each region it is said how many of its voxels lie where the image has none.
  @Test func voxelsOutsideTheImage() throws {
    let folder = try TemporaryFolder()
    try Self.series(folder)
    func box(_ name: String, x: ClosedRange<Int>, z: ClosedRange<Int>) -> OutlinedRegion {
      OutlinedRegion(
        name: name, voxels: RowSpans(size: [7, 5, 4]) { x.contains($0 % 7) && z.contains($0 / 35) })
    }
    let regions = [box("part", x: 4...6, z: 1...3), box("whole", x: 0...1, z: 0...2), box("none", x: 5...6, z: 0...3)]
    let object = try Self.reference(folder).segmentation(regions, Self.now)
    let whole = try image(folder.url.path).volumes[0].geometry
    let part = try Geometry(
      size: [5, 5, 3], spacing: whole.spacing, origin: whole.origin, direction: whole.direction)
    let mask = try #require(
      try DICOMSource().mask(object.path(in: folder), on: ("image.nii", part), .init(volume: .all)))
    // Of 3 columns, 5 rows and 3 slices the image has 1, 5 and 2.
    let outside = mask.findings.filter { $0.message.contains("outside the image") }
    #expect(outside.map(\.severity) == [.warning])
    #expect(outside[0].message.hasPrefix("region 'part': 35 of 45 voxels of the mask lie outside the image"))
    #expect(mask.labels.map(\.voxels.count) == [10, 30])
    #expect(mask.refused.map(\.name) == ["none"])
    #expect(mask.refused[0].why == "none of its voxels lies within the image.")
  }

  @Test func fractionalAndLabelMap() throws {
    let folder = try TemporaryFolder()
    try Self.series(folder)
    let object = try Self.reference(folder).segmentation([Self.regions()[1]], Self.now)
    func write(_ kind: String, _ edit: (inout DataSet) -> Void) throws -> String {
      var data = object.dataSet
      data.set(.segmentationType, VR("CS"), kind)
      for (tag, bits) in [(Tag.bitsAllocated, 8), (.bitsStored, 8), (.highBit, 7)] { data.set(tag, VR("US"), bits) }
      edit(&data)
      return try folder.write(data, to: kind + ".dcm")
    }
    let fractional = try write("FRACTIONAL") {
      $0.set(.maximumFractionalValue, VR("US"), 200)
      $0.elements[.pixelData] = .init(vr: VR("OB"), value: .bytes((0..<35).map { UInt8($0 * 5) } + [0]))
    }
    let grid = try #require(try DICOMSource().mask(object.path(in: folder), on: nil, .init(volume: .all))).geometry
    #expect(
      refusal { _ = try DICOMSource().mask(fractional, on: nil, .init(volume: .all)) }?.contains(
        "A soft mask needs a threshold, e.g. 0.5")
        == true)
    var options = ReadingOptions(volume: .all)
    options.maskThreshold = 0.5
    let soft = try #require(try DICOMSource().mask(fractional, on: nil, options))
    // 100 of 200 and more: pixels 20 to 34.
    #expect(soft.labels[0].voxels.count == 15 && soft.geometry == grid)

    let labels = try write("LABELMAP") { data in
      data.set(.sopClassUID, VR("UI"), "1.2.840.10008.5.1.4.1.1.66.7")
      data.set(
        .perFrameFunctionalGroupsSequence,
        data.items(.perFrameFunctionalGroupsSequence).map { frame in
          var frame = frame
          frame.elements[.segmentIdentificationSequence] = nil
          return frame
        })
      data.set(
        .segmentSequence,
        (1...2).map { number in
          DataSet {
            $0.set(.segmentNumber, VR("US"), number)
            $0.set(.segmentLabel, VR("LO"), "part \(number)")
          }
        })
      data.elements[.pixelData] = .init(vr: VR("OB"), value: .bytes((0..<35).map { UInt8($0 % 3) } + [0]))
    }
    let map = try #require(try DICOMSource().mask(labels, on: nil, .init(volume: .all)))
    #expect(map.labels.map(\.name) == ["part 1", "part 2"])
    #expect(map.labels.map(\.voxels.count) == [12, 11])
    #expect(map.refused.isEmpty)
  }

  /// What is outside all segments may be described like one: it is no region, and nothing is said of it.
  @Test(
    arguments: [
      (["Background", "a", "b"], nil, [1, 2]), (["Background", "a", "b"], 0, [1, 2]),
      (["outside", "a", "b"], 0, [1, 2]),
      (["a", "b", "Background"], 2, [0, 1]), (["a", "b", "c"], nil, [0, 1, 2]),
    ] as [([String], Int?, [Int])])
  func backgroundOfALabelMap(_ names: [String], _ padding: Int?, _ expected: [Int]) throws {
    let folder = try TemporaryFolder()
    try Self.series(folder)
    var data = try Self.reference(folder).segmentation([Self.regions()[1]], Self.now).dataSet
    data.set(.segmentationType, VR("CS"), "LABELMAP")
    for (tag, bits) in [(Tag.bitsAllocated, 8), (.bitsStored, 8), (.highBit, 7)] { data.set(tag, VR("US"), bits) }
    if let padding { data.set(.pixelPaddingValue, VR("US"), padding) }
    data.set(
      .segmentSequence,
      names.enumerated().map { number, name in
        DataSet {
          $0.set(.segmentNumber, VR("US"), number)
          $0.set(.segmentLabel, VR("LO"), name)
        }
      })
    data.elements[.pixelData] = .init(vr: VR("OB"), value: .bytes((0..<35).map { UInt8($0 % 3) } + [0]))
    let map = try #require(
      try DICOMSource().mask(folder.write(data, to: "map.dcm"), on: nil, .init(volume: .all)))
    #expect(map.labels.map(\.value) == expected && map.refused.isEmpty)
  }

  /// A segmentation in another frame of reference is refused; of another patient's ID a warning.
  @Test func otherImages() throws {
    let folder = try TemporaryFolder(), output = try TemporaryFolder()
    try Self.series(folder)
    let privacy = try Privacy(keepsIdentifiers: true, keyFile: nil)
    var data = try Self.reference(folder, privacy).segmentation(Self.regions(), Self.now).dataSet
    data.set(.patientID, VR("LO"), "someone else")
    let path = try output.write(data, to: "seg.dcm")
    let study = try Study(image: folder.url.path, mask: path, sources: [DICOMSource()])
    let said = study.findings.filter { $0.message.contains("another Patient ID") }
    #expect(said.count == 1 && !said[0].message.contains("someone else"))
    data.set(.frameOfReferenceUID, VR("UI"), "1.2.77")
    let other = try output.write(data, to: "other.dcm")
    let words = refusal { _ = try Study(image: folder.url.path, mask: other, sources: [DICOMSource()]) }
    #expect(words?.contains("another frame of reference") == true)
  }

  /// Of several series and their segmentations in one folder, the choice of one chooses the other.
  @Test func eachSeriesHasItsMask() throws {
    let folder = try TemporaryFolder()
    for (number, name) in ["1.2.4", "1.2.40"].enumerated() {
      let one = try TemporaryFolder()
      var slice = Slice()
      slice.series = name
      try one.write(slice, at: [0, 2])
      let source = DICOMSource()
      let stored = try source.image(one.url.path, mask: nil, .init())
      let region = OutlinedRegion(name: "of \(name)", voxels: RowSpans(size: [4, 3, 2]) { $0 % 2 == number })
      let object = try source.reference(one.url.path, mask: nil, stored.volumes[0].geometry, .init())
        .segmentation([region], Self.now)
      try folder.write(object.dataSet, to: "seg\(number)")
      for file in try one.names {
        try FileManager.default.copyItem(atPath: one.path(file), toPath: folder.path("\(number)-\(file)"))
      }
    }
    let path = folder.url.path
    #expect(refusal { _ = try Study(image: path, mask: path, sources: [DICOMSource()]) }?.contains("2 series") == true)
    var options = Study.Options()
    options.series.series = "1.2.40"
    #expect(
      try Study(image: path, mask: path, options: options, sources: [DICOMSource()]).regions.map(\.name) == [
        "of 1.2.40"
      ])
    #expect(try Study(image: path, mask: path + "/seg0", sources: [DICOMSource()]).regions.map(\.name) == ["of 1.2.4"])
  }

  /// A report's numbers, units and reasons, by the data set that is read back.
  @Test func reportReadsBack() throws {
    let folder = try TemporaryFolder()
    try Self.series(folder)
    let reference = try Self.reference(folder), regions = Self.regions()
    let segmentation = try reference.segmentation(regions, Self.now)
    let measurements = [
      ReportedMeasurement(
        Code("RNU0", "IBSI", "Volume (mesh)"), value: 1 / 3.0, reason: nil, unit: Code("mm3", "UCUM", "mm3"),
        method: nil,
        parameters: "column morph_volume"),
      ReportedMeasurement(
        Code("NI2N", "IBSI", "Correlation"), value: nil, reason: "one grey level", unit: Code("1", "UCUM", "no units"),
        method: Code("IAZD", "IBSI", "3D:mrg"), parameters: "column cm_corr"),
    ]
    let report = reference.report(
      regions.map { ($0, measurements) }, segmentation: segmentation, algorithm: "swift-radiomics", Self.now)
    let data = try DICOMFile(folder.write(report.dataSet, to: "sr.dcm")).dataSet
    let content = Tag.contentSequence
    let groups = data.items(content).last!.items(content)
    #expect(groups.count == 2)
    let numbers = groups[0].items(content).filter { $0.text(.valueType) == "NUM" }
    let value = numbers[0].item(.measuredValueSequence)!
    #expect(value.number(.floatingPointValue) == 1 / 3.0)
    #expect(value.text(.numericValue) == "0.33333333333333")
    #expect(numbers[0].item(.conceptNameCodeSequence)?.text(.codingSchemeDesignator) == "IBSI")
    #expect(numbers[1].items(.measuredValueSequence).isEmpty)
    #expect(numbers[1].item(.numericValueQualifierCodeSequence)?.text(.codeValue) == "114008")
    #expect(numbers[1].items(content).contains { $0.text(.textValue) == "one grey level" })
  }

  @Test func decimals() {
    let cases: [(Double, String)] = [
      (0, "0"), (1, "1"), (-2.5, "-2.5"), (1 / 3.0, "0.33333333333333"), (-1 / 3.0, "-0.3333333333333"),
      (123456789.123456789, "123456789.123457"), (1e-300, "1e-300"), (1.23456789012345e-10, "1.2345678901e-10"),
      (-174.39450073242, "-174.39450073242"),
    ]
    for (number, text) in cases {
      #expect(decimalString(number) == text)
      #expect(text.utf8.count <= 16)
    }
    var random = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let number = Double.random(in: -1...1, using: &random) * pow10(Int.random(in: -30...30, using: &random))
      let text = decimalString(number)
      #expect(text.utf8.count <= 16 && abs(Double(text)! / number - 1) < 1e-8, "\(number)")
    }
  }

  private func pow10(_ power: Int) -> Double { Double("1e\(power)")! }

  @Test func nothingIdentifies() throws {
    let folder = try TemporaryFolder()
    try Self.series(folder)
    let stored = try DICOMSource().image(folder.url.path, mask: nil, .init())
    let told = "\(stored.acquisition)\(stored.findings)"
    let object = try Self.reference(folder).segmentation(Self.regions(), Self.now).dataSet
    for secret in ["Doe", "secret-17", "19700102", "20200304"] {
      #expect(!told.contains(secret) && !"\(object)".contains(secret), "\(secret)")
    }
    #expect(object.text(.studyInstanceUID) == "1.2.3" && object.text(.patientIdentityRemoved) == "YES")
  }

  @Test func identifiersOnRequest() throws {
    let folder = try TemporaryFolder()
    try Self.series(folder)
    let privacy = try Privacy(keepsIdentifiers: true, keyFile: nil)
    let facts = try DICOMSource(privacy: privacy).image(folder.url.path, mask: nil, .init()).acquisition
    #expect(facts.contains(AcquisitionFact("patient_name", [.text("Doe^Jane")])))
    #expect(facts.contains(AcquisitionFact("patient_id", [.text("secret-17")])))
    let object = try Self.reference(folder, privacy).segmentation(Self.regions(), Self.now).dataSet
    #expect(object.text(.patientName) == "Doe^Jane" && object.text(.patientBirthDate) == "19700102")
  }

  @Test func pseudonyms() throws {
    let folder = try TemporaryFolder(), keys = try TemporaryFolder()
    try Self.series(folder)
    try keys.write("0123456789abcdef", to: "key")
    try keys.write("short", to: "short")
    #expect(
      refusal { _ = try Privacy(keepsIdentifiers: false, keyFile: keys.path("short")) }?.contains("at least 16") == true
    )
    let privacy = try Privacy(keepsIdentifiers: false, keyFile: keys.path("key"))
    let reference = try Self.reference(folder, privacy)
    let segmentation = try reference.segmentation(Self.regions(), Self.now)
    let report = reference.report([], segmentation: segmentation, algorithm: "a", Self.now)
    let uid = try #require(segmentation.dataSet.text(.studyInstanceUID))
    #expect(uid.hasPrefix("2.25.") && uid != "1.2.3" && uid.utf8.count <= 64)
    #expect(report.dataSet.text(.studyInstanceUID) == uid)
    #expect(segmentation.dataSet.text(.patientID)?.count == 16)
    for secret in ["Doe", "secret-17", "\"1.2.3.4\"", "\"1.2.9\""] {
      #expect(!"\(segmentation.dataSet)\(report.dataSet)".contains(secret), "\(secret)")
    }
    // The report finds the segmentation.
    #expect("\(report.dataSet)".contains(segmentation.dataSet.text(.sopInstanceUID)!))
  }
}

extension DICOMObject {
  fileprivate func path(in folder: TemporaryFolder) throws -> String { try folder.write(dataSet, to: "own.dcm") }
}
