import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Studies are learnt without what is held out, and what is learnt is kept, read again and applied alike.
struct StudyTrainingTests {
  /// Rows of several sites whose scanners shift features; the first features tell the outcome by `signal` standard deviations.
  static func study(
    sites: [Int] = [40, 30, 30], prevalence: [Double] = [0.3, 0.5, 0.6], features: Int = 40, signal: Double,
    shift: Double = 0.6,
    seed: UInt64 = 1
  ) throws -> (rows: StudyRows, features: [String]) {
    var generator = SeededGenerator(seed: seed), site: [Int] = [], event: [Bool] = []
    for (code, (count, share)) in zip(sites, prevalence).enumerated() {
      site += Array(repeating: code, count: count)
      event += (0..<count).map { Double($0) < (Double(count) * share).rounded() }
    }
    var columns: [(name: String, values: Column.Values)] = [
      ("hospital", .categories(site.map { "H\($0)" })), ("patient", .categories(site.indices.map { "p\($0)" })),
    ]
    let names = (0..<features).map { "f\($0)" }
    for (place, name) in names.enumerated() {
      let moves = sites.map { _ in shift * generator.normal() }
      columns.append(
        (
          name,
          .numbers(site.indices.map { generator.normal() + moves[site[$0]] + (place < 3 && event[$0] ? signal : 0) })
        ))
    }
    columns.append(("volume", .numbers(site.map { _ in generator.normal() })))
    columns.append(("age", .numbers(site.indices.map { 60 + 10 * generator.normal() + ($0 % 3 == 0 ? 0.5 : 0) })))
    columns.append(("sex", .categories(site.indices.map { $0 % 2 == 0 ? "m" : "f" })))
    let table = Table(columns)
    return (StudyRows(table, .binary(event), sites: try RowGroups("hospital", table, as: "site")), names)
  }

  static func plan(_ yaml: String) throws -> StudyPlan {
    try StudyPlan(setting: Setting(yaml: yaml, file: "study.yaml", kind: "study"))
  }

  private static let yaml = """
    table: t.csv
    outcome: event
    candidates: /^f/
    clinical: [age, sex]
    site: hospital
    shuffles: 3
    design: { outer: { folds: 4 }, inner: 4 }
    pipeline: [impute: median, harmonise: { batch: hospital }, correlation: { above: 0.95 }, mrmr: { count: 6 }, elastic_net]
    """

  @Test func foldsHaveTheirShareOfEachStratumAndNoPatientIsParted() {
    let patients = (0..<60).flatMap { [$0, $0] }, strata = patients.map { $0 < 12 ? 1 : 0 }
    let folds = stratifiedFolds(5, patients: patients, strata: strata, seed: 7)
    #expect(Set(zip(patients, folds).map { [$0, $1] }).count == 60)
    for stratum in 0...1 {
      let counts = (0..<5).map { part in folds.indices.count { folds[$0] == part && strata[$0] == stratum } / 2 }
      #expect(counts.max()! - counts.min()! <= 1, "\(counts)")
    }
    let sizes = (0..<5).map { part in folds.count { $0 == part } }
    #expect(sizes == [24, 24, 24, 24, 24])
    #expect(folds != stratifiedFolds(5, patients: patients, strata: strata, seed: 7, replicate: 1))
  }

  @Test func aSignalIsFoundAndNoiseIsNot() throws {
    for (signal, range) in [(1.5, 0.85...1.0), (0, 0.3...0.7)] {
      let (rows, features) = try Self.study(signal: signal)
      let training = try StudyTraining(
        Self.plan(Self.yaml), rows, sources: [("", features)], volume: "volume", lanes: Lanes(jobs: 2))
      let trained = try training.run()
      let within = try #require(trained.performance.withinSite.value)
      #expect(range.contains(within), "\(within)")
      #expect(trained.controls.shuffles.first.count == 3)
      #expect(try #require(trained.controls.volume?.first.value) < 0.75)
      #expect(Set(trained.held.values[0].map { $0 == nil }) == [false])
    }
  }

