import RadiomicsCore
import RadiomicsStatistics

/// How well one training part did; nil where it had no model.
private struct CurveValue: Codable { let value: Double? }

extension StudyTraining {
  /// How well rows that are held out are ordered where the whole pipeline is learnt from a share of the patients of each training part: within
  /// site, or pooled where there is no such value. As many models as splits and shares.
  package func learningCurve(_ shares: [Double] = [0.2, 0.4, 0.6, 0.8, 1]) -> LearningCurve {
    LearningCurve(
      splits.map { ($0.training, $0.held) }, shares: shares, patients: rows.patients, strata: rows.strata,
      seed: plan.seed,
      on: lanes
    ) { training, heldOut in
      // Named by the rows, as what is kept may be of other shares.
      units.value("curve-\(sha256("\(training) \(heldOut)").prefix(16))") {
        CurveValue(value: learnt(training, heldOut))
      }?.value
    }
  }

  private func learnt(_ training: [Int], _ heldOut: [Int]) -> Double? {
    let judged = rows.rows(heldOut)
    guard let fitted = try? learner.learn(rows.rows(training), inner: plan.design.inner, seed: plan.seed),
      let values = try? fitted.linearPredictors(judged.table)
    else { return nil }
    return Self.value(values, judged)
  }
}
