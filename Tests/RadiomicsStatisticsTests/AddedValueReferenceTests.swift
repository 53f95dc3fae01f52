import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// R's glm, pROC, Hmisc, nricens and survIDINRI: `f_added_value.json` and `n_added_value.json`.
@Suite(.golden(.addedValue)) struct AddedValueReferenceTests {
  private static let cases = StatisticalReference.cases("f_added_value") + StatisticalReference.cases("n_added_value")

  private static func named(_ start: String) -> [StatisticalReference] { cases.filter { $0.id.hasPrefix(start) } }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  private static func predictions(_ name: String) throws -> (base: [Double], extended: [Double], isEvent: [Bool]) {
    let table = Table(texts: try StatisticalReference.table(name))
    return (try numbers(table, "p0"), try numbers(table, "p1"), try numbers(table, "y").map { $0 == 1 })
  }

  private static func risks() throws -> (base: [Double], extended: [Double], times: SurvivalTimes) {
    let table = Table(texts: try StatisticalReference.table("pbc_312_risks"))
    let times = try SurvivalTimes(stop: numbers(table, "time"), isEvent: numbers(table, "event").map { $0 == 1 })
    return (try numbers(table, "r0"), try numbers(table, "r1"), times)
  }

  private static func statistics(_ result: AddedValue, _ group: String) throws -> [Statistic] {
    try #require(result.groups.first { $0.name == group }).statistics
  }

  @Test(.enabled(if: StatisticalReference.hasOthers("f_added_value"), "\(StatisticalReference.absence)"))
  func allCasesAreThere() {
    #expect(Self.cases.count == 23)
  }

  @Test(arguments: named("lrt_logistic")) func likelihoodRatio(_ reference: StatisticalReference) throws {
    let (base, markers) =
      reference.data == "asah" ? ("age + gender + wfns", "s100b + ndka") : ("age + male", "volume + entropy")
    let result = try AddedValue(
      Table(texts: StatisticalReference.table(reference.data)),
      .formulas(base: base, extended: "\(base) + \(markers)"), AddedValue.Options().asking(about: .binary("y")))
    reference.expect(try Self.statistics(result, "lrt"))
  }

  private static func judged(_ name: String) throws -> AddedValue {
    try AddedValue(
      Table(texts: StatisticalReference.table(name)), .columns(base: "p0", extended: "p1"),
      AddedValue.Options().asking(about: .binary("y")))
  }

  @Test(arguments: named("continuous_")) func improvement(_ reference: StatisticalReference) throws {
    reference.expect(try Self.statistics(Self.judged(reference.data), "continuous_nri_idi"))
  }

  @Test(arguments: named("delta_auc")) func areas(_ reference: StatisticalReference) throws {
    let result = try Self.judged(reference.data)
    // pROC subtracts the second area from the first; here z has the sign of the gain.
    let areas = try Self.statistics(result, "delta_auc").map { statistic in
      statistic.name == "z" ? Statistic("z", -(statistic.cells[0].value ?? .nan)) : statistic
    }
    reference.expect(areas)
  }

  @Test(arguments: named("categorical_nri") + named("difference_nri")) func reclassification(
    _ reference: StatisticalReference
  ) throws {
    let (p, q, isEvent) = try Self.predictions(reference.data)
    let cuts = reference.params["cut"].map { $0.asList?.map { $0.asNumber! } ?? [$0.asNumber!] }
    let result = try Reclassification(p, q, isEvent, cuts.map { .categories($0) } ?? .difference(0.02))
    let statistics = result.statistics()
    reference.without(["nricens_estimates", "table_events", "table_nonevents"]).expect(statistics)
    let names = [
      "NRI": "nri", "NRI+": "nri_events", "NRI-": "nri_nonevents", "Pr(Up|Case)": "up_events",
      "Pr(Down|Case)": "down_events", "Pr(Down|Ctrl)": "down_nonevents", "Pr(Up|Ctrl)": "up_nonevents",
    ]
    if case .map(let estimates)? = reference["nricens_estimates"] {
      for entry in estimates {
        let statistic = statistics.first { $0.name == names[entry.key] }
        reference.expectValue(statistic?.cells[0].value, entry.value, entry.key)
      }
    }
    for (name, table) in [("table_events", result.events.table), ("table_nonevents", result.others.table)] {
      let expected = reference.values.first { $0.key == name }?.value.asList
      #expect(table == expected?.map { $0.asList!.map { Int($0.asNumber!) } } ?? [])
    }
  }

  @Test(arguments: named("survival_nri")) func survivalReclassification(_ reference: StatisticalReference) throws {
    let (p, q, times) = try Self.risks(), parts = reference.id.split(separator: "_").map(String.init)
    let cut = try #require(reference.params["cut"]), cuts = cut.asList?.map { $0.asNumber! } ?? [cut.asNumber!]
    let result = try SurvivalReclassification(
      p, q, times, horizon: 2000, parts[3] == "category" ? .categories(cuts) : .difference(cuts[0]),
      #require(SurvivalReclassification.Estimator(rawValue: parts[2])))
    reference.expect(result.statistics)
  }

  /// Models of times through the whole analysis.
  @Test func survivalImprovement() throws {
    let (p, q, times) = try Self.risks(), reference = try #require(Self.named("survidinri").first)
    let intervals = ["idi_ci_perturbation", "nri_ci_perturbation"]
    reference.without(intervals).expect(try SurvivalImprovement(p, q, times, horizon: 2000).statistics)
    var options = AddedValue.Options()
    options.horizon = 2000
    let result = try AddedValue(
      Table(texts: StatisticalReference.table("pbc_312")),
      .formulas(base: "age + bili + albumin", extended: "age + bili + albumin + protime"),
      options.asking(about: .survival(time: "time", event: "event")))
    let ratio = try Self.statistics(result, "lrt"), test = try #require(Self.named("lrt_cox").first)
    test.without(["loglik"]).expect(ratio)
    let likelihoods = try #require(test.values.first { $0.key == "loglik" }?.value.asList)
    for (name, expected) in zip(["loglik0", "loglik1"], likelihoods) {
      test.expectValue(ratio.first { $0.name == name }?.cells[0].value, expected, name)
    }
    let statistics = try Self.statistics(result, "survidinri")
    reference.without(intervals).expect(statistics)
    // A limit of 300 draws has a standard error of √(0.025 · 0.975/300)/φ(1.96) standard deviations; both have, and the
    // interval is 3.92 of them wide.
    let error = (2 * 0.025 * 0.975 / 300).squareRoot() / 0.05845 / 3.92
    #expect(options.perturbations == 300)
    for name in intervals {
      let limits = try #require(statistics.first { $0.name == name }).cells.map { try #require($0.value) }
      let expected = try #require(reference.values.first { $0.key == name }?.value.asList).map { $0.asNumber! }
      for (limit, other) in zip(limits, expected) {
        expectClose(limit, other, absolute: 4 * error * (expected[1] - expected[0]), name)
      }
    }
  }
}
