import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// `harmonise` from the shell, on files as people have them.
@Suite struct HarmoniseCommandTests {
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(String(decoding: try StatisticalReference.data("scanners.csv"), as: UTF8.self), to: "t.csv")
    return folder
  }

  private static func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
  }

  @Test func fitAndApplyKeepAllElseToTheByte() throws {
    let folder = try Self.folder()
    let fit = try Command(
      "harmonise", "fit", "t.csv", "--batch", "site", "--covariates", "age,sex", "-o", "h.json", in: folder)
    #expect(fit.status == 0 && fit.errors.contains("h.json: 10 of 10 features, parametric"), "\(fit.errors)")
    // Nobody says that train, of zeros and ones, is a feature.
    #expect(fit.errors.contains("of train nobody says that they are features"))
    // As R writes it: row names, quotes, ends of lines of another system; rows in another order, of one site.
    let lines = try folder.read("t.csv").split(separator: "\n").map(String.init)
    let rows = [lines[3], lines[1], lines[140]].enumerated().map { index, line in
      var cells = line.split(separator: ",").map(String.init)
      for place in [0, 1, 4] { cells[place] = "\"\(cells[place])\"" }
      return (["\"\(index + 1)\""] + cells).joined(separator: ",")
    }
    let text =
      "\u{FEFF}\"\"," + lines[0].split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",") + "\r\n"
      + rows.joined(separator: "\r\n") + "\r\n\r\n"
    try folder.write(text, to: "r.csv")
    let apply = try Command("harmonise", "apply", "h.json", "r.csv", "-o", "o.csv", in: folder)
    #expect(apply.status == 0, "\(apply.errors)")
    // Foundation's reading of texts drops the mark of byte order.
    let result = String(decoding: try Data(contentsOf: folder.url.appendingPathComponent("o.csv")), as: UTF8.self)
    func others(_ text: String) -> [[Substring]] {
      text.split(separator: "\r\n", omittingEmptySubsequences: false).map {
        Array($0.split(separator: ",", omittingEmptySubsequences: false).prefix(6))
      }
    }
    #expect(others(result) == others(text))
    // The same numbers as of the whole table.
    #expect(try Command("harmonise", "apply", "h.json", "t.csv", "-o", "w.csv", in: folder).status == 0)
    let whole = try folder.read("w.csv").split(separator: "\n").map { $0.split(separator: ",").suffix(10) }
    let part = result.split(separator: "\r\n").map { $0.split(separator: ",").suffix(10) }
    #expect(
      Array(part.dropFirst()) == [whole[3], whole[1], whole[140]]
        && whole[1] != lines[1].split(separator: ",").suffix(10))
  }

  @Test func decimalCommasWorkbooksAndEmptyCells() throws {
    let folder = try Self.folder()
    #expect(
      try Command("harmonise", "fit", "t.csv", "--batch", "site", "--features", "/^f/", "-o", "h.json", in: folder)
        .status == 0)
    var lines = try folder.read("t.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    lines[2][7] = "NA"
    let comma =
      lines.map { $0.map { $0.replacingOccurrences(of: ".", with: ",") }.joined(separator: ";") }.joined(
        separator: "\n") + "\n"
    try folder.write(comma, to: "c.csv")
    #expect(try Command("harmonise", "apply", "h.json", "c.csv", "-o", "co.csv", in: folder).status == 0)
    #expect(try Command("harmonise", "apply", "h.json", "t.csv", "-o", "o.csv", in: folder).status == 0)
    let plain = try folder.read("o.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    let found = try folder.read("co.csv").split(separator: "\n").map { line in
      line.split(separator: ";").map { $0.replacingOccurrences(of: ",", with: ".") }
    }
    var expected = plain
    expected[2][7] = "NA"
    #expect(found == expected)
    // To a workbook and back.
    #expect(try Command("harmonise", "apply", "h.json", "t.csv", "-o", "o.xlsx", in: folder).status == 0)
    let book = try CSV(path: folder.path("o.xlsx"))
    #expect(book.header == plain[0] && book.rows.map { Double($0[6])! } == plain.dropFirst().map { Double($0[6])! })
    let printed = try Command("harmonise", "apply", "h.json", "t.csv", in: folder)
    #expect(try printed.output == folder.read("o.csv"))
  }

  @Test func provenanceSaysHowAndMarksColumns() throws {
    let folder = try Self.folder()
    let columns = ["f1", "f2"].map { #"{"name": "\#($0)", "feature": "stat_mean", "fingerprint": "abc\#($0)"}"# }
      .joined(separator: ", ")
    try folder.write(
      "{\"format\": 1, \"recipe\": {\"name\": \"x\"}, \"columns\": [\(columns)]}", to: "t.provenance.json")
    let fit = try Command(
      "harmonise", "fit", "t.csv", "--batch", "site", "--covariates", "train", "--outcome", "train", "-o", "h.json",
      in: folder)
    #expect(fit.status == 2 && fit.errors.contains("'train' is the outcome"), "\(fit.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("h.json")))
    let descriptive = try Command(
      "harmonise", "fit", "t.csv", "--batch", "site", "--covariates", "train", "--outcome", "train", "--descriptive",
      "-o", "h.json", in: folder)
    #expect(descriptive.status == 0 && descriptive.errors.contains("2 of 2 features"), "\(descriptive.errors)")
    let apply = try Command("harmonise", "apply", "h.json", "t.csv", "-o", "o.csv", in: folder)
    #expect(apply.status == 0 && apply.errors.contains("no model may be trained on it"), "\(apply.errors)")
    let document = try Self.json(folder.read("o.provenance.json"))
    let record = try #require((document["harmonisation"] as? [[String: Any]])?.first)
    #expect(
      record["descriptive"] as? Bool == true && record["transductive"] as? Bool == false
        && record["method"] as? String == "parametric")
    #expect(document["recipe"] != nil)
    let marks = (document["columns"] as? [[String: Any]])?.compactMap { $0["fingerprint"] as? String } ?? []
    #expect(marks.count == 2 && marks.allSatisfy { $0.count == 64 })
    // A table is not harmonised twice by mistake.
    let again = try Command("harmonise", "apply", "h.json", "o.csv", "-o", "oo.csv", in: folder)
    #expect(again.status == 2 && again.errors.contains("was measured by another procedure"), "\(again.errors)")
  }

  @Test func newBatchesFollowTheirPolicy() throws {
    let folder = try Self.folder()
    let lines = try folder.read("t.csv").split(separator: "\n").map(String.init), head = lines[0]
    func write(_ lines: [String], _ name: String) throws {
      try folder.write(([head] + lines).joined(separator: "\n") + "\n", to: name)
    }
    try write(lines.filter { $0.hasPrefix("north") || $0.hasPrefix("south") }, "known.csv")
    let west = lines.filter { $0.hasPrefix("west") }
    try write(Array(west.prefix(15)), "cal.csv")
    try write(Array(west.dropFirst(15)), "new.csv")
    #expect(
      try Command("harmonise", "fit", "known.csv", "--batch", "site", "--features", "/^f/", "-o", "h.json", in: folder)
        .status == 0)
    let refused = try Command("harmonise", "apply", "h.json", "new.csv", "-o", "o.csv", in: folder)
    #expect(refused.status == 2 && refused.errors.contains("has 'west' in 25 rows"), "\(refused.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("o.csv")))
    let none = try Command("harmonise", "apply", "h.json", "new.csv", "--new-batch", "none", "-o", "o.csv", in: folder)
    #expect(none.status == 0 && none.errors.contains("its 25 rows stay as they are"))
    let estimate = try Command(
      "harmonise", "apply", "h.json", "new.csv", "--new-batch", "estimate", "--calibration", "cal.csv", "-o", "e.csv",
      in: folder)
    #expect(
      estimate.status == 0 && estimate.errors.contains("from 15 rows set apart, and taken out of 25 rows"),
      "\(estimate.errors)")
    let record = try #require(try Self.json(folder.read("e.provenance.json"))["harmonisation"] as? [[String: Any]])[0]
    #expect(record["transductive"] as? Bool == true)
    for (arguments, part) in [
      (["--new-batch", "estimate"], "one of them is given, must be both"),
      (["--new-batch", "nearest"], "nothing is known of how images"),
      (["--new-batch", "estimate", "--calibration", "new.csv"], "must be estimated from rows that are not judged"),
    ] {
      let run = try Command(
        arguments: ["harmonise", "apply", "h.json", "new.csv", "-o", "x.csv"] + arguments, in: folder)
      #expect(run.status == 2 && run.errors.contains(part), "\(run.errors)")
    }
  }

  @Test func checkWritesSharesBeforeAndAfter() throws {
    let folder = try Self.folder()
    let run = try Command(
      "harmonise", "check", "t.csv", "--batch", "site", "--outcome", "sex", "-o", "c.csv", "--report", "c.html",
      "--figure", "c.svg", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let table = try CSV(path: folder.path("c.csv"))
    #expect(
      table.header.prefix(5) == ["feature", "share_before", "p_before", "share_after", "p_after"]
        && table.rows.count == 10)
    #expect(table.rows.allSatisfy { Double($0[3])! < 0.02 })
    let page = try folder.read("c.html")
    #expect(page.contains("Cramér") && page.contains("before harmonisation") && page.contains("silhouette"))
    #expect(try folder.read("c.svg").components(separatedBy: "<circle").count > 300)
    // By a second table, and by what was learnt, the same.
    #expect(try Command("harmonise", "fit", "t.csv", "--batch", "site", "-o", "h.json", in: folder).status == 0)
    #expect(try Command("harmonise", "apply", "h.json", "t.csv", "-o", "o.csv", in: folder).status == 0)
    let two = try Command("harmonise", "check", "t.csv", "o.csv", "--batch", "site", "--format", "csv", in: folder)
    let used = try Command(
      "harmonise", "check", "t.csv", "--use", "h.json", "--batch", "site", "--format", "csv", in: folder)
    let first = try Command("harmonise", "check", "t.csv", "--batch", "site", "--format", "csv", in: folder)
    #expect(two.status == 0 && two.output == used.output && first.output == used.output, "\(two.errors)")
    let document = try Self.json(
      try Command("harmonise", "check", "t.csv", "--batch", "site", "--format", "json", in: folder).output)
    let features = try #require(document["features"] as? [[String: Any]])
    #expect(
      features.count == 10 && features[0]["share_before"] is Double
        && (document["mixing"] as? [String: Any])?["silhouette_after"] is Double)
  }

  @Test func whatIsWrongIsSaid() throws {
    let folder = try Self.folder()
    let one = try folder.read("t.csv").split(separator: "\n").filter { !$0.hasPrefix("south") && !$0.hasPrefix("west") }
    try folder.write(one.joined(separator: "\n"), to: "one.csv")
    try folder.write("{\"format\": \"radiomics-model\"}", to: "m.json")
    for (arguments, part) in [
      (["fit", "t.csv", "--batch", "sit", "-o", "h.json"], "Did you mean 'site'?"),
      (["fit", "t.csv", "--batch", "site", "--features", "f1,f99", "-o", "h.json"], "f99"),
      (["fit", "one.csv", "--batch", "site", "-o", "h.json"], "all rows are of one batch"),
      (
        ["fit", "t.csv", "--batch", "site", "--method", "longitudinal", "-o", "h.json"],
        "needs the column that names subjects"
      ),
      (["fit", "t.csv", "--batch", "site", "kernel", "-o", "h.json"], "Several are for nested"),
      (["fit", "t.csv", "--batch", "site", "--strict", "-o", "h.json"], "--strict"),
      (["fit", "t.csv", "--batch", "site", "-o", "h.csv"], "must end in .json"),
      (["apply", "m.json", "t.csv", "-o", "o.csv"], "is no harmonisation"),
      (["apply", "t.csv", "t.csv", "-o", "o.csv"], "t.csv"),
      (["check", "one.csv", "--batch", "site"], "all rows are of one batch"),
    ] {
      let run = try Command(arguments: ["harmonise"] + arguments, in: folder)
      #expect(run.status == 2 && run.errors.contains(part), "\(arguments): \(run.status) \(run.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path("h.json")))
    }
    // A damaged file.
    #expect(try Command("harmonise", "fit", "t.csv", "--batch", "site", "-o", "h.json", in: folder).status == 0)
    let text = try folder.read("h.json")
    for (old, new, part) in [
      ("\"batches\": [\"north\", ", "\"batches\": [", "must be"), ("\"version\": 1", "\"version\": 7", "version"),
      ("\"gamma_star\"", "\"gamma\"", "gamma_star"),
    ] {
      try folder.write(text.replacingOccurrences(of: old, with: new), to: "d.json")
      let run = try Command("harmonise", "apply", "d.json", "t.csv", "-o", "o.csv", in: folder)
      #expect(run.status == 2 && run.errors.contains("d.json"), "\(part): \(run.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path("o.csv")))
    }
  }

  @Test func describeKnowsIt() throws {
    let folder = try TemporaryFolder(), run = try Command("describe", "combat", in: folder)
    #expect(
      run.status == 0 && run.output.contains("longitudinal") && run.output.contains("10.1093/biostatistics/kxj037"))
  }
}
