import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Laws of ComBat, and what it does with rows, batches and columns that make trouble.
@Suite struct HarmonisationTests {
  static let names = (1...10).map { "f\($0)" }

  static func scanners() throws -> Table { Table(texts: try StatisticalReference.table("scanners")) }

  static func combat(_ method: Combat.Method = .parametric, _ covariates: [String] = ["age", "sex"]) -> Combat {
    var combat = Combat()
    (combat.method, combat.batch, combat.covariates, combat.features) = (method, ["site"], covariates, names)
    if method == .nested { combat.batch = ["site", "kernel"] }
    return combat
  }

  /// Of so many rows a site; one site reads `shift` standard deviations higher.
  static func planted(_ counts: [Int], features: Int, shift: Double, seed: UInt64 = 3) -> Table {
    var generator = SeededGenerator(seed: seed)
    let sites = counts.enumerated().flatMap { Array(repeating: "s\($0)", count: $1) }
    let columns = (1...features).map { feature in
      Column("f\(feature)", .numbers(sites.map { Double(feature) + generator.normal() + ($0 == "s1" ? shift : 0) }))
    }
    return Table([Column("site", .categories(sites))] + columns)
  }

  static func again(_ fitted: FittedCombat) throws -> FittedCombat {
    try Setting.Value(json: Array(Setting.Value(coding: fitted).json.utf8), file: "h.json").decoded()
  }

  static func numbers(_ table: Table, _ names: [String] = names) throws -> [[Double?]] {
    try names.map { try table.numbers($0) }
  }

  static func known(_ table: Table, _ name: String) throws -> [Double] { try table.numbers(name).compactMap { $0 } }

  static let methods: [Combat.Method] = [
    .parametric, .nonparametric, .meanOnly, .meanOnlyNonparametric, .locationScale, .covbat, .nested,
  ]

  @Test(arguments: methods) func laws(_ method: Combat.Method) throws {
    let table = try Self.scanners(), combat = Self.combat(method), fitted = try combat.fit(table)
    let turned = table.rows((0..<table.count).map { ($0 * 77 + 5) % table.count })
    #expect(try combat.fit(turned) == fitted, "the order of rows changes no bit")
    let harmonised = try fitted.apply(table)
    #expect(try Self.again(fitted) == fitted)
    #expect(
      try Self.numbers(Self.again(fitted).apply(table)) == Self.numbers(harmonised), "nor does the way through a file")
    // Rows alone, and rows of one batch.
    for rows in [[7], [149, 3], (60..<110).map { $0 }] {
      #expect(try Self.numbers(fitted.apply(table.rows(rows))) == Self.numbers(harmonised.rows(rows)))
    }
    #expect(harmonised.names == table.names)
    for name in ["site", "kernel", "train", "age", "sex"] { #expect(harmonised[name] == table[name]) }
    #expect(harmonised["f1"] != table["f1"])
  }

  @Test(arguments: [0, 1e6, -1e12]) func theOriginDoesNotMatter(_ shift: Double) throws {
    let table = try Self.scanners(), combat = Self.combat()
    let moved = table.replacing(
      Dictionary(uniqueKeysWithValues: try Self.names.map { ($0, try table.numbers($0).map { $0! * 1e3 + shift }) }))
    let expected = try Self.numbers(combat.fit(table).apply(table)),
      found = try Self.numbers(combat.fit(moved).apply(moved))
    for (a, b) in zip(expected.flatMap { $0 }, found.flatMap { $0 }) {
      expectClose((b! - shift) / 1e3, a!, absolute: max(1e-9, abs(shift) * 1e-18))
    }
  }

  /// Twice is as once for locations. Scales come nearer to the mean by √((n − b)/n) each time, as the variance of all rows is divided by
  /// n and those of batches by n − 1.
  @Test func locationsAreTakenOutOnce() throws {
    let table = try Self.scanners(), combat = Self.combat(.locationScale, [])
    let once = try combat.fit(table).apply(table), twice = try combat.fit(once).apply(once)
    let sites = Factor(name: "site", table.labels("site")!.map { $0! }), none = Matrix(columns: [], rows: table.count)
    for name in Self.names {
      let first = try Self.known(once, name), second = try Self.known(twice, name), center = mean(first)
      for (a, b) in zip(first, second) {
        expectClose(b - center, (a - center) * (147.0 / 150).squareRoot(), absolute: 1e-10)
      }
      let test = try #require(BatchEffectTest(first, sites.codes, batchCount: 3, covariates: none))
      #expect(test.share < 1e-14)
    }
  }

