import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsReport
import RadiomicsStatistics

struct HarmoniseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "harmonise",
    abstract: "Takes the effects of scanners and sites out of features: learnt on some rows, applied to others.",
    discussion: """
      Learn from the training rows alone, keep what was learnt, apply it to any rows:

        radiomics harmonise check features.csv --batch scanner --outcome dead
        radiomics harmonise fit training.csv --batch scanner --covariates age,sex -o h.json
        radiomics harmonise apply h.json training.csv -o training-h.csv
        radiomics harmonise apply h.json test.csv -o test-h.csv

      The outcome never protects: it is not known of new patients, and what is fitted with
      it knows the answer. Settings: radiomics describe combat
      """,
    subcommands: [
      HarmoniseFit.self, HarmoniseApply.self, HarmoniseCheck.self, HarmoniseLandmarks.self, HarmoniseKernel.self,
    ])
}

extension Combat.Method: ExpressibleByArgument {}
extension Combat.ResidualVariance: ExpressibleByArgument {}
extension NewBatchPolicy: ExpressibleByArgument {}
extension PoolingRefusal: ExpressibleByArgument {}

/// Which columns are batches, which are kept, which are harmonised.
struct BatchArguments: ParsableArguments {
  @Option(
    name: .long, parsing: .upToNextOption,
    help: ArgumentHelp(
      "The column that names the scanner, site or protocol of each row; several for nested, in this order.",
      valueName: "column"))
  var batch: [String] = []
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Columns, with commas, whose effects are kept: age,sex,'factor(stage)'. Never the outcome.", valueName: "names"))
  var covariates: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Which features: a list (a file), a pattern of names between slashes, or names with commas.",
      valueName: "file|/pattern/|names"))
  var features: String?

  var batches: [String] { batch.flatMap(MissingArgument.words) }
  var kept: [String] { covariates.map(Self.terms) ?? [] }

  /// Parts between commas that stand in no parentheses.
  static func terms(_ text: String) -> [String] {
    var terms = [""], depth = 0
    for character in text {
      depth += character == "(" ? 1 : character == ")" ? -1 : 0
      if character == ",", depth == 0 { terms.append("") } else { terms[terms.count - 1].append(character) }
    }
    return terms.map(\.trimmed).filter { !$0.isEmpty }
  }

  /// The table's rows in the order of what they hold, and its features.
  /// - `others`: Further columns that are no features.
  func read(_ tables: [String], _ request: RowsRequest, others: [String?]) throws -> MeasuredTable {
    let named = Set(batches + kept + request.keys + others.compactMap { $0 })
    return try MeasuredTable(
      paths: tables, named: named, selection: try features.map { try FeatureSelection($0) }, request: request,
      recognised: { _ in nil })
  }

  /// Names of the features of a table, and a warning about columns that are none for all that is known.
  func features(_ measured: MeasuredTable, _ combat: Combat) throws -> (names: [String], findings: [Finding]) {
    let covariates = try combat.covariateColumns(measured.table)
    let names = measured.features.map(\.name).filter { !covariates.contains($0) }
    guard measured.choice == .numeric else { return (names, []) }
    let doubtful = Set(combat.doubtful(names, measured.table)), kept = names.filter { !doubtful.contains($0) }
    guard !doubtful.isEmpty else { return (names, []) }
    let left = names.filter(doubtful.contains).prefix(6).joined(separator: ", ")
    return (
      kept,
      [
        Finding(
          .warning, measured.path,
          "of \(left)\(doubtful.count > 6 ? ", …" : "") nobody says that they are features, nor do they look so; they are left out. Name what is "
            + "harmonised by --features.")
      ]
    )
  }
}

