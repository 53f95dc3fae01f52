import RadiomicsCore

/// How the rows of an analysis are read: what says that a cell is empty, which tables are joined, which dates make a time.
package struct RowsRequest: Sendable {
  /// Words that say that a cell is empty, besides the usual ones.
  package var missing: [String] = []
  /// Sheets of workbooks: none for the first of each that is not hidden, one for the sheet of every workbook, or one for each workbook,
  /// in their order.
  package var sheets: [String] = []
  /// Tables whose columns are added, and the columns by which rows belong together.
  package var joined: [String] = [], keys: [String] = []
  /// What is done where several rows of a joined table have the same key.
  package var repeats = RepeatedKeys.refuse
  /// Columns of dates between which days are counted, and the name of the column that gets them.
  package var days: (from: String, to: String, name: String)?

  /// Whether rows are ordered by their columns' names, so that the order of columns decides nothing.
  package var ordersByNames = false

  /// The usual words, one table.
  package init() {}

  /// Reads one or several tables into one, rows in the order of what they hold, so that no result depends on how files are sorted.
  /// - Returns: The rows, and what was noticed.
  /// - Throws: `FormatError` or `StudyError` with a sentence that says what to do.
  package func read(_ paths: [String]) throws -> (table: Table, findings: [Finding]) {
    let (table, findings) = try inFileOrder(paths)
    guard table.count > 0 else {
      throw StudyError.at(paths[0], "has a header and no rows, must have one for each patient.")
    }
    return (table.rows(table.contentOrder.rows), findings)
  }

  /// The same in the order of the files.
  package func inFileOrder(_ paths: [String]) throws -> (table: Table, findings: [Finding]) {
    var (table, findings) = try joining(self.table(paths, before: joined), of: paths)
    if let days { table = try table.withDays(from: days.from, to: days.to, as: days.name) }
    return (table, findings + self.findings(table.source.files))
  }

  /// The rows of a table that was read from files, with the columns of the tables that are joined to it.
  package func joining(_ table: Table, of paths: [String]) throws -> (table: Table, findings: [Finding]) {
    var table = table, findings: [Finding] = []
    for (index, path) in joined.enumerated() {
      let other = try self.table([path], after: paths + joined[..<index], before: Array(joined[(index + 1)...]))
      let (result, report) = try table.joined(with: other, by: keys, repeats: repeats)
      findings += report.findings(paths[0], path, table.count)
      table = result
    }
    return (table, findings)
  }

  /// Reads one or several tables into one, as they are.
  /// - `earlier`: The tables that are named before them, and after them, to which sheets may belong.
  package func table(_ paths: [String], after earlier: [String] = [], before later: [String] = []) throws -> Table {
    try Table(
      pooling: paths, missing: MissingWords(and: missing), sheets: sheets(of: paths, after: earlier, before: later))
  }

  /// The sheet of each file; nil for the first that is not hidden.
  package func sheets(
    of paths: [String], after earlier: [String] = [], before later: [String] = []
  ) throws(StudyError) -> [String?] {
    func workbooks(_ paths: [String]) -> Int { paths.count { CSV.ending(of: $0) == "xlsx" } }
    let count = workbooks(earlier + paths + later)
    guard sheets.count < 2 || sheets.count == count else {
      throw StudyError.at(
        "sheets '\(sheets.joined(separator: "', '"))'",
        "are \(sheets.count), must be one, or one for each of \(count) workbooks."
      )
    }
    return paths.indices.map { index in
      let isWorkbook = CSV.ending(of: paths[index]) == "xlsx"
      return sheets.count < 2 ? sheets.first : isWorkbook ? sheets[workbooks(earlier + paths[..<index])] : nil
    }
  }

  /// What must be known of the files that were read: sheets that were passed over, and wishes that nothing met.
  package func findings(_ files: [Table.Source.File]) -> [Finding] {
    var findings: [Finding] = []
    for file in files where sheets.isEmpty && file.sheets.count > 1 {
      findings.append(
        Finding(
          .warning, file.path,
          "its sheet '\(file.sheets[0])' is read, as it is the first. There \(file.sheets.count > 2 ? "are" : "is") also "
            + "\(file.sheets.dropFirst().map { "'\($0)'" }.joined(separator: ", ")).",
          advice: .nameSheet))
    }
    if !sheets.isEmpty, files.allSatisfy(\.sheets.isEmpty), let file = files.first {
      findings.append(Finding(.warning, file.path, "is no workbook and has no sheet '\(sheets[0])', which is named."))
    }
    let met = files.reduce(into: Set()) { $0.formUnion($1.emptyWords) }, unmet = missing.filter { !met.contains($0) }
    if !unmet.isEmpty, let file = files.first {
      findings.append(
        Finding(
          .warning, file.path,
          "no cell says \(unmet.map { "'\($0)'" }.joined(separator: ", ")), which \(unmet.count == 1 ? "is" : "are") named as "
            + "\(unmet.count == 1 ? "a word" : "words") for nothing. Write it as the cells do."))
    }
    return findings
  }
}

extension JoinReport {
  /// Who is lost, as sentences.
  /// - `first`: The first table, of so many rows, and the second.
  package func findings(_ first: String, _ second: String, _ count: Int) -> [Finding] {
    func lost(_ keys: [String], _ from: String, _ to: String) -> [Finding] {
      guard !keys.isEmpty else { return [] }
      return [
        Finding(
          .warning, from,
          "\(keys.count) \(keys.count == 1 ? "is" : "are") not in \(to) and left out: \(keys.prefix(5).joined(separator: ", "))"
            + "\(keys.count > 5 ? ", …" : "").")
      ]
    }
    let alike = self.alike.first.map { pair in
      Finding(
        .warning, first,
        "\(self.alike.count) of \(onlyFirst.count) keys that are left out would match if they were written alike, such as '\(pair.first)' and "
          + "'\(pair.second)' in \(second).")
    }
    let again = repeated.isEmpty ? "" : "; \(repeated.count) of \(second) have several rows"
    let isRepeated = rows > count
    let repeats =
      isRepeated
      ? [
        Finding(
          .warning, first,
          "its rows are there several times, once for each row of \(second) with their key, and are not independent. Name the column of patients."
        )
      ] : []
    return repeats + lost(onlyFirst, first, second) + lost(onlySecond, second, first) + [alike].compactMap { $0 } + [
      Finding(.note, second, "\(matched) matched, \(rows) rows of \(count)\(again).")
    ]
  }
}

extension Table {
  /// Reads a wide table for statistics, as a `RowsRequest` without wishes does.
  package init(path: String) throws { self = try RowsRequest().read([path]).table }

  /// The table as texts: numbers in full precision or as they were written, nothing where a cell is empty.
  package var csv: CSV {
    let texts = names.map { labels($0)! }
    return CSV(header: names, rows: (0..<count).map { row in texts.map { $0[row] ?? "" } })
  }
}
