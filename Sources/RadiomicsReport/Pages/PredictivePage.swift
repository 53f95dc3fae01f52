import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

extension PredictiveAnalysis {
  /// Who benefits from a treatment, for people and files.
  /// - `rows`: The rows that were asked about.
  package func report(_ rows: Table, command: GivenCommand? = nil) -> Report {
    var report = Report(
      "Who benefits from \(treatment) = \(treated)", sections(rows.path), table: .rows("marker"), findings: findings,
      provenance: ResultProvenance(
        ResultProvenance.Input.files(of: rows, used: markers.map(\.count).max() ?? 0), seed: options.seed,
        command: command))
    report.question = [
      "Whether the effect of \(treatment) depends on \(markers.map(\.name).joined(separator: ", ")).",
      "\(count) rows of \(Path.name(of: rows.path)), with \(treatment) = \(treated) compared with \(control)"
        + "\(options.isRandomised ? ", by chance" : ""). Intervals have a confidence of \(percentText(1 - options.alpha)). A marker is "
        + "prognostic if the outcome depends on it, and predictive if the treatment's effect does, here: if the "
        + "\(outcome.ratioWords) of treatment changes with it.",
    ]
    report.answers = sentences
    if let first = markers.first {
      report.figure = { figure() }
      report.caption = "What the treatment does by \(first.name)."
    }
    return report
  }

  /// Its markers as parts of another page.
  var benefitSections: [Section] { markers.map(forPeople) + [Section("benefit", listing: markers.map(forFiles))] }

  /// What was found, in plain words.
  private var sentences: [String] { markers.map { "\($0.name) is \(sentence($0))" } }

  private func sections(_ table: String) -> [Section] {
    var said = Section(isNewBlock: true, title: "")
    said.sentences = sentences
    said.places = .text
    return [facts(table), said]
      + markers.flatMap { [forPeople($0)] }
      + [Section("markers", listing: markers.map(forFiles))]
  }

  private func facts(_ table: String) -> Section {
    var head = Section()
    head.places = .json
    head.facts = [.init("table", .text(table))]
    switch outcome {
    case .binary(let name): head.facts.append(.init("outcome", .text(name)))
    case .survival(let time, let event): head.facts += [.init("time", .text(time)), .init("event", .text(event))]
    }
    head.facts += [
      .init("treatment", .text(treatment)), .init("control", .text(control)), .init("treated", .text(treated)),
      .init("randomised", .flag(options.isRandomised)), .init("confidence", .number(1 - options.alpha)),
    ]
    if let adjust = options.adjust { head.facts.append(.init("adjust", .text(adjust))) }
    if let spline = options.spline { head.facts.append(.init("spline", .integer(spline))) }
    return head
  }

  // MARK: For people

  private func forPeople(_ marker: Marker) -> Section {
    let alpha = options.alpha
    let people =
      marker.patients == marker.count ? "\(marker.count) rows" : "\(marker.patients) patients (\(marker.count) rows)"
    let missing = marker.missing > 0 ? ", \(marker.missing) left out" : ""
    var section = Section(
      "",
      "marker \(marker.name): \(people), \(marker.events) events\(missing); \(treatment) = \(treated) over \(control)")
    section.places = [.text, .page]
    section.table = TextTable(marker.interaction.model.rows(alpha: alpha), right: Set(1...6))
    var tests = Section(isNewBlock: true, title: "")
    tests.quantities = [StatisticGroup("", marker.interaction.tests(alpha: alpha) + marker.tests)]
    var effects = Section("", "effect of treatment by the model")
    effects.table = TextTable(marker.effectRows(alpha: alpha), right: Set(1...4))
    var groups = Section("", "effect of treatment in groups, each alone")
    groups.table = TextTable(
      marker.groupRows(alpha: alpha), right: Set(1...(marker.subgroups.horizon == nil ? 6 : 9)))
    var compared = Section()
    compared.quantities = [
      StatisticGroup(
        "",
        (marker.subgroups.effects(alpha: alpha) + marker.subgroups.restrictedMeans(alpha: alpha)).filter { !$0.isList })
    ]
    groups.sections = [compared]
    section.sections = [tests, effects, groups] + selection(marker)
    return section
  }

  private func selection(_ marker: Marker) -> [Section] {
    guard let selection = marker.selection else { return [] }
    let all = selection.statistics(alpha: options.alpha)
    var numbers = Section("", "risks with and without treatment by \(marker.name) alone")
    numbers.quantities = [
      StatisticGroup("", all.filter { !$0.isList }), StatisticGroup("", all.filter(\.isList)),
    ]
    var risks = Section(isNewBlock: true, title: "")
    risks.table = TextTable(marker.riskRows(alpha: options.alpha), right: Set(1...6))
    guard !marker.limits.isEmpty else { return [numbers, risks] }
    var limits = Section("", "limits by samples")
    limits.quantities = [StatisticGroup("", marker.limits)]
    return [numbers, risks, limits]
  }

