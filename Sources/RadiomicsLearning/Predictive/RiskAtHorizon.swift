import RadiomicsCore
import RadiomicsStatistics

/// What is done with patients censored before a horizon, of whom nobody knows whether the event happened until then.
package enum CensoringRule: String, Sendable, CaseIterable {
  /// They are left out. Risks are too high then, as patients with events are known at any time.
  case remove
  /// Those who are known count for those alike who are not, by the inverse of the probability of being known in their
  /// arm (Kaplan and Meier's curve of censoring). Holds if censoring depends on nothing but the arm.
  case weight
}

/// Whether the event happens until a horizon, as an outcome of 0 and 1 of those in whom it is known.
package struct RiskAtHorizon: Sendable {
  /// The horizon, in the unit of the times.
  package let horizon: Double
  /// The rule.
  package let rule: CensoringRule
  /// 1 for an event until the horizon, else 0.
  package let outcome: [Double]
  /// Whether that is known: an event until the horizon, or seen up to it.
  package let isKnown: [Bool]
  private let times: SurvivalTimes, isTreated: [Bool]

  /// - Throws: `ModelError` for patients who enter late, or a horizon at which nobody is seen any more.
  package init(_ times: SurvivalTimes, isTreated: [Bool], horizon: Double, _ rule: CensoringRule = .remove)
    throws(ModelError)
  {
    guard !times.hasEntry else {
      throw ModelError.at("horizon", "patients enter late, must be seen from the beginning.")
    }
    (self.times, self.isTreated, self.horizon, self.rule) = (times, isTreated, horizon, rule)
    outcome = times.stop.indices.map { times.isEvent[$0] && times.stop[$0] <= horizon ? 1 : 0 }
    isKnown = times.stop.indices.map { times.stop[$0] >= horizon || times.isEvent[$0] }
    guard times.stop.contains(where: { $0 >= horizon }) else {
      throw ModelError.at(
        "horizon",
        "is \(numberText(horizon)), but the last patient is seen until \(numberText(times.stop.max() ?? 0)). Choose an earlier one."
      )
    }
  }

  /// Patients of whom it is not known.
  package var unknown: Int { isKnown.count { !$0 } }

  /// Weights of some rows, by the censoring among them; 0 of those who are not known.
  func weights(_ rows: [Int]) -> [Double] {
    guard rule == .weight else { return rows.map { isKnown[$0] ? 1 : 0 } }
    let curves = [false, true].map { arm in
      KaplanMeier.censoring(of: times.rows(rows.filter { isTreated[$0] == arm }))
    }
    return rows.map { row in
      guard isKnown[row] else { return 0 }
      let share = curves[isTreated[row] ? 1 : 0].survival(before: min(times.stop[row], horizon))
      return share > 0 ? 1 / share : 0
    }
  }
}
