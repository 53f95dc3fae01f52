import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

extension Diagnosis {
  /// What markers and a model are worth, for people and files.
  /// - `table`: The rows that were asked about.
  /// - `validation`: Those that the model is judged on.
  package func report(_ rows: Table, validation other: Table? = nil, command: GivenCommand? = nil) -> Report {
    let table = rows.path, validation = other?.path
    var inputs = ResultProvenance.Input.files(of: rows, used: count)
    if let other, let validated { inputs += ResultProvenance.Input.files(of: other, used: validated.used) }
    var report = Report(
      "Diagnosis of \(outcome)", sections(table, validation), table: .rows("marker"), findings: findings,
      provenance: ResultProvenance(inputs, seed: options.seed, command: command))
    report.question = question(table, validation)
    report.answers = answers
    report.figure = { figure() }
    report.caption = markers.isEmpty ? "Curves of all predictions." : "Curves of all markers; dots are their cut-offs."
    return report
  }

  private func question(_ table: String, _ validation: String?) -> [String] {
    let asked = markers.map(\.name) + predictions.map { $0.name == "model" ? "a logistic model" : $0.name }
    let people =
      "\(patientsText) of \(Path.name(of: table)): \(events) with \(outcome) = \(event) (events), \(count - events) without; "
      + "\(missing) left out since a value is missing. Intervals have a confidence of \(percentText(1 - options.alpha))."
    let judged = predictions.last.flatMap { prediction in
      validation.map {
        "The model is judged on \(prediction.count) other rows of \(Path.name(of: $0)), \(prediction.events) with the event."
      }
    }
    return [
      "How well \(asked.joined(separator: ", ")) tell\(asked.count == 1 ? "s" : "") patients with the event from others.",
      people,
    ]
      + [judged].compactMap { $0 }
  }

  private var patientsText: String { HTMLPage.patients(patients, rows: count) }

  /// What was found, in plain words.
  private var answers: [String] {
    func text(_ name: String, _ roc: ROC, _ how: String) -> String {
      let limits = roc.limits(alpha: options.alpha)
      func pairs(_ area: Double) -> String { shortText(100 * area, digits: 3) }
      let range = limits.map {
        " (\(percentText(1 - options.alpha)) limits \(pairs($0.lowerBound)) to \(pairs($0.upperBound)))"
      }
      let verdict =
        limits.map {
          $0.contains(0.5) ? "; it may be of no use" : $0.upperBound < 0.5 ? "; it points the other way" : ""
        } ?? ""
      return
        "\(name): of one patient with and one without, it ranks them rightly in \(pairs(roc.auc)) of 100 pairs\(how)"
        + "\(range ?? "")\(verdict)."
    }
    return markers.map { text($0.name, $0.roc, "") }
      + predictions.map { text($0.name, $0.roc, $0.isApparent ? ", on the rows that it was fitted to" : "") }
  }

  private func sections(_ table: String, _ validation: String?) -> [Section] {
    let people = patients == count ? "\(count) rows" : "\(patients) patients (\(count) rows)"
    var head = Section(
      "", "\(outcome) = \(event): \(events) events in \(people)" + (missing > 0 ? ", \(missing) left out" : ""))
    head.places = [.text, .json]
    head.facts = [
      .init("table", .text(table)), .init("validation", validation.map { .text($0) } ?? .null),
      .init("outcome", .text(outcome)), .init("event", .text(event)), .init("n", .integer(patients)),
      .init("rows", .integer(count)), .init("events", .integer(events)), .init("missing", .integer(missing)),
      .init("confidence", .number(1 - options.alpha)),
    ]
    return [
      head, Section("markers", listing: markers.map { $0.section(options) }),
      Section("comparisons", title: "Comparisons", listing: comparisons.map { $0.section(options) }),
    ] + (model.map { [$0.section(limits)] } ?? [])
      + [Section("predictions", listing: predictions.map { $0.section(options) })]
  }
}

extension Diagnosis.Marker {
  fileprivate func section(_ options: Diagnosis.Options) -> Section {
    var section = Section("", "marker \(name)")
    section.row = name
    section.facts = [.init("marker", .text(name))]
    section.quantities = [StatisticGroup("", area(options))]
    var cut = Section("cutoff")
    cut.quantities = cutoff(options)
    cut.places.remove(.page)
    section.sections = [cutForPeople(options), cut, curve]
    return section
  }

