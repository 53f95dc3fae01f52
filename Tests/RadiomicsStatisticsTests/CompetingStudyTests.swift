import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Studies of an event with which others compete: against R 4.2's survival (finegray and coxph), a count of all pairs, and survival where nothing
/// competes.
struct CompetingStudyTests {
  /// Ninety rows by formulas that R has, too; kinds 0 (38 rows), 1 (37) and 2 (15), with tied times.
  private static func rows() throws -> (design: Matrix, times: CompetingTimes, score: [Double]) {
    let i = (1...90).map(Double.init), x1 = i.map { sin($0) }, x2 = i.map { cos(1.7 * $0) }
    let stop = i.indices.map { (10 * (10 + 6 * sin(2.3 * i[$0]) - 3 * x1[$0] + x2[$0])).rounded(.down) / 10 }
    let kinds = i.indices.map { [0, 1, 1, 2, 0][(7 * ($0 + 1) + Int(3 * (1 + x1[$0]))) % 5] }
    return (
      Matrix(columns: [x1, x2], rows: 90), try CompetingTimes(stop: stop, kinds: kinds),
      zip(x1, x2).map { $0 + 0.3 * $1 }
    )
  }

  private static func fitted(_ model: any SignatureEstimator, _ outcome: Outcome) throws -> SignatureModel {
    let design = try rows().design
    let table = Table([("x1", .numbers(design.column(0))), ("x2", .numbers(design.column(1)))])
    return try Pipeline([], model, features: ["x1", "x2"]).fit(StudyRows(table, outcome), inner: 3, seed: 1).model
  }

