import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Sizes of pmsampsize and pmvalsampsize, and of the papers that they follow.
struct SampleSizeTests {
  /// R pmsampsize 1.1 (maximal R² and shrinkage without rounding).
  @Test(arguments: [
    (24, 0.288, 0.174, [623, 662, 221]), (24, 0.55, 0.174, [255, 532, 221]), (36, 0.288, 0.174, [934, 992, 221]),
    (24, 0.288, 0.25, [623, 590, 289]), (10, 0.05, 0.3, [1750, 272, 323]),
  ])
  func binary(_ parameters: Int, _ r2: Double, _ prevalence: Double, _ sizes: [Int]) throws {
    let found = try DevelopmentSampleSize.binary(parameters: parameters, rSquared: r2, prevalence: prevalence)
    #expect(found.criteria.map(\.size) == sizes)
    #expect(found.size == sizes.max())
  }

  @Test(arguments: [
    (25, 0.051, 0.065, 2.0, 2.07, [4286, 866, 4286]), (25, 0.065, 0.065, 2, 2.07, [3335, 859, 3335]),
    (50, 0.051, 0.065, 2, 2.07, [8572, 1731, 8572]), (25, 0.051, 0.1, 2, 2.07, [4286, 731, 4286]),
    (25, 0.051, 0.065, 2, 4, [4286, 679, 4286]), (40, 0.06, 0.08, 3, 5, [5798, 969, 5798]),
    (10, 0.03, 0.09, 3, 3, [2950, 272, 2950]), (80, 0.3, 0.03, 1, 5, [1974, 2272, 2272]),
    (30, 0.051, 0.065, 2, 2.07, [5143, 1039, 5143]),
  ])
  func survival(
    _ parameters: Int, _ r2: Double, _ rate: Double, _ time: Double, _ followUp: Double, _ sizes: [Int]
  ) throws {
    let found = try DevelopmentSampleSize.survival(
      parameters: parameters, rSquared: r2, rate: rate, time: time, meanFollowUp: followUp)
    #expect(found.criteria.map(\.size) == sizes)
  }

  /// With one parameter and a high R² overfitting needs few patients; their risk at the time would not be known.
  @Test func survivalNeedsTheRiskToBeKnown() throws {
    let found = try DevelopmentSampleSize.survival(
      parameters: 1, rSquared: 0.6, rate: 0.5, time: 1.5, meanFollowUp: 2)
    let n = try #require(found.criteria.last?.size)
    #expect(found.criteria[0].size < 20 && n > found.criteria[1].size)
    let overall = try #require(found.overall)
    #expect(overall.value - overall.lower <= 0.05 && overall.upper - overall.value <= 0.05)
  }

  @Test(arguments: [
    (25, 0.2, 1.9, 0.6, 0.9, [918, 401, 259, 918]), (25, 0.3, 1.9, 0.6, 0.9, [574, 351, 259, 574]),
    (50, 0.2, 1.9, 0.6, 0.9, [1924, 801, 284, 1924]), (25, 0.2, 10, 0.6, 0.9, [918, 401, 259, 918]),
    (100, 0.5, 1.9, 2, 0.9, [1264, 1001, 334, 1264]), (30, 0.89, 3.3, 1.1, 0.84, [32, 67, 264, 264]),
  ])
  func continuous(
    _ parameters: Int, _ r2: Double, _ mean: Double, _ sd: Double, _ shrinkage: Double, _ sizes: [Int]
  ) throws {
    let found = try DevelopmentSampleSize.continuous(
      parameters: parameters, rSquared: r2, mean: mean, sd: sd, shrinkage: shrinkage)
    #expect(found.criteria.map(\.size) == sizes)
    if parameters == 30 {
      for (criterion, expected) in zip(found.criteria, [0.845, 0.851, 0.954, 0.954]) {
        expectClose(criterion.shrinkage, expected, absolute: 5e-4)
      }
    }
  }

  /// pmsampsize simulates a million patients and finds 0.2112 of C 0.81 at a prevalence of 0.77, 0.1260 of 0.75 at 0.2.
  @Test(arguments: [(0.81, 0.77, 0.2112), (0.75, 0.2, 0.126)])
  func coxSnellOfC(_ c: Double, _ prevalence: Double, _ simulated: Double) {
    expectClose(LinearPredictors.coxSnell(concordance: c, prevalence: prevalence), simulated, relative: 0.01)
    expectClose(LinearPredictors.coxSnell(concordance: 0.5, prevalence: prevalence), 0, absolute: 1e-12)
  }

