import RadiomicsCore

/// An image between its voxels: the cubic B-spline through them, mirrored at both ends; 0 beyond the centres of its outer
/// voxels, as SciPy's `map_coordinates` has it.
package struct SplineImage: Sendable {
  private let image: Volume<Double>
  private let coefficients: [Double]

  /// The spline through an image. Cost: 6 passes.
  package init(_ image: Volume<Double>, _ lanes: Lanes) {
    self.image = image
    var coefficients = image.voxels
    for axis in 0..<3 { makeSplineCoefficients(&coefficients, size: image.geometry.size, along: axis, lanes) }
    self.coefficients = coefficients
  }

  /// Writes the values at (x, y, z) + `shift`, in voxels, for all x of a row. Cost: 20 operations for each.
  package func writeRow(_ y: Int, _ z: Int, shiftedBy shift: SIMD3<Double>, to row: UnsafeMutablePointer<Double>) {
    let size = image.geometry.size, last = SIMD3<Double>(size &- 1)
    row.initialize(repeating: 0, count: size.x)
    let start = max(0, Int((-shift.x).rounded(.up)))
    let end = min(size.x, 1 + Int((last.x - shift.x).rounded(.down)))
    let (atY, atZ) = (Double(y) + shift.y, Double(z) + shift.z)
    guard start < end, atY >= 0, atY <= last.y, atZ >= 0, atZ <= last.z else { return }
    let (along, ys, zs) = (Taps(shift.x), Taps(shift.y), Taps(shift.z))
    if along.isVoxel, ys.isVoxel, zs.isVoxel {
      // Voxels themselves, so that they equal their like to the last bit.
      for x in start..<end { row[x] = image[x + along.cell, y + ys.cell, z + zs.cell] }
      return
    }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: size.x + 3) { line in
      let line = line.baseAddress! + 1
      coefficients.withUnsafeBufferPointer { coefficients in
        let rows = (0..<16).map { tap -> WeightedRow in
          let (y, z) = (ys.index(tap % 4, at: y, of: size.y), zs.index(tap / 4, at: z, of: size.z))
          return (coefficients.baseAddress! + (z * size.y + y) * size.x, ys.weights[tap % 4] * zs.weights[tap / 4])
        }
        addRows(rows, to: line, size.x)
      }
      for x in [-1, size.x, size.x + 1] { line[x] = line[mirrored(x, size.x)] }
      let first = UnsafePointer(line) + (start + along.cell - 1)
      addRows((0..<4).map { tap -> WeightedRow in (first + tap, along.weights[tap]) }, to: row + start, end - start)
    }
  }
}

/// The four coefficients around a place beside a voxel, along an axis.
private struct Taps {
  /// The voxel before the place, counted from the one beside which it is.
  let cell: Int
  let weights: [Double]
  let isVoxel: Bool

  init(_ shift: Double) {
    let t = shift - shift.rounded(.down), u = 1 - t
    cell = Int(shift.rounded(.down))
    isVoxel = t == 0
    weights = [u * u * u / 6, 2.0 / 3 - t * t * (2 - t) / 2, 2.0 / 3 - u * u * (1 + t) / 2, t * t * t / 6]
  }

  func index(_ tap: Int, at place: Int, of length: Int) -> Int { mirrored(place + cell + tap - 1, length) }
}

/// … 2 1 | 0 1 2 … for places from −1 to `length` + 1.
private func mirrored(_ place: Int, _ length: Int) -> Int {
  guard length > 1 else { return 0 }
  let period = 2 * length - 2, index = (place + period) % period
  return index < length ? index : period - index
}
