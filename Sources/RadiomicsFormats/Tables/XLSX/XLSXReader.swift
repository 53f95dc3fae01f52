import RadiomicsCore

/// Workbooks of Excel 2007 and later (ECMA-376, Office Open XML), as tables of text.
package enum XLSX {
  /// A sheet has no more rows and columns (Excel's limits).
  static let mostRows = 1 << 20, mostColumns = 1 << 14
  private static let zip: [UInt8] = [0x50, 0x4B, 3, 4], ole: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

  /// Whether a file is to be read as a workbook: by what it begins with, or by its name.
  static func recognises(_ bytes: [UInt8], _ path: String) -> Bool {
    bytes.starts(with: zip) || bytes.starts(with: ole) || CSV.ending(of: path) == "xlsx"
  }

  /// The cells of a sheet from its first row with a value on, the header: as many in each row. Rows and columns without any
  /// value are left out. Numbers have the shortest text that reads back the same, dates are ISO 8601, truths TRUE or FALSE;
  /// formulas have the value that was saved.
  /// - Parameters:
  ///   - bytes: The file.
  ///   - path: Its name, for the error.
  ///   - sheet: The sheet's name; nil for the first one that is not hidden.
  /// - Returns: The rows, the sheet's row in which each stands, from 1, and the names of the sheets: that one, then the others that
  ///   are not hidden.
  /// - Throws: `FormatError` with the row of what cannot be read without a guess: merged cells, formulas without a value,
  ///   cells beside the header's columns.
  package static func rows(bytes: [UInt8], path: String, sheet: String? = nil) throws(FormatError) -> (
    rows: [[String]], lines: [Int], sheets: [String]
  ) {
    guard !bytes.starts(with: ole) else {
      let what = "it is an old workbook (.xls) or one with a password. Save it as .xlsx without password, or as CSV."
      throw FormatError(path, what)
    }
    guard bytes.starts(with: zip) else {
      throw FormatError(path, "the name says .xlsx and it is no workbook. Give it the ending of what it is: .csv?")
    }
    var workbook = try Workbook(bytes, path)
    return try workbook.rows(of: sheet)
  }

  /// The table of a workbook's sheet, by its name or the first that is not hidden, and the names of the sheets as `rows` has them.
  static func table(
    bytes: [UInt8], path: String, sheet: String? = nil
  ) throws(FormatError) -> (table: CSV, sheets: [String]) {
    let (rows, lines, sheets) = try rows(bytes: bytes, path: path, sheet: sheet)
    let header = try CSV.names(rows.first, path, line: lines.first ?? 1)
    return (CSV(header: header, rows: Array(rows.dropFirst()), lines: Array(lines.dropFirst())), sheets)
  }
}

/// A workbook that is being read.
private struct Workbook {
  private var archive: ZipArchive
  private let path: String
  private var relations: [(id: String, kind: String, target: String)] = []
  private var strings: [String] = [], styles: [CellStyle] = []
  private var worksheets: [(name: String, isHidden: Bool, part: String)] = []
  private var countsFrom1904 = false, hasStaleFormulas = false

  init(_ bytes: [UInt8], _ path: String) throws(FormatError) {
    (archive, self.path) = (try ZipArchive(bytes, path), path)
    try readRelations(of: "")
    guard let start = target("officeDocument"), start.hasSuffix(".xml"), var xml = try scanner(start, root: "workbook")
    else {
      throw FormatError(path, "it is a ZIP file and no workbook of Excel (.xlsx). Save the table as .xlsx or CSV.")
    }
    try readRelations(of: start)
    while let element = try xml.child(of: 1) {
      if element == "workbookPr" { countsFrom1904 = ["1", "true"].contains(try xml.attribute("date1904")) }
      if element == "calcPr" { hasStaleFormulas = ["1", "true"].contains(try xml.attribute("fullCalcOnLoad")) }
      while element == "sheets", try xml.child(of: 2) != nil {
        let isHidden = try xml.attribute("state") ?? "visible" != "visible", id = try xml.attribute("id") ?? ""
        if let part = target("worksheet", id) { worksheets.append((try xml.attribute("name") ?? "", isHidden, part)) }
      }
    }
    if let part = target("sharedStrings"), var xml = try scanner(part, root: "sst") {
      while try xml.child(of: 1) != nil { strings.append(unescaped(try runs(&xml))) }
    }
    if let part = target("styles"), var xml = try scanner(part, root: "styleSheet") { try readStyles(&xml) }
  }

