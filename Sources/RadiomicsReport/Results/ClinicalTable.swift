import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning

extension Table {
  /// Reads a wide table with a header, `.csv` or `.tsv`. Rows come in the order of what they hold, so that no result depends
  /// on how the file is sorted.
  /// - Throws: `FormatError` if it is no table, `StudyError` if it has no rows, a name twice, or is in the long layout.
  package init(path: String) throws {
    let table = try CSV(path: path)
    guard !table.rows.isEmpty else {
      throw StudyError("\(path): has a header and no rows, must have one for each patient.")
    }
    if table.header.contains("measurand"), table.header.contains("value") {
      throw StudyError(
        "\(path): the table is in the long layout, must have one row for each patient. Write it by --layout wide.")
    }
    let order = table.contentOrder
    self.init(
      texts: table.header.enumerated().map { index, name in (name, order.map { table.rows[$0][index] }) }, path: path,
      lines: order.map { table.lines[$0] })
  }
}
