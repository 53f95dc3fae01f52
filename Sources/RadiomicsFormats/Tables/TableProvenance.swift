import RadiomicsCore

/// What the provenance beside a table says: how its columns were measured.
package struct TableProvenance {
  /// The table.
  package let table: String
  /// All of it.
  package let document: Setting.Value

  /// Nil if there is none.
  /// - Throws: `FormatError` or `SettingError` if it cannot be read.
  package init?(of table: String) throws {
    let path = provenancePath(for: table)
    guard WholeFile.exists(path) else { return nil }
    self.table = table
    document = try Setting.Value(json: WholeFile.bytes(of: path), file: path)
  }

  /// The file by which the table was harmonised, the last of several; nil of one as it was measured.
  package var harmonisation: String? {
    document["harmonisation"]?.asList?.last.map { $0["file"]?.asText ?? "another file" }
  }

  /// Images that rows were measured in, each with the name of its case.
  package var images: [(name: String, sha256: String)] {
    let cases = document["cases"]?.asList ?? [document]
    return cases.flatMap { own in
      (own["inputs"]?.asList ?? []).filter { $0["role"]?.asText == "image" }.compactMap { input in
        input["sha256"]?.asText.map { (name: own["case"]?.asText ?? input["file"]?.asText ?? "the image", sha256: $0) }
      }
    }
  }

  /// Names of the columns that it lists, in order.
  package var names: [String] { (document["columns"]?.asList ?? []).compactMap { $0["name"]?.asText } }

  /// What the columns that it lists are.
  package var measurands: [String: Measurand] {
    let columns = (document["columns"]?.asList ?? []).compactMap(Measurand.init(json:))
    return Dictionary(columns.map { ($0.column, $0) }) { first, _ in first }
  }
}

extension Measurand {
  /// Reads what tables and provenances write of a column; what is not said is empty. Nil without a name.
  package init?(json: Setting.Value) {
    guard let name = json["name"]?.asText else { return nil }
    let tag = json["feature"]?.asText ?? ""
    self.init(
      column: name, dialect: json["dialect"]?.asText ?? "", filter: json["filter"]?.asText ?? "",
      family: json["family"]?.asText ?? "",
      feature: Feature(
        tag, tag, ibsi: json["ibsi_code"]?.asText,
        scale: json["scale"]?.asText.flatMap(Scale.init(rawValue:)) ?? .ratio, ""),
      aggregation: json["aggregation"]?.asText, discretisation: json["discretisation"]?.asText,
      unit: json["unit"]?.asText ?? "", fingerprint: json["fingerprint"]?.asText ?? "")
  }

  /// Everything known about a column.
  package var json: JSON {
    .map([
      .init("name", .text(column)), .init("dialect", .text(dialect)), .init("filter", .text(filter)),
      .init("family", .text(family)), .init("feature", .text(feature.tag)),
      .init("ibsi_code", feature.ibsi.map { .text($0) } ?? .null),
      .init("aggregation", aggregation.map { .text($0) } ?? .null),
      .init("discretisation", discretisation.map { .text($0) } ?? .null), .init("unit", .text(unit)),
      .init("scale", .text(feature.scale.rawValue)), .init("fingerprint", .text(fingerprint)),
    ])
  }
}
