import RadiomicsCore
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct PairwiseSumTests {
  /// Whole numbers add up exactly, whatever the number of blocks: Σ k² = n (n + 1) (2n + 1) / 6.
  @Test(arguments: [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000, 70_001])
  func everyValueOnce(_ n: Int) {
    let values = (0..<n).map { Double($0 + 1) }
    #expect(pairwiseSum(values) == Double(n * (n + 1) / 2))
    #expect(pairwiseSum(values) { $0 * $0 } == Double(n * (n + 1) * (2 * n + 1) / 6))
    #expect(pairwiseSum(values.dropFirst(n / 3)) == Double(n * (n + 1) / 2 - n / 3 * (n / 3 + 1) / 2))
  }

  /// A million times 0.1 is off by 1.3e-6 when added one by one.
  @Test func rounding() {
    expectClose(pairwiseSum([Double](repeating: 0.1, count: 1_000_000)), 100_000, relative: 1e-14)
  }

  /// Blocks of 256 one after the other, halves of blocks pairwise: the definition, bit by bit, on any number of lanes.
  @Test(arguments: [300, 1023, 1024, 1025, 5000, 65_536, 200_003])
  func bitsOfTheDefinition(_ n: Int) {
    let values = (0..<n).map { 1 / Double($0 + 3) }
    func sum(_ range: Range<Int>) -> Double {
      if range.count <= 256 { return range.reduce(0.0) { $0 + values[$1] } }
      let middle = range.lowerBound + (range.count + 255) / 256 / 2 * 256
      return sum(range.lowerBound..<middle) + sum(middle..<range.upperBound)
    }
    #expect(pairwiseSum(values) == sum(0..<n))
    for jobs in [1, 2, 5] { #expect(pairwiseSum(n, Lanes(jobs: jobs)) { values[$0] } == sum(0..<n)) }
  }
}
