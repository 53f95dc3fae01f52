import RadiomicsCore
import RadiomicsStatistics

/// A column whose effect follows a function of time: `tt(age)` in a formula, with `x * log(t + 20)` for the function. Each risk set
/// becomes a stratum of its own, in which the column has the value of that time, as in R's `coxph(…, tt = …)`.
package struct TimeTransform: Sendable {
  private let function: Formula.Expression

  /// - Parameter function: A calculation of `x`, the column, and `t`, the time.
  /// - Throws: `ModelError` that names the place.
  package init(_ function: String) throws(ModelError) {
    self.function = try Formula.Expression(function)
    if let other = self.function.columns.first(where: { !["x", "t"].contains($0) }) {
      throw ModelError.at(
        "time transform '\(function)'", "names '\(other)', must be of x (the column) and t (the time) only.")
    }
  }

  /// The rows of all risk sets.
  /// - Throws: `ModelError` if the formula has no `tt()`, or a transformed value is no number.
  package func frame(_ formula: Formula, _ table: Table, weights: String? = nil) throws(ModelError) -> ModelFrame {
    let parts = formula.timeTransforms.map(\.text)
    guard !parts.isEmpty else {
      throw ModelError.formula("\(formula)", "has no tt(column), which a function of time is for.")
    }
    let plain = try formula.withoutTime(table)
    let whole = try ModelFrame(formula, plain, weights: weights)
    guard case .survival(let times) = whole.outcome else {
      throw ModelError.formula("\(formula)", "its outcome is no time, which tt() needs.")
    }
    let sets = RiskSets(times, strata: whole.strata)
    let total = sets.steps.reduce(0) { $0 + $1.end - $1.begin - max(0, $1.left - $1.leavingBegin) }
    guard total <= 5_000_000 else {
      throw ModelError.formula(
        "\(formula)",
        "tt() makes \(total) rows of \(times.count), as each is at risk at many events; at most 5000000 are made. "
          + "Fit it to a sample, or round times to fewer different ones.")
    }
    var rows: [Int] = [], moments: [Double] = [], isEvent: [Bool] = [], strata: [Int] = []
    for (index, step) in sets.steps.enumerated() {
      let gone = Set(sets.leaving[step.leavingBegin..<max(step.leavingBegin, step.left)])
      for place in step.begin..<step.end where !gone.contains(place) {
        rows.append(sets.rows[place])
        moments.append(step.time)
        isEvent.append(place >= step.firstEvent)
        strata.append(index)
      }
    }
    var expanded = plain.rows(rows.map { whole.rows[$0] })
    for part in parts {
      let x = try expanded.numbers(part)
      let values = try function.numbers(Table([("x", .numbers(x)), ("t", .numbers(moments.map { $0 }))]))
      guard !values.contains(nil) else {
        throw ModelError.at(
          "time transform of '\(part)'", "is no number for some rows; check logarithms and divisions.")
      }
      expanded = expanded.with(part, .numbers(values))
    }
    let outcome = try SurvivalTimes(stop: moments, isEvent: isEvent)
    return try ModelFrame(formula, expanded, weights: weights).with(
      outcome, strata: strata, names: sets.steps.map { "t=\($0.time)" })
  }
}

extension Formula {
  /// A table in which `tt(column)` stands for the column itself.
  func withoutTime(_ table: Table) throws(ModelError) -> Table {
    var result = table
    for part in timeTransforms {
      if case .call(_, let arguments) = part {
        result = result.with(part.text, .numbers(try arguments[0].numbers(table)))
      }
    }
    return result
  }
}
