import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// How much is gained if a marker decides who is treated: by a logistic model of treatment, marker and their product,
/// the risk of each patient with and without treatment, and the benefit, which is the risk without less that with it.
/// Patients with a benefit below 0 are *marker-negative*. Janes, Brown, Huang and Pepe 2014, doi:10.1515/ijb-2012-0052,
/// where treatment of all is what the marker's rule is compared with.
package struct TreatmentSelection: Sendable {
  /// The model, of the marker alone.
  package let interaction: TreatmentInteraction
  /// What became of patients whose outcome is not known; nil for outcomes without time.
  package let horizon: RiskAtHorizon?
  /// Each patient's risk without and with treatment.
  package let untreatedRisks: [Double], treatedRisks: [Double]
  /// The one less the other.
  package let benefits: [Double]
  /// Summaries of them under the names of files.
  package let measures: [Statistic]
  private let design: SelectionDesign

  /// - `horizon`: Until when events count, if outcomes are times.
  /// - Throws: `ModelError` where the model cannot be fitted, or times have no horizon.
  package init(
    _ trial: Trial, marker: String, spline: Int? = nil, horizon: Double? = nil, _ rule: CensoringRule = .remove
  ) throws(ModelError) {
    guard case .survival = trial.outcome else {
      try self.init(TreatmentInteraction(trial, marker: marker, spline: spline), nil)
      return
    }
    guard let limit = horizon else {
      throw ModelError.at("horizon", "is missing, must say until when events count.")
    }
    let all = try TreatmentInteraction(trial, marker: marker, spline: spline)
    guard case .survival(let times) = all.frame.outcome else { preconditionFailure("the outcome is a time") }
    let risk = try RiskAtHorizon(times, isTreated: all.trial.isTreated, horizon: limit, rule)
    let outcome = "event by \(numberText(limit))", weights = "weight by \(numberText(limit))",
      rows = Array(times.stop.indices)
    var known = all.trial.with(outcome, .numbers(risk.outcome.map { $0 })).with(.binary(outcome))
    if rule == .weight {
      known = known.with(weights, .numbers(risk.weights(rows).map { $0 }))
    } else {
      known = known.rows(rows.filter { risk.isKnown[$0] })
    }
    let model = try TreatmentInteraction(
      known, marker: all.marker, spline: spline, weights: rule == .weight ? weights : nil)
    try self.init(model, risk)
  }

  private init(_ interaction: TreatmentInteraction, _ horizon: RiskAtHorizon?) throws(ModelError) {
    (self.interaction, self.horizon) = (interaction, horizon)
    design = try SelectionDesign(interaction)
    guard case .logistic(let model, _) = interaction.model else { preconditionFailure("the outcome is binary") }
    (untreatedRisks, treatedRisks) = design.risks(model)
    benefits = zip(untreatedRisks, treatedRisks).map(-)
    measures = design.measures(untreatedRisks, treatedRisks, Array(benefits.indices), interaction.frame.weights)
  }

  /// Patients, and how many events count.
  package var count: Int { benefits.count }
  /// Events among those whose outcome is known.
  package var events: Int { zip(design.outcome, interaction.frame.weights).count { $0 == 1 && $1 > 0 } }

  /// Benefits at the minimum, the 10th, 25th, 50th, 75th and 90th percentile and the maximum.
  package var quantiles: [Double] {
    let sorted = benefits.sorted()
    return [0, 10, 25, 50, 75, 90, 100].map { percentile($0, of: sorted) }
  }

  /// Risks with and without treatment at percentiles of the marker, with Wald's limits; empty for categories.
  package func curve(_ percents: [Double] = (0...100).map(Double.init), alpha: Double = 0.05) -> [PredictedRisks] {
    guard case .numbers(let numbers) = interaction.values else { return [] }
    let sorted = numbers.compactMap { $0 }.sorted(), values = percents.map { percentile($0, of: sorted) }
    return (try? risks(at: .numbers(values), alpha: alpha)) ?? []
  }

  /// Risks with and without treatment at values of the marker.
  /// - Throws: `ModelError` for a category that no patient had.
  package func risks(at values: Column.Values, alpha: Double = 0.05) throws(ModelError) -> [PredictedRisks] {
    let frame = interaction.frame
    let base = interaction.trial.table.rows(Array(repeating: 0, count: values.count)).with(interaction.marker, values)
    var arms: [[PredictedRisks.Risk]] = []
    for arm in [0.0, 1] {
      let rows = try frame.design.matrix(
        base.with(interaction.trial.treatment, .numbers(Array(repeating: arm, count: values.count))))
      arms.append(
        (0..<rows.rows).map { row in
          guard let sum = interaction.model.sum((0..<rows.columns).map { rows[row, $0] }) else {
            let none = Cell.undefined("too few patients have this value in this arm")
            return PredictedRisks.Risk(estimate: none, lower: none, upper: none)
          }
          let limits = EstimateCell.known(sum).limits(alpha)
          func risk(_ logit: Cell) -> Cell { logit.value.map { .value(expit($0)) } ?? logit }
          return PredictedRisks.Risk(
            estimate: .value(expit(sum.value)), lower: risk(limits.lower), upper: risk(limits.upper))
        })
    }
    return (0..<values.count).map {
      PredictedRisks(marker: values.words[$0] ?? "", untreated: arms[0][$0], treated: arms[1][$0])
    }
  }

  /// The risks at percentiles under the names of files; the reason for categories.
  package func predictiveness(_ percents: [Double] = [5, 25, 50, 75, 95]) -> StatisticGroup {
    let curve = curve(percents)
    guard !curve.isEmpty else {
      return StatisticGroup("predictiveness", "the marker has categories, which have no percentiles")
    }
    return StatisticGroup(
      "predictiveness",
      [
        Statistic("percentile", percents.map { .value($0) }),
        Statistic("marker", curve.map { Double($0.marker).map { .value($0) } ?? .undefined("no number") }),
        Statistic("risk_untreated", curve.map(\.untreated.estimate)),
        Statistic("risk_treated", curve.map(\.treated.estimate)),
      ])
  }

  /// The interaction's tests, and the benefit's summaries, under the names of files.
  package func statistics(alpha: Double = 0.05) -> [Statistic] {
    interaction.tests(alpha: alpha) + [Statistic("n", count), Statistic("events", events)] + measures
      + [Statistic("benefit_quantiles", quantiles.map { .value($0) }, "minimum, 10, 25, 50, 75, 90 %, maximum")]
  }

  /// The share of patients whom treatment would harm.
  package var harmed: Double { Double(benefits.count { $0 < 0 }) / Double(count) }

  /// Limits of the summaries by samples of patients with replacement, at percentiles of what the samples give; with the
  /// number of samples in which the model could be fitted. Knots of a spline stay where they are.
  package func bootstrap(
    _ samples: Int, seed: UInt64 = 1, alpha: Double = 0.05, on lanes: Lanes = Lanes(jobs: 1)
  ) -> [Statistic] {
    let names = interaction.model.names
    let replicates = Replicates(
      .bootstrap(samples), rows: count, patients: interaction.frame.clusters, seed: seed)
    let found = replicates.map(on: lanes) { sample -> [Double?]? in
      let rows = sample.rows
      let weights = horizon?.rule == .weight ? horizon!.weights(rows) : rows.map { _ in 1.0 }
      guard
        let model = try? LogisticModel(
          design.observed(rows), rows.map { design.outcome[$0] }, names: names, weights: weights),
        model.coefficients.allSatisfy({ $0.value != nil })
      else { return nil }
      let (untreated, treated) = design.risks(model, rows)
      return design.measures(untreated, treated, rows, weights).map(\.cells[0].value)
    }.compactMap { $0 }
    let fitted = found.count
    let limits = measures.enumerated().map { place, measure in
      let reason =
        fitted < 2 ? Reason("the model could be fitted to \(fitted) samples") : "it is undefined in some samples"
      let values = found.compactMap { $0[place] }
      guard fitted > 1, values.count == fitted else {
        return Statistic("\(measure.name)_ci", [.undefined(reason), .undefined(reason)])
      }
      let range = percentileLimits(values, alpha: alpha)
      return Statistic("\(measure.name)_ci", [.value(range.lowerBound), .value(range.upperBound)])
    }
    return limits + [Statistic("samples", fitted, "of \(samples) asked for")]
  }
}

