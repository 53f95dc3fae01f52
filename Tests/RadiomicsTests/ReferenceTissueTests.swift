import Radiomics
import RadiomicsTestSupport
import Testing

/// Where the tissue of a recipe comes from, and what is said of it.
@Suite struct ReferenceTissueTests {
  private let folder: TemporaryFolder
  private let geometry: Geometry

  init() throws {
    folder = try TemporaryFolder()
    geometry = try Geometry(size: [10, 10, 4], spacing: [1, 1, 2])
    try write(.int16((0..<400).map { Int16($0) }), "image.nrrd")
    try write(mask { ($0 < 100 ? 2 : 0) + (200..<260 ~= $0 ? 1 : 0) }, "mask.nrrd")
  }

  private func mask(_ label: (Int) -> UInt8) -> Scan.Samples { .uint8((0..<400).map(label)) }

  private func write(_ samples: Scan.Samples, _ name: String) throws {
    try ImageFormats.write(Scan(geometry: geometry, samples: samples), to: folder.path(name))
  }

  private func measured(
    _ tissue: String, reference: String? = nil, region: String = "1"
  ) throws -> (means: [Double], findings: [String]) {
    let recipe = try Recipe(
      yaml: """
        name: t
        preparation: {normalise: {method: ratio, within: reference, reference: \(tissue), scale: 99}}
        layers: [{families: [intensity]}]
        """, file: "t.yaml")
    var options = Study.Options()
    (options.region, options.reference) = (RegionChoice(region), reference.map(folder.path))
    let study = try Study(image: folder.path("image.nrrd"), mask: folder.path("mask.nrrd"), options: options)
    let result = try study.measure(recipe)
    let place = recipe.columns.firstIndex { $0.feature.tag == "stat_mean" }!
    return (
      result.measurements.compactMap { $0.cells[place].value },
      result.findings.map { "\($0.severity.rawValue) \($0.place): \($0.message)" }
    )
  }

  private func error(_ tissue: String, reference: String? = nil) -> String {
    do {
      _ = try measured(tissue, reference: reference)
      return "no error"
    } catch { return "\(error)" }
  }

  /// Mean of the region 229.5; of label 2, voxels 0 to 99, 49.5.
  @Test func labelOfTheMask() throws {
    let (means, findings) = try measured("2")
    expectClose(means[0], 229.5 * 99 / 49.5, relative: 1e-13)
    #expect(findings.isEmpty, "\(findings)")
    // The tissue measured by itself is no overlap.
    let all = try measured("2", region: "each")
    expectClose(all.means[1], 99, relative: 1e-13)
    #expect(all.findings.isEmpty, "\(all.findings)")
  }

  /// A mask of its own with one region, whatever its number: voxels 300 to 399, mean 349.5.
  @Test func maskOfItsOwn() throws {
    try write(mask { $0 >= 300 ? 1 : 0 }, "muscle.nrrd")
    let (means, findings) = try measured("muscle", reference: "muscle.nrrd")
    expectClose(means[0], 229.5 * 99 / 349.5, relative: 1e-13)
    #expect(findings.isEmpty, "\(findings)")
    try write(mask { $0 >= 300 ? UInt8($0 / 50) : 0 }, "two.nrrd")
    expectClose(try measured("7", reference: "two.nrrd").means[0], 229.5 * 99 / 374.5, relative: 1e-13)
    #expect(error("muscle", reference: "two.nrrd").contains("there is no region 'muscle'; the mask has label 6"))
  }

  @Test func fewVoxelsAndOverlapsAreSaid() throws {
    try write(mask { (240..<290).contains($0) ? 1 : 0 }, "near.nrrd")
    let findings = try measured("muscle", reference: "near.nrrd").findings
    #expect(findings.count == 2, "\(findings)")
    #expect(findings.contains { $0.hasPrefix("warning") && $0.contains("has 50 voxels, fewer than 51") }, "\(findings)")
    #expect(findings.contains { $0.contains("shares 20 of its 50 voxels with region '1'") }, "\(findings)")
    try write(mask { (100..<151).contains($0) ? 1 : 0 }, "enough.nrrd")
    #expect(try measured("muscle", reference: "enough.nrrd").findings.isEmpty)
  }

  @Test func absentTissueIsRefused() throws {
    let sentence = error("muscle")
    #expect(
      sentence.contains("reference tissue 'muscle', by which the recipe normalises")
        && sentence.contains("there is no region 'muscle'; the mask has label 1")
        && sentence.contains("Give a mask of the tissue"), "\(sentence)")
    #expect(error("5").contains("there is no label 5"))
    try write(mask { _ in 0 }, "empty.nrrd")
    #expect(error("muscle", reference: "empty.nrrd").contains("the mask is empty"))
  }

  /// What the provenance says: the mask with its digest, and the map that it gave.
  @Test func provenanceNamesIt() throws {
    try write(mask { $0 >= 300 ? 1 : 0 }, "muscle.nrrd")
    var options = Study.Options()
    (options.region, options.reference) = (.label(1), folder.path("muscle.nrrd"))
    let study = try Study(image: folder.path("image.nrrd"), mask: folder.path("mask.nrrd"), options: options)
    let recipe = try Recipe(
      yaml:
        "preparation: {normalise: {method: ratio, within: reference, reference: muscle}}\nlayers: [{families: [intensity]}]\n",
      file: "t.yaml")
    let text = try study.measure(recipe).provenance(timings: []), json = try Setting(yaml: text, file: "p.json")
    let inputs = try #require(json["inputs"]).elements
    #expect(inputs.map { $0["role"]?.value } == [.text("image"), .text("mask"), .text("reference")])
    let digest = sha256(try WholeFile.bytes(of: folder.path("muscle.nrrd")))
    #expect(inputs[2]["sha256"]?.value == .text(digest))
    #expect(text.contains("\"slope\": \(1 / 349.5)"), "\(text)")
  }
}
