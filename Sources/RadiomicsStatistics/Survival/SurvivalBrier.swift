import RadiomicsCore
import RadiomicsNumerics

/// The mean squared error of a predicted risk of the event by a horizon, weighted for censoring, with a standard error by each
/// row's influence. Graf et al. 1999, doi:10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5; Gerds and
/// Schumacher 2006, doi:10.1002/bimj.200610301. O(n log n).
package struct SurvivalBrier: Sendable {
  /// The horizon.
  package let horizon: Double
  /// The score: 0 is perfect.
  package let score: Double
  /// Its standard error. It allows for the weights being estimated if they are of these rows.
  package let error: Cell
  /// By how much each row moves the score, times the number of rows.
  package let influence: [Double]

  /// - `risk`: Predicted probability of the event by the horizon for each row, from 0 to 1.
  /// - `horizon`: In the unit of the times.
  /// - `censoring`: Weights; nil for those of these rows, from the left.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for the error.
  /// - `kinds`: Which event ended each row, of which 1 is predicted to come first; nil where there is one only. Schoop et al. 2011,
  ///     doi:10.1002/bimj.201000073.
  /// - Throws: `ModelError` for a risk outside 0 to 1, a horizon that no row is seen to, or where weights are not known.
  package init(
    _ times: SurvivalTimes, risk: [Double], at horizon: Double, censoring: CensoringWeights? = nil,
    clusters: [Int]? = nil, kinds: [Int]? = nil
  ) throws(ModelError) {
    precondition(risk.count == times.count, "a risk for each row")
    if let bad = risk.first(where: { !(0...1).contains($0) }) {
      throw ModelError.value("risk", bad, must: "from 0 to 1")
    }
    let censoring = if let censoring { censoring } else { try CensoringWeights(times) }
    let rows = try HorizonRows(times, horizon, censoring, kinds: kinds)
    try requireFollowUp(KaplanMeier(times), to: horizon)
    let errors = Self.errors(risk, rows), score = mean(errors)
    var influence = errors.map { $0 - score }
    if censoring.source == times {
      let beyond = pairwiseSum(risk.count) { rows.isControl[$0] ? errors[$0] : 0 }
      let added = CensoringInfluence(times, .together).influence(
        ends: risk.indices.map { rows.isControl[$0] ? 0 : errors[$0] }, beyond: beyond, horizon: horizon)
      for row in influence.indices { influence[row] += added[row] }
    }
    (self.horizon, self.score, self.influence) = (horizon, score, influence)
    error = standardError(influence, clusters)
  }

  private static func errors(_ risk: [Double], _ rows: HorizonRows) -> [Double] {
    risk.indices.map { row in
      let error = rows.isCase[row] ? 1 - risk[row] : risk[row]
      return rows.weights[row] * error * error
    }
  }

  /// The score if everyone is given the share that has the event by the horizon in these rows.
  /// - Throws: As `init`.
  package static func null(
    _ times: SurvivalTimes, at horizon: Double, censoring: CensoringWeights? = nil, kinds: [Int]? = nil
  ) throws(ModelError) -> SurvivalBrier {
    let incidence = try kinds.map { kinds throws(ModelError) in
      AalenJohansen(try CompetingTimes(stop: times.stop, kinds: kinds)).incidence(of: 1, at: horizon)
    }
    let share = min(max(incidence ?? 1 - KaplanMeier(times).survival(at: horizon), 0), 1)
    return try SurvivalBrier(
      times, risk: times.stop.map { _ in share }, at: horizon, censoring: censoring, kinds: kinds)
  }

  /// The covariance of the scores of two predictions or horizons of the same rows.
  package func covariance(with other: SurvivalBrier) -> Double {
    precondition(influence.count == other.influence.count, "scores of the same rows")
    return RadiomicsNumerics.covariance(influence, other.influence) / Double(influence.count)
  }
}

/// - Throws: `ModelError` if the last row is censored before a horizon, so that nothing is known of it.
func requireFollowUp(_ curve: KaplanMeier, to horizon: Double) throws(ModelError) {
  guard let last = curve.times.last else { throw ModelError.at("time", "there are no rows.") }
  guard last <= horizon, curve.survival[curve.survival.count - 1] > 0 else { return }
  throw ModelError.horizon(
    horizon, "rows are seen until \(numberText(last)), must be seen longer. Choose an earlier one.")
}

extension SurvivalBrier {
  /// How scores at several horizons become one.
  package enum Integration: String, Sendable, CaseIterable {
    /// Each score holds until the next horizon, from 0 at time 0; divided by the last horizon. As riskRegression and pec, but for
    /// the first horizon alone, which they give a 0.
    case step
    /// Straight lines from the first horizon to the last; divided by their distance. As scikit-survival.
    case trapezoid
  }

  /// The integrated score up to each horizon; undefined where the horizons span no time.
  /// - `scores`: Ascending in time.
  package static func integrated(_ scores: [(time: Double, score: Double)], _ rule: Integration) -> [Cell] {
    var area = 0.0
    return scores.indices.map { index in
      let here = scores[index]
      if index > 0 {
        let before = scores[index - 1]
        area += (here.time - before.time) * (rule == .step ? before.score : (before.score + here.score) / 2)
      }
      let span = rule == .step ? here.time : here.time - scores[0].time
      return index > 0 && span > 0 ? .value(area / span) : .undefined("a single horizon spans no time")
    }
  }

