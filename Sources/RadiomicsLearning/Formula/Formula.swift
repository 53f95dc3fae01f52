import RadiomicsCore
import RadiomicsStatistics

/// A model as R's users write it: `Surv(time, status) ~ age + sex * treatment + strata(site)`.
package struct Formula: Sendable, Hashable, CustomStringConvertible {
  /// Part of a formula: what is computed of columns.
  package indirect enum Expression: Sendable, Hashable {
    case column(String)
    case number(Double)
    case text(String)
    case call(String, [Expression])
    case binary(String, Expression, Expression)
    case negative(Expression)
  }

  /// What belongs together in the design: a column, or several whose products count.
  package struct Term: Sendable, Hashable {
    /// In order of their first occurrence in the formula.
    package let parts: [Expression]
    /// As R names it: `age:sex`.
    package var name: String { parts.map(\.text).joined(separator: ":") }
  }

  /// As it was written, or as R writes it where it was built.
  package let description: String
  /// What is explained; nil for a formula without a left side.
  package let response: Expression?
  /// Whether there is a constant.
  package let hasIntercept: Bool
  /// In order of their degree, then of occurrence.
  package let terms: [Term]
  /// Their parts, each once, in order of occurrence.
  let parts: [Expression]
  /// `offset(…)`, `strata(…)`, `cluster(…)`: their arguments.
  package let offsets: [Expression], strata: [Expression], clusters: [Expression]

  /// Names of the columns that it needs.
  var columns: [String] {
    ([response].compactMap { $0 } + parts + offsets + strata + clusters).flatMap(\.columns)
  }

  /// The parts `tt(…)`, which change with time, in their order.
  var timeTransforms: [Expression] {
    var found: [Expression] = []
    for part in parts {
      if case .call("tt", let arguments) = part, arguments.count == 1 { found.append(part) }
    }
    return found
  }

  /// Reads a formula.
  /// - Throws: `ModelError` that names the place.
  package init(_ text: String) throws(ModelError) {
    var parser = try FormulaParser(text)
    let (left, right) = try parser.formula()
    try self.init(text, left, right)
  }

  /// A formula of its sides.
  init(_ response: Expression?, _ right: Expression) throws(ModelError) {
    try self.init("\(response.map { $0.text + " " } ?? "")~ \(right.text)", response, right)
  }

  private init(_ text: String, _ left: Expression?, _ right: Expression) throws(ModelError) {
    description = text
    response = left
    var expansion = TermExpansion(text)
    var places: [Set<Expression>: Int] = [:], kept: [Set<Expression>?] = [], intercept = true
    for (set, isAdded) in try expansion.expand(right) {
      if set.isEmpty {
        intercept = isAdded
      } else if !isAdded {
        if let place = places.removeValue(forKey: set) { kept[place] = nil }
      } else if places[set] == nil {
        places[set] = kept.count
        kept.append(set)
      }
    }
    let sets = kept.compactMap { $0 }
    hasIntercept = intercept
    func special(_ name: String) throws(ModelError) -> [Expression] {
      var found: [Expression] = []
      for set in sets {
        for case .call(name, let arguments) in set {
          guard set.count == 1 || name == "strata" else {
            throw ModelError.formula(text, "'\(name)' stands in an interaction, must stand alone.")
          }
          if set.count > 1 {
            throw ModelError.formula(text, "interactions with strata() are not supported; write them as columns.")
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
    let terms = ordinary.map { set in Term(parts: set.sorted { expansion.places[$0]! < expansion.places[$1]! }) }
    let degrees = Set(terms.map(\.parts.count)).sorted()
    self.terms = degrees.flatMap { degree in terms.filter { $0.parts.count == degree } }
    let used = Set(ordinary.flatMap { $0 })
    parts = expansion.parts.filter(used.contains)
  }
}

/// Sums, products and powers as lists of sets; an empty set is the constant.
private struct TermExpansion {
  typealias Sets = [(set: Set<Formula.Expression>, isAdded: Bool)]

  /// More terms than this are no model of any table.
  private static let most = 5000

  private let text: String
  /// Columns and calculations in order of their first occurrence.
  private(set) var parts: [Formula.Expression] = [], places: [Formula.Expression: Int] = [:]

  init(_ text: String) { self.text = text }

  private func added(_ sets: Sets) -> [Set<Formula.Expression>] {
    sets.filter { $0.isAdded && !$0.set.isEmpty }.map(\.set)
  }

  private func crossed(_ a: Sets, _ b: Sets) throws(ModelError) -> Sets {
    let (left, right) = (added(a), added(b))
    guard left.count * right.count <= Self.most else {
      throw ModelError.at(
        "formula '\(text.prefix(60))\(text.count > 60 ? "…" : "")'",
        "its interactions make more than \(Self.most) terms. Name those that matter.")
    }
    return left.flatMap { one in right.map { (one.union($0), true) } }
  }

  mutating func expand(_ expression: Formula.Expression) throws(ModelError) -> Sets {
    switch expression {
    case .call("(", let inner): return try expand(inner[0])
    case .binary("+", _, _), .binary("-", _, _): return try sum(expression)
    case .binary(":", let a, let b):
      let first = try expand(a)
      return try crossed(first, expand(b))
    case .binary("*", let a, let b):
      let first = try expand(a), second = try expand(b)
      return try first + second + crossed(first, second)
    case .binary("^", let a, .number(let power)) where power >= 1 && power <= 8 && power == power.rounded():
      let first = try expand(a)
      var result = first
      for _ in 1..<Int(power) { result += try crossed(result, first) }
      return result
    case .number(1): return [([], true)]
    case .number(0): return [([], false)]
    case .negative(.number(1)): return [([], false)]
    case .column, .call:
      if places[expression] == nil {
        places[expression] = parts.count
        parts.append(expression)
      }
      return [([expression], true)]
    case .number, .text, .binary, .negative:
      throw ModelError.formula(
        text, "'\(expression.text)' is no term. Write a calculation as I(\(expression.text)).")
    }
  }

  /// A chain of sums and differences, which may be long, from its first operand on.
  private mutating func sum(_ expression: Formula.Expression) throws(ModelError) -> Sets {
    var operands: [(sign: String, part: Formula.Expression)] = [], first = expression
    while case .binary(let sign, let left, let right) = first, ["+", "-"].contains(sign) {
      operands.append((sign, right))
      first = left
    }
    var result = try expand(first)
    for (sign, part) in operands.reversed() {
      let sets = try expand(part)
      result += sign == "+" ? sets : sets.map { ($0.set, $0.set.isEmpty ? !$0.isAdded : false) }
    }
    return result
  }
}

extension Formula.Expression {
  /// As R writes it.
  package var text: String {
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
    case .call("c", _): []
    case .call(_, let arguments): arguments.flatMap(\.columns)
    case .binary("=", _, let value): value.flag == nil ? value.columns : []
    case .binary(_, let a, let b): a.columns + b.columns
    case .negative(let a): a.columns
    }
  }
}
