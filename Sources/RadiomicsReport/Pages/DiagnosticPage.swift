import RadiomicsCore
import RadiomicsLearning
import RadiomicsStatistics

extension DiagnosticReport {
  /// A page for physicians: what was asked, of whom, what was found, and what every quantity is.
  package func page() -> String {
    let options = diagnosis.options, others = diagnosis.count - diagnosis.events
    var page = HTMLPage(title: "Diagnosis of \(diagnosis.outcome)")
    page.paragraph(
      "\(HTMLPage.patients(diagnosis.patients, rows: diagnosis.count)) of \(HTMLPage.name(table)): \(diagnosis.events) with "
        + "\(diagnosis.outcome) = \(diagnosis.event) (events), \(others) without; \(diagnosis.missing) left out since a value is missing. "
        + "Intervals have a confidence of \(shortText(100 * (1 - options.alpha))) %.")
    if let validation, let prediction = diagnosis.predictions.last {
      page.paragraph(
        "The model is judged on \(prediction.roc.positives + prediction.roc.negatives) other rows of "
          + "\(HTMLPage.name(validation)), \(prediction.roc.positives) with the event."
      )
    }
    for sentence in sentences { page.verdict(sentence) }
    page.list(diagnosis.findings.map { "\($0.place): \($0.message)" })
    page.figure(
      figure(),
      diagnosis.markers.isEmpty ? "Curves of all predictions." : "Curves of all markers; dots are their cut-offs.")
    for marker in diagnosis.markers {
      page.heading("Marker \(marker.name)")
      page.statistics(marker.area)
      page.paragraph("Cut at \(shortText(marker.threshold)): a patient at or above it is positive.")
      page.table(Self.shares(marker.cutoff), right: [1, 2, 3])
      page.statistics(marker.cutoff.filter { $0.name.isEmpty }.flatMap(\.statistics).filter { $0.name != "threshold" })
    }
    if !diagnosis.comparisons.isEmpty { page.heading("Comparisons") }
    for comparison in diagnosis.comparisons {
      page.paragraph("\(comparison.first) and \(comparison.second), \(comparison.test)")
      page.statistics(comparison.statistics)
    }
    if let model = diagnosis.model {
      page.heading("Logistic model")
      page.table(model.rows(diagnosis.limits), right: [1, 2, 3, 4, 5])
    }
    for prediction in diagnosis.predictions {
      page.heading("Predictions by \(prediction.name)")
      for group in prediction.groups where group.name != "decision_curve" { page.statistics(group.statistics) }
    }
    return page.html
  }

  /// What was found, in plain words.
  var sentences: [String] {
    let confidence = shortText(100 * (1 - diagnosis.options.alpha))
    func text(_ name: String, _ roc: ROC, _ how: String) -> String {
      let limits = roc.limits(alpha: diagnosis.options.alpha)
      func pairs(_ area: Double) -> String { shortText(100 * area, digits: 3) }
      let range = limits.map { " (\(confidence) % limits \(pairs($0.lowerBound)) to \(pairs($0.upperBound)))" }
      let verdict =
        limits.map {
          $0.contains(0.5) ? "; it may be of no use" : $0.upperBound < 0.5 ? "; it points the other way" : ""
        }
        ?? ""
      return
        "\(name): of one patient with and one without, it ranks them rightly in \(pairs(roc.auc)) of 100 pairs\(how)"
        + "\(range ?? "")\(verdict)."
    }
    return diagnosis.markers.map { text($0.name, $0.roc, "") }
      + diagnosis.predictions.map { text($0.name, $0.roc, $0.isApparent ? ", on the rows that it was fitted to" : "") }
  }

  private static func shares(_ groups: [StatisticGroup]) -> [[String]] {
    [["share", "estimate", "Wilson's limits", "Clopper and Pearson's", "what it is"]]
      + groups.filter { !$0.name.isEmpty }.map { group in
        func limits(_ name: String) -> String {
          group.statistics.first { $0.name == name }?.cells.map { $0.value.map { shortText($0, digits: 3) } ?? "-" }
            .joined(separator: " to ") ?? "-"
        }
        let estimate = group.statistics.first
        return [
          group.name, estimate?.cells[0].value.map { shortText($0, digits: 3) } ?? "undefined", limits("wilson"),
          limits("clopper_pearson"), group.reason?.text ?? estimate?.meaning ?? "",
        ]
      }
  }
}

extension LogisticModel {
  /// Odds ratios with limits, for people.
  package func rows(_ limits: [(lower: Cell, upper: Cell)]) -> [[String]] {
    func number(_ cell: Cell, _ change: (Double) -> Double = { $0 }) -> String {
      cell.value.map { shortText(change($0)) } ?? "-"
    }
    return [["coefficient", "log odds ratio", "se", "odds ratio", "lower", "upper", ""]]
      + names.indices.map { k in
        [
          names[k], number(coefficients[k]), number(estimates[k].error), number(coefficients[k], oddsRatio),
          number(limits[k].lower, oddsRatio), number(limits[k].upper, oddsRatio),
          coefficients[k].reason.map { "(\($0.text))" } ?? "",
        ]
      }
  }
}

private func oddsRatio(_ logarithm: Double) -> Double { exp(logarithm) }
