import RadiomicsNumerics

extension Ellipsoid {
  /// The ellipsoid of least volume around points that are not in one plane: the weights of the points that maximise the
  /// determinant of their moments (Khachiyan, doi:10.1287/moor.21.2.307), found by Newton steps that keep weights
  /// positive (a primal–dual interior-point method, as Sun and Freund compare in doi:10.1287/opre.1040.0115) until none
  /// can gain more than `tolerance`; then enlarged until it holds every point. It works on few points, and takes in those
  /// that lie farthest outside until there are none. Cost O(k) for k points, some ten times.
  package init(around points: [SIMD3<Double>], tolerance: Double = 1e-13) {
    // In coordinates in which the points are about as wide in all directions, rounding does not depend on their shape.
    let frame = Spread(of: points, weights: points.map { _ in 1 / Double(points.count) })
    let q = points.map { SIMD4(frame.coordinates(of: $0), 1) }
    var chosen = outermost(q), weights: [Double] = []
    for _ in 0..<1000 {
      let some = chosen.map { q[$0] }
      weights = optimalWeights(of: some, tolerance: tolerance)
      let outside = farthestOutside(q, inverseMoment(some, weights), beyond: 4 * (1 + tolerance), chosen)
      if outside.isEmpty { break }
      chosen = zip(chosen, weights).filter { $1 > 1e-9 }.map(\.0) + outside
    }
    let spread = Spread(of: chosen.map { points[$0] }, weights: weights)
    let reach = points.reduce(0) {
      let place = spread.coordinates(of: $1)
      return max($0, place.dot(place))
    }
    self.init(semiAxes: (spread.eigen.values * reach).squareRoot())
  }
}

/// Mean and covariance of weighted points.
private struct Spread {
  let mean: SIMD3<Double>
  let eigen: SymmetricEigen3

  /// `weights` add up to 1.
  init(of points: [SIMD3<Double>], weights: [Double]) {
    let mean = zip(points, weights).reduce(SIMD3<Double>.zero) { $0 + $1.1 * $1.0 }
    var diagonal = SIMD3<Double>.zero, offDiagonal = SIMD3<Double>.zero
    for (point, weight) in zip(points, weights) {
      let d = point - mean
      diagonal += weight * d * d
      offDiagonal += weight * SIMD3(d.x * d.y, d.x * d.z, d.y * d.z)
    }
    self.mean = mean
    eigen = SymmetricEigen3(diagonal: diagonal, offDiagonal: offDiagonal)
  }

  /// Along the principal axes, in standard deviations.
  func coordinates(of point: SIMD3<Double>) -> SIMD3<Double> {
    let d = point - mean
    return SIMD3(d.dot(eigen.vectors[0]), d.dot(eigen.vectors[1]), d.dot(eigen.vectors[2])) / eigen.values.squareRoot()
  }
}

/// Those that lie outermost along the axes and diagonals of a cube, each once.
private func outermost(_ q: [SIMD4<Double>]) -> [Int] {
  var chosen: [Int] = []
  for direction: SIMD4<Double> in [
    [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, 1, 1, 0], [1, 1, -1, 0], [1, -1, 1, 0], [1, -1, -1, 0],
  ] {
    var low = (index: 0, height: Double.infinity), high = (index: 0, height: -Double.infinity)
    for (index, point) in q.enumerated() {
      let height = (point * direction).sum()
      if height < low.height { low = (index, height) }
      if height > high.height { high = (index, height) }
    }
    for index in [low.index, high.index] where !chosen.contains(index) { chosen.append(index) }
  }
  return chosen
}

/// The eight points that are not chosen yet with the largest κ = qᵀ X⁻¹ q above a limit.
private func farthestOutside(
  _ q: [SIMD4<Double>], _ inverse: Moment, beyond limit: Double, _ chosen: [Int]
) -> [Int] {
  var farthest: [(index: Int, kappa: Double)] = []
  for index in q.indices {
    let kappa = (q[index] * inverse.times(q[index])).sum()
    guard kappa > (farthest.count < 8 ? limit : farthest[7].kappa), !chosen.contains(index) else { continue }
    let place = farthest.firstIndex { kappa > $0.kappa } ?? farthest.count
    if farthest.count == 8 { farthest.removeLast() }
    farthest.insert((index, kappa), at: place)
  }
  return farthest.map(\.index)
}

