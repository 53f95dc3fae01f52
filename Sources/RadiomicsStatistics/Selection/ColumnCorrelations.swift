import RadiomicsCore
import RadiomicsNumerics

/// How a linear or monotone relation is measured.
package enum CorrelationKind: String, Sendable, Codable, CaseIterable {
  /// Of the values.
  case pearson
  /// Of their ranks, ties sharing the mean of theirs.
  case spearman
}

/// Columns with mean 0 and length 1, so that products are correlations.
package struct ColumnCorrelations: Sendable {
  /// Columns that do not vary are 0.
  let units: Matrix

  /// - `design`: Rows by columns; all finite.
  package init(_ design: Matrix, _ kind: CorrelationKind) {
    var units: [Double] = []
    units.reserveCapacity(design.elements.count)
    for j in 0..<design.columns {
      let column = design.column(j)
      units += Self.unit(kind == .spearman ? Self.ranks(column) : column)
    }
    self.units =
      design.columns == 0
      ? Matrix(rows: design.rows, columns: 0) : Matrix(columns: design.columns, elements: units)
  }

  /// A column with mean 0 and length 1; 0 if it does not vary.
  static func unit(_ column: [Double]) -> [Double] {
    guard let first = column.first, column.contains(where: { $0 != first }) else { return column.map { _ in 0 } }
    let center = pairwiseSum(column) / Double(column.count), off = column.map { $0 - center }
    let length = pairwiseSum(off.count) { off[$0] * off[$0] }.squareRoot()
    return length > 0 ? off.map { $0 / length } : off
  }

  /// Ranks from 1; equal values share the mean of theirs.
  package static func ranks(_ values: [Double]) -> [Double] {
    let order = ascendingOrder(of: values)
    var ranks = [Double](repeating: 0, count: values.count), begin = 0
    while begin < order.count {
      var end = begin
      while end < order.count, values[order[end]] == values[order[begin]] { end += 1 }
      for place in begin..<end { ranks[order[place]] = Double(begin + end + 1) / 2 }
      begin = end
    }
    return ranks
  }

  /// Of all columns with one.
  package func with(_ column: Int) -> [Double] {
    units.transposedTimes(units.column(column)).map { max(-1, min(1, $0)) }
  }

  /// Of all columns with another variable of the same rows.
  package func with(_ values: [Double], _ kind: CorrelationKind) -> [Double] {
    units.transposedTimes(Self.unit(kind == .spearman ? Self.ranks(values) : values)).map { max(-1, min(1, $0)) }
  }
}
