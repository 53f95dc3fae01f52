import CNumbers
import RadiomicsCore

/// The rows of a text, one after the other.
struct Records {
  private let bytes: [UInt8]
  /// Where the text ends.
  private let end: Int
  private let path: String
  private let separator: UInt8
  /// Where the next byte is, and in which line.
  var position: Int
  var line: Int

  private static let quote = UInt8(ascii: "\""), lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")

  /// - `end`: Where the rows end in the bytes; nil for all of them.
  /// - `start`: Where they begin, and in which line of the file.
  init(_ bytes: [UInt8], end: Int? = nil, _ path: String, separator: UInt8, start: (position: Int, line: Int)) {
    (self.bytes, self.end, self.path, self.separator) = (bytes, end ?? bytes.count, path, separator)
    (position, line) = start
  }

  /// The next row and its line; nil at the end.
  mutating func next() throws(FormatError) -> (values: [String], line: Int)? {
    skipEmptyLines()
    guard position < end else { return nil }
    let first = line
    var values: [String] = []
    while true {
      values.append(try value())
      guard position < end else { return (values, first) }
      if bytes[position] == separator {
        position += 1
      } else {
        skipLineEnd()
        return (values, first)
      }
    }
  }

  /// The value at `position`, which then is at a separator, a line end or the end.
  mutating func value() throws(FormatError) -> String {
    guard position < end, bytes[position] == Self.quote else {
      let start = position
      while position < end, bytes[position] != separator, !isLineEnd(bytes[position]) {
        guard bytes[position] != Self.quote else {
          throw FormatError(
            "\(path):\(line)", "a quote stands inside a value. Quote the whole value and double the quote.")
        }
        position += 1
      }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }
    let first = line
    var value: [UInt8] = []
    position += 1
    while position < end {
      let byte = bytes[position]
      position += 1
      if byte != Self.quote {
        value.append(byte)
        if byte == Self.lineFeed { line += 1 }
      } else if position < end, bytes[position] == Self.quote {
        value.append(byte)
        position += 1
      } else {
        guard position == end || bytes[position] == separator || isLineEnd(bytes[position]) else {
          throw FormatError(
            "\(path):\(line)", "text follows a closing quote. Quote the whole value and double the quote.")
        }
        return String(decoding: value, as: UTF8.self)
      }
    }
    throw FormatError("\(path):\(first)", "the quote that opens here is never closed. Close it.")
  }

  /// Moves behind the value at `position`.
  mutating func skipValue() throws(FormatError) {
    if position < end, bytes[position] == Self.quote {
      _ = try value()
    } else {
      while !isAtCellEnd {
        guard bytes[position] != Self.quote else { _ = try value(); return }
        position += 1
      }
    }
  }

  /// Moves behind lines that hold nothing.
  mutating func skipEmptyLines() {
    while position < end, isLineEnd(bytes[position]) { skipLineEnd() }
  }

  /// Whether a separator, a line end or the end of the text follows.
  var isAtCellEnd: Bool { position >= end || bytes[position] == separator || isLineEnd(bytes[position]) }

  /// Whether nothing follows.
  var isAtEnd: Bool { position >= end }

  /// Whether a line end or the end of the text follows.
  var isAtLineEnd: Bool { position >= end || isLineEnd(bytes[position]) }

  /// Moves behind a separator.
  /// - Returns: Whether there is one.
  mutating func skipSeparator() -> Bool {
    guard position < end, bytes[position] == separator else { return false }
    position += 1
    return true
  }

  /// The value at `position`, and moves behind it, if it is a number without quotes, blanks or sign + that is written as numbers
  /// usually are; else nil, and stays.
  @inline(__always)
  mutating func plainNumber() -> Double? {
    let (begin, end, separator) = (position, end, separator)
    let (number, next) = bytes.withUnsafeBytes { raw -> (Double, Int) in
      let text = raw.baseAddress! + begin
      if end - begin >= PlainNumber.room, let (number, next) = PlainNumber.read(text) {
        let byte = next.load(as: UInt8.self)
        if byte == separator || byte == Self.lineFeed || byte == Self.carriageReturn {
          return (number, begin + (next - text))
        }
      }
      return Self.number(raw[..<end], begin, separator)
    }
    guard next > begin else { return nil }
    position = next
    return number
  }

  /// The same of any number, by the C++ library; where it ends is where it begins if there is none.
  private static func number(_ raw: Slice<UnsafeRawBufferPointer>, _ begin: Int, _ separator: UInt8) -> (Double, Int) {
    guard raw[begin] < UInt8(ascii: ":"), raw[begin] != quote else { return (0, begin) }
    let text = raw.base.baseAddress!.assumingMemoryBound(to: CChar.self)
    var number = 0.0
    let next = begin + cnumbers_read(text + begin, text + raw.endIndex, &number)
    guard next == raw.endIndex || raw[next] == separator || raw[next] == lineFeed || raw[next] == carriageReturn,
      next > begin, number.isFinite, isUsualNumber(raw[begin..<next])
    else { return (0, begin) }
    return (number, next)
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == Self.lineFeed || byte == Self.carriageReturn }

  private mutating func skipLineEnd() {
    let isPair =
      bytes[position] == Self.carriageReturn && position + 1 < end
      && bytes[position + 1] == Self.lineFeed
    position += isPair ? 2 : 1
    line += 1
  }
}
