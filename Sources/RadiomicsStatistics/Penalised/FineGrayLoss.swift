import RadiomicsCore
import RadiomicsNumerics

/// Minus the logarithm of Fine and Gray's weighted partial likelihood of event 1 over the sum of weights: as `CoxLoss`, but rows that had
/// another event stay at risk, with the probability G not to be censored yet. A sum over rows at risk is one of rows that end later plus
/// G(t−) times one of rows that had another event before, each over its own G, so that one walk serves all event times: O(n) for each column.
/// Fu, Parikh and Zhou 2017, doi:10.1007/s10985-016-9362-3; Kawaguchi et al. 2021, doi:10.32614/RJ-2021-010. Events leave before rows
/// that are censored at their time, as in R's `finegray`.
struct FineGrayLoss: PenalisedLoss {
  let order: [Int], hasIntercept = false, isQuadratic = false
  private(set) var loss = 0.0, pull: [Double]
  private let weights: [Double], isEvent: [Bool], isOther: [Bool]
  /// For each row the number of event times up to its end, and 1/G before that.
  private let ranks: [Int], expansion: [Double]
  /// G before each event time.
  private let uncensored: [Double]
  /// For each addition to the hazard the place of its time, the share of the events that is taken off, and its weight.
  private let terms: [(step: Int, share: Double, weight: Double)]
  /// Minus the logarithm of the likelihood of a perfect prediction.
  private let least: Double
  private var risks: [Double], sums: [Double], roots: [Double]

  /// - `weights`: Of the rows; they sum to 1.
  init(_ times: CompetingTimes, ties: Ties, weights: [Double]) {
    let censoring = KaplanMeier.censoring(of: times.anyEvent)
    let events = times.stop.indices.filter { times.kinds[$0] == 1 }
    let moments = Set(events.map { times.anyEvent.stop[$0] }).sorted()
    let ranks = times.anyEvent.stop.map { countUpTo($0, in: moments) }
    var members = [[Int]](repeating: [], count: moments.count)
    for row in events { members[ranks[row] - 1].append(row) }
    var terms: [(step: Int, share: Double, weight: Double)] = [], least = 0.0
    for (step, rows) in members.enumerated() {
      let sum = rows.reduce(0) { $0 + weights[$1] }, count = ties == .efron ? rows.count : 1
      if sum > 0 { least += sum * log(sum) }
      for k in 0..<count { terms.append((step, Double(k) / Double(count), sum / Double(count))) }
    }
    (self.weights, self.ranks, self.terms, self.least) = (weights, ranks, terms, least)
    (isEvent, isOther) = (times.kinds.map { $0 == 1 }, times.kinds.map { $0 > 1 })
    uncensored = moments.map(censoring.survival(before:))
    expansion = times.anyEvent.stop.map { 1 / censoring.survival(before: $0) }
    order = Array(weights.indices)
    (risks, pull, roots) = (weights, weights, weights)
    sums = [Double](repeating: 0, count: terms.count)
  }

  /// The logarithm of the partial likelihood at the predictors last moved to.
  var logLikelihood: Double { -least - loss }

  mutating func move(to predictors: [Double]) {
    let shift = predictors.max() ?? 0
    for i in predictors.indices { risks[i] = weights[i] * exp(predictors[i] - shift) }
    sums = atRisk { _ in 1 }
    var value = 0.0
    for i in predictors.indices where isEvent[i] { value += weights[i] * predictors[i] }
    // Hazard before and at each time, the same times G from each time on, and what tied events do not bear.
    var earlier = [Double](repeating: 0, count: uncensored.count + 1), later = earlier, spared = earlier
    for (term, sum) in zip(terms, sums) {
      let hazard = term.weight / sum
      value -= term.weight * (log(sum) + shift)
      earlier[term.step + 1] += hazard
      later[term.step] += uncensored[term.step] * hazard
      spared[term.step] += term.share * hazard
    }
    for step in uncensored.indices { earlier[step + 1] += earlier[step] }
    for step in uncensored.indices.reversed() { later[step] += later[step + 1] }
    loss = -least - value
    for i in predictors.indices {
      var hazard = earlier[ranks[i]]
      if isOther[i] { hazard += later[ranks[i]] * expansion[i] }
      if isEvent[i] { hazard -= spared[ranks[i] - 1] }
      pull[i] = (isEvent[i] ? weights[i] : 0) - risks[i] * hazard
      roots[i] = max(risks[i] * hazard, 0).squareRoot()
    }
  }

  /// Σ weight · risk · value over the rows at risk, for each term.
  private func atRisk(_ value: (Int) -> Double) -> [Double] {
    var ending = [Double](repeating: 0, count: uncensored.count + 1), others = ending, tied = ending
    for i in risks.indices {
      let part = risks[i] * value(i)
      ending[ranks[i]] += part
      if isOther[i] { others[ranks[i]] += part * expansion[i] }
      if isEvent[i] { tied[ranks[i] - 1] += part }
    }
    var sums = [Double](repeating: 0, count: uncensored.count), sum = 0.0
    for step in uncensored.indices.reversed() {
      sum += ending[step + 1]
      sums[step] = sum
    }
    sum = 0
    for step in uncensored.indices {
      sum += others[step]
      sums[step] += uncensored[step] * sum
    }
    return terms.map { sums[$0.step] - $0.share * tied[$0.step] }
  }

  func curvature() -> Curvature {
    let here = self
    return Curvature(roots: roots, lines: terms.count) { column, means in
      for (place, sum) in here.atRisk({ column[$0] }).enumerated() {
        means[place] = sum * (here.terms[place].weight.squareRoot() / here.sums[place])
      }
    }
  }
}
