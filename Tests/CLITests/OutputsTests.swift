import Foundation
import RadiomicsCore
import RadiomicsTestSupport
import Testing

/// What the statistical verbs say is what they said when `Tests/Data/outputs/make` was last run: the text and the notes byte for
/// byte, the numbers to 1e-12. That they are right is shown elsewhere; this shows that a change means to change them.
struct OutputsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let arguments: [String]

    func recorded(_ ending: String) throws -> String {
      try String(
        contentsOf: OutputsTests.folder.appendingPathComponent("\(testDescription).\(ending)"), encoding: .utf8)
    }
  }

  static let folder = ReferenceData.project.appendingPathComponent("Tests/Data/outputs")

  static let cases: [Case] = {
    let lines = (try? String(contentsOf: folder.appendingPathComponent("commands.txt"), encoding: .utf8)) ?? ""
    return lines.split(separator: "\n").map { line in
      let words = line.matches(of: /"([^"]*)"|(\S+)/).map { String($0.1 ?? $0.2 ?? "") }
      return Case(testDescription: words[0], arguments: Array(words.dropFirst()))
    }
  }()

  /// The tables that the commands name, in a folder of their own.
  private static func run(_ one: Case, _ format: String) throws -> Command {
    let folder = try TemporaryFolder()
    for table in one.arguments where table.hasSuffix(".csv") {
      try folder.write(
        String(
          contentsOf: StatisticalReference.folder.appendingPathComponent("data/\(table)"), encoding: .utf8), to: table)
    }
    return try Command(arguments: one.arguments + ["--format", format], in: folder)
  }

  @Test func everyVerbIsHere() {
    let verbs = Set(Self.cases.map { $0.arguments[0] })
    #expect(verbs == ["diagnostic", "prognostic", "predictive", "added-value", "reliability"])
  }

  @Test(arguments: cases) func theTextIsTheSame(_ one: Case) throws {
    let run = try Self.run(one, "text"), recorded = try one.recorded("txt")
    #expect(run.status == 0)
    for (a, b) in zip(run.output.split(separator: "\n"), recorded.split(separator: "\n")) { #expect(a == b) }
    #expect(run.output == recorded)
  }

  @Test(arguments: cases) func theNumbersAreTheSame(_ one: Case) throws {
    let run = try Self.run(one, "json")
    #expect(run.status == 0)
    #expect(try run.errors == one.recorded("err"))
    try Self.compare(
      Setting.Value(json: Array(run.output.utf8), file: "now"),
      Setting.Value(json: Array(one.recorded("json").utf8), file: "recorded"), at: "")
  }

  private static func compare(_ found: Setting.Value, _ recorded: Setting.Value, at place: String) {
    switch (found, recorded) {
    case (.map(let found), .map(let recorded)):
      #expect(found.map(\.key) == recorded.map(\.key), "\(place)")
      for (a, b) in zip(found, recorded) where a.key != "version" { compare(a.value, b.value, at: "\(place)/\(a.key)") }
    case (.list(let found), .list(let recorded)):
      #expect(found.count == recorded.count, "\(place)")
      for (index, (a, b)) in zip(found, recorded).enumerated() { compare(a, b, at: "\(place)/\(index)") }
    default:
      guard let a = found.asNumber, let b = recorded.asNumber else {
        #expect(found == recorded, "\(place)")
        return
      }
      #expect(abs(a - b) <= 1e-12 * max(1, abs(b)), "\(place): \(a), was \(b)")
    }
  }
}
