import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// What a table hides is said: other sheets, dates that are none, words that no cell says, keys that nearly match, guessed events.
@Suite struct WhatTablesHideTests {
  /// A workbook of several sheets, all cells texts.
  private static func workbook(_ sheets: [(name: String, rows: [[String]])]) -> [UInt8] {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    func relation(_ id: String, _ kind: String, _ target: String) -> String {
      "<Relationship Id='\(id)' Type='\(office)/\(kind)' Target='\(target)'/>"
    }
    func cell(_ text: String) -> String { "<c t='inlineStr'><is><t>\(text)</t></is></c>" }
    let numbers = sheets.indices
    let names = numbers.map { "<sheet name='\(sheets[$0].name)' sheetId='\($0 + 1)' r:id='s\($0)'/>" }.joined()
    let targets = numbers.map { relation("s\($0)", "worksheet", "\($0).xml") }.joined()
    let parts =
      [
        ("_rels/.rels", "<Relationships>\(relation("x", "officeDocument", "xl/workbook.xml"))</Relationships>"),
        ("xl/workbook.xml", "<workbook><sheets>\(names)</sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", "<Relationships>\(targets)</Relationships>"),
      ]
      + numbers.map { index in
        let rows = sheets[index].rows.map { "<row>\($0.map(cell).joined())</row>" }.joined()
        return ("xl/\(index).xml", "<worksheet><sheetData>\(rows)</sheetData></worksheet>")
      }
    return ZipArchive.bytes(parts.map { ($0, Array($1.utf8)) })
  }