  /// The rows' risks until any time.
  package typealias RiskCurve = (Double) throws(ModelError) -> [Double]

  /// At most so many times of events are integrated over, evenly chosen among them.
  private static let mostSteps = 200

  /// The integrated scores of risks known at any time, and of the share of all rows, from 0 to a horizon: each holds from one time
  /// of events to the next; divided by the horizon.
  /// - Throws: `ModelError` for a horizon that no row is seen to, or where weights are not known.
  package static func integrated(
    _ times: SurvivalTimes, to horizon: Double, censoring: CensoringWeights?, _ risks: RiskCurve
  )
    throws(ModelError) -> (score: Double, null: Double)
  {
    let curve = KaplanMeier(times), weights = if let censoring { censoring } else { try CensoringWeights(times) }
    try requireFollowUp(curve, to: horizon)
    let all = curve.times.indices.filter { curve.events[$0] > 0 && curve.times[$0] <= horizon }
    let chosen = all.count <= mostSteps ? all : (0..<mostSteps).map { all[$0 * all.count / mostSteps] }
    var sums = (score: 0.0, null: 0.0)
    for (place, step) in chosen.enumerated() {
      let time = curve.times[step], share = 1 - curve.survival[step]
      let rows = try HorizonRows(times, time, weights)
      let span = (place + 1 < chosen.count ? curve.times[chosen[place + 1]] : horizon) - time
      sums.score += span * mean(errors(try risks(time), rows))
      sums.null += span * mean(errors(times.stop.map { _ in share }, rows))
    }
    return (sums.score / horizon, sums.null / horizon)
  }

  /// Scores at several horizons with those of the null model and the integrated ones; reasons where there is none.
  /// - `risks`: For each horizon the rows' risks.
  /// - `horizons`: Ascending.
  package static func statistics(
    _ times: SurvivalTimes, risks: [[Double]], at horizons: [Double], censoring: CensoringWeights? = nil,
    _ rule: Integration = .step, clusters: [Int]? = nil, alpha: Double = 0.05
  ) -> [Statistic] {
    statistics(times, risks, horizons, censoring, rule, clusters, nil, alpha: alpha)
  }

  /// - `curve`: The rows' risks until any time, over which scores are then integrated instead.
  /// - `kinds`: Which event ended each row, as `init` has it.
  package static func statistics(
    _ times: SurvivalTimes, _ risks: [[Double]], _ horizons: [Double], _ censoring: CensoringWeights?,
    _ rule: Integration, _ clusters: [Int]?, _ curve: RiskCurve?, kinds: [Int]? = nil, alpha: Double
  ) -> [Statistic] {
    precondition(risks.count == horizons.count, "risks for each horizon")
    var columns = [[Cell]](repeating: [], count: 6)
    for (risk, horizon) in zip(risks, horizons) {
      do throws(ModelError) {
        let brier = try SurvivalBrier(
          times, risk: risk, at: horizon, censoring: censoring, clusters: clusters, kinds: kinds)
        let null = try Self.null(times, at: horizon, censoring: censoring, kinds: kinds)
        let scaled = Cell(1 - brier.score / null.score, orUndefined: "the null model has no error")
        let own = [.value(brier.score), brier.error] + shareLimits(brier.score, brier.error, alpha: alpha)
        for (column, cell) in (own + [.value(null.score), scaled]).enumerated() {
          columns[column].append(cell)
        }
      } catch {
        for column in columns.indices { columns[column].append(.undefined(Reason(error.description))) }
      }
    }
    func integral(_ cells: [Cell]) -> [Cell] {
      let known = zip(horizons, cells).prefix { $0.1.value != nil }.map { (time: $0.0, score: $0.1.value!) }
      return integrated(known, rule)
        + cells.dropFirst(known.count).map { _ in .undefined("at a horizon there is no score") }
    }
    var integrals = [integral(columns[0]), integral(columns[4])], grid = "the horizons"
    if let curve {
      grid = "the times of events"
      integrals = [[], []]
      for horizon in horizons {
        do throws(ModelError) {
          let result = try integrated(times, to: horizon, censoring: censoring, curve)
          integrals[0].append(.value(result.score))
          integrals[1].append(.value(result.null))
        } catch {
          for place in 0..<2 { integrals[place].append(.undefined(Reason(error.description))) }
        }
      }
    }
    return [
      Statistic("times", horizons.map { .value($0) }), Statistic("brier", columns[0], "mean squared error"),
      Statistic("brier_se", columns[1]), Statistic("brier_lower", columns[2]), Statistic("brier_upper", columns[3]),
      Statistic("brier_null", columns[4], "of the share of all rows"),
      Statistic("brier_scaled", columns[5], "1 is perfect, 0 as good as the share of all rows"),
      Statistic("ibs", integrals[0], "integrated over \(grid) up to each horizon"),
      Statistic("ibs_null", integrals[1]),
    ]
  }
}

extension SurvivalBrier: Documented {
  package static let name = "brier-t"
  package static let summary =
    "The mean squared error of a predicted risk of the event by a horizon, weighted for censoring."
  package static let definition =
    "mean of [event by t] (1 − p)² / G(tᵢ−) + [seen beyond t] p² / G(t); integrated over time where a model "
    + "predicts at any time"
  package static let limits = "Depends on how common the event is: compare with the score of the curve of all."
  package static let reference = "Graf et al. 1999; Gerds and Schumacher 2006, doi:10.1002/bimj.200610301"
}
