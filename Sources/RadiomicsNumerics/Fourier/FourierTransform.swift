import CKissFFT
import RadiomicsCore

/// Complex discrete Fourier transforms of one length, of eight sequences side by side, in double precision. Place t of the
/// sequences is two vectors: their real parts, then their imaginary.
///
/// Lengths with factors 2, 3 and 5 are KissFFT's, over the processor's widest vectors. Others are a convolution with a
/// chirp, made by two transforms of such a length, at least twice as long (L. I. Bluestein,
/// doi:10.1109/TAU.1970.1162132).
package final class FourierTransform: Sendable {
  /// Length of the sequences.
  package let length: Int
  private nonisolated(unsafe) let plan: OpaquePointer
  private let chirp: Chirp?

  /// A transform of any length, at least 1.
  package init(length: Int) {
    self.length = length
    if length == Self.fastLength(length) {
      chirp = nil
      plan = kissfft_plan_create(length)
    } else {
      let inner = Self.fastLength(2 * length - 1)
      plan = kissfft_plan_create(inner)
      chirp = Chirp(length: length, inner: inner, plan)
    }
  }

  deinit { kissfft_plan_destroy(plan) }

  /// Transforms forward, X(k) = Σ x(t) exp(−2πi kt / length), from 2 · length vectors to as many others. Read from the
  /// end, as X(length − k), it is the transform backward. Cost O(n log n).
  package func transform(_ input: UnsafePointer<SIMD8<Double>>, to output: Vectors) {
    if let chirp { chirp.transform(input, to: output, plan) } else { kissTransform(plan, input, to: output, length) }
  }

  /// The smallest multiple of `factor`, at least `n`, that has factors 2, 3 and 5 only, as `factor` must.
  package static func fastLength(_ n: Int, multipleOf factor: Int = 1) -> Int {
    var length = (max(1, n) + factor - 1) / factor * factor
    while true {
      var rest = length
      for prime in [2, 3, 5] { while rest % prime == 0 { rest /= prime } }
      if rest == 1 { return length }
      length += factor
    }
  }
}

/// exp(−2πi k / n) for k of 0 to `count` − 1 and a whole `step`: k is multiplied by it.
package func turns(_ count: Int, of n: Int, step: Int = 1) -> [SIMD2<Double>] {
  (0..<count).map { k in
    let angle = -2 * Double.pi * Double(k * step % n) / Double(n)
    return [cos(angle), sin(angle)]
  }
}

private func kissTransform(
  _ plan: OpaquePointer, _ input: UnsafePointer<SIMD8<Double>>, to output: Vectors,
  _ length: Int
) {
  input.withMemoryRebound(to: Double.self, capacity: 16 * length) { input in
    output.withMemoryRebound(to: Double.self, capacity: 16 * length) { kissfft_transform(plan, input, $0) }
  }
}

/// With kt = (k² + t² − (k − t)²) / 2 and w(t) = exp(−iπ t² / n), X(k) = w(k) Σ x(t) w(t) w̄(k − t): a convolution.
private struct Chirp: Sendable {
  /// w(t), 0 ≤ t < n.
  private let turns: [SIMD2<Double>]
  /// The transform of w̄, wrapped around to the length of the inner transform, divided by this length.
  private let spectrum: [SIMD2<Double>]

  init(length n: Int, inner: Int, _ plan: OpaquePointer) {
    // t² as t² mod 2n keeps the angle exact.
    let turns = (0..<n).map { t in
      let angle = -Double.pi * Double(t * t % (2 * n)) / Double(n)
      return SIMD2(cos(angle), sin(angle))
    }
    self.turns = turns
    spectrum = withVectors(4 * inner) { memory in
      for t in 0..<n {
        for place in [t, (inner - t) % inner] {
          memory[2 * place] = SIMD8(repeating: turns[t].x)
          memory[2 * place + 1] = SIMD8(repeating: -turns[t].y)
        }
      }
      kissTransform(plan, memory, to: memory + 2 * inner, inner)
      return (inner..<2 * inner).map { SIMD2(memory[2 * $0][0], memory[2 * $0 + 1][0]) / Double(inner) }
    }
  }

  func transform(
    _ input: UnsafePointer<SIMD8<Double>>, to output: Vectors, _ plan: OpaquePointer
  ) {
    let n = turns.count, inner = spectrum.count
    let folded = allocateVectors(4 * inner), transformed = folded + 2 * inner
    defer { folded.deallocate() }
    multiply(input, by: turns, into: folded)
    (folded + 2 * n).initialize(repeating: .zero, count: 2 * (inner - n))
    kissTransform(plan, folded, to: transformed, inner)
    multiply(transformed, by: spectrum, into: folded)
    kissTransform(plan, folded, to: transformed, inner)
    // Backward: read from the end.
    for k in 0..<n {
      let place = 2 * (k == 0 ? 0 : inner - k), w = turns[k]
      let real = transformed[place], imaginary = transformed[place + 1]
      output[2 * k] = real * w.x - imaginary * w.y
      output[2 * k + 1] = real * w.y + imaginary * w.x
    }
  }
}
