import Foundation

/// One axis of a separable operation: value i is the sum over taps t of `weights[t · count + i]` times the voxel
/// `indices[t · count + i]`; without weights it is that voxel.
struct AxisSampling {
  /// Values made along the axis.
  let count: Int
  /// Voxels that enter each value.
  let taps: Int
  /// Voxel of each tap and value.
  let indices: [Int]
  /// Weight of each tap and value; nil where voxels are copied.
  let weights: [Double]?

  /// Coordinates nearer than this to a whole number (or to a half, for ties) are taken to be meant so, in voxels.
  static let coordinateNoise = 1e-9
}

extension AxisSampling {
  /// The values at `coordinates` (in voxels, each in 0 … length − 1) of an axis of `length` voxels; for a spline, of its
  /// coefficients.
  init(at coordinates: [Double], length: Int, by interpolation: Interpolation) {
    if interpolation == .nearest || coordinates.allSatisfy({ $0 == $0.rounded() }) {
      self.init(copying: coordinates.map { min(length - 1, Int(($0 + 0.5 + Self.coordinateNoise).rounded(.down))) })
      return
    }
    // A coordinate that is not whole lies between two voxels, so that length ≥ 2.
    let cells = coordinates.map { min(length - 2, Int($0)) }
    let fractions = zip(coordinates, cells).map { $0 - Double($1) }
    let indices: [Int], weights: [Double]
    switch interpolation {
    case .nearest, .linear:
      indices = cells + cells.map { $0 + 1 }
      weights = fractions.map { 1 - $0 } + fractions
    case .cubicSpline:
      indices = [-1, 0, 1, 2].flatMap { tap in
        cells.map { cell in
          let index = abs(cell + tap)
          return index < length ? index : 2 * (length - 1) - index
        }
      }
      weights =
        fractions.map { (1 - $0) * (1 - $0) * (1 - $0) / 6 } + fractions.map { 2.0 / 3 - $0 * $0 * (2 - $0) / 2 }
        + fractions.map { 2.0 / 3 - (1 - $0) * (1 - $0) * (1 + $0) / 2 } + fractions.map { $0 * $0 * $0 / 6 }
    }
    // A tap of weight 0 is at the nearest voxel, as 0 times a value beside it that is not finite were not 0.
    let nearest = coordinates.map { Int($0.rounded()) }
    self.init(
      count: cells.count, taps: weights.count / cells.count,
      indices: indices.indices.map { weights[$0] == 0 ? nearest[$0 % cells.count] : indices[$0] }, weights: weights)
  }

  /// The voxels `indices` themselves.
  init(copying indices: [Int]) {
    self.init(count: indices.count, taps: 1, indices: indices, weights: nil)
  }

  /// Smoothing of an axis of `length` voxels by a Gaussian of `sigma` voxels, cut off at 4 sigma and normalised; the
  /// border voxels go on outside.
  init(smoothing length: Int, sigma: Double) {
    let radius = Self.radius(sigma: sigma)
    let profile = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = profile.reduce(0, +)
    self.init(
      count: length, taps: profile.count,
      indices: (-radius...radius).flatMap { step in (0..<length).map { min(length - 1, max(0, $0 + step)) } },
      weights: profile.flatMap { [Double](repeating: $0 / sum, count: length) })
  }

  /// Voxels on each side that a Gaussian of `sigma` voxels reaches.
  static func radius(sigma: Double) -> Int { Int(4 * sigma + 0.5) }
}

/// Applies `sampling` along `axis` of an array of `size`, x fastest; the result has `sampling.count` voxels along it.
/// Cost: taps · values, the taps outermost, so that the inner loops run along x.
func apply(_ sampling: AxisSampling, to voxels: [Double], size: SIMD3<Int>, along axis: Int) -> [Double] {
  let inner = axis == 0 ? 1 : axis == 1 ? size.x : size.x * size.y
  let outer = size.x * size.y * size.z / (inner * size[axis])
  let total = inner * sampling.count * outer
  return [Double](unsafeUninitializedCapacity: total) { result, initialised in
    voxels.withUnsafeBufferPointer { voxels in
      sampling.indices.withUnsafeBufferPointer { indices in
        guard let weights = sampling.weights else {
          copyRuns(voxels, indices, length: size[axis], inner: inner, outer: outer, into: result)
          return
        }
        weights.withUnsafeBufferPointer { weights in
          if inner == 1 {
            sumAlongRows(
              voxels, indices, weights, taps: sampling.taps, length: size[axis], rows: outer, into: result)
          } else {
            sumAcrossRows(
              voxels, indices, weights, taps: sampling.taps, length: size[axis], inner: inner, outer: outer,
              into: result)
          }
        }
      }
    }
    initialised = total
  }
}

/// result[o, i, ·] = voxels[o, indices[i], ·]
private func copyRuns(
  _ voxels: UnsafeBufferPointer<Double>, _ indices: UnsafeBufferPointer<Int>, length: Int, inner: Int, outer: Int,
  into result: UnsafeMutableBufferPointer<Double>
) {
  var to = 0
  for o in 0..<outer {
    for index in indices {
      let from = (o * length + index) * inner
      for n in 0..<inner { result[to + n] = voxels[from + n] }
      to += inner
    }
  }
}

/// result[row, i] = Σ_t weights[t, i] · voxels[row, indices[t, i]]
private func sumAlongRows(
  _ voxels: UnsafeBufferPointer<Double>, _ indices: UnsafeBufferPointer<Int>, _ weights: UnsafeBufferPointer<Double>,
  taps: Int, length: Int, rows: Int, into result: UnsafeMutableBufferPointer<Double>
) {
  let count = indices.count / taps
  for row in 0..<rows {
    let from = row * length, to = row * count
    for i in 0..<count { result[to + i] = weights[i] * voxels[from + indices[i]] }
    for t in 1..<taps {
      for i in 0..<count { result[to + i] += weights[t * count + i] * voxels[from + indices[t * count + i]] }
    }
  }
}

/// result[o, i, ·] = Σ_t weights[t, i] · voxels[o, indices[t, i], ·], in blocks that stay in the cache.
private func sumAcrossRows(
  _ voxels: UnsafeBufferPointer<Double>, _ indices: UnsafeBufferPointer<Int>, _ weights: UnsafeBufferPointer<Double>,
  taps: Int, length: Int, inner: Int, outer: Int, into result: UnsafeMutableBufferPointer<Double>
) {
  let count = indices.count / taps, block = 1024
  for o in 0..<outer {
    for i in 0..<count {
      let to = (o * count + i) * inner
      for start in stride(from: 0, to: inner, by: block) {
        let end = min(start + block, inner)
        for t in 0..<taps {
          let weight = weights[t * count + i], from = (o * length + indices[t * count + i]) * inner
          if t == 0 {
            for n in start..<end { result[to + n] = weight * voxels[from + n] }
          } else {
            for n in start..<end { result[to + n] += weight * voxels[from + n] }
          }
        }
      }
    }
  }
}
