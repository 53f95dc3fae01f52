import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

@Suite struct PredictiveTests {
  private static let times = OutcomeColumns.survival(time: "t", event: "d")

  /// A randomised trial: hazards exp(−0.5 a + `own` m + `product` a m), censoring; `y` is 1 by those odds.
  private static func table(_ count: Int = 300, own: Double = 0.5, product: Double, seed: UInt64) -> Table {
    var generator = SeededGenerator(seed: seed), columns = [[Double]](repeating: [], count: 5)
    for row in 0..<count {
      let a = Double(row % 2), m = generator.normal(), eta = -0.5 * a + own * m + product * a * m
      let event = -log(1 - generator.uniform()) / exp(eta), censored = 3 * generator.uniform()
      let y = generator.uniform() < 1 / (1 + exp(-eta)) ? 1.0 : 0
      for (column, value) in [a, m, min(event, censored), event <= censored ? 1 : 0, y].enumerated() {
        columns[column].append(value)
      }
    }
    return Table(zip(["a", "m", "t", "d", "y"], columns).map { ($0, .numbers($1.map { $0 })) })
  }

  private static func column(_ table: Table, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  @Test(arguments: [times, OutcomeColumns.binary("y")]) func recodingInvertsRatios(_ outcome: OutcomeColumns) throws {
    let table = Self.table(product: 0.4, seed: 3)
    func interaction(_ treatment: String, _ marker: String) throws -> TreatmentInteraction {
      try TreatmentInteraction(Trial(table, outcome, treatment: treatment), marker: marker)
    }
    let plain = try interaction("a", "m")
    func ratio(_ interaction: TreatmentInteraction) throws -> Double {
      try #require(interaction.ratios[0].effect.value.value)
    }
    func expectSameTests(_ other: TreatmentInteraction) {
      for (a, b) in [
        (plain.likelihoodRatio, other.likelihoodRatio), (plain.wald, other.wald), (plain.score, other.score),
      ] { expectClose(a.statistic, b.statistic, relative: 1e-6) }
    }
    let recoded = try interaction("1 - a", "m"), changed = try interaction("a", "3 - 2 * m")
    expectSameTests(recoded)
    expectSameTests(changed)
    expectClose(try ratio(recoded), try -ratio(plain), relative: 1e-7)
    expectClose(try ratio(changed), try -ratio(plain) / 2, relative: 1e-7)
    let here = try plain.effects(at: .numbers([0.7]))[0], there = try changed.effects(at: .numbers([1.6]))[0]
    expectClose(try #require(here.value.value), try #require(there.value.value), relative: 1e-7)
    expectClose(try #require(here.error.value), try #require(there.error.value), relative: 1e-7)
    let point = try #require(plain.turningPoint)
    expectClose(try #require(plain.effects(at: .numbers([point]))[0].ratio.value), 1, relative: 1e-9)
  }

  @Test func wordsAreArmsAndCategories() throws {
    let table = Self.table(product: 0.4, seed: 4), a = try Self.column(table, "a"), m = try Self.column(table, "m")
    let words = table.with("arm", .categories(a.map { $0 == 1 ? "chemo" : "placebo" }))
      .with("high", .categories(m.map { $0 > 0 ? "yes" : "no" })).with("h", .numbers(m.map { $0 > 0 ? 1 : 0 }))
    let numbers = try TreatmentInteraction(Trial(words, Self.times, treatment: "a"), marker: "h")
    let trial = try Trial(words, Self.times, treatment: "arm == 'chemo'")
    let categories = try TreatmentInteraction(trial, marker: "high")
    #expect(categories.typicalValues == .categories(["no", "yes"]) && categories.grid().isEmpty)
    expectClose(categories.likelihoodRatio.statistic, numbers.likelihoodRatio.statistic, relative: 1e-8)
    let effects = try categories.effects(at: categories.typicalValues)
    for (effect, other) in zip(effects, try numbers.effects(at: .numbers([0, 1]))) {
      expectClose(try #require(effect.value.value), try #require(other.value.value), relative: 1e-8)
    }
    // As words the later in the alphabet is the treatment.
    #expect(try Trial(words, Self.times, treatment: "arm").treated == "placebo")
  }

  /// 400 trials without interaction give 40 p values below 0.1, give or take 6 (one standard deviation); those with one
  /// nearly all.
  @Test(arguments: [times, OutcomeColumns.binary("y")]) func findsWhatIsThere(_ outcome: OutcomeColumns) throws {
    var none = [0, 0, 0], planted = 0
    for seed in 0..<400 {
      let table = Self.table(160, product: 0, seed: UInt64(seed))
      let interaction = try TreatmentInteraction(Trial(table, outcome, treatment: "a"), marker: "m")
      let tests = [interaction.likelihoodRatio, interaction.wald, interaction.score]
      for (k, test) in tests.enumerated() where test.p < 0.1 { none[k] += 1 }
      guard seed < 40 else { continue }
      let other = Self.table(400, product: 1.2, seed: UInt64(seed))
      if try TreatmentInteraction(Trial(other, outcome, treatment: "a"), marker: "m").p < 0.01 { planted += 1 }
    }
    #expect(none.allSatisfy { (22...58).contains($0) }, "\(none)")
    #expect(planted >= 37, "\(planted)")
  }

  @Test func gailAndSimonByHand() throws {
    let test = try #require(
      QualitativeInteraction([Estimate(1, error: 0.5), Estimate(-0.6, error: 0.3), Estimate(0.2, error: 0.4)]))
    expectClose(test.above, 4.25, relative: 1e-14)
    expectClose(test.below, 4, relative: 1e-14)
    // χ² with 2 degrees of freedom is exponential.
    expectClose(test.p, ChiSquared(1).above(4) / 2 + exp(-2.0) / 4, relative: 1e-12)
    let weights = [4, 1 / 0.09, 6.25], center = (4 - 0.6 / 0.09 + 1.25) / (4 + 1 / 0.09 + 6.25)
    let q = zip(weights, [1, -0.6, 0.2]).reduce(0) { $0 + $1.0 * ($1.1 - center) * ($1.1 - center) }
    expectClose(test.heterogeneity.statistic, q, relative: 1e-12)
    #expect(test.heterogeneity.df == 2)
    let turned = try #require(
      QualitativeInteraction([Estimate(-1, error: 0.5), Estimate(0.6, error: 0.3), Estimate(-0.2, error: 0.4)]))
    #expect(turned.statistic == test.statistic && turned.p == test.p)
    for count in 2...60 {
      let alike = try #require(QualitativeInteraction(Array(repeating: Estimate(-0.4, error: 0.2), count: count)))
      #expect(alike.statistic == 0)
      expectClose(alike.p, 1 - pow(2, Double(1 - count)), relative: 1e-10)
    }
    let sure = Estimate(1, error: 1), exact = Estimate(1, error: 0)
    #expect(QualitativeInteraction([sure]) == nil && QualitativeInteraction([sure, exact]) == nil)
  }

  @Test func restrictedMeansByHand() throws {
    let treated = try SurvivalTimes(stop: [2, 4, 6, 9], isEvent: [true, true, true, true])
    let control = try SurvivalTimes(stop: [1, 2, 3, 8], isEvent: [true, true, true, true])
    // Without censoring, means of times that end at the horizon.
    let found = try #require(RestrictedMeanDifference(treated: treated, control: control, horizon: 5))
    expectClose(found.estimate.value, (2 + 4 + 5 + 5) / 4.0 - (1 + 2 + 3 + 5) / 4.0, relative: 1e-14)
    func spread(_ values: [Double]) -> Double {
      let center = values.reduce(0, +) / 4
      return values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / 16
    }
    expectClose(found.estimate.error, (spread([2, 4, 5, 5]) + spread([1, 2, 3, 5])).squareRoot(), relative: 1e-12)
    let turned = try #require(RestrictedMeanDifference(treated: control, control: treated, horizon: 5))
    #expect(turned.estimate.value == -found.estimate.value && turned.estimate.p == found.estimate.p)
    let censored = try SurvivalTimes(stop: [1, 2], isEvent: [true, false])
    #expect(RestrictedMeanDifference(treated: treated, control: censored, horizon: 5) == nil)
  }

  @Test func benefitsAddUp() throws {
    let table = Self.table(product: 1, seed: 5), trial = try Trial(table, .binary("y"), treatment: "a")
    let selection = try TreatmentSelection(trial, marker: "m")
    func value(_ name: String, _ selection: TreatmentSelection) throws -> Double {
      try #require(selection.measures.first { $0.name == name }?.cells[0].value, "\(name)")
    }
    let share = try value("prop_marker_negative_model", selection), harm = try value("B_neg_model", selection)
    #expect(share > 0.1 && share < 0.9)
    expectClose(try value("theta_model", selection), share * harm, relative: 1e-12)
    expectClose(
      try value("benefit_mean", selection),
      try (1 - share) * value("average_benefit_pos_model", selection) - share * harm, relative: 1e-12)
    // Who is treated, and who is not, change places: so do those with and without benefit.
    let turned = try TreatmentSelection(Trial(table, .binary("y"), treatment: "1 - a"), marker: "m")
    expectClose(try value("prop_marker_negative_model", turned), 1 - share, relative: 1e-12)
    expectClose(try value("average_benefit_pos_model", turned), harm, relative: 1e-6)
    expectClose(try value("TG_total_gain", turned), try value("TG_total_gain", selection), relative: 1e-7)
    // A binary marker's risks are the shares that are observed.
    let binary = try TreatmentSelection(trial, marker: "m > 0")
    let y = try Self.column(table, "y"), a = try Self.column(table, "a"), m = try Self.column(table, "m")
    let rows = y.indices.filter { a[$0] == 0 && m[$0] > 0 }, first = m.firstIndex { $0 > 0 }!
    expectClose(binary.untreatedRisks[first], rows.reduce(0) { $0 + y[$1] } / Double(rows.count), relative: 1e-8)
    expectClose(try value("theta_empirical", binary), try value("theta_model", binary), relative: 1e-7)
  }

  @Test func bootstrapDependsOnItsSeed() throws {
    let table = Self.table(product: 1, seed: 6)
    let selection = try TreatmentSelection(Trial(table, Self.times, treatment: "a"), marker: "m", horizon: 0.8, .weight)
    let limits = selection.bootstrap(60, seed: 2)
    #expect(limits == selection.bootstrap(60, seed: 2) && limits != selection.bootstrap(60, seed: 3))
    for (measure, range) in zip(selection.measures, limits)
    where ["benefit_mean", "TG_total_gain"].contains(measure.name) {
      let value = try #require(measure.cells[0].value)
      #expect(try #require(range.cells[0].value) < value && value < #require(range.cells[1].value), "\(measure.name)")
    }
    #expect(limits.last?.cells[0].value == 60)
  }

  @Test func saysWhatMarkersAre() throws {
    var options = PredictiveAnalysis.Options()
    (options.treatment, options.markers) = ("a", ["m"])
    func analysis(_ own: Double, _ product: Double) throws -> PredictiveAnalysis {
      try PredictiveAnalysis(Self.table(400, own: own, product: product, seed: 11), options.asking(about: Self.times))
    }
    let found = try analysis(0.2, 1), first = found.markers[0]
    #expect(
      found.verdict(first) == .predictive && found.sentence(first).hasPrefix("predictive: p(interaction) < 0.001."))
    #expect(found.findings[0].message.hasPrefix("the treatment was not randomised, so differences"))
    options.isRandomised = true
    options.markers = ["m", "0 - m", "m ^ 2"]
    let prognostic = try analysis(1, 0)
    #expect(prognostic.verdict(prognostic.markers[0]) == .prognostic)
    #expect(prognostic.sentence(prognostic.markers[0]).hasPrefix("prognostic, not predictive: p(interaction) = "))
    #expect(prognostic.markers[0].holm >= prognostic.markers[0].interaction.p)
    expectClose(prognostic.markers[0].interaction.p, prognostic.markers[1].interaction.p, relative: 1e-6)
    #expect(!prognostic.findings.contains { $0.place == "treatment" })
    let neither = try analysis(0, 0)
    #expect(
      neither.verdict(neither.markers[0]) == .neither && neither.sentence(neither.markers[0]).hasPrefix("neither "))
  }

  @Test func groupsAreCutWhereAsked() throws {
    let values = Column.Values.numbers([1, 1, 1, 2, 3, 4, 5])
    let median = try MarkerGroups("m", values)
    #expect(median.names == ["m < 2", "m ≥ 2"] && median.codes == [0, 0, 0, 1, 1, 1, 1] && median.isCutAtMedian)
    #expect(try MarkerGroups("m", values, cuts: [4, 2]).names == ["m < 2", "2 ≤ m < 4", "m ≥ 4"])
    #expect(try MarkerGroups("m", .numbers([1, 1, 1, 1, 1, 2, 3, 4, 5])).names == ["m < 2", "m ≥ 2"])
    #expect(try MarkerGroups("m", .numbers([0, 1, 0])).names == ["m = 0", "m = 1"])
    #expect(throws: ModelError.self) { try MarkerGroups("m", values, cuts: [9]) }
    #expect(throws: ModelError.self) { try MarkerGroups("m", .categories(["a", "b"]), cuts: [1]) }
  }

  @Test func refusesWhatCannotBeTold() throws {
    let table = Self.table(60, product: 0, seed: 7), zeros = Column.Values.numbers(Array(repeating: 0, count: 60))
    let odd = table.with("z", zeros).with("three", .numbers((0..<60).map { Double($0 % 3) }))
      .with("gone", .numbers((0..<60).map { $0 % 2 == 0 ? 1 + Double($0) : nil }))
      .with("own", .numbers((0..<60).map { Double($0 % 4 == 1 ? 1 : 0) }))
      .with("word", .categories((0..<60).map { $0 % 2 == 0 ? "x" : "y" }))
    func sentence(
      _ outcome: OutcomeColumns = .survival(time: "t", event: "d"), _ change: (inout PredictiveAnalysis.Options) -> Void
    )
      -> String
    {
      var options = PredictiveAnalysis.Options()
      (options.treatment, options.markers) = ("a", ["m"])
      change(&options)
      do throws(ModelError) {
        _ = try PredictiveAnalysis(odd, options.asking(about: outcome))
        return ""
      } catch { return error.description }
    }
    #expect(sentence { _ in } == "")
    #expect(sentence { $0.treatment = "z" }.contains("can only show a prognostic effect"))
    #expect(sentence { $0.treatment = "three" }.contains("must have two. Choose by"))
    #expect(sentence { $0.markers = ["z"] }.contains("must have different values"))
    #expect(sentence { $0.markers = ["a"] }.contains("is the treatment itself"))
    #expect(sentence { $0.markers = ["gone"] }.contains("must be of two arms"))
    #expect(sentence { $0.markers = ["own"] }.contains("no interaction can be told"))
    #expect(sentence { $0.markers = ["word"] }.contains("no interaction can be told"))
    #expect(sentence { $0.adjust = "a" }.contains("in the model already"))
    #expect(sentence { $0.adjust = "0 + three" }.contains("must keep it"))
    #expect(sentence { ($0.markers, $0.spline) = (["word"], 2) }.contains("needs numbers"))
    #expect(sentence { $0.places = ["high"] }.contains("must be a number"))
    #expect(sentence(.survival(time: "t", event: "z")) { _ in }.contains("no event"))
    #expect(sentence(.binary("z")) { _ in }.contains("must have both"))
    #expect(sentence(.binary("m")) { _ in }.contains("must have two"))
    #expect(sentence(.binary("y")) { $0.adjust = "strata(three)" }.contains("is for times"))
    #expect(sentence(.binary("word")) { _ in }.contains("separate events"))
    var options = PredictiveAnalysis.Options()
    (options.treatment, options.markers, options.horizon) = ("a", ["m"], 99)
    let late = try PredictiveAnalysis(odd, options.asking(about: Self.times)).markers[0]
    #expect(late.selection == nil && late.noSelection?.text.contains("Choose an earlier one") == true)
    #expect(late.subgroups.groups[0].restrictedMean == nil)
    for count in 1...6 {
      options.horizon = nil
      _ = try? PredictiveAnalysis(table.rows(Array(0..<count)), options.asking(about: Self.times))
      _ = try? PredictiveAnalysis(table.rows(Array(0..<count)), options.asking(about: .binary("y")))
    }
  }
}
