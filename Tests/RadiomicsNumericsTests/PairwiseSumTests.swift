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
}
