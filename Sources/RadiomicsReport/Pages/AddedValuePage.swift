import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

extension AddedValue {
  /// What a marker adds, for people and files.
  /// - `table`: The rows that were asked about.
  /// - `validation`: Those that the models are judged on.
  package func report(_ rows: Table, validation other: Table? = nil, command: GivenCommand? = nil) -> Report {
    let table = rows.path, validation = other?.path
    var inputs = ResultProvenance.Input.files(of: rows, used: fitted)
    if let other { inputs += ResultProvenance.Input.files(of: other, used: count) }
    var report = Report(
      "Added value for \(outcome)", sections(table, validation), table: .numbers, findings: findings,
      provenance: ResultProvenance(inputs, seed: options.seed, command: command))
    report.question = question(table, validation)
    report.answers = answers
    report.figure = { figure() }
    report.caption = "Both predictions: discrimination, reclassification, use."
    return report
  }

  private var names: (base: String, extended: String) {
    switch predictions {
    case .formulas(let base, let extended), .columns(let base, let extended): (base, extended)
    }
  }

  private func question(_ table: String, _ validation: String?) -> [String] {
    let horizon = options.horizon.map { " by \(shortText($0))" } ?? ""
    return [
      "What the extended prediction (\(names.extended)) adds to the base prediction (\(names.base)).",
      "\(HTMLPage.patients(patients, rows: count)) of \(Path.name(of: validation ?? table)): \(events) with "
        + "the event (\(outcome)\(options.horizon == nil ? " = \(event)" : ""))\(horizon); \(missing) left out since "
        + "a value is missing. \(validation == nil ? "" : "Models are fitted to \(Path.name(of: table)). ")Intervals have a confidence of \(percentText(1 - options.alpha)).",
    ]
  }

  private func sections(_ table: String, _ validation: String?) -> [Section] {
    let until = options.horizon.map { " by \(shortText($0))" } ?? " = \(event)"
    let people = patients == count ? "\(count) rows" : "\(patients) patients (\(count) rows)"
    var head = Section(
      "",
      "\(outcome)\(until): \(events) events in \(people)" + (missing > 0 ? ", \(missing) left out" : "")
        + "\nbase      \(names.base)\nextended  \(names.extended)")
    head.places = [.text, .json]
    head.facts = [
      .init("table", .text(table)), .init("validation", validation.map { .text($0) } ?? .null),
      .init("outcome", .text(outcome)), .init("base", .text(names.base)), .init("extended", .text(names.extended)),
      .init("n", .integer(patients)), .init("rows", .integer(count)), .init("events", .integer(events)),
      .init("missing", .integer(missing)), .init("apparent", .flag(isApparent)),
      .init("confidence", .number(1 - options.alpha)),
      options.horizon.map { .init("horizon", .number($0)) } ?? .init("event", .text(event)),
    ]
    return [head] + modelSections + groups.map(section) + [netBenefitForPeople]
  }

  private var modelSections: [Section] {
    guard let models else { return [] }
    return [("model0", models.base), ("model1", models.extended)].map { name, model in
      var section = Section(name)
      section.places = .json
      section.facts = [
        .init("coef", .map(zip(model.names, model.coefficients).map { .init($0, $1.setting) })),
        .init("loglik", .number(model.logLikelihood)),
      ]
      return section
    }
  }

  private func section(_ group: StatisticGroup) -> Section {
    let isOfCategories = group.name.hasPrefix("categorical") || group.name.hasSuffix("category")
    guard group.reason == nil else {
      var section = Section(isNewBlock: true, title: Self.headings[group.name])
      section.quantities = [group]
      return section
    }
    var section = Section(group.name, group.name, title: Self.headings[group.name])
    section.quantities = [StatisticGroup("", group.statistics)]
    if isOfCategories {
      section.facts = [.init("cut", .list(options.cuts.map { .number($0) }))]
      section.sections = moveSections(isOnPage: group.name == "categorical_nri")
    }
    if group.name == netBenefit.group.name { section.places = [.json, .table] }
    return section
  }

