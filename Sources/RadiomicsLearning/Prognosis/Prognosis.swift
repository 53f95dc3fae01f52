import RadiomicsCore
import RadiomicsStatistics

/// What markers, groups and a model say about the time until an event.
package struct Prognosis: Sendable {
  /// Where a marker or a linear predictor is cut into groups of risk.
  package enum Cut: Sendable, Hashable {
    /// At the median of the rows that a model is fitted to, or of all rows.
    case median
    /// At a value chosen elsewhere.
    case at(Double)
    /// Where the log-rank statistic of these rows is largest, its P corrected for the search.
    case optimal
  }

  /// What is asked.
  package struct Options: AsksOfRoles, Sendable {
    /// Who is who.
    package var roles = Roles()
    /// Calculations of columns, such as `cm_joint_entr` or `log(volume)`.
    package var markers: [String] = []
    /// Whether each column of numbers that is not named is a marker, with the rows that have it.
    package var isScreen = false
    /// The columns that a screen takes; nil for all.
    package var screened: [String]?
    /// The right side of a formula of a Cox model, and the function of `tt()` in it.
    package var model: String?, timeTransform: String?
    /// How ties are counted, whether covariances come from the rows' influences.
    package var ties = Ties.efron, isRobust = false
    /// A model that was kept, which is judged on these rows and predicts in place of such columns.
    package var saved: SavedModel?
    /// A column of linear predictors of a model made elsewhere, and columns of probabilities of the event until a time.
    package var predictor: String?, risks: [(time: Double, column: String)] = []
    /// Where markers, predictors and the model are cut; nil for no groups of risk. And where those of a name are, `model` the model.
    package var cut: Cut? = .median, cuts: [String: Double] = [:]
    /// Times at which results are given; without them those by which a quarter, half and three quarters of events have happened.
    package var times: [Double] = []
    /// The horizon of restricted means and of pairs that count for concordance; nil for the largest time seen in every group.
    package var horizon: Double?
    /// On which scale limits of survival are symmetric.
    package var interval = KaplanMeier.Interval.logLog
    /// One minus the level of confidence.
    package var alpha = 0.05
    /// Samples with replacement that correct the model's apparent worth, and where they begin.
    package var bootstraps = 0, seed: UInt64 = 1
    /// Threads that samples may use.
    package var lanes = Lanes(jobs: 1)
    /// Log–log limits, 95 %.
    package init() {}
  }

  /// What was asked.
  package let options: Options
  /// Rows used, patients of whom they are, and rows left out as a value is missing.
  package let count: Int, patients: Int, missing: Int
  /// Times of the rows used; with competing events these count as censored.
  package let times: SurvivalTimes
  /// The times at which results are given.
  package let moments: [Double]
  /// Survival of all, or of each group.
  package let groups: SurvivalGroups
  /// One for each marker asked for.
  package let markers: [PrognosticMarker]
  /// The model.
  package let model: PrognosticModel?
  /// Groups of risk by markers, the predictor or the model.
  package let riskGroups: [RiskGroups]
  /// How good predictors and the model are.
  package let performances: [SurvivalPerformance]
  /// The model as it is kept, Fine and Gray's where there are several kinds of events; nil without one.
  package let saved: SavedModel?
  /// Survival that the model predicts for other patients: for each one value for each time.
  package let predicted: [[PredictedSurvival]]
  /// The share of these patients who will have had the event of interest first, if there are several kinds of events.
  package let predictedIncidences: [[Double]]?
  /// Several kinds of events.
  package let competing: CompetingAnalysis?
  /// What was noticed.
  package let findings: [Finding]

  /// - `table`: The rows.
  /// - `validation`: Other rows on which the model is judged; nil for those that it is fitted to.
  /// - `patients`: Rows for which the model predicts.
  /// - Throws: `ModelError` with a sentence that says what must be.
  package init(
    _ table: Table, _ options: Options, validation: Table? = nil, patients: Table? = nil
  ) throws(ModelError) {
    var table = table, options = options
    if let saved = options.saved {
      let (predicting, column) = try saved.predicting(table, times: true)
      (table, options.predictor) = (predicting, column)
    }
    self.options = options
    try Self.requireRoles(table, validation, options)
    let rows = try PrognosticRows(table, options)
    (count, missing, times) = (rows.table.count, rows.missing, rows.times)
    self.patients = rows.clusters.patients(count)
    guard times.events > 0 else {
      throw ModelError.at(
        "event '\(options.event)'",
        "none in \(times.count) rows\(rows.missing > 0 ? " without missing values" : ""), must be at least one.")
    }
    moments = options.times.isEmpty ? Self.moments(times) : options.times
    groups = try SurvivalGroups(rows, moments, options)
    var findings = rows.findings + (validation.map(table.shared) ?? []), markers: [PrognosticMarker] = [],
      riskGroups: [RiskGroups] = []
    let screen = CoxScreen(times, ties: options.ties)
    for name in options.isScreen ? try rows.screened(options, &findings) : [] {
      markers.append(try PrognosticMarker(name, rows.table.numbers(name), rows, screen, options))
    }
    for name in options.markers {
      let values = try rows.table.calculated(name).map { $0 ?? 0 }
      markers.append(try PrognosticMarker(name, values, rows, screen, options))
      try Self.add(name, values, rows, moments, options, &riskGroups, &findings)
    }
    self.markers = PrognosticMarker.adjusted(markers)
    var performances = try Self.predictions(rows, moments, options, &riskGroups, &findings)
    model = try PrognosticModel(rows, moments, options)
    if let model {
      let judged = try model.judged(rows, validation, moments, options)
      if let groups = judged.groups { riskGroups.append(groups) }
      if let performance = judged.performance { performances.append(performance) }
      findings += model.findings + judged.findings
    }
    competing = try CompetingAnalysis(rows, moments, options)
    if let patients, let model {
      predicted = patients.inFileOrder(try model.survival(of: patients, at: moments, options))
    } else {
      predicted = []
    }
    if let patients, let competing {
      predictedIncidences = try competing.incidences(of: patients, at: moments).map(patients.inFileOrder)
    } else {
      predictedIncidences = nil
    }
    saved = Self.kept(rows, model, competing, options, table.source)
    findings +=
      Self.remarks(table, options)
      + (options.saved.map { $0.findings(rows.table) + $0.findings(options.event, rows.event) } ?? [])
      + (options.saved?.findings(at: moments) ?? [])
    self.riskGroups = riskGroups
    self.performances = performances
    self.findings = findings + riskGroups.flatMap(\.findings) + performances.flatMap(\.findings)
  }

  private static func requireRoles(_ table: Table, _ validation: Table?, _ options: Options) throws(ModelError) {
    for table in [table, validation].compactMap({ $0 }) {
      if options.start == nil { try table.require(.followUp, options.time) }
      try table.require(.weight, options.weights)
    }
    for (_, column) in options.risks { try table.require(.probability, column) }
  }

  /// A Cox model with an elastic net, as it is kept.

  /// - `mix`: From 0, ridge, to 1, lasso.
  /// - `penalty`: Its size; nil for what cross-validation finds.
  package static func penalised(
    _ table: Table, _ options: Options, mix: Double, penalty: Double?
  ) throws(ModelError) -> (model: SavedModel, findings: [Finding]) {
    let rows = try PrognosticRows(table, options)
    var regression = PenalisedCoxRegression(options.model ?? "1", mix: mix, penalty: penalty)
    regression.patients = rows.clusters
    let fitted = try regression.fit(rows.table, .survival(rows.times), seed: options.seed)
    return (kept(rows, .cox(fitted), options, table.source), rows.findings)
  }

  private static func kept(
    _ rows: PrognosticRows, _ model: SavedModel.Model, _ options: Options, _ source: Table.Source
  ) -> SavedModel {
    let outcome = [options.start, options.time, options.event].compactMap { $0 }
    return SavedModel(
      model, formula: "Surv(\(outcome.joined(separator: ", "))) ~ \(options.model ?? "")", outcome: outcome,
      event: options.cause.map(numberText) ?? rows.event, rows: rows.table.count,
      patients: rows.clusters.patients(rows.table.count), events: rows.times.events, source)
  }

  /// What is kept of the model.
  private static func kept(
    _ rows: PrognosticRows, _ model: PrognosticModel?, _ competing: CompetingAnalysis?, _ options: Options,
    _ source: Table.Source
  ) -> SavedModel? {
    var kept: SavedModel.Model?
    if let regression = competing?.regression {
      kept = .fineGray(FittedFineGray(regression.frame, regression.model))
    } else if competing == nil {
      kept = model?.fitted.map { .cox($0) }
    }
    return kept.map { self.kept(rows, $0, options, source) }
  }

  /// Predictors and risks of models made elsewhere.
  private static func predictions(
    _ rows: PrognosticRows, _ moments: [Double], _ options: Options, _ groups: inout [RiskGroups],
    _ findings: inout [Finding]
  ) throws(ModelError) -> [SurvivalPerformance] {
    var performances: [SurvivalPerformance] = []
    if let column = options.predictor {
      let values = try rows.table.numbers(column).map { $0 ?? 0 }
      try add(column, values, rows, moments, options, &groups, &findings)
      if let saved = options.saved?.model {
        performances.append(try SurvivalPerformance(column, saved, values, rows, moments, options))
      } else {
        performances.append(try SurvivalPerformance(column, predictor: values, rows, moments, options))
      }
    }
    var risks: [(time: Double, values: [Double])] = []
    for (time, column) in options.risks { risks.append((time, try rows.table.numbers(column).map { $0 ?? 0 })) }
    // Columns of different times are one prediction; of the same time, several.
    if Set(risks.map(\.time)).count == risks.count, !risks.isEmpty {
      let name = options.risks.map(\.column).joined(separator: ", ")
      return performances + [try SurvivalPerformance(name, risks: risks, rows, options)]
    }
    for (risk, column) in zip(risks, options.risks.map(\.column)) {
      performances.append(try SurvivalPerformance(column, risks: [risk], rows, options))
    }
    return performances
  }

  /// Groups of risk, or why there are none.
  private static func add(
    _ name: String, _ values: [Double], _ rows: PrognosticRows, _ moments: [Double], _ options: Options,
    _ groups: inout [RiskGroups], _ findings: inout [Finding]
  ) throws(ModelError) {
    guard let cut = options.cut(of: name) else { return }
    do throws(ModelError) {
      groups.append(try RiskGroups(name, values, rows, cut, moments, options))
    } catch {
      findings.append(cut.finding(name, error))
    }
  }

  /// What must be known to read the results rightly.
  private static func remarks(_ table: Table, _ options: Options) -> [Finding] {
    var findings: [Finding] = []
    if options.cause != nil {
      findings.append(
        Finding(
          .warning, "cause",
          "survival, markers, Cox models, predicted survival, AUC(t), Brier(t) and calibration (O/E) count the other events as censored, so "
            + "that the event looks more frequent than patients will see. How often each event comes first is under competing events."
        ))
    }
    findings += table.subjectFindings(
      options.subject, modelled: table.namesClusters(options.model))
    if options.subject != nil, options.cause != nil {
      findings.append(
        Finding(
          .note, "cause",
          "Gray's test assumes independent rows; errors of cumulative incidences and of Fine and Gray's model do not."
        ))
    }
    if let start = options.start, options.subject == nil, table["subject"] == nil {
      findings.append(
        Finding(
          .note, start,
          "each row counts as a patient of its own.", advice: .nameSubjects))
    }
    if let weights = options.weights {
      findings.append(
        Finding(
          .note, weights,
          "weights count in survival, Cox models and concordance, not in tests of groups, groups of risk, AUC(t), Brier(t) and calibration."
        ))
    }
    return findings
  }

  /// The times by which a quarter, half and three quarters of the events have happened.
  private static func moments(_ times: SurvivalTimes) -> [Double] {
    let events = times.stop.indices.filter { times.isEvent[$0] }.map { times.stop[$0] }.sorted()
    let quarters = [1, 2, 3].map { events[min(events.count - 1, $0 * events.count / 4)] }
    return quarters.enumerated().filter { $0 == 0 || $1 > quarters[$0 - 1] }.map(\.1)
  }
}

