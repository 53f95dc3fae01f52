import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

extension RegionBorder: ChoiceSetting {}

/// How thick the region is around each of its voxels: the diameter of the largest sphere that lies within it and holds the voxel, as for the
/// cartilage cap of a tumour.
///
/// Example: 3 × 3 × 3 voxels of 1 mm: 19 voxels of 3 mm and, at the corners, 8 of 2 mm: maximum 3 mm, mean 73 / 27 = 2.70 mm.
public struct Thickness: FeatureFamily {
  public static let name = "thickness"
  public static let summary =
    "Local thickness: diameters of the largest spheres within the region that hold its voxels."
  public static let reference =
    "Hildebrand and Rüegsegger, J Microsc 185 (1997) 67, doi:10.1046/j.1365-2818.1997.1340694.x"

  /// Where the region ends.
  public var border = RegionBorder.edges

  /// At the faces of voxels.
  public init() {}

  public static let parameters: [Parameter<Self>] = [
    Parameter(
      "border", \.border,
      "Where the region ends: at the faces of its voxels (edges), or at the centres of the voxels outside, as in PoreSpy (centres)."
    )
  ]

  public static let features = [
    Feature(
      "thick_max", "Maximum thickness", ibsi: nil, unit: .millimetre, "largest diameter of a sphere within the region"),
    Feature("thick_mean", "Mean thickness", ibsi: nil, unit: .millimetre, "Σ d / N over its voxels"),
    Feature("thick_sd", "Standard deviation of thickness", ibsi: nil, unit: .millimetre, "√(Σ (d − mean)² / N)"),
    Feature("thick_p10", "10th percentile of thickness", ibsi: nil, unit: .millimetre, "of d over its voxels"),
    Feature("thick_median", "Median thickness", ibsi: nil, unit: .millimetre, "of d over its voxels"),
    Feature("thick_p90", "90th percentile of thickness", ibsi: nil, unit: .millimetre, "of d over its voxels"),
  ]

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    let sorted = LocalThickness(region.morphological, spacing: region.geometry.spacing, border: border).values.sorted()
    guard let largest = sorted.last else { return undefined("no voxel", Self.features) }
    let count = Double(sorted.count), mean = sorted.reduce(0, +) / count
    let variance = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return ([largest, mean, variance.squareRoot()] + [10, 50, 90].map { percentile($0, of: sorted) }).map { .value($0) }
  }

  /// Distances and radii on a lattice of half voxels.
  public func workingMemory(_ region: RegionSize) -> Int {
    1_000_000 + (border == .edges ? 8 * 30 + 16 : 50) * region.boxVoxels
  }
}
