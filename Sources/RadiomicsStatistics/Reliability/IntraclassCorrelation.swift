import RadiomicsCore
import RadiomicsNumerics

/// Two-way analysis of variance of subjects × readings without replication.
package struct TwoWayVariance: Sendable, Hashable {
  /// Number of subjects n and of readings of each, k.
  package let subjects: Int, readings: Int
  /// Mean square between subjects, within subjects, between readings, and of what is left.
  package let between: Double, within: Double, readingsSquare: Double, error: Double

  /// Whether all readings of a subject are equal, for every subject.
  var isExact: Bool { within == 0 }

  /// `values`: one row for each subject, one column for each reading; at least two of both, none missing.
  package init(_ values: [[Double]]) {
    let n = values.count, k = values[0].count
    precondition(n > 1 && k > 1 && values.allSatisfy { $0.count == k }, "two subjects and two readings, none missing")
    // Means by what readings differ from the first, so that equal readings have their own value as mean.
    let rows = values.map { row in row[0] + row.reduce(0) { $0 + ($1 - row[0]) } / Double(k) }
    let grand = rows[0] + rows.reduce(0) { $0 + ($1 - rows[0]) } / Double(n)
    let deviations = zip(values, rows).map { row, mean in row.map { $0 - mean } }
    let columns = (0..<k).map { j in deviations.reduce(0) { $0 + $1[j] } / Double(n) }
    let rowSquares = Double(k) * rows.reduce(0) { $0 + ($1 - grand) * ($1 - grand) }
    let columnSquares = Double(n) * columns.reduce(0) { $0 + $1 * $1 }
    var within = 0.0, error = 0.0
    for row in deviations {
      for (j, deviation) in row.enumerated() {
        within += deviation * deviation
        error += (deviation - columns[j]) * (deviation - columns[j])
      }
    }
    subjects = n
    readings = k
    between = rowSquares / Double(n - 1)
    self.within = within / Double(n * (k - 1))
    readingsSquare = columnSquares / Double(k - 1)
    self.error = error / Double((n - 1) * (k - 1))
  }
}

/// A coefficient with its F test and its confidence limits.
package struct CorrelationEstimate: Sendable, Hashable {
  /// The coefficient.
  package let value: Double
  /// The F ratio of the test that the coefficient is no more than the null value.
  package let ratio: Double
  /// Degrees of freedom of numerator and denominator.
  package let df1: Double, df2: Double
  /// P(F > ratio).
  package let p: Double
  /// Confidence limits.
  package let lower: Double, upper: Double
}

