import RadiomicsCore
import RadiomicsStatistics

extension Formula.Expression {
  /// Functions of one number that formulas know.
  static let functions: [String: @Sendable (Double) -> Double] = [
    "log": { log($0) }, "log2": { log2($0) }, "log10": { log10($0) }, "log1p": { log1p($0) }, "exp": { exp($0) },
    "sqrt": { $0.squareRoot() }, "abs": { abs($0) },
  ]

  /// Reads a calculation such as `x * log(t + 20)`.
  /// - Throws: `ModelError` that names the place.
  package init(_ text: String) throws(ModelError) {
    var parser = try FormulaParser(text)
    self = try parser.calculation()
  }

  /// The value in every row; missing where a column is missing or the result is no number.
  func evaluate(_ table: Table) throws(ModelError) -> Column.Values {
    switch self {
    case .column(let name):
      guard let variable = table[name] else {
        _ = try table.numbers(name)
        preconditionFailure("a column that is not there throws")
      }
      return variable
    case .number(let number): return .numbers(Array(repeating: number, count: table.count))
    case .text(let text): return .categories(Array(repeating: text, count: table.count))
    case .call("(", let arguments): return try arguments[0].evaluate(table)
    case .call("I", let arguments) where arguments.count == 1: return try arguments[0].evaluate(table)
    case .call("factor", _), .call("as.factor", _):
      let (part, levels) = try factor()
      return .categories(
        try part.evaluate(table).words.map { word in levels?.contains(word ?? "") == false ? nil : word })
    case .call("cut", let arguments) where learntFrom == nil && !arguments.isEmpty:
      let intervals = try intervals { () throws(ModelError) in [] }, labels = intervals.labels
      return .categories(try arguments[0].numbers(table).map { $0.flatMap(intervals.place).map { labels[$0] } })
    case .call("tt", _):
      guard let variable = table[text] else {
        throw ModelError.term(text, "needs a function of time, such as x * log(t).")
      }
      return variable
    case .call(let name, let arguments):
      if ["ns", "rcs", "scale", "cut"].contains(name) {
        throw ModelError.term(text, "is learnt from all rows, must be a term of a model by itself.")
      }
      guard let function = Self.functions[name], arguments.count == 1 else {
        let known =
          Self.functions.keys.sorted() + [
            "I", "cluster", "cut", "factor", "ns", "offset", "rcs", "scale", "strata", "tt",
          ]
        throw ModelError.term(
          text,
          "there is no function '\(name)' of \(arguments.count) argument\(arguments.count == 1 ? "" : "s"). There are: "
            + "\(known.joined(separator: ", ")).\(didYouMean(name, among: known))")
      }
      return try .numbers(arguments[0].numbers(table).map { $0.map(function).flatMap { $0.isFinite ? $0 : nil } })
    case .negative(let a): return try .numbers(a.numbers(table).map { $0.map { -$0 } })
    case .binary(let sign, let a, let b):
      if ["==", "!="].contains(sign), case .categories(let words) = try a.evaluate(table) {
        let others = try b.evaluate(table).words
        return .numbers(
          zip(words, others).map { x, y in x.flatMap { x in y.map { (x == $0) == (sign == "==") ? 1 : 0 } } })
      }
      let operation = try Self.operation(sign, text)
      let (x, y) = (try a.numbers(table), try b.numbers(table))
      return .numbers(
        zip(x, y).map { x, y in
          guard let x, let y else { return nil }
          let result = operation(x, y)
          return result.isFinite ? result : nil
        })
    }
  }

  /// The value in every row, which must be numbers.
  func numbers(_ table: Table) throws(ModelError) -> [Double?] {
    if case .column(let name) = self { return try table.numbers(name) }
    guard case .numbers(let values) = try evaluate(table) else {
      throw ModelError.term(text, "gives words, must give numbers.")
    }
    return values
  }

  private static func operation(_ sign: String, _ text: String) throws(ModelError) -> (Double, Double) -> Double {
    switch sign {
    case "+": { $0 + $1 }
    case "-": { $0 - $1 }
    case "*": { $0 * $1 }
    case "/": { $0 / $1 }
    case "^": { pow($0, $1) }
    case "<": { $0 < $1 ? 1 : 0 }
    case ">": { $0 > $1 ? 1 : 0 }
    case "<=": { $0 <= $1 ? 1 : 0 }
    case ">=": { $0 >= $1 ? 1 : 0 }
    case "==": { $0 == $1 ? 1 : 0 }
    case "!=": { $0 != $1 ? 1 : 0 }
    default: throw ModelError.term(text, "'\(sign)' is no calculation; it joins terms.")
    }
  }
}

extension Table {
  /// The numbers of a column of that very name, or of a calculation.
  package func calculated(_ text: String) throws(ModelError) -> [Double?] {
    self[text] != nil ? try numbers(text) : try expression(text).numbers(self)
  }

  /// A column of that very name, or a calculation, as it stands in a formula.
  func term(_ text: String) throws(ModelError) -> Formula.Expression {
    self[text] != nil ? .column(text) : .call("I", [try expression(text)])
  }

  /// A formula's right side: a column of that very name, or what is written as in R.
  func rightSide(_ text: String) throws(ModelError) -> Formula.Expression {
    self[text] != nil ? .column(text) : try expression(text)
  }

  /// What is written as in R.
  /// - Throws: `ModelError` if it cannot be read, which says so where the reason is a column's name without backticks.
  private func expression(_ text: String) throws(ModelError) -> Formula.Expression {
    do throws(ModelError) {
      let expression = try Formula.Expression(text)
      guard expression.columns.contains(where: { self[$0] == nil }), let name = unquoted(in: text) else {
        return expression
      }
      throw .unquoted(name, in: text)
    } catch {
      guard let name = unquoted(in: text) else { throw error }
      throw .unquoted(name, in: text)
    }
  }

  /// A column that a formula can only name in backticks and that stands in a text without them; the longest of several.
  private func unquoted(in text: String) -> String? {
    let bare = text.replacing(/`[^`]*`/, with: " ")
    return names.filter { $0.contains(where: \.isLetter) && !Formula.Expression.isPlain($0) && bare.contains($0) }
      .max { $0.count < $1.count }
  }

  /// The same where people are likely to have meant a column.
  /// - Throws: `ModelError` if it is neither.
  func outcomeTerm(_ text: String) throws(ModelError) -> Formula.Expression {
    let known: Formula.Expression?
    do throws(ModelError) { known = try expression(text) } catch {
      guard self[text] == nil else { return .column(text) }
      throw ModelError("there is no column '\(text)', and as a calculation it cannot be read: \(error.description)")
    }
    for name in self[text] == nil ? known?.columns ?? [] : [] where self[name] == nil { _ = try numbers(name) }
    return try term(text)
  }
}

extension Formula.Expression {
  /// A sum of terms; the constant alone of none.
  static func sum(_ terms: [Formula.Expression]) -> Formula.Expression {
    guard let first = terms.first else { return .number(1) }
    return FormulaParser.chain(first, terms.dropFirst().map { ("+", $0) })
  }
}
