import RadiomicsCore
import RadiomicsNumerics

extension Diagnosis {
  /// `ci95` for a confidence of 95 %.
  static func intervalName(_ alpha: Double) -> String { "ci" + numberText(((1 - alpha) * 1e6).rounded() / 1e4) }

  static func marker(_ name: String, _ values: [Double], _ isEvent: [Bool], _ options: Options) throws(ModelError)
    -> Marker
  {
    let roc = try ROC(values, isEvent), youden = roc.best(.youden), closest = roc.best(.closest)
    func limits(_ name: String, _ range: ClosedRange<Double>?, _ meaning: String) -> Statistic {
      let none = Cell.undefined("there is a single event or other, or the area is 0 or 1")
      return Statistic(name, range.map { [.value($0.lowerBound), .value($0.upperBound)] } ?? [none, none], meaning)
    }
    func list(_ name: String, _ values: [Double], _ meaning: String = "") -> Statistic {
      values.count == 1 ? Statistic(name, values[0], meaning) : Statistic(name, values.map { .value($0) }, meaning)
    }
    let interval = intervalName(options.alpha)
    var area = [
      Statistic("n_pos", roc.positives, "events"), Statistic("n_neg", roc.negatives, "others"),
      Statistic("auc", roc.auc, "an event has the larger value with this probability"),
      limits(interval, roc.limits(alpha: options.alpha), "limits of the area by DeLong's error"),
      limits(
        "logit_\(interval)", roc.logitLimits(alpha: options.alpha), "the same, symmetric on the scale of log odds"),
      Statistic("var_delong", roc.variance, "DeLong's variance of the area"),
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
      switch options.cut {
      case .at(let value): value
      case .best(let rule): roc.best(rule)[0].threshold
      }
    return Marker(
      name: name, roc: roc, area: area, threshold: threshold,
      cutoff: cutoff(TwoByTwo(values, isEvent, threshold: threshold), threshold, options))
  }

  private static func cutoff(_ table: TwoByTwo, _ threshold: Double, _ options: Options) -> [StatisticGroup] {
    let alpha = options.alpha
    var groups = [
      StatisticGroup(
        "",
        [
          Statistic("threshold", threshold, "at or above it is positive"),
          Statistic("TP", table.tp, "positive with the event"), Statistic("FP", table.fp, "positive without"),
          Statistic("FN", table.fn, "negative with the event"), Statistic("TN", table.tn, "negative without"),
        ]),
      table.sensitivity.group("sensitivity", alpha: alpha, "of events are positive"),
      table.specificity.group("specificity", alpha: alpha, "of others are negative"),
      table.ppv.group("ppv", alpha: alpha, "of positives are events, at the prevalence of these rows"),
      table.npv.group("npv", alpha: alpha, "of negatives are none, at the prevalence of these rows"),
      table.accuracy.group("accuracy", alpha: alpha, "are told rightly"),
      StatisticGroup("", table.ratios(alpha: alpha) + table.summaries),
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
    _ first: Marker, _ second: Marker, _ a: [Double], _ b: [Double], _ isEvent: [Bool], _ options: Options
  ) -> [Comparison] {
    let areas = AUCComparison(paired: first.roc, second.roc), limits = areas.limits(alpha: options.alpha)
    let delong = [
      Statistic("auc1", first.roc.auc), Statistic("auc2", second.roc.auc), Statistic("z", areas.statistic),
      Statistic("p", areas.p, "that the areas are equal"),
      Statistic("ci_diff", [.value(limits.lowerBound), .value(limits.upperBound)]),
      Statistic("cov_delong", first.roc.covariance(with: second.roc), "covariance of the areas"),
    ]
    func cut(_ isOfEvents: Bool) -> [Statistic] {
      let rows = isEvent.indices.filter { isEvent[$0] == isOfEvents }
      return McNemar(rows.map { a[$0] >= first.threshold }, rows.map { b[$0] >= second.threshold }).statistics
    }
    return [
      Comparison(first: first.name, second: second.name, test: "delong_paired", statistics: delong),
      Comparison(first: first.name, second: second.name, test: "mcnemar_sensitivity", statistics: cut(true)),
      Comparison(first: first.name, second: second.name, test: "mcnemar_specificity", statistics: cut(false)),
    ]
  }

  /// Each marker in two groups of patients.
  static func groupComparisons(
    _ rows: DataTable, _ values: [[Double]], _ isEvent: [Bool], _ options: Options
  ) throws(ModelError) -> [Comparison] {
    guard let name = options.group else { return [] }
    let words = try Formula.Expression.column(name).evaluate(rows).words, levels = DataTable.Variable.levels(words)
    guard levels.count == 2 else {
      throw ModelError("column '\(name)': has \(levels.count) groups, must have two to be compared.")
    }
    var comparisons: [Comparison] = []
    for (marker, values) in zip(options.markers, values) {
      var areas: [ROC] = []
      for level in levels {
        let members = words.indices.filter { words[$0] == level }
        areas.append(try ROC(members.map { values[$0] }, members.map { isEvent[$0] }))
      }
      let test = AUCComparison(unpaired: areas[0], areas[1])
      let df = test.df.map { Cell.value($0) } ?? .undefined("not computed")
      comparisons.append(
        Comparison(
          first: "\(marker), \(name) \(levels[0])", second: "\(marker), \(name) \(levels[1])", test: "delong_unpaired",
          statistics: [
            Statistic("auc1", areas[0].auc), Statistic("auc2", areas[1].auc), Statistic("D", test.statistic),
            Statistic("df", df), Statistic("p", test.p, "that the areas are equal"),
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
    if case .best = options.cut, !markers.isEmpty {
      findings.append(
        Finding(
          .note, "cutoff",
          "is chosen on the rows that it is judged on, which flatters sensitivity and specificity. Name one chosen before by --cut NUMBER."
        ))
    }
    return findings
  }
}
