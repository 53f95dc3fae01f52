import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// What must hold of survival statistics whatever the data are.
@Suite struct CoxTests {
  /// Rows with ties in times and columns.
  private static func rows(_ count: Int, seed: UInt64, entry: Bool = false) throws -> (
    times: SurvivalTimes, columns: [[Double]]
  ) {
    var generator = SeededGenerator(seed: seed)
    let columns = (0..<2).map { j in (0..<count).map { _ in (generator.normal() * (j == 0 ? 2 : 30)).rounded() / 2 } }
    let stop = (0..<count).map { row in
      (1 + 12 * generator.uniform() * exp(-0.2 * columns[0][row])).rounded() + 1
    }
    let start = entry ? stop.map { ($0 * generator.uniform() * 0.8).rounded(.down) } : nil
    let events = (0..<count).map { _ in generator.uniform() < 0.6 }
    return (try SurvivalTimes(start: start, stop: stop, isEvent: events), columns)
  }

  private static func fit(
    _ times: SurvivalTimes, _ columns: [[Double]], _ ties: Ties = .efron, weights: [Double]? = nil, strata: [Int]? = nil
  ) throws -> CoxModel {
    try CoxModel(
      Matrix(columns: columns, rows: times.count), times, names: columns.indices.map { "x\($0)" }, weights: weights,
      strata: strata, strataNames: ["a", "b"], ties: ties)
  }

  /// Three patients die in turn with x = 1, 0, 1: L(β) = e^β/(2e^β + 1) · 1/(1 + e^β), whose maximum is at e^2β = 1/2.
  @Test func byHand() throws {
    let times = try SurvivalTimes(stop: [1, 2, 3], isEvent: [true, true, true])
    for ties in Ties.allCases {
      let model = try Self.fit(times, [[1, 0, 1]], ties)
      expectClose(try #require(model.coefficients[0].value), -log(2.0) / 2, absolute: 1e-9)
      let e = exp(-log(2.0) / 2)
      expectClose(model.logLikelihood, log(e / (2 * e + 1)) + log(1 / (1 + e)), absolute: 1e-12)
      expectClose(model.nullLogLikelihood, -log(6.0), absolute: 1e-12)
    }
  }

  /// Both of two tied events of three at risk, by each rule.
  @Test func tiesByHand() throws {
    let times = try SurvivalTimes(stop: [1, 1, 2], isEvent: [true, true, false])
    let expected = [Ties.efron: -log(3.0) - log(2.0), .breslow: -2 * log(3.0), .exact: -log(3.0)]
    for (ties, value) in expected.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let model = try CoxModel(Matrix(columns: [], rows: 3), times, names: [], ties: ties)
      expectClose(model.logLikelihood, value, absolute: 1e-12, "\(ties)")
    }
  }

