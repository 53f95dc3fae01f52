import Foundation
import RadiomicsImaging
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct EllipsoidTests {
  /// Corners of a cube with sides of 2 around the origin.
  private let cube: [SIMD3<Double>] = (0..<8).map { n in
    2 * SIMD3<Double>(SIMD3(n & 1, n >> 1 & 1, n >> 2)) - 1
  }

  @Test func volumeAndAreaOfASphere() {
    let sphere = Ellipsoid(semiAxes: [3, 3, 3])
    expectClose(sphere.volume, 36 * .pi, relative: 1e-15)
    expectClose(sphere.area, 36 * .pi, relative: 1e-15)
  }

  /// The manual's series, term by term with the Legendre polynomials of scipy 1.17. It is not quite the surface
  /// integral, which is 199.455 and 48.882 here.
  @Test func areaIsThatOfTheManual() {
    expectClose(Ellipsoid(semiAxes: [5, 4, 3]).area, 203.58275206468838, relative: 1e-13)
    expectClose(Ellipsoid(semiAxes: [3, 2, 1]).area, 52.81348101202416, relative: 1e-13)
  }

  @Test func sizeZero() {
    #expect(Ellipsoid(semiAxes: .zero).area == 0)
    #expect(Ellipsoid(semiAxes: [2, 0, 0]).area == 0)
    #expect(Ellipsoid(semiAxes: [2, 1, 0]).area > 0)
  }

  /// The smallest ball around a cube and around a regular tetrahedron passes through their corners; the smallest
  /// ellipsoid of an affine image is the image of that ball (John's theorem).
  @Test(arguments: [(0.0, 0.0, 0.0), (0.7, 0.4, -1.1)])
  func aroundAffineImagesOfRegularBodies(_ a: Double, _ b: Double, _ c: Double) {
    let tetrahedron: [SIMD3<Double>] = [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]
    let scale = SIMD3(9.0, 5, 2), inner = tetrahedron.map { 0.3 * $0 }
    for corners in [cube, tetrahedron, cube + inner] {
      let ellipsoid = Ellipsoid(around: corners.map { turn($0 * scale, a, b, c) + [30, -80, 12] })
      for axis in 0..<3 {
        expectClose(ellipsoid.semiAxes[axis], scale[axis] * 3.0.squareRoot(), relative: 1e-9)
      }
    }
  }

  /// Points all over a turned ellipsoid, with the corners of an inscribed image of a cube among them, which suffice to
  /// fix the ellipsoid.
  @Test func throughPointsOnAnEllipsoid() {
    var points: [SIMD3<Double>] = []
    for i in 0..<40 {
      for j in 0..<20 {
        let longitude = Double(i) * 0.157, latitude = Double(j) * 0.15 - 1.4
        points.append([cos(longitude) * cos(latitude), sin(longitude) * cos(latitude), sin(latitude)])
      }
    }
    points += cube.map { $0 / 3.0.squareRoot() }
    let ellipsoid = Ellipsoid(around: points.map { turn($0 * [6, 3, 2], 1.1, 0.3, 0.8) + [5, 5, -40] })
    for axis in 0..<3 { expectClose(ellipsoid.semiAxes[axis], [6, 3, 2][axis], relative: 1e-8) }
  }

  /// Centres of the voxels of a ball, of which many lie equally far out, and points at random: affine images have affine
  /// images, also flat ones.
  @Test(arguments: 1...6) func affineImages(_ radius: Int) {
    var generator = SeededGenerator(seed: UInt64(radius)), points: [SIMD3<Double>] = []
    for z in -radius...radius {
      for y in -radius...radius {
        for x in -radius...radius where x * x + y * y + z * z <= radius * radius {
          points.append(SIMD3(Double(x), Double(y), Double(z)))
        }
      }
    }
    let cloud = points.map { _ in SIMD3<Double>.random(in: -1...1, using: &generator) }
    for body in [points, cloud] {
      let plain = Ellipsoid(around: body).volume
      for scale: SIMD3<Double> in [[1, 1, 1], [3, 5, 2], [400, 300, 0.5]] {
        let image = body.map { turn($0 * scale, 0.4, 1.2, -0.3) + [100, 20, -300] }
        expectClose(Ellipsoid(around: image).volume, plain * scale.x * scale.y * scale.z, relative: 1e-10)
      }
    }
  }

  /// Titterington's multiplicative ascent, u ← u κ / 4, is another way to the same weights, with bounds: the volume is at
  /// least that of the ellipsoid of the moments, and that one enlarged by the largest κ holds all points.
  @Test(arguments: 1...5) func agreesWithTheMultiplicativeAscent(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let points = (0..<40).map { _ in SIMD3<Double>.random(in: -1...1, using: &generator) * [7, 4, 2] }
    var weights = [Double](repeating: 1 / 40, count: 40), largest = 0.0, volume = 0.0
    for _ in 0..<20_000 {
      let mean = zip(points, weights).reduce(SIMD3<Double>.zero) { $0 + $1.1 * $1.0 }
      var xx = SIMD3<Double>.zero, xy = SIMD3<Double>.zero
      for (point, weight) in zip(points, weights) {
        let d = point - mean
        xx += weight * d * d
        xy += weight * SIMD3(d.x * d.y, d.x * d.z, d.y * d.z)
      }
      let eigen = SymmetricEigen3(diagonal: xx, offDiagonal: xy)
      let kappa = points.map { point in
        let d = point - mean
        return 1
          + (0..<3).reduce(0) { $0 + (eigen.vectors[$1] * d).sum() * (eigen.vectors[$1] * d).sum() / eigen.values[$1] }
      }
      largest = kappa.max()!
      volume = 4 / 3 * .pi * (27 * eigen.values.x * eigen.values.y * eigen.values.z).squareRoot()
      for i in weights.indices { weights[i] *= kappa[i] / 4 }
    }
    let least = Ellipsoid(around: points).volume, slack = (largest - 1) / 3
    #expect(slack < 1 + 1e-3)
    #expect(least >= volume * (1 - 1e-12) && least <= volume * slack * slack.squareRoot() * (1 + 1e-12))
  }

  /// With c = 0 and a = b, α = 0 and β = 1: the series is Σ C(2ν, ν) / 4^ν / (1 − 4ν²), the integral of √(1 − x²) from 0
  /// to 1 term by term, π/4 in the limit. With b → 0, α = β = 1: Σ 1 / (1 − 4ν²) = ½ + ½ / 41 to degree 20.
  @Test func areaOfFlatEllipsoids() {
    var term = 1.0, series = 1.0
    for n in 1...20 {
      term *= Double(2 * n - 1) / Double(2 * n)
      series += term / Double(1 - 4 * n * n)
    }
    expectClose(Ellipsoid(semiAxes: [3, 3, 0]).area, 36 * Double.pi * series, relative: 1e-12)
    expectClose(Ellipsoid(semiAxes: [1e6, 1, 0]).area, 4e6 * Double.pi * (0.5 + 0.5 / 41), relative: 1e-9)
    #expect(Ellipsoid(semiAxes: [3, 0, 0]).area == 0 && Ellipsoid(semiAxes: [3, 2, 0]).volume == 0)
  }
}
