/// Columns of one length under different names: the one table, from what is measured to what is learnt from it. What columns
/// are of, why cells are empty and where rows stand in their file goes with it.
public struct Table: Sendable {
  /// Where a table was read from.
  public struct Source: Sendable, Hashable {
    /// A file that rows came from.
    public struct File: Sendable, Hashable {
      /// As it was given.
      public let path: String
      /// SHA-256 of its bytes, in hexadecimal digits; empty where nobody asked.
      public let sha256: String
      /// Of a workbook, the sheet that was read, then the others that are not hidden.
      package let sheets: [String]
      /// Of the words for nothing that were asked for besides the usual ones, those that cells say.
      package let emptyWords: Set<String>

      package init(_ path: String, sha256: String = "", sheets: [String] = [], emptyWords: Set<String> = []) {
        (self.path, self.sha256, self.sheets, self.emptyWords) = (path, sha256, sheets, emptyWords)
      }
    }

    /// The files; none for a table that was made.
    public let files: [File]
    /// The file of each row, from 0; empty where all are of the first.
    public let members: [Int]
    /// The line of each row in its file, else its number, from 1.
    public let lines: [Int]

    package init(_ files: [File] = [], members: [Int] = [], lines: [Int]) {
      (self.files, self.members, self.lines) = (files, members, lines)
    }

    func rows(_ rows: [Int]) -> Source {
      Source(files, members: members.isEmpty ? [] : rows.map { members[$0] }, lines: rows.map { lines[$0] })
    }
  }

  /// The columns, in order.
  public let columns: [Column]
  /// Number of rows.
  public let count: Int
  /// Where rows come from.
  public let source: Source
  private let places: [String: Int]
  /// The first cell that is no number, of columns of which nearly all others are.
  private var oddCells: [String: OddCell] = [:]
  /// How numbers are written, of columns in which one may name something: long identifiers, and 001 beside 1.
  private var written: [String: [String?]] = [:]
  /// By column, the value that is the event of its two.
  private var events: [String: String] = [:]

