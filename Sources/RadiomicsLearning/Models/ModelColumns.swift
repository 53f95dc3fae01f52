import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// How rows become the columns of a model, as learnt from the rows that it is fitted to: levels of factors, knots of splines, centres,
/// ranges; none of the rows.
package struct ModelColumns: Sendable, Hashable, Codable {
  /// Between which values a column of numbers lay where the model was learnt.
  package struct Range: Sendable, Hashable, Codable {
    package let column: String
    /// Rounded outwards to half of the width's order of magnitude, so that no row's value is told.
    package let lowest: Double, highest: Double

    /// Nil unless there are two different numbers.
    init?(_ column: String, _ values: [Double]) {
      guard let low = values.min(), let high = values.max(), low < high else { return nil }
      // In halves of a power of ten.
      let power = log10(high - low).rounded(.down), unit = pow(10, abs(power))
      func rounded(_ value: Double, _ rule: FloatingPointRoundingRule) -> Double {
        power < 0 ? (2 * value * unit).rounded(rule) / (2 * unit) : (2 * value / unit).rounded(rule) * unit / 2
      }
      self.column = column
      (lowest, highest) = (rounded(low, .down), rounded(high, .up))
    }
  }

  /// The design.
  package let design: Design
  /// What is added to the linear predictor, and what rows are put into strata by.
  let offsets: [Formula.Expression], strata: [Formula.Expression]
  /// Of the columns of numbers.
  package let ranges: [Range]

  /// - `rows`: Those that the model is fitted to.
  init(_ formula: Formula, _ design: Design, _ rows: Table) {
    (self.design, offsets, strata) = (design, formula.offsets, formula.strata)
    var seen: Set<String> = []
    ranges = (formula.parts + formula.offsets).flatMap(\.columns).filter { seen.insert($0).inserted }.compactMap {
      name in
      guard case .numbers(let values)? = rows[name] else { return nil }
      return Range(name, values.compactMap { $0 })
    }
  }

  /// Names of the table's columns that are needed, each once.
  package var needed: [String] {
    var seen: Set<String> = []
    return (design.columns + (offsets + strata).flatMap(\.columns)).filter { seen.insert($0).inserted }
  }

  /// The design of rows, with their offsets and the names of their strata.
  /// - Throws: `ModelError` for a column that is not there, a missing value, or a level that was not there when the model was made.
  package func covariates(of table: Table) throws(ModelError) -> (
    design: Matrix, offset: [Double], strata: [String]
  ) {
    for name in needed {
      if table[name] == nil { _ = try table.numbers(name) }
      if let row = (0..<table.count).first(where: { table[name]!.isMissing($0) }) {
        throw ModelError.at(table.place(row), "'\(name)' is missing, must be given for a prediction.")
      }
    }
    var offset = [Double](repeating: 0, count: table.count)
    for expression in offsets {
      for (row, value) in try expression.numbers(table).enumerated() {
        guard let value else {
          throw ModelError.at(table.place(row), "offset '\(expression.text)' is no number, must be one.")
        }
        offset[row] += value
      }
    }
    let (codes, names) = try ModelFrame.groups(strata, table)
    return (try design.matrix(table), offset, codes.map { names[$0] })
  }

  /// The rows in which nothing is missing that is needed, nor what is computed of it.
  package func complete(_ table: Table) throws(ModelError) -> [Int] {
    var missing = [Bool](repeating: false, count: table.count)
    for name in needed where table[name] == nil { _ = try table.numbers(name) }
    for part in needed.map({ Formula.Expression.column($0) }) + design.expressions + offsets + strata {
      let values = try part.evaluate(table)
      for row in missing.indices where values.isMissing(row) { missing[row] = true }
    }
    return missing.indices.filter { !missing[$0] }
  }

  /// A warning for each column of which rows lie outside the range that the model was learnt in.
  package func findings(_ table: Table) -> [Finding] {
    ranges.compactMap { range in
      guard case .numbers(let values)? = table[range.column] else { return nil }
      let count = values.count { $0.map { $0 < range.lowest || $0 > range.highest } ?? false }
      guard count > 0 else { return nil }
      return Finding(
        .warning, range.column,
        "of \(count) of \(values.count) rows lies outside \(shortText(range.lowest)) to \(shortText(range.highest)), where the model was "
          + "learnt: it is extrapolated there.")
    }
  }
}