  @Test(arguments: [false, true]) func orderUnitsAndCentresDoNotMatter(_ entry: Bool) throws {
    let (times, columns) = try Self.rows(80, seed: 3, entry: entry), model = try Self.fit(times, columns)
    let order = (0..<80).map { ($0 * 37) % 80 }
    let shuffled = try Self.fit(times.rows(order), columns.map { column in order.map { column[$0] } })
    let scaled = try Self.fit(times, [columns[0].map { 1000 * $0 + 5e4 }, columns[1].map { $0 / 100 }])
    for j in 0..<2 {
      let b = try #require(model.coefficients[j].value)
      expectClose(try #require(shuffled.coefficients[j].value), b, relative: 1e-9)
      expectClose(try #require(scaled.coefficients[j].value) * (j == 0 ? 1000 : 0.01), b, relative: 1e-8)
    }
    expectClose(scaled.logLikelihood, model.logLikelihood, relative: 1e-12)
  }

  @Test(arguments: [Ties.breslow, .efron]) func weightsCutIntervalsAndStrata(_ ties: Ties) throws {
    let (times, columns) = try Self.rows(60, seed: 4)
    let model = try Self.fit(times, columns, ties)
    // A row of weight 0 is as if it were not there.
    let half = (0..<60).map { $0 % 3 == 0 ? 0.0 : 1 }, kept = half.indices.filter { half[$0] > 0 }
    let weighted = try Self.fit(times, columns, ties, weights: half)
    let without = try Self.fit(times.rows(kept), columns.map { column in kept.map { column[$0] } }, ties)
    expectClose(weighted.logLikelihood, without.logLikelihood, relative: 1e-12)
    if ties == .breslow {
      let twice = try Self.fit(times, columns, ties, weights: half.map { _ in 2 })
      let both = Array(0..<60) + Array(0..<60)
      let doubled = try Self.fit(times.rows(both), columns.map { column in both.map { column[$0] } }, ties)
      expectClose(
        try #require(twice.coefficients[1].value), try #require(doubled.coefficients[1].value), relative: 1e-9)
    }
    // A follow-up cut in two is the same follow-up.
    let early = times.stop.map { min($0, 4) }, late = times.stop.indices.filter { times.stop[$0] > 4 }
    let cut = try SurvivalTimes(
      start: times.stop.map { _ in 0 } + late.map { _ in 4 }, stop: early + late.map { times.stop[$0] },
      isEvent: zip(times.stop, times.isEvent).map { $0 <= 4 && $1 } + late.map { times.isEvent[$0] })
    let pieces = try Self.fit(cut, columns.map { column in column + late.map { column[$0] } }, ties)
    expectClose(pieces.logLikelihood, model.logLikelihood, relative: 1e-11)
    expectClose(try #require(pieces.coefficients[0].value), try #require(model.coefficients[0].value), relative: 1e-8)
    // Two strata add up.
    let strata = (0..<60).map { $0 % 2 }, parts = [0, 1].map { code in (0..<60).filter { strata[$0] == code } }
    let null = Matrix(columns: [], rows: 60)
    let both = try CoxModel(null, times, names: [], strata: strata, strataNames: ["a", "b"], ties: ties).logLikelihood
    let sum = try parts.reduce(0.0) { sum, rows in
      try sum + CoxModel(Matrix(columns: [], rows: rows.count), times.rows(rows), names: [], ties: ties).logLikelihood
    }
    expectClose(both, sum, relative: 1e-12)
  }

  @Test func withoutTiesAllRulesAgree() throws {
    var generator = SeededGenerator(seed: 8)
    let x = (0..<50).map { _ in generator.normal() }, stop = x.map { -log(1 - generator.uniform()) * exp(-$0) }
    let times = try SurvivalTimes(stop: stop, isEvent: x.map { _ in generator.uniform() < 0.7 })
    let models = try Ties.allCases.map { try Self.fit(times, [x], $0) }
    for model in models {
      expectClose(model.logLikelihood, models[0].logLikelihood, relative: 1e-11)
      expectClose(model.covariance[0, 0], models[0].covariance[0, 0], relative: 1e-9)
    }
  }

  @Test func residualsAddUp() throws {
    for entry in [false, true] {
      let (times, columns) = try Self.rows(90, seed: 11, entry: entry)
      let model = try Self.fit(times, columns), residuals = CoxResiduals(model)
      expectClose(residuals.martingale.reduce(0, +), 0, absolute: 1e-9)
      for j in 0..<2 {
        expectClose(residuals.scores.column(j).reduce(0, +), 0, absolute: 1e-7)
        expectClose(residuals.schoenfeld.column(j).reduce(0, +), 0, absolute: 1e-7)
      }
      #expect(residuals.martingale.allSatisfy { $0 <= 1 })
    }
  }

  @Test func whatHasNoModelSaysWhy() throws {
    let times = try SurvivalTimes(stop: [1, 2, 3, 4, 5, 6], isEvent: [true, true, true, false, false, false])
    #expect { try Self.fit(times, [[1, 1, 1, 0, 0, 0]]) } throws: { "\($0)".contains("its coefficient is infinite") }
    let none = try SurvivalTimes(stop: [1, 2], isEvent: [false, false])
    #expect { try Self.fit(none, [[1, 2]]) } throws: { "\($0)".contains("there is no event") }
    let double = try Self.fit(times, [[1, 3, 2, 4, 1, 2], [2, 6, 4, 8, 2, 4], [7, 7, 7, 7, 7, 7]])
    #expect(
      double.coefficients[0].value != nil && double.coefficients[1].value == nil && double.coefficients[2].value == nil)
    // A column that differs between strata only.
    let between = try Self.fit(times, [[0, 1, 0, 1, 0, 1]], strata: [0, 1, 0, 1, 0, 1])
    #expect(between.coefficients[0].reason != nil && between.likelihoodRatio.df == 0)
    #expect(throws: ModelError.self) { try SurvivalTimes(start: [2], stop: [2], isEvent: [true]) }
    #expect(throws: ModelError.self) { try SurvivalTimes(stop: [.nan], isEvent: [true]) }
    // Times that rounding tells apart are one time.
    let tied = try SurvivalTimes(stop: [0.1 + 0.2, 0.3, 1], isEvent: [true, true, false])
    #expect(tied.stop[0] == tied.stop[1])
  }

  /// All pairs counted one by one, with weights, ties, late entry and strata.
  /// The exact likelihood of very many ties is refused before it is begun.
  @Test func manyExactTies() throws {
    let times = try SurvivalTimes(
      stop: (0..<20_000).map { $0 < 10_000 ? 1 : 2 }, isEvent: (0..<20_000).map { $0 < 10_000 })
    let design = Matrix(columns: [(0..<20_000).map { Double($0 % 3) }], rows: 20_000)
    #expect { try CoxModel(design, times, names: ["x"], ties: .exact) } throws: {
      "\($0)".contains("10000 events at one time among 20000 rows")
    }
  }

  @Test(arguments: [false, true]) func concordanceOfPairs(_ entry: Bool) throws {
    let (times, columns) = try Self.rows(70, seed: 21, entry: entry)
    let weights = (0..<70).map { 1 + Double($0 % 3) / 2 }, strata = (0..<70).map { $0 % 2 }
    let index = ConcordanceIndex(columns[0], times, weights: weights, strata: strata)
    var concordant = 0.0, discordant = 0.0, tied = 0.0, tiedTime = 0.0, tiedBoth = 0.0
    for i in 0..<70 where times.isEvent[i] {
      for j in 0..<70 where i != j && strata[i] == strata[j] {
        let w = weights[i] * weights[j], t = times.stop[i]
        if times.stop[j] == t, times.isEvent[j] {
          if i < j { if columns[0][i] == columns[0][j] { tiedBoth += w } else { tiedTime += w } }
        } else if times.stop[j] >= t, times.start[j] < t {
          if columns[0][i] > columns[0][j] { concordant += w }
          if columns[0][i] < columns[0][j] { discordant += w }
          if columns[0][i] == columns[0][j] { tied += w }
        }
      }
    }
    for (found, expected) in [
      (index.concordant, concordant), (index.discordant, discordant), (index.tiedRisk, tied),
      (index.tiedTime, tiedTime),
      (index.tiedBoth, tiedBoth),
    ] { expectClose(found, expected, relative: 1e-12, absolute: 1e-9) }
    let reversed = ConcordanceIndex(columns[0].map { -$0 }, times, weights: weights, strata: strata)
    expectClose(index.value + reversed.value, 1, absolute: 1e-12)
    expectClose(index.error, reversed.error, relative: 1e-9)
    // The jackknife's parts are derivatives by the weights; a quotient of differences is off by about its step.
    var more = weights
    more[5] += 1e-5
    let changed = ConcordanceIndex(columns[0], times, weights: more, strata: strata)
    expectClose(
      (changed.value - index.value) / 1e-5, index.influence[5] / weights[5], relative: 1e-4, absolute: 1e-9)
  }

  /// Peto's example needs no computer: S falls to 3/4, 3/8 and 0 at 2, 5 and 7 with one censored at 4.
  @Test func kaplanMeierByHand() throws {
    let curve = KaplanMeier(try SurvivalTimes(stop: [2, 4, 5, 7], isEvent: [true, false, true, true]))
    #expect(curve.survival == [0.75, 0.75, 0.375, 0] && curve.atRisk == [4, 3, 2, 1])
    #expect(curve.survival(before: 5) == 0.75 && curve.survival(at: 5) == 0.375 && curve.survival(at: 1) == 1)
    #expect(curve.quantile(0.5).time == 5 && curve.quantile(0.9).time == 7)
    let mean = try #require(curve.restrictedMean(to: 6))
    expectClose(mean.mean, 2 + 3 * 0.75 + 0.375, absolute: 1e-12)
    #expect(KaplanMeier(try SurvivalTimes(stop: [1, 2], isEvent: [false, false])).quantile(0.5).time == nil)
    let censoring = KaplanMeier.censoring(of: try SurvivalTimes(stop: [1, 1, 2], isEvent: [true, false, false]))
    expectClose(censoring.survival(at: 1), 0.5, absolute: 1e-15)
  }

  @Test func logRankIsTheScoreTest() throws {
    var generator = SeededGenerator(seed: 31)
    let groups = (0..<60).map { $0 % 2 }
    let stop = groups.map { -log(1 - generator.uniform()) * ($0 == 0 ? 1 : 2) }
    let times = try SurvivalTimes(stop: stop, isEvent: groups.map { _ in generator.uniform() < 0.8 })
    let test = try LogRankTest(times, groups: groups).test
    expectClose(test.statistic, try Self.fit(times, [groups.map(Double.init)]).score.statistic, relative: 1e-9)
    #expect(throws: ModelError.self) { try LogRankTest(times, groups: groups.map { _ in 1 }) }
  }

  /// Of markers that say nothing about as many as should have a corrected P below 5 %; the uncorrected one is far too often.
  @Test func searchedCutsKeepTheirLevel() throws {
    var generator = SeededGenerator(seed: 77), corrected = 0, plain = 0
    for _ in 0..<200 {
      let x = (0..<60).map { _ in generator.normal() }
      let times = try SurvivalTimes(
        stop: x.map { _ in -log(1 - generator.uniform()) }, isEvent: x.map { _ in generator.uniform() < 0.8 })
      let search = try CutSearch(x, times)
      if search.correctedP < 0.05 { corrected += 1 }
      if ChiSquared(1).above(search.statistic * search.statistic) < 0.05 { plain += 1 }
    }
    #expect(corrected <= 20 && plain >= 40, "\(corrected) \(plain)")
  }
}
