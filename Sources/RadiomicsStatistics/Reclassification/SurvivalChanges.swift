import RadiomicsCore
import RadiomicsNumerics

/// How much better one prediction of risks by a horizon tells who has the event, and how much smaller its errors are.
package struct SurvivalChanges {
  package let groups: [StatisticGroup]

  package init(
    _ base: [Double], _ extended: [Double], _ times: SurvivalTimes, _ clusters: [Int]?, horizon: Double, alpha: Double
  ) {
    let interval = intervalName(alpha)
    let first = ConcordanceIndex(base, times, clusters: clusters),
      second = ConcordanceIndex(extended, times, clusters: clusters)
    let change = ConcordanceComparison(first, second)
    let none = Reason("both predictions rank all rows alike")
    func test(_ gain: Estimate) -> [Statistic] {
      [
        Statistic("z", gain.z(orUndefined: none)),
        Statistic("p", gain.p(orUndefined: none), "that both are equally good"),
      ]
    }
    var groups = [
      StatisticGroup(
        "delta_harrell_c",
        [
          Statistic("c0", first.value, "base"), Statistic("c1", second.value, "extended"),
          Statistic("diff", change.difference.value, "gain"),
          Statistic("se_diff", change.difference.error, "joint infinitesimal jackknife"),
          Statistic(
            "vcov", [change.variances.0, change.covariance, change.covariance, change.variances.1].map { .value($0) },
            "row by row"),
          normalLimits("diff_\(interval)", change.difference, alpha: alpha),
        ] + test(change.difference))
    ]
    do throws(ModelError) {
      let a = try TimeDependentAUC(times, base, at: horizon), b = try TimeDependentAUC(times, extended, at: horizon)
      let gain = Estimate(b.auc - a.auc, error: Self.error(a.influence, b.influence, clusters))
      groups.append(
        StatisticGroup(
          "delta_auc_t",
          [
            Statistic("auc0", a.auc, "base, by the horizon"), Statistic("auc1", b.auc, "extended"),
            Statistic("delta_auc", gain.value, "gain"), Statistic("se_delta_auc", gain.error),
            normalLimits("delta_auc_\(interval)", gain, alpha: alpha),
          ] + test(gain)))
      let p = try SurvivalBrier(times, risk: base, at: horizon),
        q = try SurvivalBrier(times, risk: extended, at: horizon)
      let change = Estimate(q.score - p.score, error: Self.error(p.influence, q.influence, clusters))
      groups.append(
        StatisticGroup(
          "brier_t",
          [
            Statistic("brier0", p.score, "base, by the horizon"), Statistic("brier1", q.score, "extended"),
            Statistic("brier_difference", change.value, "below 0 the extended prediction is better"),
            Statistic("se_brier_difference", change.error),
            normalLimits("brier_difference_\(interval)", change, alpha: alpha),
          ]))
    } catch {
      groups.append(StatisticGroup("delta_auc_t", Reason(error.description)))
    }
    self.groups = groups
  }

  /// The standard error of a difference by the rows' influences, as that of each estimate.
  private static func error(_ first: [Double], _ second: [Double], _ clusters: [Int]?) -> Double {
    standardError(zip(first, second).map { $1 - $0 }, clusters).value ?? .nan
  }
}
