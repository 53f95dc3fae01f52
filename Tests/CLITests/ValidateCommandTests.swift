import Foundation
import RadiomicsTestSupport
import Testing

/// `validate` from the shell: rows that were learnt from, subgroups, another signature.
@Suite struct ValidateCommandTests {
  private static func trained(_ study: String = TrainCommandTests.study) throws -> TemporaryFolder {
    let folder = try TrainCommandTests.folder(study.replacing("shuffles: 4", with: "shuffles: 0"))
    let train = try Command("train", "study.yaml", "-o", "s.json", "-q", in: folder)
    #expect(train.status == 0, "\(train.errors)")
    return folder
  }

  private static func lines(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  private static func text(_ lines: [[String]]) -> String {
    lines.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
  }

  /// Rows that were learnt from are counted and named, renamed, rounded and among others; nothing is said to hold then.
  @Test func rowsThatWereLearntFromAreTold() throws {
    let folder = try Self.trained()
    let own = Self.lines(try folder.read("t.csv")), others = Self.lines(try folder.read("other.csv"))
    let renamed = own[3...7].enumerated().map { number, row in
      ["new\(number)"] + row[1...6] + row[7...].map { "\((Double($0)! * 1e5 * (1 + 1e-6)).rounded() / 1e5)" }
    }
    try folder.write(Self.text(others + renamed), to: "mixed.csv")
    let mixed = try Command("validate", "s.json", "mixed.csv", "--format", "json", in: folder)
    let found = try TrainCommandTests.json(mixed.output)
    let rows = try #require(found["learnt_from_rows"] as? [String])
    #expect(rows == (52...56).map { "mixed.csv:\($0)" })
    #expect(mixed.errors.contains("the signature was learnt from 5 of these 55 rows"), "\(mixed.errors)")
    let text = try Command("validate", "s.json", "mixed.csv", in: folder)
    #expect(text.output.contains("they do not tell whether it can be used elsewhere"))
    #expect(!text.output.contains("closed test"))
    let whole = try Command("validate", "s.json", "t.csv", in: folder)
    #expect(whole.errors.contains("learnt from 90 of these 90 rows") && !whole.output.contains("closed test"))
    let other = try Command("validate", "s.json", "other.csv", "--format", "json", in: folder)
    #expect(try TrainCommandTests.json(other.output)["learnt_from_rows"] as? [String] == [])
    #expect(!other.errors.contains("This is no validation"), "\(other.errors)")
  }

  /// Words for nothing that a study names count wherever its signature is used.
  @Test func wordsForNothingGoWithTheSignature() throws {
    let folder = try Self.trained(TrainCommandTests.study + "missing: [leer]\n")
    var rows = Self.lines(try folder.read("other.csv"))
    for column in 7..<rows[0].count { rows[1][column] = "leer" }
    try folder.write(Self.text(rows), to: "gaps.csv")
    let apply = try Command("apply", "s.json", "gaps.csv", in: folder)
    #expect(apply.status == 0 && !apply.output.contains("failed"), "\(apply.errors)")
    #expect(try Command("validate", "s.json", "gaps.csv", in: folder).status == 0)
  }

  /// Numbers are cut into thirds; words stay; each table has limits and a test that groups do not differ.
  @Test func subgroupsHaveLimitsAndATestOfDifference() throws {
    let folder = try Self.trained()
    let run = try Command(
      "validate", "s.json", "t.csv", "--subgroups", "hospital,age", "--format", "json", in: folder)
    let found = try TrainCommandTests.json(run.output)
    let ages = try #require(found["subgroups_age"] as? [[String: Any]])
    #expect(ages.count == 3 && ages.allSatisfy { ($0["O_over_E_ci"] as? [Any])?.count == 2 })
    #expect(ages.compactMap { $0["rows"] as? Int }.reduce(0, +) == 90)
    let tests = try #require(found["heterogeneity_hospital"] as? [String: Any])
    let order = try #require(tests["of_discrimination"] as? [String: Any])
    #expect(order["Q_df"] as? Int == 2)
    let p = try #require(order["Q_p"] as? Double), q = try #require(order["Q"] as? Double)
    #expect(abs(p - exp(-q / 2)) < 1e-12)
    let text = try Command("validate", "s.json", "t.csv", "--subgroups", "age", in: folder)
    #expect(text.output.contains("That AUC is the same in all groups: P "), "\(text.output)")
    let many = try Command("validate", "s.json", "t.csv", "--subgroups", "patient", in: folder)
    #expect(many.status == 2 && many.errors.contains("has 90 words, must have at most 20"), "\(many.errors)")
  }

  @Test func anotherSignatureIsComparedWithLimits() throws {
    let folder = try Self.trained()
    try folder.write(
      TrainCommandTests.study.replacing("/^f[0-9]/", with: "[f0, f9]").replacing("shuffles: 4", with: "shuffles: 0"),
      to: "base.yaml")
    #expect(try Command("train", "base.yaml", "-o", "base.json", "-q", in: folder).status == 0)
    let run = try Command(
      "validate", "s.json", "other.csv", "--against", "base.json", "--format", "json", in: folder)
    let found = try TrainCommandTests.json(run.output), against = try #require(found["against"] as? [String: Any])
    let pooled = try #require(against["pooled"] as? [String: Any])
    let difference = try #require(pooled["difference"] as? Double), limits = try #require(pooled["ci"] as? [Double])
    #expect(limits[0] < difference && difference < limits[1])
    let base = try Command("validate", "base.json", "other.csv", "--format", "json", in: folder)
    let less = try TrainCommandTests.value(try TrainCommandTests.json(base.output), "pooled")
    #expect(abs(difference - (try TrainCommandTests.value(found, "pooled")) + less) < 1e-12)
    let nri = try #require((against["categorical_nri"] as? [String: Any])?["nri"] as? Double)
    // By hand, from who changes group.
    let changes = try #require(found["changes"] as? [[String: Any]])
    let events = Dictionary(
      uniqueKeysWithValues: Self.lines(try folder.read("other.csv")).dropFirst().map { ($0[0], $0[2] == "yes") })
    let count = events.values.count { $0 }
    let net = changes.reduce(0.0) { sum, change in
      let isUp = change["to"] as? String == "high", isEvent = events[change["who"] as? String ?? ""] ?? false
      return sum + (isUp == isEvent ? 1 : -1) / Double(isEvent ? count : events.count - count)
    }
    #expect(abs(nri - net) < 1e-12)
    let text = try Command("validate", "s.json", "other.csv", "--against", "base.json", in: folder)
    #expect(text.output.contains("AUC less that of the other signature on the same rows"), "\(text.output)")
  }

  /// Until when risks are is said, and chance's P; both slopes of times have names of their own.
  @Test func timesNameTheirHorizonAndSlopes() throws {
    let folder = try Self.trained(
      TrainCommandTests.study.replacing(
        "outcome: malignant\npositive: \"yes\"\n", with: "time: months\nevent: died\n"))
    let run = try Command("validate", "s.json", "other.csv", "--subgroups", "age", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    for part in ["in the unit of 'months'", "middle 95 %; P ", "slope of log hazards", "slope of risks"] {
      #expect(run.output.contains(part), "\(part): \(run.output)")
    }
  }

  @Test func theLearningCurveIsPrintedAndKept() throws {
    let folder = try TrainCommandTests.folder(TrainCommandTests.study.replacing("shuffles: 4", with: "shuffles: 0"))
    let words = ["train", "study.yaml", "--learning-curve", "--resume", "parts", "--format", "json", "-q"]
    let first = try Command(arguments: words, in: folder)
    let curve = try #require(try TrainCommandTests.json(first.output)["learning_curve"] as? [[String: Any]])
    #expect(curve.count == 5 && curve.allSatisfy { $0["value"] is Double && $0["folds"] as? Int == 4 })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("parts")).contains { $0.contains("curve") })
    #expect(try Command(arguments: words, in: folder).output == first.output)
  }
}
