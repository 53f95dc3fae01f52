import Foundation
import RadiomicsNumerics

/// An ellipsoid by its semi-axes, largest first, mm.
package struct Ellipsoid: Sendable {
  /// a ≥ b ≥ c.
  package let semiAxes: SIMD3<Double>

  /// An ellipsoid with semi-axes a ≥ b ≥ c ≥ 0.
  package init(semiAxes: SIMD3<Double>) { self.semiAxes = semiAxes }

  /// Its volume, mm³.
  package var volume: Double { 4 / 3 * Double.pi * semiAxes.x * semiAxes.y * semiAxes.z }

  /// Its surface area (mm²) by the series of IBSI 1 (code RDD2) to degree ν = 20:
  /// 4πab Σ (αβ)^ν P_ν((α² + β²) / 2αβ) / (1 − 4ν²), α² = 1 − b²/a², β² = 1 − c²/a². The reference values of IBSI are
  /// made with these α and β, although the series gives the surface integral with 1 − c²/a² and 1 − c²/b² (G. J. Tee,
  /// "Surface area of ellipsoid segment", 2005); the two are equal for a sphere and differ by 1 to 4 % in the phantoms.
  /// For a flat ellipsoid (c = 0) it gives from 1.02 (b ≪ a) to 1.57 (b = a) times the area 2πab; for a line, 0.
  /// The recurrence of the Legendre polynomials is run on (αβ)^ν P_ν, so that αβ = 0 is no exception.
  package var area: Double {
    let (a, b, c) = (semiAxes.x, semiAxes.y, semiAxes.z)
    guard a > 0 else { return 0 }
    let alpha2 = 1 - b * b / (a * a), beta2 = 1 - c * c / (a * a)
    var previous = 0.0, term = 1.0, sum = 0.0
    for degree in 0...20 {
      let n = Double(degree)
      sum += term / (1 - 4 * n * n)
      let next = ((2 * n + 1) * (alpha2 + beta2) / 2 * term - n * alpha2 * beta2 * previous) / (n + 1)
      previous = term
      term = next
    }
    return 4 * Double.pi * a * b * sum
  }
}

extension Ellipsoid {
  /// The ellipsoid of least volume around points that are not in one plane: weights of the points that maximise the
  /// determinant of their moments (Khachiyan, doi:10.1287/moor.21.2.307), by exchange of weight between two points (D.
  /// Böhning, "A vertex-exchange-method in D-optimal design theory", Metrika 33, 1986) until none can gain more than
  /// `tolerance`, then enlarged until it holds every point. It works on few points, and takes in those that lie farthest
  /// outside until there are none. Cost O(k) for k points, some ten times.
  package init(around points: [SIMD3<Double>], tolerance: Double = 1e-13) {
    let centre = points.reduce(.zero, +) / Double(points.count)
    let size = points.reduce(0) { max($0, ($1 - centre).length) }
    let scaled = points.map { ($0 - centre) / size }, q = scaled.map { SIMD4($0, 1) }
    var chosen = outermost(scaled), weights = [Double](repeating: 1 / Double(chosen.count), count: chosen.count)
    for _ in 0..<1000 {
      let some = chosen.map { q[$0] }
      optimiseWeights(&weights, of: some, tolerance: tolerance)
      let inverse = inverseMoment(some, weights)
      let outside = farthestOutside(q, inverse, beyond: 4 * (1 + tolerance)).filter { !chosen.contains($0) }
      if outside.isEmpty { break }
      chosen = zip(chosen, weights).filter { $1 > 0 }.map(\.0) + outside
      weights = weights.filter { $0 > 0 } + [Double](repeating: 0, count: outside.count)
    }
    self.init(around: scaled, moments: zip(chosen, weights).map { (scaled[$0], $1) }, scale: size)
  }

  /// The smallest that holds every point and has the shape of the weighted points' covariance.
  private init(around points: [SIMD3<Double>], moments: [(point: SIMD3<Double>, weight: Double)], scale: Double) {
    var mean = SIMD3<Double>.zero
    for (point, weight) in moments { mean += weight * point }
    var diagonal = SIMD3<Double>.zero, offDiagonal = SIMD3<Double>.zero
    for (point, weight) in moments {
      let d = point - mean
      diagonal += weight * d * d
      offDiagonal += weight * SIMD3(d.x * d.y, d.x * d.z, d.y * d.z)
    }
    let eigen = SymmetricEigen3(diagonal: diagonal, offDiagonal: offDiagonal)
    let (a, b, c) = (eigen.vectors[0], eigen.vectors[1], eigen.vectors[2])
    var reach = 0.0
    for point in points {
      let d = point - mean, along = SIMD3(d.dot(a), d.dot(b), d.dot(c))
      reach = max(reach, (along * along / eigen.values).sum())
    }
    self.init(semiAxes: (eigen.values * reach).squareRoot() * scale)
  }
}

