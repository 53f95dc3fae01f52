import RadiomicsCore
import RadiomicsNumerics

/// A formula applied to a table: outcome and design of the rows in which nothing is missing.
public struct ModelFrame: Sendable {
  /// What is explained.
  public enum Outcome: Sendable {
    /// 1 for an event, else 0.
    case binary([Double])
    /// How long each row was seen, and whether the event ended it.
    case survival(SurvivalTimes)
  }

  /// The formula.
  public let formula: Formula
  /// The rows that are used, of the table.
  public let rows: [Int]
  /// Their places in the file.
  let places: [Int]
  /// Rows left out since a value is missing.
  public var missing: Int { all - rows.count }
  /// What is explained.
  public private(set) var outcome: Outcome
  /// How columns are made.
  public let design: Design
  /// The design, rows by columns.
  public let matrix: Matrix
  /// What is added to the linear predictor; 0 without `offset()`.
  public let offset: [Double]
  /// Numbers from 0 of strata, and their names; one stratum without `strata()`. Numbers from 0 of clusters; nil without `cluster()`.
  public private(set) var strata: [Int], strataNames: [String]
  public let clusters: [Int]?
  /// Weights of the rows; 1 where none are given.
  public let weights: [Double]
  /// How the outcome is coded: the other value and the event, or the number that is an event.
  private let coding: Coding
  private let weightsColumn: String?
  private let all: Int

  /// - Parameters:
  ///   - weights: Column of weights.
  /// - Throws: `ModelError` with a sentence that says what must be.
  public init(_ formula: Formula, _ table: DataTable, weights: String? = nil) throws(ModelError) {
    try self.init(formula, table, weights: weights, known: nil)
  }

  /// What was learnt of an outcome, so that other rows are read in the same way.
  private enum Coding: Sendable {
    case levels([String])
    case number(Double)
  }

  private init(_ formula: Formula, _ table: DataTable, weights: String?, known: ModelFrame?) throws(ModelError) {
    guard let response = formula.response else {
      throw ModelError("formula '\(formula)': names no outcome; it must stand left of '~'.")
    }
    let needed =
      response.columns + formula.terms.flatMap { $0.parts.flatMap(\.columns) }
      + (formula.offsets + formula.strata + formula.clusters).flatMap(\.columns) + (weights.map { [$0] } ?? [])
    for name in needed where table[name] == nil { _ = try table.numbers(name) }
    var complete = (0..<table.count).filter { row in needed.allSatisfy { !table[$0]!.isMissing(row) } }
    // Calculations such as log(0) may be missing where columns are not.
    var calculated: [DataTable.Variable] = []
    let right = formula.terms.flatMap(\.parts) + formula.offsets + formula.strata + formula.clusters
    for part in Set(right + response.parts) where !part.isSpline {
      calculated.append(try part.evaluate(table))
    }
    complete = complete.filter { row in calculated.allSatisfy { !$0.isMissing(row) } }
    let used = table.rows(complete)
    guard !complete.isEmpty else {
      throw ModelError("formula '\(formula)': in each of \(table.count) rows a value is missing.")
    }
    self.formula = formula
    (rows, places) = (complete, used.places)
    all = table.count
    (outcome, coding) = try Self.outcome(response, used, known?.coding)
    weightsColumn = weights
    let isSurvival = if case .survival = outcome { true } else { false }
    if let known {
      design = known.design
    } else {
      design = try Design(formula, used, hasIntercept: formula.hasIntercept && !isSurvival, isCentred: isSurvival)
    }
    matrix = try design.matrix(used)
    var offset = [Double](repeating: 0, count: complete.count)
    for expression in formula.offsets {
      for (row, value) in try expression.numbers(used).enumerated() { offset[row] += value ?? 0 }
    }
    self.offset = offset
    (strata, strataNames) = try Self.groups(formula.strata, used)
    clusters = formula.clusters.isEmpty ? nil : try Self.groups(formula.clusters, used).codes
    var numbers = [Double](repeating: 1, count: complete.count)
    if let weights {
      numbers = try used.numbers(weights).map { $0 ?? 0 }
      if let bad = numbers.first(where: { $0 < 0 }) {
        throw ModelError("weights '\(weights)': has \(numberText(bad)), must be 0 or more.")
      }
    }
    self.weights = numbers
  }

  /// The same model's design and outcome for other rows, with the knots, levels and coding of the outcome learnt here; with their
  /// weights, if they have that column.
  /// - Throws: `ModelError` for a level or an outcome that was not there when the model was made.
  public func applied(to table: DataTable) throws(ModelError) -> ModelFrame {
    try ModelFrame(formula, table, weights: weightsColumn.flatMap { table[$0] == nil ? nil : $0 }, known: self)
  }

