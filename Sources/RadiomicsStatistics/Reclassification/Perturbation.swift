import RadiomicsCore
import RadiomicsNumerics

/// What the risks of a Cox model become when its rows are reweighted: a step from the fit along the influence of each row
/// on coefficients and baseline hazard, as all perturbed fits are equal to first order. Uno et al. 2013, doi:10.1002/sim.5647;
/// influence by Reid and Crépeau 1985, doi:10.1093/biomet/72.1.1, ties as Breslow's.
package struct PerturbedCoxRisk: Sendable {
  /// Columns less their means.
  private let design: Matrix
  private let predictors: [Double]
  /// Baseline hazard of a row with mean predictor, and the influence of each row on it.
  private let hazard: Double
  private let hazardInfluence: [Double]
  /// How the hazard changes with the coefficients, and the influence of each row on them.
  private let hazardSlope: [Double]
  private let influence: Matrix

  /// Nil if the information about the coefficients is singular or the risks are not between 0 and 1.
  /// - `design`: Rows by coefficients; `offset` is added to the linear predictor.
  /// - `risks`: The model's risk of each row by `horizon`.
  package init?(
    _ design: Matrix, offset: [Double], _ times: SurvivalTimes, coefficients: [Double], risks: [Double],
    horizon: Double
  ) {
    let n = design.rows, p = design.columns
    let columns = (0..<p).map { j in
      let column = design.column(j), center = mean(column)
      return column.map { $0 - center }
    }
    let centered = Matrix(columns: columns, rows: n), raw = zip(centered.times(coefficients), offset).map(+)
    let middle = mean(raw), predictors = raw.map { $0 - middle }, factors = predictors.map { exp($0) }
    guard let typical = predictors.indices.min(by: { abs(predictors[$0]) < abs(predictors[$1]) }) else { return nil }
    hazard = -log1p(-risks[typical]) / factors[typical]
    guard hazard > 0, hazard.isFinite, factors.allSatisfy({ $0.isFinite && $0 > 0 }), !times.hasEntry else {
      return nil
    }
    var scores = Matrix(rows: n, columns: p), information = Matrix(rows: p, columns: p)
    var slope = [Double](repeating: 0, count: p), hazards = [Double](repeating: 0, count: n)
    let steps = RiskSteps(centered, factors, times)
    // Sums over event times up to here: 1/S₀, S₁/S₀² and, up to the horizon, 1/S₀².
    var passed = (one: 0.0, first: slope, square: 0.0), next = 0
    for row in times.ascending() {
      while next < steps.times.count, steps.times[next] <= times.stop[row] {
        let s0 = steps.zeroth[next], s1 = steps.first[next], events = steps.events[next]
        passed.one += events / s0
        for a in 0..<p { passed.first[a] += events * s1[a] / (s0 * s0) }
        if steps.times[next] <= horizon {
          passed.square += events / (s0 * s0)
          for a in 0..<p { slope[a] += events * s1[a] / (s0 * s0) }
        }
        let s2 = steps.second[next]
        for a in 0..<p {
          for b in 0..<p { information[a, b] += events * (s2[a * p + b] / s0 - s1[a] * s1[b] / (s0 * s0)) }
        }
        next += 1
      }
      for a in 0..<p { scores[row, a] = -factors[row] * (centered[row, a] * passed.one - passed.first[a]) }
      hazards[row] = -factors[row] * passed.square
      guard times.isEvent[row], next > 0 else { continue }
      let s0 = steps.zeroth[next - 1]
      for a in 0..<p { scores[row, a] += centered[row, a] - steps.first[next - 1][a] / s0 }
      if times.stop[row] <= horizon { hazards[row] += 1 / s0 }
    }
    guard let factor = Cholesky(information) else { return nil }
    let inverse = factor.inverse
    influence = Matrix(columns: (0..<p).map { scores.times(inverse.column($0)) }, rows: n)
    (self.design, self.predictors, hazardInfluence, hazardSlope) = (centered, predictors, hazards, slope)
  }

  /// The risks of all rows when they are so weighted.
  package func risks(_ weights: [Double]) -> [Double] {
    let changes = weights.map { $0 - 1 }, step = influence.transposedTimes(changes)
    let direct = dot(changes, hazardInfluence)
    let change = direct - dot(step, hazardSlope)
    let base = hazard * exp(change / hazard)
    return zip(predictors, design.times(step)).map { -expm1(-base * exp($0 + $1)) }
  }
}

/// Sums over the rows at risk at each time with events, ascending: of the factors, with the columns, with their products.
private struct RiskSteps {
  private(set) var times: [Double] = [], events: [Double] = [], zeroth: [Double] = []
  private(set) var first: [[Double]] = [], second: [[Double]] = []

  init(_ design: Matrix, _ factors: [Double], _ outcome: SurvivalTimes) {
    let p = design.columns, order = outcome.ascending()
    var s0 = 0.0, s1 = [Double](repeating: 0, count: p), s2 = [Double](repeating: 0, count: p * p)
    var end = order.count
    while end > 0 {
      let time = outcome.stop[order[end - 1]]
      var count = 0.0
      while end > 0, outcome.stop[order[end - 1]] == time {
        let row = order[end - 1]
        s0 += factors[row]
        for a in 0..<p {
          s1[a] += factors[row] * design[row, a]
          for b in 0..<p { s2[a * p + b] += factors[row] * design[row, a] * design[row, b] }
        }
        if outcome.isEvent[row] { count += 1 }
        end -= 1
      }
      guard count > 0 else { continue }
      times.append(time)
      events.append(count)
      zeroth.append(s0)
      first.append(s1)
      second.append(s2)
    }
    (times, events, zeroth) = (times.reversed(), events.reversed(), zeroth.reversed())
    (first, second) = (first.reversed(), second.reversed())
  }
}
