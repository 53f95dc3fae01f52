import RadiomicsCore

extension Table {
  /// Reads a wide table with a header, `.csv`, `.tsv` or `.xlsx`, for statistics. Rows come in the order of what they hold, so that
  /// no result depends on how the file is sorted.
  /// - Throws: `FormatError` if it is no table, `StudyError` if it has no rows, a name twice, or is in the long layout.
  package init(path: String, missing: MissingWords = .standard) throws {
    let table = try Table(file: path, missing: missing)
    guard table.count > 0 else {
      throw StudyError("\(path): has a header and no rows, must have one for each patient.")
    }
    if table["measurand"] != nil, table["value"] != nil {
      throw StudyError(
        "\(path): the table is in the long layout, must have one row for each patient. Write it by --layout wide.")
    }
    self = table.rows(table.contentOrder.rows)
  }
}
