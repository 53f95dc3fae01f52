/// One column of a study's table.
public enum Column: Sendable {
  /// Feature values.
  case measured(Measurand, [Cell])
  /// Anything else that is written as text: subject, region, status.
  case text(name: String, [String?])

  /// Its name in the header.
  public var name: String {
    switch self {
    case .measured(let measurand, _): measurand.column
    case .text(let name, _): name
    }
  }

  fileprivate var count: Int {
    switch self {
    case .measured(_, let cells): cells.count
    case .text(_, let texts): texts.count
    }
  }
}

/// Measured columns and everything else that a study's table holds; one row for each subject and region.
public struct FeatureTable: Sendable {
  /// The columns, in order.
  public private(set) var columns: [Column]
  /// Number of rows.
  public let count: Int

  /// Columns of equal length with different names.
  public init(columns: [Column], count: Int) {
    precondition(columns.allSatisfy { $0.count == count }, "columns of one length")
    precondition(Set(columns.map(\.name)).count == columns.count, "columns of different names")
    self.columns = columns
    self.count = count
  }

  /// The column of a name.
  public subscript(name: String) -> Column? { columns.first { $0.name == name } }

  /// Measured columns.
  public var measured: [(measurand: Measurand, cells: [Cell])] {
    columns.compactMap { if case .measured(let measurand, let cells) = $0 { (measurand, cells) } else { nil } }
  }

  /// Other columns.
  public var texts: [(name: String, values: [String?])] {
    columns.compactMap { if case .text(let name, let values) = $0 { (name, values) } else { nil } }
  }

  /// Number of measured cells without a value.
  public var undefinedCount: Int {
    measured.reduce(0) { $0 + $1.cells.count { $0.value == nil } }
  }
}
