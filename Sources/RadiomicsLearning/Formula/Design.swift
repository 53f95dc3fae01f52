import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// The columns of a model, with what was learnt from the rows that it is fitted to: knots of splines, levels of factors.
/// Named and coded as R does, with treatment contrasts.
package struct Design: Sendable, Hashable {
  /// Names of the columns: `(Intercept)`, `age`, `sexmale`, `age:sexmale`.
  package let names: [String]
  /// The number of each column's term, −1 for the constant.
  package let termOf: [Int]
  /// Names of the terms.
  package let termNames: [String]
  private let hasIntercept: Bool
  private let terms: [[TermCode]]

  /// - `table`: The rows that the model is fitted to, without missing values.
  /// - `isCentred`: Whether the model has no need of a constant, as Cox's, so that factors always have contrasts.
  /// - Throws: `ModelError` for a column that is not there, a factor of one level, a function that is not known.
  init(_ formula: Formula, _ table: Table, hasIntercept: Bool, isCentred: Bool = false) throws(ModelError) {
    let sets = Set(formula.terms.map { Set($0.parts) })
    var known: [Formula.Expression: [Bool: TermCode]] = [:], hasLevels = false
    var terms: [[TermCode]] = []
    for term in formula.terms {
      var codes: [TermCode] = []
      for part in term.parts {
        // A factor has a column for each level where the term without it is not in the model.
        let rest = Set(term.parts).subtracting([part])
        let isMarginal =
          rest.isEmpty
          ? isCentred || formula.hasIntercept || hasLevels : sets.contains(rest)
        let code =
          if let code = known[part]?[isMarginal] { code } else {
            try TermCode(part, table, hasContrast: isMarginal)
          }
        known[part, default: [:]][isMarginal] = code
        codes.append(code)
      }
      hasLevels = hasLevels || codes.contains(where: \.isLevels)
      terms.append(codes)
    }
    self.init(terms, formula.terms.map(\.name), hasIntercept: hasIntercept)
  }

  private init(_ terms: [[TermCode]], _ termNames: [String], hasIntercept: Bool) {
    let columns = terms.map { Self.crossed($0.map(\.names)) { $0 + ":" + $1 } }
    names = (hasIntercept ? ["(Intercept)"] : []) + columns.flatMap { $0 }
    termOf = (hasIntercept ? [-1] : []) + columns.enumerated().flatMap { Array(repeating: $0, count: $1.count) }
    (self.terms, self.termNames, self.hasIntercept) = (terms, termNames, hasIntercept)
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

extension Design: Codable {
  private enum Key: String, CodingKey { case hasConstant = "constant", terms, names }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: Key.self), names = try parts.decode([String].self, forKey: .names)
    let terms = try parts.decode([[TermCode]].self, forKey: .terms)
    guard names.count == terms.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .names, in: parts,
        debugDescription: "has \(names.count) names, must have one for each of \(terms.count) terms")
    }
    self.init(terms, names, hasIntercept: try parts.decode(Bool.self, forKey: .hasConstant))
  }

  package func encode(to encoder: any Encoder) throws {
    var parts = encoder.container(keyedBy: Key.self)
    try parts.encode(hasIntercept, forKey: .hasConstant)
    try parts.encode(termNames, forKey: .names)
    try parts.encode(terms, forKey: .terms)
  }

  /// What columns are computed of.
  var expressions: [Formula.Expression] { terms.flatMap { $0.map(\.expression) } }
  /// What columns of a table are needed.
  var columns: [String] { expressions.flatMap(\.columns) }
}
