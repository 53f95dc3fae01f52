import RadiomicsCore
import RadiomicsNumerics

/// Rows in batches (scanners, sites, protocols), with covariates whose effects are kept: y = γ(batch) + xβ + e.
package struct BatchDesign: Sendable {
  /// The batch of each row, from 0, and how many there are.
  package let codes: [Int], batchCount: Int
  /// Rows by covariates; a matrix without columns where there are none.
  package let covariates: Matrix
  /// Where each row stands in the columns of features; nil where it is its own place.
  let places: [Int]?
  /// Least squares of all rows.
  let whole: BatchEquations

  package init(_ codes: [Int], batchCount: Int, covariates: Matrix, places: [Int]? = nil) {
    precondition(covariates.columns == 0 || covariates.rows == codes.count, "each row has its covariates")
    precondition(places.map { $0.count == codes.count } ?? true, "each row has its place")
    (self.codes, self.batchCount, self.covariates, self.places) = (codes, batchCount, covariates, places)
    whole = BatchEquations(codes.indices.map { $0 }, codes, batchCount, covariates)
  }

  /// Rows of each batch.
  package var counts: [Int] { (0..<batchCount).map { whole.starts[$0 + 1] - whole.starts[$0] } }

  /// Covariates that cannot be told from the batches or from those before them: what is left of them within batches is a combination
  /// of what is left of the others.
  package var confounded: [Int] {
    let kept = Set(whole.independent)
    return (0..<covariates.columns).filter { !kept.contains($0) }
  }
}

/// Least squares of the rows of one pattern of present cells: batch means, and slopes within batches by the normal equations of columns of
/// length 1, so that units do not matter.
struct BatchEquations: Sendable {
  /// Rows, batch after batch, and where each batch begins; one entry more than there are batches.
  let rows: [Int], starts: [Int]
  /// Covariates that are independent within batches.
  let independent: [Int]
  /// By batch, the covariates' means.
  private let means: [[Double]]
  /// By covariate, what is left of it within batches, in the order of `rows`, in units of `lengths`.
  private let centred: [[Double]], lengths: [Double]
  private let factor: Cholesky?

  init(_ present: [Int], _ codes: [Int], _ batchCount: Int, _ covariates: Matrix) {
    var members = [[Int]](repeating: [], count: batchCount)
    for row in present { members[codes[row]].append(row) }
    rows = members.flatMap { $0 }
    let starts = members.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    self.starts = starts
    var means = [[Double]](repeating: [], count: batchCount), centred: [[Double]] = [], lengths: [Double] = []
    for covariate in 0..<covariates.columns {
      var column: [Double] = []
      for (batch, members) in members.enumerated() {
        let values = members.map { covariates[$0, covariate] }, center = values.isEmpty ? 0 : mean(values)
        means[batch].append(center)
        // Equal values differ from nothing, whatever their mean rounds to.
        column += values.allSatisfy { $0 == values[0] } ? values.map { _ in 0 } : values.map { $0 - center }
      }
      // What varies within batches by ten millionths of what it varies at all is confounded with them but for noise, as R's lm has it.
      let all = rows.map { covariates[$0, covariate] }, level = all.isEmpty ? 0 : mean(all)
      let spread = pairwiseSum(all) { ($0 - level) * ($0 - level) }.squareRoot()
      var length = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if length <= 1e-7 * spread { (column, length) = (column.map { _ in 0 }, 0) }
      lengths.append(length)
      centred.append(length > 0 ? column.map { $0 / length } : column)
    }
    (self.means, self.centred, self.lengths) = (means, centred, lengths)
    let matrix = Matrix(columns: centred, rows: rows.count)
    independent = matrix.independentColumns(tolerance: 1e-9)
    factor = independent.count == centred.count && !centred.isEmpty ? Cholesky(matrix.gram()) : nil
  }

  /// Whether every covariate has a slope.
  var isSolvable: Bool { centred.isEmpty || factor != nil }

  /// Means of y at covariates of 0 by batch, slopes, and sums of squared residuals by batch; of values in the order of `rows`.
  func fit(_ y: UnsafeBufferPointer<Double>) -> (levels: [Double], slopes: [Double], squares: [Double]) {
    let batches = starts.count - 1
    var levels = [Double](repeating: 0, count: batches), squares = levels
    for batch in 0..<batches {
      levels[batch] = pairwiseSum(y[starts[batch]..<starts[batch + 1]]) / Double(starts[batch + 1] - starts[batch])
    }
    guard let factor else {
      for batch in 0..<batches {
        let level = levels[batch]
        squares[batch] = pairwiseSum(y[starts[batch]..<starts[batch + 1]]) { ($0 - level) * ($0 - level) }
      }
      return (levels, [], squares)
    }
    let products = centred.map { column in
      column.withUnsafeBufferPointer { column in
        (0..<batches).reduce(0.0) { sum, batch in
          let first = starts[batch], level = levels[batch]
          return sum + pairwiseSum(starts[batch + 1] - first) { column[first + $0] * (y[first + $0] - level) }
        }
      }
    }
    let scaled = factor.solve(products)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: y.count) { rest in
      for batch in 0..<batches {
        for row in starts[batch]..<starts[batch + 1] { rest[row] = y[row] - levels[batch] }
      }
      for (column, slope) in zip(centred, scaled) {
        column.withUnsafeBufferPointer { column in
          for row in 0..<column.count { rest[row] -= slope * column[row] }
        }
      }
      for batch in 0..<batches { squares[batch] = pairwiseSum(rest[starts[batch]..<starts[batch + 1]]) { $0 * $0 } }
    }
    let slopes = zip(scaled, lengths).map { $0 / $1 }
    for batch in 0..<batches { levels[batch] -= zip(means[batch], slopes).reduce(0) { $0 + $1.0 * $1.1 } }
    return (levels, slopes, squares)
  }
}
