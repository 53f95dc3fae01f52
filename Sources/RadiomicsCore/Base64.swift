/// Bytes as text of 64 letters (RFC 4648, section 4).
package enum Base64 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let filler = UInt8(ascii: "=")

  /// Padded to whole groups of four letters.
  package static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 { text.append(place <= group.count ? letters[bits >> (18 - 6 * place) & 63] : filler) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil for any text that `text` does not give.
  static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = [], bits = 0, count = 0
    for letter in text.utf8 where letter != filler {
      guard let value = letters.firstIndex(of: letter) else { return nil }
      (bits, count) = (bits << 6 | value, count + 6)
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(bits >> count & 255))
        bits &= 1 << count - 1
      }
    }
    return Self.text(bytes) == text ? bytes : nil
  }
}
