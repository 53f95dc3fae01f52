import RadiomicsCore
import RadiomicsFeatures

/// One line of JSON that ends with the SHA-256 of what stands before, so that a file that was changed or cut is known.
enum SealedLine {
  private static let tail = Array(",\"sha256\":\"".utf8), end = Array("\"}\n".utf8)

  /// The line of a map.
  static func text(_ content: JSON) -> String {
    let start = String(content.line.dropLast())
    return start + ",\"sha256\":\"" + sha256(start) + "\"}\n"
  }

  /// Whether a line is as it was written.
  static func isWhole(_ bytes: [UInt8]) -> Bool {
    let start = bytes.count - tail.count - 64 - end.count
    guard start > 0, bytes[start...].starts(with: tail), bytes.suffix(end.count).elementsEqual(end) else {
      return false
    }
    let digest = String(decoding: bytes[start + tail.count..<bytes.count - end.count], as: UTF8.self)
    return digest == sha256(Array(bytes[..<start]))
  }
}
