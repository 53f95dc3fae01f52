import RadiomicsCore
import RadiomicsNumerics

/// The probability that of two patients the one with the higher risk has the event first: Harrell's C (1982,
/// doi:10.1001/jama.1982.03320430047030) and its weighted forms, with the standard error of the infinitesimal jackknife. Pairs of which the
/// earlier ends by the event count; equal risks count one half. As R's `concordance`. O(n log n).
package struct ConcordanceIndex: Sendable {
  /// How pairs are weighted by the earlier event's time; n is the number at risk, S the share without event and G the share not
  /// censored just before.
  package enum Weighting: String, Sendable, CaseIterable {
    /// Alike: Harrell.
    case n
    case s = "S"
    /// Schemper, Wakounig and Heinze 2009, doi:10.1002/sim.3681.
    case sOverG = "S/G"
    /// Uno et al. 2011, doi:10.1002/sim.4154: does not depend on how patients were censored.
    case nOverG2 = "n/G2"
    case i = "I"
  }

  /// Weights of pairs in the right order, in the wrong one, with equal risks.
  package let concordant: Double, discordant: Double, tiedRisk: Double
  /// Weights of pairs with events at the same time: with different risks, and with equal ones; these do not count.
  package let tiedTime: Double, tiedBoth: Double
  /// The index; not a number without pairs.
  package let value: Double
  /// By how much each row, or cluster, changes it.
  package let influence: [Double]
  /// Its standard error.
  package var error: Double { pairwiseSum(influence) { $0 * $0 }.squareRoot() }

  /// - `risk`: Higher values mean earlier events.
  /// - `weights`: Of rows.
  /// - `strata`: Numbers from 0; only pairs within a stratum count.
  /// - `clusters`: Numbers from 0 of rows that belong together.
  /// - `limit`: Events after it do not count.
  package init(
    _ risk: [Double], _ times: SurvivalTimes, _ weighting: Weighting = .n, weights: [Double]? = nil,
    strata: [Int]? = nil, clusters: [Int]? = nil, limit: Double = .infinity
  ) {
    var counts = PairCounts(rows: times.count)
    for rows in Self.strata(strata, times.count) {
      let part = rows.count == times.count ? times : times.rows(rows), own = rows.map { weights?[$0] ?? 1 }
      let curve = Self.timeWeights(part, own, weighting)
      let found = PairCounts(rows.map { risk[$0] }, part, own) { $0 <= limit ? curve($0) : 0 }
      counts.add(found, rows)
    }
    (concordant, discordant, tiedRisk) = (counts.concordant, counts.discordant, counts.tiedRisk)
    (tiedTime, tiedBoth) = (counts.tiedTime, counts.tiedBoth)
    let pairs = concordant + discordant + tiedRisk, index = (concordant + tiedRisk / 2) / pairs
    value = index
    var influence = times.stop.indices.map { row in
      (weights?[row] ?? 1)
        * ((counts.concordantOf[row] + counts.tiedOf[row] / 2)
          - index * (counts.concordantOf[row] + counts.discordantOf[row] + counts.tiedOf[row])) / pairs
    }
    if let clusters {
      var sums = [Double](repeating: 0, count: (clusters.max() ?? -1) + 1)
      for (row, cluster) in clusters.enumerated() { sums[cluster] += influence[row] }
      influence = sums
    }
    self.influence = influence
  }

  /// Normal limits within 0 to 1, or why there are none.
  package func limits(alpha: Double) -> [Cell] {
    let none = Cell.undefined("no two rows can be compared")
    return value.isFinite ? shareLimits(value, .value(error), alpha: alpha) : [none, none]
  }

  private static func strata(_ strata: [Int]?, _ count: Int) -> [[Int]] {
    guard let strata, let last = strata.max(), last > 0 else { return [Array(0..<count)] }
    var rows = [[Int]](repeating: [], count: last + 1)
    for (row, stratum) in strata.enumerated() { rows[stratum].append(row) }
    return rows.filter { !$0.isEmpty }
  }

  private static func timeWeights(_ times: SurvivalTimes, _ weights: [Double], _ weighting: Weighting) -> (Double) ->
    Double
  {
    guard weighting != .n, times.events > 1 else { return { _ in 1 } }
    let survival = KaplanMeier(times, weights: weights), total = weights.reduce(0, +)
    let censoring = KaplanMeier.censoring(of: times, weights: weights)
    return { time in
      let atRisk = survival.atRisk(at: time), s = survival.survival(before: time),
        g = censoring.survival(before: time)
      return switch weighting {
      case .n: 1
      case .s: total * s / atRisk
      case .sOverG: total * s / (g * atRisk)
      case .nOverG2: 1 / (g * g)
      case .i: 1 / atRisk
      }
    }
  }
}

