import CBoostMath

/// Student's t distribution.
package struct StudentT: ContinuousDistribution {
  /// Degrees of freedom, above 0, not necessarily whole.
  package let df: Double
  /// With `df` degrees of freedom.
  package init(_ df: Double) { self.df = df }
  /// P(X > x).
  package func above(_ x: Double) -> Double { boostmath_t_above(x, df) }
  /// The x of which P(X ≤ x) is `p`.
  package func quantile(_ p: Double) -> Double { boostmath_t_quantile(p, df) }
}
