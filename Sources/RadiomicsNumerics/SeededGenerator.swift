/// Random numbers that a seed fixes on every machine: SplitMix64 (Steele, Lea and Flood 2014,
/// doi:10.1145/2714064.2660195).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A sequence of its own for each seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Places of a sample with replacement of as many out of 0 ..< `count`.
  package mutating func resample(_ count: Int) -> [Int] {
    (0..<count).map { _ in min(Int(uniform() * Double(count)), count - 1) }
  }

  /// Standard normal, by the quantile of a uniform number.
  public mutating func normal() -> Double {
    NormalDistribution().quantile((Double(next() >> 12) + 0.5) * 0x1p-52)
  }
}
