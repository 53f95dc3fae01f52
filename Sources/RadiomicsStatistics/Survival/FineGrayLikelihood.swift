import RadiomicsCore
import RadiomicsNumerics

/// The weighted partial likelihood of Fine and Gray. A row that had another event at x is at risk at t > x with the
/// weight G(t−) / G(x−), G being the share not yet censored; so a sum over rows at risk is one of rows that end later
/// plus G(t−) times one of rows that ended before.
struct FineGrayLikelihood {
  /// A factor of the likelihood: events at one time, and the share of them that has left the rows at risk (Efron).
  struct Term {
    let step: Int
    let removed: Double, count: Double
  }

  /// What coefficients give.
  struct Sums {
    /// exp(linear predictor) of each row.
    let risks: [Double]
    /// Events over the sum of risks, for each term.
    let increments: [Double]
    /// Mean of each column among rows at risk, terms by columns.
    let means: Matrix
    let logLikelihood: Double
  }

  let design: Matrix
  /// Times of events of the kind, ascending.
  let times: [Double]
  let terms: [Term]
  private let ties: FineGray.Ties
  private let kind: Int, kinds: [Int]
  /// Number of event times up to the end of each row.
  private let ranks: [Int]
  /// G just before each event time, and before the end of each row.
  private let uncensored: [Double], uncensoredAtEnd: [Double]
  private let stop: [Double]
  private let censoringRule: FineGray.Censoring
  private let censoring: KaplanMeier

  /// - `design`: Rows by columns, with means near 0.
  init(
    _ design: Matrix, _ outcome: CompetingTimes, kind: Int, _ censoringRule: FineGray.Censoring, _ ties: FineGray.Ties
  ) {
    (self.design, self.kind, kinds, stop) = (design, kind, outcome.kinds, outcome.stop)
    (self.censoringRule, self.ties) = (censoringRule, ties)
    switch censoringRule {
    case .together: censoring = KaplanMeier(outcome.censoring)
    case .eventsFirst: censoring = .censoring(of: outcome.anyEvent)
    }
    var times: [Double] = [], counts: [Int] = []
    for time in zip(stop, kinds).filter({ $0.1 == kind }).map(\.0).sorted() {
      if times.last == time {
        counts[counts.count - 1] += 1
      } else {
        times.append(time)
        counts.append(1)
      }
    }
    self.times = times
    terms = counts.enumerated().flatMap { step, count in
      ties == .breslow
        ? [Term(step: step, removed: 0, count: Double(count))]
        : (0..<count).map { Term(step: step, removed: Double($0) / Double(count), count: 1) }
    }
    ranks = stop.map { countUpTo($0, in: times) }
    uncensored = times.map(censoring.survival(before:))
    uncensoredAtEnd = stop.map(censoring.survival(before:))
  }

  private func isEvent(_ row: Int) -> Bool { kinds[row] == kind }
  private func isOther(_ row: Int) -> Bool { kinds[row] != kind && kinds[row] != 0 }

  /// Σ weight · value over rows at risk, for each term.
  private func atRisk(_ values: [Double]) -> [Double] {
    var ending = [Double](repeating: 0, count: times.count + 1), others = ending, tied = ending
    for (row, value) in values.enumerated() {
      ending[ranks[row]] += value
      if isOther(row) { others[ranks[row]] += value / uncensoredAtEnd[row] }
      if isEvent(row) { tied[ranks[row] - 1] += value }
    }
    var sums = [Double](repeating: 0, count: times.count), sum = 0.0
    for step in times.indices.reversed() {
      sum += ending[step + 1]
      sums[step] = sum
    }
    sum = 0
    for step in times.indices {
      sum += others[step]
      sums[step] += uncensored[step] * sum
    }
    return terms.map { sums[$0.step] - $0.removed * tied[$0.step] }
  }

