import Foundation
import Radiomics
import RadiomicsDICOM
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// DICOM by the program, as a user runs it.
@Suite struct DicomTests {
  /// A CT series of three slices with a structure set of two regions, one of them a point.
  private static func export(
    _ folder: TemporaryFolder, named patient: String = "Doe^Jane", at name: String = "export",
    modality: String = "CT", series: String = "1.2.4"
  ) throws {
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
    var objects: [(DICOMObject, String)] = []
    for z in 0..<3 {
      let data = DataSet { data in
        data.set(.sopClassUID, VR("UI"), "1.2.840.10008.5.1.4.1.1.2")
        data.set(.sopInstanceUID, VR("UI"), series + ".7.\(z)")
        data.set(.modality, VR("CS"), modality)
        data.set(.patientName, VR("PN"), patient)
        data.set(.patientID, VR("LO"), "secret-17")
        data.set(.studyDate, VR("DA"), "20200304")
        data.set(.studyInstanceUID, VR("UI"), "1.2.3")
        data.set(.seriesInstanceUID, VR("UI"), series)
        data.set(.seriesDescription, VR("LO"), "Thorax")
        data.set(.frameOfReferenceUID, VR("UI"), "1.2.9")
        data.set(.kvp, decimals: [120])
        data.set(.imagePositionPatient, decimals: [0, 0, 2 * Double(z)])
        data.set(.imageOrientationPatient, decimals: [1, 0, 0, 0, 1, 0])
        data.set(.pixelSpacing, decimals: [1, 1])
        for (tag, number) in [
          (Tag.rows, 12), (.columns, 12), (.samplesPerPixel, 1), (.bitsAllocated, 16), (.bitsStored, 16),
          (.highBit, 15),
          (.pixelRepresentation, 1),
        ] { data.set(tag, VR("US"), number) }
        data.set(.photometricInterpretation, VR("CS"), "MONOCHROME2")
        data.set(.rescaleSlope, decimals: [1])
        data.set(.rescaleIntercept, decimals: [-10])
        let pixels = (0..<144).map { Int16($0 * 7 % 50 + z) }
        data.elements[.pixelData] = .init(vr: VR("OW"), value: .bytes(pixels.withUnsafeBytes { Array($0) }))
      }
      objects.append((DICOMObject(dataSet: data), folder.path("\(name)/IM\(z)")))
    }
    let structures = DataSet { data in
      data.set(.sopClassUID, VR("UI"), "1.2.840.10008.5.1.4.1.1.481.3")
      data.set(.sopInstanceUID, VR("UI"), "1.2.8")
      data.set(.modality, VR("CS"), "RTSTRUCT")
      data.set(.patientID, VR("LO"), "secret-17")
      data.set(.studyInstanceUID, VR("UI"), "1.2.3")
      data.set(.seriesInstanceUID, VR("UI"), "1.2.5")
      let names = ["GTV-1", "iso"]
      data.set(
        .structureSetROISequence,
        names.enumerated().map { index, name in
          DataSet {
            $0.set(.roiNumber, VR("IS"), "\(index + 1)")
            $0.set(.roiName, VR("LO"), name)
          }
        })
      let contours = (0..<2).map { z in
        DataSet {
          $0.set(.contourGeometricType, VR("CS"), "CLOSED_PLANAR")
          $0.set(
            .contourData,
            decimals: [[1.5, 1.5], [8.5, 1.5], [8.5, 8.5], [1.5, 8.5]].flatMap { $0 + [2 * Double(z)] })
        }
      }
      let point = DataSet {
        $0.set(.contourGeometricType, VR("CS"), "POINT")
        $0.set(.contourData, decimals: [1, 1, 0])
      }
      data.set(
        .roiContourSequence,
        [contours, [point]].enumerated().map { index, items in
          DataSet {
            $0.set(.referencedROINumber, VR("IS"), "\(index + 1)")
            $0.set(.contourSequence, items)
          }
        })
    }
    objects.append((DICOMObject(dataSet: structures), folder.path("\(name)/RS")))
    try DICOMObject.write(together: objects)
  }

