import RadiomicsCore
import RadiomicsNumerics

extension ChainedEquations {
  /// Missing values drawn, as multiple imputation has it: in turn each column with missing values gets an equation from a sample with replacement of the
  /// rows that have it, and its missing values what that expects plus a residual drawn from that of the equation. One of several sets; equations of the
  /// last round fill other rows by what they expect. van Buuren 2018, Flexible Imputation of Missing Data, section 3.2 (`norm.boot`).
  /// - `columns`: Of training rows, of equal length, each with at least one value.
  /// - `generator`: Of random numbers, another one for each set.
  /// - Returns: The equations, and the columns with what was drawn.
  /// - Throws: `ModelError` if columns are combinations of others and there is no ridge.
  package static func drawn(
    _ columns: [[Double?]], _ settings: Settings = Settings(), by generator: SeededGenerator
  ) throws(ModelError) -> (equations: ChainedEquations, filled: [[Double]]) {
    var generator = generator
    let start = try ChainedEquations(columns, settings)
    let scales = start.equations.map { (mean: $0.mean, deviation: $0.deviation) }
    let known = columns.map { column in column.indices.filter { column[$0] != nil } }
    var units = zip(start.filled(columns), scales).map { column, scale in
      column.map { scale.deviation > 0 ? ($0! - scale.mean) / scale.deviation : 0 }
    }
    let holed = columns.indices.filter { known[$0].count < columns[$0].count && scales[$0].deviation > 0 }
    let order = ascendingOrder(of: holed.map { -Double(known[$0].count) }).map { holed[$0] }
    var equations = start.equations
    for _ in 0..<(order.isEmpty ? 0 : settings.drawnRounds) {
      for j in order {
        let predictors = equations[j].predictors,
          sample = known[j].map { _ in known[j][generator.below(known[j].count)] }
        let (constant, slopes) = try regression(
          units[j], predictors.map { units[$0] }, sample, max(settings.ridge, 1e-5))
        equations[j] = Equation(
          mean: scales[j].mean, deviation: scales[j].deviation, constant: constant, predictors: predictors,
          slopes: slopes)
        let equation = equations[j]
        func expected(_ row: Int) -> Double { equation.expected { units[$0][row] } }
        let squares = sample.reduce(0.0) { sum, row in
          let left = units[j][row] - expected(row)
          return sum + left * left
        }
        let spread = (squares / Double(max(1, sample.count - slopes.count - 1))).squareRoot()
        for row in units[j].indices where columns[j][row] == nil {
          units[j][row] = expected(row) + spread * generator.normal()
        }
      }
    }
    let filled = columns.indices.map { j in
      columns[j].indices.map { columns[j][$0] ?? scales[j].mean + scales[j].deviation * units[j][$0] }
    }
    return (ChainedEquations(equations: equations), filled)
  }
}
