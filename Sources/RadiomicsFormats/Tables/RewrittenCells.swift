import RadiomicsCore

extension CSV {
  /// A table's file with other values in some cells, all other bytes as they are: quotes, separators, ends of lines, row numbers. Where the
  /// other file is of another kind, as text from a workbook, it is written anew.
  /// - `bytes`: The file's, and its name.
  /// - `output`: The name of the file that is made.
  /// - `sheet`: Of a workbook, the sheet; nil for the first that is not hidden.
  /// - `columns`: By name, the new text of a row; nil where the cell stays. Asked once for each row, so that a table's texts need not be
  ///   held all at once.
  /// - Throws: `FormatError` if it is no table, or too large for a workbook.
  package static func rewriting(
    _ bytes: [UInt8], path: String, as output: String, sheet: String? = nil,
    _ columns: [String: (_ row: Int) -> String?]
  ) throws(FormatError) -> [UInt8] {
    let isTabbed = ["tsv", "tab"].contains(output.split(separator: ".").last?.lowercased() ?? "")
    if !XLSX.recognises(bytes, path), ending(of: output) != "xlsx" {
      let dialect = try TableDialect(bytes, path, separator: nil)
      if isTabbed == (dialect.separator == UInt8(ascii: "\t")) { return try splice(bytes, path, dialect, columns) }
    }
    let table =
      XLSX.recognises(bytes, path)
      ? try XLSX.table(bytes: bytes, path: path, sheet: sheet).table : try CSV(bytes: bytes, path: path)
    let places = table.header.map { columns[$0] }
    let rows = table.rows.enumerated().map { row, values in
      zip(values, places).map { value, column in column?(row) ?? value }
    }
    return try CSV(header: table.header, rows: rows).bytes(for: output)
  }

  private static func splice(
    _ bytes: [UInt8], _ path: String, _ dialect: TableDialect, _ columns: [String: (_ row: Int) -> String?]
  ) throws(FormatError) -> [UInt8] {
    let hasComma = try hasDecimalCommas(bytes, path, dialect)
    var records = Records(bytes, path, separator: dialect.separator, start: (dialect.start, dialect.line))
    var result: [UInt8] = [], copied = 0, row = 0
    let header = try names(try records.next()?.values, path), changed = header.map { columns[$0] }
    result.reserveCapacity(bytes.count + bytes.count / 2)
    while true {
      records.skipEmptyLines()
      guard !records.isAtEnd else { break }
      for column in header.indices {
        if column > 0 { records.position += 1 }
        let begin = records.position
        try records.skipValue()
        guard let text = changed[column]?(row) else { continue }
        result += bytes[copied..<begin]
        result += hasComma ? text.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: ",") : $0 } : Array(text.utf8)
        copied = records.position
      }
      row += 1
    }
    result += bytes[copied...]
    return result
  }

  /// Whether numbers of the file have decimal commas: any of them, so that a whole number among them does not tell otherwise.
  private static func hasDecimalCommas(
    _ bytes: [UInt8], _ path: String, _ dialect: TableDialect
  ) throws(FormatError) -> Bool {
    guard dialect.separator == UInt8(ascii: ";") else { return false }
    var records = Records(bytes, path, separator: dialect.separator, start: (dialect.start, dialect.line))
    _ = try records.next()
    while let row = try records.next() {
      if row.values.contains(where: { $0.utf8.contains(UInt8(ascii: ",")) && TableDialect.decimalPoint($0) != nil }) {
        return true
      }
    }
    return false
  }
}
