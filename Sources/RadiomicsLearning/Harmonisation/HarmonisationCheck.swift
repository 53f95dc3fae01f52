import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// How far batches explain features, before and after harmonisation, and whether they go with the outcome.
package struct HarmonisationCheck: Sendable {
  /// One feature; nil where it has no effect to test.
  package struct Effect: Sendable {
    package let feature: String
    package let before: BatchEffectTest?, after: BatchEffectTest?
  }

  /// All rows as points of the first components of features in units of their standard deviations before harmonisation.
  package struct Space: Sendable {
    /// Scores on the first two components.
    package let points: [(x: Double, y: Double)]
    /// How far batches lie apart there; nil where rows are too few, or too many.
    package let mixing: BatchMixing?
  }

  /// Whether batches go with the outcome: Cramér's V of categories, the correlation ratio of numbers.
  package struct Confounding: Sendable {
    package let outcome: String, isCategorical: Bool
    package let association: Double, p: Double
  }

  /// The batch column, the batches, and the batch of each row.
  package let batch: String, levels: [String], codes: [Int]
  package let effects: [Effect]
  package let before: Space?, after: Space?
  package let confounding: Confounding?
  /// Rows beyond which distances are not computed.
  package static let most = 5000

  /// - `rows`: As they were, and as they are; the same rows in the same order.
  /// - `features`: Columns that are compared.
  /// - `covariates`: Columns whose effects do not count as the batches'.
  /// - `outcome`: A column that batches may go with.
  /// - Throws: `ModelError` for a column that is not there, or a single batch.
  package init(
    _ rows: Table, _ harmonised: Table, batch: String, features: [String], covariates: [String] = [],
    outcome: String? = nil
  ) throws(ModelError) {
    let factor = Factor(name: batch, try rows.batchLabels(batch, "batch"))
    guard factor.levels.count > 1 else {
      throw ModelError.term(batch, "all rows are of one batch, must be at least two to compare.")
    }
    let formula = try BatchCovariates.formula(covariates, rows)
    let columns = try formula.map { (formula) throws(ModelError) in
      ModelColumns(formula, try Design(formula, rows, hasIntercept: false, isCentred: true), rows)
    }
    let design = try columns?.covariates(of: rows).design ?? Matrix(columns: [], rows: rows.count)
    try BatchCovariates.check(
      BatchDesign(factor.codes, batchCount: factor.levels.count, covariates: design), columns?.design, batch: batch)
    var values: (before: [[Double?]], after: [[Double?]]) = ([], [])
    for feature in features {
      values.before.append(try rows.numbers(feature))
      values.after.append(try harmonised.numbers(feature))
    }
    (self.batch, levels, codes) = (batch, factor.levels, factor.codes)
    effects = features.enumerated().map { index, feature in
      func test(_ values: [Double?]) -> BatchEffectTest? {
        BatchEffectTest(values, factor.codes, batchCount: factor.levels.count, covariates: design)
      }
      return Effect(feature: feature, before: test(values.before[index]), after: test(values.after[index]))
    }
    let spaces = Self.spaces(values.before, values.after, factor)
    (before, after) = (spaces?.0, spaces?.1)
    if let outcome { confounding = try Self.confounding(outcome, rows, factor) } else { confounding = nil }
  }

  /// Both in units of the rows before harmonisation, on the components of each; missing cells count as the mean.
  private static func spaces(_ before: [[Double?]], _ after: [[Double?]], _ factor: Factor) -> (Space, Space)? {
    var standard: (before: [[Double]], after: [[Double]]) = ([], [])
    for (own, other) in zip(before, after) {
      let known = own.compactMap { $0 }
      guard known.count > 1, case let sd = variance(known).squareRoot(), sd > 0 else { continue }
      let center = mean(known), later = other.compactMap { $0 }, laterCenter = later.isEmpty ? center : mean(later)
      standard.before.append(own.map { (($0 ?? center) - center) / sd })
      standard.after.append(other.map { (($0 ?? laterCenter) - center) / sd })
    }
    func space(_ columns: [[Double]]) -> Space? {
      let matrix = Matrix(columns: columns, rows: factor.codes.count)
      guard let components = PrincipalComponents(matrix, explained: 1, most: 10) else { return nil }
      let scores = components.scores(matrix)
      let points = (0..<scores.rows).map { (x: scores[$0, 0], y: scores.columns > 1 ? scores[$0, 1] : 0) }
      return Space(
        points: points,
        mixing: scores.rows > most ? nil : BatchMixing(scores, factor.codes, batchCount: factor.levels.count))
    }
    guard let first = space(standard.before), let second = space(standard.after) else { return nil }
    return (first, second)
  }

  private static func confounding(_ name: String, _ rows: Table, _ factor: Factor) throws(ModelError) -> Confounding? {
    guard let values = rows[name] else {
      _ = try rows.numbers(name)
      return nil
    }
    let levels = Column.Values.levels(values.words)
    if case .numbers(let numbers) = values, levels.count > 5 {
      let test = BatchEffectTest(
        numbers, factor.codes, batchCount: factor.levels.count, covariates: Matrix(columns: [], rows: rows.count))
      return test.map { Confounding(outcome: name, isCategorical: false, association: $0.share, p: $0.p) }
    }
    let places = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) })
    var counts = [[Double]](repeating: [Double](repeating: 0, count: levels.count), count: factor.levels.count)
    for (row, word) in values.words.enumerated() { if let word { counts[factor.codes[row]][places[word]!] += 1 } }
    let used = counts.filter { $0.contains { $0 > 0 } }
    guard used.count > 1, levels.count > 1 else { return nil }
    let totals = levels.indices.map { level in used.reduce(0) { $0 + $1[level] } }, n = totals.reduce(0, +)
    let statistic = used.reduce(0.0) { sum, row in
      let size = row.reduce(0, +)
      return zip(row, totals).reduce(sum) {
        $0 + ($1.0 - size * $1.1 / n) * ($1.0 - size * $1.1 / n) / (size * $1.1 / n)
      }
    }
    let least = min(used.count, levels.count) - 1
    return Confounding(
      outcome: name, isCategorical: true, association: (statistic / n / Double(least)).squareRoot(),
      p: ChiSquared(Double((used.count - 1) * (levels.count - 1))).above(statistic))
  }
}

