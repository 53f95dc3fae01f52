import RadiomicsFormats

/// The pixels of a plane whose centres lie inside closed polygons, by the even–odd rule over all edges: a polygon within
/// another is a hole, and a keyhole's two coinciding edges cancel.
///
/// Vertices are rounded to 2⁻²⁴ pixel, then everything is exact. A centre on an edge belongs to the side of larger x
/// and y: polygons that share an edge share no pixel. With `edge` `.inside` every such centre belongs, and vertices within a
/// hundredth of a pixel of a centre are taken to lie on it, as decimals are cut. Cost: edges × rows they cross.
///
/// - `polygons`: Vertices in pixels; (0, 0) is the centre of the first pixel. Not further than 65,536 from it.
/// - Returns: For each row its runs of pixels, ascending, not touching.
package func filled(
  _ polygons: [[SIMD2<Double>]], columns: Int, rows: Int, edge: ContourEdge = .half
) -> [[Range<Int>]] {
  let one = 1 << 24
  var crossings = [[Int]](repeating: [], count: rows), touched = [[Range<Int>]](repeating: [], count: rows)
  for polygon in polygons {
    let points = polygon.map { vertex in
      let place = edge == .inside ? onCentre(vertex) ?? vertex : vertex
      return SIMD2(Int((place.x * 0x1p24).rounded()), Int((place.y * 0x1p24).rounded()))
    }
    for (index, start) in points.enumerated() {
      let end = points[(index + 1) % points.count]
      let (low, high) = start.y < end.y ? (start, end) : (end, start)
      if edge == .inside { touch(low, high, one, columns, &touched) }
      guard start.y != end.y else { continue }
      // Rows with low.y <= y·one < high.y.
      let first = max(0, ceilingQuotient(low.y, one)), last = min(rows - 1, ceilingQuotient(high.y, one) - 1)
      guard first <= last else { continue }
      let height = high.y - low.y
      for row in first...last {
        let (shift, isWhole) = floorQuotient(row * one - low.y, times: high.x - low.x, by: height)
        crossings[row].append(ceilingQuotient(low.x + shift + (isWhole ? 0 : 1), one))
      }
    }
  }
  return zip(crossings, touched).map { merged(runs($0.sorted(), columns) + $1) }
}

/// The pixel's centre that a vertex lies on, but for decimals that were cut.
func onCentre(_ vertex: SIMD2<Double>) -> SIMD2<Double>? {
  let centre = vertex.rounded(.toNearestOrAwayFromZero), apart = vertex - centre
  return abs(apart.x) <= 0.01 && abs(apart.y) <= 0.01 ? centre : nil
}

/// Adds the centres that lie on an edge.
private func touch(
  _ low: SIMD2<Int>, _ high: SIMD2<Int>, _ one: Int, _ columns: Int, _ touched: inout [[Range<Int>]]
) {
  let first = max(0, ceilingQuotient(low.y, one)), last = min(touched.count - 1, -ceilingQuotient(-high.y, one))
  guard first <= last else { return }
  func add(_ from: Int, _ to: Int, _ row: Int) {
    let from = max(0, ceilingQuotient(from, one)), to = min(columns - 1, -ceilingQuotient(-to, one))
    if from <= to { touched[row].append(from..<to + 1) }
  }
  guard low.y != high.y else { return add(min(low.x, high.x), max(low.x, high.x), first) }
  for row in first...last {
    let (shift, isWhole) = floorQuotient(row * one - low.y, times: high.x - low.x, by: high.y - low.y)
    if isWhole { add(low.x + shift, low.x + shift, row) }
  }
}

/// Runs that touch or overlap as one.
private func merged(_ runs: [Range<Int>]) -> [Range<Int>] {
  var merged: [Range<Int>] = []
  for run in runs.sorted(by: { $0.lowerBound < $1.lowerBound }) {
    if let last = merged.last, last.upperBound >= run.lowerBound {
      merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, run.upperBound)
    } else {
      merged.append(run)
    }
  }
  return merged
}

/// Runs between the first and second crossing, the third and fourth …
private func runs(_ crossings: [Int], _ columns: Int) -> [Range<Int>] {
  var runs: [Range<Int>] = []
  for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
    let start = min(max(crossings[pair], 0), columns), end = min(max(crossings[pair + 1], 0), columns)
    if start < end { runs.append(start..<end) }
  }
  return runs
}

/// ⌈a / b⌉ for b above 0.
private func ceilingQuotient(_ a: Int, _ b: Int) -> Int {
  let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
  return rest > 0 ? quotient + 1 : quotient
}

/// ⌊a · b / c⌋ for a not below and c above 0, and whether nothing was cut off.
private func floorQuotient(_ a: Int, times b: Int, by c: Int) -> (quotient: Int, isWhole: Bool) {
  let (quotient, rest) = c.magnitude.dividingFullWidth(a.magnitude.multipliedFullWidth(by: b.magnitude))
  return (b < 0 ? -Int(quotient) - (rest > 0 ? 1 : 0) : Int(quotient), rest == 0)
}
