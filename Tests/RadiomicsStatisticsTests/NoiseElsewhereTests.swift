import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Signatures of pure noise, judged at another site: the 95 % interval of their AUC covers one half about as often as it says, and the one of
/// rows held out is not far from it.
struct NoiseElsewhereTests {
  @Test func intervalsCoverOneHalf() throws {
    let seeds = ProcessInfo.processInfo.environment["RADIOMICS_NIGHTLY"] == nil ? 12 : 100
    let plan = try StudyTrainingTests.plan(
      """
      table: t.csv
      outcome: event
      candidates: /^f/
      site: hospital
      shuffles: 0
      design: { outer: { folds: 5 }, inner: 5 }
      pipeline: [harmonise: { batch: hospital, new_batch: none }, univariate: { count: 5 }, regression]
      """)
    var elsewhere = 0, held = 0
    for seed in 1...seeds {
      let (rows, features) = try StudyTrainingTests.study(features: 60, signal: 0, seed: UInt64(seed))
      let training = try StudyTraining(plan, rows, sources: [("", features)], volume: nil, lanes: Lanes(jobs: 2))
      let trained = try training.run()
      let outcome = try StudyOutcome(plan, rows.table.with("event", .numbers(rows.outcome.isEvent.map { $0 ? 1 : 0 })))
      let other = try StudyTrainingTests.study(
        sites: [60], prevalence: [0.4], features: 60, signal: 0, seed: UInt64(1000 + seed))
      let judged = try SignatureValidation(Signature(trained, outcome), other.rows, shuffles: 0, seed: 1)
      func covers(_ value: BoundedValue) -> Bool {
        guard let lower = value.lower, let upper = value.upper else { return false }
        return (lower...upper).contains(0.5)
      }
      if covers(judged.performance.first) { elsewhere += 1 }
      if covers(trained.performance.withinSite) { held += 1 }
    }
    #expect(elsewhere * 100 >= 88 * seeds, "\(elsewhere) of \(seeds)")
    #expect(held * 100 >= 80 * seeds, "\(held) of \(seeds)")
  }
}
