extension ConvexHull {
  /// The hull of the vertices of a mask's surface, in doubled voxel indices; nil if the mask is empty. The vertices lie
  /// half a voxel from voxel centres along the axes, so this is the hull of the centres, each grown to an octahedron;
  /// of those, the corners of each slice's own hull suffice. Cost O(rows) and that of the hull of the corners left.
  package init?(ofSurfaceOf mask: RowSpans) {
    guard let rows = RowExtents(mask) else { return nil }
    var points: [SIMD3<Int>] = []
    for z in 0..<rows.box.size.z {
      for corner in rows.corners(ofSlice: z) {
        let centre = SIMD3(corner.x, corner.y, z)
        if rows.isBetweenNeighbours(centre) { continue }
        for axis in 0..<3 {
          for side in [-1, 1] {
            var step = SIMD3<Int>.zero
            step[axis] = side
            // With a neighbour there, the vertex lies between two centres.
            if !rows.spans(centre &+ step) { points.append((centre &+ rows.box.lower) &* 2 &+ step) }
          }
        }
      }
    }
    self.init(of: points)
  }
}

/// First and last voxel of each row of a mask's box, counted from its corner. What lies between is in the hull.
private struct RowExtents {
  let box: Box
  private let first, last: [Int32]

  init?(_ mask: RowSpans) {
    guard let box = mask.boundingBox else { return nil }
    var first = [Int32](repeating: .max, count: box.size.y * box.size.z)
    var last = [Int32](repeating: -1, count: first.count)
    for span in mask.spans {
      let row = span.y - box.lower.y + box.size.y * (span.z - box.lower.z)
      first[row] = min(first[row], Int32(span.x - box.lower.x))
      last[row] = max(last[row], Int32(span.x - box.lower.x + span.count - 1))
    }
    (self.box, self.first, self.last) = (box, first, last)
  }

  /// Whether a voxel lies between the first and the last of its row.
  func spans(_ voxel: SIMD3<Int>) -> Bool {
    guard voxel.y >= 0, voxel.y < box.size.y, voxel.z >= 0, voxel.z < box.size.z else { return false }
    let row = voxel.y + box.size.y * voxel.z
    return voxel.x >= Int(first[row]) && voxel.x <= Int(last[row])
  }

  /// Whether two opposite of its neighbours in the slices above and below are spanned, so that it is no corner.
  func isBetweenNeighbours(_ voxel: SIMD3<Int>) -> Bool {
    for y in -1...1 {
      for x in -1...1 {
        let step = SIMD3(x, y, 1)
        if spans(voxel &+ step), spans(voxel &- step) { return true }
      }
    }
    return false
  }

  /// Corners of the convex hull of a slice's voxel centres.
  func corners(ofSlice z: Int) -> [SIMD2<Int>] {
    var left: [SIMD2<Int>] = [], right: [SIMD2<Int>] = []
    for y in 0..<box.size.y {
      let row = y + box.size.y * z
      guard last[row] >= 0 else { continue }
      extend(&left, by: [Int(first[row]), y], turning: -1)
      extend(&right, by: [Int(last[row]), y], turning: 1)
    }
    return left + right
  }
}

/// Appends a point to a chain and removes those that it makes superfluous.
private func extend(_ chain: inout [SIMD2<Int>], by point: SIMD2<Int>, turning: Int) {
  while chain.count > 1 {
    let a = chain[chain.count - 2], b = chain[chain.count - 1]
    let turn = (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)
    if turn * turning > 0 { break }
    chain.removeLast()
  }
  chain.append(point)
}
