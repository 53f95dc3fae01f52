import RadiomicsCore
import RadiomicsImaging

extension DiameterEnds: ChoiceSetting {}

/// The two sizes of a lesion by RECIST 1.1 and WHO: its longest diameter in a slice, and the longest line within it, in the same slice, that is
/// perpendicular to it; of a lymph node the second is the short axis. Slices must be those that were acquired: without interpolation.
///
/// Example: 4 × 3 voxels of 1 mm have a diagonal of 5 mm between corners; the longest line across it is 3 / (4/5) = 3.75 mm.
public struct LesionDiameters: FeatureFamily {
  public static let name = "lesion_diameters"
  public static let summary =
    "Longest diameter in a slice and its perpendicular within the region, as RECIST measures lesions."
  public static let reference = "RECIST 1.1: Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026"

  /// Between what points.
  public var ends = DiameterEnds.corners

  /// Between corners of voxels.
  public init() {}

  public static let parameters: [Parameter<Self>] = [
    Parameter(
      "ends", \.ends,
      "Between what points the region's diameters are measured: outer corners of voxels (corners), or their centres (centres), which is about a voxel less."
    )
  ]

  public static let features = [
    Feature(
      "lesion_long", "Longest diameter in a slice", ibsi: nil, unit: .millimetre,
      "largest distance of two corners (centres) of the region's voxels in one slice"),
    Feature(
      "lesion_short", "Perpendicular diameter in the same slice", ibsi: nil, unit: .millimetre,
      "longest line within the region across the longest diameter; the short axis of a node"),
  ]

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let found = SliceDiameters(region.morphological, spacing: region.geometry.spacing, ends: ends) else {
      return undefined("no voxel", Self.features)
    }
    return [.value(found.long.length), .value(found.short.length)]
  }

  /// A plane of the box, and the sides of voxels around the region in it.
  public func workingMemory(_ region: RegionSize) -> Int { 500_000 + 200 * region.runs + region.box.x * region.box.y }
}