/// Those that lie outermost along the diagonals of a cube and its axes, each once.
private func outermost(_ points: [SIMD3<Double>]) -> [Int] {
  var chosen: [Int] = []
  for direction: SIMD3<Double> in [
    [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [1, 1, -1], [1, -1, 1], [1, -1, -1],
  ] {
    let heights = points.map { $0.dot(direction) }
    for index in [
      heights.indices.max { heights[$0] < heights[$1] }!, heights.indices.min { heights[$0] < heights[$1] }!,
    ]
    where !chosen.contains(index) { chosen.append(index) }
  }
  return chosen
}

/// The eight points with the largest κ = qᵀ X⁻¹ q above a limit.
private func farthestOutside(_ q: [SIMD4<Double>], _ inverse: Moment, beyond limit: Double) -> [Int] {
  var farthest: [(index: Int, kappa: Double)] = []
  for index in q.indices {
    let kappa = (q[index] * inverse.times(q[index])).sum()
    guard kappa > (farthest.count < 8 ? limit : farthest[7].kappa) else { continue }
    let place = farthest.firstIndex { kappa > $0.kappa } ?? farthest.count
    if farthest.count == 8 { farthest.removeLast() }
    farthest.insert((index, kappa), at: place)
  }
  return farthest.map(\.index)
}

/// Changes weights u, Σu = 1, so that they maximise log det Σ u q qᵀ, q = (point, 1). κ = qᵀ X⁻¹ q is 4 at every point
/// of weight and at most 4 elsewhere when they do.
private func optimiseWeights(_ u: inout [Double], of q: [SIMD4<Double>], tolerance: Double) {
  var inverse = inverseMoment(q, u), kappa = q.map { ($0 * inverse.times($0)).sum() }
  for step in 1...100_000 {
    var high = 0, low = -1
    for i in q.indices {
      if kappa[i] > kappa[high] { high = i }
      if u[i] > 0, low < 0 || kappa[i] < kappa[low] { low = i }
    }
    if max(kappa[high] / 4 - 1, 1 - kappa[low] / 4) <= tolerance { break }
    // det X becomes det X · (1 + m (κ₁ − κ₂) − m² (κ₁ κ₂ − (q₁ᵀ X⁻¹ q₂)²)) if weight m goes from q₂ to q₁.
    let toHigh = inverse.times(q[high]), product = (q[low] * toHigh).sum()
    let curvature = kappa[high] * kappa[low] - product * product
    let moved = curvature > 0 ? min(u[low], (kappa[high] - kappa[low]) / (2 * curvature)) : u[low]
    u[high] += moved
    u[low] -= moved
    if step % 50 == 0 {
      inverse = inverseMoment(q, u)
    } else {
      inverse.add(moved, toHigh, kappa[high])
      let toLow = inverse.times(q[low])
      inverse.add(-moved, toLow, (q[low] * toLow).sum())
    }
    for i in q.indices { kappa[i] = (q[i] * inverse.times(q[i])).sum() }
  }
}

/// A symmetric 4 × 4 matrix by its columns.
private struct Moment {
  var x, y, z, w: SIMD4<Double>

  func times(_ v: SIMD4<Double>) -> SIMD4<Double> { x * v.x + y * v.y + z * v.z + w * v.w }

  /// The inverse after `weight` is added at a point with product `v` and κ (Sherman and Morrison).
  mutating func add(_ weight: Double, _ v: SIMD4<Double>, _ kappa: Double) {
    let factor = weight / (1 + weight * kappa)
    x -= factor * v.x * v
    y -= factor * v.y * v
    z -= factor * v.z * v
    w -= factor * v.w * v
  }
}

/// (Σ u q qᵀ)⁻¹ by Gauss–Jordan elimination with pivots on the diagonal, which a positive definite matrix allows.
private func inverseMoment(_ q: [SIMD4<Double>], _ u: [Double]) -> Moment {
  var a = [SIMD4<Double>](repeating: .zero, count: 4)
  for (point, weight) in zip(q, u) where weight > 0 {
    for k in 0..<4 { a[k] += weight * point[k] * point }
  }
  for k in 0..<4 {
    let pivot = a[k][k]
    a[k][k] = 1
    a[k] /= pivot
    for other in 0..<4 where other != k {
      let factor = a[other][k]
      a[other][k] = 0
      a[other] -= factor * a[k]
    }
  }
  return Moment(x: a[0], y: a[1], z: a[2], w: a[3])
}
