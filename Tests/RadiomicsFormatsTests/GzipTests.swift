import RadiomicsFormats
import Testing

/// Compressed bytes are those of Python's gzip and zlib.
@Suite struct GzipTests {
  static let text = Array("hello, hello, hello\n".utf8)
  /// With a file name.
  static let named: [UInt8] = [
    31, 139, 8, 8, 0, 0, 0, 0, 2, 255, 97, 46, 116, 120, 116, 0, 203, 72, 205, 201, 201, 215, 81, 200, 64, 162, 184, 0,
    231, 66, 110, 82, 20, 0, 0, 0,
  ]
  /// With extra field, name, comment and header checksum.
  static let adorned: [UInt8] = [
    31, 139, 8, 30, 0, 0, 0, 0, 0, 0, 3, 0, 120, 121, 122, 110, 0, 99, 0, 85, 200, 203, 72, 205, 201, 201, 215, 81, 200,
    64, 162, 184, 0, 231, 66, 110, 82, 20, 0, 0, 0,
  ]
  static let zlib: [UInt8] = [
    120, 156, 203, 72, 205, 201, 201, 215, 81, 200, 64, 162, 184, 0, 75, 7, 6, 223,
  ]

  private func refusal(_ bytes: [UInt8]) -> String {
    #expect(throws: FormatError.self) { try Gzip.decompress(bytes, path: "a.gz") }?.description ?? ""
  }

  @Test func readsEveryHeader() throws {
    #expect(try Gzip.decompress(Self.named, path: "a.gz") == Self.text)
    #expect(try Gzip.decompress(Self.adorned, path: "a.gz") == Self.text)
    #expect(try Zlib.decompress(Self.zlib, path: "a.mha") == Self.text)
  }

  @Test func joinsMembersAndIgnoresZerosAfterThem() throws {
    let long = [UInt8](repeating: 5, count: 300_000)
    let members = Self.named + Gzip.compress(long) + Self.adorned + Gzip.compress([])
    #expect(try Gzip.decompress(members, path: "a.gz") == Self.text + long + Self.text)
    #expect(try Gzip.decompress(members + [0, 0, 0], path: "a.gz") == Self.text + long + Self.text)
    #expect(refusal(members + [0, 0, 1]).hasPrefix("a.gz: byte \(members.count) begins no gzip member"))
  }

  @Test func decompressesWhatItCompressed() throws {
    for count in [0, 1, 1000, 1_000_000] {
      let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
      #expect(try Gzip.decompress(Gzip.compress(data), path: "a.gz") == data)
      for expected in [0, 1, count, count + 1, Int.max] {
        #expect(try Gzip.decompress(Gzip.compress(data), path: "a.gz", expected: expected) == data)
        #expect(try Zlib.decompress(Zlib.compress(data), path: "a.mha", expected: expected) == data)
      }
    }
  }

  @Test func saysWhatIsDamaged() {
    #expect(refusal([]).contains("empty"))
    #expect(refusal(Array("hello, hello, hello\n".utf8)).contains("begins no gzip member"))
    for count in 1..<Self.named.count { #expect(!refusal(Array(Self.named[..<count])).isEmpty) }
    var checksum = Self.named, length = Self.named, stream = Gzip.compress(Self.text + Self.text + [1, 2, 3])
    checksum[checksum.count - 8] ^= 1
    #expect(refusal(checksum).contains("checksum (CRC 32) is wrong"))
    length[length.count - 1] ^= 1
    #expect(refusal(length).contains("length"))
    stream[10] = 0xFF
    #expect(refusal(stream).contains("damaged"))
    for count in 0..<Self.zlib.count {
      #expect(throws: FormatError.self) { try Zlib.decompress(Array(Self.zlib[..<count]), path: "a.mha") }
    }
  }
}
