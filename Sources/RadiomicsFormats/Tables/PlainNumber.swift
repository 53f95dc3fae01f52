/// A number as programs write most: a minus or nothing, digits and, behind a point, digits of which a last one among several is
/// not 0; no more than 19 digits, so that all of them are one integer; no exponent.
enum PlainNumber {
  /// How many bytes must be there to be read: more than the longest number has.
  static let room = 64

  /// The number that stands at a place, rounded to the nearest double, and the byte behind it; nil where there is none, or one
  /// that is written otherwise. About 10 ns for 17 digits.
  /// - `text`: Where it begins; `room` bytes can be read.
  @inline(__always)
  static func read(_ text: UnsafeRawPointer) -> (value: Double, end: UnsafeRawPointer)? {
    let isNegative = byte(text) == UInt8(ascii: "-"), first = isNegative ? text + 1 : text
    var digits: UInt64 = 0, end = first
    while case let digit = byte(end) &- UInt8(ascii: "0"), digit < 10, end - first < 20 {
      digits = 10 &* digits &+ UInt64(digit)
      end += 1
    }
    let whole = end - first
    guard whole > 0, whole == 1 || byte(first) != UInt8(ascii: "0") else { return nil }
    guard byte(end) == UInt8(ascii: ".") else {
      // More digits may name something.
      guard end - text <= 15 else { return nil }
      return (signed(Double(Int64(bitPattern: digits)), isNegative), end)
    }
    let start = end + 1
    end = read(from: start, into: &digits)
    let fraction = end - start
    guard fraction > 0, whole + fraction <= 19, fraction == 1 || byte(end - 1) != UInt8(ascii: "0") else { return nil }
    return (signed(quotient(digits, fraction), isNegative), end)
  }

  /// Takes digits, eight at once, and at most 23.
  /// - Returns: What is behind them.
  @inline(__always)
  private static func read(from start: UnsafeRawPointer, into digits: inout UInt64) -> UnsafeRawPointer {
    var place = start
    while true {
      // One digit in each byte, the first in the lowest; a byte that is none gets a high bit.
      let bytes = UInt64(littleEndian: place.loadUnaligned(as: UInt64.self)) ^ 0x3030_3030_3030_3030
      let others = ((bytes &+ 0x7676_7676_7676_7676) | bytes) & 0x8080_8080_8080_8080
      if others == 0, place - start < 16 {
        digits = digits &* 100_000_000 &+ eight(bytes)
        place += 8
      } else {
        // No digit at all is shifted by all 64 bits, and leaves none.
        let found = others.trailingZeroBitCount >> 3
        digits = digits &* powers[found] &+ eight(bytes << UInt64(truncatingIfNeeded: 64 - 8 * found))
        return place + found
      }
    }
  }

  /// The number that eight digits make, the first in the lowest byte.
  @inline(__always)
  private static func eight(_ ones: UInt64) -> UInt64 {
    let tens = ones &* 10 &+ ones &>> 8
    return ((tens & 0xFF_0000_00FF) &* 0xF4240_0000_0064 &+ (tens &>> 16 & 0xFF_0000_00FF) &* 0x2710_0000_0001) &>> 32
  }

  /// `digits / 10ᵏ` for k from 1 to 18, rounded once: `digits / 5ᵏ` times a power of two. A reciprocal gives 63 bits of the quotient
  /// that are less than 2 too small; where it matters which of them it is, a division says it, with the remainder as the last bit.
  @inline(__always)
  private static func quotient(_ digits: UInt64, _ k: Int) -> Double {
    let shift = digits.leadingZeroBitCount, dividend = digits &<< UInt64(truncatingIfNeeded: shift)
    let power = powersOfFive[k], scale = power.leadingZeroBitCount
    let least = Int64(truncatingIfNeeded: dividend.multipliedFullWidth(by: reciprocals[k]).high &>> 1)
    var rounded = Double(least)
    if rounded != Double(least &+ 2) {
      let (bits, rest) = (power &<< UInt64(scale)).dividingFullWidth((dividend &>> 2, dividend &<< 62))
      rounded = Double(Int64(bits | (rest == 0 ? 0 : 1)))
    }
    return rounded * Double(bitPattern: UInt64(truncatingIfNeeded: 1023 + scale - shift - 62 - k) &<< 52)
  }

  @inline(__always)
  private static func signed(_ value: Double, _ isNegative: Bool) -> Double {
    Double(bitPattern: value.bitPattern | (isNegative ? 1 << 63 : 0))
  }

  @inline(__always)
  private static func byte(_ place: UnsafeRawPointer) -> UInt8 { place.load(as: UInt8.self) }

  private static let powers: [UInt64] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]
  private static let powersOfFive: [UInt64] = [
    1, 5, 25, 125, 625, 3125, 15_625, 78_125, 390_625, 1_953_125, 9_765_625, 48_828_125, 244_140_625, 1_220_703_125,
    6_103_515_625, 30_517_578_125, 152_587_890_625, 762_939_453_125, 3_814_697_265_625,
  ]
  /// 2¹²⁷ / 5ᵏ, where that is moved to the left until it fills 64 bits; none for k = 0.
  private static let reciprocals: [UInt64] = [
    0, 0xCCCC_CCCC_CCCC_CCCC, 0xA3D7_0A3D_70A3_D70A, 0x8312_6E97_8D4F_DF3B, 0xD1B7_1758_E219_652B,
    0xA7C5_AC47_1B47_8423, 0x8637_BD05_AF6C_69B5, 0xD6BF_94D5_E57A_42BC, 0xABCC_7711_8461_CEFC, 0x8970_5F41_36B4_A597,
    0xDBE6_FECE_BDED_D5BE, 0xAFEB_FF0B_CB24_AAFE, 0x8CBC_CC09_6F50_88CB, 0xE12E_1342_4BB4_0E13, 0xB424_DC35_095C_D80F,
    0x901D_7CF7_3AB0_ACD9, 0xE695_94BE_C44D_E15B, 0xB877_AA32_36A4_B449, 0x9392_EE8E_921D_5D07,
  ]
}
