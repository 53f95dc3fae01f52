import RadiomicsCore
import RadiomicsNumerics

/// Whether predicted risks of the event by a horizon are right, for predictions that were not fitted to these rows. Royston and
/// Altman 2013, doi:10.1186/1471-2288-13-33; McLernon et al. 2023, doi:10.7326/M22-0844.
package struct SurvivalCalibration: Sendable {
  /// The horizon.
  package let horizon: Double
  private let times: SurvivalTimes, risk: [Double], clusters: [Int]?, alpha: Double
  private let curve: KaplanMeier

  /// - `risk`: Predicted probability of the event by the horizon for each row, from 0 to 1.
  /// - `horizon`: In the unit of the times.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for limits.
  /// - Throws: `ModelError` for a risk outside 0 to 1, late entry, or a horizon that no row is seen to.
  package init(
    _ times: SurvivalTimes, risk: [Double], at horizon: Double, clusters: [Int]? = nil, alpha: Double = 0.05
  ) throws(ModelError) {
    precondition(risk.count == times.count, "a risk for each row")
    if let bad = risk.first(where: { !(0...1).contains($0) }) {
      throw ModelError.value("risk", bad, must: "from 0 to 1")
    }
    guard horizon.isFinite else { throw ModelError.value("horizon", horizon, must: "a number") }
    try CensoringWeights.requireNoEntry(times)
    curve = KaplanMeier(times, clusters: clusters)
    try requireFollowUp(curve, to: horizon)
    (self.times, self.risk, self.horizon, self.alpha) = (times, risk, horizon, alpha)
    self.clusters = clusters
  }

  /// Events by the horizon for each that was expected; how far the smooth curve lies from the diagonal.
  package var statistics: [Statistic] { observedOverExpected + distances }

  /// Events for each that was expected, and the slope, with errors and limits.
  package var line: [Statistic] { observedOverExpected + slope() }

  private var observedOverExpected: [Statistic] {
    let expected = mean(risk), names = ["O_over_E", "O_over_E_se", "O_over_E_ci"]
    guard expected > 0 else { return names.map { Statistic($0, .undefined("every risk is 0")) } }
    let none = Cell.undefined("nobody has the event by the horizon, or everyone")
    let limits = curve.limits(at: horizon, alpha: alpha).map {
      [Cell.value((1 - $0.upperBound) / expected), .value((1 - $0.lowerBound) / expected)]
    }
    let survival = curve.survival(at: horizon)
    return [
      Statistic(names[0], (1 - survival) / expected, "events for each that was expected"),
      Statistic(names[1], survival < 1 ? .value(curve.error(at: horizon) / expected) : none),
      Statistic(names[2], survival < 1 ? limits ?? [none, none] : [none, none]),
    ]
  }

  private var distances: [Statistic] {
    let names = ["ICI", "E50", "E90"]
    let meanings = ["mean distance of the smooth curve from the diagonal", "its median", "its 90th percentile"]
    guard let curve = smooth else {
      return names.map { Statistic($0, .undefined("too few different risks")) }
    }
    let distances = curve.map { abs($0.smooth - $0.predicted) }, sorted = distances.sorted()
    let values = [mean(distances), percentile(50, of: sorted), percentile(90, of: sorted)]
    return names.indices.map { Statistic(names[$0], values[$0], meanings[$0]) }
  }

  /// The slope of log(−log(1 − risk)) in a Cox model of the rows censored at the horizon: 1 is right, less is overfitting.
  package func slope(ties: Ties = .efron) -> [Statistic] {
    let predictors = risk.map { log(-log1p(-$0)) }
    guard predictors.allSatisfy(\.isFinite) else {
      return Self.slopeNames.map { Statistic($0, .undefined("a risk is 0 or 1, which has no such logarithm")) }
    }
    return Self.slope(of: predictors, times.censored(after: horizon), ties: ties, clusters: clusters, alpha: alpha)
  }

  private static let slopeNames = ["slope", "slope_se", "slope_lower", "slope_upper"]

  /// The slope of a linear predictor on the scale of the logarithm of the hazard in a Cox model: 1 is right, less is overfitting.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for the error.
  package static func slope(
    of predictors: [Double], _ times: SurvivalTimes, ties: Ties = .efron, clusters: [Int]? = nil, alpha: Double = 0.05
  ) -> [Statistic] {
    do throws(ModelError) {
      let model = try CoxModel(
        Matrix(columns: [predictors], rows: times.count), times, names: ["predictor"], clusters: clusters, ties: ties)
      guard let slope = model.estimates[0].estimate else {
        throw ModelError.at("predictor", "is the same in every row, must differ.")
      }
      let cells =
        [slope.value, slope.error].map { Cell($0, orUndefined: "the model has no maximum") }
        + slope.limits(alpha, orUndefined: "the model has no maximum")
      return slopeNames.indices.map {
        Statistic(slopeNames[$0], cells[$0], $0 == 0 ? "1 is right, less is overfitting" : "")
      }
    } catch {
      return slopeNames.map { Statistic($0, .undefined(Reason(error.description))) }
    }
  }
}

