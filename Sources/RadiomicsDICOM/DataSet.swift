/// The attributes of a DICOM object or of an item of a sequence, as values.
package struct DataSet: Sendable, Equatable {
  /// What an attribute holds.
  package enum Value: Sendable, Equatable {
    /// Text as UTF-8, with its separators.
    case text(String)
    /// Numbers of a binary type.
    case numbers([Double])
    /// Bytes of an unknown or opaque type.
    case bytes([UInt8])
    /// The items of a sequence.
    case items([DataSet])
    /// A value that was not read, and its bytes in the file.
    case large(Int)
  }

  /// A value with its representation, such as `DS`.
  package struct Element: Sendable, Equatable {
    package var vr: VR
    package var value: Value

    package init(vr: VR, value: Value) {
      self.vr = vr
      self.value = value
    }
  }

  /// The attributes.
  package var elements: [Tag: Element] = [:]

  package init(elements: [Tag: Element] = [:]) { self.elements = elements }

  /// Whether an attribute is there, with or without a value.
  package func has(_ tag: Tag) -> Bool { elements[tag] != nil }

  /// The values of a text; none if the attribute is missing or empty. Blanks around them are removed.
  package func texts(_ tag: Tag) -> [String] {
    guard case .text(let text)? = elements[tag]?.value else { return [] }
    let values = text.split(separator: "\\", omittingEmptySubsequences: false).map { trimmed($0) }
    return values == [""] ? [] : values
  }

  /// The text, all values of it; nil if the attribute is missing or empty.
  package func text(_ tag: Tag) -> String? {
    guard case .text(let text)? = elements[tag]?.value else { return nil }
    let trimmed = trimmed(text[...])
    return trimmed.isEmpty ? nil : trimmed
  }

  /// The numbers of a text or of a binary type; nil if one is no number, or there is none.
  package func numbers(_ tag: Tag) -> [Double]? {
    switch elements[tag]?.value {
    case .numbers(let numbers)?: return numbers.isEmpty || !numbers.allSatisfy(\.isFinite) ? nil : numbers
    case .text?:
      let texts = texts(tag)
      let numbers = texts.compactMap { Double($0) }
      return numbers.isEmpty || numbers.count != texts.count || !numbers.allSatisfy(\.isFinite) ? nil : numbers
    default: return nil
    }
  }

  /// The first number.
  package func number(_ tag: Tag) -> Double? { numbers(tag)?.first }

  /// The first number, if it is whole.
  package func integer(_ tag: Tag) -> Int? { number(tag).flatMap { Int(exactly: $0) } }

  /// Three numbers.
  func vector(_ tag: Tag) -> SIMD3<Double>? {
    guard let numbers = numbers(tag), numbers.count == 3 else { return nil }
    return [numbers[0], numbers[1], numbers[2]]
  }

  /// The items of a sequence; none if it is missing.
  package func items(_ tag: Tag) -> [DataSet] {
    guard case .items(let items)? = elements[tag]?.value else { return [] }
    return items
  }

  /// The first item of a sequence.
  package func item(_ tag: Tag) -> DataSet? { items(tag).first }

  /// A private attribute as text: the block that `creator` has reserved, and the element's last two digits.
  func privateText(_ group: UInt16, _ creator: String, _ element: UInt16) -> String? {
    for (tag, _) in elements where tag.group == group && (0x10...0xFF).contains(tag.element) && text(tag) == creator {
      let place = Tag(group, tag.element << 8 | element)
      // In implicit form nothing says what it is.
      if case .bytes(let bytes)? = elements[place]?.value {
        return trimmed(String(decoding: bytes, as: UTF8.self)[...])
      }
      return text(place) ?? number(place).map { "\($0)" }
    }
    return nil
  }

  /// The bytes of a value that was not read.
  func largeByteCount(_ tag: Tag) -> Int? {
    guard case .large(let count)? = elements[tag]?.value else { return nil }
    return count
  }
}

/// Without blanks and the zero bytes that some programs pad with.
private func trimmed(_ text: Substring) -> String {
  func isPadding(_ character: Character) -> Bool { character == " " || character == "\0" || character.isNewline }
  guard let first = text.firstIndex(where: { !isPadding($0) }), let last = text.lastIndex(where: { !isPadding($0) })
  else { return "" }
  return String(text[first...last])
}

/// A value representation, DICOM PS3.5 6.2.
package struct VR: Hashable, Sendable {
  let first, second: UInt8

  package init(_ name: StaticString) {
    precondition(name.utf8CodeUnitCount == 2, "two letters")
    first = name.utf8Start[0]
    second = name.utf8Start[1]
  }

  init(_ first: UInt8, _ second: UInt8) {
    self.first = first
    self.second = second
  }

  /// What the bytes of a value are.
  enum Kind { case text, uint16, int16, uint32, int32, uint64, int64, float, double, bytes }

  var kind: Kind {
    switch self {
    case VR("US"), VR("AT"): .uint16
    case VR("SS"): .int16
    case VR("UL"): .uint32
    case VR("SL"): .int32
    case VR("UV"): .uint64
    case VR("SV"): .int64
    case VR("FL"), VR("OF"): .float
    case VR("FD"), VR("OD"): .double
    case VR("OB"), VR("OW"), VR("OL"), VR("OV"), VR("UN"): .bytes
    default: .text
    }
  }
}