/// The rows of a table that an analysis of times uses: nothing that is needed is missing in them.
package struct PrognosticRows {
  let table: Table, missing: Int
  let times: SurvivalTimes
  /// Numbers from 0 of the patients; nil where each row is one.
  let clusters: [Int]?
  /// Kind of event of each row, 0 for none, where there are several.
  let kinds: [Int]?
  /// How the outcome stands in a formula.
  let response: Formula.Expression
  /// The right side of the model that is asked for, of the file's columns: what `tt()` makes is not among them.
  let model: Formula.Expression?
  /// The value of the event's column that is the event.
  let event: String
  let findings: [Finding]

  init(_ table: Table, _ options: Prognosis.Options) throws(ModelError) {
    let event = try table.outcomeTerm(options.event), ends = [options.start, options.time].compactMap { $0 }
    response = .call(
      "Surv",
      try ends.map(table.outcomeTerm) + [options.cause.map { .binary("==", event, .number($0)) } ?? event])
    let named =
      [options.subject, options.group, options.stratify, options.predictor, options.weights].compactMap { $0 }
      + options.risks.map(\.column)
    for name in named where table[name] == nil { _ = try table.numbers(name) }
    let weights = try options.weights.map { name throws(ModelError) in try table.numbers(name) }
    let kept = (0..<table.count).filter { row in
      named.allSatisfy { !table[$0]!.isMissing(row) } && weights?[row] != 0
    }
    guard !kept.isEmpty else {
      throw ModelError.at("rows", "in each of \(table.count) a value that is needed is missing, or the weight is 0.")
    }
    for name in options.markers { _ = try table.calculated(name) }
    model = try options.model.map(table.rightSide)
    let formula = try Formula(response, .sum(try options.markers.map(table.term) + [model].compactMap { $0 }))
    let used =
      options.isScreen
      ? table
      : try table.columns(
        formula.columns + named + (options.saved?.model.fitted.columns.needed ?? []))
    let whole = try used.naming(options.positive, eventOf: formula.response!)
    var present = whole.rows(kept)
    // Whether tt() is missing does not depend on time.
    present = try formula.withoutTime(present)
    let frame = try ModelFrame(formula, present, weights: options.weights, codedBy: whole)
    guard case .survival(let times) = frame.outcome else { preconditionFailure("Surv() is a time") }
    self.table = present.rows(frame.rows)
    self.event = frame.event
    self.times = times
    try self.table.requireSeveralPatients(options.subject)
    clusters = try self.table.subjects(options.subject)
    missing = table.count - frame.rows.count
    if let cause = options.cause { kinds = try Self.kinds(cause, options, self.table) } else { kinds = nil }
    findings =
      (missing > 0
        ? [
          Finding(
            .note, "rows",
            "\(missing) of \(table.count) are left out, as a value that is needed is missing\(weights == nil ? "" : " or the weight is 0")."
          )
        ] : []) + frame.outside
  }

  /// 0 for censored rows, 1 for the event of interest, 2 and so on for others in their order.
  private static func kinds(_ cause: Double, _ options: Prognosis.Options, _ table: Table) throws(ModelError)
    -> [Int]
  {
    guard options.start == nil else {
      throw ModelError.at(
        "start '\(options.start!)'", "competing events are not analysed with late entry; leave out one of both.")
    }
    if case .categories? = table[options.event], table.oddCell(of: options.event) == nil {
      throw ModelError.at(
        "event '\(options.event)'",
        "has words, must have numbers where there are several kinds of events, 0 for none. Ask about one kind, "
          + "which the others end as if censored, by a calculation such as \"\(options.event) == 'relapse'\".")
    }
    let values = try table.calculated(options.event).map { $0 ?? 0 }, all = Set(values).sorted()
    guard cause != 0, all.contains(cause) else {
      throw ModelError.at(
        "cause",
        "is \(numberText(cause)), must be one of the events of '\(options.event)': "
          + "\(all.filter { $0 != 0 }.map(numberText).joined(separator: ", ")).")
    }
    let order = [0, cause] + all.filter { $0 != 0 && $0 != cause }
    return values.map { value in order.firstIndex(of: value)! }
  }

  /// Columns of numbers without another role and that do not say what a row is of.
  /// - `findings`: Columns that were meant as numbers and are left out.
  func screened(_ options: Prognosis.Options, _ findings: inout [Finding]) throws(ModelError) -> [String] {
    let named = [options.subject, options.weights, options.group, options.stratify, options.predictor].compactMap { $0 }
    let formula = try Formula(response, options.model.map(table.rightSide) ?? .number(1))
    let used = Set(named + options.risks.map(\.column) + formula.columns)
    var names: [String] = [], identifying: [String] = []
    for name in options.screened ?? table.names where !used.contains(name) {
      if IdentifyingColumns.contains(name) {
        identifying.append(name)
      } else if let odd = table.oddCell(of: name) {
        findings.append(Finding(.warning, odd.place, "\(odd.finding) The column is left out of the screen."))
      } else if case .numbers(let values)? = table[name], values.contains(where: { $0 != nil }) {
        names.append(name)
      }
    }
    let others = identifying.isEmpty ? "" : "; \(identifying.joined(separator: ", ")) say what a row is of and are none"
    findings.append(
      Finding(
        .note, "screen",
        "\(names.count) columns of numbers \(options.screened == nil ? "without another role" : "that were chosen") are markers\(others)."
      ))
    return names
  }

  /// Numbers from 0 and names of the groups of a column.
  func codes(_ column: String) throws(ModelError) -> (codes: [Int], names: [String]) {
    let words = table[column]!.words.map { $0! }, names = Column.Values.levels(words)
    let code = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return (words.map { code[$0]! }, names)
  }

  /// Weights of the rows; nil if there are none.
  func weights(_ options: Prognosis.Options) throws(ModelError) -> [Double]? {
    try options.weights.map { name throws(ModelError) in try table.numbers(name).map { $0 ?? 0 } }
  }
}
