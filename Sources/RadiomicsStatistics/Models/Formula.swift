import RadiomicsCore

/// A model as R's users write it: `Surv(time, status) ~ age + sex * treatment + strata(site)`.
public struct Formula: Sendable, Hashable, CustomStringConvertible {
  /// Part of a formula: what is computed of columns.
  public indirect enum Expression: Sendable, Hashable {
    case column(String)
    case number(Double)
    case text(String)
    case call(String, [Expression])
    case binary(String, Expression, Expression)
    case negative(Expression)
  }

  /// What belongs together in the design: a column, or several whose products count.
  public struct Term: Sendable, Hashable {
    /// In order of their first occurrence in the formula.
    public let parts: [Expression]
    /// As R names it: `age:sex`.
    public var name: String { parts.map(\.text).joined(separator: ":") }
  }

  /// As it was written.
  public let description: String
  /// What is explained; nil for a formula without a left side.
  public let response: Expression?
  /// Whether there is a constant.
  public let hasIntercept: Bool
  /// In order of their degree, then of occurrence.
  public let terms: [Term]
  /// `offset(…)`, `strata(…)`, `cluster(…)`: their arguments.
  public let offsets: [Expression], strata: [Expression], clusters: [Expression]

  /// Names of the columns that it needs.
  var columns: [String] {
    ([response].compactMap { $0 } + terms.flatMap(\.parts) + offsets + strata + clusters).flatMap(\.columns)
  }

  /// The parts `tt(…)`, which change with time, in their order.
  var timeTransforms: [Expression] {
    var found: [Expression] = []
    for part in terms.flatMap(\.parts) {
      if case .call("tt", let arguments) = part, arguments.count == 1, !found.contains(part) { found.append(part) }
    }
    return found
  }

  /// Reads a formula.
  /// - Throws: `ModelError` that names the place.
  public init(_ text: String) throws(ModelError) {
    var parser = try FormulaParser(text)
    let (left, right) = try parser.formula()
    try self.init(text, left, right)
  }

  private init(_ text: String, _ left: Expression?, _ right: Expression) throws(ModelError) {
    description = text
    response = left
    var order: [Expression] = []
    let expanded = try Self.expand(right, text, &order)
    var sets: [Set<Expression>] = [], intercept = true
    for (set, isAdded) in expanded {
      if set.isEmpty {
        intercept = isAdded
      } else if isAdded {
        if !sets.contains(set) { sets.append(set) }
      } else {
        sets.removeAll { $0 == set }
      }
    }
    hasIntercept = intercept
    func special(_ name: String) throws(ModelError) -> [Expression] {
      var found: [Expression] = []
      for set in sets {
        for case .call(name, let arguments) in set {
          guard set.count == 1 || name == "strata" else {
            throw ModelError("formula '\(text)': '\(name)' stands in an interaction, must stand alone.")
          }
          if set.count > 1 {
            throw ModelError("formula '\(text)': interactions with strata() are not supported; write them as columns.")
          }
          found += arguments
        }
      }
      return found
    }
    offsets = try special("offset")
    strata = try special("strata")
    clusters = try special("cluster")
    let ordinary = sets.filter { set in
      !set.contains {
        if case .call(let name, _) = $0 { ["offset", "strata", "cluster"].contains(name) } else { false }
      }
    }
    let terms = ordinary.map { set in Term(parts: order.filter(set.contains)) }
    let degrees = Set(terms.map(\.parts.count)).sorted()
    self.terms = degrees.flatMap { degree in terms.filter { $0.parts.count == degree } }
  }

  private typealias Sets = [(set: Set<Expression>, isAdded: Bool)]

  /// Sums, products and powers as lists of sets; an empty set is the constant.
  private static func expand(_ expression: Expression, _ text: String, _ order: inout [Expression]) throws(ModelError)
    -> Sets
  {
    func added(_ sets: Sets) -> [Set<Expression>] { sets.filter { $0.isAdded && !$0.set.isEmpty }.map(\.set) }
    func crossed(_ a: Sets, _ b: Sets) -> Sets {
      added(a).flatMap { left in added(b).map { (left.union($0), true) } }
    }
    switch expression {
    case .call("(", let inner): return try expand(inner[0], text, &order)
    case .binary("+", let a, let b): return try expand(a, text, &order) + expand(b, text, &order)
    case .binary("-", let a, let b):
      let first = try expand(a, text, &order)
      return try first + expand(b, text, &order).map { ($0.set, $0.set.isEmpty ? !$0.isAdded : false) }
    case .binary(":", let a, let b):
      let first = try expand(a, text, &order)
      return try crossed(first, expand(b, text, &order))
    case .binary("*", let a, let b):
      let first = try expand(a, text, &order), second = try expand(b, text, &order)
      return first + second + crossed(first, second)
    case .binary("^", let a, .number(let power)) where power >= 1 && power <= 8 && power == power.rounded():
      let first = try expand(a, text, &order)
      var result = first
      for _ in 1..<Int(power) { result = result + crossed(result, first) }
      return result
    case .number(1): return [([], true)]
    case .number(0): return [([], false)]
    case .negative(.number(1)): return [([], false)]
    case .column, .call:
      if !order.contains(expression) { order.append(expression) }
      return [([expression], true)]
    case .number, .text, .binary, .negative:
      throw ModelError(
        "formula '\(text)': '\(expression.text)' is no term. Write a calculation as I(\(expression.text)).")
    }
  }
}

extension Formula.Expression {
  /// As R writes it.
  public var text: String {
    switch self {
    case .column(let name): Self.isPlain(name) ? name : "`\(name)`"
    case .number(let number): numberText(number)
    case .text(let text): "\"\(text)\""
    case .call("(", let arguments): "(\(arguments[0].text))"
    case .call(let name, let arguments): "\(name)(\(arguments.map(\.text).joined(separator: ", ")))"
    case .binary(let sign, let a, let b):
      [":", "^", "/"].contains(sign) ? "\(a.text)\(sign)\(b.text)" : "\(a.text) \(sign) \(b.text)"
    case .negative(let a): "-\(a.text)"
    }
  }

  /// Whether a name needs no backticks.
  static func isPlain(_ name: String) -> Bool {
    guard let first = name.first, first.isLetter || first == "." else { return false }
    return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
  }

  /// The name of a column by itself.
  var column: String? { if case .column(let name) = self { name } else { nil } }

  /// Names of the columns that it needs.
  var columns: [String] {
    switch self {
    case .column(let name): [name]
    case .number, .text: []
    case .call(_, let arguments): arguments.flatMap(\.columns)
    case .binary("=", _, let value): value.columns
    case .binary(_, let a, let b): a.columns + b.columns
    case .negative(let a): a.columns
    }
  }
}
