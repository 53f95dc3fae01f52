import RadiomicsCore
import RadiomicsNumerics

/// What each column of a linear model adds to a row's linear predictor, against a row of means: β (x − mean). Means are those of rows to which
/// others are compared, such as the training rows.
package struct LinearTerms: Sendable {
  package let names: [String], coefficients: [Double], means: [Double]
  /// The rows by columns that are explained.
  package let rows: Matrix

  package init(_ names: [String], coefficients: [Double], means: [Double], rows: Matrix) {
    precondition(names.count == coefficients.count && names.count == means.count && names.count == rows.columns)
    (self.names, self.coefficients, self.means, self.rows) = (names, coefficients, means, rows)
  }

  /// Of one row, by the columns' names.
  package func contributions(of row: Int) -> [(name: String, value: Double)] {
    names.indices.map { (names[$0], coefficients[$0] * (rows[row, $0] - means[$0])) }
  }
}

/// A row that is in another group by one model than by another, and why.
package struct GroupChange: Sendable {
  package let row: Int
  /// Groups from 0, the lowest.
  package let from: Int, to: Int
  /// Both predictions.
  package let base: Double, extended: Double
  /// How much more each column adds to the linear predictor of the extended model than to that of the base, the largest first.
  package let reasons: [(name: String, change: Double)]

  /// Those who change, the farthest first.
  /// - `base`, `extended`: Both predictions, on the scale that people know.
  /// - `groups`: From 0, of each row by either.
  /// - `terms`: Of either model, where it is linear.
  package static func all(
    base: [Double], extended: [Double], groups: (base: [Int], extended: [Int]), _ extendedTerms: LinearTerms? = nil,
    _ baseTerms: LinearTerms? = nil
  ) -> [GroupChange] {
    precondition(
      [extended.count, groups.base.count, groups.extended.count].allSatisfy { $0 == base.count },
      "two predictions of the same rows, and their groups")
    return base.indices.compactMap { row in
      let from = groups.base[row], to = groups.extended[row]
      guard from != to else { return nil }
      var reasons = (extendedTerms?.contributions(of: row) ?? []).map { (name: $0.name, change: $0.value) }
      for (name, value) in baseTerms?.contributions(of: row) ?? [] {
        if let place = reasons.firstIndex(where: { $0.name == name }) {
          reasons[place].change -= value
        } else {
          reasons.append((name, -value))
        }
      }
      let order = reasons.indices.sorted { (-abs(reasons[$0].change), $0) < (-abs(reasons[$1].change), $1) }
      return GroupChange(
        row: row, from: from, to: to, base: base[row], extended: extended[row], reasons: order.map { reasons[$0] })
    }
    .sorted { (-abs($0.to - $0.from), $0.row) < (-abs($1.to - $1.from), $1.row) }
  }
}
