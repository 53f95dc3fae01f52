import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// No output takes the place of anything that the same command reads: for every verb, every output and every input that the
/// program itself lists.
@Suite struct InputsAreKeptTests {
  private static func isText(_ argument: VerbHelp.Argument) -> Bool {
    argument.kind != "flag" && argument.allValues == nil && argument.valueName != "subcommands"
  }

  /// By what help says of it.
  private static func isWritten(_ argument: VerbHelp.Argument) -> Bool {
    let help = (argument.abstract ?? "").lowercased()
    return isText(argument)
      && [
        "write", "draw it", "draw features", "add the output", "add what is said", "a slice before", "the folder, made",
        "the folder for",
        "a folder",
      ].contains { help.contains($0) } && !help.contains("rewrite") && argument.valueName != "ending"
  }

  private static func isRead(_ argument: VerbHelp.Argument) -> Bool {
    let kinds = [
      "file", "image", "mask", "table", "run", "profile", "plan", "recipe", "params", "input", "batch", "cohort",
    ]
    return isText(argument) && !isWritten(argument)
      && kinds.contains { kind in (argument.valueName ?? "").split(separator: " ").contains { $0 == kind } }
  }

  /// What verbs ask for besides.
  private static let asked = [
    "diagnostic": ["--outcome": "y", "--model": "m"], "prognostic": ["--time": "t", "--event": "e", "--model": "m"],
    "predictive": ["--treatment": "t", "--outcome": "y", "--marker": "m"],
    "added-value": ["--outcome": "y", "--base": "a", "--extended": "b"],
    "perturb": ["--output": "t.csv", "--reliability": "r.csv"], "harmonise fit": ["--batch": "b"],
    "harmonise check": ["--batch": "b"],
    "habitats fit": ["--images": "image", "--k": "2", "--output": "m.json"],
    "habitats measure": ["--output": "t.csv"],
  ]
  /// Why two of a command's words cannot stand together.
  private static let apart = [
    "needs a cohort", "belongs to one image and mask", "is not possible with", "belongs to a cohort", "stands alone",
    "cannot be with", "needs --use, and no table",
  ]

  /// Endings to try, the likely one first.
  private static func endings(_ output: String) -> [String] {
    let likely = ["figure": ".svg", "report": ".html", "consensus": ".nrrd"][output]
    return [likely].compactMap { $0 } + [".csv", ".nrrd", ".json", ".png", ""]
  }

  /// A command line of a verb in which both arguments are `file`.
  private static func line(
    _ words: [String], _ help: VerbHelp, _ one: VerbHelp.Argument, _ other: VerbHelp.Argument, file: String
  ) -> [String] {
    var named = asked[words.joined(separator: " ")] ?? asked[words[0]] ?? [:]
    if words[0] == "perturb", one.name != "figure", one.name != "reliability" { named["--reliability"] = nil }
    for argument in help.arguments where !argument.isOptional && isText(argument) && !argument.words.isEmpty {
      named[argument.words[0]] = named[argument.words[0]] ?? "other.yaml"
    }
    if [one.name, other.name].contains("join") { named["--by"] = "id" }
    if [one.name, other.name].contains("calibration") { named["--new-batch"] = "estimate" }
    if words == ["delta"], ["cohort", "recipe"].contains(other.name) {
      named["--null"] = "f"
      named["--cohort"] = "other.csv"
      named["--recipe"] = "other.yaml"
    }
    for argument in [one, other] where !argument.words.isEmpty { named[argument.words[0]] = file }
    let places = help.arguments.filter {
      $0.words.isEmpty && (!$0.isOptional || [other.name, "cohort", "table"].contains($0.name))
    }.flatMap {
      ($0.name == one.name || $0.name == other.name ? [file] : ["other.csv"]) + ($0.isRepeating ? ["more.csv"] : [])
    }
    return words + places + named.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
  }

  @Test func noVerbOverwritesWhatItReads() throws {
    let folder = try TemporaryFolder()
    var count = 0
    for (words, help) in try VerbHelp.leaves() {
      for output in help.arguments where Self.isWritten(output) {
        for input in help.arguments where Self.isRead(input) {
          var refusals: [String] = []
          for ending in Self.endings(output.name) {
            let file = "given" + ending
            try folder.write("what was there", to: file)
            let run = try Command(arguments: Self.line(words, help, output, input, file: file), in: folder)
            #expect(try folder.read(file) == "what was there" && run.status == 2)
            refusals.append(run.errors)
            if (Self.apart + ["is named twice"]).contains(where: { run.errors.contains($0) }) { break }
          }
          let isRefused = (Self.apart + ["is named twice"]).contains { refusals.last?.contains($0) ?? false }
          #expect(isRefused, "\(words) \(output.name) \(input.name): \(refusals)")
          count += 1
        }
      }
    }
    #expect(count > 44, "\(count) combinations")
  }

