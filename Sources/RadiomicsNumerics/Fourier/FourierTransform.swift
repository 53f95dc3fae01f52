import CKissFFT
import Foundation

/// Complex discrete Fourier transforms of one length in double precision, of eight sequences side by side (KissFFT over
/// the processor's widest vectors). Place t of the sequences is two vectors: their real parts, then their imaginary.
package final class FourierTransform: Sendable {
  /// Length of the sequences.
  package let length: Int
  private nonisolated(unsafe) let plan: OpaquePointer

  /// A transform of a length with factors 2, 3 and 5 only.
  package init(length: Int) {
    precondition(length == Self.fastLength(length), "a length with factors 2, 3 and 5")
    self.length = length
    plan = kissfft_plan_create(length)
  }

  deinit { kissfft_plan_destroy(plan) }

  /// Transforms forward, X(k) = Σ x(t) exp(−2πi kt / length), from 2 · length vectors to as many others. Cost
  /// O(n log n).
  package func transform(_ input: UnsafePointer<SIMD8<Double>>, to output: UnsafeMutablePointer<SIMD8<Double>>) {
    input.withMemoryRebound(to: Double.self, capacity: 16 * length) { input in
      output.withMemoryRebound(to: Double.self, capacity: 16 * length) { kissfft_transform(plan, input, $0) }
    }
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
