import RadiomicsCore
import RadiomicsNumerics

/// How far batches lie apart in a space of scores. O(rows² × (scores + log rows)).
package struct BatchMixing: Sendable, Hashable {
  /// The mean silhouette of batches: near 0 where they are mixed, 1 where they lie apart. Rousseeuw 1987,
  /// doi:10.1016/0377-0427(87)90125-7.
  package let silhouette: Double
  /// The share of rows among whose nearest neighbours batches are not as frequent as in all (χ², P below 0.05); about 0.05 where they are
  /// mixed. kBET: Büttner et al. 2019, doi:10.1038/s41592-018-0254-1.
  package let kbet: Double
  /// How many neighbours.
  package let neighbours: Int

  /// Nil unless there are two batches and more than ten rows.
  /// - `scores`: Rows by scores.
  package init?(_ scores: Matrix, _ codes: [Int], batchCount: Int) {
    let n = codes.count
    var counts = [Int](repeating: 0, count: batchCount)
    for code in codes { counts[code] += 1 }
    let present = counts.indices.filter { counts[$0] > 0 }
    guard present.count > 1, n > 10, scores.columns > 0 else { return nil }
    let k = max(10, n / present.count / 4)
    let neighbours = min(k, n - 1)
    self.neighbours = neighbours
    var silhouettes = 0.0, rejected = 0
    let critical = ChiSquared(Double(present.count - 1)).quantile(0.95)
    for row in 0..<n {
      let squares = (0..<n).map { other in
        (0..<scores.columns).reduce(0.0) { sum, column in
          let difference = scores[row, column] - scores[other, column]
          return sum + difference * difference
        }
      }
      silhouettes += Self.width(row, squares, codes, counts)
      let order = ascendingOrder(of: squares.enumerated().map { $0 == row ? -1 : $1 }).dropFirst().prefix(neighbours)
      var found = [Int](repeating: 0, count: batchCount)
      for other in order { found[codes[other]] += 1 }
      let statistic = present.reduce(0.0) { sum, batch in
        let expected = Double(neighbours) * Double(counts[batch]) / Double(n),
          difference = Double(found[batch]) - expected
        return sum + difference * difference / expected
      }
      if statistic > critical { rejected += 1 }
    }
    silhouette = silhouettes / Double(n)
    kbet = Double(rejected) / Double(n)
  }

  /// (b − a)/max(a, b) of mean distances a within the own batch and b to the nearest other; 0 of a row alone in its batch.
  private static func width(_ row: Int, _ squares: [Double], _ codes: [Int], _ counts: [Int]) -> Double {
    var sums = [Double](repeating: 0, count: counts.count)
    for (other, square) in squares.enumerated() { sums[codes[other]] += square.squareRoot() }
    let own = codes[row]
    guard counts[own] > 1 else { return 0 }
    let within = sums[own] / Double(counts[own] - 1)
    let others = counts.indices.filter { $0 != own && counts[$0] > 0 }.map { sums[$0] / Double(counts[$0]) }
    let nearest = others.min() ?? 0, largest = max(within, nearest)
    return largest > 0 ? (nearest - within) / largest : 0
  }
}

extension BatchMixing: Documented {
  package static let name = "batch-mixing"
  package static let summary =
    "How far batches lie apart in the space of the first principal components of all features."
  package static let definition =
    "mean silhouette of batches; kBET, the share of rows among whose nearest neighbours batches are not "
    + "as frequent as in all"
  package static let limits =
    "Needs more than ten rows of two batches; not computed of more than 5000 rows. Differences of "
    + "patients count too."
  package static let reference =
    "Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7; Büttner et al. 2019, doi:10.1038/s41592-018-0254-1"
}
