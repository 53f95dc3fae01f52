import CDeflate

/// Gzip (RFC 1952), the compression of `.nii.gz` and NRRD.
public enum Gzip {
  /// DEFLATE (RFC 1951) shrinks no data more than this.
  static let greatestRatio = 1032

  /// Whether `bytes` begin as a gzip file does.
  static func recognises(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// The most bytes that `count` compressed ones can hold.
  static func mostBytes(from count: Int) -> Int {
    let (product, overflow) = count.multipliedReportingOverflow(by: greatestRatio)
    return overflow ? Int.max - 4096 : product + 4096
  }

  /// One gzip member.
  public static func compress(_ bytes: [UInt8]) -> [UInt8] {
    deflated(bytes, libdeflate_gzip_compress_bound, libdeflate_gzip_compress)
  }

  static func wrongChecksum(_ path: String) -> FormatError {
    FormatError(path, "the gzip checksum (CRC 32) is wrong, the data is damaged. Copy the file again.")
  }

  static func wrongLength(_ path: String) -> FormatError {
    FormatError(path, "the gzip length is not that of the data, which is damaged. Copy the file again.")
  }
}

/// Zlib (RFC 1950), the compression of MetaImage and PNG.
public enum Zlib {
  /// One zlib stream.
  public static func compress(_ bytes: [UInt8]) -> [UInt8] {
    deflated(bytes, libdeflate_zlib_compress_bound, libdeflate_zlib_compress)
  }
}

/// Decompresses a zlib stream, and ignores what follows it. Returns the bytes written; nil if `output` is too small.
func decompressZlib(
  _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ path: String
) throws(FormatError) -> Int? {
  let decompressor = libdeflate_alloc_decompressor()
  defer { libdeflate_free_decompressor(decompressor) }
  var count = 0
  switch libdeflate_zlib_decompress(
    decompressor, input.baseAddress, input.count, output.baseAddress, output.count, &count)
  {
  case LIBDEFLATE_SUCCESS: return count
  case LIBDEFLATE_INSUFFICIENT_SPACE: return nil
  default: throw FormatError(path, "the zlib compressed data is cut short or damaged. Copy the file again.")
  }
}

/// Decompresses one gzip member after the other; zeros after the last are ignored. Returns the bytes written; nil if
/// `output` is too small.
func decompressMembers(
  _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ path: String
) throws(FormatError) -> Int? {
  let decompressor = libdeflate_alloc_decompressor()
  defer { libdeflate_free_decompressor(decompressor) }
  var position = 0, written = 0
  repeat {
    guard let start = memberStart(input, position) else {
      throw FormatError(path, "byte \(position) begins no gzip member, the file is damaged. Copy it again.")
    }
    let room = UnsafeMutableRawBufferPointer(rebasing: output[written...])
    var consumed = 0, count = 0
    switch libdeflate_deflate_decompress_ex(
      decompressor, input.baseAddress! + start, input.count - start, room.baseAddress, room.count, &consumed, &count)
    {
    case LIBDEFLATE_SUCCESS: break
    case LIBDEFLATE_INSUFFICIENT_SPACE: return nil
    default: throw FormatError(path, "the gzip compressed data is cut short or damaged. Copy the file again.")
    }
    let end = start + consumed
    guard end + 8 <= input.count else {
      throw FormatError(path, "the gzip compressed data is cut short: its checksum is missing. Copy the file again.")
    }
    let data = UnsafeRawBufferPointer(rebasing: room[..<count])
    guard
      libdeflate_crc32(0, data.baseAddress, count)
        == input.loadUnaligned(fromByteOffset: end, as: UInt32.self).littleEndian
    else { throw Gzip.wrongChecksum(path) }
    guard
      UInt32(truncatingIfNeeded: count) == input.loadUnaligned(fromByteOffset: end + 4, as: UInt32.self).littleEndian
    else { throw Gzip.wrongLength(path) }
    written += count
    position = end + 8
  } while position < input.count && !input[position...].allSatisfy { $0 == 0 }
  return written
}

/// Where the compressed data of the member at `position` starts; nil if no member starts there.
private func memberStart(_ input: UnsafeRawBufferPointer, _ position: Int) -> Int? {
  guard input.count - position >= 18, input[position] == 0x1F, input[position + 1] == 0x8B, input[position + 2] == 8
  else { return nil }
  let flags = input[position + 3]
  var start = position + 10
  if flags & 4 != 0 {
    guard start + 2 <= input.count else { return nil }
    start += 2 + Int(input[start]) + Int(input[start + 1]) << 8
  }
  for flag: UInt8 in [8, 16] where flags & flag != 0 {
    guard start < input.count, let end = input[start...].firstIndex(of: 0) else { return nil }
    start = end + 1
  }
  if flags & 2 != 0 { start += 2 }
  return start <= input.count ? start : nil
}

/// Compressed at a level that favours speed.
func deflated(
  _ bytes: [UInt8], _ bound: (OpaquePointer?, Int) -> Int,
  _ compress: (OpaquePointer?, UnsafeRawPointer?, Int, UnsafeMutableRawPointer?, Int) -> Int
) -> [UInt8] {
  guard let compressor = libdeflate_alloc_compressor(4) else { preconditionFailure("level 4 exists") }
  defer { libdeflate_free_compressor(compressor) }
  let room = bound(compressor, bytes.count)
  return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
    count = bytes.withUnsafeBytes { compress(compressor, $0.baseAddress, $0.count, buffer.baseAddress, room) }
  }
}
