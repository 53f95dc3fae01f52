import RadiomicsCore
import RadiomicsNumerics

/// Why a model cannot be made or fitted.
package struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// *place: what is, what must be, what to do.*
  package let description: String
  package init(_ description: String) { self.description = description }
}

extension Matrix {
  /// Refuses columns whose cubes, or the inverses of whose squares, would leave the range of numbers.
  package func check(_ names: [String]) throws(ModelError) {
    for (index, name) in names.enumerated() {
      let largest = column(index).reduce(0) { max($0, abs($1)) }
      guard largest > 1e100 || largest > 0 && largest < 1e-100 else { continue }
      throw ModelError(
        "'\(name)': has values up to \(shortText(largest)) in size, must be between 1e-100 and 1e100 to be computed with. Use another "
          + "unit, or a logarithm.")
    }
  }
}
