import RadiomicsCore
import RadiomicsNumerics

extension ValidationSampleSize {
  /// What is expected of the patients in whom a model of a time until an event is validated. Riley et al. 2022, doi:10.1002/sim.9275, who
  /// simulate what follows from such assumptions; here observed over expected events and slope are integrals, and C alone is simulated.
  package struct Survival: Sendable, Hashable {
    /// Until when risks are predicted, and the share of patients with the event by then.
    package var time: Double, incidence: Double
    /// Standard deviation of linear predictors (log hazard ratios), which are normal.
    package var spread: Double
    /// Share of patients lost before `time`, as evenly as an exponential distribution has it, and until when others are seen.
    package var lost = 0.0, followUp: Double
    /// Observed over expected events by `time`; the calibration slope is 1.
    package var observedOverExpected = 1.0
    /// Widths of 95 % limits.
    package var ratioWidth = 0.2, slopeWidth = 0.2, concordanceWidth = 0.1

    package init(time: Double, incidence: Double, spread: Double, followUp: Double? = nil) {
      (self.time, self.incidence, self.spread, self.followUp) = (time, incidence, spread, followUp ?? time)
    }
  }

  /// The model: hazards λ exp(LP) that are constant in time, LP normal around 0, exponential censoring until the end of follow-up.
  /// - Throws: `ModelError` for a number out of its range.
  package static func survival(_ plan: Survival) throws(ModelError) -> ValidationSampleSize {
    try plan.check()
    let design = SurvivalDesign(plan)
    return ValidationSampleSize(
      criteria: [try ratio(plan, design), try slope(plan, design), try concordance(plan, design)],
      prevalence: design.eventShare)
  }

  /// SE² of log O = (S / (1 − S))² ∫ dΛ / (n S G), of the Kaplan–Meier estimate of S = 1 − O at the time.
  private static func ratio(_ plan: Survival, _ design: SurvivalDesign) throws(ModelError) -> Criterion {
    let survival = 1 - plan.incidence, odds = survival / plan.incidence
    let error = asinh(plan.ratioWidth / (2 * plan.observedOverExpected)) / 1.96
    let greenwood = design.integral(to: plan.time) { u in
      let s = design.mean(0, u)
      return design.rate * design.mean(1, u) / (s * s * design.isSeen(u))
    }
    return Criterion(
      name: "oe", meaning: "observed over expected events by \(shortText(plan.time))",
      size: try ceiling(odds * odds * greenwood / (error * error), "observed over expected"),
      value: plan.observedOverExpected, error: error, width: plan.ratioWidth)
  }

  /// 1 / SE² = n ∫ G λ (A₂ − A₁² / A₀) du of Cox's partial likelihood with LP as the only column; Aₖ = E LPᵏ exp(LP − λ u exp(LP)).
  private static func slope(_ plan: Survival, _ design: SurvivalDesign) throws(ModelError) -> Criterion {
    let information = design.integral(to: plan.followUp) { u in
      let zero = design.mean(1, u), one = design.mean(1, power: 1, u), two = design.mean(1, power: 2, u)
      return design.isSeen(u) * design.rate * (two - one * one / zero)
    }
    let error = plan.slopeWidth / (2 * 1.96)
    return Criterion(
      name: "c_slope", meaning: "calibration slope",
      size: try ceiling(1 / (information * error * error), "calibration slope"), value: 1, error: error,
      width: plan.slopeWidth)
  }

  /// From the standard error of Harrell's C in simulated patients, which falls with the root of their number.
  private static func concordance(_ plan: Survival, _ design: SurvivalDesign) throws(ModelError) -> Criterion {
    let count = 20_000, error = plan.concordanceWidth / (2 * 1.96)
    var generator = SeededGenerator(seed: 1), markers: [Double] = [], stop: [Double] = [], events: [Bool] = []
    for _ in 0..<count {
      let marker = plan.spread * generator.normal()
      let event = -log1p(-generator.uniform()) / (design.rate * exp(marker))
      let end = design.loss > 0 ? min(plan.followUp, -log1p(-generator.uniform()) / design.loss) : plan.followUp
      markers.append(marker)
      events.append(event <= end)
      stop.append(max(min(event, end), .leastNormalMagnitude))
    }
    guard events.contains(true) else { throw ModelError.noEvent(rows: count) }
    let found = ConcordanceIndex(markers, try SurvivalTimes(stop: stop, isEvent: events))
    let ratio = found.error / error
    return Criterion(
      name: "c_statistic", meaning: "C statistic",
      size: try ceiling(Double(count) * ratio * ratio, "C statistic"), value: found.value, error: error,
      width: plan.concordanceWidth)
  }
}

