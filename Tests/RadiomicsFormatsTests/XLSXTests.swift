import Foundation
import RadiomicsCore
import RadiomicsFormats
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// A file of Tests/Data/tables, and what is in it.
private func fixture(_ name: String) throws -> [UInt8] {
  Array(try Data(contentsOf: ReferenceData.project.appendingPathComponent("Tests/Data/tables/\(name).xlsx")))
}

private func table(_ name: String) throws -> CSV { try CSV(bytes: try fixture(name), path: "\(name).xlsx") }

private func refusal(_ bytes: [UInt8], _ path: String = "t.xlsx", sheet: String? = nil) -> String {
  #expect(throws: FormatError.self) { try XLSX.rows(bytes: bytes, path: path, sheet: sheet) }?.description ?? ""
}

/// A workbook with this content of `sheetData`, and what else is given.
private func workbook(
  _ rows: String, after: String = "", styles: String = "", strings: String = "", settings: String = "",
  sheets: String = "<sheet name='S' sheetId='1' r:id='a'/>", doctype: String = "", prefix: String = ""
) -> [UInt8] {
  let name = prefix.isEmpty ? "" : prefix + ":"
  let relation = "Type='http://purl.oclc.org/ooxml/officeDocument/relationships/"
  let parts = [
    (
      "_rels/.rels",
      "<Relationships><Relationship Id='x' \(relation)officeDocument' Target='/xl/workbook.xml'/></Relationships>"
    ),
    ("xl/workbook.xml", "<workbook>\(settings)<sheets>\(sheets)</sheets></workbook>"),
    (
      "xl/_rels/workbook.xml.rels",
      """
      <Relationships><Relationship Id='a' \(relation)worksheet' Target='sheets/../sheets/one.xml'/>
      <Relationship Id='b' \(relation)worksheet' Target='sheets/two.xml'/>
      <Relationship Id='c' \(relation)styles' Target='styles.xml'/>
      <Relationship Id='d' \(relation)sharedStrings' Target='strings.xml'/></Relationships>
      """
    ),
    ("xl/styles.xml", "<styleSheet>\(styles)</styleSheet>"), ("xl/strings.xml", "<sst>\(strings)</sst>"),
    (
      "xl/Sheets/ONE.xml",
      "\(doctype)<\(name)worksheet><\(name)sheetData>\(rows)</\(name)sheetData>\(after)</\(name)worksheet>"
    ),
    ("xl/sheets/two.xml", "<worksheet><sheetData><row><c><v>2</v></c></row></sheetData></worksheet>"),
  ]
  return ZipArchive.bytes(parts.map { ($0, Array($1.utf8)) })
}

/// The one row of a sheet with these cells.
private func row(_ cells: String, styles: String = "", strings: String = "", settings: String = "") throws -> [String] {
  let bytes = workbook("<row>\(cells)</row>", styles: styles, strings: strings, settings: settings)
  return try XLSX.rows(bytes: bytes, path: "t.xlsx").rows.first ?? []
}

