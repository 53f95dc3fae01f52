import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// How good predicted probabilities are: discrimination, calibration, use.
package struct Prediction: Sendable {
  /// The column, or `model`.
  package let name: String
  /// Whether the model was fitted to the rows on which it is judged.
  package let isApparent: Bool
  /// The curve of the probabilities.
  package let roc: ROC
  /// Whether they are right.
  package let calibration: Calibration
  /// What they are good for.
  package let decision: DecisionCurve
  /// The model's worth less its optimism; empty where it was not asked for.
  package let optimism: [Statistic]
  /// Rows judged, patients of whom they are, and events; patients are nil where each row is one.
  package let count: Int, patients: Int?, events: Int

  init(
    _ name: String, _ probabilities: [Double], _ outcome: [Double], _ clusters: [Int]?, isApparent: Bool,
    _ options: Diagnosis.Options, optimism: [Statistic] = []
  ) throws(ModelError) {
    self.name = name
    self.isApparent = isApparent
    calibration = try Calibration(probabilities, outcome, clusters: clusters, alpha: options.alpha)
    roc = try ROC(probabilities, outcome.map { $0 == 1 }, clusters: clusters)
    decision = DecisionCurve(
      probabilities, outcome, thresholds: options.thresholds, clusters: clusters, alpha: options.alpha)
    self.optimism = optimism
    (count, events) = (outcome.count, outcome.count { $0 == 1 })
    patients = clusters == nil ? nil : clusters.patients(outcome.count)
  }
}

/// A logistic model less its optimism.
struct CorrectedLogistic {
  /// Corrected area, slope and Brier's score, and the number of samples that had a model.
  let statistics: [Statistic]
  /// What was noticed.
  let findings: [Finding]

  /// Nil unless samples are asked for.
  init?(_ frame: ModelFrame, _ outcome: [Double], _ options: Diagnosis.Options) {
    guard options.bootstraps > 0,
      let whole = try? LogisticModel(frame, firth: options.isFirth),
      let apparent = Self.worth(whole.predictors, outcome)
    else { return nil }
    let isFirth = options.isFirth
    let optimism = optimism(
      of: { sample in
        let rows = sample.rows, y = rows.map { outcome[$0] }
        guard
          let model = try? LogisticModel(
            frame.matrix.rows(rows), y, names: frame.design.names, offset: rows.map { frame.offset[$0] },
            weights: rows.map { frame.weights[$0] }, firth: isFirth),
          let own = Self.worth(model.predictors, y),
          let others = Self.worth(model.predictors(frame.matrix, offset: frame.offset), outcome)
        else { return nil }
        return (own, others)
      },
      by: Replicates(
        .bootstrap(options.bootstraps), rows: outcome.count, patients: frame.clusters, seed: options.seed),
      on: options.lanes)
    statistics =
      ["auc", "slope", "brier"].enumerated().map { k, name in
        Statistic(name, optimism.corrected(apparent[k], k), k == 0 ? "apparent less optimism" : "")
      } + [optimism.samples]
    findings = optimism.findings
  }

  /// Area, calibration slope and Brier's score.
  private static func worth(_ predictors: [Double], _ outcome: [Double]) -> [Double]? {
    let columns = [outcome.map { _ in 1.0 }, predictors]
    guard let roc = try? ROC(predictors, outcome.map { $0 == 1 }),
      let line = try? LogisticModel(Matrix(columns: columns, rows: outcome.count), outcome, names: ["1", "eta"]),
      let slope = line.coefficients[1].value
    else { return nil }
    let brier = mean(
      zip(predictors, outcome).map { eta, y in
        let p = expit(eta)
        return (p - y) * (p - y)
      })
    return [roc.auc, slope, brier]
  }
}
