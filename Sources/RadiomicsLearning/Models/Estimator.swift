import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What is to be predicted of each row.
package enum Outcome: Sendable {
  /// Whether the event came.
  case binary([Bool])
  /// How long each row was seen, and whether the event ended it.
  case survival(SurvivalTimes)
  /// The same with several kinds of events; kind 1 is asked about.
  case competing(CompetingTimes)
  /// A number.
  case number([Double])

  /// Number of rows.
  var count: Int {
    switch self {
    case .binary(let values): values.count
    case .survival(let times): times.count
    case .competing(let times): times.count
    case .number(let values): values.count
    }
  }

  /// 1 for an event, else 0; nil unless it is one of two values.
  package var indicators: [Double]? { if case .binary(let events) = self { events.map { $0 ? 1 : 0 } } else { nil } }

  /// Times until an event; nil for another outcome.
  package var times: SurvivalTimes? { if case .survival(let times) = self { times } else { nil } }

  /// Whether the event came, of interest where there are several; nobody's where it is a number.
  package var isEvent: [Bool] {
    switch self {
    case .binary(let events): events
    case .survival(let times): times.isEvent
    case .competing(let times): times.kinds.map { $0 == 1 }
    case .number(let values): values.map { _ in false }
    }
  }

  /// What it is, in words.
  var kind: String {
    switch self {
    case .binary: "one of two values"
    case .survival: "a time until an event"
    case .competing: "a time until one of several events"
    case .number: "a number"
    }
  }
}

/// Settings of a way to learn. What it learns is of another type, so that nothing that is not fitted can predict.
package protocol Estimator: Configurable {
  associatedtype Fitted: FittedModel
  /// Learns from rows and what became of them; rows in which a value is missing do not count. The same rows in another order give
  /// the same model but for rounding.
  /// - `seed`: Where random numbers begin, of those that need some.
  /// - Throws: `ModelError` with a sentence that says what must be.
  func fit(_ rows: Table, _ outcome: Outcome, seed: UInt64) throws(ModelError) -> Fitted
}

/// What was learnt: enough to predict other rows, and none of the rows that it was learnt from. It is written and read again with
/// the same bits.
package protocol FittedModel: Codable, Sendable {
  /// The word for it in files.
  static var kind: String { get }
  /// How rows become its columns.
  var columns: ModelColumns { get }
  /// Its coefficients.
  var coefficients: Coefficients { get }
  /// One number for each row, larger where the event is likelier or earlier.
  /// - Throws: `ModelError` for a column that is not there, a missing value, or a level that no row had that it was learnt from.
  func predict(_ rows: Table) throws(ModelError) -> [Double]
}

extension FittedModel {
  /// The coefficients that have errors, by name.
  package var estimates: [(name: String, estimate: Estimate)] {
    let coefficients = coefficients
    return zip(coefficients.names, zip(coefficients.values, coefficients.errors)).compactMap { name, pair in
      guard let value = pair.0, let error = pair.1 else { return nil }
      return (name, Estimate(value, error: error))
    }
  }
}

/// An estimator of which what is learnt changes rows rather than predicts them.
package protocol Transformer: Sendable {
  associatedtype Fitted: FittedTransform
  /// Learns from rows alone, so that no outcome can leak into what they become.
  func fit(_ rows: Table, seed: UInt64) throws(ModelError) -> Fitted
}

/// What was learnt to change rows by.
package protocol FittedTransform: Codable, Sendable {
  /// The rows, changed.
  func apply(_ rows: Table) throws(ModelError) -> Table
}

/// Coefficients of a linear predictor, with what is known of their errors.
package struct Coefficients: Sendable, Hashable, Codable {
  /// One name for each column; nil for a coefficient that is undefined, as its column is a combination of those before it.
  package let names: [String], values: [Double?]
  /// Covariances of those that are defined, in their order, row by row; empty where there are none, as with a penalty.
  package let covariance: [[Double]]

  init(_ names: [String], _ cells: [Cell], _ covariance: Matrix?) {
    (self.names, values) = (names, cells.map(\.value))
    self.covariance = covariance?.rowLists ?? []
  }

  /// With 0 for those that are undefined.
  var known: [Double] { values.map { $0 ?? 0 } }
  /// Places of those that are defined.
  var kept: [Int] { values.indices.filter { values[$0] != nil } }

  /// Standard errors; nil where there are none.
  package var errors: [Double?] {
    let kept = kept
    return values.indices.map { column in
      kept.firstIndex(of: column).flatMap { covariance.isEmpty ? nil : covariance[$0][$0].squareRoot() }
    }
  }

  /// What was written of a fitted model, with the columns that it goes with.
  /// - Throws: `DecodingError` unless they fit together.
  static func checked<Key: CodingKey>(
    in parts: KeyedDecodingContainer<Key>, columns: Key, coefficients: Key
  ) throws -> (ModelColumns, Coefficients) {
    let columns = try parts.decode(ModelColumns.self, forKey: columns)
    let read = try parts.decode(Coefficients.self, forKey: coefficients)
    try read.check(columns.design, parts.codingPath)
    return (columns, read)
  }

  /// The same with the centres of the columns that have a coefficient.
  static func checked<Key: CodingKey>(
    in parts: KeyedDecodingContainer<Key>, columns: Key, coefficients: Key, centers: Key
  ) throws -> (ModelColumns, Coefficients, [Double]) {
    let (columns, read) = try checked(in: parts, columns: columns, coefficients: coefficients)
    let numbers = try parts.decode([Double].self, forKey: centers)
    guard numbers.count == read.kept.count else {
      throw DecodingError.dataCorruptedError(
        forKey: centers, in: parts, debugDescription: "has \(numbers.count) numbers, must have one for each coefficient"
      )
    }
    return (columns, read, numbers)
  }

  /// - Throws: `DecodingError` unless names, values and covariances fit together.
  private func check(_ design: Design, _ path: [any CodingKey]) throws {

    let size = kept.count
    guard names == design.names, values.count == names.count,
      covariance.isEmpty || covariance.count == size && covariance.allSatisfy({ $0.count == size })
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: path, debugDescription: "has coefficients that are not those of its columns"))
    }
  }
}
