import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// A Cox model of several columns, with what must be known of it to be believed.
package struct PrognosticModel: Sendable {
  /// The right side of its formula.
  package let formula: String
  /// The fit.
  package let cox: CoxModel
  /// How well it fits, with tests of all coefficients together.
  package let fit: [Statistic]
  /// Numbers of each coefficient; covariances, row by row.
  package let coefficients: [StatisticGroup], covariances: StatisticGroup
  /// Tests of proportional hazards; their P on Kaplan and Meier's scale, which is the usual one.
  package let proportionality: [StatisticGroup], usualProportionality: StatisticGroup?
  /// Cumulative hazards where all columns are 0; one for each stratum.
  package let baselines: [StatisticGroup]
  /// Everything under the names of files.
  package var groups: [StatisticGroup] {
    [StatisticGroup("", fit)] + coefficients + [covariances] + proportionality + baselines
  }
  /// What was noticed.
  package let findings: [Finding]
  /// How columns are made; nil for columns that change with time.
  private let frame: ModelFrame?
  /// The file's place of each row that it is fitted to; empty for columns that change with time.
  package var lines: [Int] { frame?.lines ?? [] }
  /// What is kept of it; nil for columns that change with time.
  var fitted: FittedCox? { frame.map { FittedCox($0, cox) } }

  /// Nil unless a model is asked for.
  init?(_ rows: PrognosticRows, _ moments: [Double], _ options: Prognosis.Options) throws(ModelError) {
    guard let right = options.model, let model = rows.model else { return nil }
    let formula = try Formula(rows.response, clustered(model, options.subject))
    let frame: ModelFrame
    if !formula.timeTransforms.isEmpty || options.timeTransform != nil {
      guard let function = options.timeTransform else {
        throw ModelError.at(
          "model '\(right)'", "has tt(), which needs a function of x and t.", .nameTimeFunction)
      }
      frame = try TimeTransform(function).frame(formula, rows.table, weights: options.weights)
      self.frame = nil
    } else {
      frame = try ModelFrame(formula, rows.table, weights: options.weights)
      self.frame = frame
    }
    let cox = try CoxModel(frame, ties: options.ties, isRobust: options.isRobust)
    (self.formula, self.cox) = (right, cox)
    fit = Self.fit(cox, rows)
    (coefficients, covariances) = Self.coefficients(cox, options)
    var findings: [Finding] = [], baselines: [StatisticGroup] = []
    var tests: (groups: [StatisticGroup], usual: StatisticGroup?, findings: [Finding]) = ([], nil, [])
    if cox.robustCovariance != nil, options.subject == nil {
      findings.append(
        Finding(
          .note, "model",
          "errors are by the influences of \(cox.clusters == nil ? "rows" : "clusters"); P of the likelihood ratio and of the score "
            + "assume independent rows. Wald's and the robust score test do not."))
    }
    let share = Double(rows.times.events) / Double(max(1, cox.definedNames.count))
    if share < 10 {
      findings.append(
        Finding(
          .warning, "model",
          "has \(shortText(share, digits: 2)) events for each coefficient; below 10 its estimates are unstable and flatter it."
        ))
    }
    if self.frame != nil {
      tests = Self.proportionality(cox, frame, options.alpha)
      findings += tests.findings
      let hazards = moments.map(cox.baselineHazards)
      for (stratum, name) in cox.strataNames.enumerated() {
        baselines.append(
          StatisticGroup(
            cox.strataNames.count == 1 ? "baseline" : "baseline_\(name)",
            [
              Statistic("time", moments.map { .value($0) }),
              Statistic("cumhaz", hazards.map { .value($0[stratum]) }, "cumulative hazard where all columns are 0"),
            ]))
      }
    }
    (proportionality, usualProportionality, self.baselines) = (tests.groups, tests.usual, baselines)
    self.findings = findings
  }

  private static func fit(_ cox: CoxModel, _ rows: PrognosticRows) -> [Statistic] {
    var head =
      rows.clusters.counts(rows.times.count) + [
        Statistic("nevent", rows.times.events),
        Statistic(
          "loglik", [.value(cox.nullLogLikelihood), .value(cox.logLikelihood)], "without and with the columns"),
      ]
    for (name, test, meaning) in [
      ("lr", cox.likelihoodRatio, "likelihood ratio: that all coefficients are 0\(cox.assumption)"),
      ("wald", cox.wald, "Wald"), ("score", cox.score, "score\(cox.assumption)"),
    ] {
      head += [Statistic("\(name)_chisq", test.statistic, meaning), Statistic("\(name)_p", test.p)]
    }
    head.append(Statistic("df", cox.likelihoodRatio.df))
    if let robust = cox.robustScore {
      head += [
        Statistic("robust_score", robust.statistic, "score, by influences"), Statistic("robust_score_p", robust.p),
      ]
    }
    return head
  }

  private static func coefficients(_ cox: CoxModel, _ options: Prognosis.Options) -> (
    each: [StatisticGroup], covariances: StatisticGroup
  ) {
    let estimates = cox.estimates, naive = cox.estimates(cox.naiveCovariance)
    func named(_ key: String, _ estimates: [EstimateCell], _ cell: (EstimateCell) -> Cell, _ meaning: String = "")
      -> StatisticGroup
    {
      StatisticGroup(key, zip(cox.names, estimates).map { Statistic($0, cell($1), meaning) })
    }
    let robust = cox.robustCovariance == nil ? [] : [named("robust_se", estimates, \.error, "by the rows' influences")]
    let limits = estimates.map { $0.ratioLimits(options.alpha) }
    let each =
      [named("coef", estimates, \.value, "log hazard ratio"), named("se", naive, \.error)] + robust + [
        named("hr", estimates, \.ratio, "hazard ratio"),
        StatisticGroup("hr_ci", zip(cox.names, limits).map { Statistic($0, [$1.lower, $1.upper]) }),
        named("z", estimates, \.z), named("p", estimates, \.p),
      ]
    let covariances = (0..<cox.covariance.rows).map { i in
      Statistic(cox.definedNames[i], (0..<cox.covariance.columns).map { .value(cox.covariance[i, $0]) })
    }
    return (each, StatisticGroup("vcov", covariances))
  }

  private static func proportionality(_ cox: CoxModel, _ frame: ModelFrame, _ alpha: Double) -> (
    groups: [StatisticGroup], usual: StatisticGroup?, findings: [Finding]
  ) {
    var groups: [StatisticGroup] = [], usual: StatisticGroup?, findings: [Finding] = []
    for transform in ProportionalHazardsTest.Transform.allCases {
      let key = "zph_\(transform.rawValue)"
      do {
        let test = try ProportionalHazardsTest(cox, transform, terms: (frame.design.termNames, frame.design.termOf))
        let all = test.columns + [("GLOBAL", test.global)]
        groups.append(
          StatisticGroup("\(key)_chisq", all.map { Statistic($0.name, $0.test.statistic) }))
        groups.append(
          StatisticGroup(
            "\(key)_p", all.map { Statistic($0.name, $0.test.p, "that its hazard ratio does not change with time") }))
        if transform == .km { usual = groups.last }
        for (name, result) in test.terms where transform == .km && result.p < alpha {
          findings.append(
            Finding(
              .warning, name,
              "its hazard ratio changes with time (p = \(shortText(result.p, digits: 2))), so that one number is an average. Stratify by it, "
                + "or let it change by tt()."))
        }
      } catch {
        groups.append(StatisticGroup(key, Reason(error.description)))
      }
    }
    return (groups, usual, findings)
  }

  /// Groups of risk by the linear predictor and its worth, on other rows or, with a remark, on these.
  func judged(_ rows: PrognosticRows, _ validation: Table?, _ moments: [Double], _ options: Prognosis.Options)
    throws(ModelError) -> (groups: RiskGroups?, performance: SurvivalPerformance?, findings: [Finding])
  {
    guard let frame else {
      return (
        nil, nil,
        [Finding(.note, "model", "has columns that change with time, so that it predicts nothing at the start.")]
      )
    }
    let judged = try validation.map { table throws(ModelError) in try frame.applied(to: table) } ?? frame
    guard case .survival(let times) = judged.outcome else { preconditionFailure("the model's outcome is a time") }
    let known = cox.coefficients.map { $0.value ?? 0 }
    let predictors = zip(judged.matrix.times(known), judged.offset).map(+)
    let risks = try cox.risks(of: judged)
    let corrected = validation == nil ? CorrectedCox(frame, cox, options) : nil
    let performance = try SurvivalPerformance(
      "model", predictor: predictors, risks: moments.map { ($0, risks($0)) }, times,
      training: validation == nil ? nil : rows.times,
      isApparent: validation == nil, optimism: corrected?.statistics ?? [],
      coefficients: (judged.matrix.columns(cox.kept), cox.covariance),
      curve: risks,
      RowStructure(
        weights: judged.weights.contains { $0 != 1 } ? judged.weights : nil,
        strata: judged.strataNames.count > 1 ? judged.strata : nil,
        clusters: judged.clusters), moments, options)
    let (groups, noted) = try groups(
      predictors, times, judged.clusters, isApparent: validation == nil, moments, options)
    guard validation == nil else {
      let left = judged.missing
      return (
        groups, performance,
        noted
          + (left == 0
            ? [] : [Finding(.note, "validation", "\(left) rows are left out, as a value that is needed is missing.")])
          + judged.outside
      )
    }
    return (
      groups, performance,
      [
        Finding(
          .warning, "model",
          "is judged on the rows that it was fitted to, which flatters it, its groups of risk included."
            + (options.bootstraps > 0 ? " The statistics 'corrected' take the optimism off." : ""),
          advice: options.bootstraps > 0 ? nil : .correctOptimism)
      ] + (corrected?.findings ?? []) + noted
    )
  }
}

