import RadiomicsCore

/// How long patients were seen, and which of several kinds of events came first: right-censored.
package struct CompetingTimes: Sendable, Hashable {
  /// When a row's observation ends.
  package let stop: [Double]
  /// What ends it: 0 for a censored row, else the kind of event, from 1.
  package let kinds: [Int]
  /// Number of kinds.
  package let kindCount: Int
  /// The same with the event that comes first, of any kind.
  package let anyEvent: SurvivalTimes
  /// The same with being censored as the event.
  let censoring: SurvivalTimes

  /// Times that differ by no more than rounding count as equal, as in `SurvivalTimes`.
  /// - `kindCount`: Number of kinds, where the last ones may have no row; else the largest kind.
  /// - Throws: `ModelError` for a time that is no number, or a kind that is not among 0 to `kindCount` (at most 100).
  package init(stop: [Double], kinds: [Int], kindCount: Int? = nil) throws(ModelError) {
    precondition(stop.count == kinds.count, "rows have both")
    precondition(kindCount ?? 1 > 0, "there is a kind of event")
    let count = kindCount ?? min(max(kinds.max() ?? 1, 1), 100)
    if let bad = kinds.first(where: { !(0...count).contains($0) }) {
      throw ModelError.at(
        "kind of event", "is \(bad), must be 0 for a censored row and 1 to \(count) for the kinds of events.")
    }
    let anyEvent = try SurvivalTimes(stop: stop, isEvent: kinds.map { $0 > 0 })
    self.init(anyEvent, try SurvivalTimes(stop: stop, isEvent: kinds.map { $0 == 0 }), kinds, count)
  }

  private init(_ anyEvent: SurvivalTimes, _ censoring: SurvivalTimes, _ kinds: [Int], _ kindCount: Int) {
    (stop, self.anyEvent, self.censoring) = (anyEvent.stop, anyEvent, censoring)
    (self.kinds, self.kindCount) = (kinds, kindCount)
  }

  /// Number of rows.
  package var count: Int { stop.count }
  /// Number of events of a kind.
  package func events(of kind: Int) -> Int { kinds.count { $0 == kind } }

  /// Some of the rows, with the same number of kinds.
  package func rows(_ rows: [Int]) -> CompetingTimes {
    CompetingTimes(anyEvent.rows(rows), censoring.rows(rows), rows.map { kinds[$0] }, kindCount)
  }

  func check(kind: Int) throws(ModelError) {
    guard (1...kindCount).contains(kind) else {
      throw ModelError.at("kind of event", "is \(kind), must be one of 1 to \(kindCount).")
    }
  }
}
