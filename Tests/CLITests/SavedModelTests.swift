import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Models that one process keeps and another uses.
@Suite struct SavedModelTests {
  /// 80 patients with names, of whom one value of a column with an odd name is missing, and 30 others.
  private static func tables() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 21)
    for (file, count) in [("train.csv", 80), ("test.csv", 30)] {
      var lines = ["subject,y,time,event,kind,odd `name`'s,age,stage,site"]
      for row in 0..<count {
        let marker = generator.normal(), age = 50 + 10 * generator.normal(), stage = ["I", "II", "III"][row % 3]
        let risk = exp(0.8 * marker + 0.03 * (age - 50)), time = -40 * log(1 - generator.uniform()) / risk
        let isEvent = time < 60, kind = isEvent ? (row % 4 == 0 ? 2 : 1) : 0
        lines.append(
          "Patient-\(file.prefix(2))\(row),\(generator.uniform() < risk / (1 + risk) ? 1 : 0),\(numberText(min(time, 60.25))),\(isEvent ? 1 : 0),"
            + "\(kind),\(row == 5 ? "" : numberText(marker)),\(numberText(age)),\(stage),\(row % 2 == 0 ? "east" : "west")"
        )
      }
      try folder.write(lines.map { $0 + "\n" }.joined(), to: file)
    }
    return folder
  }

  private static func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text.prefix(200))")
  }

  private static let terms = "log(age) + age * stage + scale(age)"

  /// A Cox model in strata: what the process that fitted it predicts and what another predicts by the file are the same bits.
  @Test func coxModelsPredictTheSameBitsElsewhere() throws {
    let folder = try Self.tables()
    let fit = try Command(
      "prognostic", "train.csv", "--model", "age * stage + rcs(age, 4) + strata(site)", "--save", "m.json", "--predict",
      "test.csv", "--at", "10", "--at", "30.5", "--format", "json", in: folder)
    #expect(fit.status == 0, "\(fit.errors)")
    let there = try #require(try Self.json(fit.output)["predictions"] as? [[String: Any]]).map {
      $0["surv"] as? [Double]
    }
    let use = try Command(
      "prognostic", "--use", "m.json", "--predict", "test.csv", "--at", "10", "--at", "30.5", "--format", "json",
      in: folder)
    #expect(use.status == 0, "\(use.errors)")
    let rows = try #require(try Self.json(use.output)["predictions"] as? [[String: Any]])
    let here = rows.map { [$0["survival_10"] as? Double, $0["survival_30.5"] as? Double] }
    #expect(here.count == 30 && there.count == 30)
    for (a, b) in zip(there, here) { #expect(a == b.compactMap { $0 }) }
    #expect(rows[3]["subject"] as? String == "Patient-te3")
    let again = try Command(
      "prognostic", "--use", "m.json", "--predict", "test.csv", "--at", "30.5", "--at", "10", "--format", "csv",
      in: folder)
    #expect(
      again.output.hasPrefix("subject,site,predictor,survival_10,survival_30.5\nPatient-te0,east,"), "\(again.output)")
  }

  /// On other rows a model that was kept is judged as the process that fitted it judges it.
  @Test func keptModelsAreJudgedAlike() throws {
    let folder = try Self.tables()
    let fit = try Command(
      "diagnostic", "train.csv", "--outcome", "y", "--model", Self.terms, "--firth", "--save", "l.json", "--validate",
      "test.csv", "--format", "json", in: folder)
    let use = try Command("diagnostic", "test.csv", "--outcome", "y", "--use", "l.json", "--format", "json", in: folder)
    #expect(fit.status == 0 && use.status == 0, "\(fit.errors)\(use.errors)")
    func calibration(_ run: Command) throws -> NSDictionary? {
      let predictions = try #require(try Self.json(run.output)["predictions"] as? [[String: Any]])
      #expect(predictions.count == 1 && predictions[0]["apparent"] as? Bool == false)
      return predictions[0]["calibration"] as? NSDictionary
    }
    let (there, here) = (try calibration(fit), try calibration(use))
    #expect(there != nil && there == here)
    let cox = try Command(
      "prognostic", "train.csv", "--model", Self.terms, "--save", "c.json", "--validate", "test.csv", "--at", "20",
      "--format", "json", in: folder)
    let judged = try Command("prognostic", "test.csv", "--use", "c.json", "--at", "20", "--format", "json", in: folder)
    #expect(cox.status == 0 && judged.status == 0, "\(cox.errors)\(judged.errors)")
    func performance(_ run: Command) throws -> [String: Any] {
      try #require((try Self.json(run.output)["performance"] as? [[String: Any]])?.first)
    }
    let (a, b) = (try performance(cox), try performance(judged))
    #expect(a["apparent"] as? Bool == false && b["apparent"] as? Bool == false)
    for name in ["concordance", "calibration_t20", "calibration_slope"] {
      let there = try #require(a[name] as? [String: Any]), here = try #require(b[name] as? [String: Any])
      for (key, value) in there {
        guard let value = value as? Double, let found = here[key] as? Double else { continue }
        expectClose(found, value, relative: 1e-9)
      }
    }
  }

  /// Fine and Gray's model.
  @Test func competingEvents() throws {
    let folder = try Self.tables()
    let fit = try Command(
      "prognostic", "train.csv", "--event", "kind", "--cause", "1", "--model", "age + stage", "--save", "fg.json",
      "--predict", "test.csv", "--at", "20", "--format", "json", in: folder)
    let use = try Command(
      "prognostic", "--use", "fg.json", "--predict", "test.csv", "--at", "20", "--format", "json", in: folder)
    #expect(fit.status == 0 && use.status == 0, "\(fit.errors)\(use.errors)")
    let there = try #require(try Self.json(fit.output)["predictions"] as? [[String: Any]]).map {
      $0["cif"] as? [Double]
    }
    let here = try #require(try Self.json(use.output)["predictions"] as? [[String: Any]]).map {
      $0["cif_20"] as? Double
    }
    #expect(there.map { $0?.first } == here && here.count == 30 && !here.contains(nil))
    #expect(try Self.json(folder.read("fg.json"))["kind"] as? String == "fine-gray")
  }

  /// No name, no value of a column and no time of a censored patient is in the files; with few steps, no time at all.
  @Test func filesHoldNoPatient() throws {
    let folder = try Self.tables()
    let runs = [
      try Command("diagnostic", "train.csv", "--outcome", "y", "--model", Self.terms, "--save", "l.json", in: folder),
      try Command(
        "prognostic", "train.csv", "--model", "stage + age", "--save", "c.json", in: folder),
      try Command(
        "prognostic", "train.csv", "--model", "age + stage", "--save", "few.json", "--baseline-steps", "10", in: folder),
      try Command(
        "prognostic", "train.csv", "--event", "kind", "--cause", "1", "--model", "age + stage", "--save", "fg.json",
        in: folder),
    ]
    for run in runs { #expect(run.status == 0, "\(run.errors)") }
    let rows = try folder.read("train.csv").split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    for file in ["l.json", "c.json", "few.json", "fg.json"] {
      let text = try folder.read(file)
      for row in rows {
        #expect(!text.contains(row[0]), "\(file): \(row[0])")
        for cell in [row[5], row[6]] where cell.count > 5 { #expect(!text.contains(cell), "\(file): \(cell)") }
        if file == "few.json" || file == "l.json" || row[3] == "0" {
          #expect(!text.contains(row[2]), "\(file): \(row[2])")
        }
      }
    }
  }

  /// Columns with names that formulas cannot write survive the way.
  @Test func oddNames() throws {
    let folder = try Self.tables()
    try folder.write(
      try folder.read("train.csv").replacingOccurrences(
        of: "odd `name`'s", with: "odd 'name', (mm²)".replacingOccurrences(of: ",", with: ";")), to: "odd.tsv")
    try folder.write(try folder.read("odd.tsv").replacingOccurrences(of: ",", with: "\t"), to: "odd.tsv")
    let fit = try Command(
      "diagnostic", "odd.tsv", "--outcome", "y", "--model", "scale(`odd 'name'; (mm²)`) + age", "--save", "m.json",
      in: folder)
    #expect(fit.status == 0, "\(fit.errors)")
    let use = try Command("diagnostic", "odd.tsv", "--outcome", "y", "--use", "m.json", in: folder)
    #expect(use.status == 0 && use.output.contains("predictions by saved model"), "\(use.errors)")
  }

  /// Rows in another order give the same file.
  @Test func rowsInAnotherOrder() throws {
    let folder = try Self.tables()
    let lines = try folder.read("train.csv").split(separator: "\n").map(String.init)
    try folder.write(([lines[0]] + lines.dropFirst().reversed()).map { $0 + "\n" }.joined(), to: "turned.csv")
    for (command, target) in [("train.csv", "a.json"), ("turned.csv", "b.json")] {
      let run = try Command("prognostic", command, "--model", "age * stage + ns(age, 3)", "--save", target, in: folder)
      #expect(run.status == 0, "\(run.errors)")
    }
    func model(_ file: String) throws -> NSDictionary {
      try #require(try Self.json(folder.read(file))["model"] as? NSDictionary)
    }
    #expect(try model("a.json") == model("b.json"))
  }

  /// What cannot be used is refused with a sentence.
  @Test func refusals() throws {
    let folder = try Self.tables()
    let fit = try Command(
      "prognostic", "train.csv", "--model", "age + stage + strata(site)", "--save", "m.json", in: folder)
    #expect(fit.status == 0, "\(fit.errors)")
    let text = try folder.read("m.json")
    try folder.write(String(text.prefix(text.count / 2)), to: "cut.json")
    try folder.write(text.replacingOccurrences(of: "\"version\": 1", with: "\"version\": 7"), to: "newer.json")
    try folder.write("{\"format\": 1, \"table\": \"t.csv\"}", to: "other.json")
    try folder.write(text.replacingOccurrences(of: "\"kind\": \"cox\"", with: "\"kind\": \"forest\""), to: "kind.json")
    try folder.write(text.replacingOccurrences(of: "\"ties\": \"efron\",", with: ""), to: "less.json")
    try folder.write(text.replacingOccurrences(of: "\"centers\": [", with: "\"centers\": [1, "), to: "more.json")
    try folder.write("age,stage,site\n50,IV,east\n", to: "level.csv")
    try folder.write("age,stage,site\n50,II,north\n", to: "stratum.csv")
    try folder.write("age,site\n50,east\n", to: "column.csv")
    try folder.write("age,stage,site\n,II,east\n60,II,east\n", to: "empty.csv")
    func refused(_ model: String, _ patients: String, _ message: String) throws {
      let run = try Command("prognostic", "--use", model, "--predict", patients, "--at", "5", in: folder)
      #expect(run.status == 2 && run.errors.contains(message), "\(run.status) \(run.errors)\(run.output)")
    }
    try refused("cut.json", "test.csv", "The file is damaged")
    try refused("newer.json", "test.csv", "its version is 7, must be 1 at most")
    try refused("other.json", "test.csv", "is no saved model")
    try refused("test.csv", "test.csv", "it is no JSON")
    try refused("kind.json", "test.csv", "'kind' is 'forest', must be one of")
    try refused("less.json", "test.csv", "'model.ties' is missing")
    try refused("more.json", "test.csv", "must have one for each coefficient")
    try refused("none.json", "test.csv", "none.json")
    try refused("m.json", "level.csv", "has 'IV', which no row had that the model was fitted to (I, II, III)")
    try refused("m.json", "stratum.csv", "'site=north'")
    try refused("m.json", "column.csv", "there is no column 'stage'")
    try refused("m.json", "empty.csv", "empty.csv:2: 'age' is missing")
    for (arguments, message) in [
      (["diagnostic", "test.csv", "--outcome", "y", "--use", "m.json"], "Use it in prognostic"),
      (["prognostic", "test.csv", "--use", "m.json", "--model", "age"], "--model: cannot be with --use"),
      (["prognostic", "test.csv", "--save", "x.json"], "--save: needs --model"),
      (["prognostic", "test.csv", "--model", "age", "--save", "x.csv"], "must end in .json"),
      (["prognostic", "--use", "m.json", "--predict", "test.csv"], "--at"),
      (["diagnostic", "test.csv"], "Missing expected argument '--outcome <column>'"),
      (["prognostic"], "Missing expected argument '<table>'"),
    ] {
      let run = try Command(arguments: arguments, in: folder)
      #expect(run.status == 2 && run.errors.contains(message), "\(run.status) \(run.errors)")
    }
    try folder.write(folder.read("train.csv"), to: "train.json")
    let over = try Command("prognostic", "train.json", "--model", "age", "--save", "train.json", in: folder)
    #expect(try over.status == 2 && folder.read("train.json") == folder.read("train.csv"), "\(over.errors)")
    let far = try Command(
      "prognostic", "--use", "m.json", "--predict", "far.csv", "--at", "5",
      in: {
        try folder.write("age,stage,site\n150,II,east\n", to: "far.csv")
        return folder
      }())
    #expect(far.status == 0 && far.errors.contains("it is extrapolated there"), "\(far.errors)")
  }

  /// A model with a penalty is kept like others.
  @Test func elasticNet() throws {
    let folder = try Self.tables()
    let fit = try Command(
      "prognostic", "train.csv", "--model", "age * stage", "--elastic-net", "0.9", "--save", "net.json", in: folder)
    #expect(fit.status == 0 && fit.output.contains("(chosen by cross-validation)"), "\(fit.errors)\(fit.output)")
    let use = try Command("prognostic", "test.csv", "--use", "net.json", "--at", "20", in: folder)
    #expect(use.status == 0 && use.output.contains("performance of saved model"), "\(use.errors)")
    let given = try Command(
      "prognostic", "train.csv", "--model", "age", "--elastic-net", "1", "--lambda", "1000", "--format", "csv",
      in: folder)
    #expect(given.output == "coefficient,coef\nage,0\n", "\(given.output)\(given.errors)")
    let wrong = try Command("prognostic", "train.csv", "--model", "age", "--lambda", "1", in: folder)
    #expect(wrong.status == 2 && wrong.errors.contains("--lambda: needs --elastic-net"))
  }

  /// A risk that an event comes first is judged by what came first: other events are known, not censored.
  @Test func fineGraysModelIsJudgedByWhatComesFirst() throws {
    let folder = try Self.tables()
    let words = ["prognostic", "--event", "kind", "--cause", "1"]
    let fit = try Command(arguments: words + ["train.csv", "--model", "age", "--save", "m.json"], in: folder)
    #expect(fit.status == 0, "\(fit.errors)")
    let use = try Command(
      arguments: words + ["test.csv", "--use", "m.json", "--at", "15", "--format", "json"], in: folder)
    #expect(use.status == 0, "\(use.errors)")
    let result = try Self.json(use.output)
    let performance = try #require((result["performance"] as? [[String: Any]])?.first)
    let predicted = try Command(
      "prognostic", "--use", "m.json", "--predict", "test.csv", "--at", "15", "--format", "json", in: folder)
    let risks = try #require(try Self.json(predicted.output)["predictions"] as? [[String: Any]]).compactMap {
      $0["cif_15"] as? Double
    }
    #expect(risks.count == 30)
    // Nobody is censored before, so that shares are counts.
    let table = try CSV(path: folder.path("test.csv"))
    let first = table.rows.map { (Double($0[2]) ?? 0) <= 15 && $0[4] == "1" ? 1.0 : 0 }
    let error = zip(risks, first).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / 30
    let brier = try #require(performance["brier_t_first"] as? [String: Any])
    expectClose((brier["brier"] as? [Double])?.first ?? 0, error, absolute: 1e-12)
    let calibration = try #require(performance["calibration_first_t15"] as? [String: Any])
    expectClose(
      calibration["O_over_E"] as? Double ?? 0, first.reduce(0, +) / risks.reduce(0, +), absolute: 1e-12)
    #expect(performance["auc_t_first"] != nil && performance["calibration_t15"] == nil)
  }
}
