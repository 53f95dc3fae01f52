import CLAPACK
import RadiomicsCore

/// Set up before the first routine of LAPACK or BLAS: one thread, so that sums have one order.
let isSerial: Bool = {
  openblas_set_num_threads(1)
  return true
}()

/// A dense matrix, column by column.
package struct Matrix: Sendable, Hashable {
  /// Number of rows and columns.
  package let rows: Int, columns: Int
  /// The elements, column by column.
  package internal(set) var elements: [Double]

  /// A matrix of zeros.
  package init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    elements = [Double](repeating: 0, count: rows * columns)
  }

  /// A matrix of columns of equal length.
  package init(columns: [[Double]], rows: Int) {
    precondition(columns.allSatisfy { $0.count == rows }, "columns have one element for each row")
    (self.rows, self.columns) = (rows, columns.count)
    elements = []
    elements.reserveCapacity(rows * columns.count)
    for column in columns { elements += column }
  }

  /// A matrix of elements, column by column.
  package init(columns: Int, elements: [Double]) {
    precondition(
      columns == 0 ? elements.isEmpty : elements.count.isMultiple(of: columns), "columns are of equal length")
    (rows, self.columns, self.elements) = (columns == 0 ? 0 : elements.count / columns, columns, elements)
  }

  /// The element in row i and column j.
  package subscript(i: Int, j: Int) -> Double {
    get { elements[j * rows + i] }
    set { elements[j * rows + i] = newValue }
  }

  /// Column j.
  package func column(_ j: Int) -> [Double] { Array(elements[j * rows..<(j + 1) * rows]) }

  /// Some of the columns.
  package func columns(_ which: [Int]) -> Matrix { Matrix(columns: which.map(column), rows: rows) }

  /// Some of the rows, which may occur several times.
  package func rows(_ which: [Int]) -> Matrix {
    var result = Matrix(rows: which.count, columns: columns)
    for j in 0..<columns {
      for (place, row) in which.enumerated() { result.elements[j * which.count + place] = elements[j * rows + row] }
    }
    return result
  }

  /// The same, row by row.
  package var rowLists: [[Double]] { (0..<rows).map { i in (0..<columns).map { self[i, $0] } } }

  /// Ax, each row by itself in the order of the columns, so that equal rows give the same bits wherever they stand.
  package func times(_ x: [Double]) -> [Double] {
    precondition(x.count == columns, "the vector's length is the matrix's")
    var y = [Double](repeating: 0, count: rows)
    elements.withUnsafeBufferPointer { elements in
      y.withUnsafeMutableBufferPointer { y in
        // A part of y at a time stays in the cache.
        for start in stride(from: 0, to: rows, by: 1024) {
          let end = min(rows, start + 1024)
          for (j, factor) in x.enumerated() {
            let column = j * rows
            for i in start..<end { y[i] += elements[column + i] * factor }
          }
        }
      }
    }
    return y
  }

  /// A'x.
  package func transposedTimes(_ x: [Double]) -> [Double] {
    precondition(x.count == rows, "the vector's length is the matrix's")
    var y = [Double](repeating: 0, count: columns)
    guard isSerial, rows > 0, columns > 0 else { return y }
    var trans = CChar(UInt8(ascii: "T")), m = Int32(rows), n = Int32(columns), one = 1.0, zero = 0.0, step = Int32(1)
    dgemv_(&trans, &m, &n, &one, elements, &m, x, &step, &zero, &y, &step)
    return y
  }

  /// AB.
  package func times(_ other: Matrix) -> Matrix {
    precondition(columns == other.rows, "as many columns as the other has rows")
    return Matrix(columns: (0..<other.columns).map { times(other.column($0)) }, rows: rows)
  }

  /// A'WA with W diagonal, not negative; A'A without weights.
  package func gram(weights: [Double]? = nil) -> Matrix {
    var scaled = self
    if let weights {
      let roots = weights.map { $0.squareRoot() }
      for j in 0..<columns { for i in 0..<rows { scaled.elements[j * rows + i] *= roots[i] } }
    }
    var result = Matrix(rows: columns, columns: columns)
    guard isSerial, rows > 0, columns > 0 else { return result }
    var lower = CChar(UInt8(ascii: "L")), trans = CChar(UInt8(ascii: "T"))
    var n = Int32(columns), k = Int32(rows), one = 1.0, zero = 0.0
    dsyrk_(&lower, &trans, &n, &k, &one, scaled.elements, &k, &zero, &result.elements, &n)
    result.copyLowerToUpper()
    return result
  }

  mutating func copyLowerToUpper() {
    for j in 0..<columns { for i in 0..<j { self[i, j] = self[j, i] } }
  }

  /// The columns that are no linear combination of those before them: what is left of a column after projection on those is
  /// more than `tolerance` of it. R's `glm` leaves the same ones out.
  package func independentColumns(tolerance: Double = 1e-11) -> [Int] {
    // In units in which no square overflows.
    let scaled = Matrix(
      columns: (0..<columns).map { j in
        let column = column(j), size = column.reduce(0) { max($0, abs($1)) }
        return size > 0 ? column.map { $0 / size } : column
      }, rows: rows)
    var kept = Array(0..<columns)
    while !kept.isEmpty {
      let chosen = scaled.columns(kept), diagonal = chosen.orthogonalParts()
      let dependent = kept.indices.first { place in
        let norm = chosen.column(place).reduce(0) { $0 + $1 * $1 }.squareRoot()
        return place >= rows || abs(diagonal[place]) <= tolerance * norm
      }
      guard let dependent else { return kept }
      kept.remove(at: dependent)
    }
    return kept
  }

  /// The lengths of what columns add to the space of those before them: the diagonal of R in A = QR.
  private func orthogonalParts() -> [Double] {
    var factors = elements, tau = [Double](repeating: 0, count: min(rows, columns)), info = Int32(0)
    var m = Int32(rows), n = Int32(columns), size = Int32(max(1, 32 * columns))
    var work = [Double](repeating: 0, count: Int(size))
    guard isSerial, rows > 0, columns > 0 else { return [] }
    dgeqrf_(&m, &n, &factors, &m, &tau, &work, &size, &info)
    return (0..<columns).map { $0 < rows ? factors[$0 * rows + $0] : 0 }
  }
}

