import RadiomicsCore
import RadiomicsNumerics

/// How much better predictions look pooled than within sites, beside what chance makes of that difference: patients keep their predictions
/// and outcomes and are dealt anew to sites of the same sizes. A difference beyond that range says that predictions, or outcomes, tell sites
/// apart. O(shuffles × repeats × n log n).
package struct SiteGap: Sendable, Hashable {
  /// Pooled less within-site share of pairs in the right order; the mean over repeats.
  package let value: Double
  /// The middle 95 % of the same after shuffles; nil if none could be compared.
  package let range: ClosedRange<Double>?
  /// How many shuffles could be compared.
  package let shuffles: Int

  /// Whether it is larger than `size` and out of the range of chance.
  package func isNotable(size: Double = 0.05) -> Bool {
    abs(value) > size && range.map { !$0.contains(value) } ?? false
  }

  /// Nil where no two rows of a site can be compared.
  /// - `repeats`: Predictions of the rows by each repeat of a cross-validation.
  /// - `sites`: Of each row.
  /// - `patients`: Numbers of rows that belong to the same patient: those at one site stay together.
  package init?(
    _ repeats: [[Double]], _ outcome: ObservedOutcome, sites: [Int], patients: [Int]? = nil, shuffles: Int = 200,
    seed: UInt64
  ) {
    let times = outcome.comparable, dense = RankTree.ranks(sites.map(Double.init))
    func pooled(_ strata: [Int]?) -> Double {
      mean(repeats.map { ConcordanceIndex($0, times, strata: strata).value })
    }
    let all = pooled(nil), units = Self.units(repeats, times, dense, patients)
    value = all - pooled(dense)
    guard value.isFinite else { return nil }
    var generator = SeededGenerator(seed: seed), labels = units.map { dense[$0[0]] }, found: [Double] = []
    for _ in 0..<shuffles {
      for place in labels.indices.dropFirst().reversed() { labels.swapAt(place, generator.below(place + 1)) }
      var dealt = dense
      for (rows, label) in zip(units, labels) { for row in rows { dealt[row] = label } }
      let gap = all - pooled(dealt)
      if gap.isFinite { found.append(gap) }
    }
    self.shuffles = found.count
    found.sort()
    range = found.isEmpty ? nil : percentile(2.5, of: found)...percentile(97.5, of: found)
  }

  /// The rows of a patient at a site, in an order that no order of rows changes: units that hold the same are exchangeable.
  private static func units(_ repeats: [[Double]], _ times: SurvivalTimes, _ sites: [Int], _ patients: [Int]?)
    -> [[Int]]
  {
    func key(_ row: Int) -> [Double] {
      [Double(sites[row]), times.start[row], times.stop[row], times.isEvent[row] ? 1 : 0] + repeats.map { $0[row] }
    }
    let keys = sites.indices.map(key)
    func precedes(_ a: [Double], _ b: [Double]) -> Bool { a.lexicographicallyPrecedes(b) }
    let groups = Dictionary(grouping: sites.indices) { [patients?[$0] ?? $0, sites[$0]] }
    return groups.values.map { rows in rows.sorted { precedes(keys[$0], keys[$1]) } }
      .map { (rows: $0, key: $0.flatMap { keys[$0] }) }
      .sorted { precedes($0.key, $1.key) }.map(\.rows)
  }
}
