import RadiomicsImaging

/// The voxels within a distance of a voxel, as steps in a buffer of grey levels that is padded so that none leaves it.
package struct Neighbourhood: Sendable {
  /// Levels, x fastest; 0 outside the region.
  package let buffer: [UInt16]
  /// Steps to the neighbours in the volume and, of these, in the slice.
  package let steps, planarSteps: [Int]
  private let size: SIMD3<Int>
  private let padding: SIMD3<Int>

  /// The offsets m ≠ 0 with ‖m‖ ≤ `distance` that can lead from one voxel of the region to another.
  package init(_ levels: GreyLevels, distance: Int, norm: GridNorm) {
    precondition(distance >= 1, "a distance of at least 1")
    let farthest = levels.size &- 3  // the buffer has a voxel of padding on each side
    let reach = SIMD3(min(distance, farthest.x), min(distance, farthest.y), min(distance, farthest.z))
    let radius = min(distance, farthest.x + farthest.y + farthest.z)  // no voxel is farther away, whatever the norm
    padding = SIMD3(max(reach.x, 1), max(reach.y, 1), max(reach.z, 1)) &- 1
    size = levels.size &+ padding &+ padding
    buffer = Self.padded(levels, size: size, padding: padding)
    var steps: [Int] = [], planarSteps: [Int] = []
    for z in -reach.z...reach.z {
      for y in -reach.y...reach.y {
        for x in -reach.x...reach.x {
          let length = norm.squaredLength([x, y, z])
          guard length > 0, length <= radius * radius else { continue }
          let step = x + size.x * (y + size.y * z)
          steps.append(step)
          if z == 0 { planarSteps.append(step) }
        }
      }
    }
    self.steps = steps
    self.planarSteps = planarSteps
  }

  /// Index in `buffer` of the first voxel of a run of the grey levels.
  @inline(__always)
  package func offset(of span: RowSpans.Span) -> Int {
    span.x + padding.x + size.x * (span.y + padding.y + size.y * (span.z + padding.z))
  }

  private static func padded(_ levels: GreyLevels, size: SIMD3<Int>, padding: SIMD3<Int>) -> [UInt16] {
    guard size != levels.size else { return levels.buffer }
    var buffer = [UInt16](repeating: 0, count: size.x * size.y * size.z)
    for span in levels.spans.spans {
      let source = levels.spans.offset(of: span)
      let target = span.x + padding.x + size.x * (span.y + padding.y + size.y * (span.z + padding.z))
      for index in 0..<span.count { buffer[target + index] = levels.buffer[source + index] }
    }
    return buffer
  }
}

extension ArraySlice<RowSpans.Span> {
  /// Voxels of the longest run.
  var longest: Int { reduce(0) { Swift.max($0, $1.count) } }
}
