import CBoostMath

/// Fisher's F distribution.
package struct FisherF: ContinuousDistribution {
  /// Degrees of freedom of numerator and denominator, above 0, not necessarily whole.
  package let df1: Double, df2: Double
  /// With degrees of freedom of numerator and denominator.
  package init(_ df1: Double, _ df2: Double) { (self.df1, self.df2) = (df1, df2) }
  /// P(X > x).
  package func above(_ x: Double) -> Double { boostmath_f_above(x, df1, df2) }
  /// The x of which P(X ≤ x) is `p`.
  package func quantile(_ p: Double) -> Double { boostmath_f_quantile(p, df1, df2) }
}
