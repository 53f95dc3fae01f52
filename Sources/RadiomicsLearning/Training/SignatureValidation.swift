import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// How well a signature does on rows that it was not learnt from.
package struct SignatureValidation: Sendable {
  package let rows: StudyRows
  /// What the signature says of them, in their order; rows without a prediction are left out.
  package let applied: [SignatureRow]
  package let performance: SignaturePerformance
  package let volume: SignaturePerformance?, clinical: SignaturePerformance?
  /// The value that stands first with outcomes shuffled within sites, the predictions as they are.
  package let shuffled: [Double]
  /// Calibration of all rows, and by site.
  package let calibration: [SiteCalibration], siteCalibration: [SiteCalibration]
  /// How much better predictions look pooled than within sites; nil without sites.
  package let gap: SiteGap?
  /// Of a treatment's effect whether it tells who benefits; nil of another signature.
  package let predictive: Result<PredictiveScore, ModelError>?
  package let findings: [Finding]
  /// What judged, which knows new batches of these rows where it estimates their effects; how many rows that was done from.
  package let signature: Signature, apart: Int
  /// Performance with rows of new batches as they are; nil unless effects of some were estimated.
  package let without: SignaturePerformance?

  /// - `rows`: With their outcomes; patients and sites as known.
  /// - `shuffles`: How often outcomes are shuffled.
  /// - Throws: `ModelError` for a column that is not there or was measured otherwise, or rows that all have one outcome.
  package init(_ given: Signature, _ whole: StudyRows, shuffles: Int = 1000, seed: UInt64) throws(ModelError) {
    var noticed = try given.check(whole.table)
    let (signature, parts, batches) = try given.meeting(whole.table, patients: whole.patients, seed: seed)
    let all = parts.apart.isEmpty ? whole : whole.rows(parts.judged)
    (self.signature, apart) = (signature, parts.apart.count)
    noticed += batches.map { Finding(.warning, $0.column, $0.sentence) }
    let found = try signature.apply(all.table), known = found.indices.filter { found[$0].linear != nil }
    guard !known.isEmpty else {
      throw ModelError.at("rows", "none of \(all.count) has a prediction: \(found.compactMap(\.reason).first ?? "").")
    }
    let left = found.count - known.count
    if left > 0 {
      noticed.append(
        Finding(
          .warning, "rows",
          "\(left) of \(found.count) have no prediction and are left out, first: \(found.compactMap(\.reason).first ?? "")."
        ))
    }
    let rows = all.rows(known), linear = known.map { found[$0].linear! }
    (self.rows, applied) = (rows, known.map { found[$0] })
    let outside = applied.count { !$0.outOfRange.isEmpty }
    if outside > 0 {
      noticed.append(
        Finding(
          .warning, "rows",
          "\(outside) of \(rows.count) have a value outside of those that the signature was learnt from: it is extrapolated there."
        ))
    }
    func performance(_ values: [Double]) throws(ModelError) -> SignaturePerformance {
      SignaturePerformance(
        try ThreeWays(values, rows.observed, sites: rows.sites?.codes, patients: rows.patients))
    }
    self.performance = try performance(linear)
    without =
      parts.apart.isEmpty
      ? nil : try performance(given.predictor.withoutEstimates.linearPredictors(rows.table))
    func alone(_ pipeline: FittedPipeline?) -> SignaturePerformance? {
      pipeline.flatMap { try? performance($0.linearPredictors(rows.table)) }
    }
    (volume, clinical) = (alone(signature.volumeAlone), alone(signature.clinicalAlone))
    shuffled = (0..<shuffles).compactMap { number in
      let other = rows.shuffled(seed: seed, replicate: number)
      let ways = try? ThreeWays(linear, other.observed, sites: rows.sites?.codes, patients: rows.patients)
      return ways.flatMap { SignaturePerformance($0).first.value }
    }
    let predictions = applied.map { $0.prediction ?? 0 }
    let outcome = rows.calibrated(predictions, horizon: signature.predicted.horizon)
    calibration =
      outcome.map { SiteCalibration.all($0, sites: rows.patients.map { _ in 0 }, patients: rows.patients) } ?? []
    siteCalibration =
      outcome.flatMap { outcome in
        rows.sites.map { SiteCalibration.all(outcome, sites: $0.codes, patients: rows.patients) }
      } ?? []
    gap = rows.sites.flatMap {
      SiteGap([linear], rows.observed, sites: $0.codes, patients: rows.patients, seed: seed)
    }
    predictive = Self.predictive(linear, rows, signature, seed)
    findings = noticed
  }

  /// Whether scores tell who benefits; nil of rows without arms.
  private static func predictive(
    _ scores: [Double], _ rows: StudyRows, _ signature: Signature, _ seed: UInt64
  ) -> Result<PredictiveScore, ModelError>? {
    guard rows.treatment != nil else { return nil }
    do throws(ModelError) {
      return .success(try PredictiveScore(scores, rows, horizon: signature.predicted.horizon, seed: seed))
    } catch { return .failure(error) }
  }
}
