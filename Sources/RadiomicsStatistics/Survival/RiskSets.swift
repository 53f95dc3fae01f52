import RadiomicsNumerics

/// Who is at risk at each time of an event, as an order in which rows enter and leave when time runs backwards. Made once for all
/// models of the same rows.
package struct RiskSets: Sendable {
  /// A time of events in a stratum.
  package struct Step: Sendable {
    package let time: Double, stratum: Int
    /// Where the stratum's rows begin, in `rows` and in `leaving`.
    package let begin: Int, leavingBegin: Int
    /// Rows of `rows` before `end` have entered; from `firstEvent` on they are this time's events.
    package let firstEvent: Int, end: Int
    /// Rows of `leaving` before `left` have left again, as they begin later.
    package let left: Int
    /// Number of events.
    var events: Int { end - firstEvent }
  }

  /// Rows by stratum, the latest end first, at equal ends censored ones before events.
  package let rows: [Int]
  /// Places in `rows`, by stratum, the latest beginning first; empty if all begin at −∞.
  package let leaving: [Int]
  /// By stratum, latest first.
  package let steps: [Step]

  /// - `strata`: Numbers from 0.
  /// - `included`: Rows that take part; all without it.
  package init(_ times: SurvivalTimes, strata: [Int]? = nil, included: [Bool]? = nil) {
    func stratum(_ row: Int) -> Int { strata?[row] ?? 0 }
    let all = (0..<times.count).filter { included?[$0] ?? true }
    let rows = Self.byStratum(Self.descending(times, all), strata)
    var leaving: [Int] = []
    if times.hasEntry {
      let latest = ascendingOrder(of: rows.map { -times.start[$0] })
      leaving = Self.byStratum(latest, strata.map { strata in rows.map { strata[$0] } })
    }
    var steps: [Step] = [], place = 0, begin = 0, left = 0, leavingBegin = 0
    while place < rows.count {
      let row = rows[place], time = times.stop[row]
      if stratum(row) != stratum(rows[begin]) {
        begin = place
        leavingBegin = leaving.isEmpty ? 0 : place
        left = leavingBegin
      }
      var end = place
      var firstEvent = place
      while end < rows.count, times.stop[rows[end]] == time, stratum(rows[end]) == stratum(row) {
        if !times.isEvent[rows[end]] { firstEvent = end + 1 }
        end += 1
      }
      while left < leaving.count, stratum(rows[leaving[left]]) == stratum(row),
        times.start[rows[leaving[left]]] >= time
      { left += 1 }
      if firstEvent < end {
        steps.append(
          Step(
            time: time, stratum: stratum(row), begin: begin, leavingBegin: leavingBegin, firstEvent: firstEvent,
            end: end, left: left))
      }
      place = end
    }
    (self.rows, self.leaving, self.steps) = (rows, leaving, steps)
  }

  /// Rows by their end, the latest first, at equal ends censored ones before events.
  private static func descending(_ times: SurvivalTimes, _ rows: [Int]) -> [Int] {
    let whole = rows.count == times.count
    return Array((whole ? times : times.rows(rows)).ascending().reversed()).map { whole ? $0 : rows[$0] }
  }

  /// Items in the order of their strata, within one as they stand.
  private static func byStratum(_ items: [Int], _ strata: [Int]?) -> [Int] {
    guard let strata, let last = strata.max(), last > 0 else { return items }
    var groups = [[Int]](repeating: [], count: last + 1)
    for item in items { groups[strata[item]].append(item) }
    return groups.flatMap { $0 }
  }

  /// Number of events.
  var events: Int { steps.reduce(0) { $0 + $1.events } }
}
