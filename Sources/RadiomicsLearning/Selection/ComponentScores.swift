import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Puts scores of principal components in the place of features, which are brought to mean 0 and standard deviation 1 before. As
/// scikit-learn's `PCA` of such columns; the largest loading of each component is positive.
///
/// For instance of two features that correlate by 0.6, pc1 = (z1 + z2)/√2 explains (1 + 0.6)/2 = 80 % of their variance.
package struct ComponentScores: Configurable, Transformer {
  /// Features that become scores; set by who reads the table.
  package var features: [String] = []
  /// How many components there are at most; nil for as many as `share` asks for.
  package var count: Int?
  /// Without `count`: the share of variance that they together exceed.
  package var share = 0.9

  package init() {}
  package static let name = "pca"
  package static let summary =
    "Puts scores of principal components (pc1, pc2, …) in the place of features, in units of standard deviations."
  package static let definition =
    "score = Σ loading · (feature − mean) / SD over features; Σ loading² = 1, the largest loading positive"
  package static let limits =
    "Every component is made of all features, so that all must be measured; features that do not vary have no part in it. What varies most "
    + "need not be what tells of the outcome."
  package static let reference = "Jolliffe and Cadima 2016, doi:10.1098/rsta.2015.0202"
  package static let parameters: [Parameter<ComponentScores>] = [
    Parameter("count", \.count, in: 1...1e6, "How many components there are at most."),
    Parameter(
      "share", \.share, in: 0.01...1, "Without count: the share of variance that they together exceed."),
  ]

  /// - Throws: `ModelError` for a missing value, or if no feature varies.
  package func fit(_ rows: Table, seed: UInt64 = 1) throws(ModelError) -> FittedComponents {
    guard !features.isEmpty else { return FittedComponents(features: [], parts: [], variances: [], total: 0) }
    let design = try rows.design(of: features)
    let scales = features.indices.map { j in
      let column = design.column(j)
      return (mean: mean(column), deviation: column.count > 1 ? variance(column).squareRoot() : 0)
    }
    let varying = features.indices.filter { scales[$0].deviation > 0 }
    let units = Matrix(
      columns: varying.map { j in design.column(j).map { ($0 - scales[j].mean) / scales[j].deviation } },
      rows: rows.count)
    guard let found = PrincipalComponents(units, explained: count == nil ? share : 1, most: count ?? .max) else {
      throw ModelError.at("pca", "no feature varies in \(rows.count) rows, must be one at least.")
    }
    return FittedComponents(
      features: features,
      parts: varying.enumerated().map { place, j in
        .init(
          feature: features[j], mean: scales[j].mean, deviation: scales[j].deviation,
          loadings: (0..<found.loadings.columns).map { found.loadings[place, $0] })
      }, variances: found.variances, total: found.total)
  }
}

/// Loadings of principal components.
package struct FittedComponents: FittedTransform, Hashable {
  /// A feature's part in the components.
  package struct Part: Sendable, Hashable, Codable {
    package let feature: String
    /// In the feature's unit.
    package let mean: Double, deviation: Double
    /// One for each component.
    package let loadings: [Double]
  }

  /// Features that scores are put in the place of, and the parts of those that vary.
  package let features: [String], parts: [Part]
  /// Variances of the components, in order, and the sum of all that there are.
  package let variances: [Double], total: Double

  init(features: [String], parts: [Part], variances: [Double], total: Double) {
    (self.features, self.parts, self.variances, self.total) = (features, parts, variances, total)
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    features = try values.decode([String].self, forKey: .features)
    parts = try values.decode([Part].self, forKey: .parts)
    variances = try values.decode([Double].self, forKey: .variances)
    total = try values.decode(Double.self, forKey: .total)
    guard parts.allSatisfy({ $0.loadings.count == variances.count && $0.deviation > 0 }),
      Set(parts.map(\.feature)).isSubset(of: features)
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .parts, in: values, debugDescription: "must have a loading for each component")
    }
  }

  /// The word for it in files.
  package static var kind: String { "components" }
  /// Names of the components.
  package var names: [String] { variances.indices.map { "pc\($0 + 1)" } }
  /// The components, in the place of the features.
  package func features(after before: [String]) -> [String] {
    let gone = Set(features)
    return before.filter { !gone.contains($0) } + names
  }
  /// Of components all features that vary.
  package func inputs(for after: Set<String>) -> Set<String> {
    after.isDisjoint(with: names) ? after : after.subtracting(names).union(parts.map(\.feature))
  }
  package func only(_ some: Set<String>) -> (any FittedStep)? {
    !parts.isEmpty && some.isSuperset(of: parts.map(\.feature)) ? self : nil
  }
  /// What it does, for people.
  package var sentence: String {
    let share = shortText(total > 0 ? 100 * variances.reduce(0, +) / total : 100, digits: 3)
    return
      "puts \(variances.count) principal components, with \(share) % of their variance, in the place of \(features.count) features"
  }

  /// The rows with scores in the place of the features; other columns as they are, each row by itself.
  /// - Throws: `ModelError` for a column that is not there, a missing value, or another column of a component's name.
  package func apply(_ rows: Table) throws(ModelError) -> Table {
    let design = try rows.design(of: parts.map(\.feature)), gone = Set(features)
    for name in names where rows[name] != nil && !gone.contains(name) {
      throw ModelError.term(name, "is a column of the table, and the name of a principal component. Rename the column.")
    }
    var result = rows.only(Set(rows.names).subtracting(gone))
    let units = Matrix(
      columns: parts.enumerated().map { j, part in design.column(j).map { ($0 - part.mean) / part.deviation } },
      rows: rows.count)
    for (place, name) in names.enumerated() {
      result = result.with(name, .numbers(units.times(parts.map { $0.loadings[place] }).map { $0 }))
    }
    return result
  }
}
