import RadiomicsCore
import RadiomicsFormats

/// A table as PyRadiomics' script writes it: the batch file's own columns, then `diagnostics_…`, then features; CSV, JSON, or a
/// line of text for each value. A case that failed keeps its row.
package final class PyRadiomicsTable: TableSink {
  /// How it is written.
  package enum Format: String, Sendable, CaseIterable {
    case csv, json, txt
  }

  package static let takesAnyOrder = false

  /// What failed: number of the case from 1, and the reason.
  package private(set) var failures: [(number: Int, reason: String)] = []
  /// What was noticed, by number of the case.
  package private(set) var findings: [(number: Int, finding: Finding)] = []

  /// Names and texts of the columns that say what a case is, `Image` and `Mask` among them.
  private let cases: [[(name: String, text: String)]]
  private let parameters: PyRadiomicsParameters
  private let skipsUndefined: Bool
  private var names: [String] = [], diagnosticCount = 0
  private var rows: [[Value]?]

  /// A cell.
  private enum Value {
    case text(String)
    case number(Double)
    case undefined
  }

  /// - `skipsUndefined`: Whether values that are not defined are left out; in CSV they are empty then.
  package init(
    cases: [[(name: String, text: String)]], _ parameters: PyRadiomicsParameters, skipsUndefined: Bool = false
  ) {
    self.cases = cases
    self.parameters = parameters
    self.skipsUndefined = skipsUndefined
    rows = Array(repeating: nil, count: cases.count)
  }

  package func begin(_ header: TableHeader) throws {
    let diagnostics = header.texts.filter { $0.hasPrefix("diagnostics_") }
    names = diagnostics + header.measurands.map(\.column)
    diagnosticCount = diagnostics.count
  }

  package func append(_ rows: [TableRow], ofCase number: Int) throws {
    guard let row = rows.first else { return }
    findings += row.findings.map { (number + 1, $0) }
    guard row.status != .failed, row.cells.contains(where: { $0.value != nil }) else {
      return fail(number, row.cells.first?.reason?.text ?? row.reason ?? "no feature has a value")
    }
    self.rows[number] =
      row.texts.suffix(diagnosticCount).map { .text($0 ?? "") }
      + row.cells.map { $0.value.map(Value.number) ?? .undefined }
  }

  /// Puts the paths of maps in the place of features.
  package func append(maps: [(name: String, path: String)], _ texts: [String?], ofCase number: Int) {
    names = Array(names.prefix(diagnosticCount)) + maps.map(\.name)
    rows[number] = texts.map { .text($0 ?? "") } + maps.map { .text($0.path) }
  }

  /// Says that a case failed.
  package func fail(_ number: Int, _ reason: String) { failures.append((number + 1, reason)) }

  package func finish() throws {}

  /// The header's line, without its end.
  package var header: String { CSV(header: (cases.first ?? []).map(\.name) + names, rows: []).text().dropLastNewline }

  /// All that was added; as CSV with or without the header.
  package func text(_ format: Format, withHeader: Bool = true) -> String {
    switch format {
    case .csv: (withHeader ? header + "\n" : "") + cases.indices.map { csvRow($0) + "\n" }.joined()
    case .txt: cases.indices.map(lines).joined()
    case .json: Setting.Value.list(cases.indices.map(object)).json + "\n"
    }
  }

  /// Header and row of one case.
  package func csv(ofCase number: Int) -> String { header + "\n" + csvRow(number) + "\n" }

  private func csvRow(_ number: Int) -> String {
    let empty = names.map { _ in "" }
    let cells = rows[number].map { $0.map { written($0, skipped: "") } } ?? empty
    return CSV(header: cases[number].map(\.text) + cells, rows: []).text().dropLastNewline
  }

  private func lines(_ number: Int) -> String {
    entries(number).map { "Case-\(number + 1)_\($0.0): \(written($0.1, skipped: ""))\n" }.joined()
  }

  private func object(_ number: Int) -> Setting.Value {
    .map(
      entries(number).enumerated().map { index, entry in
        let (name, value) = entry
        switch value {
        case .number(let number): return .init(name, .number(number))
        case .undefined: return .init(name, .null)
        case .text(let text) where index < cases[number].count: return .init(name, .text(text))
        case .text(let text): return .init(name, parameters.diagnostic(name, text))
        }
      })
  }

  /// What a case has; only what names it if it failed.
  private func entries(_ number: Int) -> [(String, Value)] {
    let values = rows[number].map { Array(zip(names, $0)) } ?? []
    return cases[number].map { ($0.name, .text($0.text)) }
      + values.filter { if case .undefined = $0.1 { !skipsUndefined } else { true } }
  }

  private func written(_ value: Value, skipped: String) -> String {
    switch value {
    case .text(let text): text
    case .number(let number): "\(number)"
    case .undefined: skipsUndefined ? skipped : "nan"
    }
  }
}

extension PyRadiomicsParameters {
  /// A diagnostic's text as a value of JSON: settings, tuples and numbers as such.
  fileprivate func diagnostic(_ name: String, _ text: String) -> Setting.Value {
    switch name {
    case "diagnostics_Configuration_Settings": return writtenSettings
    case "diagnostics_Configuration_EnabledImageTypes": return writtenImageTypes
    case _ where name.hasSuffix("_Hash") || name.contains("_Versions_"): return .text(text)
    default: break
    }
    if text.hasPrefix("("), text.hasSuffix(")") {
      return .list(text.dropFirst().dropLast().split(separator: ", ").map { number(String($0)) })
    }
    return number(text)
  }

  private func number(_ text: String) -> Setting.Value {
    if let number = Int(text) { return .integer(number) }
    return Double(text).map { .number($0) } ?? .text(text)
  }
}

extension String {
  fileprivate var dropLastNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