  mutating func rows(of sheet: String?) throws(FormatError) -> (rows: [[String]], lines: [Int], sheets: [String]) {
    let chosen = worksheets.first { found in sheet.map { $0 == found.name } ?? !found.isHidden }
    guard let chosen, var xml = try scanner(chosen.part, root: "worksheet") else {
      let wanted = sheet.map { "sheet '\($0)'" } ?? "sheet that is not hidden"
      let names = worksheets.map { "'\($0.name)'" }.joined(separator: ", ")
      throw FormatError(path, "there is no \(wanted), must be one of \(names).")
    }
    var rows: [[String]] = [], lines: [Int] = [], line = 0
    while let element = try xml.child(of: 1) {
      while element == "sheetData", try xml.child(of: 2) != nil {
        let next = try xml.attribute("r").map { Int($0) ?? 0 } ?? line + 1
        guard next > line, next <= XLSX.mostRows else { throw error(line + 1, "the next row is \(next), must be more") }
        line = next
        let row = try row(line, &xml)
        if row.isEmpty { continue }
        if let header = rows.first, row.count > header.count {
          let column = columnName(row.count - 1)
          throw error(line, "the value '\(row.last!)' in column \(column) has no name in the header, row \(lines[0])")
        }
        rows.append(row)
        lines.append(line)
        guard rows.count * rows[0].count <= 1 << 27 else {
          throw error(line, "the table has too many cells. Save it as CSV")
        }
      }
      let places = element == "mergeCells" ? Dictionary(uniqueKeysWithValues: zip(lines, lines.indices)) : [:]
      while element == "mergeCells", try xml.child(of: 2) != nil {
        let area = try xml.attribute("ref") ?? ""
        guard let (column, line) = place(area.prefix { $0 != ":" }), let row = places[line].map({ rows[$0] }),
          column < row.count, !row[column].isEmpty
        else { continue }
        throw error(line, "the cells \(area) are merged, each must have its own value. Undo that, fill them in")
      }
    }
    // Columns without any value are left out.
    let used = (0..<(rows.first?.count ?? 0)).filter { column in
      rows.contains { column < $0.count && !$0[column].isEmpty }
    }
    let others = worksheets.filter { !$0.isHidden && $0.name != chosen.name }.map(\.name)
    return (rows.map { row in used.map { $0 < row.count ? row[$0] : "" } }, lines, [chosen.name] + others)
  }

  /// The values of the row that was just found, up to its last.
  private func row(_ line: Int, _ xml: inout XMLScanner) throws(FormatError) -> [String] {
    var values: [String] = [], column = -1
    while try xml.child(of: 3) != nil {
      let name = try xml.attribute("r") ?? columnName(column + 1) + "\(line)", cell = place(name[...])
      guard let cell, cell.row == line, cell.column > column, cell.column < XLSX.mostColumns else {
        throw error(line, "the cell '\(name)' is out of order. Save the workbook again")
      }
      column = cell.column
      let value = try value(name, line, &xml)
      if value.isEmpty { continue }
      values += repeatElement("", count: column - values.count) + [value]
    }
    return values
  }

