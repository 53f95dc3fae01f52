import RadiomicsCore

/// A group of features measured together on a region.
public protocol FeatureFamily: Configurable {
  /// The features, in the order of columns.
  static var features: [Feature] { get }
  /// Those of `features` that it measures with these settings.
  var measured: [Feature] { get }
  /// How its grey levels are made; nil for families on intensities, or while unset.
  var discretisation: Discretisation? { get set }
  /// Whether it works on grey levels, so that `discretisation` must be given.
  static var needsLevels: Bool { get }
  /// Whether `measure` is handed the grey levels of `discretisation`, and shares a layer's common one. A family that needs a discretisation but not
  /// levels (the intensity-volume histogram, whose intensities may be any whole numbers) discretises by itself.
  static var takesLevels: Bool { get }
  /// Unit of a feature's value with these settings.
  func unit(of feature: Feature) -> Unit
  /// The ways of aggregation, in the order of columns; a single nil for families without.
  var aggregations: [String?] { get }
  /// The image around the region that it needs, mm on each side.
  var margin: Double { get }
  /// Bytes that measuring a region of some size takes at most, besides the region and its grey levels.
  func workingMemory(_ region: RegionSize) -> Int
  /// Measures a region: for each aggregation, each of the `measured` features, in order. `levels` are those of `discretisation`
  /// if the family takes levels, else nil. The intensity mask is not empty. The cells do not depend on the number of lanes.
  func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell]
}

extension FeatureFamily {
  /// On intensities.
  public static var needsLevels: Bool { false }
  /// Where it needs a discretisation.
  public static var takesLevels: Bool { needsLevels }
  /// Its own, and `discretisation` where it needs one.
  public static var allParameters: [Parameter<Self>] {
    let summary =
      takesLevels
      ? "How intensities become grey levels. Required here or for the whole layer."
      : "How intensities become steps. Required."
    let discretisation = Parameter<Self>("discretisation", \.discretisation, summary)
    return parameters + (needsLevels ? [discretisation] : [])
  }
  /// All.
  public var measured: [Feature] { Self.features }
  /// The feature's.
  public func unit(of feature: Feature) -> Unit { feature.unit }
  /// None.
  public var discretisation: Discretisation? {
    get { nil }
    set { precondition(newValue == nil, "\(Self.name) works on intensities") }
  }
  /// Without aggregation.
  public var aggregations: [String?] { [nil] }
  /// Nothing around.
  public var margin: Double { 0 }
  /// A byte a voxel of the box for tables and matrices, where it works on grey levels.
  public func workingMemory(_ region: RegionSize) -> Int { Self.takesLevels ? 1_000_000 + region.boxVoxels : 0 }
}
