import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What is asked of a signature before it is used at another place: whether it should be fitted anew there, for whom it does well, and who is
/// treated otherwise than by what was used before.
package struct SignatureTransport: Sendable {
  /// Rows by the words of a column.
  package struct Subgroups: Sendable {
    /// The column, and its words by their numbers.
    package let column: String, names: [String]
    /// How well rows of each are ordered, and whether predictions of them are right.
    package let parts: [ThreeWays.Part], calibration: [SiteCalibration]

    /// Whether groups differ in how well rows of them are ordered; nil unless two have an error.
    package var heterogeneity: Heterogeneity? { Heterogeneity(parts.compactMap(\.value.estimate)) }
    /// Whether they differ in observed over expected, by its logarithm.
    package var heterogeneityOfCalibration: Heterogeneity? {
      Heterogeneity(
        calibration.compactMap { part in
          func number(_ name: String) -> Double? {
            part.statistics.first { $0.name == name }?.cells.first?.value
          }
          guard let ratio = number("O_over_E"), ratio > 0, let error = number("O_over_E_se") else { return nil }
          return Estimate(log(ratio), error: error / ratio)
        })
    }
  }

  /// Rows in another group by the signature than by another one.
  package struct Changes: Sendable {
    /// For each who they are, by the column that names patients, else by their line.
    package let names: [String]
    /// In their order; `row` counts the rows compared.
    package let all: [GroupChange]
    /// Rows compared, and names of the groups.
    package let count: Int, groups: [String]
    /// By how much better this signature orders these rows: all pairs, and pairs of one site; nil without sites.
    package let difference: EstimateCell, withinSite: EstimateCell?
    /// Net reclassification by the groups of risk, of times until the horizon; empty of numbers.
    package let reclassification: [Statistic]
  }

  /// The signature fitted anew, from nothing to everything; or why it is not.
  package let updating: Result<ModelUpdating, ModelError>
  package let subgroups: [Subgroups]
  /// How much is lost where a column that the signature needs is shuffled within sites, in their order; empty where performance is undefined.
  package let importance: [(name: String, loss: PermutationImportance)]
  /// Nil without another signature.
  package let changes: Changes?

  /// - `subgroups`: Columns whose words divide rows.
  /// - `base`: What was used before; its groups must be as many.
  /// - `subject`: The column that names patients.
  package init(
    _ validation: SignatureValidation, _ signature: Signature, subgroups: [String] = [], base: Signature? = nil,
    subject: String? = nil, seed: UInt64 = 1
  ) throws(ModelError) {
    let rows = validation.rows, linear = validation.applied.map { $0.linear ?? 0 }
    do throws(ModelError) { updating = .success(try Self.updated(signature, rows, linear)) } catch {
      updating = .failure(error)
    }
    var found: [Subgroups] = []
    for column in subgroups {
      let groups = try RowGroups.subgroups(column, rows.table)
      let ways = try ThreeWays(linear, rows.observed, sites: groups.codes, patients: rows.patients)
      let predictions = validation.applied.map { $0.prediction ?? 0 }
      let outcome = rows.calibrated(predictions, horizon: signature.predicted.horizon)
      found.append(
        Subgroups(
          column: column, names: groups.names, parts: ways.sites,
          calibration: outcome.map { SiteCalibration.all($0, sites: groups.codes, patients: rows.patients) } ?? []))
    }
    self.subgroups = found
    importance = try Self.importance(signature, rows, linear, seed)
    changes = try base.map { (base) throws(ModelError) in
      try Self.changes(from: base, to: signature, rows, linear, subject)
    }
  }

  /// Twenty shuffles of each column; none of more than 200 columns.
  private static func importance(
    _ signature: Signature, _ rows: StudyRows, _ linear: [Double], _ seed: UInt64
  ) throws(ModelError) -> [(name: String, loss: PermutationImportance)] {
    let columns = signature.inputs.compactMap { rows.table.column($0.name) }
    guard (1...200).contains(columns.count) else { return [] }
    let found = try PermutationImportance.all(
      columns: columns.count, rows: rows.count, blocks: rows.sites?.codes, seed: seed, on: Lanes(jobs: 1),
      predictions: { (shuffled) throws(ModelError) in
        guard let shuffled else { return linear }
        let name = columns[shuffled.column].name
        guard let column = rows.table.rows(shuffled.from).column(name) else { return linear }
        return try signature.predictor.linearPredictors(rows.table.with(column))
      },
      performance: { values in
        let ways = try? ThreeWays(
          values, rows.observed, sites: rows.sites?.codes, patients: rows.patients)
        return ways.flatMap { SignaturePerformance($0).first.value }
      })
    return zip(columns, found ?? []).map { ($0.name, $1) }
  }

  private static func updated(
    _ signature: Signature, _ rows: StudyRows, _ linear: [Double]
  ) throws(ModelError) -> ModelUpdating {
    if rows.treatment != nil {
      throw ModelError.at("updating", "is of predicted outcomes, which a treatment's effect is not.")
    }
    let terms = try signature.predictor.terms(of: rows.table)
    let patients = Set(rows.patients).count < rows.count ? rows.patients : nil
    let names = terms?.names ?? []
    switch rows.outcome {
    case .binary(let events):
      return try ModelUpdating(linear, events, design: terms?.rows, names: names, clusters: patients)
    case .survival(let times):
      let expected = signature.predictor.baseline.map { baseline in
        zip(times.stop, linear).map { baseline.value(at: $0) * exp($1) }
      }
      return try ModelUpdating(
        linear, times, expected: times.hasEntry ? nil : expected, design: terms?.rows, names: names, clusters: patients)
    case .number(let numbers):
      return try ModelUpdating(linear, numbers, design: terms?.rows, names: names, clusters: patients)
    case .competing:
      throw ModelError.outcome(rows.outcome.kind, needs: "updating needs one event, whose hazard it recalibrates")
    }
  }

  private static func changes(
    from base: Signature, to signature: Signature, _ rows: StudyRows, _ linear: [Double], _ subject: String?
  ) throws(ModelError) -> Changes {
    guard base.cuts.count == signature.cuts.count else {
      throw ModelError.groups(
        "the other signature has \(base.cuts.count + 1), must have \(signature.cuts.count + 1) as this one. Train both with as many."
      )
    }
    let before = try base.apply(rows.table), known = before.indices.filter { before[$0].linear != nil }
    guard !known.isEmpty else {
      throw ModelError.at(
        "rows", "none has a prediction by the other signature: \(before.compactMap(\.reason).first ?? "").")
    }
    let judged = rows.rows(known), own = judged.table
    let patients = Set(judged.patients).count < judged.count ? judged.patients : nil
    let first = known.compactMap { before[$0].linear }, second = known.map { linear[$0] }
    let groups = (
      first.map { value in base.cuts.count { value > $0 } }, second.map { value in signature.cuts.count { value > $0 } }
    )
    let all = GroupChange.all(
      base: first, extended: second, groups: groups,
      try signature.predictor.terms(of: own), try base.predictor.terms(of: own))
    let labels = subject.flatMap { own.labels($0) }
    return Changes(
      names: all.map { labels?[$0.row] ?? own.place($0.row) }, all: all, count: known.count,
      groups: signature.groupNames,
      difference: discriminationDifference(first, second, judged.observed, patients: patients),
      withinSite: judged.sites.map {
        discriminationDifference(first, second, judged.observed, sites: $0.codes, patients: patients)
      },
      reclassification: try reclassification(
        groups, signature.cuts.count + 1, judged.outcome, patients, horizon: signature.predicted.horizon))
  }

  /// Groups stand for probabilities between equal cuts, so that only which group counts.
  private static func reclassification(
    _ groups: ([Int], [Int]), _ count: Int, _ outcome: Outcome, _ patients: [Int]?, horizon: Double?
  ) throws(ModelError) -> [Statistic] {
    func places(_ codes: [Int]) -> [Double] { codes.map { (Double($0) + 0.5) / Double(count) } }
    let rule = Reclassification.Rule.categories((1..<count).map { Double($0) / Double(count) })
    let (before, after) = (places(groups.0), places(groups.1))
    switch (outcome, horizon) {
    case (.binary(let events), _):
      guard Set(events).count == 2 else { return [] }
      return try Reclassification(before, after, events, rule, clusters: patients).statistics()
    case (.survival(let times), let horizon?):
      return (try? SurvivalReclassification(before, after, times, horizon: horizon, rule, .kaplanMeier).statistics)
        ?? []
    default: return []
    }
  }
}

