import CBoostMath

/// A continuous distribution of a test or an interval. Values by Boost.Math, double precision.
public protocol ContinuousDistribution: Sendable {
  /// P(X > x).
  func above(_ x: Double) -> Double
  /// The x of which P(X ≤ x) is `p`, from 0 to 1.
  func quantile(_ p: Double) -> Double
}

/// The standard normal distribution.
public struct NormalDistribution: ContinuousDistribution {
  /// Mean 0, variance 1.
  public init() {}
  /// P(X > x).
  public func above(_ x: Double) -> Double { boostmath_normal_below(-x) }
  /// The x of which P(X ≤ x) is `p`.
  public func quantile(_ p: Double) -> Double { boostmath_normal_quantile(p) }
}

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
  /// P(|X| > |x|).
  public func outside(_ x: Double) -> Double { 2 * above(abs(x)) }
}

/// The χ² distribution.
public struct ChiSquared: ContinuousDistribution {
  /// Degrees of freedom, above 0, not necessarily whole.
  public let df: Double
  /// With `df` degrees of freedom.
  public init(_ df: Double) { self.df = df }
  /// P(X > x).
  public func above(_ x: Double) -> Double { boostmath_chi_squared_above(x, df) }
  /// The x of which P(X ≤ x) is `p`.
  public func quantile(_ p: Double) -> Double { boostmath_chi_squared_quantile(p, df) }
}

/// Fisher's F distribution.
public struct FisherF: ContinuousDistribution {
  /// Degrees of freedom of numerator and denominator, above 0, not necessarily whole.
  public let df1: Double, df2: Double
  /// With degrees of freedom of numerator and denominator.
  public init(_ df1: Double, _ df2: Double) { (self.df1, self.df2) = (df1, df2) }
  /// P(X > x).
  public func above(_ x: Double) -> Double { boostmath_f_above(x, df1, df2) }
  /// The x of which P(X ≤ x) is `p`.
  public func quantile(_ p: Double) -> Double { boostmath_f_quantile(p, df1, df2) }
}

/// The beta distribution, on 0 to 1.
public struct BetaDistribution: ContinuousDistribution {
  /// Shapes, above 0.
  public let a: Double, b: Double
  /// With two shapes.
  public init(_ a: Double, _ b: Double) { (self.a, self.b) = (a, b) }
  /// P(X ≤ x).
  public func below(_ x: Double) -> Double { boostmath_beta_below(x, a, b) }
  /// P(X > x).
  public func above(_ x: Double) -> Double { boostmath_beta_below(1 - x, b, a) }
  /// The x of which P(X ≤ x) is `p`.
  public func quantile(_ p: Double) -> Double { boostmath_beta_quantile(p, a, b) }
}

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
