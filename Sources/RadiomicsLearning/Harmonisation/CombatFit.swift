import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension Combat {
  /// Learns from rows; those without batch or covariate do not count. The same rows in another order give the same bits.
  package func fit(_ rows: Table, seed: UInt64 = 1) throws(ModelError) -> FittedCombat { try learn(rows).fitted }

  /// The same, with what was noticed.
  package func learn(_ rows: Table) throws(ModelError) -> (fitted: FittedCombat, findings: [Finding]) {
    do throws(SettingError) { try check() } catch { throw ModelError(error.message) }
    guard !features.isEmpty else {
      throw ModelError.at("features", "none is named, must be at least one column to harmonise.")
    }
    let formula = try BatchCovariates.formula(covariates, rows)
    let covariateNames = formula?.columns ?? []
    let needed = batch + covariateNames + (subject.map { [$0] } ?? [])
    for name in needed where rows[name] == nil { _ = try rows.numbers(name) }
    for name in features where needed.contains(name) {
      throw ModelError.term(
        name, "is a feature and \(batch.contains(name) ? "the batch" : "a covariate") too, must be one of them.")
    }
    var table = rows.only(Set(needed + features + acquisition))
    let complete = (0..<table.count).filter { row in needed.allSatisfy { !table[$0]!.isMissing(row) } }
    var findings = BatchCovariates.findings(covariateNames, rows)
    if complete.count < table.count {
      findings.append(
        Finding(
          .warning, needed.joined(separator: ", "),
          "\(table.count - complete.count) of \(table.count) rows have an empty cell there, and nothing is learnt from them."
        ))
    }
    // Rows in the order of what they hold. What only sums over rows looks features up where they stand, as copying costs as much as
    // the sums.
    let isComplete = Set(complete)
    var places = table.contentOrder.rows.filter(isComplete.contains)
    let known = table.only(Set(needed + acquisition)).rows(places)
    if batch.count > 1 || method == .covbat || method == .longitudinal {
      table = table.rows(places)
      places = Array(places.indices)
    }
    var steps: [CombatStep] = []
    for column in batch {
      let (step, noticed) = try learn(column, known, table, places, formula)
      findings += noticed
      steps.append(step)
      if steps.count < batch.count { table = try step.apply(table) }
    }
    return (FittedCombat(method: method, steps: steps), findings)
  }

  /// - `known`: Batches, covariates and whatever else is no feature.
  /// - `places`: Where each of these rows stands in `table`, which has the features.
  private func learn(
    _ column: String, _ known: Table, _ table: Table, _ places: [Int], _ formula: Formula?
  ) throws(ModelError) -> (CombatStep, [Finding]) {
    let labels = try known.batchLabels(column, "batch"), factor = Factor(name: column, labels), names = factor.levels
    guard names.count > 1 else {
      throw ModelError.term(
        column,
        "\(names.isEmpty ? "there are no rows with a batch" : "all rows are of one batch, '\(names[0])'"), must be at least two: "
          + "there is nothing to harmonise.")
    }
    let place = try self.place(of: reference, in: names, column)
    let columns = try formula.map { (formula) throws(ModelError) in
      ModelColumns(formula, try Design(formula, known, hasIntercept: false, isCentred: true), known)
    }
    let matrix = try columns?.design.matrix(known) ?? Matrix(columns: [], rows: known.count)
    let design = BatchDesign(factor.codes, batchCount: names.count, covariates: matrix, places: places)
    try BatchCovariates.check(design, columns?.design, batch: column)
    var values: [[Double?]] = []
    for feature in features { values.append(try table.numbers(feature)) }
    let rows = TrainingRows(
      table: known, factor: factor, design: design, values: values,
      fingerprints: features.map { table.column($0)?.measurand?.fingerprint ?? "" }, reference: place)
    let small = smallBatches(design.counts, names, column)
    let covbat = design.counts.firstIndex { $0 < 10 }
    if method == .covbat, let covbat {
      throw ModelError.term(
        column,
        "batch '\(names[covbat])' has \(design.counts[covbat]) row\(design.counts[covbat] == 1 ? "" : "s"), must have at least 10 for "
          + "covbat, whose components are noise otherwise. Use parametric, or leave the batch out.")
    }
    let (step, left) = try estimate(rows, columns)
    return (step, small + left)
  }

  private func place(of reference: String?, in names: [String], _ column: String) throws(ModelError) -> Int? {
    guard let reference else { return nil }
    guard let place = names.firstIndex(of: reference) else {
      throw ModelError.at(
        "reference '\(reference)'",
        "is no batch of '\(column)', must be one of \(names.joined(separator: ", "))."
          + didYouMean(reference, among: names))
    }
    return place
  }

  private func smallBatches(_ counts: [Int], _ names: [String], _ column: String) -> [Finding] {
    zip(counts, names).compactMap { count, name in
      switch count {
      case 1:
        Finding(.warning, column, "batch '\(name)' has one row: its locations are corrected, its scales cannot be.")
      case ..<10:
        Finding(
          .warning, column, "batch '\(name)' has \(count) rows, fewer than 10: its effects are known roughly at best.")
      default: nil
      }
    }
  }

  private func estimate(_ rows: TrainingRows, _ columns: ModelColumns?) throws(ModelError) -> (CombatStep, [Finding]) {
    let standardisations =
      method == .longitudinal
      ? try longitudinal(rows)
      : rows.design.standardised(rows.values, reference: rows.reference, names: rows.factor.levels).map {
        ($0, [Double]())
      }
    var kept: [Int] = [], fits: [StandardisedFeature] = [], intercepts: [[Double]] = [], left: [CombatStep.Left] = []
    for (index, result) in standardisations.enumerated() {
      switch result.0 {
      case .fitted(let fit):
        kept.append(index)
        fits.append(fit)
        intercepts.append(result.1)
      case .left(let reason): left.append(.init(feature: features[index], reason: reason.text))
      }
    }
    guard !kept.isEmpty else {
      throw ModelError.at(
        "features", "none can be harmonised ('\(left[0].feature)': \(left[0].reason)), must be at least one.")
    }
    let (shrinkage, isMeanOnly) = method.shrinkage(tolerance), batches = rows.factor.levels.indices
    var effects = batches.map { batch in
      batchEffects(fits.map { $0.samples[batch] }, shrinkage, isMeanOnly: isMeanOnly)
    }
    if let reference = rows.reference { effects[reference] = fits.map { _ in BatchEffect(location: 0, scale: 1) } }
    var step = CombatStep(
      batch: rows.factor.name, levels: rows.factor.levels, counts: rows.design.counts, reference: rows.reference,
      covariates: columns, features: kept.map { features[$0] },
      fingerprints: kept.map { rows.fingerprints[$0] }, left: left,
      mean: fits.map(\.mean),
      slopes: (0..<rows.design.covariates.columns).map { slope in fits.map { $0.slopes[slope] } },
      variance: fits.map(\.variance), locations: effects.map { $0.map(\.location) },
      scales: effects.map { $0.map(\.scale) },
      subjects: subject.flatMap { method == .longitudinal ? rows.subjects($0, intercepts) : nil }, components: nil,
      acquisition: try rows.facts(acquisition))
    if method == .covbat { step.components = try components(rows, kept.map { rows.values[$0] }, step) }
    let findings = left.map { Finding(.warning, $0.feature, "is left as it is: \($0.reason).") }
    return (step, findings + (kept.count == 1 ? [Self.single] : []))
  }

  private static let single = Finding(
    .warning, "features",
    "there is one, so that nothing says what is usual in a batch: its effects are those of its rows alone.")

  /// Effects of batches on the components of what is left of training rows; missing cells count as the mean.
  private func components(
    _ rows: TrainingRows, _ values: [[Double?]], _ step: CombatStep
  ) throws(ModelError) -> ComponentEffects {
    let covariates = rows.design.covariates.columns > 0 ? rows.design.covariates : nil
    let residuals = step.residuals(values, rows.design.codes, covariates)
    let filled = residuals.map { column in
      let known = column.compactMap { $0 }, center = RadiomicsNumerics.mean(known)
      return column.map { $0 ?? center }
    }
    guard let found = PrincipalComponents(Matrix(columns: filled, rows: rows.design.codes.count), explained: explained)
    else {
      throw ModelError.at("covbat", "nothing is left of the features, must vary within batches.")
    }
    let scores = found.scores(Matrix(columns: filled, rows: rows.design.codes.count))
    let plain = BatchDesign(
      rows.design.codes, batchCount: rows.design.batchCount, covariates: Matrix(columns: [], rows: scores.rows))
    let standard = plain.standardised(
      (0..<scores.columns).map { scores.column($0).map { $0 } }, reference: rows.reference, names: step.levels)
    var fits: [StandardisedFeature] = []
    for case .fitted(let fit) in standard { fits.append(fit) }
    guard fits.count == scores.columns else {
      throw ModelError.at("covbat", "a component does not vary within a batch, must do. Use parametric.")
    }
    var effects = step.levels.indices.map { batch in batchEffects(fits.map { $0.samples[batch] }, .none) }
    if let reference = rows.reference { effects[reference] = fits.map { _ in BatchEffect(location: 0, scale: 1) } }
    return ComponentEffects(
      means: found.means, loadings: (0..<found.loadings.columns).map(found.loadings.column), centers: fits.map(\.mean),
      variances: fits.map(\.variance), locations: effects.map { $0.map(\.location) },
      scales: effects.map { $0.map(\.scale) })
  }
}

