import RadiomicsCore
import RadiomicsNumerics

/// Integrated discrimination improvement, half the continuous reclassification improvement and median improvement of risks by a
/// horizon, of which all are measures of one pair of distributions: of the risks' rise in events and in others, censored
/// patients counted by inverse probability. Uno et al. 2013, doi:10.1002/sim.5647.
package struct SurvivalImprovement: Sendable, Hashable {
  /// Mean rise of the risk of events, and of others, on the grid.
  package let events: Double, others: Double
  /// The improvement without the grid.
  package let exactIDI: Double
  /// Share of events of which the risk rises less that of others: half the continuous NRI.
  package let halfNRI: Double
  /// Median rise of the risk of events less that of others, on the grid.
  package let median: Double

  /// Distributions are read at 2,000 places from −1 to 1 and at 0, as R's survIDINRI does.
  ///   - base, extended: Risks by `horizon`, one for each row.
  ///   - weights: Of the rows; 1 where none are given.
  /// - Throws: `ModelError` if nobody has, or nobody is without, the event by the horizon, or rows enter late.
  package init(
    _ base: [Double], _ extended: [Double], _ times: SurvivalTimes, horizon: Double, weights: [Double]? = nil
  ) throws(ModelError) {
    try checkProbabilities(base, extended)
    try times.checkHorizon(horizon)
    let weights = weights ?? base.map { _ in 1 }, rises = zip(extended, base).map(-)
    let seen = try HorizonWeights(times, horizon: horizon, weights, .flemingHarrington)
    // Others have one weight of being seen, which cancels.
    let order = rises.indices.sorted { rises[$0] < rises[$1] }
    let inEvents = RiseDistribution(rises, seen.events, order), inOthers = RiseDistribution(rises, seen.others, order)
    (events, others) = (inEvents.gridMean, inOthers.gridMean)
    exactIDI = inEvents.mean - inOthers.mean
    halfNRI = inEvents.shareAboveZero - inOthers.shareAboveZero
    median = inEvents.gridMedian - inOthers.gridMedian
  }

  /// The improvement on the grid.
  package var idi: Double { events - others }

  /// All of them.
  package var statistics: [Statistic] {
    [
      Statistic("idi", idi, "mean rise of the risk of events less that of others, on a grid of 1/1000"),
      Statistic("idi_events", events), Statistic("idi_nonevents", others),
      Statistic("idi_exact", exactIDI, "without the grid"),
      Statistic("continuous_nri_half", halfNRI, "share of events whose risk rises less that of others"),
      Statistic("median_improvement", median, "median rise of events less that of others"),
    ]
  }
}

/// How risks rise in one group of patients: the weighted share above each place of a grid.
private struct RiseDistribution {
  private let shares: [Double]
  let mean: Double, shareAboveZero: Double

  /// 1,000 places below 0, 0 and 1,000 above it, ascending.
  private static let grid: [Double] = {
    let steps = (0..<2000).map { -1 + Double($0) * (2.0 / 1999) }
    return steps[..<1000] + [0] + steps[1000...]
  }()

  init(_ rises: [Double], _ weights: [Double], _ order: [Int]) {
    let total = order.reduce(0) { $0 + weights[$1] }
    var shares: [Double] = [], below = 0.0, place = 0
    for edge in Self.grid {
      while place < order.count, rises[order[place]] <= edge {
        below += weights[order[place]]
        place += 1
      }
      shares.append(place == order.count ? 0 : max(0, total - below) / total)
    }
    self.shares = shares
    shareAboveZero = shares[1000]
    mean = order.reduce(0) { $0 + weights[$1] * rises[$1] } / total
  }

  /// The area under the share above, less 1: the mean, but for the grid.
  var gridMean: Double {
    pairwiseSum(Self.grid.count - 1) { k in
      (Self.grid[k + 1] - Self.grid[k]) * (shares[k] + shares[k + 1]) / 2
    } - 1
  }

  /// Between the last place with half of the patients above it and the first with no more than half; sums of weights may miss a
  /// half by rounding.
  var gridMedian: Double {
    let rounding = 1e-12
    let last = shares.lastIndex { $0 >= 0.5 - rounding } ?? 0,
      first = shares.firstIndex { $0 <= 0.5 + rounding } ?? Self.grid.count - 1
    return (Self.grid[last] + Self.grid[first]) / 2
  }
}
