import RadiomicsCore
import RadiomicsNumerics

/// The scale on which the errors of a feature do not grow with its value.
package enum ErrorScale: String, Sendable, Hashable, CaseIterable {
  /// As measured: a change is a difference.
  case plain
  /// Logarithms: a change is a ratio.
  case log

  /// What changed from one value to another on this scale; nil for the logarithm of what is not above 0.
  package func change(from first: Double, to second: Double) -> Double? {
    guard self == .log else { return second - first }
    return first > 0 && second > 0 ? logarithm(second / first) : nil
  }
}

private func logarithm(_ ratio: Double) -> Double { log(ratio) }

/// How far readings of one subject lie apart where nothing has changed, as a study of repeated readings estimated it.
package struct MeasurementError: Sendable, Hashable {
  /// The scale on which errors are constant.
  package let scale: ErrorScale
  /// Within-subject standard deviation on that scale.
  package let deviation: Double
  /// Degrees of freedom of the study; infinite where nobody says.
  package let df: Double

  package init(_ scale: ErrorScale, deviation: Double, df: Double) {
    (self.scale, self.deviation, self.df) = (scale, deviation, df)
  }

  /// The standard deviation of the difference of two readings, √2 wSD.
  package var ofDifference: Double { 2.0.squareRoot() * deviation }

  /// How far two readings of an unchanged subject lie apart at most in 1 − alpha of pairs: t(1 − alpha/2, df) √2 wSD. The quantile
  /// of t allows for wSD being an estimate: with 1.96 and 10 degrees of freedom 7.8 % of unchanged subjects would lie beyond it.
  package func limit(alpha: Double = 0.05) -> Double {
    let quantile = df.isFinite ? StudentT(df).quantile(1 - alpha / 2) : NormalDistribution().quantile(1 - alpha / 2)
    return quantile * ofDifference
  }
}

/// What a change is against its error.
package enum ChangeVerdict: String, Sendable, Hashable, CaseIterable {
  case increase, decrease
  case within = "within repeatability"

  /// - `limit`: What an unchanged subject does not exceed.
  package init(_ change: Double, limit: Double) {
    self = abs(change) <= limit ? .within : change > 0 ? .increase : .decrease
  }
}

/// The errors of one feature: under the same conditions, and on another scanner.
package struct FeatureErrors: Sendable, Hashable {
  /// Of readings under the same conditions.
  package let same: MeasurementError
  /// Of readings on different scanners; nil where no study compared scanners.
  package let other: MeasurementError?
  /// The repeatability coefficient in the unit of the feature; nil where errors are known as ratios only.
  package let coefficient: Double?

  package init(_ same: MeasurementError, other: MeasurementError? = nil, coefficient: Double? = nil) {
    (self.same, self.other, self.coefficient) = (same, other, coefficient)
  }
}

/// The largest of several changes of one subject against their errors: what it exceeds in alpha of unchanged subjects.
package enum FamilyLimit: Sendable, Hashable {
  /// Largest |t| that subjects of a retest study reach, each judged by the errors of all others; of so many subjects.
  case measured(Double, subjects: Int)
  /// Šidák's level for each of so many features.
  case sidak(alpha: Double, features: Int)

  /// The fewest subjects of which the largest residual tells.
  package static let fewest = 40

  /// From the residuals of test and retest where there are 40 subjects, else by Šidák.
  ///
  /// Of m unchanged subjects and one more, whose order is chance, the one more is beyond the ⌈(1 − alpha)(m + 1)⌉-th smallest of the
  /// others with a probability of at most alpha, whatever the features' correlations are.
  /// - `readings`: By feature, on the scale of its errors: first and second reading of each subject, the same subjects in all.
  package init(_ readings: [[(first: Double, second: Double)]], features: Int, alpha: Double = 0.05) {
    let count = readings.first?.count ?? 0, rank = Int(((1 - alpha) * Double(count + 1)).rounded(.up))
    guard count >= Self.fewest, rank <= count, readings.count == features else {
      self = .sidak(alpha: 1 - pow(1 - alpha, 1 / Double(max(1, features))), features: features)
      return
    }
    var largest = [Double](repeating: 0, count: count)
    for pairs in readings {
      let squares = pairs.map { ($0.second - $0.first) * ($0.second - $0.first) }, sum = squares.reduce(0, +)
      for (subject, square) in squares.enumerated() {
        let others = (sum - square) / Double(count - 1)
        let t = others > 0 ? (square / others).squareRoot() : square > 0 ? .infinity : 0
        largest[subject] = max(largest[subject], t)
      }
    }
    self = .measured(largest.sorted()[rank - 1], subjects: count)
  }

  /// The limit of one feature's change.
  package func limit(_ error: MeasurementError) -> Double {
    switch self {
    case .measured(let t, _): t * error.ofDifference
    case .sidak(let alpha, _): error.limit(alpha: alpha)
    }
  }
}

extension Repeatability {
  /// The scale on which errors are constant: logarithms of positive readings on a ratio scale whose spread grows with the subject's
  /// mean (Spearman, one-sided P < 0.05) and does so less for logarithms; else as measured.
  package func errorScale(_ scale: Scale?) -> ErrorScale {
    guard scale == .ratio, let logarithms = spreads({ log($0) }), let plain = spreads({ $0 }), plain.count > 4 else {
      return .plain
    }
    let before = Self.association(plain), after = Self.association(logarithms)
    let n = Double(plain.count), t = before * ((n - 2) / max(1e-12, 1 - before * before)).squareRoot()
    return StudentT(n - 2).above(t) < 0.05 && abs(after) < before ? .log : .plain
  }

  private static func association(_ points: [(mean: Double, spread: Double)]) -> Double {
    let a = ColumnCorrelations.ranks(points.map(\.mean)), b = ColumnCorrelations.ranks(points.map(\.spread))
    let middle = mean(a), products = zip(a, b).reduce(0) { $0 + ($1.0 - middle) * ($1.1 - middle) }
    let squares = [a, b].map { $0.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } }
    return squares[0] > 0 && squares[1] > 0 ? products / (squares[0] * squares[1]).squareRoot() : 0
  }
}

extension MeasurementError: Documented {
  package static let name = "measurement-error"
  package static let summary = "What a change must exceed to be more than the error of two readings."
  package static let definition =
    "limit = t(0.975, df) · √2 · wSD on the scale on which errors are constant; familywise by the largest |t| of test and retest of "
    + "at least 40 subjects, else by Šidák"
  package static let limits =
    "Holds for readings made as those of the study that estimated wSD; on another scanner by the reproducibility between scanners."
  package static let reference =
    "Raunig et al. 2015, doi:10.1177/0962280214537344; Obuchowski and Bullen 2018, doi:10.1177/0962280217693662"
}
