import RadiomicsCore

extension Table {
  /// Reads one or several wide tables into one, under the header of the first; rows stay in the order of the files. Columns that the
  /// provenance beside the first table lists get its measurands.
  /// - `sheets`: One for each table, that of a workbook; nil for the first that is not hidden. None for no wishes.
  /// - Throws: `FormatError` or `StudyError` if a table cannot be read, is in the long layout, lacks a column of the first, or has a
  ///   column with another fingerprint, with the first setting that differs.
  package init(
    pooling paths: [String], missing: MissingWords = .standard, sheets: [String?] = []
  ) throws {
    var tables: [Table] = [], known: TableProvenance?, first: TableProvenance?
    for (index, path) in paths.enumerated() {
      let table = try Table(file: path, missing: missing, sheet: sheets.isEmpty ? nil : sheets[index])
      if Set(["feature", "value", "measurand"]).isSubset(of: table.names) {
        throw StudyError.at(
          path, "is in the long layout, must be wide: one column for each feature. Write it in the wide layout.")
      }
      for (one, other, place, otherPlace) in tables.first.map({
        [($0, table, path, paths[0]), (table, $0, paths[0], path)]
      }) ?? [] {
        if let name = one.names.first(where: { other[$0] == nil }) {
          throw StudyError.at(
            place, "has no column '\(name)', which \(otherPlace) has. Only tables with the same columns make one.")
        }
      }
      tables.append(table)
      guard let provenance = try TableProvenance(of: path) else { continue }
      if path == paths[0] { first = provenance }
      if let known { try Self.compare(known, provenance) } else { known = provenance }
    }
    let pooled = tables.count == 1 ? tables[0] : Self.joined(tables)
    self = first.map { pooled.described(by: $0.measurands) } ?? pooled
  }

  /// Rows of one table after those of another, in the columns of the first.
  private static func joined(_ tables: [Table]) -> Table {
    let counts = tables.enumerated().flatMap { file, table in Array(repeating: file, count: table.count) }
    let source = Source(
      tables.flatMap(\.source.files), members: counts, lines: tables.flatMap(\.source.lines))
    var texts: [String: [String?]] = [:], odd: [OddCell] = []
    let columns = tables[0].names.map { name in
      let parts = tables.map { $0[name]! }
      if parts.allSatisfy({ if case .numbers = $0 { true } else { false } }) {
        if tables.contains(where: { $0.written(name) != nil }) { texts[name] = tables.flatMap { $0.labels(name)! } }
        return Column(
          name, .numbers(parts.flatMap { if case .numbers(let values) = $0 { values } else { [Double?]() } }))
      }
      let all = tables.flatMap { $0.labels(name)! }, column = ColumnTexts(all.map { $0 ?? "" })
      if let row = column.odd.first {
        odd.append(OddCell(place: Table([Column](), source: source).place(row), column: name, text: all[row] ?? ""))
      }
      return Column(name, .categories(all))
    }
    return Table(columns, source: source, oddCells: odd, texts: texts)
  }

  private static func compare(_ a: TableProvenance, _ b: TableProvenance) throws(StudyError) {
    let mine = a.measurands, theirs = b.measurands
    for name in a.names {
      guard let x = mine[name]?.fingerprint, let y = theirs[name]?.fingerprint, x != y, !x.isEmpty, !y.isEmpty else {
        continue
      }
      let recipes = (a.document["recipe"] ?? .null, b.document["recipe"] ?? .null)
      let setting = difference(recipes.0, recipes.1, at: "").map { " \($0.place) is \($0.a) and \($0.b)." } ?? ""
      throw StudyError.at(
        "\(a.table), \(b.table)",
        "the column '\(name)' was measured by different procedures, must be by one to be pooled.\(setting) "
          + "Extract both with one recipe.")
    }
  }

  /// The first setting in which two recipes differ; names and descriptions do not count.
  private static func difference(
    _ a: Setting.Value, _ b: Setting.Value, at place: String
  ) -> (place: String, a: String, b: String)? {
    if a == b { return nil }
    func inner(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }
    switch (a, b) {
    case (.map(let first), .map(let second)):
      var keys = first.map(\.key)
      keys += second.map(\.key).filter { !keys.contains($0) }
      for key in keys where !["name", "description", "format"].contains(key) || !place.isEmpty {
        if let found = difference(a[key] ?? .null, b[key] ?? .null, at: inner(key)) { return found }
      }
      return nil
    case (.list(let first), .list(let second))
    where first.count == second.count && first.contains { $0.asNumber == nil }:
      for (index, (x, y)) in zip(first, second).enumerated() {
        if let found = difference(x, y, at: "\(place)[\(index + 1)]") { return found }
      }
      return nil
    default: return (place, a == .null ? "not set" : a.description, b == .null ? "not set" : b.description)
    }
  }
}
