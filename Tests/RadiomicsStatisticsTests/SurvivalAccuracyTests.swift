import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// What must hold of AUC(t), Brier(t), concordances and calibration whatever the rows are.
struct SurvivalAccuracyTests {
  /// Exponential times whose logarithm of the hazard is `slope` times a normal marker, whole if `isRounded` so that times are tied.
  private static func simulated(
    _ count: Int, slope: Double = 1, censoring: Double = 0.5, isRounded: Bool = false, seed: UInt64
  ) throws -> (times: SurvivalTimes, marker: [Double]) {
    var generator = SeededGenerator(seed: seed), stop: [Double] = [], isEvent: [Bool] = [], marker: [Double] = []
    for _ in 0..<count {
      let value = generator.normal(), event = -log(1 - generator.uniform()) / exp(slope * value)
      let censored = censoring > 0 ? -log(1 - generator.uniform()) / censoring : .infinity
      let time = min(event, censored) * 20
      marker.append(isRounded ? (value * 4).rounded() / 4 : value)
      stop.append(isRounded ? time.rounded() : time)
      isEvent.append(event <= censored)
    }
    return (try SurvivalTimes(stop: stop, isEvent: isEvent), marker)
  }

  private static func risk(_ marker: [Double], _ horizon: Double) -> [Double] {
    marker.map { 1 - exp(-horizon / 20 * exp($0)) }
  }

  private static func without(_ row: Int, _ times: SurvivalTimes) -> SurvivalTimes {
    times.rows(times.stop.indices.filter { $0 != row })
  }

  private static func jackknifeError(_ count: Int, _ estimate: (Int) throws -> Double) rethrows -> Double {
    let values = try (0..<count).map(estimate), center = values.reduce(0, +) / Double(count)
    let sum = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    return (sum * Double(count - 1) / Double(count)).squareRoot()
  }

  @Test func withoutCensoringItIsTheROC() throws {
    let (times, marker) = try Self.simulated(150, censoring: 0, isRounded: true, seed: 3)
    for horizon in [5.0, 10, 30] {
      let isCase = times.stop.map { $0 <= horizon }, roc = try ROC(marker, isCase)
      for ties in TimeDependentAUC.TiedTimes.allCases {
        let area = try TimeDependentAUC(times, marker, at: horizon, tiedTimes: ties)
        expectClose(area.auc, roc.auc, relative: 1e-13)
        #expect(area.cases == roc.positives && area.controls == roc.negatives)
        #expect(area.points.count == roc.points.count)
        for (a, b) in zip(area.points, roc.points) {
          #expect(a.threshold == b.threshold)
          expectClose(a.sensitivity, b.sensitivity, absolute: 1e-12)
          expectClose(a.specificity, b.specificity, absolute: 1e-12)
        }
        // DeLong divides by m − 1 and n − 1, influences by m and n.
        let fewest = Double(min(roc.positives, roc.negatives))
        expectClose(
          try #require(area.error.value), roc.variance.squareRoot(),
          relative: 1 - (1 - 1 / fewest).squareRoot() + 1e-12)
      }
    }
  }