/// The difference of two concordance indices of the same patients.
package struct ConcordanceComparison: Sendable {
  /// The second less the first.
  package let difference: Estimate
  /// Variances of both, and their covariance.
  package let variances: (Double, Double), covariance: Double

  /// Compares two risks by the same rows.
  package init(_ first: ConcordanceIndex, _ second: ConcordanceIndex) {
    precondition(first.influence.count == second.influence.count, "two risks of the same rows")
    let variance = pairwiseSum(first.influence.count) { row in
      let change = second.influence[row] - first.influence[row]
      return change * change
    }
    difference = Estimate(second.value - first.value, error: variance.squareRoot())
    variances = (first.error * first.error, second.error * second.error)
    covariance = pairwiseSum(first.influence.count) { first.influence[$0] * second.influence[$0] }
  }
}

/// Weights of comparable pairs, in all and of each row.
private struct PairCounts {
  var concordant = 0.0, discordant = 0.0, tiedRisk = 0.0, tiedTime = 0.0, tiedBoth = 0.0
  var concordantOf: [Double], discordantOf: [Double], tiedOf: [Double]

  init(rows: Int) {
    concordantOf = [Double](repeating: 0, count: rows)
    discordantOf = concordantOf
    tiedOf = concordantOf
  }

  mutating func add(_ other: PairCounts, _ rows: [Int]) {
    concordant += other.concordant
    discordant += other.discordant
    tiedRisk += other.tiedRisk
    tiedTime += other.tiedTime
    tiedBoth += other.tiedBoth
    for (place, row) in rows.enumerated() {
      concordantOf[row] += other.concordantOf[place]
      discordantOf[row] += other.discordantOf[place]
      tiedOf[row] += other.tiedOf[place]
    }
  }

  /// Counts pairs of rows, each weighted by both rows' weights and by a weight of the earlier event's time.
  init(_ risk: [Double], _ times: SurvivalTimes, _ weights: [Double], timeWeight: (Double) -> Double) {
    self.init(rows: times.count)
    let ranks = RankTree.ranks(risk), size = (ranks.max() ?? -1) + 1, order = times.ascending()
    let entries = times.hasEntry ? times.start.indices.sorted { times.start[$0] > times.start[$1] } : []
    // Backwards: each event against those at risk after it.
    var later = RankTree(size), end = order.count, left = 0
    var timeWeights = [Double](repeating: 0, count: times.count)
    while end > 0 {
      let time = times.stop[order[end - 1]]
      var first = end
      while first > 0, times.stop[order[first - 1]] == time { first -= 1 }
      let firstCensored = order[first..<end].firstIndex { !times.isEvent[$0] } ?? end
      for row in order[firstCensored..<end] { later.add(weights[row], ranks[row]) }
      while left < entries.count, times.start[entries[left]] >= time {
        later.add(-weights[entries[left]], ranks[entries[left]])
        left += 1
      }
      let factor = firstCensored > first ? timeWeight(time) : 0
      for row in order[first..<firstCensored] {
        timeWeights[row] = factor * weights[row]
        let (below, equal, above) = later.split(ranks[row])
        concordantOf[row] += factor * below
        tiedOf[row] += factor * equal
        discordantOf[row] += factor * above
        concordant += factor * weights[row] * below
        tiedRisk += factor * weights[row] * equal
        discordant += factor * weights[row] * above
      }
      countTies(order[first..<firstCensored], ranks, weights, factor)
      for row in order[first..<firstCensored] { later.add(weights[row], ranks[row]) }
      end = first
    }
    addEarlier(order, entries, ranks, times, timeWeights, RankTree(size))
  }

