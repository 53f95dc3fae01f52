import RadiomicsCore

/// Grey level distance zones: how far the connected zones of one level are from the border of the region (Thibault
/// 2014; IBSI 1, VMDZ).
///
/// Element (i, j) of the matrix counts the zones of level i whose nearest voxel is j steps from outside; zones are
/// those of glszm. A step leads to one of 6 neighbours in the volume, 4 in a slice, so that a voxel at the border has
/// distance 1; the border is that of the morphological mask, and what lies outside the image is outside. A slice of 3 ×
/// 3 voxels of level 1 around one of level 2 has a zone at distance 1 and one at 2: small distance emphasis is (1/1² +
/// 1/2²) / 2 = 0.625.
///
/// Source: IBSI 1, chapter 3, "Grey level distance zone based features", DOI 10.1148/radiol.2020191145.
public struct DistanceZone: FeatureFamily {
  public static let name = "gldzm"
  public static let summary =
    "Grey level distance zones: how far connected zones of one grey level are from the border."
  public static let reference = "IBSI 1, grey level distance zone based features (VMDZ), DOI 10.1148/radiol.2020191145"
  public static let needsLevels = true

  /// How grey levels are made.
  public var discretisation: Discretisation?
  /// How slices become one value.
  public var aggregation: [SliceAggregation] = [.volume3D]

  /// 3D.
  public init() {}

  public static var parameters: [Parameter<Self>] {
    [
      Parameter("aggregation", \.aggregation, "How slices become one value.")
    ]
  }

  public func check() throws(SettingError) { try checkDistinct(aggregation) }

  public var aggregations: [String?] { aggregation.map(\.rawValue) }

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let levels else { preconditionFailure("gldzm works on grey levels") }
    return aggregated(
      aggregation, resources.lanes, undefined: undefined("there is no zone", Self.features),
      slices: { levels.zones(region, .slices, resources.lanes).map(\.distances) },
      volume: { levels.zones(region, .volume, resources.lanes)[0].distances },
      features: { LevelMatrixFeatures($0).common.map(Cell.value) })
  }
}

extension DistanceZone {
  public static let features = [
    Feature("dzm_sde", "Small distance emphasis", ibsi: "0GBI", scale: .fraction, "Σ d(·j) / j² / Ns"),
    Feature("dzm_lde", "Large distance emphasis", ibsi: "MB4I", "Σ j² d(·j) / Ns"),
    Feature("dzm_lgze", "Low grey level zone emphasis", ibsi: "S1RA", scale: .fraction, "Σ d(i·) / i² / Ns"),
    Feature("dzm_hgze", "High grey level zone emphasis", ibsi: "K26C", "Σ i² d(i·) / Ns"),
    Feature(
      "dzm_sdlge", "Small distance low grey level emphasis", ibsi: "RUVG", scale: .fraction,
      "Σ d(i,j) / (i² j²) / Ns"),
    Feature("dzm_sdhge", "Small distance high grey level emphasis", ibsi: "DKNJ", "Σ i² d(i,j) / j² / Ns"),
    Feature("dzm_ldlge", "Large distance low grey level emphasis", ibsi: "A7WM", "Σ j² d(i,j) / i² / Ns"),
    Feature("dzm_ldhge", "Large distance high grey level emphasis", ibsi: "KLTH", "Σ i² j² d(i,j) / Ns"),
    Feature("dzm_glnu", "Grey level non-uniformity", ibsi: "VFT7", "Σ d(i·)² / Ns"),
    Feature("dzm_glnu_norm", "Normalised grey level non-uniformity", ibsi: "7HP3", scale: .fraction, "Σ d(i·)² / Ns²"),
    Feature("dzm_zdnu", "Zone distance non-uniformity", ibsi: "V294", "Σ d(·j)² / Ns"),
    Feature(
      "dzm_zdnu_norm", "Normalised zone distance non-uniformity", ibsi: "IATH", scale: .fraction,
      "Σ d(·j)² / Ns²"),
    Feature("dzm_z_perc", "Zone percentage", ibsi: "VIWW", scale: .fraction, "Ns / Nv"),
    Feature("dzm_gl_var", "Grey level variance", ibsi: "QK93", "Σ (i − μ)² d(i,j) / Ns, μ = Σ i d(i,j) / Ns"),
    Feature("dzm_zd_var", "Zone distance variance", ibsi: "7WT1", "Σ (j − μ)² d(i,j) / Ns, μ = Σ j d(i,j) / Ns"),
    Feature("dzm_zd_entr", "Zone distance entropy", ibsi: "GBDU", "−Σ p log₂ p, p = d(i,j) / Ns"),
  ]
}
