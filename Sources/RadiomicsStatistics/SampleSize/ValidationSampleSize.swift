import RadiomicsCore
import RadiomicsNumerics

/// How many patients the external validation of a prediction model needs at least, so that its performance is known to so much.
/// Riley et al. 2021, doi:10.1002/sim.9025 (binary; the numbers are those of the R package pmvalsampsize, its simulated ones by
/// integration); Archer et al. 2021, doi:10.1002/sim.8766 (continuous); Riley et al. 2022, doi:10.1002/sim.9275 (survival).
package struct ValidationSampleSize: Sendable, Hashable {
  /// A measure of performance that must be known well enough.
  package struct Criterion: Sendable, Hashable {
    /// The word for it in files, and for people.
    package let name: String, meaning: String
    /// The smallest number of patients with which it is.
    package let size: Int
    /// What is expected of it, its standard error then, and the width of its 95 % limits that is asked for.
    package let value: Double, error: Double, width: Double
  }

  /// All of them.
  package let criteria: [Criterion]
  /// Share of patients with the event; nil for a continuous outcome.
  package let prevalence: Double?
  /// Enough for all criteria.
  package var size: Int { criteria.map(\.size).max() ?? 0 }
  /// Events in so many patients.
  package var events: Double? { prevalence.map { $0 * Double(size) } }

  /// What is expected of a binary outcome's model, and how wide 95 % limits may be.
  package struct Binary: Sendable, Hashable {
    /// Share of patients with the event, and the C statistic.
    package var prevalence: Double, concordance: Double
    /// How linear predictors will be distributed.
    package var predictors: LinearPredictors
    /// Observed over expected events, and the calibration slope.
    package var observedOverExpected = 1.0, slope = 1.0
    /// Widths of limits.
    package var ratioWidth = 0.2, slopeWidth = 0.2, concordanceWidth = 0.1, benefitWidth = 0.2
    /// The risk above which patients would be treated, for the net benefit; nil without it.
    package var threshold: Double?

    package init(prevalence: Double, concordance: Double, predictors: LinearPredictors) {
      (self.prevalence, self.concordance, self.predictors) = (prevalence, concordance, predictors)
    }
  }

  /// - Throws: `ModelError` for more patients than any study has.
  static func ceiling(_ size: Double, _ what: String) throws(ModelError) -> Int {
    guard size <= Double(DevelopmentSampleSize.most) else {
      throw ModelError.at(what, "needs more than \(DevelopmentSampleSize.most) patients. Ask for wider limits.")
    }
    return Int(size.rounded(.up))
  }

  /// - Throws: `ModelError` for a number out of its range.
  package static func binary(_ plan: Binary) throws(ModelError) -> ValidationSampleSize {
    guard plan.prevalence > 0, plan.prevalence < 1 else {
      throw ModelError.value("prevalence", plan.prevalence, must: "above 0 and below 1")
    }
    guard plan.concordance > 0.5, plan.concordance < 1 else {
      throw ModelError.value("C statistic", plan.concordance, must: "above 0.5 and below 1")
    }
    for (name, value) in [
      ("observed over expected", plan.observedOverExpected), ("width of observed over expected", plan.ratioWidth),
      ("width of the slope", plan.slopeWidth), ("width of the C statistic", plan.concordanceWidth),
      ("width of the net benefit", plan.benefitWidth),
    ] where !(value > 0 && value <= 100) {
      throw ModelError.value(name, value, must: "above 0 and at most 100")
    }
    if case .normal(let mean, let sd) = plan.predictors, !(abs(mean) <= 50 && sd > 0 && sd <= 50) {
      throw ModelError.at(
        "linear predictors",
        "have mean \(numberText(mean)) and SD \(numberText(sd)), must have log odds from −50 to 50 and an SD above 0, at most 50."
      )
    }
    if case .beta(let a, let b) = plan.predictors, !(a >= 0.01 && b >= 0.01 && a <= 1e9 && b <= 1e9) {
      throw ModelError.at(
        "probabilities", "have shapes \(numberText(a)) and \(numberText(b)), must have two from 0.01 to 10⁹.")
    }
    let benefit = try plan.threshold.map { (threshold) throws(ModelError) in try netBenefit(plan, threshold) }
    return ValidationSampleSize(
      criteria: [try ratio(plan), try slope(plan), try concordance(plan)] + [benefit].compactMap { $0 },
      prevalence: plan.prevalence)
  }

  /// The standard error in steps of 0.0001 with which limits become as wide, as pmvalsampsize finds it.
  private static func error(_ width: Double, _ widthOf: (Double) -> Double) -> Double {
    var steps = 1
    while widthOf(Double(steps) * 1e-4) < width { steps += 1 }
    return Double(steps) * 1e-4
  }

  /// n = (1 − φ) / (φ SE²) of the logarithm of observed over expected events.
  private static func ratio(_ plan: Binary) throws(ModelError) -> Criterion {
    let expected = plan.observedOverExpected
    let error = error(plan.ratioWidth) { expected * 2 * sinh(1.96 * $0) }
    return Criterion(
      name: "oe", meaning: "observed over expected events",
      size: try ceiling((1 - plan.prevalence) / (plan.prevalence * error * error), "observed over expected"),
      value: expected, error: error, width: plan.ratioWidth)
  }

  /// n = I₀₀ / (SE² (I₀₀ I₁₁ − I₀₁²)), of the information on intercept and slope in one patient.
  private static func slope(_ plan: Binary) throws(ModelError) -> Criterion {
    func mean(_ power: (Double) -> Double) -> Double {
      plan.predictors.mean { lp in
        let p = expit(lp)
        return power(lp) * p * (1 - p)
      }
    }
    let a = mean { _ in 1 }, b = mean { $0 }, c = mean { $0 * $0 }, error = plan.slopeWidth / (2 * 1.96)
    guard a * c > b * b else {
      throw ModelError.at("linear predictors", "leave no risk between 0 and 1 or do not vary, must do for a slope.")
    }
    return Criterion(
      name: "c_slope", meaning: "calibration slope",
      size: try ceiling(a / (error * error * (a * c - b * b)), "calibration slope"),
      value: plan.slope, error: error, width: plan.slopeWidth)
  }

  /// The smallest n with Newcombe's standard error of C. Newcombe 2006, doi:10.1002/sim.2324.
  private static func concordance(_ plan: Binary) throws(ModelError) -> Criterion {
    let c = plan.concordance, phi = plan.prevalence
    func error(_ n: Int) -> Double {
      let n = Double(n), half = n / 2 - 1
      let sum = 1 + half * (1 - c) / (2 - c) + half * c / (1 + c)
      return (c * (1 - c) * sum / (n * n * phi * (1 - phi))).squareRoot()
    }
    func isEnough(_ n: Int) -> Bool { 2 * 1.96 * error(n) <= plan.concordanceWidth }
    var enough = 1
    while !isEnough(enough) {
      enough *= 2
      _ = try ceiling(Double(enough) / 2, "C statistic")
    }
    var few = enough / 2
    while enough - few > 1 {
      let middle = (enough + few) / 2
      if isEnough(middle) { enough = middle } else { few = middle }
    }
    return Criterion(
      name: "c_statistic", meaning: "C statistic", size: enough, value: c, error: error(enough),
      width: plan.concordanceWidth)
  }

  /// Of the net benefit over the prevalence, at a threshold, of calibrated predictions.
  private static func netBenefit(_ plan: Binary, _ threshold: Double) throws(ModelError) -> Criterion {
    guard threshold > 0, threshold < 1 else {
      throw ModelError.value("threshold", threshold, must: "above 0 and below 1")
    }
    let phi = plan.prevalence, predictors = plan.predictors
    func share(_ weight: (Double) -> Double, above: Double) -> Double {
      predictors.mean {
        let p = expit($0); return p > above ? weight(p) : 0
      }
    }
    let events = share({ $0 }, above: 0), sensitivity = share({ $0 }, above: threshold) / events
    let specificity = 1 - share({ 1 - $0 }, above: threshold) / (1 - events)
    let odds = threshold / (1 - threshold), w = (1 - phi) / phi * odds
    // In steps of 0.001, as pmvalsampsize rounds it; of narrow limits that would be a large part.
    let fine = Self.error(plan.benefitWidth) { 2 * 1.96 * $0 }
    let error = fine < 0.01 ? fine : (fine * 1000).rounded() / 1000
    let variance =
      sensitivity * (1 - sensitivity) / phi + w * w * specificity * (1 - specificity) / (1 - phi)
      + w * w * (1 - specificity) * (1 - specificity) / (phi * (1 - phi))
    return Criterion(
      name: "standardised_net_benefit", meaning: "net benefit over the prevalence at \(shortText(threshold))",
      size: try ceiling(variance / (error * error), "net benefit"), value: sensitivity - (1 - specificity) * w,
      error: error,
      width: plan.benefitWidth)
  }

  /// - `rSquared`: That is expected in the validation, and the calibration slope.
  /// - `sd`: Of the outcome.
  /// - `rSquaredWidth`: Width of the 95 % limits of R², of the slope, and of the mean difference from predictions in the outcome's unit.
  /// - Throws: `ModelError` for a number out of its range.
  package static func continuous(
    rSquared: Double, slope: Double = 1, sd: Double, rSquaredWidth: Double = 0.1, slopeWidth: Double = 0.2,
    differenceWidth: Double
  ) throws(ModelError) -> ValidationSampleSize {
    guard rSquared > 0, rSquared < 1 else {
      throw ModelError.value("R²", rSquared, must: "above 0 and below 1")
    }
    for (name, value) in [
      ("slope", slope), ("SD", sd), ("width of R²", rSquaredWidth), ("width of the slope", slopeWidth),
      ("width of the mean difference", differenceWidth),
    ] where !(value > 0 && value.isFinite) {
      throw ModelError.value(name, value, must: "above 0")
    }
    func error(_ width: Double) -> Double { width / (2 * 1.96) }
    let left = 1 - rSquared, first = error(rSquaredWidth), second = error(differenceWidth), third = error(slopeWidth)
    return ValidationSampleSize(
      criteria: [
        Criterion(
          name: "r2", meaning: "R²", size: try ceiling(4 * rSquared * left * left / (first * first), "R²"),
          value: rSquared,
          error: first, width: rSquaredWidth),
        Criterion(
          name: "citl", meaning: "mean difference of outcome and prediction",
          size: try ceiling(sd * sd * left / (second * second), "mean difference"), value: 0, error: second,
          width: differenceWidth),
        Criterion(
          name: "c_slope", meaning: "calibration slope",
          size: try ceiling(slope * slope * left / (third * third * rSquared), "calibration slope") + 1, value: slope,
          error: third,
          width: slopeWidth),
        Criterion(
          name: "residual_sd", meaning: "residual standard deviation, known to 10 %", size: 235,
          value: sd * left.squareRoot(), error: sd * left.squareRoot() / (2.0 * 234).squareRoot(),
          width: 0.2 * sd * left.squareRoot()),
      ], prevalence: nil)
  }
}

extension ValidationSampleSize: Documented {
  package static let name = "validation-sample-size"
  package static let summary =
    "How many patients an external validation needs, so that calibration, discrimination and net benefit "
    + "are known to so much."
  package static let definition =
    "the largest n whose 95 % limits of O/E, calibration slope, C statistic (or R²) and net benefit are "
    + "no wider than asked for"
  package static let limits =
    "Holds for predictors distributed as was said, and limits from large samples."
  package static let reference =
    "Riley et al. 2021, doi:10.1002/sim.9025; Archer et al. 2021, doi:10.1002/sim.8766; as R's "
    + "pmvalsampsize"
}
