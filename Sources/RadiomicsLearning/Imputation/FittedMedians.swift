import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Medians of training rows.
package struct FittedMedians: FittedTransform, Hashable {
  package struct Median: Sendable, Hashable, Codable {
    package let feature: String, value: Double
  }
  package let medians: [Median]

  init(medians: [Median]) { self.medians = medians }

  /// - Throws: `ModelError` for a feature that is not there, has words, or has no value.
  init(of rows: Table, _ features: [String]) throws(ModelError) {
    var medians: [Median] = []
    for name in features {
      let values = try rows.numbers(name).compactMap { $0 }.sorted()
      guard !values.isEmpty else {
        throw ModelError.at("'\(name)'", "no row has a value, must have one for its median. Leave the feature out.")
      }
      medians.append(Median(feature: name, value: (values[(values.count - 1) / 2] + values[values.count / 2]) / 2))
    }
    self.medians = medians
  }

  /// The rows with medians where a feature has no value; other columns as they are.
  /// - Throws: `ModelError` if a feature is not there or has words.
  package func apply(_ rows: Table) throws(ModelError) -> Table {
    var columns: [String: [Double?]] = [:]
    for median in medians {
      let values = try rows.numbers(median.feature)
      if values.contains(where: { $0 == nil }) { columns[median.feature] = values.map { $0 ?? median.value } }
    }
    return rows.replacing(columns)
  }
}
