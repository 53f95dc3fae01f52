import RadiomicsCore
import RadiomicsNumerics

/// Whether predicted cumulative incidences of event 1 by a horizon are right where other events compete, for predictions that were not fitted to
/// these rows: as `SurvivalCalibration`, with Aalen and Johansen's curve in place of Kaplan and Meier's and Fine and Gray's model in place
/// of Cox's. van Geloven et al. 2022, doi:10.1136/bmj-2021-069249.
package struct IncidenceCalibration: Sendable {
  /// The horizon.
  package let horizon: Double
  private let times: CompetingTimes, incidence: [Double], clusters: [Int]?, alpha: Double
  private let curve: AalenJohansen

  /// - `incidence`: Predicted probability that event 1 comes first, by the horizon, for each row, from 0 to 1.
  /// - `horizon`: In the unit of the times.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for limits.
  /// - Throws: `ModelError` for a prediction outside 0 to 1, or a horizon that no row is seen to.
  package init(
    _ times: CompetingTimes, incidence: [Double], at horizon: Double, clusters: [Int]? = nil, alpha: Double = 0.05
  ) throws(ModelError) {
    precondition(incidence.count == times.count, "a prediction for each row")
    if let bad = incidence.first(where: { !(0...1).contains($0) }) {
      throw ModelError.value("cumulative incidence", bad, must: "from 0 to 1")
    }
    curve = AalenJohansen(times, clusters: clusters)
    try requireFollowUp(curve.eventFree, to: horizon)
    (self.times, self.incidence, self.horizon) = (times, incidence, horizon)
    (self.clusters, self.alpha) = (clusters, alpha)
  }

  /// Events for each that was expected, and the slope, with errors and limits.
  package var line: [Statistic] { observedOverExpected + slope }

  private var observedOverExpected: [Statistic] {
    let expected = mean(incidence), names = ["O_over_E", "O_over_E_se", "O_over_E_ci"]
    guard expected > 0 else { return names.map { Statistic($0, .undefined("every prediction is 0")) } }
    let none = Cell.undefined("nobody has the event by the horizon, or everyone")
    let observed = curve.incidence(of: 1, at: horizon), isVarying = observed > 0 && observed < 1
    let limits = curve.limits(of: 1, at: horizon, alpha: alpha).map {
      [Cell.value($0.lowerBound / expected), .value($0.upperBound / expected)]
    }
    return [
      Statistic(names[0], observed / expected, "events for each that was expected"),
      Statistic(names[1], isVarying ? .value(curve.error(of: 1, at: horizon) / expected) : none),
      Statistic(names[2], isVarying ? limits ?? [none, none] : [none, none]),
    ]
  }

  /// The slope of log(−log(1 − incidence)) in Fine and Gray's model of the rows censored at the horizon: 1 is right, less is overfitting.
  private var slope: [Statistic] {
    let names = ["slope", "slope_se", "slope_lower", "slope_upper"], predictors = incidence.map { log(-log1p(-$0)) }
    guard predictors.allSatisfy(\.isFinite) else {
      return names.map { Statistic($0, .undefined("a prediction is 0 or 1, which has no such logarithm")) }
    }
    do throws(ModelError) {
      let model = try FineGray(
        Matrix(columns: [predictors], rows: times.count), names: ["predictor"],
        times.censored(after: horizon), kind: 1, censoring: .eventsFirst, ties: .efron, clusters: clusters)
      guard let slope = model.estimates[0].estimate else {
        throw ModelError.at("predictor", "is the same in every row, must differ.")
      }
      let cells =
        [slope.value, slope.error].map { Cell($0, orUndefined: "the model has no maximum") }
        + slope.limits(alpha, orUndefined: "the model has no maximum")
      return names.indices.map {
        Statistic(names[$0], cells[$0], $0 == 0 ? "1 is right, less is overfitting" : "")
      }
    } catch {
      return names.map { Statistic($0, .undefined(Reason(error.description))) }
    }
  }
}

extension CompetingTimes {
  /// The same, censored at a time: what happens later is not seen.
  func censored(after limit: Double) throws(ModelError) -> CompetingTimes {
    try CompetingTimes(
      stop: stop.map { min($0, limit) }, kinds: zip(stop, kinds).map { $0 <= limit ? $1 : 0 }, kindCount: kindCount)
  }
}
