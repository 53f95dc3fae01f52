import RadiomicsCore

/// Everything a recipe can name. Its order is the order of the manual.
public struct Catalogue: Sendable {
  /// The filters.
  public let filters: [any ImageFilter.Type]
  /// The families.
  public let families: [any FeatureFamily.Type]

  /// A catalogue of one's own.
  public init(filters: [any ImageFilter.Type], families: [any FeatureFamily.Type]) {
    self.filters = filters
    self.families = families
  }

  /// All that this library has.
  public static let standard = Catalogue(
    filters: [
      MeanFilter.self,
      LaplacianOfGaussian.self,
      LawsKernels.self,
      GaborFilter.self,
      SeparableWavelet.self,
      SimoncelliWavelet.self,
      RieszTransform.self,
      SquareFilter.self,
      SquareRootFilter.self,
      LogarithmFilter.self,
      ExponentialFilter.self,
      GradientMagnitude.self,
      LocalBinaryPattern.self,
      SphericalPattern.self,
    ],
    families: [
      Morphology.self,
      LocalIntensity.self,
      IntensityStatistics.self,
      IntensityHistogram.self,
      IntensityVolumeHistogram.self,
      Cooccurrence.self,
      RunLength.self,
      SizeZone.self,
      DistanceZone.self,
      NeighbourhoodToneDifference.self,
      NeighbouringDependence.self,
      PlaneDiameters.self,
      MaximalCorrelation.self,
      PyRadiomicsIntensity.self,
      PlanarMorphology.self,
      LesionDiameters.self,
      Thickness.self,
    ])

  /// A filter as a layer writes it: `mean: {support: 5}`, or its name if all settings have defaults.
  public func filter(_ setting: Setting) throws(SettingError) -> any ImageFilter {
    let (name, place, settings) = try Self.named(setting, "filter")
    guard let type = filters.first(where: { $0.name == name }) else {
      throw Self.unknown("filter", name, place, among: ["none"] + filters.map { $0.name })
    }
    do throws(SettingError) { return try type.init(setting: settings) } catch { throw error.placed(at: place) }
  }

  /// A family as a layer's list writes it: `glcm`, or `glcm: {distance: 2}`.
  func family(_ setting: Setting, _ common: Discretisation?) throws(SettingError) -> any FeatureFamily {
    let (name, place, settings) = try Self.named(setting, "family")
    guard let type = families.first(where: { $0.name == name }) else {
      throw Self.unknown("family", name, place, among: families.map { $0.name })
    }
    return try Self.read(type, settings, place, common)
  }

  /// A name, or a name with a map of settings.
  private static func named(_ setting: Setting, _ kind: String) throws(SettingError) -> (String, Place, Setting) {
    switch setting.value {
    case .text(let word): return (word, setting.place, Setting(.null, at: setting.place))
    case .map where setting.entries.count == 1:
      let (name, place, settings) = setting.entries[0]
      return (name, place, settings)
    default:
      throw setting.error("a \(kind) is \(setting.value.kind), must be a name, or a name with a map of settings.")
    }
  }

  private static func unknown(
    _ kind: String, _ name: String, _ place: Place, among names: [String]
  ) -> SettingError {
    SettingError(
      place: place,
      message:
        "there is no \(kind) '\(name)', must be one of \(names.joined(separator: ", ")).\(didYouMean(name, among: names))"
    )
  }

  private static func read<Family: FeatureFamily>(
    _ type: Family.Type, _ settings: Setting, _ place: Place, _ common: Discretisation?
  ) throws(SettingError) -> any FeatureFamily {
    var family = try Family(setting: settings)
    guard Family.needsLevels, family.discretisation == nil else { return family }
    guard let common, Family.takesLevels else {
      throw SettingError(
        place: place,
        message: "'\(Family.name)' needs 'discretisation', \(Discretisation.expectation). There is no default.")
    }
    family.discretisation = common
    do throws(SettingError) { try family.check() } catch { throw error.placed(at: place) }
    return family
  }
}
