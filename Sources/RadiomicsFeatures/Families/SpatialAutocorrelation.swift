import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Sums over all ordered pairs of different voxels i, j with weight w = 1 / distance (1/mm) that Moran's I and
/// Geary's C are made of (IBSI 1, codes N365 and NPT7), for standardised intensities z = (x − μ) / σ.
package struct SpatialAutocorrelation: Sendable {
  /// Σ w, Σ w zᵢ zⱼ and Σ w zᵢ².
  package typealias Sums = (weight: Double, product: Double, square: Double)

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
  /// - Throws: why there are none: fewer than two voxels, equal intensities, or too little memory.
  package init(
    mask: RowSpans, intensities: [Double], spacing: SIMD3<Double>, _ resources: Resources = Resources()
  ) throws(UndefinedError) {
    guard mask.count > 1, let box = mask.boundingBox else { throw UndefinedError("one voxel: there are no pairs") }
    guard let z = StandardScores(intensities) else {
      throw UndefinedError("all intensities are equal: autocorrelation divides by their variance, 0")
    }
    count = mask.count
    let sums: Sums
    switch try AutocorrelationSummation(voxels: count, box: box.size, memory: resources.memory) {
    case .pairs: sums = sumOverPairs(mask, z, spacing, resources.lanes)
    case .transform(let plan): sums = sumByTransform(mask, z, box, spacing, plan, resources.lanes)
    }
    (weight, product, square) = sums
  }
}

/// How the sums are taken: what is cheaper, unless memory forbids it.
package enum AutocorrelationSummation: Sendable {
  /// Pair by pair, for small and for scattered regions.
  case pairs
  /// By Fourier transforms over the region's box.
  case transform(AutocorrelationPlan)

  /// Ordered pairs N² that cost as much as a voxel of the transformed box. Measured: 3 ns for one of N², 80 to 160 ns for
  /// a voxel of boxes of 20³ to 270³.
  static let pairsForVoxel = 30.0
  /// Most ordered pairs where memory does not allow transforms: five minutes.
  static let mostPairs = 1e11

  /// The way for so many voxels in a box of `size`, in so many bytes of memory; nil for no limit.
  package init(voxels: Int, box size: SIMD3<Int>, memory: Int?) throws(UndefinedError) {
    let limit = memory ?? .max, pairs = Double(voxels) * Double(voxels)
    let volume = Double(size.x) * Double(size.y) * Double(size.z)
    let canPair = pairs <= Self.mostPairs && bytesForPairs(voxels) <= limit
    if canPair, pairs <= Self.pairsForVoxel * volume {
      self = .pairs
    } else if let plan = AutocorrelationPlan(box: size, memory: memory) {
      self = .transform(plan)
    } else if canPair {
      self = .pairs
    } else {
      var least = AutocorrelationPlan.leastBytes(box: size)
      if pairs <= Self.mostPairs { least = min(least, bytesForPairs(voxels)) }
      throw UndefinedError(
        """
        autocorrelation of \(voxels) voxels in a box of \(size.x) x \(size.y) x \(size.z) needs about \
        \(inWords(least)), the memory limit is \(inWords(limit))
        """)
    }
  }
}

/// Bytes for places and scores.
private func bytesForPairs(_ voxels: Int) -> Int { 40 * voxels }

/// Bytes in words, such as "2.1 GB".
private func inWords(_ bytes: Int) -> String {
  let (unit, name) = bytes < 100_000 ? (1e3, "kB") : bytes < 100_000_000 ? (1e6, "MB") : (1e9, "GB")
  return "\(shortText(Double(bytes) / unit, digits: 3)) \(name)"
}

/// Intensities as z = (x − μ) / σ with the population's σ, in their order.
package struct StandardScores: Sendable {
  private let intensities: [Double]
  private let first, mean, sigma: Double

  /// Nil if there is nothing to divide by.
  package init?(_ x: [Double]) {
    guard let first = x.first, x.contains(where: { $0 != first }) else { return nil }
    let n = Double(x.count), mean = pairwiseSum(x) { $0 - first } / n
    let sigma = (pairwiseSum(x) { ($0 - first - mean) * ($0 - first - mean) } / n).squareRoot()
    guard sigma > 0 else { return nil }
    intensities = x
    (self.first, self.mean, self.sigma) = (first, mean, sigma)
  }

  package var count: Int { intensities.count }

  package subscript(index: Int) -> Double { (intensities[index] - first - mean) / sigma }
}

/// The defining double sum, in blocks of voxels that are added up in order. Cost O(N²), memory 40 bytes a voxel.
package func sumOverPairs(
  _ mask: RowSpans, _ z: StandardScores, _ spacing: SIMD3<Double>, _ lanes: Lanes
) -> SpatialAutocorrelation.Sums {
  let places = mask.spans.flatMap { span in
    (span.x..<span.x + span.count).map { SIMD3<Double>(SIMD3($0, span.y, span.z)) * spacing }
  }
  let scores = (0..<z.count).map { z[$0] }
  let block = 256
  let sums = lanes.map((places.count + block - 1) / block) { n in
    pairsWithEarlier(n * block..<min(places.count, (n + 1) * block), places, scores)
  }
  let total = sums.reduce(.zero, +)
  return (total.x, total.y, total.z)
}

/// Σ w, Σ w zᵢ zⱼ and Σ w zᵢ² over the ordered pairs of voxels i in `range` with those before them.
private func pairsWithEarlier(_ range: Range<Int>, _ places: [SIMD3<Double>], _ z: [Double]) -> SIMD3<Double> {
  var sum = SIMD3<Double>.zero
  for i in range {
    var weights = 0.0, products = 0.0, squares = 0.0
    for j in 0..<i {
      let w = 1 / (places[i] - places[j]).length
      weights += w
      products += w * z[j]
      squares += w * (z[j] * z[j])
    }
    sum += [2 * weights, 2 * z[i] * products, z[i] * z[i] * weights + squares]
  }
  return sum
}
