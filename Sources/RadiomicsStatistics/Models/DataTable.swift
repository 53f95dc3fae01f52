import RadiomicsCore

/// Columns of numbers and words, one row for each patient or interval.
public struct DataTable: Sendable {
  /// A column: numbers, or categories by name; nil where a value is missing.
  public enum Variable: Sendable, Hashable {
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

  /// Names of the columns, in order.
  public let names: [String]
  /// Number of rows.
  public let count: Int
  /// The place of each row in the file, from 0.
  public let places: [Int]
  private let variables: [String: Variable]

  /// A table of columns of equal length with different names.
  public init(_ columns: [(name: String, variable: Variable)]) { self.init(columns, places: nil) }

  private init(_ columns: [(name: String, variable: Variable)], places: [Int]?) {
    names = columns.map(\.name)
    count = columns.first?.variable.count ?? 0
    self.places = places ?? Array(0..<count)
    precondition(columns.allSatisfy { $0.variable.count == columns[0].variable.count }, "columns are of equal length")
    variables = Dictionary(columns.map { ($0.name, $0.variable) }) { first, _ in first }
  }

  /// Columns of texts; numbers where every text that is not missing is one. Empty, `NA` and `NaN` are missing.
  /// - Parameter places: Of the rows in their file, from 0; nil for rows in the file's order.
  public init(texts columns: [(name: String, texts: [String])], places: [Int]? = nil) {
    self.init(columns.map { ($0.name, Self.variable($0.texts)) }, places: places)
  }

  private static func variable(_ texts: [String]) -> Variable {
    let present = texts.map { ["", "na", "nan", "n/a", "null"].contains($0.lowercased()) ? nil : $0 }
    var numbers: [Double?] = []
    for text in present {
      guard let text else {
        numbers.append(nil)
        continue
      }
      guard let number = Double(text), number.isFinite else { return .categories(present) }
      numbers.append(number)
    }
    return .numbers(numbers)
  }

  /// The column of a name; nil if there is none.
  public subscript(name: String) -> Variable? { variables[name] }

  /// Some of the rows.
  public func rows(_ rows: [Int]) -> DataTable {
    DataTable(names.map { ($0, variables[$0]!.rows(rows)) }, places: rows.map { places[$0] })
  }

  /// The same with one column more, or with other values in one.
  public func with(_ name: String, _ variable: Variable) -> DataTable {
    let others = names.filter { $0 != name }.map { ($0, variables[$0]!) }
    return DataTable(others + [(name, variable)], places: places)
  }

  /// What was found for each row, in the order of the file.
  public func inFileOrder<Value>(_ values: [Value]) -> [Value] {
    places.indices.sorted { places[$0] < places[$1] }.map { values[$0] }
  }

  /// The numbers of a column.
  /// - Throws: `ModelError` if there is no such column, or it has words.
  public func numbers(_ name: String) throws(ModelError) -> [Double?] {
    switch variables[name] {
    case .numbers(let values)?: return values
    case .categories(let values)?:
      let example = values.compactMap { $0 }.first { Double($0) == nil } ?? ""
      throw ModelError(
        "column '\(name)': has words such as '\(example)', must be numbers\(example.contains(",") ? ", with a decimal point" : "")."
      )
    case nil:
      throw ModelError(
        "there is no column '\(name)'. There are: \(names.prefix(12).joined(separator: ", "))"
          + "\(names.count > 12 ? ", …" : "").\(didYouMean(name, among: names))")
    }
  }
}

/// Why a model cannot be made or fitted.
public struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// *place: what is, what must be, what to do.*
  public let description: String
  init(_ description: String) { self.description = description }
}
