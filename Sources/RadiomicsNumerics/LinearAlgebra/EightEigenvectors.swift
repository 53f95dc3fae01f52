/// Eigenvectors of eight symmetric 3 × 3 matrices side by side, by the Jacobi rotations of `SymmetricEigen3`.
package struct EightEigenvectors {
  /// A vector for each of the eight matrices.
  package struct Vector {
    package var x, y, z: SIMD8<Double>
  }

  /// Unit eigenvectors, that of the largest eigenvalue first.
  package private(set) var first: Vector, second: Vector, third: Vector
  private var a, b, c, ab, ac, bc: SIMD8<Double>

  /// Matrices by their elements, which must be finite.
  package init(
    xx: SIMD8<Double>, yy: SIMD8<Double>, zz: SIMD8<Double>, xy: SIMD8<Double>, xz: SIMD8<Double>, yz: SIMD8<Double>
  ) {
    (a, b, c, ab, ac, bc) = (xx, yy, zz, xy, xz, yz)
    let one = SIMD8<Double>(repeating: 1)
    first = Vector(x: one, y: .zero, z: .zero)
    second = Vector(x: .zero, y: one, z: .zero)
    third = Vector(x: .zero, y: .zero, z: one)
    for _ in 0..<12 {
      let off = ab * ab + ac * ac + bc * bc, on = a * a + b * b + c * c
      if all(off .<= 1e-36 * on) { break }
      rotate(&a, &b, &ab, &ac, &bc, &first, &second)
      rotate(&a, &c, &ac, &ab, &bc, &first, &third)
      rotate(&b, &c, &bc, &ab, &ac, &second, &third)
    }
    order(&a, &b, &first, &second)
    order(&a, &c, &first, &third)
    order(&b, &c, &second, &third)
  }
}

/// A rotation in the plane of axes p and q that makes their element pq 0; r is the third axis.
@inline(__always)
private func rotate(
  _ p: inout SIMD8<Double>, _ q: inout SIMD8<Double>, _ pq: inout SIMD8<Double>, _ pr: inout SIMD8<Double>,
  _ qr: inout SIMD8<Double>, _ u: inout EightEigenvectors.Vector, _ v: inout EightEigenvectors.Vector
) {
  let isZero = pq .== 0
  let theta = (q - p) / (2 * pq).replacing(with: 1, where: isZero)
  let size = theta.replacing(with: -theta, where: theta .< 0)
  var t = 1 / (size + (theta * theta + 1).squareRoot())
  t = t.replacing(with: -t, where: theta .< 0).replacing(with: 0, where: isZero)
  let c = 1 / (t * t + 1).squareRoot(), s = t * c
  p -= t * pq
  q += t * pq
  pq = .zero
  (pr, qr) = (c * pr - s * qr, s * pr + c * qr)
  (u.x, v.x) = (c * u.x - s * v.x, s * u.x + c * v.x)
  (u.y, v.y) = (c * u.y - s * v.y, s * u.y + c * v.y)
  (u.z, v.z) = (c * u.z - s * v.z, s * u.z + c * v.z)
}

/// Exchanges eigenvalues p and q and their vectors where the second is larger.
@inline(__always)
private func order(
  _ p: inout SIMD8<Double>, _ q: inout SIMD8<Double>, _ u: inout EightEigenvectors.Vector,
  _ v: inout EightEigenvectors.Vector
) {
  let isSmaller = p .< q
  (p, q) = (p.replacing(with: q, where: isSmaller), q.replacing(with: p, where: isSmaller))
  (u.x, v.x) = (u.x.replacing(with: v.x, where: isSmaller), v.x.replacing(with: u.x, where: isSmaller))
  (u.y, v.y) = (u.y.replacing(with: v.y, where: isSmaller), v.y.replacing(with: u.y, where: isSmaller))
  (u.z, v.z) = (u.z.replacing(with: v.z, where: isSmaller), v.z.replacing(with: u.z, where: isSmaller))
}
