import RadiomicsCore
import RadiomicsNumerics

/// Cox models of many columns, each by itself, of the same rows: who is at risk when is worked out once.
package struct CoxScreen: Sendable {
  private let times: SurvivalTimes, sets: RiskSets
  private let ties: Ties

  /// - `times`: Of the rows.
  package init(_ times: SurvivalTimes, ties: Ties = .efron) {
    (self.times, self.ties) = (times, ties)
    sets = RiskSets(times)
  }

  /// The model of a column; rows in which it is missing are left out.
  /// - Throws: `ModelError` where there is no event or the likelihood has no maximum.
  package func model(_ values: [Double?], name: String) throws(ModelError) -> CoxModel {
    let present = values.indices.filter { values[$0] != nil }, column = present.map { values[$0]! }
    let matrix = Matrix(columns: [column], rows: column.count)
    guard present.count < values.count else {
      return try CoxModel(matrix, times, sets, [name], nil, nil, nil, ["all"], nil, ties, false)
    }
    return try CoxModel(matrix, times.rows(present), names: [name], ties: ties)
  }
}