/// A = LL' of a symmetric positive definite matrix.
package struct Cholesky: Sendable {
  private let factor: Matrix

  /// Nil if the matrix is not positive definite.
  package init?(_ matrix: Matrix) {
    precondition(matrix.rows == matrix.columns, "a symmetric matrix is square")
    var factor = matrix, info = Int32(0), n = Int32(matrix.rows), lower = CChar(UInt8(ascii: "L"))
    if isSerial, n > 0 { dpotrf_(&lower, &n, &factor.elements, &n, &info) }
    guard info == 0, factor.elements.allSatisfy(\.isFinite) else { return nil }
    self.factor = factor
  }

  /// The x of Ax = b.
  package func solve(_ b: [Double]) -> [Double] {
    var x = b, info = Int32(0), n = Int32(factor.rows), one = Int32(1), lower = CChar(UInt8(ascii: "L"))
    if n > 0 { dpotrs_(&lower, &n, &one, factor.elements, &n, &x, &n, &info) }
    return x
  }

  /// A⁻¹.
  package var inverse: Matrix {
    var result = factor, info = Int32(0), n = Int32(factor.rows), lower = CChar(UInt8(ascii: "L"))
    if n > 0 { dpotri_(&lower, &n, &result.elements, &n, &info) }
    result.copyLowerToUpper()
    return result
  }

  /// x'A⁻¹x of each row x of a matrix, as the squared length of L⁻¹x.
  package func quadraticForms(_ matrix: Matrix) -> [Double] {
    precondition(matrix.columns == factor.rows, "as many columns as the factor has rows")
    var sums = [Double](repeating: 0, count: matrix.rows)
    guard matrix.rows > 0, matrix.columns > 0 else { return sums }
    var solved = matrix.elements, m = Int32(matrix.rows), n = Int32(matrix.columns), one = 1.0
    var right = CChar(UInt8(ascii: "R")), lower = CChar(UInt8(ascii: "L")), trans = CChar(UInt8(ascii: "T"))
    var isGiven = CChar(UInt8(ascii: "N"))
    dtrsm_(&right, &lower, &trans, &isGiven, &m, &n, &one, factor.elements, &n, &solved, &m)
    for j in 0..<matrix.columns {
      for (row, element) in solved[j * matrix.rows..<(j + 1) * matrix.rows].enumerated() {
        sums[row] += element * element
      }
    }
    return sums
  }

  /// log |A|.
  package var logDeterminant: Double { (0..<factor.rows).reduce(0) { $0 + 2 * log(factor[$1, $1]) } }
}
