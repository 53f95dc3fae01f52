import RadiomicsCore
import RadiomicsFormats

extension Report {
  /// The numbers as a table.
  package var csv: CSV {
    if let ownTable { return ownTable }
    let shown = sections.flatMap(Self.flattened).filter { $0.places.contains(.table) }
    switch tableForm {
    case .rows(let first): return Self.rows(shown, first)
    case .numbers: return Self.numbers(shown)
    }
  }

  /// A section, and those within it that go on with it in no row of their own.
  private static func flattened(_ section: Section) -> [Section] { [section] + section.sections.flatMap(flattened) }

  private static func rows(_ sections: [Section], _ first: String) -> CSV {
    let named = sections.filter { $0.row != nil }
    var names: [String] = [], places: [String: Int] = [:]
    let cells = named.map { section in
      columns(section).map { name, text in
        if places[name] == nil {
          places[name] = names.count
          names.append(name)
        }
        return (places[name]!, text)
      }
    }
    let rows = zip(named, cells).map { section, cells in
      var row = [String](repeating: "", count: names.count)
      for (place, text) in cells { row[place] = text }
      return [section.row!] + section.rowTexts.map(\.text) + row
    }
    return CSV(header: [first] + (named.first?.rowTexts.map(\.column) ?? []) + names, rows: rows)
  }

  /// Columns of a section and of its parts.
  private static func columns(_ section: Section) -> [(String, String)] {
    let start = section.isGroup ? "\(section.id)." : ""
    let own = section.quantities.flatMap { group in
      group.statistics.flatMap(\.columns).map {
        (start + (group.name.isEmpty ? $0.name : "\(group.name).\($0.name)"), $0.cell.csv)
      }
    }
    return own + section.sections.filter { $0.places.contains(.table) }.flatMap(columns)
  }

  private static func numbers(_ sections: [Section]) -> CSV {
    var rows: [[String]] = []
    for section in sections {
      for group in section.quantities {
        let name = group.name.isEmpty ? section.id : group.name
        if let reason = group.reason { rows.append([name, "", "", reason.text]) }
        for (column, cell) in group.statistics.flatMap(\.columns) {
          rows.append([name, column, cell.csv, cell.reason?.text ?? ""])
        }
      }
    }
    return CSV(header: ["group", "statistic", "value", "reason"], rows: rows)
  }
}
