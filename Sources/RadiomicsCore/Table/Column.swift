/// One column of a table: a name, and for each row a number, a word, or nothing.
public struct Column: Sendable {
  /// What a column holds; nil where a row has nothing.
  public enum Values: Sendable, Hashable {
    /// Numbers, all finite but distances to something empty.
    case numbers([Double?])
    /// Categories, by name.
    case categories([String?])
  }

  /// Its name in the header.
  public let name: String
  /// One value for each row.
  public let values: Values
  /// What exactly the numbers are: a feature, made how. Nil where neither the recipe nor a provenance says.
  public let measurand: Measurand?
  /// Why rows have no number, as far as that is known.
  public let reasons: [Int: Reason]

  /// A column.
  public init(_ name: String, _ values: Values, measurand: Measurand? = nil, reasons: [Int: Reason] = [:]) {
    (self.name, self.values, self.measurand, self.reasons) = (name, values, measurand, reasons)
  }

  /// A column of what was measured.
  public init(_ measurand: Measurand, _ cells: [Cell]) {
    let reasons = cells.enumerated().compactMap { row, cell in cell.reason.map { (row, $0) } }
    self.init(
      measurand.column, .numbers(cells.map(\.value)), measurand: measurand,
      reasons: Dictionary(uniqueKeysWithValues: reasons))
  }

  /// A number or the reason why there is none, for each row; nil for a column of categories.
  public var cells: [Cell]? {
    guard case .numbers(let numbers) = values else { return nil }
    return numbers.enumerated().map { row, number in
      number.map { .value($0) } ?? .undefined(reasons[row] ?? "the cell is empty")
    }
  }

  /// Some of the rows.
  package func rows(_ rows: [Int]) -> Column {
    let known = reasons.isEmpty ? [] : rows.enumerated().compactMap { place, row in reasons[row].map { (place, $0) } }
    return Column(name, values.rows(rows), measurand: measurand, reasons: Dictionary(uniqueKeysWithValues: known))
  }
}

extension Column.Values {
  /// Number of rows.
  public var count: Int {
    switch self {
    case .numbers(let values): values.count
    case .categories(let values): values.count
    }
  }

  /// Whether a row has nothing.
  public func isMissing(_ row: Int) -> Bool {
    switch self {
    case .numbers(let values): values[row] == nil
    case .categories(let values): values[row] == nil
    }
  }

  /// Some of the rows.
  package func rows(_ rows: [Int]) -> Column.Values {
    switch self {
    case .numbers(let values): .numbers(rows.map { values[$0] })
    case .categories(let values): .categories(rows.map { values[$0] })
    }
  }

  /// As names of categories.
  package var words: [String?] {
    switch self {
    case .categories(let values): values
    case .numbers(let values): values.map { $0.map(numberText) }
    }
  }

  /// Categories in order: of numbers if all are numbers, else of the alphabet.
  package static func levels(_ words: [String?]) -> [String] {
    let levels = Set(words.compactMap { $0 })
    let numbers = levels.compactMap { word in Double(word).map { (word, $0) } }
    return numbers.count == levels.count ? numbers.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0) : levels.sorted()
  }
}
