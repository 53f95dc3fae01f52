import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// R's glm and survival 3.5-3, and Firth's modified scores, of a simulated cohort: `l_models.json`.
@Suite(.golden(.models)) struct ModelsReferenceTests {
  private static let cases = StatisticalReference.cases("l_models")

  private static func named(_ start: String) -> [StatisticalReference] { cases.filter { $0.id.hasPrefix(start) } }

  private static func cohort() throws -> Table { Table(texts: try StatisticalReference.table("cohort")) }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  private static func times(_ table: Table) throws -> SurvivalTimes {
    try SurvivalTimes(stop: numbers(table, "time"), isEvent: numbers(table, "event").map { $0 == 1 })
  }

  /// Values by name of coefficient.
  private static func expect(_ cells: [Cell], _ names: [String], _ reference: StatisticalReference, _ key: String)
    throws
  {
    guard case .map(let entries)? = reference[key] else { return }
    try #require(entries.map(\.key) == names, "\(reference.id) \(key)")
    for (entry, cell) in zip(entries, cells) { reference.expectValue(cell.value, entry.value, "\(key) \(entry.key)") }
  }

  private static func expect(_ matrix: Matrix, _ reference: StatisticalReference, _ key: String) throws {
    let rows = try #require(reference[key]?.asList)
    try #require(rows.count == matrix.rows)
    for (i, row) in rows.enumerated() {
      for (j, value) in row.asList!.enumerated() { reference.expectValue(matrix[i, j], value, "\(key) \(i) \(j)") }
    }
  }

  private static func frame(_ reference: StatisticalReference) throws -> ModelFrame {
    try ModelFrame(
      Formula(#require(reference.params["formula"]?.asText)), cohort(), weights: reference.params["weights"]?.asText)
  }

  @Test(arguments: named("glm_")) func logistic(_ reference: StatisticalReference) throws {
    let model = try LogisticModel(Self.frame(reference))
    for group in RegressionModel.logistic(model, covariance: model.covariance).groups {
      try Self.expect(group.statistics.map { $0.cells[0] }, model.names, reference, group.name)
    }
    try Self.expect(model.covariance, reference, "vcov")
    try Self.expect(model.robustCovariance(), reference, "robust_vcov_HC0")
    let z = NormalDistribution().quantile(0.975), limits = try #require(reference["wald_ci95"]?.asList)
    for (row, (coefficient, error)) in zip(limits, zip(model.coefficients, model.estimates.map(\.error))) {
      let center = try #require(coefficient.value), half = try #require(error.value) * z
      reference.expectValue(center - half, row.asList![0], "lower")
      reference.expectValue(center + half, row.asList![1], "upper")
    }
    reference.expectValue(model.logLikelihood, reference["loglik"]!, "loglik")
    reference.expectValue(-2 * model.nullLogLikelihood, reference["null_deviance"]!, "null_deviance")
  }

  @Test(arguments: named("firth_")) func firth(_ reference: StatisticalReference) throws {
    let model: LogisticModel
    if reference.id == "firth_separated" {
      let table = try Self.cohort().rows(Array(0..<40)), texture = try Self.numbers(table, "texture")
      let marked = zip(try Self.numbers(table, "response"), texture).map { $0 == 1 && $1 > 0 ? 1.0 : 0 }
      let frame = try ModelFrame(Formula("response ~ marked + age"), table.with("marked", .numbers(marked)))
      #expect(throws: ModelError.self) { try LogisticModel(frame) }
      model = try LogisticModel(frame, firth: true)
    } else {
      model = try LogisticModel(Self.frame(reference), firth: true)
    }
    try Self.expect(model.coefficients, model.names, reference, "coef")
    try Self.expect(model.estimates.map(\.error), model.names, reference, "se")
    reference.expectValue(model.logLikelihood, reference["loglik"]!, "loglik")
  }

  @Test(arguments: named("cox_")) func cox(_ reference: StatisticalReference) throws {
    let ties = try #require(reference.params["ties"]?.asText.flatMap { Ties(rawValue: $0) })
    let model = try CoxModel(
      Self.frame(reference), ties: ties, isRobust: reference.params["robust"]?.asFlag ?? false)
    try Self.expect(model.coefficients, model.names, reference, "coef")
    try Self.expect(model.errors(model.naiveCovariance), model.names, reference, "se")
    try Self.expect(model.errors(model.covariance), model.names, reference, "robust_se")
    try Self.expect(model.covariance, reference, "vcov")
    for (row, limits) in zip(try #require(reference["hr_ci95"]?.asList), model.estimates.map { $0.ratioLimits(0.05) }) {
      reference.expectValue(limits.lower.value, row.asList![0], "lower")
      reference.expectValue(limits.upper.value, row.asList![1], "upper")
    }
    reference.without(["coef", "se", "robust_se", "vcov", "hr_ci95"]).expect(
      [
        Statistic("n", model.count), Statistic("nevent", model.events),
        Statistic("loglik", [.value(model.nullLogLikelihood), .value(model.logLikelihood)]),
        Statistic("lr_chisq", model.likelihoodRatio.statistic), Statistic("wald_chisq", model.wald.statistic),
        Statistic("score_chisq", model.score.statistic),
      ] + (model.robustScore.map { [Statistic("robust_score", $0.statistic)] } ?? []))
  }

  @Test(arguments: named("curve_")) func curve(_ reference: StatisticalReference) throws {
    let table = try Self.cohort(), isWeighted = reference.params["weighted"]?.asFlag ?? false
    let curve = KaplanMeier(try Self.times(table), weights: isWeighted ? try Self.numbers(table, "weight") : nil)
    let at = try #require(reference.params["times"]?.asList).map { $0.asNumber! }
    let limits = try at.map { try #require(curve.limits(at: $0)) }
    func list(_ name: String, _ values: [Double]) -> Statistic { Statistic(name, values.map { .value($0) }) }
    reference.expect([
      list("n_risk", at.map { curve.atRisk(at: $0) }), list("surv", at.map { curve.survival(at: $0) }),
      list("std_err", at.map { curve.error(at: $0) }), list("lower", limits.map(\.lowerBound)),
      list("upper", limits.map(\.upperBound)),
    ])
  }

  @Test(arguments: named("rmst_")) func restrictedMeans(_ reference: StatisticalReference) throws {
    let table = try Self.cohort(), treated = try Self.numbers(table, "treated"), times = try Self.times(table)
    let horizon = try #require(reference.params["horizon"]?.asNumber)
    let arms = [0.0, 1].map { arm in times.rows(treated.indices.filter { treated[$0] == arm }) }
    let means = try arms.map { try #require(KaplanMeier($0).restrictedMean(to: horizon)) }
    let result = try #require(RestrictedMeanDifference(treated: arms[1], control: arms[0], horizon: horizon))
    let limits = try #require(result.estimate.limits())
    reference.expect([
      Statistic("rmst", means.map { .value($0.mean) }), Statistic("se", means.map { .value($0.error) }),
      Statistic("difference", result.estimate.value), Statistic("difference_se", result.estimate.error),
      Statistic("difference_ci95", [.value(limits.lowerBound), .value(limits.upperBound)]),
    ])
  }

  @Test(arguments: named("survdiff_")) func logRank(_ reference: StatisticalReference) throws {
    let table = try Self.cohort(), stage = try Self.numbers(table, "stage").map { Int($0) - 1 }
    let centres = try StatisticalReference.table("cohort").first { $0.name == "centre" }?.texts
    let strata = reference.id.contains("strata") ? centres?.map { $0 == "A" ? 0 : $0 == "B" ? 1 : 2 } : nil
    let test = try LogRankTest(
      Self.times(table), groups: stage, strata: strata, rho: #require(reference.params["rho"]?.asNumber))
    reference.expect([
      Statistic("chisq", test.test.statistic), Statistic("df", test.test.df), Statistic("p", test.test.p),
      Statistic("observed", test.observed.map { .value($0) }), Statistic("expected", test.expected.map { .value($0) }),
    ])
  }
}
