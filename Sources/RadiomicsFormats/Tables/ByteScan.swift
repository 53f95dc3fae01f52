import RadiomicsCore

/// Questions about all bytes of a file, answered by the C library or eight bytes at a time.
enum ByteScan {
  /// Where a byte first stands from a place on; nil if it does not.
  static func first(_ byte: UInt8, in bytes: [UInt8], from start: Int = 0) -> Int? {
    bytes.withUnsafeBytes { raw in
      guard start < raw.count, let base = raw.baseAddress else { return nil }
      return memchr(base + start, Int32(byte), raw.count - start).map { UnsafeRawPointer($0) - base }
    }
  }

  /// How often a byte stands from a place on.
  static func count(_ byte: UInt8, in bytes: [UInt8], from start: Int = 0) -> Int {
    var count = 0, next = first(byte, in: bytes, from: start)
    while let place = next {
      count += 1
      next = first(byte, in: bytes, from: place + 1)
    }
    return count
  }

  /// Whether all are below 128.
  static func isASCII(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { raw in
      let words = raw.count / 8
      var high: UInt64 = 0
      for word in 0..<words { high |= raw.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self) }
      return high & 0x8080_8080_8080_8080 == 0 && raw[(8 * words)...].allSatisfy { $0 < 0x80 }
    }
  }
}
