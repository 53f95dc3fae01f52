import RadiomicsCore
import RadiomicsFormats

/// A feature table that was written earlier, read for statistics: its rows, and the columns that are features.
package struct MeasuredTable: Sendable {
  /// Where the feature columns came from, for people.
  package enum Choice: Sendable, Hashable {
    case provenance(String), selection(String), numeric
  }

  /// The path as given.
  package let path: String
  /// The rows that are used, in the order of what they hold.
  package let table: Table
  /// The feature columns, in the table's order; without measurand where nobody says what they are.
  package let features: [Column]
  /// How they were chosen.
  package let choice: Choice
  /// What was noticed.
  package let findings: [Finding]
  /// Number of rows.
  package var count: Int { table.count }

  /// Reads one or several wide tables (.csv, .tsv, .xlsx) into one; columns that were measured otherwise are not put together.
  /// Features are those of `selection`; else those that the provenance beside the first table lists; else every numeric column that
  /// is not `named` otherwise. Rows of failed cases are left out.
  /// - `hasFeatures`: Whether there must be features; without them `selection` does not count.
  /// - `recognised`: What a column is by its name alone.
  /// - Throws: `FormatError` or `StudyError` with a sentence that says what to do.
  package init(
    paths: [String], named: Set<String> = [], selection: FeatureSelection? = nil, hasFeatures: Bool = true,
    request: RowsRequest = RowsRequest(),
    recognised: (String) -> Measurand?
  ) throws {
    let path = paths[0], (pool, noticed) = try request.inFileOrder(paths)
    let order = pool.contentOrder(
      by: request.ordersByNames ? pool.columns.sorted { $0.name < $1.name } : pool.columns)
    let status = pool.labels("status")
    let rows = order.rows.filter { status?[$0] != "failed" }
    self.path = paths.joined(separator: ", ")
    var findings = noticed
    if rows.count < pool.count {
      findings.append(
        Finding(.warning, path, "\(pool.count - rows.count) rows are of failed cases; they are left out."))
    }
    guard !rows.isEmpty else { throw StudyError.at(path, "there are no rows with values, must be some.") }
    table = pool.rows(rows)
    let listed = pool.columns.filter { $0.measurand != nil }.map(\.name), names: [String]
    if !hasFeatures {
      (names, choice) = ([], .selection("none"))
    } else if let selection {
      let words = pool.columns.filter { if case .categories = $0.values { true } else { false } }.map(\.name)
      names = try selection.names(among: pool.names, of: path, except: named.union(words))
      choice = .selection(selection.source)
    } else if !listed.isEmpty, WholeFile.exists(provenancePath(for: path)) {
      (names, choice) = (listed, .provenance(provenancePath(for: path)))
    } else {
      names = pool.names.filter { !named.contains($0) && !IdentifyingColumns.contains($0) }
      choice = .numeric
    }
    var features: [Column] = []
    for name in names {
      let column = table.column(name)!
      guard case .numbers(let numbers) = column.values else {
        guard choice == .numeric else { throw StudyError(table.wordSentence(name)) }
        findings += pool.oddCell(of: name).map(Self.leftOut) ?? []
        continue
      }
      if choice == .numeric, numbers.allSatisfy({ $0 == nil }) { continue }
      features.append(
        Column(name, column.values, measurand: column.measurand ?? recognised(name), reasons: column.reasons))
    }
    findings += Self.repeated(pool, order.repeats)
    guard !features.isEmpty || !hasFeatures else {
      throw StudyError.at(path, "no column holds numbers, must have at least one feature.")
    }
    (self.features, self.findings) = (features, findings)
  }

  /// What a column calls each row.
  /// - Throws: `StudyError` if there is no such column, or it has nothing in a row.
  package func texts(_ name: String, for role: String) throws(StudyError) -> [String] {
    guard let labels = table.labels(name) else {
      throw StudyError.noColumn(name, in: path, names: table.names, ", which is named as \(role)")
    }
    var texts: [String] = []
    for (row, label) in labels.enumerated() {
      guard let label else { throw StudyError.at(table.place(row), "'\(name)' is empty, each row must have one.") }
      texts.append(label)
    }
    return texts
  }

  /// The numbers of a column; nil where a cell is empty.
  package func numbers(_ name: String, for role: String) throws(StudyError) -> [Double?] {
    switch table[name] {
    case .numbers(let numbers)?: return numbers
    case .categories?: throw StudyError(table.wordSentence(name))
    case nil:
      throw StudyError.noColumn(name, in: path, names: table.names, ", which is named as \(role)")
    }
  }

  /// Whether there is such a column.
  package func has(_ name: String) -> Bool { table[name] != nil }

  /// A column that holds mostly numbers was meant as one: what keeps it out.
  private static func leftOut(_ odd: Table.OddCell) -> [Finding] {
    [
      Finding(
        .warning, odd.place,
        "'\(odd.column)' is '\(odd.text)', which is no number; the column is left out. Empty the cell, or write NA.")
    ]
  }

  /// One finding for rows that are the same in every cell.
  private static func repeated(_ table: Table, _ repeats: [[Int]]) -> [Finding] {
    let again = repeats.flatMap { rows in rows.dropFirst().map { "\(table.place($0)) (as \(table.place(rows[0])))" } }
    guard let place = again.first else { return [] }
    let message =
      "\(again.count) row\(again.count == 1 ? " is" : "s are") the same as another in every cell, first \(place). One measurement that counts "
      + "twice looks like a perfect repeat. Name each table once."
    return [Finding(.warning, "rows", message)]
  }

  /// Subjects that differ but have the same values: as if one image were there under two names.
  /// - `subject`: Of each row used.
  func shared(_ subject: [String]) -> [Finding] {
    var first: [[Double?]: Int] = [:], again: [String] = []
    guard features.count > 1 else { return [] }
    for row in 0..<count {
      let values = features.map { $0.numbers[row] }
      guard values.count(where: { $0.map { $0 != $0.rounded() } ?? false }) > 1 else { continue }
      if let earlier = first[values] {
        if subject[row] != subject[earlier] {
          again.append("\(subject[earlier]) and \(subject[row]) (\(table.place(earlier)), \(table.place(row)))")
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
      "\(count): every numeric column without another role (\(features.prefix(4).map(\.name).joined(separator: ", "))"
        + "\(features.count > 4 ? ", …" : "")); a list of names chooses others."
    }
  }
}

extension Table {
  /// What stands in a column where a number must.
  fileprivate func wordSentence(_ name: String) -> String {
    let words = self[name]?.words ?? [],
      rows = words.indices.filter { words[$0].map { CellText($0).number == nil } ?? false }
    let row = rows.min { source.order($0, before: $1) } ?? 0
    return "\(place(row)): '\(name)' is '\(words[row] ?? "")', must be a number or empty."
  }
}

extension Column {
  /// The numbers; none of categories.
  package var numbers: [Double?] { if case .numbers(let numbers) = values { numbers } else { [] } }
}
