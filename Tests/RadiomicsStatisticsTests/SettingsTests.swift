import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Settings of estimators and analyses are read from files, and written in full.
@Suite struct SettingsTests {
  private static func read(_ yaml: String) throws(SettingError) -> any Estimator {
    try Estimators.read(Setting(yaml: yaml, file: "study.yaml", kind: "study"))
  }

  /// As R 4.2.2, survival 3.5-3: coxph(Surv(time, event) ~ age + sex, lung, ties = "breslow"), until it no longer changes.
  @Test func anEstimatorOfAFileIsTheOneThatItNames() throws {
    let cox = try #require(try Self.read("cox:\n  formula: age + sex\n  ties: breslow\n") as? CoxRegression)
    let (table, times) = try EstimatorTests.lung()
    let estimates = try cox.fit(table, .survival(times)).estimates
    expectClose(estimates[0].estimate.value, 0.01701288920311134, relative: 1e-10)
    expectClose(estimates[1].estimate.value, -0.51256479422923529, relative: 1e-10)
    expectClose(estimates[1].estimate.error, 0.167462063222312413, relative: 1e-8)
  }

  @Test func aWrongSettingIsNamedWithItsPlace() {
    for (yaml, place, words) in [
      ("cox:\n  formula: age\n  tie: efron\n", "study.yaml:3:3", "Did you mean 'ties'?"),
      ("cox:\n  formula: age\n  ties: effron\n", "study.yaml:3:9", "must be one of efron, breslow, exact"),
      ("elastic-net: {formula: age, alpha: 2}\n", "study.yaml:1:36", "must be a number from 0 to 1"),
      ("logistic: {firth: true}\n", "study.yaml:1:11", "needs 'formula'"),
      ("coxs: {formula: age}\n", "study.yaml:1:1", "there is no estimator 'coxs'"),
      ("elastic-net: {formula: age, validation: {folds: 1}}\n", "study.yaml:1:49", "must be from 2 to 100000"),
    ] {
      let error = #expect(throws: SettingError.self) { try Self.read(yaml) }
      #expect(error?.description.hasPrefix("\(place): ") == true, "\(error?.description ?? "")")
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }

  @Test(arguments: [
    ResamplingDesign.bootstrap(200), .reweighting(5), .folds(10, repeats: 1), .folds(5, repeats: 20), .leaveOneOut,
    .leaveOneGroupOut, .holdOut(share: 0.25, repeats: 30),
  ])
  func aDesignIsReadAsItIsWritten(_ design: ResamplingDesign) throws {
    let yaml = design.settingValue.description
    #expect(try ResamplingDesign(setting: Setting(yaml: yaml, file: "d.yaml")) == design)
  }

  private static func again<Options: Configurable>(_ options: Options) throws -> Options {
    try Options(setting: Setting(yaml: options.settingValue.description, file: "o.yaml"))
  }

  @Test func analysesAreReadAsTheyAreWritten() throws {
    var diagnosis = Diagnosis.Options()
    (diagnosis.markers, diagnosis.model, diagnosis.cut) = (["a b", "log(x)"], "age", .best(.cost(5, prevalence: 0.1)))
    (diagnosis.part, diagnosis.alpha, diagnosis.thresholds) = ((.sensitivity, 0.8...1), 0.1, [0.1, 0.25])
    let read = try Self.again(diagnosis)
    #expect(read.settingValue == diagnosis.settingValue)
    #expect(read.markers == diagnosis.markers && read.cut == diagnosis.cut && read.thresholds == [0.1, 0.25])
    #expect(read.part?.axis == .sensitivity && read.part?.range == 0.8...1)
    expectClose(read.alpha, 0.1, relative: 1e-15)
    var prognosis = Prognosis.Options()
    (prognosis.risks, prognosis.cut, prognosis.ties, prognosis.cause) = ([(365, "risk 1")], nil, .exact, 2)
    (prognosis.interval, prognosis.times, prognosis.seed) = (.plain, [100, 250.5], 7)
    let other = try Self.again(prognosis)
    #expect(other.settingValue == prognosis.settingValue)
    #expect(other.risks.map(\.column) == ["risk 1"] && other.cut == nil && other.interval == .plain && other.seed == 7)
    var predictive = PredictiveAnalysis.Options()
    (predictive.treatment, predictive.censoring, predictive.spline) = ("arm == 'B'", .weight, 3)
    #expect(try Self.again(predictive).settingValue == predictive.settingValue)
    var added = AddedValue.Options()
    (added.cuts, added.horizon, added.perturbations) = ([0.2, 0.4], 2000, 0)
    #expect(try Self.again(added).settingValue == added.settingValue)
  }
}
