/// The lines at the start of a file that goes on with voxels.
enum TextHeader {
  /// A header larger than this is none.
  private static let greatestSize = 1 << 26

  /// The lines of a file up to the one for which `isLast` is true, which is the last one of the result, and the number
  /// of bytes they take up, line ends and a byte order mark included; all lines of the file if there is no such one.
  static func lines(
    of file: InputFile, until isLast: (String) -> Bool
  ) throws(FormatError) -> (lines: [String], byteCount: Int) {
    var room = 1 << 14
    while true {
      let bytes = try file.bytes(at: 0, atMost: room)
      let isWhole = bytes.count == file.size
      var lines: [String] = [], start = withoutByteOrderMark(bytes).startIndex
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
        if end == nil && !isWhole { break }
        var line = bytes[start..<(end ?? bytes.count)]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        lines.append(String(decoding: line, as: UTF8.self))
        start = end.map { $0 + 1 } ?? bytes.count
        if isLast(lines[lines.count - 1]) { return (lines, start) }
      }
      if isWhole { return (lines, bytes.count) }
      guard room < greatestSize else {
        throw FormatError(file.path, "its header is longer than \(room) bytes, it is damaged.")
      }
      room *= 4
    }
  }
}

/// Without the mark that some editors put before UTF-8 text.
func withoutByteOrderMark(_ text: [UInt8]) -> ArraySlice<UInt8> {
  text.starts(with: [0xEF, 0xBB, 0xBF]) ? text[3...] : text[...]
}

/// Words between white space.
func words(_ text: some StringProtocol) -> [String] { text.split { $0.isWhitespace }.map { String($0) } }

/// Without white space at both ends.
func trimmed(_ text: some StringProtocol) -> String {
  guard let first = text.firstIndex(where: { !$0.isWhitespace }),
    let last = text.lastIndex(where: { !$0.isWhitespace })
  else { return "" }
  return String(text[first...last])
}
