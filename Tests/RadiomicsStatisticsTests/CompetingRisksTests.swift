import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Laws of competing risks, and forty rows with many ties.
@Suite struct CompetingRisksTests {
  // R 4.2.2: set.seed(7); n <- 40; data.frame(t=sample(1:9,n,TRUE), k=sample(0:2,n,TRUE,c(.3,.4,.3)),
  // x=round(rnorm(n),1), z=rbinom(n,1,.5), g=sample(1:3,n,TRUE), s=rbinom(n,1,.5)+1).
  private static let t: [Double] = [
    3, 7, 2, 6, 8, 8, 3, 8, 8, 6, 8, 3, 4, 8, 2, 6, 6, 5, 4, 6, 7, 2, 4, 6, 8, 8, 1, 4, 9, 3, 5, 8, 9, 5, 6, 8, 9, 2, 5,
    8,
  ]
  private static let k = [
    2, 2, 2, 1, 2, 1, 2, 0, 2, 1, 2, 2, 2, 2, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1, 2, 1, 1, 0, 1, 0, 2, 2, 1, 0, 1, 1, 2, 2, 1,
    2,
  ]
  private static let x = [
    -0.4, -1.7, -0.8, -0.3, 0.6, 0.3, 0.8, 1, -0.1, -0.8, -0.5, -1, -1.2, 0.8, 0, 0.4, 0.9, 0.9, 0, 0.2, 0.6, 1.4, 1.8,
    1.3, -0.8, 0.8, 0.7, 0.9, 1, 0.4, 0.1, 0.9, -0.2, 0.8, 0.6, 0.6, 0, 2, -0.5, 1.4,
  ]
  private static let z: [Double] = [
    1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1,
    1,
  ]
  private static let g = [
    1, 2, 2, 3, 3, 2, 3, 3, 3, 2, 1, 1, 3, 2, 1, 3, 3, 2, 1, 1, 2, 1, 1, 2, 2, 3, 3, 1, 1, 3, 1, 1, 3, 2, 1, 1, 2, 2, 1,
    2,
  ]
  private static let s = [
    1, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 2, 1, 2, 2, 1, 1, 1, 1, 1, 2, 2, 1, 2, 1, 2, 2, 2, 2, 1, 1, 2, 2,
    2,
  ]
  private static func tied() throws -> CompetingTimes { try CompetingTimes(stop: t, kinds: k) }
  private static let design = Matrix(columns: [x, z], rows: 40)

  /// Generated times of two kinds of events, censored, without ties.
  private static func generated(_ count: Int, seed: UInt64 = 1) throws -> (times: CompetingTimes, design: Matrix) {
    var generator = SeededGenerator(seed: seed), stop: [Double] = [], kinds: [Int] = [], x: [Double] = []
    for _ in 0..<count {
      let marker = generator.uniform(), time = generator.uniform() / (1 + marker)
      stop.append(time)
      kinds.append([0, 1, 1, 2][min(3, Int(4 * generator.uniform()))])
      x.append(marker)
    }
    return (try CompetingTimes(stop: stop, kinds: kinds), Matrix(columns: [x], rows: count))
  }