@Suite struct XLSXReadingTests {
  /// The same sheet as openpyxl wrote it, and as LibreOffice did from that. Both cut numbers: to 16 and 15 digits.
  @Test(arguments: [("openpyxl", "1.234567890123457e+16"), ("libreoffice", "1.23456789012346e+16")])
  func kindsOfCells(name: String, long: String) throws {
    let table = try table(name)
    #expect(table.header == ["subject", "value", "date", "time", "seen", "ok", "note", "error"])
    #expect(
      table.rows == [
        ["007", "0.1", "2024-03-01", "12:30:00", "2024-03-01T12:30:00", "TRUE", " a <b> & 'c' ", "#N/A"],
        ["Ünïcode 😀", "0.3", "1900-01-01", "00:00:01", "1999-12-31T23:59:59.500", "FALSE", "two\nlines", ""],
        ["3", "-1.5e-300", "1900-03-01", "", "", "", "rich bold text", "#DIV/0!"],
        ["last", long, "2000-02-29", "30:05:00", "", "TRUE", "", ""],
      ])
    #expect(table.lines == [3, 4, 5, 7])
    #expect(try XLSX.rows(bytes: fixture(name), path: "t", sheet: "Notes").rows == [["hidden"]])
    #expect(
      refusal(try fixture(name), sheet: "Other")
        == "t.xlsx: there is no sheet 'Other', must be one of 'Notes', 'Patients'.")
  }

  @Test func tablesOfPandas() throws {
    let rows = [
      ["a", "0.3333333333333333", "1", "2024-03-01"], ["b", "", "2", "2024-03-01T12:30:00.250"], ["c", "inf", "3", ""],
    ]
    for name in ["pandas", "pandas-xlsxwriter"] {
      #expect(try table(name).header == ["id", "x", "n", "when"])
      #expect(try table(name).rows == rows)
    }
  }

  /// R's openxlsx writes 15 digits, and gives two formats the same number.
  @Test func tableOfR() throws {
    let table = try table("openxlsx")
    #expect(table.header == ["id", "x", "d", "t", "ok"])
    #expect(
      table.rows == [
        ["a", "0.333333333333333", "2024-03-01", "2024-03-01T12:30:00", "TRUE"],
        ["b", "", "1980-02-29", "2024-03-01", "FALSE"], ["", "#NUM!", "", "", ""],
      ])
  }

  @Test func formulasHaveTheSavedValueOrNone() throws {
    #expect(try table("formula-libreoffice").rows == [["1", "2"]])
    for name in ["formula-openpyxl", "formula-xlsxwriter", "formula-openxlsx"] {
      #expect(
        refusal(try fixture(name))
          == "t.xlsx:2: B2 is a formula without a value. Open and save the workbook in a spreadsheet program."
      )
    }
    #expect(try row("<c t='str'><f>\"\"</f><v></v></c><c><f>1</f><v>3</v></c>") == ["3"])
  }

  @Test func datesOfBothSystems() throws {
    #expect(try table("mac1904").rows == [["2024-03-01"], ["1950-06-30T01:02:03"]])
    let styles = "<cellXfs><xf numFmtId='14'/><xf numFmtId='46'/><xf/></cellXfs>"
    // Excel's day 60 is 29 February 1900.
    let serials = ["0", "0.75", "1", "59", "60", "61", "366", "367", "36526", "45351.999999999", "2958465"]
    let cells = serials.map { "<c s='0'><v>\($0)</v></c>" }.joined()
    #expect(
      try row(cells, styles: styles) == [
        "00:00:00", "18:00:00", "1900-01-01", "1900-02-28", "1900-02-29", "1900-03-01", "1900-12-31", "1901-01-01",
        "2000-01-01", "2024-03-01", "9999-12-31",
      ])
    #expect(
      try row("<c s='1'><v>1.5</v></c><c s='1'><v>-0.25</v></c><c s='2'><v>1.5</v></c>", styles: styles) == [
        "36:00:00", "-06:00:00", "1.5",
      ])
    #expect(
      try row("<c s='0'><v>1</v></c><c s='0'><v>60</v></c>", styles: styles, settings: "<workbookPr date1904='true'/>")
        == ["1904-01-02", "1904-03-01"])
    for wrong in ["-1", "2958466", "1e300"] {
      #expect(
        refusal(workbook("<row r='7'><c s='0'><v>\(wrong)</v></c></row>", styles: styles)).hasPrefix(
          "t.xlsx:7: A7 holds '\(wrong)'"))
    }
  }

  @Test func formatsThatShowDates() throws {
    let dates = ["yyyy\\-mm\\-dd", "d. mmm", "[$-407]TT.d", "h:mm AM/PM", "ss.000", "\"on \"d", "[Red]yy;@"]
    let numbers = [
      "General", "0.00", "0\" days\"", "[Red]0.0", "0\\d", "#,##0_d;[Blue]-0\"s\"", "0.0E+00", "0;yyyy", "@",
      "[$€-407]0",
    ]
    for format in dates + numbers + ["[h]:mm", "[ss]"] {
      let code = format.replacingOccurrences(of: "\"", with: "&quot;")
      let styles =
        "<numFmts><numFmt numFmtId='170' formatCode=\"\(code)\"/></numFmts><cellXfs><xf numFmtId='170'/></cellXfs>"
      let text = dates.contains(format) ? "1902-09-26" : numbers.contains(format) ? "1000" : "24000:00:00"
      #expect(try row("<c><v>1000</v></c>", styles: styles) == [text], "\(format)")
    }
  }

  @Test func textsAsXMLHasThem() throws {
    let strings = """
      <si><t xml:space="preserve"> a&#x41;&#66;&amp;<![CDATA[<&amp;]]></t><!-- <t>no</t> --></si>
      <si><r><rPr><b/></rPr><t>rich</t></r><r><t> text</t></r><rPh sb="0" eb="1"><t>ふ</t></rPh></si><si/>
      <si><t>x_x000D__x005F_x0041_ _x00G1_ _x</t></si>
      """
    let cells = (0..<4).map { "<c t='s'><v>\($0)</v></c>" }.joined() + "<c t='inlineStr'><is><t>a\r\nb\rc</t></is></c>"
    #expect(
      try row(cells, strings: strings)
        == [" aAB&<&amp;", "rich text", "", "x\r_x0041_ _x00G1_ _x", "a\nb\nc"].filter { !$0.isEmpty })
    #expect(
      try row("<c t='d'><v>2024-03-01T00:00:00</v></c><c t='d'><v>2024-03-01T10:00:00</v></c>") == [
        "2024-03-01", "2024-03-01T10:00:00",
      ])
    #expect(
      try row("<c><v>0.10000000000000001</v></c><c><v> 1E5 </v></c><c><v>5e-324</v></c>") == [
        "0.1", "100000", "5e-324",
      ])
  }

  @Test func cellsAnywhere() throws {
    let sheet = """
      <row r="3"><c r="C3"><v>1</v></c><c r="E3"><v>2</v></c><c><v>3</v></c></row><row/>
      <row><c r="C5"/><c t="b" r="E5"><v>1</v></c></row><row r="9"><c r="F9"><v/></c></row>
      """
    let prefixed = sheet.replacingOccurrences(of: "</", with: "</x:").replacingOccurrences(
      of: "<([a-z])", with: "<x:$1", options: .regularExpression)
    for bytes in [workbook(sheet), workbook(prefixed, prefix: "x")] {
      let (rows, lines, _) = try XLSX.rows(bytes: bytes, path: "t.xlsx")
      #expect(rows == [["1", "2", "3"], ["", "TRUE", ""]])
      #expect(lines == [3, 5])
    }
    #expect(try XLSX.rows(bytes: workbook(""), path: "t").rows.isEmpty)
    #expect(throws: FormatError("t", "the table is empty, its first line must name the columns.")) {
      try CSV(bytes: workbook(""), path: "t")
    }
    #expect(throws: FormatError("t:4", "the column 'a' occurs twice, each name must be there once.")) {
      try CSV(bytes: workbook("<row r='4'><c t='str'><v>a</v></c><c t='str'><v>a </v></c></row>"), path: "t")
    }
  }

  /// The lengths of parts in extra fields, as Java's Apache POI writes them for files of any size.
  @Test func lengthsOfZIP64() throws {
    let file = try XLSX.bytes(header: ["a", "b"], rows: [["1", "x"]], path: "t"), end = file.count - 22
    func number(_ place: Int, _ width: Int) -> Int {
      file[place..<place + width].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let start = number(end + 16, 4)
    var list: [UInt8] = [], place = start
    while place < end {
      let name = number(place + 28, 2)
      var entry = Array(file[place..<place + 46])
      entry.replaceSubrange(20..<28, with: [UInt8](repeating: 0xFF, count: 8))
      entry[30] = 25
      // A field of another kind before.
      list +=
        entry + file[place + 46..<place + 46 + name] + bytes([0xCAFE as UInt16, 1]) + [7] + bytes([1 as UInt16, 16])
      list += bytes([Int64(number(place + 24, 4)), Int64(number(place + 20, 4))])
      place += 46 + name
    }
    let ending = file[end..<end + 12] + bytes([UInt32(list.count)]) + file[end + 16..<file.count]
    #expect(try XLSX.rows(bytes: file[..<start] + list + ending, path: "t").rows == [["a", "b"], ["1", "x"]])
    list[list.count - 20] = 8
    #expect(refusal(file[..<start] + list + ending).contains("the size of a part is missing"))
  }

  @Test func sheetsThatAreNotHidden() throws {
    let sheets = "<sheet name='1' state='veryHidden' r:id='a'/><sheet name='2' r:id='c'/><sheet name='3' r:id='b'/>"
    #expect(try XLSX.rows(bytes: workbook("", sheets: sheets), path: "t").rows == [["2"]])
    #expect(
      refusal(workbook("", sheets: "<sheet name='1' state='hidden' r:id='a'/>")).hasSuffix(
        "there is no sheet that is not hidden, must be one of '1'."))
  }
}

