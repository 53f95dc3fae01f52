import Foundation
import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Change over time: kernels by hand, rates of false changes, rows of survival by R's rule.
@Suite struct ChangeTests {
  private static let isNightly = ProcessInfo.processInfo.environment["RADIOMICS_NIGHTLY"] != nil

  /// R: qt(0.975, 10) * sqrt(2) * 3 = 9.453193; without degrees of freedom 1.959964 * sqrt(2) * 3.
  @Test func limitsAreThoseOfTheStudy() {
    expectClose(MeasurementError(.plain, deviation: 3, df: 10).limit(), 9.45319254999, absolute: 1e-9)
    expectClose(
      MeasurementError(.plain, deviation: 3, df: .infinity).limit(), 1.959963984540054 * 18.0.squareRoot(),
      absolute: 1e-12)
    expectClose(ErrorScale.log.change(from: 2, to: 8)!, log(4.0), absolute: 1e-15)
    #expect(ErrorScale.log.change(from: -2, to: 8) == nil && ErrorScale.plain.change(from: -2, to: 8) == 10)
    #expect(ChangeVerdict(2, limit: 2) == .within && ChangeVerdict(-2.1, limit: 2) == .decrease)
  }

  /// Unchanged subjects, wSD estimated anew by each study of 10 degrees of freedom: 5 % seem to have changed; with 1.96 7.8 %.
  @Test func fewUnchangedSubjectsSeemToHaveChanged() {
    let studies = Self.isNightly ? 200_000 : 8000
    var generator = SeededGenerator(seed: 17), byT = 0, byNormal = 0
    for _ in 0..<studies {
      let study = Repeatability((0..<10).map { _ in [generator.normal(), generator.normal()] })!
      let change = abs(generator.normal() - generator.normal())
      byT += change > MeasurementError(.plain, deviation: study.withinDeviation, df: study.df).limit() ? 1 : 0
      byNormal += change > study.coefficient ? 1 : 0
    }
    func error(_ p: Double) -> Double { (p * (1 - p) / Double(studies)).squareRoot() }
    #expect(abs(Double(byT) / Double(studies) - 0.05) < 3 * error(0.05))
    #expect(abs(Double(byNormal) / Double(studies) - 0.0784) < 3 * error(0.0784))
  }

  /// Ten features that go together: of unchanged subjects at most 2 of 41 (4.9 %) exceed the 39th of 40 in any. Somewhat fewer do (4.2 % of 40,000
  /// studies), as the errors by which the study's own subjects are judged lack the one more; far fewer would mean an idle limit.
  @Test func aFamilyIsJudgedByItsLargest() {
    let studies = Self.isNightly ? 40_000 : 2500
    var generator = SeededGenerator(seed: 5), beyond = 0
    func subject() -> [Double] {
      let shared = generator.normal()
      return (0..<10).map { _ in 0.8 * shared + 0.6 * generator.normal() }
    }
    for _ in 0..<studies {
      let first = (0..<40).map { _ in subject() }, second = (0..<40).map { _ in subject() }
      let readings = (0..<10).map { j in (0..<40).map { (first: first[$0][j], second: second[$0][j]) } }
      let family = FamilyLimit(readings, features: 10)
      let change = zip(subject(), subject()).map { $1 - $0 }
      let isBeyond = (0..<10).contains { j in
        let study = Repeatability(readings[j].map { [$0.first, $0.second] })!
        let error = MeasurementError(.plain, deviation: study.withinDeviation, df: study.df)
        return ChangeVerdict(change[j], limit: family.limit(error)) != .within
      }
      beyond += isBeyond ? 1 : 0
    }
    let rate = Double(beyond) / Double(studies), error = (0.05 * 0.95 / Double(studies)).squareRoot()
    #expect(rate < 2.0 / 41 + 3 * error && rate > 0.03, "\(rate)")
    guard case .sidak(let alpha, 10) = FamilyLimit([], features: 10) else {
      Issue.record("few subjects are judged by Šidák")
      return
    }
    expectClose(alpha, 1 - pow(0.95, 0.1), absolute: 1e-15)
  }

  @Test func errorsAreJudgedWhereTheyAreConstant() {
    var generator = SeededGenerator(seed: 3)
    let means = (0..<60).map { 10 * exp(Double($0) / 15) }
    let growing = means.map { m in (0..<2).map { _ in m * exp(0.1 * generator.normal()) } }
    let constant = means.map { m in (0..<2).map { _ in m + 0.3 * generator.normal() } }
    #expect(Repeatability(growing)!.errorScale(.ratio) == .log)
    #expect(Repeatability(constant)!.errorScale(.ratio) == .plain)
    // Where zero is arbitrary, or values are not above 0, there are no ratios.
    #expect(Repeatability(growing)!.errorScale(.interval) == .plain)
    #expect(Repeatability(growing.map { $0.map { -$0 } })!.errorScale(.ratio) == .plain)
  }

