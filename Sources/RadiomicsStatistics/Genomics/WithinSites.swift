import RadiomicsCore
import RadiomicsNumerics

/// The association of a feature and a gene in each site by itself, put together: Σ w artanh r / √Σ w with w = n − 3 − rank Z of a site, which
/// is standard normal where there is none. Nothing between sites counts.
package struct WithinSites: Sendable {
  private let test: MassUnivariate.Test
  private let features: MassUnivariate.Side, genes: MassUnivariate.Side, confounders: Matrix
  private let members: [[Int]]

  /// - `confounders`: Without the site.
  /// - `sites`: A number for each row.
  package init(
    _ test: MassUnivariate.Test, features: MassUnivariate.Side, genes: MassUnivariate.Side, confounders: Matrix,
    sites: [Int]
  ) {
    (self.test, self.features, self.genes, self.confounders) = (test, features, genes, confounders)
    members = Set(sites).sorted().map { site in sites.indices.filter { sites[$0] == site } }
  }

  /// r over all sites, and P; nil where no site has enough rows.
  package func pair(_ feature: Int, _ gene: Int) -> (r: Double, p: Double)? {
    var sum = 0.0, weights = 0.0
    for site in members {
      let x = features.column(feature), y = genes.column(gene)
      let rows = site.filter { !x[x.startIndex + $0].isNaN && !y[y.startIndex + $0].isNaN }
      let projection = ConfounderProjection(confounders.rows(rows), rows: rows.count)
      let weight = Double(rows.count - 3 - projection.rank)
      guard weight > 0 else { continue }
      func unit(_ column: ArraySlice<Double>) -> ConfounderProjection.Units {
        let own = rows.map { column[column.startIndex + $0] }
        return projection.units(of: test == .spearman ? ColumnCorrelations.ranks(own) : own, count: 1)
      }
      let left = unit(x), right = unit(y)
      guard left.squares[0] > 0, right.squares[0] > 0 else { continue }
      let r = pairwiseSum(rows.count) { left.elements[$0] * right.elements[$0] }
      sum += weight * atanh(max(-1 + 0x1p-53, min(1 - 0x1p-53, r)))
      weights += weight
    }
    guard weights > 0 else { return nil }
    return (tanh(sum / weights), min(1, 2 * NormalDistribution().above(abs(sum / weights.squareRoot()))))
  }
}
