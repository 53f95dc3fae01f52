import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension PredictiveAnalysis {
  /// What a marker was shown to be.
  package enum Verdict: String, Sendable, CaseIterable {
    /// The treatment's effect depends on it.
    case predictive
    /// The outcome depends on it, whoever is treated; that the effect does was not shown.
    case prognostic
    /// Neither was shown.
    case neither
  }

  /// The verdict. *Predictive*: p of the interaction, corrected by Holm if there are several markers, is below α. Else
  /// *prognostic*: p of the marker in the model without interaction is.
  package func verdict(_ marker: Marker) -> Verdict {
    if marker.holm < options.alpha { return .predictive }
    return marker.interaction.markerInBoth.p < options.alpha ? .prognostic : .neither
  }

  /// The same as a sentence.
  package func sentence(_ marker: Marker) -> String {
    func number(_ p: Double) -> String { p < 0.001 ? "< 0.001" : "= \(shortText(p, digits: 2))" }
    var interaction = "p(interaction) \(number(marker.interaction.p))"
    if markers.count > 1 { interaction += ", by Holm for \(markers.count) markers p \(number(marker.holm))" }
    let confidence = shortText(100 * (1 - options.alpha))
    let main = "p(marker) \(number(marker.interaction.markerInBoth.p))"
    switch verdict(marker) {
    case .predictive:
      let control = marker.interaction.markerInControls.p
      let also =
        control < options.alpha
        ? "It is prognostic too: p \(number(control)) in the control arm"
        : "That it is prognostic was not shown: p \(number(control)) in the control arm"
      return "predictive: \(interaction). \(range(marker)) \(also)."
    case .prognostic:
      return "prognostic, not predictive: \(interaction)\(compatible(marker, confidence)); \(main)."
    case .neither:
      return "neither prognostic nor predictive: \(interaction)\(compatible(marker, confidence)); \(main)."
    }
  }

  /// The treatment's effect where the marker is low and where it is high.
  private func range(_ marker: Marker) -> String {
    let texts = zip(marker.placeNames, marker.effects).compactMap { place, effect -> String? in
      let limits = effect.ratioLimits(options.alpha)
      guard let ratio = effect.ratio.value, let low = limits.lower.value, let high = limits.upper.value else {
        return nil
      }
      return
        "\(shortText(ratio, digits: 3)) (\(shortText(low, digits: 3)) to \(shortText(high, digits: 3))) at \(marker.name) = \(place)"
    }
    return "The \(outcome.ratioWords) of treatment is \(texts.joined(separator: ", "))."
  }

  /// Which ratios of ratios the data allow.
  private func compatible(_ marker: Marker, _ confidence: String) -> String {
    let ratios = marker.interaction.ratios
    guard ratios.count == 1, let value = ratios[0].effect.ratio.value else { return "" }
    let limits = ratios[0].effect.ratioLimits(options.alpha)
    guard let low = limits.lower.value, let high = limits.upper.value else { return "" }
    return
      " (ratio of \(outcome.ratioWords)s \(shortText(value, digits: 3)), \(confidence) % limits \(shortText(low, digits: 3)) to "
      + "\(shortText(high, digits: 3)))"
  }

  static func remarks(_ markers: [Marker], _ trial: Trial, _ options: Options) -> [Finding] {
    var findings: [Finding] = []
    if !options.isRandomised {
      findings.append(
        Finding(
          .warning, "treatment",
          "the treatment was not randomised, so differences between arms may be due to who was treated.",
          advice: .sayRandomised))
    }
    for marker in markers {
      findings += few(marker)
      if marker.missing > 0 {
        findings.append(
          Finding(
            .note, marker.name,
            "\(marker.missing) of \(trial.all) rows are left out, as a value that is needed is missing."))
      }
      let calculation = trial.table[marker.name] == nil ? try? Formula.Expression(marker.name) : nil
      findings += ((try? calculation?.outside(trial.table)) ?? []) + marker.interaction.frame.outside
      if marker.interaction.isRobust {
        findings.append(
          Finding(
            .note, marker.name,
            "rows belong to clusters, so that the verdict is by Wald's robust test; the likelihood-ratio and the score test assume "
              + "independent rows."))
      }
      if marker.subgroups.isCutAtMedian {
        findings.append(
          Finding(
            .note, marker.name, "groups are cut at the median of these rows.", advice: .chooseGroups))
      }
      if let horizon = marker.selection?.horizon, horizon.unknown > 0 {
        let isLeftOut = horizon.rule == .remove
        let how =
          isLeftOut
          ? "are left out of risks and benefits, which makes risks too high."
          : "count by those of their arm who were seen longer, in risks and benefits."
        findings.append(
          Finding(
            .warning, marker.name,
            "of patients censored before \(numberText(horizon.horizon)) there are \(horizon.unknown); they \(how)",
            advice: isLeftOut ? .weighCensored : nil))
      }
      if options.adjust != nil, marker.selection != nil {
        findings.append(Finding(.note, marker.name, "risks and benefits are by the marker alone, not adjusted."))
      }
      if let reason = marker.noSelection {
        findings.append(Finding(.note, marker.name, "risks and benefits are not computed: \(reason.text)."))
      }
    }
    return findings
  }

  /// Arms with fewer than ten events, or patients without, for each coefficient of the marker.
  private static func few(_ marker: Marker) -> [Finding] {
    let needed = 10 * max(1, marker.interaction.likelihoodRatio.df), trial = marker.interaction.trial
    let isTreated = trial.isTreated, isEvent: [Bool], isTime: Bool
    switch marker.interaction.frame.outcome {
    case .survival(let times): (isEvent, isTime) = (times.isEvent, true)
    case .binary(let values): (isEvent, isTime) = (values.map { $0 == 1 }, false)
    }
    return [(false, trial.control), (true, trial.treated)].compactMap { arm, name in
      let rows = isTreated.indices.filter { isTreated[$0] == arm }, events = rows.count { isEvent[$0] }
      let fewest = isTime ? events : min(events, rows.count - events)
      guard fewest < needed else { return nil }
      let what = fewest == events ? "events" : "patients without event"
      return Finding(
        .warning, marker.name,
        "of \(what) there are \(fewest) where '\(trial.treatment)' is \(name), too few to tell an interaction (at least \(needed) are needed "
          + "for tests and limits to hold, and many more to see one).")
    }
  }
}
