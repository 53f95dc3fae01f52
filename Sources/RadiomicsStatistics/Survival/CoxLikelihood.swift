import RadiomicsCore

/// How events at the same time are counted.
package enum Ties: String, Sendable, Codable, CaseIterable {
  /// As if each was in the risk set for a share of the time. Efron 1977, doi:10.1080/01621459.1977.10480613.
  case efron
  /// As if they happened one after the other with all of them at risk. Breslow 1974.
  case breslow
  /// Times are discrete: all subsets of the risk set of as many rows are counted. Cox 1972.
  case exact
}

/// The logarithm of Cox's partial likelihood with its first and second derivatives.
package struct CoxLikelihood: Sendable {
  /// Value and derivatives at some coefficients; the information column by column.
  package struct Evaluation: Sendable {
    var logLikelihood = 0.0
    package var score: [Double]
    package var information: [Double]
  }

  let sets: RiskSets
  let ties: Ties
  /// Columns of the design in the order of the risk sets, row by row.
  let design: [Double], columns: Int
  /// Offsets and weights in that order.
  let offset: [Double], weights: [Double]

  /// The linear predictor of each row, in the order of the risk sets.
  func predictors(_ coefficients: [Double]) -> [Double] {
    var result = offset
    for row in result.indices {
      var sum = 0.0
      for j in 0..<columns { sum += design[row * columns + j] * coefficients[j] }
      result[row] += sum
    }
    return result
  }

  /// At coefficients; not finite where a risk overflows.
  package func evaluate(_ coefficients: [Double]) -> Evaluation {
    if ties == .exact { return exactEvaluation(coefficients) }
    let predictors = predictors(coefficients)
    var result = Evaluation(
      score: [Double](repeating: 0, count: columns), information: [Double](repeating: 0, count: columns * columns))
    walk(predictors) { step, share, weight, risk, tied in
      if share == 0 { addEvents(sets.steps[step], predictors, &result) }
      subtract(risk, tied, share: share, weight, from: &result)
    }
    for j in 0..<columns {
      for i in 0..<j { result.information[j * columns + i] = result.information[i * columns + j] }
    }
    return result
  }

  /// Visits each time of events with the sums of its risk set and of its events; with Efron's rule once for each event, with the
  /// share of the events that is to be taken off the risk set, else once. The weight is that of the events of a visit.
  @inline(__always)
  func walk(
    _ predictors: [Double],
    _ visit: (_ step: Int, _ share: Double, _ weight: Double, _ risk: RiskSums, _ tied: RiskSums) -> Void
  ) {
    var risks = predictors
    for row in risks.indices { risks[row] = weights[row] * exp(predictors[row]) }
    var risk = RiskSums(columns: columns), tied = RiskSums(columns: columns)
    for (index, step) in sets.steps.enumerated() {
      risk.move(to: step, sets.leaving, risks, design)
      let events = step.firstEvent..<step.end
      let weight = events.reduce(0) { $0 + weights[$1] }
      let visits = ties == .efron ? step.events : 1
      if visits > 1 {
        tied.reset()
        for place in events { tied.add(place, risks[place], design) }
      }
      for k in 0..<visits {
        visit(index, Double(k) / Double(visits), weight / Double(visits), risk, tied)
      }
    }
  }

  /// The events' own part of likelihood and score.
  private func addEvents(_ step: RiskSets.Step, _ predictors: [Double], _ result: inout Evaluation) {
    for place in step.firstEvent..<step.end {
      result.logLikelihood += weights[place] * predictors[place]
      for j in 0..<columns { result.score[j] += weights[place] * design[place * columns + j] }
    }
  }

  /// The part of the risk set less a share of its events: w log S₀, w S₁ / S₀, w (S₂ / S₀ − S₁S₁' / S₀²); of the information
  /// what stands at i ≥ j.
  private func subtract(
    _ sums: RiskSums, _ tied: RiskSums, share: Double, _ weight: Double, from result: inout Evaluation
  ) {
    let zero = sums.zero - share * tied.zero, scale = weight / zero, square = scale / zero
    result.logLikelihood -= weight * log(zero)
    let one = sums.one.span, two = sums.two.span, tiedOne = tied.one.span, tiedTwo = tied.two.span
    for j in 0..<columns { result.score[j] -= scale * (one[j] - share * tiedOne[j]) }
    var information = result.information.mutableSpan
    for j in 0..<columns {
      let first = one[j] - share * tiedOne[j], row = j * columns
      if share == 0 {
        for i in j..<columns {
          information[unchecked: row + i] += scale * two[unchecked: row + i] - square * first * one[unchecked: i]
        }
      } else {
        for i in j..<columns {
          let other = one[unchecked: i] - share * tiedOne[unchecked: i]
          information[unchecked: row + i] +=
            scale * (two[unchecked: row + i] - share * tiedTwo[unchecked: row + i]) - square * first * other
        }
      }
    }
  }
}

/// Sums of risk, of risk times columns, and of risk times products of columns over a risk set.
struct RiskSums: Sendable {
  let columns: Int
  private(set) var zero = 0.0
  private(set) var one: [Double]
  /// Products of columns i ≥ j at [j·p + i].
  private(set) var two: [Double]
  private var begin = -1, place = 0, left = 0, count = 0

  init(columns: Int) {
    self.columns = columns
    one = [Double](repeating: 0, count: columns)
    two = [Double](repeating: 0, count: columns * columns)
  }

  mutating func reset() {
    (zero, count) = (0, 0)
    for j in one.indices { one[j] = 0 }
    for j in two.indices { two[j] = 0 }
  }

  @inline(__always)
  mutating func add(_ row: Int, _ risk: Double, _ design: [Double]) {
    zero += risk
    let p = columns, x = design.span.extracting(row * p..<(row + 1) * p)
    for j in 0..<p { one[j] += risk * x[j] }
    var two = self.two.mutableSpan
    for j in 0..<p {
      let part = risk * x[j], base = j * p
      for i in j..<p { two[unchecked: base + i] += part * x[unchecked: i] }
    }
  }

  /// Lets rows enter and leave until the risk set of a step is reached, which must be the next one.
  mutating func move(to step: RiskSets.Step, _ leaving: [Int], _ risks: [Double], _ design: [Double]) {
    if begin != step.begin {
      reset()
      (begin, place, left) = (step.begin, step.begin, step.leavingBegin)
    }
    while place < step.end {
      add(place, risks[place], design)
      place += 1
      count += 1
    }
    while left < step.left {
      add(leaving[left], -risks[leaving[left]], design)
      left += 1
      count -= 1
      // What rounding has left of an empty risk set is taken out.
      if count == 0 { reset() }
    }
  }
}
