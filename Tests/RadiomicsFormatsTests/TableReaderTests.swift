import RadiomicsCore
import RadiomicsFormats
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// A table is read in one way through its bytes; what it says is what its texts say.
struct TableReaderTests {
  private func table(_ text: String, _ path: String = "t.csv", missing: [String] = []) throws -> Table {
    try Table(bytes: Array(text.utf8), path: path, missing: MissingWords(and: missing))
  }

  /// The same by texts: every cell a text first.
  private func byTexts(_ text: String) throws -> Table {
    let table = try CSV(bytes: Array(text.utf8), path: "t.csv")
    return Table(
      texts: table.header.enumerated().map { index, name in (name, table.rows.map { $0[index] }) }, path: "t.csv",
      lines: table.lines)
  }

  /// A table of numbers, words, quotes and gaps.
  private func randomText(_ generator: inout SeededGenerator) -> String {
    let cells = [
      "1", "-2.5", "0.1", "007", "1.50", "1e5", "1E-3", "", "NA", "nan", "inf", "12345678901234567", "1.0", "-0", ".5",
      "5.", "+3",
      " 4", "\"6\"", "\"a,b\"", "word", "none", "\"say \"\"x\"\"\"", "0x10", "1e400", "1e-400", "0.30000000000000004",
      "\"two\nlines\"",
      "-", "-inf", "-nan", "Infinity", "9007199254740993", "1_000", "TRUE", "Größe", "0.0", "-0.0", "00.5",
      "99999999999999999999", "0.000000000000000000000001", "1-2", "--1", "-", "1.2.3",
    ]
    let columns = 1 + generator.next(5), rows = generator.next(8), kinds = (0..<columns).map { _ in generator.next(3) }
    let end = ["\n", "\r\n", "\r"][generator.next(3)]
    var lines = [(0..<columns).map { "c\($0)" }.joined(separator: ",")]
    for row in 0..<rows {
      var cells = kinds.map { $0 == 0 ? String(Double(generator.next(1000)) / 7) : cells[generator.next(cells.count)] }
      if columns == 1, cells[0].isEmpty { cells[0] = "1" }
      lines.append(cells.joined(separator: ","))
      if row % 5 == 4 { lines.append("") }
    }
    return lines.joined(separator: end) + (generator.next(2) == 0 ? end : "")
  }

  private func expectSame(_ found: Table, _ expected: Table, _ text: String) {
    #expect(found.names == expected.names)
    #expect(found.source.lines == expected.source.lines, "\(text)")
    for name in found.names {
      #expect(found[name] == expected[name], "\(name) of \(text)")
      #expect(found.oddCell(of: name) == expected.oddCell(of: name))
      #expect(found.labels(name) == expected.labels(name), "\(name) of \(text)")
    }
  }

  @Test("Random tables of numbers, words, quotes and gaps are what their texts are", arguments: 0..<200)
  func equalsTexts(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    // Numbers are read in another way where the text soon ends.
    let text = randomText(&generator), long = text + String(repeating: "\n", count: 100)
    expectSame(try table(text), try byTexts(text), text)
    expectSame(try table(long), try byTexts(text), text)
  }

  @Test("A file that is read part by part is the table of its bytes", arguments: 0..<100)
  func equalsParts(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let text = randomText(&generator), bytes = Array(text.utf8), window = 1 + generator.next(40)
    let folder = try TemporaryFolder(), path = try folder.write(bytes, to: "t.csv")
    let found = try Table(file: path, window: window), expected = try Table(bytes: bytes, path: path)
    expectSame(found, expected, text)
    #expect(found.source == expected.source)
  }

  @Test("Part by part or whole, what is wrong is said in the same words")
  func equalErrors() throws {
    for text in [
      "a,b\n1,2\n3\n4,5\n", "a,b\n1,2\n3,4,5\n", "a,b\n1,2\n\"x\"y,2\n1,1\n", "a,b\nx\"y,2\n\"1\",1\n",
      "a,b\n1,\"2\n3,4\n5,6\n",
      "a,b\n1,2\n3\04\n", "a,a\n1,2\n", "\n\n\n", "sep=;\na;b\n1;2\n", "a;b\n1,5;2\n",
    ] {
      let folder = try TemporaryFolder(), path = try folder.write(Array(text.utf8), to: "t.csv")
      for window in [1, 3, 8] {
        func result(_ read: () throws(FormatError) -> Table) -> String {
          do { return "\(try read().columns.map(\.values))" } catch { return error.description }
        }
        let whole = result { () throws(FormatError) in try Table(bytes: Array(text.utf8), path: path) }
        #expect(result { () throws(FormatError) in try Table(file: path, window: window) } == whole)
      }
    }
  }

