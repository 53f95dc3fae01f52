/// Units of length as headers write them.
enum LengthUnit {
  static let expectation = "mm, cm, m, um, nm or inch, or their names in full"

  /// Millimetres in a unit, by its symbol or its name in British or American English, singular or plural; nil if unknown.
  static func millimetres(in unit: String) -> Double? {
    let word = unit.lowercased(), name = word.count > 2 && word.hasSuffix("s") ? String(word.dropLast()) : word
    switch name.replacing("meter", with: "metre") {
    case "mm", "millimetre": return 1
    case "cm", "centimetre": return 10
    case "m", "metre": return 1000
    case "um", "\u{B5}m", "\u{3BC}m", "micron", "micrometre": return 0.001
    case "nm", "nanometre": return 1e-6
    case "in", "inch", "inche": return 25.4
    default: return nil
    }
  }
}