  /// By hand: times 0, 1, 3 and values 2, 4, 5; with weights 1, 1, 0 only the first two count; R: coef(lm(y ~ t)) = 0.9285714.
  @Test func slopesAndAreas() throws {
    let course = Trajectory([0, 1, 3], [2, 4, 5])
    expectClose(try #require(course.slope.value), 13.0 / 14, absolute: 1e-14)
    expectClose(try #require(Trajectory([0, 1, 3], [2, 4, 5], weights: [1, 1, 0]).slope.value), 2, absolute: 1e-14)
    expectClose(try #require(course.area(over: 3).value), 12, absolute: 1e-14)
    // Until 2 the last value is 4.5 between 4 and 5.
    expectClose(try #require(course.area(over: 2).value), 3 + 4.25, absolute: 1e-14)
    #expect(course.area(over: 3.1).value == nil && course.area(over: nil).value == nil)
    #expect(Trajectory([1], [2]).slope.value == nil)
  }

  /// What R's tmerge with tdc() makes of four subjects (survival 3.5-3): a scan at the time of an event explains nothing.
  @Test func intervalsAreThoseOfTmerge() {
    let scans = [("a", [0.0, 30, 60], 100.0), ("b", [0, 60], 60), ("c", [0], 40), ("d", [0, 45, 90], 90)]
    let rows = scans.flatMap { name, times, end in
      knownIntervals(scans: times, from: 0, to: end).map { "\(name) \($0.start) \($0.stop) \($0.known) \($0.isLast)" }
    }
    #expect(
      rows == [
        "a 0.0 30.0 1 false", "a 30.0 60.0 2 false", "a 60.0 100.0 3 true", "b 0.0 60.0 1 true", "c 0.0 40.0 1 true",
        "d 0.0 45.0 1 false", "d 45.0 90.0 2 true",
      ])
    #expect(knownIntervals(scans: [0, 30], from: 60, to: 60).isEmpty)
    // Nothing is known before the first scan.
    #expect(knownIntervals(scans: [10], from: 0, to: 20).map(\.known) == [0, 1])
  }

  /// The rows' Cox model has the coefficient that R's has of tmerge's rows.
  @Test func startStopRowsGiveTheModelOfR() throws {
    let scans: [(String, Double, Double)] = [
      ("a", 0, 10), ("a", 30, 8), ("a", 60, 9), ("b", 0, 5), ("b", 60, 7), ("c", 0, 4), ("d", 0, 6), ("d", 45, 3),
      ("d", 90, 2),
    ]
    let ends = ["a": 100.0, "b": 60, "c": 40, "d": 90]
    let table = Table([
      ("subject", .categories(scans.map(\.0))), ("day", .numbers(scans.map(\.1))), ("x", .numbers(scans.map(\.2))),
      ("end", .numbers(scans.map { ends[$0.0]! })), ("died", .numbers(scans.map { $0.0 == "c" ? 0 : 1 })),
    ])
    let found = try ChangeTable(table, [ChangeFeature(table.column("x")!)], Self.settings(.startStop))
    // Change from baseline plus baseline is the value that tmerge carries.
    let baseline = ["a": 10.0, "b": 5, "c": 4, "d": 6]
    let x = found.rows.map { baseline[$0.subject]! + $0.changes[0].absolute.value! }
    #expect(x == [10, 8, 9, 5, 4, 6, 3])
    let seen = found.rows.map { $0.followed! }
    #expect(seen.map(\.event) == [0, 0, 1, 1, 0, 0, 1])
    let times = try SurvivalTimes(start: seen.map(\.start), stop: seen.map(\.stop), isEvent: seen.map { $0.event == 1 })
    let model = try CoxModel(Matrix(columns: [x], rows: x.count), times, names: ["x"])
    expectClose(try #require(model.coefficients[0].value), -0.314236931189598, absolute: 1e-9)
  }

  private static func settings(_ form: FollowUp.Form) -> ChangeSettings {
    var settings = ChangeSettings()
    settings.time = "day"
    settings.followUp = FollowUp(form, end: "end", event: "died")
    return settings
  }

  /// Scans after the landmark change no bit of what is known at it.
  @Test func laterScansAreNotKnownAtTheLandmark() throws {
    let (table, _) = Self.immortal(subjects: 60, seed: 9)
    guard case .numbers(let days)? = table["day"] else { return }
    let earlier = table.rows(days.indices.filter { days[$0]! <= 120 })
    func rows(_ table: Table) throws -> [String] {
      let found = try ChangeTable(table, [ChangeFeature(table.column("x")!)], Self.settings(.landmark(120)))
      return found.rows.map { "\($0)" } + found.leftOut.map { "\($0)" } + ["\(found.horizon ?? 0)"]
    }
    let whole = try rows(table)
    #expect(try rows(earlier) == whole && whole.count > 30 && earlier.count < table.count)
  }

  /// Subjects whose feature says nothing of their survival, scanned every 60 days while they live; who has fallen by 30 % once is a
  /// responder.
  private static func immortal(subjects: Int, seed: UInt64) -> (table: Table, everResponded: [Double]) {
    var generator = SeededGenerator(seed: seed)
    var names: [String] = [], days: [Double] = [], x: [Double] = [], ends: [Double] = [], died: [Double] = []
    var responded: [Double] = []
    for subject in 0..<subjects {
      let death = -300 * log(1 - generator.uniform()), end = min(death, 900) + 1
      var day = 0.0, hasResponded = false
      while day < end, day < 900 {
        let value = day == 0 ? 100 : 100 * exp(0.3 * generator.normal())
        hasResponded = hasResponded || value < 70
        names.append(String(10000 + subject))
        days.append(day)
        x.append(value)
        ends.append(end)
        died.append(death <= 900 ? 1 : 0)
        day += 60
      }
      responded.append(hasResponded ? 1 : 0)
    }
    let table = Table([
      ("subject", .categories(names)), ("day", .numbers(days)), ("x", .numbers(x)), ("end", .numbers(ends)),
      ("died", .numbers(died)),
    ])
    return (table, responded)
  }

  /// Who lives longer has more time to respond: responders, whenever they responded, seem to live longer. At a landmark they do not.
  @Test func immortalTimeIsNoBenefit() throws {
    let runs = Self.isNightly ? 1000 : 40
    var naive = 0.0, covered = 0, intervals = 0, events = Int.max
    for run in 0..<runs {
      let (table, responded) = Self.immortal(subjects: 220, seed: UInt64(run + 1))
      func fit(_ x: [Double], _ times: SurvivalTimes) throws -> (value: Double, error: Double) {
        let model = try CoxModel(Matrix(columns: [x], rows: x.count), times, names: ["x"])
        return (model.coefficients[0].value!, model.naiveCovariance[0, 0].squareRoot())
      }
      let feature = ChangeFeature(table.column("x")!)
      func rows(_ form: FollowUp.Form) throws -> (x: [Double], times: SurvivalTimes) {
        let found = try ChangeTable(table, [feature], Self.settings(form)).rows
        return (
          found.map { $0.changes[0].relative.value! < -0.3 ? 1 : 0 },
          try SurvivalTimes(
            start: form == .startStop ? found.map { $0.followed!.start } : nil, stop: found.map { $0.followed!.stop },
            isEvent: found.map { $0.followed!.event == 1 })
        )
      }
      let first = Dictionary(
        zip(table.labels("subject")!, zip(table["end"]!.numbersForTest, table["died"]!.numbersForTest)).map {
          ($0!, $1)
        }
      ) { a, _ in a }.sorted { $0.key < $1.key }.map(\.value)
      naive += try fit(responded, SurvivalTimes(stop: first.map(\.0), isEvent: first.map { $0.1 == 1 })).value
      let landmark = try rows(.landmark(120)), found = try fit(landmark.x, landmark.times)
      events = min(events, landmark.times.events)
      covered += abs(found.value) <= 1.959964 * found.error ? 1 : 0
      let dependent = try rows(.startStop), other = try fit(dependent.x, dependent.times)
      intervals += abs(other.value) <= 1.959964 * other.error ? 1 : 0
    }
    // A hazard ratio of 0.7 and less, where truth is 1.
    #expect(naive / Double(runs) < log(0.7), "\(exp(naive / Double(runs)))")
    let slack = Self.isNightly ? 0.02 : 3 * (0.05 * 0.95 / Double(runs)).squareRoot()
    for count in [covered, intervals] {
      #expect(abs(Double(count) / Double(runs) - 0.95) <= slack, "\(count) of \(runs)")
    }
    #expect(events >= 100, "\(events)")
  }

  /// All of the contract by hand: three scans, one of them on another scanner.
  @Test func changesByHand() throws {
    let table = Table([
      ("subject", .categories(["p", "p", "p", "q", "r", "r"])), ("day", .numbers([0, 10, 30, 0, 5, 5])),
      ("scanner", .categories(["a", "a", "b", "a", "a", "a"])), ("x", .numbers([100, 50, 200, 1, 1, 2])),
    ])
    var settings = ChangeSettings()
    (settings.time, settings.scanner) = ("day", "scanner")
    let errors = FeatureErrors(
      MeasurementError(.plain, deviation: 10, df: 20), other: MeasurementError(.plain, deviation: 40, df: 20),
      coefficient: 27.7)
    let feature = ChangeFeature(table.column("x")!, errors: errors)
    let rows = try ChangeTable(table, [feature], settings).rows
    #expect(rows.map(\.subject) == ["p", "p", "p", "q", "r"] && rows.map(\.to) == ["10", "30", "all", "all", "all"])
    #expect(rows[0].changes[0].absolute == .value(-50) && rows[0].changes[0].relative == .value(-0.5))
    #expect(rows[0].changes[0].logRatio == .value(log(0.5)) && rows[0].changes[0].verdict == .decrease)
    // By 100 on another scanner, where 118 are needed; on the same one 29.5 are.
    #expect(rows[1].changes[0].verdict == .within && rows[1].days == 30)
    // The scan on the other scanner counts a sixteenth.
    let slope = Trajectory([0, 10, 30], [100, 50, 200], weights: [1, 1, 1.0 / 16]).slope
    #expect(rows[2].changes[0].slope == slope && rows[2].changes[0].area.value != nil)
    #expect(
      rows[3].reason?.text.contains("one time point") == true && rows[4].reason?.text.contains("two scans") == true)
    // A baseline within its error of 0 is nothing to divide by.
    var small = settings
    small.reference = .previous
    let little = Table([
      ("subject", .categories(["p", "p"])), ("day", .numbers([0, 1])), ("scanner", .categories(["a", "a"])),
      ("x", .numbers([-20, 50])),
    ])
    let change = try ChangeTable(little, [ChangeFeature(little.column("x")!, errors: errors)], small).rows[0].changes[0]
    #expect(change.absolute == .value(70) && change.relative.value == nil && change.logRatio.value == nil)
    #expect(change.verdict == .increase)
  }

  /// Shared errors of a reliability study: proportional ones are judged as ratios.
  @Test func reliabilityTellsErrors() throws {
    var generator = SeededGenerator(seed: 8)
    let subjects = (0..<50).flatMap { ["s\($0)", "s\($0)"] }, sessions = (0..<100).map { $0 % 2 == 0 ? "1" : "2" }
    let values = (0..<100).map { row in 10 * exp(Double(row / 2) / 12) * exp(0.1 * generator.normal()) }
    let rows = try ReliabilityConditions(subject: subjects, [.session: sessions])
    let found = try ReliabilityAnalysis(rows).analyse(
      [ReliabilityColumn(name: "v", unit: "mm3", scale: .ratio, values: values)], lanes: Lanes(jobs: 1))[0]
    let errors = try #require(found.errors)
    #expect(errors.same.scale == .log && errors.same.df == 50 && errors.other == nil)
    expectClose(errors.same.deviation, try #require(found["repeatability.log_wSD"]?.value), absolute: 1e-12)
    expectClose(try #require(errors.coefficient), try #require(found["rc"]?.value), absolute: 1e-12)
  }
}

extension Column.Values {
  fileprivate var numbersForTest: [Double] {
    if case .numbers(let numbers) = self { return numbers.map { $0! } }
    return []
  }
}

@Suite struct NoiseFloorTests {
  /// By hand: on scanner a the phantom has a variance of 1 and patients of 4; on b 2 and 8, with twice the degrees of freedom.
  @Test func variancesArePooledWithinScanners() throws {
    let floor = try #require(
      NoiseFloor(phantom: ["a": [1, 2, 3], "b": [0, 2], "c": [5, 9]], patients: ["a": [0, 2, 4], "b": [10, 14]]))
    expectClose(floor.phantom, (2 * 1 + 1 * 2) / 3.0, absolute: 1e-14)
    expectClose(floor.patients, (2 * 4 + 1 * 8) / 3.0, absolute: 1e-14)
    expectClose(floor.share, 0.25, absolute: 1e-14)
    #expect(NoiseFloor(phantom: ["a": [1, 2]], patients: ["b": [1, 2]]) == nil)
  }
}
