import RadiomicsCore

/// Grey level size zones: how large the connected zones of one level are (Thibault 2009; IBSI 1, 9SAK).
///
/// Element (i, j) of the matrix counts the zones of level i and j voxels; voxels of a zone are linked by Chebyshev
/// distance 1 (26 neighbours in the volume, 8 in a slice). The slice `1 1 / 2 1` has a zone of level 1 and three voxels
/// and a zone of level 2 and one voxel: small zone emphasis is (1/3² + 1/1²) / 2 = 0.556, zone percentage 2/4.
///
/// Source: IBSI 1, chapter 3, "Grey level size zone based features", DOI 10.1148/radiol.2020191145.
public struct SizeZone: FeatureFamily {
  public static let name = "glszm"
  public static let summary = "Grey level size zones: how large connected zones of one grey level are."
  public static let reference = "IBSI 1, grey level size zone based features (9SAK), DOI 10.1148/radiol.2020191145"
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
    guard let levels else { preconditionFailure("glszm works on grey levels") }
    return aggregated(
      aggregation, resources.lanes, undefined: undefined("there is no zone", Self.features),
      slices: { levels.zones(region, .slices, resources.lanes).map(\.sizes) },
      volume: { levels.zones(region, .volume, resources.lanes)[0].sizes },
      features: { LevelMatrixFeatures($0).common.map(Cell.value) })
  }
}

extension SizeZone {
  public static let features = [
    Feature("szm_sze", "Small zone emphasis", ibsi: "5QRC", scale: .fraction, "Σ s(·j) / j² / Ns"),
    Feature("szm_lze", "Large zone emphasis", ibsi: "48P8", "Σ j² s(·j) / Ns"),
    Feature("szm_lgze", "Low grey level zone emphasis", ibsi: "XMSY", scale: .fraction, "Σ s(i·) / i² / Ns"),
    Feature("szm_hgze", "High grey level zone emphasis", ibsi: "5GN9", "Σ i² s(i·) / Ns"),
    Feature(
      "szm_szlge", "Small zone low grey level emphasis", ibsi: "5RAI", scale: .fraction,
      "Σ s(i,j) / (i² j²) / Ns"),
    Feature("szm_szhge", "Small zone high grey level emphasis", ibsi: "HW1V", "Σ i² s(i,j) / j² / Ns"),
    Feature("szm_lzlge", "Large zone low grey level emphasis", ibsi: "YH51", "Σ j² s(i,j) / i² / Ns"),
    Feature("szm_lzhge", "Large zone high grey level emphasis", ibsi: "J17V", "Σ i² j² s(i,j) / Ns"),
    Feature("szm_glnu", "Grey level non-uniformity", ibsi: "JNSA", "Σ s(i·)² / Ns"),
    Feature("szm_glnu_norm", "Normalised grey level non-uniformity", ibsi: "Y1RO", scale: .fraction, "Σ s(i·)² / Ns²"),
    Feature("szm_zsnu", "Zone size non-uniformity", ibsi: "4JP3", "Σ s(·j)² / Ns"),
    Feature("szm_zsnu_norm", "Normalised zone size non-uniformity", ibsi: "VB3A", scale: .fraction, "Σ s(·j)² / Ns²"),
    Feature("szm_z_perc", "Zone percentage", ibsi: "P30P", scale: .fraction, "Ns / Nv"),
    Feature("szm_gl_var", "Grey level variance", ibsi: "BYLV", "Σ (i − μ)² s(i,j) / Ns, μ = Σ i s(i,j) / Ns"),
    Feature("szm_zs_var", "Zone size variance", ibsi: "3NSA", "Σ (j − μ)² s(i,j) / Ns, μ = Σ j s(i,j) / Ns"),
    Feature("szm_zs_entr", "Zone size entropy", ibsi: "GU8N", "−Σ p log₂ p, p = s(i,j) / Ns"),
  ]
}
