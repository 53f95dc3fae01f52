import RadiomicsCore
import RadiomicsNumerics

/// Performance on held-out rows against the number of patients in training: whether more patients would help. Figueroa et al. 2012,
/// doi:10.1186/1472-6947-12-8. In each replicate of a design patients of the training part are taken in an order that the seed gives, smaller
/// samples within larger ones, the events' share kept.
package struct LearningCurve: Sendable, Hashable {
  /// A size of training.
  package struct Point: Sendable, Hashable {
    /// Share of the training part's patients; patients, the mean over replicates, rounded.
    package let share: Double, patients: Int
    /// Performance: the mean over replicates, and the middle 95 % of them.
    package let value: Double, range: ClosedRange<Double>
    /// Replicates in which it is defined.
    package let replicates: Int
  }

  /// Of rising size; sizes at which no replicate gives a performance are left out.
  package let points: [Point]

  /// - `splits`: Which rows are for training, and which are held out.
  /// - `patients`: A number for each row, equal for rows of the same patient; nil where each row is one.
  /// - `strata`: A number for each row, such as whether it is an event, whose shares are kept; a patient belongs to that of its first row.
  /// - `performance`: Of a model fitted to rows on held-out ones; nil where it cannot be fitted or is undefined.
  package init(
    _ splits: [(training: [Int], heldOut: [Int])], shares: [Double] = [0.2, 0.4, 0.6, 0.8, 1], patients: [Int]? = nil,
    strata: [Int]? = nil, seed: UInt64, on lanes: Lanes,
    performance: @Sendable (_ training: [Int], _ heldOut: [Int]) -> Double?
  ) {
    let shares = shares.sorted(), count = splits.count
    let results = lanes.map(count * shares.count) { number -> (patients: Int, value: Double)? in
      let split = splits[number / shares.count]
      let sample = Self.sample(
        split.training, shares[number % shares.count], patients, strata, seed: seed, replicate: number / shares.count)
      return performance(sample.rows, split.heldOut).map { (sample.patients, $0) }
    }
    points = shares.indices.compactMap { place in
      let own = stride(from: place, to: results.count, by: shares.count).compactMap { results[$0] }
      let values = own.map(\.value).sorted()
      guard !values.isEmpty else { return nil }
      return Point(
        share: shares[place], patients: Int(mean(own.map { Double($0.patients) }).rounded()), value: mean(values),
        range: percentile(2.5, of: values)...percentile(97.5, of: values), replicates: values.count)
    }
  }

  /// A share of the patients of some rows, at least one of each stratum; their rows in the order given.
  private static func sample(
    _ rows: [Int], _ share: Double, _ patients: [Int]?, _ strata: [Int]?, seed: UInt64, replicate: Int
  ) -> (rows: [Int], patients: Int) {
    var firstRow: [Int: Int] = [:], order: [Int] = []
    for row in rows where firstRow[patients?[row] ?? row] == nil {
      firstRow[patients?[row] ?? row] = row
      order.append(patients?[row] ?? row)
    }
    var kept: Set<Int> = []
    let mixed = shuffledRows(order.count, within: nil, seed: seed, replicate: replicate).map { order[$0] }
    let groups = Dictionary(grouping: mixed) { patient in strata.map { $0[firstRow[patient]!] } ?? 0 }
    for group in groups.values {
      kept.formUnion(group.prefix(max(1, Int((share * Double(group.count)).rounded()))))
    }
    return (rows.filter { kept.contains(patients?[$0] ?? $0) }, kept.count)
  }
}
