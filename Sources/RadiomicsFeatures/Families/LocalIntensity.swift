import RadiomicsCore
import RadiomicsImaging

/// Mean intensities in spheres of 1 cm³ (IBSI 1, chapter 3, "Local intensity features", 9ST6).
///
/// A sphere holds the voxels whose centres lie within ∛(3 / 4π) cm ≈ 6.2 mm of its central voxel's, in the region or not.
/// Voxels beyond the image, and those that are not finite, are not counted.
public struct LocalIntensity: FeatureFamily {
  public static let name = "local_intensity"
  public static let summary = "Peaks of the mean intensity in a sphere of 1 cm³, which may reach beyond the region."
  public static let reference = "IBSI 1, chapter 3, Local intensity features (9ST6)"
  public static let parameters: [Parameter<Self>] = []
  public static let features: [Feature] = [
    Feature(
      "loc_peak_loc", "Local intensity peak", ibsi: "VJGA", unit: .intensity, scale: .interval,
      "the mean in the sphere around the voxel of maximum intensity; of several such voxels the highest mean"),
    Feature(
      "loc_peak_glob", "Global intensity peak", ibsi: "0F91", unit: .intensity, scale: .interval,
      "the highest mean in the spheres around all voxels of the region"),
  ]
  /// Radius of a sphere of 1 cm³, mm.
  static let radius = 10 * cbrt(3 / (4 * Double.pi))

  public init() {}

  public var margin: Double { Self.radius }

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    let sphere = Sphere(spacing: region.geometry.spacing, size: region.geometry.size)
    let peaks =
      sphere.peaks(in: region, resources.lanes, Int32.self) ?? sphere.peaks(in: region, resources.lanes, Double.self)
    let reason: Reason = "the intensities are too large to add them"
    guard let peaks else { return [.undefined(reason), .undefined(reason)] }
    return [Cell(peaks.local, orUndefined: reason), Cell(peaks.global, orUndefined: reason)]
  }
}
