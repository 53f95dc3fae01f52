import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Survival of groups of patients, and whether it differs.
package struct SurvivalGroups: Sendable {
  /// One group.
  package struct Group: Sendable {
    /// Its value in the column, or `all`.
    package let name: String
    /// Its survival.
    package let curve: KaplanMeier
    /// Number of patients.
    package let count: Int
    /// What is said about it.
    package let statistics: [Statistic]
  }

  /// By which column; nil for all rows together.
  package let column: String?
  /// In order of their names.
  package let groups: [Group]
  /// Tests of the groups; empty for one.
  package let tests: [StatisticGroup]
  /// P of the log-rank test; nil for one group.
  package let logRankP: Double?

  init(_ rows: PrognosticRows, _ moments: [Double], _ options: Prognosis.Options) throws(ModelError) {
    let (codes, names) =
      try options.group.map { name throws(ModelError) in try rows.codes(name) } ?? (
        rows.times.stop.map { _ in 0 }, ["all"]
      )
    let weights = try rows.weights(options)
    if let group = options.group, names.count < 2 {
      throw ModelError.at("column '\(group)'", "has one group, must have at least two to be compared.")
    }
    guard names.count <= 50 else {
      throw ModelError.at(
        "column '\(options.group ?? "")'", "has \(names.count) groups, must have at most 50. Is it an identifier?",
        .cutAsMarker)
    }
    self.init(
      options.group, rows.times, codes, names, weights, rows.clusters, moments, options,
      tests: names.count < 2 ? ([], nil) : try Self.tests(rows, codes, options))
  }

  /// - `codes`: Number from 0 of each row's group.
  /// - `names`: Of the groups.
  init(
    _ column: String?, _ times: SurvivalTimes, _ codes: [Int], _ names: [String], _ weights: [Double]?,
    _ clusters: [Int]?, _ moments: [Double],
    _ options: Prognosis.Options, tests: (groups: [StatisticGroup], p: Double?) = ([], nil)
  ) {
    (self.column, self.tests, logRankP) = (column, tests.groups, tests.p)
    let members = names.indices.map { code in codes.indices.filter { codes[$0] == code } }
    let horizon =
      options.horizon ?? members.map { rows in rows.map { times.stop[$0] }.max() ?? 0 }.min() ?? 0
    groups = zip(names, members).map { name, rows in
      let own = clusters.rows(rows)
      let curve = KaplanMeier(times.rows(rows), weights: weights.map { all in rows.map { all[$0] } }, clusters: own)
      return Group(
        name: name, curve: curve, count: own.patients(rows.count),
        statistics: own.counts(rows.count) + Self.statistics(curve, moments, horizon, options))
    }
  }

  private static func tests(_ rows: PrognosticRows, _ codes: [Int], _ options: Prognosis.Options) throws(ModelError)
    -> (groups: [StatisticGroup], p: Double?)
  {
    let strata = try options.stratify.map { name throws(ModelError) in try rows.codes(name).codes }
    var tests: [StatisticGroup] = [], p: Double?
    for (name, rho) in [("log_rank", 0.0), ("peto", 1)] {
      let result = try LogRankTest(rows.times, groups: codes, strata: strata, rho: rho)
      if rho == 0 { p = result.test.p }
      let clustered = rho == 0 ? robust(rows.times, codes, strata, rows.clusters) : []
      let independent = rows.clusters == nil ? "" : ", if rows are independent"
      tests.append(
        StatisticGroup(
          name,
          [
            Statistic("chisq", result.test.statistic), Statistic("df", result.test.df),
            Statistic(
              "p", result.test.p,
              (rho == 0 ? "that all groups are alike" : "the same, with more weight on early events") + independent),
            Statistic("observed", result.observed.map { .value($0) }, "events"),
            Statistic("expected", result.expected.map { .value($0) }, "if all were alike"),
            Statistic(
              "var", result.variance.elements.map { .value($0) }, "covariances of observed less expected, row by row"),
          ] + clustered))
    }
    return (tests, p)
  }

  /// The log-rank test that allows for several rows of a patient; none where each row is one.
  static func robust(_ times: SurvivalTimes, _ codes: [Int], _ strata: [Int]?, _ clusters: [Int]?)
    -> [Statistic]
  {
    guard let clusters else { return [] }
    let test: CoxModel.Test
    do throws(ModelError) {
      test = try LogRankTest.clustered(times, groups: codes, strata: strata, clusters: clusters)
    } catch {
      let none = Cell.undefined(Reason(error.description))
      return [Statistic("robust_chisq", none), Statistic("robust_df", none), Statistic("robust_p", none)]
    }
    return [
      Statistic("robust_chisq", test.statistic, "score test by the patients' influences"),
      Statistic("robust_df", test.df),
      Statistic("robust_p", test.p, "that all groups are alike"),
    ]
  }

  private static func statistics(
    _ curve: KaplanMeier, _ moments: [Double], _ horizon: Double, _ options: Prognosis.Options
  ) -> [Statistic] {
    let interval = options.interval, alpha = options.alpha, unseen = Cell.undefined("nobody was seen so long")
    let quantiles = [0.25, 0.5, 0.75].map { curve.quantile($0, interval, alpha: alpha) }
    let notReached = Cell.undefined("so many events have not happened"),
      none = Cell.undefined("the scale has no limit here")
    func cells(_ values: [Double?], _ reason: Cell) -> [Cell] { values.map { $0.map { .value($0) } ?? reason } }
    let seen = moments.map { $0 <= curve.times.last ?? 0 || curve.survival.last == 0 }
    let limits = zip(moments, seen).map { $1 ? curve.limits(at: $0, interval, alpha: alpha) : nil }
    func known(_ values: [Double]) -> [Cell] { zip(values, seen).map { $1 ? .value($0) : unseen } }
    let steps = moments.map { curve.step(at: $0) }
    let mean = curve.restrictedMean(to: horizon)
    return [
      Statistic("events", curve.events.reduce(0, +)),
      Statistic("median", cells([quantiles[1].time], notReached)[0], "time by which half have had the event"),
      Statistic("median_ci", cells([quantiles[1].lower, quantiles[1].upper], notReached)),
      Statistic("quantiles", cells(quantiles.map(\.time), notReached), "by which 25, 50 and 75 % have had it"),
      Statistic("q_lower", cells(quantiles.map(\.lower), notReached)),
      Statistic("q_upper", cells(quantiles.map(\.upper), notReached)),
      Statistic("time", moments.map { .value($0) }),
      Statistic("n_risk", moments.map { .value(curve.atRisk(at: $0)) }, "still seen"),
      Statistic("surv", known(moments.map { curve.survival(at: $0) }), "share without the event"),
      Statistic("std_err", known(moments.map { curve.error(at: $0) })),
      Statistic("lower", cells(limits.map { $0?.lowerBound }, none)),
      Statistic("upper", cells(limits.map { $0?.upperBound }, none)),
      Statistic("cumhaz_nelson_aalen", known(steps.map { $0.map { curve.cumulativeHazard[$0] } ?? 0 })),
      Statistic("se_cumhaz", known(steps.map { $0.map { curve.hazardVariance[$0].squareRoot() } ?? 0 })),
      Statistic("rmst_tau", horizon),
      Statistic("rmst", mean.map { .value($0.mean) } ?? unseen, "mean time without the event until rmst_tau"),
      Statistic("rmst_se", mean.map { .value($0.error) } ?? unseen),
      Statistic(
        "rmst_ci",
        mean.map { Estimate($0.mean, error: $0.error).limits(alpha, orUndefined: "nothing varies") }
          ?? [unseen, unseen]),
    ]
  }
}
