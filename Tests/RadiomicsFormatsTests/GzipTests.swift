import Foundation
import RadiomicsFormats
import RadiomicsTestSupport
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

  /// All of it, as the voxels of an image of `count` bytes after `first` others are read.
  private func decompress(_ bytes: [UInt8], _ count: Int, from first: Int = 0) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let data = try CompressedData(folder.write(bytes, to: "a.gz"))
    try data.require(count, from: first)
    let voxels: [UInt8] = try data.samples(count, from: first)
    try data.finish()
    return voxels
  }

  /// The same through the stream, which is used where the length is not known.
  private func inflate(_ bytes: [UInt8]) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let data = try CompressedData(folder.write(bytes, to: "a.gz"))
    return try data.samples(try data.count(), from: 0)
  }

  private func refusals(_ bytes: [UInt8], _ count: Int) -> [String] {
    [{ _ = try decompress(bytes, count) }, { _ = try inflate(bytes) }].map { read in
      #expect(throws: FormatError.self, performing: read)?.message ?? ""
    }
  }

  @Test func readsEveryHeader() throws {
    for stream in [Self.named, Self.adorned, Self.zlib] {
      #expect(try decompress(stream, 20) == Self.text)
      #expect(try inflate(stream) == Self.text)
      #expect(try decompress(stream, 12, from: 8) == Array(Self.text[8...]))
      // Less than there is: the header may leave something after the voxels.
      #expect(try decompress(stream, 9) == Array(Self.text[..<9]))
      #expect(try decompress(stream, 6, from: 2) == Array(Self.text[2..<8]))
    }
  }

  @Test func joinsMembersAndIgnoresZerosAfterThem() throws {
    let long = [UInt8](repeating: 5, count: 300_000)
    let members = Self.named + Gzip.compress(long) + Self.adorned + Gzip.compress([])
    let all: [UInt8] = Self.text + long + Self.text
    for file in [members, members + [0, 0, 0], members + [UInt8](repeating: 0, count: 1 << 20)] {
      #expect(try decompress(file, all.count) == all)
      #expect(try inflate(file) == all)
    }
    for refusal in refusals(members + [0, 0, 1], all.count) {
      #expect(refusal.hasPrefix("byte \(members.count) begins no gzip member"), "\(refusal)")
    }
    for refusal in refusals(members + Array("rest".utf8), all.count) {
      #expect(refusal.hasPrefix("byte \(members.count) begins no gzip member"), "\(refusal)")
    }
    // Nothing follows a zlib stream that would belong to it.
    #expect(try decompress(Self.zlib + [1, 2, 3], 20) == Self.text)
    #expect(try inflate(Self.zlib + [1, 2, 3]) == Self.text)
  }

  @Test func decompressesWhatItCompressed() throws {
    for count in [0, 1, 1000, 1_000_000] {
      let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
      for file in [Gzip.compress(data), Zlib.compress(data)] {
        #expect(try decompress(file, count) == data)
        #expect(try inflate(file) == data)
        #expect(throws: FormatError.self) { try decompress(file, count + 1) }
        #expect(throws: FormatError.self) { try decompress(file, Int.max) }
      }
    }
  }

  /// Samples wider than a byte, and parts in any order, from one pass or another.
  @Test func readsParts() throws {
    let folder = try TemporaryFolder()
    let numbers = (0..<200_000).map { Int16(truncatingIfNeeded: $0 &* 31) }
    let bytes = numbers.withUnsafeBytes { [7, 7, 7] + Array($0) }
    for file in [Gzip.compress(bytes), Gzip.compress(Array(bytes[..<5])) + Gzip.compress(Array(bytes[5...]))] {
      let path = try folder.write(file, to: "a.gz")
      for range in [0..<200_000, 0..<10, 199_990..<200_000, 5..<100_000] {
        let data = try CompressedData(path)
        try data.require(2 * numbers.count, from: 3)
        #expect(try data.samples(range.count, from: 3 + 2 * range.lowerBound) == Array(numbers[range]))
        #expect(try data.samples(3, from: 3) == Array(numbers[..<3]))
        try data.finish()
      }
    }
  }

  /// Memory is not asked for on a header's word: the length is counted where the file's end does not confirm it.
  @Test func countsWhatIsNotConfirmed() throws {
    let padded = Self.named + [UInt8](repeating: 0, count: 5 << 20)
    for count in [21, 1 << 20, 1 << 32, 1 << 32 + 20] {
      let message = #expect(throws: FormatError.self) { try decompress(padded, count) }?.message
      #expect(message?.contains("the decompressed data has 20.") == true, "\(message ?? "")")
    }
    let message = #expect(throws: FormatError.self) { try decompress(padded, 1 << 40) }?.message
    #expect(message?.contains("cannot be in") == true)
  }

  /// Damage is found wherever it lies, also behind the part that was asked for.
  @Test func saysWhatIsDamaged() throws {
    let folder = try TemporaryFolder()
    let empty = #expect(throws: FormatError.self) { try CompressedData(folder.write([], to: "a.gz")) }
    #expect(empty?.message.contains("empty") == true)
    for count in 1..<Self.named.count { #expect(!refusals(Array(Self.named[..<count]), 20).contains("")) }
    for count in 1..<Self.zlib.count { #expect(!refusals(Array(Self.zlib[..<count]), 20).contains("")) }
    var checksum = Self.named, length = Self.named, stream = Gzip.compress(Self.text + Self.text + [1, 2, 3])
    checksum[checksum.count - 8] ^= 1
    length[length.count - 1] ^= 1
    stream[10] = 0xFF
    #expect(refusals(checksum, 20).allSatisfy { $0.contains("checksum (CRC 32) is wrong") })
    #expect(refusals(length, 20).allSatisfy { $0.contains("length") })
    #expect(refusals(stream, 43).allSatisfy { $0.contains("damaged") })
    let members = Gzip.compress([UInt8](repeating: 1, count: 1000)) + checksum
    #expect(throws: FormatError.self) { try decompress(members, 20) }
  }

  /// 4 GiB and more, of which the last volume is read (a minute; RADIOMICS_NIGHTLY).
  @Test(.enabled(if: ProcessInfo.processInfo.environment["RADIOMICS_NIGHTLY"] != nil))
  func readsBeyondFourGibibytes() throws {
    let folder = try TemporaryFolder()
    let volume = [UInt8](repeating: 0, count: 1 << 27), last = volume.indices.map { UInt8(truncatingIfNeeded: $0) }
    let header = NIfTIBytes.with { ($0.sizes, $0.type, $0.bits, $0.sformCode) = ([512, 512, 512, 33], 2, 8, 1) }.file
      .prefix(352)
    let zeros = Gzip.compress(volume)
    let file = Gzip.compress(Array(header)) + (0..<32).flatMap { _ in zeros } + Gzip.compress(last)
    let path = try folder.write(file, to: "a.nii.gz")
    let image = try ImageFormats.read(path: path, options: ReadingOptions(volume: .index(32)))
    #expect(image.volumeCount == 33 && image.volumes[0].samples == .uint8(last))
  }
}
