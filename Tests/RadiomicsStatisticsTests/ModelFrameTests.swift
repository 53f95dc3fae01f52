import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// What tables do to models: values that cannot be computed, other codings, weights, numbers far from 0.
@Suite struct ModelFrameTests {
  private static func table(_ count: Int = 60, seed: UInt64 = 3) -> Table {
    var generator = SeededGenerator(seed: seed)
    let x = (0..<count).map { _ in generator.normal() }
    let time = x.map { -log(1 - generator.uniform()) * exp(-$0) + 0.01 }
    let event = x.map { _ in generator.uniform() < 0.7 ? 1.0 : 0 }
    let y = x.map { generator.uniform() < 1 / (1 + exp(-$0)) ? 1.0 : 0 }
    return Table([
      ("time", .numbers(time)), ("event", .numbers(event)), ("x", .numbers(x)), ("y", .numbers(y)),
      ("g", .categories((0..<count).map { $0 % 3 == 0 ? "a" : "b" })),
    ])
  }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  /// log(0) in an outcome is a missing value, not a crash.
  @Test func outcomesThatCannotBeComputed() throws {
    let table = Self.table(), zero = try Self.numbers(table, "time").enumerated().map { $0 == 5 ? 0 : $1 }
    let changed = table.with("time", .numbers(zero))
    let frame = try ModelFrame(Formula("Surv(log(time), event) ~ x"), changed)
    #expect(frame.missing == 1 && !frame.rows.contains(5))
    #expect(try ModelFrame(Formula("y ~ x + cluster(log(time))"), changed).missing == 1)
  }

  @Test func otherRowsAreCodedAsTheFirst() throws {
    let table = Self.table(), frame = try ModelFrame(Formula("y ~ x"), table)
    let words = try Self.numbers(table, "y").map { $0 == 1 ? "cancer" : "normal" }
    #expect { try frame.applied(to: table.with("y", .categories(words))) } throws: {
      "\($0)".contains("must be 0 or 1")
    }
    // 1 for none and 2 for an event, of which the other rows have none.
    let twos = table.with("event", .numbers(try Self.numbers(table, "event").map { $0 + 1 }))
    let survival = try ModelFrame(Formula("Surv(time, event) ~ x"), twos)
    let none = try survival.applied(to: twos.with("event", .numbers((0..<60).map { _ in 1 })))
    guard case .survival(let times) = none.outcome else {
      Issue.record("the outcome is a time")
      return
    }
    #expect(times.events == 0)
  }

  @Test func predictionsNeedTheirOffset() throws {
    let table = Self.table().with("size", .numbers((0..<60).map { Double($0 + 1) }))
    let frame = try ModelFrame(Formula("Surv(time, event) ~ x + offset(log(size))"), table)
    let patient = Table([("x", .numbers([0])), ("size", .numbers([0]))])
    #expect { try frame.columns.covariates(of: patient) } throws: {
      "\($0)".contains("row 1: offset 'log(size)' is no number")
    }
  }

  /// A constant has no place in a Cox model, so that factors have contrasts with it and without.
  @Test func factorsOfCoxModels() throws {
    for formula in ["Surv(time, event) ~ g", "Surv(time, event) ~ g - 1"] {
      #expect(try CoxModel(ModelFrame(Formula(formula), Self.table())).names == ["gb"], "\(formula)")
    }
  }

  /// R 4.2.2: coxph has robust errors where weights are no counts.
  @Test func weightsThatAreNoCounts() throws {
    let table = Self.table().with("w", .numbers((0..<60).map { 0.5 + Double($0 % 3) }))
    let whole = Self.table().with("w", .numbers((0..<60).map { 1 + Double($0 % 3) }))
    let formula = try Formula("Surv(time, event) ~ x")
    #expect(try CoxModel(ModelFrame(formula, table, weights: "w")).robustCovariance != nil)
    #expect(try CoxModel(ModelFrame(formula, whole, weights: "w")).robustCovariance == nil)
  }

  /// Adding a million to a column changes neither its coefficient nor its limits.
  @Test func columnsFarFromZero() throws {
    let table = Self.table(), x = try Self.numbers(table, "x")
    let near = try LogisticModel(ModelFrame(Formula("y ~ x"), table))
    for shift in [1000.0, 1e5] {
      // Of the information's digits the square of shift over spread is lost: 1e10 of 4.5e15.
      let tolerance = 2.2e-16 * shift * shift
      let far = try LogisticModel(ModelFrame(Formula("y ~ x"), table.with("x", .numbers(x.map { $0 + shift }))))
      expectClose(
        try #require(far.coefficients[1].value), try #require(near.coefficients[1].value), relative: tolerance)
      let (a, b) = (near.profileLimits()[1], far.profileLimits()[1])
      expectClose(try #require(b.lower.value), try #require(a.lower.value), relative: tolerance)
      expectClose(try #require(b.upper.value), try #require(a.upper.value), relative: tolerance)
    }
  }

  @Test func namesGoBeforeCalculations() throws {
    let table = Self.table().with("x-y", .numbers((0..<60).map { Double($0) }))
    #expect(try table.calculated("x-y")[7] == 7)
    #expect(try table.calculated("x - y")[7] != 7)
  }

  @Test func prognosisOfDifficultTables() throws {
    var options = Prognosis.Options()
    options.markers = ["low", "same"]
    let x = try Self.numbers(Self.table(), "x")
    let table = Self.table().with("low", .numbers(x.map { max($0, 0.2) })).with("same", .numbers(x.map { _ in 4 }))
    let result = try Prognosis(table, options)
    #expect(result.riskGroups.map(\.name) == ["low"] && result.findings.contains { $0.place == "same" })
    // Rows of weight 0 are not there.
    options.markers = ["x"]
    options.weights = "w"
    let half = try Prognosis(table.with("w", .numbers((0..<60).map { $0 < 20 ? 0 : 1 })), options)
    #expect(half.count == 40 && half.missing == 20)
    #expect { try Prognosis(table.with("w", .numbers((0..<60).map { _ in 0 })), options) } throws: {
      "\($0)".contains("the weight is 0")
    }
    options.weights = nil
    options.times = [1e6]
    let late = try Prognosis(table, options).groups.groups[0].statistics.first { $0.name == "surv" }
    #expect(late?.cells[0].reason != nil || late?.cells[0].value == 0)
    options.group = "id"
    #expect { try Prognosis(table.with("id", .categories((0..<60).map { "\($0)" })), options) } throws: {
      "\($0)".contains("identifier")
    }
  }
}
