import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// No option that `extract` reads cases by is lost on the way from the door to a job of a cluster or to a worker, and one
/// that is declared tomorrow is tried without a change here: the options are those that the program itself lists.
@Suite struct OptionsHandedOnTests {
  private let cohort: SmallCohort

  init() throws {
    cohort = try SmallCohort(1)
    try cohort.folder.write("setting: {binWidth: 25}\nfeatureClass: {firstorder: [Mean]}\n", to: "p.yaml")
    try cohort.folder.write(String(repeating: "k", count: 32), to: "key")
  }

  private func options(of verb: String) throws -> [VerbHelp.Argument] {
    try VerbHelp(verb).arguments.filter { $0.preferredName?.kind == "long" && !["help", "version"].contains($0.name) }
  }

  /// Words that may stand after an option, until one is taken.
  private func values(of option: VerbHelp.Argument) -> [[String]] {
    if option.kind == "flag" { return [[]] }
    let named = ["recipe": "recipe.yaml", "params": "p.yaml", "pseudonym-key": "key", "features": "stat_mean"][
      option.name]
    return (named.map { [$0] } ?? option.allValues?.filter { $0 != option.defaultValue } ?? ["0.5", "1", "0", "x"]).map
    {
      [$0]
    }
  }

  /// What says how a table looks or how much is said, and what `submit` has an own way for.
  private static let ofTheTable: Set = [
    "output", "layout", "format", "quiet", "log-level", "max-memory", "guard-formulas",
  ]

  /// What says what is measured, not how it is read.
  private static let ofTheRecipe: Set = ["recipe", "params", "dialect", "lenient", "features"]

  private func shared() throws -> [VerbHelp.Argument] {
    let ofExtract = Set(try options(of: "extract").map { $0.name })
    return try options(of: "submit").filter {
      ofExtract.contains($0.name) && !Self.ofTheTable.contains($0.name)
    }
  }

  @Test func jobsAreToldEveryReadingOption() throws {
    let options = try shared()
    #expect(
      Set(["pet", "series", "allow-gaps", "region", "recipe"]).isSubset(of: options.map { $0.name }))
    for option in options {
      let name = "--" + option.name
      let recipe = ["--recipe", "--params", "--dialect"].contains(name) ? [] : ["--recipe", "recipe.yaml"]
      let more = name == "--dialect" ? ["--params", "p.yaml"] : []
      let runs = try values(of: option).map { value in
        (
          value,
          try Command(
            arguments: ["submit", "cohort.csv", "-o", "f.csv", "--dry-run", name] + value + recipe + more,
            in: cohort.folder)
        )
      }
      if let (value, run) = runs.first(where: { $0.1.status == 0 }) {
        let words = ([name] + value).joined(separator: " ")
        #expect(run.output.contains(" \(words) "), "\(words) is lost")
      } else {
        #expect(runs.contains { $0.1.errors.contains("belongs to one image and mask") }, "\(name): \(runs[0].1.errors)")
      }
    }
  }

  /// Each option of reading makes another description of the run, by which workers read and results are told apart.
  @Test func workersAreToldEveryReadingOption() throws {
    func reading(_ options: [String]) throws -> (status: Int32, errors: String, reading: String) {
      let run = try Command(
        arguments: ["extract", "cohort.csv", "-o", "f.csv"] + options, in: cohort.folder)
      defer { try? FileManager.default.removeItem(atPath: cohort.folder.path("f.run")) }
      guard WholeFile.exists(cohort.folder.path("f.run/run.json")) else { return (run.status, run.errors, "") }
      let json =
        try JSONSerialization.jsonObject(with: Data(cohort.folder.read("f.run/run.json").utf8)) as? [String: Any]
      let reading = try JSONSerialization.data(withJSONObject: json?["reading"] ?? [:], options: .sortedKeys)
      return (run.status, run.errors, String(decoding: reading, as: UTF8.self))
    }
    let plain = try reading(["--recipe", "recipe.yaml"]).reading
    #expect(!plain.isEmpty)
    for option in try shared() where !Self.ofTheRecipe.contains(option.name) {
      let name = "--" + option.name
      let runs = try values(of: option).map { try reading(["--recipe", "recipe.yaml", name] + $0) }
      #expect(
        runs.contains { !$0.reading.isEmpty && $0.reading != plain }
          || runs.contains { $0.errors.contains("belongs to one image and mask") }, "\(name): \(runs[0].errors)")
    }
  }

  /// What one image and mask are read by stands in the provenance of every verb that measures them.
  @Test(arguments: ["extract", "perturb", "maps"]) func everyVerbIsToldEveryReadingOption(verb: String) throws {
    let folder = cohort.folder
    try folder.write("volume: [0.1]\n", to: "plan.yaml")
    func reading(_ options: [String]) throws -> (errors: String, reading: String) {
      let more = ["perturb": ["--plan", "plan.yaml"], "maps": ["--features", "stat_mean"]][verb] ?? []
      let output = verb == "maps" ? "o" : "o.csv",
        provenance = verb == "maps" ? "o/maps.provenance.json" : "o.provenance.json"
      try? FileManager.default.removeItem(atPath: folder.path(provenance))
      let run = try Command(
        arguments: [verb, "i0.nrrd", "m0.nrrd", "--recipe", "recipe.yaml", "-o", output] + more + options, in: folder)
      guard WholeFile.exists(folder.path(provenance)) else { return (run.errors, "") }
      let json = try JSONSerialization.jsonObject(with: Data(folder.read(provenance).utf8)) as? [String: Any]
      let reading = try JSONSerialization.data(withJSONObject: json?["reading"] ?? [:], options: .sortedKeys)
      return (run.errors, String(decoding: reading, as: UTF8.self))
    }
    let plain = try reading([]).reading
    #expect(!plain.isEmpty)
    // What is measured, which is not how it is read; and what leaves the reader.
    let others = Self.ofTheRecipe.union(["keep-identifiers", "pseudonym-key", "clip-to", "reference"])
    let ofVerb = Set(try options(of: verb).map(\.name))
    for option in try shared() where !others.contains(option.name) {
      #expect(ofVerb.contains(option.name), "\(verb) lacks --\(option.name)")
      let runs = try values(of: option).map { try reading(["--" + option.name] + $0) }
      #expect(runs.contains { !$0.reading.isEmpty && $0.reading != plain }, "--\(option.name): \(runs[0].errors)")
    }
  }

  /// A value that begins with a hyphen, a blank or a quote arrives as it is.
  @Test func valuesOfAnyKindArrive() throws {
    for (option, word) in [
      ("--region=-1", "--region=-1"), ("--region=it's 1", "--region 'it'\\''s 1'"),
      ("--mask-threshold=-0.1", "--mask-threshold=-0.1"),
      ("--mask-threshold=0.30000000000000004", "0.30000000000000004"),
    ] {
      let run = try Command(
        "submit", "cohort.csv", "--recipe", "recipe.yaml", "-o", "f.csv", "--dry-run", option, in: cohort.folder)
      #expect(run.output.contains(" \(word) "), "\(run.output) \(run.errors)")
    }
  }
}