extension SurvivalCalibration {
  /// Rows in a group of similar risk.
  package struct Group: Sendable, Hashable {
    /// Number of rows, and their mean risk.
    package let count: Int, predicted: Double
    /// Share with the event by the horizon by Kaplan and Meier, and its limits (log-log).
    package let observed: Cell, lower: Cell, upper: Cell
  }

  /// Groups between the quantiles of the risks (type 7), closed on the right; equal quantiles make one group.
  package func groups(_ count: Int = 10) -> [Group] {
    quantileGroups(risk, count, lowest: .standsApart).filter { !$0.isEmpty }.map { rows in
      let curve = KaplanMeier(times.rows(rows), clusters: clusters.rows(rows)), predicted = mean(rows.map { risk[$0] })
      do throws(ModelError) {
        try requireFollowUp(curve, to: horizon)
      } catch {
        let none = Cell.undefined(Reason(error.description))
        return Group(count: rows.count, predicted: predicted, observed: none, lower: none, upper: none)
      }
      let survival = curve.survival(at: horizon),
        none = Cell.undefined("nobody has the event by the horizon, or everyone")
      let limits = survival > 0 && survival < 1 ? curve.limits(at: horizon, alpha: alpha) : nil
      return Group(
        count: rows.count, predicted: predicted, observed: .value(1 - survival),
        lower: limits.map { .value(1 - $0.upperBound) } ?? none, upper: limits.map { .value(1 - $0.lowerBound) } ?? none
      )
    }
  }

  /// What the smooth curve is of: for each row 1 or 0 where it is known whether the event happens by the horizon, else what the row adds to
  /// the share that has it.
  package var pseudoValues: [Double] { RadiomicsStatistics.pseudoValues(times, at: horizon) }

  /// Smoothed share with the event against the risk, at each row's risk in ascending order: lowess of pseudo-values (Andersen
  /// and Perme 2010, doi:10.1177/0962280209105020), within 0 to 1; nil where all risks are equal.
  package var smooth: [(predicted: Double, smooth: Double)]? {
    let order = risk.indices.sorted { (risk[$0], $0) < (risk[$1], $1) }
    guard let first = order.first, let last = order.last, risk[first] < risk[last] else { return nil }
    let values = pseudoValues
    // Equal risks are one point of their mean, so that the rows' order does not matter.
    var points: [(x: Double, y: Double)] = [], start = 0
    while start < order.count {
      let end = order[start...].firstIndex { risk[$0] != risk[order[start]] } ?? order.count
      let height = mean(order[start..<end].map { values[$0] }.sorted())
      points += (start..<end).map { _ in (risk[order[start]], height) }
      start = end
    }
    return zip(points, lowess(points)).map { ($0.x, min(max($1, 0), 1)) }
  }
}

/// For each row n times the share with the event by a horizon less n − 1 times that without the row: without censoring 1 for an
/// event by then, else 0. Andersen, Klein and Rosthøj 2003, doi:10.1093/biomet/90.1.15. O(n log n).
package func pseudoValues(_ times: SurvivalTimes, at horizon: Double) -> [Double] {
  let curve = KaplanMeier(times), n = Double(times.count), steps = (curve.step(at: horizon) ?? -1) + 1
  func factor(_ events: Double, _ atRisk: Double) -> Double { atRisk > 0 ? (atRisk - events) / atRisk : 1 }
  // A row is missed at all steps until its end, and at none after it.
  var before = [1.0], after = [Double](repeating: 1, count: steps + 1)
  for step in 0..<steps { before.append(before[step] * factor(curve.events[step], curve.atRisk[step] - 1)) }
  for step in (0..<steps).reversed() { after[step] = after[step + 1] * factor(curve.events[step], curve.atRisk[step]) }
  return times.stop.indices.map { row in
    var without = before[steps]
    if let end = curve.step(at: times.stop[row]), end < steps {
      let events = curve.events[end] - (times.isEvent[row] ? 1 : 0)
      without = before[end] * factor(events, curve.atRisk[end] - 1) * after[end + 1]
    }
    return n * (1 - after[0]) - (n - 1) * (1 - without)
  }
}

extension SurvivalCalibration: Documented {
  package static let name = "survival-calibration"
  package static let summary =
    "Whether predicted risks of the event by a horizon are right: observed over expected, slope, a smooth curve."
  package static let definition =
    "O/E = (1 − S(t)) / mean p; slope of a Cox model of log(−log(1 − p)); Lowess of pseudo-values on p"
  package static let limits = "Holds for predictions that were not fitted to these rows."
  package static let reference =
    "Royston and Altman 2013, doi:10.1186/1471-2288-13-33; McLernon et al. 2023, doi:10.7326/M22-0844"
}
