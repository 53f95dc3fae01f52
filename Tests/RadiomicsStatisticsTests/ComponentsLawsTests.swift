import Foundation
import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Planted components are recovered, and two ways to the same likelihood agree.
struct ComponentsLawsTests {
  private static func readings(_ subjects: Int, _ levels: Int) throws -> SimulatedReadings {
    try SimulatedReadings(
      levels: [("subject", subjects), ("session", levels), ("scanner", levels), ("processing", levels)],
      terms: [
        ("subject", 4), ("subject:session", 1), ("scanner", 2), ("subject:scanner", 0.5), ("processing", 1.5),
      ], residual: 1, mean: 50)
  }

  /// 1,000 tables of 60 subjects and 8 levels of every factor: each 95 % limit covers its component in 93 to 97 %, and moments
  /// are without bias to 3 of its standard errors.
  @Test func coverageAndBias() throws {
    let tables = 1000, simulated = try Self.readings(60, 8)
    let likelihood = LikelihoodEstimator(simulated.design), moments = try MomentEstimator(simulated.design)
    #expect(likelihood.isBalanced)
    let results = Lanes(jobs: 2).map(tables) { n -> (estimates: [Double], covered: [Bool]) in
      let values = simulated.column(seed: UInt64(n) &* 7919 &+ 11)
      let limits = likelihood.profileLimits(values, likelihood.fit(values))
      let covered = zip(limits, simulated.variances).map { $0.lower <= $1 && $1 <= $0.upper ?? .infinity }
      return (moments.estimate(values).variances, covered)
    }
    for (k, name) in simulated.design.names.enumerated() {
      let coverage = Double(results.count { $0.covered[k] }) / Double(tables)
      #expect((0.93...0.97).contains(coverage), "\(name): coverage \(coverage)")
      let errors = results.map { $0.estimates[k] - simulated.variances[k] }
      let center = errors.reduce(0, +) / Double(tables)
      let spread = errors.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(tables - 1)
      #expect(abs(center) < 3 * (spread / Double(tables)).squareRoot(), "\(name): bias \(center)")
    }
  }

