import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Whether a treatment's effect depends on a marker: a Cox or logistic model with the product of both, beside one
/// without it. Effects are ratios of hazards or odds, so that an interaction is a departure from a constant ratio.
package struct TreatmentInteraction: Sendable {
  /// The patients in whom nothing is missing.
  package let trial: Trial
  /// The marker's column.
  package let marker: String
  /// Outcome and design of the model with the interaction.
  package let frame: ModelFrame
  /// With the interaction, and without it.
  package let model: RegressionModel, mainEffects: RegressionModel
  /// Columns of the design: the marker's own, and its products with the treatment.
  package let markerColumns: [Int], interactionColumns: [Int]
  /// Tests that the effect is the same for all values of the marker.
  package let likelihoodRatio: CoxModel.Test, wald: CoxModel.Test, score: CoxModel.Test
  /// Whether covariances come from rows' or clusters' influences, so that only Wald's test holds.
  package let isRobust: Bool
  /// Whether the marker's effects are curves.
  package let isSpline: Bool

  /// - `marker`: A column or a calculation; words are categories.
  /// - `spline`: Degrees of freedom of a natural spline of the marker; nil for a straight line.
  /// - `adjust`: The right side of a formula of what else counts.
  /// - `weights`: A column of weights; covariances are then robust.
  /// - Throws: `ModelError` where there are not two arms, the marker does not vary, or a model has no maximum.
  package init(
    _ trial: Trial, marker: String, spline: Int? = nil, adjust: String? = nil, weights: String? = nil
  ) throws(ModelError) {
    var trial = trial
    let name = try trial.add(marker), words: Bool
    if case .categories? = trial.table[name] { words = true } else { words = false }
    if let spline, words {
      throw ModelError.at("marker '\(name)'", "has categories, a spline of \(spline) degrees of freedom needs numbers.")
    }
    guard name != trial.treatment else {
      throw ModelError.at("marker '\(name)'", "is the treatment itself, must be another column.")
    }
    try Self.check(adjust, trial)
    let treatment = Formula.Expression.column(trial.treatment)
    let part: Formula.Expression = spline.map { .call("ns", [.column(name), .number(Double($0))]) } ?? .column(name)
    let frame = try ModelFrame(
      Formula(trial.response, trial.adjusted(.binary("*", treatment, part), adjust)), trial.table, weights: weights)
    let smaller = try ModelFrame(
      Formula(trial.response, trial.adjusted(.binary("+", treatment, part), adjust)), trial.table, weights: weights)
    self.trial = try trial.columns(frame.formula.columns + (weights.map { [$0] } ?? [])).rows(frame.rows)
    (self.marker, self.frame, isSpline) = (name, frame, spline != nil)
    try Self.check(self.trial, name, all: trial.table.count)
    isRobust = weights != nil || frame.clusters != nil
    model = try RegressionModel(frame, isRobust: isRobust)
    mainEffects = try RegressionModel(smaller, isRobust: isRobust)
    let terms = frame.formula.terms
    let columns = frame.design.termOf.indices.filter { frame.design.termOf[$0] >= 0 }
    markerColumns = columns.filter { terms[frame.design.termOf[$0]].parts == [part] }
    interactionColumns = columns.filter {
      terms[frame.design.termOf[$0]].parts.count == 2 && terms[frame.design.termOf[$0]].parts.contains(treatment)
    }
    let gained = model.kept.count - mainEffects.kept.count
    guard !markerColumns.isEmpty, gained > 0 else {
      throw ModelError.at(
        "marker '\(name)'",
        "its product with the treatment is a combination of other columns, so that no interaction can be told. Leave "
          + "columns out of the adjustment, or join groups that are in one arm only.")
    }
    likelihoodRatio = CoxModel.Test(
      statistic: max(0, 2 * (model.logLikelihood - mainEffects.logLikelihood)), df: gained)
    wald = model.wald(interactionColumns)
    score = model.score(beyond: mainEffects, frame)
  }

  /// - Throws: `ModelError` for an adjustment without constant, or for the treatment.
  private static func check(_ adjust: String?, _ trial: Trial) throws(ModelError) {
    guard let adjust else { return }
    let formula = try Formula(nil, trial.table.rightSide(adjust))
    guard formula.hasIntercept else {
      throw ModelError.at("adjustment '\(adjust)'", "takes the constant away, must keep it.")
    }
    let isThere = formula.terms.contains { $0.parts.flatMap(\.columns).contains(trial.treatment) }
    guard !isThere else {
      throw ModelError.at(
        "adjustment '\(adjust)'",
        "has the treatment '\(trial.treatment)', which is in the model already. Name other columns only.")
    }
  }

  private static func check(_ trial: Trial, _ marker: String, all: Int) throws(ModelError) {
    let treated = trial.isTreated.count { $0 }
    guard treated > 0, treated < trial.table.count else {
      throw ModelError.at(
        "marker '\(marker)'",
        "of \(all) rows those without missing values are all \(treated == 0 ? trial.control : trial.treated) by "
          + "'\(trial.treatment)', must be of two arms. A single arm can only show a prognostic effect.")
    }
    guard Set(trial.table[marker]!.words).count > 1 else {
      throw ModelError.at(
        "marker '\(marker)'", "every row has \(trial.table[marker]!.words[0] ?? "nothing"), must have different values."
      )
    }
  }

  /// The p that decides: of the likelihood ratio, with robust covariances of Wald's test.
  package var p: Double { isRobust ? wald.p : likelihoodRatio.p }

  /// Whether the marker has an effect where nobody is treated.
  package var markerInControls: CoxModel.Test { model.wald(markerColumns) }

  /// Whether it has one in the model without interaction.
  package var markerInBoth: CoxModel.Test {
    mainEffects.wald(markerColumns)
  }

  /// The treatment's effect in the model without interaction.
  package var overallEffect: EstimateCell {
    let name = Formula.Expression.column(trial.treatment).text
    return mainEffects.estimates[mainEffects.names.firstIndex(of: name)!]
  }

  /// The marker's values.
  package var values: Column.Values { trial.table[marker]! }

  /// The factor by which the treatment's ratio changes with one unit of the marker, or in a category instead of the
  /// first; none for a spline.
  package var ratios: [(name: String, effect: EstimateCell)] {
    guard !isSpline else { return [] }
    let estimates = model.estimates
    return interactionColumns.map { (model.names[$0], estimates[$0]) }
  }

  /// The treatment's effect at values of the marker.
  /// - Throws: `ModelError` for a category that no patient had.
  package func effects(at values: Column.Values) throws(ModelError) -> [EstimateCell] {
    let count = values.count, name = trial.treatment
    let base = trial.table.rows(Array(repeating: 0, count: count)).with(marker, values)
    func design(_ arm: Double) throws(ModelError) -> Matrix {
      try frame.design.matrix(base.with(name, .numbers(Array(repeating: arm, count: count))))
    }
    let treated = try design(1), control = try design(0)
    return (0..<count).map { row in
      model.sum((0..<treated.columns).map { treated[row, $0] - control[row, $0] }).map(EstimateCell.known)
        ?? .undefined("too few patients have this value to tell both arms apart")
    }
  }

  /// Where effects are given unless asked otherwise: at each category, or up to four different numbers, else at the
  /// 10th, 50th and 90th percentile.
  package var typicalValues: Column.Values {
    guard case .numbers(let numbers) = values else {
      return .categories(Column.Values.levels(values.words).map { $0 })
    }
    let sorted = numbers.compactMap { $0 }.sorted()
    if hasLevels { return .numbers(Set(sorted).sorted()) }
    return .numbers([10, 50, 90].map { percentile($0, of: sorted) })
  }

  /// Whether the marker's values are words.
  package var hasCategories: Bool { if case .categories = values { true } else { false } }

  /// Whether the marker has categories, or so few different numbers that they are groups of their own.
  package var hasLevels: Bool {
    guard case .numbers(let numbers) = values else { return true }
    return Set(numbers).count <= MarkerGroups.mostLevels
  }

  /// Values from the least to the greatest at equal distances; none of categories.
  package func grid(_ count: Int = 101) -> [Double] {
    guard case .numbers(let numbers) = values, let low = numbers.compactMap({ $0 }).min(),
      let high = numbers.compactMap({ $0 }).max()
    else { return [] }
    return (0..<count).map { low + (high - low) * Double($0) / Double(max(count - 1, 1)) }
  }

  /// The value of the marker at which the treatment has no effect, if the marker is linear and some patients are on
  /// either side.
  package var turningPoint: Double? {
    guard case .numbers(let numbers) = values, !isSpline, interactionColumns.count == 1,
      let slope = model.coefficients[interactionColumns[0]].value, slope != 0,
      let effect = try? effects(at: .numbers([0]))[0].estimate
    else { return nil }
    let point = -effect.value / slope, known = numbers.compactMap { $0 }
    return known.min()! < point && point < known.max()! ? point : nil
  }
}