  /// The text of the cell that was just found.
  private func value(_ name: String, _ line: Int, _ xml: inout XMLScanner) throws(FormatError) -> String {
    let type = try xml.attribute("t") ?? "n", style = try xml.attribute("s").flatMap { Int($0) } ?? 0
    var text = "", isFormula = false, isComputed = false
    while let element = try xml.child(of: 4) {
      if element == "v" { (isComputed, text) = (!hasStaleFormulas, try xml.text()) }
      if element == "is" { text = try runs(&xml) }
      if element == "f" { isFormula = true }
    }
    guard !isFormula || isComputed && (type == "str" || !text.isEmpty) else {
      throw error(line, "\(name) is a formula without a value. Open and save the workbook in a spreadsheet program")
    }
    let word = text.utf8.contains { $0 <= 32 } ? text.trimmed : text
    switch type {
    case "str", "inlineStr": return unescaped(text)
    case "n" where word.isEmpty: return ""
    case "e": return word
    case "d": return word.hasSuffix("T00:00:00") ? String(word.dropLast(9)) : word
    case "b" where ["0", "1", "true", "false"].contains(word): return word == "1" || word == "true" ? "TRUE" : "FALSE"
    case "s": if let index = Int(word), strings.indices.contains(index) { return strings[index] }
    default:
      // Neither the words nor the hexadecimal numbers that Swift reads.
      let isPlain = type == "n" && word.utf8.allSatisfy { $0 < 58 || $0 | 32 == UInt8(ascii: "e") }
      let style = styles.indices.contains(style) ? styles[style] : .number
      if isPlain, let number = Double(word), let text = style.text(number, countsFrom1904) { return text }
    }
    throw error(line, "\(name) holds '\(word)', which is nothing of the kind that its format says. Correct it")
  }

  /// The text of the runs of the string that was just found, without hints at its pronunciation.
  private func runs(_ xml: inout XMLScanner) throws(FormatError) -> String {
    let depth = xml.depth
    var text = ""
    while let element = try xml.child(of: depth) {
      if element == "t" { text += try xml.text() }
      while element == "r", let part = try xml.child(of: depth + 1) { if part == "t" { text += try xml.text() } }
    }
    return text
  }

  private mutating func readStyles(_ xml: inout XMLScanner) throws(FormatError) {
    var formats: [Int: CellStyle] = [:]
    while let element = try xml.child(of: 1) {
      while element == "numFmts" || element == "cellXfs", try xml.child(of: 2) != nil {
        let id = try xml.attribute("numFmtId").flatMap { Int($0) } ?? 0
        if element == "cellXfs" { styles.append(formats[id] ?? CellStyle(builtIn: id)) }
        if let format = try xml.attribute("formatCode") { formats[id] = CellStyle(format: format) }
      }
    }
  }

  private mutating func scanner(_ part: String, root: String? = nil) throws(FormatError) -> XMLScanner? {
    guard var xml = try archive.part(part).map({ XMLScanner($0, part: part, of: path) }) else { return nil }
    let name = try xml.child(of: 0)
    return root ?? name == name ? xml : nil
  }

  /// What a part refers to, with the last word of each kind: those of the strict and the transitional standard differ before.
  private mutating func readRelations(of part: String) throws(FormatError) {
    let folder = part.split(separator: "/").dropLast(), name = part.split(separator: "/").last ?? ""
    guard var xml = try scanner((folder + ["_rels", name + ".rels"]).joined(separator: "/")) else { return }
    while try xml.child(of: 1) != nil {
      let target = try xml.attribute("Target") ?? "", kind = try xml.attribute("Type")?.split(separator: "/").last ?? ""
      var steps = target.hasPrefix("/") ? [] : folder
      for step in target.split(separator: "/") where step != "." {
        if step == ".." { _ = steps.popLast() } else { steps.append(step) }
      }
      relations.append((try xml.attribute("Id") ?? "", String(kind), steps.joined(separator: "/")))
    }
  }

  private func target(_ kind: String, _ id: String? = nil) -> String? {
    relations.last { $0.kind == kind && (id ?? $0.id) == $0.id }?.target
  }

  /// `C7`: column 2, row 7.
  private func place(_ name: Substring) -> (column: Int, row: Int)? {
    let letters = name.utf8.prefix { (65...90).contains($0) }
    guard (1...3).contains(letters.count), let row = Int(name.dropFirst(letters.count)) else { return nil }
    return (letters.reduce(0) { 26 * $0 + Int($1) - 64 } - 1, row)
  }

  private func error(_ line: Int, _ what: String) -> FormatError { FormatError("\(path):\(line)", what + ".") }
}

/// Column 2: `C`.
func columnName(_ column: Int) -> String {
  (column < 26 ? "" : columnName(column / 26 - 1)) + String(Unicode.Scalar(UInt8(65 + column % 26)))
}
