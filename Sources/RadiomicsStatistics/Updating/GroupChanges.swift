import RadiomicsCore
import RadiomicsNumerics

/// What each column of a linear model adds to a row's linear predictor, against a row of the training rows' means: β (x − mean).
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
  /// Groups from 0, the lowest: the number of cuts at or below the prediction.
  package let from: Int, to: Int
  /// Both predictions.
  package let base: Double, extended: Double
  /// How much more each column adds to the linear predictor of the extended model than to that of the base, the largest first.
  package let reasons: [(name: String, change: Double)]

  /// Those who change, the farthest first.
  /// - `cuts`: Of the base and of the extended prediction, as many, ascending.
  /// - `terms`: Of the extended model, and of the base where it is linear too.
  package static func all(
    base: [Double], extended: [Double], cuts: (base: [Double], extended: [Double]), _ extendedTerms: LinearTerms,
    _ baseTerms: LinearTerms? = nil
  ) -> [GroupChange] {
    precondition(
      base.count == extended.count && cuts.base.count == cuts.extended.count, "two predictions of the same rows")
    func group(_ prediction: Double, _ cuts: [Double]) -> Int { cuts.count { $0 <= prediction } }
    return base.indices.compactMap { row in
      let from = group(base[row], cuts.base), to = group(extended[row], cuts.extended)
      guard from != to else { return nil }
      var reasons = extendedTerms.contributions(of: row).map { (name: $0.name, change: $0.value) }
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
