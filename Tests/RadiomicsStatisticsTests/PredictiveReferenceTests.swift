import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// R's survival 3.5-3 and glm, and the quantities of Janes et al.: `e_predictive.json`.
@Suite(.golden(.predictive)) struct PredictiveReferenceTests {
  private static let cases = StatisticalReference.cases("e_predictive")

  private static func reference(_ id: String) throws -> StatisticalReference {
    try #require(cases.first { $0.id == id }, "\(id)")
  }

  private static func trial() throws -> Trial {
    let table = Table(texts: try StatisticalReference.table("colon_trt"))
    return try Trial(table, .survival(time: "time", event: "event"), treatment: "trt")
  }

  private static func selection(_ marker: String) throws -> TreatmentSelection {
    try TreatmentSelection(trial(), marker: marker, horizon: 1095)
  }

  /// Coefficients, errors, z, p by name and covariances.
  private func expect(_ model: RegressionModel, _ entries: [Setting.Value.Entry], _ reference: StatisticalReference)
    throws
  {
    for group in model.groups {
      guard case .map(let expected)? = entries.first(where: { $0.key == group.name })?.value else {
        Issue.record("\(reference.id): there is no \(group.name)")
        continue
      }
      #expect(expected.map(\.key) == group.statistics.map(\.name), "\(reference.id)")
      for (entry, statistic) in zip(expected, group.statistics) {
        reference.expectValue(statistic.cells[0].value, entry.value, "\(group.name) \(entry.key)")
      }
    }
    let rows = try #require(entries.first { $0.key == "vcov" }?.value.asList)
    for (i, row) in rows.enumerated() {
      for (j, value) in try #require(row.asList).enumerated() {
        reference.expectValue(model.covariance[i, j], value, "vcov \(i) \(j)")
      }
    }
    reference.expectValue(model.logLikelihood, try #require(entries.first { $0.key == "loglik" }?.value), "loglik")
  }

  private static let modelKeys = ["coef", "se", "z", "p", "vcov", "loglik"]

  @Test(arguments: [("node4", [0.0, 1]), ("age", [41, 61, 74])])
  func coxInteraction(_ marker: String, _ places: [Double]) throws {
    let reference = try Self.reference("cox_interaction_\(marker)")
    let interaction = try TreatmentInteraction(Self.trial(), marker: marker)
    try expect(interaction.model, reference.values, reference)
    guard case .map(let main)? = reference.values.first(where: { $0.key == "main_effects" })?.value,
      let at = reference.values.first(where: { $0.key == "treatment_hr_at" })?.value
    else {
      Issue.record("no main effects")
      return
    }
    try expect(interaction.mainEffects, main, reference)
    #expect(interaction.typicalValues == .numbers(places))
    let effects = try interaction.effects(at: interaction.typicalValues)
    for (key, cell) in [
      ("hr", { $0.ratio }), ("lower", { $0.ratioLimits(0.05).lower }), ("upper", { $0.ratioLimits(0.05).upper }),
    ] as [(String, (EstimateCell) -> Cell)] {
      for (effect, value) in zip(effects, try #require(at[key]?.asList)) {
        reference.expectValue(cell(effect).value, value, key)
      }
    }
    reference.without(Self.modelKeys + ["main_effects", "treatment_hr_at"]).expect(
      interaction.tests())
  }

  @Test func coxAdjusted() throws {
    let reference = try Self.reference("cox_interaction_adjusted")
    let interaction = try TreatmentInteraction(Self.trial(), marker: "age", adjust: "nodes + extent")
    try expect(interaction.model, reference.values, reference)
    #expect(reference.without(Self.modelKeys).values.isEmpty)
    // R 4.2.2, survival 3.5-3: coxph(Surv(time,event)~trt*ns(age,3)+nodes+extent) against trt+ns(age,3)+nodes+extent,
    // anova.
    let spline = try TreatmentInteraction(Self.trial(), marker: "age", spline: 3, adjust: "nodes + extent")
    #expect(spline.likelihoodRatio.df == 3)
    expectClose(spline.likelihoodRatio.statistic, 2.35452486251052, relative: 1e-7)
    let effect = try spline.effects(at: .numbers([55]))[0]
    expectClose(try #require(effect.value.value), -0.447499502742837, relative: 1e-7)
    expectClose(try #require(effect.error.value), 0.201235259146224, relative: 1e-7)
    // The score test of the interaction: coxph(…, init = c(main effects, 0), iter.max = 0)$score.
    let plain = try TreatmentInteraction(Self.trial(), marker: "age")
    expectClose(plain.score.statistic, 1.83516578495702, relative: 1e-6)
  }

  /// R 4.2.2, survival 3.5-3: anova of coxph(Surv(time,event)~trt+factor(differ)) and ~trt*factor(differ).
  @Test func categories() throws {
    let interaction = try TreatmentInteraction(Self.trial(), marker: "factor(differ)")
    #expect(interaction.likelihoodRatio.df == 2 && interaction.wald.df == 2 && interaction.score.df == 2)
    expectClose(interaction.likelihoodRatio.statistic, 2 * (1730.868379831 - 1729.396633506), relative: 1e-7)
    let effects = try interaction.effects(at: interaction.typicalValues), first = -1.045172493071981
    for (effect, expected) in zip(effects, [first, first + 0.759180318617266, first + 0.636924601606470]) {
      expectClose(try #require(effect.value.value), expected, relative: 1e-7)
    }
  }

  @Test(arguments: ["node4", "age"]) func logisticInteraction(_ marker: String) throws {
    let reference = try Self.reference("logistic_interaction_\(marker)"), selection = try Self.selection(marker)
    try expect(selection.interaction.model, reference.values, reference)
    guard case .logistic(let model, _) = selection.interaction.model else {
      Issue.record("no logistic model")
      return
    }
    let robust = try #require(reference.values.first { $0.key == "robust_vcov_HC0" }?.value.asList)
    for (i, row) in robust.enumerated() {
      for (j, value) in try #require(row.asList).enumerated() {
        reference.expectValue(model.robustCovariance()[i, j], value, "HC0 \(i) \(j)")
      }
    }
    reference.without(Self.modelKeys + ["robust_vcov_HC0"]).expect(
      selection.statistics())
    // R 4.2.2: anova(glm(y~trt+age), glm(y~trt*age), test = "Rao").
    if marker == "age" { expectClose(selection.interaction.score.statistic, 1.25791344671143, relative: 1e-6) }
  }

  @Test(arguments: ["node4", "age"]) func predictiveness(_ marker: String) throws {
    try Self.reference("predictiveness_\(marker)").expect(Self.selection(marker).predictiveness().statistics)
  }

  @Test func subgroups() throws {
    let interaction = try TreatmentInteraction(Self.trial(), marker: "node4")
    let groups = try TreatmentSubgroups(interaction, adjust: nil, horizon: 1095)
    #expect(groups.groups.map(\.name) == ["node4 = 0", "node4 = 1"])
    try Self.reference("subgroups_gail_simon").expect(groups.effects())
    try Self.reference("rmst_difference_by_marker").expect(groups.restrictedMeans())
  }

  /// Of patients censored before the horizon none is left out, but those alike count for them.
  @Test func censoringWeights() throws {
    let selection = try TreatmentSelection(Self.trial(), marker: "age", horizon: 2500, .weight)
    #expect(selection.count == 619 && selection.horizon?.unknown == 218)
    func value(_ name: String) throws -> Double {
      try #require(selection.measures.first { $0.name == name }?.cells[0].value)
    }
    // R 4.2.2, survival 3.5-3: 1 - summary(survfit(Surv(time,event)~trt), times = 2500)$surv.
    expectClose(try value("prevalence_untreated"), 0.544792213715091, relative: 1e-9)
    expectClose(try value("prevalence_treated"), 0.411775670839346, relative: 1e-9)
    // glm(y~trt*age, quasibinomial, weights = w), w by survfit(Surv(time + 0.5 * (event == 0), 1 - event)~1) of each
    // arm.
    let coefficients = [-0.9036294820248961, 1.2996680268545009, 0.0184333797706882, -0.0310164752750979]
    for (found, expected) in zip(selection.interaction.model.coefficients, coefficients) {
      expectClose(try #require(found.value), expected, relative: 1e-7)
    }
  }
}
