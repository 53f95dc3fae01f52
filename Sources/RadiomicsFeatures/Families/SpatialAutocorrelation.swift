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

  /// The number of voxels up to which pairs are summed one by one.
  package static let mostForPairs = 500

  /// The sums over the voxels of `mask` with `intensities` in its order; nil if there are fewer than two voxels or all
  /// intensities are equal. Exact for every size; cost O(N log N) in the size of the mask's box.
  package init?(mask: RowSpans, intensities: [Double], spacing: SIMD3<Double>) {
    guard let z = standardised(intensities), let box = mask.boundingBox else { return nil }
    count = z.count
    let sums =
      z.count <= Self.mostForPairs
      ? sumOverPairs(mask, z, spacing) : sumByTransform(mask, z, box, spacing)
    (weight, product, square) = (sums.weight, sums.product, sums.square)
  }
}

/// (x − μ) / σ with the population's σ; nil if there is nothing to divide by.
private func standardised(_ x: [Double]) -> [Double]? {
  guard let first = x.first, x.contains(where: { $0 != first }) else { return nil }
  let n = Double(x.count), mean = x.reduce(0) { $0 + ($1 - first) } / n
  let deviations = x.map { $0 - first - mean }
  let sigma = (deviations.reduce(0) { $0 + $1 * $1 } / n).squareRoot()
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
    for j in 0..<i {
      let w = 1 / (places[i] - places[j]).length
      weight += 2 * w
      product += 2 * w * z[i] * z[j]
      square += w * (z[i] * z[i] + z[j] * z[j])
    }
  }
  return (weight, product, square)
}

/// The same by Parseval's theorem. With M, Z, Q and W the transforms of mask, z, z² and the weight over a box padded to
/// at least twice its size less one, Σ w zᵢ zⱼ = Σ W |Z|² / n, Σ w = Σ W |M|² / n and Σ w zᵢ² = Σ W Re(Q M̄) / n.
/// Two complex transforms carry the four real arrays: z + i mask and z² + i w. Cost O(n log n).
package func sumByTransform(
  _ mask: RowSpans, _ z: [Double], _ box: Box, _ spacing: SIMD3<Double>
) -> (weight: Double, product: Double, square: Double) {
  var size = SIMD3<Int>.zero
  for axis in 0..<3 { size[axis] = FourierTransform.fastLength(2 * box.size[axis] - 1) }
  let n = size.x * size.y * size.z
  var fields = [Double](repeating: 0, count: 2 * n)
  var weights = inverseDistances(size, box.size, spacing)
  var voxel = 0
  for span in mask.spans {
    let start = span.x - box.lower.x + size.x * (span.y - box.lower.y + size.y * (span.z - box.lower.z))
    for index in start..<start + span.count {
      fields[2 * index] = z[voxel]
      fields[2 * index + 1] = 1
      weights[2 * index] = z[voxel] * z[voxel]
      voxel += 1
    }
  }
  FourierTransform.transform(&fields, size: size)
  FourierTransform.transform(&weights, size: size)
  return spectralSums(fields, weights, size)
}

/// Weights 1 / |d| as imaginary parts, for offsets d shorter than the box along each axis; negative ones wrap around.
private func inverseDistances(_ size: SIMD3<Int>, _ box: SIMD3<Int>, _ spacing: SIMD3<Double>) -> [Double] {
  var weights = [Double](repeating: 0, count: 2 * size.x * size.y * size.z)
  func wraps(_ length: Int, _ offset: Int) -> [Int] { offset == 0 ? [0] : [offset, length - offset] }
  for z in 0..<box.z {
    for y in 0..<box.y {
      for x in 0..<box.x where x + y + z > 0 {
        let weight = 1 / (SIMD3<Double>(SIMD3(x, y, z)) * spacing).length
        for k in wraps(size.z, z) {
          for j in wraps(size.y, y) {
            for i in wraps(size.x, x) { weights[2 * (i + size.x * (j + size.y * k)) + 1] = weight }
          }
        }
      }
    }
  }
  return weights
}

/// Separates the transforms of two real arrays a + ib, A = (C(k) + C̄(−k)) / 2, iB = (C(k) − C̄(−k)) / 2, and sums.
private func spectralSums(
  _ fields: [Double], _ weights: [Double], _ size: SIMD3<Int>
) -> (weight: Double, product: Double, square: Double) {
  var weight = 0.0, product = 0.0, square = 0.0
  fields.withUnsafeBufferPointer { f in
    weights.withUnsafeBufferPointer { g in
      for k in 0..<size.z {
        let minusK = k == 0 ? 0 : size.z - k
        for j in 0..<size.y {
          let row = size.x * (j + size.y * k)
          let minusRow = size.x * ((j == 0 ? 0 : size.y - j) + size.y * minusK)
          var rowSums = SIMD3<Double>.zero
          for i in 0..<size.x {
            let p = 2 * (row + i), m = 2 * (minusRow + (i == 0 ? 0 : size.x - i))
            let zr = f[p] + f[m], zi = f[p + 1] - f[m + 1]
            let mr = f[p + 1] + f[m + 1], mi = f[m] - f[p]
            let qr = g[p] + g[m], qi = g[p + 1] - g[m + 1]
            let w = g[p + 1] + g[m + 1]
            let terms: SIMD3<Double> = [mr * mr + mi * mi, zr * zr + zi * zi, qr * mr + qi * mi]
            rowSums += w * terms
          }
          weight += rowSums.x
          product += rowSums.y
          square += rowSums.z
        }
      }
    }
  }
  let scale = 8 * Double(size.x * size.y * size.z)
  return (weight / scale, product / scale, square / scale)
}