struct HarmoniseFit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Learns the effects of batches from a table's rows, and keeps them without any row.")

  @Argument(help: ArgumentHelp("The table of the rows to learn from: .csv, .tsv or .xlsx.", valueName: "table"))
  var table: String
  @OptionGroup var columns: BatchArguments
  @Option(name: .long, help: "What is taken out, and how it is estimated.") var method = Combat.Method.parametric
  @Option(name: .long, help: ArgumentHelp("The batch that all others are brought to.", valueName: "batch"))
  var reference: String?
  @Option(name: .long, help: ArgumentHelp("For longitudinal: the column that names subjects.", valueName: "column"))
  var subject: String?
  @Option(name: .long, help: "For longitudinal: how the residual variance is estimated.") var residualVariance = Combat
    .ResidualVariance.reml
  @Option(
    name: .long, help: ArgumentHelp("For covbat: the share of variance that components explain.", valueName: "share"))
  var explained =
    0.95
  @Option(
    name: .long,
    help: ArgumentHelp("The relative change at which empirical Bayes stops; R's sva has 0.0001.", valueName: "number"))
  var tolerance = 1e-13
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Columns, with commas, that say how images are acquired (kernel, slice thickness), for --new-batch nearest.",
      valueName: "columns"))
  var acquisition: String?
  @Option(name: .long, help: ArgumentHelp("The outcome's column, so that no covariate is it.", valueName: "column"))
  var outcome: String?
  @Flag(
    name: .long,
    help: "Let the outcome be a covariate: for describing these rows; no model may be trained on what results.")
  var descriptive = false
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Override a refusal by its code (mixed-modalities, mr-fixed-width, harmonised); repeatable, recorded.",
      valueName: "code"))
  var allow: [PoolingRefusal] = []
  @Flag(name: .long, help: "Warnings are errors.") var strict = false
  @OptionGroup var reading: RowsArgument
  @Option(name: .shortAndLong, help: ArgumentHelp("Write what was learnt here (.json).", valueName: "file")) var output:
    String
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    guard !columns.batches.isEmpty else { throw ValidationError("Missing expected argument '--batch <column> ...'") }
    guard output.lowercased().hasSuffix(".json") else {
      throw ValidationError("--output: \(output) must end in .json.")
    }
    guard (0.01...1).contains(explained) else {
      throw ValidationError("--explained: is \(explained), must be from 0.01 to 1.")
    }
    guard (1e-15...0.1).contains(tolerance) else {
      throw ValidationError("--tolerance: is \(tolerance), must be from 1e-15 to 0.1.")
    }
  }

  private var settings: Combat {
    var combat = Combat()
    (combat.batch, combat.covariates, combat.method) = (columns.batches, columns.kept, method)
    (combat.reference, combat.subject, combat.residualVariance) = (reference, subject, residualVariance)
    (combat.explained, combat.tolerance) = (explained, tolerance)
    combat.acquisition = acquisition.map(MissingArgument.words) ?? []
    return combat
  }

  /// Warnings about columns that are put together though they should not be, as that is allowed.
  /// - Throws: `ValidationError` where it is not.
  private func pooling(_ rows: Table, _ names: [String]) throws -> [Finding] {
    let provenance = try TableProvenance(of: table)
    let refusals = rows.poolingRefusals(names, [provenance].compactMap { $0 })
    return try ([provenance?.harmonisedAlready].compactMap { $0 } + refusals).map { refusal, sentence in
      guard allow.contains(refusal) else {
        throw ValidationError("\(table): \(sentence) --allow \(refusal.rawValue) learns from it nevertheless.")
      }
      return Finding(.warning, table, "\(sentence) Learnt nevertheless, as \(refusal.rawValue) is allowed.")
    }
  }

  func run() throws {
    var combat = settings
    let measured = try columns.read([table], reading.request, others: [subject, outcome] + combat.acquisition)
    let (names, doubts) = try columns.features(measured, combat)
    combat.features = names
    if let outcome,
      let role = columns.batches.contains(outcome) ? "--batch" : names.contains(outcome) ? "--features" : nil
    {
      throw ValidationError("\(role): '\(outcome)' is the outcome, must be none of them.")
    }
    for (name, isGiven) in [
      ("--subject", subject != nil && method != .longitudinal), ("--explained", explained != 0.95 && method != .covbat),
      ("--residual-variance", residualVariance != .reml && method != .longitudinal),
    ] where isGiven {
      throw ValidationError(
        "\(name): is of no use with --method \(method.rawValue). Leave it out, or choose its method.")
    }
    let protected = try combat.protectedOutcomes(measured.table, outcome: outcome)
    if let first = protected.first, !descriptive {
      throw ValidationError(
        "--covariates: '\(first.column)' \(first.why), must not be kept: it is not known of new patients, and what is fitted with it knows the "
          + "answer. Leave it out; --descriptive lets it in for tables that no model is trained on.")
    }
    let pooled = try pooling(measured.table, names)
    let (fitted, noticed) = try combat.learn(measured.table)
    let findings = measured.findings + doubts + pooled + noticed
    messages.report(
      (measured.choice == .numeric ? [] : [Finding(.note, measured.path, measured.choiceText)]) + findings)
    if strict, let warning = findings.first(where: { $0.severity == .warning }) {
      throw ValidationError("--strict: there are warnings, must be none (\(warning.place): \(warning.message))")
    }
    let saved = SavedHarmonisation(
      fitted, combat, measured.table.source, isDescriptive: !protected.isEmpty,
      missing: reading.request.missing, allowed: allow.map(\.rawValue))
    try OutputFile.write(saved.text, to: output)
    guard messages.saysNotes else { return }
    let batches = fitted.steps.map {
      "'\($0.batch)' (\(zip($0.levels, $0.counts).map { "\($0) \($1)" }.joined(separator: ", ")))"
    }
    let changed = fitted.changed.prefix(6).joined(separator: ", ") + (fitted.changed.count > 6 ? ", …" : "")
    Terminal.report("\(output): harmonises \(changed)")
    Terminal.report(
      "\(output): \(fitted.changed.count) of \(combat.features.count) features, \(method.rawValue), batches of \(batches.joined(separator: ", then "))"
    )
  }
}

