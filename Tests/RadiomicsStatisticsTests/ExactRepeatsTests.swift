import Foundation
import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Components and coefficients of readings that repeat exactly or nearly so, whichever rows are missing.
struct ExactRepeatsTests {
  static let shares = [0.3, 1e-3, 1e-6, 1e-12, 1e-16]

  /// Subjects with one to four readings each, so that no two tables have the same pattern.
  private func table(_ seed: UInt64, share: Double, scale: Double = 1) -> (subject: [String], values: [Double]) {
    var generator = SeededGenerator(seed: seed)
    var subject: [String] = [], values: [Double] = []
    for n in 0..<14 {
      let level = generator.normal(), readings = n == 0 ? 1 : n == 1 ? 3 : 1 + Int(4 * generator.uniform())
      for _ in 0..<readings {
        subject.append("s\(n)")
        values.append(scale * (5 + level + share.squareRoot() * generator.normal()))
      }
    }
    return (subject, values)
  }

  private func oneWay(_ subject: [String]) throws -> LikelihoodEstimator {
    LikelihoodEstimator(try VarianceDesign([Factor(name: "subject", subject)], terms: ["subject"]))
  }

  /// −2 log restricted likelihood of a one-way layout, every eigenvalue written out: no difference of near numbers.
  private func criterion(_ subject: [String], _ values: [Double], between: Double, within: Double) -> Double {
    let groups = Dictionary(grouping: zip(subject, values), by: \.0).sorted { $0.key < $1.key }.map {
      $0.value.map(\.1)
    }
    var value = Double(values.count - 1) * log(2 * Double.pi), weights = 0.0, center = 0.0
    let parts = groups.map { group -> (mean: Double, weight: Double) in
      let n = Double(group.count), mean = group[0] + group.reduce(0) { $0 + $1 - group[0] } / n
      let square = group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let variance = between + within / n
      value += (n - 1) * log(within) + square / within + log(n * variance)
      return (mean, 1 / variance)
    }
    for part in parts {
      weights += part.weight
      center += part.weight * (part.mean - parts[0].mean)
    }
    center /= weights
    value += log(weights)
    return parts.reduce(value) {
      let rest = $1.mean - parts[0].mean - center
      return $0 + $1.weight * rest * rest
    }
  }

  /// The likelihood falls to both sides of each component, and its height is that of the closed form.
  @Test(arguments: shares) func oneWayByItsClosedForm(_ share: Double) throws {
    for seed in UInt64(1)...8 {
      let (subject, values) = table(seed, share: share), fit = try oneWay(subject).fit(values)
      #expect(fit.isConverged)
      let (between, within) = (fit.components.variances[0], fit.components.variances[1])
      let best = criterion(subject, values, between: between, within: within)
      let height = try #require(fit.criterion)
      // Readings of 5 are known to half a unit in the last place, 4·10⁻¹⁶, which is a share of their error.
      #expect(abs(height - best) < 1e-6 + 40 * 4e-16 / share.squareRoot(), "\(seed): \(height) \(best)")
      for step in [0.999, 1.001] {
        #expect(criterion(subject, values, between: between * step, within: within) > best, "between, \(seed)")
        #expect(criterion(subject, values, between: between, within: within * step) > best, "within, \(seed)")
      }
    }
  }

  /// The limit of the likelihood for a residual of 0 is the sample variance of the subjects.
  @Test(arguments: [1e-9, 1e-3, 1, 1e6, 1e12]) func exactRepeatsAreTheSubjects(_ scale: Double) throws {
    for seed in UInt64(1)...8 {
      let (subject, values) = table(seed, share: 0, scale: scale), fit = try oneWay(subject).fit(values)
      let distinct = Dictionary(zip(subject, values)) { first, _ in first }.sorted { $0.key < $1.key }.map(\.value)
      let center = distinct.reduce(0, +) / Double(distinct.count)
      let variance = distinct.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(distinct.count - 1)
      #expect(fit.isConverged && fit.components.variances[1] == 0 && fit.criterion == nil)
      expectClose(fit.components.variances[0], variance, relative: 1e-9)
      let error = try #require(fit.components.errors[0])
      expectClose(error, variance * (2 / Double(distinct.count - 1)).squareRoot(), relative: 1e-6)
      let intercept = try oneWay(subject).intercept(values, fit)
      expectClose(intercept.value, center, relative: 1e-9)
      expectClose(intercept.error, (variance / Double(distinct.count)).squareRoot(), relative: 1e-9)
      let moments = try MomentEstimator(VarianceDesign([Factor(name: "subject", subject)], terms: ["subject"]))
      #expect(moments.estimate(values).variances[1] == 0)
    }
  }

  /// Rows written twice: the session takes the place of the residual, in any pattern, beside a crossed factor too.
  @Test(arguments: [["subject"], ["subject", "scanner"]]) func doubledRowsAreOne(_ terms: [String]) throws {
    for seed in UInt64(1)...6 {
      var generator = SeededGenerator(seed: seed), subject: [String] = [], scanner: [String] = [], values: [Double] = []
      let devices = (0..<3).map { _ in generator.normal() }
      for n in 0..<12 {
        let level = 2 * generator.normal()
        for device in 0..<3 where n < 2 || generator.uniform() < 0.7 {
          subject.append("s\(n)")
          scanner.append("d\(device)")
          values.append(level + devices[device] + 0.5 * generator.normal())
        }
      }
      let factors = [Factor(name: "subject", subject), Factor(name: "scanner", scanner)]
      let once = LikelihoodEstimator(try VarianceDesign(factors, terms: terms)).fit(values)
      let rows = values.indices.flatMap { [$0, $0] }
      let twice = [
        Factor(name: "subject", rows.map { subject[$0] }), Factor(name: "scanner", rows.map { scanner[$0] }),
      ]
      let design = try VarianceDesign(twice, terms: terms + ["subject:scanner"])
      for diagonalises in [true, false] {
        let fit = LikelihoodEstimator(design, diagonalises: diagonalises).fit(rows.map { values[$0] })
        #expect(fit.isConverged && fit.components.variances.last == 0)
        for (a, b) in zip(fit.components.variances, once.components.variances) {
          expectClose(a, b, relative: 1e-6, absolute: 1e-9)
        }
      }
    }
  }

