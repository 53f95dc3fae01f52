import RadiomicsCore

/// Neighbouring grey level dependence: how many neighbours of a voxel have about its level (Sun and Wee 1983; IBSI 1,
/// REK0).
///
/// Element (i, j) of the matrix counts the voxels of level i with j − 1 neighbours whose level differs by at most the
/// coarseness α; the voxel itself counts too. The neighbourhood is all voxels of the region within a distance δ, in the
/// volume or in the slice. The row `1 1 2` has j = 2, 2 and 1: low dependence emphasis is (1/4 + 1/4 + 1) / 3 = 0.5.
/// Every voxel has a neighbourhood, so that dependence count percentage is 1.
///
/// Source: IBSI 1, chapter 3, "Neighbouring grey level dependence based features", DOI 10.1148/radiol.2020191145.
public struct NeighbouringDependence: FeatureFamily {
  public static let name = "ngldm"
  public static let summary =
    "Neighbouring grey level dependence: how many neighbours of a voxel have about its grey level."
  public static let reference =
    "IBSI 1, neighbouring grey level dependence based features (REK0), DOI 10.1148/radiol.2020191145"
  public static let needsLevels = true

  /// How grey levels are made.
  public var discretisation: Discretisation?
  /// How slices become one value.
  public var aggregation: [SliceAggregation] = [.volume3D]
  /// Radius δ of the neighbourhood, voxels.
  public var distance = 1
  /// How the radius is measured.
  public var norm = GridNorm.chebyshev
  /// Chebyshev distances of neighbours, instead of all within `distance`.
  public var shells: [Int]?
  /// Largest difference α of levels that depend on each other.
  public var coarseness = 0

  /// 3D, Chebyshev distance 1, coarseness 0.
  public init() {}

  public static var parameters: [Parameter<Self>] {
    [
      Parameter("aggregation", \.aggregation, "How slices become one value."),
      Parameter(
        "distance", \.distance, in: 1...10,
        "Radius of the neighbourhood, voxels; the cost grows as (2 distance + 1)^3 neighbours a voxel."),
      Parameter("norm", \.norm, "How the radius is measured."),
      Parameter(
        "coarseness", \.coarseness, in: 0...Double(Discretisation.mostLevels),
        "Largest difference of grey levels that count as alike."),
      Parameter(
        "shells", \.shells, reproducing: .null, in: 1...10,
        "Instead of distance: neighbours are those of these Chebyshev distances (PyRadiomics' distances)."),
    ]
  }

  public func check() throws(SettingError) {
    try checkDistinct(aggregation)
    try checkShells(shells)
  }

  public var aggregations: [String?] { aggregation.map(\.rawValue) }

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let levels else { preconditionFailure("ngldm works on grey levels") }
    func matrices(planar: Bool) -> [LevelMatrix] {
      let setting = NeighbourSetting(
        reach: NeighbourReach(distance: distance, norm: norm, shells: shells), coarseness: coarseness, isPlanar: planar)
      return levels.neighbours(setting, resources.lanes).map(\.dependences)
    }
    return aggregated(
      aggregation, resources.lanes, undefined: undefined("the region has no voxels", Self.features),
      slices: { matrices(planar: true) }, volume: { matrices(planar: false)[0] },
      features: {
        let features = LevelMatrixFeatures($0)
        return (features.common + [features.energy]).map(Cell.value)
      })
  }
}

extension NeighbouringDependence {
  public static let features = [
    Feature("ngl_lde", "Low dependence emphasis", ibsi: "SODN", scale: .fraction, "Σ s(·j) / j² / Ns"),
    Feature("ngl_hde", "High dependence emphasis", ibsi: "IMOQ", "Σ j² s(·j) / Ns"),
    Feature("ngl_lgce", "Low grey level count emphasis", ibsi: "TL9H", scale: .fraction, "Σ s(i·) / i² / Ns"),
    Feature("ngl_hgce", "High grey level count emphasis", ibsi: "OAE7", "Σ i² s(i·) / Ns"),
    Feature(
      "ngl_ldlge", "Low dependence low grey level emphasis", ibsi: "EQ3F", scale: .fraction,
      "Σ s(i,j) / (i² j²) / Ns"),
    Feature("ngl_ldhge", "Low dependence high grey level emphasis", ibsi: "JA6D", "Σ i² s(i,j) / j² / Ns"),
    Feature("ngl_hdlge", "High dependence low grey level emphasis", ibsi: "NBZI", "Σ j² s(i,j) / i² / Ns"),
    Feature("ngl_hdhge", "High dependence high grey level emphasis", ibsi: "9QMG", "Σ i² j² s(i,j) / Ns"),
    Feature("ngl_glnu", "Grey level non-uniformity", ibsi: "FP8K", "Σ s(i·)² / Ns"),
    Feature("ngl_glnu_norm", "Normalised grey level non-uniformity", ibsi: "5SPA", scale: .fraction, "Σ s(i·)² / Ns²"),
    Feature("ngl_dcnu", "Dependence count non-uniformity", ibsi: "Z87G", "Σ s(·j)² / Ns"),
    Feature(
      "ngl_dcnu_norm", "Normalised dependence count non-uniformity", ibsi: "OKJI", scale: .fraction,
      "Σ s(·j)² / Ns²"),
    Feature("ngl_dc_perc", "Dependence count percentage", ibsi: "6XV8", scale: .fraction, "Ns / Nv"),
    Feature("ngl_gl_var", "Grey level variance", ibsi: "1PFV", "Σ (i − μ)² s(i,j) / Ns, μ = Σ i s(i,j) / Ns"),
    Feature("ngl_dc_var", "Dependence count variance", ibsi: "DNX2", "Σ (j − μ)² s(i,j) / Ns, μ = Σ j s(i,j) / Ns"),
    Feature("ngl_dc_entr", "Dependence count entropy", ibsi: "FCBV", "−Σ p log₂ p, p = s(i,j) / Ns"),
    Feature("ngl_dc_energy", "Dependence count energy", ibsi: "CAS9", scale: .fraction, "Σ p², p = s(i,j) / Ns"),
  ]
}