extension PrognosticModel {
  /// Whether columns change with time, so that rows have no residuals of their own.
  package var changesWithTime: Bool { frame == nil }

  /// Rows cut by their predictors, where the rows that the model is fitted to say, or why there are no groups.
  private func groups(
    _ predictors: [Double], _ times: SurvivalTimes, _ clusters: [Int]?, isApparent: Bool, _ moments: [Double],
    _ options: Prognosis.Options
  ) throws(ModelError) -> (groups: RiskGroups?, findings: [Finding]) {
    guard let rule = options.cut(of: "model") else { return (nil, []) }
    do throws(ModelError) {
      let cut: Double, origin: String
      var search: CutSearch?
      switch rule {
      case .at(let value): (cut, origin) = (value, "chosen elsewhere")
      case .median:
        (cut, origin) = (
          percentile(50, of: cox.predictors.sorted()), "the median of the rows that the model is fitted to"
        )
      case .optimal:
        let found = try CutSearch(cox.predictors, cox.times)
        (cut, origin) = (found.cut, "the largest log-rank statistic of the rows that the model is fitted to")
        search = isApparent ? found : nil
      }
      return (try RiskGroups("model", predictors, times, clusters, cut, origin, search, moments, options), [])
    } catch {
      return (nil, [rule.finding("model", error)])
    }
  }

