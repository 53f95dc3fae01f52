import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

extension SignaturePerformance {
  /// Sites, then everything together in its ways, then what stands beside it.
  /// - `names`: Of the sites, by their numbers.
  /// - `others`: Controls, and what else is to be compared.
  func forest(
    _ heading: String, _ names: [String], measure: String, _ others: [(name: String, value: BoundedValue?)]
  ) -> ValueForest {
    func row(_ name: String, _ detail: String, _ value: BoundedValue, isSummary: Bool) -> ValueForest.Row {
      var limits: ClosedRange<Double>?
      if let lower = value.lower, let upper = value.upper { limits = lower...max(lower, upper) }
      return ValueForest.Row(
        name, detail, value: value.value, limits: limits, reason: value.reason ?? "", isSummary: isSummary)
    }
    let known = sites.map { part in
      row(
        names.indices.contains(part.label) ? names[part.label] : "\(part.label)",
        "\(part.rows) rows" + (part.events.map { ", \($0) events" } ?? ""), BoundedValue(part.value), isSummary: false)
    }
    let ways = [("within site", withinSite), ("pooled", pooled), ("mean of folds", foldMean)].filter {
      $0.1.value != nil
    }
    return ValueForest(
      heading, note: "with 95 % confidence intervals",
      known + ways.map { row($0.0, "", $0.1, isSummary: true) }
        + others.compactMap { other in other.value.map { row(other.name, "", $0, isSummary: false) } },
      measure: measure, neutral: 0.5)
  }

  /// What chance gives, with this and its controls; nil without shuffles, or without a value.
  func controls(
    _ shuffled: [Double], measure: String, _ others: [(name: String, value: BoundedValue?)]
  ) -> ShuffledControls? {
    guard let own = first.value, shuffled.count > 1 else { return nil }
    let known = others.compactMap { other in other.value?.value.map { (name: other.name, value: $0) } }
    return ShuffledControls(
      shuffled, observed: [(name: "signature", value: own)] + known,
      measure: withinSite.value == nil ? measure : "\(measure) within site")
  }
}

extension Signature {
  /// Its nomogram, where the linear predictor is a sum of at most twenty columns as a table has them; nil of others, such as of columns that a
  /// step harmonises.
  /// - `table`: Rows by which that is seen.
  func nomogram(_ table: Table) -> Nomogram? {
    guard case .pipeline(let pipeline) = predictor, case .linear(let model) = pipeline.model else { return nil }
    let terms = model.terms, ranges = terms.map { term in inputs.first { $0.name == term.name }?.range }
    guard (1...20).contains(terms.count), !ranges.contains(where: { $0 == nil }) else { return nil }
    let columns = terms.compactMap { try? table.numbers($0.name) }
    let known = (0..<table.count).filter { row in columns.allSatisfy { $0[row] != nil } }
    guard columns.count == terms.count, let linear = try? predictor.linearPredictors(table.rows(known)) else {
      return nil
    }
    let rest = zip(known, linear).map { row, value in
      zip(terms, columns).reduce(value) { $0 - $1.0.coefficient * ($1.1[row] ?? 0) }
    }
    guard let low = rest.min(), let high = rest.max(), high - low <= 1e-9 * max(1, linear.map(abs).max() ?? 1) else {
      return nil
    }
    let variables = zip(terms, ranges).compactMap { term, range in
      range.map { Nomogram.Variable(term.name, coefficient: term.coefficient, range: $0.lowest...$0.highest) }
    }
    return Nomogram(variables, intercept: low + (high - low) / 2, outcomes)
  }

  private var outcomes: [Nomogram.Outcome] {
    let (predictor, horizon) = (predictor, predicted.horizon), name: String
    guard predicted.treatment == nil else { return [] }
    switch predicted.kind {
    case "binary": name = "probability"
    case "competing": name = "cumulative incidence" + (horizon.map { " by \(shortText($0))" } ?? "")
    case "survival": name = "risk" + (horizon.map { " by \(shortText($0))" } ?? "")
    default: return []
    }
    guard predictor.prediction(0, horizon: horizon) != nil else { return [] }
    return [Nomogram.Outcome(name) { predictor.prediction($0, horizon: horizon) ?? 0 }]
  }
}

