import RadiomicsCore
import RadiomicsNumerics

/// The probability that of two patients the one who has event 1 first, and before the other, has the higher risk, where other events compete:
/// who had another event never has event 1. A pair of an event at tᵢ and a row seen longer weighs 1/G(tᵢ−)², one with a row that had
/// another event at tⱼ ≤ tᵢ weighs 1/(G(tᵢ−) G(tⱼ−)), G being the share not censored, so that it does not depend on censoring. Equal risks
/// count one half. Wolbers et al. 2014, doi:10.1093/biostatistics/kxt059. Without other events it is Uno's. O(n log n).
///
/// Example: events 1 at 1 and 3, another at 2, nobody censored, risks 3, 2, 1: pairs (1, 2), (1, 3) and (3, 2), all in the right order: 1.
package struct CompetingConcordance: Sendable {
  /// Weights of pairs in the right order, in the wrong one, with equal risks.
  package let concordant: Double, discordant: Double, tiedRisk: Double
  /// The index; not a number without pairs.
  package let value: Double
  /// By how much each row, or cluster, changes it, given the weights.
  package let influence: [Double]
  /// Its standard error.
  package var error: Double { pairwiseSum(influence) { $0 * $0 }.squareRoot() }

  /// - `risk`: Higher values mean likelier and earlier events 1.
  /// - `clusters`: Numbers from 0 of rows that belong together.
  package init(_ risk: [Double], _ times: CompetingTimes, clusters: [Int]? = nil) {
    precondition(risk.count == times.count, "a risk for each row")
    var pairs = CompetingPairs(risk, times)
    pairs.count()
    (concordant, discordant, tiedRisk) = (pairs.concordant, pairs.discordant, pairs.tied)
    let total = concordant + discordant + tiedRisk, index = (concordant + tiedRisk / 2) / total
    value = index
    influence = clusters.sums(
      risk.indices.map { row in
        let (right, wrong, tied) = pairs.of[row]
        return (right + tied / 2 - index * (right + wrong + tied)) / total
      })
  }
}

/// Weights of comparable pairs, in all and of each row.
private struct CompetingPairs {
  var concordant = 0.0, discordant = 0.0, tied = 0.0
  var of: [(right: Double, wrong: Double, tied: Double)]
  private let ranks: [Int], kinds: [Int]
  /// 1/G before the end of each row, and the rows that end together, events 1 first, then others, then censored ones.
  private let weights: [Double], groups: [(events: [Int], others: [Int], censored: [Int])]

  init(_ risk: [Double], _ times: CompetingTimes) {
    let censoring = KaplanMeier.censoring(of: times.anyEvent), stop = times.anyEvent.stop
    weights = stop.map { 1 / censoring.survival(before: $0) }
    (ranks, kinds) = (RankTree.ranks(risk), times.kinds)
    of = risk.map { _ in (0, 0, 0) }
    var groups: [(events: [Int], others: [Int], censored: [Int])] = [], last: Double?
    for row in ascendingOrder(of: stop) {
      if stop[row] != last { groups.append(([], [], [])) }
      last = stop[row]
      switch kinds[row] {
      case 0: groups[groups.count - 1].censored.append(row)
      case 1: groups[groups.count - 1].events.append(row)
      default: groups[groups.count - 1].others.append(row)
      }
    }
    self.groups = groups
  }

  /// Events of a row against what a tree holds: those below it are in the right order.
  private mutating func judge(_ row: Int, _ tree: RankTree, _ factor: Double) {
    let (below, equal, above) = tree.split(ranks[row])
    concordant += factor * below
    discordant += factor * above
    tied += factor * equal
    of[row].right += factor * below
    of[row].wrong += factor * above
    of[row].tied += factor * equal
  }

  /// A row that does not have the event against events that a tree holds: those above it are in the right order.
  private mutating func bear(_ row: Int, _ tree: RankTree, _ factor: Double) {
    let (below, equal, above) = tree.split(ranks[row])
    of[row].right += factor * above
    of[row].wrong += factor * below
    of[row].tied += factor * equal
  }

  mutating func count() {
    let size = (ranks.max() ?? -1) + 1
    // Backwards: events against rows seen longer; rows with another event against later events.
    var later = RankTree(size), laterEvents = RankTree(size)
    for group in groups.reversed() {
      for row in group.censored { later.add(1, ranks[row]) }
      for row in group.events { judge(row, later, weights[row] * weights[row]) }
      for row in group.events { laterEvents.add(weights[row], ranks[row]) }
      for row in group.others { bear(row, laterEvents, weights[row]) }
      for row in group.events + group.others { later.add(1, ranks[row]) }
    }
    // Forwards: rows against events before them; events against rows that had another event before.
    var earlier = RankTree(size), earlierOthers = RankTree(size)
    for group in groups {
      for row in group.events + group.others { bear(row, earlier, 1) }
      for row in group.others { earlierOthers.add(weights[row], ranks[row]) }
      for row in group.events { judge(row, earlierOthers, weights[row]) }
      for row in group.events { earlier.add(weights[row] * weights[row], ranks[row]) }
      for row in group.censored { bear(row, earlier, 1) }
    }
  }
}

extension CompetingConcordance: Documented {
  package static let name = "competing-concordance"
  package static let summary =
    "The probability that of two patients the one who has the event first has the higher risk, where other events compete, weighted so that it "
    + "does not depend on censoring."
  package static let definition =
    "Σ over pairs of w [rᵢ > rⱼ] / Σ w; w = 1/G(tᵢ)² of an event and a row seen longer, 1/(G(tᵢ) G(tⱼ)) of an event and a row that had another "
    + "event until then"
  package static let limits =
    "Where few rows are left uncensored a late event weighs much. Its error takes the weights as known. Says nothing of calibration."
  package static let reference = "Wolbers et al. 2014, doi:10.1093/biostatistics/kxt059"
}
