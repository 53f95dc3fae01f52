import CZlib

/// The decompressed bytes of a gzip or zlib file in order, through a small window: for data that is too long, or of
/// unknown length, to be decompressed at once. Checksums are compared as their ends pass by.
final class InflateStream {
  private let file: InputFile
  private let stream: UnsafeMutablePointer<z_stream>
  private let window: UnsafeMutableRawBufferPointer
  /// Place in the file of the byte after the window's content.
  private var position: Int
  /// Place in the file of the gzip member that is being read.
  private var memberStart: Int
  private var isAtEnd = false
  private let isGzip: Bool
  /// Bytes given out so far.
  private(set) var count = 0

  /// - `start`: Where in the file the compressed data begins.
  /// - `window`: Bytes of the file that are held at a time.
  init(_ path: String, from start: Int, window: Int = 1 << 18) throws(FormatError) {
    file = try InputFile(path)
    guard start < file.size else { throw FormatError(path, "the compressed data is empty. Copy the file again.") }
    isGzip = Gzip.recognises(try file.bytes(at: start, atMost: 2))
    position = start
    memberStart = start
    self.window = .allocate(byteCount: window, alignment: 16)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let format = isGzip ? 16 : 0
    let state = inflateInit2_(stream, Int32(15 + format), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(state == Z_OK, "zlib of the version that it was built against, and memory for its window")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    window.deallocate()
  }

  /// The next bytes; fewer than `buffer` has room for only at the end of the data.
  /// - Returns: how many.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    var done = 0
    while done < buffer.count, !isAtEnd {
      var hasInput = stream.pointee.avail_in > 0
      if !hasInput { hasInput = try refill() }
      let room = min(buffer.count - done, 1 << 30)
      stream.pointee.next_out = (buffer.baseAddress! + done).assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      let state = inflate(stream, Z_NO_FLUSH)
      let given = room - Int(stream.pointee.avail_out)
      done += given
      count += given
      switch state {
      case Z_OK: continue
      // Without input there may still be output within zlib.
      case Z_BUF_ERROR where hasInput: continue
      case Z_STREAM_END: try startMember()
      default: throw damage
      }
    }
    return done
  }

  /// Passes over bytes.
  /// - Returns: how many, fewer than asked for only at the end of the data.
  @discardableResult
  func skip(_ bytes: Int) throws(FormatError) -> Int {
    var rest = bytes
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: min(max(bytes, 1), 1 << 16), alignment: 16)
    defer { scratch.deallocate() }
    while rest > 0 {
      let given = try read(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(rest, scratch.count)]))
      guard given > 0 else { break }
      rest -= given
    }
    return bytes - rest
  }

  /// After the end of a gzip member: another one may follow, or zeros, or nothing. A zlib stream is one.
  private func startMember() throws(FormatError) {
    isAtEnd = true
    guard isGzip else { return }
    let start = position - Int(stream.pointee.avail_in)
    repeat {
      while stream.pointee.avail_in > 0 {
        guard stream.pointee.next_in.pointee == 0 else {
          guard position - Int(stream.pointee.avail_in) == start else { throw noMember(at: start) }
          inflateReset(stream)
          memberStart = start
          isAtEnd = false
          return
        }
        stream.pointee.next_in += 1
        stream.pointee.avail_in -= 1
      }
    } while try refill()
  }

  /// Fills the window; false at the end of the file.
  private func refill() throws(FormatError) -> Bool {
    let size = min(window.count, file.size - position)
    guard size > 0 else { return false }
    try file.read(at: position, into: UnsafeMutableRawBufferPointer(rebasing: window[..<size]))
    position += size
    stream.pointee.next_in = window.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(size)
    return true
  }

  private var format: String { isGzip ? "gzip" : "zlib" }

  private var cutShort: FormatError {
    FormatError(file.path, "the \(format) compressed data is cut short or damaged. Copy the file again.")
  }

  private func noMember(at place: Int) -> FormatError {
    FormatError(file.path, "byte \(place) begins no gzip member, the file is damaged. Copy it again.")
  }

  private var damage: FormatError {
    switch stream.pointee.msg.map({ String(cString: $0) }) {
    case "incorrect data check" where isGzip: Gzip.wrongChecksum(file.path)
    case "incorrect length check": Gzip.wrongLength(file.path)
    case "incorrect header check" where isGzip: noMember(at: memberStart)
    default: cutShort
    }
  }
}