/// The weights u ≥ 0 that maximise log det X − 4 Σ u, X = Σ u q qᵀ, q = (point, 1); they add up to 1. There are slacks
/// s ≥ 0 then with κ + s = 4 and u s = 0 at each point, κ = qᵀ X⁻¹ q. Both equations are solved by Newton's method with
/// u and s positive all the way, each step with the correction of Mehrotra (doi:10.1137/0802028).
private func optimalWeights(of q: [SIMD4<Double>], tolerance: Double) -> [Double] {
  var u = [Double](repeating: 1 / Double(q.count), count: q.count), s = [Double](repeating: 1, count: q.count)
  for _ in 0..<100 {
    let inverse = inverseMoment(q, u), v = q.map { inverse.times($0) }
    let kappa = zip(q, v).map { ($0 * $1).sum() }
    if kappa.max()! * u.reduce(0, +) <= 4 * (1 + tolerance) { break }
    // κ changes by −H δu, H = (qᵢᵀ X⁻¹ qⱼ)²; far down, what keeps the matrix regular hinders nothing.
    let system = SymmetricFactors(count: q.count) { i, j in
      let product = (q[i] * v[j]).sum()
      return product * product + (i == j ? max(s[i] / u[i], 1e-12) : 0)
    }
    func step(_ complementarity: [Double]) -> (u: [Double], s: [Double], length: Double) {
      var du = u.indices.map { kappa[$0] - 4 + s[$0] + complementarity[$0] / u[$0] }
      system.solve(&du)
      let ds = u.indices.map { (complementarity[$0] - s[$0] * du[$0]) / u[$0] }
      var length = 1.0
      for i in u.indices {
        if du[i] < 0 { length = min(length, -u[i] / du[i]) }
        if ds[i] < 0 { length = min(length, -s[i] / ds[i]) }
      }
      return (du, ds, length)
    }
    let ahead = step(u.indices.map { -u[$0] * s[$0] })
    let target = dot(u, s) / Double(u.count)
    let centring = (1 - ahead.length) * (1 - ahead.length) * (1 - ahead.length) * target
    let (du, ds, length) = step(u.indices.map { centring - u[$0] * s[$0] - ahead.u[$0] * ahead.s[$0] })
    for i in u.indices {
      u[i] += 0.99 * length * du[i]
      s[i] += 0.99 * length * ds[i]
    }
  }
  let sum = u.reduce(0, +)
  return u.map { $0 / sum }
}

/// L D Lᵀ = A of a positive definite matrix.
private struct SymmetricFactors {
  private let count: Int
  /// Row k holds D in its diagonal element and D Lᵀ to the right of it.
  private var rows: [Double]

  init(count: Int, element: (Int, Int) -> Double) {
    self.count = count
    rows = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in i..<count { rows[i * count + j] = element(i, j) }
    }
    rows.withUnsafeMutableBufferPointer { rows in
      for k in 0..<count {
        for i in k + 1..<max(count, k + 1) {
          let factor = rows[k * count + i] / rows[k * count + k]
          for j in i..<count { rows[i * count + j] -= factor * rows[k * count + j] }
        }
      }
    }
  }

  /// Replaces b by the solution x of A x = b.
  func solve(_ b: inout [Double]) {
    for k in 0..<count {
      b[k] /= rows[k * count + k]
      for i in k + 1..<max(count, k + 1) { b[i] -= rows[k * count + i] * b[k] }
    }
    for k in (0..<count).reversed() {
      var sum = 0.0
      for i in k + 1..<max(count, k + 1) { sum += rows[k * count + i] * b[i] }
      b[k] -= sum / rows[k * count + k]
    }
  }
}

/// A symmetric 4 × 4 matrix by its columns.
private struct Moment {
  var x, y, z, w: SIMD4<Double>

  func times(_ v: SIMD4<Double>) -> SIMD4<Double> { x * v.x + y * v.y + z * v.z + w * v.w }
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