/// The risk at a value of a marker in either arm.
package struct PredictedRisks: Sendable, Hashable {
  /// A probability, with limits.
  package struct Risk: Sendable, Hashable {
    package let estimate: Cell, lower: Cell, upper: Cell
  }
  /// A number or a category.
  package let marker: String
  /// In either arm.
  package let untreated: Risk, treated: Risk
}

/// The rows of a model as they are, and as they would be in either arm.
private struct SelectionDesign: Sendable {
  let outcome: [Double], isTreated: [Bool]
  private let own: Matrix, untreated: Matrix, treated: Matrix

  init(_ interaction: TreatmentInteraction) throws(ModelError) {
    guard let values = interaction.frame.outcome.indicators else { preconditionFailure("the outcome is binary") }
    (outcome, isTreated, own) = (values, interaction.trial.isTreated, interaction.frame.matrix)
    func arm(_ value: Double) throws(ModelError) -> Matrix {
      let column = Column.Values.numbers(Array(repeating: value, count: values.count))
      return try interaction.frame.design.matrix(interaction.trial.table.with(interaction.trial.treatment, column))
    }
    (untreated, treated) = (try arm(0), try arm(1))
  }

  func observed(_ rows: [Int]) -> Matrix { own.rows(rows) }

  /// Risks of all rows, or of some, without and with treatment.
  func risks(_ model: LogisticModel, _ rows: [Int]? = nil) -> ([Double], [Double]) {
    func risks(_ matrix: Matrix) -> [Double] {
      let part = rows.map { matrix.rows($0) } ?? matrix
      return model.predictors(part, offset: Array(repeating: 0, count: part.rows)).map(expit)
    }
    return (risks(untreated), risks(treated))
  }

