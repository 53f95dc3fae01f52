import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// R's glm, pROC, Hmisc, nricens and survIDINRI: `reference/stats/f_added_value.json`.
@Suite(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)")) struct AddedValueReferenceTests {
  private static let cases = StatisticalReference.cases("f_added_value")

  private static func named(_ start: String) -> [StatisticalReference] { cases.filter { $0.id.hasPrefix(start) } }

  private static func numbers(_ table: DataTable, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  private static func predictions() throws -> (base: [Double], extended: [Double], isEvent: [Bool]) {
    let table = DataTable(texts: try StatisticalReference.table("asah_nested_predictions"))
    return (try numbers(table, "p0"), try numbers(table, "p1"), try numbers(table, "y").map { $0 == 1 })
  }

  private static func risks() throws -> (base: [Double], extended: [Double], times: SurvivalTimes) {
    let table = DataTable(texts: try StatisticalReference.table("pbc_312_risks"))
    let times = try SurvivalTimes(stop: numbers(table, "time"), isEvent: numbers(table, "event").map { $0 == 1 })
    return (try numbers(table, "r0"), try numbers(table, "r1"), times)
  }

  private static func statistics(_ result: AddedValue, _ group: String) throws -> [Statistic] {
    try #require(result.groups.first { $0.name == group }).statistics
  }

  /// `delta_harrell_c` is tested with concordance.
  @Test func everyCaseIsTested() {
    let starts = [
      "lrt_", "delta_auc", "delta_harrell_c", "continuous_", "categorical_", "difference_", "survival_", "survidinri",
    ]
    #expect(Self.cases.count == 16)
    for reference in Self.cases { #expect(starts.contains { reference.id.hasPrefix($0) }, "\(reference.id)") }
  }

  @Test func likelihoodRatio() throws {
    let result = try AddedValue(
      DataTable(texts: StatisticalReference.table("asah")), outcome: .binary("y"),
      .formulas(base: "age + gender + wfns", extended: "age + gender + wfns + s100b + ndka"), .init())
    try #require(Self.named("lrt_logistic").first).expect(Self.statistics(result, "lrt"))
  }

  @Test func areas() throws {
    let result = try AddedValue(
      DataTable(texts: StatisticalReference.table("asah_nested_predictions")), outcome: .binary("y"),
      .columns(base: "p0", extended: "p1"), .init())
    // pROC subtracts the second area from the first; here z has the sign of the gain.
    let areas = try Self.statistics(result, "delta_auc").map { statistic in
      statistic.name == "z" ? Statistic("z", -(statistic.cells[0].value ?? .nan)) : statistic
    }
    try #require(Self.named("delta_auc").first).expect(areas)
    try #require(Self.named("continuous_nri_idi").first).expect(Self.statistics(result, "continuous_nri_idi"))
  }

  @Test(arguments: named("categorical_nri") + named("difference_nri")) func reclassification(
    _ reference: StatisticalReference
  ) throws {
    let (p, q, isEvent) = try Self.predictions()
    let cuts = reference.params["cut"].map { $0.asList?.map { $0.asNumber! } ?? [$0.asNumber!] }
    let result = try Reclassification(p, q, isEvent, cuts.map { .categories($0) } ?? .difference(0.02))
    let statistics = result.statistics()
    reference.without(["nricens_estimates", "table_events", "table_nonevents"]).expect(statistics)
    let names = [
      "NRI": "nri", "NRI+": "nri_events", "NRI-": "nri_nonevents", "Pr(Up|Case)": "up_events",
      "Pr(Down|Case)": "down_events", "Pr(Down|Ctrl)": "down_nonevents", "Pr(Up|Ctrl)": "up_nonevents",
    ]
    guard case .map(let estimates)? = reference.values.first(where: { $0.key == "nricens_estimates" })?.value else {
      Issue.record("no estimates")
      return
    }
    for entry in estimates {
      let statistic = statistics.first { $0.name == names[entry.key] }
      reference.expectValue(statistic?.cells[0].value, entry.value, entry.key)
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
      DataTable(texts: StatisticalReference.table("pbc_312")), outcome: .survival(time: "time", event: "event"),
      .formulas(base: "age + bili + albumin", extended: "age + bili + albumin + protime"), options)
    let ratio = try Self.statistics(result, "lrt"), test = try #require(Self.named("lrt_cox").first)
    test.without(["loglik"]).expect(ratio)
    let likelihoods = try #require(test.values.first { $0.key == "loglik" }?.value.asList)
    for (name, expected) in zip(["loglik0", "loglik1"], likelihoods) {
      test.expectValue(ratio.first { $0.name == name }?.cells[0].value, expected, name)
    }
    let statistics = try Self.statistics(result, "survidinri")
    reference.without(intervals).expect(statistics)
    for name in intervals {
      let limits = try #require(statistics.first { $0.name == name }).cells.map { try #require($0.value) }
      let expected = try #require(reference.values.first { $0.key == name }?.value.asList).map { $0.asNumber! }
      for (limit, other) in zip(limits, expected) {
        expectClose(limit, other, absolute: 0.25 * (expected[1] - expected[0]), name)
      }
    }
  }
}
