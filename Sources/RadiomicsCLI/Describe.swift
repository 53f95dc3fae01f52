import ArgumentParser
import Radiomics

struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The manual of a feature, a family, or the preparation.",
    discussion: """
      Without a name: all families. A feature is found by its tag or its IBSI code.
        radiomics describe glcm
        radiomics describe cm_joint_entr
        radiomics describe TU9B
        radiomics describe preparation
      """)

  @Argument(help: "A feature's tag or IBSI code, a family, or 'preparation'.") var name: String?
  @Option(name: .long, help: "What is printed.") var format = DescribeFormat.text

  enum DescribeFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

  func run() throws {
    let pages = try pages()
    let text =
      format == .json
      ? JSON.list(pages.map(\.json)).json + "\n"
      : name == nil ? Self.overview : pages.map(\.text).joined(separator: "\n")
    try Terminal.show(text)
  }

  private func pages() throws -> [ManualPage] {
    let families = Catalogue.standard.families
    guard let name else { return families.map { ManualPage($0) } }
    if let family = families.first(where: { $0.name == name }) { return [ManualPage(family)] }
    if let part = ManualPage.preparation.first(where: { $0.name == name }) { return [part] }
    let wanted = name.lowercased()
    let found = families.compactMap { family -> ManualPage? in
      let features = family.features.filter { $0.tag == wanted || $0.ibsi?.lowercased() == wanted }
      return features.isEmpty ? nil : ManualPage(family, only: features)
    }
    guard found.isEmpty else { return found }
    let known = families.flatMap { [$0.name] + $0.features.map(\.tag) } + ManualPage.preparation.map(\.name)
    throw ValidationError(
      "there is no '\(name)'. 'radiomics describe' lists the families.\(didYouMean(name, among: known))")
  }

  private static var overview: String {
    let rows = Catalogue.standard.families.map { [$0.name, "\($0.features.count)", $0.summary] }
    let preparation = ManualPage.preparation.map { [$0.name, "", $0.summary] }
    return Terminal.columns([["family", "features", ""]] + rows, right: [1]) + "\n"
      + Terminal.columns([["preparation", "", ""]] + preparation)
      + "\nMore: radiomics describe NAME, for a family, a feature's tag, or an IBSI code.\n"
  }
}

/// What the manual says of one thing that a recipe can name.
struct ManualPage {
  let name, summary, reference: String
  let revision: Int
  let settings: [(key: String, expectation: String, preset: String, summary: String)]
  let features: [Feature]

  init<Thing: Configurable>(_ type: Thing.Type, features: [Feature] = []) {
    name = Thing.name
    summary = Thing.summary
    reference = Thing.reference
    revision = Thing.revision
    settings = Thing.settingsManual
    self.features = features
  }

  init(_ family: any FeatureFamily.Type, only features: [Feature]? = nil) {
    func page<Family: FeatureFamily>(_ type: Family.Type) -> ManualPage {
      ManualPage(type, features: features ?? Family.features)
    }
    self = page(family)
  }

  static let preparation = [
    ManualPage(Preparation.self), ManualPage(Normalisation.self), ManualPage(Resampling.self),
    ManualPage(Resegmentation.self),
  ]

  var text: String {
    var text = "\(name)\n" + Terminal.wrapped(summary, indent: "  ")
    text += Terminal.wrapped("Reference: \(reference). Revision \(revision).", indent: "  ")
    if !settings.isEmpty {
      text += "\n  settings\n"
      for setting in settings {
        text += "    \(setting.key): \(setting.expectation); \(setting.preset)\n"
        text += Terminal.wrapped(setting.summary, indent: "        ")
      }
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
      .init("name", .text(name)), .init("summary", .text(summary)), .init("reference", .text(reference)),
      .init("revision", .integer(revision)),
      .init(
        "settings",
        .list(
          settings.map {
            .map([
              .init("key", .text($0.key)), .init("expectation", .text($0.expectation)),
              .init("default", .text($0.preset)), .init("summary", .text($0.summary)),
            ])
          })),
      .init(
        "features",
        .list(
          features.map {
            .map([
              .init("tag", .text($0.tag)), .init("name", .text($0.name)),
              .init("ibsi_code", $0.ibsi.map { .text($0) } ?? .null),
              .init("unit", .text($0.unit.symbol(intensity: "intensity"))),
              .init("scale", .text($0.scale.rawValue)), .init("definition", .text($0.definition)),
            ])
          })),
    ])
  }
}
