import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

extension SignatureTransport {
  /// Updating, subgroups and who changes group, for people and files.
  /// - `measure`: Of predictions, as people call it.
  /// - `verdict`: What rows ask for, in words.
  func sections(measure: String, verdict: String?) -> [Section] {
    [updatingSection(verdict, isSurvival: measure == "C")] + subgroups.flatMap { $0.sections(measure: measure) }
      + importanceSections(measure)
      + (changes.map { $0.sections(measure) } ?? [])
  }

  /// What rows ask for, in words; nil where nothing can be said.
  var advice: String? {
    guard case .success(let found) = updating, case .success(let choice) = found.chosen else { return nil }
    switch choice {
    case .original: return "These rows do not ask for another model: it can be used as it is (closed test)."
    case .inTheLarge:
      return "These rows ask for another intercept: predictions are too high or too low on the whole (closed test)."
    case .recalibration:
      return "These rows ask for another intercept and slope: predictions are too extreme, or not enough (closed test)."
    case .refit:
      return "These rows ask for other coefficients: the signature does not hold here as it is (closed test)."
    }
  }

  private func importanceSections(_ measure: String) -> [Section] {
    guard !importance.isEmpty else { return [] }
    let sorted = importance.sorted { ($1.loss.loss, $0.loss.column) < ($0.loss.loss, $1.loss.column) }
    var shown = Section(isNewBlock: true, title: "Permutation importance")
    shown.places = [.text, .page]
    shown.table = TextTable(
      [["column", "loss of \(measure)", "least to largest of 20 shuffles"]]
        + sorted.map { name, loss in
          [
            name, shortText(loss.loss, digits: 3),
            "\(shortText(loss.range.lowerBound, digits: 3)) to \(shortText(loss.range.upperBound, digits: 3))",
          ]
        }, right: [1])
    let each = sorted.map { name, loss in
      var section = Section()
      section.places = .json
      section.facts = [.init("column", .text(name))]
      section.quantities = [
        StatisticGroup("", [Statistic("loss", loss.loss), Statistic("range", loss.range, or: "")])
      ]
      return section
    }
    return [shown, Section("importance", listing: each)]
  }

  /// The losses as a figure; nil where there are none.
  func importancePanel(measure: String) -> ImportanceBars? {
    importance.isEmpty
      ? nil : ImportanceBars(importance.map { .init($0.name, $0.loss.loss, range: $0.loss.range) }, measure: measure)
  }

  private func updatingSection(_ verdict: String?, isSurvival: Bool) -> Section {
    var section = Section("updating", "updating")
    guard case .success(let found) = updating else {
      if case .failure(let error) = updating { section.quantities = [StatisticGroup("", Reason(error.fact))] }
      section.places = .json
      return section
    }
    section.facts = [.init("chosen", (try? found.chosen.get()).map { .text($0.rawValue) } ?? .null)]
    if case .failure(let none) = found.chosen { section.facts.append(.init("not_chosen", .text(none.reason.text))) }
    let steps = Dictionary(uniqueKeysWithValues: found.steps.map { ($0.update, $0) })
    var rows = [["", "intercept", isSurvival ? "slope of log hazards" : "slope", "χ² to refit", "df", "P"]]
    for model in found.models {
      func shown(_ name: String) -> String {
        model.coefficients.first { $0.name == name }?.estimate.value.value.map { shortText($0, digits: 3) } ?? ""
      }
      let step = steps[model.update]
      rows.append([
        model.update.words, shown("intercept"), shown("slope"), step.map { shortText($0.chi, digits: 3) } ?? "",
        step.map { "\($0.df)" } ?? "", step.map { shortText($0.p, digits: 2) } ?? "",
      ])
    }
    section.table = TextTable(rows, right: Set(1...5))
    section.sentences = [verdict].compactMap { $0 } + found.missing.map { "\($0.update.words): \($0.reason.text)" }
    section.sections = found.models.filter { $0.update != .original }.map { model in
      var part = Section(model.update.rawValue)
      part.places = .json
      part.quantities = model.coefficients.map { name, estimate in
        StatisticGroup(name, [Statistic("value", estimate.value), Statistic("se", estimate.error)])
      }
      return part
    }
    return section
  }
}

extension ModelUpdate {
  /// For people.
  fileprivate var words: String {
    switch self {
    case .original: "as it is"
    case .inTheLarge: "intercept"
    case .recalibration: "intercept and slope"
    case .refit: "refit"
    }
  }
}