  /// Forwards: each row against the events that happened while it was at risk.
  private mutating func addEarlier(
    _ order: [Int], _ entries: [Int], _ ranks: [Int], _ times: SurvivalTimes, _ weights: [Double], _ empty: RankTree
  ) {
    var earlier = empty, begin = 0, entered = entries.count
    func count(_ row: Int, _ sign: Double) {
      let (below, equal, above) = earlier.split(ranks[row])
      discordantOf[row] += sign * below
      tiedOf[row] += sign * equal
      concordantOf[row] += sign * above
    }
    while begin < order.count {
      let time = times.stop[order[begin]]
      // Events up to a row's entry are those before the present time.
      while entered > 0, times.start[entries[entered - 1]] < time {
        if times.start[entries[entered - 1]].isFinite { count(entries[entered - 1], -1) }
        entered -= 1
      }
      var end = begin
      while end < order.count, times.stop[order[end]] == time { end += 1 }
      let firstCensored = order[begin..<end].firstIndex { !times.isEvent[$0] } ?? end
      for row in order[begin..<firstCensored] { count(row, 1) }
      for row in order[begin..<firstCensored] { earlier.add(weights[row], ranks[row]) }
      for row in order[firstCensored..<end] { count(row, 1) }
      begin = end
    }
  }

  /// Pairs of events at the same time.
  private mutating func countTies(_ events: ArraySlice<Int>, _ ranks: [Int], _ weights: [Double], _ factor: Double) {
    guard events.count > 1 else { return }
    let sorted = events.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
    var total = 0.0, ofRank = 0.0, rank = -1
    for row in sorted {
      if ranks[row] != rank { (rank, ofRank) = (ranks[row], 0) }
      tiedBoth += factor * weights[row] * ofRank
      tiedTime += factor * weights[row] * (total - ofRank)
      total += weights[row]
      ofRank += weights[row]
    }
  }
}

/// Sums of weights below, at and above a rank, each in O(log n): a binary indexed tree. Fenwick 1994,
/// doi:10.1002/spe.4380240306.
struct RankTree {
  private var sums: [Double], total = 0.0, own: [Double]

  init(_ size: Int) {
    sums = [Double](repeating: 0, count: size + 1)
    own = [Double](repeating: 0, count: size)
  }

  /// Ranks from 0 of values, equal ones alike.
  static func ranks(_ values: [Double]) -> [Int] {
    var ranks = [Int](repeating: 0, count: values.count), rank = -1, last = Double.nan
    for row in ascendingOrder(of: values) {
      if values[row] != last { (rank, last) = (rank + 1, values[row]) }
      ranks[row] = rank
    }
    return ranks
  }

  mutating func add(_ weight: Double, _ rank: Int) {
    total += weight
    own[rank] += weight
    var index = rank + 1
    while index < sums.count {
      sums[index] += weight
      index += index & -index
    }
  }

  func split(_ rank: Int) -> (below: Double, equal: Double, above: Double) {
    var below = 0.0, index = rank
    while index > 0 {
      below += sums[index]
      index -= index & -index
    }
    return (below, own[rank], total - below - own[rank])
  }
}

extension ConcordanceIndex: Documented {
  package static let name = "concordance"
  package static let summary =
    "The probability that of two patients the one with the higher risk has the event first: Harrell's C."
  package static let definition =
    "(concordant pairs + ties of risk / 2) / comparable pairs, those of which the earlier ends by the event; "
    + "standard error by the infinitesimal jackknife"
  package static let limits = "Depends on how long patients were seen: see uno. Says nothing of calibration."
  package static let reference = "Harrell et al. 1982, doi:10.1001/jama.1982.03320430047030; as R's concordance"
}
