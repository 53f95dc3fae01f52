import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Restricted cubic splines as `rcs` of R's rms: a straight line and truncated cubes that are linear beyond the outer knots, in
/// units of (last knot − first knot)², as that package's `norm = 2`. Stone and Koo 1985; Harrell 2015, doi:10.1007/978-3-319-19425-7,
/// chapter 2.4.5.
package struct RestrictedSpline: Sendable, Hashable {
  /// Three or more, ascending.
  package let knots: [Double]
  /// Number of columns.
  var count: Int { knots.count - 1 }

  /// Between how many knots a choice is made.
  static let counts = 3...7

  /// Knots chosen elsewhere.
  /// - Throws: `ModelError` unless there are three or more that differ.
  package init(knots: [Double], name: String) throws(ModelError) {
    let sorted = Array(Set(knots)).sorted()
    guard sorted.count >= 3, sorted.count <= 50, sorted.allSatisfy(\.isFinite) else {
      throw ModelError.term(name, "has \(sorted.count) different knots, must have 3 to 50.")
    }
    self.knots = sorted
  }

  /// Knots at Harrell's quantiles of values: the outer ones at 10 and 90 %, of more than three at 5 and 95 %, of seven at 2.5 and
  /// 97.5 %, the others at equal distances between; of fewer than 100 values the outer knots are the fifth smallest and largest. Where
  /// 5 % of values or more are equally small (or large), the outer knot lies at them.
  package init(_ values: [Double], count: Int, name: String) throws(ModelError) {
    var sorted = values.sorted(), knots: [Double]
    let unique = Set(sorted).count, n = Double(sorted.count)
    guard unique >= 3, sorted.count >= 6 else {
      throw ModelError.term(name, "has \(unique) different values in \(sorted.count) rows, must have three in six.")
    }
    if unique - 2 <= count {
      try self.init(knots: Array(Set(sorted).sorted().dropFirst().dropLast()), name: name)
      return
    }
    var low: Double?, high: Double?
    let first = Double(sorted.count { $0 == sorted[0] }), last = Double(sorted.count { $0 == sorted[sorted.count - 1] })
    let others = Dictionary(grouping: sorted) { $0 }.filter {
      $0.key != sorted[0] && $0.key != sorted[sorted.count - 1]
    }
    if others.allSatisfy({ Double($0.value.count) / n < 0.05 }) {
      if first / n >= 0.05 {
        low = sorted.first { $0 > sorted[0] }
        sorted = sorted.filter { $0 > low! }
      }
      if last / n >= 0.05 {
        let top = sorted[sorted.count - 1]
        high = sorted.last { $0 < top }
        sorted = sorted.filter { $0 < high! }
      }
    }
    let inner = count - (low == nil ? 0 : 1) - (high == nil ? 0 : 1), outer = count > 6 ? 2.5 : count > 3 ? 5 : 10
    guard inner > 0, sorted.count >= 5 else {
      throw ModelError.term(name, "so many values are equal that there are no knots. Choose fewer knots, or a line.")
    }
    let begin = inner == 2 ? 50 : outer
    knots = (0..<inner).map { k in
      percentile(inner == 1 ? 50 : begin + (100 - outer - begin) * Double(k) / Double(inner - 1), of: sorted)
    }
    if sorted.count < 100 {
      if low == nil { knots[0] = sorted[4] }
      if high == nil { knots[inner - 1] = sorted[sorted.count - 5] }
    }
    knots = [low].compactMap { $0 } + knots + [high].compactMap { $0 }
    guard zip(knots, knots.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw ModelError.term(name, "so many values are equal that knots coincide. Choose fewer knots.")
    }
    try self.init(knots: knots, name: name)
  }

  /// The columns of a value.
  package func basis(_ x: Double) -> [Double] {
    let n = knots.count, last = knots[n - 1], before = knots[n - 2]
    let unit = pow(last - knots[0], 2.0 / 3)
    func cube(_ knot: Double) -> Double {
      let part = max((x - knot) / unit, 0)
      return part * part * part
    }
    let ends = (cube(before), cube(last))
    return [x]
      + knots.dropLast(2).map { knot in
        cube(knot) + ((before - knot) * ends.1 - (last - knot) * ends.0) / (last - before)
      }
  }
}

extension RestrictedSpline: Codable {
  package init(from decoder: any Decoder) throws {
    try self.init(knots: decoder.singleValueContainer().decode([Double].self), name: "knots")
  }
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(knots)
  }
}
