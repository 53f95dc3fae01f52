import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

extension Prognosis {
  /// What time brings to patients, for people and files.
  /// - `rows`: The rows that were asked about.
  /// - `validation`: Those that the model is judged on.
  /// - `patients`: Those for whom the model predicts.
  package func report(
    _ rows: Table, validation: Table? = nil, patients: Table? = nil, command: GivenCommand? = nil
  ) -> Report {
    let inputs =
      ResultProvenance.Input.files(of: rows, used: count)
      + [validation, patients].compactMap { $0 }.flatMap { ResultProvenance.Input.files(of: $0, used: nil) }
    var report = Report(
      "Prognosis: time until \(options.event)", sections(rows.path, validation?.path),
      table: .rows(!markers.isEmpty ? "marker" : model == nil ? "group" : "coefficient"), findings: findings,
      provenance: ResultProvenance(inputs, seed: options.seed, command: command))
    report.question = question(rows.path, validation?.path)
    report.answers = answers
    report.figure = { figure() }
    report.caption = "Short lines are censored patients; the number still at risk stands below."
    return report
  }

  private func question(_ table: String, _ validation: String?) -> [String] {
    let who = times.hasEntry && options.subject == nil ? "intervals" : "patients"
    let asked =
      "\(patients) \(who) of \(Path.name(of: table)): \(times.events) events, "
      + "\(count - times.events) censored; \(missing) left out since a value is missing. Times are in the unit of column "
      + "\(options.time). Intervals have a confidence of \(percentText(1 - options.alpha)), those of survival symmetric on the "
      + "scale \(options.interval.rawValue)."
    let cause = options.cause.flatMap { cause in
      competing.map {
        "Asked about is event \(shortText(cause)); \($0.kinds.dropFirst().joined(separator: ", ")) compete with it and count as "
          + "censored, but under competing events."
      }
    }
    let judged = performances.last.flatMap { performance in
      validation.map {
        "The model is judged, and its groups of risk are drawn, on \(performance.count) other patients of "
          + "\(Path.name(of: $0)) with \(performance.events) events."
      }
    }
    return [asked] + [cause, judged].compactMap { $0 }
  }

  /// What was found, in plain words.
  private var answers: [String] {
    let alpha = options.alpha
    let compared = groups.logRankP.map { p in
      "Survival of the groups of \(groups.column ?? "") \(p < alpha ? "differs" : "was not shown to differ"): log-rank p = "
        + "\(shortText(p, digits: 2))."
    }
    let single = markers.prefix(5).compactMap { marker -> String? in
      guard let hr = marker.estimates?.perSD.ratio.value, let p = marker.p.value, let c = marker.concordance.value
      else {
        return nil
      }
      return
        "\(marker.name): \(p < alpha ? "prognostic by itself" : "not shown to be prognostic"), p = \(shortText(p, digits: 2)); the "
        + "hazard changes by a factor of \(shortText(hr, digits: 3)) for each standard deviation, and of two patients the one with the "
        + "larger value has the event first in \(shortText(100 * c, digits: 3)) of 100 pairs."
    }
    let judged = performances.compactMap { performance in
      performance.concordance.map { c in
        "\(performance.name): ranks \(shortText(100 * c, digits: 3)) of 100 pairs of patients rightly"
          + (performance.isApparent
            ? ", on the rows that it was fitted to."
            : ", in \(performance.count) patients with \(performance.events) events.")
      }
    }
    return [compared].compactMap { $0 } + single + judged
  }

  private func sections(_ table: String, _ validation: String?) -> [Section] {
    let people = patients == count ? "\(count) rows" : "\(patients) patients (\(count) rows)"
    var head = Section("", "\(times.events) events in \(people)" + (missing > 0 ? ", \(missing) left out" : ""))
    head.places = [.text, .json]
    head.facts = [
      .init("table", .text(table)), .init("validation", validation.map { .text($0) } ?? .null),
      .init("time", .text(options.time)), .init("event", .text(options.event)), .init("n", .integer(patients)),
      .init("rows", .integer(count)), .init("events", .integer(times.events)), .init("missing", .integer(missing)),
      .init("confidence", .number(1 - options.alpha)), .init("interval", .text(options.interval.rawValue)),
    ]
    let survival = groups.groups.map { group in
      var section = group.section(groups.column.map { "survival, \($0) \(group.name)" } ?? "survival")
      section.row = markers.isEmpty && model == nil ? group.name : nil
      return section
    }
    return [head, Section("survival", listing: survival)] + comparisons + markerSections
      + (model.map { $0.sections(options, hasRows: markers.isEmpty) } ?? [])
      + [
        Section("risk_groups", listing: riskGroups.map(\.section)),
        Section("performance", listing: performances.map(\.section)),
      ] + (competing.map { [$0.section] } ?? []) + predictionSections
  }

