import RadiomicsCore

extension XLSX {
  /// A workbook of one sheet with a table.
  package static func bytes(header: [String], rows: [[String]], path: String) throws(FormatError) -> [UInt8] {
    var writer = try XLSXWriter(header: header, path: path)
    for row in rows { try writer.append(row) }
    return writer.bytes()
  }
}

/// A workbook of one sheet with a table, made row by row. Texts that are numbers as this program writes them become numbers;
/// all others stay texts and are never run as formulas. The same table has the same bytes.
package struct XLSXWriter {
  private let path: String
  private var sheet: [UInt8], line = 0

  /// - `path`: The file's name, for the error.
  /// - Throws: `FormatError` if the table is too large for a sheet.
  package init(header: [String], path: String) throws(FormatError) {
    self.path = path
    sheet = Array(sheetStart.utf8)
    guard header.count <= XLSX.mostColumns else { throw tooLarge("\(header.count) columns", XLSX.mostColumns) }
    try append(header)
  }

  /// Adds a row.
  /// - Throws: `FormatError` if the sheet has no room for it, or a cell none for its text.
  package mutating func append(_ row: [String]) throws(FormatError) {
    line += 1
    guard line <= XLSX.mostRows else { throw tooLarge("more rows", XLSX.mostRows) }
    var xml = "<row r=\"\(line)\">"
    for (column, text) in row.enumerated() where !text.isEmpty {
      let place = columnName(column) + "\(line)"
      guard text.utf16.count <= 32_767 else { throw tooLarge("\(text.utf16.count) characters in \(place)", 32_767) }
      xml += "<c r=\"\(place)\""
      if line > 1, isNumber(text) {
        xml += "><v>\(text)</v></c>"
      } else {
        // Only where it is needed, as R's openxlsx takes the attribute for text.
        let space = text.first!.isWhitespace || text.last!.isWhitespace ? " xml:space=\"preserve\"" : ""
        xml += " t=\"inlineStr\"><is><t\(space)>\(escaped(text))</t></is></c>"
      }
    }
    sheet += (xml + "</row>").utf8
    guard sheet.count < 0xFFFF_0000 else { throw tooLarge("\(sheet.count) bytes", 0xFFFF_0000) }
  }

  /// The workbook's bytes.
  package func bytes() -> [UInt8] {
    let texts = parts.map { ($0, Array((declaration + $1).utf8)) }
    return ZipArchive.bytes(texts + [("xl/worksheets/sheet1.xml", sheet + "</sheetData></worksheet>".utf8)])
  }

  private func tooLarge(_ what: String, _ limit: Int) -> FormatError {
    FormatError(path, "the table has \(what), a sheet holds \(limit) at most. Write it as .csv.")
  }
}

/// Whether a text is how this program writes a number.
private func isNumber(_ text: String) -> Bool {
  let endsWithDigit = text.utf8.last.map { (48...57).contains($0) } ?? false
  return endsWithDigit && Double(text).map { $0.isFinite && numberText($0) == text } ?? false
}

/// What XML cannot hold, and what would be read as such, as `_x000D_` (ECMA-376, part 1, 22.9.2.19).
private func escaped(_ text: String) -> String {
  var result = "", codes = text.unicodeScalars[...]
  while let code = codes.popFirst() {
    switch code {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case "_" where escapedScalar(codes) == nil: result += "_"
    case "\t", "\n", " "..."^", "`"..."\u{FFFD}", "\u{10000}"...: result.unicodeScalars.append(code)
    default:
      let digits = String(code.value, radix: 16, uppercase: true)
      result += "_x" + String(repeating: "0", count: 4 - digits.count) + digits + "_"
    }
  }
  return result
}

/// The same read back.
func unescaped(_ text: String) -> String {
  guard text.contains("_x") else { return text }
  var result = "", codes = text.unicodeScalars[...]
  while let code = codes.popFirst() {
    let scalar = code == "_" ? escapedScalar(codes) : nil
    result.unicodeScalars.append(scalar ?? code)
    if scalar != nil { codes = codes.dropFirst(6) }
  }
  return result
}

/// The character whose code follows a `_`: `x000D_`.
private func escapedScalar(_ codes: Substring.UnicodeScalarView) -> Unicode.Scalar? {
  let word = codes.prefix(6), digits = word.dropFirst().dropLast()
  guard word.count == 6, word.first == "x", word.last == "_", digits.allSatisfy(\.properties.isASCIIHexDigit) else {
    return nil
  }
  return UInt32(String(digits), radix: 16).flatMap(Unicode.Scalar.init)
}

/// All parts but the sheet, which begins with `sheetStart`: the header stays in sight.
private let parts: [(name: String, xml: String)] = [
  (
    "[Content_Types].xml",
    """
    <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
    <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
    \(contentType("workbook", "sheet.main"))\(contentType("worksheets/sheet1", "worksheet"))</Types>
    """
  ), ("_rels/.rels", relations("officeDocument", "xl/workbook.xml")),
  ("xl/_rels/workbook.xml.rels", relations("worksheet", "worksheets/sheet1.xml")),
  (
    "xl/workbook.xml",
    "<workbook \(main) xmlns:r=\"\(office)\"><sheets><sheet name=\"Table\" sheetId=\"1\" r:id=\"r0\"/></sheets></workbook>"
  ),
]
private let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
private let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
private let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
private let sheetStart = """
  \(declaration)<worksheet \(main)><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" \
  activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultColWidth="14" \
  defaultRowHeight="15"/><sheetData>
  """

private func contentType(_ part: String, _ kind: String) -> String {
  "<Override PartName=\"/xl/\(part).xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.\(kind)+xml\"/>"
}

private func relations(_ kind: String, _ part: String) -> String {
  """
  <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
  <Relationship Id="r0" Type="\(office)/\(kind)" Target="\(part)"/></Relationships>
  """
}
