import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension Prognosis.Options {
  /// Where a marker, a predictor or the model is cut.
  func cut(of name: String) -> Prognosis.Cut? { cuts[name].map { .at($0) } ?? cut }
}

extension Prognosis.Cut {
  /// Why a cut makes no groups: a warning if its place was named.
  func finding(_ name: String, _ error: ModelError) -> Finding {
    var severity = Finding.Severity.note
    if case .at = self { severity = .warning }
    return Finding(severity, name, "has no groups of risk. \(error.description)")
  }
}

/// Patients with lower and higher values of a marker or predictor.
package struct RiskGroups: Sendable {
  /// What was cut, and where; at or above is the higher group.
  package let name: String, cut: Double
  /// How the cut was chosen, in words.
  package let origin: String
  /// Survival of both.
  package let groups: SurvivalGroups
  /// The log-rank test, and the hazard ratio of the higher group.
  package let statistics: [Statistic]
  /// What was noticed.
  package let findings: [Finding]

  init(
    _ name: String, _ values: [Double], _ rows: PrognosticRows, _ cut: Prognosis.Cut, _ moments: [Double],
    _ options: Prognosis.Options
  ) throws(ModelError) {
    switch cut {
    case .median:
      let sorted = values.sorted(), median = percentile(50, of: sorted)
      // Where half of the rows have the lowest value, these are the lower group.
      let isLowest = median <= sorted[0], cut = isLowest ? sorted.first { $0 > sorted[0] } ?? median : median
      let origin = isLowest ? "above the lowest value, which half of these rows have" : "the median of these rows"
      try self.init(name, values, rows.times, rows.clusters, cut, origin, nil, moments, options)
    case .at(let value):
      try self.init(name, values, rows.times, rows.clusters, value, "chosen elsewhere", nil, moments, options)
    case .optimal:
      let search = try CutSearch(values, rows.times)
      try self.init(
        name, values, rows.times, rows.clusters, search.cut, "the largest log-rank statistic of these rows", search,
        moments, options)
    }
  }

  init(
    _ name: String, _ values: [Double], _ times: SurvivalTimes, _ clusters: [Int]?, _ cut: Double, _ origin: String,
    _ search: CutSearch?, _ moments: [Double], _ options: Prognosis.Options
  ) throws(ModelError) {
    (self.name, self.cut, self.origin) = (name, cut, origin)
    let codes = values.map { $0 >= cut ? 1 : 0 }
    guard Set(codes).count == 2 else {
      throw ModelError.at(
        "cut of '\(name)'",
        "at \(shortText(cut)) all \(values.count) rows are \(codes[0] == 1 ? "at or above" : "below") it, must divide them."
      )
    }
    groups = SurvivalGroups(
      name, times, codes, ["< \(shortText(cut))", "≥ \(shortText(cut))"], nil, clusters, moments, options)
    let test = try? LogRankTest(times, groups: codes).test
    let model = try? CoxModel(
      Matrix(columns: [codes.map(Double.init)], rows: codes.count), times, names: [name], clusters: clusters,
      ties: clusters != nil && options.ties == .exact ? .efron : options.ties)
    let ratio = model?.estimates[0], limits = ratio?.ratioLimits(options.alpha),
      none = Cell.undefined("a group has no event, or is never at risk with the other")
    var statistics = [
      Statistic("cut", cut, origin), Statistic("n_low", groups.groups[0].count),
      Statistic("n_high", groups.groups[1].count),
      Statistic("chisq", test.map { .value($0.statistic) } ?? none, "log-rank"),
    ]
    if let search {
      statistics += [
        Statistic(
          "p_uncorrected", test.map { .value($0.p) } ?? none, "as if the cut had not been searched for: too small"),
        Statistic("p", search.correctedP, "corrected for the search (Miller and Siegmund)"),
      ]
    } else {
      statistics.append(Statistic("p", test.map { .value($0.p) } ?? none, "that both groups are alike"))
    }
    // Of a cut that was searched for no robust P is known.
    if search == nil { statistics += SurvivalGroups.robust(times, codes, nil, clusters) }
    self.statistics =
      statistics + [
        Statistic("hr", ratio?.ratio ?? none, "hazard of the higher group over that of the lower"),
        Statistic("hr_ci", [limits?.lower ?? none, limits?.upper ?? none]),
      ]
    findings =
      search == nil
      ? []
      : [
        Finding(
          .warning, name,
          "the cut at \(shortText(cut)) was searched for on these rows: its hazard ratio and curves flatter it; only the corrected P holds. "
            + "Judge the cut on other patients.")
      ]
  }
}

/// The cut of a marker at which the log-rank statistic is largest, between the tenth and the ninetieth percentile; of very many different values a hundred
/// are tried, evenly among them. Its P is corrected
/// as that of the largest of all statistics: Miller and Siegmund 1982, doi:10.2307/2529881; Altman et al. 1994, doi:10.1093/jnci/86.11.829.
package struct CutSearch: Sendable, Hashable {
  /// Half way between two values; at or above is the higher group.
  package let cut: Double
  /// The largest statistic, as a normal deviate.
  package let statistic: Double
  /// The probability that the largest statistic is as large if the marker says nothing.
  package let correctedP: Double

  /// - Throws: `ModelError` if there are too few different values.
  package init(_ values: [Double], _ times: SurvivalTimes, share: Double = 0.1) throws(ModelError) {
    let sorted = values.sorted(), low = percentile(100 * share, of: sorted),
      high = percentile(100 * (1 - share), of: sorted)
    var best: (cut: Double, statistic: Double)?
    let pairs = zip(sorted, sorted.dropFirst()).filter { $0 < $1 && $1 > low && $0 < high }
    let tried = pairs.count <= 1000 ? pairs : (0..<100).map { pairs[(2 * $0 + 1) * pairs.count / 200] }
    for (left, right) in tried {
      let cut = left + (right - left) / 2
      guard let test = try? LogRankTest(times, groups: values.map { $0 >= cut ? 1 : 0 }).test else { continue }
      let statistic = test.statistic.squareRoot()
      if statistic > best?.statistic ?? -1 { best = (cut, statistic) }
    }
    guard let best else {
      throw ModelError.at(
        "cut", "there is no place at which a tenth of the rows or more lie on both sides. Name a cut.")
    }
    (cut, statistic) = best
    let z = best.statistic, density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    let corrected = z > 1 ? density * (z - 1 / z) * 2 * log((1 - share) / share) + 4 * density / z : 1
    correctedP = min(1, corrected)
  }
}

extension CutSearch: Documented {
  package static let name = "optimal-cut"
  package static let summary =
    "The cut of a marker at which the log-rank statistic is largest, with a P corrected for the search."
  package static let definition =
    "the largest of the log-rank statistics of cuts between the tenth and the ninetieth percentile; P of "
    + "the largest of all"
  package static let limits =
    "Hazard ratio and curves at such a cut flatter it; only the corrected P holds. Judge the cut on other "
    + "patients."
  package static let reference =
    "Miller and Siegmund 1982, doi:10.2307/2529881; Altman et al. 1994, doi:10.1093/jnci/86.11.829"
}
