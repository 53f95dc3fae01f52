import RadiomicsCore
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

@Suite(.golden(.derivedReliability)) struct ReliabilityAnalysisTests {
  private func columns(_ conditions: [ConditionRole: [String]], _ subject: [String], _ values: [Double?]...) throws -> (
    ReliabilityConditions, [ReliabilityColumn]
  ) {
    (
      try ReliabilityConditions(subject: subject, conditions),
      values.enumerated().map { ReliabilityColumn(name: "f\($0)", unit: "HU", scale: .ratio, values: $1) }
    )
  }

  @Test func derivedFromComponents() throws {
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
  @Test func quotesAgreementOfReaders() throws {
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

  /// wSD² = (2 · 0.5² + 1² + 0 + 1²) / 3 over the mean of 2.5 and 6, not of all five readings.
  @Test func grandMeanIsOfSubjects() throws {
    let value = try #require(Repeatability([[2, 3], [5, 6, 7], [9]]))
    expectClose(try #require(value.deviationOverMean), (2.5 / 3).squareRoot() / 4.25, relative: 1e-14)
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
    #expect(throws: ComponentsError.self) {
      try ReliabilityConditions(subject: ["a", "a", "b", "b"], [.scanner: ["x", "x", "y", "y"]])
    }
    let (conditions, _) = try columns([.scanner: ["x", "y", "x", "y"]], ["a", "a", "b", "b"])
    #expect(conditions.usualTerms.terms == ["subject", "scanner"])
    #expect(conditions.usualTerms.findings.map(\.place) == ["component 'subject:scanner'"])
    for terms in [["subject", "subject"], ["subject", "skaner"], ["subject", "scanner:subject"], ["subject", ":"]] {
      #expect(throws: ComponentsError.self) { try ReliabilityAnalysis(conditions, terms: terms) }
    }
  }

  /// Three readers, each subject seen by two of them in turn: readings of different readers are never paired.
  @Test func readersStayApart() throws {
    let pairs = [["r1", "r2"], ["r2", "r3"], ["r1", "r3"]]
    var subject: [String] = [], reader: [String] = [], values: [Double?] = []
    for n in 0..<9 {
      for name in pairs[n % 3] {
        subject.append("s\(n)")
        reader.append(name)
        values.append(Double(n * n % 7) + (name == "r3" ? 100 : 0) + Double(n % 2) * 0.1)
      }
    }
    let (conditions, column) = try columns([.reader: reader], subject, values)
    let result = try ReliabilityAnalysis(conditions).analyse(column, lanes: Lanes(jobs: 1))[0]
    #expect(result.form == "ICC_agreement_single" && result["ICC2.icc"] == nil && result["ccc.ccc"] == nil)
  }

  /// A stray name leaves its subject incomplete and moves nobody else.
  @Test func aStrayNameMovesNobody() throws {
    var subject: [String] = [], session: [String] = [], values: [Double?] = []
    for n in 0..<10 {
      // Half of the subjects stand in the table with the second visit first.
      for visit in n % 2 == 0 ? ["baseline", "retest"] : ["retest", "baseline"] {
        subject.append("s\(n)")
        session.append(n == 9 && visit == "retest" ? "retest2" : visit)
        values.append(Double(n) + (visit == "retest" ? 20 : 0))
      }
    }
    let (conditions, column) = try columns([.session: session], subject, values)
    let analysis = try ReliabilityAnalysis(conditions)
    #expect(conditions.usualTerms.findings.contains { $0.place == "session" } == false)
    #expect(analysis.agreement(of: column[0]) == nil)
    let result = try analysis.analyse(column, lanes: Lanes(jobs: 1))[0]
    #expect(result.form == "ICC_agreement_single")
  }

  /// Sessions of ten readings each: RC is that of another session, not of the next reading.
  @Test func repeatabilityKnowsSessions() throws {
    let simulated = try SimulatedReadings(
      levels: [("subject", 30), ("session", 2)], repeats: 10, terms: [("subject", 100), ("subject:session", 25)],
      residual: 1, mean: 100)
    func texts(_ factor: Int) -> [String] {
      simulated.factors[factor].codes.map { simulated.factors[factor].levels[$0] }
    }
    let (conditions, column) = try columns([.session: texts(1)], texts(0), simulated.column(seed: 3))
    let result = try ReliabilityAnalysis(conditions).analyse(column, lanes: Lanes(jobs: 1))[0]
    #expect(result["rc"] == result["derived.RC"])
    #expect(
      result["rc_lower"]!.value! < 1.96 * 52.0.squareRoot() && 1.96 * 52.0.squareRoot() < result["rc_upper"]!.value!)
  }

  @Test func whatTheModelLeavesOutIsNoRepeatability() throws {
    let simulated = try SimulatedReadings(
      levels: [("subject", 10), ("session", 2), ("scanner", 2)], terms: [("subject", 100), ("scanner", 400)],
      residual: 1)
    func texts(_ factor: Int) -> [String] {
      simulated.factors[factor].codes.map { simulated.factors[factor].levels[$0] }
    }
    let (conditions, column) = try columns(
      [.session: texts(1), .scanner: texts(2)], texts(0), simulated.column(seed: 3))
    let result = try ReliabilityAnalysis(conditions, terms: ["subject"]).analyse(column, lanes: Lanes(jobs: 1))[0]
    #expect(result["rc"]?.reason == "scanner is not in the model, so that the residual contains it")
  }

  @Test func extremesAndPercentages() throws {
    let (conditions, column) = try columns(
      [:], ["a", "a", "b", "b", "c", "c"], [1e200, 2e200, 3e200, 1e200, 4e200, 5e200],
      [1e-200, 2e-200, 3e-200, 1e-200, 0, 5e-200],
      [1, 1.01, 2, 2.02, 3, 3.01])
    let results = try ReliabilityAnalysis(conditions).analyse(column, lanes: Lanes(jobs: 1))
    #expect(results[0]["icc"]?.reason?.text.contains("too large or too close") == true)
    #expect(results[1]["icc"]?.value == nil)
    #expect(Verdict(results[2], [Requirement("repeatability.pctRC_rms < 60%")!, Requirement("wcv < 10%")!]).isKept)
  }

  @Test func verdicts() throws {
    let (conditions, column) = try columns(
      [:], ["a", "a", "b", "b", "c", "c"], [1, 1.1, 2, 2.2, 3, 2.9], [-1, 1, 2, 2.5, 3, 2.9])
    let results = try ReliabilityAnalysis(conditions).analyse(column, lanes: Lanes(jobs: 1))
    let wanted = ["icc_lower > 0.5", "wcv<10%"].map { Requirement($0)! }
    #expect(wanted[1].number == 10 && wanted[1].isPercent && wanted[1].name == "wcv")
    #expect(Verdict(results[0], wanted).isKept)
    #expect(Verdict(results[1], wanted).reasons.contains { $0.hasPrefix("wcv is undefined") })
    let other = wanted + [Requirement("rc_over_between_sd < 100")!]
    #expect(!Verdict(results[1], other).reasons.contains { $0.hasPrefix("wcv") })
    for text in ["", "icc", "icc >", "> 3", "icc > x", "icc > inf"] { #expect(Requirement(text) == nil, "\(text)") }
  }
}
