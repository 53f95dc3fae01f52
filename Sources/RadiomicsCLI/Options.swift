import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsPyRadiomics
import RadiomicsRuns

/// `csv`, `json` or text, for what is printed.
enum PrintedFormat: String, ExpressibleByArgument, CaseIterable {
  case text, csv, json
}

extension TableLayout: ExpressibleByArgument {}
extension PETQuantity: ExpressibleByArgument {}
extension ContourEdge: ExpressibleByArgument {}
extension NIfTIForm: ExpressibleByArgument {}
extension Refusal: ExpressibleByArgument {}
extension MemoryAmount: ExpressibleByArgument {
  /// `4GB`, `512M`.
  public init?(argument: String) { self.init(argument) }
}

/// Which recipe is used.
struct RecipeOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A recipe file, or the name of a preset ('radiomics recipe list').", valueName: "file or preset"))
  var recipe: String?
  @Option(
    name: [.customShort("p"), .customLong("params"), .customLong("param")],
    help: ArgumentHelp(
      "A PyRadiomics parameter file (YAML or JSON): its numbers under its names.", valueName: "file"))
  var params: String?
  @Option(
    name: .long,
    help: "With --params: by whose definitions. 'both' writes IBSI's value beside each of PyRadiomics'.")
  var dialect: Dialect?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only these features: a list or selection (a file), a pattern of columns' names between slashes such as '/^cm_/', or "
        + "with commas between columns, features' tags or IBSI codes, families.", valueName: "file|/pattern/|names"))
  var features: String?
  @Flag(name: .long, help: "Pass over settings that PyRadiomics does not know, with a warning.") var lenient = false

  enum Dialect: String, ExpressibleByArgument, CaseIterable { case ibsi, pyradiomics, both }

  func validate() throws {
    if params == nil, let dialect, dialect != .ibsi {
      throw ValidationError(
        "--dialect \(dialect.rawValue): needs --params, a PyRadiomics parameter file. A recipe is IBSI's by itself.")
    }
    if let recipe, let params {
      throw ValidationError("--recipe \(recipe), --params \(params): both say what is measured. Give one of them.")
    }
  }

  /// What is measured, and how files are read for it.
  func procedure(_ reading: ReadingArguments) throws -> Procedure {
    guard let params else {
      let (recipe, notes) = try read()
      return Procedure(recipe: try selected(recipe), reading: reading.options, notes: notes)
    }
    let parameters = try PyRadiomicsParameters(yaml: WholeFile.text(of: params), file: params, isLenient: lenient)
    let name = Path.name(of: params)
    let (recipe, notes) =
      switch dialect ?? .pyradiomics {
      case .pyradiomics: try parameters.recipe(named: name)
      case .ibsi: try parameters.ibsiRecipe(named: name)
      case .both: try parameters.bothRecipe(named: name)
      }
    return Procedure(
      recipe: try selected(recipe), reading: parameters.reading(reading.options, choosesRegion: reading.region != nil),
      notes: notes)
  }

  /// Of a recipe what `--features` asks for.
  func selected(_ recipe: Recipe) throws -> Recipe {
    try features.map { try recipe.selecting(FeatureSelection($0)) } ?? recipe
  }

  /// The recipe, and a finding where none was named.
  private func read() throws -> (Recipe, [Finding]) {
    if let recipe { return (try Self.read(recipe), []) }
    let note =
      "none was named; the preset 'default' is used: no resampling, 32 bins. Choose with --recipe ('radiomics recipe "
      + "list')."
    return (try Recipe(preset: "default"), [Finding(.note, "recipe", note)])
  }

  /// A file if it looks like one or exists, else a preset.
  static func read(_ name: String) throws -> Recipe {
    if Preset.all.contains(where: { $0.name == name }) { return try Recipe(preset: name) }
    if name.contains("/") || name.contains(".") || WholeFile.exists(name) {
      return try Recipe(path: name)
    }
    return try Recipe(preset: name)
  }
}

/// What is measured, how files are read for it, and what to say about that.
struct Procedure {
  let recipe: Recipe
  let reading: Study.Options
  let notes: [Finding]
}

