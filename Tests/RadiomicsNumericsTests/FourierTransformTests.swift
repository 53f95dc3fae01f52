import Foundation
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct FourierTransformTests {
  /// Transforms eight sequences of (real, imaginary) pairs.
  private func transform(_ sequences: [[SIMD2<Double>]]) -> [[SIMD2<Double>]] {
    let n = sequences[0].count, bytes = 128 * n
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 2 * bytes, alignment: 64)
    defer { memory.deallocate() }
    let vectors = memory.bindMemory(to: SIMD8<Double>.self, capacity: 4 * n)
    vectors.initialize(repeating: .zero, count: 4 * n)
    for t in 0..<n {
      for (lane, sequence) in sequences.enumerated() {
        vectors[2 * t][lane] = sequence[t].x
        vectors[2 * t + 1][lane] = sequence[t].y
      }
    }
    FourierTransform(length: n).transform(vectors, to: vectors + 2 * n)
    return (0..<8).map { lane in
      (0..<n).map { [vectors[2 * (n + $0)][lane], vectors[2 * (n + $0) + 1][lane]] }
    }
  }

  private func sequences(_ n: Int) -> [[SIMD2<Double>]] {
    (0..<8).map { lane in
      (0..<n).map { t in
        let a = (t * t * 37 + lane * 11 + t) % 23, b = (t * 29 + lane * lane * 5) % 31
        return [Double(a) - 11, Double(b) - 15]
      }
    }
  }

  /// Lengths with each factor, alone and together, primes, and others.
  @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 9, 11, 16, 25, 30, 60, 64, 67, 120, 180, 201, 204, 500, 509])
  func agreesWithTheDefiningSum(_ n: Int) {
    let given = sequences(n), transformed = transform(given)
    for lane in [0, 3, 7] {
      for k in [0, 1, n / 3, n / 2, n - 1].filter({ $0 < n }) {
        var sum = SIMD2<Double>.zero
        for t in 0..<n {
          let angle = -2 * Double.pi * Double(t * k % n) / Double(n), x = given[lane][t]
          sum += [x.x * cos(angle) - x.y * sin(angle), x.x * sin(angle) + x.y * cos(angle)]
        }
        for part in 0..<2 { expectClose(transformed[lane][k][part], sum[part], absolute: 2e-13 * Double(n + 10)) }
      }
    }
  }

  /// Transformed twice, f(t) becomes n f(−t).
  @Test(arguments: [60, 270, 201, 509]) func twiceMirrors(_ n: Int) {
    let given = sequences(n), twice = transform(transform(given))
    for lane in 0..<8 {
      for t in 0..<n {
        for part in 0..<2 {
          expectClose(twice[lane][t][part] / Double(n), given[lane][(n - t) % n][part], absolute: 1e-12)
        }
      }
    }
  }

  @Test func fastLengths() {
    #expect([1, 7, 11, 13, 97, 257].map { FourierTransform.fastLength($0) } == [1, 8, 12, 15, 100, 270])
    #expect([1, 7, 81, 125, 13].map { FourierTransform.fastLength($0, multipleOf: 2) } == [2, 8, 90, 128, 16])
  }

  @Test func turnsOfTheUnitCircle() {
    let quarter = turns(5, of: 4)
    for (turn, expected) in zip(quarter, [SIMD2(1.0, 0), [0, -1], [-1, 0], [0, 1], [1, 0]]) {
      for part in 0..<2 { expectClose(turn[part], expected[part], absolute: 1e-15) }
    }
    #expect(turns(3, of: 12, step: 5)[2] == turns(11, of: 12)[10])
  }
}
