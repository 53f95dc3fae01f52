import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// Names that are meant to do more than name, and results that are no longer what was written.
@Suite struct HostileTextTests {
  private let cohort: SmallCohort
  private var folder: TemporaryFolder { cohort.folder }

  init() throws { cohort = try SmallCohort(2) }

  /// Control characters and marks that turn the direction of writing come out as words, from wherever they come.
  @Test func noEscapeSequenceReachesTheTerminal() throws {
    let name = "\u{1B}[2J\u{1B}]0;title\u{7}x\u{9B}31m\u{202E}.nrrd"
    for arguments in [
      ["extract", name, "m0.nrrd", "--recipe", "recipe.yaml"], ["extract", "i0.nrrd", "m0.nrrd", "--recipe", name],
      ["describe", name], [name], ["extract", "cohort.csv", "--" + name], ["recipe", "check", name],
      ["extract", "bad.csv", "--recipe", "recipe.yaml", "-o", "f.csv"],
    ] {
      try folder.write("subject,image,mask\n\(name),\(name),m0.nrrd\n", to: "bad.csv")
      let run = try Command(arguments: arguments, in: folder)
      #expect(run.status == 2 || run.status == 1)
      let stray = run.errors.unicodeScalars.filter {
        $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" || $0 == "\u{202E}"
      }
      #expect(stray.isEmpty && run.errors.contains(#"\u{1B}[2J"#), "\(arguments[0]): \(run.errors.debugDescription)")
    }
  }

  /// Texts, never numbers; without the option every cell is as it was.
  @Test func formulasAreGuarded() throws {
    let sites = ["=HYPERLINK(1)", "+1+2", "-5.5", "@SUM(1)", "-cmd", "plain"]
    try folder.write(
      "subject,image,mask,site\n" + sites.map { "S,i0.nrrd,m0.nrrd,\($0)\n" }.joined(), to: "sites.csv")
    for (options, expected) in [
      ([], sites), (["--guard-formulas"], ["'=HYPERLINK(1)", "'+1+2", "-5.5", "'@SUM(1)", "'-cmd", "plain"]),
    ] {
      for layout in ["wide", "long"] {
        let run = try Command(
          arguments: [
            "extract", "sites.csv", "--recipe", "recipe.yaml", "--layout", layout, "-o", "\(layout).csv", "--resume",
          ]
            + options, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let table = try CSV(path: folder.path("\(layout).csv"))
        let column = try #require(table.header.firstIndex(of: "site"))
        #expect(Set(table.rows.map { $0[column] }) == Set(expected))
        if let mean = table.header.firstIndex(of: "stat_skew") { #expect(Double(table.rows[0][mean]) != nil) }
      }
    }
    try folder.write("subject,image,mask,=site\nS,i0.nrrd,m0.nrrd,a\n", to: "headed.csv")
    let headed = try Command(
      "extract", "headed.csv", "--recipe", "recipe.yaml", "-o", "headed_f.csv", "--guard-formulas", in: folder)
    #expect(headed.status == 0, "\(headed.errors)")
    #expect(try CSV(path: folder.path("headed_f.csv")).header.contains("'=site"))
    let plan = try Command(
      "submit", "cohort.csv", "--recipe", "recipe.yaml", "-o", "f.csv", "--dry-run", "--guard-formulas", in: folder)
    #expect(plan.output.contains("f.csv --guard-formulas\n"), "\(plan.output)")
  }

  /// One digit of a kept value changed: merge names the file, resuming measures it again.
  @Test func damagedResultsAreNeverMerged() throws {
    #expect(try cohort.extract("-o", "f.csv").status == 0)
    let table = try folder.read("f.csv")
    let files = FileManager.default.enumerator(atPath: folder.path("f.run/cases"))?.compactMap { $0 as? String } ?? []
    let file = try "f.run/cases/" + #require(files.first { $0.hasSuffix(".json") })
    let text = try folder.read(file),
      digit = try #require(text.range(of: #""cells":[0-9.,\["-]*([0-9])"#, options: .regularExpression))
    let last = text.index(before: digit.upperBound), other = text[last] == "7" ? "8" : "7"
    try folder.write(text.replacingCharacters(in: last..<digit.upperBound, with: other), to: file)
    let merged = try Command("merge", "f.run", "-o", "g.csv", in: folder)
    #expect(merged.status == 2 && merged.errors.contains("\(file): the result is damaged"), "\(merged.errors)")
    #expect(!WholeFile.exists(folder.path("g.csv")))
    #expect(try cohort.extract("-o", "f.csv", "--resume").status == 0)
    #expect(try folder.read("f.csv") == table)
    #expect(try folder.read(file).contains("\"sha256\":\""))
  }

  /// A sentence or a result, never a crash, however few files may be open.
  @Test(arguments: 4...24) func fewOpenFiles(limit: Int) throws {
    for arguments in [["i0.nrrd", "m0.nrrd", "-o", "one.csv"], ["cohort.csv", "-o", "all.csv", "--resume"]] {
      let run = try Command(
        arguments: ["extract", "--recipe", "recipe.yaml"] + arguments, in: folder, shell: "ulimit -n \(limit)")
      #expect(run.status == 0 || run.status == 2 && run.errors.contains("error: "), "\(run.status) \(run.errors)")
    }
  }
}
