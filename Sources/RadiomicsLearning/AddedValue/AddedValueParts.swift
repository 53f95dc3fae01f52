import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// The statistics of two predictions, and what must be said about them.
struct AddedValueParts {
  let groups: [StatisticGroup]
  let netBenefit: NetBenefit
  /// Whether the extended model explains more than chance would; nil where that has no meaning.
  let ratio: LikelihoodRatio?
  /// Moves between categories where the outcome is a time, by Kaplan and Meier; nil without cuts.
  let moves: SurvivalReclassification?
  /// P that each prediction is right; nil on the rows that its model was fitted to.
  private let miscalibration: [Double?]
  private let judged: JudgedPair
  private let pair: ModelPair?
  private let isApparent: Bool
  private let options: AddedValue.Options

  init(_ judged: JudgedPair, _ pair: ModelPair?, isApparent: Bool, _ options: AddedValue.Options) throws(ModelError) {
    (self.judged, self.pair, self.isApparent, self.options) = (judged, pair, isApparent, options)
    let assumption = judged.clusters == nil ? "" : ", if rows are independent"
    ratio = pair.flatMap { $0.whyNotNested == nil ? LikelihoodRatio($0) : nil }
    var groups = [
      ratio.map { StatisticGroup("lrt", $0.statistics(assumption)) }
        ?? StatisticGroup("lrt", pair?.whyNotNested ?? "there are no models, but probabilities")
    ]
    if let times = judged.times {
      let found = try Self.survival(judged, times, isApparent ? pair : nil, options)
      groups += found.groups
      (moves, miscalibration) = (found.moves, found.miscalibration)
    } else if let outcome = judged.binary {
      let calibrations =
        isApparent
        ? []
        : try [judged.base, judged.extended].map { p throws(ModelError) in
          try Calibration(p, outcome, clusters: judged.clusters, alpha: options.alpha)
        }
      let lines = calibrations.map { $0.recalibrated() }
      groups += try Self.binary(judged, outcome, options)
      groups += zip(["calibration0", "calibration1"], 0...1).map { name, k in
        isApparent
          ? StatisticGroup(name, "is right by construction on the rows that a model was fitted to")
          : StatisticGroup(name, calibrations[k].brief(lines[k]))
      }
      (moves, miscalibration) = (nil, lines.map(\.p.value))
    } else {
      (moves, miscalibration) = (nil, [])
    }
    netBenefit = NetBenefit(judged, options)
    groups.append(netBenefit.group)
    if isApparent, options.bootstraps > 0, let pair {
      groups.append(CorrectedGain(pair, judged, options).group)
    }
    self.groups = groups
  }

  private static func binary(_ judged: JudgedPair, _ outcome: [Double], _ options: AddedValue.Options)
    throws(ModelError) -> [StatisticGroup]
  {
    let isEvent = outcome.map { $0 == 1 }, (p, q, alpha) = (judged.base, judged.extended, options.alpha)
    let clusters = judged.clusters
    var groups = [try areas(p, q, isEvent, clusters, alpha), brier(p, q, outcome, clusters, alpha)]
    let continuous = try Reclassification(p, q, isEvent, .difference(0), clusters: clusters)
    groups.append(
      StatisticGroup(
        "continuous_nri_idi",
        continuous.continuousStatistics(alpha: alpha)
          + (try DiscriminationImprovement(p, q, isEvent, clusters: clusters)).statistics(alpha: alpha)))
    if !options.cuts.isEmpty {
      let result = try Reclassification(p, q, isEvent, .categories(options.cuts), clusters: clusters)
      groups.append(StatisticGroup("categorical_nri", result.statistics(alpha: alpha)))
    }
    if let least = options.difference {
      let result = try Reclassification(p, q, isEvent, .difference(least), clusters: clusters)
      groups.append(StatisticGroup("difference_nri", result.statistics(alpha: alpha)))
    }
    return groups
  }

  private static func areas(
    _ base: [Double], _ extended: [Double], _ isEvent: [Bool], _ clusters: [Int]?, _ alpha: Double
  ) throws(ModelError) -> StatisticGroup {
    let first = try ROC(base, isEvent, clusters: clusters), second = try ROC(extended, isEvent, clusters: clusters)
    // The gain, so that its z has its sign.
    let gain = second.difference(from: first)
    let none = Reason("both predictions rank all rows alike, or there is a single event or other")
    let method = clusters == nil ? "DeLong" : "Obuchowski"
    return StatisticGroup(
      "delta_auc",
      [
        Statistic("auc0", first.auc, "base"), Statistic("auc1", second.auc, "extended"),
        Statistic("delta_auc", gain.value, "gain"),
        Statistic("se_delta_auc", gain.error.isNaN ? .undefined(none) : .value(gain.error)),
        normalLimits("delta_auc_\(intervalName(alpha))", gain, alpha: alpha),
        Statistic("z", gain.z(orUndefined: none), "the gain over its error, by \(method)"),
        Statistic("p", gain.p(orUndefined: none), "that the areas are equal"),
      ])
  }

