import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// The columns of a model, with what was learnt from the rows that it is fitted to: knots of splines, levels of factors.
/// Named and coded as R does, with treatment contrasts.
package struct Design: Sendable {
  /// How one part of a term becomes columns.
  fileprivate enum Code: Sendable {
    case number(Formula.Expression)
    case spline(Formula.Expression, NaturalSpline, name: String)
    case levels(Formula.Expression, [String], name: String, all: [String])
  }

  /// Names of the columns: `(Intercept)`, `age`, `sexmale`, `age:sexmale`.
  package let names: [String]
  /// The number of each column's term, −1 for the constant.
  package let termOf: [Int]
  /// Names of the terms.
  package let termNames: [String]
  private let hasIntercept: Bool
  private let terms: [[Code]]

  /// - Parameters:
  ///   - table: The rows that the model is fitted to, without missing values.
  ///   - isCentred: Whether the model has no need of a constant, as Cox's, so that factors always have contrasts.
  /// - Throws: `ModelError` for a column that is not there, a factor of one level, a function that is not known.
  init(_ formula: Formula, _ table: Table, hasIntercept: Bool, isCentred: Bool = false) throws(ModelError) {
    let sets = Set(formula.terms.map { Set($0.parts) })
    var known: [Formula.Expression: [Bool: Code]] = [:], hasLevels = false
    var names = hasIntercept ? ["(Intercept)"] : [], termOf = hasIntercept ? [-1] : []
    var terms: [[Code]] = []
    for (index, term) in formula.terms.enumerated() {
      var codes: [Code] = []
      for part in term.parts {
        // A factor has a column for each level where the term without it is not in the model.
        let rest = Set(term.parts).subtracting([part])
        let isMarginal =
          rest.isEmpty
          ? isCentred || formula.hasIntercept || hasLevels : sets.contains(rest)
        let code =
          if let code = known[part]?[isMarginal] { code } else {
            try Self.code(part, table, hasContrast: isMarginal)
          }
        known[part, default: [:]][isMarginal] = code
        codes.append(code)
      }
      hasLevels = hasLevels || codes.contains(where: \.isLevels)
      let columns = Self.crossed(codes.map(\.names)) { $0 + ":" + $1 }
      names += columns
      termOf += Array(repeating: index, count: columns.count)
      terms.append(codes)
    }
    self.names = names
    self.termOf = termOf
    self.terms = terms
    self.hasIntercept = hasIntercept
    termNames = formula.terms.map(\.name)
  }

  private static func code(_ part: Formula.Expression, _ table: Table, hasContrast: Bool) throws(ModelError) -> Code
  {
    if case .call("ns", let arguments) = part {
      let df: Int? =
        switch arguments.dropFirst().first {
        case .number(let number)? where number >= 1 && number <= 20 && number == number.rounded(): Int(number)
        case .binary("=", .column("df"), .number(let number))? where number >= 1 && number == number.rounded():
          Int(min(number, 20))
        default: nil
        }
      guard let df, arguments.count == 2 else {
        throw ModelError("'\(part.text)': must be ns(column, df) with df from 1 to 20.")
      }
      let values = try arguments[0].numbers(table).compactMap { $0 }
      return .spline(arguments[0], try NaturalSpline(values, df: df, name: part.text), name: part.text)
    }
    switch try part.evaluate(table) {
    case .numbers: return .number(part)
    case .categories(let words):
      if let odd = part.column.flatMap(table.oddCell) {
        let hint = odd.isInfinite ? "" : " If the numbers are names of categories, write factor(\(part.text))."
        throw ModelError(odd.sentence + hint)
      }
      let levels = Column.Values.levels(words)
      guard levels.count > 1 else {
        throw ModelError("'\(part.text)': has the one level '\(levels.first ?? "")', must have at least two to count.")
      }
      return .levels(part, hasContrast ? Array(levels.dropFirst()) : levels, name: part.text, all: levels)
    }
  }

  /// Every combination, the first part varying fastest.
  private static func crossed<T>(_ parts: [[T]], _ join: (T, T) -> T) -> [T] {
    guard var result = parts.first else { return [] }
    for part in parts.dropFirst() { result = part.flatMap { right in result.map { join($0, right) } } }
    return result
  }

  /// The columns for rows without missing values; a level that was not there when the model was made is refused.
  func matrix(_ table: Table) throws(ModelError) -> Matrix {
    var columns: [[Double]] = hasIntercept ? [Array(repeating: 1, count: table.count)] : []
    for codes in terms {
      var parts: [[[Double]]] = []
      for code in codes { parts.append(try code.columns(table)) }
      columns += Self.crossed(parts) { zip($0, $1).map(*) }
    }
    return Matrix(columns: columns, rows: table.count)
  }
}

extension Design.Code {
  fileprivate var isLevels: Bool { if case .levels = self { true } else { false } }

  fileprivate var names: [String] {
    switch self {
    case .number(let expression): [expression.text]
    case .spline(_, let spline, let name): (1...spline.count).map { "\(name)\($0)" }
    case .levels(_, let levels, let name, _): levels.map { name + $0 }
    }
  }

  fileprivate func columns(_ table: Table) throws(ModelError) -> [[Double]] {
    func complete(_ values: [Double?]) throws(ModelError) -> [Double] {
      let present = values.compactMap { $0 }
      guard present.count == values.count else { throw ModelError("'\(names[0])': has missing values.") }
      return present
    }
    switch self {
    case .number(let expression): return [try complete(expression.numbers(table))]
    case .spline(let expression, let spline, _):
      let rows = try complete(expression.numbers(table)).map(spline.basis)
      return (0..<spline.count).map { column in rows.map { $0[column] } }
    case .levels(let expression, let levels, _, let all):
      let words = try expression.evaluate(table).words
      if let new = words.first(where: { !all.contains($0 ?? "") }) {
        throw ModelError(
          "'\(expression.text)': has '\(new ?? "")', which no row had that the model was fitted to (\(all.joined(separator: ", ")))."
        )
      }
      return levels.map { level in words.map { $0 == level ? 1 : 0 } }
    }
  }
}