  @Test func lists() throws {
    let folder = try TemporaryFolder()
    try Self.export(folder)
    let text = try Command(arguments: ["dicom", "ls", "export"], in: folder)
    #expect(text.status == 0 && text.output.contains("12 x 12 x 3 voxels of 1 x 1 x 2 mm"))
    #expect(text.output.contains("regions: GTV-1, iso") && text.output.contains("CT 'Thorax'"))
    let json = try Command(arguments: ["dicom", "ls", "export", "--format", "json"], in: folder)
    let root = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: [[String: Any]]])
    #expect(root["series"]?.count == 2)
    for output in [text.output, json.output] { #expect(!output.contains("secret-17") && !output.contains("Doe")) }
    #expect(
      try Command(arguments: ["dicom", "ls", "export", "--keep-identifiers"], in: folder).output.contains("secret-17"))
    let csv = try Command(arguments: ["dicom", "ls", "export", "--format", "csv"], in: folder)
    #expect(csv.output.hasPrefix("patient,study_uid,series_uid,modality"))
    let nothing = try Command(arguments: ["dicom", "ls", "."], in: TemporaryFolder())
    #expect(nothing.status == 2 && nothing.errors.contains("the folder is empty"))
    try folder.write("subject,image\n", to: "a.csv")
    #expect(try Command(arguments: ["dicom", "ls", "a.csv"], in: folder).errors.contains("it is no DICOM file"))
    #expect(try Command(arguments: ["dicom", "ls", "b.dcm"], in: folder).errors.contains("there is no such file"))
  }

  /// From the export to table, provenance, segmentation and report in one command; and back from the segmentation.
  @Test func extracts() throws {
    let folder = try TemporaryFolder()
    try Self.export(folder)
    let run = try Command(
      arguments: [
        "extract", "export", "--region", "/GTV.*/", "-o", "a.csv", "--dicom-out", "out",
      ], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try folder.read("a.csv").contains("export,export,GTV-1,ok"))
    let provenance = try folder.read("a.provenance.json")
    #expect(provenance.contains("\"tube_voltage_kv\": 120") && provenance.contains("\"files\": 3"))
    for secret in ["Doe", "secret-17", "20200304", "IM0"] { #expect(!provenance.contains(secret), "\(secret)") }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted() == [
        "measurements.dcm", "segmentation.dcm",
      ])
    let into = try Command(arguments: ["extract", "export", "-o", "c.csv", "--dicom-out", "./export/"], in: folder)
    #expect(into.status == 2 && into.errors.contains("is named twice"))
    let again = try Command(arguments: ["extract", "export", "out/segmentation.dcm", "-o", "b.csv"], in: folder)
    #expect(again.status == 0, "\(again.errors)")
    func numbers(_ name: String) throws -> Substring {
      try folder.read(name).split(separator: "\n")[1].split(separator: "GTV-1")[1]
    }
    #expect(try numbers("a.csv") == numbers("b.csv"))
  }

  /// What the export says of its unit holds against the recipe, whichever verb measures.
  @Test func aRecipeForAnotherUnitIsRefused() throws {
    let folder = try TemporaryFolder()
    try Self.export(folder)
    try folder.write("name: p\nintensity_unit: SUV\nlayers: [{families: [intensity]}]\n", to: "pet.yaml")
    try folder.write("volume: [0.1]\n", to: "plan.yaml")
    try folder.write("subject,image,mask\nA,export,export\n", to: "cohort.csv")
    let common = ["--recipe", "pet.yaml", "--region", "GTV-1"]
    for verb in [
      ["extract", "export", "-o", "a.csv"], ["maps", "export", "export", "-o", "maps"],
      ["perturb", "export", "--plan", "plan.yaml", "-o", "a.csv"],
    ] {
      let refused = try Command(arguments: verb + common, in: folder)
      #expect(refused.status == 2 && refused.errors.contains("intensities are in HU"), "\(verb): \(refused.errors)")
      #expect(refused.errors.contains("('radiomics recipe list')") && refused.errors.contains("--allow unit measures"))
    }
    let cohort = try Command(arguments: ["extract", "cohort.csv", "-o", "c.csv"] + common, in: folder)
    #expect(cohort.status == 1)
    #expect(try folder.read("c.csv").contains("intensities are in HU"))
    let all = try Command(
      arguments: ["extract", "cohort.csv", "-o", "d.csv", "--allow", "unit"] + common, in: folder)
    #expect(all.status == 0, "\(all.errors)")
    let allowed = try Command(
      arguments: ["extract", "export", "-o", "a.csv", "--allow", "unit"] + common, in: folder)
    #expect(allowed.status == 0 && allowed.errors.contains("measured nevertheless"), "\(allowed.errors)")
    #expect(try folder.read("a.provenance.json").contains("\"allow\": [\"unit\"]"))
    let unknown = try Command(arguments: ["extract", "export", "--allow", "units"] + common, in: folder)
    #expect(unknown.status == 2 && unknown.errors.contains("unit"), "\(unknown.errors)")
  }

  @Test func regionsThatCannotBe() throws {
    let folder = try TemporaryFolder()
    try Self.export(folder)
    let each = try Command(arguments: ["extract", "export", "-o", "a.csv"], in: folder)
    #expect(each.status == 0 && each.errors.contains("region 'iso' is left out: contour 1 is a point"))
    let named = try Command(arguments: ["extract", "export", "--region", "iso", "-o", "a.csv"], in: folder)
    #expect(named.status == 1 && named.errors.contains("region 'iso' cannot be measured: contour 1 is a point"))
    #expect(
      try folder.read("a.csv").contains(
        "export,export,iso,failed,\"contour 1 is a point (POINT), which has no volume\","))
    let unknown = try Command(arguments: ["extract", "export", "--region", "GTV-2", "-o", "a.csv"], in: folder)
    #expect(unknown.status == 2 && unknown.errors.contains("Did you mean 'GTV-1'"))
  }

  /// A region that was asked for is a row, measured or with the reason why not: from one image, a cohort in one piece or in
  /// shards, in both layouts, perturbed, and again from results that are there.
  @Test func everyRegionAskedForIsARow() throws {
    let folder = try TemporaryFolder()
    try Self.export(folder)
    func regions(_ name: String) throws -> Set<String> {
      let lines = try folder.read(name).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let region = try #require(lines[0].firstIndex(of: "region"))
      return Set(lines.dropFirst().map { "\($0[region])" })
    }
    try folder.write(
      "subject,image,mask,region\n1,export,export,\n2,export,export,iso\n3,export,export,GTV-1\n", to: "c.csv")
    for (region, expected) in [
      ("each", ["GTV-1", "iso"]), ("/./", ["GTV-1", "iso"]), ("iso", ["iso"]), ("2", ["iso"]),
    ] {
      for layout in ["wide", "long"] {
        let run = try Command(
          arguments: ["extract", "export", "--region", region, "--layout", layout, "-o", "one.csv", "-q"], in: folder)
        #expect(run.status == (expected.count == 2 ? 0 : 1), "\(region): \(run.errors)")
        #expect(try regions("one.csv") == Set(expected), "\(region)")
      }
    }
    let printed = try Command(arguments: ["extract", "export", "-q"], in: folder)
    #expect(printed.output.contains("region iso\n  not measured: contour 1 is a point"))
    let options = ["extract", "c.csv", "-o", "f.csv"]
    for _ in 0..<2 {
      let run = try Command(arguments: options + ["--events", "events.jsonl", "--resume"], in: folder)
      #expect(
        run.status == 1
          && run.errors.contains("failed: 2: export: region 'iso' cannot be measured: contour 1 is a point"),
        "\(run.errors)")
      #expect(run.errors.contains("f.csv: 3 cases, 2 regions, 1 not measured, 1 failed"))
      #expect(try folder.read("events.jsonl").contains("\"case_failed\""))
      let lines = try folder.read("f.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",").prefix(5) }
      #expect(
        lines.map { "\($0[0]) \($0[3]) \($0[4])" } == ["1 GTV-1 ok", "1 iso failed", "2 iso failed", "3 GTV-1 ok"])
    }
    #expect(
      try folder.read("f.provenance.json").contains("{\"region\":\"iso\",\"status\":\"failed\",\"reason\":\"contour 1"))
    for shard in ["1/2", "2/2"] {
      _ = try Command(arguments: ["extract", "c.csv", "-o", "s.csv", "--shard", shard, "-q"], in: folder)
    }
    #expect(try Command(arguments: ["merge", "s.run", "-o", "s.csv", "-q"], in: folder).status == 1)
    #expect(try folder.read("s.csv") == folder.read("f.csv"))
    try folder.write("volume: [-0.1]\n", to: "plan.yaml")
    let perturbed = try Command(
      arguments: ["perturb", "export", "export", "--recipe", "default", "--plan", "plan.yaml", "-o", "p.csv", "-q"],
      in: folder)
    #expect(try regions("p.csv") == ["GTV-1", "iso"], "\(perturbed.errors)")
    let mapped = try Command(
      arguments: ["maps", "export", "export", "--region", "iso", "--features", "stat_mean", "-o", "m"], in: folder)
    #expect(mapped.status == 2 && mapped.errors.contains("region 'iso' cannot be measured"))
  }

  /// Description, UID and names of files are told to whoever runs the program, and reach no file through a failed case's reason.
  @Test func reasonsNameNobody() throws {
    let folder = try TemporaryFolder()
    try Self.export(folder, at: "one")
    try Self.export(folder, at: "two")
    let source = folder.path("two/Doe^Jane.dcm")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path("two/IM1")))
    // Pixel Spacing: the file is refused by its name.
    let spacing = try #require(bytes.range(of: Data("1\\1".utf8)))
    bytes[spacing.lowerBound] = UInt8(ascii: "0")
    try bytes.write(to: URL(fileURLWithPath: source))
    try FileManager.default.removeItem(atPath: folder.path("two/IM1"))
    try folder.write(
      "subject,image,mask,series\n1,one,one,PT\n2,two,two,\n3,one,one/IM0,\n", to: "c.csv")
    let secrets = ["Thorax", "1.2.4", "1.2.5", "Doe"]
    let run = try Command(
      arguments: ["extract", "c.csv", "-o", "f.csv", "--events", "e.jsonl", "--jobs", "1"], in: folder)
    #expect(run.status == 1, "\(run.errors)")
    for secret in ["Thorax", "Doe"] { #expect(run.errors.contains(secret), "\(secret): \(run.errors)") }
    _ = try Command(arguments: ["extract", "c.csv", "-o", "s.csv", "--shard", "1/1"], in: folder)
    try folder.write("volume: [-0.1]\n", to: "plan.yaml")
    let perturbed = try Command(
      arguments: ["perturb", "c.csv", "--recipe", "default", "--plan", "plan.yaml", "-o", "p.csv"], in: folder)
    #expect(perturbed.status == 1 && perturbed.errors.contains("Thorax"))
    let written = try #require(FileManager.default.enumerator(atPath: folder.url.path)).compactMap { $0 as? String }
      .filter { !$0.hasPrefix("one") && !$0.hasPrefix("two") }
    #expect(
      written.contains("f.csv") && written.contains("e.jsonl") && written.contains { $0.hasPrefix("f.run/shard") })
    for name in written {
      guard let text = try? folder.read(name) else { continue }
      for secret in secrets { #expect(!text.contains(secret), "\(name): \(secret)") }
    }
    let table = try folder.read("f.csv")
    #expect(table.contains("series 'PT': no series answers to it; there is CT (3 files)"))
    #expect(table.contains("two: Pixel Spacing is '0\\1', must be two numbers above 0."))
  }

  @Test func converts() throws {
    let folder = try TemporaryFolder()
    try Self.export(folder)
    #expect(try Command(arguments: ["convert", "export", "ct.nii.gz", "-q"], in: folder).status == 0)
    #expect(
      try Command(arguments: ["convert", "export/RS", "gtv.nrrd", "--image", "export", "-q"], in: folder).status == 0)
    #expect(
      try Command(arguments: ["convert", "gtv.nrrd", "gtv.dcm", "--image", "export", "-q"], in: folder).status == 0)
    #expect(
      try Command(arguments: ["convert", "gtv.dcm", "back.nrrd", "--image", "export", "-q"], in: folder).status == 0)
    let options: [(String, String)] = [
      ("ct.nii.gz", "gtv.nrrd"), ("export", "gtv.nrrd"), ("export", "back.nrrd"), ("export", "gtv.dcm"),
    ]
    let tables = try options.map { image, mask in
      let run = try Command(arguments: ["extract", image, mask, "--format", "csv", "-q"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      return run.output.split(separator: "\n")[1].split(separator: ",").dropFirst(3).joined(separator: ",")
    }
    #expect(Set(tables).count == 1)
    let alone = try Command(arguments: ["convert", "export/RS", "x.nrrd"], in: folder)
    #expect(alone.status == 2 && alone.errors.contains("--image"))
    let homeless = try Command(arguments: ["convert", "gtv.nrrd", "x.dcm", "--image", "ct.nii.gz"], in: folder)
    #expect(homeless.status == 2 && homeless.errors.contains("it is no DICOM"))
  }

  /// A cohort of folders; the provenance has each case's facts and no names.
  @Test func cohort() throws {
    let folder = try TemporaryFolder()
    for name in ["one", "two"] { try Self.export(folder, named: "Doe^\(name)", at: name) }
    try folder.write(
      "subject,image,mask,region,series\n1,one,one,GTV-1,CT\n2,two,two/RS,GTV-1,\n3,two,two,lung,\n4,two,two,GTV-1,MR\n",
      to: "c.csv")
    let scan = try Command(arguments: ["cohort", "scan", "."], in: folder)
    #expect(scan.output == "subject,image,mask\none,one,one\ntwo,two,two\n", "\(scan.output)")
    let run = try Command(arguments: ["extract", "c.csv", "-o", "f.csv", "-q"], in: folder)
    #expect(run.status == 1, "\(run.errors)")
    let rows = try folder.read("f.csv").split(separator: "\n").dropFirst()
    #expect(rows.count == 4 && rows.count { $0.contains(",ok,") } == 2 && rows.count { $0.contains("failed") } == 2)
    let provenance = try folder.read("f.provenance.json")
    #expect(provenance.replacing(" ", with: "").contains("\"tube_voltage_kv\":120"))
    for secret in ["Doe", "secret-17", "IM0"] { #expect(!provenance.contains(secret), "\(secret)") }
  }

  /// A patient's CT, MR and PET in one folder: each series with the segmentation that was made on it, as rows that run.
  @Test func scanOfSeveralSeries() throws {
    let folder = try TemporaryFolder()
    let labels = Scan(
      geometry: try Geometry(size: [12, 12, 3], spacing: [1, 1, 2]),
      samples: .uint8((0..<432).map { $0 % 12 < 5 ? 1 : 0 }))
    try ImageFormats.write(labels, to: folder.path("labels.nrrd"))
    for (number, modality) in ["CT", "MR", "PT", "MR"].enumerated() {
      try Self.export(folder, at: "all/one/\(number)", modality: modality, series: "1.2.4.\(number)")
      try FileManager.default.removeItem(atPath: folder.path("all/one/\(number)/RS"))
      guard number < 3 else { continue }
      let seg = try Command(
        "convert", "labels.nrrd", "all/one/seg\(number).dcm", "--image", "all/one/\(number)", "--pet", "stored", "-q",
        in: folder)
      #expect(seg.status == 0, "\(seg.errors)")
    }
    let scan = try Command("cohort", "scan", "all", "-o", "c.csv", in: folder)
    #expect(scan.status == 0)
    #expect(
      scan.errors.contains("warning: one: MR 'Thorax'") && scan.errors.contains("no mask was drawn on it"),
      "\(scan.errors)")
    let table = try CSV(path: folder.path("c.csv"))
    #expect(table.header == ["subject", "image", "series", "mask", "mask_series", "modality"])
    #expect(
      table.rows.map { [$0[0], $0[1], $0[2], $0[3], $0[5]] } == [
        ["one", "all/one", "CT", "all/one", "CT"], ["one", "all/one", "1.2.4.1", "all/one", "MR"],
        ["one", "all/one", "PT", "all/one", "PT"],
      ])
    #expect(Set(table.rows.map { $0[4] }).count == 3)
    try folder.write("name: s\nlayers: [{families: [intensity]}]\n", to: "r.yaml")
    let run = try Command("extract", "c.csv", "--recipe", "r.yaml", "--pet", "stored", "-o", "f.csv", in: folder)
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test func maps() throws {
    let folder = try TemporaryFolder()
    try Self.export(folder)
    let run = try Command(
      arguments: [
        "maps", "export", "export", "--region", "GTV-1", "--features", "stat_mean", "--format", "dcm", "-o", "maps",
      ],
      in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let map = try StudyReader(sources: [DICOMSource()]).image(folder.path("maps/stat_mean.dcm")).volumes[0]
    #expect(map.geometry.size == [12, 12, 3])
    let wrong = try Command(
      arguments: [
        "maps", "export", "export", "--region", "GTV-1", "--features", "stat_mean", "--format", "jpg", "-o", "m",
      ], in: folder)
    #expect(wrong.status == 2 && wrong.errors.contains("mhd or dcm"))
  }

  /// A copy of the program with its library and dictionary beside it, and one without.
  @Test func relocated() throws {
    let folder = try TemporaryFolder()
    try Self.export(folder)
    let build = Command.program.deletingLastPathComponent()
    for name in ["bin", "lib/radiomics", "elsewhere/bare"] {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    let copies = [
      ("bin/radiomics", "radiomics"), ("lib/radiomics/libradiomics-dicom.so", "libradiomics-dicom.so"),
      ("elsewhere/bare/radiomics", "radiomics"),
    ]
    for (target, name) in copies {
      try FileManager.default.copyItem(
        at: build.appendingPathComponent(name), to: folder.url.appendingPathComponent(target))
    }
    func run(_ program: String) throws -> (Int32, String) {
      let process = Process(), pipe = Pipe()
      process.executableURL = folder.url.appendingPathComponent(program)
      process.arguments = ["dicom", "ls", "export"]
      process.currentDirectoryURL = folder.url
      process.standardOutput = FileHandle.nullDevice
      process.standardError = pipe
      try process.run()
      let said = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }
    #expect(try run("bin/radiomics").0 == 0)
    let bare = try run("elsewhere/bare/radiomics")
    #expect(bare.0 == 2 && bare.1.contains("libradiomics-dicom"))
  }
}
