import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

@Suite struct VerbTests {
  @Test func verifyPassesAndSaysSoInJSON() throws {
    let run = try Command("verify", "--format", "json", in: TemporaryFolder())
    #expect(run.status == 0)
    let tables = try #require(
      (JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])?["tables"] as? [[String: Any]])
    #expect(tables.count == 1 && tables[0]["name"] as? String == "ibsi1/digital")
    #expect(tables[0]["passed"] as? Int == 482 && tables[0]["all"] as? Int == 482 && tables[0]["skipped"] as? Int == 0)
  }

  @Test func verifyNamesWhatAFolderLacks() throws {
    let run = try Command("verify", "--data", "nowhere", in: TemporaryFolder())
    #expect(run.status == 2 && run.errors.contains("nowhere/"), "\(run.errors)")
  }

  @Test func demoLeavesTableProvenanceAndPicture() throws {
    let folder = try TemporaryFolder()
    let run = try Command("demo", "-o", "out", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("482 of 482"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.appendingPathComponent("out").path)
    for name in ["lesion.csv", "lesion.provenance.json", "lesion.png", "digital-phantom.csv"] {
      #expect(names.contains(name))
    }
    let png = try Data(contentsOf: folder.url.appendingPathComponent("out/lesion.png"))
    #expect(png.prefix(8) == Data([137, 80, 78, 71, 13, 10, 26, 10]))
  }

  @Test(arguments: [
    "glcm", "cm_joint_entr", "tu9b", "cm_joint_entr.3D_mrg.fbn32", "recipe", "layer", "discretisation", "preparation",
    "normalise", "resample", "region", "resegment", "maps", "laws", "riesz",
  ])
  func describes(_ name: String) throws {
    let run = try Command("describe", name, in: TemporaryFolder())
    #expect(run.status == 0 && run.output.contains("Reference: "), "\(run.output)\(run.errors)")
    let json = try Command("describe", name, "--format", "json", in: TemporaryFolder())
    #expect(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) is [Any])
  }

  @Test func helpOnAFullDevice() throws {
    let run = try Command(arguments: ["--help"], in: TemporaryFolder(), shell: "exec > /dev/full")
    #expect(run.status == 2 && run.errors.contains("No space left"), "\(run.errors)")
  }

  @Test func describeSearches() throws {
    let run = try Command("describe", "entropy", in: TemporaryFolder())
    #expect(
      run.status == 0 && run.output.contains("cm_joint_entr") && run.output.contains("ih_entropy"), "\(run.output)")
    for (page, keys) in [("recipe", ["names", "columns", "diagnostics", "also"]), ("layer", ["slices"])] {
      let text = try Command("describe", page, in: TemporaryFolder()).output
      for key in keys { #expect(text.contains("    \(key): "), "\(page) \(key)") }
    }
  }

  @Test func describeSuggests() throws {
    let run = try Command("describe", "cm_joint_entropy", in: TemporaryFolder())
    #expect(run.status == 2 && run.errors.contains("Did you mean 'cm_joint_entr'?"), "\(run.errors)")
  }

  @Test func recipesAreCheckedShownAndListed() throws {
    let folder = try TemporaryFolder()
    let shown = try Command("recipe", "show", "ibsi-ct", in: folder)
    #expect(shown.status == 0)
    try folder.write(shown.output, to: "my.yaml")
    let checked = try Command("recipe", "check", "my.yaml", in: folder)
    let preset = try Command("recipe", "check", "ibsi-ct", in: folder)
    #expect(checked.status == 0)
    #expect(checked.output.replacing("my.yaml", with: "ibsi-ct") == preset.output)
    let listed = try Command("recipe", "list", in: folder)
    #expect(Preset.all.allSatisfy { listed.output.contains($0.name) })
    #expect(listed.output.contains("A starting point, not an endorsement"))
    try folder.write("layers:\n  - families:\n      - glcm: { binwidth: 25 }\n", to: "bad.yaml")
    let bad = try Command("recipe", "check", "bad.yaml", in: folder)
    #expect(bad.status == 2 && bad.errors.hasPrefix("error: bad.yaml:3:17: 'glcm' has no setting 'binwidth'"))
  }

  @Test func converts() throws {
    let folder = try TemporaryFolder()
    let scan = Scan(geometry: DigitalPhantom.geometry, samples: .int16(DigitalPhantom.intensities.map { Int16($0) }))
    try ImageFormats.write(scan, to: folder.url.appendingPathComponent("a.nii.gz").path)
    for name in ["b.nrrd", "c.mha", "d.nhdr", "e.mhd", "f.nii"] {
      let run = try Command("convert", "a.nii.gz", name, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(try ImageFormats.read(path: folder.url.appendingPathComponent(name).path).volumes[0] == scan)
    }
    let run = try Command("convert", "a.nii.gz", "b.xyz", in: folder)
    #expect(run.status == 2 && run.errors.contains("b.xyz"), "\(run.errors)")
  }

  @Test(arguments: [["--help"], ["extract", "--help"], ["--version"], ["recipe", "--help"]])
  func helpIsNoError(_ arguments: [String]) throws {
    let run = try Command(arguments: arguments, in: TemporaryFolder())
    #expect(run.status == 0 && !run.output.isEmpty && run.errors.isEmpty)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let run = try Command("--generate-completion-script", shell, in: TemporaryFolder())
    #expect(run.status == 0 && run.output.contains("extract"))
  }
}