  /// Products of likelihoods underflow at some 500 rows; their logarithms do not. What is left of four standard deviations is the error of
  /// means, which falls with the rows.
  @Test(arguments: [300, 530, 600], [Combat.Method.parametric, .nonparametric])
  func aPlantedShiftIsRemoved(_ rows: Int, _ method: Combat.Method) throws {
    let table = Self.planted([rows, rows], features: 30, shift: 4)
    var combat = Self.combat(method, [])
    combat.features = (1...30).map { "f\($0)" }
    let harmonised = try combat.fit(table).apply(table)
    let left = try combat.features.map { name in
      let values = try Self.known(harmonised, name)
      return abs(mean(Array(values.prefix(rows))) - mean(Array(values.suffix(rows))))
    }
    #expect(left.max()! < 4 * (2 / Double(rows)).squareRoot(), "\(left)")
  }

  /// Two rows of two features by hand: batch means 1 and 3, residuals ±1 and ±2, so σ² = (2 + 8)/4 = 2.5.
  @Test func byHand() throws {
    let table = Table([
      Column("site", .categories(["a", "a", "b", "b"])), Column("f1", .numbers([0, 2, 1, 5])),
      Column("f2", .numbers([5, 1, 2, 0])),
    ])
    var combat = Self.combat(.locationScale, [])
    combat.features = ["f1", "f2"]
    let fitted = try combat.fit(table), step = fitted.steps[0]
    #expect(step.mean == [2, 2] && step.variance == [2.5, 2.5])
    expectClose(step.locations[0][0], -1 / 2.5.squareRoot(), relative: 1e-15)
    expectClose(step.scales[0][0], 2 / 2.5, relative: 1e-15)
    expectClose(step.scales[1][0], 8 / 2.5, relative: 1e-15)
    // (0 − 2 + 1)/√0.8 + 2
    let found = try #require(try fitted.apply(table).numbers("f1")[0])
    expectClose(found, 2 - 1 / 0.8.squareRoot(), relative: 1e-14)
  }

