import RadiomicsCore

/// Principal components of columns around their means: the fewest that explain a share of their variance. By the smaller of the two
/// matrices of products, so that its cost is that of the cube of rows or columns, whichever are fewer.
package struct PrincipalComponents: Sendable {
  /// Of the columns.
  package let means: [Double]
  /// One column of length 1 for each component, the largest element positive.
  package let loadings: Matrix
  /// Variances (n − 1) of the components that are kept, and the sum of all.
  package let variances: [Double], total: Double

  /// - `matrix`: Rows by columns, nothing missing, at least two rows.
  /// - `explained`: The share of variance that the components together exceed, as in R's `CovBat`; 1 for all.
  /// - `most`: How many there are at most.
  /// - Returns: Nil if the columns do not vary.
  package init?(_ matrix: Matrix, explained: Double, most: Int = .max) {
    let rows = matrix.rows, columns = matrix.columns
    guard rows > 1, columns > 0 else { return nil }
    means = (0..<columns).map { mean(matrix.column($0)) }
    let centred = Self.centred(matrix, means)
    let isWide = columns > rows
    guard let eigen = SymmetricEigen(isWide ? centred.transposed.gram() : centred.gram()) else { return nil }
    let positive = eigen.values.map { max(0, $0) }, sum = positive.reduce(0, +)
    guard let largest = positive.first, largest > 0 else { return nil }
    // Below this, what rounding leaves of no variance.
    let count = positive.count { $0 > largest * 1e-12 }
    var kept = 0, share = 0.0
    while kept < min(count, most), share <= explained * sum {
      share += positive[kept]
      kept += 1
    }
    variances = positive.prefix(kept).map { $0 / Double(rows - 1) }
    total = sum / Double(rows - 1)
    let vectors = eigen.vectors.columns(Array(0..<kept))
    loadings = isWide ? Self.unit(centred.transposedTimes(vectors)) : vectors
  }

  /// Columns of length 1, the largest element positive.
  private static func unit(_ matrix: Matrix) -> Matrix {
    Matrix(
      columns: (0..<matrix.columns).map { j in
        let column = matrix.column(j), length = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let sign = column.max { abs($0) < abs($1) }! < 0 ? -length : length
        return column.map { $0 / sign }
      }, rows: matrix.rows)
  }

  /// Scores of rows: one column for each component.
  package func scores(_ matrix: Matrix) -> Matrix {
    Self.centred(matrix, means).times(loadings)
  }

  private static func centred(_ matrix: Matrix, _ means: [Double]) -> Matrix {
    Matrix(columns: means.enumerated().map { j, mean in matrix.column(j).map { $0 - mean } }, rows: matrix.rows)
  }
}

extension Matrix {
  /// A'.
  package var transposed: Matrix {
    Matrix(columns: rows, elements: (0..<rows).flatMap { i in (0..<columns).map { self[i, $0] } })
  }

  /// A'B.
  package func transposedTimes(_ other: Matrix) -> Matrix {
    Matrix(columns: (0..<other.columns).map { transposedTimes(other.column($0)) }, rows: columns)
  }
}
