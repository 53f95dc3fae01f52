import RadiomicsCore

/// A kernel along one axis: weights at whole distances from its centre. An impulse becomes the kernel itself.
public struct AxisKernel: Sendable, Hashable {
  /// Places with a weight other than 0, ascending, and their weights.
  package let taps: [(place: Int, weight: Double)]

  /// `weights` in order along the axis; the one at index `centre` stays in place.
  public init(_ weights: [Double], centre: Int) {
    taps = weights.indices.filter { weights[$0] != 0 }.map { ($0 - centre, weights[$0]) }
  }

  /// An odd number of weights around the middle one.
  public init(_ weights: [Double]) {
    precondition(weights.count % 2 == 1, "a kernel without a centre of its own has an odd number of weights")
    self.init(weights, centre: weights.count / 2)
  }

  /// The same weights to both sides, beginning with that of the centre.
  package init(mirrored half: [Double]) { self.init(half.dropFirst().reversed() + half) }

  /// Farthest place from the centre.
  package var reach: Int { taps.reduce(0) { max($0, abs($1.place)) } }

  /// The kernel turned around.
  package var reversed: AxisKernel { AxisKernel(taps: taps.reversed().map { (-$0.place, $0.weight) }) }

  /// The sign of the first weight, and the kernel times that sign.
  package var sign: Double { taps.first.map { $0.weight < 0 ? -1 : 1 } ?? 1 }
  package var positive: AxisKernel { AxisKernel(taps: taps.map { ($0.place, $0.weight * sign) }) }

  private init(taps: [(place: Int, weight: Double)]) { self.taps = taps }

  public static func == (a: Self, b: Self) -> Bool { a.taps.elementsEqual(b.taps) { $0 == $1 } }

  public func hash(into hasher: inout Hasher) {
    for (place, weight) in taps {
      hasher.combine(place)
      hasher.combine(weight)
    }
  }
}

extension Volume<Double> {
  /// Convolution along axis 0, 1 or 2: response(k) = Σ weight · image(k − place). Every voxel's sum runs over the taps in
  /// order, so that a part of the image gives the same bits. Cost: voxels · taps.
  public func convolved(
    with kernel: AxisKernel, along axis: Int, _ boundary: Boundary, _ lanes: Lanes = Lanes(jobs: 1)
  ) -> Volume {
    let size = geometry.size
    let result = [Double](unsafeUninitializedCapacity: geometry.count) { buffer, filled in
      nonisolated(unsafe) let target = buffer.baseAddress!
      voxels.withUnsafeBufferPointer { voxels in
        nonisolated(unsafe) let source = voxels.baseAddress!
        lanes.forEach(size.z) { z in
          let slice = z * size.x * size.y
          if axis == 0 {
            convolveRows(source + slice, target + slice, size, kernel, boundary)
          } else {
            for y in 0..<size.y {
              let rows = kernel.taps.compactMap { place, weight in
                boundary.place((axis == 1 ? y : z) - place, of: size[axis]).map { other in
                  (source + (axis == 1 ? slice + other * size.x : (other * size.y + y) * size.x), weight)
                }
              }
              addRows(rows, to: target + slice + y * size.x, size.x)
            }
          }
        }
      }
      filled = geometry.count
    }
    return Volume(geometry: geometry, voxels: result)
  }
}

/// All rows of a slice along x, each in a line with what lies beyond its ends.
private func convolveRows(
  _ source: UnsafePointer<Double>, _ target: UnsafeMutablePointer<Double>, _ size: SIMD3<Int>, _ kernel: AxisKernel,
  _ boundary: Boundary
) {
  let reach = kernel.reach
  withUnsafeTemporaryAllocation(of: Double.self, capacity: size.x + 2 * reach) { line in
    let line = line.baseAddress!
    let rows = kernel.taps.map { (UnsafePointer(line) + (reach - $0.place), $0.weight) }
    let beyond = (1...max(1, reach)).map {
      (boundary.place(-$0, of: size.x), boundary.place(size.x - 1 + $0, of: size.x))
    }
    for y in 0..<size.y {
      let row = source + y * size.x
      (line + reach).update(from: row, count: size.x)
      for step in 0..<reach {
        line[reach - 1 - step] = beyond[step].0.map { row[$0] } ?? 0
        line[reach + size.x + step] = beyond[step].1.map { row[$0] } ?? 0
      }
      addRows(rows, to: target + y * size.x, size.x)
    }
  }
}

/// target = Σ weight · row, sixteen voxels at a time.
func addRows(
  _ rows: [(row: UnsafePointer<Double>, weight: Double)], to target: UnsafeMutablePointer<Double>, _ count: Int
) {
  var x = 0
  while x + 16 <= count {
    var low = SIMD8<Double>.zero, high = SIMD8<Double>.zero
    for (row, weight) in rows {
      let place = UnsafeRawPointer(row + x)
      low += weight * place.loadUnaligned(as: SIMD8<Double>.self)
      high += weight * place.loadUnaligned(fromByteOffset: 64, as: SIMD8<Double>.self)
    }
    UnsafeMutableRawPointer(target + x).storeBytes(of: low, as: SIMD8<Double>.self)
    UnsafeMutableRawPointer(target + x).storeBytes(of: high, toByteOffset: 64, as: SIMD8<Double>.self)
    x += 16
  }
  for x in x..<max(x, count) {
    var sum = 0.0
    for (row, weight) in rows { sum += weight * row[x] }
    target[x] = sum
  }
}
