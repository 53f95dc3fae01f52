import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// A number with the limits between which it lies, or why there is none.
package struct BoundedValue: Sendable, Hashable, Codable {
  package let value: Double?, lower: Double?, upper: Double?
  /// Why there is no value; nil where there is one.
  package let reason: String?

  package init(_ value: Double, _ lower: Double?, _ upper: Double?) {
    (self.value, self.lower, self.upper, reason) = (value, lower, upper, nil)
  }

  package init(undefined reason: String) { (value, lower, upper, self.reason) = (nil, nil, nil, reason) }

  /// An estimate with its 95 % limits; without limits where its error is 0, as where all pairs of rows are in order: rows then say nothing of it.
  package init(_ cell: EstimateCell) {
    switch cell {
    case .known(let estimate):
      let limits = estimate.error > 0 ? estimate.limits() : nil
      self.init(estimate.value, limits?.lowerBound, limits?.upperBound)
    case .undefined(let reason): self.init(undefined: "\(reason)")
    }
  }

  /// The mean of numbers and the middle 95 % of them.
  package init(distribution values: [Double]) {
    guard let mean = values.isEmpty ? nil : Optional(RadiomicsNumerics.mean(values)) else {
      self.init(undefined: "nothing was shuffled")
      return
    }
    let limits = percentileLimits(values, alpha: 0.05)
    self.init(mean, limits.lowerBound, limits.upperBound)
  }
}

/// How well a signature, or what stands beside it as a control, orders what came of rows, three ways.
package struct SignaturePerformance: Sendable, Hashable {
  package let withinSite: BoundedValue, pooled: BoundedValue, foldMean: BoundedValue
  /// Each site; empty where sites are not known.
  package let sites: [ThreeWays.Part]
  /// Sites of one outcome, which add nothing within site.
  package let sitesWithoutPairs: [Int]
  /// The share of variance explained; nil unless the outcome is a number.
  package let explained: Explained?

  init(_ ways: ThreeWays) {
    (withinSite, pooled, foldMean) = (
      BoundedValue(ways.withinSite), BoundedValue(ways.pooled), BoundedValue(ways.foldMean)
    )
    (sites, sitesWithoutPairs, explained) = (ways.sites, ways.sitesWithoutPairs, ways.explained)
  }

  init(withinSite: BoundedValue, pooled: BoundedValue, foldMean: BoundedValue) {
    (self.withinSite, self.pooled, self.foldMean) = (withinSite, pooled, foldMean)
    (sites, sitesWithoutPairs, explained) = ([], [], nil)
  }

  /// The value that stands first: within site, or pooled where sites are not known or have no pairs.
  package var first: BoundedValue { withinSite.value == nil ? pooled : withinSite }
}

extension Outcome {
  /// As performance is judged.
  package var observed: ObservedOutcome {
    switch self {
    case .binary(let events): .events(events)
    case .survival(let times): .times(times)
    case .competing(let times): .competing(times)
    case .number(let values): .numbers(values)
    }
  }

  /// Whether it is a number.
  package var isNumber: Bool { if case .number = self { true } else { false } }

  /// What is measured of predictions, as people call it.
  package var measure: String {
    switch self {
    case .binary: "AUC"
    case .survival, .competing: "C"
    case .number: "concordance"
    }
  }
}

extension HeldOutPredictions {
  /// Rows that were held out in a turn.
  package func rows(_ turn: Int) -> [Int] { values[turn].indices.filter { values[turn][$0] != nil } }

  /// Three ways, the mean over turns.
  /// - `other`: Other linear predictors of the same rows, in place of these.
  package func performance(
    _ rows: StudyRows, of other: [[Double?]]? = nil
  ) throws(ModelError) -> SignaturePerformance {
    let values = other ?? self.values
    var turns: [ThreeWays] = []
    for turn in values.indices {
      let held = self.rows(turn), own = rows.rows(held)
      turns.append(
        try ThreeWays(
          held.map { values[turn][$0]! }, own.observed, folds: held.map { parts[turn][$0]! },
          sites: own.sites?.codes, patients: own.patients))
    }
    return SignaturePerformance(ThreeWays.averaged(turns))
  }

  /// The mean over turns of each row's prediction; nil of rows that were never held out, or without a horizon.
  package var means: [Double?] {
    (predictions.first ?? []).indices.map { row in
      let known = predictions.compactMap { $0[row] }
      return known.isEmpty ? nil : mean(known)
    }
  }
}

/// The .632+ estimate of a share of pairs in the right order, of samples with replacement: the mean of patients not drawn, drawn to the
/// apparent value as far as the model does not overfit. Efron and Tibshirani 1997, doi:10.1080/01621459.1997.10474007, with 1 − C as
/// the error and ½ as that without information.
package func estimate632plus(apparent: Double, heldOut: Double) -> Double {
  let training = 1 - apparent, held = min(1 - heldOut, 0.5)
  let overfitting = held > training && training < 0.5 ? (held - training) / (0.5 - training) : 0
  let weight = 0.632 / (1 - 0.368 * overfitting)
  return 1 - ((1 - weight) * training + weight * held)
}
