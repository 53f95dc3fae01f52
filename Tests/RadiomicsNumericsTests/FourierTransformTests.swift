import Foundation
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct FourierTransformTests {
  @Test func agreesWithTheDefiningSum() {
    let size = SIMD3(3, 4, 5), count = 60
    let values = (0..<2 * count).map { Double(($0 * 37) % 23) - 11 }
    var transformed = values
    FourierTransform.transform(&transformed, size: size)
    for k in [0, 7, 33, 59] {
      let (kx, ky, kz) = (k % 3, k / 3 % 4, k / 12)
      var real = 0.0, imaginary = 0.0
      for n in 0..<count {
        let (x, y, z) = (n % 3, n / 3 % 4, n / 12)
        let angle = -2 * Double.pi * (Double(x * kx) / 3 + Double(y * ky) / 4 + Double(z * kz) / 5)
        real += values[2 * n] * cos(angle) - values[2 * n + 1] * sin(angle)
        imaginary += values[2 * n] * sin(angle) + values[2 * n + 1] * cos(angle)
      }
      expectClose(transformed[2 * k], real, absolute: 1e-10)
      expectClose(transformed[2 * k + 1], imaginary, absolute: 1e-10)
    }
  }

  /// Transformed twice, f(n) becomes N f(−n).
  @Test func twiceMirrors() {
    let values = (0..<120).map { Double($0 * $0 % 17) }
    var transformed = values
    for _ in 0..<2 { FourierTransform.transform(&transformed, size: [6, 1, 10]) }
    for n in 0..<60 {
      let mirrored = (6 - n % 6) % 6 + 6 * ((10 - n / 6) % 10)
      for part in 0..<2 { expectClose(transformed[2 * n + part] / 60, values[2 * mirrored + part], absolute: 1e-12) }
    }
  }

  @Test func fastLengths() {
    #expect([1, 7, 11, 13, 97, 257].map(FourierTransform.fastLength) == [1, 8, 12, 15, 100, 270])
  }
}
