import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// A formula applied to a table: outcome and design of the rows in which nothing is missing.
package struct ModelFrame: Sendable {
  /// The formula.
  package let formula: Formula
  /// The rows that are used, of the table.
  package let rows: [Int]
  /// Their lines in the file.
  let lines: [Int]
  /// Rows left out since a value is missing.
  package var missing: Int { all - rows.count }
  /// Warnings of those among them of which no value is missing, but is outside of what the formula takes.
  let outside: [Finding]
  /// The value of the outcome that is the event.
  package var event: String { coding.event }
  /// What is explained: one of two values, or a time.
  package private(set) var outcome: Outcome
  /// How columns are made.
  package let columns: ModelColumns
  /// The design's.
  package var design: Design { columns.design }
  /// The design, rows by columns.
  package let matrix: Matrix
  /// What is added to the linear predictor; 0 without `offset()`.
  package let offset: [Double]
  /// Numbers from 0 of strata, and their names; one stratum without `strata()`. Numbers from 0 of clusters; nil without `cluster()`.
  package private(set) var strata: [Int], strataNames: [String]
  package let clusters: [Int]?
  /// Weights of the rows; 1 where none are given.
  package let weights: [Double]
  /// How the outcome is coded: the other value and the event, or the number that is an event.
  private let coding: OutcomeCoding
  private let weightsColumn: String?
  private let all: Int

  /// - `weights`: Column of weights.
  /// - Throws: `ModelError` with a sentence that says what must be.
  package init(_ formula: Formula, _ table: Table, weights: String? = nil) throws(ModelError) {
    try self.init(formula, table, weights: weights, known: nil, whole: table)
  }

  /// - `right`: The right side of a formula.
  /// - `outcome`: Of the table's rows.
  init(right: String, _ table: Table, _ outcome: Outcome, weights: String?) throws(ModelError) {
    precondition(outcome.count == table.count, "each row has an outcome")
    // No column of a file begins with a space.
    var table = table, response = Formula.Expression.column(" outcome")
    func survival(_ times: SurvivalTimes) {
      response = .call("Surv", [" start", " stop", " event"].suffix(times.hasEntry ? 3 : 2).map { .column($0) })
      table = table.with(" start", .numbers(times.start)).with(" stop", .numbers(times.stop))
        .with(" event", .numbers(times.isEvent.map { $0 ? 1 : 0 }))
    }
    switch outcome {
    case .binary(let events): table = table.with(" outcome", .numbers(events.map { $0 ? 1 : 0 }))
    case .survival(let times): survival(times)
    case .competing(let times): survival(times.anyEvent)
    case .number: throw ModelError.outcome(outcome.kind, needs: "must be one of two values or a time")
    }
    try self.init(Formula(response, table.rightSide(right)), table, weights: weights)
  }

  /// - `whole`: The table that `table` is a part of: how events are coded is learnt from all of its rows.
  init(
    _ formula: Formula, _ table: Table, weights: String? = nil, codedBy whole: Table
  ) throws(ModelError) {
    try self.init(formula, table, weights: weights, known: nil, whole: whole)
  }

  private init(
    _ formula: Formula, _ table: Table, weights: String?, known: ModelFrame?, whole: Table
  ) throws(ModelError) {
    guard let response = formula.response else {
      throw ModelError.formula("\(formula)", "names no outcome; it must stand left of '~'.")
    }
    let needed = formula.columns + (weights.map { [$0] } ?? [])
    let table = try table.columns(needed + formula.timeTransforms.map(\.text).filter { table[$0] != nil })
    var complete = (0..<table.count).filter { row in needed.allSatisfy { !table[$0]!.isMissing(row) } }
    // Calculations such as log(0) may be missing where columns are not.
    var calculated: [Column.Values] = []
    let right = formula.parts + formula.offsets + formula.strata + formula.clusters
    var outside: [Finding] = []
    for part in right + response.parts {
      calculated.append(try (part.learntFrom ?? part).evaluate(table))
      outside += try part.outside(table)
    }
    self.outside = outside
    complete = complete.filter { row in calculated.allSatisfy { !$0.isMissing(row) } }
    let used = table.rows(complete)
    guard !complete.isEmpty else {
      throw ModelError.formula("\(formula)", "in each of \(table.count) rows a value is missing.")
    }
    self.formula = formula
    (rows, lines) = (complete, used.source.lines)
    all = table.count
    (outcome, coding) = try OutcomeCoding.outcome(response, used, of: whole, known?.coding)
    weightsColumn = weights
    let isSurvival = if case .survival = outcome { true } else { false }
    if let known {
      columns = known.columns
    } else {
      columns = ModelColumns(
        formula,
        try Design(formula, used, hasIntercept: formula.hasIntercept && !isSurvival, isCentred: isSurvival), used)
    }
    matrix = try columns.design.matrix(used)
    var offset = [Double](repeating: 0, count: complete.count)
    for expression in formula.offsets {
      for (row, value) in try expression.numbers(used).enumerated() { offset[row] += value ?? 0 }
    }
    self.offset = offset
    (strata, strataNames) = try Self.groups(formula.strata, used)
    clusters = formula.clusters.isEmpty ? nil : try Self.groups(formula.clusters, used).codes
    if let clusters, known == nil, Set(clusters).count < 2 {
      throw ModelError.formula(
        "\(formula)", "all rows are of one cluster, must be of several, as errors lie between them.")
    }
    var numbers = [Double](repeating: 1, count: complete.count)
    if let weights {
      numbers = try used.numbers(weights).map { $0 ?? 0 }
      if let bad = numbers.first(where: { $0 < 0 }) {
        throw ModelError.at("weights '\(weights)'", "has \(numberText(bad)), must be 0 or more.")
      }
    }
    self.weights = numbers
  }

  /// - Throws: `ModelError` if there are more columns than rows, so that no model can be told from another.
  func requireEnoughRows() throws(ModelError) {
    guard matrix.columns <= matrix.rows else {
      let text = formula.description
      throw ModelError.at(
        "formula '\(text.prefix(60))\(text.count > 60 ? "…" : "")'",
        "makes \(matrix.columns) columns of \(matrix.rows) rows without missing "
          + "values, must make fewer columns than rows. Leave interactions or categories out.")
    }
  }

  /// The same model's design and outcome for other rows, with the knots, levels and coding of the outcome learnt here; with their
  /// weights, if they have that column.
  /// - Throws: `ModelError` for a level or an outcome that was not there when the model was made.
  package func applied(to table: Table) throws(ModelError) -> ModelFrame {
    try ModelFrame(
      formula, table, weights: weightsColumn.flatMap { table[$0] == nil ? nil : $0 }, known: self, whole: table)
  }

  /// The same design with other times and strata.
  func with(_ times: SurvivalTimes, strata: [Int], names: [String]) -> ModelFrame {
    var result = self
    (result.outcome, result.strata, result.strataNames) = (.survival(times), strata, names)
    return result
  }

  static func groups(_ parts: [Formula.Expression], _ table: Table) throws(ModelError) -> (
    codes: [Int], names: [String]
  ) {
    guard !parts.isEmpty else { return (Array(repeating: 0, count: table.count), ["all"]) }
    var words: [[String]] = Array(repeating: [], count: table.count)
    for part in parts {
      let labels: [String?] =
        if let column = part.column, let known = table.labels(column) { known } else { try part.evaluate(table).words }
      for (row, word) in labels.enumerated() { words[row].append("\(part.text)=\(word ?? "")") }
    }
    let texts = words.map { $0.joined(separator: ", ") }, names = Set(texts).sorted()
    let codes = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return (texts.map { codes[$0]! }, names)
  }
}

extension Formula.Expression {
  /// What an outcome is computed of: the arguments of `Surv()`, or itself.
  fileprivate var parts: [Formula.Expression] {
    if case .call("Surv", let arguments) = self { arguments } else { [self] }
  }
}