extension Combat {
  /// Columns among the covariates that are the outcome, or go with it so closely that they tell it.
  /// - `outcome`: The outcome's column, if it was named.
  /// - Returns: Each with what it is.
  package func protectedOutcomes(_ rows: Table, outcome: String?) throws(ModelError) -> [(column: String, why: String)]
  {
    guard let formula = try BatchCovariates.formula(covariates, rows) else { return [] }
    if let outcome, rows[outcome] == nil { _ = try rows.numbers(outcome) }
    return formula.columns.compactMap { name in
      if name == outcome { return (name, "is the outcome") }
      if let outcome, let r = Self.correlation(rows, name, outcome), abs(r) > 0.99 {
        return (name, "has a correlation of \(shortText(r, digits: 4)) with the outcome '\(outcome)'")
      }
      return Self.outcomeNames.contains(name.lowercased())
        ? (name, "is called as an outcome is") : nil
    }
  }

  static let outcomeNames: Set = [
    "outcome", "event", "dead", "death", "died", "deceased", "os", "pfs", "dfs", "efs", "survival", "recurrence",
    "progression", "relapse",
    "response", "responder", "malignant", "malignancy", "benign", "status", "survived", "alive", "vital_status",
    "label", "target",
    "recurred", "progressed", "metastasis", "months", "os_time", "pfs_time", "os_event", "pfs_event", "censored",
  ]

  /// The correlation of two columns of numbers or of two words, over rows with both; nil where there is none.
  private static func correlation(_ rows: Table, _ a: String, _ b: String) -> Double? {
    func numbers(_ name: String) -> [Double?]? {
      guard case .categories(let words)? = rows[name] else {
        if case .numbers(let numbers)? = rows[name] { return numbers }
        return nil
      }
      let levels = Column.Values.levels(words)
      return levels.count == 2 ? words.map { $0.map { $0 == levels[1] ? 1 : 0 } } : nil
    }
    guard let x = numbers(a), let y = numbers(b) else { return nil }
    let pairs = zip(x, y).compactMap { x, y in x.flatMap { x in y.map { (x, $0) } } }
    guard pairs.count > 2 else { return nil }
    let first = pairs.map(\.0), second = pairs.map(\.1), product = variance(first) * variance(second)
    return product > 0 ? covariance(first, second) / product.squareRoot() : nil
  }
}

extension HarmonisationCheck: Documented {
  package static let name = "harmonise"
  package static let summary =
    "Takes the effects of scanners and sites out of features (see combat), and tells how far batches "
    + "explain them before and after."
  package static let definition =
    "for each feature batch-effect, for all together batch-mixing, and Cramér's V of batches and an "
    + "outcome (the correlation ratio of a number)"
  package static let limits =
    "Batches that go with the outcome cannot be told from it. Harmonisation that was fitted to the rows "
    + "that are checked shows the most that it can do."
  package static let reference =
    "see combat, batch-effect and batch-mixing; Cramér 1946, Mathematical Methods of Statistics"
}