  private static func brier(
    _ base: [Double], _ extended: [Double], _ outcome: [Double], _ clusters: [Int]?, _ alpha: Double
  ) -> StatisticGroup {
    func squares(_ p: [Double]) -> [Double] { zip(p, outcome).map { ($0 - $1) * ($0 - $1) } }
    let (a, b) = (squares(base), squares(extended)), changes = zip(b, a).map(-)
    let center = mean(changes), error = standardError(changes.map { $0 - center }, clusters).value ?? .nan
    return StatisticGroup(
      "brier",
      [
        Statistic("brier0", mean(a), "base"), Statistic("brier1", mean(b), "extended"),
        Statistic("brier_difference", mean(changes), "below 0 the extended prediction is better"),
        Statistic("se_brier_difference", error),
        normalLimits("brier_difference_\(intervalName(alpha))", Estimate(mean(changes), error: error), alpha: alpha),
      ])
  }

  /// Events by the horizon, by Kaplan and Meier, against what was expected.
  private static func inTheLarge(_ risks: [Double], _ times: SurvivalTimes, _ clusters: [Int]?, horizon: Double)
    -> (statistics: [Statistic], p: Double?)
  {
    let curve = KaplanMeier(times, clusters: clusters), observed = 1 - curve.survival(at: horizon),
      expected = mean(risks)
    let excess = Estimate(observed - expected, error: curve.error(at: horizon))
    let p = excess.p(orUndefined: "all have the event by the horizon")
    let statistics = [
      Statistic("observed", observed, "share with the event by the horizon"),
      Statistic("expected", expected, "mean risk"), Statistic("O_over_E", observed / expected),
      Statistic("O_over_E_se", curve.error(at: horizon) / expected),
      Statistic("U_p", p, "that the mean risk is right"),
    ]
    return (statistics, p.value)
  }

  /// - `pair`: Models that are refitted to perturbed rows; nil where predictions are fixed.
  private static func survival(
    _ judged: JudgedPair, _ times: SurvivalTimes, _ pair: ModelPair?, _ options: AddedValue.Options
  ) throws(ModelError) -> (groups: [StatisticGroup], moves: SurvivalReclassification?, miscalibration: [Double?]) {
    let horizon = options.horizon ?? 0
    var rules: [(String, Reclassification.Rule)] = options.cuts.isEmpty ? [] : [("category", .categories(options.cuts))]
    rules += options.difference.map { [("diff", .difference($0))] } ?? []
    rules.append(("cont", .difference(0)))
    let kinds = SurvivalReclassification.Estimator.allCases.flatMap { kind in rules.map { (kind, $0.0, $0.1) } }
    @Sendable func results(_ p: [Double], _ q: [Double], _ weights: [Double]?) throws(ModelError) -> [[Statistic]] {
      var all = [try SurvivalImprovement(p, q, times, horizon: horizon, weights: weights).statistics]
      for (kind, _, rule) in kinds {
        all.append(
          try SurvivalReclassification(p, q, times, horizon: horizon, rule, kind, weights: weights).statistics)
      }
      return all
    }
    let found = try results(judged.base, judged.extended, nil)
    let isFixed = pair == nil, canRefit = pair?.base.perturbed != nil && pair?.extended.perturbed != nil
    let limits =
      isFixed || canRefit
      ? Replicates(
        .reweighting(options.perturbations), rows: times.count, patients: judged.clusters, seed: options.seed
      ).limits(alpha: options.alpha, on: options.lanes) { replicate in
        guard let weights = replicate.weights else { return [] }
        let p = pair?.base.perturbed?(weights) ?? judged.base, q = pair?.extended.perturbed?(weights) ?? judged.extended
        guard let values = try? results(p, q, weights) else { return [] }
        return values.flatMap { $0.map(\.cells[0].value) }
      } : []
    let names = ["survidinri"] + kinds.map { "survival_nri_\($0.0.rawValue)_\($0.1)" }
    var place = 0
    let calibrations = [judged.base, judged.extended].map { inTheLarge($0, times, judged.clusters, horizon: horizon) }
    let calibration = zip(["calibration0", "calibration1"], calibrations).map { StatisticGroup($0, $1.statistics) }
    let moves =
      options.cuts.isEmpty
      ? nil
      : try SurvivalReclassification(
        judged.base, judged.extended, times, horizon: horizon, .categories(options.cuts), .kaplanMeier)
    let changes = SurvivalChanges(
      judged.base, judged.extended, times, judged.clusters, horizon: horizon, alpha: options.alpha)
    let improvements = zip(names, found).map { name, statistics in
      defer { place += statistics.count }
      let short = ["idi": "idi", "continuous_nri_half": "nri", "median_improvement": "median", "NRI": "NRI"]
      let ranges = statistics.indices.compactMap { k in
        short[statistics[k].name].map { short in
          let none = Cell.undefined("reweighted rows have no such limits")
          let range = place + k < limits.count ? limits[place + k] : nil
          return Statistic(
            "\(short)_ci_perturbation", range.map { [.value($0.lowerBound), .value($0.upperBound)] } ?? [none, none])
        }
      }
      return StatisticGroup(name, statistics + ranges)
    }
    return (changes.groups + calibration + improvements, moves, calibrations.map(\.p))
  }
}

