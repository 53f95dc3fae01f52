import RadiomicsCore
import RadiomicsNumerics

/// A linear model by least squares, with an intercept: coefficients with errors of n − p degrees of freedom or, of patients with several rows, by
/// their influences. Columns are centred and scaled before their products are taken.
struct LeastSquares: Sendable {
  /// Of the intercept and of each column.
  let coefficients: [Estimate]
  /// What the model says of each row; the sum of squares that is left.
  let fitted: [Double], residualSquares: Double

  /// - Throws: `ModelError` for as many coefficients as rows, or columns of which one is a combination of others.
  init(_ columns: [[Double]], _ y: [Double], names: [String], clusters: [Int]?) throws(ModelError) {
    let n = y.count, p = columns.count, df = Double(n - p - 1)
    guard n > p + 1 else {
      throw ModelError.at("least squares", "has \(p + 1) coefficients for \(n) rows, must have fewer.")
    }
    let centers = columns.map(mean), scales = columns.map { variance($0).squareRoot() }, center = mean(y)
    if let flat = scales.firstIndex(where: { $0 <= 0 }) {
      throw ModelError.at("'\(names[flat])'", "is the same in every row, must vary.")
    }
    let design = Matrix(
      columns: columns.indices.map { j in columns[j].map { ($0 - centers[j]) / scales[j] } }, rows: n)
    let factor = p == 0 || design.independentColumns().count < p ? nil : Cholesky(design.gram())
    guard p == 0 || factor != nil else {
      throw ModelError.at("least squares", "a column is a combination of others, must be none. Leave it out.")
    }
    let scaled = factor?.solve(design.transposedTimes(y.map { $0 - center })) ?? []
    let slopes = zip(scaled, scales).map { $0 / $1 }
    let intercept = center - dot(slopes, centers), fitted = design.times(scaled).map { $0 + center }
    let rest = zip(y, fitted).map { $0 - $1 }, squares = pairwiseSum(rest) { $0 * $0 }
    (self.fitted, residualSquares) = (fitted, squares)
    // By how much each row moves each coefficient, for one unit of its residual.
    let inverse = factor?.inverse
    let moved = (0..<p).map { j in design.times(inverse?.column(j) ?? []).map { $0 / scales[j] } }
    let movedIntercept = (0..<n).map { row in
      1 / Double(n) - (0..<p).reduce(0) { $0 + centers[$1] * moved[$1][row] }
    }
    coefficients = zip([intercept] + slopes, [movedIntercept] + moved).map { value, moves in
      guard clusters != nil else {
        let variance = squares / df * pairwiseSum(moves) { $0 * $0 }
        return Estimate(value, error: variance.squareRoot(), df: df)
      }
      return Estimate(value, error: clusters.variance(of: zip(moves, rest).map(*)).squareRoot())
    }
  }
}
