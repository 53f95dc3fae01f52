import RadiomicsCore
import RadiomicsNumerics

/// How long patients were seen, and whether the event ended it: right-censored, with late entry where there is one.
package struct SurvivalTimes: Sendable, Hashable {
  /// When a row comes under observation; −∞ where it was from the beginning. A row is at risk at t if start < t ≤ stop.
  package let start: [Double]
  /// When its observation ends.
  package let stop: [Double]
  /// Whether it ends by the event; else it is censored.
  package let isEvent: [Bool]

  /// Times that differ by no more than 1.5e-8, or by this part of their mean, count as equal, as in R's `survival`.
  /// - Throws: `ModelError` for an interval that ends before it begins, or a time that is no number.
  package init(start: [Double]? = nil, stop: [Double], isEvent: [Bool]) throws(ModelError) {
    precondition(stop.count == isEvent.count && start?.count ?? stop.count == stop.count, "rows have both")
    if let bad = (stop + (start ?? [])).first(where: { !$0.isFinite }) {
      throw ModelError.value("time", bad, must: "a number")
    }
    let merged = Self.merged((start ?? []) + stop)
    let ends = Array(merged.suffix(stop.count))
    let begins = start == nil ? [Double](repeating: -.infinity, count: stop.count) : Array(merged.prefix(stop.count))
    for row in stop.indices where begins[row] >= ends[row] {
      throw ModelError.at(
        "time", "an interval goes from \(numberText(start?[row] ?? 0)) to \(numberText(stop[row])), must end later.")
    }
    (self.start, self.stop, self.isEvent) = (begins, ends, isEvent)
  }

  private init(_ start: [Double], _ stop: [Double], _ isEvent: [Bool]) {
    (self.start, self.stop, self.isEvent) = (start, stop, isEvent)
  }

  /// Each time replaced by the first of those that rounding alone tells apart.
  private static func merged(_ times: [Double]) -> [Double] {
    let order = ascendingOrder(of: times), tolerance = Double.ulpOfOne.squareRoot()
    let size = times.reduce(0) { $0 + abs($1) } / Double(max(times.count, 1))
    var result = times
    for (before, row) in zip(order, order.dropFirst()) {
      let gap = times[row] - times[before]
      if gap > 0, gap <= tolerance || gap <= tolerance * size { result[row] = result[before] }
      if gap == 0 { result[row] = result[before] }
    }
    return result
  }

  /// Number of rows, and of events.
  package var count: Int { stop.count }
  /// Number of events.
  package var events: Int { isEvent.count { $0 } }
  /// Whether rows enter late.
  package var hasEntry: Bool { start.contains { $0.isFinite } }

  /// Some of the rows.
  package func rows(_ rows: [Int]) -> SurvivalTimes {
    SurvivalTimes(rows.map { start[$0] }, rows.map { stop[$0] }, rows.map { isEvent[$0] })
  }

  /// The same, censored at a time: what happens later is not seen.
  package func censored(after limit: Double) -> SurvivalTimes {
    SurvivalTimes(start, stop.map { min($0, limit) }, zip(stop, isEvent).map { $0 <= limit && $1 })
  }

  /// Rows by their end, the earliest first; at equal times events before censored ones, then in the rows' order.
  func ascending() -> [Int] {
    var rows = ascendingOrder(of: stop), begin = 0
    while begin < rows.count {
      var end = begin + 1
      while end < rows.count, stop[rows[end]] == stop[rows[begin]] { end += 1 }
      if end > begin + 1 {
        let tied = Array(rows[begin..<end])
        var place = begin
        for kind in [true, false] {
          for row in tied where isEvent[row] == kind {
            rows[place] = row
            place += 1
          }
        }
      }
      begin = end
    }
    return rows
  }
}

extension SurvivalTimes {
  /// Of a model without columns: 1 for an event, less the cumulative hazard (Nelson and Aalen's) that a row lived through. They add up to 0.
  package var martingaleResiduals: [Double] {
    let sets = RiskSets(self), steps = sets.steps.reversed()
    let hazard = CoxHazard(
      CoxLikelihood(
        sets: sets, ties: .breslow, design: [], columns: 0, offset: sets.rows.map { _ in 0 },
        weights: sets.rows.map { _ in 1 }), [])
    let moments = steps.map(\.time), cumulative = moments.map { hazard.sum(0, to: $0).hazard }
    func lived(_ time: Double) -> Double {
      let passed = countUpTo(time, in: moments)
      return passed == 0 ? 0 : cumulative[passed - 1]
    }
    return stop.indices.map { (isEvent[$0] ? 1 : 0) - lived(stop[$0]) + (start[$0].isFinite ? lived(start[$0]) : 0) }
  }
}
