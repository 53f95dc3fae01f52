import RadiomicsCore

/// A table of text with a header, as in a CSV (RFC 4180) or tab-separated file.
public struct CSV: Sendable, Hashable {
  /// The columns' names, each once.
  public let header: [String]
  /// The rows, each with one value per column.
  public let rows: [[String]]
  /// The line of the file on which each row begins, from 1.
  public let lines: [Int]

  /// A table; each row must have one value per column.
  public init(header: [String], rows: [[String]]) {
    precondition(rows.allSatisfy { $0.count == header.count }, "one value per column")
    self.header = header
    self.rows = rows
    lines = Array(2..<2 + rows.count)
  }

  /// Reads a file or pipe, as `init(bytes:path:separator:)` does.
  /// - Throws: `FormatError` if the file cannot be read or is no table.
  public init(path: String) throws(FormatError) {
    try self.init(bytes: try InputFile.bytes(ofFileOrPipe: path), path: path)
  }

  /// Reads UTF-8 text with or without byte order mark; lines end with LF, CRLF or CR, empty ones are left out, as are
  /// blanks around the columns' names. Where semicolons
  /// separate the values, numbers may have decimal commas. Row numbers in a first column without a name are left out.
  /// - Parameters:
  ///   - bytes: The text.
  ///   - path: The file's name, for the error.
  ///   - separator: What separates values; nil for what a first line `sep=;` says, a tab if the name ends in `.tsv` or `.tab`, else
  ///     the most frequent of comma, semicolon and tab in the header.
  /// - Throws: `FormatError` with the line where a quote is out of place, a row has too few or too many values, or the
  ///   header is missing or repeats a name.
  public init(bytes: [UInt8], path: String, separator: Character? = nil) throws(FormatError) {
    if XLSX.recognises(bytes, path) {
      self = try XLSX.table(bytes: bytes, path: path).table
      return
    }
    try ByteScan.requireText(bytes, bytes.indices, path)
    let dialect = try TableDialect(bytes, path, separator: separator)
    var records = Records(
      bytes, path, separator: dialect.separator, start: (dialect.start, dialect.line))
    let header = try Self.names(try records.next()?.values, path)
    var rows: [[String]] = [], lines: [Int] = []
    while let (row, line) = try records.next() {
      guard row.count == header.count else {
        throw FormatError(
          "\(path):\(line)", "the row has \(row.count) values, must have \(header.count) as the header has.")
      }
      rows.append(row)
      lines.append(line)
    }
    self.init(header: header, rows: try dialect.withDecimalPoints(rows, lines, header: header, path), lines: lines)
  }

  /// A table that was read; row numbers in a first column without a name are left out.
  init(header: [String], rows: [[String]], lines: [Int]) {
    let hasIndex = TableDialect.hasIndex(header, rows)
    self.header = hasIndex ? Array(header.dropFirst()) : header
    self.rows = hasIndex ? rows.map { Array($0.dropFirst()) } : rows
    self.lines = lines
  }

  /// The columns' names, each once, of a table's first row.
  static func names(_ values: [String]?, _ path: String, line: Int = 1) throws(FormatError) -> [String] {
    guard let header = values?.map(\.trimmed) else {
      throw FormatError(path, "the table is empty, its first line must name the columns.")
    }
    var names: Set<String> = []
    for name in header where !names.insert(name).inserted {
      throw FormatError("\(path):\(line)", "the column '\(name)' occurs twice, each name must be there once.")
    }
    return header
  }

  /// The table as text, lines ended by LF.
  public func text(separator: Character = ",") -> String {
    ([header] + rows).map { Self.line($0, separator: separator) }.joined()
  }

  /// One row, quoted where that is needed and ended by LF.
  package static func line(_ values: [String], separator: Character) -> String {
    // An empty line would be left out when read.
    if values == [""] { return "\"\"\n" }
    let separator = separator.asciiValue ?? UInt8(ascii: ",")
    var line: [UInt8] = []
    for (index, value) in values.enumerated() {
      if index > 0 { line.append(separator) }
      append(value, to: &line, separator)
    }
    line.append(UInt8(ascii: "\n"))
    return String(decoding: line, as: UTF8.self)
  }

  private static func append(_ value: String, to line: inout [UInt8], _ separator: UInt8) {
    let quote = UInt8(ascii: "\""), lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")
    let isPlain = value.utf8.allSatisfy {
      $0 != quote && $0 != lineFeed && $0 != carriageReturn && $0 != separator
    }
    guard !isPlain else { return line += value.utf8 }
    line.append(quote)
    for byte in value.utf8 {
      if byte == quote { line.append(quote) }
      line.append(byte)
    }
    line.append(quote)
  }
}
