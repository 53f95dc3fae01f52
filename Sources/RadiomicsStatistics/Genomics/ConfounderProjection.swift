import RadiomicsCore
import RadiomicsNumerics

/// What is left of columns when a constant and confounders are taken out by least squares: both sides of a partial correlation.
package struct ConfounderProjection: Sendable {
  /// Rows, and the number of independent confounders besides the constant.
  package let rows: Int, rank: Int
  /// Confounders that are a combination of the constant and of those before them.
  package let aliased: [Int]
  /// Orthonormal columns that span the constant and the confounders.
  package let basis: Matrix

  /// - `confounders`: Rows by confounders, without a constant; all finite.
  package init(_ confounders: Matrix, rows: Int) {
    precondition(confounders.columns == 0 || confounders.rows == rows, "each row has its confounders")
    self.rows = rows
    let constant = [Double](repeating: 1, count: rows)
    // About their means, so that years are as independent as ages.
    let centred = (0..<confounders.columns).map { j in
      let column = confounders.column(j), center = rows > 0 ? pairwiseSum(column) / Double(rows) : 0
      return column.allSatisfy { $0 == column[0] } ? column.map { _ in 0 } : column.map { $0 - center }
    }
    let kept = Matrix(columns: [constant] + centred, rows: rows).independentColumns(tolerance: 1e-9)
    let places = kept.filter { $0 > 0 }.map { $0 - 1 }
    aliased = (0..<confounders.columns).filter { !places.contains($0) }
    rank = places.count
    basis = Self.orthonormal([constant] + places.map { centred[$0] }, rows)
  }

  /// Gram and Schmidt's columns, each twice, which is enough (Giraud et al. 2005, doi:10.1007/s00211-005-0615-4).
  private static func orthonormal(_ columns: [[Double]], _ rows: Int) -> Matrix {
    var basis: [[Double]] = []
    for column in columns where rows > 0 {
      let size = column.reduce(0) { max($0, abs($1)) }
      var rest = size > 0 ? column.map { $0 / size } : column
      for _ in 0..<2 {
        for other in basis {
          let product = pairwiseSum(rows) { rest[$0] * other[$0] }
          for row in 0..<rows { rest[row] -= product * other[row] }
        }
      }
      let length = pairwiseSum(rows) { rest[$0] * rest[$0] }.squareRoot()
      if length > 0 { basis.append(rest.map { $0 / length }) }
    }
    return Matrix(columns: basis, rows: rows)
  }

  /// Degrees of freedom of a coefficient beside the confounders: n − 2 − rank.
  package var df: Int { rows - 2 - rank }

  /// Columns of length 1, orthogonal to the confounders, so that products of two are partial correlations.
  package struct Units: Sendable {
    /// Column by column; 0 where nothing is left of a column.
    package internal(set) var elements: [Double]
    /// Sums of squares of what is left, before columns were brought to length 1; 0 where nothing is.
    package let squares: [Double]
  }

  /// What is left of so many columns, one after the other, of `rows` elements. What is below 1e-10 of a column about its mean is the
  /// rounding of a column that confounders explain whole.
  package func units(of columns: [Double], count: Int) -> Units {
    precondition(columns.count == rows * count, "columns have one element for each row")
    var elements = columns, squares = [Double](repeating: 0, count: count)
    elements.withUnsafeMutableBufferPointer { buffer in
      guard let first = buffer.baseAddress else { return }
      var spreads = [Double](repeating: 0, count: count)
      for j in 0..<count { spreads[j] = Self.center(first + j * rows, rows) }
      for _ in 0..<2 { takeOut(first, count) }
      for j in 0..<count {
        let column = first + j * rows, sum = DenseKernels.dot(column, column, rows)
        let isThere = sum > 1e-20 * spreads[j] && spreads[j] > 0
        squares[j] = isThere ? sum : 0
        let factor = isThere ? 1 / sum.squareRoot() : 0
        for row in 0..<rows { column[row] = isThere ? column[row] * factor : 0 }
      }
    }
    return Units(elements: elements, squares: squares)
  }

  /// Takes the mean of a column out of it; the sum of squares that is left, 0 of equal values.
  private static func center(_ column: UnsafeMutablePointer<Double>, _ rows: Int) -> Double {
    let values = UnsafeMutableBufferPointer(start: column, count: rows)
    guard let value = values.first, values.contains(where: { $0 != value }) else {
      for row in 0..<rows { column[row] = 0 }
      return 0
    }
    let mean = pairwiseSum(rows) { column[$0] } / Double(rows)
    for row in 0..<rows { column[row] -= mean }
    return DenseKernels.dot(column, column, rows)
  }

  /// Y − QQ'Y in place.
  private func takeOut(_ columns: UnsafeMutablePointer<Double>, _ count: Int) {
    var shares = [Double](repeating: 0, count: basis.columns * count)
    shares.withUnsafeMutableBufferPointer { shares in
      basis.elements.withUnsafeBufferPointer { basis in
        guard let shares = shares.baseAddress, let basis = basis.baseAddress else { return }
        DenseKernels.addProduct(
          basis, columns: self.basis.columns, columns, columns: count, rows: rows, alpha: 1, beta: 0, to: shares,
          stride: self.basis.columns)
        DenseKernels.addPlainProduct(
          basis, rows: rows, inner: self.basis.columns, shares, columns: count, alpha: -1, to: columns)
      }
    }
  }
}
