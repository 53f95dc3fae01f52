import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// R's timeROC, riskRegression, survC1, survAUC and survival: `d_prognostic.json`; scikit-survival:
/// `d2_survival_python.json`.
@Suite(.golden(.survivalAccuracy)) struct SurvivalAccuracyReferenceTests {
  private static let cases =
    StatisticalReference.cases("d_prognostic") + StatisticalReference.cases("d2_survival_python")

  private static func named(_ start: String) -> [StatisticalReference] { cases.filter { $0.id.hasPrefix(start) } }
  private static func only(_ id: String) throws -> StatisticalReference { try #require(cases.first { $0.id == id }) }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  private static func rows(_ name: String) throws -> (table: Table, times: SurvivalTimes) {
    let table = Table(texts: try StatisticalReference.table(name))
    let times = try SurvivalTimes(stop: numbers(table, "time"), isEvent: numbers(table, "event").map { $0 == 1 })
    return (table, times)
  }

  private static func risks(_ table: Table, _ horizons: [Double]) throws -> [[Double]] {
    try horizons.map { try numbers(table, "risk\(Int($0))") }
  }

  /// scikit-survival's weights, of the rows that the case names.
  private static func weights(_ reference: StatisticalReference) throws -> CensoringWeights {
    try CensoringWeights(rows(reference.id.contains("_train_") ? "lung_train" : "lung_test").times, .right)
  }

  private static let horizons: [Double] = [150, 250, 365, 500]

  @Test func timeROC() throws {
    let (table, times) = try Self.rows("lung_test")
    let result = try TimeDependentAUC.statistics(
      times, [Self.numbers(table, "lp")], at: Self.horizons, tiedTimes: .inRowOrder)
    try Self.only("timeROC_marginal").expect(
      result + [Statistic("se", #require(result.first { $0.name == "auc_se" }).cells)])
  }

  @Test func score() throws {
    let (table, times) = try Self.rows("lung_test"), risks = try Self.risks(table, Self.horizons)
    // riskRegression gives 0 for the first horizon alone, over which nothing is integrated.
    let scores = SurvivalBrier.statistics(times, risks: risks, at: Self.horizons, .step).map { statistic in
      guard statistic.name.hasPrefix("ibs") else { return statistic }
      #expect(statistic.cells[0].reason?.text.contains("spans no time") == true)
      return Statistic(statistic.name, [.value(0)] + statistic.cells.dropFirst())
    }
    try Self.only("score_auc_brier").expect(
      TimeDependentAUC.statistics(times, risks, at: Self.horizons) + scores)
    // riskRegression 2022.11.28, Score(..., cens.model = "km")$Brier$score, rows of the null model.
    let errors = [0.02438785127583332, 0.01163416151308669, 0.00186120233354904, 0.01107624496861293]
    for (horizon, expected) in zip(Self.horizons, errors) {
      expectClose(try #require(SurvivalBrier.null(times, at: horizon).error.value), expected, relative: 1e-9)
    }
  }

  @Test(arguments: named("cumulative_dynamic_auc_")) func cumulativeDynamic(_ reference: StatisticalReference) throws {
    let (table, times) = try Self.rows("lung_test")
    reference.expect(
      try TimeDependentAUC.statistics(
        times, [Self.numbers(table, "lp")], at: [120, 200, 300, 400, 500, 600], censoring: Self.weights(reference)))
  }

  @Test(arguments: named("brier_")) func brier(_ reference: StatisticalReference) throws {
    let (table, times) = try Self.rows("lung_test"), risks = try Self.risks(table, Self.horizons)
    let result = SurvivalBrier.statistics(
      times, risks: risks, at: Self.horizons, censoring: try Self.weights(reference), .trapezoid)
    let integrated = try #require(result.first { $0.name == "ibs" }?.cells.last)
    reference.expect([Statistic("ibs", integrated)] + result)
  }

  @Test(arguments: named("uno_c_t")) func uno(_ reference: StatisticalReference) throws {
    let (table, times) = try Self.rows("lung_test")
    let result = try UnoConcordance(
      times, Self.numbers(table, "lp"), before: reference.id.hasSuffix("500") ? 500 : nil,
      censoring: Self.weights(reference))
    reference.expect([
      Statistic("c", result.estimate), Statistic("concordant", result.concordant),
      Statistic("discordant", result.discordant), Statistic("tied_risk", result.tiedRisk),
      Statistic("tied_time", result.tiedTime),
    ])
  }

  @Test func survC1() throws {
    let (table, times) = try Self.rows("lung_test")
    let weights = try CensoringWeights(times, .left, eventsFirst: false)
    let result = try UnoConcordance(
      times, Self.numbers(table, "lp"), before: 500, censoring: weights, tiedTimes: .leftOut)
    try Self.only("uno_c_survC1").expect([Statistic("c", result.estimate)])
  }

  /// Rows 86 and 105 are patients with equal covariates, whose predictors by R's `predict`, a product by BLAS, were apart in the last
  /// bit: such a pair counts one half, one of equal predictors nothing.
  @Test func gonenHeller() throws {
    let predictors = try Self.numbers(Self.rows("lung_test").table, "lp")
    #expect(predictors[85] == predictors[104])
    let equal = try #require(GonenHeller(predictors).estimate.value)
    try Self.only("gonen_heller").expect([Statistic("K", equal + 0.5 / (106 * 105 / 2))])
  }

  @Test(arguments: named("calibration_t")) func calibration(_ reference: StatisticalReference) throws {
    let (table, times) = try Self.rows("lung_test"), horizon = reference.id.suffix(3)
    let result = try SurvivalCalibration(
      times, risk: Self.numbers(table, "risk\(horizon)"), at: #require(Double(horizon)))
    reference.expect(result.statistics + result.slope())
  }

  @Test func calibrationSlope() throws {
    let (table, times) = try Self.rows("lung_test")
    let slope = SurvivalCalibration.slope(of: try Self.numbers(table, "lp"), times)
    try Self.only("calibration_slope").expect(slope + [Statistic("se", slope[1].cells)])
  }
}