  private func area(_ options: Diagnosis.Options) -> [Statistic] {
    let youden = roc.best(.youden), closest = roc.best(.closest)
    func limits(_ name: String, _ range: ClosedRange<Double>?, _ meaning: String) -> Statistic {
      Statistic(name, range, or: roc.noLimits ?? "the area is 0 or 1, which has no odds", meaning)
    }
    func list(_ name: String, _ values: [Double], _ meaning: String = "") -> Statistic {
      values.count == 1 ? Statistic(name, values[0], meaning) : Statistic(name, values.map { .value($0) }, meaning)
    }
    let interval = intervalName(options.alpha), method = sensitivity.clustered == nil ? "DeLong's" : "Obuchowski's"
    let part = options.part.map { part in
      func partial(_ name: String, _ isCorrected: Bool, _ most: ClosedRange<Double>, _ meaning: String) -> [Statistic] {
        let found = roc.partialArea(part.axis, part.range, isCorrected: isCorrected)
        let none = found.value.reason ?? roc.noLimits ?? "the rows order the part all alike, so that it has no error"
        let limits = found.estimate?.limits(options.alpha, within: most, orUndefined: none)
        let error = found.estimate.map { Cell($0.error, orUndefined: none) } ?? found.error
        return [
          Statistic(name, found.value, meaning), Statistic("\(name)_se", error, "by what each row adds to it"),
          Statistic("\(name)_\(interval)", limits ?? [.undefined(none), .undefined(none)]),
        ]
      }
      return partial("pauc", false, 0...(part.range.upperBound - part.range.lowerBound), "of the part asked for")
        + partial("pauc_corrected", true, 0...1, "McClish: 0.5 is no worth")
    }
    return [
      Statistic("n_pos", roc.positives, "events"), Statistic("n_neg", roc.negatives, "others"),
      Statistic("auc", roc.auc, "an event has the larger value with this probability"),
      limits(interval, roc.limits(alpha: options.alpha), "limits of the area by \(method) error"),
      limits(
        "logit_\(interval)", roc.logitLimits(alpha: options.alpha), "the same, symmetric on the scale of log odds"),
      Statistic("var_delong", roc.variance, "\(method) variance of the area"),
      Statistic("hanley_mcneil_se", roc.hanleyMcNeilError, "an older standard error, from the area alone"),
      list("youden_threshold", youden.map(\.threshold), "largest sensitivity + specificity"),
      list("youden_sens", youden.map(\.sensitivity), "sensitivity there"),
      list("youden_spec", youden.map(\.specificity), "specificity there"),
      Statistic("youden_J", youden[0].sensitivity + youden[0].specificity - 1, "their sum less 1"),
      list("topleft_threshold", closest.map(\.threshold), "nearest to sensitivity and specificity 1"),
    ] + (part ?? [])
  }

  /// Shares of the cut, their names in files and for people, and what they are.
  private var shares: [(key: String, share: Diagnosis.Share, meaning: String)] {
    [
      ("sensitivity", sensitivity, "of events are positive"), ("specificity", specificity, "of others are negative"),
      ("ppv", ppv, "of positives are events, at the prevalence of these rows"),
      ("npv", npv, "of negatives are none, at the prevalence of these rows"),
      ("accuracy", accuracy, "are told rightly"),
    ]
  }

  private func cutoff(_ options: Diagnosis.Options) -> [StatisticGroup] {
    let counts = [
      Statistic("threshold", threshold, "at or above it is positive"),
      Statistic("TP", table.tp, "positive with the event"), Statistic("FP", table.fp, "positive without"),
      Statistic("FN", table.fn, "negative with the event"), Statistic("TN", table.tn, "negative without"),
    ]
    return [StatisticGroup("", counts)] + shares.map { $0.share.group($0.key, options.alpha, $0.meaning) }
      + ratios(options)
  }

  private func ratios(_ options: Diagnosis.Options) -> [StatisticGroup] {
    // Limits of ratios take the four counts as of independent rows.
    let ratios = table.ratios(alpha: options.alpha).map { ratio in
      sensitivity.clustered == nil || !ratio.isList
        ? ratio : Statistic(ratio.name, ratio.cells.map { _ in .undefined("patients have several rows") })
    }
    let elsewhere = options.prevalence.map { prevalence in
      let values = table.predictiveValues(prevalence: prevalence),
        text = numberText((100 * prevalence * 1e9).rounded() / 1e9)
      return StatisticGroup(
        "",
        [
          Statistic("ppv_at_prev_\(text)pct", values.positive, "at the prevalence asked for"),
          Statistic("npv_at_prev_\(text)pct", values.negative),
        ])
    }
    return [StatisticGroup("", ratios + table.summaries)] + (elsewhere.map { [$0] } ?? [])
  }

