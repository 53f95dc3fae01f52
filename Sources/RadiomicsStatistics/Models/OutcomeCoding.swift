import RadiomicsCore

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
  static func outcome(
    _ response: Formula.Expression, _ table: DataTable, _ known: OutcomeCoding?
  ) throws(ModelError) -> (ModelFrame.Outcome, OutcomeCoding) {
    guard case .call("Surv", let arguments) = response else {
      let (events, coding) = try events(response, table, known, isGuessed: true)
      return (.binary(events.map { $0 ? 1 : 0 }), coding)
    }
    guard (1...3).contains(arguments.count) else {
      throw ModelError("'\(response.text)': must be Surv(time, event) or Surv(start, stop, event).")
    }
    let times = try arguments[arguments.count == 3 ? 1 : 0].numbers(table).map { $0! }
    let starts = arguments.count == 3 ? try arguments[0].numbers(table).map { $0! } : nil
    let (events, coding) =
      arguments.count == 1
      ? (times.map { _ in true }, .number(1)) : try status(arguments[arguments.count - 1], table, known)
    return (.survival(try SurvivalTimes(start: starts, stop: times, isEvent: events)), coding)
  }

  /// Whether the event ended each row's time: numbers 0 and 1, or 1 and 2 as R has it, or two words.
  private static func status(
    _ expression: Formula.Expression, _ table: DataTable, _ known: OutcomeCoding?
  ) throws(ModelError) -> ([Bool], OutcomeCoding) {
    var isWords = expression.column.flatMap(table.event) != nil
    if case .levels? = known { isWords = true }
    if case .categories = try expression.evaluate(table), expression.column.flatMap(table.oddCell) == nil {
      isWords = true
    }
    if isWords { return try events(expression, table, known, isGuessed: false) }
    let values = try expression.numbers(table).map { $0! }, codes = Set(values)
    if case .number(let code)? = known {
      if let row = values.firstIndex(where: { ![code - 1, code].contains($0) }) {
        throw ModelError(
          "\(table.place(row)): '\(expression.text)' is \(numberText(values[row])), must be \(numberText(code)) for an event and "
            + "\(numberText(code - 1)) for none, as in the rows that the model is fitted to.")
      }
      return (values.map { $0 == code }, .number(code))
    }
    guard codes.isSubset(of: [0, 1]) || codes.isSubset(of: [1, 2]) else {
      let row = values.firstIndex { ![0, 1].contains($0) } ?? 0, other = numberText(values[row])
      throw ModelError(
        "\(table.place(row)): '\(expression.text)' is \(other), must be 1 for an event and 0 for none (or 2 and 1). If it names "
          + "kinds of events, say which one is asked about (--cause \(other), or Surv(…, \(expression.text) == \(other)))."
      )
    }
    let code = codes.contains(2) ? 2.0 : 1
    return (values.map { $0 == code }, .number(code))
  }

  /// Two values, of which the event is the one that was named, or true; else, where it may be guessed, 1 or the later in the
  /// alphabet.
  private static func events(
    _ expression: Formula.Expression, _ table: DataTable, _ known: OutcomeCoding?, isGuessed: Bool
  ) throws(ModelError) -> ([Bool], OutcomeCoding) {
    let words = try expression.evaluate(table).words.map { $0! }
    let levels: [String]
    if case .levels(let learnt)? = known {
      levels = learnt
    } else {
      levels = try ordered(expression, table, words, isGuessed: isGuessed)
    }
    let isTruth = levels.allSatisfy { $0.truth != nil }
    var events: [Bool] = []
    events.reserveCapacity(words.count)
    for (row, word) in words.enumerated() {
      if word == levels[1] {
        events.append(true)
      } else if word == levels[0] {
        events.append(false)
      } else if isTruth, let truth = word.truth {
        events.append(truth == levels[1].truth)
      } else {
        throw ModelError(
          "\(table.place(row)): '\(expression.text)' is '\(word)', must be \(levels[0]) or \(levels[1]) as in the rows that the model "
            + "is fitted to.")
      }
    }
    return (events, .levels(levels))
  }

  /// What stands for false and for true; nil if other words are among them, or only one.
  static func truths(_ levels: [String]) -> [String]? {
    let truths = [false, true].compactMap { truth in levels.first { $0.truth == truth } }
    return truths.count == 2 && levels.allSatisfy { $0.truth != nil } ? truths : nil
  }

  /// The other value and the event.
  private static func ordered(
    _ expression: Formula.Expression, _ table: DataTable, _ words: [String], isGuessed: Bool
  ) throws(ModelError) -> [String] {
    let levels = DataTable.Variable.levels(words), name = expression.text
    if let event = expression.column.flatMap(table.event), levels.count == 2 {
      return levels.filter { $0 != event } + [event]
    }
    if let truths = truths(levels) { return truths }
    guard levels.count == 2 else {
      throw ModelError(
        levels.count == 1
          ? "outcome '\(name)': every row has \(levels[0]), must have both outcomes."
          : "outcome '\(name)': has \(levels.count) values (\(levels.prefix(4).joined(separator: ", "))\(levels.count > 4 ? ", …" : "")), must have two."
            + (expression.column.flatMap(table.oddCell).map { " \($0.sentence)" } ?? ""))
    }
    guard isGuessed else {
      throw ModelError(
        "event '\(name)': has the words '\(levels[0])' and '\(levels[1])', must say which of them is the event. Name it (--positive "
          + "'\(levels[1])'), or write a calculation such as \"\(name) == '\(levels[1])'\".")
    }
    return levels
  }
}
