/// A continuous distribution of a test or an interval. Values by Boost.Math, double precision.
package protocol ContinuousDistribution: Sendable {
  /// P(X > x).
  func above(_ x: Double) -> Double
  /// The x of which P(X ≤ x) is `p`, from 0 to 1.
  func quantile(_ p: Double) -> Double
}

extension ContinuousDistribution {
  /// Where a distribution that is symmetric around 0 leaves α / 2 on either side: 1.96 of the normal one for 0.05.
  package func critical(_ alpha: Double) -> Double { quantile(1 - alpha / 2) }
  /// P(|X| > |x|) of a distribution that is symmetric around 0.
  package func outside(_ x: Double) -> Double { 2 * above(abs(x)) }
}