  @Test func aMissingCellStaysAndHarmsNoOther() throws {
    let table = try Self.scanners(), combat = Self.combat(.locationScale)
    var holes = try table.numbers("f3")
    for row in [0, 5, 61, 130] { holes[row] = nil }
    let broken = table.replacing(["f3": holes])
    let whole = try combat.fit(table).apply(table), found = try combat.fit(broken).apply(broken)
    for name in Self.names where name != "f3" { #expect(found[name] == whole[name]) }
    // Its own normal equations are those of the rows that have it.
    let rows = holes.indices.filter { holes[$0] != nil },
      alone = try combat.fit(table.rows(rows)).apply(table.rows(rows))
    let values = try found.numbers("f3")
    #expect(values.indices.filter { values[$0] == nil } == [0, 5, 61, 130])
    for (row, expected) in zip(rows, try alone.numbers("f3")) { expectClose(values[row]!, expected!, relative: 1e-13) }
    // Of all methods nothing else is lost.
    for method in Self.methods {
      let found = try Self.numbers(Self.combat(method).fit(broken).apply(broken)).flatMap { $0 }
      #expect(found.count { $0 == nil } == 4 && found.allSatisfy { $0?.isFinite ?? true })
    }
  }

  @Test func aBatchOfOneRowHasItsLocationCorrectedAlone() throws {
    let table = Self.planted([30, 30, 1], features: 8, shift: 2)
    var combat = Self.combat(.parametric, [])
    combat.features = (1...8).map { "f\($0)" }
    let (fitted, findings) = try combat.learn(table), step = fitted.steps[0]
    #expect(findings.contains { $0.message.contains("batch 's2' has one row") })
    #expect(step.scales[2].allSatisfy { $0 == 1 } && step.scales[0].allSatisfy { $0 != 1 })
    #expect(step.locations[2].contains { $0 != 0 })
    #expect(try Self.numbers(fitted.apply(table), combat.features).flatMap { $0 }.allSatisfy { $0!.isFinite })
    let few = try combat.learn(table.rows(Array(0..<36))).findings
    #expect(few.contains { $0.message.contains("batch 's1' has 6 rows, fewer than 10") })
  }

  @Test func aConstantFeatureIsLeftAndInNoPrior() throws {
    let table = try Self.scanners(), sites = table.labels("site")!
    var constant = try table.numbers("f2")
    for row in sites.indices where sites[row] == "west" { constant[row] = 3.7 }
    let broken = table.replacing(["f2": constant, "f9": sites.map { _ in 0.1 }])
    let (fitted, findings) = try Self.combat().learn(broken), harmonised = try fitted.apply(broken)
    #expect(fitted.changed == Self.names.filter { !["f2", "f9"].contains($0) })
    #expect(findings.contains { $0.place == "f2" && $0.message.contains("one value in all rows of batch 'west'") })
    #expect(harmonised["f2"] == broken["f2"] && harmonised["f9"] == broken["f9"])
    var rest = Self.combat()
    rest.features = fitted.changed
    #expect(try rest.fit(table).steps[0].locations == fitted.steps[0].locations)
  }

  @Test func whatCannotBeHarmonisedIsRefusedByName() throws {
    let table = try Self.scanners(), sites = table.labels("site")!
    func expect(_ combat: Combat, _ rows: Table, _ part: String) {
      let error = #expect(throws: ModelError.self) { try combat.fit(rows) }
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
    expect(Self.combat(), table.rows(Array(0..<60)), "all rows are of one batch, 'north'")
    var combat = Self.combat(.parametric, ["age", "region"])
    let confounded = table.with("region", .numbers(sites.map { $0 == "north" ? 1 : 0 }))
    expect(combat, confounded, "'region' is confounded with 'site'")
    combat.covariates = ["age", "double"]
    expect(
      combat, table.with("double", .numbers(try table.numbers("age").map { 2 * $0! + 1 })),
      "'double' within batches of 'site' is a combination")
    combat = Self.combat()
    combat.reference = "wst"
    expect(combat, table, "Did you mean 'west'?")
    combat = Self.combat(.covbat)
    expect(combat, table.rows(Array(0..<115)), "batch 'west' has 5 rows, must have at least 10")
    combat = Self.combat()
    combat.batch = ["site", "kernel"]
    expect(combat, table, "Several are for nested")
    combat = Self.combat()
    combat.features = ["f1", "f99"]
    expect(combat, table, "there is no column 'f99'")
  }

  @Test func rowsOfTheReferenceKeepTheirBits() throws {
    let table = try Self.scanners()
    for method in [Combat.Method.parametric, .nonparametric, .meanOnly, .locationScale, .covbat] {
      var combat = Self.combat(method)
      combat.reference = "south"
      let harmonised = try combat.fit(table).apply(table)
      let rows = Array(60..<110)
      #expect(try Self.numbers(harmonised.rows(rows)) == Self.numbers(table.rows(rows)), "\(method)")
      #expect(harmonised["f1"] != table["f1"])
    }
  }

  @Test func covariatesMadeFromTheImageAreWarnedOf() throws {
    let table = try Self.scanners()
    let more = table.with("tumour_volume", .numbers(try table.numbers("f1")))
    let findings = try Self.combat(.parametric, ["tumour_volume"]).learn(more).findings
    #expect(findings.contains { $0.place == "tumour_volume" && $0.message.contains("made from the image") })
    #expect(try Self.combat().learn(table).findings.isEmpty)
  }

  @Test func columnsThatRowsNeedAreNamed() throws {
    let table = try Self.scanners(), fitted = try Self.combat().fit(table)
    for (rows, part) in [
      (table.only(Set(table.names).subtracting(["f4"])), "there is no column 'f4'"),
      (table.only(Set(table.names).subtracting(["age"])), "there is no column 'age'"),
      (table.replacing(["age": table.labels("site")!.map { _ in nil }]), "'age' is missing"),
    ] {
      let error = #expect(throws: ModelError.self) { try fitted.apply(rows) }
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
  }
}
