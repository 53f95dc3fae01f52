import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsDICOM
import RadiomicsImaging
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns
import RadiomicsStatistics

struct ResponseCommand: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "response",
    abstract: "Response of tumours to treatment: RECIST 1.1, iRECIST, WHO, volumes.",
    discussion: """
      A table of lesions has a row for each lesion and visit, the first of which is the
      baseline. Columns: subject; visit, time or both (numbers or dates say the order);
      lesion; role (target, non-target, new); and as far as they are known organ, node (yes,
      no), long and short (diameters in mm), volume (mm³), slice (thickness in mm), state:

        absent             gone
        too small          seen, too small to measure: counts 5 mm
        NE                 not evaluable, as where there is no row
        present            a lesion that is not measured
        progression        unequivocal, of a non-target lesion; further progression after it
        equivocal          perhaps a new lesion
        part of T1         a piece of target lesion T1, which has split
        merged into T1     counts with T1

        radiomics response lesions.csv
        radiomics response lesions.csv -o response.csv --report response.html

      With columns image and mask (and region) in place of sizes it is a cohort: each lesion
      is measured in its slices.

        radiomics response cohort.csv --lesions lesions.csv --pictures pictures

      Of nodes the short axis counts, of others the longest diameter. Shares in files are of
      the baseline and of the nadir: -0.3 is 30 % less. They are never rounded before they are
      compared. Responses need not be confirmed. 'describe recist' says all rules.
      """)

  @Argument(help: ArgumentHelp("The table of lesions: .csv, .tsv or .xlsx.", valueName: "table")) var lesions: String
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Volumes: the share by which they change that is a response.", valueName: "share"))
  var volumeDecrease: Double?
  @Option(
    name: .long, help: ArgumentHelp("Volumes: the share by which they change that is progression.", valueName: "share"))
  var volumeIncrease: Double?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Volumes: what repeated outlines differ by (RC), as a share; what is beyond it is a response or progression.",
      valueName: "share"))
  var volumeRepeatability: Double?
  @Flag(name: .long, help: "Warnings, such as of target lesions that are not measurable, are errors.") var strict =
    false
  @Option(name: .long, help: "Masks: diameters are between corners of voxels, or between their centres.") var ends =
    DiameterEnds.corners
  @Option(
    name: .customLong("lesions"),
    help: ArgumentHelp(
      "Masks: write the table of lesions with their sizes here: .csv, .tsv or .xlsx.", valueName: "file"))
  var target: String?
  @Option(
    name: .customLong("pictures"),
    help: ArgumentHelp(
      "Masks: the folder, made if it is missing, for a picture of each lesion with its diameters (.svg).",
      valueName: "folder"))
  var outDir: String?
  @OptionGroup var series: SeriesArguments
  @OptionGroup var rows: RowsArgument
  @OptionGroup var files: AnalysisFiles
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    try files.check()
    if let share = volumeDecrease, !(share > -1 && share < 0) {
      throw ValidationError("--volume-decrease: is \(share), must be above -1 and below 0.")
    }
    for (name, share) in [("increase", volumeIncrease), ("repeatability", volumeRepeatability)] {
      if let share, !(share > 0 && share.isFinite) {
        throw ValidationError("--volume-\(name): is \(share), must be above 0.")
      }
    }
    if let target, CSV.ending(of: target) == nil {
      throw ValidationError("--lesions: \(target) must end in .csv, .tsv or .xlsx.")
    }
    if volumeRepeatability != nil, volumeDecrease != nil || volumeIncrease != nil {
      throw ValidationError("--volume-repeatability: says both limits of volumes. Leave the others out.")
    }
  }

  private var limits: VolumeResponse.Limits {
    if let volumeRepeatability { return .init(repeatability: volumeRepeatability) }
    var limits = VolumeResponse.Limits()
    if let volumeDecrease { limits.decrease = volumeDecrease }
    if let volumeIncrease { limits.increase = volumeIncrease }
    return limits
  }

  func addFiles(to files: inout CommandFiles) {
    guard let (table, _) = try? rows.alone.read([lesions]), MeasuredLesions.areMeasured(table) else { return }
    files.read += MeasuredLesions.files(of: table)
  }

  /// Measures the lesions of a cohort; a table of sizes stays as it is.
  private func measured(_ table: Table) throws -> (table: Table, inputs: [ResultProvenance.Input], findings: [Finding])
  {
    guard MeasuredLesions.areMeasured(table) else {
      if let option = target != nil ? "--lesions" : outDir != nil ? "--pictures" : nil {
        throw ValidationError(
          "\(option): needs a table with columns 'image' and 'mask', by which lesions are measured.")
      }
      return (table, [], [])
    }
    var options = Study.Options()
    options.series = series.options
    if let outDir { try WholeFile.makeFolder(outDir) }
    let found = try MeasuredLesions(table, ends: ends, options: options, sources: [try series.dicom()]) {
      picture, name in
      if let outDir { try OutputFile.write(picture.svg(name), to: "\(outDir)/\(name).svg") }
    }
    if let target { try found.table.csv.write(to: target) }
    return (found.table, found.inputs, found.findings)
  }

  func run() throws {
    var noticed: [Finding] = []
    let (table, inputs, seen) = try measured(try rows.read(lesions, messages, &noticed))
    let found = try ResponseAnalysis(table, limits: limits)
    messages.report(seen + found.findings)
    noticed += seen
    if strict, let warning = (noticed + found.findings).first(where: { $0.severity == .warning }) {
      throw ValidationError("--strict: there are warnings, must be none (\(warning.place): \(warning.message))")
    }
    var report = found.report(command: GivenCommand(self))
    report.provenance.inputs += inputs
    try files.write(report, noticed)
  }
}

extension DiameterEnds: ExpressibleByArgument {}
