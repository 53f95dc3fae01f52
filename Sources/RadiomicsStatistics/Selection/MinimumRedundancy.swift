import RadiomicsCore
import RadiomicsNumerics

/// Columns that tell much of an outcome and little of each other, chosen one after the other: each maximises I(x, y) less the mean of
/// I(x, s) over those chosen before, with the mutual information I = −ln(1 − ρ²) / 2 of normal variables. Ding and Peng 2005,
/// doi:10.1142/S0219720005001004; De Jay et al. 2013, doi:10.1093/bioinformatics/btt383.
package struct MinimumRedundancy: Sendable, Hashable {
  /// Columns in the order in which they were chosen; of equal ones the first.
  package let order: [Int]
  /// What each of them had when it was chosen.
  package let scores: [Double]

  /// - `design`: Rows by columns.
  /// - `outcome`: A number for each row; of two values 0 and 1.
  /// - `count`: How many are chosen; fewer where fewer columns vary.
  package init(_ design: Matrix, _ outcome: [Double], count: Int, _ kind: CorrelationKind) {
    func information(_ rho: Double) -> Double { -log1p(-min(rho * rho, 1 - 0x1p-52)) / 2 }
    let columns = ColumnCorrelations(design, kind), relevance = columns.with(outcome, kind).map(information)
    var left = (0..<design.columns).filter { j in columns.units.column(j).contains { $0 != 0 } }
    var redundancy = [Double](repeating: 0, count: design.columns), order: [Int] = [], scores: [Double] = []
    while order.count < count, !left.isEmpty {
      func score(_ j: Int) -> Double {
        relevance[j] - (order.isEmpty ? 0 : redundancy[j] / Double(order.count))
      }
      var best = left[0]
      for j in left.dropFirst() where score(j) > score(best) { best = j }
      scores.append(score(best))
      order.append(best)
      left.removeAll { $0 == best }
      for (j, rho) in columns.with(best).enumerated() { redundancy[j] += information(rho) }
    }
    (self.order, self.scores) = (order, scores)
  }
}
