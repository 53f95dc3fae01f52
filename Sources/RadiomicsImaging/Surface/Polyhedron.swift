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

  /// The largest distance of two corners, mm. Corners are paired from the outermost inwards until none can be farther
  /// apart; at worst all pairs.
  package var diameter: Double {
    let centre = corners.reduce(.zero, +) / Double(corners.count)
    let order = corners.map { (radius: ($0 - centre).length, corner: $0) }.sorted { $0.radius > $1.radius }
    var best = 0.0
    for i in order.indices {
      if order[i].radius + order[0].radius < best { break }
      for j in 0..<i {
        if order[i].radius + order[j].radius < best { break }
        best = max(best, (order[i].corner - order[j].corner).length)
      }
    }
    return best
  }
}
