import RadiomicsCore
import RadiomicsNumerics

/// Limits of agreement of two readings of each subject; differences are first minus second. Bland and Altman 1986,
/// doi:10.1016/S0140-6736(86)90837-8, and 1999, doi:10.1177/096228029900800204.
package struct BlandAltman: Sendable {
  /// An interval.
  package typealias Interval = (lower: Double, upper: Double)

  /// How the limits' own confidence intervals are computed.
  package enum Intervals: String, Sendable, CaseIterable {
    /// Standard error √(3/n) s.
    case approximate = "approx"
    /// Standard error √(1/n + 1.96²/(2 (n − 1))) s.
    case article1999 = "ba1999"
    /// By the non-central t distribution. Carkeet 2015, doi:10.1097/OPX.0000000000000513.
    case exact
  }

  /// Number of subjects.
  package let count: Int
  /// Mean difference.
  package let bias: Double
  /// Standard deviation of the differences, n − 1.
  package let deviation: Double
  /// bias ± 1.96 s.
  package var limits: Interval { (bias - Self.factor * deviation, bias + Self.factor * deviation) }
  /// Differences and means of each subject, in order.
  package let differences: [Double], means: [Double]
  private let pairs: [(Double, Double)]

  private static let factor = 1.96

  /// Two readings of the same subjects, at least two.
  package init(_ first: [Double], _ second: [Double]) {
    precondition(first.count == second.count && first.count > 1, "two readings of two subjects")
    pairs = Array(zip(first, second))
    differences = pairs.map { $0 - $1 }
    means = pairs.map { ($0 + $1) / 2 }
    count = pairs.count
    bias = mean(differences)
    deviation = variance(differences).squareRoot()
  }

  /// Confidence limits of the bias, by t.
  package func biasLimits(alpha: Double = 0.05) -> Interval {
    limits(of: bias, error: deviation / Double(count).squareRoot(), alpha)
  }

  /// Confidence limits of the lower and of the upper limit of agreement.
  package func limitIntervals(_ kind: Intervals, alpha: Double = 0.05) -> (lower: Interval, upper: Interval) {
    let n = Double(count), factor = Self.factor
    if kind == .exact {
      let z = NormalDistribution().quantile(0.975)
      let t = NoncentralT(n - 1, noncentrality: z * n.squareRoot()), scale = deviation / n.squareRoot()
      let near = t.quantile(alpha / 2) * scale, far = t.quantile(1 - alpha / 2) * scale
      return ((bias - far, bias - near), (bias + near, bias + far))
    }
    let share = kind == .approximate ? 3 / n : 1 / n + factor * factor / (2 * (n - 1))
    let error = share.squareRoot() * deviation
    return (limits(of: limits.lower, error: error, alpha), limits(of: limits.upper, error: error, alpha))
  }

  private func limits(of value: Double, error: Double, _ alpha: Double) -> Interval {
    let limits = Estimate(value, error: error, df: Double(count - 1)).limits(alpha)
    return (limits?.lowerBound ?? .nan, limits?.upperBound ?? .nan)
  }

  /// Whether differences grow with the mean: slope of their regression, and its p value; nil if all means are equal.
  package var proportionalBias: (slope: Double, p: Double)? {
    guard let line = LinearFit(means, differences) else { return nil }
    return (line.slope, line.slopeP(from: 0))
  }

  /// Whether both readings vary equally (Pitman and Morgan): correlation of difference and sum, and its p value.
  package var equalVariance: (correlation: Double, p: Double)? {
    guard count > 2, variance(means) > 0, deviation > 0 else { return nil }
    let r = max(-1, min(1, covariance(differences, means) / (deviation * variance(means).squareRoot())))
    let df = Double(count - 2)
    if abs(r) == 1 { return (r, 0) }
    return (r, StudentT(df).outside(r * (df / (1 - r * r)).squareRoot()))
  }

  /// Mean and standard deviation of 100 difference / mean; nil unless all readings are positive.
  package var percent: (bias: Double, deviation: Double)? {
    guard pairs.allSatisfy({ $0 > 0 && $1 > 0 }) else { return nil }
    let values = zip(differences, means).map { 100 * $0 / $1 }
    return (mean(values), variance(values).squareRoot())
  }

  /// Mean and standard deviation of ln(first / second); nil unless all readings are positive.
  package var logarithmicRatio: (bias: Double, deviation: Double)? {
    guard pairs.allSatisfy({ $0 > 0 && $1 > 0 }) else { return nil }
    let values = pairs.map { log($0 / $1) }
    return (mean(values), variance(values).squareRoot())
  }
}

extension BlandAltman: Documented {
  package static let name = "bland-altman"
  package static let summary = "Limits of agreement of two readings of each subject."
  package static let definition = "bias ± 1.96 SD of the differences, first less second"
  package static let limits =
    "Means nothing where the differences grow with the size: see the proportional bias, or take logarithms."
  package static let reference =
    "Bland and Altman 1986, doi:10.1016/S0140-6736(86)90837-8, and 1999, doi:10.1177/096228029900800204"
}
