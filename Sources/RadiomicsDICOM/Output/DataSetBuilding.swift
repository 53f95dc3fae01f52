import Crypto

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
  mutating func set(_ tag: Tag, _ vr: VR, _ text: String) { elements[tag] = Element(vr: vr, value: .text(text)) }
  mutating func set(_ tag: Tag, _ vr: VR, _ numbers: [Double]) { elements[tag] = Element(vr: vr, value: .numbers(numbers)) }
  mutating func set(_ tag: Tag, _ vr: VR, _ number: Int) { set(tag, vr, [Double(number)]) }
  mutating func set(_ tag: Tag, _ items: [DataSet]) { elements[tag] = Element(vr: VR("SQ"), value: .items(items)) }
  mutating func set(_ tag: Tag, _ code: Code) { set(tag, [DataSet(code)]) }

  /// Decimal numbers of at most 16 characters each, as DICOM's `DS` wants.
  mutating func set(_ tag: Tag, decimals: [Double]) {
    set(tag, VR("DS"), decimals.map(decimalString).joined(separator: "\\"))
  }

  /// The attribute of another data set, if it is there; else empty.
  mutating func copy(_ tag: Tag, _ vr: VR, from other: DataSet) {
    elements[tag] = other.elements[tag] ?? Element(vr: vr, value: .text(""))
  }

  /// An item of a code sequence.
  init(_ code: Code) {
    self.init()
    // Codes longer than 16 characters have an attribute of their own.
    let isLong = code.value.count > 16
    set(isLong ? Tag(0x0008, 0x0119) : .codeValue, isLong ? VR("UC") : VR("SH"), code.value)
    set(.codingSchemeDesignator, VR("SH"), code.scheme)
    set(.codeMeaning, VR("LO"), String(code.meaning.prefix(64)))
  }

  /// An item with what `fill` puts in.
  init(_ fill: (inout DataSet) -> Void) {
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
func decimalString(_ number: Double) -> String {
  let whole = number == number.rounded() && abs(number) < 1e15
  let text = whole ? "\(Int(number))" : "\(number)"
  if text.utf8.count <= 16 { return text }
  for digits in stride(from: 16, through: 1, by: -1) {
    let rounded = number.rounded(toDigits: digits)
    let text = "\(rounded)"
    if text.utf8.count <= 16 { return text }
  }
  return "0"
}

extension Double {
  fileprivate func rounded(toDigits digits: Int) -> Double {
    var power = 1.0, scaled = abs(self)
    while scaled >= 10 { (scaled, power) = (scaled / 10, power * 10) }
    while scaled < 1 && scaled > 0 { (scaled, power) = (scaled * 10, power / 10) }
    let unit = (1..<max(digits, 1)).reduce(1.0) { product, _ in product * 10 }
    let mantissa = (scaled * unit).rounded()
    return (self < 0 ? -1 : 1) * (power >= unit ? mantissa * (power / unit) : mantissa / (unit / power))
  }
}

/// Unique identifiers: `2.25.` and a number of 128 bits, PS3.5 B.2.
enum UID {
  /// A new one.
  static func new() -> String { uid(UInt64.random(in: 0...UInt64.max), UInt64.random(in: 0...UInt64.max)) }

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
