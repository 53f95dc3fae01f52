/// The pixels of a plane whose centres lie inside closed polygons, by the even–odd rule over all edges: a polygon within
/// another is a hole, and a keyhole's two coinciding edges cancel.
///
/// Vertices are rounded to 2⁻²⁴ pixel, then everything is exact. A centre on an edge belongs to the side of larger x
/// and y: polygons that share an edge share no pixel. Cost: edges × rows they cross.
///
/// - Parameter polygons: Vertices in pixels; (0, 0) is the centre of the first pixel. Not further than 65,536 from it.
/// - Returns: For each row its runs of pixels, ascending, not touching.
package func filled(_ polygons: [[SIMD2<Double>]], columns: Int, rows: Int) -> [[Range<Int>]] {
  let one = 1 << 24
  var crossings = [[Int]](repeating: [], count: rows)
  for polygon in polygons {
    let points = polygon.map { SIMD2(Int(($0.x * 0x1p24).rounded()), Int(($0.y * 0x1p24).rounded())) }
    for (index, start) in points.enumerated() {
      let end = points[(index + 1) % points.count]
      guard start.y != end.y else { continue }
      let (low, high) = start.y < end.y ? (start, end) : (end, start)
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
  return crossings.map { runs($0.sorted(), columns) }
}

/// Runs between the first and second crossing, the third and fourth …
private func runs(_ crossings: [Int], _ columns: Int) -> [Range<Int>] {
  var runs: [Range<Int>] = []
  for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
    let start = min(max(crossings[pair], 0), columns), end = min(max(crossings[pair + 1], 0), columns)
    guard start < end else { continue }
    if let last = runs.last, last.upperBound >= start {
      runs[runs.count - 1] = last.lowerBound..<max(last.upperBound, end)
    } else {
      runs.append(start..<end)
    }
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
