import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// `train`, `apply` and `validate` from the shell, on files as people have them.
@Suite struct TrainCommandTests {
  /// A table of three hospitals whose scanners shift features; the first two tell the outcome.
  static func table(_ seed: UInt64, sites: [String] = ["A", "B", "C"], rows: Int = 30, signal: Double = 1.5) -> String {
    var generator = SeededGenerator(seed: seed)
    let shifts = sites.map { _ in (0..<10).map { _ in 0.6 * generator.normal() } }
    var lines = [
      "patient,hospital,malignant,months,died,age,volume," + (0..<10).map { "f\($0)" }.joined(separator: ",")
    ]
    for (site, name) in sites.enumerated() {
      for row in 0..<rows {
        let isEvent = row % 5 < 2 + site % 2
        let values = (0..<10).map { k in generator.normal() + shifts[site][k] + (k < 2 && isEvent ? signal : 0) }
        let months = -20 * log(1 - generator.uniform()) * exp(-0.8 * values[0]) + 0.1
        lines.append(
          "\(name)\(seed)-\(row),\(name),\(isEvent ? "yes" : "no"),\((months * 10).rounded() / 10),\(generator.uniform() < 0.7 ? 1 : 0),"
            + "\(50 + generator.below(30)),\((generator.uniform() * 100).rounded()),"
            + values.map { "\(($0 * 1e4).rounded() / 1e4)" }.joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static let study = """
    table: t.csv
    outcome: malignant
    positive: "yes"
    candidates: /^f[0-9]/
    clinical: [age]
    subject: patient
    site: hospital
    design: { outer: { folds: 4 }, inner: 4 }
    pipeline:
      - impute: median
      - harmonise: { batch: hospital, new_batch: none }
      - mrmr: { count: 4 }
      - elastic_net: { alpha: 0.5 }
    shuffles: 4

    """

  static func folder(_ study: String = study) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(table(1), to: "t.csv")
    try folder.write(table(2, sites: ["D"], rows: 50), to: "other.csv")
    try folder.write(study, to: "study.yaml")
    return folder
  }

  static func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
  }

  static func value(_ json: [String: Any], _ key: String) throws -> Double {
    try #require((json[key] as? [String: Any])?["value"] as? Double, "\(key)")
  }

  @Test func trainApplyValidate() throws {
    let folder = try Self.folder()
    let train = try Command(
      "train", "study.yaml", "-o", "s.json", "--format", "json", "--report", "p.html", "--figure", "f.svg", in: folder)
    #expect(train.status == 0, "\(train.errors)")
    let found = try Self.json(train.output)
    #expect(try Self.value(found, "within_site") > 0.8 && Self.value(found, "pooled") > 0.75)
    for key in ["fold_mean", "volume_only", "clinical_only", "shuffled"] { _ = try Self.value(found, key) }
    let page = try folder.read("p.html")
    #expect(page.contains("<svg") && page.contains("Rad-score") && !page.contains("FORCED LEAK"))

    let apply = try Command("apply", "s.json", "other.csv", "-o", "o.csv", in: folder)
    #expect(apply.status == 0, "\(apply.errors)")
    let rows = try folder.read("o.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let given = try folder.read("other.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows.map { Array($0.prefix(17)) } == given.map { Array($0) })
    #expect(
      rows[0].suffix(7).map(String.init) == [
        "prediction", "linear_predictor", "risk_group", "horizon", "out_of_range", "status", "reason",
      ])
    let p = try #require(Double(rows[1][17])), linear = try #require(Double(rows[1][18]))
    #expect(abs(p - 1 / (1 + exp(-linear))) < 1e-12 && ["low", "high"].contains(rows[1][19]))

    let validate = try Command("validate", "s.json", "other.csv", "--format", "json", in: folder)
    #expect(validate.status == 0, "\(validate.errors)")
    let judged = try Self.json(validate.output)
    #expect(try Self.value(judged, "within_site") > 0.8)
    // Of 50 rows an AUC without a signal is certain to 0.085, the mean of 1,000 to 0.003; ten times that.
    #expect(abs(try Self.value(judged, "shuffled") - 0.5) < 0.03)
    for key in ["pooled", "volume_only"] { _ = try Self.value(judged, key) }
    #expect((judged["fold_mean"] as? [String: Any]) != nil)
  }

  @Test func survivalAndNumbersAreLearntToo() throws {
    let outcome = "outcome: malignant\npositive: \"yes\"\n"
    for (change, measure) in [
      ("time: months\nevent: died\nhorizon: 12\n", "C"), ("outcome: f9\nkind: continuous\n", "concordance"),
    ] {
      var study = Self.study.replacing(outcome, with: change)
      if measure != "C" { study = study.replacing("/^f[0-9]/", with: "/^f[0-8]/") }
      let folder = try Self.folder(study)
      let train = try Command("train", "study.yaml", "-o", "s.json", "--format", "json", in: folder)
      #expect(train.status == 0, "\(train.errors)")
      #expect(try Self.json(train.output)["measure"] as? String == measure)
      let apply = try Command("apply", "s.json", "other.csv", in: folder)
      #expect(apply.status == 0 && apply.output.contains(measure == "C" ? ",12," : "ok"), "\(apply.errors)")
      #expect(try Command("validate", "s.json", "other.csv", in: folder).status == 0)
    }
  }

  @Test func sourcesAreFusedAndOneMayBeMissing() throws {
    let study = Self.study.replacing(
      "candidates: /^f[0-9]/", with: "sources: { ct: '/^f[0-4]/', pet: '/^f[5-9]/' }\nfusion: mean"
    )
    .replacing("shuffles: 4", with: "shuffles: 0")
    let folder = try Self.folder(study)
    let train = try Command("train", "study.yaml", "-o", "s.json", in: folder)
    #expect(train.status == 0 && train.output.contains("ct + pet + clinical"), "\(train.errors)\(train.output)")
    // A row without PET.
    let lines = try folder.read("other.csv").split(separator: "\n").prefix(3).map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let cut = [lines[0]] + lines.dropFirst().map { Array($0.prefix(12)) + ["", "", "", "", ""] }
    try folder.write(cut.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n", to: "cut.csv")
    let apply = try Command("apply", "s.json", "cut.csv", in: folder)
    #expect(apply.status == 0 && !apply.output.contains("failed"), "\(apply.errors)\(apply.output)")
  }

  @Test func shardsAndAKilledRunGiveTheSameSignature() throws {
    let folder = try Self.folder()
    let whole = try Command("train", "study.yaml", "-o", "whole.json", "-q", "--format", "json", in: folder)
    for shard in ["1/2", "2/2"] {
      let part = try Command("train", "study.yaml", "--shard", shard, "--resume", "parts", in: folder)
      #expect(part.status == 0 && part.errors.contains("of 8 parts of the work are done"), "\(part.errors)")
    }
    let joined = try Command(
      "train", "study.yaml", "--resume", "parts", "-o", "joined.json", "-q", "--format", "json", in: folder)
    #expect(whole.status == 0 && joined.status == 0, "\(joined.errors)")
    #expect(try folder.read("whole.json") == folder.read("joined.json"))
    // A part that was cut off is made again.
    let parts = try FileManager.default.contentsOfDirectory(atPath: folder.path("parts")).sorted()
    #expect(parts.count == 8)
    try folder.write("{\"fold\":", to: "parts/\(parts[0])")
    _ = try Command("train", "study.yaml", "--resume", "parts", "-o", "again.json", "-q", in: folder)
    #expect(try folder.read("whole.json") == folder.read("again.json"))
  }

  @Test func aPlanOfSpecificationsIsACurve() throws {
    let folder = try Self.folder()
    try folder.write(
      "pipeline.mrmr.count: [2, 4]\nseed: [1, 2, 3]\nharmoniser:\n  - { label: none, pipeline: { harmonise: { method: mean-only } } }\n  - { label: site }\n",
      to: "plan.yaml")
    let run = try Command(
      "train", "study.yaml", "--specifications", "plan.yaml", "--format", "json", "--figure", "f.svg", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let found = try Self.json(run.output)
    #expect((found["specifications"] as? [[String: Any]])?.count == 12)
    #expect(try #require(found["share_agreeing"] as? Double) > 0.9)
    #expect(try folder.read("f.svg").contains("<svg"))
    try folder.write("pipeline.mrmr.count: 2\n", to: "bad.yaml")
    let bad = try Command("train", "study.yaml", "--specifications", "bad.yaml", in: folder)
    #expect(bad.status == 2 && bad.errors.contains("must be a list of at least two values"), "\(bad.errors)")
  }

  @Test func wholeTableHarmonisationIsRefusedUnlessForced() throws {
    let folder = try Self.folder(
      Self.study.replacing("  - harmonise: { batch: hospital, new_batch: none }\n", with: ""))
    for words in [
      ["harmonise", "fit", "t.csv", "--batch", "hospital", "--features", "/^f[0-9]/", "-o", "h.json"],
      ["harmonise", "apply", "h.json", "t.csv", "-o", "h.csv"],
    ] { #expect(try Command(arguments: words, in: folder).status == 0) }
    try folder.write(try folder.read("study.yaml").replacing("table: t.csv", with: "table: h.csv"), to: "leak.yaml")
    let refused = try Command("train", "leak.yaml", "-o", "s.json", in: folder)
    #expect(
      refused.status == 2 && refused.errors.contains("which was learnt from these rows")
        && refused.errors.contains("--force-leak"), "\(refused.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("s.json")))
    let forced = try Command("train", "leak.yaml", "-o", "s.json", "--force-leak", "--report", "p.html", in: folder)
    #expect(forced.status == 0 && forced.output.contains("FORCED LEAK"), "\(forced.errors)")
    #expect(
      try folder.read("p.html").contains("FORCED LEAK") && folder.read("s.json").contains("\"forced_leak\": true"))
    #expect(try Command("validate", "s.json", "other.csv", in: folder).output.contains("FORCED LEAK"))
  }

  @Test(arguments: [
    ("candidates: /^f[0-9]/", "candidates: [f0, malignant]", "'candidates' has 'malignant', which is the outcome"),
    ("candidates: /^f[0-9]/", "candidates: [f0, months, f77]", "f77"),
    ("outer: { folds: 4 }", "outer: leave_one_site_out", ""),
    ("outer: { folds: 4 }", "outer: { folds: 80 }", "must be at least one for each of 80 folds"),
    ("- impute: median", "- medain", "there is no step 'medain'"),
    (
      "harmonise: { batch: hospital, new_batch: none }", "harmonise: { batch: hospital, covariates: [malignant] }",
      "is the outcome"
    ),
    (
      "outer: { folds: 4 }", "outer: { external: { column: hospital, value: A } }", ""
    ),
    (
      "harmonise: { batch: hospital, new_batch: none }", "harmonise: { batch: scanner }", "there is no column 'scanner'"
    ),
    ("site: hospital", "site: hospitals", "there is no column 'hospitals'"),
    ("table: t.csv", "table: none.csv", "none.csv"),
    ("positive: \"yes\"", "positive: dead", "must have 'dead'"),
    ("shuffles: 4", "shufles: 4", "has no setting 'shufles'"),
  ]) func badStudiesAreASentence(_ old: String, _ new: String, _ sentence: String) throws {
    let folder = try Self.folder(Self.study.replacing(old, with: new))
    let run = try Command("train", "study.yaml", "-o", "s.json", in: folder)
    guard !sentence.isEmpty else {
      #expect(run.status == 0, "\(run.errors)")
      return
    }
    #expect(run.status == 2 && run.errors.contains(sentence), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("s.json")))
  }

  @Test func badTablesAreASentence() throws {
    let folder = try Self.folder()
    let lines = try folder.read("t.csv").split(separator: "\n").map(String.init)
    func cells(_ line: String) -> [String] {
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    func table(_ change: ([String], Int) -> [String]) -> String {
      ([lines[0]] + lines.dropFirst().enumerated().map { change(cells($1), $0).joined(separator: ",") }).joined(
        separator: "\n") + "\n"
    }
    let broken: [(String, String, Int32)] = [
      (table { row, _ in row[..<2] + ["no"] + row[3...] }, "must have 'yes'", 2),
      (
        table { row, number in row[..<7] + [number == 3 ? "x1" : row[7]] + row[8...] },
        "'f0' is left out of the candidates", 0
      ),
      (table { row, _ in row[..<7] + [""] + row[8...] }, "'f0'", 2),
      (table { row, _ in row[..<7] + [row[2] == "yes" ? "1.5" : "0.5"] + row[8...] }, "without exception", 2),
      (
        table { row, number in number == 1 ? ["other"] + cells(lines[1]).dropFirst() : row },
        "one image under two names", 2
      ),
      (lines[0] + "\n", "there are no rows with values", 2),
    ]
    for (text, sentence, status) in broken {
      try folder.write(text, to: "t.csv")
      let run = try Command("train", "study.yaml", "-o", "s.json", in: folder)
      #expect(run.status == status && run.errors.contains(sentence), "\(sentence): \(run.errors)")
    }
  }

  @Test func badSignaturesAndTablesAreRefused() throws {
    let folder = try Self.folder(Self.study.replacing("shuffles: 4", with: "shuffles: 0"))
    #expect(try Command("train", "study.yaml", "-o", "s.json", "-q", in: folder).status == 0)
    let text = try folder.read("s.json")
    for (old, new) in [
      ("radiomics-signature", "radiomics-model"), ("\"version\": 1", "\"version\": 7"),
      ("\"coefficients\"", "\"coeficients\""), ("{", "["),
    ] {
      guard let range = text.range(of: old) else { continue }
      try folder.write(text.replacingCharacters(in: range, with: new), to: "bad.json")
      let run = try Command("apply", "bad.json", "other.csv", "-o", "o.csv", in: folder)
      #expect(run.status == 2 && run.errors.contains("bad.json"), "\(old): \(run.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path("o.csv")))
    }
    let other = try folder.read("other.csv")
    try folder.write(other.replacing("hospital", with: "clinic"), to: "renamed.csv")
    let renamed = try Command("apply", "s.json", "renamed.csv", in: folder)
    #expect(renamed.status == 2 && renamed.errors.contains("there is no column 'hospital'"), "\(renamed.errors)")
    // One row without age has no prediction, and says so; the others have.
    var lines = other.split(separator: "\n").map(String.init)
    lines[1] = lines[1].split(separator: ",").enumerated().map { $0 == 5 ? "" : String($1) }.joined(separator: ",")
    try folder.write(lines.joined(separator: "\n") + "\n", to: "hole.csv")
    let hole = try Command("apply", "s.json", "hole.csv", in: folder)
    if hole.output.contains("failed") {
      #expect(hole.status == 1 && hole.output.contains("'age' is empty"), "\(hole.output.prefix(600))")
    }
  }

  /// A signature is sealed by a key that OpenSSL made; one byte changed, or another key asked for, is told.
  @Test func aSealTellsWhatWasChanged() throws {
    let folder = try Self.folder(Self.study.replacing("shuffles: 4", with: "shuffles: 0"))
    // RFC 8032, test 1.
    try folder.write("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n", to: "key")
    let publicKey = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    let train = try Command("train", "study.yaml", "-o", "s.json", "--sign", "key", in: folder)
    #expect(train.status == 0 && train.errors.contains(publicKey), "\(train.errors)")
    #expect(try Command("apply", "s.json", "other.csv", "--signed-by", publicKey, in: folder).status == 0)
    let other = try Command("apply", "s.json", "other.csv", "--signed-by", "AAAA", in: folder)
    #expect(other.status == 2 && other.errors.contains("is sealed by the key"), "\(other.errors)")
    let text = try folder.read("s.json"), range = try #require(text.range(of: "\"patients\": 90"))
    try folder.write(text.replacingCharacters(in: range, with: "\"patients\": 91"), to: "s.json")
    let changed = try Command("validate", "s.json", "other.csv", in: folder)
    #expect(changed.status == 2 && changed.errors.contains("was changed after it was sealed"), "\(changed.errors)")
  }

  /// Two sites, each held out once, leave one batch to learn from; that is said before anything is learnt.
  @Test func twoSitesAreTooFewToHoldOutAndHarmonise() throws {
    let folder = try Self.folder(Self.study.replacing("outer: { folds: 4 }", with: "outer: leave_one_site_out"))
    try folder.write(Self.table(1, sites: ["A", "B"]), to: "t.csv")
    let run = try Command("train", "study.yaml", "--dry-run", in: folder)
    #expect(
      run.status == 2 && run.errors.contains("harmonise finds one batch of 'hospital' in the 30 rows"), "\(run.errors)")
  }

  /// A column whose squares are no numbers is named, as are columns that are looked for, and rows that are taken for patients.
  @Test func whatCannotBeSeenInNumbersIsSaid() throws {
    let folder = try Self.folder(
      Self.study.replacing("subject: patient\n", with: "").replacing("shuffles: 4", with: "shuffles: 0"))
    let lines = try folder.read("t.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    let changed = lines.enumerated().map { number, row in
      number == 0
        ? row.map { $0 == "volume" ? "size" : $0 } : row[..<7] + [row[7] + "e200", row[8] + "e-200"] + row[9...]
    }
    try folder.write(changed.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n", to: "t.csv")
    let run = try Command("train", "study.yaml", "--format", "json", in: folder)
    for part in [
      "'f0' holds values such as", "'f1' holds values such as", "each row is taken as a patient of its own",
      "looked for: a feature morph_volume",
    ] { #expect(run.errors.contains(part), "\(part): \(run.errors)") }
    let selection = try #require(try Self.json(run.output)["selection"] as? [[String: Any]])
    #expect(selection.allSatisfy { ($0["in_folds"] as? [Int])?.count == $0["count"] as? Int } && !selection.isEmpty)
  }

  /// Names are names whatever is in them, and where columns stand decides nothing.
  @Test func namesWithCommasAndTheOrderOfColumns() throws {
    let folder = try Self.folder(
      Self.study.replacing("/^f[0-9]/", with: "[\"a, b\", f1, f2, f3, f4]").replacing(
        "shuffles: 4", with: "shuffles: 0"))
    let lines = try folder.read("t.csv").replacing(",f0,", with: ",\"a, b\",").split(separator: "\n").map(String.init)
    try folder.write(lines.joined(separator: "\n") + "\n", to: "t.csv")
    let first = try Command("train", "study.yaml", "--format", "json", in: folder)
    #expect(first.status == 0, "\(first.errors)")
    // The first columns last.
    let turned = lines.enumerated().map { number, line in
      let cells = line.replacing("\"a, b\"", with: "a; b").split(separator: ",").map(String.init)
      return (cells[3...] + cells[..<3]).map { $0 == "a; b" ? "\"a, b\"" : $0 }.joined(separator: ",")
    }
    try folder.write(turned.joined(separator: "\n") + "\n", to: "t.csv")
    let second = try Command("train", "study.yaml", "--format", "json", in: folder)
    for key in ["within_site", "pooled", "fold_mean"] {
      #expect(try Self.value(Self.json(first.output), key) == Self.value(Self.json(second.output), key))
    }
    try folder.write(
      try folder.read("study.yaml").replacing("[\"a, b\", f1, f2, f3, f4]", with: "\"a, b\""), to: "study.yaml")
    let one = try Command("train", "study.yaml", "--dry-run", in: folder)
    #expect(one.status == 0 && one.output.contains("1 candidates"), "\(one.errors)\(one.output)")
  }

  @Test func aPlanIsForecastAndItsTyposAreNamed() throws {
    let folder = try Self.folder()
    try folder.write("pipeline.mrmr.count: [2, 4]\nseed: [1, 2, 3]\n", to: "plan.yaml")
    let dry = try Command("train", "study.yaml", "--specifications", "plan.yaml", "--dry-run", in: folder)
    #expect(
      dry.status == 0 && dry.output.contains("6 choices of pipeline.mrmr.count, seed: everything is learnt 24 times.")
        && dry.output.contains("Expected: about"), "\(dry.errors)\(dry.output)")
    for (plan, sentence) in [
      ("pipeline.mrrm.count: [2, 4]\n", "plan.yaml:1:1: 'pipeline.mrrm.count' changes 'mrrm'"),
      ("pipeline.mrmr.cuont: [2, 4]\n", "with pipeline.mrmr.cuont: 2"), ("sead: [2, 4]\n", "Did you mean 'seed'?"),
    ] {
      try folder.write(plan, to: "plan.yaml")
      let run = try Command("train", "study.yaml", "--specifications", "plan.yaml", in: folder)
      #expect(run.status == 2 && run.errors.contains(sentence), "\(sentence): \(run.errors)")
    }
  }

  /// What the schema knows is what a study may say.
  @Test func theSchemaHasEveryKeyAndStep() throws {
    let folder = try Self.folder()
    let run = try Command("describe", "study", "--format", "schema", in: folder)
    let schema = try Self.json(run.output), keys = try #require(schema["properties"] as? [String: Any])
    for key in ["table", "outcome", "candidates", "sources", "design", "pipeline", "seed"] {
      #expect(keys[key] != nil, "\(key)")
    }
    let items = try #require((keys["pipeline"] as? [String: Any])?["items"] as? [String: Any])
    let kinds = try #require(items["anyOf"] as? [[String: Any]]), names = try #require(kinds[0]["enum"] as? [String])
    #expect(Set(names).isSuperset(of: ["harmonise", "mrmr", "elastic_net", "xgboost"]))
    #expect(Set(try #require((kinds[1]["properties"] as? [String: Any])).keys) == Set(names))
  }

  @Test func aDryRunSaysWhatWouldBeDone() throws {
    let folder = try Self.folder()
    let run = try Command("train", "study.yaml", "--dry-run", "-o", "s.json", in: folder)
    #expect(run.status == 0 && run.output.contains("everything is learnt 21 times"), "\(run.output)")
    #expect(run.output.contains("Expected: about") && !FileManager.default.fileExists(atPath: folder.path("s.json")))
  }
}
