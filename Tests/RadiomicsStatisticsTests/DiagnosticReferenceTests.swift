import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// R's pROC, prop.test, binom.test, glm and rms::val.prob: `reference/stats/c_diagnostic.json`.
@Suite(.enabled(if: ReferenceData.runs, "\(ReferenceData.absence)")) struct DiagnosticReferenceTests {
  private static let cases = StatisticalReference.cases("c_diagnostic")

  private static func named(_ start: String) -> [StatisticalReference] { cases.filter { $0.id.hasPrefix(start) } }

  private static func numbers(_ table: DataTable, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  private static func asah() throws -> DataTable { DataTable(texts: try StatisticalReference.table("asah")) }

  private static func roc(_ marker: String) throws -> ROC {
    let table = try asah()
    return try ROC(numbers(table, marker), numbers(table, "y").map { $0 == 1 })
  }

  @Test func everyCaseIsTested() {
    let starts = [
      "auc_", "pauc_", "delong_", "two_by_two_", "mcnemar_", "logistic_", "calibration", "decision_", "hosmer_",
    ]
    #expect(Self.cases.count == 38)
    for reference in Self.cases { #expect(starts.contains { reference.id.hasPrefix($0) }, "\(reference.id)") }
  }

  @Test(arguments: named("auc_")) func areas(_ reference: StatisticalReference) throws {
    let roc = try Self.roc(String(reference.id.dropFirst(4)))
    let limits = try #require(roc.limits()), narrow = try #require(roc.limits(alpha: 0.1))
    let logit = try #require(roc.logitLimits()), youden = roc.best(.youden)
    func pair(_ range: ClosedRange<Double>) -> [Cell] { [.value(range.lowerBound), .value(range.upperBound)] }
    func list(_ name: String, _ values: [Double]) -> Statistic {
      let cells = values.map { Cell.value($0.isInfinite ? ($0 > 0 ? 1e308 : -1e308) : $0) }
      return cells.count == 1 ? Statistic(name, cells[0]) : Statistic(name, cells)
    }
    reference.expect([
      Statistic("auc", roc.auc), Statistic("var_delong", roc.variance), Statistic("ci95", pair(limits)),
      Statistic("ci90", pair(narrow)), Statistic("hanley_mcneil_se", roc.hanleyMcNeilError),
      Statistic("logit_ci95", pair(logit)), Statistic("n_pos", roc.positives), Statistic("n_neg", roc.negatives),
      list("youden_threshold", youden.map(\.threshold)), list("youden_sens", youden.map(\.sensitivity)),
      list("youden_spec", youden.map(\.specificity)),
      Statistic("youden_J", youden[0].sensitivity + youden[0].specificity - 1),
      list("topleft_threshold", roc.best(.closest).map(\.threshold)),
      list("roc_sens", roc.points.map(\.sensitivity)), list("roc_spec", roc.points.map(\.specificity)),
      list("roc_thresholds", roc.points.map(\.threshold)),
    ])
  }

  @Test(arguments: named("pauc_")) func partialAreas(_ reference: StatisticalReference) throws {
    // pauc_s100b_specificity_0.95_0.7_raw
    let parts = reference.id.split(separator: "_").map(String.init)
    let axis = try #require(ROC.Axis(rawValue: parts[2]))
    let high = try #require(Double(parts[3])), low = try #require(Double(parts[4]))
    let area = try Self.roc(parts[1]).partialArea(axis, low...high, isCorrected: parts[5] == "corrected")
    reference.expect([Statistic("pauc", area)])
  }

  @Test(arguments: named("delong_paired")) func pairedAreas(_ reference: StatisticalReference) throws {
    let names = reference.id.split(separator: "_").suffix(2).map(String.init)
    let first = try Self.roc(names[0]), second = try Self.roc(names[1])
    let comparison = AUCComparison(paired: first, second), limits = comparison.limits()
    reference.expect([
      Statistic("auc1", first.auc), Statistic("auc2", second.auc), Statistic("z", comparison.statistic),
      Statistic("p", comparison.p),
      Statistic("ci_diff", [.value(limits.lowerBound), .value(limits.upperBound)]),
      Statistic("cov_delong", first.covariance(with: second)),
    ])
  }

  @Test(arguments: named("delong_unpaired")) func unpairedAreas(_ reference: StatisticalReference) throws {
    let table = try Self.asah(), gender = try Self.numbers(table, "gender")
    let areas = try [1.0, 0.0].map { group in
      let rows = table.rows(gender.indices.filter { gender[$0] == group })
      return try ROC(Self.numbers(rows, "s100b"), Self.numbers(rows, "y").map { $0 == 1 })
    }
    let comparison = AUCComparison(unpaired: areas[0], areas[1])
    reference.expect([
      Statistic("D", comparison.statistic), Statistic("df", try #require(comparison.df)), Statistic("p", comparison.p),
      Statistic("auc1", areas[0].auc), Statistic("auc2", areas[1].auc),
    ])
  }

  @Test(arguments: named("two_by_two_")) func twoByTwo(_ reference: StatisticalReference) throws {
    let rule = try #require(reference.params["rule"]?.asText).split(separator: " ").map(String.init)
    let table = try Self.asah()
    let result = try TwoByTwo(
      Self.numbers(table, rule[0]), Self.numbers(table, "y").map { $0 == 1 }, threshold: #require(Double(rule[2])))
    let proportions = [
      ("sensitivity", result.sensitivity), ("specificity", result.specificity), ("ppv", result.ppv),
      ("npv", result.npv), ("accuracy", result.accuracy),
    ]
    for (name, proportion) in proportions {
      guard case .map(let rules)? = reference.values.first(where: { $0.key == name })?.value else {
        Issue.record("no \(name)")
        continue
      }
      for entry in rules {
        guard let rule = Proportion.Rule(rawValue: entry.key) else {
          #expect(entry.key == "est")
          reference.expectValue(proportion.estimate, entry.value, name)
          continue
        }
        let limits = try #require(proportion.limits(rule)), expected = try #require(entry.value.asList)
        reference.expectValue(limits.lowerBound, expected[0], "\(name) \(entry.key)")
        reference.expectValue(limits.upperBound, expected[1], "\(name) \(entry.key)")
      }
    }
    let bayes = result.predictiveValues(prevalence: 0.1)
    let others =
      [
        Statistic("TP", result.tp), Statistic("FP", result.fp), Statistic("FN", result.fn), Statistic("TN", result.tn),
        Statistic("ppv_at_prev_10pct", bayes.positive), Statistic("npv_at_prev_10pct", bayes.negative),
      ] + result.ratios() + result.summaries
    reference.without(proportions.map(\.0)).expect(others)
  }

  @Test(arguments: named("mcnemar_")) func mcNemar(_ reference: StatisticalReference) throws {
    let table = try Self.asah(), y = try Self.numbers(table, "y")
    let rows = table.rows(y.indices.filter { y[$0] == 1 })
    let tests = try [("s100b", 0.205), ("ndka", 10.5)].map { name, cut in
      try Self.numbers(rows, name).map { $0 >= cut }
    }
    reference.expect(McNemar(tests[0], tests[1]).statistics)
  }

  @Test(arguments: named("logistic_")) func logistic(_ reference: StatisticalReference) throws {
    let table = try Self.asah()
    let odd = table.rows(stride(from: 0, to: table.count, by: 2).map { $0 })
    let model = try LogisticModel(ModelFrame(Formula("y ~ s100b + age + gender"), odd))
    let limits = model.profileLimits()
    // R 4.2.2, uniroot on the deviance of glm.fit with the coefficient as an offset, tolerance 1e-12.
    let exact = [(-5.645808, -0.6962326), (1.223037, 7.256906), (-0.01263133, 0.086737), (-1.582721, 1.076419)]
    let frame = try ModelFrame(Formula("y ~ s100b + age + gender"), odd)
    for (k, name) in model.names.enumerated() {
      func expected(_ key: String) -> Setting.Value { reference.values.first { $0.key == key }!.value[name]! }
      reference.expectValue(model.coefficients[k].value, expected("coef"), name)
      reference.expectValue(model.errors[k].value, expected("se"), name)
      let profile = expected("profile_ci").asList!
      expectClose(try #require(limits[k].lower.value), exact[k].0, relative: 1e-6)
      expectClose(try #require(limits[k].upper.value), exact[k].1, relative: 1e-6)
      // R's confint interpolates a coarse profile, 5e-4 from there; so does this.
      let interpolated = try InterpolatedProfile(frame, model, column: k).limits()
      reference.expectValue(interpolated.lower, profile[0], "\(name) lower", relative: 1e-4)
      reference.expectValue(interpolated.upper, profile[1], "\(name) upper", relative: 1e-4)
    }
    reference.without(["coef", "se", "profile_ci"]).expect([
      Statistic("deviance", model.deviance), Statistic("null_deviance", -2 * model.nullLogLikelihood),
      Statistic("aic", model.aic),
    ])
  }

  @Test func calibration() throws {
    let table = DataTable(texts: try StatisticalReference.table("asah_test_predictions"))
    let p = try Self.numbers(table, "p"), y = try Self.numbers(table, "y")
    let result = try Calibration(p, y), reference = try #require(Self.named("calibration").first)
    let roc = try ROC(p, y.map { $0 == 1 }), limits = try #require(roc.limits())
    reference.without(["ICI_lowess"]).expect(
      result.statistics + [
        Statistic("auc", roc.auc), Statistic("auc_ci", [.value(limits.lowerBound), .value(limits.upperBound)]),
      ])
    let smooth = try #require(result.statistics.first { $0.name == "ICI_lowess" }?.cells[0].value)
    reference.expectValue(
      smooth, reference.values.first { $0.key == "ICI_lowess" }!.value, "ICI_lowess", relative: 1e-3)
    try #require(Self.named("hosmer_").first).expect(result.hosmerLemeshow())
    let decision = try #require(Self.named("decision_").first)
    let thresholds = try #require(decision.values.first { $0.key == "threshold" }?.value.asList).map { $0.asNumber! }
    decision.expect(DecisionCurve(p, y, thresholds: thresholds).statistics)
  }

  @Test func binomialLimits() throws {
    let reference = try #require(
      StatisticalReference.cases("k_distributions").first { $0.id == "binomial_intervals" })
    func list(_ key: String) -> [Setting.Value] { reference.values.first { $0.key == key }!.value.asList! }
    for (name, rule) in [("clopper_pearson", Proportion.Rule.clopperPearson), ("wilson", .wilson)] {
      for (index, expected) in list(name).enumerated() {
        let n = Int(list("n")[index].asNumber!), cases = Int(list("k")[index].asNumber!)
        let limits = try #require(Proportion(cases, of: n).limits(rule))
        reference.expectValue(limits.lowerBound, expected.asList![0], "\(name) \(index)")
        reference.expectValue(limits.upperBound, expected.asList![1], "\(name) \(index)")
      }
    }
  }
}
