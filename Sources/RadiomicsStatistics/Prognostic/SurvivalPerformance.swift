import RadiomicsCore
import RadiomicsNumerics

/// How good a predictor, predicted risks or a model are: discrimination, calibration and error over time.
public struct SurvivalPerformance: Sendable {
  /// The column, or `model`.
  public let name: String
  /// Whether a model was fitted to the rows on which it is judged.
  public let isApparent: Bool
  /// Everything in numbers.
  public let groups: [StatisticGroup]
  /// For figures: areas over time with their curves, and calibration at each time for which there are risks.
  public let areas: [TimeDependentAUC], calibrations: [SurvivalCalibration]
  /// What was noticed.
  public let findings: [Finding]

  /// A linear predictor of a model made elsewhere: larger values mean earlier events.
  init(
    _ name: String, predictor: [Double], _ rows: PrognosticRows, _ moments: [Double], _ options: Prognosis.Options
  ) throws(ModelError) {
    try self.init(
      name, predictor: predictor, risks: [], rows.times, training: nil, isApparent: false, optimism: [], moments,
      options)
  }

  /// Probabilities of the event until a time.
  init(_ name: String, risk: [Double], at time: Double, _ rows: PrognosticRows, _ options: Prognosis.Options)
    throws(ModelError)
  {
    try self.init(
      name, predictor: nil, risks: [(time, risk)], rows.times, training: nil, isApparent: false, optimism: [], [time],
      options)
  }

  /// - Parameters:
  ///   - risks: Times with the rows' probabilities of the event until then.
  ///   - training: Rows that a model was fitted to, if others are judged: their censoring gives weights as well.
  ///   - optimism: What a model's worth is once its optimism is taken off.
  init(
    _ name: String, predictor: [Double]?, risks: [(time: Double, values: [Double])], _ times: SurvivalTimes,
    training: SurvivalTimes?, isApparent: Bool, optimism: [Statistic], _ moments: [Double], _ options: Prognosis.Options
  ) throws(ModelError) {
    (self.name, self.isApparent) = (name, isApparent)
    var groups: [StatisticGroup] = []
    if let predictor { groups += Self.concordance(predictor, times, training, options) }
    if !optimism.isEmpty { groups.append(StatisticGroup("corrected", optimism)) }
    let ordered = risks.sorted { $0.time < $1.time }
    let horizons = (ordered.isEmpty ? moments : ordered.map(\.time)).sorted()
    let markers = ordered.isEmpty ? [predictor ?? []] : ordered.map(\.values)
    if times.hasEntry {
      groups.append(StatisticGroup("auc_t", "rows enter late, for which it is not defined here"))
      (areas, calibrations) = ([], [])
    } else {
      groups.append(
        StatisticGroup("auc_t", TimeDependentAUC.statistics(times, markers, at: horizons, alpha: options.alpha)))
      groups.append(
        StatisticGroup(
          "auc_t_timeROC",
          TimeDependentAUC.statistics(times, markers, at: horizons, tiedTimes: .inRowOrder, alpha: options.alpha).filter
          {
            $0.name == "auc_se"
          }))
      var areas: [TimeDependentAUC] = [], calibrations: [SurvivalCalibration] = []
      for (index, horizon) in horizons.enumerated() {
        if let area = try? TimeDependentAUC(times, markers[markers.count == 1 ? 0 : index], at: horizon) {
          areas.append(area)
        }
      }
      for (time, values) in ordered {
        if let bad = values.first(where: { !(0...1).contains($0) }) {
          throw ModelError("risk '\(name)': has \(numberText(bad)), must be probabilities from 0 to 1.")
        }
        guard let calibration = try? SurvivalCalibration(times, risk: values, at: time, alpha: options.alpha) else {
          continue
        }
        calibrations.append(calibration)
        groups.append(
          StatisticGroup(
            "calibration_t\(numberText(time))", calibration.statistics + calibration.slope(by: Self.slope(options.ties))
          ))
      }
      if !ordered.isEmpty {
        groups += Self.errors(ordered, times, training)
      }
      (self.areas, self.calibrations) = (areas, calibrations)
    }
    if let predictor, !isApparent {
      groups.append(
        StatisticGroup(
          "calibration_slope",
          SurvivalCalibration.slope(of: predictor, times, by: Self.slope(options.ties), alpha: options.alpha)))
    }
    self.groups = groups
    findings = []
  }

