import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Local binary patterns in the volume (Banerjee, Moelker, Niessen and van Walsum,
/// doi:10.1007/978-3-642-37410-4_3): which points of a sphere around a voxel are at least as bright as the voxel, but
/// for rounding, f = 0 or 1, as the norm of their part in each level of spherical harmonics, and the excess kurtosis of the points'
/// intensities. Points are the corners of a subdivided icosahedron; between voxels the image is a cubic B-spline, beyond
/// them 0, and rounded to whole numbers if all voxels are such, as SciPy does.
///
/// Level n is √ Σ_v (Σ_m c_m Y_nm(v))², c_m = Σ_u f(u) Y_nm(u). It is PyRadiomics', which takes the polar angle for the
/// azimuth and the azimuth for the polar angle, and the first axis of the sphere for the image's last: only level 0 does
/// not change when the image is turned.
///
/// Example: a voxel darker than all around has f = 1 at all 42 points, and m1 = 42 · 42^½ / 4π = 21.66; a brighter one 0.
public struct SphericalPattern: ImageFilter {
  public static let name = "lbp3d"
  public static let summary = "Local binary patterns in the volume, by level of spherical harmonics, and kurtosis."
  public static let definition =
    "f(v) = 1 for points v of a sphere at least as bright as the voxel, else 0; m1, m2 …: √Σ_v (Σ_m c_m "
    + "Y_nm(v))², c_m = Σ_u f(u) Y_nm(u), n = 0, 1 …; k: excess kurtosis of the points"
  public static let reference = "PyRadiomics 3.0.1, image type LBP3D; doi:10.1007/978-3-642-37410-4_3"
  public static let parameters: [Parameter<Self>] = [
    Parameter("levels", \.levels, in: 1...10, "Levels of spherical harmonics: responses m1, m2, …"),
    Parameter("radius", \.radius, in: 0.1...100, "Radius of the sphere, voxels."),
    Parameter("subdivisions", \.subdivisions, in: 0...4, "How often the icosahedron's faces are divided by four."),
  ]

  /// Levels of spherical harmonics.
  public var levels = 2
  /// Radius of the sphere, voxels.
  public var radius = 1.0
  /// How often the icosahedron's faces are divided: 12, 42, 162 … points.
  public var subdivisions = 1

  public init() {}

  public var responses: [String] { (1...levels).map { "m\($0)" } + ["k"] }

  /// The spline depends on all voxels, if little, and a pattern may change by little.
  public func support(on grid: Geometry) -> FilterSupport { .global }

  /// Patterns compare.
  public var handsOnNaN: Bool { false }

  public func unit(of intensity: String) -> String { "1" }

  public func workingMemory(on grid: Geometry) -> Int { 8 * grid.count * (1 + responses.count) }

  public func apply(
    to image: Volume<Double>, keeping box: Box, _ lanes: Lanes, each take: (Int, Volume<Double>) -> Void
  ) {
    let size = image.geometry.size, spline = SplineImage(image, lanes)
    let isWhole = image.voxels.allSatisfy { $0 == $0.rounded() }
    let sphere = unitSphere(subdivisions), harmonics = (0..<levels).map { Harmonics(level: $0, at: sphere) }
    // The last axis comes first, as in the array that PyRadiomics samples.
    let points = sphere.map { SIMD3($0.z, $0.y, $0.x) * radius }
    let slices = lanes.map(box.size.z) { z -> [[Double]] in
      var slice = responses.map { _ in [Double](repeating: 0, count: box.size.x * box.size.y) }
      var rows = [Double](repeating: 0, count: points.count * size.x)
      var samples = [Double](repeating: 0, count: points.count), isBright = samples
      for y in 0..<box.size.y {
        rows.withUnsafeMutableBufferPointer { rows in
          for (n, point) in points.enumerated() {
            spline.writeRow(box.lower.y + y, box.lower.z + z, shiftedBy: point, to: rows.baseAddress! + n * size.x)
          }
        }
        for x in 0..<box.size.x {
          let centre = image[box.lower.x + x, box.lower.y + y, box.lower.z + z]
          var largest = abs(centre)
          for n in points.indices {
            let sample = rows[n * size.x + box.lower.x + x]
            samples[n] = isWhole ? sample.rounded(.toNearestOrAwayFromZero) : sample
            largest = max(largest, abs(samples[n]))
          }
          for n in points.indices { isBright[n] = samples[n] - centre >= -1e-12 * largest ? 1 : 0 }
          for (level, harmonics) in harmonics.enumerated() {
            slice[level][y * box.size.x + x] = harmonics.norm(of: isBright)
          }
          slice[levels][y * box.size.x + x] = excessKurtosis(samples)
        }
      }
      return slice
    }
    for response in responses.indices {
      take(response, Volume(geometry: image.geometry.cropped(to: box), voxels: slices.flatMap { $0[response] }))
    }
  }
}

/// Spherical harmonics of one level at points of the sphere, real: Σ_m Y_nm(u) Y_nm(v) = Σ_j s_j b_j(u) b_j(v) with b_0 =
/// Y_n0 and, for m > 0, the real (s = 1) and imaginary (s = −1) parts of √2 Y_nm.
private struct Harmonics: Sendable {
  private let parts: [[Double]]
  /// s_j s_k Σ_v b_j(v) b_k(v).
  private let products: [[Double]]

  init(level n: Int, at points: [SIMD3<Double>]) {
    var parts: [[Double]] = [], signs: [Double] = []
    for m in 0...n {
      let ratio = (n - m + 1..<n + m + 1).reduce(1) { $0 / Double($1) }
      let scale = (Double(2 * n + 1) / (4 * .pi) * ratio * (m == 0 ? 1 : 2)).squareRoot()
      for part in 0...min(m, 1) {
        parts.append(
          points.map { point in
            let azimuth = acos(min(1, max(-1, point.z))),
              polar = point.x == 0 && point.y == 0 ? 0 : atan2(point.y, point.x)
            let angle = Double(m) * azimuth
            return scale * legendre(n, m, cos(polar)) * (part == 0 ? cos(angle) : sin(angle))
          })
        signs.append(part == 0 ? 1 : -1)
      }
    }
    self.parts = parts
    products = parts.indices.map { j in
      parts.indices.map { k in signs[j] * signs[k] * dot(parts[j], parts[k]) }
    }
  }

  /// The norm of the part of this level.
  func norm(of values: [Double]) -> Double {
    var square = 0.0
    let sums = parts.map { part in
      var sum = 0.0
      for n in values.indices { sum += values[n] * part[n] }
      return sum
    }
    for j in sums.indices { for k in sums.indices { square += sums[j] * sums[k] * products[j][k] } }
    return max(0, square).squareRoot()
  }
}

/// The associated Legendre function P_n^m, without sign: (2m − 1)!! (1 − x²)^(m/2) for n = m, and upwards from there by
/// (n − m) P_n = (2n − 1) x P_{n−1} − (n + m − 1) P_{n−2}.
private func legendre(_ n: Int, _ m: Int, _ x: Double) -> Double {
  var before = 0.0
  var value = (0..<m).reduce(1) { $0 * Double(2 * $1 + 1) * max(0, 1 - x * x).squareRoot() }
  for k in m + 1..<max(m, n) + 1 {
    (before, value) = (value, (Double(2 * k - 1) * x * value - Double(k + m - 1) * before) / Double(k - m))
  }
  return value
}

/// m₄ / m₂² − 3; 0 where all samples are equal but for rounding.
private func excessKurtosis(_ samples: [Double]) -> Double {
  let count = Double(samples.count)
  var mean = 0.0, largest = 0.0, second = 0.0, fourth = 0.0
  for sample in samples {
    mean += sample
    largest = max(largest, abs(sample))
  }
  mean /= count
  for sample in samples {
    let square = (sample - mean) * (sample - mean)
    second += square
    fourth += square * square
  }
  guard !(second <= count * largest * largest * 1e-24) else { return 0 }
  return count * fourth / (second * second) - 3
}

/// Corners of an icosahedron whose faces have been divided by four so many times, on the unit sphere.
private func unitSphere(_ subdivisions: Int) -> [SIMD3<Double>] {
  func onSphere(_ point: SIMD3<Double>) -> SIMD3<Double> { point / (point * point).sum().squareRoot() }
  let golden = (1 + 5.0.squareRoot()) / 2
  var corners: [SIMD3<Double>] = []
  for long in [-golden, golden] {
    for short in [-1.0, 1] { corners += [[short, long, 0], [0, short, long], [long, 0, short]].map(onSphere) }
  }
  var faces: [[Int]] = []
  func areNeighbours(_ a: Int, _ b: Int) -> Bool { (corners[a] * corners[b]).sum() > 0.4 }
  for a in 0..<12 {
    for b in a + 1..<12 where areNeighbours(a, b) {
      for c in b + 1..<12 where areNeighbours(a, c) && areNeighbours(b, c) { faces.append([a, b, c]) }
    }
  }
  for _ in 0..<subdivisions {
    var middles: [SIMD2<Int>: Int] = [:]
    func middle(_ a: Int, _ b: Int) -> Int {
      let edge = SIMD2(min(a, b), max(a, b))
      if let known = middles[edge] { return known }
      corners.append(onSphere(corners[a] + corners[b]))
      middles[edge] = corners.count - 1
      return corners.count - 1
    }
    faces = faces.flatMap { face in
      let (a, b, c) = (face[0], face[1], face[2])
      let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a))
      return [[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]]
    }
  }
  return corners
}
