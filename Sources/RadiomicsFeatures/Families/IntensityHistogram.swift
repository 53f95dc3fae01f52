import RadiomicsCore

/// Statistics of the grey levels and of their histogram (IBSI 1, chapter 3, "Intensity histogram features", ZVCW).
///
/// Example, the digital phantom: 50, 0, 1, 16, 0, 7 voxels of levels 1 … 6 have the gradient −50, −24.5, 8, −0.5, −4.5, 7.
public struct IntensityHistogram: FeatureFamily {
  public static let name = "intensity_histogram"
  public static let summary = "Statistics of the grey levels in the region, and the shape of their histogram."
  public static let reference = "IBSI 1, chapter 3, Intensity histogram features (ZVCW)"
  public static let parameters: [Parameter<Self>] = []
  public static let needsLevels = true
  public static let features: [Feature] = [
    Feature("ih_mean", "Mean discretised intensity", ibsi: "X6K6", scale: .interval, "μ = Σ i p_i"),
    Feature("ih_var", "Discretised intensity variance", ibsi: "CH89", "σ² = Σ (i − μ)² p_i"),
    Feature(
      "ih_skew", "Discretised intensity skewness", ibsi: "88K1", scale: .interval,
      "Σ (i − μ)³ p_i / σ³; 0 where σ is 0"),
    Feature(
      "ih_kurt", "(Excess) discretised intensity kurtosis", ibsi: "C3I7", scale: .interval,
      "Σ (i − μ)⁴ p_i / σ⁴ − 3; 0 where σ is 0"),
    Feature("ih_median", "Median discretised intensity", ibsi: "WIFQ", scale: .interval, "P50"),
    Feature("ih_min", "Minimum discretised intensity", ibsi: "1PR8", scale: .interval, "the least level present"),
    Feature("ih_p10", "10th discretised intensity percentile", ibsi: "GPMT", scale: .interval, "P10"),
    Feature("ih_p90", "90th discretised intensity percentile", ibsi: "OZ0C", scale: .interval, "P90"),
    Feature("ih_max", "Maximum discretised intensity", ibsi: "3NCY", scale: .interval, "the greatest level present"),
    Feature(
      "ih_mode", "Intensity histogram mode", ibsi: "AMMC", scale: .interval,
      "the level with most voxels; of several the one closest to μ, of two equally close the lower"),
    Feature("ih_iqr", "Discretised intensity interquartile range", ibsi: "WR0O", "P75 − P25"),
    Feature("ih_range", "Discretised intensity range", ibsi: "5Z3W", "greatest level present − least"),
    Feature("ih_mad", "Intensity histogram mean absolute deviation", ibsi: "D2ZX", "Σ |i − μ| p_i"),
    Feature(
      "ih_rmad", "Intensity histogram robust mean absolute deviation", ibsi: "WRZB",
      "the mean absolute deviation of the levels from P10 to P90"),
    Feature("ih_medad", "Intensity histogram median absolute deviation", ibsi: "4RNL", "Σ |i − P50| p_i"),
    Feature("ih_cov", "Intensity histogram coefficient of variation", ibsi: "CWYJ", "σ / μ"),
    Feature(
      "ih_qcod", "Intensity histogram quartile coefficient of dispersion", ibsi: "SLWD", scale: .fraction,
      "(P75 − P25) / (P75 + P25)"),
    Feature("ih_entropy", "Discretised intensity entropy", ibsi: "TLU2", "−Σ p_i log₂ p_i"),
    Feature("ih_uniformity", "Discretised intensity uniformity", ibsi: "BJ5W", scale: .fraction, "Σ p_i²"),
    Feature(
      "ih_max_grad", "Maximum histogram gradient", ibsi: "12CE", scale: .interval,
      "max H′; H′_i = (n_{i+1} − n_{i−1}) / 2 inside, n_2 − n_1 and n_Ng − n_{Ng−1} at the ends"),
    Feature(
      "ih_max_grad_g", "Maximum histogram gradient intensity", ibsi: "8E6O", scale: .interval,
      "the (lowest) level where H′ is greatest"),
    Feature("ih_min_grad", "Minimum histogram gradient", ibsi: "VQB3", scale: .interval, "min H′"),
    Feature(
      "ih_min_grad_g", "Minimum histogram gradient intensity", ibsi: "RHQZ", scale: .interval,
      "the (lowest) level where H′ is least"),
  ]

  public var discretisation: Discretisation?

  public init() {}

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let levels else { preconditionFailure("the histogram is made of grey levels") }
    return Self.cells(levels.voxelCounts, resources.lanes)
  }

  /// The features of voxels of each level from 1 on.
  static func cells(_ counts: [Int], _ lanes: Lanes) -> [Cell] {
    let sample = SampleStatistics(AscendingIntensities((1...counts.count).map(Double.init), counts: counts), lanes)
    let voxels = Double(sample.count)
    var cells = sample.cells(of: "grey levels")
    cells.insert(.value(Double(mode(counts, mean: sample.mean))), at: 9)
    let shares = counts.filter { $0 > 0 }.map { Double($0) / voxels }
    // 0 − …, as −0 is no entropy.
    cells.append(.value(0 - shares.reduce(0) { $0 + $1 * log2($1) }))
    cells.append(.value(shares.reduce(0) { $0 + $1 * $1 }))
    let gradient = gradient(counts)
    guard let greatest = gradient.max(), let least = gradient.min() else {
      return cells + [Cell](repeating: .undefined("one grey level: the histogram has no gradient"), count: 4)
    }
    for extreme in [greatest, least] {
      cells += [.value(extreme), .value(Double(gradient.firstIndex(of: extreme)! + 1))]
    }
    return cells
  }
}

/// The level with the highest count; of several the one closest to the mean, of two equally close the lower.
private func mode(_ counts: [Int], mean: Double) -> Int {
  var best = 0
  for i in counts.indices.dropFirst() {
    if counts[i] > counts[best] || counts[i] == counts[best] && abs(Double(i + 1) - mean) < abs(Double(best + 1) - mean)
    {
      best = i
    }
  }
  return best + 1
}

/// H′; nothing for a single level.
private func gradient(_ counts: [Int]) -> [Double] {
  guard counts.count > 1 else { return [] }
  return counts.indices.map { i in
    let below = max(0, i - 1), above = min(counts.count - 1, i + 1)
    return Double(counts[above] - counts[below]) / Double(above - below)
  }
}
