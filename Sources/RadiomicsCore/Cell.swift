/// One entry of a feature table: a value, or the reason why there is none.
public enum Cell: Sendable, Hashable {
  /// A number, which only a distance to something empty makes infinite.
  case value(Double)
  /// Mathematically undefined for this region, and why.
  case undefined(Reason)

  /// The number, if there is one.
  public var value: Double? {
    if case .value(let number) = self { number } else { nil }
  }

  /// The reason, if there is no number.
  public var reason: Reason? {
    if case .undefined(let reason) = self { reason } else { nil }
  }

  /// `number` if it is finite, else undefined for `reason`.
  @inlinable
  public init(_ number: Double, orUndefined reason: @autoclosure () -> Reason) {
    self = number.isFinite ? .value(number) : .undefined(reason())
  }
}

/// Why a feature has no value, in a sentence a user understands: "one grey level: correlation divides by 0".
public struct Reason: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
  CustomStringConvertible
{
  /// The sentence, lower case, without a full stop.
  public let text: String

  /// A reason in words.
  public init(_ text: String) { self.text = text }

  /// A reason written as a literal.
  public init(stringLiteral text: String) { self.text = text }

  /// The sentence.
  public var description: String { text }
}
