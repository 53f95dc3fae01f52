/// A named result of a comparison or an analysis, as JSON and tables write it: one number or several, each a value or the
/// reason why there is none.
public struct Statistic: Sendable, Hashable {
  /// The name in files: `hd95_pooled_linear`.
  public let name: String
  /// One, or one for each direction, reader or limit.
  public let cells: [Cell]
  /// Whether there may be several.
  public let isList: Bool
  /// Symbol of the unit, `1` if it has none.
  public let unit: String
  /// What it is, for people; empty where the name says it.
  public let meaning: String

  /// One number.
  public init(_ name: String, _ cell: Cell, unit: String = "1", _ meaning: String = "") {
    self.name = name
    cells = [cell.numeric]
    isList = false
    self.unit = unit
    self.meaning = meaning
  }

  /// One number; none where the formula gives none, as 0 divided by 0.
  public init(_ name: String, _ value: Double, unit: String = "1", _ meaning: String = "") {
    self.init(name, .value(value), unit: unit, meaning)
  }

  /// A count.
  public init(_ name: String, _ count: Int, _ meaning: String = "") {
    self.init(name, .value(Double(count)), meaning)
  }

  /// Several numbers.
  public init(_ name: String, _ cells: [Cell], unit: String = "1", _ meaning: String = "") {
    self.name = name
    self.cells = cells.map(\.numeric)
    isList = true
    self.unit = unit
    self.meaning = meaning
  }

  /// Two limits, or for both the reason why there are none.
  package init(_ name: String, _ range: ClosedRange<Double>?, or reason: Reason, _ meaning: String = "") {
    let none = Cell.undefined(reason)
    self.init(name, range.map { [.value($0.lowerBound), .value($0.upperBound)] } ?? [none, none], meaning)
  }

  /// The value in JSON: null where there is none, `Infinity` as text.
  package var json: Setting.Value { isList ? .list(cells.map(\.json)) : cells[0].json }

  /// Names and values of columns of a table: one, or `name_1`, `name_2`, ….
  package var columns: [(name: String, cell: Cell)] {
    isList ? cells.enumerated().map { ("\(name)_\($0 + 1)", $1) } : [(name, cells[0])]
  }
}

extension Cell {
  /// The cell; what is no number has a reason instead.
  fileprivate var numeric: Cell {
    if let value, value.isNaN { return .undefined("the formula divides 0 by 0") }
    return self
  }

  /// As tables write it: empty where there is none, `inf` for infinite.
  package var csv: String {
    guard let value else { return "" }
    return value.isInfinite ? (value > 0 ? "inf" : "-inf") : numberText(value)
  }

  fileprivate var json: Setting.Value {
    guard let value else { return .null }
    if value.isInfinite { return .text(value > 0 ? "Infinity" : "-Infinity") }
    return value == value.rounded() && abs(value) < 0x1p53 ? .integer(Int(value)) : .number(value)
  }
}

extension [Statistic] {
  /// Entries of a JSON object, with the reasons of those that have no value at its end.
  package var json: [Setting.Value.Entry] {
    let reasons = flatMap(\.columns).compactMap { column in
      column.cell.reason.map { Setting.Value.Entry(column.name, .text($0.text)) }
    }
    return map { .init($0.name, $0.json) } + (reasons.isEmpty ? [] : [.init("reasons", .map(reasons))])
  }
}