@Suite struct XLSXRefusalTests {
  @Test func whatIsNoWorkbook() throws {
    #expect(
      refusal([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0], "t.xls").contains(
        "with a password. Save it as .xlsx"))
    #expect(throws: FormatError.self) {
      try CSV(bytes: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], path: "t.csv")
    }
    let text = #expect(throws: FormatError.self) { try CSV(bytes: Array("a,b\n".utf8), path: "T.XLSX") }
    #expect(
      text?.message
        == "the name says .xlsx and it is no workbook. Give it the ending of what it is: .csv?"
    )
    #expect(refusal(ZipArchive.bytes([("mimetype", [])])).contains("a ZIP file and no workbook"))
    let binary =
      "<Relationships><Relationship Id='x' Type='o/officeDocument' Target='xl/workbook.bin'/></Relationships>"
    let parts = [("_rels/.rels", Array(binary.utf8)), ("xl/workbook.bin", [1, 2, 3])]
    #expect(refusal(ZipArchive.bytes(parts)).contains("no workbook of Excel (.xlsx)"))
    #expect(try CSV(bytes: try fixture("pandas"), path: "table.csv").rows.count == 3)
  }

  @Test func mergedCells() throws {
    #expect(
      refusal(try fixture("merged"))
        == "t.xlsx:2: the cells A2:A3 are merged, each must have its own value. Undo that, fill them in.")
    let after = "<mergeCells count='1'><mergeCell ref='B1:B2'/></mergeCells>"
    #expect(try XLSX.rows(bytes: workbook("<row><c><v>1</v></c></row>", after: after), path: "t").rows == [["1"]])
  }

  @Test func cellsThatAreWrong() {
    let cells = [
      "<c><v>abc</v></c>", "<c><v>0x10</v></c>", "<c><v>nan</v></c>", "<c><v>1e999</v></c>", "<c><v>1,5</v></c>",
      "<c t='s'><v>0</v></c>", "<c t='s'><v>-1</v></c>", "<c t='b'><v>2</v></c>", "<c t='z'><v>2</v></c>",
      "<c r='A1'><v>1</v></c>", "<c r='A2'/><c r='A2'/>", "<c r='B2'/><c r='A2'/>", "<c r='XFE2'/>",
      "<c r='ZZZZZZZZZZZZZZ2'/>",
      "<c r='2'/>", "<c r=''/>", "<c r='A99999999999999999999'/>",
    ]
    for cell in cells {
      #expect(refusal(workbook("<row r='2'>\(cell)</row>")).hasPrefix("t.xlsx:2: "), "\(cell)")
    }
    for row in ["<row r='0'/>", "<row r='x'/>", "<row r='1048577'/>", "<row r='-3'/>"] {
      #expect(refusal(workbook(row)).contains("must be more"), "\(row)")
    }
    let beside = "<row><c><v>1</v></c></row><row r='4'><c><v>1</v></c><c r='D4'><v>7</v></c></row>"
    #expect(
      refusal(workbook(beside))
        == "t.xlsx:4: the value '7' in column D has no name in the header, row 1.")
  }

  @Test func damagedXML() {
    let rows = [
      "<row>", "</row>", "<row><c></row></c>", "<row r=1/>", "<row r='1/>", "<row r='1' r='1'/>", "<row r/>", "< row/>",
      "<row><c><v>&nbsp;</v></c></row>", "<row><c><v>&#0;</v></c></row>", "<row><c><v>&#xD800;</v></c></row>",
      "<row><c><v>&amp</v></c></row>", "<row><c><v>\u{1}</v></c></row>", "<!-- ", "<![CDATA[", "<?", "<row",
      "<!ELEMENT a>",
      "<row><c t='str'><v>&\(String(repeating: "a", count: 99));</v></c></row>",
    ]
    for row in rows {
      #expect(refusal(workbook(row)).hasPrefix("t.xlsx: 'xl/sheets/one.xml' in the workbook is damaged: "), "\(row)")
    }
    let bomb = "<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'><!ENTITY c '&b;&b;&b;'>]>"
    #expect(refusal(workbook("", doctype: bomb)).contains("DOCTYPE"))
    #expect(refusal(workbook("", after: "</worksheet><worksheet>")).contains("two roots"))
    let attributes = (0..<200).map { "a\($0)='1'" }.joined(separator: " ")
    #expect(refusal(workbook("<row \(attributes)/>")).contains("the attribute 'a99' is wrong"))
  }

  @Test func damagedArchives() throws {
    let file = try XLSX.bytes(header: ["a", "b"], rows: [["1", "x"]], path: "t")
    for count in file.indices {
      #expect(throws: FormatError.self) { try CSV(bytes: Array(file[..<count]), path: "t.xlsx") }
    }
    let name = Array("sheet1.xml".utf8)
    let data = try #require(file.indices.first { file[$0...].starts(with: name) })
    var changed = file
    changed[data + 30] ^= 1
    #expect(refusal(changed).hasPrefix("t.xlsx: the workbook (a ZIP file) is damaged: "))
    let zeros = [UInt8](repeating: 32, count: 80 << 20)
    let bomb = ZipArchive.bytes([("_rels/.rels", zeros)])
    #expect(bomb.count < 1 << 20)
    #expect(refusal(bomb).contains("far more than its size allows"))
  }

  /// Every byte of a small file changed in one bit, and many other changes: read or refused, and never another error.
  @Test func survivesAnyChange() throws {
    var random = SeededGenerator(seed: 20_240_301), readCount = 0, refusedCount = 0
    func tryToRead(_ bytes: [UInt8]) {
      do throws(FormatError) {
        let (rows, lines, _) = try XLSX.rows(bytes: bytes, path: "t.xlsx")
        #expect(rows.count == lines.count && rows.allSatisfy { $0.count == rows[0].count })
        readCount += 1
      } catch {
        #expect(error.path.hasPrefix("t.xlsx"))
        refusedCount += 1
      }
    }
    let file = try XLSX.bytes(header: ["a", "b"], rows: [["1", "x"], ["2.5", "_x000D_"]], path: "t")
    for place in file.indices {
      var changed = file
      changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      tryToRead(changed)
    }
    let sheet =
      "<row r='1'><c r='A1' t='s'><v>0</v></c><c t='inlineStr'><is><r><t>&#65;</t></r></is></c></row><row><c s='0'><v>45000.5</v></c></row>"
    let xml = [
      Array(sheet.utf8), Array("<cellXfs><xf numFmtId='22'/></cellXfs>".utf8), Array("<si><t>a</t></si>".utf8),
    ]
    for _ in 0..<fuzzRounds(300) {
      tryToRead(mutated(file, &random))
      let parts = xml.map { String(decoding: mutated($0, &random), as: UTF8.self) }
      tryToRead(workbook(parts[0]))
      tryToRead(workbook(sheet, styles: parts[1], strings: parts[2]))
    }
    #expect(readCount > 100 && refusedCount > 100)
  }
}