  /// Who moves where, of events and of others.
  private func moveSections(isOnPage: Bool) -> [Section] {
    guard let categories else { return [] }
    let edges = [0] + options.cuts + [1]
    let names = zip(edges, edges.dropFirst()).map { "\(shortText($0)) to \(shortText($1))" }
    return [("table_events", "Events", categories.events), ("table_nonevents", "Others", categories.others)].map {
      key, who, moves in
      var section = Section()
      section.places = isOnPage ? [.json, .page] : .json
      section.facts = [.init(key, .list(moves.table.map { .list($0.map { .integer($0) }) }))]
      section.table = TextTable(
        [["category"] + names] + zip(names, moves.table).map { [$0] + $1.map { "\($0)" } },
        right: Set(1...names.count), caption: "\(who) by category, base down and extended across:")
      return section
    }
  }

  private static let headings: [String: String] = [
    "lrt": "Likelihood-ratio test", "delta_auc": "Area under the curve", "brier": "Brier score",
    "continuous_nri_idi": "Continuous reclassification and discrimination improvement",
    "categorical_nri": "Reclassification between categories",
    "difference_nri": "Reclassification by a least difference",
    "calibration0": "Calibration of the base prediction",
    "calibration1": "Calibration of the extended prediction", "corrected": "Corrected for optimism",
    "survidinri": "Improvement by inverse probability of censoring",
    "survival_nri_km_category": "Reclassification between categories, by Kaplan and Meier",
    "survival_nri_km_diff": "Reclassification by a least difference, by Kaplan and Meier",
    "survival_nri_km_cont": "Continuous reclassification, by Kaplan and Meier",
    "survival_nri_ipw_category": "Reclassification between categories, by inverse probability of censoring",
    "survival_nri_ipw_diff": "Reclassification by a least difference, by inverse probability of censoring",
    "survival_nri_ipw_cont": "Continuous reclassification, by inverse probability of censoring",
  ]

  /// At the cuts, and at each tenth.
  private var netBenefitForPeople: Section {
    let benefit = netBenefit
    func text(_ value: Double?) -> String { value.map { shortText($0, digits: 3) } ?? "-" }
    let chosen = benefit.thresholds.indices.filter { k in
      let threshold = benefit.thresholds[k]
      return options.cuts.contains { abs($0 - threshold) < 1e-9 } || (k + 1) % 10 == 0
    }
    var section = Section(title: "Net benefit")
    section.places = .page
    section.table = TextTable(
      [["threshold", "base", "extended", "treat all"]]
        + chosen.map { k in
          [shortText(benefit.thresholds[k]), text(benefit.base[k]), text(benefit.extended[k]), text(benefit.all[k])]
        }, right: Set(0...3))
    return section
  }

  /// What was found, in plain words.
  private var answers: [String] {
    var found: [String] = []
    if let p = ratio?.p {
      found.append(
        p < options.alpha
          ? "What the extended model has beyond the base model explains more than chance would (likelihood ratio, p = \(shortText(p, digits: 2)))."
          : "There is no sign that the extended model explains more than chance would (likelihood ratio, p = \(shortText(p, digits: 2)))."
      )
    }
    if let (base, extended) = curves.map({ ($0.base.auc, $0.extended.auc) }) {
      found.append(
        "Of one patient with the event and one without, the base prediction ranks \(shortText(100 * base, digits: 3)) of 100 pairs rightly, the extended one "
          + "\(shortText(100 * extended, digits: 3))\(isApparent ? ", on the rows that the models were fitted to" : "")."
      )
    }
    if let categories = categories {
      let (a, b) = (categories.events, categories.others)
      found.append(
        "Of \(a.count) events, \(a.up) move to a higher category and \(a.down) to a lower one; of \(b.count) others, \(b.down) move lower and "
          + "\(b.up) higher.")
    } else if let moves, let up = moves.eventsUp.value, let down = moves.eventsDown.value,
      let lower = moves.othersDown.value, let higher = moves.othersUp.value
    {
      func percent(_ share: Double) -> String { "\(shortText(100 * share, digits: 2)) %" }
      found.append(
        "Of those with the event by then, \(percent(up)) move to a higher category and \(percent(down)) to a lower one; of those without, "
          + "\(percent(lower)) move lower and \(percent(higher)) higher (Kaplan and Meier).")
    }
    return found
  }
}
