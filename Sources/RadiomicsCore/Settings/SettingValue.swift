/// A type that a setting can hold: read from a recipe, written back in full.
public protocol SettingValue: Sendable {
  /// Reads the value, or says what must be.
  init(setting: Setting) throws(SettingError)
  /// The value as a recipe writes it.
  var settingValue: Setting.Value { get }
  /// The value as fingerprints see it.
  var identity: Setting.Value { get }
  /// What must be written, in words: "a number", "one of a, b, c".
  static var expectation: String { get }
}

extension SettingValue {
  /// As written.
  public var identity: Setting.Value { settingValue }

  /// "'glcm' is text, must be a number."
  package static func mismatch(_ setting: Setting) -> SettingError {
    setting.error("\(setting.value) is \(setting.value.kind), must be \(expectation).")
  }
}

extension Setting.Value {
  /// The kind of value in words.
  package var kind: String {
    switch self {
    case .null: "nothing"
    case .flag: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .text: "text"
    case .list: "a list"
    case .map: "a map"
    }
  }
}

extension Double: SettingValue {
  public static var expectation: String { "a number" }
  public init(setting: Setting) throws(SettingError) {
    switch setting.value {
    case .integer(let value): self = Double(value)
    case .number(let value) where !value.isNaN: self = value
    default: throw Self.mismatch(setting)
    }
  }
  public var settingValue: Setting.Value { .number(self) }
}

extension Int: SettingValue {
  public static var expectation: String { "a whole number" }
  public init(setting: Setting) throws(SettingError) {
    switch setting.value {
    case .integer(let value): self = value
    case .number(let value) where value == value.rounded() && abs(value) < 1e15: self = Int(value)
    default: throw Self.mismatch(setting)
    }
  }
  public var settingValue: Setting.Value { .integer(self) }
}

extension UInt64: SettingValue {
  public static var expectation: String { "a whole number from 0" }
  public init(setting: Setting) throws(SettingError) {
    guard let value = UInt64(exactly: try Int(setting: setting)) else { throw Self.mismatch(setting) }
    self = value
  }
  public var settingValue: Setting.Value { .integer(Int(clamping: self)) }
}

extension Bool: SettingValue {
  public static var expectation: String { "true or false" }
  public init(setting: Setting) throws(SettingError) {
    guard case .flag(let value) = setting.value else { throw Self.mismatch(setting) }
    self = value
  }
  public var settingValue: Setting.Value { .flag(self) }
}

extension String: SettingValue {
  public static var expectation: String { "text" }
  public init(setting: Setting) throws(SettingError) {
    guard case .text(let value) = setting.value else { throw Self.mismatch(setting) }
    self = value
  }
  public var settingValue: Setting.Value { .text(self) }
}

extension Optional: SettingValue where Wrapped: SettingValue {
  public static var expectation: String { Wrapped.expectation }
  public init(setting: Setting) throws(SettingError) {
    if case .null = setting.value { self = nil } else { self = try Wrapped(setting: setting) }
  }
  public var settingValue: Setting.Value { self?.settingValue ?? .null }
  public var identity: Setting.Value { self?.identity ?? .null }
}

extension Array: SettingValue where Element: SettingValue {
  public static var expectation: String { "\(Element.expectation), or a list of them" }
  public init(setting: Setting) throws(SettingError) {
    guard case .list = setting.value else {
      self = [try Element(setting: setting)]
      return
    }
    var values: [Element] = []
    for element in setting.elements { values.append(try Element(setting: element)) }
    guard !values.isEmpty else { throw setting.error("the list is empty, must have at least one entry.") }
    self = values
  }
  public var settingValue: Setting.Value { count == 1 ? self[0].settingValue : .list(map(\.settingValue)) }
  public var identity: Setting.Value { .list(map(\.identity)) }
}

extension SIMD3: SettingValue where Scalar == Double {
  public static var expectation: String { "three numbers [x, y, z]" }
  public init(setting: Setting) throws(SettingError) {
    guard setting.elements.count == 3 else {
      guard case .list = setting.value else { throw Self.mismatch(setting) }
      throw setting.error("the list has \(setting.elements.count) entries, must be \(Self.expectation).")
    }
    self.init(
      try Double(setting: setting.elements[0]), try Double(setting: setting.elements[1]),
      try Double(setting: setting.elements[2]))
  }
  public var settingValue: Setting.Value { .list([.number(x), .number(y), .number(z)]) }
}

/// A setting with named alternatives; the raw value is what a recipe writes.
public protocol ChoiceSetting: SettingValue, RawRepresentable<String>, CaseIterable, Hashable {}

extension ChoiceSetting {
  public static var expectation: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
  public init(setting: Setting) throws(SettingError) {
    guard case .text(let word) = setting.value else { throw Self.mismatch(setting) }
    guard let choice = Self(rawValue: word) else {
      let hint = didYouMean(word, among: Self.allCases.map(\.rawValue))
      throw setting.error("'\(word)' is unknown, must be \(Self.expectation).\(hint)")
    }
    self = choice
  }
  public var settingValue: Setting.Value { .text(rawValue) }
}

extension Set: SettingValue where Element: ChoiceSetting {
  public static var expectation: String { "\(Element.expectation), or a list of them" }
  public init(setting: Setting) throws(SettingError) { self = Set(try [Element](setting: setting)) }
  public var settingValue: Setting.Value { .list(map(\.rawValue).sorted().map { .text($0) }) }
}

/// A JSON-like value with ordered keys.
public typealias JSON = Setting.Value
