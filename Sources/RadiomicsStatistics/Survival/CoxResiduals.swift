import RadiomicsCore
import RadiomicsNumerics

/// How single rows depart from a Cox model. With exact ties the residuals are those of Breslow's rule at the same coefficients.
package struct CoxResiduals: Sendable {
  /// Events observed less expected, at most 1. Therneau, Grambsch and Fleming 1990, doi:10.1093/biomet/77.1.147.
  package let martingale: [Double]
  /// The same made symmetric about 0.
  package let deviance: [Double]
  /// Each row's part of the score, rows by coefficients that are defined.
  package let scores: Matrix
  /// By about how much each row changes the coefficients.
  package let dfbeta: Matrix
  /// For each event its columns less those expected of its risk set, events by coefficients, and the events' rows: by stratum, then
  /// by time. Schoenfeld 1982, doi:10.1093/biomet/69.1.239.
  package let schoenfeld: Matrix, schoenfeldRows: [Int]

  /// The residuals of a model.
  package init(_ model: CoxModel) {
    let hazard = model.hazard, scales = model.scaled.scales
    let martingale = hazard.martingale(model.times, model.strata)
    self.martingale = martingale
    deviance = martingale.indices.map { row in
      let m = martingale[row], d = model.times.isEvent[row] ? 1.0 : 0
      let inner = m + (d > 0 && m < 1 ? log(1 - m) : 0)
      return (m < 0 ? -1 : 1) * max(0, -2 * inner).squareRoot()
    }
    var scores = hazard.scores(model.times, model.strata)
    for j in scales.indices { for row in 0..<scores.rows { scores[row, j] *= scales[j] } }
    self.scores = scores
    dfbeta = scores.times(model.naiveCovariance)
    let sets = model.likelihood.sets, p = scales.count
    var places: [(place: Int, step: Int)] = []
    for (index, step) in sets.steps.enumerated() { places += (step.firstEvent..<step.end).map { ($0, index) } }
    places.sort { a, b in
      let (s, t) = (sets.steps[a.step], sets.steps[b.step])
      return s.stratum != t.stratum
        ? s.stratum < t.stratum : s.time != t.time ? s.time < t.time : sets.rows[a.place] < sets.rows[b.place]
    }
    schoenfeldRows = places.map { sets.rows[$0.place] }
    var schoenfeld = Matrix(rows: places.count, columns: p)
    for (row, (place, step)) in places.enumerated() {
      for j in 0..<p {
        schoenfeld[row, j] =
          (model.likelihood.design[place * p + j] - hazard.steps[step].expected[j]) * scales[j]
      }
    }
    self.schoenfeld = schoenfeld
  }
}

extension CoxHazard {
  /// Sums of weighted score residuals of each cluster, or row, in the design's own units.
  func clusteredScores(
    _ times: SurvivalTimes, _ strata: [Int], _ scales: [Double], _ weights: [Double], _ clusters: [Int]?
  ) -> Matrix {
    let scores = scores(times, strata), groups = clusters ?? Array(0..<scores.rows)
    var sums = Matrix(rows: (groups.max() ?? -1) + 1, columns: scores.columns)
    for j in 0..<scores.columns {
      for row in 0..<scores.rows { sums[groups[row], j] += weights[row] * scores[row, j] * scales[j] }
    }
    return sums
  }
}