  private var comparisons: [Section] {
    guard !groups.tests.isEmpty else { return [] }
    var section = Section("", "groups compared")
    section.quantities = groups.tests
    return [section]
  }

  private var markerSections: [Section] {
    let isLong = markers.count > 3
    let each = markers.map { marker in
      var section = Section("", "marker \(marker.name)")
      section.row = marker.name
      section.facts = [.init("marker", .text(marker.name))]
      section.quantities = [StatisticGroup("", marker.statistics)]
      section.places = isLong ? [.json, .table] : .all
      return section
    }
    var side = Section("", "markers")
    side.places = [.text, .page]
    side.table = TextTable(markerRows, right: Set(1...7))
    return (isLong ? [side] : []) + [Section("markers", listing: each)]
  }

  /// Markers for people, the smallest P first.
  private var markerRows: [[String]] {
    func text(_ cell: Cell?) -> String { cell?.value.map { shortText($0, digits: 3) } ?? "-" }
    let order = markers.indices.sorted { (markers[$0].p.value ?? 2, $0) < (markers[$1].p.value ?? 2, $1) }
    return [["marker", "n", "hr", "hr_ci", "hr_per_sd", "p", "p_bh", "concordance"]]
      + order.map { index in
        let marker = markers[index], each = marker.estimates?.each, limits = each?.ratioLimits(options.alpha)
        return [
          marker.name, text(.value(Double(marker.count))), text(each?.ratio),
          limits.map { "\(text($0.lower)) to \(text($0.upper))" } ?? "-", text(marker.estimates?.perSD.ratio),
          text(marker.p), text(marker.benjaminiHochberg.map { .value($0) }), text(marker.concordance),
        ]
      }
  }

  private var predictionSections: [Section] {
    guard !predicted.isEmpty else { return [] }
    let each = predictions.map { prediction in
      var section = Section()
      section.places = .json
      section.facts = prediction
      return section
    }
    var table = Section("", "predicted survival")
    table.places = [.text, .page]
    table.table = TextTable(predictedRows)
    return [Section("predictions", listing: each), table]
  }

  private var predictions: [[Setting.Value.Entry]] {
    predicted.enumerated().map { index, patient in
      let incidences =
        predictedIncidences.map { [Setting.Value.Entry("cif", .list($0[index].map { .number($0) }))] } ?? []
      func list(_ value: (PredictedSurvival) -> Double?) -> Setting.Value {
        .list(patient.map { value($0).map { .number($0) } ?? .null })
      }
      return [
        .init("time", .list(moments.map { .number($0) })), .init("surv", list(\.survival)),
        .init("std_err", list(\.error)), .init("lower", list { $0.limits?.lowerBound }),
        .init("upper", list { $0.limits?.upperBound }),
      ] + incidences
    }
  }

  /// Predicted survival for people: a row for each patient and time.
  private var predictedRows: [[String]] {
    [
      ["patient", "time", "survival", "lower", "upper"]
        + (predictedIncidences == nil ? [] : ["has had it first"])
    ]
      + predicted.enumerated().flatMap { index, patient in
        zip(moments, patient).enumerated().map { place, pair -> [String] in
          let (moment, predicted) = pair
          return [
            "\(index + 1)", shortText(moment), shortText(predicted.survival),
            predicted.limits.map { shortText($0.lowerBound) } ?? "-",
            predicted.limits.map { shortText($0.upperBound) } ?? "-",
          ] + (predictedIncidences.map { [shortText($0[index][place])] } ?? [])
        }
      }
  }

  /// Residuals of the model, a row for each row that it is fitted to; nil without a model, or with tt() in it.
  package var residuals: CSV? {
    guard let model = model, !model.changesWithTime else { return nil }
    let cox = model.cox, residuals = CoxResiduals(cox), names = cox.definedNames
    let predictors = cox.centredPredictors
    var schoenfeld = [[String]](repeating: names.map { _ in "" }, count: cox.count)
    for (event, row) in residuals.schoenfeldRows.enumerated() {
      schoenfeld[row] = names.indices.map { numberText(residuals.schoenfeld[event, $0]) }
    }
    let kinds = ["score", "dfbeta", "schoenfeld"].flatMap { kind in names.map { "\(kind).\($0)" } }
    return CSV(
      header: ["time", "event", "martingale", "deviance", "lp"] + kinds,
      rows: (0..<cox.count).sorted { model.lines[$0] < model.lines[$1] }.map { row in
        let head = [
          cox.times.stop[row], cox.times.isEvent[row] ? 1 : 0, residuals.martingale[row], residuals.deviance[row],
        ]
        let parts = [residuals.scores, residuals.dfbeta].flatMap { matrix in names.indices.map { matrix[row, $0] } }
        return (head + [predictors[row]] + parts).map(numberText) + schoenfeld[row]
      })
  }
}