  /// Other names of the same file, what a cohort names, and what stands beside a table.
  @Test(arguments: [
    (["extract", "cohort.csv", "-o", "t.csv", "--events", "m0.nrrd"], "m0.nrrd"),
    (["extract", "cohort.csv", "-o", "t.csv", "--events", "link.nrrd"], "m0.nrrd"),
    (["extract", "cohort.csv", "-o", "t.csv", "--events", "./sub/../i0.nrrd"], "i0.nrrd"),
    (["extract", "i0.nrrd", "m0.nrrd", "--recipe", "r.json", "-o", "r.json"], "r.json"),
    (["extract", "i0.nrrd", "m0.nrrd", "--recipe", "t.provenance.json", "-o", "t.csv"], "t.provenance.json"),
    (
      [
        "perturb", "cohort.csv", "--recipe", "recipe.yaml", "--plan", "p.json", "-o", "t.csv", "--reliability",
        "p.json",
      ], "p.json"
    ),
    (["pyradiomics", "batch.csv", "-f", "csv", "-o", "batch.csv"], "batch.csv"),
    (["pyradiomics", "batch.csv", "--log-file", "m0.nrrd"], "m0.nrrd"),
    (["pyradiomics", "features_1.csv", "-od", "."], "features_1.csv"),
    (["recipe", "import", "p.json", "-o", "p.json"], "p.json"),
    (["convert", "i0.nrrd", "hard.nrrd"], "i0.nrrd"),
  ])
  func filesThatAreNotNamedAreKept(arguments: [String], file: String) throws {
    let cohort = try SmallCohort(1), folder = cohort.folder
    try folder.write(Recipe(preset: "default").yaml, to: "r.json")
    try folder.write(Recipe(preset: "default").yaml, to: "t.provenance.json")
    try folder.write("{}", to: "p.json")
    for name in ["batch.csv", "features_1.csv"] { try folder.write("Image,Mask\ni0.nrrd,m0.nrrd\n", to: name) }
    try WholeFile.makeFolder(folder.path("sub"))
    try FileManager.default.createSymbolicLink(atPath: folder.path("link.nrrd"), withDestinationPath: "m0.nrrd")
    try FileManager.default.linkItem(atPath: folder.path("i0.nrrd"), toPath: folder.path("hard.nrrd"))
    let before = try WholeFile.bytes(of: folder.path(file))
    let run = try Command(arguments: arguments, in: folder)
    #expect(run.status == 2 && run.errors.contains("is named twice"), "\(run.errors)")
    #expect(try WholeFile.bytes(of: folder.path(file)) == before)
  }

  /// Two outputs of one name that is yet to be made, and a device, which may be named as often as wanted.
  @Test func outputsAreFilesOfTheirOwn() throws {
    let folder = try SmallCohort(1).folder
    let twice = try Command("extract", "cohort.csv", "-o", "t.csv", "--events", "./t.csv", in: folder)
    #expect(twice.status == 2 && twice.errors.contains("is named twice"), "\(twice.errors)")
    let devices = try Command(
      "extract", "i0.nrrd", "m0.nrrd", "--recipe", "recipe.yaml", "-q", "--diagnostics", "/dev/null", in: folder)
    #expect(!devices.errors.contains("is named twice"), "\(devices.errors)")
  }

  /// Before any work, in every verb: the input here is none, and is never looked at.
  @Test(arguments: [
    ["extract", "cohort.csv", "-o", "none/t.csv"], ["extract", "bad.nrrd", "bad.nrrd", "-o", "none/t.csv"],
    ["extract", "cohort.csv", "-o", "t.csv", "--events", "none/e"],
    ["extract", "bad.nrrd", "bad.nrrd", "--diagnostics", "none/t.csv"],
    ["perturb", "cohort.csv", "--recipe", "recipe.yaml", "--plan", "no.yaml", "-o", "none/t.csv"],
    ["pyradiomics", "bad.nrrd", "bad.nrrd", "-o", "none/t.csv"], ["convert", "bad.nrrd", "none/t.nrrd"],
    ["merge", "no.run", "-o", "none/t.csv"], ["submit", "cohort.csv", "-o", "none/t.csv", "--dry-run"],
    ["agreement", "bad.nrrd", "bad.nrrd", "-o", "none/t.csv"], ["cohort", "scan", "no", "-o", "none/c.csv"],
    ["diagnostic", "no.csv", "--outcome", "y", "--marker", "m", "-o", "none/t.csv"],
    ["reliability", "no.csv", "-o", "none/t.csv"],
    ["filter", "bad.nrrd", "--filter", "mean: {support: 3}", "-o", "none/t.nrrd"],
    ["recipe", "import", "no.yaml", "-o", "none/r.yaml"],
  ])
  func foldersOfOutputsAreCheckedFirst(arguments: [String]) throws {
    let folder = try SmallCohort(1).folder
    try folder.write("no image", to: "bad.nrrd")
    let run = try Command(arguments: arguments, in: folder)
    #expect(run.status == 2 && run.errors.contains("its folder does not exist. Make it first."), "\(run.errors)")
  }
}
