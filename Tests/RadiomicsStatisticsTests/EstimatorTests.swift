import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Estimators of the catalogue: what they learn is what the models behind them say.
@Suite struct EstimatorTests {
  /// The same kept and read again.
  static func again<Model: FittedModel>(_ model: Model) throws -> Model {
    let text = try Setting.Value(coding: model).json
    return try Setting.Value(json: Array(text.utf8), file: "model.json").decoded()
  }

  static func lung() throws -> (table: Table, times: SurvivalTimes) {
    let table = Table(texts: try StatisticalReference.table("lung"))
    let times = try SurvivalTimes(
      start: nil, stop: table.numbers("time").map { $0! }, isEvent: table.numbers("event").map { $0 == 1 })
    return (table, times)
  }

  @Test(arguments: Ties.allCases) func coxPredictsWhatItsModelPredicts(_ ties: Ties) throws {
    let (table, times) = try Self.lung()
    let right = "age * factor(sex) + ns(karno, 3) + offset(ecog)" + (ties == .exact ? "" : " + strata(inst > 10)")
    let fitted = try CoxRegression(right, ties: ties).fit(table, .survival(times))
    let frame = try ModelFrame(Formula("Surv(time, event) ~ \(right)"), table), model = try CoxModel(frame, ties: ties)
    let rows = table.rows(frame.rows), moments = [100.0, 250, 600]
    #expect(try fitted.predict(rows) == model.predictors)
    let strata = frame.strataNames.count > 1 ? frame.strata : nil
    let expected = model.survival(frame.matrix, offset: frame.offset, strata: strata, at: moments)
    let kept = try Self.again(fitted)
    #expect(kept == fitted)
    #expect(try kept.cumulativeHazards(rows, at: moments) == expected.map { $0.map(\.cumulativeHazard) })
    #expect(try kept.predict(rows) == fitted.predict(rows))
    #expect(kept.coefficients.errors.compactMap { $0 } == model.errors(model.covariance).compactMap(\.value))
  }

  @Test(arguments: [false, true]) func logisticPredictsWhatItsModelPredicts(_ isFirth: Bool) throws {
    let table = Table(texts: try StatisticalReference.table("markers"))
    let outcome = try table.numbers("y").map { $0 == 1 }
    let column = try #require(table.names.first { $0 != "y" && (try? table.numbers($0)) != nil && !$0.contains("id") })
    let fitted = try LogisticRegression("scale(`\(column)`)", isFirth: isFirth).fit(table, .binary(outcome))
    let frame = try ModelFrame(Formula("y ~ scale(`\(column)`)"), table)
    let model = try LogisticModel(frame, firth: isFirth)
    let rows = table.rows(frame.rows)
    for (a, b) in zip(try fitted.predict(rows), model.probabilities) { expectClose(a, b, relative: 1e-14) }
    #expect(try Self.again(fitted).predict(rows) == fitted.predict(rows))
  }

  @Test func fineAndGrayPredictWhatTheirModelPredicts() throws {
    let table = Table(texts: try StatisticalReference.table("mgus2_cr"))
    let names = table.names, stop = try table.numbers("time").map { $0! }
    #expect(names.contains("status"))
    let times = try CompetingTimes(stop: stop, kinds: table.numbers("status").map { Int($0!) })
    let fitted = try FineGrayRegression("age + male").fit(table, .competing(times))
    let design = Matrix(columns: try ["age", "male"].map { try table.numbers($0).map { $0! } }, rows: table.count)
    let model = try FineGray(design, names: ["age", "male"], times, kind: 1)
    #expect(try fitted.incidences(table, at: [60, 240]) == model.incidences(design, at: [60, 240]))
    #expect(try Self.again(fitted).incidences(table, at: [60, 240]) == fitted.incidences(table, at: [60, 240]))
  }

  /// Times of a thinned baseline are no patient's, and its hazards those of the whole one.
  @Test func aThinnedBaseline() throws {
    let (table, times) = try Self.lung()
    let fitted = try CoxRegression("age").fit(table, .survival(times)), thin = fitted.thinned(to: 12)
    let base = fitted.baseline[0], few = thin.baseline[0]
    #expect(few.times.count == 12 && base.times.count > 100)
    let steps = Set(zip(few.times, few.times.dropFirst()).map { ($1 - $0).rounded() })
    #expect(steps.count == 1)
    for (time, hazard) in zip(few.times, few.cumulative) {
      let whole = Array(zip(base.times, base.cumulative)).last { $0.0 <= time }?.1 ?? 0
      #expect(hazard == whole)
    }
  }

  /// A long sum, and calculations of all kinds, survive the way through a file.
  @Test func calculationsAreKeptAsTheyAre() throws {
    for text in [
      "log(age + 1)", "I(age^2 / 3 - -karno)", "factor(sex == 2)", "`odd name's` * \"text\"",
      "I(" + (1...300).map { "age * \($0)" }.joined(separator: " + ") + ")",
    ] {
      let expression = try Formula.Expression(text)
      let kept = try Setting.Value(json: Array(Setting.Value(coding: expression).line.utf8), file: "x")
      #expect(try kept.decoded(Formula.Expression.self) == expression)
    }
    for wrong in [
      "[]", "[{\"sign\":\"+\"}]", "[{\"column\":\"a\"},{\"column\":\"b\"}]", "[{\"call\":\"log\",\"of\":-1}]",
    ] {
      #expect(throws: DecodingError.self) {
        try Setting.Value(json: Array(wrong.utf8), file: "x").decoded(Formula.Expression.self)
      }
    }
  }

  /// With a small penalty an elastic net is a Cox model with Breslow's ties; with one chosen by folds it is kept alike, and does not
  /// depend on the units of columns.
  @Test func elasticNet() throws {
    let (table, times) = try Self.lung()
    let free = try PenalisedCoxRegression("age + factor(sex) + karno", penalty: 1e-7).fit(table, .survival(times))
    let plain = try CoxRegression("age + factor(sex) + karno", ties: .breslow).fit(table, .survival(times))
    for (a, b) in zip(free.coefficients.values, plain.coefficients.values) {
      expectClose(try #require(a), try #require(b), absolute: 1e-4)
    }
    let moments = [100.0, 500]
    let rows = table.rows((0..<table.count).filter { table["karno"]?.isMissing($0) == false })
    for (a, b) in zip(
      try free.cumulativeHazards(rows, at: moments).flatMap { $0 },
      try plain.cumulativeHazards(rows, at: moments).flatMap { $0 })
    {
      expectClose(a, b, relative: 1e-3)
    }
    let estimator = PenalisedCoxRegression(
      "age + factor(sex) + karno", mix: 0.5, validation: .folds(4, repeats: 1))
    let chosen = try estimator.fit(table, .survival(times), seed: 5)
    #expect(try estimator.fit(table, .survival(times), seed: 5) == chosen && Self.again(chosen) == chosen)
    #expect(chosen.coefficients.values.contains { $0 != 0 } && chosen.estimates.isEmpty)
    let months = table.with("age", .numbers(try table.numbers("age").map { $0.map { 12 * $0 } }))
    let other = try estimator.fit(months, .survival(times), seed: 5)
    expectClose(
      try #require(other.coefficients.values[0]) * 12, try #require(chosen.coefficients.values[0]), relative: 1e-6)
  }
}
