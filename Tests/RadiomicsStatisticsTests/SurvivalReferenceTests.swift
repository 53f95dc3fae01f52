import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// R's survival 3.5-3: Kaplan–Meier, log-rank, concordance in `d_prognostic.json`.
@Suite(.golden(.survival)) struct SurvivalReferenceTests {
  private static let cases = StatisticalReference.cases("d_prognostic")
  private static func named(_ start: String) -> [StatisticalReference] { cases.filter { $0.id.hasPrefix(start) } }

  /// The times of a data set and the numbers of some columns, in the rows where none is missing.
  static func columns(_ data: String, _ names: [String]) throws -> (times: SurvivalTimes, columns: [[Double]]) {
    let table = Table(texts: try StatisticalReference.table(data))
    let all = try (["time", "event"] + names).map { try table.numbers($0) }
    let rows = (0..<table.count).filter { row in all.allSatisfy { $0[row] != nil } }
    let values = all.map { column in rows.map { column[$0]! } }
    return (try SurvivalTimes(stop: values[0], isEvent: values[1].map { $0 == 1 }), Array(values.dropFirst(2)))
  }

  @Test(arguments: named("km_")) func kaplanMeier(_ reference: StatisticalReference) throws {
    let parts = reference.id.split(separator: "_")
    let interval = try #require(KaplanMeier.Interval(rawValue: String(parts[2])))
    let (times, columns) = try Self.columns("lung", ["sex"])
    let groups: [[Int]] =
      parts[1] == "all"
      ? [Array(0..<times.count)] : [1.0, 2].map { sex in times.stop.indices.filter { columns[0][$0] == sex } }
    let at = try #require(reference.params["times"]?.asList).map { $0.asNumber! }
    let curves = groups.map { KaplanMeier(times.rows($0)) }
    func each(_ name: String, _ value: (KaplanMeier, Double) -> Double?) -> Statistic {
      Statistic(
        name, curves.flatMap { curve in at.map { time in value(curve, time).map { .value($0) } ?? .undefined("none") } }
      )
    }
    let means = try curves.map { try #require($0.restrictedMean(to: 700)) }
    func list(_ name: String, _ values: [Double]) -> Statistic { Statistic(name, values.map { .value($0) }) }
    reference.without(["strata", "quantiles", "q_lower", "q_upper"]).expect([
      each("time") { $1 }, each("n_risk") { $0.atRisk(at: $1) }, each("surv") { $0.survival(at: $1) },
      each("std_err") { $0.error(at: $1) }, each("lower") { $0.limits(at: $1, interval)?.lowerBound },
      each("upper") { $0.limits(at: $1, interval)?.upperBound },
      each("cumhaz_nelson_aalen") { curve, time in curve.cumulativeHazard[curve.times.lastIndex { $0 <= time }!] },
      each("se_cumhaz") { curve, time in curve.hazardVariance[curve.times.lastIndex { $0 <= time }!].squareRoot() },
      list("events", curves.map { $0.events.reduce(0, +) }), list("rmst", means.map(\.mean)),
      list("rmst_se", means.map(\.error)),
    ])
    for (key, choose) in [
      ("quantiles", { $0.time }), ("q_lower", { $0.lower }), ("q_upper", { $0.upper }),
    ] as [(String, ((time: Double?, lower: Double?, upper: Double?)) -> Double?)] {
      let expected = try #require(reference.values.first { $0.key == key }?.value.asList)
      for (curve, row) in zip(curves, expected) {
        for (share, value) in zip([0.25, 0.5, 0.75], row.asList!) {
          reference.expectValue(choose(curve.quantile(share, interval)), value, "\(key) \(share)")
        }
      }
    }
  }

  @Test(arguments: named("logrank_")) func logRank(_ reference: StatisticalReference) throws {
    let isStratified = reference.id == "logrank_stratified"
    let (times, columns) = try Self.columns("lung", isStratified ? ["sex", "ecog"] : ["sex"])
    let test = try LogRankTest(
      times, groups: columns[0].map { Int($0) - 1 }, strata: isStratified ? columns[1].map { Int($0) } : nil,
      rho: reference.id == "logrank_rho1" ? 1 : 0)
    reference.without(["var"]).expect([
      Statistic("chisq", test.test.statistic), Statistic("df", test.test.df), Statistic("p", test.test.p),
      Statistic("observed", test.observed.map { .value($0) }), Statistic("expected", test.expected.map { .value($0) }),
    ])
    guard let variance = reference.values.first(where: { $0.key == "var" })?.value.asList else { return }
    for (i, row) in variance.enumerated() {
      for (j, value) in row.asList!.enumerated() { reference.expectValue(test.variance[i, j], value, "var \(i) \(j)") }
    }
  }

  @Test(arguments: named("concordance_")) func concordance(_ reference: StatisticalReference) throws {
    let (times, columns) = try Self.columns("lung_test", ["lp"])
    let parts = reference.id.dropFirst("concordance_".count).split(separator: "_")
    let name = parts.dropLast().joined(separator: "/").replacing("n/over/G2", with: "n/G2").replacing(
      "S/over/G", with: "S/G")
    let weighting = try #require(ConcordanceIndex.Weighting(rawValue: name))
    let index = ConcordanceIndex(columns[0], times, weighting, limit: parts.last == "tau500" ? 500 : .infinity)
    reference.expect([
      Statistic("c", index.value), Statistic("se", index.error), Statistic("concordant", index.concordant),
      Statistic("discordant", index.discordant), Statistic("tied_x", index.tiedRisk),
      Statistic("tied_y", index.tiedTime),
      Statistic("tied_xy", index.tiedBoth),
    ])
  }

  @Test func harrell() throws {
    let reference = try #require(StatisticalReference.cases("d2_survival_python").first { $0.id == "harrell_c" })
    let (times, columns) = try Self.columns("lung_test", ["lp"]), index = ConcordanceIndex(columns[0], times)
    reference.without(["tied_time"]).expect([
      Statistic("c", index.value), Statistic("concordant", index.concordant), Statistic("discordant", index.discordant),
      Statistic("tied_risk", index.tiedRisk),
    ])
  }

  @Test func differenceOfConcordance() throws {
    let reference = try #require(StatisticalReference.cases("f_added_value").first { $0.id == "delta_harrell_c" })
    let table = Table(texts: try StatisticalReference.table("pbc_312"))
    let models = try ["age + bili + albumin", "age + bili + albumin + protime"].map {
      try CoxModel(ModelFrame(Formula("Surv(time, event) ~ \($0)"), table))
    }
    let indices = models.map { ConcordanceIndex($0.predictors, $0.times) }
    let comparison = ConcordanceComparison(indices[0], indices[1])
    reference.without(["vcov"]).expect([
      Statistic("c0", indices[0].value), Statistic("c1", indices[1].value),
      Statistic("diff", comparison.difference.value),
      Statistic("se_diff", comparison.difference.error), Statistic("z", comparison.difference.z!),
    ])
    let expected = try #require(reference.values.first { $0.key == "vcov" }?.value.asList).map { $0.asList! }
    reference.expectValue(comparison.variances.0, expected[0][0], "var 0")
    reference.expectValue(comparison.variances.1, expected[1][1], "var 1")
    reference.expectValue(comparison.covariance, expected[0][1], "cov")
    let ratio = try #require(StatisticalReference.cases("f_added_value").first { $0.id == "lrt_cox" })
    ratio.without(["loglik"]).expect([
      Statistic("chisq", 2 * (models[1].logLikelihood - models[0].logLikelihood)), Statistic("df", 1),
      Statistic("p", ChiSquared(1).above(2 * (models[1].logLikelihood - models[0].logLikelihood))),
    ])
  }
}
