import RadiomicsCore

extension Table {
  /// Reads a table with a header, `.csv`, `.tsv` or `.xlsx`, of a file or pipe. Rows stay in the order of the file.
  /// - `missing`: Words that say that a cell is empty.
  /// - `sheet`: Of a workbook, the sheet; nil for the first that is not hidden.
  /// - `window`: How many bytes are looked at at once.
  /// - Throws: `FormatError` with the line of what cannot be read.
  package init(
    file path: String, missing: MissingWords = .standard, sheet: String? = nil, window: Int = 1 << 18
  ) throws(FormatError) {
    if let windows = try TableWindows(path, size: window), let table = try Table(windows, path: path, missing: missing)
    {
      self = table
    } else {
      try self.init(bytes: InputFile.bytes(ofFileOrPipe: path), path: path, missing: missing, sheet: sheet)
    }
  }

  /// The same of a file's bytes. Dialects are those of `CSV(bytes:path:separator:)`.
  package init(
    bytes: [UInt8], path: String, missing: MissingWords = .standard, sheet: String? = nil
  ) throws(FormatError) {
    if let table = try Table(TableWindows(bytes), path: path, missing: missing) {
      self = table
      return
    }
    // Workbooks, and numbers that may have decimal commas.
    let (table, sheets) =
      XLSX.recognises(bytes, path)
      ? try XLSX.table(bytes: bytes, path: path, sheet: sheet) : (try CSV(bytes: bytes, path: path), [])
    let columns = table.header.indices.map { column in
      (table.header[column], ColumnTexts(table.rows.map { $0[column] }, missing: missing))
    }
    self.init(
      columns, lines: table.lines, Source.File(path, sha256: RadiomicsCore.sha256(bytes), sheets: sheets))
  }

  private init(_ columns: [(name: String, texts: ColumnTexts)], lines: [Int], _ file: Source.File) {
    let words = columns.reduce(into: Set()) { $0.formUnion($1.texts.emptyWords) }
    let file = Source.File(file.path, sha256: file.sha256, sheets: file.sheets, emptyWords: words)
    self.init(read: columns, source: Source([file], lines: lines))
  }

  /// Nil for what is to be read as texts first.
  private init?(_ windows: TableWindows, path: String, missing: MissingWords) throws(FormatError) {
    var scan = TableScan(path, missing, size: windows.count)
    let digest = try windows.read { (window, isLast) throws(FormatError) in try scan.take(window, isLast: isLast) }
    guard let digest else { return nil }
    if scan.restartsForTexts() {
      let second = try windows.read { (window, isLast) throws(FormatError) in try scan.take(window, isLast: isLast) }
      guard second == digest else {
        throw FormatError(path, "it changed while it was read. Read it again when it is written whole.")
      }
    }
    self.init(scan.columns, lines: scan.lines, Source.File(path, sha256: digest))
  }
}
