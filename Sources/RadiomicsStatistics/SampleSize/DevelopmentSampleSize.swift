import RadiomicsCore
import RadiomicsNumerics

/// How many patients the development of a prediction model needs at least, so that it does not overfit and its overall risk is known.
/// Riley et al. 2019, doi:10.1002/sim.7993 (continuous) and doi:10.1002/sim.7992 (binary, survival); 2020, doi:10.1136/bmj.m441.
/// The numbers are those of the R package pmsampsize.
package struct DevelopmentSampleSize: Sendable, Hashable {
  /// One thing that must be precise enough.
  package struct Criterion: Sendable, Hashable {
    /// The word for it in files, and for people.
    package let name: String, meaning: String
    /// The smallest number of patients with which it is.
    package let size: Int
    /// By what factor coefficients then shrink; nil where it is not the criterion's concern.
    package let shrinkage: Double
  }

  /// All of them.
  package let criteria: [Criterion]
  /// Coefficients that are candidates.
  package let parameters: Int
  /// The R² that is expected, Cox and Snell's of binary and survival outcomes, and the largest that there can be (1 for continuous).
  package let rSquared: Double, largestRSquared: Double
  /// Events in a patient, on average; nil for a continuous outcome.
  package let eventsPerPatient: Double?
  /// The overall risk at the time, or the mean, with its 95 % limits at this size.
  package let overall: Overall?

  /// What the model predicts on average, as it will be known.
  package struct Overall: Sendable, Hashable {
    package let value: Double, lower: Double, upper: Double
  }

  /// Enough for all criteria.
  package var size: Int { criteria.map(\.size).max() ?? 0 }
  /// Events in so many patients.
  package var events: Double? { eventsPerPatient.map { $0 * Double(size) } }
  /// Events, or patients, per candidate parameter.
  package func perParameter(_ size: Int) -> Double { Double(size) * (eventsPerPatient ?? 1) / Double(parameters) }

  /// More is no study.
  static let most = 100_000_000

  /// Smallest n with which coefficients shrink by no more than `shrinkage`: p / ((S − 1) ln(1 − R² / S)).
  private static func size(
    _ parameters: Int, rSquared: Double, shrinkage: Double, largest: Double
  ) throws(ModelError) -> Int {
    let size = Double(parameters) / ((shrinkage - 1) * log(1 - rSquared / shrinkage))
    guard size < Double(most) else {
      throw ModelError.at(
        "R²",
        "is \(numberText(rSquared)), which needs more than \(most) patients. Expect more of the model, or none of it.")
    }
    return Int(size.rounded(.up))
  }

  /// The smallest size from a start on that is enough, where all above it are: steps of doubled length, then halves.
  private static func smallest(
    from start: Int, _ what: String, _ isEnough: (Int) -> Bool
  ) throws(ModelError) -> Int {
    if isEnough(start) { return start }
    var few = start, step = 1
    while !isEnough(few + step) {
      few += step
      step *= 2
      guard few < most else {
        throw ModelError.at(what, "needs more than \(most) patients. Expect more of the model, or ask for less.")
      }
    }
    var enough = few + step
    while enough - few > 1 {
      let middle = (few + enough) / 2
      if isEnough(middle) { enough = middle } else { few = middle }
    }
    return enough
  }

  private static func check(_ parameters: Int, _ rSquared: Double, _ shrinkage: Double) throws(ModelError) {
    guard (1...1_000_000).contains(parameters) else {
      throw ModelError.at("parameters", "is \(parameters), must be at least 1, and at most 1000000.")
    }
    guard shrinkage > 0, shrinkage < 1 else {
      throw ModelError.value("shrinkage", shrinkage, must: "above 0 and below 1, such as 0.9")
    }
    guard rSquared > 0, rSquared < 1 else {
      throw ModelError.value("R²", rSquared, must: "above 0 and below 1")
    }
  }

  /// The criteria that binary and survival outcomes share: shrinkage, and a difference of 0.05 between Nagelkerke's apparent and
  /// adjusted R².
  private static func overfitting(
    _ parameters: Int, _ rSquared: Double, _ shrinkage: Double, largest: Double
  ) throws(ModelError) -> [Criterion] {
    try check(parameters, rSquared, shrinkage)
    guard rSquared < largest else {
      throw ModelError.at(
        "R²",
        "is \(numberText(rSquared)), must be below \(shortText(largest)), the largest that Cox and Snell's can be here. "
          + "Nagelkerke's R² is another one.")
    }
    guard rSquared < shrinkage else {
      throw ModelError.at(
        "R²",
        "is \(numberText(rSquared)), must be below the shrinkage, \(numberText(shrinkage)). Ask for less shrinkage.")
    }
    let second = rSquared / (rSquared + 0.05 * largest)
    return [
      Criterion(
        name: "shrinkage", meaning: "coefficients shrink by a factor of \(shortText(shrinkage)) at least",
        size: try size(parameters, rSquared: rSquared, shrinkage: shrinkage, largest: largest), shrinkage: shrinkage),
      Criterion(
        name: "optimism", meaning: "Nagelkerke's R² is too large by 0.05 at most",
        size: try size(parameters, rSquared: rSquared, shrinkage: second, largest: largest), shrinkage: second),
    ]
  }

  /// The largest R² of Cox and Snell that a model of a binary outcome can have: 1 − (φ^φ (1 − φ)^(1 − φ))².
  package static func largestRSquared(prevalence: Double) -> Double {
    -expm1(2 * (prevalence * log(prevalence) + (1 - prevalence) * log1p(-prevalence)))
  }

  /// - `rSquared`: Cox and Snell's, adjusted for optimism.
  /// - `prevalence`: The share of patients with the event.
  /// - `shrinkage`: By what factor coefficients may shrink; nearer to 1 is stricter.
  /// - Throws: `ModelError` for a number out of its range, or an R² that cannot be.
  package static func binary(
    parameters: Int, rSquared: Double, prevalence: Double, shrinkage: Double = 0.9
  ) throws(ModelError) -> DevelopmentSampleSize {
    guard prevalence > 0, prevalence < 1 else {
      throw ModelError.value("prevalence", prevalence, must: "above 0 and below 1")
    }
    let largest = largestRSquared(prevalence: prevalence)
    let first = try overfitting(parameters, rSquared, shrinkage, largest: largest)
    let variance = prevalence * (1 - prevalence), margin = 1.96 / 0.05
    let risk = Criterion(
      name: "overall_risk", meaning: "the overall risk is known to ± 0.05",
      size: Int((margin * margin * variance).rounded(.up)), shrinkage: max(first[1].shrinkage, shrinkage))
    let criteria = first + [risk], n = Double(criteria.map(\.size).max() ?? 1), off = 1.96 * (variance / n).squareRoot()
    return DevelopmentSampleSize(
      criteria: criteria, parameters: parameters, rSquared: rSquared, largestRSquared: largest,
      eventsPerPatient: prevalence,
      overall: Overall(value: prevalence, lower: max(0, prevalence - off), upper: min(1, prevalence + off)))
  }

  /// The largest R² of Cox and Snell that a model of a survival outcome can have, of an exponential null model: E (ln(E / n) − 1) is
  /// its log likelihood. The number of events is rounded up in 10,000 patients, as pmsampsize has it.
  package static func largestRSquared(rate: Double, meanFollowUp: Double) -> Double {
    let patients = 10_000.0, events = (rate * meanFollowUp * patients).rounded(.up)
    return -expm1(2 * (events * log(events / patients) - events) / patients)
  }

  /// - `rSquared`: Cox and Snell's, adjusted for optimism.
  /// - `rate`: Events per unit of follow-up.
  /// - `time`: For which risks are predicted, in the unit of follow-up.
  /// - `meanFollowUp`: Per patient.
  /// - `shrinkage`: By what factor coefficients may shrink.
  /// - Throws: `ModelError` for a number out of its range, or an R² that cannot be.
  package static func survival(
    parameters: Int, rSquared: Double, rate: Double, time: Double, meanFollowUp: Double, shrinkage: Double = 0.9
  ) throws(ModelError) -> DevelopmentSampleSize {
    for (name, value) in [("rate", rate), ("time point", time), ("mean follow-up", meanFollowUp)]
    where !(value > 0 && value.isFinite) {
      throw ModelError.value(name, value, must: "above 0")
    }
    let largest = largestRSquared(rate: rate, meanFollowUp: meanFollowUp)
    let first = try overfitting(parameters, rSquared, shrinkage, largest: largest)
    func risk(_ rate: Double) -> Double { -expm1(-rate * time) }
    func limits(_ n: Int) -> Overall {
      let off = 1.96 * (rate / (Double(n) * meanFollowUp)).squareRoot()
      return Overall(value: risk(rate), lower: risk(rate - off), upper: risk(rate + off))
    }
    // The upper limit is the further one from the risk where risks are small, the lower where they are large.
    func margin(_ n: Int) -> Double { max(limits(n).upper - risk(rate), risk(rate) - limits(n).lower) }
    let known = try smallest(from: max(first[0].size, first[1].size), "overall risk") { margin($0) <= 0.05 }
    let third = Criterion(
      name: "overall_risk", meaning: "the overall risk at the time is known to ± 0.05", size: known,
      shrinkage: max(first[1].shrinkage, shrinkage))
    return DevelopmentSampleSize(
      criteria: first + [third], parameters: parameters, rSquared: rSquared, largestRSquared: largest,
      eventsPerPatient: rate * meanFollowUp, overall: limits(known))
  }

  /// - `rSquared`: Adjusted for optimism.
  /// - `mean`: Of the outcome, and its standard deviation `sd`.
  /// - `shrinkage`: By what factor coefficients may shrink.
  /// - `margin`: By what factor the upper limit of the mean may lie above it.
  /// - Throws: `ModelError` for a number out of its range.
  package static func continuous(
    parameters: Int, rSquared: Double, mean: Double, sd: Double, shrinkage: Double = 0.9, margin: Double = 1.1
  ) throws(ModelError) -> DevelopmentSampleSize {
    try check(parameters, rSquared, shrinkage)
    guard sd > 0, sd.isFinite else { throw ModelError.value("SD", sd, must: "above 0") }
    guard mean != 0, mean.isFinite else {
      throw ModelError.value("mean", mean, must: "a number that is not 0, as its margin is a factor")
    }
    guard margin > 1, margin.isFinite else {
      throw ModelError.value("margin", margin, must: "above 1, such as 1.1")
    }
    let p = Double(parameters)
    func shrinks(_ n: Int) -> Double {
      let n = Double(n), apparent = (rSquared * (n - p - 1) + p) / (n - 1)
      return 1 + (p - 2) / (n * log(1 - apparent))
    }
    let first = try smallest(from: parameters + 2, "R²") { shrinks($0) >= shrinkage }
    let second = Int((1 + p * (1 - rSquared) / 0.05).rounded(.up)), third = 234 + parameters
    func off(_ n: Int) -> Double {
      (sd * sd * (1 - rSquared) / Double(n)).squareRoot() * StudentT(Double(n - parameters - 1)).critical(0.05)
    }
    let fourth = try smallest(from: max(first, second, third), "mean") { off($0) <= (margin - 1) * abs(mean) }
    let criteria = [
      ("shrinkage", "coefficients shrink by a factor of \(shortText(shrinkage)) at least", first),
      ("optimism", "R² is too large by 0.05 at most", second),
      ("residual_sd", "the residual standard deviation is known to 10 %", third),
      ("mean", "the mean is known by a factor of \(shortText(margin))", fourth),
    ].map { Criterion(name: $0, meaning: $1, size: $2, shrinkage: shrinks($2)) }
    return DevelopmentSampleSize(
      criteria: criteria, parameters: parameters, rSquared: rSquared, largestRSquared: 1, eventsPerPatient: nil,
      overall: Overall(value: mean, lower: mean - off(fourth), upper: mean + off(fourth)))
  }
}

extension DevelopmentSampleSize: Documented {
  package static let name = "sample-size"
  package static let summary =
    "How many patients the development of a prediction model needs, so that it does not overfit and its "
    + "overall risk is known."
  package static let definition =
    "the largest n of the criteria; for shrinkage S of p candidate parameters n = p / ((S − 1) ln(1 − R² "
    + "/ S))"
  package static let limits =
    "A lower bound: columns that selection looks at count as candidates, and selection, missing values "
    + "and tuning need more. The expected R² must come from elsewhere. For a validation see "
    + "validation-sample-size."
  package static let reference =
    "Riley et al. 2019, doi:10.1002/sim.7992 and doi:10.1002/sim.7993; 2020, doi:10.1136/bmj.m441; as R's "
    + "pmsampsize"
}
