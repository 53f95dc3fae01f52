import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Patients in groups by a marker: its categories, its few numbers, or ranges between cuts.
package struct MarkerGroups: Sendable, Hashable {
  /// So many different numbers still are groups of their own.
  static let mostLevels = 4
  /// Names, in order of the marker.
  package let names: [String]
  /// Each row's group.
  package let codes: [Int]
  /// Whether the median of the rows at hand cuts.
  package let isCutAtMedian: Bool

  /// - `values`: None missing.
  /// - `cuts`: A value at or above a cut is in the upper group; without cuts few numbers are groups of their own, else
  ///   the median cuts.
  /// - Throws: `ModelError` for cuts of categories, or a cut beyond all values.
  package init(_ name: String, _ values: Column.Values, cuts: [Double] = []) throws(ModelError) {
    let words = values.words.map { $0 ?? "" }, levels = Column.Values.levels(words)
    guard case .numbers(let numbers) = values, !cuts.isEmpty || levels.count > Self.mostLevels else {
      guard cuts.isEmpty else { throw ModelError.at("marker '\(name)'", "has categories, which need no cut.") }
      names = levels.map { "\(name) = \($0)" }
      codes = words.map { levels.firstIndex(of: $0)! }
      isCutAtMedian = false
      return
    }
    let known = numbers.map { $0! }, sorted = known.sorted()
    var cuts = Set(cuts).sorted()
    isCutAtMedian = cuts.isEmpty
    if cuts.isEmpty {
      let median = percentile(50, of: sorted)
      cuts = [median > sorted[0] ? median : sorted.first { $0 > median } ?? median]
    }
    codes = known.map { value in cuts.count { $0 <= value } }
    names = (0...cuts.count).map { group in
      if group == 0 { return "\(name) < \(shortText(cuts[0], digits: 6))" }
      return group == cuts.count
        ? "\(name) ≥ \(shortText(cuts[group - 1], digits: 6))"
        : "\(shortText(cuts[group - 1], digits: 6)) ≤ \(name) < \(shortText(cuts[group], digits: 6))"
    }
    if let empty = names.indices.first(where: { !codes.contains($0) }) {
      throw ModelError.at(
        "cut of '\(name)'",
        "there is no patient with \(names[empty]); values are from \(numberText(sorted[0])) to "
          + "\(numberText(sorted[sorted.count - 1])).")
    }
  }
}
