import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

extension PredictiveReport {
  /// A page for physicians: what was asked, of whom, what was found, and what every quantity is.
  package func page() -> String {
    let options = analysis.options
    var page = HTMLPage(title: "Who benefits from \(analysis.treatment) = \(analysis.treated)")
    page.paragraph(
      "\(analysis.count) rows of \(HTMLPage.name(table)), with \(analysis.treatment) = "
        + "\(analysis.treated) compared with \(analysis.control)\(options.isRandomised ? ", by chance" : ""). Intervals have a confidence "
        + "of \(shortText(100 * (1 - options.alpha))) %. A marker is prognostic if the outcome depends on it, and predictive if the "
        + "treatment's effect does, here: if the \(analysis.outcome.ratioWords) of treatment changes with it.")
    for sentence in sentences { page.verdict(sentence) }
    page.list(analysis.findings.map { "\($0.place): \($0.message)" })
    if let first = analysis.markers.first { page.figure(figure(), "What the treatment does by \(first.name).") }
    for marker in analysis.markers {
      page.heading("Marker \(marker.name)")
      page.paragraph(
        "\(marker.patients) patients, \(marker.events) events, \(marker.missing) left out since a value is missing.")
      page.table(marker.interaction.model.rows(alpha: options.alpha), right: [1, 2, 3, 4, 5, 6])
      let groups = marker.groups(alpha: options.alpha)
      page.statistics(groups.filter { $0.name.isEmpty }.flatMap(\.statistics))
      page.paragraph("The treatment's effect by the model with interaction:")
      page.table(marker.effectRows(alpha: options.alpha), right: [1, 2, 3, 4])
      page.paragraph("The treatment's effect in each group alone:")
      page.table(marker.groupRows(alpha: options.alpha), right: Set(1...(marker.subgroups.horizon == nil ? 6 : 9)))
      page.statistics(Self.tests(groups))
      for group in groups where ["selection", "selection_ci"].contains(group.name) && group.reason == nil {
        page.paragraph(
          group.name == "selection"
            ? "Risks with and without treatment, and the benefit, by \(marker.name) alone:" : "Limits by samples:")
        page.statistics(group.statistics)
        if group.name == "selection" { page.table(marker.riskRows(alpha: options.alpha), right: Set(1...6)) }
      }
    }
    return page.html
  }

  /// What was found, in plain words.
  package var sentences: [String] { analysis.markers.map { "\($0.name) is \(analysis.sentence($0))" } }

  /// Tests over groups, and the difference of their differences.
  package static func tests(_ groups: [StatisticGroup]) -> [Statistic] {
    groups.filter { ["subgroups", "rmst"].contains($0.name) }.flatMap(\.statistics).filter { !$0.isList }
  }
}

extension RegressionModel {
  /// Ratios with limits, for people.
  package func rows(alpha: Double) -> [[String]] {
    let ratio: String
    if case .cox = self { ratio = "hazard ratio" } else { ratio = "odds ratio" }
    return [["coefficient", "log \(ratio)", "se", ratio, "lower", "upper", "p", ""]]
      + zip(names, estimates).map { name, effect in
        [name, effect.value.short(), effect.error.short()] + effect.texts(alpha: alpha)
          + [effect.value.reason.map { "(\($0.text))" } ?? ""]
      }
  }
}

extension PredictiveAnalysis.Marker {
  /// The treatment's effect at values of the marker, for people.
  package func effectRows(alpha: Double) -> [[String]] {
    [[name, interaction.trial.outcome.ratioWords, "lower", "upper", "p", ""]]
      + zip(placeNames, effects).map { place, effect in
        [place] + effect.texts(alpha: alpha) + [effect.value.reason.map { "(\($0.text))" } ?? ""]
      }
  }

  /// Both arms in groups by the marker, for people.
  package func groupRows(alpha: Double) -> [[String]] {
    let trial = interaction.trial
    var head = [
      "group", "events, \(trial.treatment) = \(trial.control)", "events, \(trial.treatment) = \(trial.treated)",
      trial.outcome.ratioWords, "lower",
      "upper",
      "p",
    ]
    if let horizon = subgroups.horizon { head += ["time gained until \(numberText(horizon))", "se", "p"] }
    head.append("")
    return [head]
      + subgroups.groups.map { group in
        var row =
          [
            group.name, "\(group.control.events) of \(group.control.count)",
            "\(group.treated.events) of \(group.treated.count)",
          ]
          + group.effect.texts(alpha: alpha)
        if subgroups.horizon != nil {
          row +=
            group.restrictedMean.map { mean in
              [
                shortText(mean.estimate.value), shortText(mean.estimate.error),
                mean.estimate.p.map { shortText($0, digits: 3) } ?? "-",
              ]
            } ?? ["-", "-", "-"]
        }
        return row + [group.effect.value.reason.map { "(\($0.text))" } ?? ""]
      }
  }
}

extension PredictiveAnalysis.Marker {
  /// Risks in both arms at percentiles of the marker, or in its categories, for people.
  package func riskRows(alpha: Double) -> [[String]] {
    guard let selection else { return [] }
    let risks =
      interaction.hasCategories
      ? (try? selection.risks(at: interaction.typicalValues, alpha: alpha)) ?? []
      : selection.curve([5, 25, 50, 75, 95], alpha: alpha)
    func texts(_ risk: PredictedRisks.Risk) -> [String] { [risk.estimate, risk.lower, risk.upper].map { $0.short(3) } }
    return [
      [
        interaction.hasCategories ? name : "\(name) at 5, 25, 50, 75, 95 %", "risk without", "lower", "upper",
        "risk with",
        "lower", "upper",
      ]
    ] + risks.map { [$0.marker] + texts($0.untreated) + texts($0.treated) }
  }
}

extension EstimateCell {
  /// Ratio, limits and p.
  fileprivate func texts(alpha: Double) -> [String] {
    let limits = ratioLimits(alpha)
    return [ratio.short(), limits.lower.short(), limits.upper.short(), p.short(3)]
  }
}

extension Cell {
  fileprivate func short(_ digits: Int = 4) -> String { value.map { shortText($0, digits: digits) } ?? "-" }
}
