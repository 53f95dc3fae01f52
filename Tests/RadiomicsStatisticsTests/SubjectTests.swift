import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

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
  private static func table(_ subject: String = "id") -> Table {
    func numbers(_ values: [Double]) -> Column.Values { .numbers(values.map { $0 }) }
    return Table([
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

  /// By the derivatives, in R, of `survfit(Surv(stop, factor(kind)) ~ 1, weights = w)` by the patients' weights; its own errors do not
  /// use `cluster` for several kinds of events.
  @Test func cumulativeIncidences() throws {
    let kinds = [1, 2, 0, 1, 0, 1, 1, 2, 0, 1, 0, 1, 0, 2, 1, 0]
    let curve = AalenJohansen(try CompetingTimes(stop: Self.stop, kinds: kinds), clusters: Self.id)
    for (time, first, ofFirst, second, ofSecond) in [
      (6.0, 0.25961538461538, 0.10509373986, 0.0, 0.0),
      (10, 0.46153846153846, 0.07735215445, 0.067307692307692, 0.05829141788),
      (14, 0.46153846153846, 0.07735215445, 0.255769230769231, 0.10187924869),
    ] {
      expectClose(curve.incidence(of: 1, at: time), first, relative: 1e-12)
      expectClose(curve.error(of: 1, at: time), ofFirst, relative: 1e-8)
      expectClose(curve.incidence(of: 2, at: time), second, relative: 1e-12)
      expectClose(curve.error(of: 2, at: time), ofSecond, relative: 1e-8, absolute: 1e-15)
    }
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
    let likelihood = try #require(result.model).groups[0].statistics.first {
      $0.name == "lr_p" || $0.name == "lr_chisq"
    }
    #expect(likelihood?.meaning.contains("if rows are independent") == true)
  }

  @Test func warnings() throws {
    var options = Prognosis.Options()
    options.start = "from"
    let unnamed = try Prognosis(Self.table("subject"), options)
    #expect(unnamed.findings.contains { $0.advice == .takeSubjects("subject", notClusters: false) })
    options.subject = "subject"
    let named = try Prognosis(Self.table("subject"), options)
    #expect(!named.findings.contains { $0.message.contains("too small") })
    options.model = "x + cluster(subject)"
    #expect(throws: ModelError.self) { try Prognosis(Self.table("subject"), options) }
  }
}

/// Areas, shares and models of rows of which several belong to one patient, by formulas written down in R.
@Suite struct SubjectDiagnosisTests {
  private static let isEvent = [1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 0].map { $0 == 1 }
  private static let x = [2.0, 3, 5, 1, 2, 4, 4, 6, 1, 3, 2, 5, 0, 1, 3, 7]
  private static let w = [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 0, 7, 9, 3]

  private static func table(_ subject: String = "id") -> Table {
    func numbers(_ values: [Double]) -> Column.Values { .numbers(values.map { $0 }) }
    return Table([
      (subject, numbers(SubjectTests.id.map(Double.init))), ("y", numbers(isEvent.map { $0 ? 1 : 0 })),
      ("x", numbers(x)), ("w", numbers(w)),
    ])
  }

  /// Obuchowski 1997, equations 2 to 6.
  @Test func areas() throws {
    let a = try ROC(Self.x, Self.isEvent, clusters: SubjectTests.id)
    let b = try ROC(Self.w, Self.isEvent, clusters: SubjectTests.id)
    expectClose(a.auc, 0.59166666666667, absolute: 1e-14)
    expectClose(a.variance, 0.02517662037037, absolute: 1e-14)
    expectClose(b.variance, 0.036677380952381, absolute: 1e-14)
    expectClose(a.covariance(with: b), 0.0083438161375661, absolute: 1e-15)
    let single = try ROC(Self.x, Self.isEvent, clusters: Array(Self.x.indices))
    expectClose(single.variance, try ROC(Self.x, Self.isEvent).variance, relative: 1e-14, "DeLong's")
  }

  /// Robust errors as `sandwich::vcovCL(type = "HC0", cadjust = FALSE)`, Rao and Scott's limits, Obuchowski's test.
  @Test func diagnosis() throws {
    var options = Diagnosis.Options()
    (options.subject, options.markers, options.model) = ("id", ["x", "w"], "x")
    options.cuts = ["x": 3, "w": 4]
    let result = try Diagnosis(Self.table(), options.asking(about: .binary("y")))
    #expect(result.patients == 8 && result.count == 16)
    let model = try #require(result.model)
    for (place, (value, error)) in [(0.20586141187404, 0.85843913950568), (0.10117440444265, 0.30857081295381)]
      .enumerated()
    {
      expectClose(model.coefficients[place].value ?? .nan, value, relative: 1e-9)
      expectClose(model.estimates[place].error.value ?? .nan, error, relative: 1e-8)
    }
    let limits = try #require(result.markers[0].sensitivity.clustered?.limits(alpha: 0.05))
    expectClose(limits.lowerBound, 0.36804329585870, relative: 1e-12)
    expectClose(limits.upperBound, 0.90336764836774, relative: 1e-12)
    let test = try #require(result.comparisons.first { $0.kind.isOfSensitivity })
    guard case .cuts(_, _, let clustered, nil) = test.kind else { throw CancellationError() }
    expectClose(clustered[0].cells[0].value ?? .nan, 0.85714285714286, relative: 1e-12)
    #expect(result.predictions[0].patients == 8)
  }

  @Test func warnsOfRepeatedSubjects() throws {
    var options = Diagnosis.Options()
    options.markers = ["x"]
    let result = try Diagnosis(Self.table("subject"), options.asking(about: .binary("y")))
    #expect(result.findings.contains { $0.severity == .warning && $0.message.contains("6 of 8 patients") })
  }

  /// A cut on another marker's scale tells nothing, and there is no test of it.
  @Test func cutsWithoutPositives() throws {
    var options = Diagnosis.Options()
    (options.markers, options.cuts) = (["x", "w"], ["x": 3, "w": 99])
    let result = try Diagnosis(Self.table(), options.asking(about: .binary("y")))
    #expect(result.findings.contains { $0.place == "w" && $0.message.contains("no row is at or above the cut") })
    let test = try #require(result.comparisons.first { $0.kind.isOfSensitivity })
    guard case .cuts(_, _, _, let none) = test.kind else { throw CancellationError() }
    #expect(none?.text.hasPrefix("w: ") == true)
  }

  /// A perfect marker has an area of 1 and no limits, with the reason, and z has the sign of the difference.
  @Test func signsAndLimits() throws {
    let perfect = Self.isEvent.map { $0 ? 1.0 : 0 }
    let roc = try ROC(perfect, Self.isEvent)
    #expect(roc.auc == 1 && roc.limits() == nil && roc.noLimits?.text.contains("no error") == true)
    let shares = Self.x.map { 0.05 + 0.12 * $0 }, better = zip(shares, Self.isEvent).map { $1 ? $0 + 0.03 : $0 }
    func numbers(_ values: [Double]) -> Column.Values { .numbers(values.map { $0 }) }
    let table = Self.table().with("p", numbers(shares)).with("q", numbers(better))
    for (base, extended, sign) in [("p", "q", 1.0), ("q", "p", -1)] {
      let result = try AddedValue(
        table, .columns(base: base, extended: extended), AddedValue.Options().asking(about: .binary("y")))
      let areas = result.groups[1].statistics
      let gain = try #require(areas[2].cells[0].value), z = try #require(areas[5].cells[0].value)
      #expect(gain * sign > 0 && z * sign > 0)
      var options = AddedValue.Options()
      options.subject = "id"
      let ofPatients = try AddedValue(
        table, .columns(base: base, extended: extended), options.asking(about: .binary("y")))
      #expect(ofPatients.patients == 8 && ofPatients.groups[3].statistics[1].cells[0].value != nil)
    }
  }
}

extension Diagnosis.Comparison.Kind {
  fileprivate var isOfSensitivity: Bool {
    if case .cuts(ofEvents: true, _, _, _) = self { true } else { false }
  }
}
