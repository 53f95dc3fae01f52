import RadiomicsFeatures
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct SpatialAutocorrelationTests {
  /// Two voxels: z = ±1, so I = −1 and C = ½ · 2² / (2 · 2) · 2 = 1, whatever their distance.
  @Test func twoVoxels() throws {
    let mask = RowSpans(size: [4, 1, 1], mask: [1, 0, 0, 1])
    let sums = try SpatialAutocorrelation(mask: mask, intensities: [10, 40], spacing: [2, 1, 1])
    expectClose(sums.moran, -1, absolute: 1e-15)
    expectClose(sums.geary, 1, absolute: 1e-15)
    expectClose(sums.weight, 2.0 / 6, absolute: 1e-15)
  }

  /// Three voxels in a row with intensities 1, 2, 3 and distances 1, 1, 2: Σw = 5,
  /// Σw (xᵢ − μ)(xⱼ − μ) = −1, Σ(x − μ)² = 2, Σw (xᵢ − xⱼ)² = 8, so I = −3/10 and C = 2 · 8 / (2 · 5 · 2) = 4/5.
  @Test func threeVoxels() throws {
    let mask = RowSpans(size: [3, 1, 1], mask: [1, 1, 1])
    let sums = try SpatialAutocorrelation(mask: mask, intensities: [1, 2, 3], spacing: [1, 1, 1])
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

  /// Two lesions of 3 × 3 × 3 voxels at opposite corners of a box: few pairs, many voxels of the box.
  private func lesions(_ size: SIMD3<Int>) -> RowSpans {
    var spans: [RowSpans.Span] = []
    for corner in [SIMD3<Int>.zero, size &- 3] {
      for row in 0..<9 {
        spans.append(RowSpans.Span(x: corner.x, y: corner.y + row % 3, z: corner.z + row / 3, count: 3))
      }
    }
    return RowSpans(size: size, spans: spans)
  }

  @Test func sparseRegionsEqualTheTransform() throws {
    let mask = lesions([40, 30, 20]), spacing = SIMD3(0.9, 1.3, 4)
    let x = (0..<mask.count).map { Double(($0 * 37) % 64) }
    let mean = x.reduce(0, +) / 54
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 54
    let z = x.map { ($0 - mean) / variance.squareRoot() }
    let sums = try SpatialAutocorrelation(mask: mask, intensities: x, spacing: spacing)
    let fast = sumByTransform(mask, z, try #require(mask.boundingBox), spacing)
    expectClose(sums.moran, fast.product / fast.weight, relative: 1e-11)
    expectClose(sums.geary, 53.0 / 54 * (fast.square - fast.product) / fast.weight, relative: 1e-11)
  }

  /// A transform over this box would hold 4 TB. Far apart, each lesion sees only itself: I tends to Σ w zᵢ zⱼ / Σ w
  /// within the lesions.
  @Test(.timeLimit(.minutes(1))) func lesionsFarApart() throws {
    let far = lesions([5000, 5000, 4000]), x = (0..<54).map { (n: Int) -> Double in Double((n % 27 * 37) % 11) }
    let sums = try SpatialAutocorrelation(mask: far, intensities: x, spacing: [1, 1, 1])
    let one = RowSpans(size: [3, 3, 3]) { _ in true }
    let alone = try SpatialAutocorrelation(mask: one, intensities: Array(x[..<27]), spacing: [1, 1, 1])
    // Across, Σ w z z is 0 but for differences of w, and Σ w is 2 · 27² / 8118 beside 2 · Σ w of one lesion.
    let gap = SIMD3(4997.0, 4997, 3997), across = 2 * 729 / gap.length
    expectClose(sums.weight, 2 * alone.weight + across, relative: 1e-6)
    expectClose(sums.moran, 2 * alone.product / (2 * alone.weight + across), relative: 1e-6)
  }

  @Test func theCheaperWay() throws {
    // 500 voxels in a box of 500 cost the same either way.
    #expect(try AutocorrelationSummation(voxels: 500, box: [10, 10, 5]) == .pairs)
    #expect(try AutocorrelationSummation(voxels: 1000, box: [10, 10, 10]) == .transform)
    #expect(try AutocorrelationSummation(voxels: 60_000, box: [200, 200, 200]) == .pairs)
    #expect(try AutocorrelationSummation(voxels: 70_000, box: [200, 200, 200]) == .transform)
    #expect(try AutocorrelationSummation(voxels: 1_000_000, box: [512, 512, 512]) == .transform)
    #expect(try AutocorrelationSummation(voxels: 300_000, box: [600, 600, 600]) == .pairs)
    let error = #expect(throws: UndefinedError.self) {
      try AutocorrelationSummation(voxels: 400_000, box: [600, 600, 600])
    }
    #expect(error?.reason.text.contains("400000 voxels in a box of 600 x 600 x 600") == true)
  }

  @Test func undefined() {
    let one = RowSpans(size: [1, 1, 1], mask: [1]), two = RowSpans(size: [2, 1, 1], mask: [1, 1])
    #expect(throws: UndefinedError.self) {
      try SpatialAutocorrelation(mask: one, intensities: [3], spacing: [1, 1, 1])
    }
    #expect(throws: UndefinedError.self) {
      try SpatialAutocorrelation(mask: two, intensities: [0.1, 0.1], spacing: [1, 1, 1])
    }
  }
}
