import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// R's pROC, prop.test, binom.test, glm and rms::val.prob: `c_diagnostic.json` and `m_diagnostic.json`.
@Suite(.golden(.diagnostic)) struct DiagnosticReferenceTests {
  private static let cases = StatisticalReference.cases("c_diagnostic") + StatisticalReference.cases("m_diagnostic")

  private static func named(_ start: String) -> [StatisticalReference] { cases.filter { $0.id.hasPrefix(start) } }

  private static func numbers(_ table: Table, _ name: String) throws -> [Double] {
    try table.numbers(name).map { try #require($0) }
  }

  private static func table(_ reference: StatisticalReference) throws -> Table {
    Table(texts: try StatisticalReference.table(reference.data))
  }

  private static func roc(_ reference: StatisticalReference, _ marker: String) throws -> ROC {
    let table = try table(reference)
    return try ROC(numbers(table, marker), numbers(table, "y").map { $0 == 1 })
  }

  @Test(.enabled(if: StatisticalReference.hasOthers("c_diagnostic"), "\(StatisticalReference.absence)"))
  func allCasesAreThere() {
    #expect(Self.cases.count == 94)
  }

  /// A rule, as `s100b >= 0.205 is positive`.
  private static func rule(_ text: String) throws -> (marker: String, cut: Double) {
    let words = text.split(separator: " ").map(String.init)
    return (words[0], try #require(Double(words[2])))
  }

  @Test(arguments: named("auc_")) func areas(_ reference: StatisticalReference) throws {
    let roc = try Self.roc(reference, String(reference.id.dropFirst(4)))
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
    let area = try Self.roc(reference, parts[1]).partialArea(axis, low...high, isCorrected: parts[5] == "corrected")
    reference.expect([Statistic("pauc", area.value)])
  }

  @Test(arguments: named("error_of_part_")) func partialError(_ reference: StatisticalReference) throws {
    let parts = reference.id.split(separator: "_").map(String.init)
    let axis = try #require(ROC.Axis(rawValue: parts[4])), roc = try Self.roc(reference, parts[3])
    let high = try #require(Double(parts[5])), low = try #require(Double(parts[6]))
    let area = try #require(roc.partialArea(axis, low...high, isCorrected: false).estimate)
    reference.expect([Statistic("pauc_se", area.error)])
    guard low == 0, high == 1 else { return }
    expectClose(area.error, roc.variance.squareRoot(), relative: 1e-12)
    // McClish's correction of the whole is the area.
    let corrected = try #require(roc.partialArea(axis, low...high, isCorrected: true).estimate)
    expectClose(corrected.value, roc.auc, relative: 1e-12)
    expectClose(corrected.error, area.error, relative: 1e-12)
  }

  @Test(arguments: named("delong_paired")) func pairedAreas(_ reference: StatisticalReference) throws {
    let names = reference.id.split(separator: "_").suffix(2).map(String.init)
    let first = try Self.roc(reference, names[0]), second = try Self.roc(reference, names[1])
    let gain = first.difference(from: second), limits = try #require(gain.limits())
    reference.expect([
      Statistic("auc1", first.auc), Statistic("auc2", second.auc), Statistic("z", gain.z!),
      Statistic("p", gain.p!),
      Statistic("ci_diff", [.value(limits.lowerBound), .value(limits.upperBound)]),
      Statistic("cov_delong", first.covariance(with: second)),
    ])
  }

  @Test(arguments: named("delong_unpaired")) func unpairedAreas(_ reference: StatisticalReference) throws {
    let marker = reference.params["marker"]?.asText ?? "s100b", by = reference.params["group"]?.asText ?? "gender"
    let table = try Self.table(reference), groups = try Self.numbers(table, by)
    let areas = try [1.0, 0.0].map { group in
      let rows = table.rows(groups.indices.filter { groups[$0] == group })
      return try ROC(Self.numbers(rows, marker), Self.numbers(rows, "y").map { $0 == 1 })
    }
    let gain = areas[0].difference(fromOtherRows: areas[1])
    reference.expect([
      Statistic("D", gain.z!), Statistic("df", gain.df!), Statistic("p", gain.p!),
      Statistic("auc1", areas[0].auc), Statistic("auc2", areas[1].auc),
    ])
  }

  @Test(arguments: named("two_by_two_")) func twoByTwo(_ reference: StatisticalReference) throws {
    let (marker, cut) = try Self.rule(#require(reference.params["rule"]?.asText)), table = try Self.table(reference)
    let result = try TwoByTwo(Self.numbers(table, marker), Self.numbers(table, "y").map { $0 == 1 }, threshold: cut)
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
    let table = try Self.table(reference), y = try Self.numbers(table, "y")
    let rows = table.rows(y.indices.filter { y[$0] == 1 })
    let rules = reference.params["rules"]?.asList?.map { $0.asText! } ?? ["s100b >= 0.205", "ndka >= 10.5"]
    let tests = try rules.map(Self.rule).map { name, cut in try Self.numbers(rows, name).map { $0 >= cut } }
    reference.expect(McNemar(tests[0], tests[1]).statistics)
  }

  @Test(arguments: named("logistic_")) func logistic(_ reference: StatisticalReference) throws {
    let table = try Self.table(reference)
    let odd = table.rows(stride(from: 0, to: table.count, by: 2).map { $0 })
    let frame = try ModelFrame(Formula(reference.params["formula"]?.asText ?? "y ~ s100b + age + gender"), odd)
    let model = try LogisticModel(frame), limits = model.profileLimits()
    for (k, name) in model.names.enumerated() {
      func expected(_ key: String) -> Setting.Value { reference[key]![name]! }
      reference.expectValue(model.coefficients[k].value, expected("coef"), name)
      reference.expectValue(model.estimates[k].error.value, expected("se"), name)
      if reference.data != "asah" {
        reference.expectValue(model.estimates[k].z.value, expected("z"), "\(name) z")
        reference.expectValue(model.estimates[k].p.value, expected("p"), "\(name) p")
      }
      let profile = expected("profile_ci").asList!, found = (limits[k].lower.value, limits[k].upper.value)
      guard reference.data == "asah" else {
        reference.expectValue(found.0, profile[0], "\(name) lower")
        reference.expectValue(found.1, profile[1], "\(name) upper")
        continue
      }
      // R 4.2.2, uniroot on the deviance of glm.fit with the coefficient as an offset, tolerance 1e-12.
      let exact = [(-5.645808, -0.6962326), (1.223037, 7.256906), (-0.01263133, 0.086737), (-1.582721, 1.076419)][k]
      expectClose(try #require(found.0), exact.0, relative: 1e-6)
      expectClose(try #require(found.1), exact.1, relative: 1e-6)
      // R's confint interpolates a coarse profile, 5e-4 from there; so does this.
      let interpolated = try InterpolatedProfile(frame, model, column: k).limits()
      reference.expectValue(interpolated.lower, profile[0], "\(name) lower", relative: 1e-4)
      reference.expectValue(interpolated.upper, profile[1], "\(name) upper", relative: 1e-4)
    }
    reference.without(["coef", "se", "z", "p", "profile_ci"]).expect([
      Statistic("deviance", model.deviance), Statistic("null_deviance", -2 * model.nullLogLikelihood),
      Statistic("aic", model.aic),
    ])
  }

  private static func judged(_ reference: StatisticalReference) throws -> (p: [Double], y: [Double]) {
    let table = try table(reference)
    return (try numbers(table, "p"), try numbers(table, "y"))
  }

  @Test(arguments: named("calibration")) func calibration(_ reference: StatisticalReference) throws {
    let (p, y) = try Self.judged(reference), result = try Calibration(p, y)
    let roc = try ROC(p, y.map { $0 == 1 }), limits = try #require(roc.limits())
    reference.without(["ICI_lowess"]).expect(
      result.statistics + [
        Statistic("auc", roc.auc), Statistic("auc_ci", [.value(limits.lowerBound), .value(limits.upperBound)]),
      ])
    let index = try #require(result.statistics.first { $0.name == "ICI_lowess" }?.cells[0].value)
    let points = zip(p, y).map { (x: $0, y: $1) }.sorted { ($0.x, $0.y) < ($1.x, $1.y) }, smooth = lowess(points)
    func distance(_ curve: [Double]) -> Double {
      zip(curve, points).reduce(0) { $0 + abs($1.0 - $1.1.x) } / Double(points.count)
    }
    expectClose(index, distance(smooth), relative: 1e-12)
    reference.expectValue(
      distance(Self.thinned(smooth, points.map(\.x))), reference.values.first { $0.key == "ICI_lowess" }!.value,
      "ICI_lowess")
  }

  /// The curve as R's `lowess` draws it by default: found at points a hundredth of the range apart, straight between.
  private static func thinned(_ smooth: [Double], _ x: [Double]) -> [Double] {
    var curve = smooth, last = 0
    let gap = 0.01 * (x[x.count - 1] - x[0])
    while last < x.count - 1 {
      let cut = x[last] + gap
      while last < x.count - 1, x[last + 1] == x[last] { last += 1 }
      guard last < x.count - 1 else { break }
      let next = max(last + 1, (x.firstIndex { $0 > cut } ?? x.count) - 1)
      for i in last + 1..<max(next, last + 1) {
        curve[i] = smooth[last] + (smooth[next] - smooth[last]) * (x[i] - x[last]) / (x[next] - x[last])
      }
      last = next
    }
    return curve
  }

  @Test(arguments: named("hosmer_")) func hosmerLemeshow(_ reference: StatisticalReference) throws {
    let (p, y) = try Self.judged(reference)
    reference.expect(try Calibration(p, y).hosmerLemeshow())
  }

  @Test(arguments: named("decision_")) func decisionCurve(_ reference: StatisticalReference) throws {
    let (p, y) = try Self.judged(reference), thresholds = try #require(reference["threshold"]?.asList)
    reference.expect(DecisionCurve(p, y, thresholds: thresholds.map { $0.asNumber! }).statistics)
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
