import RadiomicsCore
import RadiomicsFormats

/// How a feature table is laid out in a file.
public enum TableLayout: String, Sendable, CaseIterable {
  /// One row for each region, one column for each measurand.
  case wide
  /// One row for each value, with everything known about it.
  case long

  /// Names of the columns.
  func columns(_ header: TableHeader) -> [String] {
    switch self {
    case .wide: header.texts + ["status", "reason", "warnings"] + header.measurands.map(\.column)
    case .long:
      header.texts + [
        "dialect", "layer", "filter", "family", "feature", "ibsi_code", "aggregation", "discretisation", "value",
        "unit",
        "status", "reason", "measurand",
      ]
    }
  }

  /// The lines that one row becomes: one, or one for each value. A case that failed is one line.
  /// - `guarded`: What is made of each text that is no number.
  func lines(_ row: TableRow, _ header: TableHeader, guarded: (String) -> String = { $0 }) -> [[String]] {
    let texts = row.texts.map { guarded($0 ?? "") }, reason = guarded(row.reason ?? "")
    switch self {
    case .wide:
      let cells =
        row.cells.isEmpty ? header.measurands.map { _ in "" } : row.cells.map { $0.value.map(numberText) ?? "" }
      return [texts + [row.status.rawValue, reason, guarded(row.warnings.joined(separator: " | "))] + cells]
    case .long:
      guard row.status != .failed else {
        return [texts + Array(repeating: "", count: 10) + [row.status.rawValue, reason, ""]]
      }
      return zip(header.measurands, row.cells).map { measurand, cell in
        texts + [
          measurand.dialect, measurand.layer, measurand.filter, measurand.family, measurand.feature.tag,
          measurand.feature.ibsi ?? "",
          measurand.aggregation ?? "", measurand.discretisation ?? "", cell.value.map(numberText) ?? "",
          measurand.unit, cell.value == nil ? "undefined" : "ok", cell.reason?.text ?? "", measurand.fingerprint,
        ]
      }
    }
  }

  /// A workbook of the rows. Texts in it are never run as formulas.
  /// - Throws: `FormatError` if it is too large for a sheet.
  func workbook(_ header: TableHeader, _ rows: [TableRow], path: String) throws(FormatError) -> [UInt8] {
    try XLSX.bytes(header: columns(header), rows: rows.flatMap { lines($0, header) }, path: path)
  }

  /// The objects that one row becomes: one, or one for each value.
  func objects(_ row: TableRow, _ header: TableHeader) -> [JSON] {
    switch self {
    case .wide:
      let texts = zip(header.texts, row.texts).map { JSON.Entry($0, $1.map { .text($0) } ?? .null) }
      let values = zip(header.measurands, row.cells).map { measurand, cell in
        JSON.Entry(measurand.column, cell.value.map { .number($0) } ?? .null)
      }
      return [
        .map(
          texts + [
            .init("status", .text(row.status.rawValue)), .init("reason", row.reason.map { .text($0) } ?? .null),
            .init("warnings", .list(row.warnings.map { .text($0) })), .init("features", .map(values)),
            .init("undefined", row.undefined(header)),
          ])
      ]
    case .long:
      let names = columns(header)
      return lines(row, header).map { line in
        .map(
          zip(names, line).map { name, text in
            .init(name, name == "value" ? Double(text).map { .number($0) } ?? .null : .text(text))
          })
      }
    }
  }
}

extension TableRow {
  /// What was noticed that may put values in question.
  fileprivate var warnings: [String] {
    findings.filter { $0.severity == .warning }.map { "\($0.plainPlace): \($0.message)" }
  }

  /// Column name → reason, for cells without a value.
  package func undefined(_ header: TableHeader) -> JSON {
    .map(
      zip(header.measurands, cells).compactMap { measurand, cell in
        cell.reason.map { .init(measurand.column, .text($0.text)) }
      })
  }
}

/// A text as spreadsheet programs show it and do not run it: with an apostrophe before what would begin a formula. Numbers stay.
func guardedAgainstFormulas(_ text: String) -> String {
  guard let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first), Double(text) == nil else {
    return text
  }
  return "'" + text
}
