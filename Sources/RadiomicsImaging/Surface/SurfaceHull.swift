extension ConvexHull {
  /// The hull of the vertices of a mask's surface, in doubled voxel indices; nil if the mask is empty. The vertices lie
  /// half a voxel from voxel centres along the axes, so this is the hull of the centres, each grown to an octahedron;
  /// of those, the corners of each slice's own hull suffice.
  package init?(ofSurfaceOf mask: RowSpans) {
    var points: [SIMD3<Int>] = []
    var start = 0
    while start < mask.spans.count {
      let z = mask.spans[start].z
      let end = mask.spans[start...].firstIndex { $0.z != z } ?? mask.spans.count
      for corner in sliceCorners(mask.spans[start..<end]) {
        let centre = SIMD3(corner.x, corner.y, z) &* 2
        for axis in 0..<3 {
          var step = SIMD3<Int>.zero
          step[axis] = 1
          points.append(centre &- step)
          points.append(centre &+ step)
        }
      }
      start = end
    }
    self.init(of: points)
  }
}

/// Corners of the convex hull of a slice's voxel centres, from its runs in the order of rows.
private func sliceCorners(_ spans: ArraySlice<RowSpans.Span>) -> [SIMD2<Int>] {
  var left: [SIMD2<Int>] = [], right: [SIMD2<Int>] = []
  for span in spans {
    let first = SIMD2(span.x, span.y), last = SIMD2(span.x + span.count - 1, span.y)
    if left.last?.y != span.y { extend(&left, by: first, turning: -1) }
    if right.last?.y == span.y { right.removeLast() }
    extend(&right, by: last, turning: 1)
  }
  return left + right
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
