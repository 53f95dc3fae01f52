import RadiomicsCore

/// A convex polyhedron's outlines in any direction, and boxes around it.
struct Silhouettes {
  private let corners: [SIMD3<Double>]
  /// Unit normals and areas of its faces.
  private let normals: [SIMD3<Double>], areas: [Double]
  /// Corners of an edge, in the order in which its left face has them, and the faces on both sides.
  private let edges: [(from: Int32, to: Int32, left: Int32, right: Int32)]

  init(_ polyhedron: Polyhedron) {
    let centre = polyhedron.corners.reduce(.zero, +) / Double(polyhedron.corners.count)
    corners = polyhedron.corners.map { $0 - centre }
    let vectors = polyhedron.faces.map { polyhedron.areaVector($0) }
    areas = vectors.map(\.length)
    normals = zip(vectors, areas).map { $0 / $1 }
    edges = polyhedron.edges
  }

  /// The directions of the largest faces' normals and of the longest edges, so many of each; each direction once, up to
  /// sign and 1e-9.
  func directions(_ count: Int) -> [SIMD3<Double>] {
    let sides = edges.map { corners[Int($0.to)] - corners[Int($0.from)] }
    var seen: Set<SIMD3<Int>> = [], directions: [SIMD3<Double>] = []
    func add(_ sizes: [Double], _ vector: (Int) -> SIMD3<Double>?) {
      let before = seen.count
      for index in descending(sizes) {
        if seen.count - before == count { break }
        guard let vector = vector(index) else { continue }
        let key = SIMD3<Int>((vector * 1e9).rounded(.toNearestOrEven))
        if !seen.contains(SIMD3<Int>.zero &- key), seen.insert(key).inserted { directions.append(vector) }
      }
    }
    add(areas) { normals[$0] }
    let lengths = sides.map(\.length)
    add(lengths) { side in
      let (left, right) = (normals[Int(edges[side].left)], normals[Int(edges[side].right)])
      return left.cross(right).length > 1e-9 ? sides[side] / lengths[side] : nil
    }
    return directions
  }

  /// The box with these axes.
  func box(_ axes: [SIMD3<Double>]) -> OrientedBox {
    let extents = axes.map { extent(along: $0) }
    return OrientedBox(axes: axes, lengths: [extents[0], extents[1], extents[2]])
  }

  private func extent(along axis: SIMD3<Double>) -> Double {
    var low = Double.infinity, high = -Double.infinity
    for corner in corners {
      let height = corner.dot(axis)
      low = min(low, height)
      high = max(high, height)
    }
    return high - low
  }

  /// The smallest box that has `axis` as one of its axes.
  func smallestBox(along axis: SIMD3<Double>) -> OrientedBox {
    let away: SIMD3<Double> =
      abs(axis.x) <= min(abs(axis.y), abs(axis.z)) ? [1, 0, 0] : abs(axis.y) <= abs(axis.z) ? [0, 1, 0] : [0, 0, 1]
    // Anew each time, lest rounding add up over many turns.
    let axis = axis / axis.length
    var u = axis.cross(away)
    u /= u.length
    let v = axis.cross(u)
    let (side, lengths) = smallestRectangle(around: outline(along: axis, u, v))
    let first = side.x * u + side.y * v
    return OrientedBox(
      axes: [first, axis.cross(first), axis], lengths: [lengths.x, lengths.y, extent(along: axis)])
  }

  /// The box turned about its axes until no turn makes it smaller by more than `gain`, relative.
  func turned(_ box: OrientedBox, gain: Double) -> OrientedBox {
    // About the third it has been turned.
    var box = box, next = 0, tried = 0
    while tried < 2 {
      let turned = smallestBox(along: box.axes[next])
      if turned.volume < box.volume * (1 - gain) {
        box = turned
        next = 0
        tried = 0
      } else {
        next += 1
        tried += 1
      }
    }
    return box
  }

  /// Corners of the outline seen along `axis`, counterclockwise, in coordinates along u and v.
  private func outline(along axis: SIMD3<Double>, _ u: SIMD3<Double>, _ v: SIMD3<Double>) -> [SIMD2<Double>] {
    // Faces seen edge-on are back, whatever side rounding puts them on: it would lead the outline to and fro.
    let isFront = [Bool](unsafeUninitializedCapacity: normals.count) { isFront, count in
      for (face, normal) in normals.enumerated() { isFront[face] = normal.dot(axis) > 1e-12 }
      count = normals.count
    }
    var count = 0, start: Int32 = 0
    let following = [Int32](unsafeUninitializedCapacity: corners.count) { following, filled in
      following.initialize(repeating: -1)
      filled = corners.count
      isFront.withUnsafeBufferPointer { isFront in
        edges.withUnsafeBufferPointer { edges in
          for edge in edges where isFront[Int(edge.left)] != isFront[Int(edge.right)] {
            let isLeft = isFront[Int(edge.left)]
            start = isLeft ? edge.from : edge.to
            following[Int(start)] = isLeft ? edge.to : edge.from
            count += 1
          }
        }
      }
    }
    func project(_ corner: Int32) -> SIMD2<Double> {
      [corners[Int(corner)].dot(u), corners[Int(corner)].dot(v)]
    }
    var ring: [SIMD2<Double>] = []
    ring.reserveCapacity(count)
    var corner = start
    repeat {
      ring.append(project(corner))
      corner = following[Int(corner)]
    } while corner != start && corner >= 0 && ring.count < count
    if corner == start, ring.count == count { return convexRing(ring) }
    // Rounding may leave more than one ring.
    let all = edges.filter { isFront[Int($0.left)] != isFront[Int($0.right)] }.flatMap { [$0.from, $0.to] }
    return planeHull(all.map(project))
  }
}

