import RadiomicsCore
import RadiomicsFormats

/// A feature table that was written earlier, read for statistics: texts by column, and the columns that are features.
package struct MeasuredTable: Sendable {
  /// One column of features.
  package struct FeatureColumn: Sendable {
    /// Its name.
    package let name: String
    /// Symbol of its unit; empty if nobody says.
    package let unit: String
    /// Its kind of scale; nil if nobody says.
    package let scale: Scale?
    /// Family, filter and fingerprint where the provenance says.
    package let family: String?, filter: String?, fingerprint: String?
    /// Values by row; nil where there is none.
    package let values: [Double?]
  }

  /// Where the feature columns came from, for people.
  package enum Choice: Sendable, Hashable {
    case provenance(String), selection(String), numeric
  }

  /// The path as given.
  package let path: String
  /// Number of rows.
  package var count: Int { rows.count }
  /// The feature columns, in the table's order.
  package let features: [FeatureColumn]
  /// How they were chosen.
  package let choice: Choice
  /// What was noticed.
  package let findings: [Finding]
  private let table: CSV
  /// Where each row stands in its file.
  private let places: [String]
  /// Rows that are used, in the order of what they hold.
  private let rows: [Int]

  /// Reads a wide table (.csv, .tsv, .xlsx). Features are those of `selection`; else those that the provenance beside the table
  /// lists; else every numeric column that is not `named` otherwise. Rows of failed cases are left out.
  /// - Throws: `FormatError` or `StudyError` with a sentence that says what to do.
  package init(
    path: String, named: Set<String> = [], selection: FeatureSelection? = nil,
    recognised: (String) -> ColumnDescription?
  ) throws {
    try self.init(paths: [path], named: named, selection: selection, recognised: recognised)
  }

  /// Reads several tables into one. Columns that were measured otherwise are not put together.
  package init(
    paths: [String], named: Set<String> = [], selection: FeatureSelection? = nil,
    recognised: (String) -> ColumnDescription?
  ) throws {
    let pool = try TablePool(paths)
    let table = pool.table, path = paths[0], described = pool.described
    self.path = paths.joined(separator: ", ")
    self.table = table
    places = pool.places
    var findings: [Finding] = []
    let status = table.header.firstIndex(of: "status")
    rows = table.contentOrder.filter { row in status.map { table.rows[row][$0] != "failed" } ?? true }
    if rows.count < table.rows.count {
      findings.append(
        Finding(.warning, path, "\(table.rows.count - rows.count) rows are of failed cases; they are left out."))
    }
    guard !rows.isEmpty else { throw StudyError("\(path): there are no rows with values, must be some.") }
    let provenance = provenancePath(for: path)
    var names: [String]
    if let selection {
      names = selection.names
      choice = .selection(selection.path)
      let known = Set(table.header)
      for name in names where !known.contains(name) {
        throw StudyError(
          "\(path): has no column '\(name)', which \(selection.path) names." + didYouMean(name, among: table.header))
      }
    } else if let described, case let listed = table.header.filter({ described[$0] != nil }), !listed.isEmpty {
      names = listed
      choice = .provenance(provenance)
    } else {
      names = table.header.filter { !named.contains($0) && !IdentifyingColumns.contains($0) }
      choice = .numeric
    }
    let isGuess = choice == .numeric
    let columns = Dictionary(uniqueKeysWithValues: table.header.enumerated().map { ($1, $0) })
    var features: [FeatureColumn] = []
    for name in names {
      let column = columns[name]!
      guard let values = try Self.numbers(table, column, rows, places, isGuess: isGuess) else {
        findings += Self.strayTexts(table, column, rows, places)
        continue
      }
      let known = described?[name] ?? recognised(name)
      features.append(
        FeatureColumn(
          name: name, unit: known?.unit ?? "", scale: known?.scale, family: known?.family, filter: known?.filter,
          fingerprint: known?.fingerprint, values: values))
    }
    findings += Self.repeated(table, rows, places)
    guard !features.isEmpty else {
      throw StudyError("\(path): no column holds numbers, must have at least one feature.")
    }
    self.features = features
    self.findings = findings
  }

  /// The texts of a column in the rows used.
  /// - Throws: `StudyError` if there is no such column, or a text is empty.
  package func texts(_ name: String, for role: String) throws(StudyError) -> [String] {
    guard let column = table.header.firstIndex(of: name) else {
      throw StudyError(
        "\(path): has no column '\(name)', which \(role) names. It has: "
          + table.header.prefix(12).joined(separator: ", ") + (table.header.count > 12 ? ", …" : "") + "."
          + didYouMean(name, among: table.header))
    }
    var texts: [String] = []
    for row in rows {
      let text = table.rows[row][column].trimmed
      guard !text.isEmpty else {
        throw StudyError("\(places[row]): '\(name)' is empty, each row must have one.")
      }
      texts.append(text)
    }
    return texts
  }

  /// One finding for rows that are the same in every cell.
  private static func repeated(_ table: CSV, _ rows: [Int], _ places: [String]) -> [Finding] {
    var first: [[String]: Int] = [:], again: [String] = []
    for row in rows {
      if let earlier = first[table.rows[row]] {
        again.append("\(places[row]) (as \(places[earlier]))")
      } else {
        first[table.rows[row]] = row
      }
    }
    guard let place = again.first else { return [] }
    let message =
      "\(again.count) row\(again.count == 1 ? " is" : "s are") the same as another in every cell, first \(place). One measurement that counts "
      + "twice looks like a perfect repeat. Name each table once."
    return [Finding(.warning, "rows", message)]
  }

  /// Subjects that differ but have the same values: as if one image were there under two names.
  /// - Parameter subject: Of each row used.
  func shared(_ subject: [String]) -> [Finding] {
    var first: [[Double?]: Int] = [:], again: [String] = []
    guard features.count > 1 else { return [] }
    for row in 0..<count {
      let values = features.map { $0.values[row] }
      guard values.count(where: { $0.map { $0 != $0.rounded() } ?? false }) > 1 else { continue }
      if let earlier = first[values] {
        if subject[row] != subject[earlier] {
          again.append("\(subject[earlier]) and \(subject[row]) (\(places[rows[earlier]]), \(places[rows[row]]))")
        }
      } else {
        first[values] = row
      }
    }
    guard !again.isEmpty else { return [] }
    let more = again.count > 5 ? " and \(again.count - 5) more" : ""
    return [
      Finding(
        .warning, "subjects",
        "have the same value in every feature: \(again.prefix(5).joined(separator: ", "))\(more). One image under two names counts as two "
          + "subjects, and leaks from training to test.")
    ]
  }

  /// How the features were chosen, as a sentence.
  package var choiceText: String {
    let count = "\(features.count) feature\(features.count == 1 ? "" : "s")"
    return switch choice {
    case .provenance(let file): "\(count), the columns that \(file) lists."
    case .selection(let file): "\(count), those of \(file)."
    case .numeric:
      "\(count): every numeric column that no option names (\(features.prefix(4).map(\.name).joined(separator: ", "))"
        + "\(features.count > 4 ? ", …" : "")). --features FILE names others."
    }
  }

  /// Whether there is such a column.
  package func has(_ name: String) -> Bool { table.header.contains(name) }

  /// The numbers of a column in the rows used; nil where a cell is empty.
  package func numbers(_ name: String, for role: String) throws -> [Double?] {
    guard let column = table.header.firstIndex(of: name) else {
      throw StudyError("\(path): has no column '\(name)', which \(role) names." + didYouMean(name, among: table.header))
    }
    return try Self.numbers(table, column, rows, places, isGuess: false)!
  }

  /// Nil for a column that holds other things and is only guessed to be numeric.
  private static func numbers(
    _ table: CSV, _ column: Int, _ rows: [Int], _ places: [String], isGuess: Bool
  ) throws(StudyError) -> [Double?]? {
    var values: [Double?] = [], isEmpty = true
    values.reserveCapacity(rows.count)
    for row in rows {
      let text = table.rows[row][column]
      if let number = CellText(text).number {
        values.append(number)
        isEmpty = isEmpty && number == nil
      } else if isGuess {
        return nil
      } else {
        throw StudyError(
          "\(places[row]): '\(table.header[column])' is '\(text.trimmed)', must be a number or empty.")
      }
    }
    return isGuess && isEmpty ? nil : values
  }

  /// A column that holds mostly numbers was meant as one: what keeps it out.
  private static func strayTexts(_ table: CSV, _ column: Int, _ rows: [Int], _ places: [String]) -> [Finding] {
    let cells = rows.map { (row: $0, number: CellText(table.rows[$0][column]).number) }
    let known = cells.count { $0.number != nil && $0.number! != nil }, others = cells.filter { $0.number == nil }
    guard let first = others.map(\.row).min(), others.count < known else { return [] }
    return [
      Finding(
        .warning, places[first],
        "'\(table.header[column])' is '\(table.rows[first][column])', which is no number; the column is left out. Empty the cell, "
          + "or write NA.")
    ]
  }
}