  /// Subjects and scanners that add up exactly, some rows missing: what a vanishing error tends to.
  @Test func additiveRowsAreALimit() throws {
    var generator = SeededGenerator(seed: 4), subject: [String] = [], scanner: [String] = []
    var exact: [Double] = [], noise: [Double] = []
    let devices = (0..<4).map { _ in generator.normal() }
    for n in 0..<15 {
      let level = 2 * generator.normal()
      for device in 0..<4 where n < 2 || generator.uniform() < 0.6 {
        subject.append("s\(n)")
        scanner.append("d\(device)")
        exact.append(level + devices[device])
        noise.append(generator.normal())
      }
    }
    let factors = [Factor(name: "subject", subject), Factor(name: "scanner", scanner)]
    let estimator = LikelihoodEstimator(try VarianceDesign(factors, terms: ["subject", "scanner"]))
    let limit = estimator.fit(exact).components.variances
    #expect(limit[2] == 0)
    for share in [1e-8, 1e-10, 1e-12] {
      let near = estimator.fit(zip(exact, noise).map { $0 + share.squareRoot() * $1 }).components.variances
      expectClose(near[0], limit[0], relative: 20 * share.squareRoot())
      expectClose(near[1], limit[1], relative: 20 * share.squareRoot())
      #expect(near[2] > 0.3 * share && near[2] < 3 * share)
    }
  }

  /// Other units give the scaled value: the same bits for powers of 2, else 10⁻¹² of it.
  @Test(arguments: shares + [0]) func unitsScale(_ share: Double) throws {
    let (subject, values) = table(3, share: share), estimator = try oneWay(subject)
    let fit = estimator.fit(values)
    for power in [-30, 40] {
      let factor = exp2(Double(power)), scaled = estimator.fit(values.map { factor * $0 }).components
      #expect(scaled.variances == fit.components.variances.map { factor * factor * $0 })
      #expect(scaled.errors == fit.components.errors.map { $0.map { factor * factor * $0 } })
    }
    // Products round readings by 10⁻¹⁶, which is a share of their error.
    let rounding = share > 0 ? 1e-12 + 1e-15 / share.squareRoot() : 1e-12
    for factor in [1e-9, 1e12] {
      let scaled = estimator.fit(values.map { factor * $0 }).components.variances
      for (a, b) in zip(scaled, fit.components.variances) { expectClose(a, factor * factor * b, relative: rounding) }
    }
  }

  /// Readings of a subject that are each other's opposite: nothing is left between subjects. nlme of R: 44 within and
  /// 155.4856, which is (n − 1) (log 2π 44 + 1) + log n.
  @Test func nothingBetweenSubjects() throws {
    let subject = (0..<12).map { "s\($0)" } + (0..<12).map { $0 == 0 ? "other" : "s\($0)" }
    let values = (0..<12).map { Double($0) } + (0..<12).map { -Double($0) }
    let fit = try oneWay(subject).fit(values)
    #expect(fit.isConverged && fit.components.variances[0] == 0)
    expectClose(fit.components.variances[1], 44, relative: 1e-9)
    expectClose(try #require(fit.criterion), 23 * (log(2 * Double.pi * 44) + 1) + log(24), relative: 1e-9)
  }

  /// Five equal readings, whose mean is not a double.
  @Test func fiveEqualReadingsHaveNoSpread() throws {
    let value = try #require(Repeatability([0.1, 0.7, 1e9 / 3].map { Array(repeating: $0, count: 5) }))
    #expect(value.withinVariance == 0 && value.relativeDeviation == 0 && value.coefficient == 0)
  }

  /// A table of tests and retests of which some are missing: coefficients of 1 have limits of 1.
  @Test(arguments: [[], [3], [3, 20], [0, 5, 11, 17]], ComponentMethod.allCases)
  func perfectCoefficientsHaveLimits(_ missing: [Int], _ method: ComponentMethod) throws {
    var generator = SeededGenerator(seed: 5)
    let levels = (0..<12).map { _ in 50 + 10 * generator.normal() }
    let rows = (0..<24).filter { !missing.contains($0) }
    let conditions = try ReliabilityConditions(
      subject: rows.map { "s\($0 % 12)" }, [.session: rows.map { $0 < 12 ? "test" : "retest" }])
    let columns = [1e-9, 1, 1e12].map { scale in
      ReliabilityColumn(name: "f", unit: "1", scale: .ratio, values: rows.map { scale * levels[$0 % 12] })
    }
    let constant = ReliabilityColumn(name: "c", unit: "1", scale: .ratio, values: rows.map { _ in 0.1 })
    let analysis = try ReliabilityAnalysis(conditions, method: method)
    let results = try analysis.analyse(columns + [constant], lanes: Lanes(jobs: 1))
    for result in results.dropLast() {
      for name in ["icc", "icc_lower", "icc_upper"] { #expect(result[name] == .value(1), "\(result.form) \(name)") }
      for name in ["rc", "rc_upper", "rc_over_between_sd"] { #expect(result[name] == .value(0), "\(name)") }
    }
    #expect(results.last?["icc"]?.reason == "constant: every value is 0.1")
  }
}
