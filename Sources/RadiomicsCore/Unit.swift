/// The unit of a value as powers of the image's intensity unit and of the millimetre.
public struct Unit: Sendable, Hashable {
  /// Power of the intensity unit (HU, SUV, arbitrary).
  public let intensity: Int
  /// Power of the millimetre.
  public let length: Int

  /// intensity^`intensity` · mm^`length`.
  public init(intensity: Int = 0, length: Int = 0) {
    self.intensity = intensity
    self.length = length
  }

  /// Dimensionless: a fraction, a count, a grey level.
  public static let one = Unit()
  /// The unit of the image.
  public static let intensity = Unit(intensity: 1)
  /// Millimetre.
  public static let millimetre = Unit(length: 1)
  /// Square millimetre.
  public static let squareMillimetre = Unit(length: 2)
  /// Cubic millimetre.
  public static let cubicMillimetre = Unit(length: 3)

  /// The unit as text, e.g. `HU2`, `mm3`, `HU.mm3`, `1`; `name` is the intensity unit's symbol, `1` if it has none.
  public func symbol(intensity name: String) -> String {
    func power(_ base: String, _ exponent: Int) -> String? {
      exponent == 0 || base == "1" ? nil : exponent == 1 ? base : "\(base)\(exponent)"
    }
    let parts = [power(name, intensity), power("mm", length)].compactMap { $0 }
    return parts.isEmpty ? "1" : parts.joined(separator: ".")
  }
}

/// What may be said of a value's size; decides which statistics of it make sense.
public enum Scale: String, Sendable, Hashable, Codable, CaseIterable {
  /// True zero, positive: ratios and coefficients of variation mean something.
  case ratio
  /// Zero is arbitrary or values of both signs occur: only differences mean something.
  case interval
  /// Between 0 and 1.
  case fraction
  /// Between −1 and 1.
  case correlation
}
