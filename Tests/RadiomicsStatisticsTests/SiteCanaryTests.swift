import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Pure noise of three sites with other scanners and other shares of events (20, 50 and 80 %): what is learnt inside folds finds nothing;
/// what was harmonised as a whole shows why that is refused. Expected values: an independent simulation in NumPy with combatlearn and
/// scikit-learn (12 runs: pooled .51, .30 and .81).
struct SiteCanaryTests {
  private enum Design: CaseIterable { case inFolds, whole, protected }

  /// Mean AUC over runs, pooled and within site.
  private static func run(_ design: Design, runs: Int) throws -> (pooled: Double, within: Double) {
    var pooled: [Double] = [], within: [Double] = []
    for seed in 1...runs {
      let (rows, features) = try StudyTrainingTests.study(
        sites: [60, 40, 20], prevalence: [0.2, 0.5, 0.8], features: 1000, signal: 0, seed: UInt64(seed))
      var combat = Combat()
      (combat.batch, combat.features) = (["hospital"], features)
      var ridge = RidgeSignature(), steps: [any PipelineStep] = []
      // C = 0.001 of scikit-learn: λ = 1 / (C n).
      ridge.net.penalty = .given(1000 / 96)
      var own = rows
      if design == .inFolds {
        var step = HarmoniseStep()
        step.combat = combat
        steps = [step]
      } else {
        var table = rows.table.with("event", .numbers(rows.outcome.isEvent.map { $0 ? 1 : 0 }))
        if design == .protected { combat.covariates = ["event"] }
        table = try combat.fit(table).apply(table)
        own = StudyRows(table, rows.outcome, sites: rows.sites)
      }
      let plan = StudyDesign()
      let held = try HeldOutPredictions(
        Pipeline(steps, ridge, features: features), own, plan.splits(own, seed: UInt64(seed)), inner: 2, seed: 1,
        on: Lanes(jobs: 2))
      let found = try held.performance(own)
      pooled.append(try #require(found.pooled.value))
      within.append(try #require(found.withinSite.value))
    }
    return (mean(pooled), mean(within))
  }

  private static let isNightly = ProcessInfo.processInfo.environment["RADIOMICS_NIGHTLY"] != nil

  @Test func learntInFoldsNoiseTellsNothing() throws {
    let found = try Self.run(.inFolds, runs: Self.isNightly ? 100 : 12)
    #expect(abs(found.pooled - 0.5) <= 0.03 && abs(found.within - 0.5) <= 0.03, "\(found)")
  }

  @Test func harmonisedAsAWholeNoiseTellsTheDesign() throws {
    let found = try Self.run(.whole, runs: Self.isNightly ? 100 : 12)
    #expect(abs(found.pooled - 0.3) <= 0.03, "\(found)")
  }

  @Test func aProtectedOutcomeIsFoundAgain() throws {
    let found = try Self.run(.protected, runs: Self.isNightly ? 100 : 12)
    #expect(abs(found.pooled - 0.81) <= 0.03 && abs(found.within - 0.81) <= 0.03, "\(found)")
  }
}
