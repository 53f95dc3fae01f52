import RadiomicsCore
import RadiomicsNumerics

/// The probability that of two patients the one with the earlier event has the higher risk, weighted so that it does not depend
/// on censoring. Uno et al. 2011, doi:10.1002/sim.4154. O(n log n).
package struct UnoConcordance: Sendable {
  /// Whether a row with the event is compared with one censored at the same time.
  package enum TiedTimes: String, Sendable, CaseIterable {
    /// It is: who is censored has the event later. As scikit-survival.
    case censoredLater = "censored-later"
    /// It is not, as survC1.
    case leftOut = "left-out"
  }

  /// The concordance; ties of the risk count one half.
  package let estimate: Double
  /// Its standard error by each row's influence. It allows for the weights being estimated if they are of these rows.
  package let error: Cell
  /// Pairs that can be compared, at any time, by their risks; and pairs of an event and a row censored at the same time.
  package let concordant: Int, discordant: Int, tiedRisk: Int, tiedTime: Int
  /// By how much each row moves the estimate, times the number of rows.
  package let influence: [Double]

  /// - `risk`: One value for each row; larger ones mean earlier events.
  /// - `limit`: Events before it count; nil for all.
  /// - `censoring`: Weights; nil for those of these rows, from the left.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for the error.
  /// - Throws: `ModelError` if no two rows can be compared, for a risk that is no number, or where weights are not known.
  package init(
    _ times: SurvivalTimes, _ risk: [Double], before limit: Double? = nil, censoring: CensoringWeights? = nil,
    tiedTimes: TiedTimes = .censoredLater, clusters: [Int]? = nil
  ) throws(ModelError) {
    precondition(risk.count == times.count, "a risk for each row")
    if let bad = risk.first(where: { $0.isNaN }) { throw ModelError.value("risk", bad, must: "a number") }
    try CensoringWeights.requireNoEntry(times)
    let censoring = if let censoring { censoring } else { try CensoringWeights(times) }
    let limit = limit ?? .infinity
    var weights = [Double](repeating: 0, count: risk.count)
    for row in risk.indices where times.isEvent[row] && times.stop[row] < limit {
      let share = try censoring.share(ofEventAt: times.stop[row])
      weights[row] = 1 / (share * share)
    }
    let pairs = ComparedPairs(times, risk, weights, tiedTimes)
    let total = pairwiseSum(risk.count) { weights[$0] * pairs.compared[$0] }
    guard total > 0 else {
      throw ModelError.at(
        "concordance", "no two rows can be compared, must be an event with a row that is seen longer.")
    }
    let estimate = pairwiseSum(risk.count) { weights[$0] * pairs.right[$0] } / total, n = Double(risk.count)
    let ofEvents = risk.indices.map { weights[$0] * (pairs.right[$0] - estimate * pairs.compared[$0]) * n / total }
    var influence = risk.indices.map { row in
      ofEvents[row] + (pairs.rightWeight[row] - estimate * pairs.comparedWeight[row]) * n / total
    }
    if censoring.source == times {
      // The weight is the square of 1/G, so it changes twice as much.
      let added = CensoringInfluence(times, .together).influence(ends: ofEvents)
      for row in influence.indices { influence[row] += 2 * added[row] }
    }
    self.estimate = estimate
    self.influence = influence
    error = standardError(influence, clusters)
    (concordant, discordant) = (pairs.concordant, pairs.discordant)
    (tiedRisk, tiedTime) = (pairs.tiedRisk, pairs.tiedTime)
  }

  /// Limits of the concordance: normal, within 0 to 1.
  package func limits(alpha: Double = 0.05) -> [Cell] { shareLimits(estimate, error, alpha: alpha) }

  /// The covariance of the concordances of two risks of the same rows.
  package func covariance(with other: UnoConcordance) -> Double {
    precondition(influence.count == other.influence.count, "concordances of the same rows")
    return RadiomicsNumerics.covariance(influence, other.influence) / Double(influence.count)
  }
}

