import Foundation
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Whether groups differ, and whether one prediction orders rows better than another.
struct HeterogeneityTests {
  /// By hand: 0.6 and 0.8 with errors of 0.1: weights 100, mean 0.7, Q = 2; P of χ² with 1 df. Errors of 0 say nothing.
  @Test func cochransQ() throws {
    let found = try #require(Heterogeneity([Estimate(0.6, error: 0.1), Estimate(0.8, error: 0.1)]))
    expectClose(found.test.statistic, 2, relative: 1e-12)
    expectClose(found.test.p, erfc(1), relative: 1e-12)
    #expect(Heterogeneity([Estimate(0.6, error: 0.1), Estimate(1, error: 0)]) == nil)
    // 0.5, 0.7, 0.6 with errors 0.1, 0.2, 0.1: weights 100, 25, 100; mean 127.5/225; Q = Σ w x² − (Σ w x)² / Σ w.
    let three = try #require(Heterogeneity([(0.5, 0.1), (0.7, 0.2), (0.6, 0.1)].map { Estimate($0.0, error: $0.1) }))
    expectClose(three.test.statistic, 25 + 12.25 + 36 - 127.5 * 127.5 / 225, relative: 1e-10)
    #expect(three.test.df == 2)
  }

  /// Of events DeLong's difference; within sites the mean by pairs, with errors as of rows that share no patient.
  @Test func differencesOfDiscrimination() throws {
    var generator = SeededGenerator(seed: 4)
    let events = (0..<60).map { $0 % 3 == 0 }, sites = (0..<60).map { $0 / 30 }
    let a = events.map { generator.normal() + ($0 ? 0.4 : 0) }, b = events.map { generator.normal() + ($0 ? 1.2 : 0) }
    let pooled = try #require(discriminationDifference(a, b, .events(events)).estimate)
    let known = try ROC(b, events).difference(from: ROC(a, events))
    #expect(pooled.value == known.value)
    expectClose(pooled.error, known.error, relative: 1e-12)
    let parts = try (0...1).map { site in
      let rows = sites.indices.filter { sites[$0] == site }, own = rows.map { events[$0] }
      return try ROC(rows.map { b[$0] }, own).difference(from: ROC(rows.map { a[$0] }, own))
    }
    let within = try #require(discriminationDifference(a, b, .events(events), sites: sites).estimate)
    expectClose(within.value, (parts[0].value + parts[1].value) / 2, relative: 1e-12)
    expectClose(
      within.error, (parts[0].error * parts[0].error + parts[1].error * parts[1].error).squareRoot() / 2,
      relative: 1e-12)
    // Of times Harrell's C, with the covariance of both.
    let times = try SurvivalTimes(stop: a.map { exp(-$0) }, isEvent: events)
    let first = ConcordanceIndex(a, times), second = ConcordanceIndex(b, times)
    let found = try #require(discriminationDifference(a, b, .times(times)).estimate)
    let other = ConcordanceComparison(first, second).difference
    expectClose(found.value, other.value, relative: 1e-12)
    expectClose(found.error, other.error, relative: 1e-12)
  }
}