extension SignatureTransport.Subgroups {
  /// A table for people, and for programs a list with an element for each word of the column.
  fileprivate func sections(measure: String) -> [Section] {
    let known = Dictionary(uniqueKeysWithValues: calibration.map { ($0.site, $0) })
    var rows = [
      [
        column, "rows", "events", measure, "95 % CI", "O/E", "95 % CI", "in the large",
        measure == "C" ? "slope of risks" : "slope",
      ]
    ]
    for part in parts {
      let value = BoundedValue(part.value), statistics = known[part.label]?.statistics ?? []
      func number(_ name: String) -> String {
        statistics.first { $0.name == name }?.cells.first?.value.map { shortText($0, digits: 2) } ?? "-"
      }
      func limits(_ name: String) -> String {
        let cells = statistics.first { $0.name == name }?.cells.compactMap(\.value) ?? []
        return cells.count == 2 ? cells.map { shortText($0, digits: 2) }.joined(separator: " to ") : ""
      }
      rows.append(
        [
          names[part.label], "\(part.rows)", part.events.map { "\($0)" } ?? "-",
          value.value.map { shortText($0, digits: 3) } ?? "-", value.limits,
          number("O_over_E"), limits("O_over_E_ci"), number("calibration_in_the_large"), number("slope"),
        ])
    }
    var shown = Section(isNewBlock: true, title: "By \(column)")
    shown.places = [.text, .page]
    shown.table = TextTable(rows, right: [1, 2, 3, 5, 7, 8])
    let tests = [(measure, "of_discrimination", heterogeneity), ("O/E", "of_calibration", heterogeneityOfCalibration)]
    shown.sentences = tests.compactMap { name, _, found in
      found.map {
        "That \(name) is the same in all groups: P \(shortText($0.test.p, digits: 2)) (Cochran's Q \(shortText($0.test.statistic, digits: 3)), "
          + "df \($0.test.df))."
      }
    }
    var differ = Section("heterogeneity_\(column)")
    differ.places = .json
    differ.quantities = tests.compactMap { _, id, found in found.map { StatisticGroup(id, $0.statistics) } }
    let each = parts.map { part in
      var section = Section()
      section.places = .json
      section.facts = [
        .init("column", .text(column)), .init("group", .text(names[part.label])), .init("rows", .integer(part.rows)),
        .init("events", part.events.map { .integer($0) } ?? .null),
      ]
      let limits = part.value.limits(0.05)
      section.quantities = [
        StatisticGroup(
          "",
          [Statistic("value", part.value.value), Statistic("ci", [limits.lower, limits.upper])]
            + (known[part.label]?.statistics ?? []))
      ]
      return section
    }
    return [shown, Section("subgroups_\(column)", listing: each), differ]
  }
}

extension SignatureTransport.Changes {
  /// A table for people, and for programs a list with an element for each who changes.
  fileprivate func sections(_ measure: String) -> [Section] {
    let up = all.count { $0.to > $0.from }
    var shown = Section(isNewBlock: true, title: "Who changes group")
    shown.places = [.text, .page]
    shown.sentences = [
      "\(all.count) of \(count) rows are in another group than by the other signature: \(up) in a higher, \(all.count - up) in a lower one. "
        + net,
      better(measure),
      "Why: how much more a column adds to this linear predictor than to the other, against the mean of these rows.",
    ].filter { !$0.isEmpty }
    shown.table = TextTable(
      [["who", "from", "to", "why"]]
        + zip(names, all).map { name, change in
          [
            name, groups[change.from], groups[change.to],
            change.reasons.prefix(3).map {
              "\($0.name) \($0.change < 0 ? "−" : "+")\(shortText(abs($0.change), digits: 2))"
            }
            .joined(separator: ", "),
          ]
        })
    let each = zip(names, all).map { name, change in
      var section = Section()
      section.places = .json
      section.facts = [
        .init("who", .text(name)), .init("from", .text(groups[change.from])), .init("to", .text(groups[change.to])),
        .init("base", .number(change.base)), .init("linear_predictor", .number(change.extended)),
        .init("reasons", .map(change.reasons.map { .init($0.name, .number($0.change)) })),
      ]
      return section
    }
    var gain = Section("against")
    gain.places = .json
    func limits(_ cell: EstimateCell) -> [Statistic] {
      let limits = cell.limits(0.05)
      return [
        Statistic("difference", cell.value), Statistic("ci", [limits.lower, limits.upper]), Statistic("p", cell.p),
      ]
    }
    gain.quantities =
      [StatisticGroup("pooled", limits(difference))]
      + (withinSite.map { [StatisticGroup("within_site", limits($0))] } ?? [])
      + (reclassification.isEmpty ? [] : [StatisticGroup("categorical_nri", reclassification)])
    return [shown, Section("changes", listing: each), gain]
  }

  /// ` Net reclassification: 0.2.`, or nothing.
  private var net: String {
    reclassification.first { ["nri", "NRI"].contains($0.name) }?.cells.first?.value.map {
      "Net reclassification by groups: \(shortText($0, digits: 2))."
    } ?? ""
  }

  private func better(_ measure: String) -> String {
    func words(_ cell: EstimateCell) -> String {
      guard let estimate = cell.estimate else { return cell.value.reason?.text ?? "none" }
      let limits = estimate.limits().map {
        " (\(shortText($0.lowerBound, digits: 2)) to \(shortText($0.upperBound, digits: 2)))"
      }
      return shortText(estimate.value, digits: 2) + (limits ?? "")
    }
    return
      "\(measure) less that of the other signature on the same rows: \(words(difference))"
      + (withinSite.map { ", within site \(words($0))" } ?? "") + "."
  }
}
