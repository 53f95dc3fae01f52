import Foundation
import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Turns by angles about z, then x, then y.
func turn(_ v: SIMD3<Double>, _ a: Double, _ b: Double, _ c: Double) -> SIMD3<Double> {
  let w = SIMD3(cos(a) * v.x - sin(a) * v.y, sin(a) * v.x + cos(a) * v.y, v.z)
  let u = SIMD3(w.x, cos(b) * w.y - sin(b) * w.z, sin(b) * w.y + cos(b) * w.z)
  return SIMD3(cos(c) * u.x + sin(c) * u.z, u.y, cos(c) * u.z - sin(c) * u.x)
}

@Suite struct OrientedBoxTests {
  private func body(_ points: [SIMD3<Int>], _ map: (SIMD3<Double>) -> SIMD3<Double> = { $0 }) throws -> Polyhedron {
    let hull = try #require(ConvexHull(of: points))
    return Polyhedron(corners: hull.points.map { map(SIMD3<Double>($0)) }, faces: hull.faces)
  }

  private static let cube = (0..<8).map { SIMD3($0 & 1, $0 >> 1 & 1, $0 >> 2) }

  @Test(arguments: [(0.0, 0.0, 0.0), (0.3, 0, 0), (0.7, 0.4, -1.1), (2.9, -1.3, 0.2)])
  func findsATurnedBox(_ a: Double, _ b: Double, _ c: Double) throws {
    let box = OrientedBox(around: try body(Self.cube) { turn($0 * [7, 4, 2.5], a, b, c) })
    expectClose(box.volume, 70, relative: 1e-9)
    expectClose(box.area, 2 * (28 + 10 + 17.5), relative: 1e-9)
    for (length, expected) in zip([box.lengths.x, box.lengths.y, box.lengths.z].sorted(), [2.5, 4, 7]) {
      expectClose(length, expected, relative: 1e-9)
    }
  }

