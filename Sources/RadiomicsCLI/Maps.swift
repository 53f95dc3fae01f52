import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsDICOM
import RadiomicsRuns

struct Maps: ParsableCommand, MakesFolders {
  static let configuration = CommandConfiguration(
    commandName: "maps",
    abstract: "Features voxel by voxel, each of the voxel's neighbourhood, as images.",
    discussion: """
      Every feature of the recipe is measured in the neighbourhood of each voxel of
      the region, as if the neighbourhood were a region of its own. The maps have
      the image's grid; where the recipe resamples, that of the prepared image.
      Beside them stands maps.provenance.json (NAME.provenance.json of one file).

        radiomics maps ct.nrrd gtv.nrrd --recipe my.yaml -o maps
        radiomics maps ct.nrrd gtv.nrrd --features cm_joint_entr,stat_mean -o maps
        radiomics maps ct.nrrd gtv.nrrd --features glcm --radius 2 -o maps.nii.gz

      Into a folder each map is written as COLUMN.nii.gz; into one .nii.gz file all
      of them, one volume each, in the recipe's order, as the provenance lists.
      """)

  @Argument(help: "The image.") var image: String
  @Argument(help: "The mask: labels on the image's grid.") var mask: String
  @OptionGroup var recipe: RecipeOption
  @OptionGroup var reading: ReadingArguments
  @OptionGroup var neighbourhoods: NeighbourhoodArguments

  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("Stands where there is no value.", valueName: "number"))
  var fill = Double.nan
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A folder, or one file for all maps: NAME.nii.gz.", valueName: "folder or file"))
  var output: String
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Ending of files in a folder: nii.gz, nii, nrrd, nhdr, mha, mhd, or dcm for DICOM parametric maps.",
      valueName: "ending"))
  var format: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Threads; without it as many as this process may use.", valueName: "number"))
  var jobs: Int?
  @Option(name: .long, help: ArgumentHelp("Memory for all jobs together, such as 4GB.", valueName: "amount"))
  var maxMemory: MemoryAmount?
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    if let jobs, !(1...4096).contains(jobs) {
      throw ValidationError("--jobs: is \(jobs), must be a whole number from 1 to 4096.")
    }
  }

  func run() throws {
    let target = try MapTarget(output, ending: format, others: ["dcm"]), dicom = try reading.series.dicom()
    let procedure = try recipe.procedure(reading), (recipe, notes) = (procedure.recipe, procedure.notes)
    try reading.check(against: recipe)
    // What was asked for and cannot be mapped is refused, not left out.
    let selection = try MapSelection(recipe, self.recipe.features.map { _ in recipe.columns.map(\.column) })
    var files = CommandFiles(self)
    files.written += target.files(selection.columns.map { recipe.columns[$0].column }).filter { $0 != output }
    files.written.append(target.provenance)
    try files.check()
    let start = now()
    let study = try Study(image: image, mask: mask, options: procedure.reading, sources: [dicom])
    let read = now(), line = ShareLine(isShown: messages.saysNotes)
    let result = try study.maps(
      recipe, selection, neighbourhoods.settings, to: target, fill: fill,
      writeFile: format == "dcm" ? DicomOutput.mapWriter(dicom, study) : nil,
      Resources(jobs: jobs ?? JobCount.preset, memory: maxMemory?.bytes)
    ) { line?.show($0) }
    line?.clear()
    let timings = [("read", read - start), ("map", now() - read)]
    try OutputFile.write(result.provenance(timings: timings), to: target.provenance)
    messages.report(notes + result.findings)
    guard messages.saysNotes else { return }
    let undefined = result.maps.filter { $0.undefined.count > 0 }.count
    let count = result.maps.count
    Terminal.report(
      "\(output): \(count) map\(count == 1 ? "" : "s") of \(result.voxelCount) voxels"
        + (undefined > 0 ? ", \(undefined) of them undefined at some (reasons in the provenance)" : ""))
  }
}

/// What a neighbourhood is.
struct NeighbourhoodArguments: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Radius of a neighbourhood, voxels, 1 to 10.", valueName: "number"))
  var radius = 1
  @Option(name: .long, help: "Its shape.") var shape = MapSettings.Shape.cube
  @Flag(help: "Which voxels of it count: those of the region, or all of the image.") var neighbours = Masking.masked
  @Option(name: .long, help: "What grey levels are made of, once, or for each neighbourhood.")
  var levels = MapSettings.Levels.region

  enum Masking: String, EnumerableFlag {
    case masked, wholeNeighbourhood
  }

  func validate() throws {
    guard (1...10).contains(radius) else {
      throw ValidationError("--radius: is \(radius), must be a whole number from 1 to 10.")
    }
  }

  var settings: MapSettings {
    var settings = MapSettings()
    settings.radius = radius
    settings.shape = shape
    settings.neighbours = neighbours == .masked ? .region : .image
    settings.levels = levels
    return settings
  }
}

extension MapSettings.Shape: ExpressibleByArgument {}
extension MapSettings.Levels: ExpressibleByArgument {}
