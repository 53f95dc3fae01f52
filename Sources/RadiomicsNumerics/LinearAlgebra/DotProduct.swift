/// Σ aᵢ bᵢ of two vectors of one length, added up in order.
@inlinable
package func dot<Real: RealNumber>(_ a: [Real], _ b: [Real]) -> Real {
  precondition(a.count == b.count, "vectors of one length")
  var sum = Real(0)
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}
