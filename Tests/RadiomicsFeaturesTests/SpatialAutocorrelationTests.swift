import RadiomicsCore
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

  /// About two thirds of the voxels of a box, and intensities for them.
  private func scattered(_ size: SIMD3<Int>) throws -> (mask: RowSpans, box: Box, intensities: [Double]) {
    let grid = SIMD3(size.x + 3, size.y + 2, size.z + 1)
    let mask = RowSpans(size: grid) { n in
      let x = n % grid.x - 2
      let y = n / grid.x % grid.y - 1
      let z = n / (grid.x * grid.y) - 1
      guard (0..<size.x).contains(x), (0..<size.y).contains(y), (0..<size.z).contains(z) else { return false }
      return (n * 7 + n / 5) % 3 != 0
    }
    let intensities = (0..<mask.count).map { n in
      let number = (n * n * 31 + n * 7) % 101
      return Double(number) / 29 - 1.7
    }
    return (mask, try #require(mask.boundingBox), intensities)
  }

  /// Within any memory that suffices.
  @Test(arguments: [
    SIMD3(17, 11, 9), [60, 7, 1], [1, 1, 300], [2, 20, 13], [90, 9, 4], [125, 3, 2], [1, 40, 1], [24, 24, 24],
  ])
  func transformEqualsSumOverPairs(_ size: SIMD3<Int>) throws {
    let (mask, box, intensities) = try scattered(size), spacing = SIMD3(0.9, 1.3, 4)
    let z = try #require(StandardScores(intensities))
    let direct = sumOverPairs(mask, z, spacing, Lanes(jobs: 1))
    let least = AutocorrelationPlan.leastBytes(box: box.size)
    #expect(AutocorrelationPlan(box: box.size, memory: least - 1) == nil)
    var parts: Set<Int> = []
    for memory in [nil, least, least * 3 / 2, 2 * least, 3 * least, 5 * least] {
      let plan = try #require(AutocorrelationPlan(box: box.size, memory: memory))
      #expect(plan.bytes <= memory ?? .max)
      parts.insert(plan.parts)
      let fast = sumByTransform(mask, z, box, spacing, plan, Lanes(jobs: 1))
      expectClose(fast.weight, direct.weight, relative: 1e-12)
      expectClose(fast.square, direct.square, relative: 1e-12)
      expectClose(fast.product, direct.product, absolute: 1e-12 * direct.square)
    }
    #expect(size.x < 24 || parts.count > 1, "no plan of more parts was tried")
  }

  /// Bit by bit.
  @Test func sameForAnyNumberOfLanes() throws {
    let (mask, box, intensities) = try scattered([70, 31, 22]), spacing = SIMD3(0.9, 1.3, 4)
    let z = try #require(StandardScores(intensities))
    for memory in [nil, AutocorrelationPlan.leastBytes(box: box.size)] {
      let plan = try #require(AutocorrelationPlan(box: box.size, memory: memory))
      let one = sumByTransform(mask, z, box, spacing, plan, Lanes(jobs: 1))
      for jobs in [2, 3, 8] { #expect(sumByTransform(mask, z, box, spacing, plan, Lanes(jobs: jobs)) == one) }
    }
    let few = try scattered([12, 9, 8]), scores = try #require(StandardScores(few.intensities))
    let one = sumOverPairs(few.mask, scores, spacing, Lanes(jobs: 1))
    for jobs in [2, 3, 8] { #expect(sumOverPairs(few.mask, scores, spacing, Lanes(jobs: jobs)) == one) }
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
    let mask = lesions([40, 30, 20]), spacing = SIMD3(0.9, 1.3, 4), box = try #require(mask.boundingBox)
    let x = (0..<mask.count).map { Double(($0 * 37) % 64) }
    let sums = try SpatialAutocorrelation(mask: mask, intensities: x, spacing: spacing)
    let plan = try #require(AutocorrelationPlan(box: box.size, memory: nil)), z = try #require(StandardScores(x))
    let fast = sumByTransform(mask, z, box, spacing, plan, Lanes(jobs: 1))
    expectClose(sums.moran, fast.product / fast.weight, relative: 1e-11)
    expectClose(sums.geary, 53.0 / 54 * (fast.square - fast.product) / fast.weight, relative: 1e-11)
  }

  /// A transform over this box would take hours. Far apart, each lesion sees only itself: I tends to Σ w zᵢ zⱼ / Σ w
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
    func isTransform(_ voxels: Int, _ size: SIMD3<Int>, _ memory: Int? = nil) throws -> Bool {
      if case .transform = try AutocorrelationSummation(voxels: voxels, box: size, memory: memory) {
        true
      } else {
        false
      }
    }
    // 30 voxels in a box of 30 cost the same either way.
    #expect(try !isTransform(30, [6, 5, 1]))
    #expect(try isTransform(200, [10, 10, 10]))
    #expect(try !isTransform(15_000, [200, 200, 200]))
    #expect(try isTransform(17_000, [200, 200, 200]))
    #expect(try isTransform(1_000_000, [512, 512, 512]))
    #expect(try isTransform(400_000, [600, 600, 600]))
    // Too little memory for the transforms: pair by pair while that takes minutes.
    #expect(try !isTransform(300_000, [600, 600, 600], 100_000_000))
    #expect(try isTransform(300_000, [600, 600, 600], 400_000_000))
  }

  /// 400 000² pairs are too many, and the planes of a block take 0.3 GB each for fields along x and along y.
  @Test func undefinedWithTooLittleMemory() throws {
    let size = SIMD3(600, 600, 600), least = AutocorrelationPlan.leastBytes(box: size)
    #expect((300_000_000..<400_000_000).contains(least))
    let error = #expect(throws: UndefinedError.self) {
      try AutocorrelationSummation(voxels: 400_000, box: size, memory: 250_000_000)
    }
    #expect(
      error?.reason.text
        == """
        autocorrelation of 400000 voxels in a box of 600 x 600 x 600 needs about 0.323 GB, the memory limit is 0.25 GB
        """)
    let mask = lesions([9, 9, 9]), x = (0..<54).map { Double($0 % 7) }
    let tiny = #expect(throws: UndefinedError.self) {
      try SpatialAutocorrelation(mask: mask, intensities: x, spacing: [1, 1, 1], Resources(memory: 2000))
    }
    #expect(tiny?.reason.text.hasSuffix("needs about 2.16 kB, the memory limit is 2 kB") == true)
    #expect(throws: Never.self) {
      try SpatialAutocorrelation(mask: mask, intensities: x, spacing: [1, 1, 1], Resources(memory: 2160))
    }
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
