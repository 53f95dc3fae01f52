import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns

struct PerturbCommand: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "perturb",
    abstract: "How steady features are when image, outline or procedure change a little.",
    discussion: """
      Measures every region again and again, as other examinations might have given
      it: turned, shifted, noisier, outlined otherwise, processed otherwise. A plan
      says what is tried:

        rotation: [-4, 4]           # degrees, about the third axis
        translation: [0.25, 0.75]   # voxels of the grid interpolated to
        noise: 2                    # drawings, of the level found in the image
        volume: [-0.1, 0.1]         # region larger and smaller
        contour: 2                  # drawings along supervoxels
        discretisation: [{fixed_bin_number: 32}, {fixed_bin_number: 64}]
        design: listed              # one change at a time; else every combination

      'radiomics describe plan' lists all keys. One row for each region and
      perturbation; columns are named as the unchanged recipe names them.

        radiomics perturb ct.nrrd gtv.nrrd --recipe my.yaml --plan plan.yaml -o p.csv
        radiomics perturb cohort.csv --recipe my.yaml --plan plan.yaml -o p.csv \\
          --reliability robust.csv --figure robust.svg

      A cohort's results are kept in p.run case by case; after a kill or Ctrl-C the
      same command with --resume goes on with what is missing.

      --reliability needs a cohort: it tells differences between subjects from those
      that perturbations make. It is 'radiomics reliability p.csv --subject
      subject,region --processing perturbation'.
      """)

  @Argument(help: "The image, or a cohort: a table with the ending .csv, .tsv or .xlsx.") var image: String
  @Argument(help: "The mask. Not with a cohort.") var mask: String?
  @Option(name: .long, help: ArgumentHelp("A recipe file, or the name of a preset.", valueName: "file or preset"))
  var recipe: String
  @Option(name: .long, help: ArgumentHelp("What is tried, a YAML file.", valueName: "file")) var plan: String
  @OptionGroup var reading: ReadingArguments
  @OptionGroup var table: TableArguments
  @Option(name: .long, help: ArgumentHelp("Seed of noise and contours, instead of the plan's.", valueName: "number"))
  var seed: Int?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A cohort: write the reliability across perturbations here: .csv, .tsv, .xlsx or .json.", valueName: "file"))
  var reliability: String?
  @Option(name: .long, help: ArgumentHelp("With --reliability: draw it here (.svg).", valueName: "file")) var figure:
    String?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Threads; without it as many as this process may use.", valueName: "number")
  )
  var jobs: Int?
  @Flag(name: .long, help: "A cohort: use the results that are there, and measure what is missing.") var resume = false
  @Flag(name: .long, help: "A cohort: remove the results that are there, and begin anew.") var overwrite = false
  @OptionGroup var messages: MessageArguments

  private var isCohort: Bool { mask == nil && !Folder.exists(image) && CSV.ending(of: image) != nil }

  func validate() throws {
    if let jobs, !(1...4096).contains(jobs) {
      throw ValidationError("--jobs: is \(jobs), must be a whole number from 1 to 4096.")
    }
    if let seed, seed < 0 { throw ValidationError("--seed: is \(seed), must be a whole number from 0.") }
    if resume, overwrite { throw ValidationError("--overwrite: begins anew, it does not go with --resume.") }
    if resume || overwrite, !isCohort || table.output == nil {
      throw ValidationError(
        "--resume, --overwrite: need a cohort and --output, whose name the folder with the results bears.")
    }
    if reliability != nil, !isCohort {
      throw ValidationError("--reliability: needs a cohort; one subject shows no differences between subjects.")
    }
    if reliability != nil {
      guard table.output.flatMap(CSV.ending) != nil, table.layout == .wide else {
        throw ValidationError("--reliability: needs the table in a wide file: -o FILE.csv.")
      }
    }
    if figure != nil, reliability == nil { throw ValidationError("--figure: needs --reliability FILE.") }
    if let figure, !figure.lowercased().hasSuffix(".svg") {
      throw ValidationError("--figure: \(figure) must end in .svg.")
    }
    if isCohort { try reading.checkMasksForCohort() }
  }

  func addFiles(to files: inout CommandFiles) {
    if isCohort { files.add(cohort: image) }
  }

  func run() throws {
    try table.check()
    let file = try reliability.map { try StatisticsFile($0) }
    var tried = try PerturbationPlan(yaml: WholeFile.text(of: plan), file: plan)
    tried.seed = seed ?? tried.seed
    let schedule = try PerturbationSchedule(tried, RecipeOption.read(recipe))
    let run = PerturbationRun(schedule, options: reading.options, sources: [try reading.series.dicom()], words: \.typed)
    let resources = Resources(jobs: jobs ?? JobCount.preset, memory: nil)
    let summary: PerturbationRun.Summary
    if isCohort {
      let cohort = try Cohort(path: image)
      if let named = cohort.recipeNames.compactMap({ $0 }).first, named != recipe,
        !WholeFile.areSame(cohort.located(named), recipe)
      {
        throw ValidationError(
          "\(cohort.place(ofRecipe: named)): 'recipe' names '\(named)', --recipe is \(recipe). Name the same one, or rename the column."
        )
      }
      let kept = try table.output.map {
        try KeptPerturbations(
          CohortRun.folder(for: $0), of: cohort, schedule, reading.options, resumes: resume, overwrites: overwrite)
      }
      summary = try run.run(
        cohort: cohort, into: table.sink(), provenance: table.provenance, kept: kept, resources: resources,
        progress: { if messages.saysNotes { Terminal.report("\($0) of \(cohort.count) cases") } })
    } else {
      guard let mask = mask ?? (DICOMFolder.recognises(image) ? image : nil) else {
        throw ValidationError(
          "\(image): there is no mask. Name image and mask, or one cohort with the ending .csv, .tsv or .xlsx.")
      }
      try reading.check(against: schedule.recipe)
      summary = try run.run(
        image: image, mask: mask, into: table.sink(), provenance: table.provenance, resources: resources)
    }
    messages.report(summary.findings)
    if messages.saysNotes {
      Terminal.report(
        (table.output.map { "\($0): " } ?? "") + "\(summary.rows) rows, \(schedule.perturbations.count) perturbations"
          + (summary.failed > 0 ? ", \(summary.failed) failed" : ""))
    }
    if messages.saysNotes, summary.reused > 0 {
      Terminal.report("\(summary.reused) cases were there from an earlier run")
    }
    for (name, reason) in summary.unread { Terminal.report("failed: \(name): \(reason)") }
    if let file, let output = table.output { try assess(output, file) }
    if !summary.unread.isEmpty { throw ExitCode.notMet }
  }

  private func assess(_ output: String, _ file: StatisticsFile) throws {
    var roles = Roles()
    roles.subjects = ["subject", "region"]
    roles.conditions = [.processing: "perturbation"]
    let report = try MeasuredTable(paths: [output], named: roles.readings, recognised: recognisedColumn).reliability(
      roles, lanes: Lanes(jobs: jobs ?? JobCount.preset))
    messages.report(report.findings)
    let told = report.report(command: GivenCommand(self))
    try file.write(table: { told.csv }, json: { told.json })
    if let figure { try OutputFile.write(report.heatmap(), to: figure) }
    guard messages.saysNotes else { return }
    let lines = report.summaries.map { [$0.group, "\($0.count)", shortText($0.median, digits: 3)] }
    Terminal.report(Terminal.columns([["family, filter", "columns", "median icc"]] + lines, right: [1, 2]))
  }
}
