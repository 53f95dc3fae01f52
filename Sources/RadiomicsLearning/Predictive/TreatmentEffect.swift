import RadiomicsCore
import RadiomicsNumerics

/// By which factor a treatment changes hazard or odds.
package struct TreatmentEffect: Sendable, Hashable {
  /// The factor's logarithm and its standard error, or why there is none.
  package let logRatio: Cell, error: Cell

  init(_ logRatio: Double, _ error: Double) { (self.logRatio, self.error) = (.value(logRatio), .value(error)) }
  init(_ reason: Reason) { (logRatio, error) = (.undefined(reason), .undefined(reason)) }

  /// Both numbers, if there are any.
  package var numbers: (logRatio: Double, error: Double)? {
    if let value = logRatio.value, let spread = error.value { (value, spread) } else { nil }
  }

  private func cell(_ number: (Double, Double) -> Double) -> Cell {
    numbers.map { .value(number($0.logRatio, $0.error)) } ?? logRatio
  }

  /// The factor; 1 is no effect.
  package var ratio: Cell { cell { value, _ in exp(value) } }
  /// Wald's z.
  package var z: Cell { cell { $0 / $1 } }
  /// Wald's test, two-sided.
  package var p: Cell { cell { 2 * NormalDistribution().above(abs($0 / $1)) } }

  /// Wald's limits of the factor.
  package func limits(alpha: Double = 0.05) -> (lower: Cell, upper: Cell) {
    let z = NormalDistribution().quantile(1 - alpha / 2)
    return (cell { exp($0 - z * $1) }, cell { exp($0 + z * $1) })
  }
}

extension [TreatmentEffect] {
  /// `hr`, `lower`, `upper`, one of each for each effect.
  func statistics(_ name: String, alpha: Double) -> [Statistic] {
    let limits = map { $0.limits(alpha: alpha) }
    return [
      Statistic(name, map(\.ratio), "of treated over control"), Statistic("lower", limits.map(\.lower)),
      Statistic("upper", limits.map(\.upper)),
    ]
  }
}
