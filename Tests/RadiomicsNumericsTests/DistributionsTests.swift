import RadiomicsCore
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Tails and quantiles as mpmath and SciPy have them.
@Suite(.golden(.distributions)) struct DistributionsTests {
  private func expect(_ id: String, _ result: String, _ value: (_ argument: (String) -> Double) -> Double) throws {
    let reference = try #require(StatisticalReference.cases("k_distributions").first { $0.id == id })
    func list(_ key: String) -> [Setting.Value] { reference.values.first { $0.key == key }!.value.asList! }
    for (index, expected) in list(result).enumerated() {
      let found = value { key in list(key)[index].asNumber! }
      reference.expectValue(found, expected, "\(result) \(index)")
    }
  }

  @Test func normal() throws {
    try expect("normal_upper_tail", "p") { NormalDistribution().above($0("z")) }
    try expect("normal_upper_tail", "log_p") { NormalDistribution().logAbove($0("z")) }
    expectClose(NormalDistribution().logAbove(30.0000001), NormalDistribution().logAbove(30), relative: 1e-8)
    try expect("normal_quantile", "z") { NormalDistribution().quantile($0("p")) }
  }

  @Test func studentT() throws {
    try expect("t_upper_tail", "p") { StudentT($0("df")).above($0("t")) }
    try expect("t_upper_tail", "quantile_975") { StudentT($0("df")).quantile(0.975) }
  }

  @Test func fisherF() throws {
    try expect("F", "p") { FisherF($0("df1"), $0("df2")).above($0("f")) }
    try expect("F", "q025") { FisherF($0("df1"), $0("df2")).quantile(0.025) }
    try expect("F", "q975") { FisherF($0("df1"), $0("df2")).quantile(0.975) }
  }

  @Test func chiSquared() throws {
    try expect("chi_square", "p") { ChiSquared($0("df")).above($0("x")) }
    try expect("chi_square", "q025") { ChiSquared($0("df")).quantile(0.025) }
    try expect("chi_square", "q975") { ChiSquared($0("df")).quantile(0.975) }
  }

  @Test func noncentralT() throws {
    try expect("noncentral_t_cdf", "p") { NoncentralT($0("df"), noncentrality: $0("ncp")).below($0("t")) }
  }
}
