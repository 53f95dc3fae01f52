import RadiomicsCore

/// Energy of intensities after a number is added to all, so that the lowest, and not those near 0, count least:
/// PyRadiomics' Energy, TotalEnergy and RootMeanSquared with its `voxelArrayShift`.
///
/// Example: intensities −1 and 1 with a shift of 1 and voxels of 3 mm³ have energy 0 + 4 = 4, total energy 12 and root mean
/// square √2.
public struct ShiftedEnergy: FeatureFamily {
  public static let name = "shifted_energy"
  public static let summary = "Energy and root mean square of intensities to which a number is added."
  public static let reference = "PyRadiomics 3.0.1, firstorder: Energy, Total Energy, Root Mean Squared"
  public static let parameters: [Parameter<Self>] = [
    Parameter("shift", \.shift, "Added to intensities, in the image's unit.")
  ]
  public static let features = [
    Feature("stat_energy_shifted", "Energy of shifted intensities", ibsi: nil, unit: Unit(intensity: 2), "Σ (x + c)²"),
    Feature(
      "stat_energy_total", "Total energy of shifted intensities", ibsi: nil, unit: Unit(intensity: 2, length: 3),
      "volume of a voxel · Σ (x + c)²"),
    Feature(
      "stat_rms_shifted", "Root mean square of shifted intensities", ibsi: nil, unit: .intensity, "√(Σ (x + c)² / N)"),
  ]

  /// c.
  public var shift = 0.0

  public init() {}

  public func measure(_ region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    let energy = region.intensities.sum(resources.lanes) { [shift] in ($0 + shift) * ($0 + shift) }
    let mean = energy / Double(region.intensities.count)
    return [energy, energy * region.geometry.voxelVolume, mean.squareRoot()].map {
      Cell($0, orUndefined: "the intensities are too large to add their squares")
    }
  }
}
