import RadiomicsCore
import RadiomicsNumerics

/// The share of a number's variance that predictions explain, R² = 1 − Σ (y − p)² / Σ (y − ȳ)², in the three ways of `ThreeWays`. It is
/// below 0 where the mean predicts better. Within site ȳ is each site's own mean, while (y − p)² also counts how far a site is shifted.
/// Errors from the rows' influences.
package struct Explained: Sendable, Hashable {
  package let pooled: EstimateCell, foldMean: EstimateCell, withinSite: EstimateCell

  /// A value, and by how much each of all rows changes it.
  private struct Share {
    let value: Double, influence: [Double]
  }

  init(_ predictions: [Double], _ numbers: [Double], _ folds: [[Int]], _ sites: [[Int]], _ patients: [Int]?) {
    func share(_ groups: [[Int]]) -> Share? {
      var spread = [Double](repeating: 0, count: numbers.count), missed = spread
      for rows in groups {
        let center = mean(rows.map { numbers[$0] })
        for row in rows {
          spread[row] = (numbers[row] - center) * (numbers[row] - center)
          missed[row] = (numbers[row] - predictions[row]) * (numbers[row] - predictions[row])
        }
      }
      let total = pairwiseSum(spread)
      guard total > 0 else { return nil }
      let unexplained = pairwiseSum(missed) / total
      return Share(
        value: 1 - unexplained, influence: numbers.indices.map { (unexplained * spread[$0] - missed[$0]) / total })
    }
    func estimate(_ shares: [Share], _ none: Reason) -> EstimateCell {
      guard !shares.isEmpty else { return .undefined(none) }
      let parts = Double(shares.count)
      let influence = numbers.indices.map { row in shares.reduce(0) { $0 + $1.influence[row] } / parts }
      return .known(
        Estimate(mean(shares.map(\.value)), error: patients.variance(of: influence).squareRoot()))
    }
    let constant: Reason = "the outcome is the same in all rows that count"
    pooled = estimate([share([Array(numbers.indices)])].compactMap { $0 }, constant)
    foldMean = estimate(folds.compactMap { share([$0]) }, folds.isEmpty ? "the rows are of no folds" : constant)
    withinSite = estimate([share(sites)].compactMap { $0 }, sites.isEmpty ? "the rows are of no sites" : constant)
  }

  private init(pooled: EstimateCell, foldMean: EstimateCell, withinSite: EstimateCell) {
    (self.pooled, self.foldMean, self.withinSite) = (pooled, foldMean, withinSite)
  }

  static func averaged(_ repeats: [Explained]) -> Explained? {
    repeats.isEmpty
      ? nil
      : Explained(
        pooled: .averaged(repeats.map(\.pooled)), foldMean: .averaged(repeats.map(\.foldMean)),
        withinSite: .averaged(repeats.map(\.withinSite)))
  }
}
