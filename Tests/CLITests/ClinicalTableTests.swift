import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// Tables as people have them, through every verb that reads one.
@Suite struct ClinicalTableTests {
  /// 60 patients; a marker of each odd kind.
  private static func folder(_ change: (Int, inout [String: String]) -> Void = { _, _ in }) throws -> TemporaryFolder {
    let folder = try TemporaryFolder(), names = ["id", "arm", "time", "event", "y", "x", "z", "region"]
    var generator = SeededGenerator(seed: 8), lines = [names.joined(separator: ",")]
    for row in 0..<60 {
      let x = generator.normal(), time = -log(1 - generator.uniform()) * exp(-x)
      var cells = [
        "id": "\(row + 1)", "arm": generator.uniform() < 0.5 ? "A" : "B", "time": numberText(time + 0.01),
        "event": generator.uniform() < 0.7 ? "1" : "0", "y": generator.uniform() < 1 / (1 + exp(-x)) ? "1" : "0",
        "x": numberText(x), "z": numberText(generator.normal()), "region": "\(row % 3)",
      ]
      change(row, &cells)
      lines.append(names.map { cells[$0]! }.joined(separator: ","))
    }
    try folder.write(lines.map { $0 + "\n" }.joined(), to: "t.csv")
    return folder
  }

  private static func markers(_ run: Command) -> [String] {
    run.output.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
  }

