import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

/// What was learnt from a study, with what stands beside it.
package struct SignatureReport: Sendable {
  package let file: StudyFile
  package let trained: TrainedStudy
  package let signature: Signature
  /// Performance of the pipeline learnt from fewer patients; nil if nobody asked.
  package let curve: LearningCurve?

  package init(_ file: StudyFile, _ trained: TrainedStudy, curve: LearningCurve? = nil) {
    (self.file, self.trained, self.curve) = (file, trained, curve)
    signature = Signature(
      trained, file.outcome, recipe: file.recipe?.json, images: file.images, allowed: file.allowed,
      isTransductive: file.isTransductive,
      isForced: file.isForced)
  }

  private var measure: String { trained.training.rows.measure }

  /// The study, for people and files.
  package func report(command: GivenCommand? = nil) -> Report {
    let rows = trained.training.rows
    var report = Report(
      "Signature of \(signature.predicted.names.joined(separator: ", "))", sections, table: .numbers,
      findings: file.findings + findings,
      provenance: ResultProvenance(
        ResultProvenance.Input.files(of: file.measured.table, used: rows.count), seed: file.plan.seed, command: command)
    )
    report.question =
      [
        "How well a signature that is learnt by this pipeline orders patients whom it has not seen (\(signature.performance.design)).",
        "The estimate is of the procedure: the signature itself is learnt once more from all \(rows.count) rows.",
        "It cannot show what was done to the table before: a harmonisation that protected the outcome looks good within site, too.",
      ] + [signature.competition, signature.contrast].compactMap { $0 }
    report.alarm = signature.alarm
    report.answers = answers
    report.figure = { figure() }
    report.caption = caption
    return report
  }

  private var predictive: String? {
    trained.predictive.map { found in
      switch found {
      case .success(let score): "On rows held out the signature is \(score.sentence)"
      case .failure(let error): "On rows held out it cannot be judged who benefits: \(error.description)"
      }
    }
  }

  private var answers: [String] {
    let first = trained.performance.first, way = trained.performance.withinSite.value == nil ? "pooled" : "within site"
    var answers = [predictive].compactMap { $0 } + ["\(measure) \(way): \(first.words)."]
    if trained.controls.shuffles.asked > 0, let value = first.value {
      answers.append(
        "With outcomes shuffled\(trained.training.rows.sites == nil ? "" : " within sites"): \(BoundedValue(distribution: trained.controls.shuffles.first).words) "
          + "\(trained.controls.shuffles.p(value).map { "(P \(shortText($0, digits: 2)))" } ?? "(no P, as many shuffles had no model)")."
      )
    }
    if let found = trained.estimated {
      answers.append(
        "Transductive: effects of new batches are estimated from \(found.apart) rows set apart without their outcomes, \(found.judged) are judged; without "
          + "that (new_batch: none) \(found.without.first.words).")
    } else if signature.isTransductive {
      answers.append("Transductive: effects of new batches are estimated from rows of them that are set apart.")
    }
    if let volume = trained.controls.volume { answers.append("The lesion's volume alone: \(volume.first.words).") }
    if let clinical = trained.controls.clinical { answers.append("Clinical columns alone: \(clinical.first.words).") }
    if case .sets(let sets) = signature.predictor {
      answers.append(
        "Missing values are drawn in \(sets.pipelines.count) sets, each with a model of its own: predictions are of the mean of their linear predictors."
      )
    }
    let steps = signature.predictor.pipelines.flatMap { $0.pipeline.steps.map(\.name) }
    let made =
      Set(steps).isEmpty
      ? "" : " (columns as \(Array(Set(steps)).sorted().joined(separator: ", ")) leaves them; 'apply' does it all)"
    answers.append("Rad-score\(made): \(signature.formula)")
    return answers
  }

  /// What must be known to read the numbers rightly.
  private var findings: [Finding] {
    var findings: [Finding] = []
    if let gap = trained.gap, gap.isNotable() {
      findings.append(
        Finding(
          .warning, "sites",
          "pooled and within site differ by \(shortText(gap.value, digits: 2)), more than sites of the same sizes do by chance"
            + (gap.range.map { " (\(shortText($0.lowerBound, digits: 2)) to \(shortText($0.upperBound, digits: 2)))" }
              ?? "")
            + ": predictions, or outcomes, tell sites apart. Believe the value within site."))
    }
    if let volume = trained.controls.volume?.first.value, let own = trained.performance.first.value, own <= volume {
      findings.append(
        Finding(
          .warning, "volume",
          "the lesion's volume alone orders patients as well: the signature may be a measure of size."))
    }
    if trained.controls.volume == nil, !file.features.isEmpty {
      findings.append(
        Finding(
          .note, "volume",
          "no column is the lesion's volume, so that there is no control by size (looked for: \(Table.volumeWords)). Name it as 'volume'."
        ))
    }
    let shuffles = trained.controls.shuffles
    if shuffles.asked < 200 {
      findings.append(
        Finding(
          .warning, "shuffles",
          "\(shuffles.asked) are asked for, at least 200 show what chance gives. Set 'shuffles' to 200."))
    }
    if shuffles.first.count < shuffles.asked {
      findings.append(
        Finding(
          shuffles.p(0) == nil ? .warning : .note, "shuffles",
          "\(shuffles.asked - shuffles.first.count) of \(shuffles.asked) had no model and do not count."))
    }
    if signature.predictor.counted.isEmpty {
      findings.append(
        Finding(
          .warning, "signature",
          "no column counts: every row gets the same prediction. There is no signal that the pipeline finds."))
    }
    if signature.keepsRows {
      findings.append(
        Finding(
          .warning, "signature",
          "a step keeps training rows in the file, as it has no other way. Share it as you would the table."))
    }
    return findings + trained.controls.findings + trained.training.sampleSizeFindings
  }

  private var sections: [Section] {
    let tables: [Section?] = [siteTable, patternTable, columnTable], ends: [Section?] = [foldTable, selection, facts]
    let benefit = trained.predictive.flatMap { try? $0.get() }.map { $0.analysis.benefitSections } ?? []
    return [head, performanceTable] + ways + benefit + tables.compactMap { $0 } + curveSections + ends.compactMap { $0 }
  }

  private var head: Section {
    let rows = trained.training.rows
    let events = rows.eventCount.map { ", \($0) with the event" } ?? ""
    var section = Section(
      "", "\(rows.count) rows of \(rows.patientCount) patients\(events); \(signature.performance.design)")
    section.places = [.text, .page]
    section.sentences = [signature.alarm].compactMap { $0 } + answers
    return section
  }

  private var performanceTable: Section {
    let performance = trained.performance
    var rows = [["", measure, "95 % CI", ""]]
    func add(_ name: String, _ value: BoundedValue?, _ meaning: String) {
      guard let value else { return }
      rows.append([name, value.value.map { shortText($0, digits: 3) } ?? "-", value.limits, value.reason ?? meaning])
    }
    add("within site", performance.withinSite, "pairs of one site alone")
    add("pooled", performance.pooled, "all pairs, also of different sites and folds")
    add("mean of folds", performance.foldMean, "pairs of one fold")
    add("new_batch none", trained.estimated?.without.first, "rows of new batches as they are")
    add("volume only", trained.controls.volume?.first, "control")
    add("clinical only", trained.controls.clinical?.first, "control")
    add("shuffled", signature.performance.shuffled, "outcomes shuffled, everything learnt anew: mean and middle 95 %")
    var section = Section(isNewBlock: true, title: "Performance")
    section.places = [.text, .page]
    section.table = TextTable(rows, right: [1])
    return section
  }

  private var ways: [Section] {
    let performance = signature.performance
    let without: [(String, BoundedValue?)] = trained.estimated.map { [("without_estimate", $0.without.first)] } ?? []
    let parts: [(String, BoundedValue?)] =
      without + [
        ("within_site", performance.withinSite), ("pooled", performance.pooled), ("fold_mean", performance.foldMean),
        ("volume_only", performance.volumeOnly), ("clinical_only", performance.clinicalOnly),
        ("shuffled", performance.shuffled),
      ]
    return parts.map { $0.1.section($0.0) }
  }

  private var siteTable: Section? {
    guard let sites = trained.training.rows.sites, !trained.performance.sites.isEmpty else { return nil }
    let calibration = Dictionary(trained.calibration.map { ($0.site, $0) }) { first, _ in first }
    let names = ["calibration_in_the_large", "slope"]
    var rows = [["site", "rows", "events", measure, "95 % CI", "in the large", "slope"]]
    for part in trained.performance.sites {
      let value = BoundedValue(part.value), found = calibration[part.label]?.statistics ?? []
      func number(_ name: String) -> String {
        found.first { $0.name == name }?.cells.first?.value.map { shortText($0, digits: 2) } ?? "-"
      }
      rows.append(
        [
          sites.names[part.label], "\(part.rows)", part.events.map { "\($0)" } ?? "-",
          value.value.map { shortText($0, digits: 3) } ?? "-", value.limits,
        ] + names.map(number))
    }
    var section = Section(isNewBlock: true, title: "Sites")
    section.places = [.text, .page]
    section.table = TextTable(rows, right: [1, 2, 3, 5, 6])
    return section
  }

  private var patternTable: Section? {
    let patterns = trained.patterns
    guard !patterns.isEmpty else { return nil }
    var section = Section(isNewBlock: true, title: "Sources")
    section.places = [.text, .page]
    section.table = TextTable(
      [["rows that have", "rows", measure, "95 % CI"]]
        + patterns.map { pattern in
          let value = pattern.performance.first
          return [
            pattern.sources, "\(pattern.rows)", value.value.map { shortText($0, digits: 3) } ?? "-", value.limits,
          ]
        }, right: [1, 2])
    return section
  }

  private var columnTable: Section {
    if case .sets(let sets) = signature.predictor, let table = pooledTable(sets) { return table }
    let isFused = signature.predictor.pipelines.count > 1
    var rows = [["column", "coefficient", "folds"]]
    let frequencies = Dictionary(uniqueKeysWithValues: trained.held.frequencies.map { ($0.column, $0.folds) })
    for (source, pipeline) in signature.predictor.pipelines {
      for name in pipeline.model.counted {
        rows.append([
          isFused ? "\(source): \(name)" : name,
          pipeline.model.coefficient(of: name).map { shortText($0, digits: 4) } ?? "-",
          "\(frequencies[name] ?? 0) of \(trained.held.folds.count)",
        ])
      }
    }
    var section = Section(isNewBlock: true, title: "What counts")
    section.places = [.text, .page]
    section.table = TextTable(rows, right: [1])
    return section
  }

  /// Coefficients over imputed sets by Rubin's rules; nil of models that are no sums.
  private func pooledTable(_ sets: FittedSets) -> Section? {
    guard let coefficients = sets.coefficients else { return nil }
    func text(_ number: Double?) -> String { number.map { $0.isFinite ? shortText($0, digits: 4) : "∞" } ?? "-" }
    let frequencies = Dictionary(uniqueKeysWithValues: trained.held.frequencies.map { ($0.column, $0.folds) })
    var section = Section(isNewBlock: true, title: "What counts, over \(sets.pipelines.count) imputed sets")
    section.places = [.text, .page]
    section.table = TextTable(
      [["column", "coefficient", "error", "df", "missing share", "folds"]]
        + coefficients.map { own in
          [
            own.name, text(own.value), text(own.error), text(own.degreesOfFreedom), text(own.missingShare),
            "\(frequencies[own.name] ?? 0) of \(trained.held.folds.count)",
          ]
        }, right: [1, 2, 3, 4])
    return section
  }

  private var curveSections: [Section] {
    guard let curve else { return [] }
    var shown = Section(isNewBlock: true, title: "Learning curve")
    shown.places = [.text, .page]
    shown.table = TextTable(
      [["patients learnt from", measure, "middle 95 % of folds"]]
        + curve.points.map { point in
          [
            "\(point.patients)", shortText(point.value, digits: 3),
            "\(shortText(point.range.lowerBound, digits: 3)) to \(shortText(point.range.upperBound, digits: 3))",
          ]
        }, right: [0, 1])
    let each = curve.points.map { point in
      var section = Section()
      section.places = .json
      section.quantities = [
        StatisticGroup(
          "",
          [
            Statistic("patients", point.patients), Statistic("value", point.value),
            Statistic("range", point.range, or: ""), Statistic("folds", point.replicates),
          ])
      ]
      return section
    }
    return [shown, Section("learning_curve", listing: each)]
  }

  private var foldTable: Section? {
    guard trained.held.folds.count <= 50 else { return nil }
    let rows = trained.held.folds.enumerated().map { number, fold in
      [
        "\(number + 1)", "\(fold.split.training.count)", "\(fold.split.held.count)", "\(fold.predictor.counted.count)",
        fold.predictor.penalty.map { shortText($0, digits: 3) } ?? "-",
      ]
    }
    var section = Section(isNewBlock: true, title: "Folds")
    section.places = [.page]
    section.isDetail = true
    section.table = TextTable([["fold", "learnt from", "judged", "columns", "λ"]] + rows, right: [0, 1, 2, 3, 4])
    return section
  }

  /// In which folds each column counts.
  private var selection: Section {
    let folds = trained.held.folds.map { Set($0.predictor.counted) }
    return Section(
      "selection",
      listing: trained.held.frequencies.map { column, count in
        var section = Section()
        section.places = .json
        section.facts = [
          .init("column", .text(column)), .init("count", .integer(count)),
          .init("in_folds", .list(folds.indices.filter { folds[$0].contains(column) }.map { .integer($0 + 1) })),
        ]
        return section
      })
  }

  private var facts: Section {
    let rows = trained.training.rows
    var section = Section()
    section.places = .json
    section.facts =
      [
        .init("measure", .text(measure)), .init("design", .text(signature.performance.design)),
        .init("rows", .integer(rows.count)), .init("patients", .integer(rows.patientCount)),
        .init("events", rows.eventCount.map { .integer($0) } ?? .null),
        .init("forced_leak", .flag(signature.isForced)),
        .init("set_apart", .integer(trained.estimated?.apart ?? 0)),
        .init("transductive", .flag(signature.isTransductive)),
        .init("formula", .text(signature.formula)),
        .init("imputed_sets", .integer(file.plan.pipeline.sets)),
        .init("quantity", signature.predicted.quantity.map { .text($0) } ?? .null),
        .init("study", file.plan.settingValue),
      ]
      + (trained.gap.map { gap in
        [
          .init(
            "site_gap",
            .map([
              .init("value", .number(gap.value)), .init("lower", gap.range.map { .number($0.lowerBound) } ?? .null),
              .init("upper", gap.range.map { .number($0.upperBound) } ?? .null),
            ]))
        ]
      } ?? [])
    return section
  }

  private var caption: String {
    "\(measure) by site with 95 % confidence intervals, beneath them all sites together and the controls; what chance gives; calibration and use of rows held out; importance of columns; the signature's nomogram where it is a sum of columns."
  }

  private func figure() -> String { FigurePanels.svg("Signature", panels) }
}

