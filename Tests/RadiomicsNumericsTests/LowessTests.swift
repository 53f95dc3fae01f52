import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

struct LowessTests {
  private let x = [1.0, 2, 2, 4, 5.5, 7, 8, 11, 12, 15], y = [0.0, 1, 0, 0, 1, 1, 0, 1, 1, 1]

  /// `lowess(x, y, f, iter = 0, delta = 0)` of R 4.2.
  @Test(arguments: [
    (
      2.0 / 3,
      [
        0.2278384075627349, 0.2875013538179368, 0.2875013538179368, 0.4487344061008938, 0.5966691175116121,
        0.5779006659129642, 0.5427417941630440, 0.8370420527937310, 0.9019351466869596, 1.0990751131827408,
      ]
    ),
    (
      0.4,
      [
        7.117089406697092e-17, 5.000000000000000e-01, 5.000000000000000e-01, 3.056340555464876e-16,
        7.546109264767729e-01, 6.345898238393077e-01, 9.945850540126099e-02, 8.693267423021898e-01, 1, 1,
      ]
    ),
  ])
  func asR(_ span: Double, _ expected: [Double]) {
    let smooth = lowess(zip(x, y).map { ($0, $1) }, span: span)
    for (a, b) in zip(smooth, expected) { expectClose(a, b, relative: 1e-12, absolute: 1e-14) }
  }

  /// A straight line is its own smooth, of few points and of so many that the fit is interpolated.
  @Test(arguments: [2, 3, 50, 5000]) func linesStay(_ count: Int) {
    let points = (0..<count).map { (x: Double($0), y: 3 - 0.5 * Double($0)) }
    for (a, point) in zip(lowess(points), points) { expectClose(a, point.y, relative: 1e-10, absolute: 1e-10) }
  }

  @Test func equalPlacesHaveTheirMean() {
    #expect(lowess([(x: 1, y: 0), (1, 1), (1, 2)]) == [1, 1, 1])
    #expect(lowess([(x: 1, y: 7)]) == [7])
  }
}