  /// The design of rows of which no outcome is known, with their offsets and the names of their strata.
  /// - Throws: `ModelError` for a column that is not there, a missing value, or a level that was not there when the model was made.
  public func covariates(of table: DataTable) throws(ModelError) -> (design: Matrix, offset: [Double], strata: [String])
  {
    let needed = (formula.terms.flatMap(\.parts) + formula.offsets + formula.strata).flatMap(\.columns)
    for name in needed {
      if table[name] == nil { _ = try table.numbers(name) }
      if let row = (0..<table.count).first(where: { table[name]!.isMissing($0) }) {
        throw ModelError("column '\(name)', row \(table.places[row] + 1): is missing, must be given for a prediction.")
      }
    }
    var offset = [Double](repeating: 0, count: table.count)
    for expression in formula.offsets {
      for (row, value) in try expression.numbers(table).enumerated() {
        guard let value else {
          throw ModelError("offset '\(expression.text)', row \(table.places[row] + 1): is no number, must be one.")
        }
        offset[row] += value
      }
    }
    let (codes, names) = try Self.groups(formula.strata, table)
    return (try design.matrix(table), offset, codes.map { names[$0] })
  }

  /// The same design with other times and strata.
  func with(_ times: SurvivalTimes, strata: [Int], names: [String]) -> ModelFrame {
    var result = self
    (result.outcome, result.strata, result.strataNames) = (.survival(times), strata, names)
    return result
  }

  private static func groups(_ parts: [Formula.Expression], _ table: DataTable) throws(ModelError) -> (
    codes: [Int], names: [String]
  ) {
    guard !parts.isEmpty else { return (Array(repeating: 0, count: table.count), ["all"]) }
    var words: [[String]] = Array(repeating: [], count: table.count)
    for part in parts {
      for (row, word) in try part.evaluate(table).words.enumerated() { words[row].append("\(part.text)=\(word ?? "")") }
    }
    let texts = words.map { $0.joined(separator: ", ") }, names = Set(texts).sorted()
    let codes = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return (texts.map { codes[$0]! }, names)
  }

  private static func outcome(_ response: Formula.Expression, _ table: DataTable, _ known: Coding?) throws(ModelError)
    -> (
      Outcome, Coding
    )
  {
    guard case .call("Surv", let arguments) = response else {
      let variable = try response.evaluate(table)
      guard case .levels(let levels)? = known else {
        let (values, levels) = try binary(variable, response.text)
        return (.binary(values), .levels(levels))
      }
      let words = variable.words.map { $0! }
      if let other = words.first(where: { !levels.contains($0) }) {
        throw ModelError(
          "outcome '\(response.text)': has \(other), must be \(levels[0]) or \(levels[1]) as in the rows that the model is fitted to."
        )
      }
      return (.binary(words.map { $0 == levels[1] ? 1 : 0 }), .levels(levels))
    }
    guard (1...3).contains(arguments.count) else {
      throw ModelError("'\(response.text)': must be Surv(time, event) or Surv(start, stop, event).")
    }
    let times = try arguments[arguments.count == 3 ? 1 : 0].numbers(table).map { $0! }
    let starts = arguments.count == 3 ? try arguments[0].numbers(table).map { $0! } : nil
    let (events, code) =
      arguments.count == 1 ? (times.map { _ in true }, 1) : try event(arguments[arguments.count - 1], table, known)
    return (.survival(try SurvivalTimes(start: starts, stop: times, isEvent: events)), .number(code))
  }

  /// 0 and 1, or 1 and 2 as R has it.
  private static func event(_ expression: Formula.Expression, _ table: DataTable, _ known: Coding?) throws(ModelError)
    -> (
      [Bool], Double
    )
  {
    let values = try expression.numbers(table).map { $0! }, codes = Set(values)
    if case .number(let code)? = known {
      if let other = codes.sorted().first(where: { ![code - 1, code].contains($0) }) {
        throw ModelError(
          "'\(expression.text)': has \(numberText(other)), must be \(numberText(code)) for an event and \(numberText(code - 1)) for none, "
            + "as in the rows that the model is fitted to.")
      }
      return (values.map { $0 == code }, code)
    }
    guard codes.isSubset(of: [0, 1]) || codes.isSubset(of: [1, 2]) else {
      let other = codes.sorted().first { ![0, 1].contains($0) } ?? 0
      throw ModelError(
        "'\(expression.text)': has \(numberText(other)), must be 1 for an event and 0 for none (or 2 and 1). If it names "
          + "kinds of events, say which one is asked about (--cause \(numberText(other)), or Surv(…, \(expression.text) == \(numberText(other))))."
      )
    }
    let code = codes.contains(2) ? 2.0 : 1
    return (values.map { $0 == code }, code)
  }

  /// An outcome as 0 and 1: two values, of which 1 or the later in the alphabet is the event.
  /// - Returns: The other value and the event, too.
  static func binary(_ variable: DataTable.Variable, _ name: String) throws(ModelError) -> (
    values: [Double], levels: [String]
  ) {
    let words = variable.words.map { $0! }, levels = DataTable.Variable.levels(words)
    guard levels.count == 2 else {
      throw ModelError(
        levels.count == 1
          ? "outcome '\(name)': every row has \(levels[0]), must have both outcomes."
          : "outcome '\(name)': has \(levels.count) values (\(levels.prefix(4).joined(separator: ", "))\(levels.count > 4 ? ", …" : "")), must have two."
      )
    }
    return (words.map { $0 == levels[1] ? 1 : 0 }, levels)
  }
}

extension Formula.Expression {
  /// What an outcome is computed of: the arguments of `Surv()`, or itself.
  fileprivate var parts: [Formula.Expression] {
    if case .call("Surv", let arguments) = self { arguments } else { [self] }
  }
  fileprivate var isSpline: Bool { if case .call("ns", _) = self { true } else { false } }
}
