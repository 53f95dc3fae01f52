extension Setting.Value {
  /// What a value writes of itself; keys in the order in which it writes them.
  package init(coding value: some Encodable) throws {
    let node = Node([])
    try node.encode(value)
    self = node.value
  }

  /// Reads a value from what it wrote.
  /// - Throws: `DecodingError`.
  package func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try Reader(self, []).decode(type)
  }
}

private struct PlainKey: CodingKey {
  let stringValue: String, intValue: Int?
  init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
  init(intValue: Int) { (stringValue, self.intValue) = ("\(intValue)", intValue) }
}

/// What is written: a leaf, a list or a map.
private final class Node: Encoder, SingleValueEncodingContainer {
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }
  private var leaf = Setting.Value.null
  fileprivate var entries: [(key: String, node: Node)]?
  fileprivate var elements: [Node]?

  init(_ path: [any CodingKey]) { codingPath = path }

  var value: Setting.Value {
    if let entries { return .map(entries.map { .init($0.key, $0.node.value) }) }
    return elements.map { .list($0.map(\.value)) } ?? leaf
  }

  fileprivate func child(_ key: any CodingKey) -> Node {
    let node = Node(codingPath + [key])
    entries = (entries ?? []) + [(key.stringValue, node)]
    return node
  }
  fileprivate func next() -> Node {
    let node = Node(codingPath + [PlainKey(intValue: elements?.count ?? 0)])
    elements = (elements ?? []) + [node]
    return node
  }

  func container<K: CodingKey>(keyedBy type: K.Type) -> KeyedEncodingContainer<K> {
    entries = entries ?? []
    return KeyedEncodingContainer(KeyedNode<K>(node: self))
  }
  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    elements = elements ?? []
    return ListNode(node: self)
  }
  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func encodeNil() { leaf = .null }
  func encode<T: Encodable>(_ value: T) throws {
    switch value {
    case let value as Bool: leaf = .flag(value)
    case let value as String: leaf = .text(value)
    case let value as Double: leaf = .number(value)
    case let values as [Double]: elements = values.map { Node(number: $0) }
    case let value as any BinaryInteger: leaf = Int(exactly: value).map { .integer($0) } ?? .text("\(value)")
    default: try value.encode(to: self)
    }
  }
  private convenience init(number: Double) {
    self.init([])
    leaf = .number(number)
  }
}

private struct KeyedNode<K: CodingKey>: KeyedEncodingContainerProtocol {
  let node: Node
  var codingPath: [any CodingKey] { node.codingPath }
  func encodeNil(forKey key: K) { node.child(key).encodeNil() }
  func encode<T: Encodable>(_ value: T, forKey key: K) throws { try node.child(key).encode(value) }
  func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: K) -> KeyedEncodingContainer<N> {
    node.child(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: K) -> any UnkeyedEncodingContainer { node.child(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { node.child(PlainKey(stringValue: "super")) }
  func superEncoder(forKey key: K) -> any Encoder { node.child(key) }
}

private struct ListNode: UnkeyedEncodingContainer {
  let node: Node
  var codingPath: [any CodingKey] { node.codingPath }
  var count: Int { node.elements?.count ?? 0 }
  func encodeNil() { node.next().encodeNil() }
  func encode<T: Encodable>(_ value: T) throws { try node.next().encode(value) }
  func nestedContainer<N: CodingKey>(keyedBy type: N.Type) -> KeyedEncodingContainer<N> {
    node.next().container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { node.next().unkeyedContainer() }
  func superEncoder() -> any Encoder { node.next() }
}

/// What is read.
private struct Reader: Decoder, SingleValueDecodingContainer {
  let value: Setting.Value
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ value: Setting.Value, _ path: [any CodingKey]) { (self.value, codingPath) = (value, path) }

  private func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
    .typeMismatch(
      type, .init(codingPath: codingPath, debugDescription: "is \(value.kind), must be \(expected)"))
  }

  func container<K: CodingKey>(keyedBy type: K.Type) throws -> KeyedDecodingContainer<K> {
    guard case .map(let entries) = value else { throw mismatch(type, "a map") }
    return KeyedDecodingContainer(KeyedReader<K>(entries: entries, codingPath: codingPath))
  }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let values) = value else { throw mismatch([Setting.Value].self, "a list") }
    return ListReader(values: values, codingPath: codingPath)
  }
  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { value == .null }
  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    func checked<Leaf>(_ leaf: Leaf?, _ expected: String) throws -> T {
      guard let found = leaf as? T else { throw mismatch(type, expected) }
      return found
    }
    switch type {
    case is Bool.Type: return try checked(value.asFlag, "true or false")
    case is String.Type: return try checked(value.asText, "text")
    case is Double.Type: return try checked(value.asNumber, "a number")
    case is [Double].Type:
      let numbers = value.asList?.compactMap(\.asNumber)
      return try checked(numbers?.count == value.asList?.count ? numbers : nil, "a list of numbers")
    case is Int.Type: return try checked(value.asInteger, "a whole number")
    case is UInt64.Type:
      return try checked(
        value.asInteger.flatMap { UInt64(exactly: $0) } ?? value.asText.flatMap { UInt64($0) }, "a whole number")
    default: return try T(from: self)
    }
  }
}

private struct KeyedReader<K: CodingKey>: KeyedDecodingContainerProtocol {
  let entries: [Setting.Value.Entry]
  let codingPath: [any CodingKey]
  var allKeys: [K] { entries.compactMap { K(stringValue: $0.key) } }

  private func reader(_ key: any CodingKey) throws -> Reader {
    guard let entry = entries.first(where: { $0.key == key.stringValue }) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "is missing"))
    }
    return Reader(entry.value, codingPath + [key])
  }
  func contains(_ key: K) -> Bool { entries.contains { $0.key == key.stringValue } }
  func decodeNil(forKey key: K) throws -> Bool { try reader(key).decodeNil() }
  func decode<T: Decodable>(_ type: T.Type, forKey key: K) throws -> T { try reader(key).decode(type) }
  func nestedContainer<N: CodingKey>(keyedBy type: N.Type, forKey key: K) throws -> KeyedDecodingContainer<N> {
    try reader(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: K) throws -> any UnkeyedDecodingContainer {
    try reader(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { try reader(PlainKey(stringValue: "super")) }
  func superDecoder(forKey key: K) throws -> any Decoder { try reader(key) }
}

private struct ListReader: UnkeyedDecodingContainer {
  let values: [Setting.Value]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0
  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex >= values.count }

  init(values: [Setting.Value], codingPath: [any CodingKey]) { (self.values, self.codingPath) = (values, codingPath) }

  private mutating func next() throws -> Reader {
    let path = codingPath + [PlainKey(intValue: currentIndex)]
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        Setting.Value.self, .init(codingPath: path, debugDescription: "is missing"))
    }
    defer { currentIndex += 1 }
    return Reader(values[currentIndex], path)
  }
  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, values[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decode(type) }
  mutating func nestedContainer<N: CodingKey>(keyedBy type: N.Type) throws -> KeyedDecodingContainer<N> {
    try next().container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }
}
