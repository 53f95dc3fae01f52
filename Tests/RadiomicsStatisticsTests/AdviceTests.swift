import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics
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
      try Diagnosis(table, diagnosis.asking(about: .binary("y"))).findings
      + PredictiveAnalysis(table, predictive.asking(about: .survival(time: "t", event: "e"))).findings
      + Prognosis(table, prognosis).findings
      + AddedValue(table, .formulas(base: "a", extended: "a + m"), AddedValue.Options().asking(about: .binary("y")))
      .findings
    let advised = Set(findings.compactMap(\.advice))
    for advice: Advice in [
      .correctOptimism, .chooseCut, .chooseGroups, .sayRandomised, .weighCensored,
      .takeSubjects("subject", notClusters: false),
    ] { #expect(advised.contains(advice), "\(advice)") }
    for finding in findings { #expect(!finding.message.contains("--"), "\(finding.message)") }
  }

  @Test func errorsSayWhatToDoInOtherWords() throws {
    let error = StudyError.at("m.nii", "values run from 0 to 0.5.", .nameThreshold(0.25))
    #expect(error.description == "m.nii: values run from 0 to 0.5. A soft mask needs a threshold, e.g. 0.25.")
    #expect(
      error.sentence { $0 == .nameThreshold(0.25) ? "Type 0.25." : "" } == "m.nii: values run from 0 to 0.5. Type 0.25."
    )
    #expect(StudyError("x: is so.").sentence { _ in "No." } == "x: is so.")
    let setting = SettingError(place: nil, message: "it is none.", advice: .passOver).placed(at: Place(file: "p.yaml"))
    #expect(setting.description == "p.yaml: it is none. Correct it, or pass unknown ones over.")
  }

  /// What a program may want to tell apart is told by the kind of error, whatever its sentence.
  @Test func errorsOfModelsAreOfKinds() throws {
    let rows = 0..<12
    let table = Table([
      ("y", .numbers(rows.map { $0 < 6 ? 0 : 1 })), ("age", .numbers(rows.map { Double($0 * 7 % 12) })),
      ("x", .numbers(rows.map { Double($0) })), ("t", .numbers(rows.map { Double($0 + 1) })),
      ("none", .numbers(rows.map { _ in 0 })), ("huge", .numbers(rows.map { Double($0 * 5 % 12) * 1e120 })),
    ])
    #expect(throws: ModelError.noColumn("agee", near: table.names)) { try table.numbers("agee") }
    let missing = #expect(throws: ModelError.self) { try table.numbers("agee") }
    #expect(missing?.description.hasSuffix("There are: y, age, x, t, none, huge. Did you mean 'age'?") == true)
    func logistic(_ formula: String) throws(ModelError) -> LogisticModel {
      try LogisticModel(ModelFrame(Formula(formula), table))
    }
    #expect(throws: ModelError.separation(["(Intercept)", "x"], .events(isPenalised: false))) { try logistic("y ~ x") }
    let separated = #expect(throws: ModelError.self) { try logistic("y ~ x") }
    #expect(separated?.advice == .penalise)
    #expect(
      separated?.description
        == "the columns x separate events from others, so that the likelihood has no maximum. Use Firth's penalty, or leave columns "
        + "out.")
    #expect(throws: ModelError.noEvent(rows: 12)) {
      try CoxModel(ModelFrame(Formula("Surv(t, none) ~ age"), table))
    }
    #expect(throws: ModelError.outcome("one of two values", needs: "Cox regression needs a time until an event")) {
      try CoxRegression("age").fit(table, .binary(rows.map { $0 < 6 }))
    }
  }

  /// A model that has no penalty to offer says so of separated events, and of nothing else.
  @Test func otherErrorsAreNotTakenForSeparation() throws {
    let rows = 0..<40
    let table = Table([
      ("y", .numbers(rows.map { $0 * 11 % 40 < 18 ? 1 : 0 })), ("a", .numbers(rows.map { Double($0 % 2) })),
      ("m", .numbers(rows.map { Double($0 * 7 % 40) })), ("huge", .numbers(rows.map { Double($0 * 3 % 40) * 1e120 })),
    ])
    var options = PredictiveAnalysis.Options()
    (options.treatment, options.markers, options.adjust) = ("a", ["m"], "huge")
    let error = #expect(throws: ModelError.self) { try PredictiveAnalysis(table, options.asking(about: .binary("y"))) }
    #expect(error?.description.contains("'huge': has values up to 3.9e121 in size") == true, "\(error as Any)")
  }

  @Test func wordsOfNoAdviceNameOptions() {
    let all: [Advice] = [
      .correctOptimism, .leaveColumnsOut, .chooseCut, .chooseCutOf("m"), .chooseGroups, .sayRandomised, .weighCensored,
      .nameSubjects, .takeSubjects("id", notClusters: true), .takeAsSubjects(["a", "b"]), .penalise, .judgeAsMarker,
      .nameTimeFunction, .cutAsMarker, .nameCause("2", calculation: "e == 2"),
      .nameEvent("dead", calculation: "e == 'dead'"),
      .nameImage, .chooseVolume(last: 3),
      .chooseSeries([.init(title: "CT", name: "CT", file: "f")], more: 1, ofMasks: false), .readOthers, .fillGaps,
      .resampleTilt, .measureStored, .measureByWeight, .giveUptakeTime, .nameThreshold(0.5), .readByForm("qform"),
      .convertByForm("qform"), .chooseRegion, .chooseRegionOrUnion, .resampleMask, .allow("unit"), .tellFact("kVp"),
      .importParameters, .passOver, .resume, .resumeOrRestart, .takeUpOrRestart, .restart,
    ]
    for advice in all {
      #expect(!advice.text.contains("--") && advice.text.hasSuffix("."), "\(advice.text)")
      #expect(advice.code.allSatisfy { $0.isLowercase || $0 == "-" })
    }
  }

}
