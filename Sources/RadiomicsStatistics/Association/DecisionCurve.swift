import RadiomicsCore

/// What is gained by treating those whose probability reaches a threshold, in true positives for each patient; a false
/// positive counts by the odds of the threshold. Vickers and Elkin 2006, doi:10.1177/0272989X06295361.
package struct DecisionCurve: Sendable {
  /// Thresholds of probability, above 0 and below 1.
  package let thresholds: [Double]
  /// Net benefit of the model, and of treating everyone.
  package let model: [Double], all: [Double]
  /// Share of events.
  package let prevalence: Double

  /// - Parameter outcome: 1 for an event, else 0.
  package init(_ probabilities: [Double], _ outcome: [Double], thresholds: [Double]) {
    let n = Double(outcome.count), prevalence = outcome.reduce(0, +) / n
    self.thresholds = thresholds
    self.prevalence = prevalence
    model = thresholds.map { threshold in
      let treated = probabilities.indices.filter { probabilities[$0] >= threshold }
      let hits = treated.reduce(0) { $0 + outcome[$1] }
      return (hits - (Double(treated.count) - hits) * threshold / (1 - threshold)) / n
    }
    all = thresholds.map { prevalence - (1 - prevalence) * $0 / (1 - $0) }
  }

  /// The curves, interventions avoided without missing more events, and the benefit as a part of the largest possible one.
  package var statistics: [Statistic] {
    func list(_ name: String, _ values: [Double], _ meaning: String = "") -> Statistic {
      Statistic(name, values.map { .value($0) }, meaning)
    }
    let avoided = zip(zip(model, all), thresholds).map { 100 * ($0.0 - $0.1) * (1 - $1) / $1 }
    return [
      list("threshold", thresholds), list("model", model, "net benefit"), list("treat_all", all),
      list("treat_none", thresholds.map { _ in 0 }),
      list("interventions_avoided_per_100", avoided, "against treating all"),
      list("standardised", model.map { $0 / prevalence }, "part of the largest benefit"),
    ]
  }
}
