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
    decision = DecisionCurve(probabilities, outcome, thresholds: options.thresholds)
    self.optimism = optimism
    (count, events) = (outcome.count, outcome.count { $0 == 1 })
    patients = clusters == nil ? nil : clusters.patients(outcome.count)
  }
}

/// By how much a model flatters itself on its own rows: the mean difference, over samples with replacement, between what a
/// model of the sample shows on the sample and on all rows. Harrell, Lee and Mark 1996,
/// doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4.
struct ModelOptimism {
  /// Corrected area, slope and Brier's score, and the number of samples that had a model.
  let statistics: [Statistic]

  /// Nil unless samples are asked for.
  init?(_ frame: ModelFrame, _ outcome: [Double], _ options: Diagnosis.Options) {
    guard options.bootstraps > 0,
      let whole = try? LogisticModel(frame, firth: options.isFirth),
      let apparent = Self.worth(whole.predictors, outcome)
    else { return nil }
    var generator = SeededGenerator(seed: options.seed), sums = [0.0, 0, 0], count = 0
    for _ in 0..<options.bootstraps {
      let rows = generator.resample(outcome.count, frame.clusters)
      let y = rows.map { outcome[$0] }, offset = rows.map { frame.offset[$0] }
      let columns = (0..<frame.matrix.columns).map { column in rows.map { frame.matrix[$0, column] } }
      let design = Matrix(columns: columns, rows: rows.count)
      guard
        let model = try? LogisticModel(
          design, y, names: frame.design.names, offset: offset, weights: rows.map { frame.weights[$0] },
          firth: options.isFirth), let own = Self.worth(model.predictors, y),
        let others = Self.worth(model.predictors(frame.matrix, offset: frame.offset), outcome)
      else { continue }
      for k in 0..<3 { sums[k] += own[k] - others[k] }
      count += 1
    }
    let names = ["auc", "slope", "brier"]
    statistics =
      zip(names.indices, names).map { k, name in
        Statistic(
          name,
          count > 1 ? .value(apparent[k] - sums[k] / Double(count)) : .undefined("no sample had a model"),
          k == 0 ? "apparent less optimism" : "")
      } + [Statistic("samples", count, "of \(options.bootstraps) asked for")]
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
        let p = 1 / (1 + exp(-eta))
        return (p - y) * (p - y)
      })
    return [roc.auc, slope, brier]
  }
}
