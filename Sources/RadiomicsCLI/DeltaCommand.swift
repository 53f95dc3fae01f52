import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsDICOM
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns
import RadiomicsStatistics

struct DeltaCommand: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "delta",
    abstract: "How features changed from scan to scan, against the error of measurement.",
    discussion: """
      The table is a feature table (.csv, .tsv, .xlsx) with one row for each scan of a
      subject, or of a lesion; several tables measured by one recipe are put together.
      For each pair of scans there are FEATURE.absolute, .relative (of the absolute
      value it is compared with; -0.5 is halved), .log_ratio and .verdict; rows with
      'to' = all have .slope and .area over a common horizon:

        radiomics delta features.csv --subject subject --time date -o delta.csv
        radiomics delta features.csv --time visit --order pre,mid,post --lesion region

      Verdicts need to know how far two readings of an unchanged lesion differ: what
      'reliability --selection' wrote, a profile, or the table of test and retest
      itself, by which many features are judged at once from 40 subjects on:

        radiomics delta features.csv --time date --errors keep.csv
        radiomics delta features.csv --time date --retest retest.csv

      Heterogeneity rises where a lesion merely shrinks. --null compares features with
      those of the first scan's own lesion behind the smaller outline, its edge blended
      again as measured: FEATURE.null, .beyond_null, .core (the change without the rim)
      and .paradox: smaller, and yet above the null by more than the error:

        radiomics extract cohort.csv --recipe r.yaml -o f.csv
        radiomics delta f.csv --time day --errors keep.csv --null cm_contrast.3D_mrg.fbs25 \
          --cohort cohort.csv --recipe r.yaml

      For models of survival: what was known at a landmark, or between scans, with
      columns that go straight into prognostic and train:

        radiomics delta features.csv --time day --landmark 60 --end last --event died \\
          -o landmark.csv
        radiomics prognostic landmark.csv --marker volume.log_ratio
        radiomics delta features.csv --time day --start-stop --end last --event died \\
          -o intervals.csv
        radiomics prognostic intervals.csv --start start --time stop --subject subject \\
          --model volume.log_ratio
      """)

  @Argument(help: ArgumentHelp("The feature table, or several of one recipe.", valueName: "table")) var tables: [String]
  @Option(name: .long, help: ArgumentHelp("The column that names the subjects.", valueName: "column")) var subject =
    "subject"
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column of scans' times: dates (2024-03-01), numbers, or words with --order.", valueName: "column"))
  var time = "timepoint"
  @Option(
    name: .long, help: ArgumentHelp("Words of the time, with commas, the first scan first.", valueName: "words"))
  var order: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column that names lesions, the same at every scan: a label, a name, a tracking UID.", valueName: "column"))
  var lesion: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column that tells devices apart: changes from one to another are judged by the reproducibility between them.",
      valueName: "column"))
  var scanner: String?
  @Option(name: .long, help: "What each scan is compared with; nadir: the smallest before, of sizes.") var reference =
    ChangeReference.baseline
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Time from the first scan over which areas go; without it the shortest of all subjects.", valueName: "time"))
  var horizon: Double?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "How far readings lie apart: the selection of 'reliability' (.csv), or a profile (.yaml).", valueName: "file"))
  var errors: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The same from a table of test and retest, with the columns of --subject and --session.", valueName: "table"))
  var retest: String?
  @Option(name: .long, help: ArgumentHelp("Of --retest: the column that tells visits apart.", valueName: "column"))
  var session = "session"
  @Option(
    name: .long,
    help: ArgumentHelp(
      "One row for whoever is still seen and scanned twice at this time; needs --end and --event.", valueName: "time"))
  var landmark: Double?
  @Flag(name: .long, help: "A row for each time between scans, with what was known; needs --end and --event.")
  var startStop = false
  @Option(
    name: .long,
    help: ArgumentHelp("The column of the end of observation, on the scale of --time.", valueName: "column"))
  var end: String?
  @Option(
    name: .long, help: ArgumentHelp("The column of the event that ends it: 1 or 0.", valueName: "column"))
  var event: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column of the time from which times count, such as the start of treatment; without it a subject's first scan.",
      valueName: "column"))
  var origin: String?
  @OptionGroup var null: NullArguments
  @OptionGroup var features: FeaturesArgument
  @OptionGroup var level: ConfidenceArgument
  @OptionGroup var reading: RowsArgument
  @OptionGroup var files: AnalysisFiles
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    try files.check()
    if landmark != nil, startStop {
      throw ValidationError("--landmark, --start-stop: both are given, must be one of them.")
    }
    let isFollowed = landmark != nil || startStop
    if isFollowed, end == nil || event == nil {
      throw ValidationError(
        "--\(startStop ? "start-stop" : "landmark"): needs --end COLUMN and --event COLUMN, until when subjects were seen."
      )
    }
    if !isFollowed,
      let option = [("--end", end), ("--event", event), ("--origin", origin)].first(where: { $0.1 != nil })
    {
      throw ValidationError("\(option.0): is of --landmark or --start-stop. Give one of these.")
    }
    if errors != nil, retest != nil {
      throw ValidationError("--errors, --retest: both say how far readings lie apart. Give one of them.")
    }
    if null.features != nil, isFollowed || reference != .baseline {
      throw ValidationError("--null: compares with the first scan. Leave --landmark, --start-stop and --reference out.")
    }
    if let landmark, !(landmark.isFinite && landmark >= 0) {
      throw ValidationError("--landmark: is \(landmark), must be a time of 0 or more.")
    }
    if let horizon, !(horizon.isFinite && horizon > 0) {
      throw ValidationError("--horizon: is \(horizon), must be above 0.")
    }
  }

  func addFiles(to files: inout CommandFiles) { files.read += tables.map(provenancePath(for:)) }

  private var settings: ChangeSettings {
    var settings = ChangeSettings()
    (settings.subject, settings.lesion, settings.time, settings.scanner) = (subject, lesion, time, scanner)
    settings.order = order.map(MissingArgument.words) ?? []
    (settings.reference, settings.horizon, settings.confidence) = (reference, horizon, 1 - level.alpha)
    if let end, let event {
      settings.followUp = FollowUp(
        landmark.map { .landmark($0) } ?? .startStop, end: end, event: event, origin: origin)
    }
    return settings
  }

  func run() throws {
    let settings = settings, selected = try features.features.map { try FeatureSelection($0) }
    let measured = try MeasuredTable(
      paths: tables, named: Set(settings.columns + reading.request.keys), selection: selected,
      request: reading.request, recognised: recognisedColumn)
    let known = try knownErrors(selected)
    var found = try ChangedTable(measured, settings, errors: known)
    if let run = try null.run(settings, measured) {
      found = found.comparing(with: try run.run(found.changes.rows, lanes: Lanes(jobs: null.jobs ?? JobCount.preset)))
    }
    let findings = measured.findings + found.findings
    messages.report([Finding(.note, measured.path, measured.choiceText)] + findings)
    var report = found.report(command: GivenCommand(self))
    report.findings = findings.typed
    if let figure = files.figure, let draw = report.figure { try OutputFile.write(draw(), to: figure) }
    if let page = files.report { try OutputFile.write(report.page, to: page) }
    if let output = files.output {
      try StatisticsFile(output).write(table: { found.csv }, json: { report.json })
      if let beside = Report.provenance(beside: output) {
        try OutputFile.write(found.provenance(report.findings, command: GivenCommand(self)), to: beside)
      }
      if messages.saysNotes { Terminal.report("\(output): \(found.changes.rows.count) rows") }
      return
    }
    switch files.format {
    case .csv: try Terminal.show(found.csv.text())
    case .json: try Terminal.show(report.json.json + "\n")
    case .text: try Terminal.show(report.text)
    }
  }

  /// How far readings lie apart, by whatever says it.
  private func knownErrors(_ selected: FeatureSelection?) throws -> ChangeErrors? {
    if let errors {
      if ["yaml", "yml"].contains(errors.split(separator: ".").last?.lowercased() ?? "") {
        return try ChangeErrors(profile: BiomarkerProfile(yaml: WholeFile.text(of: errors), file: errors), path: errors)
      }
      return try ChangeErrors(selection: errors)
    }
    guard let retest else { return nil }
    var roles = Roles(), options = MeasuredTable.ReliabilityOptions()
    roles.subjects = [subject]
    roles.conditions[.session] = session
    if let scanner { roles.conditions[.scanner] = scanner }
    options.alpha = level.alpha
    options.profiles = false
    let table = try MeasuredTable(
      paths: [retest], named: roles.readings, selection: selected, request: reading.alone, recognised: recognisedColumn)
    return ChangeErrors(try table.reliability(roles, options, lanes: Lanes(jobs: 1)))
  }
}

