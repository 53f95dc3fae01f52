import CLAPACK
import RadiomicsCore

/// A = VΛV' of a symmetric matrix of any size; the largest eigenvalue first. O(n³).
package struct SymmetricEigen: Sendable {
  /// In descending order.
  package let values: [Double]
  /// One column for each, of length 1; the largest element of each is positive, so that signs are the same everywhere.
  package let vectors: Matrix

  /// Nil if the algorithm fails, as it does where an element is not finite.
  package init?(_ matrix: Matrix) {
    precondition(matrix.rows == matrix.columns, "a symmetric matrix is square")
    var n = Int32(matrix.rows), info = Int32(0), all = CChar(UInt8(ascii: "V")), lower = CChar(UInt8(ascii: "L"))
    var vectors = matrix.elements, values = [Double](repeating: 0, count: matrix.rows)
    guard isSerial, n > 0, vectors.allSatisfy(\.isFinite) else { return nil }
    var workSize = Int32(1 + 6 * n + 2 * n * n), indexSize = Int32(3 + 5 * n)
    var work = [Double](repeating: 0, count: Int(workSize)), indices = [Int32](repeating: 0, count: Int(indexSize))
    dsyevd_(&all, &lower, &n, &vectors, &n, &values, &work, &workSize, &indices, &indexSize, &info)
    guard info == 0 else { return nil }
    let size = matrix.rows
    self.values = values.reversed()
    self.vectors = Matrix(
      columns: size,
      elements: (0..<size).reversed().flatMap { column in
        let vector = vectors[column * size..<(column + 1) * size]
        let largest = vector.max { abs($0) < abs($1) }!
        return largest < 0 ? vector.map { -$0 } : Array(vector)
      })
  }
}
