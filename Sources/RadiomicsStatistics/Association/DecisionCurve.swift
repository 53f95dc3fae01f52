import RadiomicsCore
import RadiomicsNumerics

/// What is gained by treating those whose probability reaches a threshold, in true positives for each patient; a false
/// positive counts by the odds of the threshold. Vickers and Elkin 2006, doi:10.1177/0272989X06295361. Its standard error is that
/// of a mean over patients (Marsh, Janes and Pepe 2020, doi:10.1111/biom.13190).
package struct DecisionCurve: Sendable {
  /// Thresholds of probability, above 0 and below 1.
  package let thresholds: [Double]
  /// Net benefit of the model, and of treating everyone.
  package let model: [Double], all: [Double]
  /// Standard errors of the model's.
  package let errors: [Cell]
  /// Share of events.
  package let prevalence: Double
  private let alpha: Double

  /// - `outcome`: 1 for an event, else 0.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for errors.
  package init(
    _ probabilities: [Double], _ outcome: [Double], thresholds: [Double], clusters: [Int]? = nil, alpha: Double = 0.05
  ) {
    let n = Double(outcome.count), prevalence = outcome.reduce(0, +) / n
    self.thresholds = thresholds
    self.prevalence = prevalence
    self.alpha = alpha
    model = thresholds.map { Self.netBenefit(probabilities, outcome, threshold: $0) }
    errors = zip(thresholds, model).map { threshold, benefit in
      standardError(Self.benefits(probabilities, outcome, threshold: threshold).map { $0 - benefit }, clusters)
    }
    all = thresholds.map { Self.ofTreatingAll(prevalence, threshold: $0) }
  }

  /// Net benefit at a threshold.
  package static func netBenefit(_ probabilities: [Double], _ outcome: [Double], threshold: Double) -> Double {
    var treated = 0, hits = 0.0
    for row in probabilities.indices where probabilities[row] >= threshold {
      treated += 1
      hits += outcome[row]
    }
    return (hits - (Double(treated) - hits) * threshold / (1 - threshold)) / Double(outcome.count)
  }

  /// The same if everyone is treated.
  package static func ofTreatingAll(_ prevalence: Double, threshold: Double) -> Double {
    prevalence - (1 - prevalence) * threshold / (1 - threshold)
  }

  /// What each row adds to the net benefit, times the number of rows: nothing if it is not treated.
  /// - `outcome`: 1 for an event, else 0.
  package static func benefits(_ probabilities: [Double], _ outcome: [Double], threshold: Double) -> [Double] {
    let odds = threshold / (1 - threshold)
    return probabilities.indices.map { row in
      probabilities[row] >= threshold ? outcome[row] - (1 - outcome[row]) * odds : 0
    }
  }

  /// The same where outcomes depend on who is treated.
  /// - `outcomes`: Of the rows that are treated: of times their pseudo-values.
  package static func benefits(_ probabilities: [Double], threshold: Double, _ outcomes: ([Int]) -> [Double])
    -> [Double]
  {
    let treated = probabilities.indices.filter { probabilities[$0] >= threshold }, odds = threshold / (1 - threshold)
    var benefits = [Double](repeating: 0, count: probabilities.count)
    for (row, outcome) in zip(treated, outcomes(treated)) { benefits[row] = outcome - (1 - outcome) * odds }
    return benefits
  }

  /// The curves, interventions avoided without missing more events, and the benefit as a part of the largest possible one.
  package var statistics: [Statistic] {
    func list(_ name: String, _ values: [Double], _ meaning: String = "") -> Statistic {
      Statistic(name, values.map { .value($0) }, meaning)
    }
    let avoided = zip(zip(model, all), thresholds).map { 100 * ($0.0 - $0.1) * (1 - $1) / $1 }
    let limits = zip(model, errors).map { benefit, error in
      error.value.map {
        Estimate(benefit, error: $0).limits(alpha, orUndefined: "nobody or everybody is treated alike")
      }
        ?? [error, error]
    }
    return [
      list("threshold", thresholds), list("model", model, "net benefit"), Statistic("model_se", errors),
      Statistic("model_lower", limits.map { $0[0] }), Statistic("model_upper", limits.map { $0[1] }),
      list("treat_all", all), list("treat_none", thresholds.map { _ in 0 }),
      list("interventions_avoided_per_100", avoided, "against treating all"),
      list("standardised", model.map { $0 / prevalence }, "part of the largest benefit"),
    ]
  }
}

extension DecisionCurve: Documented {
  package static let name = "decision-curve"
  package static let summary =
    "What is gained by treating those whose probability reaches a threshold, in true positives for each patient."
  package static let definition =
    "net benefit = TP / n − FP / n · t / (1 − t) at the threshold t; its standard error is that of a mean over "
    + "patients"
  package static let limits =
    "Needs calibrated probabilities, and thresholds that somebody would act on; the outcome's share must be that "
    + "of the patients it is meant for."
  package static let reference =
    "Vickers and Elkin 2006, doi:10.1177/0272989X06295361; Marsh, Janes and Pepe 2020, doi:10.1111/biom.13190"
}
