import RadiomicsCore
import RadiomicsFormats

/// The format of a table's file, by the ending of its name.
public enum TableFormat: String, Sendable, CaseIterable {
  /// Values separated by commas, by tabs; a workbook, whose text is as copying it gives, separated by tabs; one JSON document;
  /// one JSON object a line.
  case csv, tsv, xlsx, json, jsonl

  /// The format that a path's ending names.
  public init(path: String) throws(StudyError) {
    let ending = path.split(separator: ".").last?.lowercased() ?? ""
    guard let format = Self(rawValue: ending), path.contains(".") else {
      throw StudyError.at(
        path, "the table's format is unknown, the name must end in .csv, .tsv, .xlsx, .json, .jsonl or .sqlite.")
    }
    self = format
  }
}

/// A feature table as text, piece by piece, so that a file of any length needs the memory of one case.
public struct TableText: Sendable {
  /// Its format.
  public let format: TableFormat
  /// Its layout.
  public let layout: TableLayout
  /// Its columns.
  public let header: TableHeader

  /// Whether texts that a spreadsheet program would run as formulas get an apostrophe, in CSV and TSV.
  public var guardsFormulas = false

  /// The text of a table with these columns.
  public init(format: TableFormat, layout: TableLayout, header: TableHeader) {
    self.format = format
    self.layout = layout
    self.header = header
  }

  private var columns: [String] {
    let names = layout.columns(header)
    return guardsFormulas ? names.map(guardedAgainstFormulas) : names
  }

  /// What stands before the first row.
  public var opening: String {
    switch format {
    case .csv: CSV.line(columns, separator: ",")
    case .tsv, .xlsx: CSV.line(columns, separator: "\t")
    case .jsonl: ""
    case .json:
      """
      {
        "format": 1,
        "layout": "\(layout.rawValue)",
        "columns": [
          \(header.measurands.map(\.json.line).joined(separator: ",\n    "))
        ],
        "rows": [
      """
    }
  }

  /// One row; `isFirst` where none stands before it.
  public func text(of row: TableRow, isFirst: Bool) -> String {
    switch format {
    case .csv: lines(row, separator: ",")
    case .tsv, .xlsx: lines(row, separator: "\t")
    case .jsonl: layout.objects(row, header).map { $0.line + "\n" }.joined()
    case .json:
      (isFirst ? "\n    " : ",\n    ") + layout.objects(row, header).map(\.line).joined(separator: ",\n    ")
    }
  }

  private func lines(_ row: TableRow, separator: Character) -> String {
    layout.lines(row, header, guarded: guardsFormulas ? guardedAgainstFormulas : { $0 }).map {
      CSV.line($0, separator: separator)
    }.joined()
  }

  /// What stands after the last row.
  public var closing: String { format == .json ? "\n  ]\n}\n" : "" }

  /// The whole of a table.
  public func text(of rows: [TableRow]) -> String {
    opening + rows.enumerated().map { text(of: $0.element, isFirst: $0.offset == 0) }.joined() + closing
  }
}

/// A feature table that is written as text or as a workbook to a file, which takes its name when it is complete.
public final class TableFile: TableSink {
  public static var takesAnyOrder: Bool { false }
  private let layout: TableLayout, format: TableFormat, guardsFormulas: Bool
  private let file: StagedFile, path: String
  private var text: TableText?, workbook: XLSXWriter?
  private var isEmpty = true
  private var buffer: [UInt8] = []

  /// A table to be written to `path`, whose ending names the format unless it is given.
  /// - `guardsFormulas`: Whether texts that a spreadsheet program would run get an apostrophe.
  /// - Throws: `FormatError` if the file cannot be made, `StudyError` if the ending is unknown.
  public init(path: String, layout: TableLayout, format: TableFormat? = nil, guardsFormulas: Bool = false) throws {
    self.layout = layout
    self.guardsFormulas = guardsFormulas
    self.format = try format ?? TableFormat(path: path)
    self.path = path
    file = try StagedFile(path)
  }

  public func begin(_ header: TableHeader) throws {
    if format == .xlsx { workbook = try XLSXWriter(header: layout.columns(header), path: path) }
    var text = TableText(format: format, layout: layout, header: header)
    text.guardsFormulas = guardsFormulas
    self.text = text
    if workbook == nil { try write(text.opening) }
  }

  public func append(_ rows: [TableRow], ofCase number: Int) throws {
    guard let text else { preconditionFailure("a table begins before its rows") }
    for row in rows {
      guard workbook == nil else {
        for line in layout.lines(row, text.header) { try workbook?.append(line) }
        continue
      }
      try write(text.text(of: row, isFirst: isEmpty))
      isEmpty = false
    }
  }

  public func finish() throws {
    try write(text?.closing ?? "")
    try file.append(workbook?.bytes() ?? buffer)
    try OutputFile.commit([file])
  }

  private func write(_ text: String) throws {
    buffer += text.utf8
    guard buffer.count > 1 << 20 else { return }
    try file.append(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
