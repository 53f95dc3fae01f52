/// Anything a recipe can name, declared once: reading, checking, the manual and fingerprints follow from it.
public protocol Configurable: SettingValue, Documented {
  /// Its settings. One that has no defensible default is required.
  static var parameters: [Parameter<Self>] { get }
  /// `parameters` and those that its kind has in common.
  static var allParameters: [Parameter<Self>] { get }
  /// All settings at their defaults; required ones unset.
  init()
  /// Checks the settings against each other.
  func check() throws(SettingError)
}

extension Configurable {
  /// No common ones.
  public static var allParameters: [Parameter<Self>] { parameters }
  /// Nothing to check.
  public func check() throws(SettingError) {}

  /// Reads the settings from a map; a missing or empty map means the defaults.
  public init(setting: Setting) throws(SettingError) {
    self.init()
    try read(setting)
  }

  /// Reads the settings of a map into those that are here.
  package mutating func read(_ setting: Setting) throws(SettingError) {
    switch setting.value {
    case .map, .null: break
    default:
      let keys = Self.allParameters.map(\.key).joined(separator: ", ")
      throw setting.error("'\(Self.name)' has \(setting.value.kind), must have a map of settings: \(keys).")
    }
    for (key, place, value) in setting.entries {
      guard let parameter = Self.allParameters.first(where: { $0.key == key }) else {
        let keys = Self.allParameters.map(\.key)
        let known = keys.isEmpty ? "It has none." : "It has: \(keys.joined(separator: ", "))."
        throw SettingError(
          place: place, message: "'\(Self.name)' has no setting '\(key)'. \(known)\(didYouMean(key, among: keys))")
      }
      try parameter.read(value, &self)
    }
    for parameter in Self.allParameters where parameter.isRequired && (setting[parameter.key]?.value ?? .null) == .null
    {
      throw setting.error(
        "'\(Self.name)' needs '\(parameter.key)', \(parameter.expectation): \(parameter.summary) There is no default.")
    }
    do throws(SettingError) { try check() } catch { throw error.placed(at: setting.place) }
  }

  /// All settings, written out.
  public var settingValue: Setting.Value {
    let written = Self.allParameters.map { ($0, Setting.Value.Entry($0.key, $0.write(self))) }
    return .map(written.filter { $1.value != .null && $1.value != $0.omitted }.map(\.1))
  }

  /// All settings, those without a value as null, but for defaults that are not written out.
  package var written: Setting.Value {
    .map(
      Self.allParameters.compactMap { parameter in
        let value = parameter.write(self)
        return value == parameter.omitted ? nil : Setting.Value.Entry(parameter.key, value)
      })
  }

  /// What enters fingerprints: the settings, and the revision once its numbers have changed.
  public var identity: Setting.Value {
    let settings = Self.allParameters.map { Setting.Value.Entry($0.key, $0.identify(self)) }
    let revision = Self.revision > 1 ? [Setting.Value.Entry("revision", .integer(Self.revision))] : []
    return .map(settings.filter { $0.value != .null } + revision)
  }

  /// What must be written.
  public static var expectation: String { "a map of settings" }

  /// Each setting with what must be written, its default in words, and what it does.
  public static var settingsManual: [SettingManual] {
    let defaults = Self()
    return allParameters.map {
      SettingManual(
        key: $0.key, expectation: $0.expectation, isRequired: $0.isRequired, preset: $0.write(defaults),
        summary: $0.summary)
    }
  }
}

/// What the manual says of a setting.
public struct SettingManual: Sendable, Hashable {
  /// The key in a recipe.
  public let key: String
  /// What must be written.
  public let expectation: String
  /// Whether it must be given.
  public let isRequired: Bool
  /// Its default; null if it is not set.
  public let preset: Setting.Value
  /// What it does.
  public let summary: String

  /// A page's entry.
  public init(key: String, expectation: String, isRequired: Bool, preset: Setting.Value, summary: String) {
    self.key = key
    self.expectation = expectation
    self.isRequired = isRequired
    self.preset = preset
    self.summary = summary
  }
}

/// One setting of a configurable, declared once.
public struct Parameter<Owner: Sendable>: Sendable {
  /// The key in a recipe, snake_case.
  public let key: String
  /// What it does, in one sentence, with its unit.
  public let summary: String
  /// What must be written, in words.
  public let expectation: String
  /// Whether it must be given.
  public let isRequired: Bool
  /// A value that is not written out.
  let omitted: Setting.Value?
  package let read: @Sendable (Setting, inout Owner) throws(SettingError) -> Void
  package let write: @Sendable (Owner) -> Setting.Value
  package let identify: @Sendable (Owner) -> Setting.Value

  /// A setting kept in the property at `path`; numbers may be bounded by `range`. One that is added to a published
  /// configurable gives in `reproducing` the value that reproduces earlier numbers; neither that value nor a setting
  /// that changes no number enters fingerprints. With `omitsDefault` a default is not written out.
  public init<Value: SettingValue>(
    _ key: String, _ path: WritableKeyPath<Owner, Value> & Sendable, isRequired: Bool = false,
    changesNumbers: Bool = true, omitsDefault: Bool = false, reproducing earlier: Setting.Value? = nil,
    in range: ClosedRange<Double>? = nil,
    _ summary: String
  ) where Owner: Configurable {
    omitted = omitsDefault ? Owner()[keyPath: path].settingValue : nil
    let bounds = range.map { " " + Self.words(for: $0) } ?? ""
    self.key = key
    self.summary = summary
    self.isRequired = isRequired
    let expectation = Value.expectation + bounds
    self.expectation = expectation
    read = { (setting, owner) throws(SettingError) in
      let value = try Value(setting: setting)
      if let range, !Self.isInside(range, value.settingValue) {
        throw setting.error("'\(key)' is \(setting.value), must be \(expectation).")
      }
      owner[keyPath: path] = value
    }
    write = { $0[keyPath: path].settingValue }
    identify = {
      let value = $0[keyPath: path]
      return !changesNumbers || value.settingValue == earlier ? .null : value.identity
    }
  }

  /// A setting that functions read and write; null is not written.
  package init(
    _ key: String, _ expectation: String, isRequired: Bool = false, _ summary: String,
    read: @escaping @Sendable (Setting, inout Owner) throws(SettingError) -> Void,
    write: @escaping @Sendable (Owner) -> Setting.Value
  ) {
    (self.key, self.expectation, self.isRequired, self.summary) = (key, expectation, isRequired, summary)
    (self.read, self.write, identify, omitted) = (read, write, write, nil)
  }

  private static func words(for range: ClosedRange<Double>) -> String {
    func number(_ value: Double) -> String { Setting.Value.number(value).description }
    if range.upperBound == .infinity {
      return range.lowerBound == .leastNonzeroMagnitude ? "above 0" : "of at least \(number(range.lowerBound))"
    }
    return range.lowerBound == .leastNonzeroMagnitude
      ? "above 0 and at most \(number(range.upperBound))"
      : "from \(number(range.lowerBound)) to \(number(range.upperBound))"
  }

  private static func isInside(_ range: ClosedRange<Double>, _ value: Setting.Value) -> Bool {
    switch value {
    case .integer(let number): range.contains(Double(number))
    case .number(let number): range.contains(number) && number.isFinite
    case .list(let values): values.allSatisfy { isInside(range, $0) }
    default: true
    }
  }
}

extension ClosedRange<Double> {
  /// Above zero.
  public static var positive: Self { .leastNonzeroMagnitude ... .infinity }
  /// Zero or more.
  public static var notNegative: Self { 0 ... .infinity }
}
