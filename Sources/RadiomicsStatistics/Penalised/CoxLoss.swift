import RadiomicsCore
import RadiomicsNumerics

/// Minus the logarithm of Cox's partial likelihood over the sum of weights, with Efron's or Breslow's ties, late entry and strata. Time
/// runs backwards over the rows, so that each risk set is a running sum.
struct CoxLoss: PenalisedLoss {
  let order: [Int], hasIntercept = false, isQuadratic = false
  private(set) var loss = 0.0, pull: [Double]
  private let sets: RiskSets, weights: [Double], isEfron: Bool
  /// Minus the logarithm of the likelihood of a perfect prediction.
  private let least: Double
  /// For each row the first step at which it is at risk, and the first at which it is no more.
  private let entry: [Int], exit: [Int]
  /// The step after the last of its stratum.
  private let end: [Int]
  /// For each addition to the hazard its step, the share of the events that is taken off, and its weight.
  private let terms: [(step: Int, share: Double, weight: Double)]
  /// Risks of rows, sums of risk of each term, second derivatives on the diagonal.
  private var risks: [Double], sums: [Double], roots: [Double]

  /// - `weights`: Of the table's rows; they sum to 1.
  init(_ times: SurvivalTimes, ties: Ties, strata: [Int]?, weights: [Double]) {
    let sets = RiskSets(times, strata: strata), n = sets.rows.count
    let ordered = sets.rows.map { weights[$0] }
    (self.sets, order, isEfron, self.weights) = (sets, sets.rows, ties == .efron, ordered)
    var entry = [Int](repeating: sets.steps.count, count: n), exit = entry, end = entry
    var terms: [(step: Int, share: Double, weight: Double)] = [], least = 0.0, begin = 0
    var place = 0, left = 0
    for (index, step) in sets.steps.enumerated() {
      if index == 0 || step.begin != sets.steps[begin].begin {
        // Rows of the stratum before that come after its last event are never at risk.
        for row in min(place, step.begin)..<step.begin { (entry[row], exit[row], end[row]) = (index, index, index + 1) }
        (begin, place, left) = (index, step.begin, step.leavingBegin)
      }
      let last = sets.steps[index...].firstIndex { $0.begin != step.begin } ?? sets.steps.count
      while place < step.end {
        (entry[place], exit[place], end[place]) = (index, last, last)
        place += 1
      }
      while left < step.left {
        exit[sets.leaving[left]] = index
        left += 1
      }
      let sum = (step.firstEvent..<step.end).reduce(0) { $0 + ordered[$1] }
      if sum > 0 { least += sum * log(sum) }
      let count = ties == .efron ? step.events : 1
      for k in 0..<count { terms.append((index, Double(k) / Double(count), sum / Double(count))) }
    }
    for row in place..<n { (entry[row], exit[row], end[row]) = (0, 0, 1) }
    (self.entry, self.exit, self.end, self.terms, self.least) = (entry, exit, end, terms, least)
    (risks, pull, roots) = (ordered, ordered, ordered)
    sums = [Double](repeating: 0, count: terms.count)
  }

  /// The logarithm of the partial likelihood at the predictors last moved to.
  var logLikelihood: Double { -least - loss }

  mutating func move(to predictors: [Double]) {
    let shift = predictors.max() ?? 0, n = predictors.count
    for i in 0..<n { risks[i] = weights[i] * exp(predictors[i] - shift) }
    var value = 0.0, term = 0, offs = [Double](repeating: 0, count: sets.steps.count)
    var hazards = [Double](repeating: 0, count: sets.steps.count + 1)
    var sum = 0.0, place = 0, left = 0, begin = -1
    for (index, step) in sets.steps.enumerated() {
      if step.begin != begin { (sum, begin, place, left) = (0, step.begin, step.begin, step.leavingBegin) }
      while place < step.end { sum += risks[place]; place += 1 }
      while left < step.left { sum -= risks[sets.leaving[left]]; left += 1 }
      var tied = 0.0, hazard = 0.0
      for event in step.firstEvent..<step.end {
        tied += risks[event]
        value += weights[event] * predictors[event]
      }
      while term < terms.count, terms[term].step == index {
        let (_, share, weight) = terms[term], left = sum - share * tied
        sums[term] = left
        value -= weight * (log(left) + shift)
        hazard += weight / left
        offs[index] += share * weight / left
        term += 1
      }
      hazards[index] = hazard
    }
    // From the earliest time on, as additions grow: sums over a row's time are then differences without loss.
    for index in sets.steps.indices.reversed() {
      let isLast = index + 1 == sets.steps.count || sets.steps[index + 1].begin != sets.steps[index].begin
      if !isLast { hazards[index] += hazards[index + 1] }
    }
    loss = -least - value
    for i in 0..<n {
      let hazard = hazards[entry[i]] - (exit[i] < end[i] ? hazards[exit[i]] : 0)
      pull[i] = -risks[i] * hazard
      roots[i] = risks[i] * hazard
    }
    for (index, step) in sets.steps.enumerated() {
      for event in step.firstEvent..<step.end {
        pull[event] += weights[event] + risks[event] * offs[index]
        roots[event] -= risks[event] * offs[index]
      }
    }
    for i in 0..<n { roots[i] = max(roots[i], 0).squareRoot() }
  }

  func curvature() -> Curvature {
    let here = self
    return Curvature(roots: roots, lines: terms.count) { here.fillMeans($0, $1) }
  }

  /// The mean of a column in each risk set, times the root of the weight.
  private func fillMeans(_ column: UnsafePointer<Double>, _ means: UnsafeMutablePointer<Double>) {
    risks.withUnsafeBufferPointer { risks in
      terms.withUnsafeBufferPointer { terms in
        var sum = 0.0, place = 0, left = 0, begin = -1, term = 0
        for (index, step) in sets.steps.enumerated() {
          if step.begin != begin { (sum, begin, place, left) = (0, step.begin, step.begin, step.leavingBegin) }
          while place < step.end {
            sum += risks[place] * column[place]
            place += 1
          }
          while left < step.left {
            sum -= risks[sets.leaving[left]] * column[sets.leaving[left]]
            left += 1
          }
          var tied = 0.0
          if isEfron, step.events > 1 {
            for event in step.firstEvent..<step.end { tied += risks[event] * column[event] }
          }
          while term < terms.count, terms[term].step == index {
            means[term] = (sum - terms[term].share * tied) * (terms[term].weight.squareRoot() / sums[term])
            term += 1
          }
        }
      }
    }
  }
}
