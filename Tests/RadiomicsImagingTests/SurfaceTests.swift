import RadiomicsImaging
import RadiomicsTestSupport
import Testing

/// Voxels of a grid that satisfy a condition.
func mask(_ size: SIMD3<Int>, where isInside: (Int, Int, Int) -> Bool) -> RowSpans {
  RowSpans(size: size) { isInside($0 % size.x, $0 / size.x % size.y, $0 / (size.x * size.y)) }
}

/// Noise of a density between 0 and 1, the same on every run.
func noise(_ size: SIMD3<Int>, density: Double, seed: UInt64) -> RowSpans {
  var state = seed
  return RowSpans(size: size) { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) < density * Double(1 << 53)
  }
}

@Suite struct SurfaceTests {
  @Test func singleVoxelIsAnOctahedron() {
    for rule in SurfaceRule.allCases {
      let surface = Surface(of: mask([3, 3, 3]) { $0 == 1 && $1 == 1 && $2 == 1 }, spacing: [1, 1, 1], rule: rule)
      expectClose(surface.volume, 1.0 / 6, absolute: 1e-15)
      expectClose(surface.area, 3.0.squareRoot(), absolute: 1e-15)
    }
  }

  /// Bevelled along its edges and at its corners: an edge loses a prism with legs of ½, a corner 5/48 of a voxel.
  @Test(arguments: [SIMD3(1, 1, 1), [2, 1, 1], [5, 4, 3]])
  func cuboid(_ n: SIMD3<Int>) {
    let surface = Surface(
      of: mask(n &+ 2) { x, y, z in
        (1...n.x).contains(x) && (1...n.y).contains(y) && (1...n.z).contains(z)
      }, spacing: [1, 1, 1])
    let (a, b, c) = (Double(n.x), Double(n.y), Double(n.z))
    expectClose(surface.volume, a * b * c - (a + b + c - 3) / 2 - 5.0 / 6, relative: 1e-15)
    let flat = 2 * ((a - 1) * (b - 1) + (b - 1) * (c - 1) + (c - 1) * (a - 1))
    expectClose(surface.area, flat + 2 * 2.0.squareRoot() * (a + b + c - 3) + 3.0.squareRoot(), relative: 1e-15)
  }

  /// Values of scikit-image 0.26 (marching_cubes at 0.5) and of the C code of PyRadiomics 3.0.1 for a mask with bridges
  /// and tunnels.
  @Test(arguments: [
    (SurfaceRule.ibsi, 552.34375, 1404.6586002884924), (.pyradiomics, 445.46875, 1207.9939811439247),
  ])
  func agreesWithOthers(_ rule: SurfaceRule, _ volume: Double, _ area: Double) {
    let region = mask([9, 8, 7]) { x, y, z in (x * x * 7 + y * y * y * 3 + z * 5 + x * y * z) % 5 < 2 }
    let surface = Surface(of: region, spacing: [1, 1.5, 2.5], rule: rule)
    expectClose(surface.volume, volume, relative: 1e-14)
    expectClose(surface.area, area, relative: 1e-14)
  }

  /// Two voxels across a diagonal of a face, by hand: 12 octants of octahedra of 1/48, and in the two cells between
  /// them a bridge |x + y − 1| ≤ ½ − z of ∫ 1 − (½ + z)² dz = 5/24. Across a diagonal of a cell: two octahedra.
  @Test func diagonalVoxels() {
    let region = mask([2, 2, 1]) { x, y, _ in x == y }
    let linked = Surface(of: region, spacing: [1, 1, 1])
    expectClose(linked.volume, 12.0 / 48 + 2 * 5.0 / 24, absolute: 1e-15)
    let apart = Surface(of: mask([3, 3, 3]) { x, y, z in x == y && y == z && x != 1 }, spacing: [1, 1, 1])
    expectClose(apart.volume, 2.0 / 6, absolute: 1e-15)
    expectClose(apart.area, 2 * 3.0.squareRoot(), absolute: 1e-15)
  }

  /// Every edge belongs to two triangles that run along it in opposite directions, whatever cells meet.
  @Test(arguments: [0.1, 0.3, 0.5, 0.7, 0.9])
  func isClosed(_ density: Double) {
    let region = noise([24, 24, 24], density: density, seed: 7)
    var edges: [[SIMD3<Int>]: Int] = [:]
    var cases: Set<Int> = []
    for triangle in Surface.triangles(of: region) {
      for (from, to) in [(triangle.a, triangle.b), (triangle.b, triangle.c), (triangle.c, triangle.a)] {
        edges[[from, to], default: 0] += 1
      }
    }
    let voxels = region.mask
    for z in 0..<23 {
      for y in 0..<23 {
        for x in 0..<23 {
          cases.insert(
            (0..<8).reduce(0) { corners, c in
              corners | Int(voxels[x + (c & 1) + 24 * (y + (c >> 1 & 1) + 24 * (z + c >> 2))]) << c
            })
        }
      }
    }
    #expect(density != 0.5 || cases.count == 256)
    #expect(!edges.isEmpty)
    #expect(edges.allSatisfy { edge, count in count == 1 && edges[[edge[1], edge[0]]] == 1 })
  }

  @Test(arguments: SurfaceRule.allCases)
  func sumsEqualThoseOverTriangles(_ rule: SurfaceRule) {
    let region = noise([10, 9, 8], density: 0.5, seed: 3), spacing = SIMD3(0.7, 1.1, 3)
    let origin = SIMD3<Double>(region.boundingBox!.lower &- 1) * spacing
    var volume = 0.0, area = 0.0
    for triangle in Surface.triangles(of: region, rule: rule) {
      let points = [triangle.a, triangle.b, triangle.c].map { SIMD3<Double>($0) * spacing / 2 - origin }
      volume += points[0].dot(points[1].cross(points[2])) / 6
      area += (points[1] - points[0]).cross(points[2] - points[0]).length / 2
    }
    let surface = Surface(of: region, spacing: spacing, rule: rule)
    expectClose(surface.volume, volume, relative: 1e-12)
    expectClose(surface.area, area, relative: 1e-12)
  }

  @Test func emptyMask() {
    let surface = Surface(of: mask([2, 2, 2]) { _, _, _ in false }, spacing: [1, 1, 1])
    #expect(surface.volume == 0 && surface.area == 0)
  }
}
