extension Setting.Value {
  /// JSON in one line: keys in the order given, no spaces, infinities as text.
  package var line: String {
    var text = ""
    appendLine(to: &text)
    return text
  }

  private func appendLine(to text: inout String) {
    switch self {
    case .list(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.appendLine(to: &text)
      }
      text += "]"
    case .map(let entries):
      text += "{"
      for (index, entry) in entries.enumerated() {
        if index > 0 { text += "," }
        Self.appendQuoted(entry.key, to: &text)
        text += ":"
        entry.value.appendLine(to: &text)
      }
      text += "}"
    case .text(let words): Self.appendQuoted(words, to: &text)
    default: text += canonical
    }
  }

  private static func appendQuoted(_ words: String, to text: inout String) {
    let isPlain = words.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    guard isPlain else { return text += Self.text(words).canonical }
    text += "\""
    text += words
    text += "\""
  }

  /// Reads JSON (RFC 8259), not nested deeper than 64. Numbers without fraction or exponent are whole numbers.
  /// - `file`: How errors call it.
  /// - Throws: `SettingError` with the byte at which the text is no JSON.
  package init(json bytes: [UInt8], file: String) throws(SettingError) {
    var result: Result<Setting.Value, SettingError>?
    bytes.withUnsafeBufferPointer { buffer in
      var reader = JSONReader(bytes: buffer, file: file)
      do throws(SettingError) { result = .success(try reader.document()) } catch { result = .failure(error) }
    }
    guard let result else { preconditionFailure("the reader gives a value or an error") }
    self = try result.get()
  }

  /// The entry of a map; nil if it is missing, null, or this is no map.
  package subscript(key: String) -> Setting.Value? {
    guard case .map(let entries) = self, let entry = entries.first(where: { $0.key == key }) else { return nil }
    return entry.value == .null ? nil : entry.value
  }

  /// The text, if it is one.
  package var asText: String? { if case .text(let text) = self { text } else { nil } }
  /// The whole number, if it is one.
  package var asInteger: Int? { if case .integer(let number) = self { number } else { nil } }
  /// The flag, if it is one.
  package var asFlag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
  /// The elements, if it is a list.
  package var asList: [Setting.Value]? { if case .list(let values) = self { values } else { nil } }
  /// The number, whole or not, if it is one.
  package var asNumber: Double? {
    switch self {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }
}

/// Reads JSON from bytes.
private struct JSONReader {
  let bytes: UnsafeBufferPointer<UInt8>
  let file: String
  private var position = 0
  private var depth = 0

  init(bytes: UnsafeBufferPointer<UInt8>, file: String) {
    self.bytes = bytes
    self.file = file
  }

  mutating func document() throws(SettingError) -> Setting.Value {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw wrong("the end") }
    return value
  }

  private func wrong(_ expected: String) -> SettingError {
    SettingError(
      place: Place(file: file), message: "it is no JSON: at byte \(position) \(expected) must be. The file is damaged.")
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || (0x9...0xD).contains(byte) { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(SettingError) -> Setting.Value {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try nested { (reader) throws(SettingError) in try reader.map() }
    case UInt8(ascii: "["): return try nested { (reader) throws(SettingError) in try reader.list() }
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(
    _ body: (inout JSONReader) throws(SettingError) -> Setting.Value
  ) throws(SettingError) -> Setting.Value {
    guard depth < 64 else { throw wrong("no deeper nesting") }
    depth += 1
    position += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func map() throws(SettingError) -> Setting.Value {
    var entries: [Setting.Value.Entry] = []
    if take(UInt8(ascii: "}")) { return .map(entries) }
    repeat {
      skipSpace()
      let key = try text()
      guard take(UInt8(ascii: ":")) else { throw wrong("a colon") }
      entries.append(.init(key, try value()))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw wrong("a comma or the end of the map") }
    return .map(entries)
  }

  private mutating func list() throws(SettingError) -> Setting.Value {
    var values: [Setting.Value] = []
    if take(UInt8(ascii: "]")) { return .list(values) }
    repeat { values.append(try value()) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw wrong("a comma or the end of the list") }
    return .list(values)
  }

  private mutating func word(_ word: StaticString, _ value: Setting.Value) throws(SettingError) -> Setting.Value {
    for step in 0..<word.utf8CodeUnitCount {
      guard next == word.utf8Start[step] else { throw wrong("'\(word)'") }
      position += 1
    }
    return value
  }

  private mutating func number() throws(SettingError) -> Setting.Value {
    let start = position
    var isWhole = true
    while let byte = next {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isWhole = false
      default:
        isWhole = isWhole && position > start
        return try number(from: start, isWhole: isWhole)
      }
      position += 1
    }
    return try number(from: start, isWhole: isWhole)
  }

  private mutating func number(from start: Int, isWhole: Bool) throws(SettingError) -> Setting.Value {
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    if isWhole, let number = Int(text) { return .integer(number) }
    if let number = Double(text), number.isFinite { return .number(number) }
    position = start
    throw wrong("a value")
  }

  private mutating func text() throws(SettingError) -> String {
    guard next == UInt8(ascii: "\"") else { throw wrong("text in quotes") }
    position += 1
    let start = position
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
    guard next == UInt8(ascii: "\\") else {
      let run = UnsafeBufferPointer(rebasing: bytes[start..<position])
      guard next != nil, let text = String(validating: run, as: UTF8.self) else { throw wrong("a closing quote") }
      position += 1
      return text
    }
    return try escapedText(from: start)
  }

  private mutating func escapedText(from start: Int) throws(SettingError) -> String {
    var units = Array(bytes[start..<position])
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else { throw wrong("UTF-8 text") }
        return text
      case UInt8(ascii: "\\"): units += Array(String(try escape()).utf8)
      default: units.append(byte)
      }
    }
    throw wrong("a closing quote")
  }

  private mutating func escape() throws(SettingError) -> Unicode.Scalar {
    let letter = next
    position += 1
    switch letter {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "u"): return try unicode()
    default: throw wrong("an escape")
    }
  }

  private mutating func unicode() throws(SettingError) -> Unicode.Scalar {
    let high = try fourDigits()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard (0xD800..<0xDC00).contains(high), next == UInt8(ascii: "\\") else { throw wrong("a pair of surrogates") }
    position += 1
    guard next == UInt8(ascii: "u") else { throw wrong("a pair of surrogates") }
    position += 1
    let low = try fourDigits()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw wrong("a pair of surrogates") }
    return scalar
  }

  private mutating func fourDigits() throws(SettingError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw wrong("four hexadecimal digits") }
    let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
    guard digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else {
      throw wrong("four hexadecimal digits")
    }
    position += 4
    return value
  }
}
