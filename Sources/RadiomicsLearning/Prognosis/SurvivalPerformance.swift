import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// How rows that are judged belong together, and what they count.
struct RowStructure {
  /// One for each row; nil where all count alike, there is one stratum, or each row is by itself.
  var weights: [Double]?, strata: [Int]?, clusters: [Int]?
}

/// How good a predictor, predicted risks or a model are: discrimination, calibration and error over time.
package struct SurvivalPerformance: Sendable {
  /// The column, or `model`.
  package let name: String
  /// Whether a model was fitted to the rows on which it is judged.
  package let isApparent: Bool
  /// Number of patients that it is judged on, and of their events.
  package let count: Int, events: Int
  /// Harrell's concordance; nil of risks.
  package let concordance: Double?
  /// Everything in numbers.
  package let groups: [StatisticGroup]
  /// For figures: areas over time with their curves, and calibration at each time for which there are risks.
  package let areas: [TimeDependentAUC], calibrations: [SurvivalCalibration]
  /// What was noticed.
  package let findings: [Finding]

  /// A linear predictor of a model made elsewhere: larger values mean earlier events.
  package init(
    _ name: String, predictor: [Double], _ rows: PrognosticRows, _ moments: [Double], _ options: Prognosis.Options
  ) throws(ModelError) {
    try self.init(
      name, predictor: predictor, risks: [], rows.times, training: nil, isApparent: false, optimism: [],
      RowStructure(weights: rows.weights(options), clusters: rows.clusters), moments, options)
  }

  /// A model of times that was kept, by its linear predictors and risks. Risks that an event comes first are judged by what came
  /// first, where that is known.
  init(
    _ name: String, _ saved: SavedModel.Model, _ predictors: [Double], _ rows: PrognosticRows, _ moments: [Double],
    _ options: Prognosis.Options
  ) throws(ModelError) {
    let found = try saved.risks(rows.table, at: moments)
    var risks = moments.indices.map { place in (time: moments[place], values: found.map { $0[place] }) }
    var curve: SurvivalBrier.RiskCurve? = { time throws(ModelError) in
      try saved.risks(rows.table, at: [time]).map { $0[0] }
    }
    var competing: [StatisticGroup] = []
    if case .fineGray = saved, let kinds = rows.kinds {
      competing = try Self.competing(risks, rows.times.stop, kinds, rows.clusters, alpha: options.alpha)
      (risks, curve) = ([], nil)
    }
    try self.init(
      name, predictor: predictors, risks: risks, rows.times, training: nil, isApparent: false, optimism: [],
      curve: curve, competing: competing,
      RowStructure(weights: rows.weights(options), clusters: rows.clusters), moments, options)
  }

  /// How good risks are that event 1 comes first: other events are known not to be it, not censored.
  private static func competing(
    _ risks: [(time: Double, values: [Double])], _ stop: [Double], _ kinds: [Int], _ clusters: [Int]?, alpha: Double
  ) throws(ModelError) -> [StatisticGroup] {
    let times = try CompetingTimes(stop: stop, kinds: kinds), values = risks.map(\.values), horizons = risks.map(\.time)
    let curve = AalenJohansen(times, clusters: clusters), last = times.stop.max() ?? 0
    let areas = TimeDependentAUC.statistics(
      times.anyEvent, values, at: horizons, clusters: clusters, kinds: kinds, alpha: alpha)
    let errors = SurvivalBrier.statistics(
      times.anyEvent, values, horizons, nil, .step, clusters, nil, kinds: kinds, alpha: alpha)
    let none = Cell.undefined("nobody has the event by the horizon, or was seen so long")
    let ratios = risks.map { time, values in
      let expected = mean(values), isKnown = expected > 0 && time <= last
      let limits = curve.limits(of: 1, at: time, alpha: alpha).map {
        [Cell.value($0.lowerBound / expected), .value($0.upperBound / expected)]
      }
      return StatisticGroup(
        "calibration_first_t\(numberText(time))",
        [
          Statistic(
            "O_over_E", isKnown ? .value(curve.incidence(of: 1, at: time) / expected) : none,
            "events that came first for each that was expected"),
          Statistic("O_over_E_se", isKnown ? .value(curve.error(of: 1, at: time) / expected) : none),
          Statistic("O_over_E_ci", isKnown ? limits ?? [none, none] : [none, none]),
        ])
    }
    return [
      StatisticGroup("auc_t_first", areas.filter { $0.name != "mean_auc" }), StatisticGroup("brier_t_first", errors),
    ] + ratios
  }

  /// Probabilities of the event until one or several times.
  init(
    _ name: String, risks: [(time: Double, values: [Double])], _ rows: PrognosticRows, _ options: Prognosis.Options
  ) throws(ModelError) {
    try self.init(
      name, predictor: nil, risks: risks, rows.times, training: nil, isApparent: false, optimism: [],
      RowStructure(clusters: rows.clusters), risks.map(\.time), options)
  }

  /// - `risks`: Times with the rows' probabilities of the event until then.
  /// - `training`: Rows that a model was fitted to, if others are judged: their censoring gives weights as well.
  /// - `optimism`: What a model's worth is once its optimism is taken off.
  /// - `coefficients`: A model's columns of these rows, with the covariances of their coefficients.
  /// - `curve`: A model's risks of the rows until any time.
  /// - `competing`: What is known of risks that an event comes first.
  init(
    _ name: String, predictor: [Double]?, risks: [(time: Double, values: [Double])], _ times: SurvivalTimes,
    training: SurvivalTimes?, isApparent: Bool, optimism: [Statistic],
    coefficients: (design: Matrix, covariance: Matrix)? = nil, curve: SurvivalBrier.RiskCurve? = nil,
    competing: [StatisticGroup] = [], _ structure: RowStructure, _ moments: [Double], _ options: Prognosis.Options
  ) throws(ModelError) {
    let clusters = structure.clusters
    // Exact ties have no robust errors.
    let slopeTies = clusters != nil && options.ties == .exact ? Ties.efron : options.ties
    (self.name, self.isApparent, count, events) = (name, isApparent, clusters.patients(times.count), times.events)
    var groups = [StatisticGroup("", clusters.counts(times.count) + [Statistic("events", times.events)])]
    var concordance: Double?
    if let predictor {
      let found = Self.concordance(predictor, times, training, coefficients, structure, options)
      groups += found.groups
      concordance = found.harrell
    }
    self.concordance = concordance
    if !optimism.isEmpty { groups.append(StatisticGroup("corrected", optimism)) }
    let ordered = risks.sorted { $0.time < $1.time }
    let horizons = (ordered.isEmpty ? moments : ordered.map(\.time)).sorted()
    let markers = ordered.isEmpty ? [predictor ?? []] : ordered.map(\.values)
    if times.hasEntry {
      groups.append(StatisticGroup("auc_t", "rows enter late, for which it is not defined here"))
      (areas, calibrations) = ([], [])
    } else {
      groups.append(
        StatisticGroup(
          "auc_t",
          TimeDependentAUC.statistics(times, markers, at: horizons, clusters: clusters, alpha: options.alpha)))
      groups += Self.otherAreas(markers, horizons, times, training, clusters)
      let areas = horizons.enumerated().compactMap { index, horizon in
        try? TimeDependentAUC(times, markers[markers.count == 1 ? 0 : index], at: horizon)
      }
      let calibrations = try Self.calibrations(of: name, ordered, times, clusters, alpha: options.alpha)
      groups += calibrations.map {
        StatisticGroup("calibration_t\(numberText($0.horizon))", $0.statistics + $0.slope(ties: slopeTies))
      }

      if !ordered.isEmpty {
        groups += Self.errors(ordered, times, training, clusters, curve, alpha: options.alpha)
      }
      (self.areas, self.calibrations) = (areas, calibrations)
    }
    if let predictor, !isApparent {
      groups.append(
        StatisticGroup(
          "calibration_slope",
          SurvivalCalibration.slope(
            of: predictor, times, ties: slopeTies, clusters: structure.clusters, alpha: options.alpha)))
    }
    self.groups = groups + competing
    findings = []
  }

  /// How risks agree with what came, at each time at which that can be told.
  private static func calibrations(
    of name: String, _ risks: [(time: Double, values: [Double])], _ times: SurvivalTimes, _ clusters: [Int]?,
    alpha: Double
  ) throws(ModelError) -> [SurvivalCalibration] {
    for (_, values) in risks {
      if let bad = values.first(where: { !(0...1).contains($0) }) {
        throw ModelError.at("risk '\(name)'", "has \(numberText(bad)), must be probabilities from 0 to 1.")
      }
    }
    return risks.compactMap { time, values in
      try? SurvivalCalibration(times, risk: values, at: time, clusters: clusters, alpha: alpha)
    }
  }

  /// Areas by the conventions of other tools, which differ in weights and in how errors count ties.
  private static func otherAreas(
    _ markers: [[Double]], _ horizons: [Double], _ times: SurvivalTimes, _ training: SurvivalTimes?,
    _ clusters: [Int]?
  ) -> [StatisticGroup] {
    func group(_ name: String, _ weights: CensoringWeights?, _ tied: TimeDependentAUC.TiedTimes, _ kept: [String])
      -> StatisticGroup
    {
      StatisticGroup(
        name,
        TimeDependentAUC.statistics(
          times, markers, at: horizons, censoring: weights, tiedTimes: tied, clusters: clusters
        ).filter { kept.contains($0.name) })
    }
    var groups = [group("auc_t_timeROC", nil, .inRowOrder, ["times", "auc", "auc_se"])]
    for (name, source) in [("sksurv", times), ("train_censoring", training)] {
      guard let source, let weights = try? CensoringWeights(source, .right) else { continue }
      groups.append(group("auc_t_\(name)", weights, .together, ["times", "auc", "mean_auc"]))
    }
    return groups
  }

  private static func concordance(
    _ predictor: [Double], _ times: SurvivalTimes, _ training: SurvivalTimes?,
    _ coefficients: (design: Matrix, covariance: Matrix)?, _ structure: RowStructure, _ options: Prognosis.Options
  ) -> (groups: [StatisticGroup], harrell: Double?) {
    let limit = options.horizon ?? .infinity
    var groups: [StatisticGroup] = [], harrell: Double?
    for weighting in ConcordanceIndex.Weighting.allCases where weighting == .n || !times.hasEntry {
      let index = ConcordanceIndex(
        predictor, times, weighting, weights: structure.weights, strata: structure.strata, clusters: structure.clusters,
        limit: limit)
      let c = Cell(index.value, orUndefined: "no two rows can be compared")
      if weighting == .n { harrell = c.value }
      groups.append(
        StatisticGroup(
          weighting == .n ? "concordance" : "concordance_\(weighting.rawValue)",
          [
            Statistic("c", c, weighting.meaning), Statistic("se", c.value == nil ? c : .value(index.error)),
            Statistic("ci", index.limits(alpha: options.alpha)),
            Statistic("concordant", index.concordant), Statistic("discordant", index.discordant),
            Statistic("tied_x", index.tiedRisk), Statistic("tied_y", index.tiedTime),
            Statistic("tied_xy", index.tiedBoth),
          ]))
    }
    if !times.hasEntry {
      groups.append(StatisticGroup("uno", uno(predictor, times, training, structure.clusters, options)))
    }
    groups.append(gonenHeller(predictor, coefficients))
    return (groups, harrell)
  }

  /// All pairs are visited, so that very many rows would take too long.
  private static func gonenHeller(_ predictor: [Double], _ coefficients: (design: Matrix, covariance: Matrix)?)
    -> StatisticGroup
  {
    guard predictor.count <= 5_000 else {
      return StatisticGroup("gonen_heller", "more than 5000 rows would take too long")
    }
    guard let index = try? GonenHeller(predictor) else {
      return StatisticGroup("gonen_heller", "there are fewer than two rows")
    }
    let smooth = coefficients.map { index.smoothed(design: $0.design, covariance: $0.covariance) }
    return StatisticGroup(
      "gonen_heller",
      [Statistic("K", index.estimate, "what concordance would be if the predictor were right")]
        + (smooth.map { [Statistic("K_smooth", $0.estimate), Statistic("K_smooth_se", $0.error)] } ?? []))
  }

  private static func uno(
    _ predictor: [Double], _ times: SurvivalTimes, _ training: SurvivalTimes?, _ clusters: [Int]?,
    _ options: Prognosis.Options
  ) -> [Statistic] {
    func statistics(_ name: String, _ source: SurvivalTimes, _ meaning: String) -> [Statistic] {
      do throws(ModelError) {
        let uno = try UnoConcordance(
          times, predictor, before: options.horizon ?? .infinity, censoring: CensoringWeights(source, .right),
          clusters: clusters)
        return [
          Statistic(name, uno.estimate, meaning), Statistic("\(name)_se", uno.error),
          Statistic("\(name)_ci", uno.limits(alpha: options.alpha)),
        ]
      } catch {
        let none = Cell.undefined(Reason(error.description))
        return [
          Statistic(name, none, meaning), Statistic("\(name)_se", none), Statistic("\(name)_ci", [none, none]),
        ]
      }
    }
    var strict = Statistic("c_survC1", .undefined("weights by censoring are not known"))
    if let weights = try? CensoringWeights(times, .left, eventsFirst: false),
      let uno = try? UnoConcordance(
        times, predictor, before: options.horizon ?? .infinity, censoring: weights, tiedTimes: .leftOut)
    {
      strict = Statistic("c_survC1", uno.estimate, "survC1's convention")
    }
    return statistics("c", times, "scikit-survival's convention, events before the horizon") + [strict]
      + (training.map {
        statistics("c_train_censoring", $0, "with the censoring of the rows that the model is fitted to")
      } ?? [])
  }

  private static func errors(
    _ risks: [(time: Double, values: [Double])], _ times: SurvivalTimes, _ training: SurvivalTimes?,
    _ clusters: [Int]?, _ curve: SurvivalBrier.RiskCurve?, alpha: Double
  ) -> [StatisticGroup] {
    let horizons = risks.map(\.time), values = risks.map(\.values)
    func group(_ name: String, _ weights: CensoringWeights?, _ rule: SurvivalBrier.Integration) -> StatisticGroup {
      StatisticGroup(
        name,
        SurvivalBrier.statistics(
          times, values, horizons, weights, rule, clusters, rule == .step ? curve : nil, alpha: alpha))
    }
    var groups = [group("brier_t", nil, .step)]
    if let weights = try? CensoringWeights(times, .right) {
      groups.append(group("brier_t_sksurv", weights, .trapezoid))
    }
    if let training, let weights = try? CensoringWeights(training, .right) {
      groups.append(group("brier_t_train_censoring", weights, .trapezoid))
    }
    return groups
  }
}

extension SurvivalPerformance {
  /// What people read: not the conventions of other tools, nor counts of pairs.
  package var mainGroups: [StatisticGroup] {
    let counts = ["concordant", "discordant", "tied_x", "tied_y", "tied_xy"]
    let others =
      ["concordance_S", "concordance_S/G", "concordance_I", "uno"]
      + ["auc_t", "brier_t"].flatMap { name in
        ["timeROC", "sksurv", "train_censoring"].map { "\(name)_\($0)" }
      }
    return groups.filter { !others.contains($0.name) }.map {
      group in
      group.reason == nil ? StatisticGroup(group.name, group.statistics.filter { !counts.contains($0.name) }) : group
    }
  }
}

extension ConcordanceIndex.Weighting {
  /// For people.
  var meaning: String {
    switch self {
    case .n: "Harrell: of two patients the one with the larger value has the event first"
    case .s: "early pairs weigh more, as in Peto's test"
    case .sOverG: "pairs weighted as if nobody were censored (Schemper)"
    case .nOverG2: "Uno: does not depend on how patients were censored"
    case .i: "each event weighs the same"
    }
  }
}
