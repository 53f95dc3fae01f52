import Yams

extension Setting {
  /// Most nodes a file may have, aliases expanded.
  private static let mostNodes = 100_000
  /// Deepest nesting.
  private static let deepest = 64

  /// Reads YAML text; `file` is how errors call it.
  /// - `kind`: What the file is, for errors.
  package init(yaml: String, file: String, kind: String = "recipe") throws(SettingError) {
    let start = Place(file: file, line: 1, column: 1)
    guard yaml.utf8.count <= 1 << 20 else {
      throw SettingError(place: start, message: "the file has \(yaml.utf8.count) bytes, a \(kind) has at most 1048576.")
    }
    if let line = Self.tooDeepLine(yaml) {
      throw SettingError(
        place: Place(file: file, line: line, column: 1), message: "brackets are nested more than \(Self.deepest) deep.")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch {
      throw Self.translated(error, file)
    }
    guard let root else { throw SettingError(place: start, message: "the file is empty, must hold a \(kind).") }
    var budget = Self.mostNodes
    self = try Self.setting(of: root, file, depth: 0, &budget)
  }

  private static func setting(
    of node: Node, _ file: String, depth: Int, _ budget: inout Int
  ) throws(SettingError) -> Setting {
    let place = Place(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    budget -= 1
    guard depth <= deepest, budget > 0 else {
      throw SettingError(place: place, message: "the file is nested too deeply or has too many entries.")
    }
    switch node {
    case .scalar(let scalar):
      return Setting(scalar.style == .plain ? plain(scalar.string) : .text(scalar.string), at: place)
    case .sequence(let sequence):
      var elements: [Setting] = []
      for element in sequence { elements.append(try setting(of: element, file, depth: depth + 1, &budget)) }
      return Setting(list: elements, at: place)
    case .mapping(let mapping):
      var entries: [(key: String, keyPlace: Place, setting: Setting)] = []
      for (key, value) in mapping {
        let keyPlace = Place(file: file, line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
        guard let name = key.scalar?.string else {
          throw SettingError(place: keyPlace, message: "a key must be a word.")
        }
        entries.append((name, keyPlace, try setting(of: value, file, depth: depth + 1, &budget)))
      }
      return Setting(map: entries, at: place)
    case .alias:
      throw SettingError(place: place, message: "an alias has no anchor before it.")
    }
  }

  /// A plain scalar by YAML 1.2's core schema.
  private static func plain(_ text: String) -> Value {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .flag(true)
    case "false", "False", "FALSE": return .flag(false)
    case ".inf", ".Inf", "+.inf", ".INF": return .number(.infinity)
    case ".nan", ".NaN", ".NAN": return .number(.nan)
    case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
    default: break
    }
    let isNumeric = text.allSatisfy { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
    if isNumeric, let integer = Int(text) { return .integer(integer) }
    if isNumeric, let number = Double(text), number.isFinite { return .number(number) }
    return .text(text)
  }

  /// The line at which flow brackets nest too deeply (the parser is recursive).
  private static func tooDeepLine(_ yaml: String) -> Int? {
    var line = 1, depth = 0
    for byte in yaml.utf8 {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
      case UInt8(ascii: "\n"): line += 1
      default: break
      }
      if depth > deepest { return line }
    }
    return nil
  }

  private static func translated(_ error: any Error, _ file: String) -> SettingError {
    guard let error = error as? YamlError else {
      return SettingError(place: Place(file: file), message: "not YAML: \(error).")
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      if problem.contains("nesting") {
        return SettingError(
          place: Place(file: file, line: mark.line, column: mark.column), message: "lists are nested too deeply.")
      }
      let hint = problem.contains("cannot start any token") ? " Indent with spaces, not tabs." : ""
      return SettingError(
        place: Place(file: file, line: mark.line, column: mark.column), message: "not YAML: \(problem).\(hint)")
    case .duplicatedKeysInMapping(let keys, let context):
      let line = context.mark.line, column = context.mark.column
      return SettingError(
        place: Place(file: file, line: line, column: column),
        message: "the key \(keys.map { "'\($0)'" }.joined(separator: ", ")) stands twice, must stand once.")
    case .reader(let problem, _, _, _):
      return SettingError(place: Place(file: file), message: "not YAML: \(problem).")
    default:
      return SettingError(place: Place(file: file), message: "not YAML: \(error).")
    }
  }
}
