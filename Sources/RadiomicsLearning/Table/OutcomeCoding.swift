import RadiomicsCore
import RadiomicsStatistics

/// How an outcome tells events from others, learnt from the rows that a model is fitted to, so that other rows are read alike.
enum OutcomeCoding: Sendable {
  /// The other value and the event.
  case levels([String])
  /// The number that is an event; one less is none.
  case number(Double)

  /// The event's value.
  var event: String {
    switch self {
    case .levels(let levels): levels[1]
    case .number(let number): numberText(number)
    }
  }

  /// The outcome of rows without missing values: a time with its event, or one of two values.
  /// - `whole`: The table of which they are rows; how events are coded does not depend on which rows are used.
  static func outcome(
    _ response: Formula.Expression, _ table: Table, of whole: Table, _ known: OutcomeCoding?
  ) throws(ModelError) -> (Outcome, OutcomeCoding) {
    guard case .call("Surv", let arguments) = response else {
      var levels: [String]
      if case .levels(let learnt)? = known {
        levels = learnt
      } else {
        levels = try both(response, table)
      }
      return (.binary(try events(response, table, levels)), .levels(levels))
    }
    guard (1...3).contains(arguments.count) else {
      throw ModelError.term(response.text, "must be Surv(time, event) or Surv(start, stop, event).")
    }
    let times = try arguments[arguments.count == 3 ? 1 : 0].numbers(table).map { $0! }
    let starts = arguments.count == 3 ? try arguments[0].numbers(table).map { $0! } : nil
    let (events, coding) =
      arguments.count == 1
      ? (times.map { _ in true }, .number(1)) : try status(arguments[arguments.count - 1], table, of: whole, known)
    return (.survival(try SurvivalTimes(start: starts, stop: times, isEvent: events)), coding)
  }

  /// Whether the event ended each row's time: numbers 0 and 1, or 1 and 2 as R has it, or two words.
  private static func status(
    _ expression: Formula.Expression, _ table: Table, of whole: Table, _ known: OutcomeCoding?
  ) throws(ModelError) -> ([Bool], OutcomeCoding) {
    if case .levels(let levels)? = known { return (try events(expression, table, levels), .levels(levels)) }
    let variable = try expression.evaluate(whole), event = expression.column.flatMap(whole.event)
    var isWords = event != nil
    if case .categories = variable, expression.column.flatMap(whole.oddCell) == nil { isWords = true }
    if isWords {
      let levels = try named(expression, Column.Values.levels(variable.words), event)
      return (try events(expression, table, levels), .levels(levels))
    }
    let values = try expression.numbers(table).map { $0! }
    let codes = Set(try expression.numbers(whole).compactMap { $0 })
    if case .number(let code)? = known {
      if let row = values.firstIndex(where: { ![code - 1, code].contains($0) }) {
        throw ModelError.at(
          table.place(row),
          "'\(expression.text)' is \(numberText(values[row])), must be \(numberText(code)) for an event and "
            + "\(numberText(code - 1)) for none, as in the rows that the model is fitted to.")
      }
      return (values.map { $0 == code }, .number(code))
    }
    guard codes.isSubset(of: [0, 1]) || codes.isSubset(of: [1, 2]) else {
      let row = try expression.numbers(whole).firstIndex { $0.map { ![0, 1].contains($0) } ?? false } ?? 0
      let other = numberText(try expression.numbers(whole)[row] ?? 0)
      throw ModelError.at(
        whole.place(row),
        "'\(expression.text)' is \(other), must be 1 for an event and 0 for none (or 2 and 1), unless it names kinds of "
          + "events.", .nameCause(other, calculation: "Surv(…, \(expression.text) == \(other))"))
    }
    let code = codes.contains(2) ? 2.0 : 1
    return (values.map { $0 == code }, .number(code))
  }

  /// 1 where the event ended a row's time, 0 where it did not; nil where that is missing.
  static func numbers(_ column: String, _ table: Table) throws(ModelError) -> [Double?] {
    guard let variable = table[column] else { return try table.numbers(column) }
    let known = (0..<table.count).filter { !variable.isMissing($0) }, rows = table.rows(known)
    var result = [Double?](repeating: nil, count: table.count)
    for (row, isEvent) in zip(known, try status(.column(column), rows, of: rows, nil).0) {
      result[row] = isEvent ? 1 : 0
    }
    return result
  }

