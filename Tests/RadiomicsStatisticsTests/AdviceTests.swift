import RadiomicsCore
import RadiomicsLearning
import Testing

/// What is advised is said by whoever shows it: the library names no options of a program.
struct AdviceTests {
  @Test func adviceInOtherWords() {
    let finding = Finding(.warning, "model", "is judged on its own rows.", advice: .correctOptimism)
    #expect(
      finding.message == "is judged on its own rows. Correct it by samples with replacement, or judge it on other rows."
    )
    let typed = finding.worded { $0 == .correctOptimism ? "Type this." : "" }
    #expect(typed.message == "is judged on its own rows. Type this." && typed.advice == .correctOptimism)
    #expect(Finding(.note, "x", "is so.").worded { _ in "No." }.message == "is so.")
    #expect(finding.json["advice"]?.asText == "correct-optimism")
  }

  @Test func findingsNameNoOptions() throws {
    let rows = 0..<40, marker = rows.map { Double($0 * 7 % 40) }
    let table = Table([
      ("y", .numbers(rows.map { $0 % 2 == 0 || $0 > 30 ? 1 : 0 })), ("m", .numbers(marker.map { $0 })),
      ("subject", .numbers(rows.map { Double($0 / 2) })), ("a", .numbers(rows.map { Double($0 % 3 % 2) })),
      ("t", .numbers(rows.map { Double($0 + 1) })), ("e", .numbers(rows.map { $0 % 5 == 0 ? 0 : 1 })),
    ])
    var diagnosis = Diagnosis.Options()
    (diagnosis.markers, diagnosis.model) = (["m"], "m")
    var predictive = PredictiveAnalysis.Options()
    (predictive.treatment, predictive.markers, predictive.horizon) = ("a", ["m"], 20)
    var prognosis = Prognosis.Options()
    (prognosis.time, prognosis.event, prognosis.model) = ("t", "e", "m")
    let findings =
      try Diagnosis(table, outcome: "y", diagnosis).findings
      + PredictiveAnalysis(table, .survival(time: "t", event: "e"), predictive).findings
      + Prognosis(table, prognosis).findings
      + AddedValue(table, outcome: .binary("y"), .formulas(base: "a", extended: "a + m"), AddedValue.Options()).findings
    let advised = Set(findings.compactMap(\.advice))
    for advice: Finding.Advice in [
      .correctOptimism, .chooseCut, .chooseGroups, .sayRandomised, .weighCensored,
      .takeSubjects("subject", notClusters: false),
    ] { #expect(advised.contains(advice), "\(advice)") }
    for finding in findings { #expect(!finding.message.contains("--"), "\(finding.message)") }
  }
}