  /// The same outcome in numbers, words, and as a calculation gives the same numbers.
  @Test(arguments: [
    ["prognostic", "t.csv", "--time", "time", "--marker", "x"],
    ["predictive", "t.csv", "--time", "time", "--treatment", "arm", "--marker", "x"],
    ["added-value", "t.csv", "--time", "time", "--base", "z", "--extended", "z + x", "--horizon", "1"],
  ]) func eventsInWords(_ arguments: [String]) throws {
    func output(_ words: [String: String], _ more: String...) throws -> String {
      let folder = try Self.folder { $1["event"] = words[$1["event"]!] }
      let run = try Command(arguments: arguments + more + ["--format", "csv"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      return run.output
    }
    let numbers = try output(["0": "0", "1": "1"], "--event", "event")
    #expect(try output(["0": "FALSE", "1": "TRUE"], "--event", "event") == numbers)
    let words = ["0": "LIVING", "1": "DECEASED"]
    #expect(try output(words, "--event", "event", "--positive", "DECEASED") == numbers)
    #expect(try output(words, "--event", "event == 'DECEASED'") == numbers)
  }

  @Test(arguments: [
    ["diagnostic", "t.csv", "--marker", "x"], ["predictive", "t.csv", "--treatment", "arm", "--marker", "x"],
    ["added-value", "t.csv", "--base", "z", "--extended", "z + x"],
  ]) func outcomesInWords(_ arguments: [String]) throws {
    func output(_ words: [String: String], _ more: String...) throws -> String {
      let folder = try Self.folder { $1["y"] = words[$1["y"]!] }
      let run = try Command(arguments: arguments + more + ["--format", "csv"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      return run.output
    }
    let numbers = try output(["0": "0", "1": "1"], "--outcome", "y"), words = ["0": "viable", "1": "dead"]
    #expect(try output(words, "--outcome", "y", "--positive", "dead") == numbers)
    #expect(try output(words, "--outcome", "y == 'dead'") == numbers)
    #expect(try output(["0": "No", "1": "yes"], "--outcome", "y") == numbers)
  }

  @Test(arguments: [
    ["diagnostic", "t.csv", "--outcome", "y", "--marker", "x"], ["prognostic", "t.csv", "--marker", "x"],
    ["prognostic", "t.csv", "--model", "x + z"], ["prognostic", "t.csv", "--model", "z", "--weights", "x"],
    ["diagnostic", "t.csv", "--outcome", "y", "--marker", "1 / x"],
    ["diagnostic", "t.csv", "--outcome", "y", "--probability", "x"],
    ["predictive", "t.csv", "--treatment", "arm", "--outcome", "y", "--marker", "x"],
    ["added-value", "t.csv", "--outcome", "y", "--base", "z", "--extended", "z + x"],
  ]) func infiniteValuesAndWordsAreNamed(_ arguments: [String]) throws {
    for word in ["inf", "-Inf", "1e999", "high"] {
      let run = try Command(arguments: arguments, in: Self.folder { if $0 == 4 { $1["x"] = word } })
      let sentence = "t.csv:6: 'x' is '\(word)', must be a \(word == "high" ? "" : "finite ")number."
      #expect(run.status == 2 && run.errors.contains(sentence), "\(arguments) \(run.errors)")
    }
  }

  /// A screen takes columns of numbers that no option names, and says what it leaves out.
  @Test func screens() throws {
    let folder = try Self.folder { row, cells in
      if row == 3 { cells["x"] = " 1.2" }
      if row == 4 { cells["x"] = "none" }
      if row == 5 { cells["x"] = "#N/A" }
      if row == 7 { cells["z"] = "12b" }
    }
    let arguments = ["prognostic", "t.csv", "--screen", "--format", "csv"]
    let run = try Command(arguments: arguments + ["--event", "event == 1"], in: folder)
    #expect(run.status == 0 && Self.markers(run) == ["y", "x"], "\(run.output)")
    #expect(run.errors.contains("warning: t.csv:9: 'z' is '12b', must be a number"), "\(run.errors)")
    #expect(run.errors.contains("id, region say what a row is of"))
    #expect(run.output.contains("\nx,58,"))
    let named = try Command(arguments: arguments + ["--model", "y"], in: folder)
    #expect(Self.markers(named) == ["x"], "\(named.errors)")
  }

  /// A marker whose squares are too large or too small takes no other with it.
  @Test(arguments: ["e300", "e-300"]) func extremeMarkers(_ exponent: String) throws {
    let folder = try Self.folder { $1["z"]! += $1["z"]!.contains("e") ? "" : exponent }
    for asked in [["--screen"], ["--marker", "y", "--marker", "x", "--marker", "z"]] {
      let run = try Command(arguments: ["prognostic", "t.csv", "-o", "o.json"] + asked, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let text = try folder.read("o.json")
      let result = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let markers = try #require(result["markers"] as? [[String: Any]])
      #expect(markers.map { $0["marker"] as? String } == ["y", "x", "z"])
      #expect(markers[0]["p_holm"] as? Double != nil && markers[1]["p_holm"] as? Double != nil)
      #expect(markers[2]["p"] as? Double == nil && text.contains("must be between 1e-100 and 1e100"), "\(markers[2])")
    }
  }

  /// Nor does it in a trial; and a model of it is an error, not a ratio of 1 [1, 1].
  @Test func extremeColumnsOfModels() throws {
    let folder = try Self.folder { $1["z"] = "\($1["z"]!.split(separator: "e")[0])e-200" }
    let outcome = ["--time", "time", "--event", "event"]
    let trial = try Command(
      arguments: ["predictive", "t.csv", "--treatment", "arm", "--marker", "z", "--marker", "x", "--format", "csv"]
        + outcome, in: folder)
    #expect(trial.status == 0 && trial.errors.contains("warning: z: is left out. 'z'"), "\(trial.errors)")
    let alone = try Command(
      arguments: ["predictive", "t.csv", "--treatment", "arm", "--marker", "x", "--format", "csv"] + outcome, in: folder
    )
    #expect(alone.output == trial.output && !alone.output.isEmpty)
    for arguments in [
      ["prognostic", "t.csv", "--model", "x + z"], ["diagnostic", "t.csv", "--outcome", "y", "--model", "x + z"],
      ["added-value", "t.csv", "--outcome", "y", "--base", "x", "--extended", "x + z"],
    ] {
      let run = try Command(arguments: arguments, in: folder)
      #expect(run.status == 2 && run.errors.contains("must be between 1e-100 and 1e100"), "\(run.errors)")
    }
  }

  /// What a German spreadsheet writes is the same table.
  @Test func semicolonsAndDecimalCommas() throws {
    let folder = try Self.folder(), plain = try folder.read("t.csv")
    let european = plain.replacingOccurrences(of: ",", with: ";").replacingOccurrences(of: ".", with: ",")
    try folder.write("\u{FEFF}" + european.replacingOccurrences(of: "\n", with: "\r\n"), to: "e.csv")
    try folder.write("sep=;\n" + european, to: "s.csv")
    let index = plain.split(separator: "\n").enumerated().map { "\($0 == 0 ? "" : "\($0 - 1)"),\($1)\n" }.joined()
    try folder.write(index, to: "p.csv")
    for verb in [
      ["prognostic", "--screen"], ["diagnostic", "--outcome", "y", "--marker", "x"],
      ["reliability", "--subject", "region"],
    ] {
      func output(_ file: String) throws -> String {
        let run = try Command(arguments: [verb[0], file] + verb.dropFirst() + ["--format", "csv"], in: folder)
        #expect(run.status == 0, "\(verb) \(file) \(run.errors)")
        return run.output
      }
      let expected = try output("t.csv")
      for file in ["e.csv", "s.csv", "p.csv"] { #expect(try output(file) == expected, "\(verb) \(file)") }
    }
  }

  /// A row that is in training and test, or twice in a table of readings, is said.
  @Test func rowsThatAreThereTwice() throws {
    let folder = try Self.folder(), lines = try folder.read("t.csv").split(separator: "\n").map { $0 + "\n" }
    try folder.write((lines[...0] + lines[31...]).joined(), to: "test.csv")
    try folder.write((lines[...0] + lines[1...32]).joined(), to: "train.csv")
    for verb in [
      ["diagnostic", "--outcome", "y", "--model", "x"], ["prognostic", "--model", "x"],
      ["added-value", "--outcome", "y", "--base", "z", "--extended", "z + x"],
    ] {
      let run = try Command(
        arguments: [verb[0], "train.csv"] + verb.dropFirst() + ["--validate", "test.csv"], in: folder)
      let sentence = "2 of 30 rows are rows that the model is fitted to, first test.csv:2 (as train.csv:32)"
      #expect(run.status == 0 && run.errors.contains(sentence), "\(verb) \(run.errors)")
    }
    let twice = try Command("reliability", "t.csv", "t.csv", "--subject", "id,region", in: folder)
    #expect(twice.errors.contains("60 rows are the same as another in every cell"), "\(twice.errors)")
    let once = try Command("reliability", "t.csv", "--subject", "region", in: folder)
    #expect(once.status == 0 && !once.errors.contains("the same"), "\(once.errors)")
    try folder.write("subject,f,g\na,1.5,2.25\na,1.25,2.5\nb,1.5,2.25\nb,1.75,2.5\n", to: "two.csv")
    let shared = try Command("reliability", "two.csv", in: folder)
    #expect(
      shared.errors.contains("the same value in every feature: a and b (two.csv:2, two.csv:4)"), "\(shared.errors)")
  }

  /// Of many markers each is compared with the first, not with every other.
  @Test func comparisonsOfManyMarkers() throws {
    let folder = try Self.folder()
    func comparisons(_ count: Int) throws -> (Int, String) {
      let markers = (1...count).flatMap { ["--marker", "x + \($0) * z"] }
      let arguments = ["diagnostic", "t.csv", "--outcome", "y", "-o", "o.json"] + markers
      let run = try Command(arguments: arguments, in: folder)
      let result = try #require(
        JSONSerialization.jsonObject(with: Data(folder.read("o.json").utf8)) as? [String: Any], "\(run.errors)")
      return (try #require(result["comparisons"] as? [Any]).count, run.errors)
    }
    #expect(try comparisons(5).0 == 3 * 10)
    let many = try comparisons(51)
    #expect(many.0 == 3 * 50 && many.1.contains("each is compared with the first"), "\(many.1)")
  }
}
