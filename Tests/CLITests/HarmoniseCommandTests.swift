import Foundation
import Radiomics
import RadiomicsNumerics
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
    // A whole number among those with commas.
    lines[3][8] = "10"
    try folder.write(lines.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n", to: "p.csv")
    let comma =
      lines.map { $0.map { $0.replacingOccurrences(of: ".", with: ",") }.joined(separator: ";") }.joined(
        separator: "\n") + "\n"
    try folder.write(comma, to: "c.csv")
    #expect(try Command("harmonise", "apply", "h.json", "c.csv", "-o", "co.csv", in: folder).status == 0)
    #expect(try Command("harmonise", "apply", "h.json", "p.csv", "-o", "o.csv", in: folder).status == 0)
    #expect(try !folder.read("co.csv").contains("."))
    #expect(try Command("table", "show", "co.csv", in: folder).status == 0)
    let plain = try folder.read("o.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    let found = try folder.read("co.csv").split(separator: "\n").map { line in
      line.split(separator: ";").map { $0.replacingOccurrences(of: ",", with: ".") }
    }
    #expect(found == plain)
    // To a workbook and back.
    #expect(try Command("harmonise", "apply", "h.json", "p.csv", "-o", "o.xlsx", in: folder).status == 0)
    let book = try CSV(path: folder.path("o.xlsx"))
    #expect(book.header == plain[0] && book.rows.map { Double($0[6])! } == plain.dropFirst().map { Double($0[6])! })
    let printed = try Command("harmonise", "apply", "h.json", "p.csv", in: folder)
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
    #expect(again.status == 2 && again.errors.contains("o.csv: is harmonised already, by h.json"), "\(again.errors)")
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

  /// CT and MR are different physics; a normalisation that the provenance tells of makes them comparable.
  @Test func rawColumnsOfSeveralModalitiesAreRefused() throws {
    let folder = try Self.folder()
    let lines = try folder.read("t.csv").split(separator: "\n").map(String.init)
    func write(_ modalities: [String]) throws {
      let rows = lines.dropFirst().enumerated().map { modalities[$0 % modalities.count] + "," + $1 }
      let head = "modality," + lines[0].replacingOccurrences(of: "f10", with: "cm_contrast.3D_avg.fbs25")
      try folder.write(([head] + rows).joined(separator: "\n") + "\n", to: "m.csv")
    }
    func fit(_ more: String...) throws -> Command {
      try Command(
        arguments: ["harmonise", "fit", "m.csv", "--batch", "site", "--features", "/^(f|cm)/", "-o", "h.json"] + more,
        in: folder)
    }
    try write(["CT", "MR"])
    let mixed = try fit()
    #expect(
      mixed.status == 2 && mixed.errors.contains("has CT and MR") && mixed.errors.contains("--allow mixed-modalities"))
    try write(["MR"])
    let fixed = try fit()
    #expect(
      fixed.status == 2 && fixed.errors.contains("'cm_contrast.3D_avg.fbs25'")
        && fixed.errors.contains("mr-fixed-width"))
    let allowed = try fit("--allow", "mr-fixed-width")
    #expect(allowed.status == 0 && allowed.errors.contains("as mr-fixed-width is allowed"), "\(allowed.errors)")
    #expect(try folder.read("h.json").contains("\"allow\": \"mr-fixed-width\""))
    try folder.write(
      #"{"format": 1, "recipe": {"preparation": {"normalise": {"method": "z_score"}}}}"#, to: "m.provenance.json")
    #expect(try fit().status == 0)
    try FileManager.default.removeItem(atPath: folder.path("m.provenance.json"))
    try write(["CT"])
    #expect(try fit().status == 0)
  }

  /// Two scanners whose intensities differ by a linear map give the same features by a recipe with the landmarks.
  @Test func landmarksBecomeARecipe() throws {
    let folder = try TemporaryFolder(),
      geometry = try Geometry(size: [16, 16, 8], spacing: [1, 1, 2], origin: [0, 0, 0])
    var generator = SeededGenerator(seed: 4)
    let values = (0..<2048).map { $0 % 7 == 0 ? 0 : 100 + 10 * generator.normal() }
    for (name, slope) in [("a.nrrd", 1.0), ("b.nrrd", 3.5)] {
      try ImageFormats.write(
        Scan(geometry: geometry, samples: .double(values.map { $0 * slope })), to: folder.path(name))
    }
    let mask = (0..<2048).map { UInt8((500..<1500).contains($0) ? 1 : 0) }
    try ImageFormats.write(Scan(geometry: geometry, samples: .uint8(mask)), to: folder.path("m.nrrd"))
    let learn = try Command(
      "harmonise", "landmarks", "a.nrrd", "b.nrrd", "--recipe", "ibsi-mr", "--above", "0", "-o", "r.yaml", in: folder)
    #expect(learn.status == 0 && learn.errors.contains("11 landmarks of 2 training images"), "\(learn.errors)")
    let tables = try ["a", "b"].map { name in
      let run = try Command("extract", "\(name).nrrd", "m.nrrd", "--recipe", "r.yaml", "-o", "\(name).csv", in: folder)
      #expect(run.status == 0, "\(run.errors)")
      return try CSV(path: folder.path("\(name).csv"))
    }
    let place = try #require(tables[0].header.firstIndex { $0.hasPrefix("stat_mean") })
    let means = tables.compactMap { Double($0.rows[0][place]) }
    expectClose(means[1], means[0], relative: 1e-9)
    for (arguments, part) in [
      (["a.nrrd", "--percentages", "90,10"], "must be ascending"), (["a.nrrd", "--onto", "1"], "ascending numbers"),
      (["a.nrrd", "--above", "1e9"], "there is no number"), (["none.nrrd"], "none.nrrd"),
    ] {
      let run = try Command(
        arguments: ["harmonise", "landmarks", "--recipe", "ibsi-mr", "-o", "x.yaml"] + arguments, in: folder)
      #expect(run.status == 2 && run.errors.contains(part), "\(run.errors)")
    }
  }

  @Test func describeKnowsIt() throws {
    let folder = try TemporaryFolder(), run = try Command("describe", "combat", in: folder)
    #expect(
      run.status == 0 && run.output.contains("longitudinal") && run.output.contains("10.1093/biostatistics/kxj037"))
  }
}
