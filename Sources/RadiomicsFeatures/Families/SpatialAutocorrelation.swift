import Foundation
import RadiomicsImaging
import RadiomicsNumerics

/// Sums over all ordered pairs of different voxels i, j with weight w = 1 / distance (1/mm) that Moran's I and
/// Geary's C are made of (IBSI 1, codes N365 and NPT7), for standardised intensities z = (x − μ) / σ.
package struct SpatialAutocorrelation: Sendable {
  /// Number of voxels N.
  package let count: Int
  /// Σ w.
  package let weight: Double
  /// Σ w zᵢ zⱼ.
  package let product: Double
  /// Σ w zᵢ².
  package let square: Double

  /// Moran's I = N Σ w (xᵢ − μ)(xⱼ − μ) / (Σ w · Σ (x − μ)²).
  package var moran: Double { product / weight }
  /// Geary's C = (N − 1) Σ w (xᵢ − xⱼ)² / (2 Σ w · Σ (x − μ)²).
  package var geary: Double { Double(count - 1) / Double(count) * (square - product) / weight }

  /// The sums over the voxels of `mask` with `intensities` in its order. Exact for every size.
  /// - Throws: why there are none: fewer than two voxels, equal intensities, or too many voxels in too large a box.
  package init(mask: RowSpans, intensities: [Double], spacing: SIMD3<Double>) throws(UndefinedError) {
    guard mask.count > 1, let box = mask.boundingBox else { throw UndefinedError("one voxel: there are no pairs") }
    guard let z = standardised(intensities) else {
      throw UndefinedError("all intensities are equal: autocorrelation divides by their variance, 0")
    }
    count = z.count
    let sums: (weight: Double, product: Double, square: Double)
    switch try AutocorrelationSummation(voxels: count, box: box.size) {
    case .pairs: sums = sumOverPairs(mask, z, spacing)
    case .transform: sums = sumByTransform(mask, z, box, spacing)
    }
    (weight, product, square) = sums
  }
}

/// How the sums are taken: what is cheaper, unless memory forbids it.
package enum AutocorrelationSummation: Sendable {
  /// Pair by pair, for small and for scattered regions.
  case pairs
  /// By Fourier transforms over the region's box.
  case transform

  /// Ordered pairs N² that cost as much as a voxel of the transformed box. Measured: 3.4 ns for one of N², 1.6 to 2.1 µs
  /// for a voxel of boxes of 10³ to 200³.
  static let pairsForVoxel = 500.0
  /// Most voxels of a transformed box: 6 GB of memory, enough for 512³.
  static let mostVoxels = 1.5e8
  /// Most ordered pairs where the box is larger than that: six minutes.
  static let mostPairs = 1e11

  /// The way for so many voxels in a box of `size`.
  package init(voxels: Int, box size: SIMD3<Int>) throws(UndefinedError) {
    let pairs = Double(voxels) * Double(voxels)
    let volume = (0..<3).reduce(1.0) { $0 * Double(FourierTransform.fastLength(size[$1])) }
    let fits = volume <= Self.mostVoxels
    guard fits || pairs <= Self.mostPairs else {
      throw UndefinedError(
        """
        \(voxels) voxels in a box of \(size.x) x \(size.y) x \(size.z) are too many for autocorrelation: \
        resample to larger voxels
        """)
    }
    self = fits && pairs > Self.pairsForVoxel * volume ? .transform : .pairs
  }
}

/// (x − μ) / σ with the population's σ; nil if there is nothing to divide by.
private func standardised(_ x: [Double]) -> [Double]? {
  guard let first = x.first, x.contains(where: { $0 != first }) else { return nil }
  let n = Double(x.count), mean = pairwiseSum(x) { $0 - first } / n
  let deviations = x.map { $0 - first - mean }
  let sigma = (pairwiseSum(deviations) { $0 * $0 } / n).squareRoot()
  return sigma > 0 ? deviations.map { $0 / sigma } : nil
}

/// The defining double sum. Cost O(N²).
package func sumOverPairs(
  _ mask: RowSpans, _ z: [Double], _ spacing: SIMD3<Double>
) -> (weight: Double, product: Double, square: Double) {
  let places = mask.spans.flatMap { span in
    (span.x..<span.x + span.count).map { SIMD3<Double>(SIMD3($0, span.y, span.z)) * spacing }
  }
  var weight = 0.0, product = 0.0, square = 0.0
  for i in places.indices {
    var weights = 0.0, products = 0.0, squares = 0.0
    for j in 0..<i {
      let w = 1 / (places[i] - places[j]).length
      weights += w
      products += w * z[j]
      squares += w * (z[j] * z[j])
    }
    weight += 2 * weights
    product += 2 * z[i] * products
    square += z[i] * z[i] * weights + squares
  }
  return (weight, product, square)
}

