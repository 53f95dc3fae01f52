import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct EightEigenvectorsTests {
  /// Random, diagonal, singular and equal eigenvalues: each vector times the matrix is the vector times its eigenvalue, and
  /// eigenvalues are those of `SymmetricEigen3`, largest first.
  @Test func agreeWithSingleMatrices() {
    var generator = SeededGenerator(seed: 4)
    var matrices: [[Double]] = (0..<4).map { _ in (0..<6).map { _ in generator.uniform() * 20 - 10 } }
    matrices += [[3, 1, 2, 0, 0, 0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0], [2, 2, -1, 1e-12, 0, 0]]
    func element(_ n: Int) -> SIMD8<Double> {
      var vector = SIMD8<Double>.zero
      for (lane, matrix) in matrices.enumerated() { vector[lane] = matrix[n] }
      return vector
    }
    let eigen = EightEigenvectors(
      xx: element(0), yy: element(1), zz: element(2), xy: element(3), xz: element(4), yz: element(5))
    for (lane, m) in matrices.enumerated() {
      let single = SymmetricEigen3(diagonal: [m[0], m[1], m[2]], offDiagonal: [m[3], m[4], m[5]])
      for (n, vector) in [eigen.first, eigen.second, eigen.third].enumerated() {
        let (x, y, z) = (vector.x[lane], vector.y[lane], vector.z[lane]), value = single.values[n]
        expectClose(x * x + y * y + z * z, 1, absolute: 1e-14)
        expectClose(m[0] * x + m[3] * y + m[4] * z, value * x, absolute: 1e-13 * 20)
        expectClose(m[3] * x + m[1] * y + m[5] * z, value * y, absolute: 1e-13 * 20)
        expectClose(m[4] * x + m[5] * y + m[2] * z, value * z, absolute: 1e-13 * 20)
      }
    }
  }
}
