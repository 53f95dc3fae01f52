/// Vectors of eight numbers, which lanes write in parts that do not overlap.
@usableFromInline
package typealias Vectors = UnsafeMutablePointer<SIMD8<Double>>

/// Memory aligned as transforms need it, which is more than Swift gives vectors by itself.
@inlinable
package func allocateVectors(_ count: Int) -> Vectors {
  let size = MemoryLayout<SIMD8<Double>>.size
  return UnsafeMutableRawPointer.allocate(byteCount: size * count, alignment: size)
    .bindMemory(to: SIMD8<Double>.self, capacity: count)
}

/// Calls `body` with memory for so many vectors, all 0.
@inlinable
package func withVectors<Result>(_ count: Int, _ body: (Vectors) -> Result) -> Result {
  let vectors = allocateVectors(count)
  vectors.initialize(repeating: .zero, count: count)
  defer { vectors.deallocate() }
  return body(vectors)
}

/// Complex elements, of two vectors each, times complex numbers.
@inlinable
package func multiply(_ elements: UnsafePointer<SIMD8<Double>>, by factors: [SIMD2<Double>], into products: Vectors) {
  for (n, factor) in factors.enumerated() {
    let real = elements[2 * n], imaginary = elements[2 * n + 1]
    products[2 * n] = real * factor.x - imaginary * factor.y
    products[2 * n + 1] = real * factor.y + imaginary * factor.x
  }
}
