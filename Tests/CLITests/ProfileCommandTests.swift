import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

@Suite struct ProfileCommandTests {
  private static let profile = """
    name: mean-of-noise
    version: 2
    measurands:
      - { column: stat_mean, feature: Q4LE, unit: 1, claim: { rc: 4.2, source: a study } }
      - { column: stat_var, feature: ECT3, unit: 1, claim: { wcv: 0.1, source: another } }
      - { column: stat_skew, feature: stat_skew, unit: 1, claim: { wsd: 1, source: third, range: [10, 20] } }
    conditions:
      modality: CT
      tube_voltage_kv: { value: 120, tolerance: 5 }
      slice_thickness_mm: { at_most: 2.5 }
      reconstruction_kernel: { one_of: [B30f, B31f] }
    """

  private static func study() throws -> TemporaryFolder {
    let folder = try SmallCohort(1, size: 8).folder
    try folder.write(Self.profile, to: "p.yaml")
    return folder
  }

  private static let facts = [
    "--fact", "modality=ct", "--fact", "tube_voltage_kv=118", "--fact", "slice_thickness_mm=2.5", "--fact",
    "reconstruction_kernel=B31f",
  ]

  @Test func valuesCarryTheirUncertainty() throws {
    let folder = try Self.study()
    let run = try Command(
      arguments: [
        "extract", "i0.nrrd", "m0.nrrd", "--recipe", "recipe.yaml", "--profile", "p.yaml", "-o", "f.csv", "--strict",
      ]
        + Self.facts, in: folder)
    #expect(run.status == 0 && run.errors.contains("mean-of-noise 2: conforms"), "\(run.errors)")
    let provenance = try #require(
      JSONSerialization.jsonObject(with: Data(folder.read("f.provenance.json").utf8)) as? [String: Any])
    let profile = try #require(provenance["profile"] as? [String: Any])
    #expect(profile["conforming"] as? Bool == true)
    let values = try #require(profile["values"] as? [[String: Any]])
    let mean = try #require(values[0]["value"] as? Double), low = try #require(values[0]["lower_95"] as? Double)
    // RC / √2 = 2.96985.
    expectClose(mean - low, 4.2 / 2.0.squareRoot(), absolute: 1e-9)
    let spread = try #require(values[1]["value"] as? Double), high = try #require(values[1]["upper_95"] as? Double)
    // exp(1.96 √ln 1.01) by hand.
    expectClose(high / spread, 1.2159341589, relative: 1e-9)
    #expect(values[2]["no_interval"] as? String == "the claim was shown for 10 to 20 only")
    #expect(run.errors.contains("(±1.96 wSD = RC/√2; RC 4.2 from a study; negligible bias assumed)"), "\(run.errors)")
  }

  @Test func casesThatDoNotConformAreFlaggedOrRefused() throws {
    let folder = try Self.study()
    let arguments = ["extract", "i0.nrrd", "m0.nrrd", "--recipe", "recipe.yaml", "--profile", "p.yaml", "-o", "f.csv"]
    let flagged = try Command(arguments: arguments + ["--fact", "tube_voltage_kv=100"], in: folder)
    #expect(flagged.status == 0 && flagged.errors.contains("DOES NOT CONFORM"), "\(flagged.errors)")
    #expect(flagged.errors.contains("tube_voltage_kv: is 100, mean-of-noise 2 asks for 120 ± 5."))
    #expect(flagged.errors.contains("modality: is unknown"))
    let provenance = try folder.read("f.provenance.json")
    #expect(provenance.contains("\"verdict\": \"fail\"") && provenance.contains("\"verdict\": \"unknown\""))
    try FileManager.default.removeItem(atPath: folder.path("f.csv"))
    let refused = try Command(arguments: arguments + ["--fact", "tube_voltage_kv=100", "--strict"], in: folder)
    #expect(refused.status == 1 && refused.errors.contains("nothing was measured (--strict)"), "\(refused.errors)")
    #expect(try !folder.names.contains("f.csv"))
  }

  @Test func casesOfACohortAreJudgedOneByOne() throws {
    let cohort = try SmallCohort(3, size: 8), folder = cohort.folder
    try folder.write(Self.profile, to: "p.yaml")
    let voltages = ["118", "100", ""]
    let lines = try folder.read("cohort.csv").split(separator: "\n")
    try folder.write(
      ([lines[0] + ",tube_voltage_kv"] + zip(lines.dropFirst(), voltages).map { "\($0),\($1)" }).joined(
        separator: "\n") + "\n", to: "facts.csv")
    let facts = ["modality=ct", "reconstruction_kernel=B31f", "slice_thickness_mm=2"].flatMap { ["--fact", $0] }
    func extract(_ output: String, _ options: String...) throws -> Command {
      try Command(
        arguments: ["extract", "facts.csv", "--recipe", "recipe.yaml", "--profile", "p.yaml", "-o", output] + facts
          + options, in: folder)
    }
    let flagged = try extract("f.csv")
    #expect(flagged.status == 0 && flagged.errors.contains("2 not conforming"), "\(flagged.errors)")
    func column(_ name: String, _ file: String) throws -> [String] {
      let table = try CSV(bytes: Array(folder.read(file).utf8), path: file)
      let index = try #require(table.header.firstIndex(of: name), "\(table.header)")
      return table.rows.map { $0[index] }
    }
    #expect(try column("conformance", "f.csv") == ["pass", "fail", "unknown"])
    let mean = try #require(Double(column("stat_mean", "f.csv")[0]))
    let low = try #require(Double(column("stat_mean_lower_95", "f.csv")[0]))
    expectClose(mean - low, 4.2 / 2.0.squareRoot(), absolute: 1e-9)
    #expect(try column("stat_skew_upper_95", "f.csv") == ["", "", ""])
    let provenance = try folder.read("f.provenance.json")
    #expect(provenance.contains("\"verdict\":\"fail\"") || provenance.contains("\"verdict\": \"fail\""))
    // The rows do not depend on when a profile is applied.
    #expect(
      try Command(arguments: ["merge", "f.run", "--profile", "p.yaml", "-o", "g.csv"] + facts, in: folder).status == 0)
    #expect(try folder.read("g.csv") == folder.read("f.csv"))
    let refused = try extract("h.csv", "--strict")
    #expect(refused.status == 1, "\(refused.errors)")
    #expect(try column("status", "h.csv")[1] == "failed" && column("stat_mean", "h.csv")[1] == "")
    #expect(try column("reason", "h.csv")[1].contains("tube_voltage_kv: is 100, mean-of-noise 2 asks for 120 ± 5."))
    let shard = try extract("s.csv", "--shard", "1/2")
    #expect(shard.status == 2 && shard.errors.contains("radiomics merge"), "\(shard.errors)")
  }

  @Test func whatWasGivenStandsBeforeTheHeader() throws {
    let profile = try BiomarkerProfile(yaml: Self.profile, file: "p.yaml")
    let header = [
      AcquisitionFact("tube_voltage_kv", [.number(100)]),
      AcquisitionFact("slice_thickness_mm", [.number(1), .number(3)]),
    ]
    let given = try [#require(AcquisitionFact(argument: "tube_voltage_kv=120"))]
    let conformance = ProfileConformance(profile, given: given, header: header)
    let findings = Dictionary(uniqueKeysWithValues: conformance.findings.map { ($0.condition.name, $0) })
    #expect(findings["tube_voltage_kv"]?.verdict == .pass && findings["tube_voltage_kv"]?.contradiction == "100")
    #expect(findings["slice_thickness_mm"]?.verdict == .fail)
    #expect(findings["modality"]?.verdict == .unknown && conformance.verdict == .fail)
    #expect(conformance.warnings.contains { $0.message.contains("120 as given, and 100 by the header") })
  }

  @Test func profilesAreChecked() throws {
    let folder = try Self.study()
    let checked = try Command(
      arguments: ["profile", "check", "p.yaml", "--recipe", "recipe.yaml"] + Self.facts, in: folder)
    #expect(checked.status == 0 && checked.output.contains("stat_mean: fingerprint "), "\(checked.errors)")
    let fingerprint = try #require(checked.output.firstMatch(of: /stat_mean: fingerprint ([0-9a-f]{64})/)).1
    try folder.write(
      Self.profile.replacing(
        "unit: 1, claim: { rc", with: "unit: 1, fingerprint: \(fingerprint.prefix(16)), claim: { rc"), to: "q.yaml")
    #expect(try Command("profile", "check", "q.yaml", "--recipe", "recipe.yaml", in: folder).status == 0)
    try folder.write(
      "name: other\npreparation: {resample: {spacing: [2, 2, 2]}}\nlayers: [{families: [intensity]}]\n",
      to: "other.yaml")
    let other = try Command("profile", "check", "q.yaml", "--recipe", "other.yaml", in: folder)
    #expect(other.status == 1 && other.errors.contains("is measured otherwise"), "\(other.errors)")
    let schema = try Command("profile", "schema", in: folder)
    #expect(try JSONSerialization.jsonObject(with: Data(schema.output.utf8)) is [String: Any])
  }

  @Test(arguments: [
    ("name: x\nmeasurands: []\n", "needs 'name' and 'version'"), ("name: x\nversion: 1\n", "'measurands' is missing"),
    ("name: x\nversion: 1\nmeasurands: [{column: a, feature: b}]\n", "needs 'unit'"),
    ("name: x\nversion: 1\nmeasurands: [{column: a, feature: b, unit: 1, claim: {rc: 1}}]\n", "needs 'source'"),
    (
      "name: x\nversion: 1\nmeasurands: [{column: a, feature: b, unit: 1, claim: {rc: 1, wcv: 1, source: s}}]\n",
      "exactly one"
    ),
    ("name: x\nversion: 1\nmeasurand: []\n", "Did you mean 'measurands'?"),
    (
      "name: x\nversion: 1\nmeasurands: [{column: a, feature: b, unit: 1}]\nconditions: {kvp: {about: 1}}\n",
      "a condition has no key 'about'"
    ),
    (
      "name: x\nversion: 1\nmeasurands: [{column: a, feature: b, unit: 1}]\nconditions: {kvp: {tolerance: 1}}\n",
      "must be a value, {value, tolerance}"
    ),
    ("format: 2\nname: x\nversion: 1\n", "this version reads format 1"),
  ])
  func refuses(_ yaml: String, _ sentence: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(yaml, to: "p.yaml")
    let run = try Command("profile", "check", "p.yaml", in: folder)
    #expect(run.status == 2 && run.errors.contains(sentence), "\(run.errors)")
  }

  @Test func columnsOfDifferentProceduresAreNotPooled() throws {
    let cohort = try SmallCohort(3, size: 8), folder = cohort.folder
    #expect(
      try Command("extract", "cohort.csv", "--recipe", "recipe.yaml", "-o", "a.csv", "-q", in: folder).status == 0)
    #expect(
      try Command("extract", "cohort.csv", "--recipe", "recipe.yaml", "-o", "b.csv", "-q", in: folder).status == 0)
    let pooled = try Command("reliability", "a.csv", "b.csv", "-q", in: folder)
    #expect(pooled.status == 0 && pooled.output.contains("6 rows, 3 subjects"), "\(pooled.errors)")
    try folder.write(
      "name: small\npreparation: {resample: {spacing: [2, 2, 2]}}\nlayers: [{families: [intensity]}]\n",
      to: "coarse.yaml")
    #expect(
      try Command("extract", "cohort.csv", "--recipe", "coarse.yaml", "-o", "c.csv", "-q", in: folder).status == 0)
    let refused = try Command("reliability", "a.csv", "c.csv", in: folder)
    #expect(refused.status == 2, "\(refused.output)")
    #expect(refused.errors.contains("preparation.resample is not set and {"), "\(refused.errors)")
  }
}
