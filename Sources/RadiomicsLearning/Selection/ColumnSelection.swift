import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Which features stay, as learnt from training rows: names, and none of the rows.
package struct ColumnSelection: FittedTransform, Hashable {
  /// A feature that goes, and why.
  package struct Dropped: Sendable, Hashable, Codable {
    package let feature: String, reason: String
  }

  /// Features that stay, in the order of the choice.
  package let kept: [String]
  /// Those that go, in the table's order.
  package let dropped: [Dropped]

  /// The rows without the features that go; other columns as they are.
  /// - Throws: `ModelError` if a feature that stays is not there.
  package func apply(_ rows: Table) throws(ModelError) -> Table {
    for name in kept where rows[name] == nil { _ = try rows.numbers(name) }
    return rows.only(Set(rows.names).subtracting(dropped.map(\.feature)))
  }
}

/// A step that chooses features by what became of the rows, so that it may be fitted to training rows only.
package protocol Selector: Configurable {
  /// Features that are chosen from; set by who reads the table.
  var features: [String] { get set }
  /// Learns which features stay.
  /// - `patients`: A number for each row, equal for rows of the same patient; nil where each row is one.
  /// - `seed`: Where random numbers begin.
  /// - Throws: `ModelError` for a missing value, or an outcome that the step does not know.
  func fit(
    _ rows: Table, _ outcome: Outcome, patients: [Int]?, seed: UInt64
  ) throws(ModelError) -> ColumnSelection
}

extension Table {
  /// Numbers of features, rows by columns.
  /// - Throws: `ModelError` if one is not there, has words, or lacks a value.
  func design(of features: [String]) throws(ModelError) -> Matrix {
    var elements: [Double] = []
    elements.reserveCapacity(count * features.count)
    for name in features {
      for (row, value) in try numbers(name).enumerated() {
        guard let value else {
          throw ModelError.at(
            "\(place(row))",
            "'\(name)' is empty, must be a number for features to be chosen. Impute it before, or leave the row out."
          )
        }
        elements.append(value)
      }
    }
    return features.isEmpty
      ? Matrix(rows: count, columns: 0) : Matrix(columns: features.count, elements: elements)
  }
}

extension Outcome {
  /// Two values as 0 and 1, numbers, or of times the martingale residuals of a model without columns: 1 for an event less the cumulative
  /// hazard that the row lived through. Therneau, Grambsch and Fleming 1990, doi:10.1093/biomet/77.1.147.
  /// - Throws: `ModelError` for several kinds of events.
  func numbers(for step: String) throws(ModelError) -> [Double] {
    switch self {
    case .binary(let values): return values.map { $0 ? 1 : 0 }
    case .number(let values): return values
    case .survival(let times): return times.martingaleResiduals
    case .competing(let times): return times.martingaleResiduals
    }
  }

  /// As elastic nets take it.
  func forNet(_ ties: Ties = .efron) throws(ModelError) -> ElasticNet.Outcome {
    switch self {
    case .binary(let values): return .binomial(values)
    case .number(let values): return .gaussian(values)
    case .survival(let times): return .cox(times, ties: ties, strata: nil)
    case .competing(let times): return .fineGray(times, ties: ties)
    }
  }
}

/// Leaves features out that do not vary, or of which nearly all values are the same.
package struct VarianceFilter: Configurable, Transformer {
  package var features: [String] = []
  /// The share of rows that may have a feature's commonest value.
  package var share = 0.95

  package init() {}
  package static let name = "variance"
  package static let summary = "Leaves features out of which nearly all values are the same."
  package static let reference = "Kuhn 2008, doi:10.18637/jss.v028.i05"
  package static let parameters: [Parameter<VarianceFilter>] = [
    Parameter("share", \.share, in: 0...1, "The share of rows that may have a feature's commonest value.")
  ]

  package func fit(_ rows: Table, seed: UInt64 = 1) throws(ModelError) -> ColumnSelection {
    var kept: [String] = [], dropped: [ColumnSelection.Dropped] = []
    for name in features {
      let values = try rows.numbers(name).compactMap { $0 }
      let commonest = Dictionary(values.map { ($0, 1) }, uniquingKeysWith: +).values.max() ?? 0
      let part = values.isEmpty ? 1 : Double(commonest) / Double(values.count)
      if part < 1, part <= share {
        kept.append(name)
      } else {
        let why = values.isEmpty ? "no row has it" : "\(commonest) of \(values.count) values are the same"
        dropped.append(.init(feature: name, reason: why))
      }
    }
    return ColumnSelection(kept: kept, dropped: dropped)
  }
}

/// Keeps one feature of each group that correlates.
package struct CorrelationFilter: Configurable, Transformer {
  package var features: [String] = []
  /// Any two features of a group correlate by more than this in size.
  package var above = 0.9
  package var correlation = CorrelationKind.spearman

  package init() {}
  package static let name = "correlation"
  package static let summary = "Keeps of features that correlate the one that is most alike to the others."
  package static let reference = "Defays 1977, doi:10.1093/comjnl/20.4.364 (complete linkage)"
  package static let parameters: [Parameter<CorrelationFilter>] = [
    Parameter("above", \.above, in: 0...1, "Any two features of a group correlate by more than this in size."),
    Parameter("correlation", \.correlation, "Of values or of ranks."),
  ]

  package func fit(_ rows: Table, seed: UInt64 = 1) throws(ModelError) -> ColumnSelection {
    let clusters = CorrelationClusters(try rows.design(of: features), above: above, correlation)
    var reasons = [String?](repeating: nil, count: features.count)
    for (group, stands) in zip(clusters.groups, clusters.representatives) {
      for place in group where place != stands { reasons[place] = "'\(features[stands])' stands for it" }
    }
    return ColumnSelection(
      kept: features.indices.filter { reasons[$0] == nil }.map { features[$0] },
      dropped: features.indices.compactMap { place in
        reasons[place].map { .init(feature: features[place], reason: $0) }
      })
  }
}

extension CorrelationKind: ChoiceSetting {}
