import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Models fitted anew to patients of another place.
@Suite struct ModelUpdatingTests {
  /// A model of two columns with coefficients 1 and −0.5 whose intercept and slope are off where `shift` and `slope` say so.
  private static func patients(_ n: Int, seed: UInt64, shift: Double = 0, slope: Double = 1, other: Double = -0.5) -> (
    design: Matrix, predictors: [Double], isEvent: [Bool]
  ) {
    var generator = SeededGenerator(seed: seed)
    let a = (0..<n).map { _ in generator.normal() }, b = (0..<n).map { _ in generator.normal() }
    let predictors = zip(a, b).map { $0 - 0.5 * $1 }
    let isEvent = zip(a, b).map { generator.uniform() < expit(shift + slope * ($0 + other * $1)) }
    return (Matrix(columns: [a, b], rows: n), predictors, isEvent)
  }

  private func choice(_ data: (design: Matrix, predictors: [Double], isEvent: [Bool])) throws -> ModelUpdate {
    try ModelUpdating(data.predictors, data.isEvent, design: data.design, names: ["a", "b"]).chosen.get()
  }

  /// Each planted fault is answered by the update that mends it.
  @Test func plantedFaults() throws {
    #expect(try choice(Self.patients(300, seed: 1)) == .original)
    #expect(try choice(Self.patients(300, seed: 2, shift: 1)) == .inTheLarge)
    #expect(try choice(Self.patients(300, seed: 3, shift: 1, slope: 0.3)) == .recalibration)
    #expect(try choice(Self.patients(300, seed: 4, shift: 1, other: 1.5)) == .refit)
  }

  /// A model that is right is kept in about 95 of 100 samples.
  @Test func level() throws {
    let kept = try (0..<100).count { try choice(Self.patients(150, seed: 100 + UInt64($0))) == .original }
    #expect((88...100).contains(kept), "\(kept)")
  }

