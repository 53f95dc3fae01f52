import RadiomicsCore
import RadiomicsImaging
import RadiomicsNumerics

/// The rows of a box that hold voxels, with their standard scores.
struct FieldRows: Sendable {
  struct Row: Sendable {
    /// From the box's corner.
    let y, z: Int
    let spans: Range<Int>
    /// Score of its first voxel.
    let first: Int
  }

  let rows: [Row]
  let spans: [RowSpans.Span]
  let scores: StandardScores
  let lower: Int

  init(_ mask: RowSpans, _ scores: StandardScores, _ box: Box) {
    var rows: [Row] = []
    var start = 0, voxel = 0
    while start < mask.spans.count {
      let span = mask.spans[start], first = voxel
      var end = start
      while end < mask.spans.count, mask.spans[end].y == span.y, mask.spans[end].z == span.z {
        voxel += mask.spans[end].count
        end += 1
      }
      rows.append(Row(y: span.y - box.lower.y, z: span.z - box.lower.z, spans: start..<end, first: first))
      start = end
    }
    self.rows = rows
    self.scores = scores
    spans = mask.spans
    lower = box.lower.x
  }

  /// Writes mask and scores of a row to one of the eight lanes, where they are 0 before.
  func write(_ row: Row, lane: Int, mask: Vectors, scores values: Vectors) {
    var voxel = row.first
    for span in spans[row.spans] {
      for x in span.x - lower..<span.x - lower + span.count {
        mask[x][lane] = 1
        values[x][lane] = scores[voxel]
        voxel += 1
      }
    }
  }
}

/// The transform along x at the frequencies p + parts · j of part p, for j from 0.
struct PartTransform: Sendable {
  let plan: AutocorrelationPlan
  let part: Int
  let transform: FourierTransform
  /// exp(−2πi p x / length).
  let twist: [SIMD2<Double>]

  init(_ plan: AutocorrelationPlan, _ part: Int) {
    self.plan = plan
    self.part = part
    transform = FourierTransform(length: plan.period)
    twist = turns(max(plan.box.x, plan.lengths.x / 2 + 1), of: plan.lengths.x, step: part)
  }

  /// Whether a frequency's negative is in the same part.
  var holdsNegatives: Bool { part == 0 || 2 * part == plan.parts }

  /// Where the negative of frequency j is, if in this part.
  func negative(_ j: Int) -> Int { part == 0 ? (plan.period - j) % plan.period : plan.period - 1 - j }

  /// How many frequencies each of a block stands for: itself and its negative; 0 beyond the part's.
  func counts(_ block: Int) -> SIMD8<Double> {
    var counts = SIMD8<Double>.zero
    for lane in 0..<8 where 8 * block + lane < plan.frequencies(of: part) {
      let j = 8 * block + lane
      counts[lane] = holdsNegatives && negative(j) == j ? 1 : 2
    }
    return counts
  }

  /// Σ over x ≡ t modulo the period of (a + ib)(x) exp(−2πi p x / length), for real a and b.
  func fold(_ a: Vectors, _ b: Vectors?, into sums: Vectors) {
    sums.update(repeating: .zero, count: 2 * plan.period)
    var t = 0
    for x in 0..<plan.box.x {
      let turn = twist[x], a = a[x]
      var real = a * turn.x, imaginary = a * turn.y
      if let b = b?[x] {
        real -= b * turn.y
        imaginary += b * turn.x
      }
      sums[2 * t] += real
      sums[2 * t + 1] += imaginary
      t = t + 1 == plan.period ? 0 : t + 1
    }
  }

  /// Splits the transform of a + ib, for real a and b, into theirs.
  func separate(_ sum: Vectors, _ a: Vectors, _ b: Vectors) {
    for j in 0..<plan.frequencies(of: part) {
      let f = sum + 2 * j, g = sum + 2 * negative(j)
      let (real, imaginary, otherReal, otherImaginary) = (f[0], f[1], g[0], g[1])
      a[2 * j] = (real + otherReal) / 2
      a[2 * j + 1] = (imaginary - otherImaginary) / 2
      b[2 * j] = (imaginary + otherImaginary) / 2
      b[2 * j + 1] = (otherReal - real) / 2
    }
  }
}

