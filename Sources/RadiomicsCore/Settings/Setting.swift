/// Where a setting stands in its file.
public struct Place: Sendable, Hashable, CustomStringConvertible {
  /// The file as the user named it.
  public let file: String
  /// From 1; 0 where the text has no lines (the command line).
  public let line: Int
  /// From 1.
  public let column: Int

  /// A place in a file.
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`.
  public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }
}

/// A value as written in a recipe, with its place.
public struct Setting: Sendable {
  /// What is written.
  public indirect enum Value: Sendable, Hashable {
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([Value])
    case map([Entry])

    /// One key of a map.
    public struct Entry: Sendable, Hashable {
      public let key: String
      public let value: Value
      public init(_ key: String, _ value: Value) {
        self.key = key
        self.value = value
      }
    }
  }

  /// What is written, without places.
  public let value: Value
  /// Where it starts.
  public let place: Place
  /// Elements of a list, in order.
  public let elements: [Setting]
  /// Entries of a map, in the order of the file.
  public let entries: [(key: String, keyPlace: Place, setting: Setting)]

  /// A scalar.
  public init(_ value: Value, at place: Place) {
    self.value = value
    self.place = place
    switch value {
    case .list(let values): elements = values.map { Setting($0, at: place) }
    default: elements = []
    }
    if case .map(let values) = value {
      entries = values.map { ($0.key, place, Setting($0.value, at: place)) }
    } else {
      entries = []
    }
  }

  /// A list.
  public init(list: [Setting], at place: Place) {
    self.value = .list(list.map(\.value))
    self.place = place
    self.elements = list
    self.entries = []
  }

  /// A map.
  public init(map: [(key: String, keyPlace: Place, setting: Setting)], at place: Place) {
    self.value = .map(map.map { Value.Entry($0.key, $0.setting.value) })
    self.place = place
    self.elements = []
    self.entries = map
  }

  /// An error at this setting: what is, and what must be.
  public func error(_ message: String) -> SettingError { SettingError(place: place, message: message) }

  /// The entries of a map; none where nothing is written.
  /// - `example`: How it is written, for the error.
  package func requiredMap(_ key: String, _ example: String) throws(SettingError) -> [(
    key: String, keyPlace: Place, setting: Setting
  )] {
    if case .map = value { return entries }
    guard value == .null else { throw error("'\(key)' is \(value.kind), must be a map: \(example).") }
    return []
  }

  /// The elements of a list; none where nothing is written.
  /// - `example`: How it is written, for the error.
  package func requiredList(_ key: String, _ example: String) throws(SettingError) -> [Setting] {
    if case .list = value { return elements }
    guard value == .null else { throw error("'\(key)' is \(value.kind), must be a list: \(example).") }
    return []
  }

  /// The entry of a map.
  public subscript(key: String) -> Setting? { entries.first { $0.key == key }?.setting }
}

/// A wrong setting: *place: what is, what must be. What to do.*
public struct SettingError: AdvisedError, Sendable, Hashable {
  /// Where.
  public let place: Place?
  /// What is, what must be, what to do.
  public let message: String
  /// What to do, for whoever says it in words of their own.
  public let advice: Advice?

  /// An error at a place, or of settings against each other.
  public init(place: Place?, message: String, advice: Advice? = nil) {
    self.place = place
    self.message = message
    self.advice = advice
  }

  /// The place and the message.
  public var fact: String { place.map { "\($0): \(message)" } ?? message }

  /// The same error with a place where it has none.
  package func placed(at other: Place) -> SettingError {
    SettingError(place: place ?? other, message: message, advice: advice)
  }
}

extension Setting.Value: CustomStringConvertible {
  /// In flow form: `{ a: 1, b: [x, y] }`. Numbers in the shortest form that reads back the same.
  public var description: String {
    switch self {
    case .null: "null"
    case .flag(let flag): flag ? "true" : "false"
    case .integer(let number): "\(number)"
    case .number(let number): Self.text(of: number)
    case .text(let text): Self.plainOrQuoted(text)
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .map(let entries):
      entries.isEmpty
        ? "{}" : "{ " + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + " }"
    }
  }

  /// The canonical form that fingerprints are made of: JSON, keys sorted, null entries left out.
  package var canonical: String {
    switch self {
    case .text(let text): return Self.quoted(text)
    case .number(let number) where !number.isFinite: return "\"\(Self.text(of: number))\""
    case .list(let values): return "[" + values.map(\.canonical).joined(separator: ",") + "]"
    case .map(let entries):
      return "{"
        + entries.filter { $0.value != .null }.sorted { $0.key < $1.key }
        .map { "\(Self.quoted($0.key)):\($0.value.canonical)" }.joined(separator: ",") + "}"
    default: return description
    }
  }

  /// Indented JSON, keys in the order given; infinities as text.
  package var json: String {
    var text = ""
    write(to: &text, indent: "\n")
    return text
  }

  /// - `indent`: A line's end and what the next one begins with.
  private func write(to text: inout String, indent: String) {
    switch self {
    case .list(let values):
      let isLong = values.contains { $0.isContainer }, inner = isLong ? indent + "  " : ""
      text += "["
      for (place, value) in values.enumerated() {
        if place > 0 { text += isLong ? "," : ", " }
        text += inner
        value.write(to: &text, indent: inner)
      }
      text += isLong ? indent + "]" : "]"
    case .map(let entries) where entries.isEmpty: text += "{}"
    case .map(let entries):
      let inner = indent + "  "
      text += "{"
      for (place, entry) in entries.enumerated() {
        if place > 0 { text += "," }
        text += inner
        Self.quote(entry.key, into: &text)
        text += ": "
        entry.value.write(to: &text, indent: inner)
      }
      text += indent
      text += "}"
    case .text(let word): Self.quote(word, into: &text)
    default: text += canonical
    }
  }

  private var isContainer: Bool {
    switch self {
    case .list, .map: true
    default: false
    }
  }

  /// Whole numbers without a fraction, others shortest; infinities as YAML writes them.
  private static func text(of number: Double) -> String {
    if number == .infinity { return ".inf" }
    if number == -.infinity { return "-.inf" }
    if number == number.rounded(), abs(number) < 1e15 { return "\(Int(number))" }
    return "\(number)"
  }

  private static func plainOrQuoted(_ text: String) -> String {
    let reserved: Set = ["", "null", "true", "false", "yes", "no", "on", "off", "~"]
    let isPlain =
      text.first.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
      && text.allSatisfy { $0.isLetter || $0.isNumber || "_.-/: ".contains($0) } && !text.contains(": ")
      && !text.hasSuffix(":") && !text.hasSuffix(" ") && Double(text) == nil && !reserved.contains(text.lowercased())
    return isPlain ? text : quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    var result = ""
    quote(text, into: &result)
    return result
  }

  private static func quote(_ text: String, into result: inout String) {
    result += "\""
    defer { result += "\"" }
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      result += text
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case let control where control.value < 0x20:
        let hex = String(control.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
