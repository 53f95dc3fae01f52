import RadiomicsCore

/// What a recipe file says, key by key in the order in which keys are written.
package struct RecipeDeclaration: Configurable {
  package static let name = "recipe"
  package static let summary = "A YAML file that states everything that changes a number."
  package static let reference = "ARCHITECTURE.md, Declared once"
  package static var parameters: [Parameter<Self>] {
    [
      Parameter("format", "a whole number", "Format of the file, \(Recipe.format).") {
        (setting, _) throws(SettingError) in
        guard try Int(setting: setting) == Recipe.format else {
          throw setting.error("the recipe's format is \(setting.value), this version reads format \(Recipe.format).")
        }
      } write: { _ in
        .integer(Recipe.format)
      },
      Parameter("name", \.name, "For people."), Parameter("description", \.description, "For people."),
      Parameter(
        "intensity_unit", "a symbol such as HU or SUV, or 1",
        "Unit of the image. One that contradicts the image's modality or conversion is refused."
      ) { (setting, recipe) throws(SettingError) in
        recipe.intensityUnit = try unitSymbol(setting)
      } write: {
        .text($0.intensityUnit)
      },
      Parameter("preparation", \.preparation, "How image and mask are made ready: describe preparation."),
      Parameter("layers", "a list of maps", isRequired: true, "What is measured: describe layer.") {
        (setting, recipe) throws(SettingError) in
        for layer in try setting.filledList("layers", "layers with 'families'") {
          recipe.layers.append(try Recipe.Layer(setting: layer, catalogue: recipe.catalogue))
        }
      } write: {
        .list($0.layers.map { LayerDeclaration($0).settingValue })
      },
      Parameter("names", \.names, omitsDefault: true, "How columns are called."),
      Parameter("columns", "a list of columns' names", "Only these columns, in this order; without it all.") {
        (setting, recipe) throws(SettingError) in
        recipe.wanted = try [String](setting: setting)
      } write: {
        $0.wanted.map { .list($0.map { .text($0) }) } ?? .null
      },
      Parameter(
        "diagnostics", "a map of names, each with a text or null",
        "Further columns diagnostics_NAME that tell in words what became of image and mask, as PyRadiomics has them."
      ) { (setting, recipe) throws(SettingError) in
        recipe.diagnostics = try setting.requiredMap("diagnostics", "{ NAME: TEXT }").map {
          .init($0.key, $0.setting.value)
        }
      } write: {
        $0.diagnostics.isEmpty ? .null : .map($0.diagnostics)
      },
      Parameter("also", "a list of recipes", "Measured beside this one on the same images; their columns follow.") {
        (setting, recipe) throws(SettingError) in
        for other in try setting.requiredList("also", "[RECIPE, …]") {
          recipe.also.append(try Recipe(setting: other, catalogue: recipe.catalogue))
        }
      } write: {
        $0.also.isEmpty ? .null : .list($0.also.map(\.settingValue))
      },
    ]
  }

  /// What layers can name.
  var catalogue = Catalogue.standard
  var name = "unnamed"
  var description = ""
  var intensityUnit = "1"
  var preparation = Preparation()
  var layers: [Recipe.Layer] = []
  var names = ColumnNames.ibsi
  var wanted: [String]?
  var diagnostics: [Setting.Value.Entry] = []
  var also: [Recipe] = []

  package init() {}

  package func check() throws(SettingError) {
    try preparation.check()
    for filter in layers.compactMap(\.filter) { try filter.check() }
    for family in layers.flatMap(\.families) {
      try family.check()
      if type(of: family).needsLevels, family.discretisation == nil {
        throw SettingError(
          place: nil, message: "'\(type(of: family).name)' needs 'discretisation'. There is no default.")
      }
    }
  }

  private static func unitSymbol(_ setting: Setting) throws(SettingError) -> String {
    if case .integer(1) = setting.value { return "1" }
    let symbol = try String(setting: setting)
    guard symbol != "1" else { return symbol }
    guard !symbol.isEmpty, symbol.count <= 16, symbol.allSatisfy({ $0.isLetter || $0 == "/" || $0 == "%" }) else {
      throw setting.error("the unit is '\(symbol)', must be a symbol such as HU or SUV, or 1.")
    }
    return symbol
  }
}

/// What a layer of a recipe file says, key by key in the order in which keys are written.
package struct LayerDeclaration: Configurable {
  package static let name = "layer"
  package static let summary = "One image that is measured, and the families measured on it."
  package static let reference = "ARCHITECTURE.md, Declared once"
  package static var parameters: [Parameter<Self>] {
    [
      Parameter("name", "letters, digits, _ and -", "Stands before the layer's column names.") {
        (setting, declared) throws(SettingError) in
        declared.layer.name = try columnPrefix(setting)
      } write: {
        $0.layer.name.settingValue
      },
      Parameter(
        "filter", "none, a filter's name, or its name with a map of settings",
        "What is measured: none is the prepared image itself, else what a filter makes of it. Re-segmentation is decided "
          + "before; describe lists filters."
      ) { (setting, declared) throws(SettingError) in
        declared.layer.filter = setting.value == .text("none") ? nil : try declared.catalogue.filter(setting)
      } write: {
        $0.layer.filter.map { named($0) } ?? .text("none")
      },
      Parameter(
        "slices", \.layer.slices, omitsDefault: true,
        "Across which axis slices lie, for filters and families that work in slices."),
      Parameter(
        "discretisation", Discretisation.expectation, "For the layer's families that take grey levels and say nothing."
      ) { (setting, declared) throws(SettingError) in
        declared.discretisation = try Discretisation(setting: setting)
      } write: { _ in
        .null
      },
      Parameter(
        "families", "a list of names, or of names with a map of settings", isRequired: true,
        "What is measured, in the order of columns: describe lists them."
      ) { (setting, declared) throws(SettingError) in
        let names = declared.catalogue.families.map { $0.name }.joined(separator: ", ")
        declared.families = try setting.filledList("families", names)
      } write: {
        .list($0.layer.families.map { named($0) })
      },
    ]
  }

  /// What it can name.
  var catalogue = Catalogue.standard
  /// The layer, its families apart.
  var layer = Recipe.Layer(families: [])
  /// Of families that need one and have none; written with each of them.
  var discretisation: Discretisation?
  /// Families as they are written: their discretisation may follow in the file.
  var families: [Setting] = []

  package init() {}

  /// What is written of a layer.
  init(_ layer: Recipe.Layer) { self.layer = layer }

  private static func named(_ thing: any Configurable) -> Setting.Value {
    .map([.init(type(of: thing).name, thing.settingValue)])
  }

  private static func columnPrefix(_ setting: Setting) throws(SettingError) -> String {
    let name = try String(setting: setting)
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") })
    else {
      throw setting.error("the layer's name is '\(name)', must be of letters, digits, _ and -.")
    }
    return name
  }
}

extension Recipe.Layer {
  fileprivate init(setting: Setting, catalogue: Catalogue) throws(SettingError) {
    var declared = LayerDeclaration()
    declared.catalogue = catalogue
    try declared.read(setting)
    self = declared.layer
    for family in declared.families { families.append(try catalogue.family(family, declared.discretisation)) }
  }
}

extension Setting {
  /// The elements of a list that has some.
  fileprivate func filledList(_ key: String, _ what: String) throws(SettingError) -> [Setting] {
    guard case .list(let values) = value, !values.isEmpty else {
      throw error("'\(key)' is missing or empty, must be a list of: \(what).")
    }
    return elements
  }
}
