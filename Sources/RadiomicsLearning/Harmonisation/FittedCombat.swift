import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What ComBat learnt of each batch: enough to harmonise other rows, and none of the rows that it was learnt from.
package struct FittedCombat: FittedTransform, Hashable {
  package let method: Combat.Method
  /// One for each batch column, in the order in which they are taken out.
  package internal(set) var steps: [CombatStep]

  /// The rows with harmonised features; all other columns as they are. Each row is harmonised by itself; cells that are missing stay so.
  /// - Throws: `ModelError` for a column that is not there, a missing batch or covariate, a batch that was not learnt, or a feature that
  ///   was measured otherwise.
  package func apply(_ rows: Table) throws(ModelError) -> Table {
    var result = rows
    for step in steps { result = try step.apply(result) }
    return result
  }

  /// Columns that rows must have.
  package var needed: [String] {
    var seen: Set<String> = []
    return steps.flatMap {
      [$0.batch] + ($0.covariates?.needed ?? []) + ($0.subjects.map { [$0.column] } ?? []) + $0.features
    }
    .filter { seen.insert($0).inserted }
  }

  /// Names of the columns that change.
  package var changed: [String] {
    var seen: Set<String> = []
    return steps.flatMap(\.features).filter { seen.insert($0).inserted }
  }

  /// Batches of rows that were not learnt, by step.
  package func unknown(_ rows: Table) throws(ModelError) -> [[String]] {
    var unknown: [[String]] = []
    for step in steps {
      let known = Set(step.levels)
      unknown.append(Column.Values.levels(try step.labels(rows)).filter { !known.contains($0) })
    }
    return unknown
  }
}

extension FittedCombat {
  /// The same for some of the features, of which each is harmonised by itself: any but covbat.
  func only(_ features: Set<String>) -> FittedCombat {
    FittedCombat(
      method: method, steps: steps.map { $0.only(features) }.filter { !$0.features.isEmpty })
  }

  private enum CodingKeys: String, CodingKey { case method, steps }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    method = try parts.decode(Combat.Method.self, forKey: .method)
    steps = try parts.decode([CombatStep].self, forKey: .steps)
    guard !steps.isEmpty, Set(steps.map(\.batch)).count == steps.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .steps, in: parts, debugDescription: "must have batch columns, each once")
    }
    for step in steps
    where !step.isWhole || (method == .covbat) != (step.components != nil)
      || (method == .longitudinal) != (step.subjects != nil)
    {
      throw DecodingError.dataCorruptedError(
        forKey: .steps, in: parts, debugDescription: "has numbers that are not those of its batches and features")
    }
  }
}

/// What was learnt of the batches of one column.
package struct CombatStep: Sendable, Hashable, Codable {
  /// A feature that is as it was, and why.
  package struct Left: Sendable, Hashable, Codable {
    package let feature: String, reason: String
  }

  /// How a batch acquires its images: the most frequent word, or the median.
  package struct Fact: Sendable, Hashable, Codable {
    package let column: String
    /// By batch; nil where nothing is known.
    package var words: [String?], numbers: [Double?]
  }

  /// The column, and its batches.
  package let batch: String
  package internal(set) var levels: [String]
  /// Rows of each that were learnt from; 0 of one that was added.
  package internal(set) var counts: [Int]
  /// The place of the batch that others are brought to.
  package let reference: Int?
  /// How covariates become columns.
  package let covariates: ModelColumns?
  /// Harmonised columns, their fingerprints where known, and columns that stay as they are.
  package let features: [String], fingerprints: [String]
  package let left: [Left]
  /// By feature: α; by covariate and feature: β; by feature: the residual variance.
  package let mean: [Double], slopes: [[Double]], variance: [Double]
  /// By batch and feature, in standardised units.
  package internal(set) var locations: [[Double]], scales: [[Double]]
  /// What is known of subjects: longitudinal alone.
  package let subjects: SubjectIntercepts?
  /// What is taken out of the components of what is left: covbat alone.
  package internal(set) var components: ComponentEffects?
  /// How batches acquire images, by column.
  package internal(set) var acquisition: [Fact]
  /// Number of components of which effects are taken out.
  package var componentCount: Int { components?.loadings.count ?? 0 }

  private enum CodingKeys: String, CodingKey {
    case batch, levels = "batches", counts = "rows", reference, covariates, features, fingerprints, left, mean =
      "grand_mean", slopes = "beta",
      variance = "var_pooled", locations = "gamma_star", scales = "delta_star", subjects, components, acquisition
  }
}

