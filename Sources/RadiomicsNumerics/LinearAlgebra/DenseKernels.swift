import CLAPACK

/// Products of dense columns without copies, for solvers that call them thousands of times. All matrices are column by column.
package enum DenseKernels {
  /// Σ xᵢ yᵢ.
  package static func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ count: Int) -> Double {
    guard isSerial else { return 0 }
    var n = Int32(count), step = Int32(1)
    return ddot_(&n, x, &step, y, &step)
  }

  /// y = y + αx.
  package static func add(
    _ alpha: Double, _ x: UnsafePointer<Double>, _ count: Int, to y: UnsafeMutablePointer<Double>
  ) {
    guard isSerial else { return }
    var n = Int32(count), step = Int32(1), alpha = alpha
    daxpy_(&n, &alpha, x, &step, y, &step)
  }

  /// y = A'x of so many columns of `rows` elements.
  package static func transposedTimes(
    _ matrix: UnsafePointer<Double>, rows: Int, columns: Int, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    guard isSerial, rows > 0, columns > 0 else { return }
    var trans = CChar(UInt8(ascii: "T")), m = Int32(rows), n = Int32(columns), one = 1.0, zero = 0.0, step = Int32(1)
    dgemv_(&trans, &m, &n, &one, matrix, &m, x, &step, &zero, y, &step)
  }

  /// y = y + αA'x of columns that are `stride` apart.
  package static func addTransposedTimes(
    _ alpha: Double, _ matrix: UnsafePointer<Double>, rows: Int, columns: Int, stride: Int, _ x: UnsafePointer<Double>,
    to y: UnsafeMutablePointer<Double>
  ) {
    guard isSerial, rows > 0, columns > 0 else { return }
    var trans = CChar(UInt8(ascii: "T")), m = Int32(rows), n = Int32(columns), lead = Int32(stride), step = Int32(1)
    var alpha = alpha, one = 1.0
    dgemv_(&trans, &m, &n, &alpha, matrix, &lead, x, &step, &one, y, &step)
  }

  /// C = αA'B + βC of columns of `rows` elements; columns of C are `stride` apart.
  package static func addProduct(
    _ a: UnsafePointer<Double>, columns: Int, _ b: UnsafePointer<Double>, columns others: Int, rows: Int,
    alpha: Double, beta: Double, to result: UnsafeMutablePointer<Double>, stride: Int
  ) {
    guard isSerial, columns > 0, others > 0 else { return }
    var trans = CChar(UInt8(ascii: "T")), plain = CChar(UInt8(ascii: "N")), alpha = alpha, beta = beta
    var m = Int32(columns), n = Int32(others), k = Int32(rows), lead = Int32(stride), own = Int32(max(rows, 1))
    dgemm_(&trans, &plain, &m, &n, &k, &alpha, a, &own, b, &own, &beta, result, &lead)
  }

  /// C = A'B of columns of `rows` elements in single precision; columns of C are `stride` apart.
  package static func product(
    _ a: UnsafePointer<Float>, columns: Int, _ b: UnsafePointer<Float>, columns others: Int, rows: Int,
    into result: UnsafeMutablePointer<Float>, stride: Int
  ) {
    guard isSerial, columns > 0, others > 0 else { return }
    var trans = CChar(UInt8(ascii: "T")), plain = CChar(UInt8(ascii: "N")), one = Float(1), zero = Float(0)
    var m = Int32(columns), n = Int32(others), k = Int32(rows), lead = Int32(stride), own = Int32(max(rows, 1))
    sgemm_(&trans, &plain, &m, &n, &k, &one, a, &own, b, &own, &zero, result, &lead)
  }

  /// C = C + αAB of an A of `rows` × `inner` and a B of `inner` × `columns`.
  package static func addPlainProduct(
    _ a: UnsafePointer<Double>, rows: Int, inner: Int, _ b: UnsafePointer<Double>, columns: Int, alpha: Double,
    to result: UnsafeMutablePointer<Double>
  ) {
    guard isSerial, rows > 0, inner > 0, columns > 0 else { return }
    var plain = CChar(UInt8(ascii: "N")), alpha = alpha, one = 1.0
    var m = Int32(rows), n = Int32(columns), k = Int32(inner)
    dgemm_(&plain, &plain, &m, &n, &k, &alpha, a, &m, b, &k, &one, result, &m)
  }

  /// A = LL' of a symmetric matrix, of which only what is at and below the diagonal is read and overwritten, where its first `known`
  /// rows and columns hold L already; columns are `stride` apart. Whether it is positive definite.
  package static func factor(
    _ matrix: UnsafeMutablePointer<Double>, size: Int, known: Int, stride: Int
  ) -> Bool {
    guard isSerial, size > known else { return true }
    var lower = CChar(UInt8(ascii: "L")), trans = CChar(UInt8(ascii: "T")), plain = CChar(UInt8(ascii: "N"))
    var right = CChar(UInt8(ascii: "R")), new = Int32(size - known), old = Int32(known), lead = Int32(stride)
    var one = 1.0, minus = -1.0, info = Int32(0)
    let corner = matrix + known * stride + known
    if known > 0 {
      dtrsm_(&right, &lower, &trans, &plain, &new, &old, &one, matrix, &lead, matrix + known, &lead)
      dsyrk_(&lower, &plain, &new, &old, &minus, matrix + known, &lead, &one, corner, &lead)
    }
    dpotrf_(&lower, &new, corner, &lead, &info)
    return info == 0
  }

  /// The x of LL'x = b, in place of b.
  package static func solve(
    factor: UnsafePointer<Double>, size: Int, stride: Int, _ b: UnsafeMutablePointer<Double>
  ) {
    guard isSerial, size > 0 else { return }
    var lower = CChar(UInt8(ascii: "L")), plain = CChar(UInt8(ascii: "N")), trans = CChar(UInt8(ascii: "T"))
    var n = Int32(size), lead = Int32(stride), step = Int32(1)
    dtrsv_(&lower, &plain, &plain, &n, factor, &lead, b, &step)
    dtrsv_(&lower, &trans, &plain, &n, factor, &lead, b, &step)
  }
}
