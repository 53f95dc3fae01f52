import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Puts the median of training rows where a feature has no value.
package struct MedianImputation: Configurable, Transformer {
  /// Features that are filled; set by who reads the table.
  package var features: [String] = []

  package init() {}
  package static let name = "median"
  package static let summary = "Puts the median of training rows where a feature has no value."
  package static let reference = "van Buuren 2018, Flexible Imputation of Missing Data, section 1.3.3"
  package static let parameters: [Parameter<MedianImputation>] = []

  package func fit(_ rows: Table, seed: UInt64 = 1) throws(ModelError) -> FittedMedians {
    var medians: [FittedMedians.Median] = []
    for name in features {
      let values = try rows.numbers(name).compactMap { $0 }.sorted()
      guard !values.isEmpty else {
        throw ModelError.at("'\(name)'", "no row has a value, must have one for its median. Leave the feature out.")
      }
      let middle = (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
      medians.append(.init(feature: name, value: middle))
    }
    return FittedMedians(medians: medians)
  }
}

/// Medians of training rows.
package struct FittedMedians: FittedTransform, Hashable {
  package struct Median: Sendable, Hashable, Codable {
    package let feature: String, value: Double
  }
  package let medians: [Median]

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