  /// Σ weight · value over the terms at which a row is at risk, for each row.
  private func accumulated(_ values: [Double]) -> [Double] {
    var earlier = [Double](repeating: 0, count: times.count + 1), later = earlier, removed = earlier
    for (term, value) in zip(terms, values) {
      earlier[term.step + 1] += value
      later[term.step] += uncensored[term.step] * value
      removed[term.step] += term.removed * value
    }
    for step in times.indices { earlier[step + 1] += earlier[step] }
    for step in times.indices.reversed() { later[step] += later[step + 1] }
    return ranks.enumerated().map { row, rank in
      if isEvent(row) { return earlier[rank] - removed[rank - 1] }
      return earlier[rank] + (isOther(row) ? later[rank] / uncensoredAtEnd[row] : 0)
    }
  }

  /// Nil where numbers are too large.
  func sums(_ coefficients: [Double]) -> Sums? {
    let predictors = design.times(coefficients), risks = predictors.map { exp($0) }, totals = atRisk(risks)
    var logLikelihood = 0.0
    for (row, predictor) in predictors.enumerated() where isEvent(row) { logLikelihood += predictor }
    for (term, total) in zip(terms, totals) { logLikelihood -= term.count * log(total) }
    guard logLikelihood.isFinite else { return nil }
    let means = (0..<design.columns).map { column in
      zip(atRisk(zip(risks, design.column(column)).map(*)), totals).map(/)
    }
    return Sums(
      risks: risks, increments: zip(terms, totals).map { $0.count / $1 },
      means: Matrix(columns: means, rows: terms.count), logLikelihood: logLikelihood)
  }

  /// Sums of squares of the columns among rows at risk, about 0.
  private func squares(_ sums: Sums) -> Matrix {
    design.gram(weights: zip(sums.risks, accumulated(sums.increments)).map { max(0, $0 * $1) })
  }

  /// Minus the second derivatives: covariances of the columns among rows at risk.
  func information(_ sums: Sums) -> Matrix {
    var result = squares(sums)
    let means = sums.means.gram(weights: terms.map(\.count))
    for j in 0..<result.columns { for i in 0..<result.rows { result[i, j] -= means[i, j] } }
    return result
  }

  private func score(_ sums: Sums) -> [Double] {
    let observed = design.transposedTimes(kinds.indices.map { isEvent($0) ? 1 : 0 })
    return zip(observed, sums.means.transposedTimes(terms.map(\.count))).map(-)
  }

  /// The maximum; nil where there is none.
  func solve() -> [Double]? {
    var current = [Double](repeating: 0, count: design.columns)
    guard var sums = sums(current) else { return nil }
    for _ in 0..<100 {
      guard let step = step(sums) else { return nil }
      var length = 1.0, next = current, reached: Sums?
      let least = sums.logLikelihood - 1e-12 * max(1, abs(sums.logLikelihood))
      repeat {
        next = zip(current, step).map { $0 + length * $1 }
        reached = self.sums(next)
        length /= 2
      } while (reached?.logLikelihood ?? -.infinity) < least && length > 1e-10
      guard let reached else { return nil }
      let predictors = design.times(next)
      let moved = zip(predictors, design.times(current)).map { abs($0 - $1) }.max() ?? 0
      (current, sums) = (next, reached)
      if moved < 1e-10 * (predictors.map(abs).max() ?? 0) + 1e-10 { return current }
    }
    return nil
  }

  private func step(_ sums: Sums) -> [Double]? {
    var information = information(sums)
    let squares = squares(sums), columns = 0..<design.columns
    // Where what is left is rounding, the column no longer varies among rows at risk.
    guard columns.allSatisfy({ information[$0, $0] > 1e-10 * squares[$0, $0] }) else { return nil }
    let scales = columns.map { information[$0, $0].squareRoot() }
    for j in columns { for i in columns { information[i, j] /= scales[i] * scales[j] } }
    guard let factor = Cholesky(information) else { return nil }
    return zip(factor.solve(zip(score(sums), scales).map(/)), scales).map(/)
  }
}

