import RadiomicsCore
import RadiomicsLearning

extension PrognosticReport {
  /// A page for physicians: what was asked, of whom, what was found, and what every quantity is.
  package func page() -> String {
    let options = prognosis.options
    var page = HTMLPage(title: "Prognosis: time until \(options.event)")
    page.paragraph(
      "\(prognosis.patients) \(prognosis.times.hasEntry && prognosis.options.subject == nil ? "intervals" : "patients") of \(lastComponent(table)): \(prognosis.times.events) events, "
        + "\(prognosis.count - prognosis.times.events) censored; \(prognosis.missing) left out since a value is missing. Times are in the unit of "
        + "column \(options.time). Intervals have a confidence of \(shortText(100 * (1 - options.alpha))) %, those of survival symmetric on "
        + "the scale \(options.interval.rawValue).")
    if let cause = options.cause, let competing = prognosis.competing {
      page.paragraph(
        "Asked about is event \(shortText(cause)); \(competing.kinds.dropFirst().joined(separator: ", ")) compete with it and count as "
          + "censored, but under competing events.")
    }
    if let validation, let performance = prognosis.performances.last {
      page.paragraph(
        "The model is judged, and its groups of risk are drawn, on \(performance.count) other patients of "
          + "\(lastComponent(validation)) with \(performance.events) events."
      )
    }
    for sentence in sentences { page.verdict(sentence) }
    page.list(prognosis.findings.map { "\($0.place): \($0.message)" })
    page.figure(figure(), "Short lines are censored patients; the number still at risk stands below.")
    for group in prognosis.groups.groups {
      page.heading(prognosis.groups.column.map { "Survival, \($0) \(group.name)" } ?? "Survival")
      page.quantities(StatisticGroup("", group.statistics))
    }
    for test in prognosis.groups.tests {
      page.heading(test.name == "log_rank" ? "Groups compared by the log-rank test" : "By the test of Peto and Peto")
      page.quantities(StatisticGroup("", test.statistics))
    }
    if prognosis.markers.count > 3 {
      page.heading("Markers")
      page.table(markerRows, right: Set(1...7))
    } else {
      for marker in prognosis.markers {
        page.heading("Marker \(marker.name)")
        page.quantities(StatisticGroup("", marker.statistics))
      }
    }
    if let model = prognosis.model { add(model, to: &page) }
    for groups in prognosis.riskGroups {
      page.heading("Groups of risk by \(groups.name)")
      page.quantities(StatisticGroup("", groups.statistics))
    }
    for performance in prognosis.performances {
      page.heading("Performance of \(performance.name)" + (performance.isApparent ? " on its own rows" : ""))
      for group in performance.mainGroups {
        page.paragraph(group.name.replacing("_", with: " ") + (group.reason.map { ": \($0.text)" } ?? ""))
        if group.reason == nil { page.quantities(StatisticGroup("", group.statistics)) }
      }
    }
    if let competing = prognosis.competing { add(competing, to: &page) }
    if !prognosis.predicted.isEmpty {
      page.heading("Predicted survival")
      page.table(predictedRows, right: Set(0...4))
    }
    return page.html
  }

  private func add(_ model: PrognosticModel, to page: inout HTMLPage) {
    page.heading("Cox model \(model.formula)")
    page.table(model.rows(alpha: prognosis.options.alpha), right: Set(1...6))
    for group in model.groups where group.name.isEmpty || group.name == "zph_km_p" || group.name.hasPrefix("baseline") {
      if group.name == "zph_km_p" { page.paragraph("Proportional hazards (score test, Kaplan–Meier scale)") }
      if group.name.hasPrefix("baseline") { page.paragraph(group.name.replacing("_", with: " ")) }
      page.quantities(StatisticGroup("", group.statistics))
    }
  }

  private func add(_ competing: CompetingAnalysis, to page: inout HTMLPage) {
    for group in competing.groups {
      page.heading("Competing events" + (competing.groups.count > 1 ? ", group \(group.name)" : ""))
      for part in group.statistics {
        if !part.name.isEmpty { page.paragraph(part.name.replacing("_", with: " ")) }
        page.quantities(StatisticGroup("", part.statistics))
      }
    }
    for part in competing.statistics {
      page.paragraph(part.name.replacing("_", with: " ") + (part.reason.map { ": \($0.text)" } ?? ""))
      if part.reason == nil { page.quantities(StatisticGroup("", part.statistics)) }
    }
  }

  /// What was found, in plain words.
  var sentences: [String] {
    let alpha = prognosis.options.alpha
    var sentences: [String] = []
    for test in prognosis.groups.tests.prefix(1) {
      guard let p = test.statistics.first(where: { $0.name == "p" })?.cells[0].value else { continue }
      sentences.append(
        "Survival of the groups of \(prognosis.groups.column ?? "") \(p < alpha ? "differs" : "was not shown to differ"): log-rank p = "
          + "\(shortText(p, digits: 2)).")
    }
    for marker in prognosis.markers.prefix(5) {
      func value(_ name: String, _ place: Int = 0) -> Double? {
        marker.statistics.first { $0.name == name }?.cells[place].value
      }
      guard let hr = value("hr_per_sd"), let p = value("p"), let c = value("concordance") else { continue }
      sentences.append(
        "\(marker.name): \(p < alpha ? "prognostic by itself" : "not shown to be prognostic"), p = \(shortText(p, digits: 2)); the hazard "
          + "changes by a factor of \(shortText(hr, digits: 3)) for each standard deviation, and of two patients the one with the larger value has the "
          + "event first in \(shortText(100 * c, digits: 3)) of 100 pairs.")
    }
    for performance in prognosis.performances {
      guard let c = performance.groups.first(where: { $0.name == "concordance" })?.statistics.first?.cells[0].value
      else { continue }
      sentences.append(
        "\(performance.name): ranks \(shortText(100 * c, digits: 3)) of 100 pairs of patients rightly"
          + (performance.isApparent
            ? ", on the rows that it was fitted to."
            : ", in \(performance.count) patients with \(performance.events) events."))
    }
    return sentences
  }
}
