/// A continuous distribution of a test or an interval. Values by Boost.Math, double precision.
public protocol ContinuousDistribution: Sendable {
  /// P(X > x).
  func above(_ x: Double) -> Double
  /// The x of which P(X ≤ x) is `p`, from 0 to 1.
  func quantile(_ p: Double) -> Double
}
