import RadiomicsCore

extension Recipe {
  /// The images that are measured, under the names that PyRadiomics' columns begin with, and what is measured in each.
  func images() -> [(name: String, measurands: [Measurand])] {
    layers.flatMap { layer in
      (layer.filter?.responses ?? [""]).map { response in
        let name = [layer.name ?? layer.filter?.label ?? "original", response].filter { !$0.isEmpty }
          .joined(separator: "-")
        return (name, layer.families.flatMap { columns(of: $0, in: layer, response) })
      }
    }
  }

  /// SHA-256 over the sorted fingerprints of the columns: two recipes that measure the same have the same.
  public var fingerprint: String {
    sha256("radiomics-recipe/1\n" + columns.map(\.fingerprint).sorted().joined(separator: "\n"))
  }

  private func columns<Family: FeatureFamily>(of family: Family, in layer: Layer, _ response: String) -> [Measurand] {
    let label = family.discretisation.map(\.label)
    let preparation = preparation.identity, settings = settings(of: family)
    let image = [layer.name ?? layer.filter?.label, response].compactMap { $0 }.filter { !$0.isEmpty }
      .joined(separator: "_")
    let filter = layer.filter?.identity(of: response) ?? .text("none")
    let intensityUnit = layer.filter?.unit(of: intensityUnit) ?? intensityUnit
    return family.aggregations.flatMap { aggregation in
      family.measured.map { feature in
        let parts = [
          image, feature.tag, aggregation?.replacing(":", with: "_").replacing(".", with: "p"), label,
        ]
        return Measurand(
          column: parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "."),
          filter: layer.filter.map { ([type(of: $0).name] + [response].filter { !$0.isEmpty }).joined(separator: " ") }
            ?? "none",
          family: Family.name, feature: feature, aggregation: aggregation,
          discretisation: label.flatMap { $0.isEmpty ? nil : $0 },
          unit: family.unit(of: feature).symbol(intensity: intensityUnit),
          fingerprint: Self.fingerprint(preparation, filter, layer.slices, Family.name, settings, feature, aggregation))
      }
    }
  }

  /// The settings that change numbers; the aggregation is each column's own.
  private func settings<Family: FeatureFamily>(of family: Family) -> Setting.Value {
    guard case .map(let settings) = family.identity else { preconditionFailure("a family's settings are a map") }
    return .map(settings.filter { $0.key != "aggregation" })
  }

  /// Everything that changes the number, in canonical form; names, comments and other layers do not enter.
  private static func fingerprint(
    _ preparation: Setting.Value, _ filter: Setting.Value, _ slices: SliceAxis, _ family: String,
    _ settings: Setting.Value, _ feature: Feature, _ aggregation: String?
  ) -> String {
    let across: [Setting.Value.Entry] = slices == .z ? [] : [.init("slices", slices.settingValue)]
    let canonical = Setting.Value.map(
      [
        .init("preparation", preparation),
        .init("filter", filter),
        .init("family", .text(family)),
        .init("settings", settings),
        .init("feature", .text(feature.tag)),
        .init("aggregation", aggregation.map { .text($0) } ?? .null),
      ] + across
    ).canonical
    return sha256("radiomics-measurand/1\n" + canonical)
  }
}
