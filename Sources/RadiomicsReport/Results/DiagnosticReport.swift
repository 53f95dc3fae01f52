import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// A diagnosis as files: JSON, a table, a page.
package struct DiagnosticReport: Sendable {
  /// What was found.
  package let diagnosis: Diagnosis
  /// The table's name, and that of the table that the model is judged on.
  package let table: String, validation: String?

  /// Analyses a table.
  /// - Parameter progress: Told how much of the model's limits is done, 0 to 1.
  package init(
    _ path: String, outcome: String, _ options: Diagnosis.Options, validation: String? = nil,
    progress: (Double) -> Void = { _ in }
  ) throws {
    (table, self.validation) = (path, validation)
    diagnosis = try Diagnosis(
      Table(path: path), outcome: outcome, options, validation: validation.map { try Table(path: $0) },
      progress: progress)
  }

  /// All of it as JSON.
  package var json: Setting.Value {
    var entries: [Setting.Value.Entry] = [
      .init("format", .integer(1)), .init("table", .text(table)),
      .init("validation", validation.map { .text($0) } ?? .null), .init("outcome", .text(diagnosis.outcome)),
      .init("event", .text(diagnosis.event)), .init("n", .integer(diagnosis.patients)),
      .init("rows", .integer(diagnosis.count)),
      .init("events", .integer(diagnosis.events)), .init("missing", .integer(diagnosis.missing)),
      .init("confidence", .number(1 - diagnosis.options.alpha)),
    ]
    entries.append(.init("markers", .list(diagnosis.markers.map(\.json))))
    entries.append(.init("comparisons", .list(diagnosis.comparisons.map(\.json))))
    if let model = diagnosis.model { entries.append(.init("model", model.json(diagnosis.limits))) }
    entries.append(
      .init(
        "predictions",
        .list(
          diagnosis.predictions.map { prediction in
            .map(
              [.init("predictions", .text(prediction.name)), .init("apparent", .flag(prediction.isApparent))]
                + prediction.groups.json)
          })))
    entries.append(.init("findings", .list(diagnosis.findings.map(\.json))))
    return .map(entries)
  }

  /// One row for each marker, and for each prediction.
  package var csv: CSV {
    let items =
      diagnosis.markers.map { ($0.name, [StatisticGroup("", $0.area)] + $0.cutoff) }
      + diagnosis.predictions.map { ($0.name, $0.groups.filter { $0.name != "decision_curve" }) }
    var names: [String] = [], rows: [[String: String]] = []
    for (_, groups) in items {
      var row: [String: String] = [:]
      for group in groups {
        for (name, cell) in group.statistics.flatMap(\.columns) {
          let full = group.name.isEmpty ? name : "\(group.name).\(name)"
          if !names.contains(full) { names.append(full) }
          row[full] = cell.csv
        }
      }
      rows.append(row)
    }
    return CSV(
      header: ["marker"] + names,
      rows: zip(items, rows).map { item, row in [item.0] + names.map { row[$0] ?? "" } })
  }
}

extension Diagnosis.Marker {
  fileprivate var json: Setting.Value {
    func list(_ values: [Double]) -> Setting.Value {
      .list(values.map { $0.isFinite ? .number($0) : .text($0 > 0 ? "Infinity" : "-Infinity") })
    }
    return .map(
      [.init("marker", .text(name))] + area.json + [
        .init("cutoff", .map(cutoff.json)), .init("roc_sens", list(roc.points.map(\.sensitivity))),
        .init("roc_spec", list(roc.points.map(\.specificity))),
        .init("roc_thresholds", list(roc.points.map(\.threshold))),
      ])
  }
}

extension Diagnosis.Comparison {
  fileprivate var json: Setting.Value {
    .map(
      [.init("test", .text(test)), .init("first", .text(first)), .init("second", .text(second))] + statistics.json)
  }
}

extension LogisticModel {
  /// Coefficients by name with errors, limits and tests.
  func json(_ limits: [(lower: Cell, upper: Cell)]) -> Setting.Value {
    let isClustered = clusteredCovariance != nil
    return .map([
      .init("method", .text(isFirth ? "firth" : "maximum likelihood")),
      .init("coef", .map(zip(names, coefficients).map { .init($0, $1.setting) })),
      .init("robust", .flag(isClustered)),
      .init("se", .map(zip(names, estimates.map(\.error)).map { .init($0, $1.setting) })),
      .init(
        isClustered ? "wald_ci" : "profile_ci",
        .map(zip(names, limits).map { .init($0, .list([$1.lower.setting, $1.upper.setting])) })),
      .init("deviance", .number(deviance)), .init("null_deviance", .number(-2 * nullLogLikelihood)),
      .init("aic", .number(aic)), .init("loglik", .number(logLikelihood)),
    ])
  }
}

extension Cell {
  /// A number, or null.
  var setting: Setting.Value { value.map { .number($0) } ?? .null }
}