/// Indices of positive numbers, largest first, equal ones in order: bits of positive numbers are in the order of numbers.
private func descending(_ numbers: [Double]) -> [Int] {
  let order = numbers.indices.map { (bits: ~numbers[$0].bitPattern, index: $0) }
  return order.sorted { $0.bits != $1.bits ? $0.bits < $1.bits : $0.index < $1.index }.map(\.index)
}

extension Polyhedron {
  /// Corners of each edge, in the order in which the first of the two faces beside it has them.
  fileprivate var edges: [(from: Int32, to: Int32, left: Int32, right: Int32)] {
    var starts = [Int](repeating: 0, count: corners.count + 1)
    func forEachSide(_ body: (_ from: Int, _ to: Int, _ face: Int) -> Void) {
      for (face, corner) in faces.enumerated() {
        body(corner.x, corner.y, face)
        body(corner.y, corner.z, face)
        body(corner.z, corner.x, face)
      }
    }
    forEachSide { from, to, _ in if from < to { starts[from + 1] += 1 } }
    for corner in corners.indices { starts[corner + 1] += starts[corner] }
    var edges = [(from: Int32, to: Int32, left: Int32, right: Int32)](repeating: (0, 0, 0, 0), count: starts.last!)
    var filled = starts
    forEachSide { from, to, face in
      guard from < to else { return }
      edges[filled[from]] = (Int32(from), Int32(to), Int32(face), -1)
      filled[from] += 1
    }
    forEachSide { from, to, face in
      guard from > to else { return }
      for edge in starts[to]..<starts[to + 1] where edges[edge].to == Int32(from) { edges[edge].right = Int32(face) }
    }
    return edges
  }
}

/// The rectangle of least area around a convex polygon: the direction of a side, and its lengths along and across. A side
/// of the polygon lies in one of its sides (Freeman and Shapira, doi:10.1145/360881.360919). Cost O(n).
private func smallestRectangle(around hull: [SIMD2<Double>]) -> (side: SIMD2<Double>, lengths: SIMD2<Double>) {
  let n = hull.count
  // Three times around, so that no index wraps.
  let ring = hull + hull + hull + hull.prefix(1)
  var best: (side: SIMD2<Double>, lengths: SIMD2<Double>) = ([1, 0], [.infinity, .infinity]), least = Double.infinity
  var right = 1, top = 1, left = 1
  ring.withUnsafeBufferPointer { ring in
    for i in 0..<n {
      let side = ring[i + 1] - ring[i], length = (side.x * side.x + side.y * side.y).squareRoot()
      let x = side.x / length, y = side.y / length
      func along(_ k: Int) -> Double { ring[k].x * x + ring[k].y * y }
      func across(_ k: Int) -> Double { ring[k].y * x - ring[k].x * y }
      right = max(right, i + 1)
      while right < i + n, along(right + 1) > along(right) { right += 1 }
      top = max(top, right)
      while top < i + n, across(top + 1) > across(top) { top += 1 }
      left = max(left, top)
      while left < i + n, along(left + 1) < along(left) { left += 1 }
      let lengths = SIMD2(along(right) - along(left), across(top) - across(i))
      if lengths.x * lengths.y < least {
        least = lengths.x * lengths.y
        best = ([x, y], lengths)
      }
    }
  }
  return best
}

/// Corners of the convex hull of points in the plane, counterclockwise (Andrew, doi:10.1016/0020-0190(79)90072-3).
private func planeHull(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
  let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }, tolerance = tolerance(points)
  var corners: [SIMD2<Double>] = [], upper: [SIMD2<Double>] = []
  for point in sorted { extend(&corners, by: point, tolerance) }
  for point in sorted.reversed() { extend(&upper, by: point, tolerance) }
  return withoutDoubles(corners.dropLast() + upper.dropLast(), tolerance)
}

/// The same for a ring of points that is convex but for rounding.
private func convexRing(_ ring: [SIMD2<Double>]) -> [SIMD2<Double>] {
  let tolerance = tolerance(ring)
  let start = ring.indices.min { (ring[$0].x, ring[$0].y) < (ring[$1].x, ring[$1].y) }!
  var corners: [SIMD2<Double>] = []
  corners.reserveCapacity(ring.count + 1)
  for point in ring[start...] { extend(&corners, by: point, tolerance) }
  for point in ring[...start] { extend(&corners, by: point, tolerance) }
  return withoutDoubles(corners.dropLast(), tolerance)
}

/// Points nearer to each other, or to a side, than 1e-10 of the extent are one, or on it: rounding makes no sides.
private func tolerance(_ points: [SIMD2<Double>]) -> Double {
  1e-10 * points.reduce(0) { max($0, abs($1.x), abs($1.y)) }
}

private func length(_ v: SIMD2<Double>) -> Double { (v * v).sum().squareRoot() }

/// Appends a point to a chain that turns left, and removes those that it makes superfluous.
private func extend(_ chain: inout [SIMD2<Double>], by point: SIMD2<Double>, _ tolerance: Double) {
  while chain.count > 1 {
    let a = chain[chain.count - 1] - chain[chain.count - 2], b = point - chain[chain.count - 2]
    if a.x * b.y - a.y * b.x > tolerance * length(b) { break }
    chain.removeLast()
  }
  if chain.last.map({ length($0 - point) > tolerance }) ?? true { chain.append(point) }
}

private func withoutDoubles(_ corners: ArraySlice<SIMD2<Double>>, _ tolerance: Double) -> [SIMD2<Double>] {
  var kept: [SIMD2<Double>] = []
  kept.reserveCapacity(corners.count)
  for (corner, next) in zip(corners, corners.dropFirst() + corners.prefix(1)) where length(next - corner) > tolerance {
    kept.append(corner)
  }
  return kept
}
