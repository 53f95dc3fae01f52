import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Patients for the validation of a model of a time: where the integrals have closed forms, and beside patients that are simulated.
struct SurvivalValidationTests {
  private static func sizes(_ plan: ValidationSampleSize.Survival) throws -> [Double] {
    try ValidationSampleSize.survival(plan).criteria.map { Double($0.size) }
  }

  /// Of one risk for all: without loss (1 − φ) / (φ SE²) as for two values; with it S / (1 − S) twice, times λ / (λ + κ) (e^((λ + κ) t) − 1).
  /// Sizes of about a thousand are whole: to 10⁻³.
  @Test func observedOverExpectedOfOneRisk() throws {
    var plan = ValidationSampleSize.Survival(time: 5, incidence: 0.3, spread: 0.02)
    plan.slopeWidth = 10
    let error = asinh(0.1) / 1.96
    expectClose(try Self.sizes(plan)[0], 0.7 / (0.3 * error * error), relative: 1e-3)
    plan.lost = 0.4
    let event = -log(0.7), both = event - log(0.6), odds = 0.7 / 0.3
    let greenwood = event / both * (exp(both) - 1)
    expectClose(try Self.sizes(plan)[0], odds * odds * greenwood / (error * error), relative: 1e-3)
  }

  /// Where risks hardly differ, each event tells the variance of linear predictors of the slope, but for a few times that variance, 0.0025.
  @Test func slopeOfSmallDifferences() throws {
    var plan = ValidationSampleSize.Survival(time: 2, incidence: 0.3, spread: 0.05)
    plan.slopeWidth = 2
    let error = 2 / 3.92
    expectClose(try Self.sizes(plan)[1], 1 / (0.0025 * 0.3 * error * error), relative: 0.01)
  }

  /// Where nearly all events are seen C is E 1 / (1 + exp(−|a − b|)) of two patients.
  @Test func concordanceOfAllEvents() throws {
    var plan = ValidationSampleSize.Survival(time: 1, incidence: 0.98, spread: 1.2, followUp: 1e6)
    plan.ratioWidth = 1
    let steps = (-4000...4000).map { Double($0) / 500 }, weights = steps.map { exp(-$0 * $0 / 2) }
    let expected = zip(steps, weights).reduce(0) { $0 + $1.1 / (1 + exp(-abs($1.0) * 1.2 * 2.0.squareRoot())) }
    let found = try ValidationSampleSize.survival(plan).criteria[2]
    expectClose(found.value, expected / weights.reduce(0, +), absolute: 0.005)
  }

  /// Errors of patients that are simulated are those that sizes are made of: of some 1,500 events a variance is certain to 1/√1500 = 2.6 %, its
  /// root to half of that; three of them, as of the share of events, √(0.37 · 0.63 / 4000) = 0.008.
  @Test func simulatedPatientsHaveTheseErrors() throws {
    var plan = ValidationSampleSize.Survival(time: 5, incidence: 0.4, spread: 0.9, followUp: 8)
    plan.lost = 0.25
    let found = try ValidationSampleSize.survival(plan), count = 4000
    var generator = SeededGenerator(seed: 8), markers: [Double] = [], stop: [Double] = [], events: [Bool] = []
    // λ by hand: the share with the event by the time is 0.4, of 20,000 quantiles of linear predictors.
    let quantiles = (0..<20_000).map { 0.9 * NormalDistribution().quantile((Double($0) + 0.5) / 20_000) }
    var low = 0.0, high = 1.0
    for _ in 0..<60 {
      let rate = (low + high) / 2, share = 1 - mean(quantiles.map { exp(-rate * 5 * exp($0)) })
      if share < 0.4 { low = rate } else { high = rate }
    }
    for _ in 0..<count {
      let marker = 0.9 * generator.normal(), event = -log(1 - generator.uniform()) / (low * exp(marker))
      let loss = min(8, -log(1 - generator.uniform()) / (-log(0.75) / 5))
      markers.append(marker)
      events.append(event <= loss)
      stop.append(min(event, loss))
    }
    let times = try SurvivalTimes(stop: stop, isEvent: events)
    let model = try CoxModel(Matrix(columns: [markers], rows: count), times, names: ["lp"], ties: .breslow)
    let slope = found.criteria[1], expected = slope.error * (Double(slope.size) / Double(count)).squareRoot()
    expectClose(model.covariance[0, 0].squareRoot(), expected, relative: 0.04)
    let share = Double(events.count { $0 }) / Double(count)
    expectClose(try #require(found.prevalence), share, absolute: 0.025)
  }

  @Test func refusals() {
    let changes: [(inout ValidationSampleSize.Survival) -> Void] = [
      { $0.incidence = 1 }, { $0.spread = 0 }, { $0.lost = 1 }, { $0.followUp = 4 }, { $0.time = -1 },
      { $0.slopeWidth = 0 }, { $0.ratioWidth = 1e-9 }, { $0.spread = .nan },
    ]
    for change in changes {
      var plan = ValidationSampleSize.Survival(time: 5, incidence: 0.3, spread: 0.8)
      change(&plan)
      #expect(throws: ModelError.self) { try ValidationSampleSize.survival(plan) }
    }
  }
}
