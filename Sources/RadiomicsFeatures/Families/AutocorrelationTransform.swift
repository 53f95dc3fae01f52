import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// The sums of `sumOverPairs` by Parseval's theorem. With M, Z, Q and W the transforms of mask, z, z² and the weight,
/// Σ w = Σ W |M|² / n, Σ w zᵢ zⱼ = Σ W |Z|² / n and Σ w zᵢ² = Σ W Re(Q M̄) / n, over a box twice as large, of n voxels.
///
/// The large box is never stored. Rows that hold voxels are transformed along x, for the frequencies of one part; of
/// these, eight side by side are transformed along y and then, line by line, along z and added up. Even frequencies
/// along y come from the row itself, odd ones from it times exp(−iπ y / length). The weight is even along each axis, so
/// its transform is real, is made of one octant, and two rows of it are transformed as one.
/// Cost O(n log n) and a little more for each part.
package func sumByTransform(
  _ mask: RowSpans, _ z: StandardScores, _ box: Box, _ spacing: SIMD3<Double>, _ plan: AutocorrelationPlan,
  _ lanes: Lanes
) -> SpatialAutocorrelation.Sums {
  let rows = FieldRows(mask, z, box), spectra = AutocorrelationSpectra(plan, lanes)
  defer { spectra.deallocate() }
  var total = SIMD3<Double>.zero
  for part in 0...plan.parts / 2 {
    let along = PartTransform(plan, part)
    transformFields(rows, along, into: spectra.fields, lanes)
    transformWeights(spacing, along, into: spectra.weights, lanes)
    for block in 0..<plan.blocks(of: part) {
      transformPlane(ofWeights: spectra.weights + block * plan.offsets.y * plan.offsets.z, spectra, lanes)
      var sums = ProductSums()
      for parity in 0..<2 {
        transformPlanes(ofFields: spectra.fields + block * 6 * plan.box.z * plan.pitch, parity, spectra, lanes)
        sums.add(sumProducts(parity, spectra, lanes))
      }
      total += sums.total(weights: along.counts(block))
    }
  }
  total /= Double(plan.lengths.x) * Double(plan.lengths.y) * Double(plan.lengths.z)
  return (total.x, total.y, total.z)
}

/// Memory and transforms along y and z. Complex elements are two vectors.
struct AutocorrelationSpectra: @unchecked Sendable {
  let plan: AutocorrelationPlan
  /// Spectra along x: block, field (mask, z, z²), z, y; complex.
  let fields: Vectors
  /// Those of the weights: block, z, y.
  let weights: Vectors
  /// Fields of one block with frequencies along y: z, field, y; complex.
  let plane: Vectors
  /// Spectrum of the weights of one block: y, z.
  let kernel: Vectors
  let alongY, alongHalfY, alongZ: FourierTransform
  /// exp(−iπ y / length).
  let twist: [SIMD2<Double>]

  init(_ plan: AutocorrelationPlan, _ lanes: Lanes) {
    self.plan = plan
    let blocks = (0...plan.parts / 2).map { plan.blocks(of: $0) }.max() ?? 0
    let field = 6 * plan.box.z * plan.pitch, kernel = plan.offsets.y * plan.offsets.z
    fields = allocateVectors(blocks * field)
    nonisolated(unsafe) let rows = fields
    forEachShare(lanes, of: blocks * field) { (rows + $0.lowerBound).initialize(repeating: .zero, count: $0.count) }
    weights = allocateVectors(blocks * kernel)
    plane = allocateVectors(field)
    self.kernel = allocateVectors(kernel)
    alongY = FourierTransform(length: plan.lengths.y)
    alongHalfY = FourierTransform(length: plan.pitch)
    alongZ = FourierTransform(length: plan.lengths.z)
    twist = turns(plan.box.y, of: plan.lengths.y)
  }

  func deallocate() {
    for vectors in [fields, weights, plane, kernel] { vectors.deallocate() }
  }
}

/// Calls `body` with the ranges of sixteen equal shares of 0 to `count` − 1, or of fewer that are not empty.
func forEachShare(_ lanes: Lanes, of count: Int, _ body: @Sendable (Range<Int>) -> Void) {
  let size = (count + 15) / 16
  lanes.forEach((count + size - 1) / size) { body($0 * size..<min(count, ($0 + 1) * size)) }
}

/// Fields of a block along y, at even (parity 0) or odd frequencies.
private func transformPlanes(
  ofFields fields: Vectors, _ parity: Int, _ spectra: AutocorrelationSpectra, _ lanes: Lanes
) {
  let plan = spectra.plan, pitch = plan.pitch
  nonisolated(unsafe) let fields = fields
  forEachShare(lanes, of: 3 * plan.box.z) { rows in
    withVectors(2 * pitch) { twisted in
      for row in rows {
        let (z, field) = (row / 3, row % 3), from = fields + 2 * pitch * (z + plan.box.z * field)
        if parity == 1 { multiply(from, by: spectra.twist, into: twisted) }
        spectra.alongHalfY.transform(parity == 1 ? twisted : from, to: spectra.plane + 2 * pitch * row)
      }
    }
  }
}