struct HarmoniseApply: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Takes learnt effects of batches out of a table's rows; all else stays as it is, to the byte.",
    discussion: """
      Each row is harmonised by itself, by its own batch and covariates. A batch that was not
      learnt is refused, unless --new-batch says what is done with it: its effects are
      estimated from at least 10 rows of --calibration, a table of rows that are not judged;
      it is treated as the batch whose images are acquired most alike; or its rows stay as
      they are.

      Batches and covariates may be in another table: --join clinical.csv --by subject. Its
      columns are not written, and it must have every row. What --missing said when the
      harmonisation was fitted is known.
      """)

  @Argument(help: ArgumentHelp("What 'harmonise fit' has learnt (.json).", valueName: "file")) var file: String
  @Argument(help: ArgumentHelp("The table: .csv, .tsv or .xlsx.", valueName: "table")) var table: String
  @Option(name: .long, help: "What is done with rows of a batch that was not learnt.") var newBatch = NewBatchPolicy
    .refuse
  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --new-batch estimate: rows of new batches, none of which is in the table.", valueName: "table"))
  var calibration: String?
  @Option(
    name: .long,
    help: ArgumentHelp("Override a refusal by its code (harmonised); repeatable, recorded.", valueName: "code"))
  var allow: [PoolingRefusal] = []
  @OptionGroup var reading: RowsArgument
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the table here: .csv, .tsv or .xlsx.", valueName: "file"))
  var output: String?
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    if let output, CSV.ending(of: output) == nil {
      throw ValidationError("\(output): the ending must be .csv, .tsv or .xlsx.")
    }
    if (newBatch == .estimate) != (calibration != nil) {
      throw ValidationError(
        "--new-batch estimate, --calibration: one of them is given, must be both: effects are estimated from rows set apart."
      )
    }
  }

  func addFiles(to files: inout CommandFiles) { files.written += [Report.provenance(beside: output)].compactMap { $0 } }

  func run() throws {
    let found = try HarmonisedTable(
      file: file, path: table, newBatch: newBatch, calibration: calibration, request: reading.request,
      allowed: Set(allow))
    messages.report(found.findings)
    guard let output else { return try Terminal.show(String(decoding: found.bytes(for: table), as: UTF8.self)) }
    try OutputFile.write(together: [
      (bytes: found.bytes(for: output), path: output),
      (bytes: Array(try found.provenance(command: GivenCommand(self)).utf8), path: provenancePath(for: output)),
    ])
    if messages.saysNotes { Terminal.report("\(output): \(found.summary)") }
  }
}

