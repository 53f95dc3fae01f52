import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension Diagnosis {
  static func marker(
    _ name: String, _ values: [Double], _ isEvent: [Bool], _ clusters: [Int]?, _ options: Options
  ) throws(ModelError) -> Marker {
    let roc = try ROC(values, isEvent, clusters: clusters), youden = roc.best(.youden), closest = roc.best(.closest)
    func limits(_ name: String, _ range: ClosedRange<Double>?, _ meaning: String) -> Statistic {
      let none = Cell.undefined(roc.noLimits ?? "the area is 0 or 1, which has no odds")
      return Statistic(name, range.map { [.value($0.lowerBound), .value($0.upperBound)] } ?? [none, none], meaning)
    }
    func list(_ name: String, _ values: [Double], _ meaning: String = "") -> Statistic {
      values.count == 1 ? Statistic(name, values[0], meaning) : Statistic(name, values.map { .value($0) }, meaning)
    }
    let interval = intervalName(options.alpha), method = clusters == nil ? "DeLong's" : "Obuchowski's"
    var area = [
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
    ]
    if let part = options.part {
      area.append(
        Statistic("pauc", roc.partialArea(part.axis, part.range, isCorrected: false), "of the part asked for"))
      area.append(
        Statistic(
          "pauc_corrected", roc.partialArea(part.axis, part.range, isCorrected: true), "McClish: 0.5 is no worth"))
    }
    let threshold =
      switch options.cuts[name].map(Cut.at) ?? options.cut {
      case .at(let value): value
      case .best(let rule): roc.best(rule)[0].threshold
      }
    let table = TwoByTwo(values, isEvent, threshold: threshold)
    return Marker(
      name: name, roc: roc, area: area, threshold: threshold, table: table,
      cutoff: cutoff(table, values, isEvent, threshold, clusters, options))
  }

  private static func cutoff(
    _ table: TwoByTwo, _ values: [Double], _ isEvent: [Bool], _ threshold: Double, _ clusters: [Int]?,
    _ options: Options
  ) -> [StatisticGroup] {
    let alpha = options.alpha
    func share(
      _ name: String, _ share: Proportion, _ meaning: String, _ isCounted: (Bool, Bool) -> Bool,
      _ isCase: (Bool, Bool) -> Bool
    ) -> StatisticGroup {
      let rows = values.indices.filter { isCounted(values[$0] >= threshold, isEvent[$0]) }
      let clustered = clusters.rows(rows).map {
        ClusteredProportion(rows.map { isCase(values[$0] >= threshold, isEvent[$0]) }, $0)
      }
      return share.group(name, clustered, alpha: alpha, meaning)
    }
    // Limits of ratios take the four counts as of independent rows.
    let ratios = table.ratios(alpha: alpha).map { ratio in
      clusters == nil || !ratio.name.hasSuffix("_ci")
        ? ratio : Statistic(ratio.name, ratio.cells.map { _ in .undefined("patients have several rows") })
    }
    var groups = [
      StatisticGroup(
        "",
        [
          Statistic("threshold", threshold, "at or above it is positive"),
          Statistic("TP", table.tp, "positive with the event"), Statistic("FP", table.fp, "positive without"),
          Statistic("FN", table.fn, "negative with the event"), Statistic("TN", table.tn, "negative without"),
        ]),
      share("sensitivity", table.sensitivity, "of events are positive", { $1 }, { positive, _ in positive }),
      share("specificity", table.specificity, "of others are negative", { !$1 }, { positive, _ in !positive }),
      share("ppv", table.ppv, "of positives are events, at the prevalence of these rows", { positive, _ in positive }) {
        $1
      },
      share(
        "npv", table.npv, "of negatives are none, at the prevalence of these rows", { positive, _ in !positive }
      ) { !$1 },
      share("accuracy", table.accuracy, "are told rightly", { _, _ in true }, ==),
      StatisticGroup("", ratios + table.summaries),
    ]
    if let prevalence = options.prevalence {
      let values = table.predictiveValues(prevalence: prevalence),
        text = numberText((100 * prevalence * 1e9).rounded() / 1e9)
      groups.append(
        StatisticGroup(
          "",
          [
            Statistic("ppv_at_prev_\(text)pct", values.positive, "at the prevalence asked for"),
            Statistic("npv_at_prev_\(text)pct", values.negative),
          ]))
    }
    return groups
  }

  /// Areas of two markers of the same patients, and how often both are positive.
  static func compared(
    _ first: Marker, _ second: Marker, _ a: [Double], _ b: [Double], _ isEvent: [Bool], _ clusters: [Int]?,
    _ options: Options
  ) -> [Comparison] {
    let gain = first.roc.difference(from: second.roc)
    let none = first.roc.noLimits ?? second.roc.noLimits ?? "both markers order all rows alike"
    let delong = [
      Statistic("auc1", first.roc.auc), Statistic("auc2", second.roc.auc),
      Statistic("diff", gain.value, "the first area less the second"), Statistic("z", gain.z(orUndefined: none)),
      Statistic("p", gain.p(orUndefined: none), "that the areas are equal"),
      Statistic("ci_diff", gain.limits(options.alpha, orUndefined: none)),
      Statistic("cov_delong", first.roc.covariance(with: second.roc), "covariance of the areas"),
    ]
    func cut(_ isOfEvents: Bool) -> [Statistic] {
      let rows = isEvent.indices.filter { isEvent[$0] == isOfEvents }
      let tests = (rows.map { a[$0] >= first.threshold }, rows.map { b[$0] >= second.threshold })
      let found = McNemar(tests.0, tests.1).statistics + McNemar.clustered(tests.0, tests.1, clusters.rows(rows))
      for marker in [first, second] {
        guard let reason = marker.table.noCut else { continue }
        let why = Cell.undefined(Reason("\(marker.name): \(reason.text)"))
        return found.map { Statistic($0.name, why, $0.meaning) }
      }
      return found
    }
    return [
      Comparison(first: first.name, second: second.name, test: "delong_paired", statistics: delong),
      Comparison(first: first.name, second: second.name, test: "mcnemar_sensitivity", statistics: cut(true)),
      Comparison(first: first.name, second: second.name, test: "mcnemar_specificity", statistics: cut(false)),
    ]
  }

  /// Each marker in two groups of patients.
  static func groupComparisons(
    _ rows: Table, _ values: [[Double]], _ isEvent: [Bool], _ clusters: [Int]?, _ options: Options
  ) throws(ModelError) -> [Comparison] {
    guard let name = options.group else { return [] }
    let words = try Formula.Expression.column(name).evaluate(rows).words, levels = Column.Values.levels(words)
    guard levels.count == 2 else {
      throw ModelError("column '\(name)': has \(levels.count) groups, must have two to be compared.")
    }
    var comparisons: [Comparison] = []
    for (marker, values) in zip(options.markers, values) {
      var areas: [ROC] = []
      for level in levels {
        let members = words.indices.filter { words[$0] == level }
        areas.append(
          try ROC(members.map { values[$0] }, members.map { isEvent[$0] }, clusters: clusters.rows(members)))
      }
      let gain = areas[0].difference(fromOtherRows: areas[1])
      let none = areas[0].noLimits ?? areas[1].noLimits ?? "neither area has an error"
      comparisons.append(
        Comparison(
          first: "\(marker), \(name) \(levels[0])", second: "\(marker), \(name) \(levels[1])", test: "delong_unpaired",
          statistics: [
            Statistic("auc1", areas[0].auc), Statistic("auc2", areas[1].auc),
            Statistic("diff", gain.value, "the first area less the second"),
            Statistic("D", gain.z(orUndefined: none)),
            Statistic("df", gain.z == nil ? .undefined(none) : .value(gain.df ?? .nan)),
            Statistic("p", gain.p(orUndefined: none), "that the areas are equal"),
          ]))
    }
    return comparisons
  }

  /// Up to so many markers all pairs are compared.
  private static let mostPaired = 50

  /// Which markers are compared; their number does not grow with the square of the markers'.
  static func pairs(_ count: Int) -> [(Int, Int)] {
    (0..<(count > mostPaired ? 1 : count)).flatMap { i in (i + 1..<max(i + 1, count)).map { (i, $0) } }
  }

  static func remarks(_ markers: [Marker], _ options: Options, missing: Int, _ all: Int) -> [Finding] {
    var findings: [Finding] = []
    if missing > 0 {
      findings.append(
        Finding(.note, "rows", "\(missing) of \(all) are left out, as a value that is needed is missing."))
    }
    if markers.count > mostPaired {
      findings.append(
        Finding(
          .note, "comparisons",
          "of \(markers.count) markers each is compared with the first, \(markers[0].name). All pairs are compared of up to \(mostPaired)."
        ))
    }
    for marker in markers where marker.roc.auc < 0.5 {
      findings.append(
        Finding(
          .warning, marker.name,
          "its area is \(shortText(marker.roc.auc, digits: 3)): smaller values go with the event. Ask for '0 - (\(marker.name))' if this was expected."
        ))
    }
    for marker in markers {
      guard let reason = marker.table.noCut else { continue }
      findings.append(
        Finding(
          .warning, marker.name,
          "is cut at \(shortText(marker.threshold)), but \(reason.text), so that it tells nothing and is compared with nothing. Name a "
            + "cut on its own scale by --cut '\(marker.name)=NUMBER'."))
    }
    if case .best = options.cut, markers.contains(where: { options.cuts[$0.name] == nil }) {
      findings.append(
        Finding(
          .note, "cutoff",
          "is chosen on the rows that it is judged on, which flatters sensitivity and specificity. Name one chosen before by --cut NUMBER."
        ))
    }
    return findings
  }
}