/// Σ W |M|², Σ W |Z|² and Σ W Re(Q M̄) for eight frequencies along x.
struct ProductSums: Sendable {
  var mask = SIMD8<Double>.zero, product = SIMD8<Double>.zero, square = SIMD8<Double>.zero

  mutating func add(_ other: Self) {
    mask += other.mask
    product += other.product
    square += other.square
  }

  func total(weights: SIMD8<Double>) -> SIMD3<Double> {
    [(mask * weights).sum(), (product * weights).sum(), (square * weights).sum()]
  }
}

/// Transforms the lines along z at frequencies 2k + parity along y, and sums their products.
private func sumProducts(_ parity: Int, _ spectra: AutocorrelationSpectra, _ lanes: Lanes) -> ProductSums {
  let plan = spectra.plan, size = (plan.pitch + 15) / 16
  let sums = lanes.map((plan.pitch + size - 1) / size) { share in
    let length = 2 * plan.lengths.z
    return withVectors(4 * length) { memory in
      var sums = ProductSums()
      for line in share * size..<min(plan.pitch, (share + 1) * size) {
        for field in 0..<3 {
          for z in 0..<plan.box.z {
            let from = spectra.plane + 2 * (line + plan.pitch * (field + 3 * z))
            memory[2 * z] = from[0]
            memory[2 * z + 1] = from[1]
          }
          spectra.alongZ.transform(memory, to: memory + length * (field + 1))
        }
        let y = 2 * line + parity
        let kernel = spectra.kernel + min(y, plan.lengths.y - y) * plan.offsets.z
        sums.add(products(memory + length, kernel, length: plan.lengths.z))
      }
      return sums
    }
  }
  return sums.reduce(into: ProductSums()) { $0.add($1) }
}

/// The sums over a line: spectra of mask, z and z², and that of the weight to half the length.
private func products(_ fields: Vectors, _ kernel: Vectors, length: Int) -> ProductSums {
  var sums = ProductSums()
  var m = fields, z = fields + 2 * length, q = fields + 4 * length
  for k in 0..<length {
    let w = kernel[min(k, length - k)]
    sums.mask += w * (m[0] * m[0] + m[1] * m[1])
    sums.product += w * (z[0] * z[0] + z[1] * z[1])
    sums.square += w * (q[0] * m[0] + q[1] * m[1])
    m += 2
    z += 2
    q += 2
  }
  return sums
}

/// The spectrum of the weights of a block along y and z.
private func transformPlane(ofWeights weights: Vectors, _ spectra: AutocorrelationSpectra, _ lanes: Lanes) {
  let plan = spectra.plan, (ny, nz) = plan.offsets, kernel = spectra.kernel
  nonisolated(unsafe) let weights = weights
  nonisolated(unsafe) let target = kernel
  forEachShare(lanes, of: (nz + 1) / 2) { pairs in
    withVectors(4 * plan.lengths.y) { memory in
      for z in pairs.map({ 2 * $0 }) {
        let other = min(z + 1, nz - 1)
        transformEven(weights + z * ny, weights + other * ny, spectra.alongY, memory)
        for y in 0..<ny {
          let from = memory + 2 * (plan.lengths.y + y), to = target + y * nz
          to[z] = from[0]
          to[other] = z == other ? from[0] : from[1]
        }
      }
    }
  }
  forEachShare(lanes, of: (ny + 1) / 2) { pairs in
    withVectors(4 * plan.lengths.z) { memory in
      for y in pairs.map({ 2 * $0 }) {
        let other = min(y + 1, ny - 1)
        transformEven(target + y * nz, target + other * nz, spectra.alongZ, memory)
        for z in 0..<nz {
          let from = memory + 2 * (plan.lengths.z + z)
          target[y * nz + z] = from[0]
          target[other * nz + z] = y == other ? from[0] : from[1]
        }
      }
    }
  }
}

/// The transforms of two real even sequences, given to half the length, as the real and imaginary parts of one. The
/// result is in the second half of `memory`.
private func transformEven(_ first: Vectors, _ second: Vectors, _ transform: FourierTransform, _ memory: Vectors) {
  let length = transform.length
  for k in 0..<length {
    let n = min(k, length - k)
    memory[2 * k] = first[n]
    memory[2 * k + 1] = second[n]
  }
  transform.transform(memory, to: memory + 2 * length)
}
