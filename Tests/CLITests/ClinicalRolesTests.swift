import RadiomicsCore
import RadiomicsNumerics
import RadiomicsTestSupport
import Testing

/// What holds of the four clinical commands alike: patients with several rows, values that their column cannot have.
@Suite struct ClinicalRolesTests {
  /// 60 patients with two lesions each; of one row the column `odd` of a kind is impossible.
  private static func table() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 17)
    var lines = ["subject,arm,m,n,y,p,q,days,dead,weight,p_odd,days_odd,weight_odd"]
    for patient in 0..<60 {
      let common = generator.normal()
      for lesion in 0..<2 {
        let m = common + 0.5 * generator.normal(), p = 1 / (1 + exp(-m)),
          q = 1 / (1 + exp(-1.2 * m - 0.1 * generator.normal()))
        let days = -log(1 - generator.uniform()) * 400 * exp(-0.5 * m) + 1, isOdd = patient == 3 && lesion == 1
        lines.append(
          "s\(patient),\(patient % 2),\(m),\(generator.normal()),\(generator.uniform() < p ? 1 : 0),\(p),\(q),\(days),"
            + "\(generator.uniform() < 0.7 ? 1 : 0),1,\(isOdd ? 1.5 : p),\(isOdd ? -4 : days),\(isOdd ? -1 : 1)")
      }
    }
    try folder.write(lines.map { $0 + "\n" }.joined(), to: "t.csv")
    return folder
  }

  private static let verbs = [
    [
      "diagnostic", "t.csv", "--outcome", "y", "--marker", "m", "--marker", "n", "--model", "m + n", "--probability",
      "p", "--bootstrap", "5",
    ],
    [
      "prognostic", "t.csv", "--time", "days", "--event", "dead", "--marker", "m", "--model", "m + n", "--risk",
      "300=p", "--bootstrap", "5",
    ],
    [
      "predictive", "t.csv", "--treatment", "arm", "--time", "days", "--event", "dead", "--marker", "m", "--horizon",
      "300", "--bootstrap", "5",
    ],
    ["predictive", "t.csv", "--treatment", "arm", "--outcome", "y", "--marker", "m"],
    [
      "added-value", "t.csv", "--outcome", "y", "--base-probability", "p", "--extended-probability", "q", "--cut",
      "0.5",
    ],
    [
      "added-value", "t.csv", "--time", "days", "--event", "dead", "--horizon", "300", "--base", "n", "--extended",
      "n + m",
    ],
  ]

  /// Without the option there is a warning, with it 60 patients of 120 rows.
  @Test(arguments: verbs) func severalRowsOfAPatient(_ arguments: [String]) throws {
    let folder = try Self.table()
    let unnamed = try Command(arguments: arguments + ["-o", "o.json"], in: folder)
    #expect(unnamed.status == 0 && unnamed.errors.contains("60 of 60 patients have several rows"), "\(unnamed.errors)")
    let named = try Command(arguments: arguments + ["--subject", "subject", "-o", "o.json"], in: folder)
    #expect(named.status == 0 && !named.errors.contains("have several rows, which"), "\(named.errors)")
    let text = try folder.read("o.json").filter { !$0.isWhitespace }
    #expect(text.contains("\"n\":60,") && text.contains("\"rows\":120"))
    let missing = try Command(arguments: arguments + ["--subject", "patient"], in: folder)
    #expect(missing.status == 2 && missing.errors.contains("there is no column 'patient'"), "\(missing.errors)")
  }

  /// The row is the eighth, on line 9 of the file.
  @Test(arguments: [
    (["diagnostic", "t.csv", "--outcome", "y", "--probability", "p_odd"], "'p_odd' is 1.5, must be from 0 to 1"),
    (["prognostic", "t.csv", "--time", "days_odd", "--event", "dead"], "'days_odd' is -4, must be 0 or more"),
    (
      ["prognostic", "t.csv", "--time", "days", "--event", "dead", "--weights", "weight_odd"],
      "'weight_odd' is -1, must be 0 or more"
    ),
    (
      ["prognostic", "t.csv", "--time", "days", "--event", "dead", "--risk", "300=p_odd"],
      "'p_odd' is 1.5, must be from 0 to 1"
    ),
    (
      ["predictive", "t.csv", "--treatment", "arm", "--time", "days_odd", "--event", "dead", "--marker", "m"],
      "'days_odd' is -4"
    ),
    (
      [
        "added-value", "t.csv", "--time", "days_odd", "--event", "dead", "--horizon", "300", "--base", "n",
        "--extended", "m",
      ], "'days_odd' is -4"
    ),
    (
      ["added-value", "t.csv", "--outcome", "y", "--base-probability", "p", "--extended-probability", "p_odd"],
      "'p_odd' is 1.5"
    ),
  ])
  func impossibleValues(_ arguments: [String], _ sentence: String) throws {
    let run = try Command(arguments: arguments, in: try Self.table())
    #expect(run.status == 2 && run.errors.contains("t.csv:9: \(sentence)"), "\(run.errors)")
  }
}
