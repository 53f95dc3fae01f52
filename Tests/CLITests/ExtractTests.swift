import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

@Suite struct ExtractTests {
  /// A folder with the digital phantom: `image.nii.gz` and `mask.nii.gz` with labels 1 (most) and 3 (one slice).
  private func study() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let phantom = DigitalPhantom.region
    let mask = phantom.morphological.mask.enumerated().map { $0.element == 0 ? 0 : $0.offset < 20 ? UInt8(3) : 1 }
    try ImageFormats.write(Scan(phantom.image.volume), to: folder.url.appendingPathComponent("image.nii.gz").path)
    try ImageFormats.write(
      Scan(geometry: phantom.geometry, samples: .uint8(mask)), to: folder.url.appendingPathComponent("mask.nii.gz").path
    )
    return folder
  }

  @Test func printsATableWithoutARecipe() throws {
    let run = try Command("extract", "image.nii.gz", "mask.nii.gz", in: study())
    #expect(run.status == 0)
    #expect(run.output.contains("region 1\n") && run.output.contains("region 3\n"))
    #expect(run.output.contains("stat_mean") && run.output.contains("Mean intensity"))
    #expect(run.errors.contains("the preset 'default' is used"))
  }

  @Test func wideTableAndProvenance() throws {
    let folder = try study()
    let run = try Command(
      "extract", "image.nii.gz", "mask.nii.gz", "--recipe", "ibsi-digital", "--region", "union", "-o", "t.csv",
      in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try folder.names == ["image.nii.gz", "mask.nii.gz", "t.csv", "t.provenance.json"])
    let rows = try CSV(path: folder.url.appendingPathComponent("t.csv").path)
    #expect(Array(rows.header.prefix(6)) == ["image", "mask", "region", "status", "reason", "warnings"])
    #expect(rows.header.count == 6 + (try Recipe(preset: "ibsi-digital").columns.count))
    #expect(rows.rows.count == 1 && rows.rows[0][2] == "union")
    let mean = try #require(rows.header.firstIndex(of: "stat_mean"))
    #expect(Double(rows.rows[0][mean]) == 159.0 / 74)
    let provenance =
      try JSONSerialization.jsonObject(with: Data(folder.read("t.provenance.json").utf8)) as? [String: Any]
    #expect(provenance?["format"] as? Int == 1)
    #expect((provenance?["inputs"] as? [[String: Any]])?.first?["sha256"] as? String != nil)
    #expect((provenance?["reading"] as? [String: Any])?["region"] as? String == "union")
    #expect((provenance?["columns"] as? [Any])?.count == rows.header.count - 6)
  }

  /// A file, a pattern or names leave the columns that they mean, with the bits that they have in the whole table; families of
  /// which none is wanted are not measured.
  @Test(
    arguments: [
      ("sel.csv", ["morph_volume", "stat_mean"], ["intensity", "morphology"]),
      ("/^stat_m(ean|ax)/", ["stat_max", "stat_mean"], ["intensity"]),
      ("stat_mean, salo", ["stat_iqr", "stat_mean"], ["intensity"]), ("ngtdm", nil, ["ngtdm"]),
      ("two.szm_sze.3D.fbn8,stat_mean", ["stat_mean", "two.szm_sze.3D.fbn8"], ["glszm", "intensity"]),
    ] as [(String, [String]?, [String])])
  func selectedFeatures(_ selection: String, _ columns: [String]?, _ families: [String]) throws {
    let folder = try study()
    try folder.write("feature,verdict\nstat_mean,keep\nstat_max,drop\nmorph_volume,keep\n", to: "sel.csv")
    try folder.write(
      """
      layers:
        - {discretisation: {fixed_bin_number: 4}, families: [morphology, intensity, glszm, ngtdm]}
        - {name: two, discretisation: {fixed_bin_number: 8}, families: [glcm, glszm]}
      """, to: "r.yaml")
    func table(_ options: String...) throws -> [String: [String]] {
      let run = try Command(
        arguments: ["extract", "image.nii.gz", "mask.nii.gz", "--recipe", "r.yaml", "-o", "t.csv"] + options, in: folder
      )
      #expect(run.status == 0, "\(run.errors)")
      let read = try CSV(path: folder.path("t.csv"))
      return Dictionary(
        uniqueKeysWithValues: read.header.enumerated().map { i, name in (name, read.rows.map { $0[i] }) })
    }
    let whole = try table(), some = try table("--features", selection)
    let identifying = ["image", "mask", "region", "status", "reason", "warnings"]
    let found = some.keys.filter { !identifying.contains($0) }.sorted()
    #expect(found == columns ?? whole.keys.filter { $0.hasPrefix("ngt_") }.sorted())
    for name in found { #expect(some[name] == whole[name], "\(name)") }
    let json = try JSONSerialization.jsonObject(with: Data(folder.read("t.provenance.json").utf8)) as? [String: Any]
    let layers = (json?["recipe"] as? [String: Any])?["layers"] as? [[String: Any]]
    let measured = layers?.flatMap { ($0["families"] as? [[String: Any]])?.flatMap(\.keys) ?? [] }
    #expect(measured?.sorted() == families)
  }

  @Test(arguments: [
    ("stat_meen", "measures no feature 'stat_meen'", "Did you mean 'stat_mean'?"),
    ("/nothing/", "has no column that /nothing/ matches", "It has: "), ("none.csv", "none.csv", "no such file"),
  ])
  func unknownFeaturesAreRefused(_ selection: String, _ words: String, _ hint: String) throws {
    let run = try Command("extract", "image.nii.gz", "mask.nii.gz", "--features", selection, in: study())
    #expect(run.status == 2 && run.errors.contains(words) && run.errors.contains(hint), "\(run.errors)")
  }

  /// A cohort, and each of its recipes, is measured by what is chosen, and a run by something else is not taken up.
  @Test func selectedFeaturesOfACohort() throws {
    let cohort = try SmallCohort(2, families: "intensity, morphology")
    #expect(try cohort.extract("--features", "stat_mean", "-o", "t.csv").status == 0)
    #expect(try CSV(path: cohort.folder.path("t.csv")).header.suffix(1) == ["stat_mean"])
    #expect(try CSV(path: cohort.folder.path("t.csv")).header.filter { $0.hasPrefix("stat_") }.count == 1)
    let other = try cohort.extract("--features", "stat_max", "-o", "t.csv", "--resume")
    #expect(other.status == 2, "\(other.errors)")
  }

  @Test func longTable() throws {
    let folder = try study()
    let run = try Command(
      "extract", "image.nii.gz", "mask.nii.gz", "--recipe", "ibsi-digital", "--region", "union", "--layout", "long",
      "-o", "t.tsv", in: folder)
    #expect(run.status == 0)
    let lines = try folder.read("t.tsv").split(separator: "\n")
    #expect(
      lines[0]
        == "image\tmask\tregion\tdialect\tlayer\tfilter\tfamily\tfeature\tibsi_code\taggregation\tdiscretisation\tvalue\tunit\tstatus\treason\tmeasurand"
    )
    #expect(lines.contains { $0.contains("\tibsi\t\tnone\tglcm\tcm_joint_max\tGYBY\t3D:mrg\t\t") })
  }

  /// The whole disk is not searched for a series, and a program that gets too little address space ends.
  @Test func endsWhereNothingIsToBeHad() throws {
    let folder = try study()
    let disk = try Command(arguments: ["extract", "/", "mask.nii.gz"], in: folder, shell: "ulimit -t 60")
    // Whichever comes first: so many files that are none, or a folder that nobody may open.
    let words = ["/: there is no DICOM among the first", "cannot be opened"]
    #expect(disk.status == 2 && words.contains { disk.errors.contains($0) }, "\(disk.errors)")
    let tight = try Command(
      arguments: ["extract", "image.nii.gz", "mask.nii.gz", "-o", "t.csv"], in: folder,
      shell: "ulimit -t 60; ulimit -v 250000")
    #expect(
      tight.status == 2 && tight.errors.contains("memory: is limited to 256 MB"), "\(tight.status) \(tight.errors)")
  }

  /// Layers of the same filter are told apart.
  @Test func longTableNamesLayers() throws {
    let folder = try study()
    try folder.write(
      """
      name: l
      layers:
        - { families: [intensity] }
        - { name: fine, filter: { laplacian_of_gaussian: { sigma: 1 } }, families: [intensity] }
        - { name: coarse, filter: { laplacian_of_gaussian: { sigma: 1.5 } }, families: [intensity] }
      """, to: "l.yaml")
    let run = try Command(
      "extract", "image.nii.gz", "mask.nii.gz", "--recipe", "l.yaml", "--region", "union", "--layout", "long", "-o",
      "t.csv", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let table = try CSV(path: folder.path("t.csv")), layer = table.header.firstIndex(of: "layer")!
    #expect(Set(table.rows.map { $0[layer] }) == ["", "fine", "coarse"])
  }

  @Test func undefinedCellsHaveReasons() throws {
    let folder = try study()
    try folder.write(
      "preparation: {resegment: {range: [100, 200]}}\nlayers: [{families: [intensity]}]\n", to: "empty.yaml")
    let run = try Command(
      "extract", "image.nii.gz", "mask.nii.gz", "--recipe", "empty.yaml", "--region", "1", "--strict", "-o", "t.csv",
      in: folder)
    #expect(run.status == 1)
    let table = try folder.read("t.csv")
    #expect(table.contains(",partial,re-segmentation leaves no voxel of the region,"))
    #expect(run.errors.contains("18 undefined"))
  }

  @Test func savesStepsAndDiagnostics() throws {
    let folder = try study()
    try folder.write(
      "preparation: {resample: {spacing: [1, 1, 1]}}\nlayers: [{families: [{glcm: {discretisation: {fixed_bin_number: 8}}}]}]\n",
      to: "r.yaml")
    let run = try Command(
      "extract", "image.nii.gz", "mask.nii.gz", "--recipe", "r.yaml", "--region", "1", "--save-steps", "steps",
      "--diagnostics", "d.csv", "-o", "t.csv", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.url.appendingPathComponent("steps").path
    ).sorted()
    #expect(names.count == 9 && names.contains("region1-1-3-discretised-fbn8-image.nii.gz"), "\(names)")
    let rows = try folder.read("d.csv").split(separator: "\n")
    #expect(rows.count == 4 && rows[2].contains(",interpolated,10,8,8,1,1,1,") && rows[3].hasSuffix(",fbn8:8"))
  }

  @Test(arguments: [
    (["--region", "7"], "there is no label 7; the mask has label 1"),
    (["--region", "GTV"], "there is no region 'GTV'"),
    (["--recipe", "ibsi-cd"], "Did you mean 'ibsi-ct'?"), (["--recipe", "missing.yaml"], "missing.yaml"),
    (["-o", "t.xls"], "must end in .csv, .tsv, "), (["-o", "none/t.csv"], "none/t.csv"),
    (["--volume", "3"], "image.nii.gz"), (["-o", "t.csv", "--diagnostics", "t.csv"], "is named twice"),
    (["-o", "t.provenance.json"], "name of a provenance file"),
    (["--clip-to", "mask.nii.gz"], "no 'dilate' or 'ring'"),
    (["--mask-threshold", "5"], "no voxel reaches the threshold 5; the highest value is 3"),
    (["--nonsense"], "--nonsense"),
    (["--region", "/(/"], "not a regular expression"),
  ])
  func wrongUsageSaysSo(_ options: [String], _ words: String) throws {
    let folder = try study()
    let before = try folder.names
    let run = try Command(arguments: ["extract", "image.nii.gz", "mask.nii.gz"] + options, in: folder)
    #expect(run.status == 2, "\(run.errors)")
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(try folder.names == before)
  }

  @Test func imageGivenAsMask() throws {
    let folder = try TemporaryFolder()
    let geometry = try Geometry(size: [10, 10, 10])
    let scan = Scan(geometry: geometry, samples: .double((0..<1000).map { Double($0) - 500.5 }))
    try ImageFormats.write(scan, to: folder.url.appendingPathComponent("a.nrrd").path)
    let run = try Command("extract", "a.nrrd", "a.nrrd", in: folder)
    #expect(run.status == 2 && run.errors.contains("this looks like an image, not a mask"), "\(run.errors)")
  }

  @Test func shiftedMaskIsRefusedWithMillimetres() throws {
    let folder = try study()
    let moved = try Geometry(size: [5, 4, 4], spacing: [2, 2, 2], origin: [1, 0, 0])
    let mask = Scan(geometry: moved, samples: .uint8(DigitalPhantom.mask))
    try ImageFormats.write(mask, to: folder.url.appendingPathComponent("moved.nrrd").path)
    let refused = try Command("extract", "image.nii.gz", "moved.nrrd", in: folder)
    #expect(refused.status == 2 && refused.errors.contains("(by 1 mm)"), "\(refused.errors)")
    #expect(refused.errors.contains("--resample-mask"))
    let accepted = try Command("extract", "image.nii.gz", "moved.nrrd", "--resample-mask", in: folder)
    #expect(accepted.status == 0 && accepted.errors.contains("resampled onto the image's grid"))
  }

  /// A full disk leaves what was there, and nothing half-written.
  @Test func fullDisk() throws {
    let folder = try study()
    try folder.write("old", to: "t.csv")
    let run = try Command(
      arguments: ["extract", "image.nii.gz", "mask.nii.gz", "-o", "t.csv", "--quiet"], in: folder, shell: "ulimit -f 1")
    #expect(run.status == 2, "\(run.errors)")
    #expect(run.errors.contains("t."), "\(run.errors)")
    #expect(try folder.read("t.csv") == "old")
    #expect(try folder.names == ["image.nii.gz", "mask.nii.gz", "t.csv"])
    let full = try Command(
      arguments: ["extract", "image.nii.gz", "mask.nii.gz"], in: folder, shell: "exec > /dev/full")
    #expect(full.status == 2 && full.errors.contains("No space left"), "\(full.errors)")
  }
}
