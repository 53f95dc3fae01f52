import RadiomicsImaging
import RadiomicsTestSupport
import Testing

@Suite struct ConvexHullTests {
  private static let scattered = (0..<300).map { i in
    SIMD3((37 * i) % 101, (53 * i * i + 7 * i) % 97, (11 * i * i * i + 29 * i) % 89)
  }

  /// Volume and area by Qhull (scipy 1.17).
  @Test func agreesWithQhull() throws {
    let hull = try #require(ConvexHull(of: Self.scattered))
    let body = Polyhedron(hull, spacing: [2, 2, 2])
    expectClose(body.volume, 712577.3333333333, relative: 1e-14)
    expectClose(body.area, 42830.135155826065, relative: 1e-14)
  }

  @Test func cubeWithPointsInItsFaces() throws {
    let grid = (0..<125).map { SIMD3($0 % 5, $0 / 5 % 5, $0 / 25) }
    let body = Polyhedron(try #require(ConvexHull(of: grid)), spacing: [2, 2, 2])
    expectClose(body.volume, 64, relative: 1e-15)
    expectClose(body.area, 96, relative: 1e-15)
    expectClose(body.diameter, 48.0.squareRoot(), relative: 1e-15)
  }

  /// Against the definition: no point outside a face, every edge in both directions, V − E + F = 2.
  @Test(arguments: [4, 6, 10])
  func isAConvexPolyhedron(_ radius: Int) throws {
    let width = 2 * radius + 1
    let ball = (0..<width * width * width).map {
      SIMD3($0 % width, $0 / width % width, $0 / (width * width)) &- radius
    }.filter { $0.dot($0) <= radius * radius }
    for points in [ball, Self.scattered] {
      let hull = try #require(ConvexHull(of: points))
      var edges: Set<[Int]> = []
      for face in hull.faces {
        let (a, b, c) = (hull.points[face.x], hull.points[face.y], hull.points[face.z])
        let normal = (b &- a).cross(c &- a)
        #expect(normal != .zero)
        #expect(points.allSatisfy { normal.dot($0 &- a) <= 0 })
        for k in 0..<3 { edges.insert([face[k], face[(k + 1) % 3]]) }
      }
      #expect(edges.count == 3 * hull.faces.count)
      #expect(edges.allSatisfy { edges.contains([$0[1], $0[0]]) })
      #expect(hull.points.count - edges.count / 2 + hull.faces.count == 2)
    }
  }

  @Test func pointsInAPlaneHaveNone() {
    #expect(ConvexHull(of: []) == nil)
    #expect(ConvexHull(of: [[1, 2, 3]]) == nil)
    #expect(ConvexHull(of: (0..<9).map { [$0, 2 * $0, -$0] }) == nil)
    #expect(ConvexHull(of: (0..<25).map { [$0 % 5, $0 / 5, $0 % 5 + $0 / 5] }) == nil)
  }

  @Test func staysExactAtTheLargestExtent() throws {
    let far = ConvexHull.largestExtent - 1
    let corners = (0..<8).map { SIMD3($0 & 1, $0 >> 1 & 1, $0 >> 2) &* far }
    let hull = try #require(ConvexHull(of: corners + [[far - 1, far - 1, far - 1], [1, far, 0]]))
    let side = Double(far)
    expectClose(Polyhedron(hull, spacing: [2, 2, 2]).volume, side * side * side, relative: 1e-15)
  }

  /// The shortcut over slices against the hull of every vertex of the surface, and the diameter against all pairs.
  @Test(arguments: [0.02, 0.1, 0.5])
  func hullOfASurface(_ density: Double) throws {
    let region = noise([13, 11, 9], density: density, seed: 11), spacing = SIMD3(0.8, 1, 2.5)
    let vertices = Surface.triangles(of: region).flatMap { [$0.a, $0.b, $0.c] }
    let expected = Polyhedron(try #require(ConvexHull(of: vertices)), spacing: spacing)
    let body = Polyhedron(try #require(ConvexHull(ofSurfaceOf: region)), spacing: spacing)
    expectClose(body.volume, expected.volume, relative: 1e-13)
    expectClose(body.area, expected.area, relative: 1e-13)
    var farthest = 0.0
    for a in expected.corners { for b in expected.corners { farthest = max(farthest, (a - b).length) } }
    expectClose(body.diameter, farthest, relative: 1e-14)
  }

  /// Against all pairs: of a ball, where nearly every corner has an opposite one, of a spindle and of a plate.
  @Test(arguments: [SIMD3(14.0, 14, 14), [40, 5, 5], [22, 22, 2]])
  func diameterOfManyCorners(_ half: SIMD3<Double>) throws {
    let region = mask([84, 48, 32]) { x, y, z in
      let p = (SIMD3(Double(x), Double(y), Double(z)) - SIMD3(41.3, 23.8, 15.6)) / half
      return p.dot(p) <= 1
    }
    let body = Polyhedron(try #require(ConvexHull(ofSurfaceOf: region)), spacing: [0.9, 1.1, 1])
    var farthest = 0.0
    for a in body.corners { for b in body.corners { farthest = max(farthest, (a - b).length) } }
    expectClose(body.diameter, farthest, relative: 1e-15)
  }
}
