import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Held-out predictions judged pooled, by fold and within site.
@Suite struct ThreeWaysTests {
  /// Rows of three sites and four folds, of which patients 0 and 5 have two rows.
  private static func example(_ seed: UInt64 = 1, rows: Int = 60) -> (
    predictions: [Double], isEvent: [Bool], folds: [Int], sites: [Int], patients: [Int], stop: [Double]
  ) {
    var generator = SeededGenerator(seed: seed)
    let sites = (0..<rows).map { $0 * 3 / rows }, folds = (0..<rows).map { $0 % 4 }
    let isEvent = sites.map { generator.uniform() < [0.3, 0.5, 0.7][$0] }
    let predictions = isEvent.map { (generator.normal() + ($0 ? 0.8 : 0)) }
    let stop = predictions.map { 5 * exp(-0.5 * $0) * (0.2 + generator.uniform()) }
    return (predictions, isEvent, folds, sites, (0..<rows).map { $0 / 2 }, stop)
  }

  private func value(_ cell: EstimateCell) throws -> Double { try #require(cell.estimate).value }
  private func error(_ cell: EstimateCell) throws -> Double { try #require(cell.estimate).error }

  /// Two sites by hand. Site 1: events 3, 1, others 2, 0: 3 of 4 pairs. Site 2: event 10, others 11, 9: 1 of 2. Site 3 has one outcome.
  /// Pooled: events 3, 1, 10, 20 and others 2, 0, 11, 9: 2 + 1 + 3 + 4 of 16.
  @Test func byHand() throws {
    let predictions = [3.0, 1, 2, 0, 10, 11, 9, 20], sites = [1, 1, 1, 1, 2, 2, 2, 3]
    let isEvent = [true, true, false, false, true, false, false, true]
    let found = try ThreeWays(predictions, .events(isEvent), folds: [0, 1, 0, 1, 0, 0, 1, 1], sites: sites)
    expectClose(try value(found.pooled), 10.0 / 16, relative: 1e-14)
    expectClose(try value(found.withinSite), (3.0 + 1) / (4 + 2), relative: 1e-14)
    // Fold 0: events 3, 10 and others 2, 11: 2 of 4. Fold 1: events 1, 20 and others 0, 9: 3 of 4.
    expectClose(try value(found.foldMean), (0.5 + 0.75) / 2, relative: 1e-14)
    #expect(found.sitesWithoutPairs == [3] && found.foldsWithoutPairs == 0)
    #expect(found.sites.map(\.pairs) == [4, 2, 0] && found.sites.map(\.events) == [2, 1, 1])
    // Site 1: components of events 1, ½ and of others ½, 1: each variance 1/8, so 1/8 / 2 + 1/8 / 2. Site 2 has a single event, so the largest
    // variance of a share of 2/3.
    let site1 = 1.0 / 8, site2 = 2.0 / 9
    expectClose(try error(found.withinSite), (4 * site1 / 9 + site2 / 9).squareRoot(), relative: 1e-13)
    // Fold 0: components of events ½, ½ and of others 1, 0; fold 1: of events ½, 1 and of others 1, ½.
    expectClose(try error(found.foldMean), ((0.5 / 2 + (1.0 / 8 + 1.0 / 8) / 2) / 4).squareRoot(), relative: 1e-13)
    let table = try #require(found.sites[0].value.limits(0.05).lower.value)
    let slope = site1.squareRoot() / (0.75 * 0.25)
    expectClose(table, expit(log(3) - 1.959963984540054 * slope), relative: 1e-12)
  }

  /// Harrell's C by hand. Site 0: times 1+, 2, 3 with risks 9, 5, 5: pairs (2, 3) tied, one half. Site 1: 1, 2, 4+ with risks 3, 4, 1: pairs
  /// (1, 2) wrong, (1, 4) and (2, 4) right.
  @Test func timesByHand() throws {
    let times = try SurvivalTimes(
      stop: [1, 2, 3, 1, 2, 4], isEvent: [false, true, true, true, true, false])
    let found = try ThreeWays([9, 5, 5, 3, 4, 1], .times(times), sites: [0, 0, 0, 1, 1, 1])
    expectClose(try value(found.withinSite), (0.5 + 2) / 4, relative: 1e-14)
    #expect(found.sites.map(\.pairs) == [1, 3])
    #expect(found.foldMean.value.reason == "the rows are of no folds")
  }

  /// Numbers: concordant pairs, R² and its within-site form by hand.
  @Test func numbersByHand() throws {
    let outcome = [1.0, 2, 3, 11, 12, 14], predictions = [1.0, 3, 2, 10, 12, 13], sites = [0, 0, 0, 1, 1, 1]
    let found = try ThreeWays(predictions, .numbers(outcome), sites: sites)
    expectClose(try value(found.pooled), 14.0 / 15, relative: 1e-14)
    expectClose(try value(found.withinSite), 5.0 / 6, relative: 1e-14)
    let explained = try #require(found.explained), center = 43.0 / 6
    let spread = outcome.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    expectClose(try value(explained.pooled), 1 - 4 / spread, relative: 1e-13)
    expectClose(try value(explained.withinSite), 1 - 4 / (2 + 14.0 / 3), relative: 1e-13)
    // The error by influences is near that of leaving rows out: a spread of six is certain to 1/√10 = 32 %.
    let left = try outcome.indices.map { row in
      let rest = outcome.indices.filter { $0 != row }
      return try value(
        try #require(ThreeWays(rest.map { predictions[$0] }, .numbers(rest.map { outcome[$0] })).explained).pooled)
    }
    let jackknife = (variance(left) * 25 / 6).squareRoot()
    expectClose(try error(explained.pooled), jackknife, relative: 0.35)
  }

  /// Pooled is DeLong's area, with Obuchowski's variance of patients, and of times R's concordance as it stands.
  @Test func pooledIsTheHousesOwn() throws {
    let data = Self.example(), times = try SurvivalTimes(stop: data.stop, isEvent: data.isEvent)
    for patients in [nil, data.patients] {
      let roc = try ROC(data.predictions, data.isEvent, clusters: patients)
      let area = try ThreeWays(data.predictions, .events(data.isEvent), patients: patients)
      #expect(try value(area.pooled) == roc.auc)
      expectClose(try error(area.pooled), roc.variance.squareRoot(), relative: 1e-14)
      let index = ConcordanceIndex(data.predictions, times, clusters: patients)
      let found = try ThreeWays(data.predictions, .times(times), patients: patients)
      #expect(try value(found.pooled) == index.value && error(found.pooled) == index.error)
    }
  }

  private static let kinds = [0, 1, 2]
  private func outcome(_ kind: Int, _ data: (isEvent: [Bool], stop: [Double])) throws -> ObservedOutcome {
    switch kind {
    case 0: .events(data.isEvent)
    case 1: .times(try SurvivalTimes(stop: data.stop, isEvent: data.isEvent))
    default: .numbers(data.stop.map { -$0 })
    }
  }

  /// One site and one fold: all three are one value, with one error.
  @Test(arguments: kinds) func oneSiteIsPooled(_ kind: Int) throws {
    let data = Self.example(), one = data.sites.map { _ in 4 }
    let found = try ThreeWays(
      data.predictions, outcome(kind, (data.isEvent, data.stop)), folds: one, sites: one, patients: data.patients)
    #expect(found.pooled == found.withinSite && found.pooled == found.foldMean)
    if let explained = found.explained {
      #expect(explained.pooled == explained.withinSite && explained.pooled == explained.foldMean)
    }
  }

  /// A monotone transform changes nothing; a shift by site changes the pooled value only.
  @Test(arguments: kinds) func transforms(_ kind: Int) throws {
    let data = Self.example(), outcome = try outcome(kind, (data.isEvent, data.stop))
    func judged(_ predictions: [Double]) throws -> ThreeWays {
      try ThreeWays(predictions, outcome, folds: data.folds, sites: data.sites, patients: data.patients)
    }
    let base = try judged(data.predictions), bent = try judged(data.predictions.map { exp(2 * $0) + 7 })
    #expect(base.pooled == bent.pooled && base.foldMean == bent.foldMean && base.withinSite == bent.withinSite)
    let shifted = try judged(zip(data.predictions, data.sites).map { $0 + [0.0, -9, 5][$1] })
    #expect(base.withinSite == shifted.withinSite && base.sites == shifted.sites)
    #expect(try abs(value(base.pooled) - value(shifted.pooled)) > 0.01)
  }

  /// No order of rows changes a value, an error or the range of shuffles.
  @Test(arguments: kinds) func orderOfRows(_ kind: Int) throws {
    let data = Self.example(), outcome = try outcome(kind, (data.isEvent, data.stop))
    func judged(_ order: [Int]) throws -> ([EstimateCell], SiteGap?) {
      let predictions = order.map { data.predictions[$0] }, own = outcome.rows(order)
      let sites = order.map { data.sites[$0] }, patients = order.map { data.patients[$0] }
      let found = try ThreeWays(
        predictions, own, folds: order.map { data.folds[$0] }, sites: sites, patients: patients)
      let gap = SiteGap([predictions], own, sites: sites, patients: patients, shuffles: 20, seed: 5)
      return ([found.pooled, found.foldMean, found.withinSite, found.explained?.withinSite ?? found.pooled], gap)
    }
    let (first, gap) = try judged(Array(data.sites.indices)),
      (turned, turnedGap) = try judged(data.sites.indices.reversed())
    for (a, b) in zip(first, turned) {
      expectClose(try value(a), try value(b), relative: 1e-13)
      expectClose(try error(a), try error(b), relative: 1e-12)
    }
    let ranges = try [gap, turnedGap].map { try #require($0?.range) }
    expectClose(ranges[0].lowerBound, ranges[1].lowerBound, absolute: 1e-13)
    expectClose(ranges[0].upperBound, ranges[1].upperBound, absolute: 1e-13)
  }

  /// Rows that are each there twice, at another site of the same patients, tell no more than once, but for a factor n / (n − 1) of 40.
  @Test func patientsAtTwoSites() throws {
    let data = Self.example(3, rows: 40), n = data.isEvent.count, single = Array(0..<n)
    let once = try ThreeWays(data.predictions, .events(data.isEvent), sites: single.map { _ in 0 }, patients: single)
    let twice = try ThreeWays(
      data.predictions + data.predictions, .events(data.isEvent + data.isEvent),
      sites: (single + single).indices.map { $0 / n }, patients: single + single)
    expectClose(try value(twice.withinSite), try value(once.withinSite), relative: 1e-14)
    expectClose(try error(twice.withinSite), try error(once.withinSite), relative: 0.03)
  }

  /// Repeats: the mean, with the root mean square of errors.
  @Test func repeats() throws {
    let data = Self.example(), other = Self.example(2).predictions
    let parts = try [data.predictions, other].map {
      try ThreeWays($0, .events(data.isEvent), folds: data.folds, sites: data.sites)
    }
    let found = ThreeWays.averaged(parts), values = try parts.map { try value($0.withinSite) }
    let errors = try parts.map { try error($0.withinSite) }
    expectClose(try value(found.withinSite), (values[0] + values[1]) / 2, relative: 1e-14)
    let square = (errors[0] * errors[0] + errors[1] * errors[1]) / 2
    expectClose(try error(found.withinSite), square.squareRoot(), relative: 1e-14)
    #expect(found.folds.count == 8 && found.sites.count == 3)
  }

  /// Repeats that hold out other rows, of other sites.
  @Test func repeatsOfOtherSites() throws {
    let first = try ThreeWays([1, 2, 3, 4], .events([false, true, false, true]), sites: [0, 0, 2, 2])
    let second = try ThreeWays([1, 2, 3, 1], .events([false, true, true, false]), sites: [1, 1, 2, 2])
    let found = ThreeWays.averaged([first, second])
    #expect(found.sites.map(\.label) == [0, 1, 2] && found.sites.map(\.rows) == [2, 2, 2])
    #expect(found.sites.map(\.pairs) == [1, 1, 1])
  }

  /// Limits hold the truth in about 95 of 100 data sets: events lie 0.8 standard deviations above others at each site, so that Φ(0.8 / √2)
  /// of the pairs are in the right order, whatever shifts sites.
  @Test func limitsHold() throws {
    let truth = 1 - NormalDistribution().above(0.8 / 2.0.squareRoot()),
      sites = (0..<90).map { $0 < 45 ? 0 : $0 < 75 ? 1 : 2 }
    var held = (site: 0, fold: 0)
    for seed in UInt64(0)..<300 {
      var generator = SeededGenerator(seed: seed)
      let isEvent = sites.map { generator.uniform() < [0.3, 0.5, 0.6][$0] }
      let predictions = zip(isEvent, sites).map { generator.normal() + ($0 ? 0.8 : 0) + 3 * Double($1) }
      let found = try ThreeWays(predictions, .events(isEvent), folds: sites, sites: sites)
      if try #require(found.withinSite.estimate?.limits()).contains(truth) { held.site += 1 }
      if try #require(found.foldMean.estimate?.limits()).contains(truth) { held.fold += 1 }
    }
    // 285 ± three standard errors of 3.8.
    #expect((273...297).contains(held.site) && (273...297).contains(held.fold), "\(held)")
  }

  @Test func whatCannotBeCompared() throws {
    let found = try ThreeWays([1, 2, 3], .events([true, true, true]), folds: [0, 0, 1], sites: [0, 1, 1])
    #expect(found.pooled.value.reason != nil && found.foldMean.value.reason != nil)
    #expect(found.sitesWithoutPairs == [0, 1] && found.foldsWithoutPairs == 2)
    #expect(throws: ModelError.self) { try ThreeWays([1, .nan], .events([true, false])) }
  }

  /// What tells sites apart is noticed; what does not is not. Planted: events are more frequent at sites with larger predictions.
  @Test func gapOfSites() throws {
    var generator = SeededGenerator(seed: 9)
    let sites = (0..<90).map { $0 / 30 }
    let isEvent = sites.map { generator.uniform() < [0.15, 0.5, 0.85][$0] },
      noise = sites.map { _ in generator.normal() }
    let told = zip(noise, sites).map { $0 + 2 * Double($1) }
    let planted = try #require(SiteGap([told], .events(isEvent), sites: sites, shuffles: 200, seed: 1))
    let none = try #require(SiteGap([noise], .events(isEvent), sites: sites, shuffles: 200, seed: 1))
    #expect(planted.isNotable() && planted.value > 0.15 && !none.isNotable())
    #expect(planted.shuffles == 200 && planted == SiteGap([told], .events(isEvent), sites: sites, seed: 1))
    #expect(try #require(planted.range).contains(0))
  }
}

/// Calibration by site.
@Suite struct SiteCalibrationTests {
  /// Probabilities that are right at one site and too low at the other: a table that says so, with the house's own numbers.
  @Test func probabilities() throws {
    var generator = SeededGenerator(seed: 4)
    let sites = (0..<200).map { $0 < 100 ? 7 : 3 }, truth = sites.map { _ in generator.normal() }
    let p = zip(truth, sites).map { expit($0 - ($1 == 3 ? 1 : 0)) }
    let isEvent = truth.map { generator.uniform() < expit($0) }
    let found = SiteCalibration.all(.probabilities(p + [0.5], isEvent + [true]), sites: sites + [9])
    #expect(found.map(\.site) == [3, 7, 9] && found.map(\.rows) == [100, 100, 1])
    #expect(found[2].reason == "outcome: every row has the same one, must have both.")
    let own = try Calibration(Array(p[100...]), isEvent[100...].map { $0 ? 1 : 0 })
    #expect(found[0].statistics == own.line)
    let large = try found.prefix(2).map { part in
      try #require(part.statistics.first { $0.name == "calibration_in_the_large" }?.cells[0].value)
    }
    #expect(large[0] > 0.5 && abs(large[1]) < 0.5)
  }

  /// Numbers: least squares by hand.
  @Test func numbers() throws {
    let found = NumberCalibration([1, 2, 3, 4], [1, 2.5, 2.7, 4])
    let slope = try #require(found.slope.estimate), line = try #require(found.intercept.estimate)
    expectClose(slope.value, 0.92, relative: 1e-12)
    expectClose(line.value, 0.25, relative: 1e-12)
    let rest = [1 - 0.25 - 0.92, 2.5 - 0.25 - 1.84, 2.7 - 0.25 - 2.76, 4 - 0.25 - 3.68].reduce(0) { $0 + $1 * $1 }
    expectClose(slope.error, (rest / 2 / 5).squareRoot(), relative: 1e-12)
    expectClose(try #require(found.inTheLarge.estimate).value, 0.05, relative: 1e-12)
    // Each row twice, as of one patient: the slope is the same, its error that of the patients.
    let twice = NumberCalibration(
      [1, 2, 3, 4, 1, 2, 3, 4], [1, 2.5, 2.7, 4, 1, 2.5, 2.7, 4], clusters: [0, 1, 2, 3, 0, 1, 2, 3])
    expectClose(try #require(twice.slope.estimate).value, 0.92, relative: 1e-12)
    let squares = zip([-1.5, -0.5, 0.5, 1.5], [-0.17, 0.41, -0.31, 0.07]).reduce(0) { $0 + $1.0 * $1.0 * $1.1 * $1.1 }
    expectClose(try #require(twice.slope.estimate).error, (squares / 25 * 4 / 3).squareRoot(), relative: 1e-10)
  }

  @Test func risks() throws {
    let data = (0..<80).map { Double($0 % 20 + 1) }, isEvent = (0..<80).map { $0 % 3 != 0 }
    let times = try SurvivalTimes(stop: data, isEvent: isEvent), risk = data.map { 0.9 - 0.03 * $0 }
    let sites = (0..<80).map { $0 / 40 }
    let found = SiteCalibration.all(.risks(risk, times, horizon: 10), sites: sites)
    let own = try SurvivalCalibration(times.rows(Array(40..<80)), risk: Array(risk[40...]), at: 10)
    #expect(found[1].statistics == own.line && found[1].statistics.map(\.name).contains("slope"))
  }
}