extension Signature {
  /// Names of the groups of risk, the lowest first.
  package var groupNames: [String] {
    ((cuts.first.map { [$0.nextDown] } ?? [0]) + cuts.map(\.nextUp)).map(group)
  }
}

extension SignaturePredictor {
  /// What each column that counts adds to the linear predictor of rows, against the mean of these; nil of a predictor that is no sum.
  func terms(of table: Table) throws(ModelError) -> LinearTerms? {
    guard case .pipeline(let pipeline) = self, case .linear(let model) = pipeline.model else { return nil }
    var own = table
    for step in pipeline.steps { own = try step.fitted.apply(own) }
    var columns: [String: [Double]] = [:]
    let features = pipeline.features.isEmpty ? nil : try own.design(of: pipeline.features)
    for (place, name) in pipeline.features.enumerated() { columns[name] = features?.column(place) }
    if let clinical = pipeline.clinical {
      let design = try clinical.covariates(of: own).design
      for (place, name) in clinical.design.names.enumerated() { columns[name] = design.column(place) }
    }
    let terms = model.terms, values = terms.compactMap { columns[$0.name] }
    guard values.count == terms.count, !terms.isEmpty else { return nil }
    return LinearTerms(
      terms.map(\.name), coefficients: terms.map(\.coefficient), means: values.map(mean),
      rows: Matrix(columns: values, rows: table.count))
  }

  /// The cumulative hazard of a row with a linear predictor of 0; nil without times, or of several pipelines.
  var baseline: BaselineHazard? {
    if case .pipeline(let pipeline) = self, case .linear(let model) = pipeline.model { model.baseline } else { nil }
  }
}