/// For each row how the pairs with others compare.
private struct ComparedPairs {
  /// For an event the rows that end later, and those of them with a lower risk; ties of the risk count one half.
  var compared: [Double], right: [Double]
  /// For each row the weight of the events that come before it, and of those of them with a higher risk.
  var comparedWeight: [Double], rightWeight: [Double]
  var concordant = 0, discordant = 0, tiedRisk = 0, tiedTime = 0

  init(
    _ times: SurvivalTimes, _ risk: [Double], _ weights: [Double], _ tiedTimes: UnoConcordance.TiedTimes
  ) {
    let zeros = [Double](repeating: 0, count: risk.count)
    (compared, right, comparedWeight, rightWeight) = (zeros, zeros, zeros, zeros)
    let ranks = denseRanks(risk), order = times.ascending()
    var groups: [(events: ArraySlice<Int>, censored: ArraySlice<Int>)] = [], start = 0
    while start < order.count {
      let end = order[start...].firstIndex { times.stop[$0] != times.stop[order[start]] } ?? order.count
      let middle = order[start..<end].firstIndex { !times.isEvent[$0] } ?? end
      groups.append((order[start..<middle], order[middle..<end]))
      tiedTime += (middle - start) * (end - middle)
      start = end
    }
    countLater(groups, ranks, tiedTimes)
    weighEarlier(groups, ranks, weights, tiedTimes)
  }

  private mutating func countLater(
    _ groups: [(events: ArraySlice<Int>, censored: ArraySlice<Int>)], _ ranks: [Int],
    _ tiedTimes: UnoConcordance.TiedTimes
  ) {
    var tree = FenwickTree(count: ranks.count), count = 0
    func insert(_ rows: ArraySlice<Int>) {
      for row in rows { tree.add(1, at: ranks[row]) }
      count += rows.count
    }
    for group in groups.reversed() {
      if tiedTimes == .censoredLater { insert(group.censored) }
      for row in group.events {
        let lower = tree.sum(below: ranks[row]), tied = tree.sum(below: ranks[row] + 1) - lower
        compared[row] = Double(count)
        right[row] = lower + tied / 2
        concordant += Int(lower)
        tiedRisk += Int(tied)
        discordant += count - Int(lower) - Int(tied)
      }
      if tiedTimes == .leftOut { insert(group.censored) }
      insert(group.events)
    }
  }

  private mutating func weighEarlier(
    _ groups: [(events: ArraySlice<Int>, censored: ArraySlice<Int>)], _ ranks: [Int], _ weights: [Double],
    _ tiedTimes: UnoConcordance.TiedTimes
  ) {
    var tree = FenwickTree(count: ranks.count), total = 0.0
    func insert(_ rows: ArraySlice<Int>) {
      for row in rows {
        tree.add(weights[row], at: ranks[row])
        total += weights[row]
      }
    }
    func look(_ rows: ArraySlice<Int>) {
      for row in rows {
        let lower = tree.sum(below: ranks[row]), tied = tree.sum(below: ranks[row] + 1) - lower
        comparedWeight[row] = total
        rightWeight[row] = total - lower - tied / 2
      }
    }
    for group in groups {
      look(group.events)
      if tiedTimes == .leftOut { look(group.censored) }
      insert(group.events)
      if tiedTimes == .censoredLater { look(group.censored) }
    }
  }
}

/// Ranks from 0, equal for equal values.
func denseRanks(_ values: [Double]) -> [Int] {
  var ranks = [Int](repeating: 0, count: values.count), rank = -1, last: Double?
  for index in values.indices.sorted(by: { values[$0] < values[$1] }) {
    if values[index] != last { rank += 1 }
    (ranks[index], last) = (rank, values[index])
  }
  return ranks
}

extension UnoConcordance: Documented {
  package static let name = "uno"
  package static let summary =
    "The concordance of risks and times up to a horizon, weighted so that it does not depend on censoring."
  package static let definition =
    "Σ over comparable pairs of 1/G(tᵢ)² [rᵢ > rⱼ] / Σ of 1/G(tᵢ)², with G the share not censored"
  package static let limits =
    "Needs patients who are seen beyond the horizon; censoring must depend on nothing that counts."
  package static let reference = "Uno et al. 2011, doi:10.1002/sim.4154"
}
