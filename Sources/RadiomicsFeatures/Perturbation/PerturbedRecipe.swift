import RadiomicsCore
import RadiomicsImaging

extension Recipe {
  /// The recipe with some settings changed as a plan names them. It has as many columns, in the same order.
  /// - Throws: `SettingError` if a change does not fit this recipe.
  public func changed(by changes: [Setting.Value.Entry]) throws(SettingError) -> Recipe {
    guard !changes.isEmpty else { return self }
    var preparation = preparation, layers = layers
    for change in changes {
      let setting = Setting(change.value, at: Place(file: "plan", line: 1, column: 1))
      switch change.key {
      case "spacing":
        var resample = preparation.resample ?? Resampling()
        resample.spacing = try SIMD3<Double>(setting: setting)
        preparation.resample = resample
      case "interpolation":
        guard var resample = preparation.resample else {
          throw setting.error(
            "interpolation: the recipe does not resample, must have preparation.resample for it to matter.")
        }
        resample.interpolation = try Interpolation(setting: setting)
        preparation.resample = resample
      case "resegment_range":
        var resegment = preparation.resegment ?? Resegmentation()
        resegment.range = try IntensityRange(setting: setting)
        preparation.resegment = resegment
      case "discretisation":
        let discretisation = try Discretisation(setting: setting)
        for index in layers.indices { layers[index].families = layers[index].families.map { $0.with(discretisation) } }
      default:
        try change.apply(to: &layers, setting)
      }
    }
    let recipe = try Recipe(
      name: name, description: description, intensityUnit: intensityUnit, preparation: preparation, layers: layers,
      names: names, diagnostics: diagnostics, also: also)
    guard recipe.columns.count == columns.count else {
      throw SettingError(
        place: nil,
        message:
          "the changed recipe has \(recipe.columns.count) columns, the recipe \(columns.count): they cannot be compared."
      )
    }
    return recipe
  }
}

extension FeatureFamily {
  /// With another discretisation, where it takes the layer's.
  fileprivate func with(_ discretisation: Discretisation) -> any FeatureFamily {
    guard Self.takesLevels else { return self }
    var family = self
    family.discretisation = discretisation
    return family
  }
}

extension Setting.Value.Entry {
  /// Changes a filter's setting, `filter.sigma`, in all layers that have it.
  fileprivate func apply(to layers: inout [Recipe.Layer], _ setting: Setting) throws(SettingError) {
    let key = String(key.dropFirst("filter.".count))
    var isUsed = false
    for index in layers.indices {
      guard let filter = layers[index].filter, type(of: filter).allKeys.contains(key) else { continue }
      layers[index].filter = try filter.with(key, setting.value)
      isUsed = true
    }
    guard isUsed else {
      throw setting.error("filter.\(key): no layer of the recipe has a filter with the setting '\(key)'.")
    }
  }
}

extension ImageFilter {
  fileprivate static var allKeys: [String] { allParameters.map(\.key) }

  /// With another value of a setting.
  fileprivate func with(_ key: String, _ value: Setting.Value) throws(SettingError) -> any ImageFilter {
    guard case .map(let entries) = settingValue else { preconditionFailure("settings are a map") }
    let changed = entries.filter { $0.key != key } + [.init(key, value)]
    return try Self(setting: Setting(.map(changed), at: Place(file: "plan", line: 1, column: 1)))
  }
}
