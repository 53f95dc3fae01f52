import CBoostMath

/// The non-central t distribution: (Z + δ) / √(χ²/df).
package struct NoncentralT: ContinuousDistribution {
  /// Degrees of freedom, above 0.
  package let df: Double
  /// δ.
  package let noncentrality: Double
  /// With `df` degrees of freedom.
  package init(_ df: Double, noncentrality: Double) { (self.df, self.noncentrality) = (df, noncentrality) }
  /// P(X ≤ x).
  package func below(_ x: Double) -> Double { boostmath_noncentral_t_below(x, df, noncentrality) }
  /// P(X > x).
  package func above(_ x: Double) -> Double { 1 - below(x) }
  /// The x of which P(X ≤ x) is `p`.
  package func quantile(_ p: Double) -> Double { boostmath_noncentral_t_quantile(p, df, noncentrality) }
}