extension TreatmentInteraction {
  private func pair(_ effect: EstimateCell, _ alpha: Double) -> [Cell] {
    let limits = effect.ratioLimits(alpha)
    return [limits.lower, limits.upper]
  }

  /// Tests of the interaction and, of one coefficient, its ratio, under the names of files.
  package func tests(alpha: Double = 0.05) -> [Statistic] {
    let name = trial.outcome.ratioName.uppercased()
    let assumption = isRobust ? ", if rows are independent and the model is right" : ""
    var statistics = [
      Statistic("loglik", model.logLikelihood, "with the interaction"),
      Statistic("lrt_chisq", likelihoodRatio.statistic, "likelihood ratio of the interaction"),
      Statistic("lrt_df", likelihoodRatio.df),
      Statistic("lrt_p", likelihoodRatio.p, "that the effect is the same for all values\(assumption)"),
      Statistic("wald_chisq", wald.statistic), Statistic("wald_df", wald.df), Statistic("wald_p", wald.p),
      Statistic("score_chisq", score.statistic), Statistic("score_df", score.df),
      Statistic("score_p", score.p, isRobust ? "\(assumption.dropFirst(2))" : ""),
    ]
    let ratios = ratios
    if ratios.count == 1 {
      let meaning = "factor of the treatment's \(trial.outcome.ratioWords) for each unit of the marker"
      statistics += [
        Statistic("ratio_of_\(name)", ratios[0].effect.ratio, meaning),
        Statistic("ratio_ci", pair(ratios[0].effect, alpha)),
      ]
      if let point = turningPoint {
        statistics.append(Statistic("no_effect_at", point, "marker at which treatment has no effect"))
      }
    }
    return statistics
  }