extension SurvivalGroups.Group {
  fileprivate func section(_ heading: String) -> Section {
    var section = Section("", heading)
    section.facts = [.init("group", .text(name))]
    section.quantities = [StatisticGroup("", statistics)]
    return section
  }
}

extension PrognosticModel {
  /// - `hasRows`: Whether a table has a row for each coefficient.
  fileprivate func sections(_ options: Prognosis.Options, hasRows: Bool) -> [Section] {
    var people = Section("", "Cox model, ties by \(cox.ties.rawValue)", title: "Cox model \(formula)")
    people.places = [.text, .page]
    people.table = TextTable(rows(alpha: options.alpha), right: Set(1...6))
    var tests = Section(isNewBlock: true, title: "")
    tests.quantities = [StatisticGroup("", fit)] + [usualProportionality].compactMap { $0 }
    var base = Section()
    base.quantities = baselines
    // Of strata there may be many.
    base.places = baselines.count == 1 ? .all : .page
    people.sections = [tests, base]
    var files = Section("model")
    files.places = .json
    files.facts = [
      .init("formula", .text(formula)), .init("ties", .text(cox.ties.rawValue)),
      .init("robust", .flag(cox.robustCovariance != nil)),
    ]
    files.quantities = groups
    let coefficients = cox.names.map { name in
      var section = Section()
      section.places = .table
      section.row = hasRows ? name : nil
      section.quantities = [StatisticGroup("", statistics(of: name))]
      return section
    }
    return [people, files] + coefficients
  }

  /// What is said of a coefficient.
  private func statistics(of coefficient: String) -> [Statistic] {
    (coefficients + proportionality).flatMap { group in
      group.statistics.filter { $0.name == coefficient }.prefix(1).map { found in
        found.isList
          ? Statistic(group.name, found.cells, found.meaning) : Statistic(group.name, found.cells[0], found.meaning)
      }
    }
  }

  /// Hazard ratios with limits, for people.
  private func rows(alpha: Double) -> [[String]] {
    func number(_ cell: Cell) -> String { cell.value.map { shortText($0) } ?? "-" }
    return [["coefficient", "log hazard ratio", "se", "hazard ratio", "lower", "upper", "p", ""]]
      + zip(cox.names, cox.estimates).map { name, estimate in
        let limits = estimate.ratioLimits(alpha)
        return [
          name, number(estimate.value), number(estimate.error), number(estimate.ratio), number(limits.lower),
          number(limits.upper), estimate.p.value.map { shortText($0, digits: 3) } ?? "-",
          estimate.value.reason.map { "(\($0.text))" } ?? "",
        ]
      }
  }
}

extension RiskGroups {
  fileprivate var section: Section {
    var section = Section(
      "", "groups of risk by \(name), cut at \(shortText(cut)): \(origin)", title: "Groups of risk by \(name)")
    section.facts = [.init("of", .text(name))]
    section.quantities = [StatisticGroup("", statistics)]
    section.sections = [Section("survival", listing: groups.groups.map { $0.section("") })]
    section.sections[0].places = .json
    return section
  }
}

extension SurvivalPerformance {
  fileprivate var section: Section {
    var section = Section("", "performance of \(name)\(isApparent ? " on the rows that it was fitted to" : "")")
    section.facts = [.init("of", .text(name)), .init("apparent", .flag(isApparent))]
    var people = Section(), files = Section()
    people.places = [.text, .page]
    people.quantities = mainGroups
    files.places = .json
    files.quantities = groups
    section.sections = [people, files]
    return section
  }
}

extension CompetingAnalysis {
  fileprivate var section: Section {
    var section = Section("competing")
    section.facts = [.init("events", .list(kinds.map { .text($0) }))]
    let each = groups.map { group in
      var part = Section("", "competing events" + (groups.count > 1 ? ", group \(group.name)" : ""))
      part.facts = [.init("group", .text(group.name))]
      part.quantities = group.statistics
      return part
    }
    var tests = Section("", "tests and regression")
    tests.quantities = statistics
    section.sections = [Section("groups", listing: each)] + (statistics.isEmpty ? [] : [tests])
    return section
  }
}