  /// The smallest box around a regular tetrahedron is a cube, none of whose sides holds a face; with a face in a side
  /// the volume is twice as large.
  @Test(arguments: [(0.0, 0.0, 0.0), (0.5, 0.2, 1.2)])
  func tetrahedronFitsACube(_ a: Double, _ b: Double, _ c: Double) throws {
    let corners: [SIMD3<Int>] = [[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]]
    let box = OrientedBox(around: try body(corners) { turn($0, a, b, c) })
    expectClose(box.volume, 1, relative: 1e-9)
    expectClose(box.area, 6, relative: 1e-9)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6])
  func holdsEveryCornerAndNoTurnIsSmaller(_ seed: Int) throws {
    let points = (0..<40).map { i in
      SIMD3((i * i * (13 + seed) + 5 * i) % 83, (i * i * i * 7 + seed * i) % 61, (i * (31 + seed)) % 47)
    }
    let shape = try body(points), box = OrientedBox(around: shape)
    for (axis, length) in zip(box.axes, [box.lengths.x, box.lengths.y, box.lengths.z]) {
      let heights = shape.corners.map { $0.dot(axis) }
      expectClose(heights.max()! - heights.min()!, length, relative: 1e-12)
      expectClose(axis.length, 1, relative: 1e-12)
    }
    for (i, j) in [(0, 1), (1, 2), (2, 0)] { expectClose(box.axes[i].dot(box.axes[j]), 0, absolute: 1e-12) }
    for step in 0..<8000 {
      let a = Double(step % 20) / 20 * .pi, b = Double(step / 20 % 20) / 20 * .pi, c = Double(step / 400) / 20 * .pi
      let axes: [SIMD3<Double>] = [turn([1, 0, 0], a, b, c), turn([0, 1, 0], a, b, c), turn([0, 0, 1], a, b, c)]
      let volume = axes.reduce(1.0) { product, axis in
        let heights = shape.corners.map { $0.dot(axis) }
        return product * (heights.max()! - heights.min()!)
      }
      if volume < box.volume * (1 - 1e-9) { Issue.record("a box of \(volume) is smaller than \(box.volume)") }
    }
  }

  /// A box of 24 × 14 × 8 mm sampled on a grid of 1 mm: found to within a voxel, where the box along the axes is not.
  @Test func sampledTurnedBox() throws {
    let region = mask([40, 40, 40]) { x, y, z in
      let p = SIMD3(Double(x), Double(y), Double(z)) - 19.7
      let half = SIMD3(12.0, 7, 4)
      let axes: [SIMD3<Double>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map { turn($0, 0.5, 0.6, 0.3) }
      return (0..<3).allSatisfy { abs(p.dot(axes[$0])) <= half[$0] }
    }
    let hull = try #require(ConvexHull(ofSurfaceOf: region))
    let box = OrientedBox(around: Polyhedron(hull, spacing: [1, 1, 1]))
    for (length, expected) in zip([box.lengths.x, box.lengths.y, box.lengths.z].sorted(), [8.0, 14, 24]) {
      expectClose(length, expected, absolute: 1)
    }
  }

  /// A prism over a regular polygon, its many side faces seen edge-on from its ends: two sides of the smallest box hold
  /// opposite sides of the polygon.
  @Test(arguments: [(40, 0.0, 0.0, 0.0), (40, 0.3, 0.8, -1.2), (200, 0.0, 0.0, 0.0), (200, 2.1, -0.4, 0.5)])
  func prism(_ n: Int, _ a: Double, _ b: Double, _ c: Double) {
    let corners = (0..<2 * n).map { k in
      let angle = 2 * Double.pi * Double(k % n) / Double(n)
      return turn([9 * cos(angle), 9 * sin(angle), k < n ? 0 : 31], a, b, c)
    }
    var faces: [SIMD3<Int>] = []
    for k in 0..<n {
      let next = (k + 1) % n
      faces += [[k, next, n + next], [k, n + next, n + k]]
    }
    for k in 1..<n - 1 { faces += [[0, k + 1, k], [n, n + k, n + k + 1]] }
    let width = 18 * cos(.pi / Double(n)), box = OrientedBox(around: Polyhedron(corners: corners, faces: faces))
    expectClose(box.volume, width * width * 31, relative: 1e-9)
    expectClose(box.area, 2 * width * (width + 62), relative: 1e-9)
  }

  /// The surface around voxels in an ellipsoid lies in it, grown by half a voxel along the grid's axes: the box along
  /// the ellipsoid's axes is at most a voxel longer on each side, and the smallest is no larger. Cells of the grid that
  /// reach out of the ellipsoid take at most their diagonal.
  @Test(arguments: [(0.0, 0.0, 0.0), (0.4, 0.9, -0.3), (1.2, 0.2, 0.6)])
  func sampledEllipsoid(_ a: Double, _ b: Double, _ c: Double) throws {
    let half = SIMD3(40.0, 25, 16)
    let axes: [SIMD3<Double>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map { turn($0, a, b, c) }
    let region = mask([84, 84, 84]) { x, y, z in
      let p = SIMD3(Double(x), Double(y), Double(z)) - 41.5
      return (0..<3).reduce(0) { $0 + pow(p.dot(axes[$1]) / half[$1], 2) } <= 1
    }
    let shape = Polyhedron(try #require(ConvexHull(ofSurfaceOf: region)), spacing: [1, 1, 1])
    #expect(shape.corners.count > 500)
    let box = OrientedBox(around: shape)
    let most = 2 * half + 1, least = 2 * half - 2 * 3.0.squareRoot()
    #expect(box.volume <= most.x * most.y * most.z && box.volume >= least.x * least.y * least.z)
    for (length, expected) in zip([box.lengths.x, box.lengths.y, box.lengths.z].sorted(), [32.0, 50, 80]) {
      expectClose(length, expected, absolute: 1)
    }
    let low = shape.corners.reduce(shape.corners[0]) { pointwiseMin($0, $1) }
    let high = shape.corners.reduce(shape.corners[0]) { pointwiseMax($0, $1) }
    let sides = high - low
    #expect(box.volume <= sides.x * sides.y * sides.z * (1 + 1e-12))
  }
}