  /// The cut as physicians read it: a table of counts and shares instead of five kinds of limits.
  private func cutForPeople(_ options: Diagnosis.Options) -> Section {
    func number(_ value: Double) -> String { shortText(value, digits: 3) }
    let head = [["share", "estimate", "Wilson's limits", "Clopper and Pearson's", "of", "what it is"]]
    let rows = shares.map { key, share, meaning in
      func limits(_ rule: Proportion.Rule) -> String {
        share.proportion.limits(rule, alpha: options.alpha).map {
          "\(number($0.lowerBound)) to \(number($0.upperBound))"
        } ?? "-"
      }
      let isDefined = share.proportion.total > 0
      return [
        label(of: key), isDefined ? number(share.proportion.estimate) : "undefined", limits(.wilson),
        limits(.clopperPearson), "\(share.proportion.cases) of \(share.proportion.total)",
        isDefined ? meaning : "there are no such rows",
      ]
    }
    var section = Section(title: "\(name) cut at \(shortText(threshold))")
    section.places = .page
    section.sentences = [
      "A patient at or above \(shortText(threshold)) is positive: \(table.tp) with the event and \(table.fp) without; negative are "
        + "\(table.fn) with the event and \(table.tn) without."
    ]
    section.table = TextTable(head + rows, right: [1, 2, 3, 4])
    var others = Section()
    others.places = .page
    others.quantities = ratios(options)
    section.sections = [others]
    return section
  }

  private var curve: Section {
    func list(_ values: [Double]) -> Setting.Value {
      .list(values.map { $0.isFinite ? .number($0) : .text($0 > 0 ? "Infinity" : "-Infinity") })
    }
    var section = Section()
    section.places = .json
    section.facts = [
      .init("roc_sens", list(roc.points.map(\.sensitivity))), .init("roc_spec", list(roc.points.map(\.specificity))),
      .init("roc_thresholds", list(roc.points.map(\.threshold))),
    ]
    return section
  }
}

extension Diagnosis.Share {
  /// The share and its limits by every rule.
  fileprivate func group(_ name: String, _ alpha: Double, _ meaning: String) -> StatisticGroup {
    guard proportion.total > 0 else { return StatisticGroup(name, "there are no such rows") }
    let ofPatients = clustered?.limits(alpha: alpha).map { range in
      Statistic("clustered", range, or: "", "allows for several rows of a patient")
    }
    let intervals = Proportion.Rule.allCases.map { rule in
      Statistic(rule.rawValue, proportion.limits(rule, alpha: alpha), or: "")
    }
    return StatisticGroup(
      name, [Statistic("est", proportion.estimate, meaning)] + [ofPatients].compactMap { $0 } + intervals)
  }
}

extension Diagnosis.Comparison {
  /// `delong_paired`, `delong_unpaired`, `mcnemar_sensitivity`, `mcnemar_specificity`.
  private var test: String {
    switch kind {
    case .paired: "delong_paired"
    case .unpaired: "delong_unpaired"
    case .cuts(let isOfEvents, _, _, _): isOfEvents ? "mcnemar_sensitivity" : "mcnemar_specificity"
    }
  }

  private var isOfCuts: Bool { if case .cuts = kind { true } else { false } }

  private func words(_ options: Diagnosis.Options) -> String {
    switch kind {
    case .paired: "Areas of \(first) and \(second) in the same patients"
    case .unpaired: "Areas of \(first) and of \(second)"
    case .cuts(let isOfEvents, _, _, _):
      "\(isOfEvents ? "Sensitivity" : "Specificity") of \(first) and \(second) as they are cut"
    }
  }

  fileprivate func section(_ options: Diagnosis.Options) -> Section {
    var section = Section(isOfCuts ? "mcnemar" : "areas", "\(test): \(first) and \(second)", title: words(options))
    section.facts = [.init("test", .text(test)), .init("first", .text(first)), .init("second", .text(second))]
    section.quantities = [StatisticGroup("", statistics(options))]
    return section
  }

