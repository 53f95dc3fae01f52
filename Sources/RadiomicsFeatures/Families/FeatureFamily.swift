import RadiomicsCore

/// A group of features measured together on a region.
public protocol FeatureFamily: Configurable {
  /// The features, in the order of columns.
  static var features: [Feature] { get }
  /// How its grey levels are made; nil for families on intensities, or while unset.
  var discretisation: Discretisation? { get set }
  /// Whether it works on grey levels, so that `discretisation` must be given.
  static var needsLevels: Bool { get }
  /// Whether `levels` are handed to `measure`; false where the family makes its own from intensities.
  static var countsLevels: Bool { get }
  /// Whether a layer's common discretisation is meant for it, too.
  static var sharesDiscretisation: Bool { get }
  /// The ways of aggregation, in the order of columns; a single nil for families without.
  var aggregations: [String?] { get }
  /// The image around the region that it needs, mm on each side.
  var margin: Double { get }
  /// Measures all features: for each aggregation, each feature, in order. `levels` are those of `discretisation`.
  /// The intensity mask is not empty.
  func measure(_ region: Region, _ levels: GreyLevels?) -> [Cell]
}

extension FeatureFamily {
  /// On intensities.
  public static var needsLevels: Bool { false }
  /// If it works on grey levels.
  public static var countsLevels: Bool { needsLevels }
  /// If it works on grey levels.
  public static var sharesDiscretisation: Bool { needsLevels }
  /// Its own, and `discretisation` if it needs levels.
  public static var allParameters: [Parameter<Self>] {
    let discretisation = Parameter<Self>("discretisation", \.discretisation, "How intensities become grey levels.")
    return parameters + (needsLevels ? [discretisation] : [])
  }
  /// None.
  public var discretisation: Discretisation? {
    get { nil }
    set { precondition(newValue == nil, "\(Self.name) works on intensities") }
  }
  /// Without aggregation.
  public var aggregations: [String?] { [nil] }
  /// Nothing around.
  public var margin: Double { 0 }
}
