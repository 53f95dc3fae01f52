import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics
import Testing

/// What must hold for the agreement of any masks.
struct AgreementLawsTests {
  private static func random(_ seed: UInt64, _ share: Double, size: SIMD3<Int> = [67, 11, 9]) -> RowSpans {
    var generator = SeededGenerator(seed: seed)
    return RowSpans(size: size) { _ in generator.uniform() < share }
  }

  private static func points(_ mask: RowSpans) -> [SIMD3<Double>] {
    mask.spans.flatMap { span in (span.x..<span.x + span.count).map { [Double($0), Double(span.y), Double(span.z)] } }
  }

  @Test(arguments: [(1, 0.5), (2, 0.02), (3, 0.95), (4, 0.001)] as [(UInt64, Double)])
  func distancesAreThoseOfAllPairs(_ seed: UInt64, _ share: Double) {
    let a = Self.random(seed, share), b = Self.random(seed + 100, share), spacing = SIMD3(0.7, 1.1, 2.5)
    for rule in BorderRule.allCases {
      let distances = SurfaceDistances(a, b, spacing: spacing, rule: rule)
      let borders = [a, b].map { Self.points($0.border(rule)) }
      for from in 0..<2 {
        let expected = borders[from].map { p in
          borders[1 - from].map { q in (((p - q) * spacing) * ((p - q) * spacing)).sum() }.min().map { $0.squareRoot() }
            ?? .infinity
        }.sorted()
        #expect(zip(expected, distances.directed[from]).allSatisfy { abs($0 - $1) <= 1e-12 || $0 == $1 })
        #expect(expected.count == distances.directed[from].count)
      }
    }
  }

  @Test func borderIsWhereANeighbourIsOutside() {
    let mask = Self.random(7, 0.9), inside = mask.mask, size = mask.size
    for (rule, reach) in [(BorderRule.faces, 1), (.corners, 3)] {
      let expected = RowSpans(size: size) { index in
        guard inside[index] != 0 else { return false }
        let p = SIMD3(index % size.x, index / size.x % size.y, index / size.x / size.y)
        for z in -1...1 {
          for y in -1...1 {
            for x in -1...1 where abs(x) + abs(y) + abs(z) <= reach {
              let q = p &+ SIMD3(x, y, z)
              guard (0..<3).allSatisfy({ q[$0] >= 0 && q[$0] < size[$0] }) else { return true }
              if inside[q.x + size.x * (q.y + size.y * q.z)] == 0 { return true }
            }
          }
        }
        return false
      }
      #expect(mask.border(rule) == expected)
    }
  }

  @Test func searchAndTransformAgree() {
    for share in [0.001, 0.05, 0.6] {
      let a = Self.random(11, share), b = Self.random(12, share)
      let grid = PointGrid(size: a.size, spacing: [0.7, 1.1, 2.5]), box = Box(lower: .zero, size: a.size)
      let from = [PointSet(voxels: a, of: box)], to = PointSet(voxels: b, of: box)
      let searched = grid.distances(from: from, to: to, searchLimit: 1000)[0]
      let transformed = grid.distances(from: from, to: to, searchLimit: 0)[0]
      #expect(zip(searched, transformed).allSatisfy { abs($0 - $1) <= 1e-12 })
    }
  }

  @Test func symmetricZeroOnItselfScalesWithSpacing() {
    let a = Self.random(21, 0.3), b = Self.random(22, 0.4), spacing = SIMD3(0.7, 1.1, 2.5)
    #expect(Overlap(a, b).dice == Overlap(b, a).dice)
    #expect(Overlap(a, a).dice == .value(1))
    let there = SurfaceDistances(a, b, spacing: spacing), back = SurfaceDistances(b, a, spacing: spacing)
    #expect(there.pooled == back.pooled)
    #expect(there.directedMeans == back.directedMeans.reversed())
    #expect(SurfaceDistances(a, a, spacing: spacing).hausdorff == .value(0))
    #expect(BoundaryElements(a, a, spacing: spacing).surfaceDice(tolerance: 0) == .value(1))
    let twice = SurfaceDistances(a, b, spacing: spacing * 2)
    #expect(zip(there.pooled, twice.pooled).allSatisfy { abs(2 * $0 - $1) < 1e-12 })
    let elements = BoundaryElements(a, b, spacing: spacing), larger = BoundaryElements(a, b, spacing: spacing * 2)
    #expect(zip(elements.areas, larger.areas).allSatisfy { abs(4 * $0 - $1) < 1e-9 * $1 })
    let parallel = SurfaceDistances(a, b, spacing: spacing, lanes: Lanes(jobs: 4))
    #expect(parallel.pooled == there.pooled)
  }

  @Test func emptyMasksHaveValuesOrReasons() {
    let empty = RowSpans(size: [5, 5, 5], spans: []), one = RowSpans(size: [5, 5, 5]) { $0 == 62 }
    let distances = SurfaceDistances(one, empty, spacing: .one)
    #expect(distances.hausdorff == .value(.infinity) && distances.pooled95 == .value(.infinity))
    #expect(distances.directedMeans == [.value(.infinity), .undefined("mask B is empty")])
    #expect(SurfaceDistances(empty, empty, spacing: .one).hausdorff.reason == "both masks are empty")
    #expect(Overlap(empty, empty).dice.reason == "both masks are empty")
    #expect(BoundaryElements(empty, empty, spacing: .one).surfaceDice(tolerance: 1).reason == "both masks are empty")
    #expect(SimultaneousTruth(Votes([empty, empty, empty])) == nil)
    #expect(Votes([empty, empty]).conformityIndex.reason == "all masks are empty")
  }

  /// Three readers of one row: 3, 4 and 2 voxels; worked by hand.
  @Test func votesByHand() {
    let masks = [0..<3, 1..<5, 1..<3].map { range in RowSpans(size: [6, 1, 1]) { range.contains($0) } }
    let votes = Votes(masks)
    #expect(votes.histogram == [1, 3, 0, 2])
    #expect(votes.majority == RowSpans(size: [6, 1, 1]) { (1..<3).contains($0) })
    // Pairs: 2 of 5, 2 of 3, 2 of 4.
    #expect(votes.conformityIndex == .value(6.0 / 12))
  }

  /// A square of 4 x 4 pixels on two slices against the same moved by one: of its 12 border pixels 6 lie on the other's.
  @Test func addedPathByHand() {
    func square(_ x: Int) -> RowSpans {
      RowSpans(size: [8, 6, 2]) { (x..<x + 4).contains($0 % 8) && (1..<5).contains($0 / 8 % 6) }
    }
    let path = AddedPathLength(square(1), square(2), spacing: [2, 2, 3])
    #expect(path.contour == 24 && path.pixels == 12 && path.length == 24)
    #expect(AddedPathLength(square(1), square(2), spacing: [2, 2, 3], tolerance: 2).pixels == 0)
  }
}
