import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsReport
import RadiomicsRuns

struct AgreementCommand: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "agreement",
    abstract: "How well outlines of the same regions agree: overlap, distances, consensus.",
    discussion: """
      Two or more masks on one grid, each a file of any format that is read. The
      first is the reference A. Labels are compared by number, or by name if all
      have one; masks with one region each are compared whatever it is called.

        radiomics agreement anna.nii.gz ben.nii.gz
        radiomics agreement truth.nrrd net.nrrd --tolerance 1 --tolerance 2
        radiomics agreement a.nrrd b.nrrd c.nrrd --consensus staple.nrrd --by staple
        radiomics agreement rtstruct1.dcm rtstruct2.dcm --image series/ -o all.csv

      HD95 has four rules in common use, and all are given. Quote it with its rule;
      hd95_max_of_directed_linear is what MONAI and Metrics Reloaded mean. Distances
      are between centres of border voxels in mm; those named robust_…, surface_…
      and avg_surface_distance weigh pieces of surface by their area. To an empty
      mask the distance is infinite; where both are empty there is no value, and
      the reason is given. Kappa, specificity and STAPLE depend on the field of view.
      """)

  @Argument(help: ArgumentHelp("Two or more masks; the first is the reference.", valueName: "mask"))
  var masks: [String]
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The image whose grid is used; structure sets need the one they were drawn on.", valueName: "image"))
  var image: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Surface Dice and added path length: distance in mm that counts as equal; may be repeated.", valueName: "mm"))
  var tolerance: [Double] = []
  @Option(name: .long, help: "Border voxels have one of 6 (faces) or 26 neighbours outside.") var border = BorderRule
    .faces
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Which regions: each, their union, a label's number, a segment's exact name, or /regex/ over names.",
      valueName: "which"))
  var region = "each"
  @Option(name: .long, help: ArgumentHelp("Write the consensus of all masks here.", valueName: "file"))
  var consensus: String?
  @Option(name: .long, help: "What the consensus is.") var by = ConsensusRule.majority
  @Flag(name: .long, help: "Put masks of another grid onto the first one's (nearest label).") var resampleMask = false
  @Option(name: .long, help: ArgumentHelp("Soft masks: a voxel of at least this value belongs.", valueName: "value"))
  var maskThreshold: Double?
  @OptionGroup var series: SeriesArguments
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the result here: .csv, .tsv, .xlsx or .json.", valueName: "file"))
  var output: String?
  @Option(name: .long, help: "What is printed when there is no --output.") var format = PrintedFormat.text
  @Option(name: .long, help: ArgumentHelp("Write a page with text and tables here (.html).", valueName: "file"))
  var report: String?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Threads; without it as many as this process may use.", valueName: "number")
  )
  var jobs: Int?
  @OptionGroup var messages: MessageArguments

  func addFiles(to files: inout CommandFiles) {
    files.written += [Report.provenance(beside: output)].compactMap { $0 }
  }

  func validate() throws {
    try checkPage(report)
    guard (2...64).contains(masks.count) else {
      throw ValidationError(
        "agreement: \(masks.count == 1 ? "1 mask was" : "\(masks.count) masks were") given, must be from 2 to 64.")
    }
    for tolerance in tolerance where !(tolerance >= 0 && tolerance.isFinite) {
      throw ValidationError("--tolerance: is \(tolerance), must be a distance in mm, 0 or more.")
    }
    if let jobs, !(1...4096).contains(jobs) {
      throw ValidationError("--jobs: is \(jobs), must be a whole number from 1 to 4096.")
    }
    if let consensus, ImageFormats.named(consensus) == nil {
      throw ValidationError(
        "--consensus: the ending of \(consensus) names no format (.nii .nii.gz .nrrd .nhdr .mha .mhd).")
    }
  }

  func run() throws {
    if let output { _ = try StatisticsFile(output) }
    var reading = Study.Options(), options = AgreementOptions()
    reading.region = RegionChoice(region)
    reading.maskThreshold = maskThreshold
    reading.resamplesMask = resampleMask
    reading.series = series.options
    options.tolerances = tolerance.enumerated().filter { !tolerance[..<$0].contains($1) }.map(\.element)
    options.border = border
    let comparison = try MaskComparison(masks, image: image, options: reading, sources: [try series.dicom()])
    messages.report(comparison.findings)
    let result = comparison.measure(options, lanes: Lanes(jobs: jobs ?? JobCount.preset))
    if let consensus {
      let (scan, segments, findings) = try comparison.consensus(by)
      messages.report(findings)
      try ImageFormats.write(scan, to: consensus, segments: segments)
    }
    try result.report(command: GivenCommand(self)).write(to: output, page: report, format: format)
  }
}

extension BorderRule: ExpressibleByArgument {}
extension ConsensusRule: ExpressibleByArgument {}
