import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

@Suite struct ReliabilityCommandTests {
  /// Ten subjects, twice on two scanners; a good feature, one that drowns, one below 0, a constant and an empty one.
  private static func table() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    func simulated(_ subject: Double, _ residual: Double, mean: Double) throws -> SimulatedReadings {
      try SimulatedReadings(
        levels: [("subject", 10), ("session", 2), ("scanner", 2)], terms: [("subject", subject), ("scanner", 0.3)],
        residual: residual, mean: mean)
    }
    let good = try simulated(9, 0.1, mean: 40), poor = try simulated(0.2, 9, mean: 60),
      centred = try simulated(4, 0.2, mean: 0)
    let columns = [good.column(seed: 1), poor.column(seed: 2), centred.column(seed: 3)]
    var lines = ["subject,session,scanner,region,status,stat_mean,stat_var,stat_skew,flat,empty"]
    for row in columns[0].indices {
      let labels = good.factors.map { $0.levels[$0.codes[row]] }
      lines.append((labels + ["1", "ok"] + columns.map { numberText($0[row]) } + ["5", ""]).joined(separator: ","))
    }
    try folder.write(lines.map { $0 + "\n" }.joined(), to: "f.csv")
    let described = ["stat_mean", "stat_var", "stat_skew", "flat", "empty"].map {
      "{\"name\": \"\($0)\", \"unit\": \"HU\", \"scale\": \"\($0 == "stat_skew" ? "interval" : "ratio")\", \"family\": \"intensity\", \"filter\": \"none\", \"fingerprint\": \"x\"}"
    }
    try folder.write("{\"format\": 1, \"columns\": [\(described.joined(separator: ","))]}\n", to: "f.provenance.json")
    return folder
  }

  @Test func everyColumnHasAnAnswer() throws {
    let folder = try Self.table()
    let run = try Command(
      "reliability", "f.csv", "--session", "session", "--scanner", "scanner", "--require", "icc_lower > 0.75",
      "--require",
      "wcv < 10%", "--require", "rc_over_between_sd < 1", "--selection", "keep.csv", "--figure", "heat.svg", "-o",
      "r.json",
      in: folder)
    #expect(run.status == 0 && run.errors.contains("5 columns tested, 2 kept"), "\(run.errors)")
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(folder.read("r.json").utf8)) as? [String: Any])
    #expect(
      document["components"] as? [String] == ["subject", "subject:session", "scanner", "subject:scanner", "Residual"])
    let features = try #require(document["features"] as? [[String: Any]])
    #expect(features.map { $0["verdict"] as? String } == ["keep", "drop", "keep", "drop", "drop"])
    #expect(features[0]["unit"] as? String == "HU" && (features[0]["icc"] as? Double ?? 0) > 0.9)
    #expect((features[2]["reasons"] as? [String: String])?["wcv"]?.contains("interval scale") == true)
    #expect((features[3]["reasons"] as? [String: String])?["icc"] == "constant: every value is 5")
    #expect((features[4]["reasons"] as? [String: String])?["icc"] == "no row has a value")
    #expect(try folder.read("keep.csv").hasPrefix("feature,verdict,reason,icc,"))
    #expect(try folder.read("heat.svg").hasPrefix("<svg "))
    // The selection is read again.
    let again = try Command(
      "reliability", "f.csv", "--session", "session", "--features", "keep.csv", "--format", "csv", in: folder)
    #expect(again.status == 0 && again.errors.contains("2 features, those of keep.csv"), "\(again.errors)")
  }

  @Test func momentsAndLimitsOfAgreement() throws {
    let folder = try Self.table()
    let moments = try Command(
      "reliability", "f.csv", "--scanner", "scanner", "--session", "session", "--method", "moments", "--format", "csv",
      "--jobs",
      "1", in: folder)
    let again = try Command(
      "reliability", "f.csv", "--scanner", "scanner", "--session", "session", "--method", "moments", "--format", "csv",
      "--jobs",
      "3", in: folder)
    #expect(moments.status == 0 && moments.output == again.output && moments.output.contains("varcomp.scanner"))
    try folder.write("subject,day,x\na,1,1\na,2,1.5\nb,2,2.2\nb,1,2\nc,1,4\nc,2,4.1\n", to: "pairs.csv")
    let drawing = ["reliability", "pairs.csv", "--figure", "ba.svg", "--bland-altman", "x"]
    let plot = try Command(arguments: drawing + ["--session", "day"], in: folder)
    #expect(plot.status == 0 && plot.output.contains("session 1 less session 2"), "\(plot.errors)")
    #expect(try folder.read("ba.svg").contains("+1.96 SD"))
    let unnamed = try Command(arguments: drawing, in: folder)
    #expect(unnamed.status == 2 && unnamed.errors.contains("told apart by one condition"), "\(unnamed.errors)")
  }

  @Test func oneStrayTextIsNamedAndItsColumnLeftOut() throws {
    let folder = try Self.table()
    let lines = try folder.read("f.csv").split(separator: "\n", omittingEmptySubsequences: false)
    var broken = lines.map(String.init)
    broken[3] = broken[3].replacing(/^([^,]*,[^,]*,[^,]*,[^,]*,[^,]*),[^,]*/) { "\($0.1),<LOD" }
    broken[5] = broken[5].replacing(/^([^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*),[^,]*/) { "\($0.1), NaN " }
    try folder.write(broken.joined(separator: "\n"), to: "broken.csv")
    let run = try Command("reliability", "broken.csv", "--session", "session", "--format", "csv", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("broken.csv:4: 'stat_mean' is '<LOD', which is no number"), "\(run.errors)")
    let table = try CSV(bytes: Array(run.output.utf8), path: "out")
    let missing = try #require(table.header.firstIndex(of: "n_missing"))
    #expect(table.rows.first { $0[0] == "stat_var" }?[missing] == "1")
    #expect(!table.rows.contains { $0[0] == "stat_mean" })
  }

  /// A number that is missing says why on the terminal and on the page; a selection without features is no success.
  @Test func whatIsMissingOrNotMetIsSaid() throws {
    let folder = try Self.table()
    let run = try Command("reliability", "f.csv", "--session", "session", "--report", "r.html", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let reason = "wcv of 'stat_skew' is -: "
    #expect(run.output.contains(reason), "\(run.output)")
    #expect(
      try folder.read("r.html").contains(reason.replacingOccurrences(of: "'", with: "&#39;"))
        || folder.read("r.html").contains(reason))
    let none = try Command(
      "reliability", "f.csv", "--session", "session", "--require", "icc > 2", "--selection", "k.csv", "-o", "r.csv",
      in: folder)
    #expect(none.status == 1 && none.errors.contains("no column of 5 meets icc > 2"), "\(none.status) \(none.errors)")
    // Verdicts are written all the same.
    #expect(try folder.read("k.csv").contains("stat_mean,drop") && folder.read("r.csv").contains("drop"))
    let help = try Command("reliability", "--help", in: folder)
    #expect(help.output.contains("ratio, interval, fraction"), "\(help.output)")
  }

  /// A requirement with a per cent sign means the same for a fraction and for a statistic in per cent.
  @Test func percentagesMeanWhatTheySay() throws {
    let folder = try Self.table()
    func kept(_ requirement: String) throws -> [String] {
      let run = try Command(
        "reliability", "f.csv", "--session", "session", "--scanner", "scanner", "--require", requirement, "--selection",
        "k.csv", in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let table = try CSV(bytes: Array(folder.read("k.csv").utf8), path: "k.csv")
      return table.rows.filter { $0[1] == "keep" }.map { $0[0] }
    }
    #expect(try kept("wcv < 10%") == kept("wcv < 0.1"))
    #expect(try kept("repeatability.pctRC_rms < 30%") == kept("repeatability.pctRC_rms < 30"))
    #expect(try kept("wcv < 10%").contains("stat_mean"))
  }

  @Test(arguments: [
    (["f.csv", "--reader", "reader"], "has no column 'reader', which is named as reader. It has: "),
    (["f.csv", "--subject", "status"], "one subject only"),
    (["f.csv", "--subject", "subject,session,scanner"], "has one reading"),
    (["f.csv", "--components", "subject,reader"], "there is no factor 'reader'"),
    (["f.csv", "--session", "session", "--components", "subject,subject"], "confounded"),
    (["f.csv", "--require", "icc"], "must be a statistic"),
    (["f.csv", "--require", "iccc > 1"], "Did you mean 'icc'?"),
    (["f.csv", "--confidence", "95"], "must be above 0.5 and below 1"),
    (["f.csv", "--bland-altman", "flat"], "needs --figure"),
    (["f.csv", "--figure", "x.png"], "must end in .svg"),
    (["f.csv", "-o", "f.csv"], "is named twice"),
    (["f.csv", "--features", "names.txt"], "Did you mean 'stat_mean'?"),
    (["regions.csv"], "are no repeated readings"),
    (["words.csv", "--features", "column.txt"], "must be a number or empty"),
    (["words.csv"], "no column holds numbers"),
    (["nowhere.csv"], "nowhere.csv"),
    (["long.csv"], "is in the long layout"),
  ])
  func refuses(_ arguments: [String], _ sentence: String) throws {
    let folder = try Self.table()
    try folder.write("stat_men\n", to: "names.txt")
    try folder.write("x\n", to: "column.txt")
    try folder.write("subject,x\na,low\na,high\nb,1\n", to: "words.csv")
    try folder.write("subject,region,x\na,1,2\na,2,3\nb,1,4\nb,2,5\n", to: "regions.csv")
    try folder.write("subject,feature,value,measurand\na,x,1,y\n", to: "long.csv")
    let run = try Command(arguments: ["reliability"] + arguments, in: folder)
    #expect(run.status == 2 && run.errors.contains(sentence) && run.output.isEmpty, "\(run.errors)")
  }
}
