import RadiomicsCore

extension Table {
  /// Reads a table with a header, `.csv`, `.tsv` or `.xlsx`, of a file or pipe. Rows stay in the order of the file.
  /// - Parameter missing: Words that say that a cell is empty.
  /// - Throws: `FormatError` with the line of what cannot be read.
  package init(file path: String, missing: MissingWords = .standard) throws(FormatError) {
    try self.init(bytes: InputFile.bytes(ofFileOrPipe: path), path: path, missing: missing)
  }

  /// The same of a file's bytes. Dialects are those of `CSV(bytes:path:separator:)`.
  package init(bytes: [UInt8], path: String, missing: MissingWords = .standard) throws(FormatError) {
    let file = Source.File(path, sha256: RadiomicsCore.sha256(bytes))
    if !XLSX.recognises(bytes, path),
      ByteScan.isASCII(bytes) || String(validating: bytes, as: UTF8.self) != nil,
      case let dialect = try TableDialect(bytes, path, separator: nil), dialect.separator != UInt8(ascii: ";")
    {
      var scan = try TableScan(bytes, path, dialect, missing)
      try scan.run()
      self.init(read: scan.columns, source: Source([file], lines: scan.lines))
      return
    }
    // Workbooks, and numbers that may have decimal commas.
    let table = try CSV(bytes: bytes, path: path)
    let columns = table.header.indices.map { column in
      (table.header[column], ColumnTexts(table.rows.map { $0[column] }, missing: missing))
    }
    self.init(read: columns, source: Source([file], lines: table.lines))
  }
}

/// One way through the bytes of a table. What is plainly a number goes into its column's numbers at once; a column in which
/// something else is met is kept as texts, of which `ColumnTexts` says what they are. One pass; texts of columns that begin with
/// numbers need a second.
private struct TableScan {
  /// How a column is kept.
  private enum Kind {
    case numbers
    /// Texts, from the first row on.
    case texts
    /// Numbers at first; texts are gathered again at the end.
    case late
  }

  private let bytes: [UInt8], path: String, dialect: TableDialect, missing: MissingWords
  private let header: [String]
  private var records: Records
  private var kinds: [Kind]
  /// Column after column, with room for as many rows as there can be.
  private let numbers: NumberBlock
  private var texts: [[String]]
  /// The line of each row.
  private(set) var lines: [Int] = []

  init(_ bytes: [UInt8], _ path: String, _ dialect: TableDialect, _ missing: MissingWords) throws(FormatError) {
    (self.bytes, self.path, self.dialect, self.missing) = (bytes, path, dialect, missing)
    records = Records(bytes, path, dialect)
    header = try CSV.names(try records.next()?.values, path)
    kinds = header.map { _ in .numbers }
    // A row takes a line, and a byte for each column.
    let start = records.position, rest = bytes.count - start
    let lines =
      ByteScan.count(UInt8(ascii: "\n"), in: bytes, from: start)
      + ByteScan.count(UInt8(ascii: "\r"), in: bytes, from: start)
    numbers = NumberBlock(columns: header.count, rows: min(lines, rest / header.count) + 2)
    texts = header.map { _ in [] }
  }

  /// Names and contents of the columns; row numbers in a first column without a name are left out.
  var columns: [(name: String, texts: ColumnTexts)] {
    let all = header.indices.map { column in
      let isNumbers = kinds[column] == .numbers
      return (
        header[column],
        isNumbers
          ? ColumnTexts(numbers: numbers.column(column, rows: lines.count))
          : ColumnTexts(texts[column], missing: missing)
      )
    }
    guard all.count > 1, header[0].isEmpty, !lines.isEmpty, case .numbers(let first) = all[0].1.values,
      first.allSatisfy({ $0.map { $0 == $0.rounded() && abs($0) < 0x1p53 } ?? false })
    else { return all }
    return Array(all.dropFirst())
  }

  mutating func run() throws(FormatError) {
    let start = (records.position, records.line)
    try scan()
    let late = kinds.indices.filter { kinds[$0] == .late }
    guard !late.isEmpty else { return }
    (records.position, records.line) = start
    while let (row, _) = try records.next() { for column in late { texts[column].append(row[column]) } }
  }

  private mutating func scan() throws(FormatError) {
    let separator = dialect.separator, count = header.count
    while true {
      records.skipEmptyLines()
      guard records.position < bytes.count else { return }
      let begin = records.position, line = records.line
      lines.append(line)
      for column in 0..<count {
        if column > 0 {
          guard records.position < bytes.count, bytes[records.position] == separator else {
            throw wrongLength(begin, line)
          }
          records.position += 1
        }
        try cell(column)
      }
      guard records.isAtLineEnd else { throw wrongLength(begin, line) }
    }
  }

  /// Takes the cell at `position`, which then is behind it.
  private mutating func cell(_ column: Int) throws(FormatError) {
    if kinds[column] == .numbers, missing.areStandard {
      if records.isAtCellEnd { return numbers.set(nil, column, lines.count - 1) }
      if let number = records.plainNumber() { return numbers.set(number, column, lines.count - 1) }
    }
    let isFirst = lines.count == 1
    guard kinds[column] == .texts || isFirst else {
      kinds[column] = .late
      return try records.skipValue()
    }
    if isFirst { kinds[column] = .texts }
    texts[column].append(try records.value())
  }

  private func wrongLength(_ begin: Int, _ line: Int) -> FormatError {
    var row = records
    (row.position, row.line) = (begin, line)
    do throws(FormatError) {
      let values = try row.next()?.values.count ?? 0
      return FormatError(
        "\(path):\(line)", "the row has \(values) values, must have \(header.count) as the header has.")
    } catch { return error }
  }
}

/// Numbers of columns of the same length, in memory of their own: no array is looked after for each number.
private final class NumberBlock: Sendable {
  private nonisolated(unsafe) let cells: UnsafeMutablePointer<Double?>
  private let rows: Int

  init(columns: Int, rows: Int) {
    cells = .allocate(capacity: columns * rows)
    self.rows = rows
  }

  deinit { cells.deallocate() }

  func set(_ number: Double?, _ column: Int, _ row: Int) {
    precondition(row < rows, "a row for each line")
    (cells + column * rows + row).initialize(to: number)
  }

  /// The first rows of a column, all of which are set.
  func column(_ column: Int, rows count: Int) -> [Double?] {
    Array(UnsafeBufferPointer(start: cells + column * rows, count: count))
  }
}
