import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// What holds of reclassification and improvement whatever the data are.
struct AddedValueTests {
  private static func sample(_ count: Int, seed: UInt64) -> (base: [Double], extended: [Double], isEvent: [Bool]) {
    var generator = SeededGenerator(seed: seed), p: [Double] = [], q: [Double] = [], events: [Bool] = []
    for row in 0..<count {
      let event = row % 3 == 0, marker = generator.normal() + (event ? 1 : 0)
      p.append((1 / (1 + exp(0.8 - marker)) * 50).rounded() / 50)
      q.append(1 / (1 + exp(0.8 - marker - 0.5 * generator.normal() - (event ? 0.5 : 0))))
      events.append(event)
    }
    return (p, q, events)
  }

  /// A table of a marker that matters, one that does not, and a covariate.
  private static func table(_ count: Int, seed: UInt64) -> Table {
    var generator = SeededGenerator(seed: seed), columns: [[Double?]] = [[], [], [], []]
    for _ in 0..<count {
      let age = generator.normal(), marker = generator.normal(), noise = generator.normal()
      let event = generator.uniform() < 1 / (1 + exp(1 - age - marker))
      for (k, value) in [event ? 1 : 0, age, marker, noise].enumerated() { columns[k].append(value) }
    }
    return Table(zip(["y", "age", "marker", "noise"], columns).map { ($0, .numbers($1)) })
  }

  private static let rules: [Reclassification.Rule] = [
    .categories([0.2, 0.5]), .difference(0), .difference(0.05),
  ]

  private static func value(_ result: AddedValue, _ group: String, _ name: String) throws -> Double {
    let statistic = result.groups.first { $0.name == group }?.statistics.first { $0.name == name }
    return try #require(statistic?.cells[0].value)
  }

  /// Three events: one up, one down, one stays; two others: one down.
  @Test func byHand() throws {
    let result = try Reclassification(
      [0.1, 0.6, 0.3, 0.5, 0.1], [0.5, 0.4, 0.35, 0.2, 0.1], [true, true, true, false, false], .categories([0.3, 0.5]))
    #expect(result.events.table == [[0, 0, 1], [0, 1, 0], [0, 1, 0]])
    #expect(result.others.table == [[1, 0, 0], [0, 0, 0], [1, 0, 0]])
    #expect(result.nri == 0.5 && result.events.up == 1 && result.events.down == 1)
    expectClose(result.error, (2.0 / 9 + 0.25 / 2).squareRoot(), relative: 1e-15)
  }

  @Test func swappingPredictionsNegates() throws {
    let (p, q, isEvent) = Self.sample(90, seed: 3)
    for rule in Self.rules {
      let a = try Reclassification(p, q, isEvent, rule), b = try Reclassification(q, p, isEvent, rule)
      #expect(a.nri == -b.nri && a.error == b.error)
    }
    let a = try DiscriminationImprovement(p, q, isEvent), b = try DiscriminationImprovement(q, p, isEvent)
    expectClose(a.idi, -b.idi, relative: 1e-14)
    expectClose(a.idi, a.extendedSlope - a.baseSlope, relative: 1e-12)
  }

