import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

struct MatrixTests {
  private let symmetric = Matrix(columns: [[4, 2, -1], [2, 5, 3], [-1, 3, 6]], rows: 3)

  private static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    return Matrix(columns: columns, elements: (0..<rows * columns).map { _ in generator.normal() })
  }

  @Test func productsByHand() {
    let a = Matrix(columns: [[1, 2, 3], [4, 5, 6]], rows: 3)
    #expect(a.times([10, 1]) == [14, 25, 36])
    #expect(a.transposedTimes([1, 0, 2]) == [7, 16])
    #expect(a.times(Matrix(columns: [[1, 0], [1, 1]], rows: 2)).elements == [1, 2, 3, 5, 7, 9])
    #expect(a.gram().rowLists == [[14, 32], [32, 77]])
    #expect(a.gram(weights: [1, 0, 4]).rowLists == [[37, 76], [76, 160]])
    #expect(a.columns([1, 0]).rowLists == [[4, 1], [5, 2], [6, 3]])
    #expect(Matrix(columns: [], rows: 3).times([]) == [0, 0, 0])
    #expect(Matrix(rows: 0, columns: 2).transposedTimes([]) == [0, 0])
  }

  /// Equal rows have products of equal bits wherever they stand, and every row that of a sum in the columns' order.
  @Test(arguments: [1, 3, 7, 30]) func equalRowsHaveEqualProducts(_ columns: Int) {
    let distinct = Self.random(11, columns, seed: 3), x = Self.random(columns, 1, seed: 4).elements
    let alone = (0..<11).map { row in x.indices.reduce(0.0) { $0 + distinct[row, $1] * x[$1] } }
    for count in [1, 2, 5, 8, 97, 3000] {
      let rows = (0..<count).map { ($0 * 7 + count) % 11 }
      let many = Matrix(columns: (0..<columns).map { j in rows.map { distinct[$0, j] } }, rows: count)
      #expect(many.times(x) == rows.map { alone[$0] })
    }
  }

  /// (Ax)'y = x'(A'y), and A'A by columns.
  @Test func productsAgree() {
    let a = Self.random(200, 6, seed: 1), x = Self.random(6, 1, seed: 2).elements,
      y = Self.random(200, 1, seed: 5).elements
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    expectClose(dot(a.times(x), y), dot(x, a.transposedTimes(y)), relative: 1e-12, absolute: 1e-12)
    let gram = a.gram()
    for i in 0..<6 {
      for j in 0..<6 { expectClose(gram[i, j], dot(a.column(i), a.column(j)), relative: 1e-13, absolute: 1e-12) }
    }
  }

  /// x'A⁻¹x by the inverse, and by hand where A is diagonal.
  @Test func quadraticForms() throws {
    let rows = Self.random(40, 3, seed: 6), factor = try #require(Cholesky(symmetric)), inverse = factor.inverse
    for (form, row) in zip(factor.quadraticForms(rows), rows.rowLists) {
      expectClose(form, zip(row, inverse.times(row)).reduce(0) { $0 + $1.0 * $1.1 }, relative: 1e-13)
    }
    let diagonal = try #require(Cholesky(Matrix(columns: [[4, 0], [0, 16]], rows: 2)))
    #expect(diagonal.quadraticForms(Matrix(columns: [[2, 0, 2], [0, 4, 4]], rows: 3)) == [1, 1, 2])
    #expect(diagonal.quadraticForms(Matrix(rows: 0, columns: 2)) == [])
  }

  /// solve() and log(det()) of R 4.2.
  @Test func choleskyAsR() throws {
    let factor = try #require(Cholesky(symmetric))
    let expected = [1.953488372093023, -2.395348837209302, 2.023255813953488]
    for (a, b) in zip(factor.solve([1, -2, 3]), expected) { expectClose(a, b, relative: 1e-14) }
    let inverse = [
      [0.4883720930232558, -0.3488372093023256, 0.2558139534883721],
      [-0.3488372093023256, 0.5348837209302326, -0.3255813953488372],
      [0.2558139534883721, -0.3255813953488372, 0.3720930232558139],
    ]
    for (row, others) in zip(factor.inverse.rowLists, inverse) {
      for (a, b) in zip(row, others) { expectClose(a, b, relative: 1e-14) }
    }
    expectClose(factor.logDeterminant, 3.761200115693562, relative: 1e-14)
  }

  @Test func choleskyRefusesWhatIsNotPositive() {
    #expect(Cholesky(Matrix(columns: [[1, 2], [2, 1]], rows: 2)) == nil)
    #expect(Cholesky(Matrix(columns: [[0, 0], [0, 1]], rows: 2)) == nil)
    #expect(Cholesky(Matrix(columns: [[.nan, 0], [0, 1]], rows: 2)) == nil)
    #expect(Cholesky(Matrix(rows: 0, columns: 0))?.solve([]) == [])
  }

  /// A x of the x that is found is b, of random matrices of many sizes.
  @Test(arguments: [1, 2, 10, 60]) func choleskySolves(_ size: Int) throws {
    let gram = Self.random(2 * size, size, seed: 9).gram(), b = Self.random(size, 1, seed: 10).elements
    let x = try #require(Cholesky(gram)).solve(b)
    for (a, b) in zip(gram.times(x), b) { expectClose(a, b, absolute: 1e-9) }
  }

  /// The first columns of a dependent set stay, as in R's `glm`; units do not matter.
  @Test func independentColumnsByHand() {
    let one = [1.0, 1, 1, 1], x = [1.0, 2, 3, 4], square = [1.0, 4, 9, 16]
    func kept(_ columns: [[Double]]) -> [Int] { Matrix(columns: columns, rows: 4).independentColumns() }
    #expect(kept([one, x, square]) == [0, 1, 2])
    #expect(kept([one, x, x.map { 3 - 2 * $0 }, square]) == [0, 1, 3])
    #expect(kept([[0, 0, 0, 0], x, x.map { 1e-300 * $0 }, square.map { 1e200 * $0 }]) == [1, 3])
    #expect(kept([one, x, square, [0, 0, 0, 1], [0, 1, 0, 0]]) == [0, 1, 2, 3])
    #expect(kept([x, x.enumerated().map { $1 + ($0 == 2 ? 1e-6 : 0) }]) == [0, 1])
    #expect(kept([x, x.enumerated().map { $1 + ($0 == 2 ? 1e-13 : 0) }]) == [0])
    #expect(Matrix(columns: [], rows: 4).independentColumns() == [])
  }

  /// Each sum of columns before it is found, wherever it stands.
  @Test func dependentColumnsAreFound() {
    let base = Self.random(40, 5, seed: 6)
    for place in 1...5 {
      var columns = (0..<5).map(base.column)
      let sum = (0..<40).map { row in columns[..<place].reduce(0) { $0 + $1[row] } }
      columns.insert(sum, at: place)
      let matrix = Matrix(columns: columns, rows: 40)
      // A column alone before its copy, else a sum of several.
      #expect(matrix.independentColumns() == (0..<6).filter { $0 != place })
    }
  }
}
