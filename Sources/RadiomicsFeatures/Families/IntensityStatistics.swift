import RadiomicsCore

/// Statistics of the intensities (IBSI 1, chapter 3, "Intensity-based statistical features", UHIW).
///
/// Example: intensities 1, 2, 3, 6 have mean 3, variance (4 + 1 + 0 + 9) / 4 = 3.5, median 2.5, 25th percentile 1.75,
/// 75th percentile 3.75, energy 50.
public struct IntensityStatistics: FeatureFamily {
  public static let name = "intensity"
  public static let summary = "Statistics of the intensities in the region: mean, spread, shape, percentiles."
  public static let reference = "IBSI 1, chapter 3, Intensity-based statistical features (UHIW)"
  public static let parameters: [Parameter<Self>] = []
  public static let features: [Feature] = [
    Feature("stat_mean", "Mean intensity", ibsi: "Q4LE", unit: .intensity, scale: .interval, "μ = Σ x / N"),
    Feature("stat_var", "Intensity variance", ibsi: "ECT3", unit: squared, "σ² = Σ (x − μ)² / N"),
    Feature(
      "stat_skew", "Intensity skewness", ibsi: "KE2A", scale: .interval, "(Σ (x − μ)³ / N) / σ³; 0 where σ is 0"),
    Feature(
      "stat_kurt", "(Excess) intensity kurtosis", ibsi: "IPH6", scale: .interval,
      "(Σ (x − μ)⁴ / N) / σ⁴ − 3; 0 where σ is 0"),
    Feature("stat_median", "Median intensity", ibsi: "Y12H", unit: .intensity, scale: .interval, "P50"),
    Feature("stat_min", "Minimum intensity", ibsi: "1GSF", unit: .intensity, scale: .interval, "min x"),
    Feature("stat_p10", "10th intensity percentile", ibsi: "QG58", unit: .intensity, scale: .interval, "P10"),
    Feature("stat_p90", "90th intensity percentile", ibsi: "8DWT", unit: .intensity, scale: .interval, "P90"),
    Feature("stat_max", "Maximum intensity", ibsi: "84IY", unit: .intensity, scale: .interval, "max x"),
    Feature("stat_iqr", "Intensity interquartile range", ibsi: "SALO", unit: .intensity, "P75 − P25"),
    Feature("stat_range", "Intensity range", ibsi: "2OJQ", unit: .intensity, "max x − min x"),
    Feature(
      "stat_mad", "Intensity-based mean absolute deviation", ibsi: "4FUA", unit: .intensity, "Σ |x − μ| / N"),
    Feature(
      "stat_rmad", "Intensity-based robust mean absolute deviation", ibsi: "1128", unit: .intensity,
      "the mean absolute deviation of the intensities from P10 to P90"),
    Feature(
      "stat_medad", "Intensity-based median absolute deviation", ibsi: "N72L", unit: .intensity, "Σ |x − P50| / N"),
    Feature("stat_cov", "Intensity-based coefficient of variation", ibsi: "7TET", scale: .interval, "σ / μ"),
    Feature(
      "stat_qcod", "Intensity-based quartile coefficient of dispersion", ibsi: "9S40", scale: .interval,
      "(P75 − P25) / (P75 + P25)"),
    Feature("stat_energy", "Intensity-based energy", ibsi: "N8CA", unit: squared, "Σ x²"),
    Feature("stat_rms", "Root mean square intensity", ibsi: "5ZWQ", unit: .intensity, "√(Σ x² / N)"),
  ]
  private static let squared = Unit(intensity: 2)

  public init() {}

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    Self.cells(AscendingIntensities(region.intensities, resources.lanes), resources.lanes)
  }

  /// The features of a sample.
  static func cells(_ intensities: AscendingIntensities, _ lanes: Lanes) -> [Cell] {
    let sample = SampleStatistics(intensities, lanes)
    return sample.cells(of: "intensities") + [
      sample.cell(sample.energy), sample.cell((sample.energy / Double(sample.count)).squareRoot()),
    ]
  }
}

extension SampleStatistics {
  /// A number, or the reason why intensities near the largest double have none.
  func cell(_ number: Double) -> Cell { Cell(number, orUndefined: "the intensities are too large to add their powers") }

  /// Mean, variance, skewness, kurtosis, median, minimum, P10, P90, maximum, interquartile range, range, deviations from
  /// mean (all, and the middle 80 %) and median, coefficient of variation, quartile coefficient of dispersion. The last two
  /// divide by sums; one of n values that is at most n ε times that of their sizes is rounding, and taken for 0.
  func cells(of values: String) -> [Cell] {
    [
      cell(mean), cell(variance), cell(skewness), cell(kurtosis), cell(median), cell(minimum), cell(p10), cell(p90),
      cell(maximum), cell(p75 - p25), cell(maximum - minimum), cell(meanDeviation),
      robustDeviation.map(cell) ?? .undefined("none of the \(values) lies between the 10th and the 90th percentile"),
      cell(medianDeviation),
      abs(mean) <= meanRounding
        ? .undefined("the mean of the \(values) is 0 within rounding: the coefficient of variation divides by it")
        : cell(variance.squareRoot() / mean),
      abs(p75 + p25) <= Double(count) * .ulpOfOne * (abs(p75) + abs(p25))
        ? .undefined(
          "the quartiles of the \(values) add up to 0 within rounding: their coefficient of dispersion divides by the sum"
        )
        : cell((p75 - p25) / (p75 + p25)),
    ]
  }
}
