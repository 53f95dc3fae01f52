import RadiomicsNumerics
import RadiomicsStatistics

/// Natural cubic splines as R's `ns`: B-splines that are linear beyond the boundary knots. Hastie 1992 in Chambers and
/// Hastie, Statistical Models in S, chapter 7; B-splines by Cox and de Boor.
struct NaturalSpline: Sendable, Hashable, Codable {
  /// Lowest and highest value of the data.
  let boundary: ClosedRange<Double>
  /// Between them, at quantiles of the data.
  let knots: [Double]
  /// Number of columns.
  var count: Int { knots.count + 1 }

  /// - `df`: Number of columns.
  /// - Throws: `ModelError` if the values are too few or too often the same.
  init(_ values: [Double], df: Int, name: String) throws(ModelError) {
    let sorted = values.sorted()
    guard let low = sorted.first, let high = sorted.last, low < high else {
      throw ModelError.term(name, "every value is the same, a spline needs a range.")
    }
    boundary = low...high
    knots = (1..<max(df, 1)).map { percentile(100 * Double($0) / Double(df), of: sorted) }
    guard zip([low] + knots, knots + [high]).allSatisfy({ $0 < $1 }) else {
      throw ModelError.term(name, "so many values are equal that knots coincide. Lower the degrees of freedom.")
    }
  }

  private enum CodingKeys: CodingKey { case boundary, knots }

  init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self),
      ends = try parts.decode([Double].self, forKey: .boundary)
    knots = try parts.decode([Double].self, forKey: .knots)
    guard ends.count == 2, zip([ends[0]] + knots, knots + [ends[1]]).allSatisfy({ $0 < $1 }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .knots, in: parts, debugDescription: "has knots that do not ascend between its boundary")
    }
    boundary = ends[0]...ends[1]
  }

  func encode(to encoder: any Encoder) throws {
    var parts = encoder.container(keyedBy: CodingKeys.self)
    try parts.encode([boundary.lowerBound, boundary.upperBound], forKey: .boundary)
    try parts.encode(knots, forKey: .knots)
  }

  /// The columns of a value.
  var basis: (_ x: Double) -> [Double] {
    let mirrors = mirrors
    return { x in
      let value: [Double]
      if x < boundary.lowerBound {
        value = extended(from: boundary.lowerBound, to: x)
      } else if x > boundary.upperBound {
        value = extended(from: boundary.upperBound, to: x)
      } else {
        value = splines(x, derivative: 0)
      }
      return Array(
        mirrors.enumerated().reduce(value) { Self.reflected($0, by: $1.element, $1.offset) }.dropFirst(2))
    }
  }

  private func extended(from edge: Double, to x: Double) -> [Double] {
    zip(splines(edge, derivative: 0), splines(edge, derivative: 1)).map { $0 + $1 * (x - edge) }
  }

  /// All B-splines but the first, or their derivatives.
  private func splines(_ x: Double, derivative: Int) -> [Double] {
    let padded =
      Array(repeating: boundary.lowerBound, count: 4) + knots + Array(repeating: boundary.upperBound, count: 4)
    return Array(Self.splines(x, padded, order: 4, derivative: derivative).dropFirst())
  }

  /// B-splines of an order on knots, the last closed at the right.
  private static func splines(_ x: Double, _ t: [Double], order: Int, derivative: Int) -> [Double] {
    let count = t.count - order
    if derivative > 0 {
      let lower = splines(x, t, order: order - 1, derivative: derivative - 1)
      func part(_ i: Int) -> Double {
        let width = t[i + order - 1] - t[i]
        return width > 0 ? Double(order - 1) * lower[i] / width : 0
      }
      return (0..<count).map { part($0) - part($0 + 1) }
    }
    var values = [Double](repeating: 0, count: t.count - 1)
    let last = values.indices.last { t[$0] < t[$0 + 1] }!
    for i in values.indices where t[i] < t[i + 1] && (x >= t[i] && x < t[i + 1] || i == last && x == t[i + 1]) {
      values[i] = 1
    }
    for k in 2...max(order, 2) where k <= order {
      for i in 0..<t.count - k {
        let left = t[i + k - 1] - t[i], right = t[i + k] - t[i + 1]
        values[i] =
          (left > 0 ? (x - t[i]) / left * values[i] : 0) + (right > 0 ? (t[i + k] - x) / right * values[i + 1] : 0)
      }
    }
    return Array(values[0..<count])
  }

  /// Householder's reflections of the two conditions that the second derivative is 0 at both boundary knots; the columns reflected by
  /// them are, without the first two, what the conditions leave.
  private var mirrors: [[Double]] {
    var conditions = [boundary.lowerBound, boundary.upperBound].map { splines($0, derivative: 2) }
    return (0..<2).map { step in
      let norm = conditions[step][step...].reduce(0) { $0 + $1 * $1 }.squareRoot()
      let signed = conditions[step][step] < 0 ? -norm : norm
      var mirror = [Double](repeating: 0, count: conditions[step].count)
      for i in step..<mirror.count { mirror[i] = conditions[step][i] / signed }
      mirror[step] += 1
      conditions = conditions.map { Self.reflected($0, by: mirror, step) }
      return mirror
    }
  }

  private static func reflected(_ vector: [Double], by mirror: [Double], _ step: Int) -> [Double] {
    let along = dot(mirror, vector) / mirror[step]
    return zip(vector, mirror).map { $0 - along * $1 }
  }
}
