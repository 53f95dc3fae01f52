import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsRuns

struct Extract: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Image and mask, or a cohort of them, to a table of features.",
    discussion: """
      Reads DICOM, NIfTI, NRRD and MetaImage. One row for each region; a value, or the
      reason why there is none. Beside the table stands NAME.provenance.json:
      recipe in full, fingerprints, inputs with SHA-256, steps, findings.

        radiomics extract ct.nii.gz gtv.nrrd
        radiomics extract ct.nii.gz gtv.nrrd --recipe ibsi-ct -o features.csv
        radiomics extract pet.nrrd lesions.nrrd --region components -o all.tsv
        radiomics extract ct.nrrd gtv.nrrd --features morphology,stat_mean
        radiomics extract ct.nrrd gtv.nrrd --save-steps steps -o features.csv

      A DICOM folder may hold both, series and structure set or segmentation.

        radiomics extract export --region '/GTV.*/' -o f.csv --dicom-out results

      A cohort is a CSV file with the columns subject,image,mask and, as wanted,
      region,clip,reference,recipe,timepoint,session,scanner,reader,site,modality
      and any others, which are copied through; paths are relative to it. 'radiomics cohort
      scan' proposes one. Each case ends as a row: ok, partial or failed. Where the
      column 'recipe' names several, each has a table: features.NAME.csv.

        radiomics extract cohort.csv --recipe my.yaml -o features.csv
        radiomics extract cohort.csv --recipe my.yaml -o features.csv --resume
        radiomics extract cohort.csv --recipe my.yaml -o f.csv --shard 3/8

      The results stand in features.run, one file for each case; after a kill,
      a loss of power or a repaired file, --resume goes on with what is missing.

      Exit codes: 0 done; 1 done, but cases failed (with --strict: cells are
      undefined too); 2 wrong input; 130, 143 stopped by a signal.
      """)

  @Argument(help: "The image, a DICOM folder, or a cohort: a table with the ending .csv, .tsv or .xlsx.") var image:
    String
  @Argument(help: "The mask: labels on the image's grid. Not with a cohort.") var mask: String?
  @OptionGroup var recipe: RecipeOption
  @OptionGroup var reading: ReadingArguments
  @OptionGroup var table: TableArguments

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Threads, and processes of a cohort; without it as many as this process may use.",
      valueName: "number"))
  var jobs: Int?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Memory for all jobs together, such as 4GB; cells that need more are undefined.",
      valueName: "amount"))
  var maxMemory: MemoryAmount?
  @Flag(name: .long, help: "A cohort: use the results that are there, and measure what is missing.") var resume = false
  @Flag(name: .long, help: "A cohort: remove the results that are there, and begin anew.") var overwrite = false
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A cohort: only rows i, i + n, i + 2n, … ('radiomics merge' makes the table).",
      valueName: "i/n"))
  var shard: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A cohort with a column 'recipe': only the rows of this one, into the table that it has among all.",
      valueName: "recipe"))
  var only: String?
  @Option(name: .long, help: ArgumentHelp("A cohort: write what happens here as JSON lines.", valueName: "file"))
  var events: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Write image and masks after each step here, cut to the region's box.", valueName: "folder"))
  var saveSteps: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Write the table of steps here (sizes, voxels, intensities); computes the whole image for its figures.",
      valueName: "file"))
  var diagnostics: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Write the regions as a DICOM segmentation and the values as a structured report here.", valueName: "folder"))
  var dicomOut: String?
  @OptionGroup var profile: ProfileArguments
  @Flag(name: .long, help: "Exit with 1 if any cell is undefined; with --profile refuse cases that do not conform.")
  var strict = false
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    if let jobs, !(1...4096).contains(jobs) {
      throw ValidationError("--jobs: is \(jobs), must be a whole number from 1 to 4096.")
    }
    if mask == nil, !isCohort, !holdsMask {
      throw ValidationError(
        "\(image): there is no mask. Name image and mask, or one cohort with the ending .csv, .tsv or .xlsx.")
    }
    let single = [("--save-steps", saveSteps), ("--diagnostics", diagnostics), ("--dicom-out", dicomOut)]
    if shard != nil, profile.profile != nil {
      throw ValidationError("--profile: belongs to a table, not to a shard. Give it to 'radiomics merge'.")
    }
    if overwrite, resume || shard != nil {
      throw ValidationError(
        "--overwrite: begins the whole run anew, it goes with neither --resume nor --shard. Leave one of them out.")
    }
    if isCohort {
      if let (name, _) = single.first(where: { $0.1 != nil }) {
        throw ValidationError("\(name): belongs to one image and mask, not to a cohort.")
      }
      try reading.checkForCohort()
    }
    let many = [
      ("--only", only != nil), ("--shard", shard != nil), ("--resume", resume), ("--overwrite", overwrite),
      ("--events", events != nil),
    ]
    if !isCohort, let (name, _) = many.first(where: { $0.1 }) {
      throw ValidationError("\(name): belongs to a cohort, not to one image and mask. Leave it out.")
    }
  }

  func addFiles(to files: inout CommandFiles) {
    if isCohort { files.add(cohort: image, measuredBy: recipe, into: table.output, only: only) }
  }

  /// Whether the one thing named is a table of cases.
  private var isCohort: Bool { mask == nil && !Folder.exists(image) && CSV.ending(of: image) != nil }

  /// Whether the one thing named may hold image and mask: a folder or list of DICOM.
  private var holdsMask: Bool { DICOMFolder.recognises(image) }

  func run() throws {
    if isCohort { return try runCohort() }
    try table.check()
    if let diagnostics, CSV.ending(of: diagnostics) == nil {
      throw ValidationError("--diagnostics: the table of steps must end in .csv, .tsv or .xlsx.")
    }
    let procedure = try recipe.procedure(reading), (recipe, notes) = (procedure.recipe, procedure.notes)
    try reading.check(against: recipe)
    let wanted = try profile.applied(to: recipe, refuses: strict)
    let start = now(), dicom = try reading.series.dicom()
    let study = try Study(image: image, mask: mask ?? image, options: procedure.reading, sources: [dicom])
    if let wanted { try wanted.report(wanted.conformance(header: study.acquisition), messages) }
    let read = now(), resources = Resources(jobs: jobs ?? JobCount.preset, memory: maxMemory?.bytes)
    var result = try study.measure(recipe, resources, wholeImage: diagnostics != nil, keepsStages: saveSteps != nil)
    result.profile = wanted
    let timings = [("read", read - start), ("measure", now() - read)]
    messages.report(notes + result.findings)
    if let saveSteps { try result.writeStages(to: saveSteps) }
    if let diagnostics { try result.diagnostics.write(to: diagnostics) }
    if let dicomOut, !study.regions.isEmpty { try DicomOutput(source: dicom, folder: dicomOut).write(result) }
    if table.isDatabase, let provenance = table.provenance {
      try result.write(to: table.sink(), provenance: provenance, timings: timings)
    } else if let output = table.output {
      try result.write(to: output, layout: table.layout, guardsFormulas: table.guardFormulas, timings: timings)
    } else {
      try Terminal.show(printed(result))
    }
    if let quantities = result.profiled {
      try quantities.show(onTerminal: table.output == nil && table.format == .text)
    }
    if messages.saysNotes { Terminal.report(summary(result)) }
    if let failure = study.failure {
      Terminal.report("failed: \(failure)")
      throw ExitCode.notMet
    }
    if strict, result.table.undefinedCount > 0 { throw ExitCode.notMet }
  }

  private func runCohort() throws {
    var options = CohortRun.Options()
    options.jobs = jobs ?? JobCount.preset
    options.memory = maxMemory?.bytes
    options.shard = try shard.map { (text) throws(StudyError) in try Shard(text) } ?? .whole
    options.resumes = resume
    options.overwrites = overwrite
    let parts = try recipe.parts(of: Cohort(path: image), reading, output: table.output, only: only)
    try CohortExtraction(options: options, table: table, messages: messages, events: events, strict: strict)
      .run(parts, profile: profile)
  }

  private func summary(_ result: StudyResult) -> String {
    let undefined = result.measurements.reduce(0) { $0 + $1.cells.count { $0.value == nil } }
    let count = result.measurements.count, unmeasured = result.study.unmeasured.count
    let reasons = self.table.output == nil ? "" : " (reasons in the provenance)"
    return (self.table.output.map { "\($0): " } ?? "")
      + "\(count) region\(count == 1 ? "" : "s"), \(result.recipe.columns.count) features each"
      + (unmeasured > 0 ? ", \(unmeasured) not measured" : "")
      + (undefined > 0 ? ", \(undefined) undefined\(reasons)" : "")
  }

  private func printed(_ result: StudyResult) -> String {
    switch table.format {
    case .csv: result.text(.csv, table.layout, guardsFormulas: table.guardFormulas)
    case .json: result.text(.json, table.layout)
    case .text: Self.text(result.table)
    }
  }

  /// For people: one line for each value, grouped by region.
  static func text(_ table: Table) -> String {
    func text(_ name: String, _ row: Int) -> String? { table.texts.first { $0.name == name }?.values[row] }
    return (0..<table.count).map { row in
      let title = "region \(text("region", row) ?? "")\n"
      if text("status", row) == "failed" { return title + "  not measured: \(text("reason", row) ?? "")\n" }
      let rows = table.measured.map { measurand, cells in
        let cell = cells[row]
        return [
          measurand.column, cell.value.map { shortText($0, digits: 6) } ?? "undefined",
          cell.value == nil ? "" : measurand.unit,
          cell.reason.map { "(\($0))" } ?? measurand.feature.name,
        ]
      }
      return title + Terminal.columns(rows, right: [1])
    }.joined(separator: "\n")
  }
}
