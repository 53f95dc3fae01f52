import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct SpatialAutocorrelationTests {
  /// Two voxels: z = ±1, so I = −1 and C = ½ · 2² / (2 · 2) · 2 = 1, whatever their distance.
  @Test func twoVoxels() throws {
    let mask = RowSpans(size: [4, 1, 1], mask: [1, 0, 0, 1])
    let sums = try #require(SpatialAutocorrelation(mask: mask, intensities: [10, 40], spacing: [2, 1, 1]))
    expectClose(sums.moran, -1, absolute: 1e-15)
    expectClose(sums.geary, 1, absolute: 1e-15)
    expectClose(sums.weight, 2.0 / 6, absolute: 1e-15)
  }

  /// Three voxels in a row with intensities 1, 2, 3 and distances 1, 1, 2: Σw = 5,
  /// Σw (xᵢ − μ)(xⱼ − μ) = −1, Σ(x − μ)² = 2, Σw (xᵢ − xⱼ)² = 8, so I = −3/10 and C = 2 · 8 / (2 · 5 · 2) = 4/5.
  @Test func threeVoxels() throws {
    let mask = RowSpans(size: [3, 1, 1], mask: [1, 1, 1])
    let sums = try #require(SpatialAutocorrelation(mask: mask, intensities: [1, 2, 3], spacing: [1, 1, 1]))
    expectClose(sums.moran, -0.3, absolute: 1e-15)
    expectClose(sums.geary, 0.8, absolute: 1e-15)
  }

  @Test(arguments: [SIMD3(17, 11, 9), [60, 7, 1], [1, 1, 300], [2, 20, 13]])
  func transformEqualsSumOverPairs(_ size: SIMD3<Int>) throws {
    let grid = SIMD3(size.x + 3, size.y + 2, size.z + 1), spacing = SIMD3(0.9, 1.3, 4)
    let mask = RowSpans(size: grid) { n in
      let x = n % grid.x - 2
      let y = n / grid.x % grid.y - 1
      let z = n / (grid.x * grid.y) - 1
      guard (0..<size.x).contains(x), (0..<size.y).contains(y), (0..<size.z).contains(z) else { return false }
      return (n * 7 + n / 5) % 3 != 0
    }
    let box = try #require(mask.boundingBox)
    let z = (0..<mask.count).map { n in
      let number = (n * n * 31 + n * 7) % 101
      return Double(number) / 29 - 1.7
    }
    let direct = sumOverPairs(mask, z, spacing), fast = sumByTransform(mask, z, box, spacing)
    let scale = direct.square
    expectClose(fast.weight, direct.weight, relative: 1e-12)
    expectClose(fast.square, direct.square, relative: 1e-12)
    expectClose(fast.product, direct.product, absolute: 1e-12 * scale)
  }

  /// Both ways agree on either side of the size at which the sum changes hands.
  @Test func sizesAroundTheChange() throws {
    for count in [SpatialAutocorrelation.mostForPairs, SpatialAutocorrelation.mostForPairs + 1] {
      let mask = RowSpans(size: [16, 16, 4]) { $0 < count }
      let x = (0..<count).map { Double(($0 * 37) % 64) }
      let sums = try #require(SpatialAutocorrelation(mask: mask, intensities: x, spacing: [1, 1, 1]))
      let mean = x.reduce(0, +) / Double(count)
      let pairs = sumOverPairs(mask, x.map { $0 - mean }, [1, 1, 1])
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      expectClose(sums.moran, pairs.product / pairs.weight / variance, relative: 1e-10)
    }
  }

  @Test func undefined() {
    let one = RowSpans(size: [1, 1, 1], mask: [1]), two = RowSpans(size: [2, 1, 1], mask: [1, 1])
    #expect(SpatialAutocorrelation(mask: one, intensities: [3], spacing: [1, 1, 1]) == nil)
    #expect(SpatialAutocorrelation(mask: two, intensities: [0.1, 0.1], spacing: [1, 1, 1]) == nil)
  }
}
