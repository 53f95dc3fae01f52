import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// Axes of its own at every voxel: the eigenvectors of the structure tensor, that of the largest eigenvalue first, each
/// turned to where the filtered image rises (N. Chenouard and M. Unser, doi:10.1109/TIP.2011.2181184, section IV-B).
///
/// The tensor is Jₘₙ = v ∗ (Rₘ Rₙ), of the first-order Riesz responses R₁, R₂ and R₃ and a Gaussian window v. It says
/// nothing of an eigenvector's sign; u · R ≥ 0 makes responses of odd orders turn with the image, too. In slices the third
/// axis is the image's.
struct LocalAxes: Sendable {
  /// Nine components at each voxel, of the first axis, the second and the third: component after component.
  private let components: [Double]
  private let count: Int

  /// A window of standard deviation `sigma`, mm.
  init(
    _ riesz: RieszResponses, of spectrum: borrowing VolumeSpectrum, window sigma: Double, _ boundary: Boundary,
    _ lanes: Lanes
  ) {
    let axes = Array(riesz.dimension.axes), grid = riesz.grid, count = grid.count
    var slopes: [Volume<Double>] = []
    for axis in axes {
      slopes.append(riesz.response((0..<3).map { $0 == axis ? 1 : 0 }, of: spectrum.copy(lanes), lanes))
    }
    var fields = [Double](repeating: 0, count: 9 * count)
    for (n, slope) in slopes.enumerated() { put(slope.voxels, into: &fields, at: n * count) }
    for (n, (row, column)) in [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)].enumerated() {
      guard row < axes.count, column < axes.count else { continue }
      var product = Volume(geometry: grid, voxels: products(slopes[row].voxels, slopes[column].voxels, lanes))
      for axis in axes {
        product = product.convolved(with: gaussian(sigma / grid.spacing[axis]), along: axis, boundary, lanes)
      }
      put(product.voxels, into: &fields, at: (3 + n) * count)
    }
    fields.withUnsafeMutableBufferPointer {
      turnAxes($0.baseAddress!, count, isVolume: axes.count == 3, lanes)
    }
    components = fields
    self.count = count
  }

  /// The window's reach along an axis, voxels.
  static func reach(_ sigma: Double) -> Double { (4 * sigma).rounded(.up) }

  /// Adds at every voxel `scale` times a response of order `part` as far as order `order` along the voxel's own axes
  /// consists of it: the coefficient of ν₁^m₁ ν₂^m₂ ν₃^m₃ in (u·ν)^l₁ (v·ν)^l₂ (w·ν)^l₃.
  func add(
    _ response: Volume<Double>, of part: [Int], in order: [Int], scale: Double, to sums: inout Volume<Double>,
    _ lanes: Lanes
  ) {
    components.withUnsafeBufferPointer { components in
      response.voxels.withUnsafeBufferPointer { response in
        sums.voxels.withUnsafeMutableBufferPointer { sums in
          nonisolated(unsafe) let (axes, response) = (components.baseAddress!, response.baseAddress!)
          nonisolated(unsafe) let sums = sums.baseAddress!
          forEachEight(count, lanes) { [count] voxel in
            let weight = steeringWeight(part, order) { n, axis in eight(axes + (3 * n + axis) * count, voxel, of: count)
            }
            let sum = eight(sums, voxel, of: count) + weight * scale * eight(response, voxel, of: count)
            put(sum, sums, voxel, of: count)
          }
        }
      }
    }
  }
}

/// The coefficient of ν₁^m₁ ν₂^m₂ ν₃^m₃ in (u·ν)^l₁ (v·ν)^l₂ (w·ν)^l₃, the m being `part` and the l `order`. Terms of lower
/// degree are kept by their exponents, up to those of `part`.
private func steeringWeight(
  _ part: [Int], _ order: [Int], component: (_ vector: Int, _ axis: Int) -> SIMD8<Double>
) -> SIMD8<Double> {
  let width = part[0] + 1, area = width * (part[1] + 1), terms = area * (part[2] + 1)
  return withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: terms) { polynomial in
    polynomial.initialize(repeating: .zero)
    polynomial[0] = SIMD8(repeating: 1)
    for vector in 0..<3 {
      guard order[vector] > 0 else { continue }
      let (x, y, z) = (component(vector, 0), component(vector, 1), component(vector, 2))
      for _ in 0..<order[vector] {
        // From the highest exponents down, each term still finds those of one degree less.
        for term in (0..<terms).reversed() {
          var sum = SIMD8<Double>.zero
          if term % width > 0 { sum += x * polynomial[term - 1] }
          if term % area >= width { sum += y * polynomial[term - width] }
          if term >= area { sum += z * polynomial[term - area] }
          polynomial[term] = sum
        }
      }
    }
    return polynomial[terms - 1]
  }
}

