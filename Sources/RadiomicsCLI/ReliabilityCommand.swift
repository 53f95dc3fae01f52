import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns

struct ReliabilityCommand: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "reliability",
    abstract: "How far each feature of a table can be trusted: ICC, wCV, RC, variance components.",
    discussion: """
      The table is wide (.csv, .tsv, .xlsx), one row for each measurement. Options name the
      columns that say who was measured under which conditions; features are the
      columns that the provenance beside the table lists.

      Test and retest; readers; visits on several scanners:
        radiomics reliability features.csv --session session
        radiomics reliability features.csv --reader reader -o icc.csv
        radiomics reliability features.csv --session session --scanner scanner \\
          --components subject,subject:session,scanner,subject:scanner

      Which features to keep, as a list that other verbs take by --features:
        radiomics reliability features.csv --session session \\
          --require 'icc_lower > 0.75' --require 'wcv < 10%' --selection keep.csv

      icc is ICC1 if no condition is named, ICC2 (absolute agreement) for one, and the
      subjects' share of all components for several or where readings are missing.
      It depends on how different the subjects are, so their SD (between_sd) and range
      stand beside it. wcv and %RC are given for positive values on a ratio scale
      only; rc, the repeatability coefficient, is in the unit of the feature: two
      readings of one subject differ by less in 95 of 100 pairs.
      """)

  @Argument(help: ArgumentHelp("The feature table, or several with the same columns.", valueName: "table"))
  var tables: [String]
  @Option(
    name: .long,
    help: ArgumentHelp("Columns that name the subject, such as subject or subject,region.", valueName: "columns"))
  var subject = "subject"
  @Option(name: .long, help: ArgumentHelp("The column that tells visits apart.", valueName: "column")) var session:
    String?
  @Option(name: .long, help: ArgumentHelp("The column that tells devices apart.", valueName: "column")) var scanner:
    String?
  @Option(name: .long, help: ArgumentHelp("The column that tells readers apart.", valueName: "column")) var reader:
    String?
  @Option(
    name: .long,
    help: ArgumentHelp("The column that tells ways of processing or perturbations apart.", valueName: "column"))
  var processing: String?
  @Option(name: .long, help: ArgumentHelp("A column with the true value: slope, intercept, bias.", valueName: "column"))
  var truth: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A table of the same features of uniform phantoms, on the same scanners: noise_floor, their variance over that of patients.",
      valueName: "table"))
  var phantom: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Variance components, by role: subject,scanner,subject:scanner; else the usual ones of the conditions named.",
      valueName: "terms"))
  var components: String?
  @Option(name: .long, help: "Restricted maximum likelihood, or moments (fast, may be negative).") var method =
    ComponentMethod.reml
  @Option(name: .long, help: "Limits of components by their profile; always, never, or where it costs little.")
  var profile =
    Profile.auto
  @OptionGroup var level: ConfidenceArgument
  @OptionGroup var reading: RowsArgument
  @Option(name: .long, help: "The scale of columns of which nobody says it.") var scale: Scale?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Which features: a list or a selection of this verb (a file), a pattern of names between slashes, or names with commas.",
      valueName: "file|/pattern/|names"))
  var features: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "What a feature must meet to be kept, such as 'icc_lower > 0.75'; may be repeated. Exit code 1 if none does.",
      valueName: "rule"))
  var require: [String] = []
  @Option(
    name: .long, help: ArgumentHelp("Write the verdicts here (.csv), for --features of other verbs.", valueName: "file")
  )
  var selection: String?
  @Option(name: .long, help: ArgumentHelp("Draw features × statistics here (.svg).", valueName: "file")) var figure:
    String?
  @Option(
    name: .long,
    help: ArgumentHelp("With --figure: limits of agreement of this feature instead.", valueName: "feature"))
  var blandAltman: String?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the result here: .csv, .tsv, .xlsx or .json.", valueName: "file"))
  var output: String?
  @Option(name: .long, help: "What is printed when there is no --output.") var format = PrintedFormat.text
  @Option(
    name: .long, help: ArgumentHelp("Write a page with text, tables and a figure here (.html).", valueName: "file"))
  var report: String?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Threads; without it as many as this process may use.", valueName: "number")
  )
  var jobs: Int?
  @Option(
    name: .long,
    help: ArgumentHelp("Override a refusal by its code (mixed-modalities); repeatable, recorded.", valueName: "code"))
  var allow: [PoolingRefusal] = []
  @OptionGroup var messages: MessageArguments

  enum Profile: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
  }

  func validate() throws {
    if let jobs, !(1...4096).contains(jobs) {
      throw ValidationError("--jobs: is \(jobs), must be a whole number from 1 to 4096.")
    }
    for rule in require where Requirement(rule) == nil {
      throw ValidationError(
        "--require: is '\(rule)', must be a statistic, >, >=, < or <=, and a number: 'icc_lower > 0.75'.")
    }
    if let selection, !selection.lowercased().hasSuffix(".csv") {
      throw ValidationError("--selection: \(selection) must end in .csv.")
    }
    if let figure, !figure.lowercased().hasSuffix(".svg") {
      throw ValidationError("--figure: \(figure) must end in .svg.")
    }
    try checkPage(report)
    if blandAltman != nil, figure == nil {
      throw ValidationError("--bland-altman: needs --figure FILE.svg, where it is drawn.")
    }
  }

  func addFiles(to files: inout CommandFiles) {
    files.read += tables.map(provenancePath(for:))
    files.written += [Report.provenance(beside: output)].compactMap { $0 }
  }

  func run() throws {
    if let output { _ = try StatisticsFile(output) }
    var roles = Roles(), options = MeasuredTable.ReliabilityOptions()
    roles.subjects = subject.split(separator: ",").map(String.init)
    for (role, column) in [
      (ConditionRole.session, session), (.scanner, scanner), (.reader, reader), (.processing, processing),
    ] {
      roles.conditions[role] = column
    }
    roles.truth = truth
    options.terms = components?.split(separator: ",").map { $0.filter { $0 != " " } }
    options.method = method
    options.alpha = level.alpha
    options.profiles = profile == .auto ? nil : profile == .always
    options.scale = scale
    options.requirements = require.map { Requirement($0)! }
    let selected = try features.map { try FeatureSelection($0) }
    let measured = try MeasuredTable(
      paths: tables, named: roles.readings.union(reading.request.keys), selection: selected, request: reading.request,
      recognised: recognisedColumn)
    let mixed = try mixture(measured)
    let uniform = try phantom.map { path in
      try MeasuredTable(
        paths: [path], named: roles.readings, selection: selected, request: reading.alone, recognised: recognisedColumn)
    }
    let found = try measured.reliability(roles, options, phantom: uniform, lanes: Lanes(jobs: jobs ?? JobCount.preset))
    messages.report([Finding(.note, measured.path, measured.choiceText)] + mixed + found.findings)
    if let selection { try found.selection.write(to: selection) }
    if let figure { try OutputFile.write(try drawing(found), to: figure) }
    try found.report(command: GivenCommand(self)).write(to: output, page: report, format: format)
    if messages.saysNotes { Terminal.report(summary(found)) }
    guard found.keptCount == 0 else { return }
    let rules = found.requirements.map(\.description).joined(separator: " and ")
    Terminal.report(
      "--require: no column of \(found.features.count) meets \(rules). See the verdicts for what each lacks, or require less."
    )
    throw ExitCode.notMet
  }

  /// A warning about CT and MR in one column, as that is allowed.
  /// - Throws: `StudyError` where it is not.
  private func mixture(_ measured: MeasuredTable) throws -> [Finding] {
    let provenances = try tables.compactMap { try TableProvenance(of: $0) }
    let refusals = measured.table.poolingRefusals(measured.features.map(\.name), provenances)
    guard let (refusal, sentence) = refusals.first(where: { $0.refusal == .mixedModalities }) else { return [] }
    guard allow.contains(refusal) else {
      throw StudyError.at(measured.path, sentence, .takeNevertheless(refusal.rawValue))
    }
    return [Finding(.warning, measured.path, "\(sentence) Pooled nevertheless, as \(refusal.rawValue) is allowed.")]
  }

  private func drawing(_ report: ReliabilityReport) throws -> String {
    guard let blandAltman else { return report.heatmap() }
    return try report.blandAltmanPlot(of: blandAltman)
  }

  private func summary(_ report: ReliabilityReport) -> String {
    let tested = "\(report.features.count) column\(report.features.count == 1 ? "" : "s") tested"
    guard let kept = report.keptCount else { return tested }
    return "\(tested), \(kept) kept: \(report.requirements.map(\.description).joined(separator: " and "))"
  }
}

extension ComponentMethod: ExpressibleByArgument {}
extension Scale: ExpressibleByArgument {}
