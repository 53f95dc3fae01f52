import ArgumentParser
import Radiomics
import RadiomicsRuns
import RadiomicsStore

/// Where the table goes, and how it looks.
struct TableArguments: ParsableArguments, NamesFurtherFiles {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write the table here: .csv, .tsv, .xlsx, .json, .jsonl (one object a line) or .sqlite (readable while a cohort runs).",
      valueName: "file"))
  var output: String?
  @Option(name: .long, help: "One row for each region, or one for each value.") var layout = TableLayout.wide
  @Option(name: .long, help: "What is printed when there is no --output.") var format = PrintedFormat.text
  @Flag(
    name: .long,
    help:
      "For spreadsheet programs: texts that begin with =, +, - or @ get an apostrophe, so that none is run as a formula."
  )
  var guardFormulas = false

  /// The provenance beside the table.
  var provenance: String? { output.map(RadiomicsFormats.provenancePath(for:)) }

  func addFiles(to files: inout CommandFiles) { files.written += [provenance].compactMap { $0 } }

  /// The same for another table.
  func named(_ output: String?) -> TableArguments {
    var table = self
    table.output = output
    return table
  }

  /// Whether the table is an SQLite database.
  var isDatabase: Bool { output?.lowercased().hasSuffix(".sqlite") ?? false }

  /// The table's file; standard output if none is named, as CSV where people would read a text.
  func sink() throws -> any TableSink {
    guard let output else {
      return try TableFile(
        path: "/dev/stdout", layout: layout, format: format == .json ? .json : .csv, guardsFormulas: guardFormulas)
    }
    return isDatabase
      ? try FeatureStore(path: output) : try TableFile(path: output, layout: layout, guardsFormulas: guardFormulas)
  }

  /// The output has a known ending.
  func check() throws {
    guard let output else { return }
    if !isDatabase { _ = try TableFormat(path: output) }
    if output.hasSuffix(".provenance.json") {
      throw ValidationError("\(output): is the name of a provenance file. Choose another one for the table.")
    }
  }
}

/// How much is said.
struct MessageArguments: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false
  @Option(name: .long, help: "What is said: nothing but errors, warnings too, notes too.") var logLevel = LogLevel.note

  /// From little to much.
  enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case error, warning, note
  }

  private var level: LogLevel { quiet ? .error : logLevel }

  /// Whether notes are said.
  var saysNotes: Bool { level == .note }

  package /// Says findings that are as serious as was asked for.
    func report(_ findings: [Finding])
  {
    guard level != .error else { return }
    Terminal.report(level == .note ? findings : findings.filter { $0.severity == .warning })
  }

  /// Says each kind of warning once: in how many cases, and of which the worst is.
  private func report(_ kinds: WarningKinds) {
    let kinds = kinds.sorted, shown = 10
    guard level != .error else { return }
    for kind in kinds.prefix(shown) {
      let place = kind.count == 1 ? kind.name : "\(kind.count) cases, the worst is \(kind.name)"
      Terminal.report("warning: \(place): \(kind.message)")
    }
    if kinds.count > shown {
      Terminal.report("warning: \(kinds.count - shown) more kinds; the table's column 'warnings' has all.")
    }
  }

  /// Says what a table holds, and which cases failed.
  /// - `shown`: Reasons of rows in the words of this run, where files have less.
  func report(_ summary: MergeSummary, table: String?, shown: [Int: String] = [:]) {
    for (row, name, reason) in summary.failed { Terminal.report("failed: \(name): \(shown[row] ?? reason)") }
    report(summary.findings)
    report(summary.warningKinds)
    let more = summary.failedCount - summary.failed.count
    if more > 0 { Terminal.report("failed: \(more) more; the table's column 'reason' has all.") }
    guard saysNotes || summary.failedCount > 0, level != .error || summary.failedCount > 0 else { return }
    func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
    var parts = [count(summary.cases, "case"), count(summary.regions, "region")]
    if summary.unmeasured > 0 { parts.append("\(summary.unmeasured) not measured") }
    if summary.failedCount > 0 { parts.append("\(summary.failedCount) failed") }
    if summary.undefined > 0 { parts.append(count(summary.undefined, "undefined cell")) }
    if summary.nonconforming > 0 { parts.append("\(summary.nonconforming) not conforming to the profile") }
    if summary.warnings > 0 { parts.append(count(summary.warnings, "warning")) }
    Terminal.report((table.map { "\($0): " } ?? "") + parts.joined(separator: ", "))
  }
}
