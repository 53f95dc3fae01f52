import RadiomicsCore
import RadiomicsStatistics

extension OutcomeColumns {
  /// What a treatment changes: `hr`, the hazard ratio, or `or`, the odds ratio.
  package var ratioName: String { if case .survival = self { "hr" } else { "or" } }
  /// The same in words.
  package var ratioWords: String { if case .survival = self { "hazard ratio" } else { "odds ratio" } }
}

/// Patients of two arms and what happened to them. Calculations are made columns, so that formulas can name them.
package struct Trial: Sendable {
  /// The rows, in which the treatment is 0 or 1.
  package private(set) var table: Table
  /// Columns of the outcome.
  package let outcome: OutcomeColumns
  /// Column of the treatment; what it was for 0, and for 1.
  package let treatment: String, control: String, treated: String
  /// The column that names the patients; nil where each row is one.
  package private(set) var subject: String?
  /// Number of rows, with those in which no patient is named.
  private(set) var all: Int

  /// - `treatment`: A column of two values, of which 1 or the later in the alphabet means treated, or a calculation
  ///   such as `arm == "B"`.
  /// - `positive`: The value of the outcome that is the event; nil for 1, true, or of an outcome's words the later in the alphabet.
  /// - `subject`: The column that names the patients, where some have several rows.
  /// - Throws: `ModelError` where there are not two arms, or a column is not there.
  package init(
    _ table: Table, _ outcome: OutcomeColumns, treatment: String, positive: String? = nil, subject: String? = nil
  ) throws(ModelError) {
    var table = table
    self.subject = subject
    let event: String
    switch outcome {
    case .binary(let text):
      event = try table.calculate(text)
      self.outcome = .binary(event)
    case .survival(let time, let text):
      event = try table.calculate(text)
      let time = try table.calculate(time)
      try table.require(.followUp, time)
      self.outcome = .survival(time: time, event: event)
    }
    table = try table.naming(positive, eventOf: .column(event))
    if case .survival = outcome {
      // Groups may lack one of both values, and have the same coding.
      table = table.with(event, .numbers(try OutcomeCoding.numbers(event, table)))
    }
    all = table.count
    table = try table.present(subject)
    try table.requireSeveralPatients(subject)
    let name = try table.calculate(treatment), words = table[name]!.words, levels = Column.Values.levels(words)
    guard levels.count != 1 else {
      throw ModelError.at(
        "treatment '\(name)'",
        "every row has \(levels[0]), must have two arms. A cohort of a single arm can only show a prognostic effect, "
          + "never who benefits from the treatment.")
    }
    guard levels.count == 2 else {
      if levels.isEmpty { throw ModelError.at("treatment '\(name)'", "has no values, must have two.") }
      let one = Double(levels[1]) == nil ? "'\(levels[1])'" : levels[1]
      throw ModelError.manyValues("treatment '\(name)'", levels, ". Choose by a calculation such as \(name) == \(one).")
    }
    self.treatment = name
    let arms = OutcomeCoding.truths(levels) ?? levels
    (control, treated) = (arms[0], arms[1])
    self.table = table.with(name, .numbers(words.map { $0.map { $0 == arms[1] ? 1 : 0 } }))
  }

  /// Adds the column of a marker.
  /// - Returns: Its name.
  mutating func add(_ marker: String) throws(ModelError) -> String { try table.calculate(marker) }

  /// Some of the patients.
  package func rows(_ rows: [Int]) -> Trial {
    var result = self
    result.table = table.rows(rows)
    return result
  }

  /// The same patients with these columns alone, and those of outcome and treatment.
  func columns(_ names: [String]) throws(ModelError) -> Trial {
    var result = self
    result.table = try table.columns(names + outcome.columns + [treatment] + [subject].compactMap { $0 })
    return result
  }

  /// The same patients with one column more.
  func with(_ name: String, _ variable: Column.Values) -> Trial {
    var result = self
    result.table = table.with(name, variable)
    return result
  }

  /// The same patients with another outcome.
  func with(_ outcome: OutcomeColumns) -> Trial {
    Trial(
      table: table, outcome: outcome, treatment: treatment, control: control, treated: treated, subject: subject,
      all: all)
  }

  private init(
    table: Table, outcome: OutcomeColumns, treatment: String, control: String, treated: String, subject: String?,
    all: Int
  ) {
    (self.subject, self.all) = (subject, all)
    (self.table, self.outcome) = (table, outcome)
    (self.treatment, self.control, self.treated) = (treatment, control, treated)
  }

  /// The left side of formulas.
  var response: Formula.Expression {
    switch outcome {
    case .binary(let name): .column(name)
    case .survival(let time, let event): .call("Surv", [.column(time), .column(event)])
    }
  }

  /// A formula's right side with what else counts: other columns, and the patients as clusters.
  /// - `adjust`: The right side of a formula, or nothing.
  func adjusted(_ right: Formula.Expression, _ adjust: String?) throws(ModelError) -> Formula.Expression {
    guard subject != nil || adjust != nil else { return right }
    return .binary("+", right, try clustered(adjust.map(table.rightSide) ?? .number(1), subject))
  }

  /// Numbers from 0 of the patients; nil where each row is one.
  var clusters: [Int]? { (try? table.subjects(subject)) ?? nil }

  /// Whether each patient was treated; false also where that is missing.
  var isTreated: [Bool] {
    guard case .numbers(let values)? = table[treatment] else { return [] }
    return values.map { $0 == 1 }
  }
}

extension Table {
  /// Adds what a text calculates as a column; a column of that very name goes before a calculation.
  /// - Returns: The column's name.
  mutating func calculate(_ text: String) throws(ModelError) -> String {
    if self[text] != nil { return text }
    _ = try outcomeTerm(text)
    let expression = try Formula.Expression(text), variable = try expression.evaluate(self)
    if case .column(let name) = expression { return name }
    let name = String(text.map { $0 == "`" ? "'" : $0 })
    self = with(name, variable)
    return name
  }
}