/// Transforms mask, z and z² along x, sixteen rows at a time.
func transformFields(_ rows: FieldRows, _ along: PartTransform, into fields: Vectors, _ lanes: Lanes) {
  let plan = along.plan, n = plan.box.x, spectrum = 2 * max(plan.period, 8 * plan.blocks(of: along.part))
  nonisolated(unsafe) let fields = fields
  forEachShare(lanes, of: (rows.rows.count + 15) / 16) { groups in
    withVectors(6 * n + 4 * spectrum) { memory in
      let spectra = memory + 6 * n
      for group in groups {
        memory.update(repeating: .zero, count: 4 * n)
        let group = rows.rows[16 * group..<min(rows.rows.count, 16 * group + 16)]
        for (k, row) in group.enumerated() {
          rows.write(row, lane: k % 8, mask: memory + k / 8 * n, scores: memory + (2 + k / 8) * n)
        }
        for x in 0..<2 * n { memory[4 * n + x] = memory[2 * n + x] * memory[2 * n + x] }
        for field in 0..<3 {
          let first = memory + 2 * field * n
          transformSixteen(first, group.count > 8 ? first + n : nil, along, spectra, spectrum)
          for (k, row) in group.enumerated() {
            let target = fields + 2 * (row.y + plan.pitch * (row.z + plan.box.z * field))
            scatter(
              spectra + (2 + k / 8) * spectrum, lane: k % 8, blocks: plan.blocks(of: along.part), to: target,
              stride: 6 * plan.box.z * plan.pitch)
          }
        }
      }
    }
  }
}

/// Spectra of rows a and of rows b, written to the third and fourth quarter of `spectra`.
private func transformSixteen(
  _ a: Vectors, _ b: Vectors?, _ along: PartTransform, _ spectra: Vectors, _ spectrum: Int
) {
  let folded = spectra, whole = spectra + spectrum, first = whole + spectrum, second = first + spectrum
  if let b, along.holdsNegatives {
    along.fold(a, b, into: folded)
    along.transform.transform(folded, to: whole)
    along.separate(whole, first, second)
  } else {
    along.fold(a, nil, into: folded)
    along.transform.transform(folded, to: first)
    guard let b else { return }
    along.fold(b, nil, into: folded)
    along.transform.transform(folded, to: second)
  }
}

/// Turns frequencies of eight rows side by side into eight frequencies of a row side by side.
private func scatter(_ spectra: Vectors, lane: Int, blocks: Int, to target: Vectors, stride: Int) {
  for block in 0..<blocks {
    for part in 0..<2 {
      target[block * stride + part] = column(spectra + 16 * block + part, lane: lane, stride: 2)
    }
  }
}

/// One lane of eight vectors.
@inline(__always)
private func column(_ vectors: Vectors, lane: Int, stride: Int) -> SIMD8<Double> {
  vectors.withMemoryRebound(to: Double.self, capacity: 64 * stride) { numbers in
    let n = numbers + lane, s = 8 * stride
    return [n[0], n[s], n[2 * s], n[3 * s], n[4 * s], n[5 * s], n[6 * s], n[7 * s]]
  }
}

/// Transforms the weights 1 / |d|, 0 at d = 0, along x for offsets d along y and z from 0 to half the length, sixteen
/// rows at a time: eight as real, eight as imaginary parts.
func transformWeights(_ spacing: SIMD3<Double>, _ along: PartTransform, into weights: Vectors, _ lanes: Lanes) {
  let plan = along.plan, (ny, nz) = plan.offsets, period = plan.period, groups = (ny + 15) / 16
  let blocks = plan.blocks(of: along.part)
  nonisolated(unsafe) let weights = weights
  forEachShare(lanes, of: nz * groups) { share in
    withVectors(2 * period + 2 * max(period, 8 * blocks)) { memory in
      for n in share {
        let z = n / groups, group = n % groups
        foldWeights(spacing, y: 16 * group, z: z, along, into: memory)
        along.transform.transform(memory, to: memory + 2 * period)
        for y in 16 * group..<min(ny, 16 * group + 16) {
          let from = memory + 2 * period + (y % 16) / 8
          for block in 0..<blocks {
            weights[(block * nz + z) * ny + y] = column(from + 16 * block, lane: y % 8, stride: 2)
          }
        }
      }
    }
  }
}

/// Σ over x ≡ t modulo the period of w(x) exp(−2πi p x / length), w even, of rows y to y + 7 and i times y + 8 to y + 15.
private func foldWeights(_ spacing: SIMD3<Double>, y: Int, z: Int, _ along: PartTransform, into sums: Vectors) {
  let plan = along.plan, period = plan.period, length = plan.lengths.x
  sums.update(repeating: .zero, count: 2 * period)
  let w = Double(z) * spacing.z, steps: SIMD8<Double> = [0, 1, 2, 3, 4, 5, 6, 7]
  let near = (steps + Double(y)) * spacing.y, far = (steps + Double(y + 8)) * spacing.y
  let nearSquare = near * near + w * w, farSquare = far * far + w * w
  for x in 0...length / 2 {
    let u = Double(x) * spacing.x
    var a = 1 / (nearSquare + u * u).squareRoot()
    let b = 1 / (farSquare + u * u).squareRoot()
    if x + y + z == 0 { a[0] = 0 }
    let turn = along.twist[x], t = 2 * (x % period)
    sums[t] += a * turn.x - b * turn.y
    sums[t + 1] += a * turn.y + b * turn.x
    if x > 0, 2 * x != length {
      let t = 2 * ((length - x) % period)
      sums[t] += a * turn.x + b * turn.y
      sums[t + 1] += b * turn.x - a * turn.y
    }
  }
}