  // MARK: For files

  private func forFiles(_ marker: Marker) -> Section {
    let name = outcome.ratioName, alpha = options.alpha, interaction = marker.interaction
    let verdict = verdict(marker).rawValue
    var section = Section()
    section.places = [.json, .table]
    section.row = marker.name
    section.rowTexts = [
      ("verdict", verdict), ("n", "\(marker.patients)"), ("events", "\(marker.events)"),
      ("missing", "\(marker.missing)"),
    ]
    section.facts = [
      .init("marker", .text(marker.name)), .init("verdict", .text(verdict)),
      .init("sentence", .text(sentence(marker))), .init("n", .integer(marker.patients)),
      .init("rows", .integer(marker.count)), .init("events", .integer(marker.events)),
      .init("missing", .integer(marker.missing)),
    ]
    section.quantities = interaction.groups(alpha: alpha) + [StatisticGroup("", marker.tests)]
    func part(_ group: StatisticGroup, _ facts: [Setting.Value.Entry] = []) -> Section {
      guard group.reason == nil else {
        var section = Section()
        section.quantities = [group]
        return section
      }
      var section = Section(group.name)
      section.facts = facts
      section.isGroup = true
      section.quantities = [StatisticGroup("", group.statistics)]
      return section
    }
    var places: [Statistic] = []
    if case .numbers(let numbers) = marker.places { places = [Statistic("marker", numbers.map { .value($0!) })] }
    let effects = places + marker.effects.statistics(name, alpha: alpha)
    section.sections = [
      part(
        StatisticGroup("treatment_\(name)_at", effects),
        interaction.hasCategories ? [.init("marker", texts(marker.placeNames))] : []),
      part(
        StatisticGroup("subgroups", marker.subgroups.effects(alpha: alpha)),
        [.init("groups", texts(marker.subgroups.groups.map(\.name)))]),
    ]
    if marker.subgroups.horizon != nil {
      section.sections.append(part(StatisticGroup("rmst", marker.subgroups.restrictedMeans(alpha: alpha))))
    }
    if let selection = marker.selection {
      section.sections += [
        part(
          StatisticGroup("selection", selection.statistics(alpha: alpha)),
          selection.interaction.model.coefficientEntries),
        part(selection.predictiveness()),
      ]
      if !marker.limits.isEmpty { section.sections.append(part(StatisticGroup("selection_ci", marker.limits))) }
    } else if let reason = marker.noSelection {
      section.sections.append(part(StatisticGroup("selection", reason)))
    }
    section.sections.append(matrices(marker))
    return section
  }

  /// Covariances, the model without interaction, and the effect over the marker's range.
  private func matrices(_ marker: Marker) -> Section {
    let main = marker.interaction.mainEffects
    var section = Section()
    section.places = .json
    section.facts = [
      .init("vcov", marker.interaction.model.vcov),
      .init("main_effects", .map(main.coefficientEntries + [.init("loglik", .number(main.logLikelihood))])),
    ]
    guard !marker.curve.isEmpty else { return section }
    let limits = marker.curve.map { $0.effect.ratioLimits(options.alpha) }
    section.quantities = [
      StatisticGroup(
        "treatment_\(outcome.ratioName)_curve",
        [
          Statistic("marker", marker.curve.map { .value($0.value) }),
          Statistic(outcome.ratioName, marker.curve.map(\.effect.ratio)), Statistic("lower", limits.map(\.lower)),
          Statistic("upper", limits.map(\.upper)),
        ])
    ]
    return section
  }

  private func texts(_ words: [String]) -> Setting.Value { .list(words.map { .text($0) }) }
}

extension PredictiveAnalysis.Marker {
  /// What holds for all markers together, and what the marker says without the treatment.
  fileprivate var tests: [Statistic] {
    [
      Statistic("holm_p", holm, "of the interaction, corrected for the number of markers"),
      Statistic("bh_p", benjaminiHochberg, "false discovery rate"),
      Statistic(
        "prognostic_p_untreated", interaction.markerInControls.p, "that the marker has no effect in the control arm"),
      Statistic(
        "prognostic_p_main_effects", interaction.markerInBoth.p, "that it has none in the model without interaction"),
    ]
  }
}

extension RegressionModel {
  /// Coefficients by name, covariances by row.
  fileprivate var coefficientEntries: [Setting.Value.Entry] {
    var entries = groups.json + [.init("vcov", vcov)]
    if case .logistic(let model, _) = self {
      entries.append(.init("robust_vcov_HC0", Self.rows(model.robustCovariance())))
    }
    return entries
  }

  fileprivate var vcov: Setting.Value { Self.rows(covariance) }

  private static func rows(_ matrix: Matrix) -> Setting.Value {
    .list(matrix.rowLists.map { .list($0.map { .number($0) }) })
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
