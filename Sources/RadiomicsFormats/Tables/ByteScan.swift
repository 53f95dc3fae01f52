import RadiomicsCore

/// Questions about all bytes of a file, answered by the C library or eight bytes at a time.
enum ByteScan {
  /// Where a byte first stands in a part of them; nil if it does not.
  private static func first(_ byte: UInt8, in bytes: [UInt8], _ part: Range<Int>) -> Int? {
    bytes.withUnsafeBytes { raw in
      guard !part.isEmpty, let base = raw.baseAddress else { return nil }
      return memchr(base + part.lowerBound, Int32(byte), part.count).map { UnsafeRawPointer($0) - base }
    }
  }

  /// - Throws: `FormatError` if a part is no UTF-8, or holds a zero byte; `line` is that of its first byte.
  static func requireText(_ bytes: [UInt8], _ part: Range<Int>, _ path: String, line: Int = 1) throws(FormatError) {
    if let zero = first(0, in: bytes, part) {
      let line = line + bytes[part.lowerBound..<zero].count { $0 == UInt8(ascii: "\n") }
      throw FormatError("\(path):\(line)", "holds a zero byte (NUL), as UTF-16 does. Save it as 'CSV UTF-8'.")
    }
    guard isASCII(bytes, part) || String(validating: bytes[part], as: UTF8.self) != nil else {
      throw FormatError(path, "its text is not UTF-8. Save it as 'CSV UTF-8'.")
    }
  }

  /// Whether all of a part are below 128.
  private static func isASCII(_ bytes: [UInt8], _ part: Range<Int>) -> Bool {
    bytes.withUnsafeBytes { raw in
      let part = UnsafeRawBufferPointer(rebasing: raw[part]), words = part.count / 8
      var high: UInt64 = 0
      for word in 0..<words { high |= part.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self) }
      return high & 0x8080_8080_8080_8080 == 0 && part[(8 * words)...].allSatisfy { $0 < 0x80 }
    }
  }

  /// Where the last row ends that is whole, of rows that begin with the first byte: behind the last line end that stands outside of
  /// quotes; 0 if there is none.
  static func endOfRows(_ bytes: [UInt8]) -> Int {
    let lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r"), quote = UInt8(ascii: "\"")
    // A CR that comes last may be the first half of a line end.
    let count = bytes.count - (bytes.last == carriageReturn ? 1 : 0)
    var end = 0, place = 0
    while place < count {
      let opening = first(quote, in: bytes, place..<count) ?? count
      let last = bytes[place..<opening].lastIndex { $0 == lineFeed || $0 == carriageReturn }
      if let last { end = last + 1 }
      guard opening < count, let closing = first(quote, in: bytes, opening + 1..<count) else { break }
      place = closing + 1
    }
    return end
  }
}
