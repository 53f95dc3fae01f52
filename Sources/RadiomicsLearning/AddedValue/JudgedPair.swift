import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Two predictions of the same rows, and what came true.
package struct JudgedPair: Sendable {
  /// Probabilities of the event, by the horizon where the outcome is a time.
  package let base: [Double], extended: [Double]
  /// What came true.
  package let outcome: Outcome
  /// Numbers from 0 of the rows' patients; nil where each row is one.
  package let clusters: [Int]?
  /// Number of events; by the horizon where the outcome is a time.
  let events: Int

  init(
    _ base: [Double], _ extended: [Double], _ outcome: Outcome, _ clusters: [Int]?,
    _ options: AddedValue.Options
  ) throws(ModelError) {
    try checkProbabilities(base, extended)
    self.clusters = clusters
    (self.base, self.extended, self.outcome) = (base, extended, outcome)
    if let times = outcome.times {
      let horizon = options.horizon ?? .infinity
      try times.checkHorizon(horizon)
      events = zip(times.stop, times.isEvent).count { $0 <= horizon && $1 }
    } else {
      events = outcome.indicators?.count { $0 == 1 } ?? 0
    }
  }

  /// Of columns of probabilities.
  init(
    columns: AddedValue.Predictions, _ rows: Table, _ outcome: Outcome, _ options: AddedValue.Options
  ) throws(ModelError) {
    guard case .columns(let base, let extended) = columns else { preconditionFailure("formulas have models") }
    func numbers(_ name: String) throws(ModelError) -> [Double] { try rows.numbers(name).map { $0! } }
    try self.init(numbers(base), numbers(extended), outcome, rows.subjects(options.subject), options)
  }

  /// Outcomes as 0 and 1; nil where they are times.
  var binary: [Double]? { outcome.indicators }
  /// Times; nil where the outcome has two values.
  var times: SurvivalTimes? { outcome.times }
}

/// What is asked, as formulas.
struct AddedValueQuestion {
  /// The left side.
  let response: Formula.Expression
  /// Both models; equal for columns of probabilities.
  let base: Formula, extended: Formula
  /// All that either needs.
  let joint: Formula

  /// - `table`: Tells columns from calculations.
  init(_ outcome: OutcomeColumns?, _ predictions: AddedValue.Predictions, _ table: Table) throws(ModelError) {
    var left: Formula.Expression? =
      switch outcome {
      case .binary(let name)?: try table.outcomeTerm(name)
      case .survival(let time, let event)?: .call("Surv", [try table.outcomeTerm(time), try table.outcomeTerm(event)])
      case nil: nil
      }
    var sides: [Formula.Expression] = []
    switch predictions {
    case .columns(let base, let extended): sides = [base, extended].map { .call("I", [.column($0)]) }
    case .formulas(let base, let extended):
      for text in [base, extended] {
        guard table[text] == nil, let place = Self.tilde(text) else {
          sides.append(try table.rightSide(text))
          continue
        }
        sides.append(try table.rightSide(String(text[text.index(after: place)...])))
        guard let response = try Formula(text).response else { continue }
        if let left, left != response {
          throw ModelError.formula(text, "has the outcome \(response.text), must be \(left.text) as it is elsewhere.")
        }
        left = response
      }
    }
    guard let left else {
      throw ModelError.at("outcome", "is not named. Name its column, or write whole formulas such as 'y ~ age'.")
    }
    base = try Formula(left, sides[0])
    extended = try Formula(left, sides[1])
    joint = try Formula(left, .binary("+", sides[0], sides[1]))
    response = left
  }

  /// Where the left side ends: the first `~` outside quotes.
  private static func tilde(_ text: String) -> String.Index? {
    var open: Character?
    for place in text.indices {
      let character = text[place]
      if let quote = open {
        if character == quote { open = nil }
      } else if "`'\"".contains(character) {
        open = character
      } else if character == "~" {
        return place
      }
    }
    return nil
  }
}

/// Both models of the same rows.
struct ModelPair {
  let base: RiskModel, extended: RiskModel
  let frames: (base: ModelFrame, extended: ModelFrame)
  /// The rows that they are fitted to.
  let rows: Table
  private let fit: RiskModel.Fit

  init(_ question: AddedValueQuestion, _ rows: Table, _ fit: @escaping RiskModel.Fit, horizon: Double?)
    throws(ModelError)
  {
    let first = try ModelFrame(question.base, rows), second = try ModelFrame(question.extended, rows)
    let models = (try fit(first), try fit(second))
    base = horizon.map { models.0.withPerturbation(first, horizon: $0) } ?? models.0
    extended = horizon.map { models.1.withPerturbation(second, horizon: $0) } ?? models.1
    frames = (first, second)
    self.rows = rows
    self.fit = fit
  }

  private init(_ other: ModelPair, sample: Table) throws(ModelError) {
    frames = (try other.frames.base.applied(to: sample), try other.frames.extended.applied(to: sample))
    (base, extended) = (try other.fit(frames.base), try other.fit(frames.extended))
    (rows, fit) = (sample, other.fit)
  }

  /// The same models of some of the rows, which may occur several times; columns are made as they were.
  func refitted(_ sample: [Int]) throws(ModelError) -> ModelPair { try ModelPair(self, sample: rows.rows(sample)) }

  /// Predictions of rows.
  func judged(_ rows: Table, _ options: AddedValue.Options) throws(ModelError) -> JudgedPair {
    let first = try frames.base.applied(to: rows), second = try frames.extended.applied(to: rows)
    return try JudgedPair(
      base.risk(first), extended.risk(second), first.outcome, rows.subjects(options.subject), options)
  }

  /// Why the likelihood-ratio test has no meaning; nil if the base model is part of the extended one.
  var whyNotNested: Reason? {
    let (a, b) = (frames.base, frames.extended)
    guard a.offset == b.offset, a.strata == b.strata else { return "the models differ in offset or strata" }
    let columns = (0..<b.matrix.columns).map(b.matrix.column) + (0..<a.matrix.columns).map(a.matrix.column)
    let joint = Matrix(columns: columns, rows: b.matrix.rows).independentColumns().count
    guard joint == b.matrix.independentColumns().count else {
      return "the base model is no part of the extended one: it has columns that the extended one lacks"
    }
    guard extended.rank > base.rank else { return "both models have the same columns" }
    return nil
  }
}
