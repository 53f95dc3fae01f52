/// A convex polyhedron in millimetres.
package struct Polyhedron: Sendable {
  /// Its corners.
  package let corners: [SIMD3<Double>]
  /// Triangles of indices into `corners`, counterclockwise seen from outside.
  package let faces: [SIMD3<Int>]

  /// A polyhedron of triangles.
  package init(corners: [SIMD3<Double>], faces: [SIMD3<Int>]) {
    self.corners = corners
    self.faces = faces
  }

  /// A hull of points in doubled voxel indices, at a voxel spacing, moved so that its first corner is the origin.
  package init(_ hull: ConvexHull, spacing: SIMD3<Double>) {
    let first = hull.points[0]
    self.init(corners: hull.points.map { SIMD3<Double>($0 &- first) * spacing / 2 }, faces: hull.faces)
  }

  /// Enclosed volume, mm³.
  package var volume: Double {
    faces.reduce(0) { $0 + corners[$1.x].dot(corners[$1.y].cross(corners[$1.z])) } / 6
  }

  /// Surface area, mm².
  package var area: Double {
    faces.reduce(0) { $0 + areaVector($1).length }
  }

  /// Outward normal of a triangle, as long as its area.
  package func areaVector(_ face: SIMD3<Int>) -> SIMD3<Double> {
    (corners[face.y] - corners[face.x]).cross(corners[face.z] - corners[face.x]) / 2
  }

  /// The largest distance of two corners, mm. Groups of neighbouring corners, and corners, that even at their farthest are
  /// nearer than the best pair so far are passed over; at worst all pairs are measured.
  package var diameter: Double {
    let centre = corners.reduce(.zero, +) / Double(corners.count)
    let points = neighbouringCorners().map { $0 - centre }
    let cones = points.map { Cone(around: CollectionOfOne($0)) }
    let groups = stride(from: 0, to: points.count, by: 16).map { $0..<min(points.count, $0 + 16) }
    let around = groups.map { Cone(around: points[$0]) }
    var best = 0.0
    for a in groups.indices {
      for b in 0...a where around[a].largestSquaredDistance(to: around[b]) > best {
        for first in groups[a] where cones[first].largestSquaredDistance(to: around[b]) > best {
          for second in groups[b] {
            let d = points[first] - points[second]
            best = max(best, d.dot(d))
          }
        }
      }
    }
    return best.squareRoot()
  }

  /// The corners so that neighbours in space are mostly near each other: along a Z-shaped curve through 32³ cells.
  private func neighbouringCorners() -> [SIMD3<Double>] {
    let low = corners.reduce(corners[0]) { pointwiseMin($0, $1) }
    let high = corners.reduce(corners[0]) { pointwiseMax($0, $1) }
    let scale = 31.999 / max((high - low).max(), .leastNormalMagnitude)
    let keyed = corners.indices.map { index in
      let cell = (corners[index] - low) * scale
      let (x, y, z) = (Int(cell.x), Int(cell.y), Int(cell.z))
      var key = 0
      for bit in 0..<5 { key |= (x >> bit & 1 | (y >> bit & 1) << 1 | (z >> bit & 1) << 2) << (3 * bit) }
      return key << 32 | index
    }
    return keyed.sorted().map { corners[$0 & 0xffff_ffff] }
  }
}

/// A cone from the origin that holds points.
private struct Cone {
  let direction: SIMD3<Double>
  /// Largest distance from the origin.
  let reach: Double
  /// Of the angle between the axis and the side.
  let cosine, sine: Double

  init(around points: some Collection<SIMD3<Double>>) {
    let sum = points.reduce(.zero, +), direction = sum / max(sum.length, .leastNormalMagnitude)
    // Rounding may not narrow the cone; a point at the origin is in all directions.
    var cosine = 1.0, reach = 0.0
    for point in points {
      let length = point.length
      cosine = min(cosine, length > 0 ? point.dot(direction) / length - 1e-12 : -1)
      reach = max(reach, length)
    }
    self.direction = direction
    self.cosine = max(-1, cosine)
    sine = (1 - self.cosine * self.cosine).squareRoot()
    self.reach = reach * (1 + 1e-12)
  }

  /// A bound for the squared distance of a point here to one there: the farthest of each, at the widest angle.
  func largestSquaredDistance(to other: Self) -> Double {
    let squares = reach * reach + other.reach * other.reach, both = 2 * reach * other.reach
    // Of both cones' angles together; if a cone is as wide as half of space, any direction may face any other.
    let cosine = self.cosine * other.cosine - sine * other.sine
    let between = direction.dot(other.direction)
    if self.cosine <= 0 || other.cosine <= 0 || between <= -cosine { return squares + both }
    let sine = self.sine * other.cosine + self.cosine * other.sine
    let widest = between * cosine - max(0, 1 - between * between).squareRoot() * sine
    return squares - both * min(0, widest)
  }
}