/// The rows that a step is learnt from.
struct TrainingRows {
  /// What is no feature.
  let table: Table
  let factor: Factor
  let design: BatchDesign
  /// By feature: values, in rows of which the design says where they stand, and how they were measured.
  let values: [[Double?]], fingerprints: [String]
  let reference: Int?

  /// How batches acquire images: the most frequent word, the first of several in the alphabet; the median of numbers.
  func facts(_ columns: [String]) throws(ModelError) -> [CombatStep.Fact] {
    var facts: [CombatStep.Fact] = []
    for name in columns {
      guard let values = table[name] else {
        _ = try table.numbers(name)
        continue
      }
      facts.append(CombatStep.Fact(name, values, factor.codes, factor.levels.count))
    }
    return facts
  }

  /// Intercepts by subject from those by feature.
  func subjects(_ column: String, _ intercepts: [[Double]]) -> SubjectIntercepts? {
    guard let labels = table.labels(column) else { return nil }
    let subjects = Factor(name: column, labels.map { $0 ?? "" })
    let keyed = subjects.levels.enumerated().map { index, name in
      (SubjectIntercepts.key(name), intercepts.map { $0[index] })
    }.sorted { $0.0 < $1.0 }
    return SubjectIntercepts(column: column, keys: keyed.map(\.0), intercepts: keyed.map(\.1))
  }
}

extension CombatStep.Fact {
  init(_ name: String, _ values: Column.Values, _ codes: [Int], _ batches: Int) {
    column = name
    let members = (0..<batches).map { batch in codes.indices.filter { codes[$0] == batch } }
    switch values {
    case .categories(let texts):
      words = members.map { rows in Self.mode(rows.compactMap { texts[$0] }) }
      numbers = members.map { _ in nil }
    case .numbers(let all):
      words = members.map { _ in nil }
      numbers = members.map { rows in
        let known = rows.compactMap { all[$0] }.sorted()
        return known.isEmpty ? nil : (known[(known.count - 1) / 2] + known[known.count / 2]) / 2
      }
    }
  }

  static func mode(_ words: [String]) -> String? {
    Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +).min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
  }
}