/// What shrinking alone does to features, from the images themselves.
struct NullArguments: ParsableArguments, NamesFurtherFiles {
  @Option(
    name: .customLong("null"),
    help: ArgumentHelp(
      "Compare these columns with those of a lesion that merely shrank; needs --cohort and --recipe.",
      valueName: "names")
  )
  var features: String?
  @Option(
    name: .long,
    help: ArgumentHelp("With --null: the cohort file that the table was extracted from.", valueName: "file"))
  var cohort: String?
  @Option(
    name: .long, help: ArgumentHelp("With --null: the recipe of the table, a file or a preset.", valueName: "recipe"))
  var recipe: String?
  @Option(name: .long, help: "With --null: draws of the noise, at least 20.") var draws = 20
  @Option(name: .long, help: "With --null: where draws begin.") var seed = 1
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("With --null: threads; without it as many as this process may use.", valueName: "number"))
  var jobs: Int?

  func validate() throws {
    if features != nil, cohort == nil || recipe == nil {
      throw ValidationError("--null: needs --cohort FILE and --recipe RECIPE, from which the lesion is measured again.")
    }
    if features == nil, cohort != nil || recipe != nil {
      throw ValidationError("--cohort, --recipe: are of --null. Name the columns that it is about.")
    }
    guard (20...10_000).contains(draws) else {
      throw ValidationError("--draws: is \(draws), must be from 20 to 10000.")
    }
    guard seed >= 0 else { throw ValidationError("--seed: is \(seed), must be a whole number from 0.") }
    if let jobs, !(1...4096).contains(jobs) {
      throw ValidationError("--jobs: is \(jobs), must be a whole number from 1 to 4096.")
    }
  }

  func addFiles(to files: inout CommandFiles) { if let cohort { files.add(cohort: cohort) } }

  /// Nil where nothing is compared.
  func run(_ settings: ChangeSettings, _ measured: MeasuredTable) throws -> VolumeNullRun? {
    guard let features, let cohort, let recipe else { return nil }
    return try VolumeNullRun(
      Cohort(path: cohort), RecipeOption.read(recipe), features: MissingArgument.words(features), settings: settings,
      measured: measured.features, draws: draws, seed: UInt64(seed), sources: [DICOMSource()])
  }
}

extension ChangeReference: ExpressibleByArgument {}

extension ChangeErrors {
  /// What a profile claims; errors that grow with the value are constant for logarithms, log wSD = √log(1 + wCV²).
  init(profile: BiomarkerProfile, path: String) throws {
    var errors: [String: FeatureErrors] = [:], fingerprints: [String: String] = [:]
    for quantity in profile.quantities {
      guard let claim = quantity.claim else { continue }
      let df = claim.df ?? .infinity
      switch claim.kind {
      case .constant(let rc):
        errors[quantity.column] = FeatureErrors(
          MeasurementError(.plain, deviation: rc / Repeatability.factor, df: df), coefficient: rc)
      case .proportional(let wcv):
        errors[quantity.column] = FeatureErrors(
          MeasurementError(.log, deviation: log(1 + wcv * wcv).squareRoot(), df: df))
      }
      fingerprints[quantity.column] = quantity.fingerprint
    }
    self.init(errors, fingerprints: fingerprints, source: path, digest: sha256(try WholeFile.bytes(of: path)))
  }
}
