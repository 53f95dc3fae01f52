import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics
import Testing

/// How cells become numbers, words or nothing.
@Suite struct TableTests {
  private static func column(_ texts: [String]) -> Table {
    Table(texts: [("x", texts)], path: "t.csv", lines: texts.indices.map { $0 + 2 })
  }

  @Test func cellsAreTrimmedAndMissingOnesKnown() {
    let table = Self.column(["1", " 1.2", "\u{A0}3 ", "", " ", "NA", "#N/A", "<NA>", "nan", "NULL", "none", ".", "1e3"])
    #expect(table["x"] == .numbers([1, 1.2, 3] + Array(repeating: nil, count: 9) + [1000]))
    // Among words `none` is one.
    #expect(Self.column(["none", "a ", "NA"])["x"] == .categories(["none", "a", nil]))
    #expect(Self.column(["", "NA"])["x"] == .numbers([nil, nil]))
  }

  @Test(arguments: [
    (["1", "2", "x"], "t.csv:4: 'x' is 'x', must be a number"),
    (["1", "inf"], "t.csv:3: 'x' is 'inf', must be a finite number"),
    (["-Inf", "Inf", "1"], "t.csv:2: 'x' is '-Inf', must be a finite number"),
    (["1", "2", "1e400"], "t.csv:4: 'x' is '1e400', must be a finite number"),
    (["1", "2", "1,5"], "t.csv:4: 'x' is '1,5', must be a number with a decimal point"),
    (["a", "b"], "t.csv:2: 'x' is 'a', must be a number"),
  ])
  func namesTheCellThatIsNoNumber(_ texts: [String], _ sentence: String) {
    let error = #expect(throws: ModelError.self) { try Self.column(texts).numbers("x") }
    #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
  }

  /// A column of words is not taken for numbers: superior and inferior, stages.
  @Test func wordsStayCategories() {
    for texts in [["inf", "sup", "inf"], ["1", "2a", "2b", "3c"], ["no", "yes"]] {
      #expect(Self.column(texts).oddCell(of: "x") == nil, "\(texts)")
    }
  }

  /// One word among numbers does not make categories of them, unless it is asked for.
  @Test func oneWordMakesNoCategories() throws {
    let stage = ["1", "2", "2", "3", "1", "3b"], y = ["0", "1", "0", "1", "1", "0"]
    let table = Table(texts: [("stage", stage), ("y", y)], path: "t.csv", lines: Array(2...7))
    let error = #expect(throws: ModelError.self) { try ModelFrame(Formula("y ~ stage"), table) }
    #expect(error?.description.hasPrefix("t.csv:7: 'stage' is '3b', must be a number") == true)
    #expect(error?.description.hasSuffix("write factor(stage).") == true)
    #expect(try ModelFrame(Formula("y ~ factor(stage)"), table).design.names.count == 4)
    #expect(try ModelFrame(Formula("y ~ I(stage == '3b')"), table).design.names.count == 2)
    // Places go with the rows.
    #expect(table.rows([3, 5]).place(1) == "t.csv:7")
  }
}