/// exp(−k² / 2σ²) out to 4σ, with a sum of 1.
private func gaussian(_ sigma: Double) -> AxisKernel {
  let reach = Int(LocalAxes.reach(sigma))
  let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }, sum = weights.reduce(0, +)
  return AxisKernel(weights.map { $0 / sum })
}

private func put(_ values: [Double], into fields: inout [Double], at place: Int) {
  fields.withUnsafeMutableBufferPointer { fields in
    values.withUnsafeBufferPointer { (fields.baseAddress! + place).update(from: $0.baseAddress!, count: $0.count) }
  }
}

/// Voxels in steps of 4096, eight at a time.
func forEachEight(_ count: Int, _ lanes: Lanes, _ body: @Sendable (_ voxel: Int) -> Void) {
  lanes.forEach((count + 4095) / 4096) { step in
    for voxel in stride(from: 4096 * step, to: min(count, 4096 * step + 4096), by: 8) { body(voxel) }
  }
}

/// Eight numbers from a place on; those beyond the last are 0.
func eight(_ numbers: UnsafePointer<Double>, _ place: Int, of count: Int) -> SIMD8<Double> {
  if place + 8 <= count { return UnsafeRawPointer(numbers + place).loadUnaligned(as: SIMD8<Double>.self) }
  var vector = SIMD8<Double>.zero
  for lane in 0..<count - place { vector[lane] = numbers[place + lane] }
  return vector
}

/// Writes eight numbers from a place on, but none beyond the last.
func put(_ vector: SIMD8<Double>, _ numbers: UnsafeMutablePointer<Double>, _ place: Int, of count: Int) {
  if place + 8 <= count {
    UnsafeMutableRawPointer(numbers + place).storeBytes(of: vector, as: SIMD8<Double>.self)
  } else {
    for lane in 0..<count - place { numbers[place + lane] = vector[lane] }
  }
}

private func products(_ a: [Double], _ b: [Double], _ lanes: Lanes) -> [Double] {
  let count = a.count
  return [Double](unsafeUninitializedCapacity: count) { buffer, filled in
    nonisolated(unsafe) let target = buffer.baseAddress!
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        nonisolated(unsafe) let (a, b) = (a.baseAddress!, b.baseAddress!)
        forEachEight(count, lanes) { put(eight(a, $0, of: count) * eight(b, $0, of: count), target, $0, of: count) }
      }
    }
    filled = count
  }
}

/// Fields of slopes (3) and tensor (xx, yy, zz, xy, xz, yz) become those of the axes.
private func turnAxes(_ fields: UnsafeMutablePointer<Double>, _ count: Int, isVolume: Bool, _ lanes: Lanes) {
  nonisolated(unsafe) let fields = fields
  forEachEight(count, lanes) { voxel in
    func field(_ n: Int) -> SIMD8<Double> { eight(fields + n * count, voxel, of: count) }
    // In slices, an eigenvalue below all others keeps the third axis the image's.
    let zz = isVolume ? field(5) : SIMD8(repeating: -1)
    let eigen = EightEigenvectors(xx: field(3), yy: field(4), zz: zz, xy: field(6), xz: field(7), yz: field(8))
    let slopes = (field(0), field(1), field(2))
    for (n, axis) in [eigen.first, eigen.second, eigen.third].enumerated() {
      let rise = axis.x * slopes.0 + axis.y * slopes.1 + axis.z * slopes.2
      let sign = SIMD8<Double>(repeating: 1).replacing(with: -1, where: rise .< 0)
      put(axis.x * sign, fields + 3 * n * count, voxel, of: count)
      put(axis.y * sign, fields + (3 * n + 1) * count, voxel, of: count)
      put(axis.z * sign, fields + (3 * n + 2) * count, voxel, of: count)
    }
  }
}
