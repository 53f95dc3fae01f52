import RadiomicsCore

/// What the columns of a table hold, one after the other.
package struct TableSummary: Sendable {
  /// A column.
  package struct Entry: Sendable {
    /// Its name, what it holds (`numbers`, `words`, `dates`), its unit.
    package let name: String, kind: String, unit: String
    /// Rows without value, and number of different values.
    package let missing: Int, distinct: Int
    /// Least, middle and largest number, or the most frequent words.
    package let values: String
    /// The fingerprint of what was measured, if it was.
    package let fingerprint: String
  }
  /// One for each column, in order.
  package let entries: [Entry]

  package init(_ table: Table) {
    entries = table.columns.map { column in
      let labels = table.labels(column.name)!, known = labels.compactMap { $0 }
      let kind: String, values: String
      switch column.values {
      case .numbers(let numbers):
        let sorted = numbers.compactMap { $0 }.sorted()
        kind = "numbers"
        values =
          sorted.isEmpty
          ? ""
          : [sorted[0], Self.median(sorted), sorted[sorted.count - 1]].map { shortText($0) }.joined(separator: " · ")
      case .categories:
        kind = !known.isEmpty && known.allSatisfy { ISODate($0) != nil } ? "dates" : "words"
        let counts = Dictionary(known.map { ($0, 1) }, uniquingKeysWith: +).sorted {
          ($1.value, $0.key) < ($0.value, $1.key)
        }
        values =
          counts.prefix(3).map { "\($0.key) (\($0.value))" }.joined(separator: " · ") + (counts.count > 3 ? " · …" : "")
      }
      return Entry(
        name: column.name, kind: kind, unit: column.measurand?.unit ?? "", missing: labels.count - known.count,
        distinct: Set(known).count, values: values, fingerprint: column.measurand?.fingerprint ?? "")
    }
  }

  private static func median(_ sorted: [Double]) -> Double {
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// One row for each column.
  package var csv: CSV {
    CSV(
      header: ["column", "kind", "missing", "distinct", "values", "unit"],
      rows: entries.map { [$0.name, $0.kind, "\($0.missing)", "\($0.distinct)", $0.values, $0.unit] })
  }

  /// The same as JSON.
  package var json: JSON {
    .map([
      .init("format", .integer(1)),
      .init(
        "columns",
        .list(
          entries.map { entry in
            .map([
              .init("name", .text(entry.name)), .init("kind", .text(entry.kind)),
              .init("missing", .integer(entry.missing)),
              .init("distinct", .integer(entry.distinct)), .init("values", .text(entry.values)),
              .init("unit", .text(entry.unit)),
              .init("fingerprint", entry.fingerprint.isEmpty ? .null : .text(entry.fingerprint)),
            ])
          })),
    ])
  }
}

extension Table {
  /// Where the rows of a joined table come from, and what its columns are.
  /// - `keys`: The columns by which it was joined, with commas.
  /// - `provenances`: What lay beside the tables: their recipes, each once, and modalities are handed on.
  package func joinProvenance(
    _ report: JoinReport, by keys: String, _ provenances: [TableProvenance] = []
  ) -> JSON {
    let recipes = provenances.recipes, modalities = provenances.modalities.sorted()
    let handed =
      (recipes.isEmpty ? [] : [JSON.Entry("recipes", .list(recipes))])
      + (modalities.isEmpty ? [] : [JSON.Entry("modalities", .list(modalities.map { .text($0) }))])
    return .map(
      [
        .init("format", .integer(1)),
        .init("software", .map([.init("name", .text("swift-radiomics")), .init("version", .text(radiomicsVersion))])),
        .init(
          "inputs",
          .list(source.files.map { .map([.init("path", .text($0.path)), .init("sha256", .text($0.sha256))]) })),
        .init(
          "join",
          .map([
            .init("by", .text(keys)), .init("rows", .integer(report.rows)), .init("matched", .integer(report.matched)),
            .init("only_first", .integer(report.onlyFirst.count)),
            .init("only_second", .integer(report.onlySecond.count)),
            .init("repeated", .integer(report.repeated.count)),
          ])),
        .init("columns", .list(columns.compactMap { $0.measurand?.json })),
      ] + handed)
  }
}
