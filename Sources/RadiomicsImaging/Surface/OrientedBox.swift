/// A box in any orientation.
package struct OrientedBox: Sendable {
  /// Unit vectors along its edges.
  package let axes: [SIMD3<Double>]
  /// Its edge lengths in the order of `axes`, mm.
  package let lengths: SIMD3<Double>

  /// Its volume, mm³.
  package var volume: Double { lengths.x * lengths.y * lengths.z }
  /// Its surface area, mm².
  package var area: Double { 2 * (lengths.x * lengths.y + lengths.y * lengths.z + lengths.z * lengths.x) }

  /// The smallest box found around a polyhedron; of equally small ones (1e-9), that with the least area.
  ///
  /// For every direction of a face normal or an edge, rotating callipers (Shamos 1978; Toussaint 1983) give the
  /// smallest box with that axis. The 64 smallest of these are then turned about each of their axes in turn, again by
  /// callipers, while that makes them smaller. A minimum box has two adjacent faces that each hold an edge (O'Rourke,
  /// doi:10.1007/BF00991005); the turns reach boxes whose every face holds only an edge, as around a tetrahedron. The
  /// search is not exhaustive over pairs of edges, so the volume is an upper bound. Cost O(k²) for k corners.
  package init(around polyhedron: Polyhedron) {
    let shape = Silhouettes(polyhedron)
    var boxes = shape.directions.map { shape.smallestBox(along: $0) }
    boxes.sort { $0.volume < $1.volume }
    boxes = boxes.prefix(64).map { shape.turned($0) }
    let least = boxes.map(\.volume).min()!
    self = boxes.filter { $0.volume <= least * (1 + 1e-9) }.min { $0.area < $1.area }!
  }

  package init(axes: [SIMD3<Double>], lengths: SIMD3<Double>) {
    self.axes = axes
    self.lengths = lengths
  }
}

/// A polyhedron's outlines in any direction.
private struct Silhouettes {
  let corners: [SIMD3<Double>]
  let normals: [SIMD3<Double>]
  /// Corners of an edge and the faces on both sides.
  let edges: [(from: Int, to: Int, left: Int, right: Int)]
  /// Unit vectors along all face normals and edges, each up to sign once.
  let directions: [SIMD3<Double>]

  init(_ polyhedron: Polyhedron) {
    let centre = polyhedron.corners.reduce(.zero, +) / Double(polyhedron.corners.count)
    let corners = polyhedron.corners.map { $0 - centre }
    let normals = polyhedron.faces.map { face in
      let vector = polyhedron.areaVector(face)
      return vector / vector.length
    }
    var sides = polyhedron.faces.enumerated().flatMap { face, corner in
      (0..<3).map { (from: corner[$0], to: corner[($0 + 1) % 3], face: face) }
    }
    sides.sort { (min($0.from, $0.to), max($0.from, $0.to)) < (min($1.from, $1.to), max($1.from, $1.to)) }
    let edges = stride(from: 0, to: sides.count, by: 2).map {
      (from: sides[$0].from, to: sides[$0].to, left: sides[$0].face, right: sides[$0 + 1].face)
    }
    let alongEdges = edges.filter { normals[$0.left].cross(normals[$0.right]).length > 1e-9 }.map { edge in
      let vector = corners[edge.to] - corners[edge.from]
      return vector / vector.length
    }
    self.corners = corners
    self.normals = normals
    self.edges = edges
    directions = distinct(normals + alongEdges)
  }

