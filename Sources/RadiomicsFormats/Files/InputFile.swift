import RadiomicsCore

/// A regular file opened for reading.
final class InputFile {
  let path: String
  /// Bytes in the file when it was opened.
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws(FormatError) {
    let (descriptor, status) = try openForReading(path, flags: O_NONBLOCK)
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FormatError(path, "it is a device or pipe, must be a file on disk.")
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
  }

  /// The same; nil for what is no regular file, which is not opened.
  /// - Throws: `FormatError` if it cannot be opened.
  static func regular(_ path: String) throws(FormatError) -> InputFile? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return try InputFile(path)
  }

  deinit { close(descriptor) }

  /// Fills `buffer` with the bytes from `offset` on.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = pread(descriptor, rest.baseAddress, min(rest.count, 1 << 30), off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FormatError(path, "cannot be read: \(reason(errno)).") }
      guard count > 0 else {
        throw FormatError(path, "it ends after \(offset + done) bytes, \(offset + buffer.count) are needed.")
      }
      done += count
    }
  }

  /// The bytes from `offset` on, at most `count` of them, fewer only at the end of the file.
  func bytes(at offset: Int, atMost count: Int) throws(FormatError) -> [UInt8] {
    let count = max(0, min(count, size - offset))
    return try filled(count) { (buffer) throws(FormatError) in try read(at: offset, into: buffer) }
  }

  /// The whole file.
  func bytes() throws(FormatError) -> [UInt8] { try bytes(at: 0, atMost: size) }

  /// The whole of a file or pipe, such as a table that comes from `/dev/stdin`.
  static func bytes(ofFileOrPipe path: String) throws(FormatError) -> [UInt8] {
    let (descriptor, status) = try openForReading(path)
    defer { close(descriptor) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFIFO || kind == S_IFSOCK else {
      throw FormatError(path, "it is a device, must be a file or pipe.")
    }
    // Files of the kernel are small and say no size.
    let size = kind == S_IFREG ? Int(status.st_size) : 1 << 20
    var bytes: [UInt8] = []
    bytes.reserveCapacity(kind == S_IFREG ? size : 0)
    var block = [UInt8](repeating: 0, count: min(max(size, 1 << 12), 1 << 20))
    while true {
      let count = readBlock(descriptor, &block)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FormatError(path, "cannot be read: \(reason(errno)).") }
      if count == 0 { return bytes }
      bytes += block[..<count]
    }
  }
}

/// An array of `count` samples whose memory `fill` writes entirely.
func filled<Sample: BitwiseCopyable>(
  _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(FormatError) -> Void
) throws(FormatError) -> [Sample] {
  var failure: FormatError?
  let samples = [Sample](unsafeUninitializedCapacity: count) { buffer, initialised in
    do throws(FormatError) {
      try fill(
        UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(count * MemoryLayout<Sample>.stride)]))
      initialised = count
    } catch {
      failure = error
    }
  }
  if let failure { throw failure }
  return samples
}

/// The system's words for an error number, in lower case.
func reason(_ code: Int32) -> String {
  let words = String(cString: strerror(code))
  return words.prefix(1).lowercased() + words.dropFirst()
}

private func openForReading(_ path: String, flags: Int32 = 0) throws(FormatError) -> (Int32, stat) {
  guard !path.utf8.contains(0) else { throw FormatError(path, "the name holds a zero byte.") }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | flags)
  guard descriptor >= 0 else {
    throw FormatError(path, errno == ENOENT ? "there is no such file." : "cannot be opened: \(reason(errno)).")
  }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else {
    let code = errno
    close(descriptor)
    throw FormatError(path, "cannot be opened: \(reason(code)).")
  }
  guard status.st_mode & S_IFMT != S_IFDIR else {
    close(descriptor)
    throw FormatError(path, "it is a folder, must be a file.")
  }
  return (descriptor, status)
}

private func readBlock(_ descriptor: Int32, _ block: inout [UInt8]) -> Int {
  read(descriptor, &block, block.count)
}
