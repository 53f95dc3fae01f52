import RadiomicsCore

/// What is measured, and by which procedure. A value.
public struct Recipe: Sendable {
  /// The newest format of recipe files this version reads and writes.
  public static let format = 1

  /// The name, for people.
  public var name: String { declaration.name }
  /// What it is for, for people.
  public var description: String { declaration.description }
  /// Symbol of the image's unit: HU, SUV, `1` if it has none.
  public var intensityUnit: String { declaration.intensityUnit }
  /// How image and mask are made ready.
  public var preparation: Preparation { declaration.preparation }
  /// The images that are measured.
  public var layers: [Layer] { declaration.layers }
  /// How columns are called.
  public var names: ColumnNames { declaration.names }
  /// Recipes that are measured beside this one on the same images; their columns follow.
  public var also: [Recipe] { declaration.also }
  /// Names of further columns, `diagnostics_` left out, that tell in words what became of image and mask, each with its
  /// text if that is the same for all; empty for none.
  public var diagnostics: [Setting.Value.Entry] { declaration.diagnostics }
  /// Names of the columns that are wanted, in order; nil for all.
  public var wanted: [String]? { declaration.wanted }
  let declaration: RecipeDeclaration
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
    var declaration = RecipeDeclaration()
    (declaration.name, declaration.description, declaration.intensityUnit) = (name, description, intensityUnit)
    (declaration.preparation, declaration.layers) = (preparation, layers)
    (declaration.names, declaration.wanted) = (names, wanted)
    (declaration.diagnostics, declaration.also) = (diagnostics, also)
    try declaration.check()
    try self.init(declaration, columnsAt: nil, layersAt: nil)
  }

  /// Reads a recipe; `file` is how errors call it.
  public init(yaml: String, file: String, catalogue: Catalogue = .standard) throws(SettingError) {
    try self.init(setting: Setting(yaml: yaml, file: file), catalogue: catalogue)
  }

  package init(setting: Setting, catalogue: Catalogue) throws(SettingError) {
    for (key, place, _) in setting.entries where ["imageType", "featureClass", "setting"].contains(key) {
      throw SettingError(
        place: place,
        message:
          "'\(key)' is a key of PyRadiomics' parameter files, which are not recipes.", advice: .importParameters)
    }
    var declaration = RecipeDeclaration()
    declaration.catalogue = catalogue
    try declaration.read(setting)
    let layers = setting["layers"]?.place
    try self.init(declaration, columnsAt: setting["columns"]?.place ?? layers, layersAt: layers)
  }

  init(_ declaration: RecipeDeclaration, columnsAt: Place?, layersAt: Place?) throws(SettingError) {
    self.declaration = declaration
    output = try outputColumns(at: columnsAt)
    columns = output.map(\.measurand)
    try check(at: layersAt)
  }

  /// Whether it, or a recipe beside it, normalises by a reference tissue.
  package var usesReference: Bool { ([self] + also).contains { $0.preparation.normalise?.within == .reference } }

  /// The same with another normalisation.
  /// - Throws: `SettingError` if it contradicts the rest.
  package func normalising(_ normalise: Normalisation, description: String) throws(SettingError) -> Recipe {
    var declaration = declaration
    declaration.preparation.normalise = normalise
    declaration.description = description
    try declaration.check()
    return try Recipe(declaration, columnsAt: nil, layersAt: nil)
  }

  /// The same, and those beside it, with kernels whose files are read.
  /// - `read`: The kernel of a file that a recipe names.
  /// - Throws: What `read` does.
  package func readingKernels(_ read: (KernelMatch) throws -> KernelMatch) throws -> Recipe {
    var declaration = declaration
    if let kernel = preparation.kernel, !kernel.isReady { declaration.preparation.kernel = try read(kernel) }
    declaration.also = try also.map { try $0.readingKernels(read) }
    return try Recipe(declaration, columnsAt: nil, layersAt: nil)
  }

  /// The whole recipe, defaults written out.
  public var settingValue: Setting.Value { declaration.settingValue }

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
