/// What elimination is done with: doubles, or twice their precision where columns of very different size cancel.
@usableFromInline package protocol RealNumber: Sendable {
  init(_ value: Double)
  /// Rounded to a double.
  var double: Double { get }
  static prefix func - (a: Self) -> Self
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  func squareRoot() -> Self
}

extension RealNumber {
  @inlinable package static func += (a: inout Self, b: Self) { a = a + b }
  @inlinable package static func -= (a: inout Self, b: Self) { a = a - b }
  @inlinable package static func *= (a: inout Self, b: Self) { a = a * b }
  @inlinable package static func /= (a: inout Self, b: Self) { a = a / b }
}

extension Double: RealNumber {
  @inlinable package var double: Double { self }
}

/// An unevaluated sum of two doubles, about 31 digits. Dekker 1971, doi:10.1007/BF01397083; Hida, Li and Bailey 2001,
/// doi:10.1109/ARITH.2001.930115. Finite numbers only.
@frozen package struct DoubleDouble: RealNumber, Hashable {
  @usableFromInline let high: Double, low: Double

  @inlinable package init(_ value: Double) { (high, low) = (value, 0) }

  /// A sum whose second part is at most half a unit in the last place of the first, or becomes so.
  @inlinable init(_ a: Double, _ b: Double) {
    high = a + b
    low = b - (high - a)
  }

  @inlinable package var double: Double { high }

  @inlinable package static prefix func - (a: Self) -> Self { Self(-a.high, -a.low) }

  @inlinable package static func + (a: Self, b: Self) -> Self {
    let (sum, rest) = exactSum(a.high, b.high), (tail, end) = exactSum(a.low, b.low)
    let middle = Self(sum, rest + tail)
    return Self(middle.high, middle.low + end)
  }

  @inlinable package static func - (a: Self, b: Self) -> Self { a + -b }

  @inlinable package static func * (a: Self, b: Self) -> Self {
    let product = a.high * b.high, rest = (-product).addingProduct(a.high, b.high)
    return Self(product, rest + (a.high * b.low + a.low * b.high))
  }

  @inlinable package static func / (a: Self, b: Self) -> Self {
    let first = a.high / b.high
    var rest = a - Self(first) * b
    let second = rest.high / b.high
    rest -= Self(second) * b
    return Self(first, second) + Self(rest.high / b.high)
  }

  @inlinable package func squareRoot() -> Self {
    guard high > 0 else { return Self(high.squareRoot()) }
    let root = high.squareRoot()
    return Self(root, (self - Self(root) * Self(root)).high / (2 * root))
  }

  /// a + b and what rounding took from it. Knuth.
  @inlinable static func exactSum(_ a: Double, _ b: Double) -> (Double, Double) {
    let sum = a + b, part = sum - a
    return (sum, (a - (sum - part)) + (b - part))
  }
}
