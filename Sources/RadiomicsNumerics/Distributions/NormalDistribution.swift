import CBoostMath
import RadiomicsCore

/// The standard normal distribution.
package struct NormalDistribution: ContinuousDistribution {
  /// Mean 0, variance 1.
  package init() {}
  /// P(X > x).
  package func above(_ x: Double) -> Double { boostmath_normal_below(-x) }
  /// log P(X > x), also where the probability is below the smallest number (Abramowitz and Stegun 26.2.12).
  package func logAbove(_ x: Double) -> Double {
    guard x > 30 else { return log(above(x)) }
    let q = 1 / (x * x)
    let series = -q * (1 - q * (3 - q * (15 - q * (105 - q * 945))))
    return -x * x / 2 - log(x * (2 * Double.pi).squareRoot()) + log1p(series)
  }
  /// The x of which P(X ≤ x) is `p`.
  package func quantile(_ p: Double) -> Double { boostmath_normal_quantile(p) }
}
