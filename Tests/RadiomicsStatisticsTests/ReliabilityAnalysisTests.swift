import RadiomicsCore
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

struct ReliabilityAnalysisTests {
  private func columns(_ conditions: [ConditionRole: [String]], _ subject: [String], _ values: [Double?]...) throws -> (
    ReliabilityConditions, [ReliabilityColumn]
  ) {
    (
      try ReliabilityConditions(subject: subject, conditions),
      values.enumerated().map { ReliabilityColumn(name: "f\($0)", unit: "HU", scale: .ratio, values: $1) }
    )
  }

  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)")) func derivedFromComponents() throws {
    let reference = try #require(ReliabilityReferenceTests.cases("derived").first)
    let table = try StatisticalReference.table(reference.data)
    func texts(_ name: String) -> [String] { table.first { $0.name == name }!.texts }
    let (conditions, column) = try columns(
      [.session: texts("session"), .scanner: texts("scanner"), .processing: texts("processing")], texts("subject"),
      texts("y").map { Double($0)! })
    let analysis = try ReliabilityAnalysis(conditions)
    #expect(analysis.terms == ComponentsReferenceTests.terms("crossed_balanced"))
    let result = try analysis.analyse(column, lanes: Lanes(jobs: 2))[0]
    let aliases = ["ICC_agreement_single": "icc"]
    for entry in reference.values {
      let cell = try #require(result["derived.\(entry.key)"], "\(entry.key)")
      reference.expectValue(cell.value, entry.value, entry.key)
      if let alias = aliases[entry.key] { reference.expectValue(result[alias]?.value, entry.value, alias) }
    }
    #expect(result.form == "ICC_agreement_single" && result.dominantError == "scanner")
  }

  /// Four judges of six subjects: the form quoted is the agreement of the judges.
  @Test(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)")) func quotesAgreementOfReaders() throws {
    let judges = try StatisticalReference.table("shrout_fleiss")
    var subject: [String] = [], reader: [String] = [], values: [Double?] = []
    for judge in judges {
      for (row, value) in judge.texts.enumerated() {
        subject.append("s\(row)")
        reader.append(judge.name)
        values.append(Double(value)!)
      }
    }
    let (conditions, column) = try columns([.reader: reader], subject, values)
    let result = try ReliabilityAnalysis(conditions).analyse(column, lanes: Lanes(jobs: 1))[0]
    #expect(result.form == "ICC2")
    expectClose(try #require(result["icc"]?.value), 0.289763779527559, relative: 1e-9)
    expectClose(try #require(result["ICC3k.lower"]?.value), 0.675674713816305, relative: 1e-7)
    // No judge saw a subject twice.
    #expect(result["rc"]?.reason == "no subject was measured twice under the same conditions")
    #expect(result["derived.RDC_reader"]?.value != nil)
  }

  @Test func eachColumnByItself() throws {
    let subject = ["a", "a", "b", "b", "c", "c"]
    let (conditions, column) = try columns(
      [:], subject, [1, 1.1, 2, 2.2, 3, 2.9], [4, 4, 4, 4, 4, 4], [nil, nil, nil, nil, nil, nil],
      [1, nil, 2, 2.2, 3, 2.9], [-1, 1, 2, 2.5, 3, 2.9])
    let results = try ReliabilityAnalysis(conditions).analyse(column, lanes: Lanes(jobs: 3))
    #expect(results[0].form == "ICC1" && results[0]["icc"]?.value ?? 0 > 0.9)
    #expect(results[1]["icc"]?.reason == "constant: every value is 4")
    #expect(results[2]["icc"]?.reason == "no row has a value")
    #expect(results[3].form == "ICC_agreement_single" && results[3]["icc"]?.value ?? 0 > 0.9)
    #expect(results[4]["wcv"]?.reason == "there are values of 0 or below")
    #expect(results[4]["rc"]?.value != nil)
  }

  @Test func perfectAgreementIsOne() throws {
    let (conditions, column) = try columns([:], ["a", "a", "b", "b", "c", "c"], [1, 1, 2, 2, 4, 4])
    let result = try ReliabilityAnalysis(conditions).analyse(column, lanes: Lanes(jobs: 1))[0]
    #expect(result["icc"] == .value(1) && result["wcv"] == .value(0) && result["rc"] == .value(0))
    for group in result.groups {
      for cell in group.statistics.flatMap(\.cells) { #expect(cell.value?.isNaN != true) }
    }
  }

  @Test func sessionsOfDifferentNamesGoByOrder() throws {
    let dates = ["2020-01-01", "2020-03-01", "2021-05-05", "2021-06-01", "2022-01-01", "2022-02-02"]
    let (conditions, column) = try columns(
      [.session: dates], ["a", "a", "b", "b", "c", "c"], [1, 1.1, 2, 2.2, 4, 4.1])
    #expect(conditions.usualTerms.findings.first?.place == "session")
    let result = try ReliabilityAnalysis(conditions).analyse(column, lanes: Lanes(jobs: 1))[0]
    #expect(result.form == "ICC2" && result["bland_altman.bias"]?.value ?? 0 < 0)
  }

  @Test func refusesWhatHasNoAnswer() throws {
    #expect(throws: ComponentsError.self) { try ReliabilityConditions(subject: ["a", "a"], [:]) }
    #expect(throws: ComponentsError.self) { try ReliabilityConditions(subject: ["a", "b"], [:]) }
    let (conditions, _) = try columns([.scanner: ["x", "x", "y", "y"]], ["a", "a", "b", "b"])
    let usual = conditions.usualTerms
    #expect(usual.terms == ["subject"])
    #expect(usual.findings.map(\.place) == ["component 'scanner'", "component 'subject:scanner'"])
    for terms in [["subject", "scanner"], ["subject", "skaner"], ["subject", "scanner:subject"]] {
      #expect(throws: ComponentsError.self) { try ReliabilityAnalysis(conditions, terms: terms) }
    }
  }

  @Test func verdicts() throws {
    let (conditions, column) = try columns(
      [:], ["a", "a", "b", "b", "c", "c"], [1, 1.1, 2, 2.2, 3, 2.9], [-1, 1, 2, 2.5, 3, 2.9])
    let results = try ReliabilityAnalysis(conditions).analyse(column, lanes: Lanes(jobs: 1))
    let wanted = ["icc_lower > 0.5", "wcv<10%"].map { Requirement($0)! }
    #expect(wanted[1].limit == 0.1 && wanted[1].name == "wcv")
    #expect(Verdict(results[0], wanted).isKept)
    #expect(Verdict(results[1], wanted).reasons.contains { $0.hasPrefix("wcv is undefined") })
    let other = wanted + [Requirement("rc_over_between_sd < 100")!]
    #expect(!Verdict(results[1], other).reasons.contains { $0.hasPrefix("wcv") })
    for text in ["", "icc", "icc >", "> 3", "icc > x", "icc > inf"] { #expect(Requirement(text) == nil, "\(text)") }
  }
}
