import RadiomicsCore
import RadiomicsNumerics

/// How far readings of one subject under the same conditions lie apart. Terms as of QIBA: Raunig et al. 2015,
/// doi:10.1177/0962280214537344; Obuchowski and Bullen 2018, doi:10.1177/0962280217693662.
package struct Repeatability: Sendable {
  /// 1.96 √2: by how much two readings of one subject differ at most in 95 of 100 pairs, in within-subject SDs.
  package static let factor = 1.96 * 2.0.squareRoot()

  /// Number of subjects (or cells) with at least two readings.
  package let count: Int
  /// Degrees of freedom: Σ (Kᵢ − 1).
  package let df: Double
  /// Within-subject variance.
  package let withinVariance: Double
  private let cells: [[Double]]
  private let grandMean: Double

  /// Readings by subject; those with a single one are left out of the spread. Nil if none has two.
  package init?(_ readings: [[Double]]) {
    cells = readings.filter { $0.count > 1 }
    guard !cells.isEmpty else { return nil }
    count = cells.count
    df = Double(cells.reduce(0) { $0 + $1.count - 1 })
    withinVariance = cells.reduce(0) { $0 + Double($1.count - 1) * variance($1) } / df
    grandMean = mean(cells.map { mean($0) })
  }

  /// Within-subject standard deviation, wSD.
  package var withinDeviation: Double { withinVariance.squareRoot() }

  /// Repeatability coefficient RC = 2.77 wSD.
  package var coefficient: Double { Self.factor * withinDeviation }

  /// By which factors the χ² confidence limits of wSD and RC, or of wCV, differ from it.
  package func limitFactors(alpha: Double = 0.05) -> (lower: Double, upper: Double) {
    let chi = ChiSquared(df)
    return ((df / chi.quantile(1 - alpha / 2)).squareRoot(), (df / chi.quantile(alpha / 2)).squareRoot())
  }

  /// Within-subject coefficient of variation as the root mean square of s/mean; nil unless all readings are positive.
  package var relativeDeviation: Double? {
    guard arePositive else { return nil }
    let sum = cells.reduce(0) { $0 + Double($1.count - 1) * variance($1) / (mean($1) * mean($1)) }
    return (sum / df).squareRoot()
  }

  /// wSD over the mean of the subjects' means, which is not that of all readings where subjects have different numbers of
  /// them; nil unless all readings are positive.
  package var deviationOverMean: Double? { arePositive ? withinDeviation / grandMean : nil }

  /// The mean of s/mean; nil unless all readings are positive. Biased low, for comparison with papers.
  package var meanRelativeDeviation: Double? {
    guard arePositive else { return nil }
    return mean(cells.map { variance($0).squareRoot() / mean($0) })
  }

  /// Within-subject standard deviation of logarithms; nil unless all readings are positive.
  package var logarithmicDeviation: Double? {
    guard arePositive else { return nil }
    return (cells.reduce(0) { $0 + Double($1.count - 1) * variance($1.map { log($0) }) } / df).squareRoot()
  }

  /// wCV of log-normal readings, √(exp(s²) − 1).
  package var lognormalDeviation: Double? { logarithmicDeviation.map { expm1($0 * $0).squareRoot() } }

  /// By which percentages two readings of a subject differ in 95 of 100 pairs, asymmetric: 100 (exp(±2.77 s) − 1).
  package var logarithmicLimits: (lower: Double, upper: Double)? {
    logarithmicDeviation.map { (100 * expm1(-Self.factor * $0), 100 * expm1(Self.factor * $0)) }
  }

  /// Mean and spread (standard deviation) of each subject's readings on a scale, the mean as measured; nil unless all readings are
  /// positive.
  func spreads(_ scale: (Double) -> Double) -> [(mean: Double, spread: Double)]? {
    guard arePositive else { return nil }
    return cells.map { (mean($0), variance($0.map(scale)).squareRoot()) }
  }

  private var arePositive: Bool { cells.allSatisfy { $0.allSatisfy { $0 > 0 } } }
}

extension Repeatability: Documented {
  package static let name = "repeatability"
  package static let summary =
    "How far readings of one subject under the same conditions lie apart: within-subject SD and CV, repeatability "
    + "coefficient."
  package static let definition =
    "wSD² = mean within-subject variance; RC = 1.96 √2 wSD; wCV = wSD / mean, for positive values on a ratio "
    + "scale only"
  package static let limits =
    "Holds for readings under the same conditions; an error that grows with the size needs the relative form."
  package static let reference =
    "Raunig et al. 2015, doi:10.1177/0962280214537344; Obuchowski and Bullen 2018, doi:10.1177/0962280217693662"
}
