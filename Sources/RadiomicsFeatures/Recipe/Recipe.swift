import RadiomicsCore

/// What is measured, and by which procedure. A value.
public struct Recipe: Sendable {
  /// The newest format of recipe files this version reads and writes.
  public static let format = 1

  /// The name, for people.
  public let name: String
  /// What it is for, for people.
  public let description: String
  /// Symbol of the image's unit: HU, SUV, `1` if it has none.
  public let intensityUnit: String
  /// How image and mask are made ready.
  public let preparation: Preparation
  /// The images that are measured.
  public let layers: [Layer]
  /// How columns are called.
  public let names: ColumnNames
  /// Recipes that are measured beside this one on the same images; their columns follow.
  public let also: [Recipe]
  /// Names of further columns, `diagnostics_` left out, that tell in words what became of image and mask, each with its
  /// text if that is the same for all; empty for none.
  public let diagnostics: [Setting.Value.Entry]
  /// Names of the columns that are wanted, in order; nil for all.
  public let wanted: [String]?
  /// What each column is, in order; the same for every image.
  public private(set) var columns: [Measurand] = []
  /// The columns, and what of the measured they show.
  package private(set) var output: [OutputColumn] = []

  /// What is measured: the prepared image or what a filter makes of it, and the families measured on it.
  public struct Layer: Sendable {
    /// Stands before column names; without it the filter and its settings do.
    public var name: String?
    /// Makes the images that are measured; nil for the prepared image itself.
    public var filter: (any ImageFilter)?
    /// Across which axis slices lie, for filters and families that work in slices.
    public var slices = SliceAxis.z
    /// The families, in the order of columns.
    public var families: [any FeatureFamily]

    /// A layer.
    public init(
      name: String? = nil, filter: (any ImageFilter)? = nil, slices: SliceAxis = .z, families: [any FeatureFamily]
    ) {
      self.name = name
      self.filter = filter
      self.slices = slices
      self.families = families
    }
  }

  /// A recipe made in code.
  /// - Throws: `SettingError` if two columns would have the same name, a discretisation is missing, or settings
  ///   contradict each other.
  public init(
    name: String, description: String = "", intensityUnit: String = "1", preparation: Preparation = Preparation(),
    layers: [Layer], names: ColumnNames = .ibsi, columns wanted: [String]? = nil,
    diagnostics: [Setting.Value.Entry] = [], also: [Recipe] = []
  ) throws(SettingError) {
    self.name = name
    self.description = description
    self.intensityUnit = intensityUnit
    self.preparation = preparation
    self.layers = layers
    self.names = names
    self.wanted = wanted
    self.diagnostics = diagnostics
    self.also = also
    try preparation.check()
    for filter in layers.compactMap(\.filter) { try filter.check() }
    for family in layers.flatMap(\.families) {
      try family.check()
      if type(of: family).needsLevels, family.discretisation == nil {
        throw SettingError(
          place: nil, message: "'\(type(of: family).name)' needs 'discretisation'. There is no default.")
      }
    }
    output = try outputColumns(at: nil)
    columns = output.map(\.measurand)
    try check(at: nil)
  }

  /// Reads a recipe; `file` is how errors call it.
  public init(yaml: String, file: String, catalogue: Catalogue = .standard) throws(SettingError) {
    try self.init(setting: Setting(yaml: yaml, file: file), catalogue: catalogue)
  }

