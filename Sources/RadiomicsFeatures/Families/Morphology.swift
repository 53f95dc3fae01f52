import RadiomicsCore
import RadiomicsImaging

/// Size and shape of the region, and how its intensities lie in it (IBSI 1, chapter 3, "Morphological features",
/// HCUG).
///
/// Shape is measured on the morphological mask: V and A on its closed surface (marching cubes), axes on its voxel
/// centres, densities against boxes, ellipsoids and the hull around the surface's vertices. Intensities come from the
/// intensity mask. Example: a single voxel of 1 mm has an octahedron with half axes of 0.5 mm as its surface, so
/// V = 1/6 mm³, A = √3 mm² and volume density in the axis-aligned box 1/6.
public struct Morphology: FeatureFamily {
  /// How the covariance of voxel centres is normalised.
  public enum AxisNormalisation: String, ChoiceSetting {
    /// By the number of voxels n: the centres are all there is of the region.
    case population
    /// By n − 1: the centres are a sample.
    case sample
  }

  /// Whether Moran's I and Geary's C are measured.
  public enum Autocorrelation: String, ChoiceSetting {
    /// Over all pairs of voxels.
    case exact
    /// Not at all.
    case none
  }

  public static let name = "morphology"
  public static let summary = "Size and shape of the region, centre of mass shift and spatial autocorrelation."
  public static let reference = "IBSI 1, chapter 3, Morphological features (HCUG); doi:10.1148/radiol.2020191145"

  /// Triangulation of the surface.
  public var mesh = SurfaceRule.ibsi
  /// Normalisation of the covariance that principal axes come from. The manual names none; the digital phantom's
  /// volume density of 1.17 ± 0.01 in the approximate ellipsoid holds for n − 1 only (n gives 1.20).
  public var axisNormalisation = AxisNormalisation.sample
  /// Whether spatial autocorrelation is measured.
  public var autocorrelation = Autocorrelation.exact

  /// The defaults.
  public init() {}

  public static let parameters: [Parameter<Self>] = [
    Parameter("mesh", \.mesh, "Triangulation of the region's surface."),
    Parameter(
      "axis_normalisation", \.axisNormalisation,
      "Covariance of voxel centres for principal axes: divided by n (population) or n − 1 (sample)."),
    Parameter(
      "autocorrelation", \.autocorrelation, changesNumbers: false,
      "Whether Moran's I and Geary's C are measured, over all pairs of voxels."),
  ]

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    let mask = region.morphological, spacing = region.geometry.spacing
    let surface = Surface(of: mask, spacing: spacing, rule: mesh, lanes: resources.lanes)
    let moments = CentreMoments(mask, spacing: spacing)
    let enclosures = Enclosures(mask, spacing: spacing, resources.lanes)
    return sizeCells(region, surface) + [shiftCell(region, moments.mean), diameterCell(enclosures)]
      + axisCells(moments) + densityCells(region, surface, moments, enclosures)
      + [integratedCell(region, surface, resources.lanes)] + autocorrelationCells(region, resources)
  }
}

extension Morphology {
  public static let features: [Feature] = sizes + axes + densities + [integrated] + autocorrelations

  public var measured: [Feature] {
    autocorrelation == .exact ? Self.features : Self.features.dropLast(Self.autocorrelations.count)
  }

  private static let sizes: [Feature] = [
    Feature(
      "morph_volume", "Volume (mesh)", ibsi: "RNU0", unit: .cubicMillimetre,
      "V = |Σ a·(b × c)| / 6 over the triangles abc of the surface"),
    Feature(
      "morph_vol_approx", "Volume (voxel counting)", ibsi: "YEKZ", unit: .cubicMillimetre,
      "number of voxels times the volume of a voxel"),
    Feature(
      "morph_area_mesh", "Surface area (mesh)", ibsi: "C0JK", unit: .squareMillimetre,
      "A = Σ |ab × ac| / 2 over the triangles abc of the surface"),
    Feature("morph_av", "Surface to volume ratio", ibsi: "2PR5", unit: Unit(length: -1), "A / V"),
    Feature("morph_comp_1", "Compactness 1", ibsi: "SKGS", scale: .fraction, "V / (π^(1/2) A^(3/2))"),
    Feature("morph_comp_2", "Compactness 2", ibsi: "BQWJ", scale: .fraction, "36π V² / A³"),
    Feature("morph_sph_dispr", "Spherical disproportion", ibsi: "KRCK", "A / (36π V²)^(1/3)"),
    Feature("morph_sphericity", "Sphericity", ibsi: "QCFX", scale: .fraction, "(36π V²)^(1/3) / A"),
    Feature("morph_asphericity", "Asphericity", ibsi: "25C7", "(A³ / (36π V²))^(1/3) − 1"),
    Feature(
      "morph_com", "Centre of mass shift", ibsi: "KLMA", unit: .millimetre,
      "distance of the mean voxel centre of the morphological mask to that of the intensity mask weighted by intensity"),
    Feature(
      "morph_diam", "Maximum 3D diameter", ibsi: "L0JK", unit: .millimetre,
      "largest distance of two vertices of the surface"),
  ]