  private func statistics(_ options: Diagnosis.Options) -> [Statistic] {
    func areas(_ first: ROC, _ second: ROC, _ gain: Estimate) -> [Statistic] {
      [
        Statistic("auc1", first.auc), Statistic("auc2", second.auc),
        Statistic("diff", gain.value, "the first area less the second"),
      ]
    }
    switch kind {
    case .paired(let gain, let first, let second):
      let none = first.noLimits ?? second.noLimits ?? "both markers order all rows alike"
      return areas(first, second, gain) + [
        Statistic("z", gain.z(orUndefined: none)),
        Statistic("p", gain.p(orUndefined: none), "that the areas are equal"),
        Statistic("ci_diff", gain.limits(options.alpha, orUndefined: none)),
        Statistic("cov_delong", first.covariance(with: second), "covariance of the areas"),
      ]
    case .unpaired(let gain, let first, let second):
      let none = first.noLimits ?? second.noLimits ?? "neither area has an error"
      return areas(first, second, gain) + [
        Statistic("D", gain.z(orUndefined: none)),
        Statistic("df", gain.z == nil ? .undefined(none) : .value(gain.df ?? .nan)),
        Statistic("p", gain.p(orUndefined: none), "that the areas are equal"),
      ]
    case .cuts(_, let test, let clustered, let none):
      let found = test.statistics + clustered
      return none.map { reason in found.map { Statistic($0.name, .undefined(reason), $0.meaning) } } ?? found
    }
  }
}

extension Prediction {
  fileprivate func section(_ options: Diagnosis.Options) -> Section {
    var section = Section(
      "", "predictions by \(name)\(isApparent ? " on the rows that it was fitted to" : "")")
    section.row = name
    section.facts = [.init("predictions", .text(name)), .init("apparent", .flag(isApparent))]
    let counts = patients.map { [Statistic("n", $0), Statistic("rows", count)] } ?? [Statistic("n", count)]
    let area = [
      Statistic("events", events), Statistic("auc", roc.auc),
      Statistic("auc_ci", roc.limits(alpha: options.alpha), or: roc.noLimits ?? ""),
    ]
    section.quantities =
      [StatisticGroup("calibration", counts + area + calibration.statistics)]
      + (optimism.isEmpty ? [] : [StatisticGroup("corrected", optimism)]) + [
        StatisticGroup("brier_parts", calibration.brierParts()),
        StatisticGroup("hosmer_lemeshow", calibration.hosmerLemeshow()),
      ]
    var curve = Section()
    curve.places = .json
    curve.quantities = [StatisticGroup("decision_curve", decision.statistics)]
    section.sections = [curve]
    return section
  }
}

extension LogisticModel {
  /// Odds ratios with limits.
  func section(_ limits: [(lower: Cell, upper: Cell)]) -> Section {
    let isClustered = clusteredCovariance != nil
    var section = Section(
      "model",
      "logistic model\(isFirth ? " with Firth's penalty" : ""), limits \(isClustered ? "by robust errors" : "by profile")"
    )
    section.facts = [
      .init("method", .text(isFirth ? "firth" : "maximum likelihood")),
      .init("coef", .map(zip(names, coefficients).map { .init($0, $1.setting) })),
      .init("robust", .flag(isClustered)),
      .init("se", .map(zip(names, estimates).map { .init($0, $1.error.setting) })),
      .init("z", .map(zip(names, estimates).map { .init($0, $1.z.setting) })),
      .init("p", .map(zip(names, estimates).map { .init($0, $1.p.setting) })),
      .init(
        isClustered ? "wald_ci" : "profile_ci",
        .map(zip(names, limits).map { .init($0, .list([$1.lower.setting, $1.upper.setting])) })),
      .init("deviance", .number(deviance)), .init("null_deviance", .number(-2 * nullLogLikelihood)),
      .init("aic", .number(aic)), .init("loglik", .number(logLikelihood)),
    ]
    func number(_ cell: Cell, _ change: (Double) -> Double = { $0 }) -> String {
      cell.value.map { shortText(change($0)) } ?? "-"
    }
    let rows = zip(names, zip(estimates, limits)).map { name, pair in
      let (estimate, limits) = pair
      return [
        name, number(estimate.value), number(estimate.error), number(estimate.z),
        estimate.p.value.map { shortText($0, digits: 3) } ?? "-", number(estimate.ratio),
        number(limits.lower, { exp($0) }), number(limits.upper, { exp($0) }),
        estimate.value.reason.map { "(\($0.text))" } ?? "",
      ]
    }
    section.table = TextTable(
      [["coefficient", "log odds ratio", "se", "z", "p", "odds ratio", "lower", "upper", ""]] + rows, right: Set(1...7))
    return section
  }
}

/// `95 %`.
func percentText(_ share: Double) -> String { "\(shortText(100 * share)) %" }
