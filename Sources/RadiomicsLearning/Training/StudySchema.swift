import RadiomicsCore

extension StudyPlan {
  /// The JSON Schema of studies, for editors; it follows from what is declared.
  package static var schema: Setting.Value {
    var own = object(name, summary, settingsManual) { key in
      switch key {
      case "design": object(StudyDesign.name, StudyDesign.summary, StudyDesign.settingsManual)
      case "pipeline": pipeline
      default: nil
      }
    }
    if case .map(let entries) = own {
      own = .map([.init("$schema", .text("https://json-schema.org/draft/2020-12/schema"))] + entries)
    }
    return own
  }

  /// A list of names of steps, or of maps of one step and its settings.
  private static var pipeline: Setting.Value {
    let parts: [any Configurable.Type] = PipelineSteps.all + SignatureEstimators.all
    let steps = parts.map { part in
      Setting.Value.Entry(
        part.name,
        .map([
          .init(
            "anyOf",
            .list([
              .map([.init("type", .list([.text("string"), .text("null")]))]),
              object(part.name, part.summary, part.settingsManual),
            ]))
        ]))
    }
    let map = Setting.Value.map([
      .init("type", .text("object")), .init("minProperties", .integer(1)), .init("maxProperties", .integer(1)),
      .init("additionalProperties", .flag(false)), .init("properties", .map(steps)),
    ])
    let names = Setting.Value.map([.init("enum", .list(parts.map { .text($0.name) }))])
    return .map([
      .init("type", .text("array")), .init("minItems", .integer(1)),
      .init("items", .map([.init("anyOf", .list([names, map]))])),
    ])
  }

  private static func object(
    _ name: String, _ summary: String, _ settings: [SettingManual], _ special: (String) -> Setting.Value? = { _ in nil }
  ) -> Setting.Value {
    let properties = settings.map { setting in
      var entries: [Setting.Value.Entry] = [.init("description", .text("\(setting.summary) (\(setting.expectation))"))]
      if setting.preset != .null { entries.append(.init("default", setting.preset)) }
      if case .map(let more)? = special(setting.key) { entries += more }
      return Setting.Value.Entry(setting.key, .map(entries))
    }
    let required = settings.filter(\.isRequired).map { Setting.Value.text($0.key) }
    return .map(
      [
        .init("title", .text(name)), .init("description", .text(summary)), .init("type", .text("object")),
        .init("additionalProperties", .flag(false)), .init("properties", .map(properties)),
      ] + (required.isEmpty ? [] : [.init("required", .list(required))]))
  }
}
