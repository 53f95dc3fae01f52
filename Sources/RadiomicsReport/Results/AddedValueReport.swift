import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning

/// What a marker adds, as files: JSON, a table, a page.
package struct AddedValueReport: Sendable {
  /// What was found.
  package let result: AddedValue
  /// The table's name, and that of the table that the models are judged on.
  package let table: String, validation: String?

  /// Analyses a table.
  package init(
    _ path: String, outcome: AddedValue.Outcome?, _ predictions: AddedValue.Predictions, _ options: AddedValue.Options,
    validation: String? = nil
  ) throws {
    (table, self.validation) = (path, validation)
    result = try AddedValue(
      Table(path: path), outcome: outcome, predictions, options,
      validation: validation.map { try Table(path: $0) }
    )
  }

  /// The predictions as they were asked for.
  package var names: (base: String, extended: String) {
    switch result.predictions {
    case .formulas(let base, let extended), .columns(let base, let extended): (base, extended)
    }
  }

  /// All of it as JSON.
  package var json: Setting.Value {
    var entries: [Setting.Value.Entry] = [
      .init("format", .integer(1)), .init("table", .text(table)),
      .init("validation", validation.map { .text($0) } ?? .null), .init("outcome", .text(result.outcome)),
      .init("base", .text(names.base)), .init("extended", .text(names.extended)),
      .init("n", .integer(result.patients)), .init("rows", .integer(result.count)),
      .init("events", .integer(result.events)),
      .init("missing", .integer(result.missing)), .init("apparent", .flag(result.isApparent)),
      .init("confidence", .number(1 - result.options.alpha)),
    ]
    entries.append(
      result.options.horizon.map { .init("horizon", .number($0)) } ?? .init("event", .text(result.event)))
    if let models = result.models {
      for (name, model) in [("model0", models.base), ("model1", models.extended)] {
        let coefficients = zip(model.names, model.coefficients).map { Setting.Value.Entry($0, $1.setting) }
        entries.append(
          .init(name, .map([.init("coef", .map(coefficients)), .init("loglik", .number(model.logLikelihood))])))
      }
    }
    entries += result.groups.flatMap { group -> [Setting.Value.Entry] in
      guard group.reason == nil, group.name.hasPrefix("categorical") || group.name.hasSuffix("category") else {
        return [group].json
      }
      return [.init(group.name, .map(cut + group.statistics.json + tables))]
    }
    entries.append(.init("findings", .list(result.findings.map(\.json))))
    return .map(entries)
  }

  private var cut: [Setting.Value.Entry] { [.init("cut", .list(result.options.cuts.map { .number($0) }))] }

  private var tables: [Setting.Value.Entry] {
    guard let categories = result.categories else { return [] }
    return [("table_events", categories.events), ("table_nonevents", categories.others)].map { name, moves in
      .init(name, .list(moves.table.map { .list($0.map { .integer($0) }) }))
    }
  }

  /// One row for each number.
  package var csv: CSV {
    var rows: [[String]] = []
    for group in result.groups {
      if let reason = group.reason { rows.append([group.name, "", "", reason.text]) }
      for (name, cell) in group.statistics.flatMap(\.columns) {
        rows.append([group.name, name, cell.csv, cell.reason?.text ?? ""])
      }
    }
    return CSV(header: ["group", "statistic", "value", "reason"], rows: rows)
  }
}