@Suite struct XLSXWritingTests {
  /// What is written is read back: texts, numbers, words that look like either, what XML cannot hold.
  @Test func readsBackWhatItWrote() throws {
    var random = SeededGenerator(seed: 7)
    let awkward = [
      "", "a", " b ", "\"", "<&>'", "\t", "x\ny", "\r\n", "\u{0}\u{1}\u{1F}", "\u{FFFF}", "é\u{301}", "_x000D_",
      "_x005F_", "__x0041_", "pos_x",
      "=1+1", "+5", "-0", "007", "1e5", "0.50", "1.", ".5", "nan", "inf", "0x10", "TRUE", "#N/A", "12345678901234567",
      "😀", "]]>", "1,5",
    ]
    for _ in 0..<20 {
      let columns = Int.random(in: 1...30, using: &random)
      let header = (0..<columns).map { "\(awkward.randomElement(using: &random)!.filter { !$0.isWhitespace })c\($0)" }
      let rows = (0..<Int.random(in: 0...20, using: &random)).map { row in
        (0..<columns).map { column in
          if column == 0 { return "row \(row)" }
          if Bool.random(using: &random) { return awkward.randomElement(using: &random)! }
          let number = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
          return number.isFinite ? numberText(number) : ""
        }
      }
      let folder = try TemporaryFolder(), path = folder("t.XLSX")
      try CSV(header: header, rows: rows).write(to: path)
      let read = try CSV(path: path)
      // Scalars, as Strings are equal when they look the same.
      #expect(read.header == header)
      #expect(read.rows.map { $0.map { Array($0.unicodeScalars) } } == rows.map { $0.map { Array($0.unicodeScalars) } })
      #expect(read.lines == Array(2..<2 + rows.count))
    }
  }

