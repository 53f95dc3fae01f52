import CYAML

extension Setting {
  /// Reads YAML text; `file` is how errors call it.
  /// - `kind`: What the file is, for errors.
  package init(yaml: String, file: String, kind: String = "recipe") throws(SettingError) {
    let start = Place(file: file, line: 1, column: 1)
    guard yaml.utf8.count <= 1 << 20 else {
      throw SettingError(place: start, message: "the file has \(yaml.utf8.count) bytes, a \(kind) has at most 1048576.")
    }
    if let line = Self.tooDeepLine(yaml) {
      throw SettingError(
        place: Place(file: file, line: line, column: 1),
        message: "brackets are nested more than \(YAMLReader.deepest) deep.")
    }
    guard let root = try YAMLReader(yaml, file: file).root() else {
      throw SettingError(place: start, message: "the file is empty, must hold a \(kind).")
    }
    self = root
  }

  /// The line at which flow brackets nest too deeply, before anything is made of them.
  private static func tooDeepLine(_ yaml: String) -> Int? {
    var line = 1, depth = 0
    for byte in yaml.utf8 {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
      case UInt8(ascii: "\n"): line += 1
      default: break
      }
      if depth > YAMLReader.deepest { return line }
    }
    return nil
  }
}

/// The events of libyaml, made settings.
private final class YAMLReader {
  /// Deepest nesting.
  static let deepest = 64

  /// What an alias stands for, with its number of settings and how deep they are nested.
  private struct Node {
    let setting: Setting
    var size = 1, height = 0
  }

  private let file: String
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  // It holds a pointer to itself.
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private var event = yaml_event_t()
  private var anchors: [String: Node] = [:]
  /// Settings that the file may still have, aliases expanded.
  private var left = 100_000

  init(_ yaml: String, file: String) {
    self.file = file
    bytes = .allocate(capacity: yaml.utf8.count)
    _ = bytes.initialize(from: yaml.utf8)
    yaml_parser_initialize(parser)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_event_delete(&event)
    yaml_parser_delete(parser)
    parser.deallocate()
    bytes.deallocate()
  }

  /// The one document of the file; nothing if it is empty.
  func root() throws(SettingError) -> Setting? {
    try next()
    try next()
    if event.type == YAML_STREAM_END_EVENT { return nil }
    try next()
    let root = try node(depth: 0)
    try next()
    try next()
    guard event.type == YAML_STREAM_END_EVENT else {
      throw SettingError(place: place, message: "not YAML: but found another document.")
    }
    return root.setting
  }

  /// Where the event starts.
  private var place: Place { place(event.start_mark) }

  private func place(_ mark: yaml_mark_t) -> Place {
    Place(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }

  private func next() throws(SettingError) {
    yaml_event_delete(&event)
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
  }

  private var failure: SettingError {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "no memory"
    guard parser.pointee.error == YAML_SCANNER_ERROR || parser.pointee.error == YAML_PARSER_ERROR else {
      return SettingError(place: Place(file: file), message: "not YAML: \(problem).")
    }
    let hint = problem.contains("cannot start any token") ? " Indent with spaces, not tabs." : ""
    return SettingError(place: place(parser.pointee.problem_mark), message: "not YAML: \(problem).\(hint)")
  }

  /// What begins with the present event; its last event is the present one afterwards.
  private func node(depth: Int) throws(SettingError) -> Node {
    switch event.type {
    case YAML_SCALAR_EVENT:
      try spend(1, depth: depth)
      return scalar()
    case YAML_SEQUENCE_START_EVENT: return try list(depth)
    case YAML_MAPPING_START_EVENT: return try map(depth)
    default:
      guard let node = anchors[String(cString: UnsafePointer(event.data.alias.anchor))] else {
        throw SettingError(place: place, message: "not YAML: found undefined alias.")
      }
      try spend(node.size, depth: depth + node.height)
      return node
    }
  }

  private func list(_ depth: Int) throws(SettingError) -> Node {
    try spend(1, depth: depth)
    let place = place, anchor = event.data.sequence_start.anchor.map { String(cString: $0) }
    var nodes: [Node] = []
    try next()
    while event.type != YAML_SEQUENCE_END_EVENT {
      nodes.append(try node(depth: depth + 1))
      try next()
    }
    return kept(Setting(list: nodes.map(\.setting), at: place), of: nodes, anchor)
  }

  private func map(_ depth: Int) throws(SettingError) -> Node {
    try spend(1, depth: depth)
    let place = place, anchor = event.data.mapping_start.anchor.map { String(cString: $0) }
    var nodes: [Node] = [], entries: [(key: String, keyPlace: Place, setting: Setting)] = []
    var keys: Set<String> = []
    try next()
    while event.type != YAML_MAPPING_END_EVENT {
      let keyPlace = self.place
      guard event.type == YAML_SCALAR_EVENT else {
        throw SettingError(place: keyPlace, message: "a key must be a word.")
      }
      let key = text
      guard keys.insert(key).inserted else {
        throw SettingError(place: keyPlace, message: "the key '\(key)' stands twice, must stand once.")
      }
      _ = scalar()
      try next()
      nodes.append(try node(depth: depth + 1))
      entries.append((key, keyPlace, nodes[nodes.count - 1].setting))
      try next()
    }
    return kept(Setting(map: entries, at: place), of: nodes, anchor)
  }

  private func scalar() -> Node {
    let isPlain = event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
    let value: Setting.Value = isPlain ? Self.plain(text) : .text(text)
    return kept(Setting(value, at: place), of: [], event.data.scalar.anchor.map { String(cString: $0) })
  }

  /// A scalar as it is written; it may hold the character 0.
  private var text: String {
    String(
      decoding: UnsafeBufferPointer(start: event.data.scalar.value, count: event.data.scalar.length), as: UTF8.self)
  }

  private func kept(_ setting: Setting, of nodes: [Node], _ anchor: String?) -> Node {
    let height = nodes.map { $0.height + 1 }.max() ?? 0
    let node = Node(setting: setting, size: nodes.reduce(1) { $0 + $1.size }, height: height)
    if let anchor { anchors[anchor] = node }
    return node
  }

  private func spend(_ count: Int, depth: Int) throws(SettingError) {
    left -= count
    guard depth <= Self.deepest, left > 0 else {
      throw SettingError(place: place, message: "the file is nested too deeply or has too many entries.")
    }
  }

  /// A plain scalar by YAML 1.2's core schema.
  private static func plain(_ text: String) -> Setting.Value {
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
}