extension CombatStep {
  /// The same for some of the features.
  fileprivate func only(_ some: Set<String>) -> CombatStep {
    let places = features.indices.filter { some.contains(features[$0]) }
    func part<Value>(_ values: [Value]) -> [Value] { places.map { values[$0] } }
    return CombatStep(
      batch: batch, levels: levels, counts: counts, reference: reference, covariates: covariates,
      features: part(features), fingerprints: part(fingerprints), left: left.filter { some.contains($0.feature) },
      mean: part(mean), slopes: slopes.map(part), variance: part(variance), locations: locations.map(part),
      scales: scales.map(part),
      subjects: subjects.map {
        SubjectIntercepts(column: $0.column, keys: $0.keys, intercepts: $0.intercepts.map(part))
      }, components: components, acquisition: acquisition)
  }
}

/// Intercepts of the subjects that longitudinal ComBat was learnt from; they are known by a hash of their names.
package struct SubjectIntercepts: Sendable, Hashable, Codable {
  package let column: String
  /// In ascending order, and the intercepts of each by feature.
  package let keys: [String], intercepts: [[Double]]

  static func key(_ subject: String) -> String { String(sha256(subject).prefix(16)) }

  /// The intercepts of each row's subject; nil of a new one, which has none.
  func intercepts(_ rows: Table) throws(ModelError) -> [[Double]?] {
    let places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
    return try rows.batchLabels(column, "subject").map { places[Self.key($0)].map { intercepts[$0] } }
  }
}

/// Locations and scales of batches on the components of standardised residuals.
package struct ComponentEffects: Sendable, Hashable, Codable {
  /// Means of the residuals by feature, and by component its loadings on features.
  let means: [Double], loadings: [[Double]]
  /// By component: mean and variance of the scores; by batch and component: effects.
  let centers: [Double], variances: [Double]
  var locations: [[Double]], scales: [[Double]]

  /// The score of a row's residuals on a component; those that are missing count as the mean.
  func score(_ residuals: [Double?], _ component: Int) -> Double {
    let loading = loadings[component]
    var score = 0.0
    for (feature, residual) in residuals.enumerated() {
      if let residual { score += (residual - means[feature]) * loading[feature] }
    }
    return score
  }

  /// What is added to the residuals of a row of a batch.
  func change(_ residuals: [Double?], _ batch: Int) -> [Double] {
    var change = [Double](repeating: 0, count: means.count)
    for (k, loading) in loadings.enumerated() {
      let score = self.score(residuals, k)
      let sd = variances[k].squareRoot(), standard = (score - centers[k]) / sd
      let harmonised = (standard - locations[batch][k]) / scales[batch][k].squareRoot() * sd + centers[k]
      for feature in change.indices { change[feature] += (harmonised - score) * loading[feature] }
    }
    return change
  }
}

extension Table {
  /// What a column says of each row.
  /// - Throws: `ModelError` if there is no such column, or a cell is empty.
  package func batchLabels(_ column: String, _ role: String) throws(ModelError) -> [String] {
    guard let labels = labels(column) else {
      _ = try numbers(column)
      return []
    }
    if let row = labels.firstIndex(of: nil) {
      throw ModelError.at(place(row), "'\(column)' is empty, each row must have its \(role).")
    }
    return labels.map { $0! }
  }
}
