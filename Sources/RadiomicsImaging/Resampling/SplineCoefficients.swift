import RadiomicsCore

/// Turns voxels, in place, into the coefficients of the cubic B-spline through them along `axis`, the voxels mirrored at
/// both ends (… 2 1 | 0 1 2 …): a causal and an anticausal recursion with the pole √3 − 2.
/// Unser, IEEE Signal Processing Magazine 16 (1999) 22, doi:10.1109/79.799930. Cost: 2 passes.
func makeSplineCoefficients(_ voxels: inout [Double], size: SIMD3<Int>, along axis: Int, _ lanes: Lanes) {
  let length = size[axis]
  guard length > 1 else { return }
  voxels.withUnsafeMutableBufferPointer { voxels in
    nonisolated(unsafe) let voxels = voxels
    if axis > 0 {
      let inner = axis == 1 ? size.x : size.x * size.y, block = 512, blocks = (inner + block - 1) / block
      lanes.forEachStretch(of: voxels.count / (inner * length) * blocks, each: min(block, inner) * length) { columns in
        for column in columns {
          let offset = column % blocks * block
          recurse(
            voxels, from: column / blocks * inner * length + offset, length: length, step: inner,
            width: min(block, inner - offset))
        }
      }
    } else {
      lanes.forEachStretch(of: (voxels.count / length + 7) / 8, each: 8 * length) { groups in
        recurseAlongRows(voxels, length: length, groups)
      }
    }
  }
}

/// Rows are put side by side, eight at a time, so that the recursions of the eight run together.
private func recurseAlongRows(
  _ voxels: UnsafeMutableBufferPointer<Double>, length: Int, _ groups: Range<Int>
) {
  withUnsafeTemporaryAllocation(of: Double.self, capacity: 8 * length) { columns in
    let rows = voxels.count / length
    for first in stride(from: 8 * groups.lowerBound, to: min(rows, 8 * groups.upperBound), by: 8) {
      let width = min(8, rows - first)
      for row in 0..<width {
        for n in 0..<length { columns[n * width + row] = voxels[(first + row) * length + n] }
      }
      recurse(columns, from: 0, length: length, step: width, width: width)
      for row in 0..<width {
        for n in 0..<length { voxels[(first + row) * length + n] = columns[n * width + row] }
      }
    }
  }
}

/// The recursions along n of `width` neighbouring lines s[n] = values[from + n · step + 0 ..< width]:
/// c⁺[0] = 6 Σ_k z^k s[k] / (1 − z^(2N−2)) over the mirrored period; c⁺[n] = 6 s[n] + z c⁺[n − 1];
/// c[N−1] = z / (z² − 1) · (c⁺[N−1] + z c⁺[N−2]); c[n] = z (c[n + 1] − c⁺[n]).
private func recurse(
  _ values: UnsafeMutableBufferPointer<Double>, from: Int, length: Int, step: Int, width: Int
) {
  let z = 3.0.squareRoot() - 2, period = 2 * length - 2
  // Powers beyond z^40 ≈ 10⁻²³ do not count.
  let terms = min(period, 40)
  var powers = [1.0]
  for _ in 0..<terms { powers.append(powers[powers.count - 1] * z) }
  let scale = 6 / (1 - (period == terms ? powers[terms] : 0))
  let last = from + (length - 1) * step
  for n in from..<from + width {
    var sum = 0.0
    for k in 0..<terms { sum += powers[k] * values[n + step * (k < length ? k : period - k)] }
    values[n] = scale * sum
  }
  for start in stride(from: from + step, through: last, by: step) {
    for n in start..<start + width { values[n] = 6 * values[n] + z * values[n - step] }
  }
  for n in last..<last + width { values[n] = z / (z * z - 1) * (values[n] + z * values[n - step]) }
  for start in stride(from: last - step, through: from, by: -step) {
    for n in start..<start + width { values[n] = z * (values[n + step] - values[n]) }
  }
}