  private static let axes: [Feature] = [
    Feature(
      "morph_pca_maj_axis", "Major axis length", ibsi: "TDIC", unit: .millimetre,
      "2a = 4 √λ₁, λ₁ ≥ λ₂ ≥ λ₃ the variances of voxel centres along principal axes"),
    Feature("morph_pca_min_axis", "Minor axis length", ibsi: "P9VJ", unit: .millimetre, "2b = 4 √λ₂"),
    Feature("morph_pca_least_axis", "Least axis length", ibsi: "7J51", unit: .millimetre, "2c = 4 √λ₃"),
    Feature("morph_pca_elongation", "Elongation", ibsi: "Q3CK", scale: .fraction, "√(λ₂ / λ₁)"),
    Feature("morph_pca_flatness", "Flatness", ibsi: "N17B", scale: .fraction, "√(λ₃ / λ₁)"),
  ]

  private static let densities: [Feature] = [
    Feature(
      "morph_vol_dens_aabb", "Volume density (axis-aligned bounding box)", ibsi: "PBX1", scale: .fraction,
      "V / volume of the box around the surface along the image's axes"),
    Feature(
      "morph_area_dens_aabb", "Area density (axis-aligned bounding box)", ibsi: "R59B",
      "A / area of the box around the surface along the image's axes"),
    Feature(
      "morph_vol_dens_ombb", "Volume density (oriented minimum bounding box)", ibsi: "ZH1A", scale: .fraction,
      "V / volume of the smallest box around the surface in any orientation"),
    Feature(
      "morph_area_dens_ombb", "Area density (oriented minimum bounding box)", ibsi: "IQYR",
      "A / area of the box of smallest volume around the surface"),
    Feature(
      "morph_vol_dens_aee", "Volume density (approximate enclosing ellipsoid)", ibsi: "6BDE", "V / (4π/3 · abc)"),
    Feature(
      "morph_area_dens_aee", "Area density (approximate enclosing ellipsoid)", ibsi: "RDD2",
      "A / area of the ellipsoid with semi-axes a, b, c (Legendre series to degree 20)"),
    Feature(
      "morph_vol_dens_mvee", "Volume density (minimum volume enclosing ellipsoid)", ibsi: "SWZ1", scale: .fraction,
      "V / volume of the smallest ellipsoid around the surface"),
    Feature(
      "morph_area_dens_mvee", "Area density (minimum volume enclosing ellipsoid)", ibsi: "BRI8",
      "A / area of the ellipsoid of smallest volume around the surface"),
    Feature(
      "morph_vol_dens_conv_hull", "Volume density (convex hull)", ibsi: "R3ER", scale: .fraction,
      "V / volume of the surface's convex hull"),
    Feature(
      "morph_area_dens_conv_hull", "Area density (convex hull)", ibsi: "7T7F", "A / area of the surface's convex hull"),
  ]

  private static let integrated = Feature(
    "morph_integ_int", "Integrated intensity", ibsi: "99N0", unit: Unit(intensity: 1, length: 3), scale: .interval,
    "V · mean intensity of the intensity mask")

  private static let autocorrelations: [Feature] = [
    Feature(
      "morph_moran_i", "Moran's I index", ibsi: "N365", scale: .interval,
      "N Σ w (xᵢ − μ)(xⱼ − μ) / (Σ w · Σ (x − μ)²), i ≠ j, w = 1 / distance"),
    Feature(
      "morph_geary_c", "Geary's C measure", ibsi: "NPT7",
      "(N − 1) Σ w (xᵢ − xⱼ)² / (2 Σ w · Σ (x − μ)²), i ≠ j, w = 1 / distance"),
  ]
}
