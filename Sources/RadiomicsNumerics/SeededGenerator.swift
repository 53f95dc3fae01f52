/// Random numbers that a seed fixes on every machine: SplitMix64 (Steele, Lea and Flood 2014,
/// doi:10.1145/2714064.2660195).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A sequence of its own for each seed.
  package init(seed: UInt64) { state = seed }

  /// By how much the state grows from one output to the next.
  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// What a generator of a seed gives after so many numbers that are skipped.
  package static func output(_ skipped: UInt64, of seed: UInt64) -> UInt64 {
    var generator = SeededGenerator(seed: seed &+ skipped &* step)
    return generator.next()
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= Self.step
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// Uniform in [0, 1), 53 bits.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number in 0 ..< `count`.
  package mutating func below(_ count: Int) -> Int { min(Int(uniform() * Double(count)), count - 1) }

  /// Standard normal, by the quantile of a uniform number.
  package mutating func normal() -> Double {
    NormalDistribution().quantile((Double(next() >> 12) + 0.5) * 0x1p-52)
  }
}
