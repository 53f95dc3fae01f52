import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What a study predicts of which rows.
package struct StudyOutcome: Sendable {
  /// Rows of the table in which the outcome and the clinical columns are not missing.
  package let rows: [Int]
  /// Of these rows.
  package let outcome: Outcome
  /// The value that is the event; empty of numbers.
  package let event: String
  /// The outcome's column or calculation, or the columns of a time.
  package let names: [String]
  /// Columns of the table that tell the outcome.
  package let columns: [String]
  /// What was noticed.
  package let findings: [Finding]

  /// - Throws: `ModelError` for a column that is not there, or an outcome that is none.
  package init(_ plan: StudyPlan, _ table: Table) throws(ModelError) {
    names = [plan.outcome, plan.start, plan.time, plan.event].compactMap { $0 }
    for name in plan.clinical where table[name] == nil { _ = try table.numbers(name) }
    if let name = plan.treatment, table[name] == nil { throw ModelError.noColumn(name, near: table.names) }
    let needed = (plan.imputesClinical ? [] : plan.clinical) + (plan.treatment.map { [$0] } ?? [])
    let known = (0..<table.count).filter { row in needed.allSatisfy { !table[$0]!.isMissing(row) } }
    guard !known.isEmpty else {
      throw ModelError.at(
        "clinical", "in each of \(table.count) rows one of \(needed.joined(separator: ", ")) is missing.")
    }
    let kept: [Int], found: Outcome, event: String, noticed: [Finding]
    if plan.kind == .continuous, let name = plan.outcome {
      let values = try table.calculated(name)
      (columns, event, noticed) = (try table.rightSide(name).columns, "", [])
      kept = known.filter { values[$0] != nil }
      guard !kept.isEmpty else {
        throw ModelError.at("outcome '\(name)'", "no row has a number, must have one in each.")
      }
      found = .number(kept.map { values[$0]! })
    } else if !plan.competing.isEmpty, let time = plan.time, let name = plan.event {
      (columns, event) = ([time, name], plan.positive ?? "")
      (kept, found, noticed) = try Self.competing(plan, time, name, table, known)
    } else {
      let response = try Self.response(plan, table)
      columns = Array(Set(response.columns)).sorted()
      let whole = try table.naming(plan.positive, eventOf: response)
      let frame = try ModelFrame(Formula(response, .number(1)), whole.rows(known), codedBy: whole)
      (kept, found, event) = (frame.rows.map { known[$0] }, frame.outcome, frame.event)
      noticed = plan.outcome.map { OutcomeCoding.guess($0, event: frame.event, named: plan.positive) } ?? []
    }
    (rows, outcome, self.event) = (kept, found, event)
    findings =
      noticed
      + (kept.count < table.count
        ? [
          Finding(
            .note, "rows",
            "\(table.count - kept.count) of \(table.count) are left out, as the outcome\(plan.treatment == nil ? "" : ", the treatment") or a clinical column is missing."
          )
        ] : [])
  }

  /// Times until one of several events, of rows in which neither is missing.
  private static func competing(
    _ plan: StudyPlan, _ time: String, _ name: String, _ table: Table, _ known: [Int]
  ) throws(ModelError) -> ([Int], Outcome, [Finding]) {
    let stop = try table.calculated(time), names = [plan.positive ?? ""] + plan.competing
    guard let words = table.labels(name) else { throw ModelError.noColumn(name, near: table.names) }
    func kind(_ word: String) -> Int? {
      names.firstIndex { named in
        word == named || Double(word).map { $0 == Double(named) } ?? false
          || word.truth.map { $0 == named.truth } ?? false
      }
    }
    let kept = known.filter { stop[$0] != nil && words[$0] != nil }
    guard !kept.isEmpty else { throw ModelError.at("event '\(name)'", "no row has it with a time, must have both.") }
    let kinds = kept.map { kind(words[$0]!).map { $0 + 1 } ?? 0 }
    let rest = Column.Values.levels(zip(kept, kinds).map { $1 == 0 ? words[$0] : nil })
    guard rest.count < 2 else {
      throw ModelError.at(
        "event '\(name)'",
        "has \(rest.map { "'\($0)'" }.joined(separator: ", ")) besides \(names.map { "'\($0)'" }.joined(separator: ", ")), must have one value left, that "
          + "of rows that are censored. Name the others as 'competing'.")
    }
    let findings = names.indices.dropFirst().filter { !kinds.contains($0 + 1) }.map {
      Finding(.note, name, "no row has '\(names[$0])', which is named as a competing event.")
    }
    let times = try CompetingTimes(stop: kept.map { stop[$0]! }, kinds: kinds, kindCount: names.count)
    return (kept, .competing(times), findings)
  }

  /// What stands left of '~'.
  private static func response(_ plan: StudyPlan, _ table: Table) throws(ModelError) -> Formula.Expression {
    guard let time = plan.time, let event = plan.event else { return try table.outcomeTerm(plan.outcome ?? "") }
    try table.require(.followUp, time)
    var parts: [Formula.Expression] = []
    for name in [plan.start, time, event].compactMap({ $0 }) { parts.append(try table.outcomeTerm(name)) }
    return .call("Surv", parts)
  }
}

