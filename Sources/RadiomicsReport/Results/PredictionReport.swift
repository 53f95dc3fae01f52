import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// What a model that was kept predicts of patients of whom no outcome is known.
package struct PredictionReport: Sendable {
  /// The model's file and the table's.
  package let model: String, table: String
  /// What was noticed.
  package let findings: [Finding]
  private let saved: SavedModel
  private let patients: [[String]], head: [String]
  /// Times, of a model of times; what is predicted for each row, in the file's order.
  private let moments: [Double], values: [[Double]]

  /// - Parameter moments: Times until which events count, for models of times.
  package init(_ saved: SavedModel, file: String, patients table: Table, at moments: [Double]) throws {
    (model, self.saved, findings) = (file, saved, saved.findings(table))
    self.table = table.source.files.first?.path ?? ""
    let found: [[Double]]
    switch saved.model {
    case .logistic(let model):
      self.moments = []
      found = try model.predict(table).map { [$0] }
    case .cox(let model):
      self.moments = moments
      let predictors = try model.predict(table), risks = try model.cumulativeHazards(table, at: moments)
      found = zip(predictors, risks).map { [$0] + $1.map { exp(-$0) } }
    case .fineGray(let model):
      self.moments = moments
      found = zip(try model.predict(table), try model.incidences(table, at: moments)).map { [$0] + $1 }
    }
    values = table.inFileOrder(found)
    let names = table.names.filter(IdentifyingColumns.contains)
    head = names.isEmpty ? ["row"] : names
    let labels = names.map { table.labels($0) ?? [] }
    patients =
      names.isEmpty
      ? values.indices.map { ["\($0 + 1)"] }
      : table.inFileOrder((0..<table.count).map { row in labels.map { $0[row] ?? "" } })
  }

  private var columns: [String] {
    switch saved.model {
    case .logistic: ["probability"]
    case .cox: ["predictor"] + moments.map { "survival_\(numberText($0))" }
    case .fineGray: ["predictor"] + moments.map { "cif_\(numberText($0))" }
    }
  }

  /// A row for each patient.
  package var csv: CSV {
    CSV(header: head + columns, rows: zip(patients, values).map { $0 + $1.map(numberText) })
  }

  /// The same, with the model.
  package var json: Setting.Value {
    .map([
      .init("format", .integer(1)), .init("table", .text(table)), .init("model", .text(model)),
      .init("kind", .text(type(of: saved.model.fitted).kind)), .init("formula", .text(saved.formula)),
      .init(
        "predictions",
        .list(
          zip(patients, values).map { names, values in
            .map(
              zip(head, names).map { .init($0, .text($1)) } + zip(columns, values).map { .init($0, .number($1)) })
          })),
      .init("findings", .list(findings.map(\.json))),
    ])
  }

  /// For people.
  package var rows: [[String]] {
    [head + columns] + zip(patients, values).map { $0 + $1.map { shortText($0) } }
  }
  /// Which of these columns are numbers.
  package var numberColumns: Set<Int> { Set(head.count..<head.count + columns.count) }
}

extension SavedModel {
  /// Reads a file.
  /// - Throws: `FormatError` if there is none, `ModelError` if it is no model.
  package init(path: String) throws { try self.init(WholeFile.bytes(of: path), path: path) }
}