  /// Which rows have the event.
  /// - `levels`: The other value and the event.
  private static func events(
    _ expression: Formula.Expression, _ table: Table, _ levels: [String]
  ) throws(ModelError) -> [Bool] {
    let words = try expression.evaluate(table).words.map { $0! }, isTruth = levels.allSatisfy { $0.truth != nil }
    var events: [Bool] = []
    events.reserveCapacity(words.count)
    for (row, word) in words.enumerated() {
      if word == levels[1] {
        events.append(true)
      } else if word == levels[0] || levels[0].isEmpty {
        // Without another value among the rows that coding was learnt from, whatever is not the event is the other.
        events.append(false)
      } else if isTruth, let truth = word.truth {
        events.append(truth == levels[1].truth)
      } else {
        throw ModelError.at(
          table.place(row),
          "'\(expression.text)' is '\(word)', must be \(levels[0]) or \(levels[1]) as in the rows that the model "
            + "is fitted to.")
      }
    }
    return events
  }

  /// A warning where the event, or the treatment, is a word that nobody named: the later of two in the alphabet was taken.
  /// - `named`: The value that was named.
  /// - `role`: What it is taken for.
  static func guess(_ column: String, event: String, named: String?, role: String = "the event") -> [Finding] {
    guard named == nil, Double(event) == nil, event.truth == nil else { return [] }
    return [
      Finding(
        .warning, column,
        "'\(event)' is taken for \(role), as it is the later of two words in the alphabet, capitals first. Name the value that is, or "
          + "write a calculation such as \"\(column) == '\(event)'\".")
    ]
  }

  /// What stands for false and for true; nil if other words are among them, or only one.
  static func truths(_ levels: [String]) -> [String]? {
    let truths = [false, true].compactMap { truth in levels.first { $0.truth == truth } }
    return truths.count == 2 && levels.allSatisfy { $0.truth != nil } ? truths : nil
  }

  /// Both values of an outcome, of which the event is the one that was named, or true, else 1 or the later in the alphabet.
  private static func both(_ expression: Formula.Expression, _ table: Table) throws(ModelError) -> [String] {
    let levels = Column.Values.levels(try expression.evaluate(table).words), name = expression.text
    if let event = expression.column.flatMap(table.event), levels.count == 2 {
      return levels.filter { $0 != event } + [event]
    }
    if let truths = truths(levels) { return truths }
    guard levels.count != 1 else {
      throw ModelError.at("outcome '\(name)'", "every row has \(levels[0]), must have both outcomes.")
    }
    guard levels.count == 2 else {
      throw many("outcome", expression, levels, expression.column.flatMap(table.oddCell))
    }
    return levels
  }

  /// The same of an event, which may have come to all or none and is not guessed from the alphabet.
  private static func named(
    _ expression: Formula.Expression, _ levels: [String], _ event: String?
  ) throws(ModelError) -> [String] {
    let name = expression.text
    if let event { return [levels.first { $0 != event } ?? "", event] }
    if levels.allSatisfy({ $0.truth != nil }) {
      return [levels.first { $0.truth == false } ?? "FALSE", levels.first { $0.truth == true } ?? "TRUE"]
    }
    guard levels.count < 3 else { throw many("event", expression, levels, nil) }
    let words = levels.map { "'\($0)'" }.joined(separator: " and ")
    throw ModelError.at(
      "event '\(name)'",
      "has the word\(levels.count == 1 ? "" : "s") \(words), must say which of them is the event.",
      .nameEvent(levels[levels.count - 1], calculation: "\(name) == '\(levels[levels.count - 1])'"))
  }

  private static func many(
    _ role: String, _ expression: Formula.Expression, _ levels: [String], _ odd: Table.OddCell?
  ) -> ModelError {
    let one = Double(levels[1]) == nil ? "'\(levels[1])'" : levels[1]
    return .manyValues(
      "\(role) '\(expression.text)'", levels,
      ". " + (odd?.sentence ?? "Ask about one by a calculation such as \"\(expression.text) == \(one)\"."))
  }
}