  /// Coefficients, tests and ratios under the names of files.
  package func groups(alpha: Double = 0.05) -> [StatisticGroup] {
    let groups = model.groups + [StatisticGroup("", tests(alpha: alpha))], ratios = ratios
    guard ratios.count > 1 else { return groups }
    let all = ratios.map { Statistic($0.name, [$0.effect.ratio] + pair($0.effect, alpha)) }
    return groups + [StatisticGroup("ratio_of_\(trial.outcome.ratioName.uppercased())", all)]
  }
}

extension [EstimateCell] {
  /// Ratios of the treatment: `hr`, `lower`, `upper`, one of each for each effect.
  package func statistics(_ name: String, alpha: Double) -> [Statistic] {
    let limits = map { $0.ratioLimits(alpha) }
    return [
      Statistic(name, map(\.ratio), "of treated over control"), Statistic("lower", limits.map(\.lower)),
      Statistic("upper", limits.map(\.upper)),
    ]
  }
}

extension TreatmentInteraction: Documented {
  package static let name = "interaction"
  package static let summary = "Whether a treatment's effect depends on a marker."
  package static let definition =
    "a Cox or logistic model with treatment × marker against one without, by the likelihood ratio"
  package static let limits =
    "A departure from a constant ratio of hazards or odds: on the scale of risks it may be otherwise. Needs a "
    + "randomised trial, or confounders among what is adjusted for. A single arm cannot show it."
  package static let reference =
    "Rothwell 2005, doi:10.1016/S0140-6736(05)17709-5; Gail and Simon 1985, doi:10.2307/2530862"
}
