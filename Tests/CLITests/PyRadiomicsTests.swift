import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// PyRadiomics' command line.
@Suite struct PyRadiomicsTests {
  private func cohort(_ count: Int) throws -> SmallCohort {
    let cohort = try SmallCohort(count)
    try cohort.folder.write(
      "featureClass: {firstorder: [Mean, Kurtosis], glcm: [Contrast]}\nsetting: {binWidth: 10}\n", to: "p.yaml")
    return cohort
  }

  @Test func oneCaseInThreeFormats() throws {
    let folder = try cohort(1).folder
    let text = try Command("pyradiomics", "i0.nrrd", "m0.nrrd", "-p", "p.yaml", in: folder)
    #expect(text.status == 0 && text.output.hasPrefix("Case-1_Image: "), "\(text.errors)")
    #expect(text.output.contains("\nCase-1_original_glcm_Contrast: "))
    let csv = try Command("pyradiomics", "i0.nrrd", "m0.nrrd", "-p", "p.yaml", "-f", "csv", "-o", "t.csv", in: folder)
    #expect(csv.status == 0 && csv.output.isEmpty)
    let table = try CSV(path: folder.path("t.csv"))
    #expect(table.header.prefix(3) == ["Image", "Mask", "diagnostics_Versions_PyRadiomics"])
    #expect(
      table.header.suffix(3) == ["original_firstorder_Mean", "original_firstorder_Kurtosis", "original_glcm_Contrast"])
    #expect(table.rows[0][0] == folder.path("i0.nrrd"))
    let json = try Command(
      "pyradiomics", "i0.nrrd", "m0.nrrd", "-p", "p.yaml", "-f", "json", "--format-path", "basename", in: folder)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    #expect(object[0]["Image"] as? String == "i0.nrrd")
    #expect(object[0]["diagnostics_Mask-original_Size"] as? [Int] == [6, 6, 6])
    #expect(object[0]["original_firstorder_Mean"] as? Double == Double(table.rows[0][table.header.count - 3]))
  }

  /// Advice names options that this verb has, or the verb that has them.
  @Test func advisesWhatThereIs() throws {
    let folder = try cohort(1).folder, geometry = try Geometry(size: [6, 6, 6], spacing: [2, 2, 2])
    let voxels = [UInt8](repeating: 1, count: 216)
    try ImageFormats.write(Scan(geometry: geometry, samples: .uint8(voxels)), to: folder.path("far.nrrd"))
    let other = try Command("pyradiomics", "i0.nrrd", "far.nrrd", "-p", "p.yaml", in: folder)
    #expect(other.status == 1 && other.errors.contains("--setting correctMask:true"), "\(other.errors)")
    #expect(!other.errors.contains("--resample-mask"))
    let setting = try Command("pyradiomics", "i0.nrrd", "m0.nrrd", "--setting", "distances:far", in: folder)
    #expect(setting.status != 0 && setting.errors.contains("--setting distances: "), "\(setting.errors)")
    let soft = Scan(geometry: try Geometry(size: [6, 6, 6]), samples: .float(voxels.map { Float($0) * 0.4 }))
    try ImageFormats.write(soft, to: folder.path("soft.nrrd"))
    let run = try Command("pyradiomics", "i0.nrrd", "soft.nrrd", "-p", "p.yaml", in: folder)
    #expect(run.errors.contains("'radiomics extract --params FILE --mask-threshold'"), "\(run.errors)")
  }

  /// A case that fails keeps its row, and says why; the exit code is 1.
  @Test func aBatchHidesNothing() throws {
    let folder = try cohort(3).folder
    try folder.write(
      "ID,Image,Mask,Label\na,i0.nrrd,m0.nrrd,1\nb,i1.nrrd,missing.nrrd,\nc,i2.nrrd,m2.nrrd,9\nd,i2.nrrd,m2.nrrd,\n",
      to: "batch.csv")
    let run = try Command(
      "pyradiomics", "batch.csv", "-p", "p.yaml", "-f", "csv", "-o", "t.csv", "-od", "out", "-j", "2", "-v", in: folder)
    #expect(run.status == 1)
    #expect(run.errors.contains("E: radiomics.script: case 2 failed: ") && run.errors.contains("missing.nrrd"))
    #expect(run.errors.contains("case 3 failed: ") && run.errors.contains("there is no label 9"))
    let table = try CSV(path: folder.path("t.csv"))
    #expect(
      table.header.prefix(4) == ["ID", "Image", "Mask", "Label"] && table.rows.map { $0[0] } == ["a", "b", "c", "d"])
    #expect(table.rows[1].last == "" && table.rows[3].last != "" && table.rows[3].last != "nan")
    #expect(try CSV(path: folder.path("out/features_4.csv")).rows[0].last == table.rows[3].last)
    #expect(!(try folder.names.contains { $0.hasSuffix(".run") }))
  }

  /// What is there stays; the same header is not repeated.
  @Test func outputIsAdded() throws {
    let folder = try cohort(2).folder
    for number in 0..<2 {
      let run = try Command(
        "pyradiomics", "i\(number).nrrd", "m\(number).nrrd", "-p", "p.yaml", "-f", "csv", "-o", "t.csv", in: folder)
      #expect(run.status == 0)
    }
    let table = try CSV(path: folder.path("t.csv"))
    #expect(table.rows.count == 2 && table.rows[0].last != table.rows[1].last)
  }

  @Test func overridesAndTheirMistakes() throws {
    let folder = try cohort(1).folder
    func run(_ options: String...) throws -> Command {
      try Command(arguments: ["pyradiomics", "i0.nrrd", "m0.nrrd", "-p", "p.yaml"] + options, in: folder)
    }
    let plain = try run()
    #expect(try run("-s", "binWidth:3").output != plain.output)
    #expect(
      try run("-s", "resampledPixelSpacing:2,2,2", "-s", "additionalInfo:False").output.contains("diagnostics") == false
    )
    let typo = try run("-s", "binwidth:3")
    #expect(typo.status == 2 && typo.errors.contains("Did you mean 'binWidth'?"))
    #expect(try run("-s", "binwidth:3", "--lenient").output == plain.output)
    #expect(try run("-s", "binWidth").errors.contains("must be name:value"))
    let label = try run("-l", "4")
    #expect(label.status == 1 && label.errors.contains("there is no label 4") && label.output.hasPrefix("Case-1_Image"))
    let missing = try Command("pyradiomics", "i0.nrrd", "m0.nrrd", "-p", "parms.yaml", in: folder)
    #expect(missing.status == 2 && missing.errors.contains("parms.yaml"))
    #expect(try Command("pyradiomics", "i0.nrrd", in: folder).errors.contains("there is no mask"))
  }

  @Test func validation() throws {
    let folder = try cohort(1).folder
    try folder.write("Image,Mask\ni0.nrrd,m0.nrrd\ni7.nrrd,m0.nrrd\n", to: "batch.csv")
    let run = try Command("pyradiomics", "batch.csv", "-p", "p.yaml", "--validate", "--log-file", "log", in: folder)
    #expect(run.status == 1 && run.errors.contains("case 2 of 2: Image 'i7.nrrd' does not exist"))
    #expect(try folder.read("log").contains("E: radiomics.script: case 2 of 2"))
  }

  @Test func maps() throws {
    let folder = try cohort(1).folder
    let run = try Command(
      "pyradiomics", "i0.nrrd", "m0.nrrd", "-p", "p.yaml", "-m", "voxel", "-od", "maps", "-f", "csv", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let names = ["firstorder_Kurtosis", "firstorder_Mean", "glcm_Contrast"].map { "Case-1_original_\($0).nrrd" }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("maps")).sorted() == names)
    #expect(run.output.contains("maps/Case-1_original_glcm_Contrast.nrrd"))
    let map = try ImageFormats.read(
      path: folder.path("maps/\(names[1])"), options: ReadingOptions(volume: .only, niftiForm: nil))
    #expect(map.volumes[0].geometry.size == [6, 6, 6])
    #expect(try Command("pyradiomics", "i0.nrrd", "m0.nrrd", "-s", "label:1", "-m", "voxel", in: folder).status == 0)
  }

  /// The same numbers by `extract --params`, of a cohort too; both dialects side by side.
  @Test func extractTakesParameters() throws {
    let cohort = try cohort(2), folder = cohort.folder
    let one = try Command("extract", "i0.nrrd", "m0.nrrd", "-p", "p.yaml", "-o", "one.csv", in: folder)
    let all = try Command("extract", "cohort.csv", "--params", "p.yaml", "-o", "all.csv", "-j", "2", in: folder)
    #expect(one.status == 0 && all.status == 0, "\(one.errors)\(all.errors)")
    let single = try CSV(path: folder.path("one.csv")), table = try CSV(path: folder.path("all.csv"))
    #expect(single.rows[0].suffix(5) == table.rows[0].suffix(5) && single.header.suffix(5) == table.header.suffix(5))
    let hash = "diagnostics_Image-original_Hash"
    #expect(
      table.rows[0][try #require(table.header.firstIndex(of: hash))]
        == single.rows[0][try #require(single.header.firstIndex(of: hash))])
    let both = try Command(
      "extract", "i0.nrrd", "m0.nrrd", "-p", "p.yaml", "--dialect", "both", "-o", "b.csv", in: folder)
    let header = try CSV(path: folder.path("b.csv")).header
    #expect(both.status == 0 && header.suffix(2) == ["original_glcm_Contrast", "cm_contrast.3D_avg.fbs10_min"])
    let twice = try Command("extract", "i0.nrrd", "m0.nrrd", "-p", "p.yaml", "--recipe", "default", in: folder)
    #expect(twice.status == 2 && twice.errors.contains("Give one of them"))
    #expect(
      try Command("extract", "i0.nrrd", "m0.nrrd", "--dialect", "both", in: folder).errors.contains("needs --params"))
  }

  @Test func recipesAndDescriptions() throws {
    let folder = try cohort(1).folder
    let made = try Command("recipe", "import", "p.yaml", "-o", "r.yaml", in: folder)
    #expect(made.status == 0 && made.errors.contains("binWidth: bins start at"))
    #expect(try folder.read("r.yaml").hasPrefix("# Made of p.yaml. What changes"))
    #expect(try Command("recipe", "check", "r.yaml", in: folder).status == 0)
    #expect(try Command("recipe", "export", "r.yaml", in: folder).status == 2)
    let page = try Command("describe", "original_glcm_Contrast", in: folder)
    #expect(page.output.contains("IBSI ACUI") && page.output.contains("multiple of the width"))
    #expect(try Command("describe", "wavelet-LLH_firstorder_Kurtosis", in: folder).output.contains("less by 3"))
    #expect(try Command("describe", "glcm_Homogeneity1", in: folder).output.contains("The same says Id"))
  }
}