  @Test("Numbers have the bits of strtod")
  func sameBits() throws {
    var generator = SeededGenerator(seed: 1), texts: [String] = []
    for _ in 0..<20_000 {
      let number = Double(bitPattern: generator.next())
      guard number.isFinite, abs(number) > 1e-300 else { continue }
      texts.append("\(number)")
    }
    // Every number of digits before and behind the point.
    for _ in 0..<20_000 {
      let fraction = 1 + generator.next(18), digits = String(generator.next() % 10_000_000_000_000_000_000)
      let padded = String(repeating: "0", count: max(0, fraction + 1 - digits.count)) + digits
      texts.append((generator.next(2) == 0 ? "-" : "") + padded.dropLast(fraction) + "." + padded.suffix(fraction))
    }
    // Half way between two doubles, and next to it.
    for exponent in 0..<10 {
      for odd in 0..<50 {
        let whole = 1 << (52 - exponent) + odd, half = (0...exponent).reduce(1) { value, _ in 5 * value }
        let digits = String(half).count, zeros = String(repeating: "0", count: exponent + 1 - digits)
        texts += [half - 1, half, half + 1].map { "\(whole)." + zeros + "\($0)" }
      }
    }
    texts += ["0.1", "1e23", "9007199254740993.0", "8.5e-1", "123456789012345.678", "4.35", "1.7976931348623157e308"]
    let numbers = try table("x\n" + texts.joined(separator: "\n")).column("x")!
    guard case .numbers(let values) = numbers.values else {
      Issue.record("no numbers")
      return
    }
    #expect(values.count == texts.count)
    for (text, value) in zip(texts, values) { #expect(value?.bitPattern == Double(text)?.bitPattern, "\(text)") }
  }

  @Test("A file's hash goes with its rows", arguments: [("a,b\n1,2\n", "t.csv"), ("a;b\n1,5;2\n", "t.csv")])
  func hashes(text: String, path: String) throws {
    #expect(try table(text, path).source.files.first?.sha256 == sha256(text))
  }

  @Test("Rows of another length are refused by their line")
  func refusesLengths() throws {
    for (text, words) in [
      ("a,b\n1,2\n3\n", "t.csv:3: the row has 1 values, must have 2"),
      ("a,b\n1,2,3\n", "t.csv:2: the row has 3 values, must have 2"),
      ("a,b\nx,2\n\"y\ny\",1\n3,4,\n", "t.csv:5: the row has 3 values"), ("a,a\n1,2\n", "occurs twice"),
    ] {
      let error = #expect(throws: FormatError.self) { try table(text) }
      #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
    }
  }

  @Test("Words of one's own are missing too, numbers among them")
  func missingWords() throws {
    let table = try table("x,y\n1,a\n999,?\n?,b\n-,missing\n", missing: ["999", "?"])
    #expect(table["x"] == .numbers([1, nil, nil, nil]))
    #expect(table["y"] == .categories(["a", nil, "b", nil]))
    // As pandas writes a column of whole numbers with gaps.
    #expect(try self.table("x\n1.0\n999.0\n-9.00\n", missing: ["999", "-9"])["x"] == .numbers([1, nil, nil]))
  }

  @Test("Identifiers that look like numbers keep how they are written")
  func identifiers() throws {
    let table = try table("id,x\n1E2,1\n100,2\n0x64,3\n007,4\n")
    #expect(table.labels("id") == ["1E2", "100", "0x64", "007"])
    #expect(try self.table("x\n1e-05\n1e+20\n0.5\n").labels("x") == ["1e-05", "1e+20", "0.5"])
  }

  @Test("Points that may stand for thousands, and NUL characters, are refused")
  func refusesThousands() throws {
    for (text, words) in [
      ("v;s\n4.898;0,5\n1.234.567;1,5\n", "t.csv:2: 'v' is '4.898' in a file with decimal commas"),
      ("a,b\n1\0,2\n", "t.csv:2: holds a zero byte"),
    ] {
      let error = #expect(throws: FormatError.self) { try table(text) }
      #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
    }
    // Other points cannot be thousands.
    #expect(try table("v;s\n4.8;0,5\n1.25;1,5\n")["v"] == .numbers([4.8, 1.25]))
  }

  @Test("A file of empty lines and many columns takes no more room than it has bytes")
  func emptyLines() throws {
    let header = (0..<500).map { "c\($0)" }.joined(separator: ","),
      row = (0..<500).map(String.init).joined(separator: ",")
    let table = try table(header + String(repeating: "\n", count: 200_000) + row + "\r\n" + row)
    #expect(table.count == 2 && table["c499"] == .numbers([499, 499]))
  }

  @Test("Row numbers that pandas and R write in a first column without a name are left out")
  func leavesIndexOut() throws {
    #expect(try table(",x\n0,5\n1,6\n").names == ["x"])
    #expect(try table(",x\na,5\nb,6\n").names == ["", "x"])
  }
}

extension SeededGenerator {
  fileprivate mutating func next(_ count: Int) -> Int { Int(next() >> 11) % count }
}
