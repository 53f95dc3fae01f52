import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Several rows of one patient: errors of R's survival 3.5-3 with `cluster = id`.
@Suite struct SubjectTests {
  static let id = [1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 7, 7, 8, 8]
  private static let start = [0.0, 4, 9, 0, 7, 0, 3, 6, 0, 0, 8, 0, 0, 5, 0, 6]
  private static let stop = [4.0, 9, 15, 7, 12, 3, 6, 14, 11, 8, 16, 10, 5, 13, 6, 17]
  private static let event = [1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 0]
  private static let group = [0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0]
  private static let x = [2.0, 3, 5, 1, 2, 4, 4, 6, 1, 3, 2, 5, 0, 1, 3, 7]

  private static func times() throws -> SurvivalTimes {
    try SurvivalTimes(start: start, stop: stop, isEvent: event.map { $0 == 1 })
  }

  /// The rows as a table.
  private static func table(_ subject: String = "id") -> DataTable {
    func numbers(_ values: [Double]) -> DataTable.Variable { .numbers(values.map { $0 }) }
    return DataTable([
      (subject, numbers(id.map(Double.init))), ("from", numbers(start)), ("time", numbers(stop)),
      ("event", numbers(event.map(Double.init))), ("g", numbers(group.map(Double.init))), ("x", numbers(x)),
    ])
  }

  /// `survfit(Surv(start, stop, event) ~ 1, cluster = id, conf.type = "log-log")`.
  @Test func curve() throws {
    let curve = KaplanMeier(try Self.times(), clusters: Self.id)
    for (time, survival, error, lower, upper) in [
      (6.0, 0.57421875, 0.17799710149227, 0.19041439249903, 0.83064859028603),
      (10, 0.33659648895264, 0.10057743834942, 0.15497366479358, 0.52945785000732),
    ] {
      expectClose(curve.survival(at: time), survival, relative: 1e-12)
      expectClose(curve.error(at: time), error, relative: 1e-12)
      let limits = try #require(curve.limits(at: time))
      expectClose(limits.lowerBound, lower, relative: 1e-12)
      expectClose(limits.upperBound, upper, relative: 1e-12)
    }
    // The same by the influences that survfit gives, integrated.
    let mean = try #require(curve.restrictedMean(to: 12))
    expectClose(mean.mean, 7.9804210662842, relative: 1e-12)
    expectClose(mean.error, 1.054590001741, relative: 1e-12)
  }

  /// Influences are derivatives by the patients' weights.
  @Test func curveByWeights() throws {
    let times = try Self.times(), step = 1e-6, curve = KaplanMeier(times, clusters: Self.id)
    func sum(_ value: (KaplanMeier) -> Double) -> Double {
      (1...8).map { patient in
        let sides = [-step, step].map { change in
          value(KaplanMeier(times, weights: Self.id.map { $0 == patient ? 1 + change : 1 }))
        }
        let slope = (sides[1] - sides[0]) / (2 * step)
        return slope * slope
      }.reduce(0, +)
    }
    for (place, time) in curve.times.enumerated() {
      expectClose(curve.logVariance[place], sum { log($0.survival(at: time)) }, relative: 1e-7, "log S at \(time)")
      expectClose(
        curve.hazardVariance[place], sum { $0.cumulativeHazard[place] }, relative: 1e-7, "hazard at \(time)")
    }
  }

  /// A patient for each row, all from the beginning: Greenwood's variance.
  @Test func singleRows() throws {
    let times = try SurvivalTimes(stop: Self.stop, isEvent: Self.event.map { $0 == 1 }), plain = KaplanMeier(times)
    let single = KaplanMeier(times, clusters: Array(0..<times.count))
    for place in plain.times.indices {
      expectClose(single.logVariance[place], plain.logVariance[place], relative: 1e-12)
    }
    expectClose(
      try #require(single.restrictedMean(to: 12)).error, try #require(plain.restrictedMean(to: 12)).error,
      relative: 1e-12)
  }

  /// `coxph(Surv(start, stop, event) ~ g + cluster(id))$rscore`, its robust error, and `concordance(…, cluster = id)`.
  @Test func prognosis() throws {
    var options = Prognosis.Options()
    (options.start, options.subject, options.group, options.model) = ("from", "id", "g", "g")
    options.markers = ["x"]
    let result = try Prognosis(Self.table(), options)
    #expect(result.patients == 8 && result.count == 16)
    #expect(result.groups.groups.map(\.count) == [4, 4])
    func value(_ statistics: [Statistic], _ name: String) throws -> Double {
      try #require(statistics.first { $0.name == name }?.cells[0].value)
    }
    let logRank = result.groups.tests[0].statistics
    expectClose(try value(logRank, "robust_chisq"), 3.2670112869237, relative: 1e-9)
    let model = try #require(result.model).cox
    expectClose(model.coefficients[0].value ?? .nan, -0.75374332345213, relative: 1e-9)
    expectClose(model.errors(model.covariance)[0].value ?? .nan, 0.3230243468208, relative: 1e-9)
    let marker = result.markers[0].statistics
    expectClose(try value(marker, "n"), 8)
    expectClose(try value(marker, "se"), 0.10714933978129, relative: 1e-8)
    expectClose(try value(marker, "concordance"), 0.54098360655738, relative: 1e-12)
    expectClose(try value(marker, "concordance_se"), 0.088005665818353, relative: 1e-12)
    let spoken = try #require(marker.first { $0.name == "p_lr" })
    #expect(spoken.meaning.contains("if rows are independent"))
    let likelihood = try #require(result.model).groups[0].statistics.first { $0.name == "lr_p" || $0.name == "lr_chisq" }
    #expect(likelihood?.meaning.contains("if rows are independent") == true)
  }

  @Test func warnings() throws {
    var options = Prognosis.Options()
    options.start = "from"
    let unnamed = try Prognosis(Self.table("subject"), options)
    #expect(unnamed.findings.contains { $0.severity == .warning && $0.message.contains("--subject subject") })
    options.subject = "subject"
    let named = try Prognosis(Self.table("subject"), options)
    #expect(!named.findings.contains { $0.message.contains("too small") })
    options.model = "x + cluster(subject)"
    #expect(throws: ModelError.self) { try Prognosis(Self.table("subject"), options) }
  }
}
