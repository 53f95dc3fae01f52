import Foundation
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct PredictiveCommandTests {
  /// 240 patients of two arms; the treatment helps where the marker is high and harms where it is low, and the other column only
  /// foretells the outcome.
  private static func table() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 21), lines = ["arm,m,other,stage,days,dead,y,one,word"]
    for row in 0..<240 {
      let treated = row % 2 == 0, m = generator.normal(), other = generator.normal()
      let eta = other * 0.8 + (treated ? -m : m), time = -log(1 - generator.uniform()) / exp(eta)
      let censored = 0.3 + 2.2 * generator.uniform(), y = generator.uniform() < 1 / (1 + exp(-eta)) ? 1 : 0
      lines.append(
        "\(treated ? "drug" : "control"),\(row == 7 ? "" : "\(m)"),\(other),\(["I", "II", "III"][row % 3]),"
          + "\(min(time, censored)),\(time <= censored ? 1 : 0),\(y),1,\(row)x")
    }
    try folder.write(lines.map { $0 + "\n" }.joined(), to: "t.csv")
    return folder
  }

  private static let times = ["--treatment", "arm", "--time", "days", "--event", "dead"]

  private func json(_ folder: TemporaryFolder, _ name: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(folder.read(name).utf8)) as? [String: Any])
  }

  @Test func survivalFigureAndPage() throws {
    let folder = try Self.table()
    let run = try Command(
      arguments: ["predictive", "t.csv"] + Self.times + [
        "--marker", "m", "--marker", "other", "--horizon", "1", "--bootstrap", "20", "--randomised", "--adjust",
        "stage",
        "--figure", "f.svg", "--report", "r.html", "-o", "o.json",
      ], in: folder)
    #expect(run.status == 0 && run.errors.contains("1 of 240 rows are left out"), "\(run.errors)")
    #expect(run.errors.contains("censored before 1") && !run.errors.contains("not randomised"))
    let result = try json(folder, "o.json")
    #expect(result["treated"] as? String == "drug" && result["randomised"] as? Bool == true)
    let markers = try #require(result["markers"] as? [[String: Any]])
    #expect(markers.map { $0["verdict"] as? String } == ["predictive", "prognostic"])
    #expect(markers.map { $0["n"] as? Int } == [239, 240] && markers[0]["missing"] as? Int == 1)
    let coefficients = try #require(markers[0]["coef"] as? [String: Any])
    #expect(Set(coefficients.keys) == ["arm", "m", "stageII", "stageIII", "arm:m"])
    #expect((markers[0]["ratio_of_HR"] as? Double ?? 1) < 1 && (markers[0]["ratio_ci"] as? [Double])?.count == 2)
    for key in [
      "lrt_p", "wald_p", "score_p", "holm_p", "bh_p", "main_effects", "treatment_hr_curve", "predictiveness", "rmst",
    ] {
      #expect(markers[0][key] != nil, "\(key)")
    }
    let selection = try #require(markers[0]["selection"] as? [String: Any])
    #expect((selection["prop_marker_negative_model"] as? Double ?? 0) > 0.2 && selection["robust_vcov_HC0"] != nil)
    let limits = try #require(markers[0]["selection_ci"] as? [String: Any])
    #expect((limits["TG_total_gain_ci"] as? [Double])?.count == 2 && limits["samples"] as? Int == 20)
    let groups = try #require(markers[0]["subgroups"] as? [String: Any])
    #expect((groups["groups"] as? [String])?.count == 2 && groups["gail_simon_p"] != nil)
    #expect(try folder.read("f.svg").hasPrefix("<svg "))
    let page = try folder.read("r.html")
    #expect(page.contains("</html>") && page.contains("m is predictive: p(interaction)"))
  }

  @Test func outcomesOfTwoValuesAndCategories() throws {
    let folder = try Self.table()
    let run = try Command(
      arguments: [
        "predictive", "t.csv", "--treatment", "arm == 'drug'", "--marker", "stage", "--outcome", "y", "--at", "II",
        "-o", "o.json",
      ], in: folder)
    #expect(run.status == 0 && run.errors.contains("the treatment was not randomised, so differences"), "\(run.errors)")
    let markers = try #require(json(folder, "o.json")["markers"] as? [[String: Any]])
    #expect(markers[0]["lrt_df"] as? Int == 2 && markers[0]["rmst"] == nil)
    let effect = try #require(markers[0]["treatment_or_at"] as? [String: Any])
    #expect(effect["marker"] as? [String] == ["II"] && (effect["or"] as? [Double])?.count == 1)
    #expect((markers[0]["ratio_of_OR"] as? [String: Any])?.count == 2)
  }

  @Test func textAndTable() throws {
    let folder = try Self.table()
    let text = try Command(
      arguments: ["predictive", "t.csv"] + Self.times + [
        "--marker", "m", "--spline", "2", "--cut=-0.5", "--cut", "0.5",
      ],
      in: folder)
    #expect(text.status == 0 && text.output.hasPrefix("m is predictive: p(interaction)"), "\(text.errors)")
    #expect(text.output.contains("-0.5 ≤ m < 0.5") && text.output.contains("difference_of_differences"))
    let table = try Command(
      arguments: ["predictive", "t.csv"] + Self.times + [
        "--marker", "m", "--format", "csv", "--horizon", "1", "--censoring", "weight",
      ],
      in: folder)
    #expect(table.output.hasPrefix("marker,verdict,n,events,missing,coef.arm,coef.m,coef.arm:m,"), "\(table.errors)")
    #expect(table.errors.contains("count by those of their arm"))
  }

  @Test(arguments: [
    (["--marker", "m"], "there is no outcome"), (["--outcome", "y"], "--marker: is missing"),
    (["--marker", "m", "--time", "days"], "--time: needs --event"),
    (["--marker", "m", "--outcome", "y", "--time", "days"], "Name either an outcome"),
    (["--marker", "m", "--outcome", "y", "--horizon", "1"], "--horizon: needs --time"),
    (["--marker", "m", "--time", "days", "--event", "dead", "--horizon", "0"], "must be above 0"),
    (["--marker", "m", "--time", "days", "--event", "dead", "--bootstrap", "9"], "need --horizon"),
    (["--marker", "m", "--time", "days", "--event", "dead", "--censoring", "weight"], "needs --horizon"),
    (
      ["--marker", "m", "--time", "days", "--event", "dead", "--horizon", "1", "--censoring", "all"],
      "must be remove or weight"
    ),
    (["--marker", "m", "--outcome", "y", "--spline", "1"], "must be from 2 to 10"),
    (["--marker", "m", "--marker", "other", "--outcome", "y", "--cut", "0"], "is about one marker"),
    (["--marker", "m", "--outcome", "y", "--cut", "99"], "there is no patient with m ≥ 99"),
    (["--marker", "stage", "--outcome", "y", "--cut", "1"], "has categories, which need no cut"),
    (["--marker", "m", "--outcome", "y", "--at", "high"], "must be a number"),
    (["--marker", "stage", "--outcome", "y", "--at", "IV"], "which no row had"),
    (["--marker", "n", "--outcome", "y"], "there is no column 'n'"),
    (["--marker", "m", "--outcome", "word"], "must have two"),
    (["--marker", "one", "--outcome", "y"], "must have different values"),
    (["--marker", "m", "--outcome", "y", "--adjust", "arm"], "in the model already"),
    (["--marker", "m", "--outcome", "y", "--confidence", "95"], "must be above 0.5"),
    (["--marker", "m", "--outcome", "y", "--figure", "t.png"], "must end in .svg"),
    (["--marker", "m", "--outcome", "y", "-o", "t.csv"], "is named twice"),
  ])
  func refuses(_ arguments: [String], _ sentence: String) throws {
    let run = try Command(arguments: ["predictive", "t.csv", "--treatment", "arm"] + arguments, in: try Self.table())
    #expect(run.status == 2 && run.errors.contains(sentence) && run.output.isEmpty, "\(run.errors)")
  }

  @Test func oneArmShowsNoBenefit() throws {
    let run = try Command(
      "predictive", "t.csv", "--treatment", "one", "--marker", "m", "--outcome", "y", in: try Self.table())
    #expect(
      run.status == 2 && run.errors.contains("A cohort of a single arm can only show a prognostic effect"),
      "\(run.errors)")
  }
}
