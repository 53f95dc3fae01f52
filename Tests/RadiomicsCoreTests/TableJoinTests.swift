import RadiomicsCore
import Testing

/// Two tables made one: who matches, who is lost, what is refused.
struct TableJoinTests {
  private let features = Table(
    texts: [("subject", ["P01", "P02", "P02", "P03"]), ("volume", ["1.5", "2", "2.5", ""])], path: "a.csv",
    lines: [2, 3, 4, 5])

  private func outcomes(_ subjects: [String], _ others: [(name: String, texts: [String])]) -> Table {
    Table(texts: [("subject", subjects)] + others, path: "b.csv", lines: Array(2..<2 + subjects.count))
  }

  @Test("Rows get the columns of the row with their key; others are counted")
  func joins() throws {
    let (table, report) = try features.joined(
      with: outcomes(["P09", "P02", "P01"], [("dead", ["1", "0", "1"])]), by: ["subject"])
    #expect(table.names == ["subject", "volume", "dead"])
    #expect(table["dead"] == .numbers([1, 0, 0]))
    #expect(table["volume"] == .numbers([1.5, 2, 2.5]))
    #expect(table.source.lines == [2, 3, 4] && table.source.files.map(\.path) == ["a.csv", "b.csv"])
    #expect(report.rows == 3 && report.matched == 2 && report.repeated.isEmpty)
    #expect(report.onlyFirst == ["P03"] && report.onlySecond == ["P09"])
  }

  @Test("A key that several rows of the second table have is refused, or counts by rule")
  func repeats() throws {
    let others = outcomes(["P01", "P02", "P01"], [("dead", ["1", "0", "0"])])
    let error = #expect(throws: StudyError.self) { try features.joined(with: others, by: ["subject"]) }
    #expect(error?.description.hasPrefix("b.csv:4: subject 'P01' is there again (first b.csv:2)") ?? false)
    for (rule, dead) in [(RepeatedKeys.first, [1.0, 0, 0]), (.last, [0, 0, 0]), (.all, [1, 0, 0, 0])] {
      let (table, report) = try features.joined(with: others, by: ["subject"], repeats: rule)
      #expect(table["dead"] == .numbers(dead), "\(rule)")
      #expect(report.repeated == ["P01"])
    }
  }

  @Test("A column of both tables must say the same in both")
  func columnsOfBoth() throws {
    let same = outcomes(["P01", "P02", "P03"], [("volume", ["1.5", "2", ""]), ("age", ["7", "8", "9"])])
    let error = #expect(throws: StudyError.self) { try features.joined(with: same, by: ["subject"]) }
    #expect(error?.description.hasPrefix("a.csv:4, b.csv:3: 'volume' is '2.5' and '2', must be the same") ?? false)
    #expect(
      try features.rows([0, 1, 3]).joined(with: same, by: ["subject"]).table.names == ["subject", "volume", "age"])
  }

  @Test("Keys are what is written: 007 is not 7, and the sentence says what looks alike")
  func keysAsWritten() throws {
    let numbered = Table(texts: [("id", ["007", "008"]), ("x", ["1", "2"])])
    let error = #expect(throws: StudyError.self) {
      try numbered.joined(with: Table(texts: [("id", ["7", "9"]), ("y", ["1", "2"])]), by: ["id"])
    }
    #expect(error?.description.contains("'007' and '7' look alike") ?? false, "\(error?.description ?? "")")
    #expect(
      try numbered.joined(with: Table(texts: [("id", ["008", "7"]), ("y", ["5", "6"])]), by: ["id"]).table["y"]
        == .numbers([5]))
  }

  @Test("Days between dates, with leap years and times of day")
  func days() throws {
    let table = Table(
      texts: [
        ("from", ["2024-02-28", "1999-12-31", "2024-03-01T12:00", ""]),
        ("to", ["2024-03-01", "2000-03-01", "2024-03-02 18:00:00", "2024-01-01"]),
      ], path: "t.csv", lines: [2, 3, 4, 5])
    // Counted by hand: 2000 and 2024 are leap years.
    #expect(try table.withDays(from: "from", to: "to", as: "days")["days"] == .numbers([2, 61, 1.25, nil]))
    for (texts, words) in [
      (["2024-02-30"], "must be a date such as"), (["01.03.2024"], "must be a date such as"),
      (["2025-01-01"], "is before"),
    ] {
      let wrong = Table(texts: [("from", texts), ("to", ["2024-06-01"])], path: "t.csv", lines: [2])
      let error = #expect(throws: StudyError.self) { try wrong.withDays(from: "from", to: "to", as: "d") }
      #expect(error?.description.contains(words) ?? false)
    }
  }

  @Test("Several columns make a key, whatever is written in them")
  func severalKeys() throws {
    let first = Table(texts: [("site", ["A/1", "A"]), ("id", ["2", "1/2"]), ("x", ["1", "2"])])
    let second = Table(texts: [("site", ["A"]), ("id", ["1/2"]), ("y", ["5"])])
    let (table, report) = try first.joined(with: second, by: ["site", "id"])
    #expect(table["x"] == .numbers([2]) && table["y"] == .numbers([5]))
    #expect(report.onlyFirst == ["A/1/2"])
  }

  @Test("A column that dates would replace is kept, and said")
  func daysAreNotReplaced() {
    let table = Table(texts: [("from", ["2024-01-01"]), ("to", ["2024-01-02"]), ("days", ["7"])])
    let error = #expect(throws: StudyError.self) { try table.withDays(from: "from", to: "to", as: "days") }
    #expect(error?.description.contains("there is a column 'days' already") ?? false)
  }
}