  /// coxph(Surv(fgstart, fgstop, fgstatus) ~ x1 + x2, weights = fgwt) of finegray(), Efron and Breslow; 1 − exp(−cumhaz) at 10.
  @Test func coefficientsAndIncidencesAreThoseOfR() throws {
    let (_, times, _) = try Self.rows()
    var model = RegressionSignature()
    for (ties, known) in [
      (Ties.efron, [0.4163565757219314, -0.0203617076509853]), (.breslow, [0.4138667241021586, -0.0228087002159284]),
    ] {
      model.ties = ties
      let found = try Self.fitted(model, .competing(times))
      for (name, value) in zip(["x1", "x2"], known) {
        expectClose(found.coefficient(of: name)!, value, relative: 1e-7, absolute: 1e-8)
      }
    }
    model.ties = .efron
    let found = try Self.fitted(model, .competing(times))
    let others = Matrix(columns: [[0, 1, -0.5], [0, -1, 0.5]], rows: 3)
    for (linear, known) in zip(
      try found.linearPredictors(others), [0.215313218563875, 0.312884189219091, 0.17708865270195])
    {
      expectClose(try #require(found.prediction(linear, horizon: 10)), known, relative: 1e-7)
    }
    // A penalty that holds nothing back has the same maximum.
    var net = ElasticNetSignature()
    net.penalty = .given(1e-9)
    let free = try Self.fitted(net, .competing(times))
    expectClose(free.coefficient(of: "x1")!, 0.4163565757219314, relative: 1e-5)
    #expect(throws: ModelError.self) { try Self.fitted(BoostedTreesSignature(), .competing(times)) }
  }

  /// Where nothing competes, coefficients, λ, baseline and predictions are those of survival.
  @Test func withoutAnotherEventItIsSurvival() throws {
    let (_, all, score) = try Self.rows()
    let alone = try CompetingTimes(stop: all.stop, kinds: all.kinds.map { $0 == 1 ? 1 : 0 }, kindCount: 2)
    let times = try SurvivalTimes(stop: all.stop, isEvent: all.kinds.map { $0 == 1 })
    for model: any SignatureEstimator in [ElasticNetSignature(), RidgeSignature(), RegressionSignature()] {
      let a = try Self.fitted(model, .competing(alone)), b = try Self.fitted(model, .survival(times))
      for name in ["x1", "x2"] {
        expectClose(a.coefficient(of: name)!, b.coefficient(of: name)!, relative: 1e-6, absolute: 1e-8)
      }
      if let penalty = b.penalty { expectClose(try #require(a.penalty), penalty, relative: 1e-9) }
      for linear in [-1.0, 0, 1] {
        expectClose(a.prediction(linear, horizon: 9)!, b.prediction(linear, horizon: 9)!, relative: 1e-6)
      }
    }
    let index = CompetingConcordance(score, alone), known = ConcordanceIndex(score, times, .nOverG2)
    expectClose(index.value, known.value, relative: 1e-12)
    expectClose(index.error, known.error, relative: 1e-12)
    let martingales = zip(alone.martingaleResiduals, times.martingaleResiduals)
    for (a, b) in martingales { expectClose(a, b, absolute: 1e-12) }
    let share = score.map { -expm1(-exp(-1 + $0)) }
    let line = try IncidenceCalibration(alone, incidence: share, at: 10).line
    let ofTimes = try SurvivalCalibration(times, risk: share, at: 10).line
    for name in ["O_over_E", "slope"] {
      func value(_ line: [Statistic]) -> Double? { line.first { $0.name == name }?.cells.first?.value }
      expectClose(try #require(value(line)), try #require(value(ofTimes)), relative: 1e-7)
    }
  }

  /// All 90 × 89 pairs in R, with G by hand; and Aalen and Johansen's share by survfit, the slope by finegray of rows censored at 10.
  @Test func concordanceAndCalibrationAreThoseOfR() throws {
    let (_, times, score) = try Self.rows(), index = CompetingConcordance(score, times)
    expectClose(index.value, 0.534193933553659, relative: 1e-12)
    expectClose(index.concordant + index.discordant + index.tiedRisk, 3640.95030094812, relative: 1e-12)
    let share = score.map { -expm1(-exp(-0.5 + 0.8 * $0)) }
    let line = try IncidenceCalibration(times, incidence: share, at: 10).line
    func value(_ name: String) -> Double? { line.first { $0.name == name }?.cells.first?.value }
    expectClose(try #require(value("O_over_E")), 0.456752912416213, relative: 1e-9)
    expectClose(
      try #require(value("O_over_E_se")), 0.0473547402832314 * 0.456752912416213 / 0.218733016216238, relative: 1e-9)
    expectClose(try #require(value("slope")), 0.43600614700656, relative: 1e-6)
  }

  /// By hand: pairs (1, 2), (1, 3) and (3, 2) of an event at 1, another at 2, an event at 3.
  @Test func whoHadAnotherEventNeverHasThisOne() throws {
    let times = try CompetingTimes(stop: [1, 2, 3], kinds: [1, 2, 1])
    #expect(CompetingConcordance([3, 1, 2], times).value == 1)
    expectClose(CompetingConcordance([3, 2, 1], times).value, 2.0 / 3, relative: 1e-15)
    #expect(CompetingConcordance([1, 1, 1], times).value == 0.5)
  }

  /// The jackknife of rows: each row's influence is what leaving it out changes, to first order, where nobody is censored.
  @Test func theErrorIsTheJackknifes() throws {
    let count = 60, score = (0..<count).map { sin(3.1 * Double($0)) }
    let stop = (0..<count).map { 1 + Double(($0 * 37) % count) }, kinds = (0..<count).map { $0 % 3 == 0 ? 2 : 1 }
    let times = try CompetingTimes(stop: stop, kinds: kinds), whole = CompetingConcordance(score, times)
    var squares = 0.0
    for left in 0..<count {
      let rows = (0..<count).filter { $0 != left }
      let change = CompetingConcordance(rows.map { score[$0] }, times.rows(rows)).value - whole.value
      squares += change * change
    }
    expectClose(whole.error, squares.squareRoot(), relative: 0.05)
  }

  /// Words and numbers of an event's column are kinds; what nobody named is one value, that of censored rows.
  @Test func kindsAreNamed() throws {
    let table = Table([
      ("t", .numbers([1, 2, 3, nil, 5])), ("e", .categories(["relapse", "death", "alive", "alive", "relapse"])),
      ("n", .numbers([1, 2, 0, 0, 1])),
    ])
    func outcome(_ event: String, _ positive: String, _ competing: String) throws -> StudyOutcome {
      try StudyOutcome(
        StudyTrainingTests.plan(
          "{table: t.csv, candidates: [f], time: t, event: \(event), positive: \(positive), competing: \(competing), pipeline: [ridge]}"
        ),
        table)
    }
    for found in [try outcome("e", "relapse", "death"), try outcome("n", "1", "[2]")] {
      guard case .competing(let times) = found.outcome else { throw ModelError("no kinds") }
      #expect(times.kinds == [1, 2, 0, 1] && found.rows == [0, 1, 2, 4])
    }
    let error = #expect(throws: ModelError.self) { try outcome("e", "relapse", "dead") }
    #expect(error?.fact.contains("has 'alive', 'death' besides 'relapse', 'dead'") ?? false, "\(error?.fact ?? "")")
    #expect(try outcome("n", "1", "[2, 3]").findings.contains { $0.fact.contains("no row has '3'") })
  }

  /// A planted signal is found where another event takes half of the patients; the signature is read again and says what it predicts.
  @Test func aSignatureOfCompetingEvents() throws {
    let (rows, features) = try StudyTrainingTests.study(features: 6, signal: 0)
    var generator = SeededGenerator(seed: 8)
    let signal = try rows.table.numbers("f0").map { $0! }
    let stop = signal.map { -log((1 - generator.uniform())) / (exp(1.2 * $0) + 1) }
    let kinds = signal.map { (1 - generator.uniform()) < exp(1.2 * $0) / (exp(1.2 * $0) + 1) ? 1 : 2 }
    let seen = stop.map { _ in 0.1 + 1.5 * (1 - generator.uniform()) }
    let times = try CompetingTimes(
      stop: zip(stop, seen).map(min), kinds: zip(zip(stop, seen), kinds).map { $0.0 <= $0.1 ? $1 : 0 })
    let table = rows.table.with("t", .numbers(times.stop)).with("e", .numbers(times.kinds.map(Double.init)))
    let plan = try StudyTrainingTests.plan(
      """
      { table: t.csv, time: t, event: e, positive: 1, competing: 2, candidates: /^f/, site: hospital, shuffles: 2,
        design: { outer: { folds: 4 }, inner: 3 }, pipeline: [mrmr: { count: 3 }, elastic_net] }
      """)
    let outcome = try StudyOutcome(plan, table)
    let own = StudyRows(table.only(Set(features + ["hospital"])), outcome.outcome, sites: rows.sites)
    let training = try StudyTraining(plan, own, sources: [("", features)], volume: nil, lanes: Lanes(jobs: 2))
    let trained = try training.run(), within = try #require(trained.performance.withinSite.value)
    #expect(within > 0.65, "\(within)")
    let calibration = try #require(
      trained.calibration.first { $0.statistics.contains { $0.name == "O_over_E" } })
    #expect(
      calibration.events
        == times.rows(own.sites!.codes.indices.filter { own.sites!.codes[$0] == calibration.site }).events(of: 1))
    let signature = Signature(trained, outcome)
    let read = try Signature(Array(signature.text().utf8), path: "s.json")
    #expect(read == signature && read.predicted.kind == "competing" && read.predicted.competing == ["2"])
    #expect(read.predicted.quantity == "predicted cumulative incidence")
    #expect(read.predicted.model?.hasPrefix("Fine and Gray's regression of the subdistribution hazard") ?? false)
    #expect(read.plan(table).competing == ["2"] && read.plan(table).positive == "1")
    let validated = try SignatureValidation(
      read, StudyRows(table, outcome.outcome, sites: rows.sites), shuffles: 3, seed: 1)
    #expect(try #require(validated.performance.pooled.value) > 0.65 && !validated.calibration.isEmpty)
  }

  /// `positive: 0` and `false`.
  @Test func theEventMayBeZeroOrFalse() throws {
    let table = Table([
      ("o", .numbers([0, 1, 0, 1])), ("w", .categories(["FALSE", "TRUE", "FALSE", "TRUE"])),
    ])
    for (name, positive) in [("o", "0"), ("w", "false"), ("w", "no")] {
      let plan = try StudyTrainingTests.plan(
        "{table: t.csv, candidates: [f], outcome: \(name), positive: \(positive), pipeline: [ridge]}")
      #expect(try StudyOutcome(plan, table).outcome.isEvent == [true, false, true, false])
    }
  }
}