/// How image and mask are read.
struct ReadingArguments: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Which regions: each label (one row each; the preset), their union, connected components, a label's number, a segment's "
        + "exact name, or /regex/ over names.", valueName: "which"))
  var region: String?

  @Option(name: .long, help: ArgumentHelp("Soft masks: a voxel of at least this value belongs.", valueName: "value"))
  var maskThreshold: Double?

  @Flag(name: .long, help: "Put a mask of another grid onto the image's grid (nearest label).")
  var resampleMask = false

  @Option(name: .long, help: ArgumentHelp("A second mask; rings and dilations stay inside it.", valueName: "mask"))
  var clipTo: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A mask of the reference tissue that the recipe normalises by; without it that is a region of the mask.",
      valueName: "mask"))
  var reference: String?

  @Option(name: .long, help: ArgumentHelp("The volume of a 4-D image, from 0.", valueName: "number"))
  var volume: Int?

  @Option(name: .long, help: "Which form places a NIfTI file; without it sform if its code is above 0, else qform.")
  var niftiForm: NIfTIForm?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Override a refusal by its code, which the refusal names; repeatable, recorded in the provenance.",
      valueName: "code"))
  var allow: [Refusal] = []

  @OptionGroup var series: SeriesArguments

  var options: Study.Options {
    var options = Study.Options()
    options.series = series.options
    options.region = RegionChoice(region ?? "each")
    options.maskThreshold = maskThreshold
    options.resamplesMask = resampleMask
    options.clip = clipTo
    options.reference = reference
    options.volume = volume
    options.niftiForm = niftiForm
    options.allowed = Set(allow)
    return options
  }
}

extension ReadingArguments {
  /// Refuses further masks for which a recipe has no use.
  func check(against recipe: Recipe) throws {
    if clipTo != nil, !recipe.preparation.addsVoxels {
      throw ValidationError("--clip-to: the recipe has no 'dilate' or 'ring' that it could limit. Leave it out.")
    }
    if reference != nil, !recipe.usesReference {
      throw ValidationError("--reference: the recipe does not normalise within reference. Leave it out.")
    }
  }

  /// Refuses what belongs to one image and mask, in every verb over a cohort alike.
  func checkForCohort() throws {
    try checkMasksForCohort()
    let single = [("--keep-identifiers", series.keepIdentifiers), ("--pseudonym-key", series.pseudonymKey != nil)]
    if let (name, _) = single.first(where: { $0.1 }) {
      throw ValidationError("\(name): belongs to one image and mask, not to a cohort.")
    }
  }

  /// Refuses masks of one case, for which a cohort has columns.
  func checkMasksForCohort() throws {
    for (name, isGiven, column) in [
      ("--clip-to", clipTo != nil, "clip"), ("--reference", reference != nil, "reference"),
    ]
    where isGiven {
      throw ValidationError(
        "\(name): belongs to one image and mask, not to a cohort. Give the cohort a column '\(column)'.")
    }
  }
}

/// How a series of DICOM is chosen and read.
struct SeriesArguments: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "DICOM: which series, by modality, number, description, /regex/, or UID; else the only one, or the mask's own.",
      valueName: "which"))
  var series: String?
  @Option(name: .long, help: ArgumentHelp("DICOM: which structure set or segmentation, likewise.", valueName: "which"))
  var maskSeries: String?
  @Flag(name: .long, help: "DICOM: interpolate missing slices and uneven distances linearly.") var allowGaps = false
  @Flag(name: .long, help: "DICOM: put the slices of a tilted gantry above each other, linearly.") var resampleTilt =
    false
  @Option(
    name: .long,
    help: "DICOM: what PET is converted to: uptake by body weight (preset), surface, ideal weight or lean mass.")
  var pet: PETQuantity?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "DICOM: minutes from injection to the begin of a PET scan, in place of the file's times.", valueName: "minutes"))
  var uptake: Double?
  @Option(
    name: .long,
    help: "DICOM: whether voxels whose centres lie on a contour belong: half of them (preset), or all (inside).")
  var contourEdge: ContourEdge?

  @Flag(name: .long, help: "DICOM: let names, IDs and dates through to provenance and new objects.")
  var keepIdentifiers = false
  @Option(
    name: .long,
    help: ArgumentHelp("DICOM: replace UIDs and patient IDs by hashes keyed with this secret file.", valueName: "file"))
  var pseudonymKey: String?

  func validate() throws {
    if let uptake, !(uptake >= 0 && uptake.isFinite) {
      throw ValidationError("--uptake: is \(uptake), must be a number of minutes from 0.")
    }
  }

  /// What is read besides files of voxels.
  func dicom() throws -> DICOMSource {
    try DICOMSource(
      lanes: Lanes(jobs: JobCount.preset), privacy: Privacy(keepsIdentifiers: keepIdentifiers, keyFile: pseudonymKey))
  }

  var options: SeriesOptions {
    var options = SeriesOptions()
    options.series = series
    options.maskSeries = maskSeries
    options.allowsGaps = allowGaps
    options.resamplesTilt = resampleTilt
    options.quantity = pet
    options.uptake = uptake.map { 60 * $0 }
    if let contourEdge { options.contourEdge = contourEdge }
    return options
  }
}
