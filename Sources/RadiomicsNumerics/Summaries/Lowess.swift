/// A smooth line through points by locally weighted linear regression without robust repetitions: at each x the nearest part
/// `span` of the points with tricube weights. Cleveland 1979, doi:10.1080/01621459.1979.10481038; as R's `lowess` with
/// `iter = 0, delta = 0`; of more than 2,000 points the line is fitted at points a 500th of the range apart, and straight between.
/// - `points`: Ascending in x; at least two.
/// - Returns: The smoothed y at each x.
package func lowess(_ points: [(x: Double, y: Double)], span: Double = 2.0 / 3) -> [Double] {
  let n = points.count, size = max(min(n, Int(span * Double(n) + 1e-7)), 2)
  guard n > 1 else { return points.map(\.y) }
  let range = points[n - 1].x - points[0].x, gap = n > 2000 ? range / 500 : 0
  var left = 0, fitted: [(x: Double, y: Double)] = []
  for (i, point) in points.enumerated() {
    if let last = fitted.last, i < n - 1, n > 2000, point.x - last.x < gap { continue }
    while left + size < n, point.x - points[left].x > points[left + size].x - point.x { left += 1 }
    fitted.append((point.x, localLine(points, point.x, from: left, size, range) ?? point.y))
  }
  guard fitted.count < n else { return fitted.map(\.y) }
  var next = 0
  return points.map { point in
    while next < fitted.count - 1, fitted[next].x < point.x { next += 1 }
    let after = fitted[next], before = fitted[max(0, next - 1)]
    guard after.x > before.x, point.x < after.x else { return after.y }
    return before.y + (after.y - before.y) * (point.x - before.x) / (after.x - before.x)
  }
}

private func localLine(_ points: [(x: Double, y: Double)], _ x: Double, from left: Int, _ size: Int, _ range: Double)
  -> Double?
{
  let reach = max(x - points[left].x, points[left + size - 1].x - x)
  var weights: [(index: Int, weight: Double)] = [], total = 0.0
  for j in left..<points.count {
    let distance = abs(points[j].x - x)
    if distance <= 0.999 * reach {
      let part = distance / reach, cube = 1 - part * part * part
      let weight = distance > 0.001 * reach ? cube * cube * cube : 1
      weights.append((j, weight))
      total += weight
    } else if points[j].x > x {
      break
    }
  }
  guard total > 0 else { return nil }
  let center = weights.reduce(0) { $0 + $1.weight * points[$1.index].x } / total
  let spread =
    weights.reduce(0) {
      $0 + $1.weight * (points[$1.index].x - center) * (points[$1.index].x - center)
    } / total
  let slope = spread.squareRoot() > 0.001 * range ? (x - center) / spread : 0
  return weights.reduce(0) {
    $0 + $1.weight * (1 + slope * (points[$1.index].x - center)) * points[$1.index].y
  } / total
}