  /// A table of columns of equal length; of those with the same name the first counts.
  public init(_ columns: [Column], source: Source? = nil) {
    count = source?.lines.count ?? columns.first?.values.count ?? 0
    precondition(columns.allSatisfy { [count] in $0.values.count == count }, "columns are of equal length")
    self.columns = columns
    self.source = source ?? Source(lines: Array(1..<count + 1))
    places = Dictionary(columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  /// - `oddCells`: Of columns, the first cell that is no number where nearly all others are.
  /// - `texts`: Of columns of numbers, how they are written where numbers do not tell that.
  package init(_ columns: [Column], source: Source, oddCells: [OddCell], texts: [String: [String?]]) {
    self.init(columns, source: source)
    self.oddCells = Dictionary(oddCells.map { ($0.column, $0) }) { first, _ in first }
    written = texts
  }

  /// Names of the columns, in order.
  public var names: [String] { columns.map(\.name) }

  /// The column of a name.
  public func column(_ name: String) -> Column? { places[name].map { columns[$0] } }

  /// What the column of a name holds; nil if there is none.
  public subscript(name: String) -> Column.Values? { column(name)?.values }

  /// Where a row stands: `file:line`, or its number.
  public func place(_ row: Int) -> String {
    guard let first = source.files.first else { return "row \(source.lines[row])" }
    return "\(source.members.isEmpty ? first.path : source.files[source.members[row]].path):\(source.lines[row])"
  }

  /// What a column says of each row as the name of something: the words, or the numbers as they were written.
  package func labels(_ column: String) -> [String?]? { written[column] ?? self[column]?.words }

  /// How the numbers of a column are written, where they do not tell that themselves.
  package func written(_ column: String) -> [String?]? { written[column] }

  /// The same columns, of which is known what they are.
  package func described(by measurands: [String: Measurand]) -> Table {
    same(
      columns.map { column in
        Column(
          column.name, column.values, measurand: measurands[column.name] ?? column.measurand, reasons: column.reasons)
      }, source)
  }

  /// The first cell that is no number, where nearly all others of the column are; it then counts as categories.
  package func oddCell(of column: String) -> OddCell? { oddCells[column] }

  /// All of them, in the columns' order.
  package var allOddCells: [OddCell] { names.compactMap { oddCells[$0] } }

  /// The value that was named as the event of a column.
  package func event(of column: String) -> String? { events[column] }

  /// The same table, in which one of a column's two values is known to be the event.
  package func naming(_ event: String, of column: String) -> Table {
    var result = self
    result.events[column] = event
    return result
  }

  /// Some of the rows.
  public func rows(_ rows: [Int]) -> Table {
    var result = Table(like: self, columns.map { $0.rows(rows) }, source.rows(rows))
    result.written = written.mapValues { all in rows.map { all[$0] } }
    return result
  }

  /// The columns of these names alone, in the table's order; names that are not there do not count.
  package func only(_ names: Set<String>) -> Table { same(columns.filter { names.contains($0.name) }, source) }

  /// The same with one column more, or with another in its place.
  public func with(_ column: Column) -> Table {
    var result = same(columns.filter { $0.name != column.name } + [column], source)
    result.oddCells[column.name] = nil
    result.events[column.name] = nil
    result.written[column.name] = nil
    return result
  }

  /// The same with other numbers in some columns, which stay in their places.
  package func replacing(_ columns: [String: [Double?]]) -> Table {
    var result = Table(
      like: self,
      self.columns.map { column in
        columns[column.name].map {
          Column(column.name, .numbers($0), measurand: column.measurand, reasons: column.reasons)
        } ?? column
      }, source)
    for name in columns.keys { result.written[name] = nil }
    return result
  }

  /// - `columns`: Of the names that the other's have, in their order.
  private init(like other: Table, _ columns: [Column], _ source: Source) {
    (self.columns, self.source, count, places) = (columns, source, source.lines.count, other.places)
    precondition(columns.allSatisfy { [count] in $0.values.count == count }, "columns are of equal length")
    (oddCells, events, written) = (other.oddCells, other.events, other.written)
  }

  private func same(_ columns: [Column], _ source: Source) -> Table {
    var result = Table(columns, source: source)
    (result.oddCells, result.events, result.written) = (oddCells, events, written)
    return result
  }

  /// The same with a column of another table of the same rows, as it is written there.
  func taking(_ column: Column, of other: Table) -> Table {
    var result = with(column)
    result.oddCells[column.name] = other.oddCells[column.name]
    result.written[column.name] = other.written[column.name]
    return result
  }

  /// The same rows, which several files make up; places are those of the first.
  func from(_ files: [Source.File]) -> Table {
    same(columns, Source(files, members: source.members.isEmpty ? [] : source.members, lines: source.lines))
  }

  /// What was found for each row, in the order of the files.
  package func inFileOrder<Value>(_ values: [Value]) -> [Value] {
    let lines = source.lines, members = source.members
    return lines.indices.sorted { a, b in
      members.isEmpty ? lines[a] < lines[b] : (members[a], lines[a]) < (members[b], lines[b])
    }.map { values[$0] }
  }
}

extension Table {
  /// A cell that is no number in a column of which nearly all others are.
  public struct OddCell: Sendable, Hashable {
    /// `file:line`, or the row.
    public let place: String
    /// The column, and what the cell says.
    public let column: String, text: String

    package init(place: String, column: String, text: String) {
      (self.place, self.column, self.text) = (place, column, text)
    }

    package var isInfinite: Bool { Double(text) != nil }

    /// What is, what must be.
    package var finding: String {
      "'\(column)' is '\(text)', must be a \(isInfinite ? "finite " : "")number"
        + (text.contains(",") ? " with a decimal point." : ". Empty the cell, or write NA.")
    }
    package var sentence: String { "\(place): \(finding)" }
  }

  /// Columns of what was measured.
  public var measured: [(measurand: Measurand, cells: [Cell])] {
    columns.compactMap { column in column.measurand.flatMap { measurand in column.cells.map { (measurand, $0) } } }
  }

  /// Columns of words.
  public var texts: [(name: String, values: [String?])] {
    columns.compactMap { if case .categories(let values) = $0.values { ($0.name, values) } else { nil } }
  }

  /// Number of measured cells without a value.
  public var undefinedCount: Int { measured.reduce(0) { $0 + $1.cells.count { $0.value == nil } } }
}