  @Test(arguments: [true, false]) func generalAndBalancedLikelihoodsAgree(_ isRestricted: Bool) throws {
    let simulated = try Self.readings(9, 3), values = simulated.column(seed: 5)
    let strata = LikelihoodEstimator(simulated.design, isRestricted: isRestricted)
    let general = LikelihoodEstimator(simulated.design, isRestricted: isRestricted, diagonalises: false)
    let fit = strata.fit(values), other = general.fit(values)
    expectClose(try #require(other.criterion), try #require(fit.criterion), relative: 1e-9)
    // Searches end where a step changes no estimate by 1e-11 of it, as far as the criterion's rounding of 1e-12 lets them.
    for (a, b) in zip(fit.components.variances, other.components.variances) { expectClose(a, b, relative: 1e-8) }
    // Each limit is searched to 1e-8 of it, from an optimum that is as near.
    for (a, b) in zip(strata.profileLimits(values, fit), general.profileLimits(values, other)) {
      expectClose(a.lower, b.lower, relative: 1e-7)
      expectClose(a.upper!, b.upper!, relative: 1e-7)
    }
  }

  /// Sessions that belong to one scanner each, in a term of three factors: however rows are recognised, the fit is the same.
  @Test(arguments: [
    ["subject", "subject:scanner:session"], ["subject", "scanner:session"],
    ["subject", "scanner", "subject:scanner:session"],
  ])
  func namesWithinFactors(_ terms: [String]) throws {
    var subject: [String] = [], scanner: [String] = [], session: [String] = []
    for n in 0..<10 {
      for (device, visit) in [("A", "s1"), ("A", "s2"), ("B", "s3"), ("B", "s4")] {
        for _ in 0..<2 {
          subject.append("p\(n)")
          scanner.append(device)
          session.append(visit)
        }
      }
    }
    let factors = [("subject", subject), ("scanner", scanner), ("session", session)].map { Factor(name: $0, $1) }
    let design = try VarianceDesign(factors, terms: terms)
    var generator = SeededGenerator(seed: 8)
    let effects = (0..<40).map { _ in 4 * generator.normal() }
    let values = (0..<80).map { effects[$0 / 2] + generator.normal() }
    let quick = LikelihoodEstimator(design).fit(values),
      general = LikelihoodEstimator(design, diagonalises: false).fit(values)
    expectClose(try #require(quick.criterion), try #require(general.criterion), relative: 1e-8)
    for (a, b) in zip(quick.components.variances, general.components.variances) {
      expectClose(a, b, relative: 1e-7, absolute: 1e-7)
    }
  }

  @Test func rowOrderAndUnitsDoNotMatter() throws {
    let simulated = try Self.readings(9, 3), values = simulated.column(seed: 6), count = simulated.design.count
    let rows = (0..<count - 1).map { ($0 * 5 + 3) % count }.filter { $0 % 11 != 0 }, sorted = rows.sorted()
    let first = LikelihoodEstimator(try simulated.design.rows(sorted)).fit(sorted.map { values[$0] })
    let turned = LikelihoodEstimator(try simulated.design.rows(rows)).fit(rows.map { 10 * values[$0] + 3 })
    for (a, b) in zip(first.components.variances, turned.components.variances) {
      expectClose(b, 100 * a, relative: 1e-8, absolute: 1e-8)
    }
    let moments = try MomentEstimator(simulated.design.rows(sorted)).estimate(sorted.map { values[$0] })
    let again = try MomentEstimator(simulated.design.rows(rows)).estimate(rows.map { values[$0] })
    for (a, b) in zip(moments.variances, again.variances) { expectClose(a, b, relative: 1e-9, absolute: 1e-9) }
  }

  @Test func lastDigitsDoNotDependOnLanes() throws {
    let simulated = try Self.readings(9, 3)
    let conditions = try ReliabilityConditions(
      subject: texts(simulated, 0),
      [.session: texts(simulated, 1), .scanner: texts(simulated, 2), .processing: texts(simulated, 3)])
    let columns = (0..<12).map { n in
      ReliabilityColumn(
        name: "f\(n)", unit: "1", scale: .ratio,
        values: simulated.column(seed: UInt64(n)).enumerated().map { $0 % (n + 5) == 0 ? nil : $1 })
    }
    let analysis = try ReliabilityAnalysis(conditions)
    let one = try analysis.analyse(columns, lanes: Lanes(jobs: 1)),
      four = try analysis.analyse(columns, lanes: Lanes(jobs: 4))
    for (a, b) in zip(one, four) {
      #expect(a.groups.flatMap(\.statistics) == b.groups.flatMap(\.statistics))
    }
  }

  private func texts(_ simulated: SimulatedReadings, _ factor: Int) -> [String] {
    simulated.factors[factor].codes.map { simulated.factors[factor].levels[$0] }
  }

  /// A residual larger than the rows can explain: the moment estimate of the subjects is negative, that of REML 0.
  @Test func negativeMomentsStayNegative() throws {
    let design = try VarianceDesign([Factor(name: "subject", ["a", "a", "b", "b"])], terms: ["subject"])
    let values = [0.0, 10, 1, 9.5]
    let moments = try MomentEstimator(design).estimate(values)
    // MSB = 0.0625, MSW = (50 + 36.125) / 2.
    expectClose(moments.variances[0], (0.0625 - 43.0625) / 2, relative: 1e-12)
    expectClose(moments.variances[1], 43.0625, relative: 1e-12)
    let fit = LikelihoodEstimator(design).fit(values)
    #expect(fit.isSingular && fit.components.variances[0] == 0 && fit.components.errors[0] == nil)
  }

  /// One way, unbalanced: the closed forms of the analysis of variance's sampling variances (Searle 1971, Linear Models,
  /// chapter 11, from Crump 1951), with E(s s') = σ²σ²' + C solved by iteration.
  @Test func errorsOfUnbalancedMomentsAreSearles() throws {
    let sizes = [2, 5, 1, 3, 7, 4]
    let subject = sizes.enumerated().flatMap { Array(repeating: "s\($0)", count: $1) }
    var generator = SeededGenerator(seed: 3)
    let effects = sizes.map { _ in 2 * generator.normal() }
    let values = subject.map { effects[Int($0.dropFirst())!] + generator.normal() }
    let estimate = try MomentEstimator(VarianceDesign([Factor(name: "subject", subject)], terms: ["subject"]))
      .estimate(values)
    let n = Double(subject.count), a = Double(sizes.count)
    let s2 = sizes.reduce(0.0) { $0 + Double($1 * $1) }, s3 = sizes.reduce(0.0) { $0 + Double($1 * $1 * $1) }
    let between = estimate.variances[0], within = estimate.variances[1], scale = n * n - s2
    var (bb, bw, ww) = (0.0, 0.0, 0.0)
    for _ in 0..<2000 {
      let (b2, b1, w2) = (between * between - bb, between * within - bw, within * within - ww)
      let first = n * n * (n - 1) * (a - 1) * w2 / ((n - a) * scale * scale)
      let third = (n * n * s2 + s2 * s2 - 2 * n * s3) * b2 / (scale * scale)
      let next = (
        2 * (first + 2 * n * b1 / scale + third), -2 * n * (a - 1) * w2 / ((n - a) * scale), 2 * w2 / (n - a)
      )
      (bb, bw, ww) = ((bb + next.0) / 2, (bw + next.1) / 2, (ww + next.2) / 2)
    }
    let covariances = try #require(estimate.covariances)
    expectClose(covariances[0][0], bb, relative: 1e-9)
    expectClose(covariances[0][1], bw, relative: 1e-9)
    expectClose(covariances[1][1], 2 * within * within / (n - a + 2), relative: 1e-9)
  }

  /// With rows missing, the mean of the squared standard errors is the variance of the estimates.
  @Test func errorsOfUnbalancedMomentsAreTheSpread() throws {
    let simulated = try Self.readings(20, 4), count = simulated.design.count
    let rows = (0..<count).filter { ($0 * 7919) % 10 != 3 }, moments = try MomentEstimator(simulated.design.rows(rows))
    let estimates = Lanes(jobs: 2).map(400) { n in
      let values = simulated.column(seed: UInt64(n) &* 104_729 &+ 5)
      return moments.estimate(rows.map { values[$0] })
    }
    for k in simulated.variances.indices {
      let all = estimates.map { $0.variances[k] }, center = all.reduce(0, +) / 400
      let spread = all.reduce(0) { $0 + ($1 - center) * ($1 - center) } / 399
      let expected = estimates.reduce(0.0) { $0 + $1.covariances![k][k] } / 400
      #expect((0.8...1.25).contains(expected / spread), "\(simulated.design.names[k]): \(expected / spread)")
    }
  }

  @Test func refusesConfoundedTerms() {
    let subject = Factor(name: "subject", ["a", "a", "b", "b"]),
      scanner = Factor(name: "scanner", ["x", "x", "y", "y"])
    for terms in [["subject", "scanner"], ["subject:scanner"], [], ["reader"], ["subject", "subject"]]
    where terms != ["subject:scanner"] {
      #expect(throws: ComponentsError.self) { try VarianceDesign([subject, scanner], terms: terms) }
    }
  }
}
