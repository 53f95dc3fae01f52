import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension CombatStep {
  func labels(_ rows: Table) throws(ModelError) -> [String] { try rows.batchLabels(batch, "batch") }

  /// The batch of each row.
  private func codes(_ rows: Table) throws(ModelError) -> [Int] {
    let places = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) }), labels = try labels(rows)
    let unknown = Column.Values.levels(labels.filter { places[$0] == nil })
    guard unknown.isEmpty else {
      let count = labels.count { places[$0] == nil }
      throw ModelError.term(
        batch,
        "has \(unknown.map { "'\($0)'" }.joined(separator: ", ")) in \(count) row\(count == 1 ? "" : "s"), must be one of the "
          + "batches that were learnt: \(levels.joined(separator: ", ")).", .treatNewBatch)
    }
    return labels.map { places[$0]! }
  }

  /// Features of rows.
  /// - Throws: `ModelError` for one that is not there, or was measured by another procedure than the rows that were learnt from.
  func columns(_ rows: Table) throws(ModelError) -> [[Double?]] {
    var columns: [[Double?]] = []
    for (feature, fingerprint) in zip(features, fingerprints) {
      columns.append(try rows.numbers(feature))
      if let other = rows.column(feature)?.measurand?.fingerprint, !other.isEmpty, !fingerprint.isEmpty,
        other != fingerprint
      {
        throw ModelError.term(
          feature,
          "was measured by another procedure (\(other.prefix(8))) than the rows that the harmonisation was learnt from "
            + "(\(fingerprint.prefix(8))), must be by one. Extract both with one recipe.")
      }
    }
    return columns
  }

  func apply(_ rows: Table) throws(ModelError) -> Table {
    let codes = try codes(rows), columns = try columns(rows)
    let design = try covariates?.covariates(of: rows).design
    let intercepts = try subjects?.intercepts(rows)
    var harmonised: [[Double?]]
    if components == nil {
      harmonised = features.indices.map { feature in
        harmonise(feature, columns[feature], codes, design, intercepts)
      }
    } else {
      harmonised = covariance(columns, codes, design)
    }
    if let reference, components != nil {
      for feature in features.indices {
        for row in codes.indices where codes[row] == reference { harmonised[feature][row] = columns[feature][row] }
      }
    }
    return rows.replacing(Dictionary(uniqueKeysWithValues: zip(features, harmonised)))
  }

  /// α + xβ of rows, and the intercepts of their subjects.
  private func expected(
    _ feature: Int, _ count: Int, _ design: Matrix?, _ intercepts: [[Double]?]?
  ) -> [Double] {
    var expected = [Double](repeating: mean[feature], count: count)
    if let design {
      for (covariate, slopes) in slopes.enumerated() {
        let slope = slopes[feature], first = covariate * count
        design.elements.withUnsafeBufferPointer { elements in
          expected.withUnsafeMutableBufferPointer { expected in
            for row in 0..<count { expected[row] += slope * elements[first + row] }
          }
        }
      }
    }
    if let intercepts { for row in expected.indices { expected[row] += intercepts[row]?[feature] ?? 0 } }
    return expected
  }

  /// (y − α − xβ − γσ)/√δ + α + xβ; of the reference, and of batches without effects, as it is.
  private func harmonise(
    _ feature: Int, _ column: [Double?], _ codes: [Int], _ design: Matrix?, _ intercepts: [[Double]?]?
  ) -> [Double?] {
    let sd = variance[feature].squareRoot()
    let shifts = locations.map { $0[feature] * sd }, factors = scales.map { 1 / $0[feature].squareRoot() }
    let expected = expected(feature, column.count, design, intercepts)
    // What has no effect is handed through: y − c + c is not y.
    let isAsItIs = levels.indices.map { $0 == reference || shifts[$0] == 0 && factors[$0] == 1 }
    return [Double?](unsafeUninitializedCapacity: column.count) { result, filled in
      column.withUnsafeBufferPointer { column in
        expected.withUnsafeBufferPointer { expected in
          codes.withUnsafeBufferPointer { codes in
            for row in 0..<column.count {
              let batch = codes[row], value = column[row]
              guard let y = value, !isAsItIs[batch] else {
                result.initializeElement(at: row, to: value)
                continue
              }
              result.initializeElement(
                at: row, to: (y - expected[row] - shifts[batch]) * factors[batch] + expected[row])
            }
          }
        }
      }
      filled = column.count
    }
  }

  /// The same, and then the components of what is left.
  private func covariance(_ columns: [[Double?]], _ codes: [Int], _ design: Matrix?) -> [[Double?]] {
    let count = codes.count
    let residuals = residuals(columns, codes, design)
    let expected = features.indices.map { self.expected($0, count, design, nil) }
    var result = columns
    for row in 0..<count {
      let change = components!.change(residuals.map { $0[row] }, codes[row])
      for feature in features.indices {
        result[feature][row] = residuals[feature][row].map {
          ($0 + change[feature]) * variance[feature].squareRoot() + expected[feature][row]
        }
      }
    }
    return result
  }

  /// Residuals in standardised units after locations and scales are taken out, by feature.
  func residuals(_ columns: [[Double?]], _ codes: [Int], _ design: Matrix?) -> [[Double?]] {
    features.indices.map { feature in
      let sd = variance[feature].squareRoot(), expected = self.expected(feature, codes.count, design, nil)
      return zip(columns[feature].indices, columns[feature]).map { row, value in
        value.map {
          (($0 - expected[row]) / sd - locations[codes[row]][feature]) / scales[codes[row]][feature].squareRoot()
        }
      }
    }
  }
}