  /// 60 patients in a table; features and outcomes in two sheets of a workbook.
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 4)
    let rows = (0..<60).map { row -> [String] in
      let x = generator.normal(), isDead = generator.uniform() < 1 / (1 + exp(-x))
      return [
        "\(row + 1)", numberText(x), isDead ? "dead" : "alive", row % 2 == 0 ? "1" : "0", "\(20 + row)",
        numberText(-100 * log(1 - generator.uniform())), "\(isDead ? row % 3 == 0 ? 2 : 1 : 0)",
      ]
    }
    let header = ["id", "x", "state", "arm", "age", "time", "kind"]
    try folder.write(
      workbook([
        ("Features", [["id", "x", "age"]] + rows.map { [$0[0], $0[1], $0[4]] }),
        ("Outcomes", [["id", "state"]] + rows.map { [$0[0], $0[2]] }),
      ]), to: "two.xlsx")
    try CSV(header: header, rows: rows).write(to: folder.path("t.csv"))
    return folder
  }

  @Test func sheetsAreNamed() throws {
    let folder = try Self.folder()
    let first = try Command("table", "show", "two.xlsx", "--format", "csv", in: folder)
    #expect(first.status == 0 && first.output.contains("\nx,numbers"), "\(first.errors)")
    #expect(
      first.errors.contains(
        "two.xlsx: its sheet 'Features' is read, as it is the first. There is also 'Outcomes'. Name the sheet that is meant by --sheet NAME."
      ), "\(first.errors)")
    let second = try Command("table", "show", "two.xlsx", "--sheet", "Outcomes", "--format", "csv", in: folder)
    #expect(second.status == 0 && second.output.contains("\nstate,words") && !second.errors.contains("sheet"))
    let none = try Command("table", "show", "two.xlsx", "--sheet", "Outcome", in: folder)
    #expect(
      none.status == 2
        && none.errors.contains("there is no sheet 'Outcome', must be one of 'Features', 'Outcomes'."), "\(none.errors)"
    )
    let wrong = try Command("table", "show", "t.csv", "--sheet", "Outcomes", in: folder)
    #expect(wrong.errors.contains("t.csv: is no workbook and has no sheet 'Outcomes'"), "\(wrong.errors)")
  }

  @Test func twoSheetsOfOneWorkbookAreJoined() throws {
    let folder = try Self.folder()
    let sheets = ["--sheet", "Features", "--sheet", "Outcomes"]
    let joined = try Command(
      arguments: ["table", "join", "two.xlsx", "two.xlsx", "--by", "id", "-o", "all.csv"] + sheets, in: folder)
    #expect(joined.status == 0, "\(joined.errors)")
    #expect(try CSV(path: folder.path("all.csv")).header == ["id", "x", "age", "state"])
    let arguments = ["--outcome", "state", "--positive", "dead", "--marker", "x", "--format", "csv"]
    let run = try Command(
      arguments: ["diagnostic", "two.xlsx", "--join", "two.xlsx", "--by", "id"] + sheets + arguments, in: folder)
    let plain = try Command(arguments: ["diagnostic", "t.csv"] + arguments, in: folder)
    #expect(run.status == 0 && run.output == plain.output && !run.output.isEmpty, "\(run.errors)")
    let three = try Command(
      arguments: ["diagnostic", "two.xlsx", "--sheet", "Features", "--sheet", "Outcomes"] + arguments, in: folder)
    #expect(three.status == 2 && three.errors.contains("are 2, must be one, or one for each of 1 workbooks"))
  }

  @Test(arguments: ["9999-12-31", "1900-01-01", "1899-12-30", "0001-01-01", "2999-12-31T00:00"])
  func datesThatStandForNoneAreRefused(date: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "begin,end,dead,x\n2020-01-01,2020-02-01,1,1\n2020-01-01,\(date),0,2\n2020-01-01,2021-02-01,1,3\n",
      to: "t.csv")
    let words = ["prognostic", "t.csv", "--from", "begin", "--to", "end", "--event", "dead", "--marker", "x"]
    let run = try Command(arguments: words, in: folder)
    #expect(run.status == 2, "\(run.errors)")
    #expect(run.errors.contains("t.csv:3: 'end' is '\(date)', which stands for an unknown date"), "\(run.errors)")
    #expect(try Command(arguments: words + ["--missing", date], in: folder).status == 0)
  }

  @Test func wordsForNothingThatNoCellSays() throws {
    let folder = try Self.folder()
    let run = try Command("table", "show", "t.csv", "--missing", "alive,-999,unknown,20.0", in: folder)
    #expect(
      run.errors.contains("t.csv: no cell says '-999', 'unknown', which are named as words for nothing."),
      "\(run.errors)")
    let met = try Command("table", "show", "t.csv", "--missing", "ALIVE,20.0", in: folder)
    #expect(met.status == 0 && !met.errors.contains("no cell says"), "\(met.errors)")
  }

  @Test func keysThatNearlyMatch() throws {
    let folder = try TemporaryFolder()
    try folder.write("id,x\n0,1\nP-2,2\np3 a,3\n4,4\n5,5\n", to: "a.csv")
    try folder.write("id,y\n000,1\np002,2\nP3A,3\n4,4\n9,5\n", to: "b.csv")
    let run = try Command("table", "join", "a.csv", "b.csv", "--by", "id", "-o", "c.csv", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.errors.contains(
        "3 of 4 keys that are left out would match if they were written alike, such as '0' and '000' in b.csv."),
      "\(run.errors)")
  }

  @Test func guessedOutcomesArePrinted() throws {
    let folder = try Self.folder()
    let words = ["predictive", "t.csv", "--outcome", "state", "--treatment", "arm", "--marker", "x"]
    let run = try Command(arguments: words, in: folder)
    #expect(run.status == 0 && run.errors.contains("state: 'dead' is taken for the event"), "\(run.errors)")
    let named = try Command(arguments: words + ["--positive", "dead"], in: folder)
    #expect(named.status == 0 && !named.errors.contains("taken for"), "\(named.errors)")
  }

  @Test(arguments: [
    ["diagnostic", "t.csv", "--outcome", "kind == 1", "--model", "cut(age, c(0, 40, 60))"],
    ["prognostic", "t.csv", "--event", "kind == 1", "--model", "cut(age, c(0, 40, 60))"],
    ["added-value", "t.csv", "--outcome", "kind == 1", "--base", "x", "--extended", "x + cut(age, c(0, 40, 60))"],
    ["predictive", "t.csv", "--outcome", "kind == 1", "--treatment", "arm", "--marker", "cut(age, c(0, 40, 60))"],
    [
      "predictive", "t.csv", "--outcome", "kind == 1", "--treatment", "arm", "--marker", "x", "--adjust",
      "cut(age, c(0, 40, 60))",
    ],
  ]) func valuesOutsideOfIntervals(_ arguments: [String]) throws {
    let run = try Command(arguments: arguments, in: Self.folder())
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.errors.contains(
        "19 of 60 rows are left out, as their value is in none of its intervals, first t.csv:43 with 61."),
      "\(run.errors)")
  }

  @Test func keptModelsSayWhatTheyLack() throws {
    let folder = try Self.folder()
    let fit = try Command(
      "prognostic", "t.csv", "--event", "kind == 1", "--model", "x + age", "--save", "m.json", in: folder)
    #expect(fit.status == 0, "\(fit.errors)")
    let none = try Command("prognostic", "t.csv", "--use", "m.json", "--event", "event", in: folder)
    #expect(
      none.status == 2 && none.errors.contains("there is no column 'event'") && !none.errors.contains("saved model"),
      "\(none.errors)")
    for words in [["--predict", "t.csv"], ["t.csv", "--event", "kind == 1"]] {
      let run = try Command(
        arguments: ["prognostic", "--use", "m.json", "--at", "1", "--at", "100000"] + words, in: folder)
      #expect(run.errors.contains("so that what it predicts for 100000 is what it predicts for"), "\(run.errors)")
    }
  }
}
