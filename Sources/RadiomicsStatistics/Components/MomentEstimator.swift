import RadiomicsCore
import RadiomicsNumerics

/// Variance components by the method of moments: Henderson's method 1. The uncorrected sums of squares of the terms, of
/// the mean and of the rows are equated to their expectations. Unbiased for any pattern of rows; for complete balanced
/// designs the analysis of variance. Negative estimates are left as they are. Henderson 1953, doi:10.2307/3001853.
///
/// Expectations depend on the design alone and are found once. Cost of a column: linear in rows and terms. Components are
/// differences of sums of squares, which are kept to twice the precision, as the residual may be a small one.
package struct MomentEstimator: Sendable {
  private let design: VarianceDesign
  /// Rows of a level, for each term.
  private let counts: [[Double]]
  /// From corrected sums of squares (terms, then rows) to components.
  private let inverse: [[DoubleDouble]]
  private let covariances: MomentCovariances?

  /// - `hasErrors`: Whether estimates have covariances.
  /// - Throws: `ComponentsError` if the sums of squares do not determine all components.
  package init(_ design: VarianceDesign, hasErrors: Bool = true) throws(ComponentsError) {
    self.design = design
    let terms = design.terms, n = Double(design.count)
    let counts = terms.map { term in
      var counts = [Double](repeating: 0, count: term.levels.count)
      for code in term.codes { counts[code] += 1 }
      return counts
    }
    self.counts = counts
    // E[T(A)] − E[T(μ)]: Σ nₐᵦ² / nₐ − Σ nᵦ² / n for component B, levels − 1 for the residual.
    let total = DoubleDouble(n)
    let ofMean = counts.map { $0.reduce(DoubleDouble(0)) { $0 + DoubleDouble($1) * DoubleDouble($1) } / total }
    var expectations = terms.indices.map { a in
      terms.indices.map { b in expectedSquares(terms[a], counts[a], terms[b]) - ofMean[b] }
        + [DoubleDouble(Double(terms[a].levels.count - 1))]
    }
    expectations.append(ofMean.map { total - $0 } + [DoubleDouble(n - 1)])
    guard let inverse = inverted(expectations) else { throw .inseparable(design.names) }
    self.inverse = inverse
    covariances = hasErrors ? MomentCovariances(terms, inverse: inverse.map { $0.map(\.double) }) : nil
  }

  /// The components of a column without missing values that is not constant.
  package func estimate(_ values: [Double]) -> ComponentEstimate {
    let column = StandardisedColumn(values), n = DoubleDouble(Double(values.count)), zero = DoubleDouble(0)
    let rows = column.values.map { DoubleDouble($0) }
    var squares: [DoubleDouble] = [], total = zero, sum = zero
    for row in rows {
      total += row * row
      sum += row
    }
    let ofMean = sum * sum / n
    for (term, counts) in zip(design.terms, counts) {
      var sums = [DoubleDouble](repeating: zero, count: counts.count)
      for (row, code) in term.codes.enumerated() { sums[code] += rows[row] }
      squares.append(zip(sums, counts).reduce(zero) { $0 + $1.0 * $1.0 / DoubleDouble($1.1) } - ofMean)
    }
    squares.append(total - ofMean)
    let variances = inverse.map { row in
      let variance = zip(row, squares).reduce(zero) { $0 + $1.0 * $1.1 }.double
      return abs(variance) <= column.negligible ? 0 : variance * column.scale * column.scale
    }
    return ComponentEstimate(variances: variances, covariances: covariances?.covariances(variances))
  }
}

/// Σ over levels a of A and b of B: nₐᵦ² / nₐ.
private func expectedSquares(_ a: Factor, _ counts: [Double], _ b: Factor) -> DoubleDouble {
  let order = a.codes.indices.sorted { (a.codes[$0], b.codes[$0]) < (a.codes[$1], b.codes[$1]) }
  var sum = DoubleDouble(0), index = 0
  while index < order.count {
    let (codeA, codeB) = (a.codes[order[index]], b.codes[order[index]])
    var joint = 0.0
    while index < order.count, a.codes[order[index]] == codeA, b.codes[order[index]] == codeB {
      joint += 1
      index += 1
    }
    sum += DoubleDouble(joint * joint) / DoubleDouble(counts[codeA])
  }
  return sum
}

/// The inverse of a small matrix by Gauss and Jordan with pivots; nil if it is singular to rounding.
func inverted<Real: RealNumber>(_ matrix: [[Real]]) -> [[Real]]? {
  let n = matrix.count
  var a = matrix.enumerated().map { i, row in row + (0..<n).map { Real($0 == i ? 1 : 0) } }
  let scales = matrix.map { $0.map { abs($0.double) }.max() ?? 0 }
  for column in 0..<n {
    let pivot = (column..<n).max { abs(a[$0][column].double) < abs(a[$1][column].double) }!
    guard abs(a[pivot][column].double) > 1e-10 * (scales.max() ?? 0) else { return nil }
    a.swapAt(column, pivot)
    let scale = a[column][column]
    for j in column..<2 * n { a[column][j] /= scale }
    for row in 0..<n where row != column && a[row][column].double != 0 {
      let factor = a[row][column]
      for j in column..<2 * n { a[row][j] -= factor * a[column][j] }
    }
  }
  return a.map { Array($0[n...]) }
}

extension MomentEstimator: Documented {
  package static let name = "moments"
  package static let summary = "Variance components by the method of moments: Henderson's method 1."
  package static let definition = "uncorrected sums of squares of the terms are equated to their expectations"
  package static let limits = "Unbiased for any pattern of rows, and therefore sometimes negative."
  package static let reference = "Henderson 1953, doi:10.2307/3001853"
}
