/// Vectors on the lattice. Products wrap: components must stay below 2^20 for them to be exact.
extension SIMD3<Int> {
  /// Scalar product.
  @inlinable
  package func dot(_ other: Self) -> Int { x &* other.x &+ y &* other.y &+ z &* other.z }

  /// Vector product.
  @inlinable
  package func cross(_ other: Self) -> Self {
    [y &* other.z &- z &* other.y, z &* other.x &- x &* other.z, x &* other.y &- y &* other.x]
  }
}
