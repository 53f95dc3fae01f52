import RadiomicsImaging

/// How far away a voxel's neighbours are.
package struct NeighbourReach: Hashable, Sendable {
  /// Radius, voxels, and how it is measured.
  let distance: Int, norm: GridNorm
  /// Chebyshev distances instead.
  let shells: [Int]?

  package init(distance: Int, norm: GridNorm = .chebyshev, shells: [Int]? = nil) {
    self.distance = shells?.max() ?? distance
    self.norm = shells == nil ? norm : .chebyshev
    self.shells = shells
  }

  /// Whether a step leads to a neighbour.
  func contains(_ step: SIMD3<Int>) -> Bool {
    let square = norm.squaredLength(step)
    guard let shells else { return square <= distance * distance }
    return shells.contains { $0 * $0 == square }
  }
}

/// The voxels within a distance of a voxel, as steps in a box of grey levels that is padded so that none leaves it.
package struct Neighbourhood: Sendable {
  /// Levels, x fastest; 0 outside the region; more zeros follow as in `GreyLevels.Ranks`.
  package let levels: GreyLevels.Ranks
  /// Steps forward in memory; the neighbours are those at ± these.
  package let steps: [Int]
  private let size: SIMD3<Int>
  private let padding: SIMD3<Int>

  /// Number of neighbours.
  package var count: Int { 2 * steps.count }

  /// The offsets m ≠ 0 with ‖m‖ ≤ `distance` that can lead from one voxel of the region to another; in the slice only,
  /// if `grey` is one.
  package init(_ grey: GreyLevels, _ setting: NeighbourReach) {
    let distance = setting.distance
    precondition(distance >= 1, "a distance of at least 1")
    var farthest = grey.size &- 3  // the box has a voxel of padding on each side
    if grey.isSlice { farthest.z = 0 }
    let reach = SIMD3(min(distance, farthest.x), min(distance, farthest.y), min(distance, farthest.z))
    var padding = SIMD3(max(reach.x, 1), max(reach.y, 1), max(reach.z, 1)) &- 1
    if grey.isSlice { padding.z = 0 }
    size = grey.size &+ padding &+ padding
    self.padding = padding
    levels = Self.padded(grey, size: size, padding: padding)
    var steps: [Int] = []
    for z in 0...reach.z {
      for y in -reach.y...reach.y {
        for x in -reach.x...reach.x {
          let step = x + size.x * (y + size.y * z)
          if step > 0, setting.contains([x, y, z]) { steps.append(step) }
        }
      }
    }
    self.steps = steps
  }

  /// Index in `levels` of the first voxel of a run of the grey levels.
  @inline(__always)
  package func offset(of span: RowSpans.Span) -> Int {
    span.x + padding.x + size.x * (span.y + padding.y + size.y * (span.z + padding.z))
  }

  private static func padded(_ grey: GreyLevels, size: SIMD3<Int>, padding: SIMD3<Int>) -> GreyLevels.Ranks {
    if size == grey.size, grey.levels.last == grey.levels.count { return grey.ranks }  // ranks are levels
    if grey.levels.last! <= Int(UInt8.max) { return .bytes(levels(grey, size, padding)) }
    return .words(levels(grey, size, padding))
  }

  private static func levels<Level: FixedWidthInteger>(
    _ grey: GreyLevels, _ size: SIMD3<Int>, _ padding: SIMD3<Int>
  ) -> [Level] {
    let levelOfRank = [0] + grey.levels.map { Level(truncatingIfNeeded: $0) }
    var levels = [Level](repeating: 0, count: size.x * size.y * size.z + GreyLevels.Ranks.slack)
    for span in grey.spans.spans {
      let source = grey.spans.offset(of: span)
      let target = span.x + padding.x + size.x * (span.y + padding.y + size.y * (span.z + padding.z))
      switch grey.ranks {
      case .bytes(let ranks): for x in 0..<span.count { levels[target + x] = levelOfRank[Int(ranks[source + x])] }
      case .words(let ranks): for x in 0..<span.count { levels[target + x] = levelOfRank[Int(ranks[source + x])] }
      }
    }
    return levels
  }
}
