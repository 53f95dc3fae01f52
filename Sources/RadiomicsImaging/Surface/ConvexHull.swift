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
        let point = Int(face.corners[k])
        if index[point] < 0 {
          index[point] = corners.count
          corners.append(points[point])
        }
        corner[k] = index[point]
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
    var corners: SIMD3<Int32>
    /// Face beyond the side from corner k to corner k + 1.
    var neighbours: SIMD3<Int32> = [-1, -1, -1]
    let normal: SIMD3<Int>
    /// Points of the plane have this product with the normal.
    let offset: Int
    /// First point outside, −1 if there is none; `next` has those that follow.
    var outside: Int32 = -1
    /// The point farthest outside and its height.
    var farthest: Int32 = -1
    var height = 0
    var isAlive = true
  }

  let points: [SIMD3<Int>]
  var faces: [Face] = []
  /// Faces that had points outside when they were made; some may be others by now.
  var pending: [Int] = []
  /// Places of faces that are gone, and those of the newest.
  private var free: [Int] = [], newest: [Int] = []
  /// The point that follows on the same face's list.
  private var next: [Int32]
  /// The new face that starts at a corner of the horizon.
  private var starting: [Int32]
  private var visible: [Int] = [], horizon: [(from: Int32, to: Int32, beyond: Int)] = []

  init?(_ points: [SIMD3<Int>]) {
    guard points.count < Int(Int32.max), let (a, b, c, d) = simplex(points) else { return nil }
    self.points = points
    next = [Int32](repeating: -1, count: points.count)
    starting = next
    let corners: [SIMD3<Int>] = [[a, b, c], [a, c, d], [a, d, b], [b, d, c]]
    let neighbours: [SIMD3<Int32>] = [[2, 3, 1], [0, 3, 2], [1, 3, 0], [2, 1, 0]]
    for k in 0..<4 {
      addFace(SIMD3(truncatingIfNeeded: corners[k]))
      faces[k].neighbours = neighbours[k]
    }
    for point in points.indices { assign(Int32(point)) }
    pending = newest.filter { faces[$0].outside >= 0 }
  }

  private mutating func addFace(_ corners: SIMD3<Int32>) {
    let a = points[Int(corners.x)]
    let normal = (points[Int(corners.y)] &- a).cross(points[Int(corners.z)] &- a)
    let face = Face(corners: corners, normal: normal, offset: normal.dot(a))
    if let place = free.popLast() {
      faces[place] = face
      newest.append(place)
    } else {
      newest.append(faces.count)
      faces.append(face)
    }
  }

  /// Puts a point on the list of the first of the newest faces that it sees; one that sees none is inside for good.
  /// A height is six times the volume of the tetrahedron from a face to the point, positive if it sees the face.
  private mutating func assign(_ point: Int32) {
    let place = points[Int(point)]
    for face in newest {
      let height = faces[face].normal.dot(place) &- faces[face].offset
      guard height > 0 else { continue }
      next[Int(point)] = faces[face].outside
      faces[face].outside = point
      if height > faces[face].height {
        faces[face].height = height
        faces[face].farthest = point
      }
      return
    }
  }

  /// Replaces the faces that the farthest point over `face` sees by a fan from that point to their horizon.
  mutating func extend(_ face: Int) {
    guard faces[face].isAlive, faces[face].farthest >= 0 else { return }
    let apex = faces[face].farthest, place = points[Int(apex)]
    faces[face].isAlive = false
    visible.removeAll(keepingCapacity: true)
    horizon.removeAll(keepingCapacity: true)
    visible.append(face)
    var seen = 0
    while seen < visible.count {
      let (corners, neighbours) = (faces[visible[seen]].corners, faces[visible[seen]].neighbours)
      seen += 1
      for k in 0..<3 {
        let neighbour = Int(neighbours[k])
        guard faces[neighbour].isAlive else { continue }
        if faces[neighbour].normal.dot(place) &- faces[neighbour].offset > 0 {
          faces[neighbour].isAlive = false
          visible.append(neighbour)
        } else {
          horizon.append((corners[k], corners[(k + 1) % 3], neighbour))
        }
      }
    }
    fan(apex)
    for old in visible {
      var point = faces[old].outside
      while point >= 0 {
        let following = next[Int(point)]
        if point != apex { assign(point) }
        point = following
      }
    }
    for face in newest where faces[face].outside >= 0 { pending.append(face) }
    free += visible
  }

  private mutating func fan(_ apex: Int32) {
    newest.removeAll(keepingCapacity: true)
    for side in horizon {
      addFace([side.from, side.to, apex])
      starting[Int(side.from)] = Int32(newest[newest.count - 1])
    }
    for (new, side) in zip(newest, horizon) {
      let following = starting[Int(side.to)]
      faces[new].neighbours[0] = Int32(side.beyond)
      faces[new].neighbours[1] = following
      faces[Int(following)].neighbours[2] = Int32(new)
      // The neighbour's side runs the other way.
      let corners = faces[side.beyond].corners
      for k in 0..<3 where corners[k] == side.to { faces[side.beyond].neighbours[k] = Int32(new) }
    }
  }
}

/// Four points that are not in one plane, the fourth behind the triangle of the first three.
private func simplex(_ points: [SIMD3<Int>]) -> (Int, Int, Int, Int)? {
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
