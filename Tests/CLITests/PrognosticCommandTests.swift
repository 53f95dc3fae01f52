import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct PrognosticCommandTests {
  /// 120 patients: a marker with a hazard ratio of 2, one without any, three stages, two sexes, two kinds of events, a value missing.
  private static func table() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 5), lines = ["time,event,kind,m,n.3D_avg,stage,sex,lp,risk2,word"]
    for row in 0..<120 {
      let marker = generator.normal(), other = generator.normal(), hazard = 0.4 * exp(0.7 * marker)
      let first = -log(1 - generator.uniform()) / hazard, second = -log(1 - generator.uniform()) / 0.15
      let censored = 1 + 6 * generator.uniform()
      let time = min(first, second, censored), kind = time == first ? 1 : time == second ? 2 : 0
      let risk = 1 - exp(-0.8 * exp(0.7 * marker))
      lines.append(
        "\(numberText(time)),\(kind == 1 ? 1 : 0),\(kind),\(row == 7 ? "" : numberText(marker)),\(numberText(other)),\(row % 3),"
          + "\(row % 2 == 0 ? "f" : "m"),\(numberText(0.7 * marker)),\(numberText(risk)),w\(row)")
    }
    try folder.write(lines.map { $0 + "\n" }.joined(), to: "t.csv")
    return folder
  }

  private static func object(_ folder: TemporaryFolder, _ path: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(folder.read(path).utf8)) as? [String: Any])
  }

  @Test func everythingAtOnce() throws {
    let folder = try Self.table()
    let run = try Command(
      "prognostic", "t.csv", "--group", "sex", "--stratify", "stage", "--marker", "m", "--marker", "n.3D_avg",
      "--model",
      "m + strata(stage)", "--bootstrap", "10", "--predictor", "lp", "--risk", "2=risk2", "--at", "1", "--at", "2",
      "--horizon", "3", "--residuals", "e.csv", "--figure", "f.svg", "--report", "r.html", "-o", "o.json", in: folder)
    #expect(run.status == 0 && run.errors.contains("1 of 120 are left out"), "\(run.errors)")
    #expect(run.errors.contains("is judged on the rows that it was fitted to"))
    let result = try Self.object(folder, "o.json")
    #expect(result["n"] as? Int == 119 && result["missing"] as? Int == 1)
    let groups = try #require(result["survival"] as? [[String: Any]])
    #expect(groups.map { $0["group"] as? String } == ["f", "m"] && (groups[0]["surv"] as? [Double])?.count == 2)
    let model = try #require(result["model"] as? [String: Any])
    #expect(((model["coef"] as? [String: Any])?["m"] as? Double ?? 0) > 0.4)
    #expect(
      model["zph_km_p"] != nil && model["baseline_stage=0"] != nil
        && (result["log_rank"] as? [String: Any])?["p"] != nil)
    let performances = try #require(result["performance"] as? [[String: Any]])
    #expect(performances.map { $0["of"] as? String } == ["lp", "risk2", "model"])
    #expect(performances[2]["corrected"] != nil && performances[1]["calibration_t2"] != nil)
    let risk = try #require(result["risk_groups"] as? [[String: Any]])
    #expect(risk.map { $0["of"] as? String } == ["m", "n.3D_avg", "lp", "model"])
    #expect(try folder.read("e.csv").hasPrefix("time,event,martingale,deviance,lp,score.m,dfbeta.m,schoenfeld.m\n"))
    #expect(try folder.read("f.svg").hasPrefix("<svg ") && folder.read("r.html").contains("</html>"))
  }

  @Test func competingEventsScreenPredictionsAndOtherRows() throws {
    let folder = try Self.table()
    try folder.write("m,sex\n0,f\n1,m\n", to: "new.csv")
    let competing = try Command(
      "prognostic", "t.csv", "--event", "kind", "--cause", "1", "--group", "sex", "--model", "m", "--predict",
      "new.csv",
      "--figure", "f.svg", "-o", "o.json", in: folder)
    #expect(competing.status == 0, "\(competing.errors)")
    let result = try Self.object(folder, "o.json"), found = try #require(result["competing"] as? [String: Any])
    #expect(found["gray_1"] != nil && found["gray_2"] != nil && found["fine_gray_coef"] != nil)
    let predictions = try #require(result["predictions"] as? [[String: Any]])
    let first = try #require(predictions[0]["surv"] as? [Double]),
      second = try #require(predictions[1]["surv"] as? [Double])
    #expect(zip(first, second).allSatisfy { $0 > $1 })
    let screen = try Command("prognostic", "t.csv", "--screen", "--format", "csv", in: folder)
    #expect(screen.status == 0 && screen.output.hasPrefix("marker,n,events,coef,se,hr,hr_ci_1,"), "\(screen.errors)")
    #expect(screen.output.split(separator: "\n").map { $0.prefix { $0 != "," } }.contains("n.3D_avg"))
    let other = try Command("prognostic", "t.csv", "--model", "m", "--validate", "t.csv", in: folder)
    #expect(other.status == 0 && other.output.contains("performance of model\n"), "\(other.errors)")
    #expect(other.output.contains("the median of the rows that the model is fitted to"))
    let searched = try Command("prognostic", "t.csv", "--marker", "m", "--cut", "optimal", in: folder)
    #expect(searched.status == 0 && searched.errors.contains("only the corrected P holds"), "\(searched.errors)")
    let transform = try Command(
      "prognostic", "t.csv", "--model", "m + tt(m)", "--tt", "x * log(t + 1)", "--ties", "breslow", in: folder)
    #expect(transform.status == 0 && transform.output.contains("tt(m)"), "\(transform.errors)")
    let alone = try Command(
      "prognostic", "t.csv", "--model", "tt(m)", "--tt", "x * log(t + 1)", "--ties", "breslow", in: folder)
    #expect(alone.status == 0 && alone.output.contains("\ntt(m) "), "\(alone.errors)")
  }

  /// A cut that divides nothing is a finding, and there is no test; several columns of risks are one prediction.
  @Test func cutsByNameAndIntegratedScores() throws {
    let folder = try Self.table()
    let cuts = try Command(
      "prognostic", "t.csv", "--marker", "m", "--marker", "lp", "--cut", "m=99", "--cut", "lp=0.1", "-o", "c.json",
      in: folder)
    #expect(cuts.status == 0 && cuts.errors.contains("has no groups of risk. cut of 'm'"), "\(cuts.errors)")
    let groups = try #require(try Self.object(folder, "c.json")["risk_groups"] as? [[String: Any]])
    #expect(groups.map { $0["of"] as? String } == ["lp"] && groups[0]["cut"] as? Double == 0.1)
    let scores = try Command(
      "prognostic", "t.csv", "--risk", "1=risk2", "--risk", "2=risk2", "--model", "m", "--at", "2", "-o", "s.json",
      in: folder)
    #expect(scores.status == 0, "\(scores.errors)")
    let performances = try #require(try Self.object(folder, "s.json")["performance"] as? [[String: Any]])
    #expect(performances.map { $0["of"] as? String } == ["risk2, risk2", "model"])
    let integrated = try performances.map {
      try #require(($0["brier_t"] as? [String: Any])?["ibs"] as? [Any]).map { $0 as? Double }
    }
    #expect(integrated[0].count == 2 && integrated[0][0] == nil && (integrated[0][1] ?? 0) > 0)
    #expect(integrated[1].count == 1 && (integrated[1][0] ?? 0) > 0.05)
  }

  /// Times that are denormal or all 0 are drawn; times below 0 are refused with file and line.
  @Test func oddTimes() throws {
    let folder = try TemporaryFolder()
    try folder.write("time,event\n5e-324,1\n1e-323,1\n1.5e-323,0\n", to: "denormal.csv")
    try folder.write("time,event,g\n0,1,a\n0,2,b\n0,0,a\n0,1,b\n", to: "zero.csv")
    try folder.write("time,event,g\n3,1,a\n-1,2,b\n2,0,a\n", to: "neg.csv")
    for arguments in [["denormal.csv"], ["zero.csv", "--cause", "1", "--group", "g"]] {
      let run = try Command(arguments: ["prognostic"] + arguments + ["--figure", "f.svg"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let figure = try folder.read("f.svg")
      #expect(figure.contains("<polyline") && !figure.contains("nan") && !figure.contains("inf"))
    }
    let negative = try Command("prognostic", "neg.csv", "--cause", "1", "--figure", "f.svg", in: folder)
    #expect(negative.status == 2 && negative.errors.contains("neg.csv:3: 'time' is -1"), "\(negative.errors)")
  }

  @Test(arguments: [
    (["--time", "zeit"], "there is no column 'zeit'"), (["--marker", "word"], "must be a number"),
    (["--event", "kind"], "--cause 2"), (["--event", "kind", "--cause", "5"], "must be one of the events"),
    (["--group", "risk"], "Did you mean"), (["--tt", "x"], "needs --model"),
    (["--model", "tt(m)"], "needs a function"),
    (["--model", "m", "--tt", "x", "--ties", "breslow"], "has no tt(column)"),
    (["--cut", "best"], "must be median, optimal"),
    (["--at", "0"], "must be a time above 0"), (["--risk", "risk2"], "must be like 365=risk365"),
    (["--risk", "2=m"], "must be from 0 to 1, as a probability"), (["--stratify", "sex"], "needs --group"),
    (["--marker", "m", "--marker", "lp", "--cut", "9"], "one number cannot cut 2 markers"),
    (["--marker", "m", "--cut", "mm=9"], "names 'mm', must be one of 'm'"),
    (["--marker", "m", "--cut", "m=9", "--cut", "8"], "has two cuts"),
    (["--subject", "who"], "there is no column 'who'"),
    (["--model", "m", "--residuals", "t.csv"], "is named twice"),
    (["--model", "event"], "the likelihood has no maximum"), (["--model", "m", "--predict", "t.csv"], "is missing"),
    (["--screen", "--marker", "m"], "must be given without --marker"),
    (["--model", "m", "--ties", "exact", "--robust"], "no robust"),
    (["--model", "m", "--ties", "exact", "--subject", "sex"], "has no robust errors, which --subject needs"),
  ])
  func refuses(_ arguments: [String], _ sentence: String) throws {
    let run = try Command(arguments: ["prognostic", "t.csv"] + arguments, in: try Self.table())
    #expect(run.status == 2 && run.errors.contains(sentence) && run.output.isEmpty, "\(arguments) \(run.errors)")
  }
}