  /// Without censoring both forms are the plain one, and the improvements too.
  @Test func withoutCensoringNothingIsWeighted() throws {
    let (p, q, isEvent) = Self.sample(90, seed: 4)
    let times = try SurvivalTimes(
      stop: isEvent.indices.map { isEvent[$0] ? 1 + Double($0) / 100 : 6 + Double($0) / 100 },
      isEvent: isEvent.map { _ in true })
    for rule in Self.rules {
      let plain = try Reclassification(p, q, isEvent, rule)
      for estimator in SurvivalReclassification.Estimator.allCases {
        let result = try SurvivalReclassification(p, q, times, horizon: 5, rule, estimator)
        expectClose(try #require(result.nri.value), plain.nri, absolute: 1e-12)
        expectClose(try #require(result.events.value), plain.events.upShare - plain.events.downShare, absolute: 1e-12)
      }
    }
    let improvement = try SurvivalImprovement(p, q, times, horizon: 5)
    expectClose(improvement.exactIDI, try DiscriminationImprovement(p, q, isEvent).idi, relative: 1e-12)
    // The grid's step.
    expectClose(improvement.idi, improvement.exactIDI, absolute: 1e-3)
    expectClose(2 * improvement.halfNRI, try Reclassification(p, q, isEvent, .difference(0)).nri, absolute: 1e-12)
  }

  /// A rising transformation of both probabilities and the cuts moves nobody else.
  @Test func relabelling() throws {
    let (p, q, isEvent) = Self.sample(90, seed: 5)
    func changed(_ x: Double) -> Double { x * x }
    let a = try Reclassification(p, q, isEvent, .categories([0.22, 0.51]))
    let b = try Reclassification(
      p.map(changed), q.map(changed), isEvent, .categories([changed(0.22), changed(0.51)]))
    #expect(a.events == b.events && a.others == b.others)
  }

  /// Weights of 2 are rows that occur twice.
  @Test func weightsCountRows() throws {
    let (p, q, isEvent) = Self.sample(60, seed: 6)
    var generator = SeededGenerator(seed: 7)
    let stop = isEvent.map { _ in (100 * generator.uniform()).rounded() / 10 + 0.1 }
    let times = try SurvivalTimes(stop: stop, isEvent: isEvent), twice = (0..<90).map { $0 < 60 ? $0 : $0 - 60 }
    let weights = (0..<60).map { $0 < 30 ? 2.0 : 1.0 }, doubled = times.rows(twice)
    let (p2, q2) = (twice.map { p[$0] }, twice.map { q[$0] })
    for rule in Self.rules {
      for estimator in SurvivalReclassification.Estimator.allCases {
        let a = try SurvivalReclassification(p, q, times, horizon: 5, rule, estimator, weights: weights)
        let b = try SurvivalReclassification(p2, q2, doubled, horizon: 5, rule, estimator)
        expectClose(try #require(a.nri.value), try #require(b.nri.value), absolute: 1e-12)
      }
    }
    let a = try SurvivalImprovement(p, q, times, horizon: 5, weights: weights)
    let b = try SurvivalImprovement(p2, q2, doubled, horizon: 5)
    expectClose(a.exactIDI, b.exactIDI, absolute: 1e-12)
    #expect(a.median == b.median)
  }

  /// A useless marker: the test of the likelihood ratio keeps its level, the bootstrap takes the apparent gain off.
  @Test func noiseAddsNothing() throws {
    var rejected = 0
    for seed in 0..<200 {
      let result = try AddedValue(
        Self.table(120, seed: UInt64(seed) &* 31 &+ 5),
        .formulas(base: "age", extended: "age + noise"), AddedValue.Options().asking(about: .binary("y")))
      if try Self.value(result, "lrt", "p") < 0.05 { rejected += 1 }
    }
    #expect((2...20).contains(rejected), "\(rejected)")
    var options = AddedValue.Options()
    options.bootstraps = 60
    let table = Self.table(60, seed: 12)
    let noise = try AddedValue(
      table, .formulas(base: "age", extended: "age + ns(noise, 4)"), options.asking(about: .binary("y")))
    #expect(try Self.value(noise, "corrected", "delta_auc") < Self.value(noise, "delta_auc", "delta_auc"))
    #expect(try Self.value(noise, "corrected", "samples") > 50)
    let marker = try AddedValue(
      Self.table(300, seed: 13), .formulas(base: "y ~ age", extended: "y ~ age + marker"), AddedValue.Options())
    #expect(try Self.value(marker, "lrt", "p") < 1e-4)
    #expect(marker.findings.contains { $0.message.contains("Demler") })
  }

  /// Only models of which one is part of the other have a test; what decides is what columns span.
  @Test func nesting() throws {
    let table = Self.table(100, seed: 14)
    func reason(_ base: String, _ extended: String) throws -> String? {
      try AddedValue(table, .formulas(base: base, extended: extended), AddedValue.Options().asking(about: .binary("y")))
        .groups[0].reason?
        .text
    }
    #expect(try reason("age", "ns(age, 3) + marker") == nil)
    #expect(try reason("age", "marker")?.contains("is no part") == true)
    #expect(try reason("age", "age + I(2 * age)")?.contains("same columns") == true)
    #expect(try reason("age", "age + marker + offset(noise)")?.contains("offset") == true)
  }

  @Test func otherRowsAndMiscalibration() throws {
    let train = Self.table(200, seed: 15), test = Self.table(400, seed: 16)
    let result = try AddedValue(
      train, .formulas(base: "age", extended: "age + marker"), AddedValue.Options().asking(about: .binary("y")),
      validation: test)
    #expect(!result.isApparent && result.count == 400 && !result.findings.contains { $0.place == "models" })
    #expect(try Self.value(result, "brier", "brier_difference") < 0)
    let (p, q, isEvent) = Self.sample(200, seed: 17)
    let columns = Table([
      ("y", .numbers(isEvent.map { $0 ? 1 : 0 })), ("p", .numbers(p.map { 0.01 + 0.98 * $0 })),
      ("q", .numbers(q.map { $0 * $0 })),
    ])
    let judged = try AddedValue(
      columns, .columns(base: "p", extended: "q"), AddedValue.Options().asking(about: .binary("y")))
    #expect(judged.findings.contains { $0.place == "calibration1" && $0.message.contains("miscalibrated") })
    #expect(judged.groups[0].reason != nil && judged.findings.contains { $0.place == "continuous_nri" })
  }

  /// Row weights that step along the influence give what a fit with these weights gives, to first order.
  @Test func perturbedRiskIsARefit() throws {
    var generator = SeededGenerator(seed: 21)
    let x = (0..<80).map { _ in generator.normal() }, z = (0..<80).map { _ in 100 + 3 * generator.normal() }
    let stop = x.map { -log1p(-generator.uniform()) * exp(-0.7 * $0) + 1e-3 }
    let isEvent = stop.map { _ in generator.uniform() < 0.7 }
    let design = Matrix(columns: [x, z], rows: 80), times = try SurvivalTimes(stop: stop, isEvent: isEvent)
    func risks(_ rows: [Int]) throws -> (CoxModel, [Double]) {
      let names = ["x", "z", "t", "d"], values = [x, z, stop, isEvent.map { $0 ? 1 : 0 }]
      let table = Table(zip(names, values).map { ($0, .numbers($1)) })
      let frame = try ModelFrame(Formula("Surv(t, d) ~ x + z"), table.rows(rows))
      let all = try ModelFrame(Formula("Surv(t, d) ~ x + z"), table)
      let model = try CoxModel(frame)
      return (model, try model.risks(of: all)(0.6))
    }
    let (model, whole) = try risks(Array(0..<80))
    let step = try #require(
      PerturbedCoxRisk(
        design, offset: x.map { _ in 0 }, times, coefficients: model.definedCoefficients, risks: whole, horizon: 0.6))
    for (a, b) in zip(step.risks(x.map { _ in 1 }), whole) { expectClose(a, b, absolute: 1e-12) }
    for left in [3, 17, 40] {
      let refit = try risks((0..<80).filter { $0 != left }).1
      let moved = step.risks((0..<80).map { $0 == left ? 0 : 1 })
      let largest = zip(refit, whole).map { abs($0 - $1) }.max() ?? 0
      for (a, b) in zip(moved, refit) { expectClose(a, b, absolute: 0.25 * largest + 2e-3) }
    }
  }

  @Test func degenerateInputsHaveReasons() throws {
    let p = [0.2, 0.4, 0.6], isEvent = [true, false, true]
    let same = try Reclassification(p, p, isEvent, .difference(0)).statistics()
    #expect(same[0].cells[0].value == 0 && same[7].cells[0].reason != nil && same[8].cells[0].reason != nil)
    let idi = try DiscriminationImprovement(p, p, isEvent).statistics()
    #expect(idi[0].cells[0].value == 0 && idi[1].cells[0].reason != nil)
    #expect(throws: ModelError.self) { try Reclassification(p, p, [true, true, true], .difference(0)) }
    #expect(throws: ModelError.self) { try Reclassification(p, [0.2, 1.4, 0.6], isEvent, .difference(0)) }
    #expect(throws: ModelError.self) { try Reclassification(p, p, isEvent, .categories([0.5, 0.2])) }
    #expect(throws: ModelError.self) { try Reclassification(p, p, isEvent, .categories([])) }
    #expect(throws: ModelError.self) { try Reclassification([], [], [], .difference(0)) }
    let times = try SurvivalTimes(stop: [1, 2, 3], isEvent: isEvent),
      censored = try SurvivalTimes(
        stop: [1, 2, 3], isEvent: [false, false, false])
    for horizon in [0.5, 3, 9] {
      #expect(throws: ModelError.self) { try SurvivalImprovement(p, p, times, horizon: horizon) }
    }
    #expect(throws: ModelError.self) { try SurvivalImprovement(p, p, censored, horizon: 2) }
    #expect(throws: ModelError.self) { try SurvivalImprovement([0.5], [0.5], times.rows([0]), horizon: 1) }
    // The one who moves up is censored before the horizon.
    let moved = try SurvivalReclassification(
      p, [0.2, 0.5, 0.6], times, horizon: 2.5, .difference(0), .kaplanMeier)
    #expect(moved.nri.reason != nil && moved.eventsDown.value == 0)
    let tied = try SurvivalImprovement([0.5, 0.5, 0.5], [0.5, 0.5, 0.5], times, horizon: 2)
    #expect(tied.exactIDI == 0 && tied.halfNRI == 0 && tied.median == 0)
  }

  @Test func questionsAreRefusedWithASentence() {
    let table = Self.table(40, seed: 18)
    func refused(
      _ outcome: OutcomeColumns?, _ base: String, _ extended: String, horizon: Double? = nil, _ sentence: String
    ) {
      var options = AddedValue.Options()
      options.horizon = horizon
      #expect {
        try AddedValue(table, .formulas(base: base, extended: extended), options.asking(about: outcome))
      } throws: { "\($0)".contains(sentence) }
    }
    refused(nil, "age", "age + marker", "outcome: is not named")
    refused(nil, "y ~ age", "noise ~ age + marker", "must be")
    refused(.binary("y"), "age", "age + markre", "Did you mean 'marker'?")
    refused(.binary("y"), "age", "age + marker", horizon: 3, "a horizon belongs to times")
    refused(.survival(time: "age", event: "y"), "noise", "noise + marker", "a horizon must be named")
  }
}