extension AddedValueParts {
  /// What must be known to read the statistics rightly.
  func findings(missing: Int, of all: Int) -> [Finding] {
    var findings: [Finding] = []
    if missing > 0 {
      findings.append(
        Finding(
          .note, "rows",
          "\(missing) of \(all) are left out of both predictions, as a value that either needs is missing."))
    }
    let events = judged.events, others = judged.base.count - events
    if let pair {
      let fewest = judged.times == nil ? min(events, others) : events
      let coefficients = zip(pair.extended.names, pair.extended.coefficients).count {
        $0 != "(Intercept)" && $1.value != nil
      }
      let each = Double(fewest) / Double(max(coefficients, 1))
      if isApparent, each < 10 {
        findings.append(
          Finding(
            .warning, "events",
            "there are \(shortText(each, digits: 2)) events for each coefficient of the extended model; below 10 it tends to fit chance.",
            advice: .leaveColumnsOut))
      }
      if isApparent {
        findings.append(
          Finding(
            .warning, "models",
            "are judged on the rows that they were fitted to, which flatters the larger one more."
              + (options.bootstraps > 0 ? " The statistics 'corrected' take the optimism off." : ""),
            advice: options.bootstraps > 0 ? nil : .correctOptimism))
      }
      if isApparent, pair.whyNotNested == nil, judged.times == nil {
        findings.append(
          Finding(
            .warning, "delta_auc",
            "DeLong's test does not hold between nested models on the rows that they were fitted to (Demler 2012, doi:10.1002/sim.5328). "
              + "Whether the marker adds anything is tested by the likelihood ratio, 'lrt'."))
      }
      if let reason = pair.whyNotNested {
        findings.append(Finding(.note, "lrt", "there is no likelihood-ratio test: \(reason.text)."))
      }
    }
    for ((name, which), p) in zip([("calibration0", "base"), ("calibration1", "extended")], miscalibration) {
      guard let p, p < 0.05 else { continue }
      findings.append(
        Finding(
          .warning, name,
          "the \(which) prediction is miscalibrated on these rows (p = \(shortText(p, digits: 2))); NRI and IDI of such predictions "
            + "mislead (Hilden and Gerds 2014, doi:10.1002/sim.5804). Recalibrate it, or rely on net benefit and the Brier score."
        ))
    }
    if !isApparent {
      findings.append(
        Finding(
          .note, "continuous_nri",
          "is often above 0 for useless markers, on other rows too (Pepe 2015, doi:10.1007/s12561-014-9118-0); do not rest on it alone."
        ))
    }
    return findings
  }
}

/// Whether a model explains more than a model that is part of it. Wilks 1938, doi:10.1214/aoms/1177732360.
package struct LikelihoodRatio: Sendable, Hashable {
  /// Log likelihoods of the base model and of the extended one.
  package let base: Double, extended: Double
  /// Coefficients added.
  package let df: Int

  init(_ pair: ModelPair) {
    (base, extended) = (pair.base.logLikelihood, pair.extended.logLikelihood)
    df = pair.extended.rank - pair.base.rank
  }

  /// Twice the gain of log likelihood.
  package var chi: Double { max(0, 2 * (extended - base)) }
  /// That what is added says nothing.
  package var p: Double { ChiSquared(Double(df)).above(chi) }

  func statistics(_ assumption: String) -> [Statistic] {
    [
      Statistic("chisq", chi, "twice the gain of log likelihood"), Statistic("df", df, "coefficients added"),
      Statistic("p", p, "that the marker adds nothing\(assumption)"), Statistic("loglik0", base, "base"),
      Statistic("loglik1", extended, "extended"),
    ]
  }
}
