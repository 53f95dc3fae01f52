import CBoostMath

/// The beta distribution, on 0 to 1.
package struct BetaDistribution: ContinuousDistribution {
  /// Shapes, above 0.
  package let a: Double, b: Double
  /// With two shapes.
  package init(_ a: Double, _ b: Double) { (self.a, self.b) = (a, b) }
  /// P(X ≤ x).
  package func below(_ x: Double) -> Double { boostmath_beta_below(x, a, b) }
  /// P(X > x).
  package func above(_ x: Double) -> Double { boostmath_beta_below(1 - x, b, a) }
  /// The x of which P(X ≤ x) is `p`.
  package func quantile(_ p: Double) -> Double { boostmath_beta_quantile(p, a, b) }
}
