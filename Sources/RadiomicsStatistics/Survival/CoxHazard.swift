import RadiomicsCore
import RadiomicsNumerics

/// What a Cox model adds to the cumulative hazard at each time of events: the base of baseline hazards and residuals. Efron's ties
/// make as many small additions as there are events, of which the events themselves bear a falling share.
struct CoxHazard: Sendable {
  /// Additions at one time, of a row with linear predictor 0.
  package struct Step: Sendable {
    /// Hazard, and what of it the time's events bear.
    var hazard = 0.0, ofEvents = 0.0
    /// Variance of the hazard.
    var variance = 0.0
    /// Mean columns of the risk set times hazard, and what of it the events bear; mean columns that an event is compared with.
    var means: [Double], meansOfEvents: [Double], expected: [Double]
  }

  let likelihood: CoxLikelihood
  /// In the order of the risk sets' steps.
  private(set) var steps: [Step]
  /// exp(linear predictor) of the rows, in the order of the risk sets.
  let risks: [Double]
  /// Sums of the additions from a stratum's first time to each step; the steps of a stratum are a range, latest first.
  private var sums: [Step] = []
  private let ranges: [Int: Range<Int>]

  init(_ likelihood: CoxLikelihood, _ coefficients: [Double]) {
    let p = likelihood.columns, zeros = [Double](repeating: 0, count: p)
    let predictors = likelihood.predictors(coefficients)
    var steps = [Step](
      repeating: Step(means: zeros, meansOfEvents: zeros, expected: zeros), count: likelihood.sets.steps.count)
    likelihood.walk(predictors) { index, share, weight, risk, tied in
      let zero = risk.zero - share * tied.zero, hazard = weight / zero
      let visits = likelihood.ties == .efron ? Double(likelihood.sets.steps[index].events) : 1
      steps[index].hazard += hazard
      steps[index].ofEvents += (1 - share) * hazard
      steps[index].variance += hazard / zero
      for j in 0..<p {
        let mean = (risk.one[j] - share * tied.one[j]) / zero
        steps[index].means[j] += mean * hazard
        steps[index].meansOfEvents[j] += (1 - share) * mean * hazard
        steps[index].expected[j] += mean / visits
      }
    }
    self.likelihood = likelihood
    self.steps = steps
    risks = predictors.map { exp($0) }
    var ranges: [Int: Range<Int>] = [:], begin = 0
    for (index, step) in likelihood.sets.steps.enumerated() {
      if step.stratum != likelihood.sets.steps[begin].stratum { begin = index }
      ranges[step.stratum] = begin..<index + 1
    }
    self.ranges = ranges
    sums = steps
    for index in steps.indices.reversed() {
      let stratum = likelihood.sets.steps[index].stratum
      guard index + 1 < steps.count, likelihood.sets.steps[index + 1].stratum == stratum else { continue }
      sums[index].hazard += sums[index + 1].hazard
      sums[index].variance += sums[index + 1].variance
      for j in 0..<p { sums[index].means[j] += sums[index + 1].means[j] }
    }
  }

  /// The latest step of a stratum whose time is at or before `time`; nil before the first event.
  func step(_ stratum: Int, at time: Double) -> Int? {
    guard let range = ranges[stratum] else { return nil }
    var low = range.lowerBound, high = range.upperBound
    while low < high {
      let middle = (low + high) / 2
      if likelihood.sets.steps[middle].time <= time { high = middle } else { low = middle + 1 }
    }
    return low < range.upperBound ? low : nil
  }

  /// Hazard, its variance, and mean columns times hazard of a row with linear predictor 0 up to a time.
  func sum(_ stratum: Int, to time: Double) -> (hazard: Double, variance: Double, means: [Double]) {
    guard let step = step(stratum, at: time) else {
      return (0, 0, [Double](repeating: 0, count: likelihood.columns))
    }
    return (sums[step].hazard, sums[step].variance, sums[step].means)
  }

  /// What a row at `place` bore while it was at risk: hazard, and mean columns times hazard.
  private func borne(_ place: Int, _ stratum: Int, _ start: Double, _ stop: Double, isEvent: Bool) -> (
    hazard: Double, means: [Double]
  ) {
    var (hazard, _, means) = sum(stratum, to: stop)
    if start.isFinite {
      let before = sum(stratum, to: start)
      hazard -= before.hazard
      for j in means.indices { means[j] -= before.means[j] }
    }
    if isEvent, let step = step(stratum, at: stop) {
      hazard += steps[step].ofEvents - steps[step].hazard
      for j in means.indices { means[j] += steps[step].meansOfEvents[j] - steps[step].means[j] }
    }
    return (hazard, means)
  }

  /// Observed less expected events of each row; 0 for rows of weight 0.
  func martingale(_ times: SurvivalTimes, _ strata: [Int]) -> [Double] {
    var result = [Double](repeating: 0, count: times.count)
    for (place, row) in likelihood.sets.rows.enumerated() {
      let borne = borne(place, strata[row], times.start[row], times.stop[row], isEvent: times.isEvent[row])
      result[row] = (times.isEvent[row] ? 1 : 0) - risks[place] * borne.hazard
    }
    return result
  }

  /// Each row's part of the score, rows by columns of the likelihood's design, not weighted; 0 for rows of weight 0.
  func scores(_ times: SurvivalTimes, _ strata: [Int]) -> Matrix {
    let p = likelihood.columns
    var result = Matrix(rows: times.count, columns: p)
    for (place, row) in likelihood.sets.rows.enumerated() {
      let isEvent = times.isEvent[row]
      let borne = borne(place, strata[row], times.start[row], times.stop[row], isEvent: isEvent)
      let expected = isEvent ? step(strata[row], at: times.stop[row]).map { steps[$0].expected } : nil
      for j in 0..<p {
        let x = likelihood.design[place * p + j]
        result[row, j] = (expected.map { x - $0[j] } ?? 0) - risks[place] * (x * borne.hazard - borne.means[j])
      }
    }
    return result
  }
}
