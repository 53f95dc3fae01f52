import RadiomicsCore
import RadiomicsNumerics

/// How much performance is lost where a column is shuffled among rows, so that it tells nothing while all else stays: Breiman 2001,
/// doi:10.1023/A:1010933404324. Of correlated columns each may be replaced by the others and seem unimportant. One prediction for each column
/// and repeat.
package struct PermutationImportance: Sendable, Hashable {
  /// A column.
  package let column: Int
  /// Loss of performance: the mean over repeats, and the least and the largest.
  package let loss: Double, range: ClosedRange<Double>

  /// One for each column, in their order, on any number of lanes with the same result.
  /// - `blocks`: A number for each row, such as its site: values are shuffled among rows of one number only. Nil: among all.
  /// - `predictions`: Predictions of all rows, where a column has for each row the value of another, as told: of nothing without a column.
  /// - `performance`: Of predictions, larger is better; nil where it is undefined, such a repeat is left out.
  /// - Returns: Nil if the performance of all rows as they are is undefined, or that of a column in every repeat.
  package static func all<Failure: Error>(
    columns: Int, rows: Int, repeats: Int = 20, blocks: [Int]? = nil, seed: UInt64, on lanes: Lanes,
    predictions: @Sendable (_ shuffled: (column: Int, from: [Int])?) throws(Failure) -> [Double],
    performance: @Sendable ([Double]) -> Double?
  ) throws(Failure) -> [PermutationImportance]? {
    guard let base = performance(try predictions(nil)) else { return nil }
    let orders = (0..<repeats).map { shuffledRows(rows, within: blocks, seed: seed, replicate: $0) }
    let results: [Result<Double?, Failure>] = lanes.map(columns * repeats) { number in
      do throws(Failure) {
        return .success(performance(try predictions((number / repeats, orders[number % repeats]))))
      } catch {
        return .failure(error)
      }
    }
    var found: [PermutationImportance] = []
    for column in 0..<columns {
      var losses: [Double] = []
      for result in results[column * repeats..<(column + 1) * repeats] {
        if let value = try result.get() { losses.append(base - value) }
      }
      guard let low = losses.min(), let high = losses.max() else { return nil }
      found.append(PermutationImportance(column: column, loss: mean(losses), range: low...high))
    }
    return found
  }
}

/// For each row the row whose value it gets: all rows of a block, in an order that a generator gives.
/// - `blocks`: A number for each row; nil: all rows are one block.
package func shuffledRows(_ rows: Int, within blocks: [Int]?, seed: UInt64, replicate: Int) -> [Int] {
  var generator = SeededGenerator(seed: seed, replicate: replicate), from = Array(0..<rows)
  let groups =
    blocks.map { blocks in
      Dictionary(grouping: from) { blocks[$0] }.sorted { $0.key < $1.key }.map(\.value)
    } ?? [from]
  for group in groups {
    var order = group
    for place in order.indices.dropFirst().reversed() { order.swapAt(place, generator.below(place + 1)) }
    for (place, row) in group.enumerated() { from[row] = order[place] }
  }
  return from
}