  /// Summaries of benefits by the definitions of Janes et al.; *model* from risks, *empirical* from events.
  func measures(_ untreated: [Double], _ treated: [Double], _ rows: [Int], _ weights: [Double]) -> [Statistic] {
    let benefits = zip(untreated, treated).map(-), n = Double(rows.count), center = mean(benefits)
    func rate(_ arm: Bool, _ isCounted: (Double) -> Bool) -> Double? {
      let places = rows.indices.filter { isTreated[rows[$0]] == arm && isCounted(benefits[$0]) }
      let total = pairwiseSum(places.count) { weights[places[$0]] }
      return total > 0 ? pairwiseSum(places.count) { weights[places[$0]] * outcome[rows[places[$0]]] } / total : nil
    }
    func gap(_ first: Bool, _ isCounted: (Double) -> Bool) -> Double? {
      rate(first, isCounted).flatMap { own in rate(!first, isCounted).map { own - $0 } }
    }
    let negative = benefits.filter { $0 < 0 }, positive = benefits.filter { $0 >= 0 }
    let share = Double(negative.count) / n
    func cell(_ value: Double?, _ reason: Reason) -> Cell { value.map { .value($0) } ?? .undefined(reason) }
    let noNegatives = Reason("no patient of one arm is marker-negative"),
      noPositives = Reason("no patient of one arm is marker-positive")
    let saved = gap(true) { $0 < 0 }, difference = gap(false) { _ in true }
    let gain = difference.map { overall in pairwiseSum(benefits) { abs($0 - overall) } / n }
    return [
      Statistic(
        "prevalence_untreated", cell(rate(false) { _ in true }, "nobody is untreated"), "events among the untreated"),
      Statistic("prevalence_treated", cell(rate(true) { _ in true }, "nobody is treated"), "events among the treated"),
      Statistic("benefit_mean", center, "mean risk without less that with treatment"),
      Statistic(
        "benefit_var", pairwiseSum(benefits) { ($0 - center) * ($0 - center) } / n, "its variance over patients"),
      Statistic("prop_marker_negative_model", share, "patients whom treatment would harm"),
      Statistic("theta_model", -pairwiseSum(negative) / n, "fewer events if marker-negatives were not treated"),
      Statistic("theta_empirical", cell(saved.map { $0 * share }, noNegatives)),
      Statistic(
        "average_benefit_pos_model",
        positive.isEmpty ? .undefined("no patient is marker-positive") : .value(mean(positive)),
        "mean benefit of the others"),
      Statistic("average_benefit_pos_empirical", cell(gap(false) { $0 >= 0 }, noPositives)),
      Statistic(
        "B_neg_model", negative.isEmpty ? .undefined("no patient is marker-negative") : .value(-mean(negative)),
        "mean harm of marker-negatives"),
      Statistic("B_neg_empirical", cell(saved, noNegatives)),
      Statistic("TG_total_gain", cell(gain, "one arm is empty"), "mean distance of benefits from the overall one"),
    ]
  }
}

extension TreatmentSelection: Documented {
  package static let name = "treatment-selection"
  package static let summary = "What is gained if a marker decides who is treated."
  package static let definition =
    "benefit = P(event | untreated, marker) − P(event | treated, marker); treat where it is above 0; gain Θ "
    + "against treatment of all"
  package static let limits =
    "By the same rows that the model was fitted to it is too large; risks by a horizon need patients who are seen "
    + "until then."
  package static let reference = "Janes, Brown, Huang and Pepe 2014, doi:10.1515/ijb-2012-0052"
}