  /// The smallest box that has `axis` as one of its axes.
  func smallestBox(along axis: SIMD3<Double>) -> OrientedBox {
    let away: SIMD3<Double> =
      abs(axis.x) <= min(abs(axis.y), abs(axis.z)) ? [1, 0, 0] : abs(axis.y) <= abs(axis.z) ? [0, 1, 0] : [0, 0, 1]
    var u = axis.cross(away)
    u /= u.length
    let v = axis.cross(u)
    let isFront = normals.map { $0.dot(axis) > 0 }
    var outline: [SIMD2<Double>] = []
    for edge in edges where isFront[edge.left] != isFront[edge.right] {
      for corner in [edge.from, edge.to] { outline.append([corners[corner].dot(u), corners[corner].dot(v)]) }
    }
    let direction = smallestRectangle(around: outline)
    let first = direction.x * u + direction.y * v
    let axes = [first, axis.cross(first), axis]
    var low = SIMD3(repeating: Double.infinity), high = SIMD3(repeating: -Double.infinity)
    for corner in corners {
      let place = SIMD3(corner.dot(axes[0]), corner.dot(axes[1]), corner.dot(axes[2]))
      low = pointwiseMin(low, place)
      high = pointwiseMax(high, place)
    }
    return OrientedBox(axes: axes, lengths: high - low)
  }

  /// The box turned about its axes until no turn makes it smaller.
  func turned(_ box: OrientedBox) -> OrientedBox {
    var box = box, tried = 0
    while tried < 3 {
      let next = smallestBox(along: box.axes[tried])
      if next.volume < box.volume * (1 - 1e-12) {
        box = next
        tried = 0
      } else {
        tried += 1
      }
    }
    return box
  }
}

/// Each unit vector once, up to sign and 1e-9, in order.
private func distinct(_ vectors: [SIMD3<Double>]) -> [SIMD3<Double>] {
  var seen: Set<SIMD3<Int>> = []
  return vectors.filter { vector in
    let key = SIMD3<Int>((vector * 1e9).rounded(.toNearestOrEven))
    let isNew = !seen.contains(key) && !seen.contains(SIMD3<Int>.zero &- key)
    seen.insert(key)
    return isNew
  }
}

/// The direction of a side of the rectangle of least area around points that are not on one line: a side of their hull
/// lies in one of its sides (Freeman and Shapira, doi:10.1145/360881.360919). Cost O(n log n).
private func smallestRectangle(around points: [SIMD2<Double>]) -> SIMD2<Double> {
  let hull = planeHull(points), n = hull.count
  func along(_ k: Int, _ axis: SIMD2<Double>) -> Double { (hull[k % n] * axis).sum() }
  var best: (direction: SIMD2<Double>, area: Double) = ([1, 0], .infinity)
  var right = 1, top = 1, left = 1
  for i in 0..<n {
    let side = hull[(i + 1) % n] - hull[i]
    let u = side / (side * side).sum().squareRoot(), v = SIMD2(-u.y, u.x)
    func climb(_ from: Int, _ axis: SIMD2<Double>) -> Int {
      var k = from
      while along(k + 1, axis) > along(k, axis), k < from + n { k += 1 }
      return k
    }
    right = climb(max(right, i + 1), u)
    top = climb(max(top, right), v)
    left = climb(max(left, top), -u)
    let area = (along(right, u) - along(left, u)) * (along(top, v) - along(i, v))
    if area < best.area { best = (u, area) }
  }
  return best.direction
}

/// Corners of the convex hull of points in the plane, counterclockwise (Andrew, doi:10.1016/0020-0190(79)90072-3).
/// Points nearer to each other, or to a side, than 1e-10 of the extent are one, or on it: rounding makes no sides.
private func planeHull(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
  let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
  let tolerance = 1e-10 * points.reduce(0) { max($0, abs($1.x), abs($1.y)) }
  func length(_ v: SIMD2<Double>) -> Double { (v * v).sum().squareRoot() }
  func chain(_ points: some Sequence<SIMD2<Double>>) -> [SIMD2<Double>] {
    var chain: [SIMD2<Double>] = []
    for point in points {
      while chain.count > 1 {
        let a = chain[chain.count - 1] - chain[chain.count - 2], b = point - chain[chain.count - 2]
        if a.x * b.y - a.y * b.x > tolerance * length(b) { break }
        chain.removeLast()
      }
      if chain.last.map({ length($0 - point) > tolerance }) ?? true { chain.append(point) }
    }
    return chain
  }
  let corners = chain(sorted).dropLast() + chain(sorted.reversed()).dropLast()
  return corners.enumerated().filter { k, point in
    length(point - corners[(k + 1) % corners.count]) > tolerance
  }.map(\.element)
}
