import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Errors and limits of quantities that had none: by hand, and as laws.
struct IntervalsTests {
  private static let z = 1.959963984540054

  private static func statistics(_ groups: [StatisticGroup], _ name: String) throws -> [String: [Cell]] {
    let group = try #require(groups.first { $0.name == name })
    return Dictionary(group.statistics.map { ($0.name, $0.cells) }) { first, _ in first }
  }

  /// Exponential times, the logarithm of whose hazard is a marker, with the risk by 12.
  private static func cohort(_ count: Int, isCensored: Bool = true, seed: UInt64) -> Table {
    var generator = SeededGenerator(seed: seed), columns = [[Double?]](repeating: [], count: 7)
    for row in 0..<count {
      let marker = generator.normal(), event = -20 * log(1 - generator.uniform()) / exp(marker)
      let censored = isCensored ? 60 * generator.uniform() : .infinity, risk = 1 - exp(-12 / 20 * exp(marker))
      let values = [
        min(event, censored), event <= censored ? 1 : 0, marker, risk, 1 - exp(-12 / 20 * exp(marker / 2)),
        event <= 12 ? 1 : 0, Double(row % 2),
      ]
      for (column, value) in values.enumerated() { columns[column].append(value) }
    }
    let names = ["time", "event", "marker", "risk", "other", "y", "arm"]
    return Table(zip(names, columns).map { ($0, .numbers($1)) })
  }

