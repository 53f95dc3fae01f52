/// The elements and texts of an XML document, one after the other, as OOXML uses it: UTF-8, names without their prefixes,
/// entities and CDATA resolved, comments passed over. Strict: no DOCTYPE, every element closed, one root.
struct XMLScanner {
  private enum Token { case start, end, text(Range<Int>, isLiteral: Bool) }
  private let bytes: [UInt8], name: String, path: String
  private var position: Int, open: [String] = [], attributes: [(name: String, value: Range<Int>)] = []
  private var closesItself = false, hasRoot = false

  init(_ bytes: [UInt8], part name: String, of path: String) {
    (self.bytes, self.name, self.path) = (bytes, name, path)
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Elements that are open, the one just found among them.
  var depth: Int { open.count }

  /// The next element within the one open at `depth`, which stays open meanwhile; nil at its end. What was not looked at of
  /// the element before is passed over.
  mutating func child(of depth: Int) throws(FormatError) -> String? {
    while let token = try next() {
      if case .start = token, open.count == depth + 1 {
        let name = open[depth], prefix = name.utf8.firstIndex(of: UInt8(ascii: ":"))
        return prefix.map { String(name[$0...].dropFirst()) } ?? name
      }
      guard case .end = token, open.count < depth else { continue }
      return open.isEmpty ? try child(of: 0) : nil
    }
    return nil
  }

  /// The text of the element that was just found, without that of elements within.
  mutating func text() throws(FormatError) -> String {
    let depth = open.count
    var text = ""
    while let token = try next(), open.count >= depth {
      if case .text(let range, let isLiteral) = token, open.count == depth { text += try decoded(range, isLiteral) }
    }
    return text
  }

  /// An attribute of the element that was just found, its prefix left out.
  func attribute(_ name: String) throws(FormatError) -> String? {
    func isPrefixed(_ other: String) -> Bool { other.utf8.contains(UInt8(ascii: ":")) && other.hasSuffix(":" + name) }
    let value = (attributes.first { $0.name == name } ?? attributes.first { isPrefixed($0.name) })?.value
    guard let value else { return nil }
    return try decoded(value, false)
  }

  private mutating func next() throws(FormatError) -> Token? {
    if closesItself {
      closesItself = false
      open.removeLast()
      return .end
    }
    while position < bytes.count {
      if bytes[position] != UInt8(ascii: "<") {
        let start = position
        position = bytes[start...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        if !open.isEmpty { return .text(start..<position, isLiteral: false) }
        guard bytes[start..<position].allSatisfy(isBlank) else { throw damage("text stands outside of the elements") }
      } else if follows("<?") {
        _ = try pass("?>")
      } else if follows("<!--") {
        _ = try pass("-->")
      } else if follows("<![CDATA["), !open.isEmpty {
        return .text(try pass("]]>"), isLiteral: true)
      } else if follows("<!") {
        throw damage("it has a DOCTYPE, which a workbook has not")
      } else if follows("</") {
        guard try word() == open.popLast() else { throw damage("an element is closed that is not open") }
        skipBlanks()
        guard follows(">") else { throw damage("'>' is missing") }
        return .end
      } else {
        try startElement()
        return .start
      }
    }
    guard open.isEmpty, hasRoot else { throw damage("it is cut short") }
    return nil
  }

  private mutating func startElement() throws(FormatError) {
    guard !open.isEmpty || !hasRoot else { throw damage("it has two roots") }
    position += 1
    hasRoot = true
    open.append(try word())
    attributes.removeAll(keepingCapacity: true)
    skipBlanks()
    while !follows(">") {
      closesItself = follows("/>")
      if closesItself { return }
      let name = try word()
      skipBlanks()
      guard follows("="), attributes.count < 99, !attributes.contains(where: { $0.name == name }) else {
        throw damage("the attribute '\(name)' is wrong")
      }
      skipBlanks()
      let mark: StaticString? = follows("\"") ? "\"" : follows("'") ? "'" : nil
      guard let mark else { throw damage("'\(name)' has no value") }
      attributes.append((name, try pass(mark)))
      skipBlanks()
    }
  }

  /// Whether `text` comes next, which then is passed.
  private mutating func follows(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard count <= bytes.count - position else { return false }
    for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] { return false }
    position += count
    return true
  }

  /// What stands before `end`, which is passed too.
  private mutating func pass(_ end: StaticString) throws(FormatError) -> Range<Int> {
    let start = position
    while !follows(end) {
      guard position < bytes.count else { throw damage("'\(end)' is missing") }
      position += 1
    }
    return start..<position - end.utf8CodeUnitCount
  }

  private mutating func word() throws(FormatError) -> String {
    let start = position
    while position < bytes.count,
      bytes[position] > 62 || bytes[position] == 58 || (45...46).contains(bytes[position])
        || (48...57).contains(bytes[position])
    { position += 1 }
    guard position > start else { throw damage("a name is missing") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func skipBlanks() { while position < bytes.count, isBlank(bytes[position]) { position += 1 } }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 10 || byte == 13 || byte == 9 }

  /// The text with its entities resolved and its lines ended by LF.
  private func decoded(_ range: Range<Int>, _ isLiteral: Bool) throws(FormatError) -> String {
    let plain = bytes[range]
    guard plain.allSatisfy({ $0 >= 32 || isBlank($0) }), let text = String(validating: plain, as: UTF8.self) else {
      throw damage("its text is not UTF-8, or has control characters")
    }
    guard plain.contains(where: { $0 == UInt8(ascii: "&") && !isLiteral || $0 == 13 }) else { return text }
    var result = "", rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "&", !isLiteral {
        let name = rest.prefix { $0 != ";" }
        guard name.endIndex < rest.endIndex, let meant = meaning(of: String(name)) else {
          throw damage("its text has an unknown entity")
        }
        result.unicodeScalars.append(meant)
        rest = rest[name.endIndex...].dropFirst()
      } else if scalar != "\r" || rest.first != "\n" {
        result.unicodeScalars.append(scalar == "\r" ? "\n" : scalar)
      }
    }
    return result
  }

  private func meaning(of entity: String) -> Unicode.Scalar? {
    guard entity.hasPrefix("#") else { return namedEntities[entity] }
    let isHexadecimal = entity.hasPrefix("#x"), digits = entity.dropFirst(isHexadecimal ? 2 : 1)
    guard let code = UInt32(digits, radix: isHexadecimal ? 16 : 10), code >= 32 || isBlank(UInt8(code)) else {
      return nil
    }
    return Unicode.Scalar(code)
  }

  private func damage(_ what: String) -> FormatError {
    FormatError(path, "'\(name)' in the workbook is damaged: \(what). Save it again, or save the table as CSV.")
  }
}

private let namedEntities: [String: Unicode.Scalar] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
