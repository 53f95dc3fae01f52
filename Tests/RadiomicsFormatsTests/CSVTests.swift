import RadiomicsCore
import RadiomicsFormats
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct CSVTests {
  private func table(_ text: String, separator: Character = ",") throws -> CSV {
    try CSV(bytes: Array(text.utf8), path: "t.csv", separator: separator)
  }

  private func refusal(_ bytes: [UInt8]) -> String {
    #expect(throws: FormatError.self) { try CSV(bytes: bytes, path: "t.csv") }?.description ?? ""
  }

  /// The examples of RFC 4180, section 2.
  /// A header alone has no rows to order.
  @Test func orderOfNoRows() { #expect(Table(texts: [("a", []), ("b", [])]).contentOrder.rows.isEmpty) }

  @Test func readsWhatRFC4180Defines() throws {
    let quoted = try table("aaa,bbb,ccc\r\n\"b CRLF\r\nbb\",\"c\"\"cc\",\"d,d\"\r\nzzz,yyy,xxx\r\n")
    #expect(quoted.header == ["aaa", "bbb", "ccc"])
    #expect(quoted.rows == [["b CRLF\r\nbb", "c\"cc", "d,d"], ["zzz", "yyy", "xxx"]])
    #expect(quoted.lines == [2, 4])
  }

  @Test func readsWhatProgramsWrite() throws {
    let rows = [["1", ""], [" 2 ", "3"]]
    for text in ["\u{FEFF}a,b\n1,\n 2 ,3", "a,b\r1,\r 2 ,3\r", "\n\na,b\n\n1,\"\"\n\n 2 ,3\n\n"] {
      #expect(try table(text).rows == rows)
      #expect(try table(text).header == ["a", "b"])
    }
    #expect(try table("a\tb,c\n1\t2\n", separator: "\t").header == ["a", "b,c"])
    #expect(try table("a,b").rows.isEmpty)
  }

  @Test func namesTheLineOfAMistake() throws {
    #expect(
      refusal(Array("a,b\n\"x\ny\",2\n1\n".utf8)) == "t.csv:4: the row has 1 values, must have 2 as the header has.")
    #expect(refusal(Array("a,b\n1,2,3\n".utf8)).hasPrefix("t.csv:2: the row has 3 values"))
    #expect(refusal(Array("a,b\n1,\"2\n3,4\n".utf8)).hasPrefix("t.csv:2: the quote that opens here"))
    #expect(refusal(Array("a,b\n1,2\n3,4\"\n".utf8)).hasPrefix("t.csv:3: a quote stands inside"))
    #expect(refusal(Array("a,b\n1,\"2\"x\n".utf8)).hasPrefix("t.csv:2: text follows a closing quote"))
    #expect(refusal(Array("a,b,a\n".utf8)).contains("'a' occurs twice"))
    #expect(refusal([]).contains("empty"))
    #expect(refusal([10, 13, 10]).contains("empty"))
    #expect(refusal([0x61, 0x2C, 0xE9, 0x0A]).contains("not UTF-8"))
  }

  @Test func readsBackWhatItWrote() throws {
    let awkward = ["", "a", " b ", "\"", "\"\"", ",", "\t", "x\ny", "\r\n", "\r", "é\u{301}", "\"\u{301}", "1,5", "'"]
    let folder = try TemporaryFolder()
    for ending in [".csv", ".tsv", ".TAB"] {
      for header in [["only"], ["one", "t,w\to"]] {
        let rows = awkward.flatMap { first in
          header.count == 1 ? [[first]] : awkward.map { [first, $0] }
        }
        let table = CSV(header: header, rows: rows)
        try table.write(to: folder("t" + ending))
        let read = try CSV(path: folder("t" + ending))
        // Scalars, as Strings are equal when they look the same.
        #expect(
          read.rows.map { $0.map { Array($0.unicodeScalars) } } == rows.map { $0.map { Array($0.unicodeScalars) } })
        #expect(read.header == header)
      }
    }
    #expect(CSV(header: ["a", "b"], rows: [["1", "x,\"y\""]]).text() == "a,b\n1,\"x,\"\"y\"\"\"\n")
  }
}

/// What spreadsheets and pandas write that is no RFC 4180.
@Suite struct TableDialectTests {
  private func table(_ text: String, _ path: String = "t.csv") throws -> CSV {
    try CSV(bytes: Array(text.utf8), path: path)
  }

  @Test func separatorsAreFound() throws {
    for text in [
      "a;b\n1,5;x\n", "sep=;\na;b\n1,5;x\n", "\u{FEFF}\"sep=;\"\r\na;b\r\n1,5;x\r\n", "\"a\";\"b\"\n\"1,5\";\"x\"\n",
    ] {
      let table = try table(text)
      #expect(table.header == ["a", "b"] && table.rows == [["1.5", "x"]], "\(text)")
      #expect(table.lines == [text.contains("sep") ? 3 : 2])
    }
    #expect(try table("sep=,\na,b\n1,2\n").rows == [["1", "2"]])
    #expect(try table("a\tb\n1,5\t2\n").rows == [["1,5", "2"]])
    #expect(try table("\"a;b;c\",d\n1,2\n").header == ["a;b;c", "d"])
    #expect(try table("a;b,c\n1;2\n", "t.tsv").header == ["a;b,c"])
  }

  /// Only where semicolons separate, and a column's cells are mostly numbers, is a comma a decimal point.
  @Test func decimalCommas() throws {
    let table = try table("m;slices;note\n1,5;3,4,5;a,b\n-2;6,7,8;1,2\nNA;;c\n,25E3;;d\n")
    #expect(table.rows.map { $0[0] } == ["1.5", "-2", "NA", ".25E3"])
    #expect(table.rows[0] == ["1.5", "3,4,5", "a,b"] && table.rows[1][2] == "1,2")
    #expect(try self.table("m,n\n\"1,5\",2\n").rows == [["1,5", "2"]])
    let error = #expect(throws: FormatError.self) { try self.table("m;n\n1,5;1\n2,5;1\n1.250;1\n") }
    #expect(error?.description.hasPrefix("t.csv:4: 'm' is '1.250' where others have a decimal comma") == true)
  }

  @Test func rowNumbersAreLeftOut() throws {
    #expect(try table(",a,b\n0,1,2\n2,3,4\n").rows == [["1", "2"], ["3", "4"]])
    #expect(try table("\"\",\"a\"\n\"r1\",2\n").header == ["", "a"])
  }

  /// Whatever the first lines hold, there is a table or a sentence.
  @Test func mutatedTables() {
    var generator = SeededGenerator(seed: 7)
    let parts = Array("sep=;,\t\n\r\"1,5a \u{FEFF}.".utf8)
    for _ in 0..<fuzzRounds(5_000) {
      let bytes = (0..<Int(generator.uniform() * 24)).map { _ in parts[Int(generator.uniform() * Double(parts.count))] }
      _ = try? CSV(bytes: bytes, path: "t.csv")
      _ = try? CSV(bytes: Array("sep=".utf8) + bytes, path: "t.csv")
    }
  }

  @Test func namesAreTrimmed() throws {
    #expect(try table(" a , b\n1,2\n").header == ["a", "b"])
    #expect(throws: FormatError.self) { try table("a, a\n1,2\n") }
  }
}
