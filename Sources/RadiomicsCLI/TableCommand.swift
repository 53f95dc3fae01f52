import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsFormats

struct TableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Tables: what is in them, and one made of two.",
    discussion: """
      Before statistics, see what a table holds: numbers or words, how many are missing,
      and cells that are no numbers where all others are:

        radiomics table show features.csv

      Outcomes live in another file than features; who is lost is said:

        radiomics table join features.csv outcomes.xlsx --by subject -o all.csv
      """,
    subcommands: [TableShow.self, TableJoin.self])
}

struct TableShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "The columns of a table: what they hold, what is missing, what looks wrong.",
    discussion: """
      For each column its kind, how many rows have no value, how many values differ, and the values: of numbers the
      least, the median and the largest; of words and dates the three most frequent, with how often they occur.
      """)

  @Argument(help: ArgumentHelp("The table: .csv, .tsv or .xlsx.", valueName: "table")) var table: String
  @OptionGroup var rows: RowsArgument
  @Option(name: .shortAndLong, help: ArgumentHelp("Write it here: .csv, .tsv, .xlsx or .json.", valueName: "file"))
  var output: String?
  @Option(name: .long, help: "What is printed when there is no --output.") var format = PrintedFormat.text
  @OptionGroup var messages: MessageArguments

  func validate() throws { if let output { _ = try StatisticsFile(output) } }

  func run() throws {
    let (table, findings) = try rows.request.read([table])
    let odd = table.allOddCells.map { Finding(.warning, $0.place, $0.finding) }
    messages.report(findings + odd)
    let summary = TableSummary(table)
    if let output { return try StatisticsFile(output).write(table: { summary.csv }, json: { summary.json }) }
    switch format {
    case .csv: try Terminal.show(summary.csv.text())
    case .json: try Terminal.show(summary.json.json + "\n")
    case .text:
      try Terminal.show(
        "\(table.count) rows, \(table.columns.count) columns\n\n"
          + Terminal.columns([summary.csv.header] + summary.csv.rows, right: [2, 3])
          + "\nvalues: of numbers the least, the median and the largest; of words and dates the most frequent, with how often they occur.\n"
      )
    }
  }
}

struct TableJoin: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join", abstract: "The columns of two tables for the rows that are in both.")

  @Argument(
    help: ArgumentHelp("The table whose rows are kept, and the one whose columns are added.", valueName: "table"))
  var tables: [String]
  @Option(name: .long, help: ArgumentHelp("The column, or columns with commas, that is in both.", valueName: "column"))
  var by: String
  @OptionGroup var keys: RepeatedArgument
  @OptionGroup var empty: MissingArgument
  @OptionGroup var sheets: SheetArgument
  @Option(name: .shortAndLong, help: ArgumentHelp("Write it here: .csv, .tsv or .xlsx.", valueName: "file"))
  var output: String?
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    guard tables.count == 2 else {
      throw ValidationError(
        "there \(tables.count == 1 ? "is" : "are") \(tables.count) table\(tables.count == 1 ? "" : "s"), must be two.")
    }
    if let output, CSV.ending(of: output) == nil {
      throw ValidationError("\(output): the ending must be .csv, .tsv or .xlsx.")
    }
  }

  func run() throws {
    var request = RowsRequest()
    (request.missing, request.sheets) = (empty.words, sheets.names)
    let first = try request.table([tables[0]], before: [tables[1]]),
      second = try request.table([tables[1]], after: [tables[0]])
    let (joined, report) = try first.joined(with: second, by: MissingArgument.words(by), repeats: keys.repeated)
    messages.report(
      report.findings(tables[0], tables[1], first.count) + request.findings(joined.source.files))
    guard let output else { return try Terminal.show(joined.csv.text()) }
    let provenance =
      try joined.joinProvenance(report, by: by, tables.compactMap { try TableProvenance(of: $0) }).json + "\n"
    try OutputFile.write(together: [
      (bytes: joined.csv.bytes(for: output), path: output),
      (bytes: Array(provenance.utf8), path: provenancePath(for: output)),
    ])
  }
}

extension TableJoin: NamesFurtherFiles {
  func addFiles(to files: inout CommandFiles) {
    files.read += tables.map(provenancePath(for:))
    files.written += output.map { [provenancePath(for: $0)] } ?? []
  }
}
