import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// R's multi-state survfit, cmprsk, and finegray with coxph: competing risks of `d_prognostic.json`.
@Suite(.golden(.competingRisks)) struct CompetingRisksReferenceTests {
  private static let cases = StatisticalReference.cases("d_prognostic")
  private static let covariates = ["age", "male", "mspike"]

  private static func reference(_ id: String) throws -> StatisticalReference {
    try #require(cases.first { $0.id == id })
  }

  private static func data() throws -> (table: Table, times: CompetingTimes) {
    let table = Table(texts: try StatisticalReference.table("mgus2_cr"))
    let times = try CompetingTimes(stop: numbers(table, "time"), kinds: numbers(table, "status").map { Int($0) })
    return (table, times)
  }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  private static func design(_ table: Table) throws -> Matrix {
    Matrix(columns: try covariates.map { try numbers(table, $0) }, rows: table.count)
  }

  private static func expect(_ rows: [[Double]], _ reference: StatisticalReference, _ key: String) throws {
    let expected = try #require(reference.values.first { $0.key == key }?.value.asList)
    try #require(rows.count == expected.count)
    for (row, list) in zip(rows, expected) {
      let list = try #require(list.asList)
      try #require(row.count == list.count)
      for (value, number) in zip(row, list) { reference.expectValue(value, number, key) }
    }
  }

  private static func expect(_ cells: [Cell], _ reference: StatisticalReference, _ key: String) throws {
    let expected = try #require(reference.values.first { $0.key == key }?.value)
    for (cell, name) in zip(cells, covariates) {
      reference.expectValue(cell.value, try #require(expected[name]), "\(key) \(name)")
    }
  }

  @Test func aalenJohansen() throws {
    let curve = AalenJohansen(try Self.data().times), reference = try Self.reference("aalen_johansen")
    let times = [60.0, 120, 240]
    try Self.expect(
      times.map { time in [curve.eventFree.survival(at: time)] + [1, 2].map { curve.incidence(of: $0, at: time) } },
      reference, "pstate")
    try Self.expect(
      times.map { time in [curve.eventFree.error(at: time)] + [1, 2].map { curve.error(of: $0, at: time) } },
      reference, "std_err")
  }

  @Test func gray() throws {
    let (table, times) = try Self.data(), reference = try Self.reference("gray_test_cuminc")
    let male = try Self.numbers(table, "male").map { Int($0) }
    var shares: [[Double]] = [], variances: [[Double]] = []
    for kind in 1...2 {
      for group in 0...1 {
        let curve = AalenJohansen(
          times.rows(male.indices.filter { male[$0] == group }), variance: .hypergeometric)
        shares.append([60, 120, 240].map { curve.incidence(of: kind, at: $0) })
        variances.append([60, 120, 240].map { curve.error(of: kind, at: $0) * curve.error(of: kind, at: $0) })
      }
    }
    try Self.expect(shares, reference, "cif")
    try Self.expect(variances, reference, "var")
    let tests = try [1, 2].map { try GrayTest(times, groups: male, kind: $0) }
    reference.without(["cif", "var", "groups"]).expect([
      Statistic("gray_stat", tests.map(\.statistic)), Statistic("gray_p", tests.map(\.p)),
    ])
  }

  @Test func fineGrayWithCensoringTogether() throws {
    let (table, times) = try Self.data(), design = try Self.design(table),
      reference = try Self.reference("fine_gray_crr")
    let model = try FineGray(design, names: Self.covariates, times, kind: 1)
    try Self.expect(model.coefficients, reference, "coef")
    try Self.expect(model.estimates.map(\.error), reference, "se_robust")
    let rows = Matrix(columns: (0..<3).map { [design[0, $0], design[19, $0]] }, rows: 2)
    try Self.expect(model.incidences(rows, at: [60, 120, 240]), reference, "cif_rows_1_20")
    reference.without(["coef", "se_robust", "cif_rows_1_20"]).expect([
      Statistic("loglik", model.logLikelihood), Statistic("loglik_null", model.nullLogLikelihood),
    ])
  }

  @Test func fineGrayWithEventsFirst() throws {
    let (table, times) = try Self.data(), design = try Self.design(table)
    let reference = try Self.reference("fine_gray_finegray_coxph")
    func model(_ ties: FineGray.Ties) throws -> FineGray {
      try FineGray(design, names: Self.covariates, times, kind: 1, censoring: .eventsFirst, ties: ties)
    }
    let efron = try model(.efron)
    try Self.expect(model(.breslow).coefficients, reference, "coef_breslow")
    try Self.expect(efron.coefficients, reference, "coef_efron")
    try Self.expect(efron.naiveEstimates.map(\.error), reference, "naive_se_efron")
    #expect(reference.values.count == 3)
  }
}
