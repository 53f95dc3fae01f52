import RadiomicsNumerics

/// Count, mean, population variance, minimum and maximum of numbers.
public struct IntensitySummary: Sendable, Hashable {
  /// How many.
  public let count: Int
  /// Mean, population variance, extremes.
  public let mean, variance, minimum, maximum: Double

  /// Of the finite ones of `values`; nil if there is none.
  public init?(ofFinite values: [Double]) {
    let values = values.allSatisfy(\.isFinite) ? values : values.filter(\.isFinite)
    guard !values.isEmpty else { return nil }
    let mean = pairwiseSum(values) / Double(values.count)
    count = values.count
    self.mean = mean
    variance = pairwiseSum(values) { ($0 - mean) * ($0 - mean) } / Double(values.count)
    minimum = values.min()!
    maximum = values.max()!
  }
}