  /// Predicted survival of other patients.
  func survival(of patients: Table, at moments: [Double], _ options: Prognosis.Options) throws(ModelError)
    -> [[PredictedSurvival]]
  {
    guard let frame else {
      throw ModelError.at(
        "model '\(formula)'", "has columns that change with time, so that it predicts nothing at the start.")
    }
    let (design, offset, names) = try frame.columns.covariates(of: patients)
    var strata: [Int] = []
    for name in names {
      guard let code = cox.strataNames.firstIndex(of: name) else {
        throw ModelError.noBaseline(stratum: name)
      }
      strata.append(code)
    }
    return cox.survival(design, offset: offset, strata: strata, at: moments, options.interval, alpha: options.alpha)
  }
}

/// A Cox model less its optimism.
struct CorrectedCox {
  /// Corrected concordance and slope, and the number of samples that had a model.
  let statistics: [Statistic]
  /// What was noticed.
  let findings: [Finding]

  /// Nil unless samples are asked for.
  init?(_ frame: ModelFrame, _ whole: CoxModel, _ options: Prognosis.Options) {
    guard options.bootstraps > 0 else { return nil }
    let ties = options.ties
    let optimism = optimism(
      of: { sample in
        let rows = sample.rows, times = whole.times.rows(rows), strata = rows.map { frame.strata[$0] }
        guard
          let model = try? CoxModel(
            frame.matrix.rows(rows), times, names: frame.design.names, offset: rows.map { frame.offset[$0] },
            weights: rows.map { frame.weights[$0] }, strata: strata, ties: ties),
          let slope = Self.slope(model, frame, whole)
        else { return nil }
        let known = model.coefficients.map { $0.value ?? 0 }
        let others = Self.worth(zip(frame.matrix.times(known), frame.offset).map(+), whole.times, frame)
        let own = ConcordanceIndex(model.predictors, times, weights: model.weights, strata: strata).value
        // On its own rows a model's slope is 1.
        return ([own, 1], [others, slope])
      },
      by: Replicates(
        .bootstrap(options.bootstraps), rows: whole.times.count, patients: frame.clusters, seed: options.seed),
      on: options.lanes)
    let apparent = Self.worth(whole.predictors, whole.times, frame)
    statistics = [
      Statistic("concordance", optimism.corrected(apparent, 0), "apparent less optimism"),
      Statistic("slope", optimism.corrected(1, 1), "of predictors in other patients; below 1 is overfitting"),
      optimism.samples,
    ]
    findings = optimism.findings
  }

  private static func worth(_ predictors: [Double], _ times: SurvivalTimes, _ frame: ModelFrame) -> Double {
    ConcordanceIndex(predictors, times, weights: frame.weights, strata: frame.strata).value
  }

  /// The coefficient of a sample's predictor in all rows.
  private static func slope(_ sample: CoxModel, _ frame: ModelFrame, _ whole: CoxModel) -> Double? {
    let known = sample.coefficients.map { $0.value ?? 0 }
    let line = Matrix(columns: [frame.matrix.times(known)], rows: whole.times.count)
    let model = try? CoxModel(
      line, whole.times, names: ["slope"], offset: frame.offset, weights: frame.weights, strata: frame.strata,
      ties: whole.ties)
    return model?.coefficients[0].value
  }
}
