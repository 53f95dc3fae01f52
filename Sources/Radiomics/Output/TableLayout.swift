import RadiomicsCore
import RadiomicsFormats

/// How a feature table is laid out in a file.
public enum TableLayout: String, Sendable, CaseIterable {
  /// One row for each region, one column for each measurand.
  case wide
  /// One row for each value, with everything known about it.
  case long

  /// Header and rows.
  public func csv(of table: FeatureTable) -> CSV {
    switch self {
    case .wide: Self.wide(table)
    case .long: Self.long(table)
    }
  }

  private static func wide(_ table: FeatureTable) -> CSV {
    let header = table.columns.map(\.name)
    let rows = (0..<table.count).map { row in
      table.columns.map { column in
        switch column {
        case .measured(_, let cells): cells[row].value.map(numberText) ?? ""
        case .text(_, let texts): texts[row] ?? ""
        }
      }
    }
    return CSV(header: header, rows: rows)
  }

  private static func long(_ table: FeatureTable) -> CSV {
    let identifying = table.texts.filter { $0.name != "status" && $0.name != "reason" }
    let header =
      identifying.map(\.name) + [
        "dialect", "filter", "family", "feature", "ibsi_code", "aggregation", "discretisation", "value", "unit",
        "status", "reason", "measurand",
      ]
    var rows: [[String]] = []
    for row in 0..<table.count {
      let prefix = identifying.map { $0.values[row] ?? "" }
      for (measurand, cells) in table.measured {
        let cell = cells[row]
        rows.append(
          prefix + [
            measurand.dialect, measurand.filter, measurand.family, measurand.feature.tag,
            measurand.feature.ibsi ?? "", measurand.aggregation ?? "", measurand.discretisation ?? "",
            cell.value.map(numberText) ?? "", measurand.unit, cell.value == nil ? "undefined" : "ok",
            cell.reason?.text ?? "", measurand.fingerprint,
          ])
      }
    }
    return CSV(header: header, rows: rows)
  }
}

/// The format of a table's file, by the ending of its name.
public enum TableFormat: String, Sendable, CaseIterable {
  case csv, tsv, json

  /// The format that a path's ending names.
  public init(path: String) throws(StudyError) {
    let ending = path.split(separator: ".").last?.lowercased() ?? ""
    guard let format = Self(rawValue: ending), path.contains(".") else {
      throw StudyError("\(path): the table's format is unknown, the name must end in .csv, .tsv or .json.")
    }
    self = format
  }
}

extension FeatureTable {
  /// The table in the format that the path's ending names.
  public func text(for path: String, layout: TableLayout) throws(StudyError) -> String {
    switch try TableFormat(path: path) {
    case .csv: layout.csv(of: self).text()
    case .tsv: layout.csv(of: self).text(separator: "\t")
    case .json: json(layout).json + "\n"
    }
  }

  /// `format`, the columns' descriptions and one object for each row (`wide`), or one for each value (`long`).
  package func json(_ layout: TableLayout) -> Setting.Value {
    let rows: [Setting.Value]
    switch layout {
    case .long:
      let all = layout.csv(of: self)
      rows = all.rows.map { row in
        .map(
          zip(all.header, row).map { name, text in
            .init(name, name == "value" ? Double(text).map { .number($0) } ?? .null : .text(text))
          })
      }
    case .wide:
      rows = (0..<count).map { row in
        let identifying = texts.map { Setting.Value.Entry($0.name, $0.values[row].map { .text($0) } ?? .null) }
        let values = measured.map { measurand, cells in
          Setting.Value.Entry(measurand.column, cells[row].value.map { .number($0) } ?? .null)
        }
        return .map(identifying + [.init("features", .map(values)), .init("undefined", undefined(in: row))])
      }
    }
    return .map([
      .init("format", .integer(1)), .init("layout", .text(layout.rawValue)),
      .init("columns", .list(measured.map { $0.measurand.json })), .init("rows", .list(rows)),
    ])
  }

  /// Column name → reason, for cells without a value.
  func undefined(in row: Int) -> Setting.Value {
    .map(
      measured.compactMap { measurand, cells in
        cells[row].reason.map { .init(measurand.column, .text($0.text)) }
      })
  }
}

extension Measurand {
  /// Everything known about a column.
  var json: Setting.Value {
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
