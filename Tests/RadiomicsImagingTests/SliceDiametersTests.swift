import Foundation
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

struct SliceDiametersTests {
  /// Rows of text, one for each y; `#` is inside.
  private func mask(_ rows: String...) -> RowSpans {
    let text = rows.map { Array($0) }
    return RowSpans(size: [text[0].count, text.count, 1]) { text[$0 / text[0].count][$0 % text[0].count] == "#" }
  }

  private func expect(
    _ found: SliceDiameters?, _ long: Double, _ short: Double, _ location: SourceLocation = #_sourceLocation
  ) {
    expectClose(found?.long.length ?? -1, long, relative: 1e-12)
    expectClose(found?.short.length ?? -1, short, relative: 1e-12)
  }

  /// The diagonal of 4 × 3 is 5; across it 3 / (4/5). Between centres 3 × 2: √13, across it the line in 4 × 3 less a voxel's reach.
  @Test func rectangle() {
    let block = mask("####", "####", "####")
    expect(SliceDiameters(block, spacing: .one), 5, 3.75)
    // Across (3, 2) / √13 the longest line in 4 × 3 spans its height: 3 / (3/√13) = √13; a voxel reaches 5/√13 along it.
    expect(
      SliceDiameters(block, spacing: .one, ends: .centres), 13.0.squareRoot(), 13.0.squareRoot() - 5 / 13.0.squareRoot()
    )
  }

  @Test func oneVoxel() {
    let found = SliceDiameters(mask("#"), spacing: [3, 4, 9])
    // The diagonals of 3 × 4 mm are 5 mm; the longest line across one is 3 / (4/5).
    expect(found, 5, 3.75)
    expect(SliceDiameters(mask("#"), spacing: [3, 4, 9], ends: .centres), 0, 0)
  }

  /// A line leads from corner to corner of an L through what is outside; its perpendicular may not.
  @Test func perpendicularIsInside() {
    let found = SliceDiameters(mask("#...", "#...", "#...", "####"), spacing: .one)
    // The long diameter is the diagonal of 4 × 4. Across it, along (1, 1), a line from the inner corner (1, 3) to the outer (0, 4) is √2.
    expect(found, 32.0.squareRoot(), 2.0.squareRoot())
  }

  /// A ring of one voxel around a hole of 5 × 5: across its diagonal the longest line cuts a corner off, along the hole's corner.
  @Test func holesAreOutside() {
    let ring = RowSpans(size: [7, 7, 1]) { [0, 6].contains($0 % 7) || [0, 6].contains($0 / 7) }
    expect(SliceDiameters(ring, spacing: .one), 98.0.squareRoot(), 8.0.squareRoot())
  }

  /// The slice with the longest diameter counts, each in its own plane.
  @Test func slices() {
    let size = SIMD3(9, 5, 3)
    let mask = RowSpans(size: size) { index in
      let (x, y, z) = (index % 9, index / 9 % 5, index / 45)
      return z == 0 ? x < 2 && y < 2 : z == 1 ? x > 1 && y == 3 : x < 3 && y < 3
    }
    let found = SliceDiameters(mask, spacing: [1, 1, 30])!
    #expect(found.slice == 1)
    expectClose(found.long.length, 50.0.squareRoot(), relative: 1e-12)
    // In 7 × 1 across the diagonal: 1 / (7/√50).
    expectClose(found.short.length, 50.0.squareRoot() / 7, relative: 1e-12)
    #expect(found.long.from.y.rounded(.down) >= 2 && found.long.to.x <= 8.5)
  }

  /// Of random regions: no pair of corners is farther apart, both lines are perpendicular, and none of many lines across is longer.
  @Test(arguments: [UInt64(1), 2, 3, 4])
  func isTheLongest(_ seed: UInt64) throws {
    var state = seed
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    let size = SIMD3(11, 9, 1), spacing = SIMD3(0.8, 1.1, 3)
    let inside = (0..<99).map { _ in random() < 0.6 }
    let found = SliceDiameters(RowSpans(size: size) { inside[$0] }, spacing: spacing)!
    let scale = SIMD2(0.8, 1.1)
    var corners: [SIMD2<Double>] = []
    for index in 0..<99 where inside[index] {
      for corner in [SIMD2(-0.5, -0.5), [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]] {
        corners.append((SIMD2(Double(index % 11), Double(index / 11)) + corner) * scale)
      }
    }
    let largest = corners.flatMap { a in corners.map { b in (((a - b) * (a - b)).sum()).squareRoot() } }.max()!
    expectClose(found.long.length, largest, relative: 1e-12)
    let along = (found.long.to - found.long.from) * scale, across = (found.short.to - found.short.from) * scale
    #expect(abs((along * across).sum()) < 1e-9)
    expectClose((across * across).sum().squareRoot(), found.short.length, relative: 1e-9)
    // Lines across at many places, walked in small steps from voxel to voxel; none is longer, and one right beside the found one is as long.
    let unit = along / largest, turned = SIMD2(-unit.y, unit.x), step = 0.01
    func longestRun(at place: Double) -> Double {
      var run = 0.0, longest = 0.0
      for s in stride(from: -13.0, to: 13, by: step) {
        let point = (unit * place + turned * s) / scale, x = Int(point.x.rounded()), y = Int(point.y.rounded())
        let isInside = x >= 0 && y >= 0 && x < 11 && y < 9 && inside[x + 11 * y]
        run = isInside ? run + step : 0
        longest = max(longest, run)
      }
      return longest
    }
    let longest = stride(from: -2.0, to: 14, by: 0.1).map(longestRun).max()!
    let own = (found.short.from * scale * unit).sum()
    #expect(max(longestRun(at: own - 1e-6), longestRun(at: own + 1e-6)) >= found.short.length - 3 * step)
    #expect(found.short.length >= longest - 3 * step)
  }

  @Test func emptyRegion() { #expect(SliceDiameters(RowSpans(size: [2, 2, 1]) { _ in false }, spacing: .one) == nil) }
}
