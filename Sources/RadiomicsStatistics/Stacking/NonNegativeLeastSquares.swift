import RadiomicsNumerics

/// The x ≥ 0 with the smallest |Ax − b|², by descent along one coordinate after the other, which cannot fail as the sum of squares is convex:
/// what R's `nnls` gives wherever that is unique. For instance with the columns (1, 0), (0, 1) and b = (2, −1) it is (2, 0).
///
/// O(rows · columns² + rounds · columns²): for a few columns.
package func nonNegativeLeastSquares(_ matrix: Matrix, _ b: [Double]) -> [Double] {
  let gram = matrix.gram(), products = matrix.transposedTimes(b)
  var x = [Double](repeating: 0, count: matrix.columns)
  for _ in 0..<100_000 {
    var change = 0.0
    for j in x.indices where gram[j, j] > 0 {
      var slope = products[j]
      for k in x.indices { slope -= gram[k, j] * x[k] }
      let value = max(0, x[j] + slope / gram[j, j])
      change = max(change, abs(value - x[j]))
      x[j] = value
    }
    if change <= 1e-15 * x.reduce(0, max) { break }
  }
  return x
}
