import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// `delta`: its table, its refusals, and that its rows go straight into other verbs.
@Suite struct DeltaCommandTests {
  private static let scans = """
    subject,date,region,last,died,volume,entropy
    p1,2024-01-01,l1,2025-01-01,1,1000,4.0
    p1,2024-02-01,l1,2025-01-01,1,500,4.4
    p1,2024-03-02,l1,2025-01-01,1,400,
    p2,2024-01-05,l1,2024-12-01,0,2000,5.0
    p2,2024-02-05,l1,2024-12-01,0,2100,5.1
    p2,2024-01-05,l2,2024-12-01,0,300,3.0
    p3,2024-01-09,l1,2024-01-20,1,700,3.5

    """

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(scans, to: "f.csv")
    var columns = ["volume", "entropy"].map { name in
      "{\"name\": \"\(name)\", \"feature\": \"\(name)\", \"unit\": \"\(name == "volume" ? "mm3" : "1")\", \"scale\": \"ratio\", "
        + "\"fingerprint\": \"ab\"}"
    }
    columns[1] = columns[1].replacing("\"scale\"", with: "\"discretisation\": \"fbn32\", \"scale\"")
    try folder.write("{\"format\": 1, \"columns\": [\(columns.joined(separator: ", "))]}\n", to: "f.provenance.json")
    return folder
  }

  private static let usual = ["delta", "f.csv", "--time", "date", "--lesion", "region"]

  @Test func theTableIsTheContract() throws {
    let folder = try Self.folder()
    let run = try Command(
      arguments: Self.usual + ["-o", "d.csv", "--report", "d.html", "--figure", "d.svg"], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let rows = try folder.read("d.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(
      rows[0] == [
        "subject", "region", "from", "to", "days", "status", "reason", "volume.absolute", "volume.relative",
        "volume.log_ratio", "volume.verdict", "volume.slope", "volume.area", "entropy.absolute", "entropy.relative",
        "entropy.log_ratio", "entropy.verdict", "entropy.slope", "entropy.area",
      ])
    #expect(Array(rows[1][..<6]) == ["p1", "l1", "2024-01-01", "2024-02-01", "31", "ok"])
    #expect(rows[1][7] == "-500" && rows[1][8] == "-0.5" && rows[1][9] == numberText(log(0.5)))
    #expect(rows[2][5] == "partial" && rows[2][6].contains("no value at 2024-03-02"))
    #expect(rows[3][3] == "all" && !rows[3][11].isEmpty && rows[3][7].isEmpty)
    // p2's second lesion was measured once, p3 was scanned once: others go on.
    #expect(
      rows.contains {
        $0[1] == "l2" && $0[5] == "failed" && $0[6].contains("the lesion was not measured at 2024-02-05")
      })
    #expect(rows.contains { $0[0] == "p3" && $0[5] == "failed" && $0[6].contains("one time point") })
    // Columns are measurands of their own; a fixed number of bins is warned about.
    let provenance = try folder.read("d.provenance.json")
    #expect(provenance.contains("\"name\": \"volume.log_ratio\"") && provenance.contains("mm3/d"))
    #expect(!provenance.contains("\"fingerprint\": \"ab\""))
    #expect(
      run.errors.contains("fixed number of bins") && run.errors.contains("nobody says how far readings lie apart"))
    #expect(try folder.read("d.html").contains("Change of 2 features in 3 subjects"))
    #expect(try folder.read("d.svg").hasPrefix("<svg"))
  }

  @Test func theOrderOfRowsDoesNotMatter() throws {
    let folder = try Self.folder(), lines = Self.scans.split(separator: "\n")
    try folder.write(([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n") + "\n", to: "r.csv")
    try folder.write(folder.read("f.provenance.json"), to: "r.provenance.json")
    let first = try Command(arguments: Self.usual + ["--format", "csv"], in: folder)
    let second = try Command(
      "delta", "r.csv", "--time", "date", "--lesion", "region", "--format", "csv", in: folder)
    #expect(first.output == second.output && first.status == 0)
  }

  @Test func changesAreJudgedByRetest() throws {
    let folder = try Self.folder()
    var retest = "subject,session,volume,entropy\n"
    for subject in 0..<45 {
      let size = 200 + 40 * subject, sign = subject % 2 == 0 ? 1 : -1, spread = 1 + 0.1 * Double(subject % 7)
      retest += "s\(subject),1,\(size),\(3 + 0.01 * Double(subject))\n"
      retest +=
        "s\(subject),2,\(Double(size) * (1 + 0.02 * spread * Double(sign))),\(3 + 0.01 * Double(subject) + 0.1 * spread * Double(sign))\n"
    }
    try folder.write(retest, to: "retest.csv")
    try folder.write(folder.read("f.provenance.json"), to: "retest.provenance.json")
    let study = try Command("reliability", "retest.csv", "--session", "session", "--selection", "keep.csv", in: folder)
    #expect(study.status == 0, "\(study.errors)")
    #expect(try folder.read("keep.csv").contains(",error_scale,wsd,wsd_df,scanner_wsd,scanner_wsd_df\n"))
    let byFile = try Command(arguments: Self.usual + ["--errors", "keep.csv", "--format", "csv"], in: folder)
    let byTable = try Command(arguments: Self.usual + ["--retest", "retest.csv", "--format", "csv"], in: folder)
    #expect(byFile.status == 0 && byTable.status == 0, "\(byFile.errors)\(byTable.errors)")
    func verdicts(_ text: String, _ name: String) throws -> [String] {
      let table = try CSV(bytes: Array(text.utf8), path: "t.csv"),
        place = try #require(table.header.firstIndex(of: name))
      return table.rows.map { $0[place] }
    }
    let expected = ["decrease", "decrease", "", "within repeatability", "", "", "", ""]
    for run in [byFile, byTable] { #expect(try verdicts(run.output, "volume.verdict") == expected, "\(run.output)") }
    #expect(try verdicts(byFile.output, "entropy.verdict")[0] == "increase")
    // The errors are bounded, so that the largest of 45 subjects is less than t allows.
    #expect(try verdicts(byTable.output, "volume.verdict_all")[3] == "increase")
    let text = try Command(arguments: Self.usual + ["--retest", "retest.csv"], in: folder)
    #expect(text.output.contains("by the largest |t| of 45 subjects"), "\(text.output)")
    #expect(
      try Command(arguments: Self.usual + ["--errors", "keep.csv"], in: folder).output.contains("by Šidák for 2"))
    // Errors belong to a recipe.
    try folder.write(folder.read("f.provenance.json").replacing("\"ab\"", with: "\"cd\""), to: "f.provenance.json")
    let other = try Command(arguments: Self.usual + ["--errors", "keep.csv"], in: folder)
    #expect(other.status == 2 && other.errors.contains("measured by another recipe"), "\(other.errors)")
    try folder.write(
      "name: p\nversion: 1\nmeasurands:\n  - {column: volume, feature: volume, unit: mm3, claim: {wcv: 0.05, df: 30, source: s}}\n",
      to: "p.yaml")
    let profile = try Command(arguments: Self.usual + ["--errors", "p.yaml", "--format", "csv"], in: folder)
    #expect(try verdicts(profile.output, "volume.verdict") == expected, "\(profile.errors)")
  }

  @Test func rowsGoStraightIntoModels() throws {
    let folder = try TemporaryFolder()
    var scans = "subject,day,last,died,x\n"
    for subject in 0..<40 {
      let end = 70 + 13 * (subject * 7 % 40), died = subject % 4 == 0 ? 0 : 1
      for visit in 0..<4 where visit * 30 < end {
        scans += "s\(subject),\(visit * 30),\(end),\(died),\(100 + (subject * 31 + visit * 17) % 23)\n"
      }
    }
    try folder.write(scans, to: "f.csv")
    let common = ["delta", "f.csv", "--time", "day", "--end", "last", "--event", "died", "--features", "x"]
    let landmark = try Command(arguments: common + ["--landmark", "60", "-o", "l.csv"], in: folder)
    #expect(landmark.status == 0, "\(landmark.errors)")
    let first = try Command("prognostic", "l.csv", "--marker", "x.log_ratio", in: folder)
    #expect(first.status == 0 && first.output.contains("x.log_ratio"), "\(first.errors)")
    let rows = try Command(arguments: common + ["--start-stop", "-o", "s.csv"], in: folder)
    #expect(rows.status == 0, "\(rows.errors)")
    #expect(try !folder.read("s.csv").contains(".area"))
    let second = try Command(
      "prognostic", "s.csv", "--start", "start", "--time", "stop", "--subject", "subject", "--model", "x.absolute",
      in: folder)
    #expect(second.status == 0, "\(second.errors)")
    // Bins over all scans know later ones.
    try folder.write("{\"format\": 1, \"bins\": \"joint\", \"columns\": []}\n", to: "f.provenance.json")
    let joint = try Command(arguments: common + ["--landmark", "60"], in: folder)
    #expect(joint.status == 2 && joint.errors.contains("binned over all scans"), "\(joint.errors)")
  }

  @Test(arguments: [
    (["--lesion", "region", "--landmark", "60"], "needs --end COLUMN and --event COLUMN"),
    (["--lesion", "region", "--end", "last"], "--end: is of --landmark or --start-stop"),
    ([], "has several regions at 2024-01-05"), (["--lesion", "lesion"], "has no column 'lesion'"),
    (["--lesion", "region", "--order", "pre,post"], "must be one of pre, post"),
    (["--lesion", "region", "--errors", "f.csv"], "has no columns 'feature', 'error_scale'"),
    (["--lesion", "region", "--start-stop", "--end", "volume", "--event", "died"], "must be on the scale of 'date'"),
    (
      ["--lesion", "region", "--start-stop", "--end", "last", "--event", "volume", "--features", "entropy"],
      "has another end"
    ),
  ])
  func refuses(_ more: [String], _ sentence: String) throws {
    let run = try Command(arguments: ["delta", "f.csv", "--time", "date"] + more, in: Self.folder())
    #expect(run.status == 2 && run.errors.contains(sentence), "\(run.errors)")
  }

  @Test func normalisationByTheRegionHidesChange() throws {
    let folder = try Self.folder(), known = try folder.read("f.provenance.json")
    for (within, status, sentence) in [
      ("region", Int32(2), "hides how it changes"), ("image", 0, "A reference tissue is better"),
    ] {
      let recipe =
        "\"recipe\": {\"preparation\": {\"normalise\": {\"method\": \"z_score\", \"within\": \"\(within)\"}}}"
      try folder.write(known.replacing("\"format\": 1", with: "\"format\": 1, \(recipe)"), to: "f.provenance.json")
      let run = try Command(arguments: Self.usual, in: folder)
      #expect(run.status == status && run.errors.contains(sentence), "\(run.errors)")
    }
  }

  @Test func theNadirIsOfSizes() throws {
    let run = try Command(arguments: Self.usual + ["--reference", "nadir", "--format", "csv"], in: Self.folder())
    let rows = run.output.split(separator: "\n")
    #expect(run.status == 0 && rows[1].hasPrefix("p1,l1,nadir,2024-02-01,31,partial"), "\(run.output)\(run.errors)")
    #expect(rows[1].contains("the nadir is of sizes only") && rows[2].contains(",-100,-0.2,"))
  }
}