extension ValidationSampleSize.Survival {
  fileprivate func check() throws(ModelError) {
    for (name, value) in [("incidence", incidence), ("observed over expected", observedOverExpected)]
    where !(value > 0 && value < (name == "incidence" ? 1 : 100)) {
      throw ModelError.value(name, value, must: "above 0 and below \(name == "incidence" ? 1 : 100)")
    }
    guard lost >= 0, lost < 1 else { throw ModelError.value("lost", lost, must: "from 0 to below 1") }
    guard time > 0, time.isFinite else { throw ModelError.value("time", time, must: "above 0") }
    guard followUp >= time, followUp.isFinite else {
      throw ModelError.value(
        "follow-up", followUp, must: "\(numberText(time)) at least, the time for which risks are predicted")
    }
    guard spread > 0, spread <= 10 else {
      throw ModelError.value("SD of linear predictors", spread, must: "above 0 and at most 10")
    }
    for (name, value) in [
      ("width of observed over expected", ratioWidth), ("width of the slope", slopeWidth),
      ("width of the C statistic", concordanceWidth),
    ] where !(value > 0 && value <= 100) {
      throw ModelError.value(name, value, must: "above 0 and at most 100")
    }
  }
}

/// Expectations over patients and times of a design.
private struct SurvivalDesign {
  /// λ, and the hazard of being lost.
  let rate: Double, loss: Double
  private let followUp: Double
  /// Linear predictors and their weights, which sum to 1.
  private let nodes: [(predictor: Double, weight: Double)]

  init(_ plan: ValidationSampleSize.Survival) {
    // The trapezoidal rule, exact for such functions but for rounding.
    let steps = 400
    let raw = (0...steps).map { k in
      let z = 20 * Double(k) / Double(steps) - 10
      return (predictor: plan.spread * z, weight: exp(-z * z / 2))
    }
    let sum = raw.reduce(0) { $0 + $1.weight }, nodes = raw.map { (predictor: $0.predictor, weight: $0.weight / sum) }
    // The λ with which so many have the event, between bounds that it lies within.
    var low = -60 - 10 * plan.spread, high = 60 + 10 * plan.spread
    for _ in 0..<200 {
      let middle = (low + high) / 2, product = exp(middle)
      let share = nodes.reduce(0) { $0 - $1.weight * expm1(-product * exp($1.predictor)) }
      if share < plan.incidence { low = middle } else { high = middle }
    }
    (rate, loss) = (exp((low + high) / 2) / plan.time, -log1p(-plan.lost) / plan.time)
    (followUp, self.nodes) = (plan.followUp, nodes)
  }

  /// E LPᵖ exp(kLP − λu exp(LP)); of k = 0 the share without the event.
  func mean(_ k: Int, power: Int = 0, _ u: Double) -> Double {
    nodes.reduce(0) { sum, node in
      let hazard = exp(node.predictor), lp = node.predictor
      let factor = (k == 0 ? 1 : hazard) * (power == 0 ? 1 : power == 1 ? lp : lp * lp)
      return sum + node.weight * factor * exp(-rate * u * hazard)
    }
  }

  /// The share that is not lost yet.
  func isSeen(_ u: Double) -> Double { exp(-loss * u) }

  /// The share of patients whose event is seen.
  var eventShare: Double { integral(to: followUp) { rate * mean(1, $0) * isSeen($0) } }

  /// ∫ from 0, by Simpson's rule in the square root of time, as patients at high risk have their events early.
  func integral(to end: Double, _ function: (Double) -> Double) -> Double {
    let steps = 400, width = end.squareRoot() / Double(steps)
    let sum = (0...steps).reduce(0.0) { sum, k in
      let root = Double(k) * width
      return sum + (k == 0 || k == steps ? 1 : k.isMultiple(of: 2) ? 2 : 4) * 2 * root * function(root * root)
    }
    return sum * width / 3
  }
}