  /// Against the models themselves: intercept with the old predictor as offset, both, and every column.
  @Test func likelihoods() throws {
    let data = Self.patients(120, seed: 5, shift: 0.5, slope: 0.6), y = data.isEvent.map { $0 ? 1.0 : 0 }
    let found = try ModelUpdating(data.predictors, data.isEvent, design: data.design, names: ["a", "b"])
    #expect(found.models.map(\.update) == ModelUpdate.allCases && found.missing.isEmpty)
    let own = zip(data.predictors, y).reduce(0) { $0 + log($1.1 == 1 ? expit($1.0) : 1 - expit($1.0)) }
    expectClose(try #require(found.models[0].likelihood).logarithm, own, relative: 1e-12)
    let line = try Calibration(data.predictors.map(expit), y).recalibrated()
    let large = try #require(found.models[1].coefficients[0].estimate.estimate), slope = found.models[2].coefficients[1]
    expectClose(large.value, try #require(line.inTheLarge.estimate).value, relative: 1e-8)
    expectClose(large.error, try #require(line.inTheLarge.estimate).error, relative: 1e-8)
    #expect(slope.name == "slope" && found.models[3].coefficients.map(\.name) == ["intercept", "a", "b"])
    expectClose(try #require(slope.estimate.estimate).value, try #require(line.slope.estimate).value, relative: 1e-8)
    let step = found.steps[0]
    expectClose(step.chi, 2 * (try #require(found.models[3].likelihood).logarithm - own), relative: 1e-12)
    #expect(step.df == 3 && step.update == .original)
    expectClose(step.p, ChiSquared(3).above(step.chi), relative: 1e-14)
  }

  @Test func whatCannotBeChosen() throws {
    let data = Self.patients(40, seed: 6), rows = Array(0..<40)
    let noDesign = try ModelUpdating(data.predictors, data.isEvent, design: nil)
    #expect(throws: ModelUpdating.NoChoice(reason: "the model's columns are not known")) { try noDesign.chosen.get() }
    let clustered = try ModelUpdating(
      data.predictors, data.isEvent, design: data.design, names: ["a", "b"], clusters: rows.map { $0 / 2 })
    #expect(throws: ModelUpdating.NoChoice.self) { try clustered.chosen.get() }
    let wide = Matrix(
      columns: (0..<50).map { column in rows.map { Double(($0 * 7 + column * column) % 11) } }, rows: 40)
    let many = try ModelUpdating(data.predictors, data.isEvent, design: wide, names: (0..<50).map { "x\($0)" })
    #expect(many.missing.map(\.update) == [.refit] && many.models.count == 3)
    #expect(throws: ModelError.oneOutcome) { try ModelUpdating([1, 2], [true, true], design: nil) }
  }

  /// Times: the slope is that of a Cox model, the ratio observed over expected, the first step the likelihood at a slope of 1.
  @Test func times() throws {
    var generator = SeededGenerator(seed: 8)
    let a = (0..<150).map { _ in generator.normal() }, b = a.map { _ in generator.normal() }
    let predictors = zip(a, b).map { $0 - 0.5 * $1 }
    let raw = predictors.map { -log(1 - generator.uniform()) / (2 * exp(0.3 * $0)) }
    let times = try SurvivalTimes(stop: raw.map { min($0, 1) }, isEvent: raw.map { $0 <= 1 })
    let expected = zip(predictors, times.stop).map { $1 * exp($0) }
    let design = Matrix(columns: [a, b], rows: 150)
    let found = try ModelUpdating(predictors, times, expected: expected, design: design, names: ["a", "b"])
    #expect(found.models.map(\.update) == ModelUpdate.allCases)
    #expect(try found.chosen.get() == .recalibration)
    let cox = try CoxModel(Matrix(columns: [predictors], rows: 150), times, names: ["p"])
    let slope = try #require(found.models[2].coefficients[0].estimate.estimate)
    let direct = try #require(cox.estimates[0].estimate)
    expectClose(slope.value, direct.value, relative: 1e-7)
    expectClose(slope.error, direct.error, relative: 1e-7)
    let ratio = try #require(found.models[1].coefficients[0].estimate.estimate)
    expectClose(exp(ratio.value), Double(times.events) / expected.reduce(0, +), relative: 1e-12)
    expectClose(ratio.error, 1 / Double(times.events).squareRoot(), relative: 1e-14)
    #expect(found.steps.map(\.update) == [.original, .recalibration] && found.steps.map(\.df) == [2, 1])
  }

  /// Numbers, against R's lm on the same rows: y ~ 1 + offset(p), y ~ p, y ~ a + b, with their errors, and n log of
  /// the ratio of residual squares.
  @Test func numbers() throws {
    let a = [1.0, 2, 3, 4, 5, 6, 7, 8], b = [2.0, 1, 4, 3, 6, 5, 9, 7], y = [1.2, 2.9, 2.1, 5.2, 3.8, 7.1, 5.9, 9.4]
    let predictions = zip(a, b).map { 1.5 * $0 - 0.5 * $1 }
    let found = try ModelUpdating(predictions, y, design: Matrix(columns: [a, b], rows: 8), names: ["a", "b"])
    let expected: [[(String, Double, Double)]] = [
      [("intercept", 0.2625, 0.207826765085045)],
      [("intercept", 0.0722785665990536, 0.4629699302603603), ("slope", 1.0428668018931710, 0.0917379369874345)],
      [
        ("intercept", 0.326897689768975, 0.402085419525742), ("a", 1.813696369636964, 0.169889293013869),
        ("b", -0.819141914191420, 0.155901107334111),
      ],
    ]
    for (model, values) in zip(found.models.dropFirst(), expected) {
      #expect(model.coefficients.map(\.name) == values.map(\.0))
      for (coefficient, value) in zip(model.coefficients, values) {
        let estimate = try #require(coefficient.estimate.estimate)
        expectClose(estimate.value, value.1, absolute: 1e-8)
        expectClose(estimate.error, value.2, absolute: 1e-8)
      }
    }
    for (step, chi) in zip(found.steps, [6.51730036188978, 4.87481176174055, 4.58885652980588]) {
      expectClose(step.chi, chi, absolute: 1e-8)
    }
    #expect(found.steps.map(\.df).prefix(1) == [3])
  }

  /// Who changes and why, by hand.
  @Test func groupChanges() throws {
    let extended = LinearTerms(
      ["age", "texture"], coefficients: [0.1, 2], means: [60, 1], rows: Matrix(columns: [[70, 60], [1, 3]], rows: 2))
    let base = LinearTerms(["age"], coefficients: [0.05], means: [60], rows: Matrix(columns: [[70, 60]], rows: 2))
    let found = GroupChange.all(base: [0.6, 0.4], extended: [0.7, 0.9], groups: ([1, 0], [1, 2]), extended, base)
    #expect(found.map(\.row) == [1] && found[0].from == 0 && found[0].to == 2)
    // Age 60 is the mean; texture lies 2 above it, times 2.
    #expect(found[0].reasons.map(\.name) == ["texture", "age"] && found[0].reasons.map(\.change) == [4, 0])
    let all = GroupChange.all(base: [0.1, 0.4], extended: [0.7, 0.4], groups: ([0, 0], [1, 0]), extended, base)
    expectClose(all[0].reasons[0].change, 0.1 * 10 - 0.05 * 10, relative: 1e-12)
  }

  /// η² by hand: results 1, 2, 3, 6 of two choices of two values. Mean 3, total 14; first axis means 1.5 and 4.5: 2 · 2.25 + 2 · 2.25 = 9.
  @Test func specifications() {
    let shares = specificationShares([1, 2, 3, 6], choices: [[0, 0], [0, 1], [1, 0], [1, 1]])
    expectClose(shares[0]!, 9.0 / 14, relative: 1e-14)
    expectClose(shares[1]!, 4.0 / 14, relative: 1e-14)
    #expect(specificationShares([2, 2], choices: [[0], [1]]) == [nil])
  }
}
