import RadiomicsCore

/// Count, mean, minimum and maximum of numbers.
public struct IntensitySummary: Sendable, Hashable {
  /// How many.
  public let count: Int
  /// Mean and extremes.
  public let mean, minimum, maximum: Double

  /// Of the finite ones of `values`; nil if there is none.
  public init?(ofFinite values: [Double]) { self.init(ofFinite: Intensities(values)) }

  /// Of the finite ones of `intensities`; nil if there is none.
  public init?(ofFinite intensities: Intensities, _ lanes: Lanes = Lanes(jobs: 1)) {
    let values = intensities.finite()
    guard let bounds = values.bounds else { return nil }
    count = values.count
    mean = values.mean(lanes)
    minimum = bounds.lowerBound
    maximum = bounds.upperBound
  }
}