/// What keeps a study from being learnt, as the answer is among the questions; each kind may be overridden, which is recorded.
package enum LeakRefusal: String, Sendable, Hashable, CaseIterable {
  /// The same image stands under several patients.
  case duplicates
  /// A column tells the outcome.
  case outcomeAmongPredictors = "outcome-among-predictors"
}

extension StudyRows {
  /// Columns that tell the outcome, each with why: they are its columns, or go with it without exception.
  /// - `names`: Features and clinical columns.
  /// - `outcome`: The outcome's columns.
  package func tellingOutcome(_ names: [String], _ columns: [String]) -> [(column: String, why: String)] {
    let own: [Double] =
      switch outcome {
      case .binary(let events): events.map { $0 ? 1 : 0 }
      case .survival(let times): times.stop
      case .competing(let times): times.kinds.map(Double.init)
      case .number(let values): values
      }
    let events = outcome.isEvent.map { $0 ? 1.0 : 0 }
    return names.compactMap { name in
      if columns.contains(name) { return (name, "is the outcome's column") }
      guard let numbers = Self.numbers(table, name) else {
        guard case .categories(let words)? = table[name], isPure(words) else { return nil }
        return (name, "goes with the outcome without exception: each of its words is of one outcome")
      }
      for target in [own, events] where Self.isSame(numbers, target) {
        return (name, "goes with the outcome without exception (correlation 1)")
      }
      guard let share = separation(numbers), share >= (outcome.times == nil ? 1 : 0.99) else { return nil }
      return (
        name,
        outcome.times == nil
          ? "puts rows in the outcome's order without exception" : "puts rows in the order of the time"
      )
    }
  }

  /// Columns that nearly tell the outcome: the share of pairs of rows that they put in its order is .97 at least.
  package func nearlyTelling(_ names: [String]) -> [(column: String, share: Double)] {
    names.compactMap { name in
      Self.numbers(table, name).flatMap(separation).flatMap { $0 >= 0.97 ? (name, $0) : nil }
    }
  }

  /// Columns of numbers whose squares overflow, or whose differences have squares of 0, each with its value farthest from 0.
  package func extremeColumns(_ names: [String]) -> [(column: String, value: Double)] {
    names.compactMap { name in
      guard case .numbers(let cells)? = table[name] else { return nil }
      let values = cells.compactMap { $0 }
      guard let low = values.min(), let high = values.max(), low < high else { return nil }
      let value = abs(low) > abs(high) ? low : high
      return abs(value) > 1e150 || high - low < 1e-150 ? (name, value) : nil
    }
  }

  /// How well a column orders rows by the outcome, 0.5 to 1; of times by the time alone. Nil of few rows.
  private func separation(_ numbers: [Double?]) -> Double? {
    let known = numbers.indices.filter { numbers[$0] != nil }
    let observed: ObservedOutcome
    switch outcome {
    case .binary(let events):
      let own = known.map { events[$0] }
      guard min(own.count { $0 }, own.count { !$0 }) >= 5 else { return nil }
      observed = .events(own)
    case .survival(let times): observed = .numbers(known.map { times.stop[$0] })
    case .competing(let times): observed = .numbers(known.map { times.anyEvent.stop[$0] })
    case .number(let values): observed = .numbers(known.map { values[$0] })
    }
    guard known.count >= 10, let ways = try? ThreeWays(known.map { numbers[$0]! }, observed),
      let value = ways.pooled.estimate?.value
    else { return nil }
    return max(value, 1 - value)
  }

  /// Whether each of at least two words, of five rows on average, is of one outcome alone.
  private func isPure(_ words: [String?]) -> Bool {
    guard case .binary(let events) = outcome else { return false }
    var found: [String: Set<Bool>] = [:]
    for (word, event) in zip(words, events) { if let word { found[word, default: []].insert(event) } }
    return found.count > 1 && found.count * 5 <= words.count && found.values.allSatisfy { $0.count == 1 }
  }

  /// A column as numbers; of two words as 0 and 1.
  private static func numbers(_ table: Table, _ name: String) -> [Double?]? {
    switch table[name] {
    case .numbers(let numbers)?: return numbers
    case .categories(let words)?:
      let levels = Column.Values.levels(words)
      return levels.count == 2 ? words.map { $0.map { $0 == levels[1] ? 1 : 0 } } : nil
    case nil: return nil
    }
  }

  private static func isSame(_ numbers: [Double?], _ target: [Double]) -> Bool {
    let pairs = zip(numbers, target).compactMap { x, y in x.map { ($0, y) } }
    guard pairs.count > 2 else { return false }
    let x = pairs.map(\.0), y = pairs.map(\.1), product = variance(x) * variance(y)
    return product > 0 && abs(covariance(x, y)) / product.squareRoot() > 1 - 1e-9
  }
}
