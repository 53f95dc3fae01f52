import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Rows are read alike by every verb of statistics: joined tables, words for nothing, dates, events, features.
@Suite struct RowsInVerbsTests {
  /// 80 patients twice: all in `all.csv`; and features in `features.csv`, outcomes as spreadsheets of other countries have them.
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 5), all: [[String]] = [], features: [[String]] = [], outcomes: [[String]] = []
    for row in 0..<80 {
      let x = generator.normal(), z = generator.normal(), days = Int(1 + generator.uniform() * 400)
      let isDead = generator.uniform() < (x > 0 ? 0.7 : 0.4), arm = generator.uniform() < 0.5 ? "1" : "0"
      let id = row < 10 ? "00\(row)" : "0\(row)", isLost = row == 17
      let missing = row == 3
      features.append([id, arm, missing ? "#N/A" : numberText(x), row == 4 ? "-" : numberText(z)])
      outcomes.append([
        id, "2020-01-01", day(days), isDead ? "dead" : "alive", numberText(z / 3).replacing(".", with: ","),
      ])
      guard !isLost else { continue }
      all.append([
        id, arm, missing ? "" : numberText(x), row == 4 ? "" : numberText(z), "\(days)", isDead ? "1" : "0",
        numberText(z / 3),
      ])
    }
    try CSV(header: ["id", "arm", "tex_x", "tex_z", "days", "event", "age"], rows: all).write(
      to: folder.path("all.csv"))
    try CSV(header: ["id", "arm", "tex_x", "tex_z"], rows: features).write(to: folder.path("features.csv"))
    outcomes.remove(at: 17)
    let header = ["id", "begin", "end", "status", "age"]
    let semicolons = ([header] + outcomes.reversed()).map { $0.joined(separator: ";") }.joined(separator: "\r\n")
    try folder.write("\u{FEFF}" + semicolons, to: "outcomes.csv")
    let points = outcomes.map { row in Array(row.dropLast()) + [row[4].replacing(",", with: ".")] }
    try CSV(header: header, rows: points).write(to: folder.path("outcomes.xlsx"))
    // As pandas writes it, with row numbers in a column without a name.
    let numbered = points.enumerated().map { ["\($0)"] + $1 }
    try CSV(header: [""] + header, rows: numbered).write(to: folder.path("pandas.csv"))
    return folder
  }

  private static func day(_ days: Int) -> String {
    let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var rest = days, year = 2020, month = 0
    while rest >= (month == 1 && year != 2020 ? 28 : lengths[month]) {
      rest -= month == 1 && year != 2020 ? 28 : lengths[month]
      month += 1
      if month == 12 { (month, year) = (0, year + 1) }
    }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(two(month + 1))-\(two(rest + 1))"
  }

  static let verbs: [(plain: [String], joined: [String])] = [
    (
      ["diagnostic", "--outcome", "event", "--marker", "tex_x", "--marker", "tex_z"],
      ["diagnostic", "--outcome", "status", "--positive", "dead", "--features", "/^tex_/"]
    ),
    (
      ["prognostic", "--time", "days", "--event", "event", "--marker", "tex_x", "--marker", "tex_z"],
      [
        "prognostic", "--from", "begin", "--to", "end", "--event", "status", "--positive", "dead", "--features",
        "tex_x,tex_z",
      ]
    ),
    (
      ["predictive", "--treatment", "arm", "--time", "days", "--event", "event", "--marker", "tex_x"],
      [
        "predictive", "--treatment", "arm", "--from", "begin", "--to", "end", "--event", "status == 'dead'",
        "--features", "tex_x",
      ]
    ),
    (
      [
        "added-value", "--time", "days", "--event", "event", "--horizon", "200", "--base", "age", "--extended",
        "age + tex_x",
      ],
      [
        "added-value", "--from", "begin", "--to", "end", "--event", "status", "--positive", "dead", "--horizon", "200",
        "--base", "age", "--extended", "age + tex_x",
      ]
    ),
  ]

  @Test("Outcomes of another file, in the ways that people keep them, give what one table gives", arguments: verbs)
  func joinsAlike(plain: [String], joined: [String]) throws {
    let folder = try Self.folder()
    let one = try Command(
      arguments: [plain[0], "all.csv"] + plain.dropFirst() + ["--format", "csv", "-q"], in: folder)
    #expect(one.status == 0, "\(one.errors)")
    for name in ["outcomes.csv", "outcomes.xlsx", "pandas.csv"] {
      let words = [joined[0], "features.csv", "--join", name, "--by", "id"] + joined.dropFirst() + ["--format", "csv"]
      let run = try Command(arguments: words, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output == one.output, "\(name)")
      #expect(run.errors.contains("1 is not in \(name) and left out: 017."), "\(run.errors)")
    }
  }

  @Test("Words of one's own say that a cell is empty, in every verb", arguments: verbs.map(\.plain))
  func missingWords(plain: [String]) throws {
    let folder = try Self.folder(), table = try CSV(path: folder.path("all.csv"))
    let x = table.header.firstIndex(of: "tex_x")!
    let marked = table.rows.map { row in row.enumerated().map { $0 == x && $1.isEmpty ? "-999" : $1 } }
    try CSV(header: table.header, rows: marked).write(to: folder.path("marked.csv"))
    let words = plain.dropFirst() + ["--format", "csv", "-q"]
    let expected = try Command(arguments: [plain[0], "all.csv"] + words, in: folder)
    let run = try Command(arguments: [plain[0], "marked.csv", "--missing", "-999,?"] + words, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == expected.output)
  }

  @Test("What is wrong with a join is said before anything is computed")
  func refusals() throws {
    let folder = try Self.folder()
    try folder.write("id,y\n000,1\n001,0\n000,0\n", to: "twice.csv")
    try folder.write("id,y\n0,1\n1,0\n", to: "others.csv")
    for (words, sentence) in [
      (["--join", "twice.csv", "--by", "id"], "twice.csv:4: id '000' is there again (first twice.csv:2)"),
      (["--join", "others.csv", "--by", "id"], "'000' and '0' look alike"), (["--join", "twice.csv"], "needs --by"),
      (["--by", "id"], "needs --join"), (["--join", "none.csv", "--by", "id"], "none.csv"),
    ] {
      let run = try Command(
        arguments: ["diagnostic", "features.csv", "--outcome", "y", "--marker", "tex_x"] + words, in: folder)
      #expect(run.status == 2)
      #expect(run.errors.contains(sentence), "\(run.errors)")
    }
    let shown = try Command("table", "show", "features.csv", "--join", "outcomes.csv", "--by", "id", in: folder)
    #expect(shown.status == 0 && shown.output.contains("79 rows, 8 columns") && shown.output.contains("dates"))
    let joined = try Command("table", "join", "features.csv", "outcomes.xlsx", "--by", "id", "-o", "j.tsv", in: folder)
    #expect(joined.status == 0, "\(joined.errors)")
    #expect(try CSV(path: folder.path("j.tsv")).rows.count == 79)
    #expect(try folder.read("j.provenance.json").contains("\"only_first\": 1"))
  }

  @Test("An event that nobody named is said, and a pattern means no column that has another role")
  func guessesAreSaid() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<20).map {
      ["\($0)", $0 % 3 == 0 ? "Malignant" : "benign", "\(($0 * 7) % 20)", "\(($0 * 11) % 20)"]
    }
    try CSV(header: ["id", "y", "b", "a"], rows: rows).write(to: folder.path("t.csv"))
    let guessed = try Command("diagnostic", "t.csv", "--outcome", "y", "--features", "/./", in: folder)
    #expect(guessed.status == 0 && guessed.errors.contains("'benign' is taken for the event"), "\(guessed.errors)")
    #expect(guessed.output.contains("marker a\n") && !guessed.output.contains("marker y\n"))
    let named = try Command(
      "diagnostic", "t.csv", "--outcome", "y", "--marker", "a", "--positive", "Malignant", in: folder)
    #expect(named.status == 0 && !named.errors.contains("taken for the event"))
    let arms = rows.map { $0 + [Int($0[0])! % 2 == 0 ? "Treatment" : "control"] }
    try CSV(header: ["id", "y", "b", "a", "arm"], rows: arms).write(to: folder.path("arms.csv"))
    let trial = try Command(
      "predictive", "arms.csv", "--treatment", "arm", "--outcome", "y", "--positive", "Malignant", "--marker", "a",
      in: folder)
    #expect(trial.errors.contains("'control' is taken for the treatment"), "\(trial.errors)")
  }

  @Test("What lies beside a table and says how it was measured is never overwritten")
  func keepsProvenance() throws {
    let folder = try Self.folder()
    try folder.write("{\"format\": 1, \"columns\": []}", to: "all.provenance.json")
    for output in ["all.tsv", "all.xlsx"] {
      let run = try Command(
        "diagnostic", "all.csv", "--outcome", "event", "--marker", "tex_x", "-o", output, in: folder)
      #expect(run.status == 2, "\(output)")
    }
    #expect(try folder.read("all.provenance.json") == "{\"format\": 1, \"columns\": []}")
  }
}
