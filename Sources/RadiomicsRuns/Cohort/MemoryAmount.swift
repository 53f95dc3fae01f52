/// An amount of memory as people write it: `4GB`, `512M`, `1.5GiB`, `2000000`.
package struct MemoryAmount: Sendable, Hashable {
  /// Bytes.
  package let bytes: Int

  /// Reads a number with a unit: B, KB, MB, GB, TB are powers of 1000; K, M, G, T and KiB, MiB, GiB, TiB of 1024.
  /// Nil if it is none, or less than a megabyte.
  package init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text[digits.endIndex...].drop { $0 == " " }.lowercased()
    guard let number = Double(digits), number.isFinite else { return nil }
    let factor: Double
    if unit.isEmpty || unit == "b" {
      factor = 1
    } else if let letter = unit.first, let power = "kmgt".firstIndex(of: letter) {
      let exponent = "kmgt".distance(from: "kmgt".startIndex, to: power) + 1
      let bases = ["": 1024.0, "ib": 1024, "b": 1000]
      guard let base = bases[String(unit.dropFirst())] else { return nil }
      factor = (0..<exponent).reduce(1) { product, _ in product * base }
    } else {
      return nil
    }
    guard number * factor >= 1e6, number * factor < 1e18 else { return nil }
    bytes = Int(number * factor)
  }
}