struct HarmoniseCheck: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "How far batches explain each feature, before and after harmonisation.",
    discussion: """
      The second table, if there is one, is the first after harmonisation; else --use names
      what 'harmonise fit' has learnt; else ComBat is fitted to the rows themselves, which
      shows the most that it can do.
      """)

  @Argument(help: ArgumentHelp("The table, and the same after harmonisation.", valueName: "table")) var tables: [String]
  @OptionGroup var columns: BatchArguments
  @Option(name: .long, help: ArgumentHelp("What 'harmonise fit' has learnt (.json).", valueName: "file")) var use:
    String?
  @Option(name: .long, help: ArgumentHelp("A column of outcomes that batches may go with.", valueName: "column"))
  var outcome: String?
  @OptionGroup var reading: RowsArgument
  @OptionGroup var files: AnalysisFiles
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    guard tables.count < 3 else {
      throw ValidationError("there are \(tables.count) tables, must be one, or two: before and after harmonisation.")
    }
    guard columns.batches.count == 1 || columns.batches.isEmpty && use != nil else {
      throw ValidationError("--batch: names \(columns.batches.count) columns, must name one.")
    }
    if tables.count == 2, use != nil {
      throw ValidationError("--use: cannot be with a second table. Give one of them.")
    }
    try files.check()
  }

  func addFiles(to files: inout CommandFiles) { files.read += tables.map(provenancePath(for:)) }

  func run() throws {
    let saved = try use.map { try SavedHarmonisation(WholeFile.bytes(ofFileOrPipe: $0), path: $0) }
    var columns = columns
    if let known = saved?.model.steps.map(\.batch), columns.batches.isEmpty {
      guard known.count == 1 else {
        throw ValidationError(
          "--batch: \(use ?? "") knows \(known.joined(separator: ", ")), must name the one of them that is checked.")
      }
      columns.batch = known
    }
    var request = reading.request
    request.missing += saved?.missing ?? []
    let measured = try columns.read([tables[0]], request, others: [outcome]), rows = measured.table
    var combat = Combat()
    (combat.batch, combat.covariates) = (columns.batches, columns.kept)
    var (names, doubts) = try columns.features(measured, combat)
    combat.features = names
    doubts += rows.poolingRefusals(names, try [TableProvenance(of: tables[0])].compactMap { $0 }).map {
      Finding(.warning, tables[0], $0.sentence)
    }
    let after: Table, how: String
    if tables.count == 2 {
      let later = try MeasuredTable(paths: [tables[1]], request: reading.request, recognised: { _ in nil }).table
      after = try rows.aligned(later, by: Set(columns.batches).union(try combat.covariateColumns(rows)))
      how = "After harmonisation they are those of \(tables[1])."
    } else if let saved, let use {
      after = try saved.model.apply(rows)
      how = "They are harmonised by \(use)."
    } else {
      let (fitted, noticed) = try combat.learn(rows)
      messages.report(noticed)
      after = try fitted.apply(rows)
      how = "They are harmonised by parametric ComBat fitted to these rows: the most that it can do."
    }
    let check = try HarmonisationCheck(
      rows, after, batch: columns.batches[0], features: combat.features, covariates: columns.kept, outcome: outcome)
    let report = check.report(rows, how: how, command: GivenCommand(self))
    messages.report(measured.findings + doubts + report.findings)
    try files.write(report, measured.findings + doubts)
  }
}
