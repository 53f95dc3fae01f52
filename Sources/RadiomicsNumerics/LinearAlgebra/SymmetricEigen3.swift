/// Eigenvalues and eigenvectors of a symmetric 3 × 3 matrix by Jacobi rotations (C. G. J. Jacobi,
/// doi:10.1515/crll.1846.30.51): each rotation zeroes one off-diagonal element; five or six sweeps reach the limit of
/// double precision, also for equal eigenvalues.
package struct SymmetricEigen3: Sendable {
  /// Eigenvalues, largest first.
  package let values: SIMD3<Double>
  /// Unit eigenvectors in the order of `values`, mutually orthogonal.
  package let vectors: [SIMD3<Double>]

  /// Decomposes the matrix with diagonal (xx, yy, zz) and off-diagonal (xy, xz, yz). All elements must be finite.
  package init(diagonal: SIMD3<Double>, offDiagonal: SIMD3<Double>) {
    var a = [
      [diagonal.x, offDiagonal.x, offDiagonal.y],
      [offDiagonal.x, diagonal.y, offDiagonal.z],
      [offDiagonal.y, offDiagonal.z, diagonal.z],
    ]
    var v: [SIMD3<Double>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for _ in 0..<50 {
      let off = a[0][1] * a[0][1] + a[0][2] * a[0][2] + a[1][2] * a[1][2]
      let on = a[0][0] * a[0][0] + a[1][1] * a[1][1] + a[2][2] * a[2][2]
      if off <= 1e-36 * on { break }
      for (p, q) in [(0, 1), (0, 2), (1, 2)] { rotate(&a, &v, p, q) }
    }
    let order = [0, 1, 2].sorted { a[$0][$0] > a[$1][$1] }
    values = SIMD3(a[order[0]][order[0]], a[order[1]][order[1]], a[order[2]][order[2]])
    vectors = order.map { v[$0] }
  }
}

/// One Jacobi rotation in the plane of axes p and q that makes a[p][q] zero; the columns of v turn along.
private func rotate(_ a: inout [[Double]], _ v: inout [SIMD3<Double>], _ p: Int, _ q: Int) {
  guard a[p][q] != 0 else { return }
  let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
  let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
  let c = 1 / (t * t + 1).squareRoot(), s = t * c
  let r = 3 - p - q, pq = a[p][q]
  a[p][p] -= t * pq
  a[q][q] += t * pq
  a[p][q] = 0
  a[q][p] = 0
  let rp = a[r][p], rq = a[r][q]
  a[r][p] = c * rp - s * rq
  a[p][r] = a[r][p]
  a[r][q] = s * rp + c * rq
  a[q][r] = a[r][q]
  (v[p], v[q]) = (c * v[p] - s * v[q], s * v[p] + c * v[q])
}
