import RadiomicsCore

/// How the rows of an analysis are read: what says that a cell is empty, which tables are joined, which dates make a time.
package struct RowsRequest: Sendable {
  /// Words that say that a cell is empty, besides the usual ones.
  package var missing: [String] = []
  /// Tables whose columns are added, and the columns by which rows belong together.
  package var joined: [String] = [], keys: [String] = []
  /// What is done where several rows of a joined table have the same key.
  package var repeats = RepeatedKeys.refuse
  /// Columns of dates between which days are counted, and the name of the column that gets them.
  package var days: (from: String, to: String, name: String)?

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
    let words = MissingWords(and: missing)
    var table = try Table(pooling: paths, missing: words), findings: [Finding] = []
    for path in joined {
      let (result, report) = try table.joined(with: Table(pooling: [path], missing: words), by: keys, repeats: repeats)
      findings += report.findings(paths[0], path, table.count)
      table = result
    }
    if let days { table = try table.withDays(from: days.from, to: days.to, as: days.name) }
    return (table, findings)
  }
}

extension JoinReport {
  /// Who is lost, as sentences.
  /// - Parameters:
  ///   - first: The first table, of so many rows, and the second.
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
    return repeats + lost(onlyFirst, first, second) + lost(onlySecond, second, first) + [
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