/// A list of features that a study settled on: what `reliability` keeps, for `train` and others.
package struct FeatureSelection: Sendable {
  /// The file.
  package let path: String
  /// Names of the columns that are kept.
  package let names: [String]

  /// Reads a list: a table with the columns `feature` and, if it is there, `verdict` (rows with `keep` count), or one
  /// name a line.
  /// - Throws: `FormatError` or `StudyError` if it holds none.
  package init(path: String) throws {
    let isWorkbook = CSV.ending(of: path) == "xlsx", text = isWorkbook ? "" : try WholeFile.text(of: path)
    let first = text.split(whereSeparator: \.isNewline).first ?? ""
    if isWorkbook || first.contains(where: { ",;\t".contains($0) }) || first == "feature" || first.hasPrefix("sep=") {
      let table = try CSV(path: path)
      guard let name = table.header.firstIndex(of: "feature") else {
        throw StudyError("\(path): the table has no column 'feature', must have one, or hold one name a line.")
      }
      let verdict = table.header.firstIndex(of: "verdict")
      names = table.rows.filter { row in verdict.map { row[$0] == "keep" } ?? true }.map { $0[name] }
    } else {
      names = text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
        .filter { !$0.isEmpty && !$0.hasPrefix("#") }.map(String.init)
    }
    self.path = path
    guard !names.isEmpty else { throw StudyError("\(path): names no feature, must name at least one.") }
  }
}
