/// What a gzip or zlib file holds, decompressed.
///
/// Usual data, of which the length is known and below 4 GiB, is decompressed at once into the samples' own memory, by
/// the fastest library; anything else by a stream, in order. Never are two copies held.
package final class CompressedData {
  let path: String
  /// Where in the file it begins.
  private let start: Int
  /// Bytes in the file from there on.
  private let storedCount: Int
  private let isGzip: Bool
  /// Length once decompressed: as the header says and the file's end confirms, or counted.
  private var length: Int?
  /// Whether all checksums were compared.
  private var isVerified = false
  private var stream: InflateStream?

  /// - `start`: Where in the file it begins.
  package init(_ path: String, from start: Int = 0) throws(FormatError) {
    let file = try InputFile(path)
    guard start < file.size else { throw FormatError(path, "the compressed data is empty. Copy the file again.") }
    self.path = path
    self.start = start
    storedCount = file.size - start
    isGzip = Gzip.recognises(try file.bytes(at: start, atMost: 2))
  }

  /// The first `count` bytes, fewer only if there are no more.
  package func prefix(_ count: Int) throws(FormatError) -> [UInt8] {
    let stream = try InflateStream(path, from: start, window: 1 << 12)
    var given = 0
    let bytes: [UInt8] = try filled(count) { (buffer) throws(FormatError) in given = try stream.read(into: buffer) }
    return Array(bytes[..<given])
  }

  /// The length once decompressed. Everything is read for it.
  package func count() throws(FormatError) -> Int {
    if isVerified, let length { return length }
    let stream = try InflateStream(path, from: start)
    while try stream.skip(1 << 30) > 0 {}
    length = stream.count
    isVerified = true
    return stream.count
  }

  /// Refuses data that does not reach to byte `end`, before memory is asked for.
  package func require(_ count: Int, from first: Int) throws(FormatError) {
    let (end, overflow) = first.addingReportingOverflow(count)
    guard !overflow, first >= 0, end <= Gzip.mostBytes(from: storedCount) else {
      throw FormatError(
        path,
        "\(count) bytes of voxels cannot be in \(storedCount) compressed ones. It is cut short, or the header is wrong."
      )
    }
    // A gzip file ends with its length modulo 4 GiB; that of several members is the last one's.
    let stated = isGzip ? try statedLength() : UInt32(truncatingIfNeeded: end)
    if end < 1 << 32, UInt32(end) == stated {
      length = end
      return
    }
    let counted = try self.count()
    guard end <= counted else { throw tooShort(count, from: first, counted) }
  }

  /// `count` samples from byte `first` on; `require` comes before.
  package func samples<Sample: BitwiseCopyable>(_ count: Int, from first: Int) throws(FormatError) -> [Sample] {
    let size = count * MemoryLayout<Sample>.stride
    if !isVerified, first + size == length, first <= size / 8,
      let samples: [Sample] = try samplesAtOnce(count, from: first)
    {
      return samples
    }
    return try filled(count) { (buffer) throws(FormatError) in try read(from: first, into: buffer) }
  }

  /// Fills `buffer` with the bytes from `first` on. Reading in order passes over the data once.
  func read(from first: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) {
    if (stream?.count ?? .max) > first { stream = try InflateStream(path, from: start) }
    guard let stream else { preconditionFailure("opened above") }
    try stream.skip(first - stream.count)
    guard try stream.read(into: buffer) == buffer.count else {
      throw tooShort(buffer.count, from: first, stream.count)
    }
  }

  /// Compares the checksums of what was not yet read, and closes the file.
  package func finish() throws(FormatError) {
    defer { stream = nil }
    guard let stream, !isVerified else { return }
    while try stream.skip(1 << 30) > 0 {}
    isVerified = true
  }

  /// Everything decompressed into the samples' memory, whose few bytes before `first` then make room; nil if there is
  /// more than that.
  private func samplesAtOnce<Sample: BitwiseCopyable>(
    _ count: Int, from first: Int
  ) throws(FormatError) -> [Sample]? {
    let stored = try InputFile(path).bytes(at: start, atMost: storedCount)
    let stride = MemoryLayout<Sample>.stride, length = first + count * stride
    var failure: FormatError?
    var written: Int?
    let samples = [Sample](unsafeUninitializedCapacity: (length + stride - 1) / stride) { buffer, initialised in
      stored.withUnsafeBytes { input in
        do throws(FormatError) {
          let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<length])
          written =
            isGzip ? try decompressMembers(input, into: room, path) : try decompressZlib(input, into: room, path)
          guard written == length else { return }
          room.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[first...]))
          initialised = count
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    guard let written else { return nil }
    guard written == length else { throw tooShort(count * stride, from: first, written) }
    isVerified = true
    return samples
  }

  private func tooShort(_ count: Int, from first: Int, _ length: Int) -> FormatError {
    FormatError(
      path,
      "the voxels need \(count) bytes from byte \(first) on, the decompressed data has \(length). It is cut short, or "
        + "its header is wrong.")
  }

  private func statedLength() throws(FormatError) -> UInt32? {
    guard storedCount >= 18 else { return nil }
    let bytes = try InputFile(path).bytes(at: start + storedCount - 4, atMost: 4)
    return bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }.littleEndian
  }
}
