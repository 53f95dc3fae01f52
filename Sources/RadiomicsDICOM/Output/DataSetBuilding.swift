import RadiomicsCore

/// Code, scheme and meaning of a concept.
public struct Code: Sendable, Hashable {
  let value, scheme, meaning: String

  /// A concept of a coding scheme.
  public init(_ value: String, _ scheme: String, _ meaning: String) {
    self.value = value
    self.scheme = scheme
    self.meaning = meaning
  }
}

extension DataSet {
  package mutating func set(_ tag: Tag, _ vr: VR, _ text: String) {
    elements[tag] = Element(vr: vr, value: .text(text))
  }
  package mutating func set(_ tag: Tag, _ vr: VR, _ numbers: [Double]) {
    elements[tag] = Element(vr: vr, value: .numbers(numbers))
  }
  package mutating func set(_ tag: Tag, _ vr: VR, _ number: Int) { set(tag, vr, [Double(number)]) }
  package mutating func set(_ tag: Tag, _ items: [DataSet]) {
    elements[tag] = Element(vr: VR("SQ"), value: .items(items))
  }
  package mutating func set(_ tag: Tag, _ code: Code) { set(tag, [DataSet(code)]) }

  /// Decimal numbers of at most 16 characters each, as DICOM's `DS` wants.
  package mutating func set(_ tag: Tag, decimals: [Double]) {
    set(tag, VR("DS"), decimals.map(decimalString).joined(separator: "\\"))
  }

  /// The text of another data set's attribute; empty if it has none.
  mutating func copy(_ tag: Tag, _ vr: VR, from other: DataSet) {
    set(tag, vr, String((other.text(tag) ?? "").prefix(64)))
  }

  /// An item of a code sequence.
  package init(_ code: Code) {
    self.init()
    // Codes longer than 16 characters have an attribute of their own.
    let isLong = code.value.count > 16
    set(isLong ? .longCodeValue : .codeValue, isLong ? VR("UC") : VR("SH"), code.value)
    set(.codingSchemeDesignator, VR("SH"), code.scheme)
    set(.codeMeaning, VR("LO"), String(code.meaning.prefix(64)))
  }

  /// An item with what `fill` puts in.
  package init(_ fill: (inout DataSet) -> Void) {
    self.init()
    fill(&self)
  }

  /// An item that refers to an object.
  init(referenceTo uid: String, ofClass sopClass: String) {
    self.init()
    set(.referencedSOPClassUID, VR("UI"), sopClass)
    set(.referencedSOPInstanceUID, VR("UI"), uid)
  }
}

/// The shortest decimal that reads back the same, or, where that is longer than 16 characters, the nearest that fits.
package func decimalString(_ number: Double) -> String {
  let whole = number == number.rounded() && abs(number) < 1e15
  let shortest = whole ? "\(Int(number))" : "\(number)"
  if shortest.utf8.count <= 16 { return shortest }
  let texts = stride(from: 16, through: 1, by: -1).lazy.map { digits -> String in
    var buffer = [CChar](repeating: 0, count: 40)
    _ = withVaList([Int32(digits), number]) { vsnprintf(&buffer, buffer.count, "%.*g", $0) }
    return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
  return texts.first { $0.utf8.count <= 16 } ?? "0"
}

/// Unique identifiers: `2.25.` and a number of 128 bits, PS3.5 B.2.
package enum UID {
  /// A new one.
  package static func new() -> String { uid(UInt64.random(in: 0...UInt64.max), UInt64.random(in: 0...UInt64.max)) }

  /// The number of 128 bits in decimal.
  static func uid(_ high: UInt64, _ low: UInt64) -> String {
    var digits: [UInt8] = [], high = high, low = low
    repeat {
      let (quotient, rest) = high.quotientAndRemainder(dividingBy: 10)
      let (lowQuotient, digit) = (10 as UInt64).dividingFullWidth((rest, low))
      (high, low) = (quotient, lowQuotient)
      digits.append(UInt8(digit) + 48)
    } while high > 0 || low > 0
    return "2.25." + String(decoding: digits.reversed(), as: UTF8.self)
  }
}
