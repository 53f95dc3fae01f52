import RadiomicsImaging

/// How a grid that is a part of another's voxels, perhaps with axes permuted or flipped, lies in it.
struct Placement {
  private let part: Geometry, whole: Geometry
  private let axes: SIMD3<Int>
  private let flips: [Bool]
  private let lower: SIMD3<Int>

  /// Nil if the voxels are others. Corners must agree within half a hundredth of a voxel, as grids of masks must.
  init?(_ part: Geometry, in whole: Geometry) {
    var axes = SIMD3(-1, -1, -1), flips = [false, false, false]
    for a in 0..<3 {
      for b in 0..<3 where abs(whole.direction[a].dot(part.direction[b])) > 0.9 {
        axes[a] = b
        flips[a] = whole.direction[a].dot(part.direction[b]) < 0
      }
    }
    guard Set([axes.x, axes.y, axes.z]) == [0, 1, 2] else { return nil }
    let ordered = part.reordered(axes: axes, flips: flips)
    let first = whole.index(of: ordered.origin)
    let lower = SIMD3<Int>(first.rounded(.toNearestOrAwayFromZero))
    let last = whole.index(of: ordered.position(of: SIMD3<Double>(ordered.size &- 1)))
    let expected = SIMD3<Double>(lower &+ ordered.size &- 1)
    for a in 0..<3 {
      guard abs(first[a] - Double(lower[a])) <= GridMatch.tolerance, abs(last[a] - expected[a]) <= GridMatch.tolerance
      else { return nil }
    }
    self.part = part
    self.whole = whole
    self.axes = axes
    self.flips = flips
    self.lower = lower
  }

  /// Voxels of the part, on the whole; nil if none lies inside.
  func voxels(_ voxels: RowSpans) -> RowSpans? {
    var moved = voxels
    if axes != [0, 1, 2] || flips.contains(true) {
      let volume = Volume(geometry: part, voxels: voxels.mask).reordered(axes: axes, flips: flips)
      moved = RowSpans(size: volume.geometry.size, mask: volume.voxels)
    }
    guard let inside = Box(lower: lower, size: moved.size).clipped(to: whole.box) else { return nil }
    let cropped = moved.cropped(to: Box(lower: inside.lower &- lower, size: inside.size))
    return cropped.isEmpty ? nil : cropped.placed(at: inside.lower, in: whole.size)
  }
}
