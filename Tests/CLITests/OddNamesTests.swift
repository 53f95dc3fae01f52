import Foundation
import RadiomicsTestSupport
import Testing

/// Options that name columns take any name as it stands in the table, without backticks.
@Suite struct OddNamesTests {
  static let names = ["a b", "x-y", "1st", "cm.joint (3D)"]

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    // Two tables of the same numbers; in one of them names are plain.
    let rows = (0..<60).map { row in
      let values = (0..<4).map { Double((row * (7 + 4 * $0) + 3 * $0) % 23) }
      return (
        values, arm: row % 2, time: 5 + Double(row * 13 % 37), event: (row * 5) % 7 < 4 ? 1 : 0,
        outcome: values[0] + values[3] + Double(row * 11 % 17) > 30 ? 1 : 0
      )
    }
    for (file, names) in [("odd.csv", Self.names), ("plain.csv", ["a", "b", "c", "d"])] {
      let lines = rows.map { row in
        (row.0.map { "\($0)" } + ["\(row.arm)", "\(row.time)", "\(row.event)", "\(row.outcome)"]).joined(separator: ",")
      }
      try folder.write(
        ((names + ["arm", "time", "event", "y"]).joined(separator: ",") + "\n")
          + lines.joined(separator: "\n") + "\n", to: file)
    }
  }

  /// What is printed, with odd names made plain and without what tells the file.
  private func found(_ words: [String], _ file: String) throws -> String {
    let run = try Command(arguments: words, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    var text = run.output
    if file == "odd.csv" {
      for (odd, plain) in zip(Self.names, ["a", "b", "c", "d"]) {
        text = text.replacingOccurrences(of: "`\(odd)`", with: plain).replacingOccurrences(of: odd, with: plain)
      }
    }
    return text
  }

  @Test(arguments: [
    ["diagnostic", "FILE", "--outcome", "y", "--model", "NAME", "--marker", "NAME", "--format", "csv"],
    ["prognostic", "FILE", "--model", "NAME", "--marker", "NAME", "--format", "csv"],
    [
      "predictive", "FILE", "--treatment", "arm", "--outcome", "y", "--marker", "a", "--adjust", "NAME", "--format",
      "csv",
    ],
    [
      "predictive", "FILE", "--treatment", "arm", "--time", "time", "--event", "event", "--marker", "NAME", "--spline",
      "3", "--format", "csv",
    ],
    ["added-value", "FILE", "--outcome", "y", "--base", "arm", "--extended", "NAME", "--format", "csv"],
  ])
  func aNameStandsForItsColumn(_ words: [String]) throws {
    for (odd, plain) in zip(Self.names, ["a", "b", "c", "d"]) {
      // Another marker than what is adjusted for.
      let other = plain == "a" ? "d" : "a"
      let line = { (file: String, name: String, a: String) in
        words.map { $0 == "FILE" ? file : $0 == "NAME" ? name : $0 == "a" ? a : $0 }
      }
      let oddOther = Self.names[["a", "b", "c", "d"].firstIndex(of: other)!]
      #expect(
        try found(line("odd.csv", odd, oddOther), "odd.csv") == found(line("plain.csv", plain, other), "plain.csv"),
        "\(odd)")
    }
  }

  /// Among several terms an odd name needs backticks, and the refusal of one without them says so.
  @Test func formulasSayWhereBackticksBelong() throws {
    for (odd, plain) in zip(Self.names, ["a", "b", "c", "d"]) {
      let model = ["diagnostic", "--outcome", "y", "--format", "csv", "--model"]
      let bare = try Command(arguments: model + ["arm + \(odd)", "odd.csv"], in: folder)
      #expect(
        bare.status == 2 && bare.errors.contains("'\(odd)' is a column")
          && bare.errors.contains("backticks: `\(odd)`."),
        "\(bare.errors)")
      #expect(
        try found(model + ["arm + `\(odd)`", "odd.csv"], "odd.csv")
          == found(model + ["arm + \(plain)", "plain.csv"], "plain.csv"))
    }
    let marker = try Command(
      "diagnostic", "odd.csv", "--outcome", "y", "--marker", "log(a b + 1)", "--format", "csv", in: folder)
    #expect(marker.status == 2 && marker.errors.contains("`a b`"), "\(marker.errors)")
    // What is in backticks already, or is no column at all, has the parser's own words.
    let other = try Command("diagnostic", "odd.csv", "--outcome", "y", "--model", "`a b` + armm", in: folder)
    #expect(other.status == 2 && other.errors.contains("Did you mean 'arm'?"), "\(other.errors)")
  }
}