/// The same by Parseval's theorem. With M, Z, Q and W the transforms of mask, z, z² and the weight over a box twice as
/// large, Σ w zᵢ zⱼ = Σ W |Z|² / N, Σ w = Σ W |M|² / N and Σ w zᵢ² = Σ W Re(Q M̄) / N. Two complex transforms carry
/// the four real arrays: z + i mask and z² + i w. The large box is never stored: frequencies 2k + p of a transform of
/// length 2n are those of length n of f(t) ± f(t + n), times exp(−iπ p t / n), for p of 0 and 1 along each axis.
/// Cost O(n log n), memory 40 bytes a voxel of the box.
package func sumByTransform(
  _ mask: RowSpans, _ z: [Double], _ box: Box, _ spacing: SIMD3<Double>
) -> (weight: Double, product: Double, square: Double) {
  var size = SIMD3<Int>.zero
  for axis in 0..<3 { size[axis] = FourierTransform.fastLength(box.size[axis]) }
  let n = size.x * size.y * size.z, weights = inverseDistances(size, spacing)
  var total = SIMD3<Double>.zero
  var fields = [Double](repeating: 0, count: 2 * n), kernel = fields
  for p in 0..<8 {
    let parity = SIMD3(p & 1, p >> 1 & 1, p >> 2)
    let phases = (0..<3).map { halfTurns(size[$0], parity[$0]) }
    fields.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    fold(weights, into: &kernel, size, parity, phases)
    var voxel = 0
    for span in mask.spans {
      let x = span.x - box.lower.x, y = span.y - box.lower.y, k = span.z - box.lower.z
      let row = size.x * (y + size.y * k), phase = times(phases[1][y], phases[2][k])
      for i in x..<x + span.count {
        let turn = times(phases[0][i], phase), value = z[voxel], index = 2 * (row + i)
        fields[index] = value * turn.x - turn.y
        fields[index + 1] = value * turn.y + turn.x
        kernel[index] += value * value * turn.x
        kernel[index + 1] += value * value * turn.y
        voxel += 1
      }
    }
    FourierTransform.transform(&fields, size: size)
    FourierTransform.transform(&kernel, size: size)
    total += spectralSums(fields, kernel, size, parity)
  }
  total /= 64 * Double(n)
  return (total.x, total.y, total.z)
}

/// exp(−iπ p t / n) for t of 0 to n − 1.
private func halfTurns(_ n: Int, _ p: Int) -> [SIMD2<Double>] {
  (0..<n).map { t in
    let angle = -Double.pi * Double(p * t) / Double(n)
    return [cos(angle), sin(angle)]
  }
}

/// The product of two complex numbers.
@inline(__always)
private func times(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> SIMD2<Double> {
  [a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x]
}

/// Weights 1 / |d| for offsets of 0 to `size` along each axis, 0 at d = 0; x fastest.
private func inverseDistances(_ size: SIMD3<Int>, _ spacing: SIMD3<Double>) -> [Double] {
  var weights: [Double] = []
  weights.reserveCapacity((size.x + 1) * (size.y + 1) * (size.z + 1))
  for z in 0...size.z {
    for y in 0...size.y {
      let v = Double(y) * spacing.y, w = Double(z) * spacing.z, square = v * v + w * w
      for x in 0...size.x {
        let u = Double(x) * spacing.x
        weights.append(1 / (u * u + square).squareRoot())
      }
    }
  }
  weights[0] = 0
  return weights
}

/// i Σ ± w(t − s size) exp(−iπ Σ p t / size) over s of 0 and 1 along each axis, negative where s and p are odd together.
private func fold(
  _ weights: [Double], into kernel: inout [Double], _ size: SIMD3<Int>, _ parity: SIMD3<Int>,
  _ phases: [[SIMD2<Double>]]
) {
  let sx = parity.x == 0 ? 1.0 : -1, sy = parity.y == 0 ? 1.0 : -1, sz = parity.z == 0 ? 1.0 : -1
  func row(_ y: Int, _ z: Int) -> Int { (size.x + 1) * (y + (size.y + 1) * z) }
  weights.withUnsafeBufferPointer { w in
    kernel.withUnsafeMutableBufferPointer { kernel in
      var index = 0
      for z in 0..<size.z {
        for y in 0..<size.y {
          let phase = times(phases[1][y], phases[2][z])
          let near = row(y, z), left = row(size.y - y, z), below = row(y, size.z - z)
          let both = row(size.y - y, size.z - z)
          for x in 0..<size.x {
            let far = size.x - x
            var sum = w[near + x] + sx * w[near + far]
            sum += sy * (w[left + x] + sx * w[left + far])
            sum += sz * (w[below + x] + sx * w[below + far])
            sum += sy * sz * (w[both + x] + sx * w[both + far])
            let turn = times(phases[0][x], phase)
            kernel[index] = -sum * turn.y
            kernel[index + 1] = sum * turn.x
            index += 2
          }
        }
      }
    }
  }
}

/// Separates the transforms of two real arrays a + ib, A = (C(f) + C̄(−f)) / 2, iB = (C(f) − C̄(−f)) / 2, at frequencies
/// f = 2k + p, and sums 8 times (W |M|², W |Z|², W Re(Q M̄)). −f is found at −k − p.
private func spectralSums(
  _ fields: [Double], _ kernel: [Double], _ size: SIMD3<Int>, _ parity: SIMD3<Int>
) -> SIMD3<Double> {
  func opposite(_ k: Int, _ axis: Int) -> Int { (2 * size[axis] - k - parity[axis]) % size[axis] }
  var total = SIMD3<Double>.zero
  let across = (0..<size.x).map { opposite($0, 0) }
  fields.withUnsafeBufferPointer { f in
    kernel.withUnsafeBufferPointer { g in
      for k in 0..<size.z {
        for j in 0..<size.y {
          let row = size.x * (j + size.y * k), other = size.x * (opposite(j, 1) + size.y * opposite(k, 2))
          var rowSums = SIMD3<Double>.zero
          for i in 0..<size.x {
            let p = 2 * (row + i), m = 2 * (other + across[i])
            let zr = f[p] + f[m], zi = f[p + 1] - f[m + 1]
            let mr = f[p + 1] + f[m + 1], mi = f[m] - f[p]
            let qr = g[p] + g[m], qi = g[p + 1] - g[m + 1]
            let w = g[p + 1] + g[m + 1]
            let terms: SIMD3<Double> = [mr * mr + mi * mi, zr * zr + zi * zi, qr * mr + qi * mi]
            rowSums += w * terms
          }
          total += rowSums
        }
      }
    }
  }
  return total
}
