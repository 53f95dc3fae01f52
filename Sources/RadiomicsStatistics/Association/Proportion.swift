import RadiomicsCore
import RadiomicsNumerics

/// A number of cases out of so many, with limits of its share. Brown, Cai and DasGupta 2001, doi:10.1214/ss/1009213286.
package struct Proportion: Sendable, Hashable {
  /// Cases, and how many there could be.
  package let cases: Int, total: Int
  /// Their share; not a number of none.
  package var estimate: Double { Double(cases) / Double(total) }

  /// Cases out of so many.
  package init(_ cases: Int, of total: Int) {
    precondition(cases >= 0 && cases <= total, "some out of all")
    (self.cases, self.total) = (cases, total)
  }

  /// A rule for limits.
  package enum Rule: String, Sendable, CaseIterable {
    case wilson
    /// Wilson's with the correction for continuity, as R's `prop.test`.
    case wilsonCorrected = "wilson_cc"
    case clopperPearson = "clopper_pearson"
    case agrestiCoull = "agresti_coull"
    case jeffreys
  }

  /// The limits; nil of none.
  package func limits(_ rule: Rule, alpha: Double = 0.05) -> ClosedRange<Double>? {
    guard total > 0 else { return nil }
    let n = Double(total), x = Double(cases), z = NormalDistribution().critical(alpha)
    switch rule {
    case .wilson: return Self.wilson(estimate, n, z, shift: 0)
    case .wilsonCorrected: return Self.wilson(estimate, n, z, shift: min(0.5, abs(x - n / 2)))
    case .clopperPearson:
      let low = cases == 0 ? 0 : BetaDistribution(x, n - x + 1).quantile(alpha / 2)
      return low...(cases == total ? 1 : BetaDistribution(x + 1, n - x).quantile(1 - alpha / 2))
    case .jeffreys:
      let beta = BetaDistribution(x + 0.5, n - x + 0.5)
      return beta.quantile(alpha / 2)...beta.quantile(1 - alpha / 2)
    case .agrestiCoull:
      let m = n + z * z, center = (x + z * z / 2) / m
      return Estimate(center, error: (center * (1 - center) / m).squareRoot()).limits(alpha)?.clamped(to: 0...1)
    }
  }

  fileprivate static func wilson(_ share: Double, _ n: Double, _ z: Double, shift: Double) -> ClosedRange<Double> {
    let part = z * z / (2 * n)
    func edge(_ sign: Double) -> Double {
      let p = share + sign * shift / n
      let root = z * max(0, p * (1 - p) / n + part / (2 * n)).squareRoot()
      return min(max((p + part + sign * root) / (1 + 2 * part), 0), 1)
    }
    return (share == 0 ? 0 : edge(-1))...(share == 1 ? 1 : edge(1))
  }
}

/// A share of rows of which several may belong to one patient: limits are Wilson's for as many independent rows as tell the same.
/// Rao and Scott 1992, doi:10.2307/2532311.
package struct ClusteredProportion: Sendable {
  private let share: Double, size: Double

  /// - `clusters`: Numbers from 0 of the patients.
  package init(_ isCase: [Bool], _ clusters: [Int]) {
    let n = Double(isCase.count), share = Double(isCase.count { $0 }) / n, patients = Double(Set(clusters).count)
    let variance = [Int]?.some(clusters).variance(of: isCase.map { (($0 ? 1 : 0) - share) / n })
    self.share = share
    // Where all rows are alike nothing tells how alike those of a patient are: they count once.
    size = share * (1 - share) > 0 && variance > 0 ? share * (1 - share) / variance : patients
  }

  package func limits(alpha: Double) -> ClosedRange<Double>? {
    guard share.isFinite, size > 0, size.isFinite else { return nil }
    return Proportion.wilson(share, size, NormalDistribution().critical(alpha), shift: 0)
  }
}
