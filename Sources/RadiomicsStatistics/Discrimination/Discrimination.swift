import RadiomicsCore
import RadiomicsNumerics

/// How well predictions order what came of rows: the share of comparable pairs in the right order, ties counting one half. Of events
/// the area under the curve with DeLong's variance, of times Harrell's C, of competing events that of Wolbers, of numbers Harrell's over all pairs
/// that differ, all three with the variance of the infinitesimal jackknife. O(n log n).
struct Discrimination: Sendable {
  private enum Kind {
    case area(ROC)
    /// By how much each row, or patient, changes it.
    case index([Double])
  }

  private let kind: Kind
  /// The share.
  let value: Double
  /// Number of pairs that can be compared, above 0.
  let pairs: Double
  /// Its variance; nil where the rows say nothing of it, as with a single event.
  private let variance: Double?
  /// The least number of patients from whom the share has its randomness.
  private let least: Double

  /// Nil where no two rows can be compared.
  init?(_ predictions: [Double], _ outcome: ObservedOutcome, patients: [Int]?) {
    if case .events(let isEvent) = outcome {
      guard let roc = try? ROC(predictions, isEvent, clusters: patients) else { return nil }
      (kind, value, pairs) = (.area(roc), roc.auc, Double(roc.positives) * Double(roc.negatives))
      variance = roc.variance.isFinite ? roc.variance : nil
      least =
        roc.patients.map { min($0.patients.events, $0.patients.others) } ?? Double(min(roc.positives, roc.negatives))
      return
    }
    let found: (value: Double, pairs: Double, influence: [Double])
    if case .competing(let times) = outcome {
      let own = CompetingConcordance(predictions, times, clusters: patients)
      found = (own.value, own.concordant + own.discordant + own.tiedRisk, own.influence)
    } else {
      let own = ConcordanceIndex(predictions, outcome.comparable, clusters: patients)
      found = (own.value, own.concordant + own.discordant + own.tiedRisk, own.influence)
    }
    guard found.value.isFinite else { return nil }
    (kind, value, pairs) = (.index(found.influence), found.value, found.pairs)
    var independent = patients.patients(predictions.count) / 2
    if let events = outcome.eventRows { independent = patients.rows(events).patients(events.count) }
    least = Double(max(1, independent))
    variance = independent > 1 ? pairwiseSum(found.influence) { $0 * $0 } : nil
  }

  /// Its variance. Where the rows say nothing of it, the largest that a share can have which is `share` in truth, divided by the number of
  /// patients from whom it has its randomness. Birnbaum and Klose 1957, doi:10.1214/aoms/1177706882.
  func variance(around share: Double) -> Double { variance ?? share * (1 - share) / least }

  /// The share less that of another prediction of the same rows.
  func difference(from other: Discrimination) -> Estimate {
    switch (kind, other.kind) {
    case (.area(let own), .area(let other)): own.difference(from: other)
    case (.index(let own), .index(let others)):
      Estimate(
        value - other.value,
        error: pairwiseSum(own.count) { (own[$0] - others[$0]) * (own[$0] - others[$0]) }.squareRoot())
    default: Estimate(value - other.value, error: .nan)
    }
  }

  /// The covariance with the share in other rows, some of which may be of the same patients, as told by `clusters` of both.
  func covariance(acrossRows other: Discrimination) -> Double {
    switch (kind, other.kind) {
    case (.area(let own), .area(let other)):
      own.patients.flatMap { own in other.patients.map { own.covariance(acrossRows: $0) } } ?? 0
    case (.index(let own), .index(let other)):
      pairwiseSum(min(own.count, other.count)) { own[$0] * other[$0] }
    default: 0
    }
  }
}

extension [Discrimination] {
  /// The mean of several with weights that add up to 1, and its error; patients who have rows in several are allowed for.
  func mean(_ weights: [Double], sharing hasPatients: Bool) -> Estimate {
    let value = pairwiseSum(count) { weights[$0] * self[$0].value }
    var variance = pairwiseSum(count) { weights[$0] * weights[$0] * self[$0].variance(around: value) }
    if hasPatients {
      for first in indices {
        for second in indices.dropFirst(first + 1) {
          variance += 2 * weights[first] * weights[second] * self[first].covariance(acrossRows: self[second])
        }
      }
    }
    return Estimate(value, error: Swift.max(variance, 0).squareRoot(), .logit)
  }
}