  @Test func numbersAreNumbersAndTextsAreTexts() throws {
    let bytes = try XLSX.bytes(header: ["1", "b"], rows: [["0.1", "=A1"], ["1e-07", "0.10"]], path: "t")
    var archive = try ZipArchive(bytes, "t")
    let sheet = String(decoding: try #require(try archive.part("xl/worksheets/sheet1.xml")), as: UTF8.self)
    #expect(
      sheet.contains("<c r=\"A2\"><v>0.1</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>=A1</t>"))
    #expect(sheet.contains("<c r=\"A1\" t=\"inlineStr\">") && !sheet.contains("<f>"))
    let large = try XLSX.bytes(
      header: ["a"], rows: [["1e+22"], [numberText(2.5e15)], ["12345678901234567"]], path: "t")
    var other = try ZipArchive(large, "t")
    let cells = String(decoding: try #require(try other.part("xl/worksheets/sheet1.xml")), as: UTF8.self)
    #expect(cells.contains("<v>1e+22</v>") && cells.contains("<v>\(numberText(2.5e15))</v>"))
    #expect(cells.contains("<t>12345678901234567</t>"), "no double is the same")
    #expect(sheet.contains("<c r=\"A3\"><v>1e-07</v></c><c r=\"B3\" t=\"inlineStr\">"))
    #expect(try bytes == XLSX.bytes(header: ["1", "b"], rows: [["0.1", "=A1"], ["1e-07", "0.10"]], path: "t"))
  }

  @Test func whatASheetCannotHold() throws {
    let wide = (0...16384).map { "c\($0)" }, folder = try TemporaryFolder()
    let error = #expect(throws: FormatError.self) { try CSV(header: wide, rows: []).write(to: folder("t.xlsx")) }
    #expect(error?.message == "the table has 16385 columns, a sheet holds 16384 at most. Write it as .csv.")
    #expect(try folder.names.isEmpty)
    let text = String(repeating: "a", count: 32_768)
    #expect(throws: FormatError.self) { try XLSX.bytes(header: ["a"], rows: [[text]], path: "t") }
    #expect(
      try CSV(bytes: XLSX.bytes(header: Array(wide.dropLast()), rows: [], path: "t"), path: "t").header.last == "c16383"
    )
  }
}
