import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct SymmetricEigen3Tests {
  @Test func handCalculation() {
    let eigen = SymmetricEigen3(diagonal: [2, 2, 5], offDiagonal: [1, 0, 0])
    for axis in 0..<3 { expectClose(eigen.values[axis], [5, 3, 1][axis], absolute: 1e-15) }
    expectClose(abs((eigen.vectors[1] * [1, 1, 0]).sum()), 2.0.squareRoot(), absolute: 1e-15)
  }

  @Test(arguments: [
    [4.0, -2, 7, 1, 3, -5], [1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [1e6, 1, 1e-6, 10, 1e-3, 1e-3],
    [3, 3, 3, 1e-9, 0, 0], [0, 0, 0, 1, 2, 3],
  ])
  func vectorsSpanTheMatrix(_ m: [Double]) {
    let rows: [SIMD3<Double>] = [[m[0], m[3], m[4]], [m[3], m[1], m[5]], [m[4], m[5], m[2]]]
    let eigen = SymmetricEigen3(diagonal: [m[0], m[1], m[2]], offDiagonal: [m[3], m[4], m[5]])
    let size = max(1e-300, m.map(abs).max()!)
    #expect(eigen.values.x >= eigen.values.y && eigen.values.y >= eigen.values.z)
    for (k, vector) in eigen.vectors.enumerated() {
      for axis in 0..<3 {
        expectClose((rows[axis] * vector).sum(), eigen.values[k] * vector[axis], absolute: 1e-14 * size)
      }
      for (j, other) in eigen.vectors.enumerated() {
        expectClose((vector * other).sum(), j == k ? 1 : 0, absolute: 1e-14)
      }
    }
  }
}
