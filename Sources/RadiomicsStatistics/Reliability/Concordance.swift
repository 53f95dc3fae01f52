import RadiomicsCore
import RadiomicsNumerics

/// Lin's concordance correlation coefficient of two readings of each subject, with variances divided by n. Lin 1989,
/// doi:10.2307/2532051; standard error corrected by Lin 2000, doi:10.1111/j.0006-341X.2000.00324.x.
package struct Concordance: Sendable, Hashable {
  /// How limits are computed.
  package enum Limits: String, Sendable, CaseIterable {
    /// On Fisher's z scale: within −1 to 1.
    case fisher = "z-transform"
    /// On the scale of the coefficient.
    case asymptotic
  }

  /// Number of subjects.
  package let count: Int
  /// The coefficient.
  package let value: Double
  /// The coefficient with variances divided by n − 1.
  package let unbiasedValue: Double
  /// Pearson's correlation.
  package let precision: Double
  /// Ratio of standard deviations, second to first.
  package let scaleShift: Double
  /// Difference of means, second minus first, over the geometric mean of the standard deviations.
  package let locationShift: Double
  /// The coefficient over Pearson's correlation: 1 without shifts.
  package var biasCorrection: Double { 2 / (scaleShift + 1 / scaleShift + locationShift * locationShift) }

  /// Two readings of the same subjects, at least three of them, neither constant.
  package init(_ first: [Double], _ second: [Double]) {
    precondition(first.count == second.count && first.count > 2, "two readings of three subjects")
    let n = Double(first.count), meanA = first.reduce(0, +) / n, meanB = second.reduce(0, +) / n
    var aa = 0.0, bb = 0.0, ab = 0.0
    for (a, b) in zip(first, second) {
      aa += (a - meanA) * (a - meanA)
      bb += (b - meanB) * (b - meanB)
      ab += (a - meanA) * (b - meanB)
    }
    let shift = (meanA - meanB) * (meanA - meanB)
    count = first.count
    value = 2 * ab / n / ((aa + bb) / n + shift)
    unbiasedValue = 2 * ab / (n - 1) / ((aa + bb) / (n - 1) + shift)
    precision = ab / (aa * bb).squareRoot()
    scaleShift = (bb / aa).squareRoot()
    locationShift = (meanB - meanA) / ((aa / n) * (bb / n)).squareRoot().squareRoot()
  }

  /// Limits of the coefficient; nil where the correlation is 0 or perfect.
  package func limits(_ kind: Limits, alpha: Double = 0.05) -> (lower: Double, upper: Double)? {
    let p = value, r2 = precision * precision, u2 = locationShift * locationShift
    guard r2 > 0, p * p < 1 else { return nil }
    let variance =
      ((1 - r2) * p * p * (1 - p * p) / r2 + 2 * p * p * p * (1 - p) * u2 / precision - p * p * p * p * u2 * u2
        / (2 * r2))
      / Double(count - 2)
    let estimate = Estimate(p, error: variance.squareRoot(), kind == .asymptotic ? .plain : .fisher)
    return estimate.limits(alpha).map { ($0.lowerBound, $0.upperBound) }
  }
}

extension Concordance: Documented {
  package static let name = "ccc"
  package static let summary = "Lin's concordance correlation coefficient of two readings of each subject."
  package static let definition = "ρc = 2 s₁₂ / (s₁² + s₂² + (m₁ − m₂)²), variances divided by n"
  package static let limits = "Grows with the spread of the subjects, as every correlation does."
  package static let reference = "Lin 1989, doi:10.2307/2532051, corrected 2000, doi:10.1111/j.0006-341X.2000.00324.x"
}
