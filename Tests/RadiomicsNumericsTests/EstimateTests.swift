import Foundation
import RadiomicsCore
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Limits, z and P of an estimate on each scale.
struct EstimateTests {
  private static let scaled = [
    Estimate(0.69, error: 0.25), Estimate(2, error: 0.5, .log), Estimate(0.8, error: 0.07, .logit),
    Estimate(0.4, error: 0.1, .logLog), Estimate(0.9, error: 0.05, .fisher), Estimate(-1.5, error: 0.6, df: 7),
  ]

  /// By hand, with R 4.2.2's qnorm(.975) = 1.959963984540054 and qt(.975, 7) = 2.364624251592785.
  @Test func limitsByHand() throws {
    let z = 1.959963984540054
    let expected: [(Double, Double)] = [
      (0.69 - z * 0.25, 0.69 + z * 0.25), (2 * exp(-z * 0.25), 2 * exp(z * 0.25)),
      (4 / (4 + exp(z * 0.07 / 0.16)), 4 / (4 + exp(-z * 0.07 / 0.16))),
      (pow(0.4, exp(z * 0.1 / (0.4 * -log(0.4)))), pow(0.4, exp(-z * 0.1 / (0.4 * -log(0.4))))),
      (tanh(atanh(0.9) - z * 0.05 / 0.19), tanh(atanh(0.9) + z * 0.05 / 0.19)),
      (-1.5 - 2.364624251592785 * 0.6, -1.5 + 2.364624251592785 * 0.6),
    ]
    for (estimate, (low, high)) in zip(Self.scaled, expected) {
      let limits = try #require(estimate.limits())
      expectClose(limits.lowerBound, low, relative: 1e-13)
      expectClose(limits.upperBound, high, relative: 1e-13)
    }
  }

  /// R 4.2.2: 2 * pnorm(-2.76), 2 * pt(-2.5, 7).
  @Test func testsByHand() throws {
    expectClose(try #require(Self.scaled[0].z), 2.76, relative: 1e-14)
    expectClose(try #require(Self.scaled[0].p), 0.005780136152452296, relative: 1e-12)
    expectClose(try #require(Self.scaled[5].p), 0.04099221858575287, relative: 1e-12)
    expectClose(try #require(Estimate(2, error: 0.5, .log).z), log(2) / 0.25, relative: 1e-14)
  }

  /// Limits of confidence 1 − P end at the scale's neutral value.
  @Test(arguments: scaled) func limitsAndPAgree(_ estimate: Estimate) throws {
    let p = try #require(estimate.p), limits = try #require(estimate.limits(p))
    let neutral: [LimitScale: Double] = [.plain: 0, .log: 1, .logit: 0.5, .logLog: exp(-1), .fisher: 0]
    let value = try #require(neutral[estimate.scale])
    let distance = min(abs(limits.lowerBound - value), abs(limits.upperBound - value))
    #expect(distance < 1e-9, "\(estimate) \(limits)")
  }

  /// Without an error there is nothing to test, and the limits are the estimate; where the scale ends, or something is no finite
  /// number, there is nothing.
  @Test func undefined() throws {
    let sure = Estimate(0.4, error: 0)
    #expect(sure.limits() == 0.4...0.4 && sure.z == nil && sure.p == nil)
    let reasons = sure.limits(0.05, orUndefined: "all alike")
    #expect(reasons == [.undefined("all alike"), .undefined("all alike")])
    for none in [
      Estimate(1, error: 0.1, .logit), Estimate(0, error: 0.1, .logit), Estimate(0, error: 1, .log),
      Estimate(-1, error: 1, .log), Estimate(1, error: 0, .logLog), Estimate(0, error: 0, .logLog),
      Estimate(1, error: 0.1, .fisher), Estimate(0.5, error: .nan), Estimate(.infinity, error: 1),
      Estimate(0.5, error: .infinity), Estimate(.nan, error: .nan, df: .nan),
    ] {
      #expect(none.limits() == nil && none.z == nil && none.p == nil, "\(none)")
    }
    #expect(EstimateCell.known(sure).p == .undefined("it has no error"))
    #expect(EstimateCell.undefined("not fitted").ratioLimits(0.05).lower == .undefined("not fitted"))
  }

  @Test func limitsStayWhereTheQuantityCanBe() {
    let cells = Estimate(0.97, error: 0.05).limits(0.05, within: 0...1, orUndefined: "none")
    #expect(cells[1] == .value(1) && cells[0].value! > 0.87)
  }

  @Test(arguments: scaled) func keptAsJSON(_ estimate: Estimate) throws {
    #expect(try JSONDecoder().decode(Estimate.self, from: JSONEncoder().encode(estimate)) == estimate)
  }

  /// Coefficients that are undefined take no row of the covariance.
  @Test func coefficientsOfACovariance() {
    let covariance = Matrix(columns: [[4, 1], [1, 9]], rows: 2)
    let found = EstimateCell.coefficients([.value(1), .undefined("a combination"), .value(3)], covariance)
    #expect(found.map(\.error) == [.value(2), .undefined("a combination"), .value(3)])
    #expect(found[2].times(2).value == .value(6) && found[2].times(2).error == .value(6))
    #expect(found[0].ratio == .value(exp(1)))
  }

  /// To rounding at either end: 1 / (1 + e⁷⁴⁰) is e⁻⁷⁴⁰, a number that plain arithmetic makes 0.
  @Test func probabilitiesOfAnyLogit() {
    #expect(expit(0) == 0.5 && expit(-740) == exp(-740) && expit(-740) > 0 && expit(800) == 1 && expit(-800) == 0)
    for x in stride(from: -30.0, through: 30, by: 0.7) {
      expectClose(expit(x), 1 / (1 + exp(-x)), relative: 4e-16)
      expectClose(softplus(x), -log(expit(-x)), relative: 1e-14, absolute: 3e-16)
    }
    #expect(softplus(1000) == 1000)
  }
}