  /// Nothing is told of rows that are held out: other outcomes and other values there change no model.
  @Test func whatIsHeldOutIsNotLearnt() throws {
    let (rows, features) = try Self.study(signal: 1)
    let plan = try Self.plan(Self.yaml)
    let training = try StudyTraining(plan, rows, sources: [("", features)], volume: nil, lanes: Lanes(jobs: 1))
    let split = training.splits[0]
    let own = try training.learner.learn(rows.rows(split.training), inner: 4, seed: 1)
    let held = Set(split.held)
    guard case .binary(let events) = rows.outcome else { return }
    var table = rows.table
    for name in features {
      table = table.with(name, .numbers(try table.numbers(name).enumerated().map { held.contains($0) ? 1000 : $1 }))
    }
    let other = StudyRows(
      table, .binary(events.enumerated().map { held.contains($0) ? !$1 : $1 }), sites: rows.sites)
    let again = try training.learner.learn(other.rows(split.training), inner: 4, seed: 1)
    #expect(own == again)
  }

  @Test func aSignatureIsWrittenReadAndAppliedWithTheSameBits() throws {
    let (rows, features) = try Self.study(signal: 1.2), plan = try Self.plan(Self.yaml)
    let training = try StudyTraining(plan, rows, sources: [("", features)], volume: "volume", lanes: Lanes(jobs: 2))
    let trained = try training.run()
    let outcome = try StudyOutcome(plan, rows.table.with("event", .numbers(rows.outcome.isEvent.map { $0 ? 1 : 0 })))
    let signature = Signature(trained, outcome)
    let text = try signature.text()
    let read = try Signature(Array(text.utf8), path: "s.json")
    #expect(read == signature)
    // What the model does not count was left out, and nothing else changed.
    let whole = try trained.fitted.linearPredictors(rows.table), found = try read.apply(rows.table)
    for (a, b) in zip(whole, found) { #expect(abs(a - b.linear!) <= 1e-12 * max(1, abs(a))) }
    #expect(read.inputs.count < features.count)
    // A row alone is predicted as among others.
    #expect(try read.apply(rows.table.rows([7]))[0] == found[7])
    #expect(Set(found.compactMap(\.group)) == ["low", "high"])
    #expect(throws: ModelError.self) { try read.apply(rows.table.only(["age", "sex", "hospital"])) }
  }

  @Test(arguments: ["\"radiomics-signature\"", "\"columns\"", "\"coefficients\"", "\"version\":1", "\"version\": 1"])
  func aDamagedSignatureIsRefused(_ part: String) throws {
    let (rows, features) = try Self.study(features: 6, signal: 1.2), plan = try Self.plan(Self.yaml)
    let training = try StudyTraining(plan, rows, sources: [("", features)], volume: nil, lanes: Lanes(jobs: 1))
    let outcome = try StudyOutcome(plan, rows.table.with("event", .numbers(rows.outcome.isEvent.map { $0 ? 1 : 0 })))
    let text = try Signature(training.run(), outcome).text()
    guard text.contains(part) else { return }
    let damaged = text.replacing(part, with: part.replacing("s", with: "z").replacing("1", with: "9"))
    #expect(throws: ModelError.self) { try Signature(Array(damaged.utf8), path: "s.json") }
  }

  /// Results do not depend on the number of threads, nor on the order of rows in the file, which is sorted by content when read.
  @Test func threadsChangeNothing() throws {
    let (rows, features) = try Self.study(signal: 0.5), plan = try Self.plan(Self.yaml)
    let found = try [1, 2].map { jobs in
      let training = try StudyTraining(plan, rows, sources: [("", features)], volume: nil, lanes: Lanes(jobs: jobs))
      return try training.run()
    }
    #expect(found[0].held.values == found[1].held.values && found[0].fitted == found[1].fitted)
    #expect(found[0].controls.shuffles == found[1].controls.shuffles)
  }

  /// 1 − .632+ by hand: apparent error .1, held-out .3: R = .2/.4 = .5, w = .632/.816.
  @Test func the632PlusEstimate() {
    let weight = 0.632 / (1 - 0.368 * 0.5)
    #expect(abs(estimate632plus(apparent: 0.9, heldOut: 0.7) - (1 - ((1 - weight) * 0.1 + weight * 0.3))) < 1e-15)
    // Without overfitting .368 and .632; held out worse than chance counts as chance.
    #expect(abs(estimate632plus(apparent: 0.8, heldOut: 0.8) - 0.8) < 1e-15)
    #expect(abs(estimate632plus(apparent: 1, heldOut: 0.4) - 0.5) < 1e-15)
  }

  /// By hand: an event at 1 of three rows, one censored at 2, an event at 3: hazards 1/3 and 1.
  @Test func martingaleResidualsOfTimes() throws {
    let times = try SurvivalTimes(stop: [1, 2, 3], isEvent: [true, false, true])
    for (found, known) in zip(times.martingaleResiduals, [2.0 / 3, -1.0 / 3, -1.0 / 3]) {
      #expect(abs(found - known) < 1e-15)
    }
  }

  @Test(arguments: [
    ("{ folds: 4 }", 4), ("leave_one_site_out", 3), ("{ bootstrap632plus: 20 }", 20),
    ("{ external: { column: hospital, value: H2 } }", 1),
  ]) func designsHoldOutWhatTheySay(_ outer: String, _ count: Int) throws {
    let (rows, features) = try Self.study(signal: 1.5)
    let yaml = Self.yaml.replacing("outer: { folds: 4 }", with: "outer: \(outer)")
      .replacing("batch: hospital", with: "batch: hospital, new_batch: none").replacing(
        "shuffles: 3", with: "shuffles: 0")
    let training = try StudyTraining(
      Self.plan(yaml), rows, sources: [("", features)], volume: nil, lanes: Lanes(jobs: 2))
    #expect(training.splits.count == count)
    for split in training.splits {
      #expect(Set(split.training).isDisjoint(with: split.held))
    }
    let trained = try training.run()
    #expect(try #require(trained.performance.pooled.value) > 0.75)
    // Samples differ, and each is judged by itself.
    let pooled = trained.performance.pooled
    #expect(try #require(pooled.upper) - #require(pooled.lower) > 0.03)
  }

  /// Clinical columns alone are a study; nothing at all is none.
  @Test func clinicalColumnsAlone() throws {
    let (rows, _) = try Self.study(features: 1, signal: 1.5)
    let text = "{ table: t.csv, outcome: event, clinical: [f0, sex], shuffles: 1, pipeline: [regression] }"
    let training = try StudyTraining(
      Self.plan(text), rows, sources: [("", [])], volume: nil, lanes: Lanes(jobs: 2))
    let trained = try training.run()
    #expect(try #require(trained.performance.first.value) > 0.75 && trained.controls.clinical == nil)
    #expect(trained.fitted.otherColumns == ["f0", "sex"])
    let error = #expect(throws: SettingError.self) { try Self.plan("{table: t, outcome: e, pipeline: [ridge]}") }
    #expect(error?.fact.contains("must be one of them: from what is learnt") ?? false)
  }

  @Test(arguments: [
    ("pipeline: [impute, mrmr]", "'mrmr' is the last step, must be a model"),
    ("pipeline: [elastic_net, impute]", "the model 'elastic_net' is followed by a step"),
    ("pipeline: [medain, elastic_net]", "there is no step 'medain'"),
    ("pipeline: [median, elastic_net]", "must be 'impute: median'"),
    ("competing: [2]", "must go with 'time'"),
    ("outcome: null\ntime: t\nevent: e\npositive: 1\ncompeting: [1, 2]", "which is the event of interest"),
    ("design: { outer: { fold: 5 } }", "there is no design 'fold'"),
    ("outcome: event\ntime: months", "'time'"), ("clinical: [event]", "'clinical' has 'event', which is the outcome"),
    ("design: { outer: leave_one_site_out }\nsite: null", "must have 'site'"),
    ("candidate: /^f/", "has no setting 'candidate'"),
  ]) func aStudyWithATypoIsRefused(_ change: String, _ sentence: String) throws {
    let keys = change.split(separator: "\n").map { $0.prefix { $0 != ":" } }
    let lines = Self.yaml.split(separator: "\n").filter { line in !keys.contains { line.hasPrefix("\($0):") } }
    let yaml = lines.joined(separator: "\n") + "\n" + change + "\n"
    let error = #expect(throws: SettingError.self) { try Self.plan(yaml) }
    #expect(error?.fact.contains(sentence) ?? false, "\(error?.fact ?? "")")
  }
}
