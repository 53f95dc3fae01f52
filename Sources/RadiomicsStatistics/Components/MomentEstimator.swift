import RadiomicsCore

/// Variance components by the method of moments: Henderson's method 1. The uncorrected sums of squares of the terms, of
/// the mean and of the rows are equated to their expectations. Unbiased for any pattern of rows; for complete balanced
/// designs the analysis of variance. Negative estimates are left as they are. Henderson 1953, doi:10.2307/3001853.
///
/// Expectations depend on the design alone and are found once. Cost of a column: linear in rows and terms.
public struct MomentEstimator: Sendable {
  private let design: VarianceDesign
  /// Rows of a level, for each term.
  private let counts: [[Double]]
  /// From corrected sums of squares (terms, then rows) to components.
  private let inverse: [[Double]]
  private let covariances: MomentCovariances?

  /// - Parameter hasErrors: Whether estimates have covariances.
  /// - Throws: `ComponentsError` if the sums of squares do not determine all components.
  public init(_ design: VarianceDesign, hasErrors: Bool = true) throws(ComponentsError) {
    self.design = design
    let terms = design.terms, n = Double(design.count)
    let counts = terms.map { term in
      var counts = [Double](repeating: 0, count: term.levels.count)
      for code in term.codes { counts[code] += 1 }
      return counts
    }
    self.counts = counts
    // E[T(A)] − E[T(μ)]: Σ nₐᵦ² / nₐ − Σ nᵦ² / n for component B, levels − 1 for the residual.
    let ofMean = counts.map { $0.reduce(0) { $0 + $1 * $1 } / n }
    var expectations = terms.indices.map { a in
      terms.indices.map { b in expectedSquares(terms[a], counts[a], terms[b]) - ofMean[b] }
        + [Double(terms[a].levels.count - 1)]
    }
    expectations.append(ofMean.map { n - $0 } + [n - 1])
    guard let inverse = inverted(expectations) else {
      throw ComponentsError(
        "components: \(design.names.joined(separator: ", ")) cannot be told apart by these rows. Leave one out.")
    }
    self.inverse = inverse
    covariances = hasErrors ? MomentCovariances(terms, inverse: inverse) : nil
  }

  /// The components of a column without missing values.
  public func estimate(_ values: [Double]) -> ComponentEstimate {
    let center = mean(values), n = Double(values.count)
    var squares: [Double] = [], total = 0.0, sum = 0.0
    for value in values {
      total += (value - center) * (value - center)
      sum += value - center
    }
    for (term, counts) in zip(design.terms, counts) {
      var sums = [Double](repeating: 0, count: counts.count)
      for (row, code) in term.codes.enumerated() { sums[code] += values[row] - center }
      var square = 0.0
      for (sum, count) in zip(sums, counts) { square += sum * sum / count }
      squares.append(square - sum * sum / n)
    }
    squares.append(total - sum * sum / n)
    let variances = inverse.map { row in zip(row, squares).reduce(0) { $0 + $1.0 * $1.1 } }
    return ComponentEstimate(variances: variances, covariances: covariances?.covariances(variances))
  }
}

/// Σ over levels a of A and b of B: nₐᵦ² / nₐ.
private func expectedSquares(_ a: Factor, _ counts: [Double], _ b: Factor) -> Double {
  let order = a.codes.indices.sorted { (a.codes[$0], b.codes[$0]) < (a.codes[$1], b.codes[$1]) }
  var sum = 0.0, index = 0
  while index < order.count {
    let (codeA, codeB) = (a.codes[order[index]], b.codes[order[index]])
    var joint = 0.0
    while index < order.count, a.codes[order[index]] == codeA, b.codes[order[index]] == codeB {
      joint += 1
      index += 1
    }
    sum += joint * joint / counts[codeA]
  }
  return sum
}

/// The inverse of a small matrix by Gauss and Jordan with pivots; nil if it is singular to rounding.
func inverted(_ matrix: [[Double]]) -> [[Double]]? {
  let n = matrix.count
  var a = matrix.enumerated().map { i, row in row + (0..<n).map { $0 == i ? 1.0 : 0 } }
  let scales = matrix.map { $0.map(abs).max() ?? 0 }
  for column in 0..<n {
    let pivot = (column..<n).max { abs(a[$0][column]) < abs(a[$1][column]) }!
    guard abs(a[pivot][column]) > 1e-10 * (scales.max() ?? 0) else { return nil }
    a.swapAt(column, pivot)
    let scale = a[column][column]
    for j in column..<2 * n { a[column][j] /= scale }
    for row in 0..<n where row != column && a[row][column] != 0 {
      let factor = a[row][column]
      for j in column..<2 * n { a[row][j] -= factor * a[column][j] }
    }
  }
  return a.map { Array($0[n...]) }
}