  /// Riley et al. 2021 (mechanical heart valve failure) and pmvalsampsize 0.2.1 with a million simulated patients.
  @Test func validationOfTwoValues() throws {
    var plan = ValidationSampleSize.Binary(
      prevalence: 0.018, concordance: 0.8, predictors: .normal(mean: -5, sd: 2.5))
    plan.ratioWidth = 1
    func expect(_ closed: [Int?], slope: Double) throws {
      let found = try ValidationSampleSize.binary(plan)
      for (criterion, size) in zip(found.criteria, closed) {
        if let size { #expect(criterion.size == size, "\(criterion.name)") }
      }
      expectClose(Double(found.criteria[1].size), slope, relative: 0.01)
    }
    try expect([905, nil, 4252], slope: 4544)
    plan.predictors = .beta(0.5, 0.5)
    try expect([905, nil, 4252], slope: 1644)
    plan = .init(prevalence: 0.3, concordance: 0.75, predictors: .concordance(0.75, prevalence: 0.3))
    try expect([898, nil, 433], slope: 2858)
    plan = .init(prevalence: 0.2, concordance: 0.7, predictors: .normal(mean: -1.5, sd: 0.8))
    (plan.ratioWidth, plan.slopeWidth, plan.threshold) = (0.4, 0.3, 0.2)
    try expect([390, nil, 650], slope: 2171)
    expectClose(Double(try ValidationSampleSize.binary(plan).criteria[3].size), 884, relative: 0.01)
  }

  /// By hand: SE of R² .1 / 3.92; 4 · .5 · .25 / SE² = 768.3; SD 10: 50 / (2 / 3.92)² = 192.1; 1 / (.2 / 3.92)² + 1 = 385.2.
  @Test func validationOfANumber() throws {
    let found = try ValidationSampleSize.continuous(rSquared: 0.5, sd: 10, differenceWidth: 2)
    #expect(found.criteria.map(\.size) == [769, 193, 386, 235])
  }

  /// Log odds of a beta distribution so narrow are normal, with variance 1/a + 1/b: of one risk almost the slope's size is
  /// 1 / (SE² p (1 − p) (1/a + 1/b)) = 4.27e8, more than there are patients; and a hundredth of these shapes needs a hundredth.
  @Test func narrowDistributionsAreIntegrated() throws {
    var plan = ValidationSampleSize.Binary(prevalence: 0.1, concordance: 0.7, predictors: .beta(1e5, 9e5))
    #expect(throws: ModelError.self) { try ValidationSampleSize.binary(plan) }
    plan.predictors = .beta(1e3, 9e3)
    let size = try ValidationSampleSize.binary(plan).criteria[1].size, se = 0.2 / 3.92
    expectClose(Double(size), 1 / (se * se * 0.09 * (1e-3 + 1 / 9e3)), relative: 0.01)
  }

  @Test func refusesWhatIsNoNumberOfPatients() {
    func binary(_ change: (inout ValidationSampleSize.Binary) -> Void) throws {
      var plan = ValidationSampleSize.Binary(prevalence: 0.3, concordance: 0.75, predictors: .normal(mean: -1, sd: 1))
      plan.threshold = 0.2
      change(&plan)
      _ = try ValidationSampleSize.binary(plan)
    }
    #expect(throws: Never.self) { try binary { _ in } }
    let changes: [(inout ValidationSampleSize.Binary) -> Void] = [
      { $0.predictors = .normal(mean: .nan, sd: 1) }, { $0.predictors = .normal(mean: 800, sd: 1) },
      { $0.concordanceWidth = 1e-10 }, { $0.benefitWidth = 1e12 }, { $0.benefitWidth = 1e-6 }, { $0.ratioWidth = 1e-9 },
    ]
    for change in changes { #expect(throws: ModelError.self) { try binary(change) } }
    #expect(throws: ModelError.self) {
      try DevelopmentSampleSize.continuous(parameters: .max, rSquared: 0.5, mean: 1, sd: 1)
    }
    #expect(throws: ModelError.self) {
      try DevelopmentSampleSize.continuous(parameters: 2, rSquared: 0.5, mean: 1e-9, sd: 10)
    }
  }

  @Test func refusesWhatCannotBe() {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    #expect(
      message { _ = try DevelopmentSampleSize.binary(parameters: 24, rSquared: 0.7, prevalence: 0.174) }.hasPrefix(
        "R²: is 0.7, must be below 0.6032"))
    #expect(
      message { _ = try DevelopmentSampleSize.binary(parameters: 0, rSquared: 0.1, prevalence: 0.5) }.contains(
        "must be at least 1"))
    #expect(
      message { _ = try DevelopmentSampleSize.binary(parameters: 5, rSquared: 1e-9, prevalence: 0.5) }.contains(
        "more than 100000000 patients"))
    #expect(
      message {
        _ = try DevelopmentSampleSize.survival(
          parameters: 5, rSquared: 0.1, rate: 0.1, time: 0, meanFollowUp: 2)
      }.contains("time point: is 0, must be above 0"))
  }
}
