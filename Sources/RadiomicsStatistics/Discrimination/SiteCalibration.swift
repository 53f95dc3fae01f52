import RadiomicsCore
import RadiomicsNumerics

/// Predictions on the outcome's own scale, with the outcome: what calibration is about.
package enum CalibratedOutcome: Sendable {
  /// Probabilities of an event, and whether it happened.
  case probabilities([Double], [Bool])
  /// Risks of the event by a horizon, when it happened, and the horizon in the unit of the times.
  case risks([Double], SurvivalTimes, horizon: Double)
  /// Cumulative incidences of event 1 by a horizon, which event happened when, and the horizon in the unit of the times.
  case incidences([Double], CompetingTimes, horizon: Double)
  /// Predicted numbers, and what came, in one unit.
  case numbers([Double], [Double])

  /// Some of the rows.
  package func rows(_ rows: [Int]) -> CalibratedOutcome {
    func part(_ values: [Double]) -> [Double] { rows.map { values[$0] } }
    switch self {
    case .probabilities(let p, let isEvent): return .probabilities(part(p), rows.map { isEvent[$0] })
    case .risks(let risk, let times, let horizon): return .risks(part(risk), times.rows(rows), horizon: horizon)
    case .incidences(let share, let times, let horizon):
      return .incidences(part(share), times.rows(rows), horizon: horizon)
    case .numbers(let predicted, let numbers): return .numbers(part(predicted), part(numbers))
    }
  }

  /// What discrimination is about.
  package var observed: ObservedOutcome {
    switch self {
    case .probabilities(_, let isEvent): .events(isEvent)
    case .risks(_, let times, _): .times(times)
    case .incidences(_, let times, _): .competing(times)
    case .numbers(_, let numbers): .numbers(numbers)
    }
  }

  /// Calibration in the large, slope and observed over expected, where the outcome has them, with errors and limits.
  /// - Throws: `ModelError` where calibration cannot be told, as with a single outcome.
  package func calibration(patients: [Int]? = nil, alpha: Double = 0.05) throws(ModelError) -> [Statistic] {
    switch self {
    case .probabilities(let p, let isEvent):
      try Calibration(p, isEvent.map { $0 ? 1 : 0 }, clusters: patients, alpha: alpha).line
    case .risks(let risk, let times, let horizon):
      try SurvivalCalibration(times, risk: risk, at: horizon, clusters: patients, alpha: alpha).line
    case .incidences(let share, let times, let horizon):
      try IncidenceCalibration(times, incidence: share, at: horizon, clusters: patients, alpha: alpha).line
    case .numbers(let predicted, let numbers):
      NumberCalibration(predicted, numbers, clusters: patients).statistics(alpha: alpha)
    }
  }
}

/// Whether predictions are right at a site: sites differ in this before they differ in the order of patients.
package struct SiteCalibration: Sendable, Hashable {
  /// The site's number, as given.
  package let site: Int
  /// Number of rows, and of events; nil of numbers.
  package let rows: Int, events: Int?
  /// Calibration in the large, slope and observed over expected, where the outcome has them; empty where there is a reason.
  package let statistics: [Statistic]
  /// Why nothing can be told.
  package let reason: Reason?

  /// One for each site, by their numbers.
  /// - `patients`: Numbers from 0 of rows that belong to the same patient.
  package static func all(
    _ outcome: CalibratedOutcome, sites: [Int], patients: [Int]? = nil, alpha: Double = 0.05
  ) -> [SiteCalibration] {
    ThreeWays.members(sites).map { site, rows in
      let own = outcome.rows(rows), observed = own.observed
      do throws(ModelError) {
        let statistics = try own.calibration(patients: patients.rows(rows), alpha: alpha)
        return SiteCalibration(
          site: site, rows: rows.count, events: observed.events, statistics: statistics, reason: nil)
      } catch {
        return SiteCalibration(
          site: site, rows: rows.count, events: observed.events, statistics: [], reason: Reason(error.fact))
      }
    }
  }
}
