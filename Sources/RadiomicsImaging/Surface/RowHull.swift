/// Corners of the convex hull of the first and last places of the rows of a plane.
package struct RowHull: Sendable {
  /// Of the left side, then of the right; places that are on both are there twice.
  package let corners: [SIMD2<Int>]

  /// - `rows`: The first and the last place of each row, from row 0 on; nil of empty ones.
  package init(_ rows: [(first: Int, last: Int)?]) {
    var left: [SIMD2<Int>] = [], right = left
    /// Adds to a chain that turns to one side (Andrew, doi:10.1016/0020-0190(79)90072-3).
    func add(_ point: SIMD2<Int>, to chain: inout [SIMD2<Int>], side: Int) {
      while chain.count > 1 {
        let a = chain[chain.count - 1] &- chain[chain.count - 2], b = point &- chain[chain.count - 1]
        if side * (a.x * b.y - a.y * b.x) > 0 { break }
        chain.removeLast()
      }
      chain.append(point)
    }
    for (line, row) in rows.enumerated() {
      guard let row else { continue }
      add([row.first, line], to: &left, side: -1)
      add([row.last, line], to: &right, side: 1)
    }
    corners = left + right
  }

  /// The largest squared distance of two corners, where places are so far apart.
  package func squaredDiameter(_ scale: SIMD2<Double>) -> Double {
    var largest = 0.0
    for (index, a) in corners.enumerated() {
      for b in corners[..<index] {
        let step = SIMD2<Double>(a &- b) * scale
        largest = max(largest, (step * step).sum())
      }
    }
    return largest
  }
}