/// Intraclass correlation coefficients of subjects × readings. Shrout and Fleiss 1979, doi:10.1037/0033-2909.86.2.420;
/// McGraw and Wong 1996, doi:10.1037/1082-989X.1.1.30.
package struct IntraclassCorrelation: Sendable {
  /// How readings are thought of.
  package enum Model: String, Sendable, CaseIterable {
    /// Each subject has readings of its own: ICC(1).
    case oneway
    /// The same readings for all subjects, their differences count as error: ICC(2), absolute agreement.
    case agreement
    /// The same, their differences do not count: ICC(3), consistency.
    case consistency
  }

  /// The mean squares.
  package let variance: TwoWayVariance

  /// Coefficients of `values`: one row for each subject, one column for each reading; none missing.
  package init(_ values: [[Double]]) { variance = TwoWayVariance(values) }

  /// A coefficient by Shrout and Fleiss, tested against 0 and with limits as the R package psych has them.
  /// - `average`: Of the mean of all readings instead of a single one.
  /// - `alpha`: One minus the level of confidence.
  package func shroutFleiss(_ model: Model, average: Bool, alpha: Double = 0.05) -> CorrelationEstimate {
    guard model == .agreement else { return mcGrawWong(model, average: average, alpha: alpha) }
    let n = Double(variance.subjects), k = Double(variance.readings)
    let single = agreement(average: false), df2 = (n - 1) * (k - 1)
    let ratio = variance.between / variance.error
    let (lower, upper) = agreementLimits(df: satterthwaite(single), average: false, alpha)
    // The limits of the average follow from those of a single reading by Spearman and Brown's formula.
    func stepped(_ limit: Double) -> Double { average ? limit * k / (1 + limit * (k - 1)) : limit }
    return CorrelationEstimate(
      value: average ? agreement(average: true) : single, ratio: ratio, df1: n - 1, df2: df2,
      p: FisherF(n - 1, df2).above(ratio), lower: stepped(lower), upper: stepped(upper))
  }

  /// A coefficient by McGraw and Wong, as the R package irr has it: agreement is tested with degrees of freedom after
  /// Satterthwaite, and those of the average are of their own.
  /// - `average`: Of the mean of all readings instead of a single one.
  /// - `null`: The value that the F test asks to be exceeded.
  /// - `alpha`: One minus the level of confidence.
  package func mcGrawWong(
    _ model: Model, average: Bool, null: Double = 0, alpha: Double = 0.05
  ) -> CorrelationEstimate {
    let n = Double(variance.subjects), k = Double(variance.readings), ms = variance
    if model == .agreement {
      let value = agreement(average: average), df = satterthwaite(value), scale = average ? 1 : k
      let a = scale * null / (n * (1 - null)), b = 1 + scale * null * (n - 1) / (n * (1 - null))
      let ratio = ms.between / (a * ms.readingsSquare + b * ms.error)
      let (lower, upper) = agreementLimits(df: df, average: average, alpha)
      return CorrelationEstimate(
        value: value, ratio: ratio, df1: n - 1, df2: df, p: FisherF(n - 1, df).above(ratio), lower: lower, upper: upper)
    }
    let noise = model == .oneway ? ms.within : ms.error
    let df2 = model == .oneway ? n * (k - 1) : (n - 1) * (k - 1), plain = ms.between / noise
    let ratio = plain * (average ? 1 - null : (1 - null) / (1 + (k - 1) * null))
    let low = plain / FisherF(n - 1, df2).quantile(1 - alpha / 2)
    let high = plain * FisherF(df2, n - 1).quantile(1 - alpha / 2)
    // Written so that an infinite ratio, where readings repeat exactly, gives 1.
    func coefficient(_ ratio: Double) -> Double { average ? 1 - 1 / ratio : 1 - k / (ratio + k - 1) }
    let spread = average ? 0 : (k - 1) * noise
    return CorrelationEstimate(
      value: (ms.between - noise) / (ms.between + spread), ratio: ratio, df1: n - 1, df2: df2,
      p: FisherF(n - 1, df2).above(ratio),
      lower: coefficient(low), upper: coefficient(high))
  }

  private func agreement(average: Bool) -> Double {
    let n = Double(variance.subjects), k = Double(variance.readings), ms = variance
    let spread = (ms.readingsSquare - ms.error) / n
    return average
      ? (ms.between - ms.error) / (ms.between + spread)
      : (ms.between - ms.error) / (ms.between + (k - 1) * ms.error + k * spread)
  }

  /// Degrees of freedom of a · MSJ + b · MSE.
  private func satterthwaite(_ value: Double) -> Double {
    let n = Double(variance.subjects), k = Double(variance.readings)
    if variance.isExact { return (n - 1) * (k - 1) }
    let a = k * value / (n * (1 - value)), b = 1 + k * value * (n - 1) / (n * (1 - value))
    let readings = a * variance.readingsSquare, error = b * variance.error
    let sum = readings + error
    return sum * sum / (readings * readings / (k - 1) + error * error / ((n - 1) * (k - 1)))
  }

  private func agreementLimits(df: Double, average: Bool, _ alpha: Double) -> (Double, Double) {
    let n = Double(variance.subjects), k = Double(variance.readings), ms = variance
    if ms.isExact { return (1, 1) }
    let low = FisherF(n - 1, df).quantile(1 - alpha / 2), high = FisherF(df, n - 1).quantile(1 - alpha / 2)
    let spread = average ? ms.readingsSquare - ms.error : k * ms.readingsSquare + (k * n - k - n) * ms.error
    return (
      n * (ms.between / low - ms.error) / (spread + n * ms.between / low),
      n * (high * ms.between - ms.error) / (spread + n * high * ms.between)
    )
  }
}

extension IntraclassCorrelation: Documented {
  package static let name = "icc"
  package static let summary = "Intraclass correlation: the share of variance that lies between subjects."
  package static let definition =
    "ICC(A,1) = σ²(subject) / (σ²(subject) + σ²(reading) + σ²(residual)); ICC(C,1) without σ²(reading); of a mean "
    + "of k readings the errors over k"
  package static let limits =
    "Grows with the spread of the subjects: of a narrow sample it is low for a good measurement. Needs subjects "
    + "with several readings; the form is chosen by which conditions are named."
  package static let reference =
    "Shrout and Fleiss 1979, doi:10.1037/0033-2909.86.2.420; McGraw and Wong 1996, doi:10.1037/1082-989X.1.1.30"
}
