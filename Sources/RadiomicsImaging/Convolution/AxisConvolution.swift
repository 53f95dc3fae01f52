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
  /// Convolution along axis 0, 1 or 2: response(k) = Σ weight · image(k − place), for places k along the axis of `kept`, all
  /// if nil. Every voxel's sum runs over the taps in order, so that a part of the image gives the same bits. Cost: kept
  /// voxels · taps.
  public func convolved(
    with kernel: AxisKernel, along axis: Int, keeping kept: Range<Int>? = nil, _ boundary: Boundary,
    _ lanes: Lanes = Lanes(jobs: 1)
  ) -> Volume {
    let size = geometry.size, kept = kept ?? 0..<size[axis]
    var box = geometry.box
    (box.lower[axis], box.size[axis]) = (kept.lowerBound, kept.count)
    let grid = geometry.cropped(to: box), made = box.size
    let result = [Double](unsafeUninitializedCapacity: grid.count) { buffer, filled in
      nonisolated(unsafe) let target = buffer.baseAddress!
      voxels.withUnsafeBufferPointer { voxels in
        nonisolated(unsafe) let source = voxels.baseAddress!
        lanes.forEach(made.z) { z in
          let slice = source + (axis == 2 ? 0 : z * size.x * size.y), madeSlice = target + z * made.x * made.y
          if axis == 0 {
            convolveRows(slice, madeSlice, size, kept, kernel, boundary)
            return
          }
          for y in 0..<made.y {
            let rows: [WeightedRow] = kernel.taps.compactMap { place, weight in
              boundary.place(kept.lowerBound + (axis == 1 ? y : z) - place, of: size[axis]).map { other in
                (slice + (axis == 1 ? other : other * size.y + y) * size.x, weight)
              }
            }
            addRows(rows, to: madeSlice + y * size.x, size.x)
          }
        }
      }
      filled = grid.count
    }
    return Volume(geometry: grid, voxels: result)
  }
}

/// All rows of a slice along x, each in a line with what lies beyond its ends.
private func convolveRows(
  _ source: UnsafePointer<Double>, _ target: UnsafeMutablePointer<Double>, _ size: SIMD3<Int>, _ kept: Range<Int>,
  _ kernel: AxisKernel, _ boundary: Boundary
) {
  let reach = kernel.reach, before = max(0, reach - kept.lowerBound)
  let after = max(0, kept.upperBound + reach - size.x)
  withUnsafeTemporaryAllocation(of: Double.self, capacity: before + size.x + after) { line in
    let line = line.baseAddress!
    let rows: [WeightedRow] = kernel.taps.map {
      (UnsafePointer(line) + (before + kept.lowerBound - $0.place), $0.weight)
    }
    let beyond = (-before..<0).map { boundary.place($0, of: size.x) }
    let behind = (0..<after).map { boundary.place(size.x + $0, of: size.x) }
    for y in 0..<size.y {
      let row = source + y * size.x
      for (step, place) in beyond.enumerated() { line[step] = place.map { row[$0] } ?? 0 }
      (line + before).update(from: row, count: size.x)
      for (step, place) in behind.enumerated() { line[before + size.x + step] = place.map { row[$0] } ?? 0 }
      addRows(rows, to: target + y * kept.count, kept.count)
    }
  }
}

typealias WeightedRow = (row: UnsafePointer<Double>, weight: Double)

/// target = Σ weight · row, sixteen voxels at a time.
func addRows(
  _ rows: [WeightedRow], to target: UnsafeMutablePointer<Double>, _ count: Int
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
