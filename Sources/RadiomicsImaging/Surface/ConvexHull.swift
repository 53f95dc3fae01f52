/// The convex hull of lattice points by quickhull (Barber et al., doi:10.1145/235815.235821) in whole numbers, hence
/// exact: no tolerance, whatever lies in one plane. Expected cost O(n log n).
package struct ConvexHull: Sendable {
  /// The hull's corners; some may lie inside its faces or edges.
  package let points: [SIMD3<Int>]
  /// Triangles of indices into `points`, counterclockwise seen from outside. Flat faces are several triangles.
  package let faces: [SIMD3<Int>]

  /// The largest extent of the points along an axis for which products stay exact.
  package static let largestExtent = 1 << 20

  /// The hull of `points`, or nil if they lie in one plane. They must not span more than `largestExtent`.
  package init?(of points: [SIMD3<Int>]) {
    guard var work = Quickhull(points) else { return nil }
    while let face = work.pending.popLast() { work.extend(face) }
    var index = [Int](repeating: -1, count: points.count)
    var corners: [SIMD3<Int>] = [], faces: [SIMD3<Int>] = []
    for face in work.faces where face.isAlive {
      var corner = SIMD3<Int>.zero
      for k in 0..<3 {
        if index[face.corners[k]] < 0 {
          index[face.corners[k]] = corners.count
          corners.append(points[face.corners[k]])
        }
        corner[k] = index[face.corners[k]]
      }
      faces.append(corner)
    }
    self.points = corners
    self.faces = faces
  }
}

/// Quickhull's state. Every point outside the present hull is on the list of one face that it can see.
private struct Quickhull {
  struct Face {
    var corners: SIMD3<Int>
    /// Face beyond the side from corner k to corner k + 1.
    var neighbours: SIMD3<Int> = [-1, -1, -1]
    var normal: SIMD3<Int>
    /// Points outside, the farthest first.
    var outside: [Int] = []
    var farthest = 0
    var isAlive = true
  }

  let points: [SIMD3<Int>]
  var faces: [Face] = []
  /// Faces that had points outside when they were made.
  var pending: [Int] = []

  init?(_ points: [SIMD3<Int>]) {
    self.points = points
    guard let simplex = Self.simplex(points) else { return nil }
    let (a, b, c, d) = simplex
    for corners in [SIMD3(a, b, c), [a, c, d], [a, d, b], [b, d, c]] { faces.append(face(corners)) }
    let neighbours: [SIMD3<Int>] = [[2, 3, 1], [0, 3, 2], [1, 3, 0], [2, 1, 0]]
    for k in 0..<4 { faces[k].neighbours = neighbours[k] }
    for point in points.indices { assign(point, among: 0..<4) }
    pending = (0..<4).filter { !faces[$0].outside.isEmpty }
  }

  /// Four points that are not in one plane, the fourth behind the triangle of the first three.
  static func simplex(_ points: [SIMD3<Int>]) -> (Int, Int, Int, Int)? {
    guard let first = points.first else { return nil }
    func farthest(_ distance: (SIMD3<Int>) -> Double) -> Int? {
      var best: (index: Int, distance: Double)?
      for (index, point) in points.enumerated() {
        let value = distance(point)
        if value > best?.distance ?? 0 { best = (index, value) }
      }
      return best?.index
    }
    func square(_ v: SIMD3<Int>) -> Double {
      let w = SIMD3<Double>(v)
      return w.dot(w)
    }
    guard let a = farthest({ square($0 &- first) }), case let pa = points[a],
      let b = farthest({ square($0 &- pa) }), case let ab = points[b] &- pa,
      let c = farthest({ square(ab.cross($0 &- pa)) }), case let normal = ab.cross(points[c] &- pa),
      let d = farthest({ Double(abs(normal.dot($0 &- pa))) })
    else { return nil }
    return normal.dot(points[d] &- pa) < 0 ? (a, b, c, d) : (a, c, b, d)
  }

  func face(_ corners: SIMD3<Int>) -> Face {
    let a = points[corners.x]
    return Face(corners: corners, normal: (points[corners.y] &- a).cross(points[corners.z] &- a))
  }

  /// Six times the volume of the tetrahedron from a face to a point: positive if the point sees the face.
  func height(_ point: Int, over face: Int) -> Int {
    faces[face].normal.dot(points[point] &- points[faces[face].corners.x])
  }

  /// Puts a point on the list of the first face that it sees; one that sees none is inside for good.
  mutating func assign(_ point: Int, among candidates: Range<Int>) {
    for face in candidates {
      let height = height(point, over: face)
      guard height > 0 else { continue }
      faces[face].outside.append(point)
      if height > faces[face].farthest {
        faces[face].farthest = height
        faces[face].outside.swapAt(0, faces[face].outside.count - 1)
      }
      return
    }
  }

  /// Replaces the faces that the farthest point over `face` sees by a fan from that point to their horizon.
  mutating func extend(_ face: Int) {
    guard faces[face].isAlive, let apex = faces[face].outside.first else { return }
    faces[face].isAlive = false
    var visible = [face], horizon: [(from: Int, to: Int, beyond: Int)] = [], next = 0
    while next < visible.count {
      let seen = faces[visible[next]]
      next += 1
      for k in 0..<3 {
        let neighbour = seen.neighbours[k]
        guard faces[neighbour].isAlive else { continue }
        if height(apex, over: neighbour) > 0 {
          faces[neighbour].isAlive = false
          visible.append(neighbour)
        } else {
          horizon.append((seen.corners[k], seen.corners[(k + 1) % 3], neighbour))
        }
      }
    }
    let first = faces.count
    fan(apex, over: horizon)
    for old in visible {
      for point in faces[old].outside where point != apex { assign(point, among: first..<faces.count) }
      faces[old].outside = []
    }
    pending += (first..<faces.count).filter { !faces[$0].outside.isEmpty }
  }

  mutating func fan(_ apex: Int, over horizon: [(from: Int, to: Int, beyond: Int)]) {
    let first = faces.count
    let order = horizon.indices.sorted { horizon[$0].from < horizon[$1].from }
    func starting(at corner: Int) -> Int {
      var low = 0, high = order.count - 1
      while low < high {
        let middle = (low + high) / 2
        if horizon[order[middle]].from < corner { low = middle + 1 } else { high = middle }
      }
      return first + order[low]
    }
    for side in horizon {
      faces.append(face([side.from, side.to, apex]))
    }
    for (offset, side) in horizon.enumerated() {
      let new = first + offset, following = starting(at: side.to)
      faces[new].neighbours[0] = side.beyond
      faces[new].neighbours[1] = following
      faces[following].neighbours[2] = new
      let k = (0..<3).first { faces[side.beyond].corners[$0] == side.to }!
      faces[side.beyond].neighbours[k] = new
    }
  }
}
