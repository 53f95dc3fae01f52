import RadiomicsCore
import RadiomicsNumerics

/// What the rows of one batch say of one feature in standardised units.
package struct BatchSample: Sendable, Hashable {
  /// Rows with a value.
  package let count: Int
  /// Their mean, and the sum of squared differences from it.
  package let mean: Double, squares: Double

  package init(count: Int, mean: Double, squares: Double) {
    (self.count, self.mean, self.squares) = (count, mean, squares)
  }

  /// With n − 1; nil of a single row.
  var variance: Double? { count > 1 ? squares / Double(count - 1) : nil }
}

/// A feature without what batches do to it: (y − mean − xβ)/√variance.
package struct StandardisedFeature: Sendable {
  /// At covariates of 0: batch means weighted by rows, or that of the reference batch.
  package let mean: Double
  /// One for each covariate.
  package let slopes: [Double]
  /// Within batches, divided by the rows, as sva has it; of the reference batch alone where there is one.
  package let variance: Double
  /// By batch.
  package let samples: [BatchSample]

  package init(mean: Double, slopes: [Double], variance: Double, samples: [BatchSample]) {
    (self.mean, self.slopes, self.variance, self.samples) = (mean, slopes, variance, samples)
  }
}

extension BatchDesign {
  /// A feature in standardised units, or why it has none. Johnson, Li and Rabinovic 2007, doi:10.1093/biostatistics/kxj037; with covariates
  /// Fortin et al. 2018, doi:10.1016/j.neuroimage.2017.11.024. Cells that are missing do not count: each pattern of them has normal
  /// equations of its own.
  package enum Standardisation: Sendable {
    case fitted(StandardisedFeature), left(Reason)
  }

  /// Standardises features; O(rows × (1 + covariates)) each.
  /// - `columns`: By feature, a number for each row, or nothing.
  /// - `reference`: The batch that others are brought to.
  /// - `names`: Of the batches, for reasons.
  package func standardised(_ columns: [[Double?]], reference: Int?, names: [String]) -> [Standardisation] {
    var known: [[Int]: (BatchEquations, [Int])] = [:]
    let all = places(of: whole)
    return columns.map { column in
      let missing = column.contains { $0 == nil } ? self.missing(column) : []
      guard !missing.isEmpty else { return standardised(column, whole, all, reference, names) }
      if known[missing] == nil {
        let absent = Set(missing)
        let equations = BatchEquations(codes.indices.filter { !absent.contains($0) }, codes, batchCount, covariates)
        known[missing] = (equations, places(of: equations))
      }
      let (equations, places) = known[missing]!
      return standardised(column, equations, places, reference, names)
    }
  }

  private func places(of equations: BatchEquations) -> [Int] {
    places.map { places in equations.rows.map { places[$0] } } ?? equations.rows
  }

  private func missing(_ column: [Double?]) -> [Int] {
    codes.indices.filter { column[places?[$0] ?? $0] == nil }
  }

  /// - `places`: Of the equations' rows in the column.
  private func standardised(
    _ column: [Double?], _ equations: BatchEquations, _ places: [Int], _ reference: Int?, _ names: [String]
  ) -> Standardisation {
    let starts = equations.starts
    if let batch = (0..<batchCount).first(where: { starts[$0] == starts[$0 + 1] }) {
      return .left(Reason("it has no value in batch '\(names[batch])'"))
    }
    guard equations.isSolvable else { return .left("covariates cannot be told apart in the rows where it has a value") }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: places.count) { y in
      // Differences from one value keep the digits of large numbers.
      let shift = column[places[0]]!
      column.withUnsafeBufferPointer { column in
        for (row, place) in places.enumerated() { y[row] = column[place]! - shift }
      }
      for batch in 0..<batchCount where starts[batch + 1] - starts[batch] > 1 {
        let first = y[starts[batch]]
        if y[starts[batch]..<starts[batch + 1]].allSatisfy({ $0 == first }) {
          return .left(Reason("it has one value in all rows of batch '\(names[batch])'"))
        }
      }
      return summary(equations, UnsafeBufferPointer(y), shift, reference)
    }
  }

  private func summary(
    _ equations: BatchEquations, _ y: UnsafeBufferPointer<Double>, _ shift: Double, _ reference: Int?
  ) -> Standardisation {
    let (levels, slopes, squares) = equations.fit(y), starts = equations.starts
    let counts = (0..<batchCount).map { starts[$0 + 1] - starts[$0] }, n = Double(y.count)
    let center =
      reference.map { levels[$0] } ?? zip(levels, counts).reduce(0) { $0 + $1.0 * Double($1.1) / n }
    let variance = reference.map { squares[$0] / Double(counts[$0]) } ?? squares.reduce(0, +) / n
    let size = y.reduce(0) { max($0, abs($1)) }
    guard variance > (size * 1e-14) * (size * 1e-14) else {
      return .left("batches and covariates explain all of it")
    }
    let samples = (0..<batchCount).map {
      BatchSample(
        count: counts[$0], mean: (levels[$0] - center) / variance.squareRoot(), squares: squares[$0] / variance)
    }
    return .fitted(
      StandardisedFeature(mean: center + shift, slopes: slopes, variance: variance, samples: samples))
  }
}
