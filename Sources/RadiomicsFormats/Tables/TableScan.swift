import RadiomicsCore

/// One way through the bytes of a table, part by part. What is plainly a number goes into its column's numbers at once; a column in
/// which something else is met is kept as texts, of which `ColumnTexts` says what they are. One pass; texts of columns that begin
/// with numbers need a second.
struct TableScan {
  /// How a column is kept.
  private enum Kind {
    case numbers
    /// Texts, from the first row on.
    case texts
    /// Numbers at first; texts are gathered by the second pass.
    case late
  }

  private let path: String, missing: MissingWords, size: Int
  private var dialect: TableDialect?
  private var header: [String] = []
  /// Bytes that were taken, and those before the first row; the line of the file that comes next.
  private var done = 0, start = 0, line = 1
  private var isInRows = false, isSecondPass = false
  private var kinds: [Kind] = []
  private var numbers = NumberColumns(count: 0)
  private var texts: [[String]] = []
  /// The line of each row.
  private(set) var lines: [Int] = []

  /// - `size`: Bytes of the whole table.
  init(_ path: String, _ missing: MissingWords, size: Int) {
    (self.path, self.missing, self.size) = (path, missing, size)
  }

  /// Takes the rows that are whole in a part of the table.
  /// - `window`: What comes behind the bytes that were taken so far.
  /// - Returns: How many of its bytes were taken; nil if the table is one to be read as texts: a workbook, or one that may have
  ///   decimal commas.
  mutating func take(_ window: [UInt8], isLast: Bool) throws(FormatError) -> Int? {
    if done == 0, XLSX.recognises(window, path) { return nil }
    let end = isLast ? window.count : ByteScan.endOfRows(window)
    guard end > 0 || isLast else { return 0 }
    if !isSecondPass { try ByteScan.requireText(window, 0..<end, path, line: line) }
    var position = 0
    if done == 0 {
      let found = try TableDialect(window, path, separator: nil)
      guard found.separator != UInt8(ascii: ";") else { return nil }
      (dialect, position, line) = (found, found.start, found.line)
    }
    var records = Records(window, end: end, path, separator: dialect!.separator, start: (position, line))
    if !isInRows {
      let names = try records.next()?.values
      isInRows = names != nil
      if names != nil || isLast, !isSecondPass { try begin(CSV.names(names, path)) }
      start = done + records.position
    }
    if isSecondPass { try gather(&records) } else { try scan(&records) }
    if isLast { numbers.finish(lines.count) }
    (done, line) = (done + end, records.line)
    return end
  }

  /// Whether columns began with numbers and hold something else, so that all is to be taken once more.
  mutating func restartsForTexts() -> Bool {
    (done, line, isInRows, isSecondPass) = (0, 1, false, true)
    return kinds.contains(.late)
  }

  /// Names and contents of the columns; row numbers in a first column without a name are left out.
  var columns: [(name: String, texts: ColumnTexts)] {
    let all = header.indices.map { column in
      (
        header[column],
        kinds[column] == .numbers
          ? ColumnTexts(numbers: numbers.columns[column]) : ColumnTexts(texts[column], missing: missing)
      )
    }
    guard all.count > 1, header[0].isEmpty, !lines.isEmpty, case .numbers(let first) = all[0].1.values,
      first.allSatisfy({ $0.map { $0 == $0.rounded() && abs($0) < 0x1p53 } ?? false })
    else { return all }
    return Array(all.dropFirst())
  }

  private mutating func begin(_ names: [String]) {
    header = names
    kinds = names.map { _ in .numbers }
    numbers = NumberColumns(count: names.count)
    texts = names.map { _ in [] }
  }

  private mutating func scan(_ records: inout Records) throws(FormatError) {
    while true {
      records.skipEmptyLines()
      guard !records.isAtEnd else { return }
      let begin = (records.position, records.line)
      lines.append(records.line)
      for column in header.indices {
        guard column == 0 || records.skipSeparator() else { throw wrongLength(records, begin) }
        try cell(column, &records)
      }
      guard records.isAtLineEnd else { throw wrongLength(records, begin) }
      numbers.endRow(expecting: lines.count * (size - start) / (done + records.position - start))
    }
  }

  /// Takes the cell at `position`, which then is behind it.
  @inline(__always)
  private mutating func cell(_ column: Int, _ records: inout Records) throws(FormatError) {
    if kinds[column] == .numbers, missing.areStandard {
      if let number = records.plainNumber() { return numbers.set(number, column) }
      if records.isAtCellEnd { return numbers.set(nil, column) }
    }
    try text(column, &records)
  }

  private mutating func text(_ column: Int, _ records: inout Records) throws(FormatError) {
    let isFirst = lines.count == 1
    guard kinds[column] == .texts || isFirst else {
      kinds[column] = .late
      return try records.skipValue()
    }
    if isFirst { kinds[column] = .texts }
    texts[column].append(try records.value())
  }

  private mutating func gather(_ records: inout Records) throws(FormatError) {
    while true {
      records.skipEmptyLines()
      guard !records.isAtEnd else { return }
      for column in header.indices {
        _ = column == 0 || records.skipSeparator()
        if kinds[column] == .late { texts[column].append(try records.value()) } else { try records.skipValue() }
      }
    }
  }

  private func wrongLength(_ records: Records, _ begin: (position: Int, line: Int)) -> FormatError {
    var row = records
    (row.position, row.line) = begin
    do throws(FormatError) {
      let values = try row.next()?.values.count ?? 0
      return FormatError(
        "\(path):\(begin.line)", "the row has \(values) values, must have \(header.count) as the header has.")
    } catch { return error }
  }
}

/// Numbers of columns of the same length. Rows come one after the other and columns lie each by itself: some rows are gathered in
/// memory that stays in the processor's cache, of which each column then takes its part.
private final class NumberColumns {
  private(set) var columns: [[Double?]]
  private let depth: Int
  private let gathered: UnsafeMutableBufferPointer<Double?>
  private var row = 0

  init(count: Int) {
    columns = Array(repeating: [], count: count)
    depth = max(1, min(32, (1 << 15) / max(1, count)))
    gathered = .allocate(capacity: depth * count)
    gathered.initialize(repeating: nil)
  }

  deinit { gathered.deallocate() }

  /// A number of the row that comes, or nothing.
  func set(_ number: Double?, _ column: Int) { gathered[column * depth + row] = number }

  /// Ends a row.
  /// - Parameter expected: How many rows there will be, about.
  func endRow(expecting expected: @autoclosure () -> Int) {
    row += 1
    if row == depth { flush(expecting: expected()) }
  }

  /// Ends the last row.
  func finish(_ rows: Int) { if row > 0 { flush(expecting: rows) } }

  private func flush(expecting expected: Int) {
    for column in columns.indices {
      if columns[column].isEmpty { columns[column].reserveCapacity(expected + expected / 32 + 1) }
      columns[column].append(contentsOf: gathered[column * depth..<column * depth + row])
    }
    row = 0
  }
}
