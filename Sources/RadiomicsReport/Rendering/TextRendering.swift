import RadiomicsCore

extension Report {
  /// For the terminal: sections with headings have an empty line before them.
  package var text: String {
    sections.flatMap(Self.lines).reduce(into: "") { text, part in
      text += (part.isNew && !text.isEmpty ? "\n" : "") + part.text
    }
  }

  private static func lines(_ section: Section) -> [(text: String, isNew: Bool)] {
    guard section.places.contains(.text) else { return [] }
    let head = section.heading.isEmpty ? "" : section.heading + "\n", isNew = section.isNewBlock || !head.isEmpty
    let own =
      head + section.sentences.map { $0 + "\n" }.joined() + text(of: section.quantities)
      + (section.table.map { alignedColumns($0.rows, right: $0.right) } ?? "")
    return (own.isEmpty ? [] : [(own, isNew)]) + section.sections.flatMap(lines)
  }

  /// Groups one after the other, each in columns of its own.
  package static func text(of groups: [StatisticGroup]) -> String {
    groups.map { group in
      if let reason = group.reason { return "\(group.name)  undefined (\(reason.text))\n" }
      return text(of: group.statistics, under: group.name.isEmpty ? "" : "\(group.name).")
    }.joined()
  }

  /// One line for each statistic: name, values, unit, meaning or the reason why there is no value.
  package static func text(of statistics: [Statistic], under start: String = "", digits: Int = 6) -> String {
    alignedColumns(
      statistics.map { statistic in
        let values = statistic.cells.map { $0.value.map { shortText($0, digits: digits) } ?? "undefined" }
        let reasons = statistic.cells.compactMap(\.reason)
        return [
          start + statistic.name, values.joined(separator: " "), statistic.unit == "1" ? "" : statistic.unit,
          reasons.first.map { "(\($0))" } ?? statistic.meaning,
        ]
      }, right: [1])
  }
}

/// Rows in aligned columns; columns in `right` are aligned to the right.
package func alignedColumns(_ rows: [[String]], right: Set<Int> = []) -> String {
  guard let first = rows.first else { return "" }
  let widths = first.indices.map { column in rows.map { $0[column].count }.max()! }
  return rows.map { row in
    let cells = row.enumerated().map { column, text in
      let padding = String(repeating: " ", count: widths[column] - text.count)
      return right.contains(column) ? padding + text : text + padding
    }
    var line = cells.joined(separator: "  ")
    while line.hasSuffix(" ") { line.removeLast() }
    return line + "\n"
  }.joined()
}
