import CBoostMath

/// Student's t distribution.
public struct StudentT: ContinuousDistribution {
  /// Degrees of freedom, above 0, not necessarily whole.
  public let df: Double
  /// With `df` degrees of freedom.
  public init(_ df: Double) { self.df = df }
  /// P(X > x).
  public func above(_ x: Double) -> Double { boostmath_t_above(x, df) }
  /// The x of which P(X ≤ x) is `p`.
  public func quantile(_ p: Double) -> Double { boostmath_t_quantile(p, df) }
}
