import RadiomicsCore
import RadiomicsNumerics

/// Readings of a crossed design with known variance components: y = mean + Σ u(term) + e, all normal, fixed by a seed.
package struct SimulatedReadings: Sendable {
  /// The factors with their levels: subject, and those asked for.
  package let factors: [Factor]
  /// The model that the readings follow.
  package let design: VarianceDesign
  /// The variances of the terms, then of the residual.
  package let variances: [Double]
  private let mean: Double

  /// A complete crossing of all factors.
  /// - `levels`: Number of levels of each factor, in order; the last one varies fastest over the rows.
  /// - `repeats`: Readings under the same conditions.
  /// - `terms`: Terms of the model with their variances.
  /// - `residual`: Variance of what is left.
  /// - Throws: `ComponentsError` if the model cannot be estimated from such rows.
  package init(
    levels: [(factor: String, count: Int)], repeats: Int = 1, terms: [(term: String, variance: Double)],
    residual: Double, mean: Double = 0
  ) throws(ComponentsError) {
    let rows = levels.reduce(repeats) { $0 * $1.count }
    var step = rows
    var factors: [Factor] = []
    for (name, count) in levels {
      step /= count
      let digits = String(count).count
      func text(_ number: Int) -> String {
        let figures = String(number + 1)
        return name.prefix(3) + String(repeating: "0", count: digits - figures.count) + figures
      }
      let names = (0..<count).map(text)
      factors.append(Factor(name: name, (0..<rows).map { [step] row in names[row / step % count] }))
    }
    self.factors = factors
    design = try VarianceDesign(factors, terms: terms.map(\.term))
    variances = terms.map(\.variance) + [residual]
    self.mean = mean
  }

  /// One column of readings.
  package func column(seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    var values = [Double](repeating: mean, count: design.count)
    for (term, variance) in zip(design.terms, variances) {
      let deviation = variance.squareRoot()
      let effects = term.levels.map { _ in deviation * generator.normal() }
      for (row, code) in term.codes.enumerated() { values[row] += effects[code] }
    }
    let deviation = variances[variances.count - 1].squareRoot()
    for row in values.indices { values[row] += deviation * generator.normal() }
    return values
  }
}