extension BoundedValue {
  /// `0.71 (0.62 to 0.79)`, or why not.
  package var words: String {
    guard let value else { return reason ?? "none" }
    return "\(shortText(value, digits: 3))\(limits.isEmpty ? "" : " (\(limits))")"
  }

  /// `0.62 to 0.79`.
  package var limits: String {
    guard let lower, let upper else { return "" }
    return "\(shortText(lower, digits: 3)) to \(shortText(upper, digits: 3))"
  }
}

extension Optional<BoundedValue> {
  /// `{value, lower, upper}` for files.
  package func section(_ id: String) -> Section {
    var section = Section(id)
    section.places = [.json, .table]
    section.isGroup = true
    func cell(_ number: Double?) -> Cell {
      number.map { .value($0) } ?? .undefined(Reason(self?.reason ?? "the study has none"))
    }
    section.quantities = [
      StatisticGroup(
        "",
        [
          Statistic("value", cell(self?.value)), Statistic("lower", cell(self?.lower)),
          Statistic("upper", cell(self?.upper)),
        ])
    ]
    return section
  }
}

extension Signature {
  /// What is predicted of a treatment, and how it is judged; nil of other signatures.
  var contrast: String? {
    guard let treatment = predicted.treatment, let quantity = predicted.quantity, let model = predicted.model else {
      return nil
    }
    return
      "A prediction is the \(quantity), by \(model). It holds where chance decided who got \(treatment.column). Concordance with benefit: of two rows, whether "
      + "the one with the larger prediction has the larger effect as far as one row shows it; outcomes are shuffled within arms."
  }

  /// What is predicted where events compete, by what and how it is judged; nil elsewhere.
  var competition: String? {
    guard let others = predicted.competing, let quantity = predicted.quantity, let model = predicted.model else {
      return nil
    }
    let horizon = predicted.horizon.map { " by \(shortText($0))" } ?? ""
    return
      "\(others.joined(separator: ", ")) compete\(others.count == 1 ? "s" : "") with \(predicted.event): a prediction is the \(quantity)\(horizon), by \(model). C counts "
      + "who had another event as never having this one, weighted for censoring (Wolbers et al. 2014)."
  }

  /// Why nothing of its performance may be believed; nil as a rule.
  var alarm: String? {
    isForced
      ? "FORCED LEAK: this performance is no performance. \(allowed.map(\.sentence).joined(separator: " "))" : nil
  }
}
