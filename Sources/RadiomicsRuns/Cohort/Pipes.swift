import RadiomicsCore

/// Cuts blocks of bytes into lines.
struct LineBuffer {
  private var rest: [UInt8] = []

  /// The lines that a block completes, without their ends.
  mutating func add(_ block: [UInt8]) -> [[UInt8]] {
    rest += block
    var lines: [[UInt8]] = [], start = 0
    while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(Array(rest[start..<end]))
      start = end + 1
    }
    rest.removeFirst(start)
    return lines
  }
}

/// What can be read now, waiting for the first byte; nil at the end.
func readBlock(_ descriptor: Int32) -> [UInt8]? {
  while true {
    var count = 0
    let block = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
      count = read(descriptor, buffer.baseAddress, buffer.count)
      filled = max(0, count)
    }
    if count > 0 { return block }
    if count == 0 || errno != EINTR { return nil }
  }
}

/// Writes all bytes; false if nobody reads them.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno != EINTR { return false }
    rest = rest.dropFirst(max(0, count))
  }
  return true
}

/// A pipe whose ends no other program inherits, apart from standard input, output and errors.
func makePipe() -> (reading: Int32, writing: Int32)? {
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { return nil }
  let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
  for end in ends { close(end) }
  guard moved[0] >= 0, moved[1] >= 0 else {
    for end in moved where end >= 0 { close(end) }
    return nil
  }
  return (moved[0], moved[1])
}
