import RadiomicsNumerics

/// Cox regression with a penalty on the size of its coefficients, so that many columns can be fitted to few events: minimises
/// −log L / n + λ (α |β|₁ + (1 − α) |β|² / 2) with Breslow's ties. Simon et al. 2011, doi:10.18637/jss.v039.i05.
package struct CoxElasticNet: Sendable {
  /// The penalties λ, in the order of the results.
  package let penalties: [Double]
  /// For each penalty the coefficients, of columns as they were given: standardise them before if their units differ.
  package let coefficients: [[Double]]

  /// - Parameters:
  ///   - design: Rows by columns.
  ///   - mix: α from 0 (ridge) to 1 (lasso).
  ///   - penalties: λ above 0; each starts from the solution of the one before, so that falling ones are fastest.
  /// - Throws: `ModelError` without events, or for a penalty that is not above 0.
  package init(_ design: Matrix, _ times: SurvivalTimes, mix: Double, penalties: [Double]) throws(ModelError) {
    precondition((0...1).contains(mix), "a mix is from 0 to 1")
    if let bad = penalties.first(where: { !($0 > 0 && $0.isFinite) }) {
      throw ModelError.at("penalty", "is \(bad), must be above 0; without a penalty fit a Cox model.")
    }
    let p = design.columns, likelihood = try Self.likelihood(design, times)
    self.penalties = penalties
    var current = [Double](repeating: 0, count: p), path: [[Double]] = []
    for penalty in penalties {
      current = Self.solve(
        likelihood, Double(times.count), from: current, lasso: mix * penalty, ridge: (1 - mix) * penalty)
      path.append(current)
    }
    coefficients = path
  }

  /// The likelihood of centred columns, with Breslow's ties.
  private static func likelihood(_ design: Matrix, _ times: SurvivalTimes) throws(ModelError) -> CoxLikelihood {
    let sets = RiskSets(times), p = design.columns
    guard sets.events > 0 else {
      throw ModelError.noEvent(rows: times.count)
    }
    var rows = [Double](repeating: 0, count: sets.rows.count * p)
    for j in 0..<p {
      let column = design.column(j), center = pairwiseSum(column) / Double(max(column.count, 1))
      for (place, row) in sets.rows.enumerated() { rows[place * p + j] = column[row] - center }
    }
    return CoxLikelihood(
      sets: sets, ties: .breslow, design: rows, columns: p, offset: sets.rows.map { _ in 0 },
      weights: sets.rows.map { _ in 1 })
  }

  /// The smallest penalty with which all coefficients are 0; of a mix below 0.001 that of 0.001, as ridge has none.
  package static func largestPenalty(
    _ design: Matrix, _ times: SurvivalTimes, mix: Double
  ) throws(ModelError) -> Double {
    let score = try likelihood(design, times).evaluate([Double](repeating: 0, count: design.columns)).score
    return (score.map(abs).max() ?? 0) / Double(times.count) / max(mix, 0.001)
  }

  /// The logarithm of the partial likelihood of rows at some coefficients.
  package static func logLikelihood(
    _ design: Matrix, _ times: SurvivalTimes, _ coefficients: [Double]
  ) throws(ModelError) -> Double {
    try likelihood(design, times).evaluate(coefficients).logLikelihood
  }

  /// Times of events, ascending, and the cumulative hazard from each on of a row with mean columns.
  package static func baselineSteps(
    _ design: Matrix, _ times: SurvivalTimes, _ coefficients: [Double]
  ) throws(ModelError) -> (times: [Double], cumulative: [Double]) {
    let likelihood = try likelihood(design, times), hazard = CoxHazard(likelihood, coefficients)
    let moments = Array(likelihood.sets.steps.map(\.time).reversed())
    return (moments, moments.map { hazard.sum(0, to: $0).hazard })
  }

  /// Newton's steps, in each of which the quadratic part with its penalty is minimised coordinate by coordinate.
  private static func solve(
    _ likelihood: CoxLikelihood, _ n: Double, from start: [Double], lasso: Double, ridge: Double
  ) -> [Double] {
    func cost(_ value: CoxLikelihood.Evaluation, _ b: [Double]) -> Double {
      -value.logLikelihood / n + b.reduce(0) { $0 + lasso * abs($1) + ridge * $1 * $1 / 2 }
    }
    var current = start, here = likelihood.evaluate(start)
    for _ in 0..<100 {
      let target = quadratic(here, current, n, lasso, ridge), step = zip(target, current).map(-)
      var length = 1.0, next = target, there = likelihood.evaluate(next)
      while !(cost(there, next) <= cost(here, current) + 1e-15), length > 1e-6 {
        length /= 2
        next = zip(current, step).map { $0 + length * $1 }
        there = likelihood.evaluate(next)
      }
      let moved = zip(next, current).map { abs($0 - $1) }.max() ?? 0
      (current, here) = (next, there)
      if moved < 1e-10 * (1 + (current.map(abs).max() ?? 0)) { break }
    }
    return current
  }

  /// The minimum of the second-order expansion with the penalty.
  private static func quadratic(
    _ value: CoxLikelihood.Evaluation, _ center: [Double], _ n: Double, _ lasso: Double, _ ridge: Double
  ) -> [Double] {
    let p = center.count
    var b = center
    // The slope of −log L / n at b, kept up to date.
    var slope = value.score.map { -$0 / n }
    for _ in 0..<10_000 {
      var largest = 0.0
      for j in 0..<p {
        let curvature = value.information[j * p + j] / n
        guard curvature > 0 else { continue }
        let pull = curvature * b[j] - slope[j]
        let shrunk = pull > lasso ? pull - lasso : pull < -lasso ? pull + lasso : 0
        let change = shrunk / (curvature + ridge) - b[j]
        guard change != 0 else { continue }
        b[j] += change
        for i in 0..<p { slope[i] += change * value.information[j * p + i] / n }
        largest = max(largest, abs(change))
      }
      if largest < 1e-13 { break }
    }
    return b
  }
}
