import RadiomicsCore

/// First-order statistics as PyRadiomics defines them, where IBSI does otherwise: energy of intensities to which a number
/// is added (`voxelArrayShift`), so that the lowest and not those near 0 count least; kurtosis that is not an excess.
///
/// Example: intensities −1 and 1 with a shift of 1 and voxels of 3 mm³ have energy 0 + 4 = 4, total energy 12, root mean
/// square √2, standard deviation 1 and kurtosis 1.
public struct PyRadiomicsIntensity: FeatureFamily {
  public static let name = "intensity_pyradiomics"
  public static let summary =
    "PyRadiomics' energies of shifted intensities, standard deviation, and kurtosis without excess."
  public static let reference =
    "PyRadiomics 3.0.1, firstorder: Energy, Total Energy, Root Mean Squared, Standard Deviation, Kurtosis"
  public static let parameters: [Parameter<Self>] = [
    Parameter("shift", \.shift, "Added to intensities for energies, in the image's unit.")
  ]
  public static let features = [
    Feature("stat_energy_shifted", "Energy of shifted intensities", ibsi: nil, unit: Unit(intensity: 2), "Σ (x + c)²"),
    Feature(
      "stat_energy_total", "Total energy of shifted intensities", ibsi: nil, unit: Unit(intensity: 2, length: 3),
      "volume of a voxel · Σ (x + c)²"),
    Feature(
      "stat_rms_shifted", "Root mean square of shifted intensities", ibsi: nil, unit: .intensity, "√(Σ (x + c)² / N)"),
    Feature("stat_sd", "Standard deviation of intensities", ibsi: nil, unit: .intensity, "σ = √(Σ (x − μ)² / N)"),
    Feature(
      "stat_kurt_plain", "Kurtosis (not an excess)", ibsi: nil, scale: .interval,
      "(Σ (x − μ)⁴ / N) / σ⁴; 0 where σ is 0"),
  ]

  /// c.
  public var shift = 0.0

  public init() {}

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    let intensities = region.intensities, lanes = resources.lanes, count = Double(intensities.count)
    let mean = intensities.mean(lanes), variance = intensities.variance(lanes)
    let isFlat = intensities.min() == intensities.max()
    let energy = intensities.sum(lanes) { [shift] in ($0 + shift) * ($0 + shift) }
    let fourth = intensities.sum(lanes) { ($0 - mean) * ($0 - mean) * ($0 - mean) * ($0 - mean) } / count
    return [
      energy, energy * region.geometry.voxelVolume, (energy / count).squareRoot(), isFlat ? 0 : variance.squareRoot(),
      isFlat ? 0 : fourth / (variance * variance),
    ].map { Cell($0, orUndefined: "the intensities are too large to add their powers") }
  }
}

extension PyRadiomicsIntensity: WindowedFamily {
  /// Each neighbourhood as a region.
  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? { nil }
}

extension MaximalCorrelation: WindowedFamily {
  /// Each neighbourhood as a region.
  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? { nil }
}