  @Test func withoutCensoringItIsTheBrierScore() throws {
    let (times, marker) = try Self.simulated(150, censoring: 0, isRounded: true, seed: 4)
    let risk = Self.risk(marker, 10), brier = try SurvivalBrier(times, risk: risk, at: 10)
    let errors = zip(risk, times.stop).map { ($0 - ($1 <= 10 ? 1 : 0)) * ($0 - ($1 <= 10 ? 1 : 0)) }
    let mean = errors.reduce(0, +) / 150
    expectClose(brier.score, mean, relative: 1e-13)
    let spread = errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 149
    expectClose(try #require(brier.error.value), (spread / 150).squareRoot(), relative: 1e-12)
    let share = Double(times.stop.count { $0 <= 10 }) / 150
    expectClose(try SurvivalBrier.null(times, at: 10).score, share * (1 - share), relative: 1e-12)
    // After the last event everyone's outcome is known.
    #expect(try SurvivalBrier(times, risk: risk.map { _ in 1 }, at: 1e6).score == 0)
  }

  @Test(arguments: [false, true]) func errorsAreThoseOfTheJackknife(_ isRounded: Bool) throws {
    let (times, marker) = try Self.simulated(200, isRounded: isRounded, seed: 5), horizon = 12.0
    let risk = Self.risk(marker, horizon), n = times.count
    // Errors by the jackknife and by influences differ by a share of order 1/n.
    let bound = 2 / Double(n)
    func left(_ values: [Double], _ row: Int) -> [Double] { values.indices.filter { $0 != row }.map { values[$0] } }
    let area = try Self.jackknifeError(n) {
      try TimeDependentAUC(Self.without($0, times), left(marker, $0), at: horizon).auc
    }
    expectClose(try #require(TimeDependentAUC(times, marker, at: horizon).error.value), area, relative: bound)
    let brier = try Self.jackknifeError(n) {
      try SurvivalBrier(Self.without($0, times), risk: left(risk, $0), at: horizon).score
    }
    expectClose(try #require(SurvivalBrier(times, risk: risk, at: horizon).error.value), brier, relative: bound)
    let uno = try Self.jackknifeError(n) {
      try UnoConcordance(Self.without($0, times), left(marker, $0), before: 25).estimate
    }
    expectClose(try #require(UnoConcordance(times, marker, before: 25).error.value), uno, relative: bound)
  }

  /// Leaving a row out of n moves an estimate by its influence over n, but for terms of order 1/n²: with four times each row, a
  /// little apart in time, a quarter of the difference is left, and with the next order no more than a third.
  @Test func influenceIsWhatARowDoes() throws {
    let (times, marker) = try Self.simulated(40, seed: 6), rows = Array(0..<40)
    var differences: [[Double]] = []
    for copies in [3, 12] {
      let all = (0..<copies).flatMap { copy in rows.map { (row: $0, stop: times.stop[$0] + 1e-6 * Double(copy)) } }
      let n = Double(all.count)
      func estimates(_ chosen: some Collection<(row: Int, stop: Double)>) throws -> [(
        value: Double, influence: [Double]
      )] {
        let marker = chosen.map { marker[$0.row] }
        let times = try SurvivalTimes(stop: chosen.map(\.stop), isEvent: chosen.map { times.isEvent[$0.row] })
        let brier = try SurvivalBrier(times, risk: Self.risk(marker, 12), at: 12)
        let area = try TimeDependentAUC(times, marker, at: 12), uno = try UnoConcordance(times, marker, before: 25)
        return [(brier.score, brier.influence), (area.auc, area.influence), (uno.estimate, uno.influence)]
      }
      let whole = try estimates(all)
      for (_, influence) in whole { expectClose(influence.reduce(0, +), 0, absolute: 1e-9) }
      var largest = whole.map { _ in 0.0 }
      for row in stride(from: 0, to: 40, by: 7) {
        for (k, left) in try estimates(all[..<row] + all[(row + 1)...]).enumerated() {
          let moved = (n - 1) * (whole[k].value - left.value)
          largest[k] = max(largest[k], abs(moved - whole[k].influence[row]))
        }
      }
      differences.append(largest)
    }
    for (few, many) in zip(differences[0], differences[1]) { #expect(many < few / 3, "\(few) \(many)") }
  }

  @Test func onlyRanksCount() throws {
    let (times, marker) = try Self.simulated(120, isRounded: true, seed: 7)
    let grown = marker.map { exp(3 * $0) + 7 }, turned = marker.map { -$0 }
    let area = try TimeDependentAUC(times, marker, at: 10), other = try TimeDependentAUC(times, grown, at: 10)
    #expect(area.auc == other.auc && area.influence == other.influence)
    let back = try TimeDependentAUC(times, turned, at: 10)
    expectClose(back.auc, 1 - area.auc, absolute: 1e-14)
    expectClose(try #require(back.error.value), try #require(area.error.value), relative: 1e-12)
    expectClose(back.covariance(with: area), -area.covariance(with: area), relative: 1e-12)
    let uno = try UnoConcordance(times, marker), same = try UnoConcordance(times, grown)
    #expect(uno.estimate == same.estimate && uno.influence == same.influence)
    let against = try UnoConcordance(times, turned)
    expectClose(against.estimate, 1 - uno.estimate, absolute: 1e-14)
    #expect(against.concordant == uno.discordant && against.tiedRisk == uno.tiedRisk)
    let equal = try TimeDependentAUC(times, marker.map { _ in 3 }, at: 10)
    expectClose(equal.auc, 0.5, absolute: 1e-15)
    expectClose(try #require(equal.error.value), 0, absolute: 1e-15)
  }

  @Test func orderOfRowsDoesNotMatter() throws {
    let (times, marker) = try Self.simulated(120, isRounded: true, seed: 8)
    var generator = SeededGenerator(seed: 9)
    let order = (0..<120).shuffled(using: &generator)
    let mixed = times.rows(order), values = order.map { marker[$0] }, risk = Self.risk(marker, 10)
    func same(_ a: Double?, _ b: Double?) throws { expectClose(try #require(a), try #require(b), relative: 1e-12) }
    let area = try TimeDependentAUC(times, marker, at: 10), other = try TimeDependentAUC(mixed, values, at: 10)
    try same(area.auc, other.auc)
    try same(area.error.value, other.error.value)
    #expect(area.points.map(\.specificity) == other.points.map(\.specificity))
    let brier = try SurvivalBrier(times, risk: risk, at: 10)
    let moved = try SurvivalBrier(mixed, risk: order.map { risk[$0] }, at: 10)
    try same(brier.score, moved.score)
    try same(brier.error.value, moved.error.value)
    let uno = try UnoConcordance(times, marker), second = try UnoConcordance(mixed, values)
    try same(uno.estimate, second.estimate)
    try same(uno.error.value, second.error.value)
    try same(GonenHeller(marker).estimate.value, GonenHeller(values).estimate.value)
    let a = try SurvivalCalibration(times, risk: risk, at: 10)
    let b = try SurvivalCalibration(mixed, risk: order.map { risk[$0] }, at: 10)
    for (x, y) in zip(a.statistics, b.statistics) { try same(x.cells[0].value, y.cells[0].value) }
    #expect(a.groups(5).map(\.count) == b.groups(5).map(\.count))
  }

  /// All pairs by hand.
  @Test(arguments: UnoConcordance.TiedTimes.allCases) func treesCountPairs(_ tied: UnoConcordance.TiedTimes) throws {
    let (times, marker) = try Self.simulated(90, isRounded: true, seed: 10)
    let weights = try CensoringWeights(times), uno = try UnoConcordance(times, marker, before: 20, tiedTimes: tied)
    var sum = 0.0, total = 0.0, counts = (right: 0, wrong: 0, tied: 0)
    for i in 0..<90 where times.isEvent[i] {
      let share = try weights.share(ofEventAt: times.stop[i])
      let weight = times.stop[i] < 20 ? 1 / (share * share) : 0
      for j in 0..<90 {
        let together = times.stop[j] == times.stop[i] && !times.isEvent[j] && tied == .censoredLater
        guard times.stop[j] > times.stop[i] || together else { continue }
        total += weight
        sum += weight * (marker[i] > marker[j] ? 1 : marker[i] == marker[j] ? 0.5 : 0)
        if marker[i] > marker[j] { counts.right += 1 } else if marker[i] < marker[j] { counts.wrong += 1 }
        if marker[i] == marker[j] { counts.tied += 1 }
      }
    }
    expectClose(uno.estimate, sum / total, relative: 1e-13)
    #expect(uno.concordant == counts.right && uno.discordant == counts.wrong && uno.tiedRisk == counts.tied)
  }

  /// Five rows by hand: G falls to 2/3 at 3, where one of three is censored.
  @Test func handCalculation() throws {
    let times = try SurvivalTimes(stop: [1, 2, 3, 4, 5], isEvent: [true, true, false, true, true])
    let weights = try CensoringWeights(times)
    #expect(try weights.weights(of: times, at: 4) == [1, 1, 0, 1.5, 1.5])
    #expect(try CensoringWeights(times, .right).weights(of: times, at: 2.5) == [1, 1, 1, 1, 1])
    let area = try TimeDependentAUC(times, [5, 1, 4, 2, 3], at: 4)
    // Of the weights 1, 1 and 1.5 of the cases only the first lies above the one control.
    expectClose(area.auc, 1 / 3.5, relative: 1e-15)
    #expect(area.points.map(\.sensitivity) == [1, 2.5 / 3.5, 1 / 3.5, 1 / 3.5, 0])
    #expect(area.points.map(\.threshold) == [-.infinity, 1.5, 2.5, 4, .infinity])
    #expect(area.error.reason == "there is a single case or control")
    let brier = try SurvivalBrier(times, risk: [1, 0.5, 0.5, 0.5, 0], at: 4)
    expectClose(brier.score, (0.25 + 1.5 * 0.25) / 5, relative: 1e-15)
    let scores = [(time: 2.0, score: 0.1), (time: 4.0, score: 0.3), (time: 8.0, score: 0.2)]
    #expect(SurvivalBrier.integrated(scores, .step).compactMap(\.value) == [0.05, (0.2 + 1.2) / 8])
    #expect(SurvivalBrier.integrated(scores, .trapezoid)[0].value == nil)
    expectClose(try #require(SurvivalBrier.integrated(scores, .trapezoid)[2].value), 1.4 / 6, relative: 1e-14)
  }

  /// A model's score is integrated over the times of events, though one horizon is asked about: the definition, term by term.
  @Test func integratedOverEvents() throws {
    let (times, marker) = try Self.simulated(60, slope: 0.7, seed: 11)
    func numbers(_ values: [Double]) -> Column.Values { .numbers(values.map { $0 }) }
    let table = Table([
      ("time", numbers(times.stop)), ("event", numbers(times.isEvent.map { $0 ? 1 : 0 })), ("m", numbers(marker)),
    ])
    var options = Prognosis.Options()
    let horizon = times.stop.sorted()[30]
    (options.model, options.times) = ("m", [horizon])
    let result = try Prognosis(table, options)
    let frame = try ModelFrame(Formula("Surv(time, event) ~ m"), table), cox = try CoxModel(frame)
    let events = Set(
      times.stop.indices.filter { times.isEvent[$0] && times.stop[$0] <= horizon }.map { times.stop[$0] })
    var area = 0.0
    for (from, to) in zip(events.sorted(), events.sorted().dropFirst() + [horizon]) {
      area += (to - from) * (try SurvivalBrier(times, risk: cox.risks(of: frame)(from), at: from).score)
    }
    let found = result.performances[0].groups.first { $0.name == "brier_t" }?.statistics.first { $0.name == "ibs" }
    expectClose(found?.cells[0].value ?? .nan, area / horizon, relative: 1e-12)
  }

  /// Half of the weight lies above a stretch of the grid, but for rounding: the median is its middle.
  @Test func medianOnAPlateau() throws {
    // Rises of events are 0.1 and 0.3; weights make the share between them one half up to rounding.
    let base = [0.1, 0.1, 0.1, 0.1, 0.5], extended = [0.2, 0.2, 0.2, 0.4, 0.5]
    let times = try SurvivalTimes(stop: [1, 1, 1, 1, 3], isEvent: [true, true, true, true, false])
    let result = try SurvivalImprovement(base, extended, times, horizon: 2, weights: [0.1, 0.1, 0.1, 0.3, 1])
    // Two medians on a grid of 1/1000.
    expectClose(result.median, 0.2, absolute: 2e-3)
  }

  @Test func degenerateHorizonsHaveReasons() throws {
    let times = try SurvivalTimes(stop: [2, 3, 4, 5], isEvent: [true, false, true, false]), marker = [1.0, 2, 3, 4]
    let areas = TimeDependentAUC.statistics(times, [marker], at: [1, 3, 9])
    #expect(
      areas[1].cells[0].reason?.description.contains("0 rows have the event by then and 4 are seen longer") == true)
    #expect(areas[1].cells[1].value == 0)
    #expect(areas[1].cells[2].reason?.description.contains("Choose an earlier one") == true)
    #expect(areas[5].cells[0].value == nil)
    let scores = SurvivalBrier.statistics(
      times, risks: [marker.map { _ in 0.5 }, marker.map { _ in 0.5 }], at: [3, 9])
    #expect(scores[1].cells[0].value != nil)
    #expect(scores[1].cells[1].reason?.description.contains("rows are seen until 5") == true)
    let none = try SurvivalTimes(stop: [1, 2, 3], isEvent: [false, false, false])
    #expect(throws: ModelError.self) { try TimeDependentAUC(none, [1, 2, 3], at: 1.5) }
    #expect(throws: ModelError.self) { try UnoConcordance(none, [1, 2, 3]) }
    #expect(try SurvivalBrier(none, risk: [0, 0, 0], at: 1.5).score == 0)
    let one = try SurvivalTimes(stop: [1], isEvent: [true])
    #expect(throws: ModelError.self) { try UnoConcordance(one, [1]) }
    #expect(throws: ModelError.self) { try GonenHeller([1]) }
    #expect(try SurvivalBrier(one, risk: [0.5], at: 2).error.reason == "there is a single row")
    let late = try SurvivalTimes(start: [0, 1, 0], stop: [2, 3, 4], isEvent: [true, true, false])
    #expect(throws: ModelError.self) { try TimeDependentAUC(late, [1, 2, 3], at: 2) }
    #expect(throws: ModelError.self) { try SurvivalCalibration(late, risk: [0.1, 0.2, 0.3], at: 2) }
    #expect(throws: ModelError.self) { try SurvivalBrier(times, risk: [0, 0, 0, 1.5], at: 3) }
    #expect(throws: ModelError.self) { try TimeDependentAUC(times, [1, 2, 3, .nan], at: 3) }
    #expect(throws: ModelError.self) { try TimeDependentAUC(times, marker, at: .nan) }
    // Other rows that end early say nothing about later weights.
    let early = try CensoringWeights(SurvivalTimes(stop: [1, 2], isEvent: [true, false]))
    #expect(throws: ModelError.self) { try TimeDependentAUC(times, marker, at: 3, censoring: early) }
    #expect(throws: ModelError.self) { try CensoringWeights(SurvivalTimes(stop: [], isEvent: [])) }
  }

  @Test func gonenHellerTies() throws {
    let pair = 1 / (1 + exp(-1.0))
    #expect(try GonenHeller([0, 0, 1]).estimate.value == 2 * pair / 3)
    expectClose(
      try #require(GonenHeller([0, 0, 1], ties: .half).estimate.value), (2 * pair + 0.5) / 3, relative: 1e-15)
    #expect(try GonenHeller([0, 0, 1], ties: .leftOut).estimate.value == pair)
    #expect(try GonenHeller([2, 2], ties: .leftOut).estimate.value == nil)
    let flat = try GonenHeller([2, 2]).smoothed(
      design: Matrix(rows: 2, columns: 1), covariance: Matrix(rows: 1, columns: 1))
    #expect(flat.error.value == nil)
  }

  /// Over 400 samples the mean error is the spread of the estimates, to 8 % (twice the error of a spread of 400).
  @Test func gonenHellerErrorIsRight() throws {
    var estimates: [Double] = [], errors: [Double] = []
    for seed in 0..<400 {
      let (times, marker) = try Self.simulated(120, slope: 0.7, seed: UInt64(seed) &* 6151 &+ 17)
      let design = Matrix(columns: [marker], rows: 120), fit = try CoxModel(design, times, names: ["marker"])
      let index = try GonenHeller(marker.map { $0 * fit.definedCoefficients[0] })
      let smooth = index.smoothed(design: design, covariance: fit.covariance)
      estimates.append(try #require(smooth.estimate.value))
      errors.append(try #require(smooth.error.value))
      expectClose(estimates[seed], try #require(index.estimate.value), absolute: 0.01)
    }
    let center = estimates.reduce(0, +) / 400, error = errors.reduce(0, +) / 400
    let spread = (estimates.reduce(0) { $0 + ($1 - center) * ($1 - center) } / 399).squareRoot()
    expectClose(error, spread, relative: 0.08)
  }

  @Test func calibratedPredictionsAreCalibrated() throws {
    let (times, marker) = try Self.simulated(3000, seed: 12), risk = Self.risk(marker, 15)
    let result = try SurvivalCalibration(times, risk: risk, at: 15)
    func value(_ name: String) throws -> Double {
      try #require(result.statistics.first { $0.name == name }?.cells[0].value)
    }
    let ratio = try value("O_over_E")
    // Three of Peto's standard errors: S √((1 − S)/Y), Y being at risk at the horizon.
    let left = 1 - ratio * risk.reduce(0, +) / 3000, atRisk = Double(times.stop.count { $0 >= 15 })
    expectClose(ratio, 1, absolute: 3 * left * ((1 - left) / atRisk).squareRoot() / (1 - left))
    // Three errors of a share of 3,000.
    #expect(try value("ICI") < 0.03 && value("E50") <= value("E90"))
    let slope = result.slope().map { $0.cells[0].value ?? .nan }
    #expect(slope[2] < 1 && slope[3] > 1)
    let groups = result.groups(10)
    #expect(groups.count == 10 && groups.reduce(0) { $0 + $1.count } == 3000)
    let covered = groups.count { group in
      guard let lower = group.lower.value, let upper = group.upper.value else { return false }
      return lower <= group.predicted && group.predicted <= upper
    }
    #expect(covered >= 8)
    let twice = try SurvivalCalibration(times, risk: risk.map { $0 / 2 }, at: 15).statistics[0].cells[0].value
    expectClose(try #require(twice), 2 * ratio, relative: 1e-12)
  }

  @Test func pseudoValuesAreThoseOfLeavingRowsOut() throws {
    let (times, _) = try Self.simulated(60, isRounded: true, seed: 13)
    func pseudoValues(_ times: SurvivalTimes, at horizon: Double) throws -> [Double] {
      try SurvivalCalibration(times, risk: times.stop.map { _ in 0.5 }, at: horizon).pseudoValues
    }
    for horizon in [0.5, 8, times.stop.max()! - 0.1] {
      let all = KaplanMeier(times).survival(at: horizon), values = try pseudoValues(times, at: horizon)
      for row in 0..<60 {
        let rest = KaplanMeier(Self.without(row, times)).survival(at: horizon)
        expectClose(values[row], 60 * (1 - all) - 59 * (1 - rest), absolute: 1e-11)
      }
    }
    let known = try SurvivalTimes(stop: [3, 1, 1, 2], isEvent: [true, true, true, true])
    for (a, b) in zip(try pseudoValues(known, at: 2), [0.0, 1, 1, 1]) { expectClose(a, b, absolute: 1e-14) }
  }

  @Test func calibrationWithoutValue() throws {
    let times = try SurvivalTimes(stop: [1, 2, 3, 4], isEvent: [true, false, true, false])
    let sure = try SurvivalCalibration(times, risk: [0, 1, 0.5, 0.5], at: 3)
    #expect(sure.slope()[0].cells[0].reason?.description.contains("0 or 1") == true)
    let equal = try SurvivalCalibration(times, risk: [0.5, 0.5, 0.5, 0.5], at: 3)
    #expect(equal.groups().count == 1 && equal.smooth == nil)
    #expect(equal.statistics.first { $0.name == "ICI" }?.cells[0].value == nil)
    #expect(equal.slope()[0].cells[0].value == nil)
    let impossible = try SurvivalCalibration(times, risk: [0, 0, 0, 0], at: 3)
    #expect(impossible.statistics[0].cells[0].reason == "every risk is 0")
    #expect(throws: ModelError.self) { try SurvivalCalibration(times, risk: [0.1, 0.1, 0.1, 0.1], at: 5) }
    let nobody = try SurvivalCalibration(times, risk: [0.1, 0.2, 0.3, 0.4], at: 0.5)
    #expect(nobody.statistics[0].cells[0].value == 0)
    #expect(nobody.statistics[1].cells[0].value == nil)
    // The second group is not seen to the horizon.
    let groups = try SurvivalCalibration(
      SurvivalTimes(stop: [1, 9, 2, 3], isEvent: [true, true, true, false]), risk: [0.1, 0.1, 0.4, 0.4], at: 5
    ).groups(2)
    #expect(groups.map(\.count) == [2, 2] && groups[0].observed.value == 0.5 && groups[1].observed.value == nil)
  }
}
