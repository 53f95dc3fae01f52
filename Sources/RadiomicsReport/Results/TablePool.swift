import RadiomicsCore
import RadiomicsFormats

/// What a provenance says of a column.
package struct ColumnDescription: Sendable {
  package let unit: String
  package let scale: Scale?
  package let family: String?, filter: String?, fingerprint: String?

  package init(unit: String, scale: Scale?, family: String?, filter: String?, fingerprint: String?) {
    (self.unit, self.scale, self.family, self.filter, self.fingerprint) = (unit, scale, family, filter, fingerprint)
  }
}

/// Rows of one or several wide tables under the header of the first.
struct TablePool {
  let table: CSV
  /// `file:line` of each row.
  let places: [String]
  /// Columns by name, as the first provenance lists them; nil if there is none.
  let described: [String: ColumnDescription]?

  /// - Throws: `StudyError` if a table is in the long layout, lacks a column of the first, or a column has another
  ///   fingerprint, with the first setting that differs.
  init(_ paths: [String]) throws {
    var table = CSV(header: [], rows: []), rows: [[String]] = [], places: [String] = []
    var first: (path: String, document: Setting.Value)?
    for path in paths {
      let next = try CSV(path: path)
      if Set(["feature", "value", "measurand"]).isSubset(of: next.header) {
        throw StudyError(
          "\(path): is in the long layout, must be wide: one column for each feature. Write it without --layout long.")
      }
      if path == paths[0] { table = next }
      let known = Dictionary(uniqueKeysWithValues: next.header.enumerated().map { ($1, $0) })
      let columns = try table.header.map { name in
        guard let column = known[name] else {
          throw StudyError(
            "\(path): has no column '\(name)', which \(paths[0]) has. Only tables with the same columns make one.")
        }
        return column
      }
      rows += next.rows.map { row in columns.map { row[$0] } }
      places += next.lines.map { "\(path):\($0)" }
      guard let document = try Self.provenance(of: path) else { continue }
      if let first { try Self.compare(first, (path, document)) } else { first = (path, document) }
    }
    self.table = CSV(header: table.header, rows: rows)
    self.places = places
    described = first.map { Self.described($0.document) }
  }

  private static func provenance(of path: String) throws -> Setting.Value? {
    let provenance = provenancePath(for: path)
    guard WholeFile.exists(provenance) else { return nil }
    return try Setting.Value(json: WholeFile.bytes(of: provenance), file: provenance)
  }

  private static func described(_ document: Setting.Value) -> [String: ColumnDescription] {
    var described: [String: ColumnDescription] = [:]
    for column in document["columns"]?.asList ?? [] {
      guard let name = column["name"]?.asText else { continue }
      described[name] = ColumnDescription(
        unit: column["unit"]?.asText ?? "", scale: column["scale"]?.asText.flatMap(Scale.init(rawValue:)),
        family: column["family"]?.asText, filter: column["filter"]?.asText,
        fingerprint: column["fingerprint"]?.asText)
    }
    return described
  }

  private static func compare(
    _ a: (path: String, document: Setting.Value), _ b: (path: String, document: Setting.Value)
  ) throws(StudyError) {
    let mine = described(a.document), theirs = described(b.document)
    let names = (a.document["columns"]?.asList ?? []).compactMap { $0["name"]?.asText }
    for name in names {
      guard let x = mine[name]?.fingerprint, let y = theirs[name]?.fingerprint, x != y else { continue }
      let recipes = (a.document["recipe"] ?? .null, b.document["recipe"] ?? .null)
      let setting = difference(recipes.0, recipes.1, at: "").map { " \($0.place) is \($0.a) and \($0.b)." } ?? ""
      throw StudyError(
        "\(a.path), \(b.path): the column '\(name)' was measured by different procedures, must be by one to be pooled.\(setting) "
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
