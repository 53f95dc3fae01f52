import RadiomicsCore
import RadiomicsNumerics

/// A number of cases out of so many, with limits of its share. Brown, Cai and DasGupta 2001, doi:10.1214/ss/1009213286.
public struct Proportion: Sendable, Hashable {
  /// Cases, and how many there could be.
  public let cases: Int, total: Int
  /// Their share; not a number of none.
  public var estimate: Double { Double(cases) / Double(total) }

  /// Cases out of so many.
  public init(_ cases: Int, of total: Int) {
    precondition(cases >= 0 && cases <= total, "some out of all")
    (self.cases, self.total) = (cases, total)
  }

  /// A rule for limits.
  public enum Rule: String, Sendable, CaseIterable {
    case wilson
    /// Wilson's with the correction for continuity, as R's `prop.test`.
    case wilsonCorrected = "wilson_cc"
    case clopperPearson = "clopper_pearson"
    case agrestiCoull = "agresti_coull"
    case jeffreys
  }

  /// The limits; nil of none.
  public func limits(_ rule: Rule, alpha: Double = 0.05) -> ClosedRange<Double>? {
    guard total > 0 else { return nil }
    let n = Double(total), x = Double(cases), z = NormalDistribution().quantile(1 - alpha / 2)
    switch rule {
    case .wilson: return wilson(n, z, shift: 0)
    case .wilsonCorrected: return wilson(n, z, shift: min(0.5, abs(x - n / 2)))
    case .clopperPearson:
      let low = cases == 0 ? 0 : BetaDistribution(x, n - x + 1).quantile(alpha / 2)
      return low...(cases == total ? 1 : BetaDistribution(x + 1, n - x).quantile(1 - alpha / 2))
    case .jeffreys:
      let beta = BetaDistribution(x + 0.5, n - x + 0.5)
      return beta.quantile(alpha / 2)...beta.quantile(1 - alpha / 2)
    case .agrestiCoull:
      let m = n + z * z, center = (x + z * z / 2) / m, half = z * (center * (1 - center) / m).squareRoot()
      return max(0, center - half)...min(1, center + half)
    }
  }

  private func wilson(_ n: Double, _ z: Double, shift: Double) -> ClosedRange<Double> {
    let part = z * z / (2 * n)
    func edge(_ sign: Double) -> Double {
      let p = estimate + sign * shift / n
      let root = z * max(0, p * (1 - p) / n + part / (2 * n)).squareRoot()
      return min(max((p + part + sign * root) / (1 + 2 * part), 0), 1)
    }
    return (cases == 0 ? 0 : edge(-1))...(cases == total ? 1 : edge(1))
  }

  /// The share and its limits by every rule.
  public func group(_ name: String, alpha: Double = 0.05, _ meaning: String) -> StatisticGroup {
    guard total > 0 else { return StatisticGroup(name, "there are no such rows") }
    let intervals = Rule.allCases.map { rule in
      Statistic(rule.rawValue, limits(rule, alpha: alpha).map { [.value($0.lowerBound), .value($0.upperBound)] } ?? [])
    }
    return StatisticGroup(name, [Statistic("est", estimate, meaning)] + intervals)
  }
}
