import Foundation
import Radiomics
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

@Suite struct AddedValueCommandTests {
  /// 90 patients: a covariate, a marker that adds to it, one that does not, predictions, times; a value is missing.
  private static func table() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 4), lines = ["y,age,marker,noise,p0,p1,months,died,word"]
    for row in 0..<90 {
      let age = generator.normal(), marker = generator.normal(), noise = generator.normal()
      let base = 1 / (1 + exp(0.6 - age)), extended = 1 / (1 + exp(0.6 - age - 1.2 * marker))
      let event = generator.uniform() < extended
      let months = -log1p(-generator.uniform()) * 30 * exp(-0.5 * age - 0.8 * marker) + 1,
        seen = 60 * generator.uniform() + 6
      let numbers = [age, marker, noise, base, extended, min(months, seen)].map(numberText)
      lines.append(
        "\(event ? 1 : 0),\(numbers[0]),\(row == 7 ? "" : numbers[1]),\(numbers[2...].joined(separator: ",")),\(months <= seen ? 1 : 0),\(row)x"
      )
    }
    try folder.write(lines.map { $0 + "\n" }.joined(), to: "t.csv")
    return folder
  }

  private static func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private static func number(_ result: [String: Any], _ group: String, _ name: String) throws -> Double {
    try #require((result[group] as? [String: Any])?[name] as? Double)
  }

  @Test func modelsFigureAndPage() throws {
    let folder = try Self.table()
    let run = try Command(
      "added-value", "t.csv", "--outcome", "y", "--base", "age", "--extended", "age + marker", "--cut", "0.4", "--cut",
      "0.2", "--difference", "0.05", "--bootstrap", "20", "--figure", "f.svg", "--report", "r.html", "-o", "o.json",
      in: folder)
    #expect(run.status == 0 && run.errors.contains("1 of 90 are left out of both"), "\(run.errors)")
    #expect(run.errors.contains("Demler 2012") && run.errors.contains("take the optimism off"))
    let result = try Self.json(folder.read("o.json"))
    #expect(result["n"] as? Int == 89 && result["missing"] as? Int == 1 && result["apparent"] as? Bool == true)
    #expect(try Self.number(result, "lrt", "p") < 0.05)
    #expect(try Self.number(result, "corrected", "samples") == 20)
    #expect(try abs(Self.number(result, "corrected", "delta_auc")) < 0.5)
    let categorical = try #require(result["categorical_nri"] as? [String: Any])
    #expect(categorical["cut"] as? [Double] == [0.2, 0.4])
    let tables = try ["table_events", "table_nonevents"].map { try #require(categorical[$0] as? [[Int]]) }
    #expect(tables.flatMap { $0 }.flatMap { $0 }.reduce(0, +) == 89)
    #expect((result["net_benefit"] as? [String: Any])?["difference"] != nil && result["difference_nri"] != nil)
    let figure = try folder.read("f.svg"), page = try folder.read("r.html")
    #expect(figure.hasPrefix("<svg ") && figure.contains("Reclassification") && figure.contains("Decision curves"))
    #expect(page.contains("</html>") && page.contains("explains more than chance would"))
    #expect(page.contains("move to a higher category"))
  }

  @Test func otherRowsAndWholeFormulas() throws {
    let folder = try Self.table()
    let whole = try Command(
      "added-value", "t.csv", "--base", "y ~ age", "--extended", "y ~ age * noise", "--format", "csv", in: folder)
    #expect(whole.status == 0 && whole.output.hasPrefix("group,statistic,value,reason\nlrt,chisq,"), "\(whole.errors)")
    let other = try Command(
      "added-value", "t.csv", "--outcome", "y", "--base", "age", "--extended", "noise", "--validate", "t.csv",
      in: folder)
    #expect(
      other.status == 0 && other.output.contains("the base model is no part of the extended one"), "\(other.errors)")
    #expect(!other.errors.contains("Demler"))
  }

  @Test func columnsOfProbabilities() throws {
    let folder = try Self.table(), columns = ["--base-probability", "p0", "--extended-probability", "p1"]
    let binary = try Command(
      arguments: ["added-value", "t.csv", "--outcome", "y", "--format", "json"] + columns, in: folder)
    #expect(binary.status == 0, "\(binary.errors)")
    let result = try Self.json(binary.output)
    #expect(result["apparent"] as? Bool == false && (result["lrt"] as? [String: Any])?["reason"] != nil)
    #expect(try Self.number(result, "continuous_nri_idi", "idi") > 0)
    let survival = try Command(
      arguments: [
        "added-value", "t.csv", "--time", "months", "--event", "died", "--horizon", "24", "--cut", "0.3", "--figure",
        "f.svg", "--report", "r.html", "-o", "o.json",
      ] + columns, in: folder)
    #expect(survival.status == 0, "\(survival.errors)")
    let times = try Self.json(folder.read("o.json"))
    #expect(times["horizon"] as? Double == 24 && times["delta_auc"] == nil)
    for name in ["survival_nri_km_category", "survival_nri_ipw_cont"] { _ = try Self.number(times, name, "NRI") }
    let improvement = try #require(times["survidinri"] as? [String: Any])
    #expect((improvement["idi_ci_perturbation"] as? [Double])?.count == 2)
    #expect(try folder.read("f.svg").contains("censored before") && folder.read("r.html").contains("Kaplan and Meier"))
    // The same seed, the same file.
    let again = try Command(
      arguments: [
        "added-value", "t.csv", "--time", "months", "--event", "died", "--horizon", "24", "--cut", "0.3", "--format",
        "json",
      ] + columns, in: folder)
    #expect(try again.output == folder.read("o.json"))
  }

  private static let models = ["--base", "age", "--extended", "age + marker"]
  private static let columns = ["--base-probability", "p0", "--extended-probability", "p1"]

  /// What is wrong with both models named.
  private static let ofModels: [(arguments: [String], sentence: String)] = [
    ([], "there is no outcome"), (["--outcome", "z"], "there is no column 'z'"),
    (["--outcome", "y", "--base-probability", "p0"], "both say what is compared"),
    (["--outcome", "y", "--time", "months"], "both say what is predicted"),
    (["--time", "months", "--horizon", "9"], "needs --event"), (["--event", "died"], "needs --time"),
    (["--time", "months", "--event", "died"], "needs --horizon"),
    (["--outcome", "y", "--horizon", "9"], "a horizon belongs to times"), (["--outcome", "word"], "must have two"),
    (["--outcome", "y", "--cut", "20"], "such as 0.2"),
    (["--outcome", "y", "--cut", "0.2", "--cut", "0.2"], "given twice"),
    (["--outcome", "y", "--difference", "0"], "must be above 0"),
    (["--outcome", "y", "--horizon", "0"], "must be above 0"),
    (["--outcome", "y", "--confidence", "95"], "must be above 0.5"),
    (["--outcome", "y", "--bootstrap=-1"], "must be from 0"),
    (["--outcome", "y", "--validate", "t.csv", "--bootstrap", "9"], "Leave it out"),
    (["--outcome", "y", "--figure", "t.png"], "must end in .svg"),
    (["--outcome", "y", "-o", "t.csv"], "is named twice"),
  ]

  /// What is wrong with other questions.
  private static let others: [(arguments: [String], sentence: String)] = [
    (["--outcome", "y"], "there is nothing to compare"), (["--outcome", "y", "--base", "age"], "needs --extended"),
    (["--outcome", "y", "--extended", "age"], "needs --base"),
    (["--outcome", "y", "--base-probability", "p0"], "needs --extended-probability"),
    (["--outcome", "y", "--base", "age", "--extended", "age + markre"], "Did you mean 'marker'?"),
    (["--outcome", "y", "--base", "noise ~ age", "--extended", "age"], "must be"),
    (["--outcome", "y", "--base-probability", "p0", "--extended-probability", "age"], "must be from 0 to 1"),
    (["--outcome", "y", "--base-probability", "p0", "--extended-probability", "word"], "must be a number"),
  ]

  private static func refuses(_ arguments: [String], _ sentence: String) throws {
    let run = try Command(arguments: ["added-value", "t.csv"] + arguments, in: try table())
    #expect(run.status == 2 && run.errors.contains(sentence) && run.output.isEmpty, "\(run.errors)")
  }

  @Test(arguments: ofModels) func refusesModels(_ arguments: [String], _ sentence: String) throws {
    try Self.refuses(Self.models + arguments, sentence)
  }

  @Test(arguments: others) func refusesOthers(_ arguments: [String], _ sentence: String) throws {
    try Self.refuses(arguments, sentence)
  }

  @Test func refusesColumns() throws {
    try Self.refuses(["--outcome", "y", "--bootstrap", "9"] + Self.columns, "can be fitted")
    try Self.refuses(
      ["--time", "months", "--event", "died", "--horizon", "900"] + Self.columns, "Choose a horizon within the times")
  }
}
