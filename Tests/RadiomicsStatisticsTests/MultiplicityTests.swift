import RadiomicsCore
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

@Suite(.golden(.multiplicity)) struct MultiplicityTests {
  @Test func fourByHand() {
    let p = [0.01, 0.04, 0.03, 0.5]
    func expect(_ rule: Multiplicity, _ values: [Double]) {
      for (found, value) in zip(rule.adjusted(p), values) { expectClose(found, value, relative: 1e-14) }
    }
    expect(.bonferroni, [0.04, 0.16, 0.12, 1])
    expect(.holm, [0.04, 0.09, 0.09, 0.5])
    expect(.hochberg, [0.04, 0.08, 0.08, 0.5])
    expect(.benjaminiHochberg, [0.04, 0.16 / 3, 0.16 / 3, 0.5])
    let harmonic = 25.0 / 12
    expect(.benjaminiYekutieli, [0.04 * harmonic, 0.16 / 3 * harmonic, 0.16 / 3 * harmonic, 1])
  }

  @Test(arguments: Multiplicity.allCases) func keepsOrderAndRange(_ rule: Multiplicity) {
    #expect(rule.adjusted([]).isEmpty && rule.adjusted([0.3]) == [0.3])
    let p = (0..<50).map { Double(($0 * 37) % 50) / 50 }, adjusted = rule.adjusted(p)
    #expect(zip(p, adjusted).allSatisfy { $0 <= $1 && $1 <= 1 })
    let order = p.indices.sorted { p[$0] < p[$1] }
    #expect(zip(order, order.dropFirst()).allSatisfy { adjusted[$0] <= adjusted[$1] })
    #expect(rule.adjusted(p.reversed()) == adjusted.reversed())
  }

  /// statsmodels' multipletests: `k_distributions.json`.
  @Test func reference() throws {
    let reference = try #require(StatisticalReference.cases("k_distributions").first { $0.id == "multiplicity" })
    let p = try #require(reference.params["p"]?.asList ?? reference.values.first { $0.key == "p" }?.value.asList)
      .map { $0.asNumber! }
    reference.without(["p"]).expect(
      Multiplicity.allCases.map { rule in Statistic(rule.rawValue, rule.adjusted(p).map { .value($0) }) })
  }
}
