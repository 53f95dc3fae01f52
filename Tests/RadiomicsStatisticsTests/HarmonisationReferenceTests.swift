import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// ComBat as neuroCombat, R's sva and longCombat have it, nested ComBat and CovBat as combatlearn has them where it is right, and tests of
/// site effects as SciPy has them.
@Suite(.golden(.harmonisation)) struct HarmonisationReferenceTests {
  static let files = ["g_harmonisation", "g2_harmonisation_sva", "p_harmonisation"]
  static let cases = files.flatMap { StatisticalReference.cases($0) }

  static func cases(_ starts: String...) -> [StatisticalReference] {
    cases.filter { reference in starts.contains { reference.id.hasPrefix($0) } }
  }

  static func table(_ name: String) throws -> Table { Table(texts: try StatisticalReference.table(name)) }

  /// Settings of a case by its name.
  static func settings(_ reference: StatisticalReference) throws -> Combat {
    let id = reference.id, table = try table(reference.data)
    var combat = Combat()
    combat.features = table.names.filter {
      !["site", "train", "y", "age", "kernel", "sex", "id", "time", "scanner", "group"].contains($0)
    }
    combat.batch = ["site"]
    if id.hasSuffix("_cov") || id.contains("_cov_") { combat.covariates = ["factor(y)", "age"] }
    if id.contains("refbatch") { combat.reference = "A" }
    combat.method =
      id.contains("meanonly")
      ? (id.contains("nonparametric") ? .meanOnlyNonparametric : .meanOnly)
      : id.contains("nonparametric") ? .nonparametric : id.contains("noeb") ? .locationScale : .parametric
    return combat
  }

  private func expect(
    _ found: [[Double?]], _ expected: Setting.Value?, _ reference: StatisticalReference, _ name: String,
    relative: Double? = nil
  ) throws {
    let rows = try #require(expected?.asList, "\(reference.id) \(name)")
    #expect(rows.count == found.count, "\(reference.id) \(name)")
    for (row, values) in zip(found, rows) {
      for (value, expected) in zip(row, try #require(values.asList)) {
        reference.expectValue(value, expected, name, relative: relative)
      }
    }
  }

  private func rows(_ table: Table, _ names: [String], _ rows: [Int]) throws -> [[Double?]] {
    let columns = try names.map { try table.numbers($0) }
    return rows.map { row in columns.map { $0[row] } }
  }

  private func expectTable(_ harmonised: Table, _ names: [String], _ reference: StatisticalReference) throws {
    let places = try #require(
      (reference["rows"] ?? reference["rows_zero_based"] ?? reference["test_row_indices_first8"])?.asList
    ).map { $0.asInteger! }
    try expect(
      try rows(harmonised, names, places), reference["harmonised_rows"] ?? reference["harmonised_first8"], reference,
      "harmonised")
    for (index, name) in names.enumerated() {
      let values = try harmonised.numbers(name).map { $0! }
      reference.expectValue(mean(values), reference["column_mean"]!.asList![index], "mean of \(name)")
      guard let sd = reference["column_sd"]?.asList else { continue }
      reference.expectValue(variance(values).squareRoot(), sd[index], "SD of \(name)")
    }
  }

  @Test(arguments: cases("combat_", "sva_")) func combat(_ reference: StatisticalReference) throws {
    let table = try Self.table(reference.data), combat = try Self.settings(reference)
    let fitted = try combat.fit(table), step = try #require(fitted.steps.first)
    if let expected = reference["gamma_star"] { try expect(step.locations, expected, reference, "gamma_star") }
    if let expected = reference["delta_star"] {
      // Of mean-only cases the tool writes one number.
      if expected.asList?.first?.asList != nil { try expect(step.scales, expected, reference, "delta_star") }
    }
    if let expected = reference["var_pooled"] {
      try expect([step.variance], .list([expected]), reference, "var_pooled")
    }
    try expectTable(try fitted.apply(table), combat.features, reference)
  }

  /// With sva's rule of when to stop, its numbers to the last digits that it wrote.
  @Test(arguments: cases("sva_combat_parametric", "sva_combat_refbatch")) func sameStop(
    _ reference: StatisticalReference
  ) throws {
    let table = try Self.table(reference.data)
    var combat = try Self.settings(reference)
    combat.tolerance = 1e-4
    let harmonised = try combat.fit(table).apply(table)
    let places = reference["rows_zero_based"]!.asList!.map { $0.asInteger! }
    for (row, values) in zip(try rows(harmonised, combat.features, places), reference["harmonised_rows"]!.asList!) {
      for (value, expected) in zip(row, values.asList!) {
        expectClose(try #require(value), try #require(expected.asNumber), relative: 1e-9, absolute: 1e-9)
      }
    }
  }

  @Test(arguments: cases("train_test")) func trainAndTest(_ reference: StatisticalReference) throws {
    let table = try Self.table(reference.data), combat = try Self.settings(reference)
    let isTraining = try table.numbers("train").map { $0 == 1 }
    let fitted = try combat.fit(table.rows(isTraining.indices.filter { isTraining[$0] }))
    let step = fitted.steps[0], test = isTraining.indices.filter { !isTraining[$0] }
    if reference["gamma_star"] != nil {
      try expect(step.locations, reference["gamma_star"], reference, "gamma_star")
      try expect(step.scales, reference["delta_star"], reference, "delta_star")
      try expect(
        [step.mean, step.variance], .list([reference["grand_mean"]!, reference["var_pooled"]!]), reference,
        "mean, variance")
      try expect(step.slopes, reference["beta"], reference, "beta")
    }
    let harmonised = try fitted.apply(table)
    let places = reference["test_row_indices_first8"]!.asList!.map { $0.asInteger! }
    try expect(try rows(harmonised, combat.features, places), reference["harmonised_first8"], reference, "harmonised")
    for (index, name) in combat.features.enumerated() {
      let values = try harmonised.rows(test).numbers(name).map { $0! }
      reference.expectValue(mean(values), reference["column_mean"]!.asList![index], "mean of \(name)")
    }
  }

  @Test func siteEffects() throws {
    let reference = try #require(Self.cases("site_effect").first), table = try Self.table(reference.data)
    let sites = Factor(name: "site", table.labels("site")!.map { $0! })
    let tests = try Self.settings(reference).features.map { name in
      try #require(
        BatchEffectTest(
          table.numbers(name), sites.codes, batchCount: sites.levels.count,
          covariates: Matrix(columns: [], rows: table.count)))
    }
    try expect(
      [tests.map(\.ratio), tests.map(\.p), tests.map(\.kruskal), tests.map(\.brownForsythe)],
      .list(["F_before", "p_before", "kruskal_before", "brown_forsythe_before"].map { reference[$0]! }), reference,
      "tests")
  }

  @Test(arguments: cases("longcombat")) func longitudinal(_ reference: StatisticalReference) throws {
    let table = try Self.table(reference.data)
    var combat = try Self.settings(reference)
    combat.method = .longitudinal
    combat.batch = ["scanner"]
    combat.subject = "id"
    combat.covariates = ["age", "group*time"]
    combat.residualVariance = reference.id.hasSuffix("MSR") ? .msr : .reml
    let fitted = try combat.fit(table), step = fitted.steps[0]
    try expect(step.locations, reference["gammastar"], reference, "gammastar")
    try expect(step.scales, reference["delta2star"], reference, "delta2star")
    let harmonised = try fitted.apply(table)
    try expect(
      try rows(harmonised, combat.features, Array(0..<10)), reference["harmonised_first10"], reference, "harmonised")
    for (index, name) in combat.features.enumerated() {
      reference.expectValue(
        mean(try harmonised.numbers(name).map { $0! }), reference["column_mean"]!.asList![index], "mean of \(name)")
    }
  }

  @Test(arguments: cases("covbat", "nested")) func covbatAndNested(_ reference: StatisticalReference) throws {
    let table = try Self.table(reference.data), isTraining = try table.numbers("train").map { $0 == 1 }
    var combat = try Self.settings(reference)
    combat.covariates = reference.id.hasSuffix("_cov") ? ["age", "sex"] : []
    combat.method = reference.id.hasPrefix("covbat") ? .covbat : .nested
    if reference.id.contains("site_kernel") { combat.batch = ["site", "kernel"] }
    if reference.id.contains("kernel_site") { combat.batch = ["kernel", "site"] }
    let fitted = try combat.fit(table.rows(isTraining.indices.filter { isTraining[$0] }))
    #expect(fitted.steps.map(\.batch) == combat.batch)
    try expect(
      try rows(try fitted.apply(table), combat.features, Array(0..<table.count)), reference["harmonised"], reference,
      "harmonised")
    if let count = reference["components"] {
      reference.expectValue(Double(fitted.steps[0].componentCount), count, "components")
    }
  }
}
