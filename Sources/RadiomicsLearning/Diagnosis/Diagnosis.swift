import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What markers and a model are worth for telling patients with a disease from those without.
package struct Diagnosis: Sendable {
  /// Where a marker is cut.
  package enum Cut: Sendable, Hashable {
    /// At the best point of these rows by a rule.
    case best(ROC.Cut)
    /// At a threshold chosen elsewhere.
    case at(Double)
  }

  /// What is asked.
  package struct Options: AsksOfRoles, Sendable {
    /// Who is who; the groups are two, in which markers are compared.
    package var roles = Roles()
    /// Calculations of columns, such as `ndka` or `log(ndka)`.
    package var markers: [String] = []
    /// The right side of a formula of a logistic model.
    package var model: String?
    /// A column of predicted probabilities.
    package var probability: String?
    /// A model that was kept, which is judged on these rows in place of such a column.
    package var saved: SavedModel?
    /// Where markers are cut, and where those of a name are.
    package var cut = Cut.best(.youden), cuts: [String: Double] = [:]
    /// Share of diseased patients where the test is to be used; nil for that of these rows.
    package var prevalence: Double?
    /// A part of the curve.
    package var part: (axis: ROC.Axis, range: ClosedRange<Double>)?
    /// One minus the level of confidence.
    package var alpha = 0.05
    /// Whether the model is fitted with Firth's penalty.
    package var isFirth = false
    /// Probabilities for which the decision curve is drawn.
    package var thresholds = (1...60).map { Double($0) / 100 }
    /// Samples with replacement that correct the model's apparent worth; 0 for none.
    package var bootstraps = 0
    /// Where random samples begin.
    package var seed: UInt64 = 1
    /// Threads that samples may use.
    package var lanes = Lanes(jobs: 1)
    /// Youden's cut, 95 %.
    package init() {}
  }

  /// A marker by itself.
  package struct Marker: Sendable {
    /// As it was asked for.
    package let name: String
    /// Its curve.
    package let roc: ROC
    /// Where it is cut, and the rows so cut.
    package let threshold: Double, table: TwoByTwo
    /// What the cut is worth; of patients with several rows with limits that allow for it.
    package let sensitivity: Share, specificity: Share, ppv: Share, npv: Share, accuracy: Share
  }

  /// A share of rows, of which several may belong to one patient.
  package struct Share: Sendable {
    package let proportion: Proportion
    /// Nil where each row is a patient.
    package let clustered: ClusteredProportion?
  }

  /// Two areas, or two cut markers.
  package struct Comparison: Sendable {
    package enum Kind: Sendable {
      /// Areas of markers of the same patients.
      case paired(Estimate, ROC, ROC)
      /// Areas of a marker in two groups of patients.
      case unpaired(Estimate, ROC, ROC)
      /// How often cut markers are positive, among events or others.
      case cuts(ofEvents: Bool, McNemar, clustered: [Statistic], none: Reason?)
    }
    /// What is compared: `s100b, ndka`, or a marker in two groups.
    package let first: String, second: String
    package let kind: Kind
  }

  /// The outcome's column, and the value that counts as event.
  package let outcome: String, event: String
  /// What was asked.
  package let options: Options
  /// Rows used, patients of whom they are, and rows left out as a value is missing.
  package let count: Int, patients: Int, missing: Int
  /// Number of events.
  package let events: Int
  /// One for each marker asked for.
  package let markers: [Marker]
  /// Each marker in both groups, and pairs of markers: all pairs of up to 50, else each with the first.
  package let comparisons: [Comparison]
  /// Of the probabilities asked for, and of the model.
  package let predictions: [Prediction]
  /// Rows of the other table on which the model is judged, and those left out of them.
  package let validated: (used: Int, missing: Int)?
  /// The model.
  package let model: LogisticModel?
  /// The same as it is kept.
  package let saved: SavedModel?
  /// Limits of its coefficients, worked out once as those of a wide model take long.
  package let limits: [(lower: Cell, upper: Cell)]
  /// What was noticed.
  package let findings: [Finding]

  /// - `table`: The rows.
  /// - `validation`: Other rows on which the model is judged; nil for those that it is fitted to.
  /// - `progress`: Told how much of the model's limits is done, 0 to 1.
  /// - Throws: `ModelError` with a sentence that says what must be.
  package init(
    _ table: Table, _ options: Options, validation: Table? = nil, progress: (Double) -> Void = { _ in }
  ) throws(ModelError) {
    var table = table, options = options
    if let saved = options.saved {
      let (predicting, column) = try saved.predicting(table, times: false)
      (table, options.probability) = (predicting, column)
    }
    let outcome = try Self.check(options)
    try table.require(.probability, options.probability)
    self.outcome = outcome
    self.options = options
    let response = try table.outcomeTerm(outcome)
    let (frame, rows) = try Self.frame(of: table, response, options)
    guard let y = frame.outcome.indicators else {
      throw ModelError.at("outcome '\(outcome)'", "is a time, must be one of two values.")
    }
    event = frame.event
    try rows.requireSeveralPatients(options.subject)
    let clusters = try rows.subjects(options.subject)
    (count, patients) = (y.count, clusters.patients(y.count))
    missing = table.count - y.count
    events = y.count { $0 == 1 }
    let isEvent = y.map { $0 == 1 }
    var values: [[Double]] = [], markers: [Marker] = []
    for name in options.markers {
      values.append(try rows.calculated(name).map { $0 ?? 0 })
      markers.append(try Self.marker(name, values[values.count - 1], isEvent, clusters, options))
    }
    self.markers = markers
    var comparisons = try Self.groupComparisons(rows, values, isEvent, clusters, options)
    for (i, j) in Self.pairs(markers.count) {
      comparisons += Self.compared(markers[i], markers[j], values[i], values[j], isEvent, clusters, options)
    }
    self.comparisons = comparisons
    var predictions: [Prediction] = [],
      findings = Self.remarks(markers, options, missing: table.count - y.count, table.count) + frame.outside
    findings += table.subjectFindings(
      options.subject, modelled: table.namesClusters(options.model))
    findings += OutcomeCoding.guess(outcome, event: event, named: options.positive)
    if let column = options.probability {
      predictions.append(
        try Prediction(column, try rows.numbers(column).map { $0 ?? 0 }, y, clusters, isApparent: false, options))
    }
    if let saved = options.saved { findings += saved.findings(table) + saved.findings(outcome, event) }
    let fitted = try Self.fitted(response, rows, y, validation, options)
    saved = fitted.map { fitted in
      SavedModel(
        .logistic(fitted.kept), formula: "\(outcome) ~ \(options.model ?? "")", outcome: [outcome], event: frame.event,
        rows: y.count, patients: clusters.patients(y.count), events: y.count { $0 == 1 }, table.source)
    }
    findings += fitted?.judged.findings ?? []
    if let validation { findings += table.shared(with: validation) }
    model = fitted?.model
    limits = model?.limits(alpha: options.alpha, progress: progress) ?? []
    self.predictions = predictions + (fitted.map { [$0.judged.prediction] } ?? [])
    validated = fitted?.judged.validated
    self.findings = findings
  }

  /// The rows in which nothing that is asked about is missing.
  private static func frame(
    of table: Table, _ response: Formula.Expression, _ options: Options
  ) throws(ModelError) -> (ModelFrame, Table) {
    for name in options.markers { _ = try table.calculated(name) }
    let markers = try options.markers.map(table.term), model = try options.model.map(table.rightSide)
    let everything = try Formula(
      response, .sum(markers + [options.probability.map { .call("I", [.column($0)]) }, model].compactMap { $0 }))
    let used = try table.columns(everything.columns + [options.group, options.subject].compactMap { $0 })
    let grouped = try used.present(options.group).present(options.subject)
      .naming(options.positive, eventOf: everything.response!)
    let frame = try ModelFrame(everything, grouped)
    return (frame, grouped.rows(frame.rows))
  }

  /// How a model is judged.
  private typealias Judged = (prediction: Prediction, findings: [Finding], validated: (Int, Int)?)

  /// The model that is asked for; nil where none is.
  private static func fitted(
    _ response: Formula.Expression, _ rows: Table, _ outcome: [Double], _ validation: Table?, _ options: Options
  ) throws(ModelError) -> (model: LogisticModel, kept: FittedLogistic, judged: Judged)? {
    guard let right = options.model else { return nil }
    let frame = try ModelFrame(Formula(response, clustered(rows.rightSide(right), options.subject)), rows)
    let model = try LogisticModel(frame, firth: options.isFirth)
    return (model, FittedLogistic(frame, model), try judged(model, frame, outcome, validation, options))
  }

  /// The column of the outcome.
  private static func check(_ options: Options) throws(ModelError) -> String {
    guard case .binary(let outcome)? = options.outcome else {
      throw ModelError.at(
        "diagnostic",
        "the outcome is \(options.outcome == nil ? "not named" : "a time"), must be a column of two values.")
    }
    guard !options.markers.isEmpty || options.model != nil || options.probability != nil else {
      throw ModelError.at("diagnostic", "nothing is asked about, name a marker, a model or a column of probabilities.")
    }
    if let prevalence = options.prevalence, !(prevalence > 0 && prevalence < 1) {
      throw ModelError.value("prevalence", prevalence, must: "above 0 and below 1")
    }
    return outcome
  }

  /// A model's worth on other rows or, with a remark, on its own.
  private static func judged(
    _ model: LogisticModel, _ frame: ModelFrame, _ outcome: [Double], _ validation: Table?, _ options: Options
  ) throws(ModelError) -> Judged {
    guard let validation else {
      let corrected = CorrectedLogistic(frame, outcome, options)
      let flattery = Finding(
        .warning, "model",
        "is judged on the rows that it was fitted to, which flatters it."
          + (options.bootstraps > 0 ? " The statistics 'corrected' take the optimism off." : ""),
        advice: options.bootstraps > 0 ? nil : .correctOptimism)
      return (
        try Prediction(
          "model", model.probabilities, outcome, frame.clusters, isApparent: true, options,
          optimism: corrected?.statistics ?? []),
        (corrected?.findings ?? []) + [flattery], nil
      )
    }
    let other = try frame.applied(to: validation)
    guard let truth = other.outcome.indicators else { preconditionFailure("the same outcome") }
    let probabilities = model.predictors(other.matrix, offset: other.offset).map(expit)
    let missing = Finding(
      .note, "validation",
      "\(other.missing) of \(validation.count) rows are left out, as a value that is needed is missing.")
    return (
      try Prediction("model", probabilities, truth, other.clusters, isApparent: false, options),
      (other.missing > 0 ? [missing] : []) + other.outside, (truth.count, other.missing)
    )
  }
}