extension Outcome {
  /// Whether predictions are right, and what is gained by them, as far as the outcome has such a figure.
  /// - `predictions`: Probabilities, risks until the horizon, or numbers.
  func panels(_ predictions: [Double], horizon: Double?, patients: [Int], note: String) -> [any FigurePanel] {
    switch self {
    case .binary(let events):
      let numbers = events.map { $0 ? 1.0 : 0 }
      guard let calibration = try? Calibration(predictions, numbers, clusters: patients) else { return [] }
      let thresholds = (1...19).map { 0.05 * Double($0) }
      return [
        CalibrationPanel(.probabilities(calibration), note: note),
        DecisionPanel(DecisionCurve(predictions, numbers, thresholds: thresholds), name: "signature"),
      ]
    case .survival(let times):
      guard let horizon, let found = try? SurvivalCalibration(times, risk: predictions, at: horizon, clusters: patients)
      else { return [] }
      return [CalibrationPanel(.risks(found), note: note)]
    case .competing, .number: return []
    }
  }
}

extension SignatureReport {
  /// Sites and controls, whether predictions of rows held out are right, and the signature as a nomogram.
  var panels: [any FigurePanel] {
    let rows = trained.training.rows, measure = rows.measure, controls = trained.controls
    let others = [("volume only", controls.volume?.first), ("clinical only", controls.clinical?.first)]
    var panels: [any FigurePanel] = [
      trained.performance.forest("Performance", rows.sites?.names ?? [], measure: measure, others)
    ]
    if let shuffled = trained.performance.controls(controls.shuffles.first, measure: measure, others) {
      panels.append(shuffled)
    }
    let means = trained.held.means, held = means.indices.filter { means[$0] != nil }, own = rows.rows(held)
    panels +=
      rows.treatment != nil
      ? []
      : own.outcome.panels(
        held.compactMap { means[$0] }, horizon: trained.training.horizon, patients: own.patients, note: "rows held out")
    if !trained.importance.isEmpty {
      panels.append(
        ImportanceBars(
          trained.importance.map { .init($0.column, $0.importance.loss, range: $0.importance.range) }, measure: measure)
      )
    }
    if let curve, !curve.points.isEmpty {
      panels.append(
        LearningCurvePlot(
          curve.points.map { .init(patients: $0.patients, value: $0.value, range: $0.range) },
          measure: trained.performance.withinSite.value == nil ? measure : "\(measure) within site", neutral: 0.5,
          note: "band: the middle 95 % of folds"))
    }
    return panels + (signature.nomogram(rows.table).map { [$0] } ?? [])
  }
}

extension SignatureValidation {
  /// Sites and controls, whether predictions are right, and survival of groups of risk.
  /// - `signature`: That which is judged.
  func panels(_ signature: Signature, time: String) -> [any FigurePanel] {
    let measure = rows.measure, learnt = signature.performance
    let others = [("volume only", volume?.first), ("clinical only", clinical?.first)]
    let before = learnt.withinSite.value == nil ? learnt.pooled : learnt.withinSite
    var panels: [any FigurePanel] = [
      performance.forest(
        "Performance", rows.sites?.names ?? [], measure: measure, others + [("where it was learnt", before)])
    ]
    if let shuffled = performance.controls(shuffled, measure: measure, others) { panels.append(shuffled) }
    panels +=
      rows.treatment != nil
      ? []
      : rows.outcome.panels(
        applied.map { $0.prediction ?? 0 }, horizon: signature.predicted.horizon, patients: rows.patients,
        note: "rows that the signature was not learnt from")
    guard case .survival(let times) = rows.outcome else { return panels }
    let groups = Dictionary(grouping: applied.indices) { applied[$0].group ?? "" }
    let curves = groups.map {
      (name: $0.key, rows: $0.value, place: $0.value.map { applied[$0].linear ?? 0 }.min() ?? 0)
    }
    .sorted { $0.place < $1.place }
    return panels + [
      SurvivalPanel(
        "Groups of risk", note: "by the signature's cuts",
        curves.map { group in
          (group.name, KaplanMeier(times.rows(group.rows), clusters: group.rows.map { rows.patients[$0] }))
        }, time: time)
    ]
  }
}
