import RadiomicsCore

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
  private(set) var weights: [Double]?
  /// Whether the weights are of a spline's coefficients.
  private(set) var isOfCoefficients = false

  /// Coordinates nearer than this to a whole number (or to a half, for ties) are taken to be meant so, in voxels.
  static let coordinateNoise = 1e-9
}

extension AxisSampling {
  /// The values at `coordinates` (in voxels) of an axis of `length` voxels; for a spline, of its coefficients.
  init(at coordinates: [Double], length: Int, by interpolation: Interpolation, edge: InterpolationEdge) {
    let last = Double(length - 1)
    let isInside = coordinates.map { edge == .border || $0 >= -0.5 && $0 < last + 0.5 }
    let goesOn = edge == .itk && interpolation == .cubicSpline && length > 1
    let places = zip(coordinates, isInside).map { goesOn && $1 ? $0 : min(last, max(0, $0)) }
    self.init(at: places, length: length, by: interpolation)
    isOfCoefficients = interpolation == .cubicSpline && weights != nil
    guard isInside.contains(false) else { return }
    var parts = weights ?? Array(repeating: 1, count: taps * count)
    for index in parts.indices where !isInside[index % count] { parts[index] = 0 }
    weights = parts
  }

  /// The values at `coordinates` (in voxels, each in 0 … length − 1, a spline's in −0.5 … length − 0.5).
  private init(at coordinates: [Double], length: Int, by interpolation: Interpolation) {
    if interpolation == .nearest || coordinates.allSatisfy({ $0 == $0.rounded() }) {
      self.init(copying: coordinates.map { min(length - 1, Int(($0 + 0.5 + Self.coordinateNoise).rounded(.down))) })
      return
    }
    // A coordinate that is not whole lies between two voxels, so that length ≥ 2.
    let cells = coordinates.map { $0 <= Double(length - 1) ? min(length - 2, Int($0.rounded(.down))) : length - 1 }
    let fractions = zip(coordinates, cells).map { $0 - Double($1) }
    let indices: [Int], weights: [Double]
    switch interpolation {
    case .nearest, .linear:
      indices = cells + cells.map { $0 + 1 }
      weights = fractions.map { 1 - $0 } + fractions
    case .cubicSpline:
      indices = [-1, 0, 1, 2].flatMap { tap in
        cells.map { cell in
          let period = 2 * (length - 1), index = (cell + tap + period) % period
          return index < length ? index : period - index
        }
      }
      weights =
        fractions.map { (1 - $0) * (1 - $0) * (1 - $0) / 6 } + fractions.map { 2.0 / 3 - $0 * $0 * (2 - $0) / 2 }
        + fractions.map { 2.0 / 3 - (1 - $0) * (1 - $0) * (1 + $0) / 2 } + fractions.map { $0 * $0 * $0 / 6 }
    }
    // A tap of weight 0 is at the nearest voxel, as 0 times a value beside it that is not finite were not 0.
    let nearest = coordinates.map { min(length - 1, max(0, Int($0.rounded()))) }
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
/// Cost: taps · values; across rows the taps are outermost, so that the inner loops run along x.
func apply(
  _ sampling: AxisSampling, to voxels: [Double], size: SIMD3<Int>, along axis: Int, _ lanes: Lanes
) -> [Double] {
  let inner = axis == 0 ? 1 : axis == 1 ? size.x : size.x * size.y, length = size[axis], count = sampling.count
  let outer = size.x * size.y * size.z / (inner * length), total = inner * count * outer
  return [Double](unsafeUninitializedCapacity: total) { result, initialised in
    nonisolated(unsafe) let result = result.baseAddress!
    voxels.withUnsafeBufferPointer { voxels in
      nonisolated(unsafe) let voxels = voxels.baseAddress!
      if axis == 0 {
        lanes.forEachStretch(of: outer, each: count) { rows in
          for row in rows { sumAlongRow(voxels + row * length, sampling, into: result + row * count) }
        }
      } else {
        lanes.forEachStretch(of: outer * count, each: inner) { lines in
          for line in lines {
            let plane = voxels + line / count * length * inner
            sumAcrossRows(plane, sampling, line % count, width: inner, into: result + line * inner)
          }
        }
      }
    }
    initialised = total
  }
}

/// result[i] = Σ_t weights[t, i] · voxels[indices[t, i]]
private func sumAlongRow(
  _ voxels: UnsafePointer<Double>, _ sampling: AxisSampling, into result: UnsafeMutablePointer<Double>
) {
  let count = sampling.count
  sampling.indices.withUnsafeBufferPointer { indices in
    guard let weights = sampling.weights else {
      for i in 0..<count { result[i] = voxels[indices[i]] }
      return
    }
    weights.withUnsafeBufferPointer { weights in
      switch sampling.taps {
      case 2:
        for i in 0..<count {
          result[i] = weights[i] * voxels[indices[i]] + weights[count + i] * voxels[indices[count + i]]
        }
      case 4:
        for i in 0..<count {
          let j = count + i, k = count + j, l = count + k
          result[i] =
            weights[i] * voxels[indices[i]] + weights[j] * voxels[indices[j]] + weights[k] * voxels[indices[k]]
            + weights[l] * voxels[indices[l]]
        }
      default:
        for i in 0..<count {
          var sum = weights[i] * voxels[indices[i]]
          for t in 1..<sampling.taps { sum += weights[t * count + i] * voxels[indices[t * count + i]] }
          result[i] = sum
        }
      }
    }
  }
}

/// result[·] = Σ_t weights[t, i] · voxels[indices[t, i], ·] over lines of `width`, in blocks that stay in the cache.
private func sumAcrossRows(
  _ voxels: UnsafePointer<Double>, _ sampling: AxisSampling, _ i: Int, width: Int,
  into result: UnsafeMutablePointer<Double>
) {
  let count = sampling.count, indices = sampling.indices, block = 1024
  guard let weights = sampling.weights else {
    result.initialize(from: voxels + indices[i] * width, count: width)
    return
  }
  if sampling.taps == 4 {
    let j = count + i, k = count + j, l = count + k
    let a = voxels + indices[i] * width, b = voxels + indices[j] * width
    let c = voxels + indices[k] * width, d = voxels + indices[l] * width
    let (p, q, r, s) = (weights[i], weights[j], weights[k], weights[l])
    for n in 0..<width { result[n] = p * a[n] + q * b[n] + r * c[n] + s * d[n] }
    return
  }
  for start in stride(from: 0, to: width, by: block) {
    let end = min(start + block, width)
    for t in 0..<sampling.taps {
      let weight = weights[t * count + i], line = voxels + indices[t * count + i] * width
      if t == 0 {
        for n in start..<end { result[n] = weight * line[n] }
      } else {
        for n in start..<end { result[n] += weight * line[n] }
      }
    }
  }
}

extension Lanes {
  /// Stretches of 0 ..< `count`, each of about 2^15 values where one number stands for `values` of them.
  func forEachStretch(of count: Int, each values: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let stretch = max(1, (1 << 15) / max(1, values))
    forEach((count + stretch - 1) / stretch) { step in body(step * stretch..<min(count, (step + 1) * stretch)) }
  }
}
