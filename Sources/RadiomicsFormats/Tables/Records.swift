import CNumbers
import RadiomicsCore

/// The rows of a text, one after the other.
struct Records {
  private let bytes: [UInt8]
  private let path: String
  private let separator: UInt8
  /// Where the next byte is, and in which line.
  var position: Int
  var line: Int

  private static let quote = UInt8(ascii: "\""), lineFeed = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")

  init(_ bytes: [UInt8], _ path: String, _ dialect: TableDialect) {
    (self.bytes, self.path, separator) = (bytes, path, dialect.separator)
    (position, line) = (dialect.start, dialect.line)
  }

  /// The next row and its line; nil at the end.
  mutating func next() throws(FormatError) -> (values: [String], line: Int)? {
    skipEmptyLines()
    guard position < bytes.count else { return nil }
    let first = line
    var values: [String] = []
    while true {
      values.append(try value())
      guard position < bytes.count else { return (values, first) }
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
    guard position < bytes.count, bytes[position] == Self.quote else {
      let start = position
      while position < bytes.count, bytes[position] != separator, !isLineEnd(bytes[position]) {
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
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte != Self.quote {
        value.append(byte)
        if byte == Self.lineFeed { line += 1 }
      } else if position < bytes.count, bytes[position] == Self.quote {
        value.append(byte)
        position += 1
      } else {
        guard position == bytes.count || bytes[position] == separator || isLineEnd(bytes[position]) else {
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
    if position < bytes.count, bytes[position] == Self.quote {
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
    while position < bytes.count, isLineEnd(bytes[position]) { skipLineEnd() }
  }

  /// Whether a separator, a line end or the end of the text follows.
  var isAtCellEnd: Bool { position >= bytes.count || bytes[position] == separator || isLineEnd(bytes[position]) }

  /// Whether a line end or the end of the text follows.
  var isAtLineEnd: Bool { position >= bytes.count || isLineEnd(bytes[position]) }

  /// The value at `position`, and moves behind it, if it is a number without quotes, blanks or sign + that is written as numbers
  /// usually are; else nil, and stays.
  mutating func plainNumber() -> Double? {
    let (begin, separator) = (position, separator)
    let (number, end) = bytes.withUnsafeBytes { raw -> (Double, Int) in
      guard raw[begin] < UInt8(ascii: ":"), raw[begin] != Self.quote else { return (0, begin) }
      let text = raw.baseAddress!.assumingMemoryBound(to: CChar.self)
      var number = 0.0
      let end = begin + cnumbers_read(text + begin, text + raw.count, &number)
      guard end == raw.count || raw[end] == separator || raw[end] == Self.lineFeed || raw[end] == Self.carriageReturn,
        end > begin, number.isFinite, isUsualNumber(raw[begin..<end])
      else { return (0, begin) }
      return (number, end)
    }
    guard end > begin else { return nil }
    position = end
    return number
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == Self.lineFeed || byte == Self.carriageReturn }

  private mutating func skipLineEnd() {
    let isPair =
      bytes[position] == Self.carriageReturn && position + 1 < bytes.count
      && bytes[position + 1] == Self.lineFeed
    position += isPair ? 2 : 1
    line += 1
  }
}
