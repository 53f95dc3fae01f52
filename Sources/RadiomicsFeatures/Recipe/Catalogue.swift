import RadiomicsCore

/// Everything a recipe can name. Its order is the order of the manual.
public struct Catalogue: Sendable {
  /// The families.
  public let families: [any FeatureFamily.Type]

  /// A catalogue of one's own.
  public init(families: [any FeatureFamily.Type]) { self.families = families }

  /// All that this library has.
  public static let standard = Catalogue(families: [
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
  ])

  /// A family as a layer's list writes it: `glcm`, or `glcm: {distance: 2}`.
  func family(_ setting: Setting, _ common: Discretisation?) throws(SettingError) -> any FeatureFamily {
    let name: String, place: Place, settings: Setting
    switch setting.value {
    case .text(let word): (name, place, settings) = (word, setting.place, Setting(.null, at: setting.place))
    case .map where setting.entries.count == 1:
      (name, place, settings) = setting.entries[0]
    default:
      throw setting.error("a family is \(setting.value.kind), must be a name, or a name with a map of settings.")
    }
    guard let type = families.first(where: { $0.name == name }) else {
      let names = families.map { $0.name }
      throw SettingError(
        place: place,
        message:
          "there is no family '\(name)', must be one of \(names.joined(separator: ", ")).\(didYouMean(name, among: names))"
      )
    }
    return try Self.read(type, settings, place, common)
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
