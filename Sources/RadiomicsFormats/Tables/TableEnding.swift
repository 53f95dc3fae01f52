extension CSV {
  /// The ending of a table's file: `csv`, `tsv` or `xlsx`, in lower case; nil for another.
  public static func ending(of path: String) -> String? {
    ["csv", "tsv", "xlsx"].first { path.lowercased().hasSuffix("." + $0) }
  }

  /// The table as a file of this name has it: a workbook if it ends in `.xlsx`; else text, in which tabs separate the values
  /// if it ends in `.tsv` or `.tab`, else commas.
  /// - Throws: `FormatError` if it is too large for a workbook.
  public func bytes(for path: String) throws(FormatError) -> [UInt8] {
    if Self.ending(of: path) == "xlsx" { return try XLSX.bytes(header: header, rows: rows, path: path) }
    let isTabbed = Self.ending(of: path) == "tsv" || path.lowercased().hasSuffix(".tab")
    return Array(text(separator: isTabbed ? "\t" : ",").utf8)
  }

  /// Writes the table, as `bytes(for:)` has it.
  /// - Throws: `FormatError` if the file cannot be written, or the table is too large for a workbook.
  public func write(to path: String) throws(FormatError) { try OutputFile.write(bytes(for: path), to: path) }
}
