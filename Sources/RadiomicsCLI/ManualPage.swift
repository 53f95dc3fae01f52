import Radiomics
import RadiomicsLearning
import RadiomicsRuns

/// What the manual says of one thing.
package struct ManualPage {
  package let name, summary, reference: String
  package let settings: [SettingManual]
  var features: [Feature] = []
  /// Names of results that it explains.
  package var names: [String] { Self.resultNames[name] ?? [] }
  var definition = "", limits = ""

  init(_ name: String, _ summary: String, reference: String, settings: [SettingManual] = []) {
    self.name = name
    self.summary = summary
    self.reference = reference
    self.settings = settings
  }

  /// - `settings`: Those that it depends on, if they are not its own.
  init(of thing: any Documented.Type, with settings: [SettingManual]? = nil) {
    self.init(
      thing.name, thing.summary, reference: "\(thing.reference). Revision \(thing.revision)",
      settings: settings ?? thing.settingsManual)
    (definition, limits) = (thing.definition, thing.limits)
  }

  init(family: any FeatureFamily.Type, only features: [Feature]? = nil) {
    self.init(of: family)
    self.features = features ?? family.features
  }

  /// The parts of a recipe.
  static let recipe = [
    ManualPage(of: RecipeDeclaration.self), ManualPage(of: LayerDeclaration.self),
    ManualPage(
      "discretisation",
      "How intensities become grey levels: as they are, a number of bins between the region's minimum and maximum, bins of "
        + "a width from a first edge (the re-segmentation range's lower bound unless said), or bins of equal counts. Written "
        + "as \(Discretisation.expectation).",
      reference: "IBSI 1, intensity discretisation, 4R0B: fixed bin number K15C, fixed bin size Q3RU"),
    ManualPage(of: PerturbationPlan.self), ManualPage(of: SimulationPlan.self),
    ManualPage(of: Preparation.self), ManualPage(of: KernelMatch.self), ManualPage(of: Normalisation.self),
    ManualPage(of: IntensityLandmarks.self), ManualPage(of: Resampling.self),
    ManualPage(
      "region",
      "Operations on the region in mm on the resampled grid, in the order given: dilate and erode by a ball; ring, the "
        + "shell from 'inside' mm within the border to 'outside' mm beyond it (--clip-to limits what it adds); fill_holes; "
        + "largest_component. Written as a list of \(RegionOperation.expectation).",
      reference: "exact Euclidean distances, doi:10.4086/toc.2012.v008a019"),
    ManualPage(of: Resegmentation.self), ManualPage(of: MapSettings.self), ManualPage(of: Study.Options.self),
    ManualPage(of: Combat.self),
  ]

  var text: String {
    var text = "\(name)\n" + Terminal.wrapped(summary, indent: "  ")
    if !definition.isEmpty { text += Terminal.wrapped("Definition: \(definition).", indent: "  ") }
    if !limits.isEmpty { text += Terminal.wrapped("Limits: \(limits)", indent: "  ") }
    text += Terminal.wrapped("Reference: \(reference).", indent: "  ")
    if !names.isEmpty { text += Terminal.wrapped("In results: \(names.joined(separator: ", ")).", indent: "  ") }
    if !settings.isEmpty { text += "\n  settings\n" }
    for setting in settings {
      let preset =
        setting.isRequired
        ? "required" : [.null, .list([])].contains(setting.preset) ? "" : "default \(setting.preset)"
      text += Terminal.wrapped(
        "\(setting.key): \(setting.expectation)\(preset.isEmpty ? "" : "; \(preset)")", indent: "    ")
      text += Terminal.wrapped(setting.summary, indent: "        ")
    }
    if !features.isEmpty { text += "\n  features\n" }
    for feature in features {
      text += "    \(feature.tag)  \(feature.ibsi ?? "")  \(feature.name)"
      text += "  [\(feature.unit.symbol(intensity: "intensity")), \(feature.scale.rawValue) scale]\n"
      text += Terminal.wrapped(feature.definition, indent: "        ")
    }
    return text
  }

  var json: JSON {
    .map([
      .init("name", .text(name)), .init("summary", .text(summary)), .init("definition", .text(definition)),
      .init("limits", .text(limits)), .init("reference", .text(reference)),
      .init("results", .list(names.map { .text($0) })),
      .init("settings", .list(settings.map(Self.json))),
      .init("features", .list(features.map(Self.json))),
    ])
  }

  private static func json(_ setting: SettingManual) -> JSON {
    .map([
      .init("key", .text(setting.key)), .init("expectation", .text(setting.expectation)),
      .init("required", .flag(setting.isRequired)), .init("default", setting.preset),
      .init("summary", .text(setting.summary)),
    ])
  }

  private static func json(_ feature: Feature) -> JSON {
    .map([
      .init("tag", .text(feature.tag)), .init("name", .text(feature.name)),
      .init("ibsi_code", feature.ibsi.map { .text($0) } ?? .null),
      .init("unit", .text(feature.unit.symbol(intensity: "intensity"))),
      .init("scale", .text(feature.scale.rawValue)), .init("definition", .text(feature.definition)),
    ])
  }
}
