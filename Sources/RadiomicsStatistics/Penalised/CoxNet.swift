import RadiomicsNumerics

/// What a Cox model with an elastic net needs besides its coefficients.
package enum CoxNet {
  /// Times of events, ascending, and the cumulative hazard from each on of a row with mean columns.
  package static func baselineSteps(
    _ design: Matrix, _ times: SurvivalTimes, _ coefficients: [Double], ties: Ties
  ) -> (times: [Double], cumulative: [Double]) {
    let sets = RiskSets(times), p = design.columns
    var rows = [Double](repeating: 0, count: sets.rows.count * p)
    for j in 0..<p {
      let column = design.column(j), center = pairwiseSum(column) / Double(max(column.count, 1))
      for (place, row) in sets.rows.enumerated() { rows[place * p + j] = column[row] - center }
    }
    let likelihood = CoxLikelihood(
      sets: sets, ties: ties, design: rows, columns: p, offset: sets.rows.map { _ in 0 },
      weights: sets.rows.map { _ in 1 })
    let hazard = CoxHazard(likelihood, coefficients), moments = Array(sets.steps.map(\.time).reversed())
    return (moments, moments.map { hazard.sum(0, to: $0).hazard })
  }
}
