import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// A model's file knows which columns it predicts and which value is the event; options say it otherwise.
@Suite struct KeptOutcomeTests {
  /// Patients with an outcome in words, a time under a name of its own, a late entry and kinds of events.
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 5)
    for (file, count) in [("train.csv", 90), ("test.csv", 60)] {
      var text = "months,status,seen,kind,response,other,age\n"
      for _ in 0..<count {
        let age = 50 + 10 * generator.normal(), risk = exp(0.05 * (age - 50))
        let months = -30 * log(1 - generator.uniform()) / risk, isEvent = months < 50
        text +=
          "\(min(months, 50) + 2),\(isEvent ? "dead" : "alive"),\(generator.uniform()),"
          + "\(isEvent ? (generator.uniform() < 0.3 ? 3 : 2) : 0),\(generator.uniform() < risk / (1 + risk) ? "good" : "poor"),"
          + "\(isEvent ? 1 : 0),\(age)\n"
      }
      try folder.write(text, to: file)
    }
    return folder
  }

  /// Results of two commands, all but the command itself.
  private static func results(_ folder: TemporaryFolder, _ words: [String]) throws -> NSDictionary {
    let run = try Command(arguments: words + ["--format", "json"], in: folder)
    #expect(run.status == 0, "\(run.errors)")
    var result = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    result["command"] = nil
    return result as NSDictionary
  }

  @Test(arguments: [
    (["diagnostic"], ["--outcome", "response", "--positive", "good"], []),
    (["prognostic"], ["--time", "months", "--event", "status", "--positive", "dead"], ["--at", "20"]),
    (["prognostic"], ["--time", "months", "--event", "other", "--start", "seen"], ["--at", "20"]),
    (["prognostic"], ["--time", "months", "--event", "kind", "--cause", "3"], ["--at", "20"]),
    (["prognostic"], ["--time", "months", "--event", "status == 'dead'"], ["--at", "20"]),
  ])
  func outcomeNeedsNoOption(_ verb: [String], _ outcome: [String], _ others: [String]) throws {
    let folder = try Self.folder()
    let fit = try Command(
      arguments: verb + ["train.csv"] + outcome + ["--model", "age", "--save", "m.json"], in: folder)
    #expect(fit.status == 0, "\(fit.errors)")
    let use = verb + ["test.csv", "--use", "m.json"] + others
    #expect(try Self.results(folder, use) == Self.results(folder, use + outcome))
  }

  /// Another column is judged by itself: the value that was the event is not looked for in it.
  @Test func optionsSayItOtherwise() throws {
    let folder = try Self.folder()
    let fit = try Command(
      "prognostic", "train.csv", "--time", "months", "--event", "status", "--positive", "dead", "--model", "age",
      "--save", "m.json", in: folder)
    #expect(fit.status == 0, "\(fit.errors)")
    let other = try Command("prognostic", "test.csv", "--use", "m.json", "--event", "other", "--at", "20", in: folder)
    #expect(other.status == 0 && other.errors.contains("is judged by other = 1"), "\(other.errors)")
    let wrong = try Command("diagnostic", "test.csv", "--use", "m.json", in: folder)
    #expect(wrong.status == 2 && wrong.errors.contains("Use it in prognostic"), "\(wrong.errors)")
  }

  @Test func checkKnowsTheBatch() throws {
    let folder = try TemporaryFolder()
    try folder.write(String(decoding: try StatisticalReference.data("scanners.csv"), as: UTF8.self), to: "t.csv")
    #expect(try Command("harmonise", "fit", "t.csv", "--batch", "site", "-o", "h.json", in: folder).status == 0)
    let check = ["harmonise", "check", "t.csv", "--use", "h.json"]
    #expect(try Self.results(folder, check) == Self.results(folder, check + ["--batch", "site"]))
    let fit = try Command("harmonise", "fit", "t.csv", "-o", "i.json", in: folder)
    #expect(fit.status == 2 && fit.errors.contains("Missing expected argument '--batch"), "\(fit.errors)")
  }
}
