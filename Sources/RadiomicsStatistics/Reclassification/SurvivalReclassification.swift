import RadiomicsCore

/// Net reclassification improvement of risks by a horizon where some patients were not seen so long.
package struct SurvivalReclassification: Sendable {
  /// How censored patients count.
  package enum Estimator: String, Sendable, CaseIterable {
    /// Events and others of those who moved are estimated by Kaplan and Meier. Pencina et al. 2011, doi:10.1002/sim.4085.
    case kaplanMeier = "km"
    /// Those seen stand for those censored before, weighted by the inverse probability of being seen. Uno et al. 2013,
    /// doi:10.1002/sim.5647.
    case inverseCensoring = "ipw"
  }

  /// Shares of events by the horizon that move up and down, and of those without it.
  package let eventsUp: Cell, eventsDown: Cell, othersUp: Cell, othersDown: Cell

  ///   - base, extended: Risks by `horizon`, one for each row.
  ///   - weights: Of the rows; 1 where none are given.
  /// - Throws: `ModelError` if nobody has, or nobody is without, the event by the horizon, or rows enter late.
  package init(
    _ base: [Double], _ extended: [Double], _ times: SurvivalTimes, horizon: Double, _ rule: Reclassification.Rule,
    _ estimator: Estimator, weights: [Double]? = nil
  ) throws(ModelError) {
    try rule.check()
    try checkProbabilities(base, extended)
    try times.checkHorizon(horizon)
    let directions = zip(base, extended).map { rule.direction($0, $1) }, rows = Array(base.indices)
    let up = rows.filter { directions[$0] > 0 }, down = rows.filter { directions[$0] < 0 }
    let weights = weights ?? rows.map { _ in 1 }
    switch estimator {
    case .inverseCensoring:
      let seen = try HorizonWeights(times, horizon: horizon, weights, .kaplanMeier)
      func share(_ moved: [Int], _ values: [Double]) -> Cell {
        .value(moved.reduce(0) { $0 + values[$1] } / values.reduce(0, +))
      }
      (eventsUp, eventsDown) = (share(up, seen.events), share(down, seen.events))
      (othersUp, othersDown) = (share(up, seen.others), share(down, seen.others))
    case .kaplanMeier:
      let total = weights.reduce(0, +), all = KaplanMeier(times, weights: weights).survival(at: horizon)
      func shares(_ moved: [Int]) -> (events: Cell, others: Cell) {
        let part = moved.reduce(0) { $0 + weights[$1] } / total
        guard part > 0 else { return (.value(0), .value(0)) }
        let curve = KaplanMeier(times.rows(moved), weights: moved.map { weights[$0] })
        guard curve.times.last! >= horizon || curve.survival.last! == 0 else {
          let none = Cell.undefined("all patients who moved one way are censored before the horizon")
          return (none, none)
        }
        let free = curve.survival(at: horizon)
        return (.value((1 - free) * part / (1 - all)), .value(free * part / all))
      }
      let (a, b) = (shares(up), shares(down))
      (eventsUp, eventsDown, othersUp, othersDown) = (a.events, b.events, a.others, b.others)
    }
  }

  /// Net share of events that move up, of others that move down, and their sum.
  package var events: Cell { eventsUp.minus(eventsDown) }
  /// Net share of those without the event that move down.
  package var others: Cell { othersDown.minus(othersUp) }
  /// Their sum: −2 to 2.
  package var nri: Cell { othersDown.minus(othersUp).minus(eventsDown.minus(eventsUp)) }

  /// Improvement, its parts, and moves.
  package var statistics: [Statistic] {
    [
      Statistic("NRI", nri, "net share of events moved up plus net share of others moved down"),
      Statistic("NRI+", events, "of events by the horizon"), Statistic("NRI-", others, "of others"),
      Statistic("Pr(Up|Case)", eventsUp), Statistic("Pr(Down|Case)", eventsDown),
      Statistic("Pr(Down|Ctrl)", othersDown), Statistic("Pr(Up|Ctrl)", othersUp),
    ]
  }
}

extension Cell {
  /// The difference; undefined where one of both is.
  fileprivate func minus(_ other: Cell) -> Cell {
    guard let value else { return self }
    return other.value.map { .value(value - $0) } ?? other
  }
}

/// Weights by which patients of known outcome at a horizon stand for all: 1 over the probability of not being censored before.
/// The curve of censoring takes rows that have the event at a time as at risk of being censored then, as R's `survfit` of the
/// reversed status does.
struct HorizonWeights {
  /// How the probability of not being censored is estimated.
  enum Curve {
    case kaplanMeier
    /// e to the minus Nelson and Aalen's sum.
    case flemingHarrington
  }

  /// Weight as an event by the horizon, and as one without; 0 for rows that are not.
  let events: [Double], others: [Double]

  init(_ times: SurvivalTimes, horizon: Double, _ weights: [Double], _ curve: Curve) throws(ModelError) {
    let censoring = try KaplanMeier(times.reversed(), weights: weights)
    func seen(_ time: Double) -> Double {
      switch curve {
      case .kaplanMeier: censoring.survival(at: time)
      case .flemingHarrington: exp(-(censoring.step(at: time).map { censoring.cumulativeHazard[$0] } ?? 0))
      }
    }
    let rows = times.stop.indices, last = seen(horizon)
    events = rows.map { row in
      guard times.isEvent[row], times.stop[row] <= horizon, weights[row] > 0 else { return 0 }
      return weights[row] / seen(times.stop[row])
    }
    others = rows.map { row in
      times.stop[row] > horizon && weights[row] > 0 ? weights[row] / last : 0
    }
  }
}

extension SurvivalTimes {
  /// Censored rows as events, and events as censored.
  fileprivate func reversed() throws(ModelError) -> SurvivalTimes {
    try SurvivalTimes(stop: stop, isEvent: isEvent.map { !$0 })
  }

  /// - Throws: `ModelError` unless some have the event by the horizon and some are seen without it for longer.
  package func checkHorizon(_ horizon: Double) throws(ModelError) {
    guard !hasEntry else {
      throw ModelError.lateEntry(must: "under observation from 0 for risks by a horizon")
    }
    let events = zip(stop, isEvent).count { $0 <= horizon && $1 }, others = stop.count { $0 > horizon }
    guard events > 0, others > 0 else {
      throw ModelError.horizon(
        horizon,
        "\(events) of \(count) rows have the event by then and \(others) are seen without it for "
          + "longer, must be some of both. Choose a horizon within the times (\(numberText(stop.min() ?? 0)) to \(numberText(stop.max() ?? 0)))."
      )
    }
  }
}
