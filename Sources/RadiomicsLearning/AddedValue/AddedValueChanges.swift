import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What is gained by treating those whose probability reaches a threshold, by either prediction. Vickers and Elkin 2006,
/// doi:10.1177/0272989X06295361; of times, Vickers et al. 2008, doi:10.1186/1472-6947-8-53.
package struct NetBenefit: Sendable {
  /// Thresholds of probability, above 0 and below 1.
  package let thresholds: [Double]
  /// Net benefit in true positives for each patient, by either prediction and of treating everyone; nil where all those treated are
  /// censored before the horizon.
  package let base: [Double?], extended: [Double?], all: [Double]
  /// What the extended prediction gains; of times with the error of pseudo-values.
  private let gains: [EstimateCell]
  private let alpha: Double

  init(_ judged: JudgedPair, _ options: AddedValue.Options) {
    (thresholds, alpha) = (options.thresholds, options.alpha)
    if let outcome = judged.binary {
      let prevalence = outcome.reduce(0, +) / Double(outcome.count)
      base = thresholds.map { DecisionCurve.netBenefit(judged.base, outcome, threshold: $0) }
      extended = thresholds.map { DecisionCurve.netBenefit(judged.extended, outcome, threshold: $0) }
      all = thresholds.map { DecisionCurve.ofTreatingAll(prevalence, threshold: $0) }
      gains = Self.gains(base, extended, judged, thresholds) {
        DecisionCurve.benefits($0, outcome, threshold: $1)
      }
      return
    }
    guard let times = judged.times, let horizon = options.horizon else {
      (base, extended, all, gains) = ([], [], [], [])
      return
    }
    func benefit(_ treated: [Int], _ threshold: Double) -> Double? {
      guard !treated.isEmpty else { return 0 }
      let curve = KaplanMeier(times.rows(treated)), share = Double(treated.count) / Double(times.count)
      guard curve.times.last! >= horizon || curve.survival.last! == 0 else { return nil }
      let free = curve.survival(at: horizon)
      return share * ((1 - free) - free * threshold / (1 - threshold))
    }
    func benefits(_ risks: [Double]) -> [Double?] {
      options.thresholds.map { t in benefit(risks.indices.filter { risks[$0] >= t }, t) }
    }
    base = benefits(judged.base)
    extended = benefits(judged.extended)
    all = thresholds.map { benefit(Array(judged.base.indices), $0) ?? 0 }
    gains = Self.gains(base, extended, judged, thresholds) {
      DecisionCurve.benefits($0, threshold: $1) { pseudoValues(times.rows($0), at: horizon) }
    }
  }

  private static func gains(
    _ base: [Double?], _ extended: [Double?], _ judged: JudgedPair, _ thresholds: [Double],
    _ benefits: (_ risks: [Double], _ threshold: Double) -> [Double]
  ) -> [EstimateCell] {
    thresholds.indices.map { place in
      guard let first = base[place], let second = extended[place] else {
        return .undefined("all patients treated are censored before the horizon")
      }
      let before = benefits(judged.base, thresholds[place]), after = benefits(judged.extended, thresholds[place])
      let changes = zip(after, before).map(-), center = mean(changes)
      let error = standardError(changes.map { $0 - center }, judged.clusters).value ?? .nan
      return .known(Estimate(second - first, error: error))
    }
  }

  package var group: StatisticGroup {
    let none = Cell.undefined("all patients treated are censored before the horizon")
    func cells(_ values: [Double?]) -> [Cell] { values.map { $0.map { .value($0) } ?? none } }
    func limits(_ side: (ClosedRange<Double>) -> Double) -> [Cell] {
      gains.map { gain in
        guard let estimate = gain.estimate else { return gain.value }
        let limits = estimate.error > 0 ? estimate.limits(alpha) : nil
        return limits.map { .value(side($0)) } ?? .undefined("the same patients are treated by both")
      }
    }
    return StatisticGroup(
      "net_benefit",
      [
        Statistic("threshold", thresholds.map { .value($0) }),
        Statistic("base", cells(base), "true positives for each patient"),
        Statistic("extended", cells(extended)), Statistic("treat_all", all.map { .value($0) }),
        Statistic("difference", gains.map(\.value), "gain"), Statistic("difference_se", gains.map(\.error)),
        Statistic("difference_lower", limits(\.lowerBound)), Statistic("difference_upper", limits(\.upperBound)),
      ])
  }
}

/// What the extended model seems to gain on its own rows, less what chance gains.
struct CorrectedGain {
  let group: StatisticGroup

  init(_ pair: ModelPair, _ judged: JudgedPair, _ options: AddedValue.Options) {
    let apparent = Self.worth(judged, options)
    let optimism = optimism(
      of: { replicate in
        guard let sample = try? pair.refitted(replicate.rows), let own = try? sample.judged(sample.rows, options),
          let others = try? sample.judged(pair.rows, options)
        else { return nil }
        let (a, b) = (Self.worth(own, options).map(\.value), Self.worth(others, options).map(\.value))
        return zip(a, b).allSatisfy { ($0 - $1).isFinite } && a.count == apparent.count ? (a, b) : nil
      },
      by: Replicates(
        .bootstrap(options.bootstraps), rows: judged.base.count, patients: judged.clusters, seed: options.seed),
      on: options.lanes)
    group = StatisticGroup(
      "corrected",
      apparent.enumerated().map { k, gain in
        Statistic(gain.name, optimism.corrected(gain.value, k), k == 0 ? "apparent less optimism" : "")
      } + [optimism.samples])
  }

  /// Gains by name; none where there are too few events.
  private static func worth(_ judged: JudgedPair, _ options: AddedValue.Options) -> [(name: String, value: Double)] {
    let (p, q) = (judged.base, judged.extended)
    if let times = judged.times, let horizon = options.horizon {
      var rules: [(String, Reclassification.Rule)] = [("nri_cont", .difference(0))]
      if !options.cuts.isEmpty { rules.append(("nri_category", .categories(options.cuts))) }
      var found: [(name: String, value: Double)] = []
      if let improvement = try? SurvivalImprovement(p, q, times, horizon: horizon) {
        found.append(("idi", improvement.exactIDI))
      }
      for kind in SurvivalReclassification.Estimator.allCases {
        for (name, rule) in rules {
          let nri = try? SurvivalReclassification(p, q, times, horizon: horizon, rule, kind).nri.value
          found.append(("\(name)_\(kind.rawValue)", (nri ?? nil) ?? .nan))
        }
      }
      return found
    }
    guard let outcome = judged.binary else { return [] }
    let isEvent = outcome.map { $0 == 1 }
    guard let first = try? ROC(p, isEvent), let second = try? ROC(q, isEvent),
      let continuous = try? Reclassification(p, q, isEvent, .difference(0)),
      let improvement = try? DiscriminationImprovement(p, q, isEvent)
    else { return [] }
    var found = [("delta_auc", second.auc - first.auc), ("nri", continuous.nri), ("idi", improvement.idi)]
    if !options.cuts.isEmpty, let moves = try? Reclassification(p, q, isEvent, .categories(options.cuts)) {
      found.append(("nri_category", moves.nri))
    }
    let changes = zip(zip(p, q), outcome).map { ($0.1 - $1) * ($0.1 - $1) - ($0.0 - $1) * ($0.0 - $1) }
    return found + [("brier_difference", mean(changes))]
  }
}
