import RadiomicsCore

/// A column that says under which condition each row was measured.
package struct Factor: Sendable, Hashable {
  /// Its name: `subject`, `scanner`.
  package let name: String
  /// The conditions in the order of their names, whole numbers in these by size: `scan2` before `scan10`.
  package let levels: [String]
  /// The number of each row's condition.
  package let codes: [Int]

  /// A factor of the texts of a column.
  package init(name: String, _ texts: [String]) {
    self.name = name
    levels = Set(texts).map { ($0, NaturalKey($0)) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    let numbers = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) })
    codes = texts.map { numbers[$0]! }
  }

  private init(name: String, levels: [String], codes: [Int]) {
    (self.name, self.levels, self.codes) = (name, levels, codes)
  }

  /// Some of its rows; conditions that do not occur there are gone.
  func rows(_ rows: [Int]) -> Factor { Factor(name: name, rows.map { levels[codes[$0]] }) }

  /// The conditions of several factors together: `sub01:sca02`.
  static func crossing(_ factors: [Factor]) -> Factor {
    guard factors.count > 1 else { return factors[0] }
    var numbers: [[Int]: Int] = [:], levels: [String] = []
    let codes = factors[0].codes.indices.map { row in
      let key = factors.map { $0.codes[row] }
      if let number = numbers[key] { return number }
      numbers[key] = levels.count
      levels.append(factors.map { $0.levels[$0.codes[row]] }.joined(separator: ":"))
      return levels.count - 1
    }
    return Factor(name: factors.map(\.name).joined(separator: ":"), levels: levels, codes: codes)
  }

  /// Whether both divide the rows alike, whatever the conditions are called.
  func isSamePartition(as other: Factor) -> Bool {
    levels.count == other.levels.count && isNested(in: other)
  }

  /// Whether each of its conditions occurs with one condition of `other` only.
  func isNested(in other: Factor) -> Bool {
    var partner = [Int](repeating: -1, count: levels.count)
    for (mine, theirs) in zip(codes, other.codes) {
      if partner[mine] < 0 { partner[mine] = theirs } else if partner[mine] != theirs { return false }
    }
    return true
  }
}

/// What names are sorted by: runs of digits as numbers, all else by its characters.
private struct NaturalKey: Comparable {
  private let parts: [(text: String, digits: String)]

  init(_ name: String) {
    let isDigit = { (character: Character) in ("0"..."9").contains(character) }
    var parts: [(text: String, digits: String)] = [], rest = name[...]
    while !rest.isEmpty {
      let text = rest.prefix { !isDigit($0) }, digits = rest[text.endIndex...].prefix(while: isDigit)
      parts.append((String(text), String(digits.drop { $0 == "0" })))
      rest = rest[digits.endIndex...]
    }
    self.parts = parts
  }

  private static func isSmaller(_ a: Self, _ b: Self) -> Bool? {
    for (x, y) in zip(a.parts, b.parts) {
      if x.text != y.text { return x.text < y.text }
      if x.digits != y.digits { return (x.digits.count, x.digits) < (y.digits.count, y.digits) }
    }
    return a.parts.count == b.parts.count ? nil : a.parts.count < b.parts.count
  }

  static func < (a: Self, b: Self) -> Bool { isSmaller(a, b) ?? false }
  static func == (a: Self, b: Self) -> Bool { isSmaller(a, b) == nil }
}

/// y = μ + Σ u(term) + e: which random effects each row has. Terms are factors or interactions, written `subject:scanner`.
package struct VarianceDesign: Sendable {
  /// The name of what is left.
  package static let residual = "Residual"

  /// The factors that terms are made of.
  package let factors: [Factor]
  /// The terms, in the order of the model.
  package let terms: [Factor]
  /// Number of rows.
  package let count: Int

  /// Names of the components: the terms, then the residual.
  package var names: [String] { terms.map(\.name) + [Self.residual] }

  /// A model of `terms` over some factors.
  /// - Throws: `ComponentsError` where a term names no factor, has a single level, cannot be told from another term or from
  ///   the residual.
  package init(_ factors: [Factor], terms: [String]) throws(ComponentsError) {
    var built: [Factor] = []
    for term in terms {
      var parts: [Factor] = []
      guard !term.split(separator: ":").isEmpty else {
        throw .emptyTerm
      }
      for name in term.split(separator: ":").map(String.init) {
        guard let factor = factors.first(where: { $0.name == name }) else {
          throw .noFactor(name, term: term, near: factors.map(\.name))
        }
        parts.append(factor)
      }
      built.append(Factor.crossing(parts))
    }
    try self.init(factors: factors, terms: built)
  }

  private init(factors: [Factor], terms: [Factor]) throws(ComponentsError) {
    guard let first = terms.first else { throw .noTerms }
    count = first.codes.count
    for (index, term) in terms.enumerated() {
      if term.levels.count < 2 { throw .singleLevel(term.name) }
      if term.levels.count == count { throw .levelForEachRow(term.name) }
      if let other = terms[..<index].first(where: { $0.isSamePartition(as: term) }) {
        throw .confounded(term.name, with: other.name)
      }
    }
    self.factors = factors
    self.terms = terms
  }

  /// The model of some of the rows.
  package func rows(_ rows: [Int]) throws(ComponentsError) -> VarianceDesign {
    try VarianceDesign(factors: factors.map { $0.rows(rows) }, terms: terms.map { $0.rows(rows) })
  }
}

/// An estimate of the components.
package struct ComponentEstimate: Sendable, Hashable {
  /// Variances of the terms, then of the residual; moments may be negative.
  package let variances: [Double]
  /// Covariances of these estimates, 0 where one is held at 0; nil where there are none.
  package let covariances: [[Double]]?

  /// Standard errors; nil where there is none.
  package var errors: [Double?] {
    variances.indices.map { k in covariances.flatMap { $0[k][k] > 0 ? $0[k][k].squareRoot() : nil } }
  }

  /// The share of each in the sum, negative ones counted as 0; nil if all are 0.
  package var shares: [Double]? {
    let positive = variances.map { max(0, $0) }, total = positive.reduce(0, +)
    return total > 0 ? positive.map { $0 / total } : nil
  }

  /// The sum of some components and the variance of this sum, which is nil where there is none.
  func sum(_ which: [Int]) -> (value: Double, variance: Double?) {
    let variance = covariances.map { all in which.reduce(0.0) { sum, k in which.reduce(sum) { $0 + all[k][$1] } } }
    return (which.reduce(0) { $0 + variances[$1] }, variance)
  }
}
