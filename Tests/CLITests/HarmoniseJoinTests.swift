import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// Harmonisation of tables whose batches and covariates are in another one, and what its file remembers.
@Suite struct HarmoniseJoinTests {
  /// `t.csv` as it is with subjects, and the same in two: features, and who was scanned where.
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let lines = String(decoding: try StatisticalReference.data("scanners.csv"), as: UTF8.self).split(separator: "\n")
      .enumerated().map { index, line in
        (index == 0 ? ["id"] : ["p\(index)"]) + line.split(separator: ",").map(String.init)
      }
    let first = try #require(lines[0].firstIndex { $0 == "f1" })
    func write(_ lines: [[String]], to file: String) throws {
      try folder.write(lines.map { $0.joined(separator: ",") + "\n" }.joined(), to: file)
    }
    try write(lines, to: "t.csv")
    try write(lines.map { [$0[0]] + $0[first...] }, to: "f.csv")
    // Rows of the clinical table are in another order, and there are more.
    let clinical = lines.map { Array($0[..<first]) }
    try write([clinical[0]] + clinical.dropFirst().reversed() + [["p999"] + clinical[1].dropFirst()], to: "c.csv")
    try write(clinical.filter { $0[0] != "p7" }, to: "less.csv")
    return folder
  }

  private static func features(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { Array($0.split(separator: ",").suffix(10)) }
  }

  @Test func batchesMayBeInAnotherTable() throws {
    let folder = try Self.folder(), fit = ["--batch", "site", "--covariates", "age,sex", "--features", "/^f/"]
    #expect(try Command(arguments: ["harmonise", "fit", "t.csv"] + fit + ["-o", "h.json"], in: folder).status == 0)
    let whole = try Command("harmonise", "apply", "h.json", "t.csv", "-o", "o.csv", in: folder)
    let joined = try Command(
      "harmonise", "apply", "h.json", "f.csv", "--join", "c.csv", "--by", "id", "-o", "p.csv", in: folder)
    #expect(whole.status == 0 && joined.status == 0, "\(whole.errors)\(joined.errors)")
    // The same numbers in the rows' order; of the joined table nothing is written.
    let result = try folder.read("p.csv")
    #expect(try Self.features(result) == Self.features(folder.read("o.csv")))
    #expect(result.split(separator: "\n")[0] == (try folder.read("f.csv").split(separator: "\n")[0]))
    #expect(try folder.read("p.provenance.json").contains("\"file\": \"c.csv\""))
    #expect(try Self.features(result) != Self.features(folder.read("f.csv")))
    for (more, part) in [
      (["f.csv", "--join", "less.csv", "--by", "id"], "f.csv:8: its row is not in the table that is joined"),
      (["f.csv", "--join", "c.csv"], "--join: needs --by"), (["f.csv"], "there is no column 'site'"),
      (["c.csv", "--join", "f.csv", "--by", "id"], "'f1' is in a table that is joined"),
    ] {
      let run = try Command(arguments: ["harmonise", "apply", "h.json"] + more + ["-o", "x.csv"], in: folder)
      #expect(run.status == 2 && run.errors.contains(part), "\(run.errors)")
    }
  }

  /// A word for nothing is not said twice: what the fit was told, `apply` and `check` know.
  @Test func wordsForNothingAreRemembered() throws {
    let folder = try Self.folder()
    var lines = try folder.read("t.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    let place = try #require(lines[0].firstIndex(of: "f1"))
    lines[2][place] = "lost"
    try folder.write(lines.map { $0.joined(separator: ",") + "\n" }.joined(), to: "m.csv")
    let fit = try Command(
      "harmonise", "fit", "m.csv", "--batch", "site", "--features", "/^f/", "--missing", "lost", "-o", "h.json",
      in: folder)
    #expect(fit.status == 0, "\(fit.errors)")
    let apply = try Command("harmonise", "apply", "h.json", "m.csv", "-o", "o.csv", in: folder)
    #expect(apply.status == 0, "\(apply.errors)")
    let row = try folder.read("o.csv").split(separator: "\n")[2].split(separator: ",").map(String.init)
    #expect(row[place] == "lost" && row[place + 1] != lines[2][place + 1])
    #expect(try Command("harmonise", "check", "m.csv", "--use", "h.json", in: folder).status == 0)
    // Of rows without the word nothing is said of it.
    let other = try Command("harmonise", "apply", "h.json", "t.csv", "-o", "p.csv", in: folder)
    #expect(other.status == 0 && !other.errors.contains("lost"), "\(other.errors)")
  }

  @Test func harmonisedTablesAreNotHarmonisedByMistake() throws {
    let folder = try Self.folder(), settings = ["--batch", "site", "--features", "/^f/"]
    func fit(_ table: String, _ file: String, _ more: String...) throws -> Command {
      try Command(arguments: ["harmonise", "fit", table] + settings + ["-o", file] + more, in: folder)
    }
    #expect(try fit("t.csv", "h.json").status == 0)
    #expect(try Command("harmonise", "apply", "h.json", "t.csv", "-o", "o.csv", in: folder).status == 0)
    let again = try fit("o.csv", "i.json")
    #expect(
      again.status == 2 && again.errors.contains("is harmonised already, by h.json")
        && again.errors.contains("--allow harmonised"), "\(again.errors)")
    let allowed = try fit("o.csv", "i.json", "--allow", "harmonised")
    #expect(allowed.status == 0 && allowed.errors.contains("as harmonised is allowed"), "\(allowed.errors)")
    #expect(try folder.read("i.json").contains("\"allow\": \"harmonised\""))
    let twice = ["harmonise", "apply", "i.json", "o.csv", "-o", "oo.csv"]
    let refused = try Command(arguments: twice, in: folder)
    #expect(refused.status == 2 && refused.errors.contains("--allow harmonised takes it"), "\(refused.errors)")
    let second = try Command(arguments: twice + ["--allow", "harmonised"], in: folder)
    #expect(second.status == 0 && second.errors.contains("as harmonised is allowed"), "\(second.errors)")
    let record = try folder.read("oo.provenance.json")
    #expect(record.contains("\"file\": \"h.json\"") && record.contains("\"file\": \"i.json\""))
  }

  @Test func newBatchesNameTheOption() throws {
    let folder = try Self.folder()
    let rows = try folder.read("t.csv").split(separator: "\n").filter { !$0.contains(",west,") }
    try folder.write(rows.map { $0 + "\n" }.joined(), to: "known.csv")
    #expect(
      try Command("harmonise", "fit", "known.csv", "--batch", "site", "--features", "/^f/", "-o", "h.json", in: folder)
        .status == 0)
    let run = try Command("harmonise", "apply", "h.json", "t.csv", "-o", "o.csv", in: folder)
    #expect(run.status == 2 && run.errors.contains("'site': has 'west'"), "\(run.errors)")
    #expect(run.errors.contains("--new-batch (estimate, nearest or none)"), "\(run.errors)")
  }

  /// A sheet by its name is read, and written as the workbook's only one.
  @Test func sheetsAreNamed() throws {
    let folder = try Self.folder()
    #expect(
      try Command("harmonise", "fit", "t.csv", "--batch", "site", "--features", "/^f/", "-o", "h.json", in: folder)
        .status == 0)
    let run = try Command("harmonise", "apply", "h.json", "t.csv", "--sheet", "Data", "-o", "o.csv", in: folder)
    #expect(run.status == 0 && run.errors.contains("has no sheet 'Data'"), "\(run.errors)")
  }
}
