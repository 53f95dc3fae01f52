import ArgumentParser
import Radiomics
import RadiomicsReport

/// Which value of an outcome is the event.
struct PositiveArgument: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("Which of the outcome's two values is the event, such as dead.", valueName: "value")
  )
  var positive: String?
}

/// Where an analysis of a table is written: numbers, a figure, a page.
struct AnalysisFiles: ParsableArguments, NamesFurtherFiles {
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the result here: .csv, .tsv, .xlsx or .json.", valueName: "file"))
  var output: String?
  @Option(name: .long, help: "What is printed when there is no --output.") var format = PrintedFormat.text
  @Option(name: .long, help: ArgumentHelp("Draw it here (.svg).", valueName: "file")) var figure: String?
  @Option(
    name: .long, help: ArgumentHelp("Write a page with text, tables and figures here (.html).", valueName: "file"))
  var report: String?

  /// Every file has an ending that says what is written.
  func check() throws {
    if let figure, !figure.lowercased().hasSuffix(".svg") {
      throw ValidationError("--figure: \(figure) must end in .svg.")
    }
    try checkPage(report)
    if let output { _ = try StatisticsFile(output) }
  }

  /// Writes the page, the figure, and the numbers to a file, beside which lies its provenance, or to the terminal.
  /// - `noticed`: What was noticed before the analysis.
  func write(_ found: Report, _ noticed: [Finding] = []) throws {
    var report = found
    report.findings = (noticed + found.findings).typed
    if let figure, let draw = report.figure { try OutputFile.write(draw(), to: figure) }
    try report.write(to: output, page: self.report, format: format)
  }

  func addFiles(to files: inout CommandFiles) { files.written += [Report.provenance(beside: output)].compactMap { $0 } }
}

extension Report {
  /// Writes the page, and the numbers to a file, beside which lies its provenance, or to the terminal.
  func write(to output: String?, page path: String?, format: PrintedFormat) throws {
    if let path { try OutputFile.write(page, to: path) }
    if let output {
      try StatisticsFile(output).write(table: { csv }, json: { json })
      guard let beside = Self.provenance(beside: output) else { return }
      return try OutputFile.write(provenance.file(findings), to: beside)
    }
    switch format {
    case .csv: try Terminal.show(csv.text())
    case .json: try Terminal.show(json.json + "\n")
    case .text: try Terminal.show(text)
    }
  }

  /// The file beside a table; nil beside JSON, which holds the same, and where there is no file.
  static func provenance(beside output: String?) -> String? {
    output.flatMap { $0.lowercased().hasSuffix(".json") || WholeFile.isDevice($0) ? nil : provenancePath(for: $0) }
  }
}

/// - Throws: `ValidationError` if a page has another ending.
func checkPage(_ path: String?) throws {
  if let path, !["html", "htm"].contains(path.split(separator: ".").last?.lowercased() ?? "") {
    throw ValidationError("--report: \(path) must end in .html.")
  }
}