  private static func expectAll(
    _ values: [Double?], _ expected: [Double], relative: Double = 1e-9, at location: SourceLocation = #_sourceLocation
  ) throws {
    try #require(values.count == expected.count)
    for (value, number) in zip(values, expected) {
      expectClose(
        try #require(value), number, relative: relative, absolute: 1e-12, at: location)
    }
  }

  // MARK: Aalen and Johansen

  @Test func fourRowsByHand() throws {
    let times = try CompetingTimes(stop: [4, 3, 2, 1], kinds: [1, 0, 2, 1])
    let curve = AalenJohansen(times), gray = AalenJohansen(times, variance: .hypergeometric)
    #expect([0, 1, 2, 3, 4, 9].map { curve.incidence(of: 1, at: $0) } == [0, 0.25, 0.25, 0.25, 0.75, 0.75])
    #expect([0, 1, 2, 3, 4, 9].map { curve.incidence(of: 2, at: $0) } == [0, 0, 0.25, 0.25, 0.25, 0.25])
    #expect([0, 1, 2, 3, 4, 9].map { curve.eventFree.survival(at: $0) } == [1, 0.75, 0.5, 0.5, 0, 0])
    try Self.expectAll([curve.error(of: 1, at: 1), gray.error(of: 1, at: 1)], [0.21650635094610965, 0.25])
    #expect(curve.error(of: 2, at: 1) == 0 && curve.limits(of: 2, at: 1) == nil)
  }

  @Test func tiedRowsAsSurvfit() throws {
    // R 4.2.2, survival 3.5-3: summary(survfit(Surv(t, factor(k)) ~ 1, conf.type = "log-log"), times = c(2, 5, 8, 9)).
    let curve = AalenJohansen(try Self.tied())
    func at(_ value: (Double) -> Double?) -> [Double?] { [2, 5, 8, 9].map(value) }
    try Self.expectAll(
      at { curve.incidence(of: 1, at: $0) }, [0.05, 0.108986175115, 0.401352434382, 0.493678621519], relative: 1e-11)
    try Self.expectAll(
      at { curve.error(of: 1, at: $0) }, [0.0344601218802, 0.0517066667342, 0.0867488229412, 0.0908684356752])
    try Self.expectAll(
      at { curve.error(of: 2, at: $0) }, [0.0344601218802, 0.0628391092440, 0.0885390862031, 0.0908684356752])
    try Self.expectAll(
      at { curve.eventFree.error(at: $0) }, [0.0474341649025, 0.0747804121068, 0.0635752600759, 0])
    try Self.expectAll(
      at { curve.limits(of: 1, at: $0)?.lowerBound },
      [0.00907228886205, 0.03432613238696, 0.23410644094386, 0.30827772925540])
    try Self.expectAll(
      at { curve.limits(of: 1, at: $0)?.upperBound }, [0.148314278886, 0.232917381300, 0.563276287344, 0.654808032410])
  }

  @Test func tiedRowsAsCuminc() throws {
    // R 4.2.2, cmprsk 2.2-11: timepoints(cuminc(t, k), c(2, 5, 8, 9))$var.
    let curve = AalenJohansen(try Self.tied(), variance: .hypergeometric)
    let expected = [
      [0.00121835963182, 0.00275918379553, 0.00787302420613, 0.00840881991064],
      [0.00121874891865, 0.00406384582460, 0.00822239915001, 0.00840881991064],
    ]
    for (kind, variances) in zip(1...2, expected) {
      try Self.expectAll([2, 5, 8, 9].map { curve.error(of: kind, at: $0) }, variances.map { $0.squareRoot() })
    }
  }

  @Test(arguments: AalenJohansen.Variance.allCases) func sharesAddUpToOne(_ variance: AalenJohansen.Variance) throws {
    let curve = AalenJohansen(try Self.generated(500).times, variance: variance)
    for step in curve.eventFree.times.indices {
      let sum = curve.eventFree.survival[step] + curve.incidences[0][step] + curve.incidences[1][step]
      expectClose(sum, 1, relative: 1e-13)
    }
    #expect(curve.incidences.allSatisfy { zip($0, $0.dropFirst()).allSatisfy(<=) })
  }

  @Test func oneKindIsKaplanMeier() throws {
    let times = try CompetingTimes(stop: Self.t, kinds: Self.k.map { min($0, 1) }, kindCount: 2)
    let curve = AalenJohansen(times), survival = KaplanMeier(times.anyEvent)
    for time in survival.times {
      expectClose(curve.incidence(of: 1, at: time), 1 - survival.survival(at: time), absolute: 1e-14)
      expectClose(curve.error(of: 1, at: time), survival.error(at: time), absolute: 1e-8)
    }
    #expect(curve.incidences[1].allSatisfy { $0 == 0 } && curve.variances[1].allSatisfy { $0 == 0 })
  }

  @Test func degenerateCurves() throws {
    let none = AalenJohansen(try CompetingTimes(stop: [], kinds: []))
    #expect(none.incidence(of: 1, at: 3) == 0 && none.error(of: 1, at: 3) == 0 && none.limits(of: 1, at: 3) == nil)
    let censored = AalenJohansen(try CompetingTimes(stop: [1, 2], kinds: [0, 0]))
    #expect(censored.incidence(of: 1, at: 5) == 0 && censored.eventFree.survival(at: 5) == 1)
    for variance in AalenJohansen.Variance.allCases {
      let one = AalenJohansen(try CompetingTimes(stop: [1], kinds: [1]), variance: variance)
      #expect(one.incidence(of: 1, at: 1) == 1 && one.error(of: 1, at: 1).isFinite && one.limits(of: 1, at: 1) == nil)
      let together = AalenJohansen(try CompetingTimes(stop: [1, 1, 1, 1], kinds: [1, 2, 2, 0]), variance: variance)
      #expect(together.incidence(of: 2, at: 1) == 0.5 && together.eventFree.survival(at: 1) == 0.25)
    }
    #expect(throws: ModelError.self) { try CompetingTimes(stop: [1], kinds: [-1]) }
    #expect(throws: ModelError.self) { try CompetingTimes(stop: [1], kinds: [1_000_000]) }
    #expect(throws: ModelError.self) { try CompetingTimes(stop: [1], kinds: [3], kindCount: 2) }
    #expect(throws: ModelError.self) { try CompetingTimes(stop: [.nan], kinds: [1]) }
    #expect(try CompetingTimes(stop: [0.1 + 0.2, 0.3], kinds: [1, 0]).stop[0] == 0.3)
  }

  // MARK: Gray's test

  @Test func tiedGroupsAsCuminc() throws {
    // R 4.2.2, cmprsk 2.2-11: cuminc(t, k, g), cuminc(t, k, g, s), cuminc(t, k, g, rho = 1) and
    // cuminc(t, k, g, s, rho = 1.5).
    let expected: [(strata: [Int]?, rho: Double, statistics: [Double], p: [Double])] = [
      (nil, 0, [0.548029709670, 0.449550016132], [0.760320780737, 0.798695898680]),
      (Self.s, 0, [0.595591788249, 0.280208440094], [0.742452863275, 0.869267635564]),
      (nil, 1, [0.615353729318, 0.366359556010], [0.735152833494, 0.832618455796]),
      (Self.s, 1.5, [0.386893379046, 0.283135466754], [0.824113768922, 0.867996381268]),
    ]
    for (strata, rho, statistics, p) in expected {
      let tests = try [1, 2].map { try GrayTest(Self.tied(), groups: Self.g, kind: $0, strata: strata, rho: rho) }
      try Self.expectAll(tests.map(\.statistic.value), statistics)
      try Self.expectAll(tests.map(\.p.value), p)
      #expect(tests.allSatisfy { $0.df == 2 && abs($0.scores.reduce(0, +)) < 1e-12 })
    }
  }

  @Test func oneKindHasTheScoreOfTheLogRank() throws {
    let (times, design) = try Self.generated(400), high = design.column(0).map { $0 > 0.5 ? 1 : 0 }
    let single = try CompetingTimes(stop: times.stop, kinds: times.kinds.map { min($0, 1) })
    var difference = 0.0
    for row in single.stop.indices where single.kinds[row] == 1 {
      let atRisk = single.stop.indices.filter { single.stop[$0] >= single.stop[row] }
      let share = Double(atRisk.count { high[$0] == 0 }) / Double(atRisk.count)
      difference += (high[row] == 0 ? 1 : 0) - share
    }
    let test = try GrayTest(single, groups: high, kind: 1)
    expectClose(test.scores[0], difference, relative: 1e-10)
    // The variance is another: cmprsk 2.2-11, cuminc(t, k > 0, g) with t as it is, and with row / 100 added against ties.
    let kinds = Self.k.map { min($0, 1) }, apart = Self.t.enumerated().map { $1 + Double($0 + 1) / 100 }
    for (stop, groups, statistic) in [
      (Self.t, Self.g, 1.101102577841609), (Self.t, Self.g.map { $0 == 2 ? 2 : 1 }, 0.134702497821057),
      (apart, Self.g, 0.278153592808252), (apart, Self.g.map { $0 == 2 ? 2 : 1 }, 0.022536602981697),
    ] {
      let test = try GrayTest(CompetingTimes(stop: stop, kinds: kinds), groups: groups, kind: 1)
      expectClose(try #require(test.statistic.value), statistic, relative: 1e-9)
    }
  }

  @Test func namesOfGroupsAndOrderOfRowsDoNotMatter() throws {
    let times = try Self.tied(), rows = (0..<40).map { $0 * 7 % 40 }
    let test = try GrayTest(times, groups: Self.g, kind: 1, strata: Self.s)
    let other = try GrayTest(
      times.rows(rows), groups: rows.map { -Self.g[$0] }, kind: 1, strata: rows.map { 10 - Self.s[$0] })
    expectClose(try #require(other.statistic.value), try #require(test.statistic.value), relative: 1e-10)
    expectClose(other.scores[0], test.scores[2], absolute: 1e-12)
    let squared = try CompetingTimes(stop: Self.t.map { $0 * $0 }, kinds: Self.k)
    #expect(try GrayTest(squared, groups: Self.g, kind: 1, strata: Self.s).statistic == test.statistic)
  }

  @Test func degenerateGroups() throws {
    let times = try Self.tied(), none = try CompetingTimes(stop: [1, 2, 3], kinds: [0, 0, 2])
    #expect(throws: ModelError.self) { try GrayTest(times, groups: Self.t.map { _ in 1 }, kind: 1) }
    #expect(throws: ModelError.self) { try GrayTest(times, groups: Self.g, kind: 3) }
    #expect(throws: ModelError.self) { try GrayTest(CompetingTimes(stop: [], kinds: []), groups: [], kind: 1) }
    #expect(try GrayTest(none, groups: [0, 1, 1], kind: 1).statistic.value == nil)
    let apart = try CompetingTimes(stop: [1, 2, 3, 4, 5, 6], kinds: [1, 1, 1, 1, 1, 1])
    for rho in [0, 0.5, 1] {
      #expect(try GrayTest(apart, groups: [0, 0, 0, 1, 1, 1], kind: 1, rho: rho).statistic.value?.isFinite ?? true)
      #expect(try GrayTest(apart, groups: [0, 0, 1, 1, 2, 2], kind: 1, rho: rho).statistic.value?.isFinite ?? true)
    }
    let tied = try CompetingTimes(stop: [1, 1, 1, 1], kinds: [1, 2, 1, 0])
    #expect(try GrayTest(tied, groups: [0, 0, 1, 1], kind: 1).statistic.value?.isFinite ?? true)
  }

  // MARK: Fine and Gray

  @Test func threeRowsByHand() throws {
    // r / (2r + 1) · 1 / (r + 1) is largest at r = √½.
    let complete = try CompetingTimes(stop: [1, 2, 3], kinds: [2, 1, 1])
    let model = try FineGray(Matrix(columns: [[1, 1, 0]], rows: 3), names: ["x"], complete, kind: 1)
    expectClose(try #require(model.coefficients[0].value), log2Half, relative: 1e-9)
    // r / (2r + 2) · 1 / (1 + r / 2), as one of two is censored between, is largest at r = √2.
    let censored = try CompetingTimes(stop: [1, 2, 3, 2.5], kinds: [2, 1, 1, 0])
    for rule in FineGray.Censoring.allCases {
      let model = try FineGray(
        Matrix(columns: [[1, 1, 0, 0]], rows: 4), names: ["x"], censored, kind: 1, censoring: rule)
      expectClose(try #require(model.coefficients[0].value), -log2Half, relative: 1e-9)
    }
  }
  private let log2Half = -0.34657359027997264

  /// Rows with the event of interest, those with another and those seen longer, by formula: each known row counts 1/G, G by Kaplan
  /// and Meier of being censored, before its end or at the horizon.
  private static func byFormula(
    _ times: CompetingTimes, _ risk: [Double], _ horizon: Double
  ) -> (brier: Double, auc: Double) {
    var shares: [(time: Double, after: Double)] = [], share = 1.0, left = times.stop.count
    for row in times.stop.indices.sorted(by: { (times.stop[$0], -times.kinds[$0]) < (times.stop[$1], -times.kinds[$1]) }
    ) {
      if times.kinds[row] == 0 { share *= 1 - 1 / Double(left) }
      left -= 1
      shares.append((times.stop[row], share))
    }
    var error = 0.0, pairs = 0.0, all = 0.0
    let rows = times.stop.indices.compactMap { row -> (isCase: Bool, weight: Double, risk: Double)? in
      let stop = times.stop[row], kind = times.kinds[row]
      if stop > horizon { return (false, 1 / (shares.last { $0.time <= horizon }?.after ?? 1), risk[row]) }
      return kind == 0 ? nil : (kind == 1, 1 / (shares.last { $0.time < stop }?.after ?? 1), risk[row])
    }
    for row in rows {
      error += row.weight * (row.isCase ? (1 - row.risk) * (1 - row.risk) : row.risk * row.risk)
      for other in rows where row.isCase && !other.isCase {
        all += row.weight * other.weight
        pairs += row.weight * other.weight * (row.risk > other.risk ? 1 : row.risk == other.risk ? 0.5 : 0)
      }
    }
    return (error / Double(times.stop.count), pairs / all)
  }

  @Test(arguments: UInt64(1)...3) func risksThatAnEventComesFirstAreJudgedByFormula(seed: UInt64) throws {
    let (times, design) = try Self.generated(60, seed: seed), horizon = times.stop.sorted()[30]
    let risk = (0..<60).map { 1 / (1 + exp(1 - (10 * design[$0, 0]).rounded() / 10)) }
    let expected = Self.byFormula(times, risk, horizon)
    let brier = try SurvivalBrier(times.anyEvent, risk: risk, at: horizon, kinds: times.kinds)
    let area = try TimeDependentAUC(times.anyEvent, risk, at: horizon, kinds: times.kinds)
    expectClose(brier.score, expected.brier, absolute: 1e-12)
    expectClose(area.auc, expected.auc, absolute: 1e-12)
    let null = try SurvivalBrier.null(times.anyEvent, at: horizon, kinds: times.kinds)
    let incidence = AalenJohansen(times).incidence(of: 1, at: horizon)
    expectClose(null.score, Self.byFormula(times, risk.map { _ in incidence }, horizon).brier, absolute: 1e-12)
    // Errors by leaving each row out in turn, which agree to the order of 1 / n.
    let left = (0..<60).map { row in
      let rows = (0..<60).filter { $0 != row }
      return Self.byFormula(times.rows(rows), rows.map { risk[$0] }, horizon)
    }
    func jackknife(_ values: [Double]) -> Double {
      let center = mean(values)
      return (59.0 / 60 * values.reduce(0) { $0 + ($1 - center) * ($1 - center) }).squareRoot()
    }
    #expect(abs((brier.error.value ?? 0) / jackknife(left.map(\.brier)) - 1) < 0.1)
    #expect(abs((area.error.value ?? 0) / jackknife(left.map(\.auc)) - 1) < 0.1)
  }

  @Test func oneKindIsJudgedAsSurvival() throws {
    let times = try CompetingTimes(stop: Self.t, kinds: Self.k.map { min($0, 1) })
    let risk = Self.x.map { 1 / (1 + exp(-$0)) }
    let one = try SurvivalBrier(times.anyEvent, risk: risk, at: 5.5, kinds: times.kinds)
    #expect(try one.score == SurvivalBrier(times.anyEvent, risk: risk, at: 5.5).score)
    #expect(try one.error == SurvivalBrier(times.anyEvent, risk: risk, at: 5.5).error)
    let area = try TimeDependentAUC(times.anyEvent, risk, at: 5.5, kinds: times.kinds)
    expectClose(area.auc, try TimeDependentAUC(times.anyEvent, risk, at: 5.5).auc, absolute: 1e-14)
    expectClose(
      area.error.value ?? 0, try TimeDependentAUC(times.anyEvent, risk, at: 5.5).error.value ?? 1, absolute: 1e-12)
  }

  @Test func tiedRowsAsCrr() throws {
    // R 4.2.2, cmprsk 2.2-11: crr(t, k, cbind(x, z), failcode = kind, gtol = 1e-13, maxiter = 50): coef,
    // sqrt(diag(var)), sqrt(diag(invinf)), loglik, loglik.null; predict(., rbind(c(0, 0), c(1, 1))) at 5 and 9.
    let expected: [(coef: [Double], robust: [Double], naive: [Double], logs: [Double], incidences: [[Double]])] = [
      (
        [0.432343562839, -0.589459466937], [0.321544127124, 0.510475324389], [0.345817624816, 0.542854023804],
        [-47.5855043539, -48.7509001129], [[0.1219231132132, 0.5136461592753], [0.1051656828535, 0.4599077907838]]
      ),
      (
        [-0.641490115048, 0.178388188057], [0.327051156979, 0.438995764370], [0.322961596564, 0.505912071040],
        [-50.8209443107, -52.7610715062], [[0.1738107522362, 0.4733881569655], [0.1132201998814, 0.3320774358331]]
      ),
    ]
    for (kind, expected) in zip(1...2, expected) {
      let model = try FineGray(Self.design, names: ["x", "z"], Self.tied(), kind: kind)
      try Self.expectAll(model.coefficients.map(\.value), expected.coef)
      try Self.expectAll(model.estimates.map(\.error.value), expected.robust)
      try Self.expectAll(model.naiveEstimates.map(\.error.value), expected.naive)
      try Self.expectAll([model.logLikelihood, model.nullLogLikelihood], expected.logs)
      let rows = Matrix(columns: [[0, 1], [0, 1]], rows: 2)
      for (found, row) in zip(model.incidences(rows, at: [5, 9]), expected.incidences) {
        try Self.expectAll(found, row)
      }
      #expect(model.incidences(rows, at: [0.5]) == [[0], [0]])
    }
  }

  @Test func tiedRowsAsFinegray() throws {
    // R 4.2.2, survival 3.5-3: coxph(Surv(fgstart, fgstop, fgstatus) ~ x + z, finegray(...), fgwt, ties = ...,
    // control = coxph.control(eps = 1e-14, iter.max = 50)): coef, naive errors, loglik.
    let expected: [(Int, FineGray.Ties, coef: [Double], errors: [Double], logs: [Double])] = [
      (
        1, .breslow, [0.432862657484, -0.597348669133], [0.347321925073, 0.542745609373],
        [-48.3390376629, -47.1637115890]
      ),
      (
        1, .efron, [0.441285495170, -0.634135444875], [0.345276804047, 0.543256920499],
        [-47.7081375387, -46.4415387801]
      ),
      (
        2, .breslow, [-0.641644336284, 0.171538959110], [0.323324892464, 0.506023797865],
        [-52.4989958903, -50.5661752073]
      ),
      (
        2, .efron, [-0.663302264995, 0.117005927544], [0.325463743700, 0.505197069808],
        [-51.3564650529, -49.3321355524]
      ),
    ]
    for (kind, ties, coef, errors, logs) in expected {
      let model = try FineGray(
        Self.design, names: ["x", "z"], Self.tied(), kind: kind, censoring: .eventsFirst, ties: ties)
      try Self.expectAll(model.coefficients.map(\.value), coef)
      try Self.expectAll(model.naiveEstimates.map(\.error.value), errors)
      try Self.expectAll([model.nullLogLikelihood, model.logLikelihood], logs)
    }
  }

  @Test func completeRowsHaveCoxsSandwich() throws {
    // R 4.2.2, survival 3.5-3: the same of the rows with an event, with cluster = id: coef and robust errors.
    let rows = Self.k.indices.filter { Self.k[$0] > 0 }, times = try Self.tied().rows(rows)
    let design = Matrix(columns: [rows.map { Self.x[$0] }, rows.map { Self.z[$0] }], rows: rows.count)
    let expected: [(FineGray.Ties, [Double], [Double])] = [
      (.breslow, [0.470331986156, -0.477876640315], [0.317434095796, 0.518562415475]),
      (.efron, [0.478193932966, -0.511132547027], [0.326027055229, 0.546169193893]),
    ]
    for (ties, coef, errors) in expected {
      let model = try FineGray(design, names: ["x", "z"], times, kind: 1, censoring: .eventsFirst, ties: ties)
      try Self.expectAll(model.coefficients.map(\.value), coef)
      try Self.expectAll(model.estimates.map(\.error.value), errors)
    }
  }

  @Test func conventionsAgreeWithoutTies() throws {
    let (times, design) = try Self.generated(300)
    let models = try FineGray.Censoring.allCases.flatMap { rule in
      try FineGray.Ties.allCases.map {
        try FineGray(design, names: ["x"], times, kind: 2, censoring: rule, ties: $0)
      }
    }
    for model in models.dropFirst() {
      try Self.expectAll(model.coefficients.map(\.value), [try #require(models[0].coefficients[0].value)])
      try Self.expectAll(model.estimates.map(\.error.value), [try #require(models[0].estimates[0].error.value)])
      try Self.expectAll([model.logLikelihood], [models[0].logLikelihood])
    }
  }

  @Test(arguments: FineGray.Censoring.allCases, FineGray.Ties.allCases)
  func scaleShiftAndOrderDoNotMatter(_ rule: FineGray.Censoring, _ ties: FineGray.Ties) throws {
    let times = try Self.tied(), rows = (0..<40).map { $0 * 11 % 40 }
    func fit(_ columns: [[Double]], _ times: CompetingTimes) throws -> FineGray {
      let design = Matrix(columns: columns, rows: times.count)
      return try FineGray(
        design, names: columns.indices.map { "c\($0)" }, times, kind: 1, censoring: rule, ties: ties)
    }
    let model = try fit([Self.x, Self.z], times), b = try model.coefficients.map { try #require($0.value) }
    let e = try model.estimates.map { try #require($0.error.value) }
    let other = try fit([rows.map { 1000 + 0.01 * Self.x[$0] }, rows.map { -Self.z[$0] }], times.rows(rows))
    try Self.expectAll(other.coefficients.map(\.value), [100 * b[0], -b[1]])
    try Self.expectAll(other.estimates.map(\.error.value), [100 * e[0], e[1]])
    try Self.expectAll(
      [other.logLikelihood, other.nullLogLikelihood], [model.logLikelihood, model.nullLogLikelihood])
    let dependent = try fit([Self.x, Self.x.map { _ in 0.1 }, Self.z, Self.x.map { 3 - $0 }], times)
    #expect(dependent.coefficients[1].value == nil && dependent.estimates[3].error.value == nil)
    try Self.expectAll([dependent.coefficients[0].value, dependent.coefficients[2].value], b)
    #expect(model.predictors(Self.design).reduce(0, +).magnitude < 1e-12)
  }

  @Test func withoutColumnsTheHazardIsThatOfTheIncidence() throws {
    let times = try Self.generated(300).times
    let model = try FineGray(Matrix(rows: 300, columns: 0), names: [], times, kind: 1)
    #expect(model.logLikelihood == model.nullLogLikelihood)
    let curve = AalenJohansen(times), one = Matrix(rows: 1, columns: 0)
    for time in [0.1, 0.3, 0.5] {
      // The exponential of a sum for the product of 1 less each step: half the sum of the squared steps, 1 of 300 each.
      expectClose(model.incidences(one, at: [time])[0][0], curve.incidence(of: 1, at: time), absolute: 1.0 / 600)
    }
  }

  @Test func noMaximumIsAnError() throws {
    func fit(_ stop: [Double], _ kinds: [Int], _ columns: [[Double]]) throws -> FineGray {
      try FineGray(
        Matrix(columns: columns, rows: stop.count), names: columns.map { _ in "x" },
        CompetingTimes(stop: stop, kinds: kinds, kindCount: 2), kind: 1)
    }
    #expect(throws: ModelError.self) { try fit([1, 2, 3], [0, 2, 0], [[1, 2, 4]]) }
    #expect(throws: ModelError.self) { try fit([1, 2, 3], [0, 0, 0], [[1, 2, 4]]) }
    #expect(throws: ModelError.self) { try fit([], [], [[]]) }
    #expect(throws: ModelError.self) { try fit([1, 2, 3], [1, 0, 0], [[1, 0, 0]]) }
    #expect(throws: ModelError.self) { try fit([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 2, 0], [[1, 1, 1, 0, 0, 0]]) }
    #expect(throws: ModelError.self) { try fit([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 2, 0], [[9, 7, 4, 3, 2, 1]]) }
    // The event's rows at risk do not vary in x.
    #expect(throws: ModelError.self) { try fit([1, 2, 3], [0, 1, 1], [[1, 0, 0]]) }
    // Two columns separate together what neither does alone.
    #expect(throws: ModelError.self) {
      try fit(
        [1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 1, 0, 0, 0, 0],
        [[0, 3, 1, 2, -1, 2, 0, 1], [4, 0, 2, 1, 0, -3, -1, -2]])
    }
    #expect(throws: ModelError.self) { try FineGray(Self.design, names: ["x", "z"], Self.tied(), kind: 4) }
    let single = try fit([1], [1], [[5]])
    #expect(single.coefficients[0].value == nil && single.logLikelihood == 0)
    let allTied = try fit([1, 1, 1, 1], [1, 1, 2, 0], [[1, 0, 1, 0]])
    expectClose(try #require(allTied.coefficients[0].value), 0, absolute: 1e-9)
  }
}
