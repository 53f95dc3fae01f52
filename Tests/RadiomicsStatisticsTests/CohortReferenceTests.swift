import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// R's coding of terms, survival 3.5-3 and cmprsk 2.2-11 of a simulated cohort: `l_models.json`.
@Suite(.golden(.cohort)) struct CohortReferenceTests {
  private static let cases = StatisticalReference.cases("l_models")

  private static func named(_ start: String) -> [StatisticalReference] { cases.filter { $0.id.hasPrefix(start) } }

  private static func cohort() throws -> Table { Table(texts: try StatisticalReference.table("cohort")) }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  private static func competing(_ table: Table) throws -> CompetingTimes {
    try CompetingTimes(stop: numbers(table, "time"), kinds: numbers(table, "kind").map { Int($0) })
  }

  private static func expect(_ values: [Double?], _ names: [String], _ reference: StatisticalReference, _ key: String)
    throws
  {
    guard case .map(let entries)? = reference[key] else {
      Issue.record("\(reference.id): there is no \(key)")
      return
    }
    try #require(entries.map(\.key) == names, "\(reference.id) \(key)")
    for (entry, value) in zip(entries, values) { reference.expectValue(value, entry.value, "\(key) \(entry.key)") }
  }

  @Test(arguments: named("formula_")) func terms(_ reference: StatisticalReference) throws {
    let formula = try Formula(#require(reference.params["formula"]?.asText))
    let model = try LogisticModel(
      ModelFrame(formula, Self.cohort(), weights: reference.params["weights"]?.asText))
    try Self.expect(model.coefficients.map(\.value), model.names, reference, "coef")
    try Self.expect(model.estimates.map(\.error.value), model.names, reference, "se")
    for (key, value) in [("loglik", model.logLikelihood), ("deviance", model.deviance)] {
      if let expected = reference[key] { reference.expectValue(value, expected, key) }
    }
  }

  @Test(arguments: named("zph_")) func proportionalHazards(_ reference: StatisticalReference) throws {
    let transform = try #require(ProportionalHazardsTest.Transform(rawValue: String(reference.id.dropFirst(4))))
    let formula = try Formula(#require(reference.params["formula"]?.asText))
    let test = try ProportionalHazardsTest(CoxModel(ModelFrame(formula, Self.cohort())), transform)
    let names = test.columns.map(\.name) + ["GLOBAL"], tests = test.columns.map(\.test) + [test.global]
    try Self.expect(tests.map(\.statistic), names, reference, "chisq")
    try Self.expect(tests.map(\.p), names, reference, "p")
  }

  @Test(arguments: named("concordance_")) func concordance(_ reference: StatisticalReference) throws {
    let table = try Self.cohort()
    let times = try SurvivalTimes(
      stop: Self.numbers(table, "time"), isEvent: Self.numbers(table, "event").map { $0 == 1 })
    let weighting = try #require(
      reference.params["weighting"]?.asText.flatMap { ConcordanceIndex.Weighting(rawValue: $0) })
    let index = ConcordanceIndex(try Self.numbers(table, "stage"), times, weighting)
    reference.expect([
      Statistic("c", index.value), Statistic("se", index.error), Statistic("concordant", index.concordant),
      Statistic("discordant", index.discordant), Statistic("tied_x", index.tiedRisk),
      Statistic("tied_y", index.tiedTime), Statistic("tied_xy", index.tiedBoth),
    ])
  }

  @Test(arguments: named("crr_")) func fineGray(_ reference: StatisticalReference) throws {
    let table = try Self.cohort(), names = ["age", "texture", "treated"]
    let design = Matrix(columns: try names.map { try Self.numbers(table, $0) }, rows: table.count)
    let kind = try #require(reference.params["kind"]?.asInteger)
    let model = try FineGray(design, names: names, Self.competing(table), kind: kind)
    try Self.expect(model.coefficients.map(\.value), names, reference, "coef")
    try Self.expect(model.estimates.map(\.error.value), names, reference, "se_robust")
    reference.without(["coef", "se_robust"]).expect([
      Statistic("loglik", model.logLikelihood), Statistic("loglik_null", model.nullLogLikelihood),
    ])
  }

  @Test(arguments: named("gray_")) func gray(_ reference: StatisticalReference) throws {
    let table = try Self.cohort(), group = try #require(reference.params["group"]?.asText)
    let values = try Self.numbers(table, group), levels = Set(values).sorted()
    let groups = values.map { levels.firstIndex(of: $0)! }
    let tests = try [1, 2].map { try GrayTest(Self.competing(table), groups: groups, kind: $0) }
    reference.expect([
      Statistic("gray_stat", tests.map(\.statistic)), Statistic("gray_p", tests.map(\.p)),
    ])
  }

  @Test(arguments: named("states")) func states(_ reference: StatisticalReference) throws {
    let curve = AalenJohansen(try Self.competing(Self.cohort()))
    let times = try #require(reference.params["times"]?.asList).map { $0.asNumber! }
    for (row, time) in times.enumerated() {
      let shares = [curve.eventFree.survival(at: time)] + [1, 2].map { curve.incidence(of: $0, at: time) }
      let errors = [curve.eventFree.error(at: time)] + [1, 2].map { curve.error(of: $0, at: time) }
      for (key, found) in [("pstate", shares), ("std_err", errors)] {
        let expected = try #require(reference[key]?.asList?[row].asList)
        for (value, number) in zip(found, expected) { reference.expectValue(value, number, "\(key) \(time)") }
      }
    }
  }
}
