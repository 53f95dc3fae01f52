import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats
import RadiomicsImaging

extension StudyResult {
  /// How the numbers were made: recipe in full, fingerprints, software, inputs with SHA-256, steps, undefined cells,
  /// findings, timings (seconds).
  public func provenance(timings: [(name: String, seconds: Double)]) throws -> String {
    let header = header, rows = rows
    let regions: [Setting.Value] = zip(study.regions, measurements).enumerated().map { index, pair in
      let (region, measurement) = pair
      return .map(
        [.init("region", .text(region.name)), .init("status", .text(measurement.cells.status.status.rawValue))]
          + measurement.details + [.init("undefined", rows[index].undefined(header))])
    }
    let document = Setting.Value.map(
      [
        .init("format", .integer(1)),
        .init(
          "software",
          .map([.init("name", .text("swift-radiomics")), .init("version", .text(radiomicsVersion))])),
        .init("recipe", recipe.settingValue),
        .init("recipe_fingerprint", .text(recipe.fingerprint)),
        .init("inputs", .list(try study.inputs.map { try $0.json })),
        .init("acquisition", study.acquisition.json), .init("reading", study.options.json),
        .init("columns", .list(recipe.columns.map(\.json))),
        .init("rows", .list(regions + study.unmeasured.map(\.json))),
        .init("findings", .list(findings.map(\.json))),
        .init("timings_s", .map(timings.map { .init($0.name, .number(($0.seconds * 1e6).rounded() / 1e6)) })),
      ] + (profiled.map { [.init("profile", $0.json)] } ?? []))
    return document.json + "\n"
  }

  /// One row for each region and step: sizes, spacing, voxel counts, intensities, number of levels.
  public var diagnostics: CSV {
    let header = [
      "image", "mask", "region", "step", "size_x", "size_y", "size_z", "spacing_x_mm", "spacing_y_mm",
      "spacing_z_mm", "image_mean", "image_min", "image_max", "morph_voxels", "morph_box_x", "morph_box_y",
      "morph_box_z", "int_voxels", "int_box_x", "int_box_y", "int_box_z", "int_mean", "int_min", "int_max",
      "grey_levels",
    ]
    var rows: [[String]] = []
    for (region, measurement) in zip(study.regions, measurements) {
      for step in measurement.steps {
        let isLast = step.name == "resegmented"
        let levels = isLast ? measurement.levels.map { "\($0.discretisation):\($0.count)" }.joined(separator: " ") : ""
        rows.append([study.imagePath, study.maskPath, region.name] + step.cells + [levels])
      }
    }
    return CSV(header: header, rows: rows)
  }
}

extension UnmeasuredRegion {
  /// Name and reason.
  package var json: Setting.Value {
    .map([.init("region", .text(name)), .init("status", .text("failed")), .init("reason", .text(reason))])
  }

  /// Reads what `json` writes.
  package init?(json: Setting.Value) {
    guard let name = json["region"]?.asText, let reason = json["reason"]?.asText else { return nil }
    self.init(name: name, reason: reason)
  }
}

extension Measurement {
  /// Steps of preparation, and numbers of grey levels.
  package var details: [Setting.Value.Entry] {
    [
      .init("steps", .list(steps.map(\.json))),
      .init("grey_levels", .map(levels.map { .init($0.discretisation, .integer($0.count)) })),
    ]
  }
}

extension [AcquisitionFact] {
  /// Reads what `json` writes.
  package init(json: Setting.Value) {
    func value(_ json: Setting.Value) -> AcquisitionFact.Value? {
      json.asNumber.map { .number($0) } ?? json.asText.map { .text($0) }
    }
    guard case .map(let entries) = json else {
      self = []
      return
    }
    self = entries.map { AcquisitionFact($0.key, ($0.value.asList ?? [$0.value]).compactMap(value)) }
  }

  /// Each fact under its name; a list where slices differ.
  package var json: Setting.Value {
    func json(_ value: AcquisitionFact.Value) -> Setting.Value {
      switch value {
      case .number(let number): .number(number)
      case .text(let text): .text(text)
      }
    }
    return .map(
      map { fact in .init(fact.name, fact.values.count == 1 ? json(fact.values[0]) : .list(fact.values.map(json))) })
  }
}

extension PreparationStep {
  fileprivate var cells: [String] {
    func triple(_ v: SIMD3<Int>) -> [String] { [v.x, v.y, v.z].map(String.init) }
    func figures(_ moments: IntensitySummary?) -> [String] {
      moments.map { [$0.mean, $0.minimum, $0.maximum].map(numberText) } ?? ["", "", ""]
    }
    let spacing = [geometry.spacing.x, geometry.spacing.y, geometry.spacing.z].map(numberText)
    return [name] + triple(geometry.size) + spacing + figures(image)
      + ["\(morphological.count)"] + triple(morphological.box) + ["\(intensity.count)"] + triple(intensity.box)
      + figures(intensities)
  }

  package var json: Setting.Value {
    func list(_ v: SIMD3<Int>) -> Setting.Value { .list([.integer(v.x), .integer(v.y), .integer(v.z)]) }
    func figures(_ moments: IntensitySummary?) -> Setting.Value {
      moments.map {
        .map([
          .init("mean", .number($0.mean)), .init("minimum", .number($0.minimum)),
          .init("maximum", .number($0.maximum)),
        ])
      } ?? .null
    }
    return .map([
      .init("step", .text(name)), .init("size", list(geometry.size)),
      .init("spacing_mm", geometry.spacing.settingValue), .init("image", figures(image)),
      .init("morphological_voxels", .integer(morphological.count)),
      .init(
        "normalisation",
        map.map { .map([.init("slope", .number($0.slope)), .init("intercept", .number($0.intercept))]) } ?? .null),
      .init("intensity_voxels", .integer(intensity.count)), .init("intensities", figures(intensities)),
    ])
  }
}
