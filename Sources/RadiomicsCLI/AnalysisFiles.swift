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
    if let report, !["html", "htm"].contains(report.split(separator: ".").last?.lowercased() ?? "") {
      throw ValidationError("--report: \(report) must end in .html.")
    }
    if let output { _ = try StatisticsFile(output) }
  }

  /// Writes the page, the figure, and the numbers to a file, beside which lies its provenance, or to the terminal.
  func write(_ report: Report) throws {
    if let figure, let draw = report.figure { try OutputFile.write(draw(), to: figure) }
    if let page = self.report { try OutputFile.write(report.page, to: page) }
    if let output {
      try StatisticsFile(output).write(table: { report.csv }, json: { report.json })
      guard let provenance else { return }
      return try OutputFile.write(report.provenance.file(report.findings), to: provenance)
    }
    switch format {
    case .csv: try Terminal.show(report.csv.text())
    case .json: try Terminal.show(report.json.json + "\n")
    case .text: try Terminal.show(report.text)
    }
  }

  /// The file beside a table; nil beside JSON, which holds the same, and where there is no file.
  private var provenance: String? {
    output.flatMap { $0.lowercased().hasSuffix(".json") || WholeFile.isDevice($0) ? nil : provenancePath(for: $0) }
  }

  func addFiles(to files: inout CommandFiles) { files.written += [provenance].compactMap { $0 } }

  func write(
    table: () throws -> CSV, json: () throws -> Setting.Value, text: () throws -> String,
    figure draw: () throws -> String,
    page: () throws -> String
  ) throws {
    if let figure { try OutputFile.write(draw(), to: figure) }
    if let report { try OutputFile.write(page(), to: report) }
    if let output { return try StatisticsFile(output).write(table: table, json: json) }
    switch format {
    case .csv: try Terminal.show(table().text())
    case .json: try Terminal.show(json().json + "\n")
    case .text: try Terminal.show(text())
    }
  }
}
