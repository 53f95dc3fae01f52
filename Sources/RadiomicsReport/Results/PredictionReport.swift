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
  private let inputs: [ResultProvenance.Input]
  /// Times, of a model of times; what is predicted for each row, in the file's order.
  private let moments: [Double], values: [[Double]]

  /// - `moments`: Times until which events count, for models of times.
  package init(
    _ saved: SavedModel, file: String, patients path: String, _ request: RowsRequest, times: Bool, at moments: [Double]
  ) throws {
    try saved.require(times: times)
    let (table, noticed) = try request.read([path])
    (model, self.table, self.saved, findings) = (
      file, path, saved, noticed + saved.findings(table) + saved.findings(at: moments)
    )
    inputs =
      ResultProvenance.Input.files(of: table, used: table.count) + [
        ResultProvenance.Input(file, sha256: try sha256(WholeFile.bytes(of: file)))
      ]
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

  /// For people and files.
  /// - `command`: The command line.
  package func report(command: GivenCommand? = nil) -> Report {
    var facts = Section(), side = Section()
    facts.places = .json
    facts.facts = [
      .init("table", .text(table)), .init("model", .text(model)),
      .init("kind", .text(type(of: saved.model.fitted).kind)), .init("formula", .text(saved.formula)),
    ]
    side.places = [.text, .page]
    side.table = TextTable(
      [head + columns] + zip(patients, values).map { $0 + $1.map { shortText($0) } },
      right: Set(head.count..<head.count + columns.count))
    let each = zip(patients, values).map { names, values in
      var section = Section()
      section.places = [.json, .table]
      section.row = names[0]
      section.rowTexts = zip(head, names).dropFirst().map { ($0, $1) }
      section.facts = zip(head, names).map { .init($0, .text($1)) }
      section.quantities = [StatisticGroup("", zip(columns, values).map { Statistic($0, $1) })]
      return section
    }
    var report = Report(
      "Predictions by \(Path.name(of: model))", [facts, side, Section("predictions", listing: each)],
      table: .rows(head[0]), findings: findings, provenance: ResultProvenance(inputs, command: command))
    report.question = [
      "What the model \(saved.formula) predicts for \(patients.count) patients of \(Path.name(of: table))."
    ]
    return report
  }
}

extension SavedModel {
  /// Reads a file.
  /// - Throws: `FormatError` if there is none, `ModelError` if it is no model.
  package init(path: String) throws { try self.init(WholeFile.bytes(of: path), path: path) }
}
