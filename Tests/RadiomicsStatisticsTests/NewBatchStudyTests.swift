import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Effects of a scanner that training rows lack are estimated from rows of it that are set apart and never judged.
struct NewBatchStudyTests {
  private static func plan(_ policy: String, outer: String = "leave_one_site_out") throws -> StudyPlan {
    try StudyTrainingTests.plan(
      """
      { table: t.csv, outcome: event, candidates: /^f/, site: hospital, shuffles: 2, design: { outer: \(outer), inner: 3 },
        pipeline: [harmonise: { batch: hospital, new_batch: \(policy) }, mrmr: { count: 3 }, elastic_net] }
      """)
  }

  private static func training(_ policy: String, shift: Double = 3, patients: [Int]? = nil) throws -> StudyTraining {
    let (rows, features) = try StudyTrainingTests.study(features: 8, signal: 1.2, shift: shift, seed: 4)
    let own = StudyRows(rows.table, rows.outcome, patients: patients, sites: rows.sites)
    return try StudyTraining(plan(policy), own, sources: [("", features)], volume: nil, lanes: Lanes(jobs: 2))
  }

  @Test func rowsSetApartAreNotJudged() throws {
    let pairs = (0..<100).map { $0 / 2 }, training = try Self.training("estimate", patients: pairs)
    for (split, count) in zip(training.splits, [40, 30, 30]) {
      #expect(split.apart.count == 10 && split.held.count == count - 10)
      #expect(
        Set(split.apart).isDisjoint(with: split.held) && Set(split.apart + split.held).isDisjoint(with: split.training))
      // Both rows of a patient are on one side.
      #expect(Set(split.apart.map { pairs[$0] }).isDisjoint(with: split.held.map { pairs[$0] }))
      #expect(Set(split.apart.map { training.rows.sites!.codes[$0] }).count == 1)
    }
    // By seed, whatever the outcomes are.
    guard case .binary(let events) = training.rows.outcome else { return }
    let other = StudyRows(training.rows.table, .binary(events.map { !$0 }), patients: pairs, sites: training.rows.sites)
    let again = try StudyTraining(
      Self.plan("estimate"), other, sources: [("", training.learner.features)], volume: nil, lanes: Lanes(jobs: 1))
    #expect(again.splits == training.splits)
  }

  /// What is judged is what ComBat gives that is fitted to training rows, meets the rows set apart, and is applied to the others.
  @Test func predictionsAreThoseOfCombatThatMetTheRows() throws {
    let training = try Self.training("estimate"), split = training.splits[1]
    let trained = try training.run(), table = training.rows.table
    var combat = Combat()
    (combat.batch, combat.features) = (["hospital"], training.learner.features)
    let fitted = try combat.fit(table.rows(split.training), seed: 1)
      .meeting(table.rows(split.held), .estimate, calibration: table.rows(split.apart)).fitted
    let by = try fitted.apply(table.rows(split.held))
    guard case .pipeline(let own) = trained.held.folds[1].predictor, case .linear(let model) = own.model else { return }
    var known = [Double](repeating: model.intercept, count: split.held.count)
    for (name, coefficient) in model.terms {
      for (row, value) in try by.numbers(name).enumerated() { known[row] += coefficient * value! }
    }
    for (row, value) in zip(split.held, known) {
      expectClose(try #require(trained.held.values[0][row]), value, relative: 1e-10, absolute: 1e-10)
    }
    for row in split.apart { #expect(trained.held.values[0][row] == nil) }
    // Beside it stands what 'none' gives of the same rows.
    let found = try #require(trained.estimated)
    #expect(found.apart == 30 && found.judged == 70 && found.without.pooled.value != trained.performance.pooled.value)
    let none = try Self.training("none").run()
    for row in split.held {
      expectClose(try #require(trained.held.without?[0][row]), try #require(none.held.values[0][row]), relative: 1e-12)
    }
    #expect(none.estimated == nil && none.held.without == nil)
  }

  /// A scanner that shifts everything leaves the pooled order of patients wrong unless its effects are taken out.
  @Test func anEstimateTakesAPlantedShiftOut() throws {
    let trained = try Self.training("estimate", shift: 6).run(), found = try #require(trained.estimated)
    let with = try #require(trained.performance.pooled.value), without = try #require(found.without.pooled.value)
    #expect(with > 0.75 && with > without + 0.05, "\(with) \(without)")
  }

  @Test func aSiteMustHaveEnoughRows() throws {
    let (rows, features) = try StudyTrainingTests.study(sites: [40, 30, 10], features: 4, signal: 1)
    let error = #expect(throws: ModelError.self) {
      try StudyTraining(Self.plan("estimate"), rows, sources: [("", features)], volume: nil, lanes: Lanes(jobs: 1))
    }
    #expect(
      error?.fact.contains("'H2' of 'hospital' has 10 rows held out, must be more than 10") ?? false,
      "\(error?.fact ?? "")")
  }

  /// The signature meets another site alike: rows apart by seed, the others judged, and how without it.
  @Test func aSignatureMeetsANewSite() throws {
    let training = try Self.training("estimate"), trained = try training.run()
    let table = training.rows.table.with("event", .numbers(training.rows.outcome.isEvent.map { $0 ? 1 : 0 }))
    let signature = Signature(trained, try StudyOutcome(training.plan, table), isTransductive: true)
    let read = try Signature(Array(signature.text().utf8), path: "s.json")
    #expect(read == signature && read.isTransductive)
    let (others, _) = try StudyTrainingTests.study(
      sites: [35], prevalence: [0.4], features: 8, signal: 1.2, shift: 6, seed: 9)
    let there = others.table.with("hospital", .categories(Array(repeating: "X", count: 35)))
    let rows = StudyRows(there, others.outcome, sites: try RowGroups("hospital", there, as: "site"))
    let found = try SignatureValidation(read, rows, shuffles: 5, seed: 2)
    #expect(found.apart == 10 && found.rows.count == 25 && found.without != nil)
    #expect(found.findings.contains { $0.fact.contains("estimated from 10 rows set apart, and taken out of 25 rows") })
    // Nine rows are too few: they have no prediction, as nobody knows their batch.
    #expect(throws: ModelError.self) { try SignatureValidation(read, rows.rows(Array(0..<9)), shuffles: 5, seed: 2) }
  }
}