  private static func slope(_ ties: Ties) -> SurvivalCalibration.SlopeModel {
    { covariate, times throws(ModelError) in
      let model = try CoxModel(Matrix(columns: [covariate], rows: times.count), times, names: ["predictor"], ties: ties)
      guard let slope = model.coefficients[0].value, let error = model.errors(model.naiveCovariance)[0].value else {
        throw ModelError("predictor: is the same in every row, must differ.")
      }
      return (slope, error)
    }
  }

  private static func concordance(
    _ predictor: [Double], _ times: SurvivalTimes, _ training: SurvivalTimes?, _ options: Prognosis.Options
  ) -> [StatisticGroup] {
    let limit = options.horizon ?? .infinity, z = NormalDistribution().quantile(1 - options.alpha / 2)
    var groups: [StatisticGroup] = []
    for weighting in ConcordanceIndex.Weighting.allCases where weighting == .n || !times.hasEntry {
      let index = ConcordanceIndex(predictor, times, weighting, limit: limit)
      let half = z * index.error, c = index.value
      groups.append(
        StatisticGroup(
          weighting == .n ? "concordance" : "concordance_\(weighting.rawValue)",
          [
            Statistic("c", c, weighting.meaning), Statistic("se", index.error),
            Statistic("ci", [.value(max(0, c - half)), .value(min(1, c + half))]),
            Statistic("concordant", index.concordant), Statistic("discordant", index.discordant),
            Statistic("tied_x", index.tiedRisk), Statistic("tied_y", index.tiedTime),
            Statistic("tied_xy", index.tiedBoth),
          ]))
    }
    if !times.hasEntry { groups.append(StatisticGroup("uno", uno(predictor, times, training, options))) }
    let k = (try? GonenHeller(predictor))?.estimate ?? .undefined("there are fewer than two rows")
    groups.append(
      StatisticGroup("gonen_heller", [Statistic("K", k, "what concordance would be if the predictor were right")]))
    return groups
  }

  private static func uno(
    _ predictor: [Double], _ times: SurvivalTimes, _ training: SurvivalTimes?, _ options: Prognosis.Options
  ) -> [Statistic] {
    func statistic(_ name: String, _ source: SurvivalTimes, _ meaning: String) -> Statistic {
      do throws(ModelError) {
        let uno = try UnoConcordance(
          times, predictor, before: options.horizon ?? .infinity, censoring: CensoringWeights(source, .right))
        return Statistic(name, uno.estimate, meaning)
      } catch {
        return Statistic(name, .undefined(Reason(error.description)), meaning)
      }
    }
    return [statistic("c", times, "scikit-survival's convention, events before the horizon")]
      + (training.map {
        [statistic("c_train_censoring", $0, "with the censoring of the rows that the model is fitted to")]
      } ?? [])
  }

  private static func errors(
    _ risks: [(time: Double, values: [Double])], _ times: SurvivalTimes, _ training: SurvivalTimes?
  )
    -> [StatisticGroup]
  {
    let horizons = risks.map(\.time), values = risks.map(\.values)
    func group(_ name: String, _ weights: CensoringWeights?, _ rule: SurvivalBrier.Integration) -> StatisticGroup {
      StatisticGroup(name, SurvivalBrier.statistics(times, risks: values, at: horizons, censoring: weights, rule))
    }
    var groups = [group("brier_t", nil, .step)]
    if let training, let weights = try? CensoringWeights(training, .right) {
      groups.append(group("brier_t_train_censoring", weights, .trapezoid))
    }
    return groups
  }
}

extension SurvivalPerformance {
  /// What people read: not the conventions of other tools, nor counts of pairs.
  public var mainGroups: [StatisticGroup] {
    let counts = ["concordant", "discordant", "tied_x", "tied_y", "tied_xy"]
    return groups.filter { !["concordance_S", "concordance_S/G", "concordance_I", "auc_t_timeROC", "uno"].contains($0.name) }.map {
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
