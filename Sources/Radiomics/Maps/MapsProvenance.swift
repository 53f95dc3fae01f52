import RadiomicsCore
import RadiomicsFeatures
import RadiomicsImaging

extension MapsResult {
  /// How the maps were made: recipe in full, neighbourhoods, grid, fingerprints, software, inputs with SHA-256, steps,
  /// undefined voxels, findings, timings (seconds).
  public func provenance(timings: [(name: String, seconds: Double)]) throws -> String {
    let document = Setting.Value.map([
      .init("format", .integer(1)),
      .init(
        "software",
        .map([.init("name", .text("swift-radiomics")), .init("version", .text(radiomicsVersion))])),
      .init("recipe", recipe.settingValue),
      .init("recipe_fingerprint", .text(recipe.fingerprint)),
      .init("inputs", .list(try study.inputs.map { try $0.json })),
      .init("reading", study.options.json),
      .init("region", .text(study.regions[0].name)),
      .init("neighbourhoods", settings.settingValue),
      .init("fill", fill.isFinite ? .number(fill) : .text("\(fill)")),
      .init("grid", grid.json),
      .init("voxels", .integer(voxelCount)),
      .init("steps", .list(steps.map(\.json))),
      .init("maps", .list(maps.map(json))),
      .init("findings", .list(findings.map(\.json))),
      .init("timings_s", .map(timings.map { .init($0.name, .number(($0.seconds * 1e6).rounded() / 1e6)) })),
    ])
    return document.json + "\n"
  }

  private func json(_ map: Map) -> Setting.Value {
    // What changes a voxel's value: all that changes the feature of a region, and the neighbourhood.
    let identity = Setting.Value.map([
      .init("measurand", .text(map.measurand.fingerprint)), .init("neighbourhoods", settings.identity),
    ])
    return .map([
      .init("file", .text(map.file)), .init("volume", .integer(map.volume)),
      .init("fingerprint", .text(sha256("radiomics-map/1\n" + identity.canonical))),
      .init("undefined_voxels", .integer(map.undefined.count)),
      .init("first_reason", map.undefined.reason.map { .text($0.text) } ?? .null),
      .init("column", map.measurand.json),
    ])
  }
}

extension Geometry {
  fileprivate var json: Setting.Value {
    .map([
      .init("size", .list([.integer(size.x), .integer(size.y), .integer(size.z)])),
      .init("spacing_mm", spacing.settingValue), .init("origin_lps_mm", origin.settingValue),
    ])
  }
}
