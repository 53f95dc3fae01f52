import CBoostMath

/// The non-central t distribution: (Z + δ) / √(χ²/df).
public struct NoncentralT: ContinuousDistribution {
  /// Degrees of freedom, above 0.
  public let df: Double
  /// δ.
  public let noncentrality: Double
  /// With `df` degrees of freedom.
  public init(_ df: Double, noncentrality: Double) { (self.df, self.noncentrality) = (df, noncentrality) }
  /// P(X ≤ x).
  public func below(_ x: Double) -> Double { boostmath_noncentral_t_below(x, df, noncentrality) }
  /// P(X > x).
  public func above(_ x: Double) -> Double { 1 - below(x) }
  /// The x of which P(X ≤ x) is `p`.
  public func quantile(_ p: Double) -> Double { boostmath_noncentral_t_quantile(p, df, noncentrality) }
}
