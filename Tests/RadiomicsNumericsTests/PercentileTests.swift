import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct PercentileTests {
  /// Values of numpy.percentile (method "linear") by hand: ranks of 1, 2, 4, 8, 16 are 0, 25, 50, 75, 100.
  @Test(arguments: [
    (0.0, 1.0), (12.5, 1.5), (25, 2), (50, 4), (60, 5.6), (75, 8), (90, 12.8), (99.9, 15.968), (100, 16),
  ])
  func fiveValuesByHand(_ percent: Double, _ value: Double) {
    expectClose(percentile(percent, of: [1, 2, 4, 8, 16]), value, relative: 1e-14)
  }

  /// Of 0 … n − 1 the percentile is its rank; whole ranks are met exactly.
  @Test(arguments: [1, 2, 3, 101, 777, 5001])
  func ranks(_ count: Int) {
    let values = (0..<count).map(Double.init)
    for percent in 0...100 {
      let rank = percentile(Double(percent), of: values)
      if (count - 1) * percent % 100 == 0 { #expect(rank == Double((count - 1) * percent / 100)) }
      expectClose(rank, Double((count - 1) * percent) / 100, relative: 1e-15)
    }
  }
}
