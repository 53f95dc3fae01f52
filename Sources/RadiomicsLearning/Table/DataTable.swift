import RadiomicsCore
import RadiomicsStatistics

/// Columns of numbers and words, one row for each patient or interval.
package struct DataTable: Sendable {
  /// A column: numbers, or categories by name; nil where a value is missing.
  package enum Variable: Sendable, Hashable {
    case numbers([Double?])
    case categories([String?])

    var count: Int {
      switch self {
      case .numbers(let values): values.count
      case .categories(let values): values.count
      }
    }

    func isMissing(_ row: Int) -> Bool {
      switch self {
      case .numbers(let values): values[row] == nil
      case .categories(let values): values[row] == nil
      }
    }

    func rows(_ rows: [Int]) -> Variable {
      switch self {
      case .numbers(let values): .numbers(rows.map { values[$0] })
      case .categories(let values): .categories(rows.map { values[$0] })
      }
    }
  }

  /// A cell that is no number in a column of which nearly all others are.
  package struct OddCell: Sendable, Hashable {
    /// `file:line`, or the row.
    package let place: String
    /// The column, and what the cell says.
    package let column: String, text: String

    var isInfinite: Bool { Double(text) != nil }

    /// What is, what must be.
    var finding: String {
      "'\(column)' is '\(text)', must be a \(isInfinite ? "finite " : "")number"
        + (text.contains(",") ? " with a decimal point." : ". Empty the cell, or write NA.")
    }
    var sentence: String { "\(place): \(finding)" }
  }

  /// Names of the columns, in order.
  package let names: [String]
  /// Number of rows.
  package let count: Int
  private let variables: [String: Variable]
  /// The line of each row in its file; else its number, from 1.
  let lines: [Int]
  private let path: String?
  private var oddCells: [String: OddCell] = [:]
  /// Texts of numbers that numbers do not tell apart: long identifiers, and 001 beside 1.
  private var texts: [String: [String?]] = [:]
  /// By column, the value that is the event of its two.
  private var events: [String: String] = [:]

  /// A table of columns of equal length with different names.
  package init(_ columns: [(name: String, variable: Variable)]) {
    let count = columns.first?.variable.count ?? 0
    self.init(columns, path: nil, lines: Array(1..<count + 1))
  }

  /// Columns of texts; numbers where every text that is not missing is one. Missing are empty texts, `NA`, `NaN` and the like, and
  /// among numbers `none`.
  /// - Parameters:
  ///   - path: The file that the rows come from, for errors.
  ///   - lines: The line of each row in it.
  package init(texts columns: [(name: String, texts: [String])], path: String? = nil, lines: [Int]? = nil) {
    let count = columns.first?.texts.count ?? 0
    let read = columns.map { ($0.name, Self.read($0.texts)) }
    self.init(read.map { ($0.0, $0.1.variable) }, path: path, lines: lines ?? Array(1..<count + 1))
    for case (let name, (.categories(let words), let odd)) in read {
      guard let row = odd.min(by: { self.lines[$0] < self.lines[$1] }) else { continue }
      oddCells[name] = OddCell(place: place(row), column: name, text: words[row] ?? "")
    }
    for (name, cells) in columns {
      guard case .numbers(let values)? = variables[name] else { continue }
      let words = zip(cells, values).map { $1 == nil ? nil : $0.trimmed }
      if Set(words).count > Set(values).count { texts[name] = words }
    }
  }

  private init(_ columns: [(name: String, variable: Variable)], path: String?, lines: [Int]) {
    names = columns.map(\.name)
    count = lines.count
    precondition(columns.allSatisfy { $0.variable.count == lines.count }, "columns are of equal length")
    variables = Dictionary(columns.map { ($0.name, $0.variable) }) { first, _ in first }
    (self.path, self.lines) = (path, lines)
  }

  /// - Returns: The rows that are no numbers, too, in a column that was meant as numbers.
  private static func read(_ texts: [String]) -> (variable: Variable, odd: [Int]) {
    let cells = texts.map(CellText.init)
    var numbers: [Double?] = [], known = 0, odd: [Int] = []
    for (row, cell) in cells.enumerated() {
      if let number = cell.number {
        numbers.append(number)
        known += number == nil ? 0 : 1
      } else {
        odd.append(row)
      }
    }
    if odd.isEmpty, known > 0 || cells.allSatisfy({ $0 == .missing }) { return (.numbers(numbers), []) }
    let words: [String?] = zip(cells, texts).map { cell, text in cell == .missing ? nil : text.trimmed }
    let isInfinite = odd.allSatisfy { Double(words[$0] ?? "") != nil }
    return (.categories(words), known > 0 && (isInfinite || odd.count < known) ? odd : [])
  }

  /// Where a row stands: `file:line`, or its number.
  package func place(_ row: Int) -> String { path.map { "\($0):\(lines[row])" } ?? "row \(lines[row])" }

  /// The column of a name; nil if there is none.
  package subscript(name: String) -> Variable? { variables[name] }

  /// What a column says of each row as the name of something: the words, or the numbers as they were written.
  func labels(_ column: String) -> [String?]? { texts[column] ?? variables[column]?.words }

  /// The first cell that is no number, where nearly all others of the column are; it then counts as categories.
  package func oddCell(of column: String) -> OddCell? { oddCells[column] }

  /// Some of the rows.
  package func rows(_ rows: [Int]) -> DataTable {
    var result = same(names.map { ($0, variables[$0]!.rows(rows)) }, lines: rows.map { lines[$0] })
    result.texts = texts.mapValues { all in rows.map { all[$0] } }
    return result
  }

  /// The columns of these names alone, in the table's order.
  /// - Throws: `ModelError` if one is not there.
  func columns(_ some: [String]) throws(ModelError) -> DataTable {
    for name in some where variables[name] == nil { _ = try numbers(name) }
    let some = Set(some)
    return same(names.filter(some.contains).map { ($0, variables[$0]!) }, lines: lines)
  }

  /// The same with one column more, or with other values in one.
  package func with(_ name: String, _ variable: Variable) -> DataTable {
    let others = names.filter { $0 != name }.map { ($0, variables[$0]!) }
    var result = same(others + [(name, variable)], lines: lines)
    result.oddCells[name] = nil
    result.events[name] = nil
    result.texts[name] = nil
    return result
  }

  private func same(_ columns: [(name: String, variable: Variable)], lines: [Int]) -> DataTable {
    var result = DataTable(columns, path: path, lines: lines)
    (result.oddCells, result.events, result.texts) = (oddCells, events, texts)
    return result
  }

  /// What was found for each row, in the order of the file.
  package func inFileOrder<Value>(_ values: [Value]) -> [Value] {
    lines.indices.sorted { lines[$0] < lines[$1] }.map { values[$0] }
  }

  /// The numbers of a column.
  /// - Throws: `ModelError` if there is no such column, or it has words.
  package func numbers(_ name: String) throws(ModelError) -> [Double?] {
    switch variables[name] {
    case .numbers(let values)?: return values
    case .categories(let values)?:
      let row = values.firstIndex { $0.map { CellText($0).number == nil } ?? false } ?? 0
      let odd = oddCells[name] ?? OddCell(place: place(row), column: name, text: values[row] ?? "")
      throw ModelError(odd.sentence)
    case nil:
      throw ModelError(
        "there is no column '\(name)'. There are: \(names.prefix(12).joined(separator: ", "))"
          + "\(names.count > 12 ? ", …" : "").\(didYouMean(name, among: names))")
    }
  }

  /// The value that was named as the event of a column.
  func event(of column: String) -> String? { events[column] }

  /// The same table, in which one of the two values of an outcome is known to be the event; nil changes nothing.
  /// - Parameter outcome: A column, or `Surv()` of one.
  /// - Throws: `ModelError` if it is no column, has more values, or none of them is that one.
  func naming(_ event: String?, eventOf outcome: Formula.Expression) throws(ModelError) -> DataTable {
    guard let event else { return self }
    if case .call("Surv", let arguments) = outcome, let last = arguments.last {
      return try naming(event, eventOf: last)
    }
    guard let column = outcome.column, let variable = variables[column] else {
      throw ModelError(
        "'\(outcome.text)': must be a column where one of its values, '\(event)', is named as the event.")
    }
    let levels = Variable.levels(variable.words)
    guard levels.count < 3 else {
      throw ModelError(
        "'\(column)': has \(levels.count) values (\(levels.prefix(4).joined(separator: ", "))\(levels.count > 4 ? ", …" : "")), must have "
          + "two, of which '\(event)' is the event. Write a calculation such as \"\(column) == '\(event)'\" instead.")
    }
    let number = Double(event).map(numberText)
    guard let level = levels.first(where: { $0 == event || $0 == number }) else {
      throw ModelError(
        "'\(column)': has \(levels.joined(separator: " and ")), must have '\(event)', which is named as the event."
          + didYouMean(event, among: levels))
    }
    var result = self
    result.events[column] = level
    return result
  }
}