  package init(setting: Setting, catalogue: Catalogue) throws(SettingError) {
    guard case .map = setting.value else {
      throw setting.error("the recipe is \(setting.value.kind), must be a map with 'name' and 'layers'.")
    }
    let known = Self.settingsManual.map(\.key)
    for (key, place, _) in setting.entries where ["imageType", "featureClass", "setting"].contains(key) {
      throw SettingError(
        place: place,
        message:
          "'\(key)' is a key of PyRadiomics' parameter files, which are not recipes.", advice: .importParameters)
    }
    for (key, place, _) in setting.entries where !known.contains(key) {
      throw SettingError(
        place: place,
        message:
          "a recipe has no key '\(key)'. It has: \(known.joined(separator: ", ")).\(didYouMean(key, among: known))")
    }
    if let format = setting["format"] {
      guard try Int(setting: format) == Self.format else {
        throw format.error("the recipe's format is \(format.value), this version reads format \(Self.format).")
      }
    }
    name = try setting["name"].map { (name) throws(SettingError) in try String(setting: name) } ?? "unnamed"
    description =
      try setting["description"].map { (text) throws(SettingError) in try String(setting: text) } ?? ""
    intensityUnit =
      try setting["intensity_unit"].map { (unit) throws(SettingError) in try Self.unitSymbol(unit) } ?? "1"
    preparation =
      try setting["preparation"].map { (map) throws(SettingError) in try Preparation(setting: map) } ?? Preparation()
    guard let list = setting["layers"], case .list(let entries) = list.value, !entries.isEmpty else {
      throw (setting["layers"] ?? setting).error(
        "'layers' is missing or empty, must be a list of layers with 'families'.")
    }
    var layers: [Layer] = []
    for element in list.elements { layers.append(try Layer(setting: element, catalogue: catalogue)) }
    self.layers = layers
    names = try setting["names"].map { (names) throws(SettingError) in try ColumnNames(setting: names) } ?? .ibsi
    var also: [Recipe] = []
    for other in try setting["also"]?.requiredList("also", "[RECIPE, …]") ?? [] {
      also.append(try Recipe(setting: other, catalogue: catalogue))
    }
    self.also = also
    diagnostics = try (setting["diagnostics"]?.requiredMap("diagnostics", "{ NAME: TEXT }") ?? []).map {
      .init($0.key, $0.setting.value)
    }
    wanted = try setting["columns"].map { (names) throws(SettingError) in try [String](setting: names) }
    output = try outputColumns(at: (setting["columns"] ?? list).place)
    columns = output.map(\.measurand)
    try check(at: list.place)
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

  /// The whole recipe, defaults written out.
  public var settingValue: Setting.Value {
    .map(
      [
        .init("format", .integer(Self.format)), .init("name", .text(name)), .init("description", .text(description)),
        .init("intensity_unit", .text(intensityUnit)), .init("preparation", preparation.settingValue),
        .init("layers", .list(layers.map(\.settingValue))),
      ]
        + (names == .ibsi ? [] : [.init("names", names.settingValue)])
        + (wanted.map { [.init("columns", .list($0.map { .text($0) }))] } ?? [])
        + (diagnostics.isEmpty ? [] : [.init("diagnostics", .map(diagnostics))])
        + (also.isEmpty ? [] : [.init("also", .list(also.map(\.settingValue)))]))
  }

  private func check(at place: Place?) throws(SettingError) {
    for layer in layers {
      for family in layer.families {
        guard case .fixedBinSize(_, .rangeLowerBound) = family.discretisation else { continue }
        if let filter = layer.filter {
          throw SettingError(
            place: place,
            message:
              "'\(type(of: family).name)' has a fixed bin size in a layer of the filter '\(type(of: filter).name)', but "
              + "nothing says where bin 1 starts: the re-segmentation range is of the image's intensities. Write "
              + "{width: …, first_edge: minimum or a number}, or a fixed_bin_number.")
        }
        guard preparation.resegment?.range?.bounds.lowerBound.isFinite == true else {
          throw SettingError(
            place: place,
            message: "'\(type(of: family).name)' has a fixed bin size but nothing says where bin 1 starts. Give "
              + "preparation.resegment.range a lower bound, or write {width: …, first_edge: minimum or an intensity}.")
        }
      }
    }
  }
}

extension Recipe.Layer {
  fileprivate init(setting: Setting, catalogue: Catalogue) throws(SettingError) {
    guard case .map = setting.value else {
      throw setting.error("a layer is \(setting.value.kind), must be a map with 'families'.")
    }
    let known = Self.settingsManual.map(\.key)
    for (key, place, _) in setting.entries where !known.contains(key) {
      throw SettingError(
        place: place,
        message:
          "a layer has no key '\(key)'. It has: \(known.joined(separator: ", ")).\(didYouMean(key, among: known))")
    }
    if let written = setting["filter"], written.value != .text("none") { filter = try catalogue.filter(written) }
    name = try setting["name"].map { (name) throws(SettingError) in try Self.columnPrefix(name) }
    slices = try setting["slices"].map { (axis) throws(SettingError) in try SliceAxis(setting: axis) } ?? .z
    let common = try setting["discretisation"].map { (value) throws(SettingError) in try Discretisation(setting: value)
    }
    guard let list = setting["families"], case .list(let entries) = list.value, !entries.isEmpty else {
      throw (setting["families"] ?? setting).error(
        "'families' is missing or empty, must be a list of: \(catalogue.families.map { $0.name }.joined(separator: ", "))."
      )
    }
    families = []
    for element in list.elements { families.append(try catalogue.family(element, common)) }
  }

  private static func columnPrefix(_ setting: Setting) throws(SettingError) -> String {
    let name = try String(setting: setting)
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") })
    else {
      throw setting.error("the layer's name is '\(name)', must be of letters, digits, _ and -.")
    }
    return name
  }

  fileprivate var settingValue: Setting.Value {
    .map(
      (name.map { [.init("name", .text($0))] } ?? []) + [
        .init("filter", filter.map { .map([.init(type(of: $0).name, $0.settingValue)]) } ?? .text("none"))
      ] + (slices == .z ? [] : [.init("slices", slices.settingValue)]) + [
        .init(
          "families",
          .list(families.map { .map([.init(type(of: $0).name, $0.settingValue)]) }))
      ])
  }
}