  /// Contributions of four patients at threshold 1/2 are 1, −1, 0, 0: the mean is 0, its error √(2/3 / 4).
  @Test func netBenefitByHand() throws {
    let curve = DecisionCurve([0.9, 0.8, 0.1, 0.2], [1, 0, 1, 0], thresholds: [0.5, 0.95])
    let error = (2 / 3.0 / 4).squareRoot()
    expectClose(try #require(curve.errors[0].value), error, relative: 1e-14)
    let found = try Self.statistics([StatisticGroup("d", curve.statistics)], "d")
    #expect(found["model"]?[0] == .value(0))
    expectClose(try #require(found["model_lower"]?[0].value), -Self.z * error, relative: 1e-12)
    expectClose(try #require(found["model_upper"]?[0].value), Self.z * error, relative: 1e-12)
    // Nobody is treated at 0.95.
    #expect(found["model_upper"]?[1].reason == "nobody or everybody is treated alike")
    // Each row twice, as of one patient, tells what the patients tell.
    let twice = DecisionCurve(
      [0.9, 0.8, 0.1, 0.2, 0.9, 0.8, 0.1, 0.2], [1, 0, 1, 0, 1, 0, 1, 0], thresholds: [0.5],
      clusters: [0, 1, 2, 3, 0, 1, 2, 3])
    expectClose(try #require(twice.errors[0].value), error, relative: 1e-12)
  }

  /// Without censoring, the gain in net benefit of times by a horizon is that of whether the event happened by then.
  @Test func gainsOfTimesAndOfOutcomes() throws {
    let table = Self.cohort(80, isCensored: false, seed: 4)
    let predictions = AddedValue.Predictions.columns(base: "other", extended: "risk")
    var options = AddedValue.Options()
    (options.thresholds, options.horizon, options.perturbations) = ([0.3, 0.5], 12, 0)
    let ofTimes = try AddedValue(table, predictions, options.asking(about: .survival(time: "time", event: "event")))
    options.horizon = nil
    let ofOutcomes = try AddedValue(table, predictions, options.asking(about: .binary("y")))
    let (a, b) = (
      try Self.statistics(ofTimes.groups, "net_benefit"), try Self.statistics(ofOutcomes.groups, "net_benefit")
    )
    for name in ["difference", "difference_se", "difference_lower", "difference_upper"] {
      for (first, second) in zip(try #require(a[name]), try #require(b[name])) {
        expectClose(try #require(first.value), try #require(second.value), absolute: 1e-12, name)
      }
    }
    // By hand: patients whom one prediction alone treats.
    let y = try table.numbers("y").map { $0! }, base = try table.numbers("other").map { $0! }
    let extended = try table.numbers("risk").map { $0! }, odds = 0.3 / 0.7
    let changes = y.indices.map { row in
      (extended[row] >= 0.3 ? 1.0 : 0) * (y[row] == 1 ? 1 : -odds) - (base[row] >= 0.3 ? 1.0 : 0)
        * (y[row] == 1 ? 1 : -odds)
    }
    expectClose(try #require(b["difference"]?[0].value), mean(changes), absolute: 1e-14)
    expectClose(
      try #require(b["difference_se"]?[0].value), (variance(changes) / 80).squareRoot(), relative: 1e-12)
  }

  /// With censoring, the error of the gain is that of leaving out one patient after the other, but for parts of 1/n.
  @Test func gainsOfCensoredTimes() throws {
    let table = Self.cohort(70, seed: 8), rows = Array(0..<70)
    var options = AddedValue.Options()
    (options.thresholds, options.horizon, options.perturbations) = ([0.4], 12, 0)
    func gain(_ table: Table) throws -> (value: Double, error: Double) {
      let found = try AddedValue(
        table, .columns(base: "other", extended: "risk"), options.asking(about: .survival(time: "time", event: "event"))
      )
      let benefit = try Self.statistics(found.groups, "net_benefit")
      return (try #require(benefit["difference"]?[0].value), try #require(benefit["difference_se"]?[0].value))
    }
    let left = try rows.map { row in try gain(table.rows(rows.filter { $0 != row })).value }, center = mean(left)
    let error = (69 / 70.0 * left.reduce(0) { $0 + ($1 - center) * ($1 - center) }).squareRoot()
    expectClose(try gain(table).error, error, relative: 0.05)
  }

  /// Uno's C, Brier(t) and the mean time until the horizon: normal limits by their errors, shares within 0 to 1.
  @Test func limitsOfPrognosis() throws {
    var options = Prognosis.Options()
    (options.predictor, options.risks, options.alpha) = ("marker", [(12, "risk")], 0.1)
    let prognosis = try Prognosis(Self.cohort(120, seed: 9), options), z = NormalDistribution().critical(0.1)
    func expectLimits(_ group: [String: [Cell]], _ names: (String, String, lower: (String, Int), upper: (String, Int)))
      throws
    {
      let value = try #require(group[names.0]?[0].value), error = try #require(group[names.1]?[0].value)
      #expect(error > 0)
      expectClose(try #require(group[names.lower.0]?[names.lower.1].value), value - z * error, relative: 1e-12)
      expectClose(try #require(group[names.upper.0]?[names.upper.1].value), value + z * error, relative: 1e-12)
    }
    let performances = prognosis.performances.flatMap(\.groups)
    try expectLimits(Self.statistics(performances, "uno"), ("c", "c_se", ("c_ci", 0), ("c_ci", 1)))
    try expectLimits(
      Self.statistics(performances, "brier_t"), ("brier", "brier_se", ("brier_lower", 0), ("brier_upper", 0)))
    let whole = StatisticGroup("g", prognosis.groups.groups[0].statistics)
    try expectLimits(Self.statistics([whole], "g"), ("rmst", "rmst_se", ("rmst_ci", 0), ("rmst_ci", 1)))
    let calibration = try Self.statistics(performances, "calibration_t12")
    // The error of O/E is that of the share with the event, over what is expected.
    let ratio = try #require(calibration["O_over_E"]?[0].value),
      error = try #require(calibration["O_over_E_se"]?[0].value)
    let curve = KaplanMeier(prognosis.times)
    expectClose(error / ratio, curve.error(at: 12) / (1 - curve.survival(at: 12)), relative: 1e-12)
  }

  /// Uno's C of rows that are each there twice, as of one patient.
  @Test func unoOfDoubledRows() throws {
    let table = Self.cohort(60, seed: 2), rows = Array(0..<60)
    let times = try SurvivalTimes(
      stop: table.numbers("time").map { $0! }, isEvent: table.numbers("event").map { $0! == 1 })
    let marker = try table.numbers("marker").map { $0! }, weights = try CensoringWeights(times)
    let single = try UnoConcordance(times, marker, before: 30, censoring: weights)
    let twice = try UnoConcordance(
      times.rows(rows + rows), marker + marker, before: 30, censoring: weights, clusters: rows + rows)
    let apart = try UnoConcordance(times.rows(rows + rows), marker + marker, before: 30, censoring: weights)
    let error = try #require(twice.error.value)
    #expect(error > 1.3 * (try #require(apart.error.value)))
    expectClose(error, try #require(single.error.value), relative: 0.15)
  }

  /// The error of a part of the curve of rows that are each there twice, as of one patient, is that of the patients.
  @Test(arguments: ROC.Axis.allCases) func partsOfDoubledRows(_ axis: ROC.Axis) throws {
    let values = [1.0, 4, 2, 6, 3, 5, 8, 7, 9, 2.5, 4, 6],
      isEvent = [0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 0].map { $0 == 1 }
    let patients = Array(values.indices)
    let single = try ROC(values, isEvent)
    let twice = try ROC(values + values, isEvent + isEvent, clusters: patients + patients)
    let a = try #require(single.partialArea(axis, 0.6...0.9, isCorrected: false).estimate)
    let b = try #require(twice.partialArea(axis, 0.6...0.9, isCorrected: false).estimate)
    expectClose(b.value, a.value, relative: 1e-12)
    expectClose(b.error, a.error, relative: 1e-12)
    // A single event has no error.
    let one = try ROC([1, 2, 3], [false, false, true])
    #expect(one.partialArea(axis, 0.6...0.9, isCorrected: false).estimate?.error.isNaN == true)
  }

  /// The difference of two groups' differences: variances of independent groups add up.
  @Test func differencesOfDifferences() throws {
    let table = Self.cohort(160, seed: 6)
    let trial = try Trial(table, .survival(time: "time", event: "event"), treatment: "arm")
    let groups = try TreatmentSubgroups(
      TreatmentInteraction(trial, marker: "marker"), adjust: nil, cuts: [0], horizon: 15)
    let means = try groups.groups.map { try #require($0.restrictedMean?.estimate) }
    let found = try Self.statistics([StatisticGroup("rmst", groups.restrictedMeans())], "rmst")
    let value = means[1].value - means[0].value
    let error = (means[0].error * means[0].error + means[1].error * means[1].error).squareRoot()
    expectClose(try #require(found["difference_of_differences"]?[0].value), value, relative: 1e-12)
    expectClose(try #require(found["difference_lower"]?[0].value), value - Self.z * error, relative: 1e-12)
    expectClose(try #require(found["difference_upper"]?[0].value), value + Self.z * error, relative: 1e-12)
  }
}
