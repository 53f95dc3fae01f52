import RadiomicsNumerics

/// How the box of a region is transformed: the lengths of the cyclic transforms, and in how many parts along x, so that
/// memory suffices.
package struct AutocorrelationPlan: Sendable {
  /// Voxels of the box.
  package let box: SIMD3<Int>
  /// Lengths of the transforms, at least twice the box less one, so that no pair of voxels wraps around. That along y is
  /// even.
  package let lengths: SIMD3<Int>
  /// Frequencies along x are taken by their remainder modulo this number, one remainder after the other.
  package let parts: Int

  /// The fewest parts that fit into `memory` bytes, or with nil into 24 bytes a voxel of the box, but never less than
  /// 64 MB; nil if not even the most parts fit.
  package init?(box: SIMD3<Int>, memory: Int?) {
    let lengths = Self.lengths(box), usual = max(64_000_000, 24 * box.x * box.y * box.z)
    let choices = Self.choices(lengths).map { Self(box: box, lengths: lengths, parts: $0) }
    guard let least = choices.last, least.bytes <= memory ?? .max else { return nil }
    self = choices.first { $0.bytes <= min(usual, memory ?? .max) } ?? least
  }

  private init(box: SIMD3<Int>, lengths: SIMD3<Int>, parts: Int) {
    self.box = box
    self.lengths = lengths
    self.parts = parts
  }

  /// Bytes that the most parts need.
  package static func leastBytes(box: SIMD3<Int>) -> Int {
    let lengths = lengths(box), parts = choices(lengths).last ?? 1
    return Self(box: box, lengths: lengths, parts: parts).bytes
  }

  private static func lengths(_ box: SIMD3<Int>) -> SIMD3<Int> {
    [
      FourierTransform.fastLength(2 * box.x - 1), FourierTransform.fastLength(2 * box.y - 1, multipleOf: 2),
      FourierTransform.fastLength(2 * box.z - 1),
    ]
  }

  /// Divisors of the length along x that leave work for eight lanes, each with less memory than the one before.
  private static func choices(_ lengths: SIMD3<Int>) -> [Int] {
    var choices: [Int] = [], least = Int.max
    for parts in 1...lengths.x where lengths.x % parts == 0 {
      let blocks = AutocorrelationPlan(box: .one, lengths: lengths, parts: parts).mostBlocks
      if blocks < least { choices.append(parts) }
      least = min(least, blocks)
    }
    return choices
  }

  /// Frequencies along x of a part.
  var period: Int { lengths.x / parts }

  /// Number of frequencies along x that stand for a part's: with a frequency, its negative is known.
  func frequencies(of part: Int) -> Int {
    part == 0 ? period / 2 + 1 : 2 * part == parts ? (period + 1) / 2 : period
  }

  /// Blocks of eight frequencies.
  func blocks(of part: Int) -> Int { (frequencies(of: part) + 7) / 8 }

  private var mostBlocks: Int { (0...min(1, parts / 2)).map { blocks(of: $0) }.max() ?? 0 }

  /// Elements of a row along y, zeros at its end included: half of the length.
  var pitch: Int { lengths.y / 2 }
  /// Offsets along y and z from 0 to half the length.
  var offsets: (y: Int, z: Int) { (lengths.y / 2 + 1, lengths.z / 2 + 1) }

  /// Bytes of the arrays: spectra along x of three fields and of the weights, and the planes of a block. Each lane takes
  /// some lines besides.
  package var bytes: Int {
    let fields = 3 * 128 * box.z * pitch, weights = 64 * offsets.y * offsets.z
    return (mostBlocks + 1) * (fields + weights)
  }
}
