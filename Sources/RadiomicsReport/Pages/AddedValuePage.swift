import RadiomicsCore
import RadiomicsStatistics

extension AddedValueReport {
  /// A page for physicians: what was asked, of whom, what was found, and what every quantity is.
  package func page() -> String {
    let options = result.options
    var page = HTMLPage(title: "Added value for \(result.outcome)")
    let horizon = options.horizon.map { " by \(shortText($0))" } ?? ""
    page.paragraph("Base: \(names.base). Extended: \(names.extended).")
    page.paragraph(
      "\(HTMLPage.patients(result.patients, rows: result.count)) of \(lastComponent(validation ?? table)): \(result.events) with "
        + "the event (\(result.outcome)\(options.horizon == nil ? " = \(result.event)" : ""))\(horizon); \(result.missing) left out since "
        + "a value is missing. \(validation == nil ? "" : "Models are fitted to \(lastComponent(table)). ")Intervals have a confidence of \(shortText(100 * (1 - options.alpha))) %."
    )
    for sentence in sentences { page.verdict(sentence) }
    page.list(result.findings.map { "\($0.place): \($0.message)" })
    page.figure(figure(), "Both predictions: discrimination, reclassification, use.")
    for group in result.groups where group.name != "net_benefit" {
      page.heading(Self.headings.first { $0.name == group.name }?.title ?? group.name)
      if let reason = group.reason {
        page.paragraph("None: \(reason.text).")
      } else {
        page.quantities(StatisticGroup("", group.statistics))
      }
      if group.name == "categorical_nri", let categories = result.categories {
        for (name, moves) in [("Events", categories.events), ("Others", categories.others)] {
          page.paragraph("\(name) by category, base down and extended across:")
          page.table(table(of: moves), right: Set(1...options.cuts.count + 1))
        }
      }
    }
    page.heading("Net benefit")
    page.table(netBenefit, right: Set(0...3))
    return page.html
  }

  private static let headings: [(name: String, title: String)] = [
    ("lrt", "Likelihood-ratio test"), ("delta_auc", "Area under the curve"), ("brier", "Brier score"),
    ("continuous_nri_idi", "Continuous reclassification and discrimination improvement"),
    ("categorical_nri", "Reclassification between categories"),
    ("difference_nri", "Reclassification by a least difference"),
    ("calibration0", "Calibration of the base prediction"),
    ("calibration1", "Calibration of the extended prediction"), ("corrected", "Corrected for optimism"),
    ("survidinri", "Improvement by inverse probability of censoring"),
    ("survival_nri_km_category", "Reclassification between categories, by Kaplan and Meier"),
    ("survival_nri_km_diff", "Reclassification by a least difference, by Kaplan and Meier"),
    ("survival_nri_km_cont", "Continuous reclassification, by Kaplan and Meier"),
    ("survival_nri_ipw_category", "Reclassification between categories, by inverse probability of censoring"),
    ("survival_nri_ipw_diff", "Reclassification by a least difference, by inverse probability of censoring"),
    ("survival_nri_ipw_cont", "Continuous reclassification, by inverse probability of censoring"),
  ]

  private func table(of moves: Reclassification.Moves) -> [[String]] {
    let edges = [0] + result.options.cuts + [1]
    let names = zip(edges, edges.dropFirst()).map { "\(shortText($0)) to \(shortText($1))" }
    return [["category"] + names] + zip(names, moves.table).map { [$0] + $1.map { "\($0)" } }
  }

  /// At the cuts, or at each tenth.
  private var netBenefit: [[String]] {
    let benefit = result.netBenefit
    func text(_ value: Double?) -> String { value.map { shortText($0, digits: 3) } ?? "-" }
    let chosen = benefit.thresholds.indices.filter { k in
      let threshold = benefit.thresholds[k]
      return result.options.cuts.contains { abs($0 - threshold) < 1e-9 } || (k + 1) % 10 == 0
    }
    return [["threshold", "base", "extended", "treat all"]]
      + chosen.map { k in
        [shortText(benefit.thresholds[k]), text(benefit.base[k]), text(benefit.extended[k]), text(benefit.all[k])]
      }
  }

  /// What was found, in plain words.
  var sentences: [String] {
    var found: [String] = []
    if let p = result.value("p", of: "lrt") {
      found.append(
        p < result.options.alpha
          ? "What the extended model has beyond the base model explains more than chance would (likelihood ratio, p = \(shortText(p, digits: 2)))."
          : "There is no sign that the extended model explains more than chance would (likelihood ratio, p = \(shortText(p, digits: 2)))."
      )
    }
    if let base = result.value("auc0", of: "delta_auc"), let extended = result.value("auc1", of: "delta_auc") {
      found.append(
        "Of one patient with the event and one without, the base prediction ranks \(shortText(100 * base, digits: 3)) of 100 pairs rightly, the extended one "
          + "\(shortText(100 * extended, digits: 3))\(result.isApparent ? ", on the rows that the models were fitted to" : "")."
      )
    }
    if let categories = result.categories {
      let (a, b) = (categories.events, categories.others)
      found.append(
        "Of \(a.count) events, \(a.up) move to a higher category and \(a.down) to a lower one; of \(b.count) others, \(b.down) move lower and "
          + "\(b.up) higher.")
    } else if let up = result.value("Pr(Up|Case)", of: "survival_nri_km_category"),
      let down = result.value("Pr(Down|Case)", of: "survival_nri_km_category"),
      let lower = result.value("Pr(Down|Ctrl)", of: "survival_nri_km_category"),
      let higher = result.value("Pr(Up|Ctrl)", of: "survival_nri_km_category")
    {
      func percent(_ share: Double) -> String { "\(shortText(100 * share, digits: 2)) %" }
      found.append(
        "Of those with the event by then, \(percent(up)) move to a higher category and \(percent(down)) to a lower one; of those without, "
          + "\(percent(lower)) move lower and \(percent(higher)) higher (Kaplan and Meier).")
    }
    return found
  }
}