extension CompetingTimes {
  /// Residuals of a model of event 1 without columns: 1 for the event less the cumulative subdistribution hazard that the row lived through.
  package var martingaleResiduals: [Double] {
    let none = Matrix(columns: [[Double](repeating: 0, count: count)], rows: count)
    return FineGrayLikelihood(none, self, kind: 1, .eventsFirst, .breslow).martingale
  }
}

extension FineGrayLikelihood {
  /// Observed less expected events where all coefficients are 0.
  fileprivate var martingale: [Double] {
    guard let sums = sums([Double](repeating: 0, count: design.columns)) else { return kinds.map { _ in 0 } }
    return zip(kinds, accumulated(sums.increments)).map { ($0 == kind ? 1 : 0) - $1 }
  }

  /// What each row adds to the score, itself and through the estimated weights: Fine and Gray's η + ψ.
  func residuals(_ sums: Sums) -> Matrix {
    let hazards = accumulated(sums.increments)
    var counts = [Double](repeating: 0, count: times.count)
    for term in terms { counts[term.step] += term.count }
    let columns = (0..<design.columns).map { column in
      let means = sums.means.column(column)
      var eventMeans = [Double](repeating: 0, count: times.count)
      for (term, mean) in zip(terms, means) { eventMeans[term.step] += mean * term.count / counts[term.step] }
      let weighted = accumulated(zip(means, sums.increments).map(*)), values = design.column(column)
      let throughWeights = weightResiduals(sums, values, means)
      return values.indices.map { row in
        let event = isEvent(row) ? values[row] - eventMeans[ranks[row] - 1] : 0
        return event - sums.risks[row] * (values[row] * hazards[row] - weighted[row]) + throughWeights[row]
      }
    }
    return Matrix(columns: columns, rows: design.rows)
  }

  /// ψ: what the score changes by a row's part in the estimate of G. A row censored at u changes the weights at later
  /// times of rows that had another event before.
  private func weightResiduals(_ sums: Sums, _ values: [Double], _ means: [Double]) -> [Double] {
    let steps = censoring.times, isTogether = censoringRule == .together
    let places = stop.map { countUpTo($0, in: steps) - 1 }
    // Σ of risks that had another event before each time, and of risk · value.
    var risks = [Double](repeating: 0, count: steps.count + 1), products = risks
    for row in values.indices where isOther(row) {
      let place = places[row] + (isTogether ? 1 : 0), risk = sums.risks[row] / uncensoredAtEnd[row]
      risks[place] += risk
      products[place] += risk * values[row]
    }
    // Σ of hazards at each event time and later, and of hazard · mean.
    var hazards = [Double](repeating: 0, count: times.count + 1), weighted = hazards
    for (place, term) in terms.enumerated() {
      let hazard = uncensored[term.step] * sums.increments[place]
      hazards[term.step] += hazard
      weighted[term.step] += hazard * means[place]
    }
    for step in times.indices.reversed() {
      hazards[step] += hazards[step + 1]
      weighted[step] += weighted[step + 1]
    }
    // What being censored, and being at risk of it until then, changes.
    var jumps = [Double](repeating: 0, count: steps.count), drift = [0.0], risk = 0.0, product = 0.0, next = 0
    for (step, time) in steps.enumerated() {
      (risk, product) = (risk + risks[step], product + products[step])
      while next < times.count, isTogether ? times[next] < time : times[next] <= time { next += 1 }
      let (n, d) = (censoring.atRisk[step], censoring.events[step])
      if d > 0 { jumps[step] = (product * hazards[next] - risk * weighted[next]) / n }
      drift.append(drift[step] + (d > 0 ? jumps[step] * d / n : 0))
    }
    return values.indices.map { row in
      let place = places[row]
      if kinds[row] == 0 { return jumps[place] - drift[place + 1] }
      return -drift[isTogether ? place + 1 : place]
    }
  }
}
