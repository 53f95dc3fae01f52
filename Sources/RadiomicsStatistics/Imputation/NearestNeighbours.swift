import RadiomicsCore
import RadiomicsNumerics

/// Missing values as means of the training rows nearest to a row. The distance of two rows is the mean square, over the columns that
/// both have, of differences in units of the training rows' standard deviations; columns that do not vary do not count. Troyanskaya et
/// al. 2001, doi:10.1093/bioinformatics/17.6.520; on columns in such units as scikit-learn's `KNNImputer`.
///
/// For instance of the rows (1, 10), (2, 20) and (9, 90) the two nearest to (1.4, –) are the first two: 15 is put there.
///
/// Without training rows there are no nearest ones: they are kept. O(rows · training rows · columns).
package struct NearestNeighbours: Sendable, Hashable, Codable {
  /// Training rows, column by column; nil where a value is missing.
  package let columns: [[Double?]]
  /// How many training rows count.
  package let count: Int

  /// - `columns`: Of training rows, of equal length, each with at least one value.
  /// - `count`: How many rows count, of those that have the column; all where fewer have it.
  package init(_ columns: [[Double?]], count: Int) {
    (self.columns, self.count) = (columns, count)
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    (columns, count) = (
      try parts.decode([[Double?]].self, forKey: .columns), try parts.decode(Int.self, forKey: .count)
    )
    guard count > 0, columns.allSatisfy({ $0.count == columns[0].count && $0.contains { $0 != nil } }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .columns, in: parts, debugDescription: "are of unequal length or empty, must have a value each")
    }
  }

  /// The columns of rows, with a value wherever one was missing.
  package func filled(_ rows: [[Double?]]) -> [[Double?]] {
    precondition(rows.count == columns.count, "the columns of the training rows")
    let factors = columns.map { column in
      let deviation = RadiomicsNumerics.variance(column.compactMap { $0 }).squareRoot()
      return deviation > 0 ? 1 / deviation : 0
    }
    let training = ScaledRows(columns, factors), own = ScaledRows(rows, factors)
    var filled = rows
    for row in 0..<own.count {
      let missing = rows.indices.filter { rows[$0][row] == nil }
      guard !missing.isEmpty else { continue }
      let distances = training.distances(to: own, row)
      for column in missing { filled[column][row] = mean(columns[column], distances) }
    }
    return filled
  }

  /// The mean of a column over the nearest rows that have it; over all if no row shares a column.
  private func mean(_ column: [Double?], _ distances: [Double?]) -> Double {
    let donors = zip(distances, column).compactMap { distance, value in
      value.flatMap { value in distance.map { (distance: $0, value: value) } }
    }
    guard !donors.isEmpty else { return RadiomicsNumerics.mean(column.compactMap { $0 }) }
    // Of equally near rows those with the smaller values, so that the rows' order decides nothing.
    let nearest = donors.sorted { ($0.distance, $0.value) < ($1.distance, $1.value) }.prefix(count).map(\.value)
    return RadiomicsNumerics.mean(nearest)
  }
}

/// Rows one after the other, in units of columns, with 0 where a value is missing.
private struct ScaledRows {
  let count: Int
  let width: Int
  /// Values, and 1 where there is one.
  private var values: [Double], known: [Double]

  init(_ columns: [[Double?]], _ factors: [Double]) {
    (count, width) = (columns.first?.count ?? 0, columns.count)
    values = [Double](repeating: 0, count: count * width)
    known = values
    for (j, column) in columns.enumerated() where factors[j] > 0 {
      for (row, value) in column.enumerated() {
        guard let value else { continue }
        values[row * width + j] = value * factors[j]
        known[row * width + j] = 1
      }
    }
  }

  /// Mean squares of differences of each row to one of others; nil without a common column.
  func distances(to others: ScaledRows, _ other: Int) -> [Double?] {
    (0..<count).map { row in
      var sum = 0.0, shared = 0.0
      for j in 0..<width {
        let both = known[row * width + j] * others.known[other * width + j]
        let difference = values[row * width + j] - others.values[other * width + j]
        sum += both * difference * difference
        shared += both
      }
      return shared > 0 ? sum / shared : nil
    }
  }
}
