import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Puts values where features have none, as learnt from training rows without their outcome.
package struct Imputation: Configurable, Transformer {
  /// What is put there.
  package enum Method: String, ChoiceSetting {
    /// The median of training rows.
    case median
    /// The mean of the training rows that are nearest.
    case nearest = "knn"
    /// What regressions on other features expect.
    case chained
  }

  /// Features that are filled; set by who reads the table.
  package var features: [String] = []
  package var method = Method.median
  package var neighbours = 5
  package var equations = ChainedEquations.Settings()
  /// How many sets are drawn; 1 puts what is expected.
  package var sets = 1

  package init() {}
  package static let name = "impute"
  package static let summary =
    "Puts values where features have none, as learnt from training rows without their outcome: medians, means of the nearest rows, or what "
    + "chained regressions expect."
  package static let limits =
    "Assumes that a value's absence has nothing to do with the value beyond what other features tell. knn keeps the training rows in the "
    + "file; median and chained keep none. One set has no spread of its own: it serves prediction, not standard errors; those of several sets are "
    + "by Rubin's rules. The outcome is not used, as it is not known where a signature is applied, so that coefficients are drawn to 0 where much is missing."
  package static let reference =
    "van Buuren 2018, Flexible Imputation of Missing Data; knn: Troyanskaya et al. 2001, doi:10.1093/bioinformatics/17.6.520; chained: van "
    + "Buuren and Groothuis-Oudshoorn 2011, doi:10.18637/jss.v045.i03"
  package static let parameters: [Parameter<Imputation>] = [
    Parameter(
      "method", \.method,
      "What is put in: the median, the mean of the nearest rows (knn), or what regressions on other features expect (chained)."
    ),
    Parameter(
      "neighbours", \.neighbours, in: 1...1e6, "knn: how many of the nearest rows that have the feature count."),
    Parameter(
      "predictors", \.equations.predictors, in: 1...1e6,
      "chained: how many features an equation has at most, of those that correlate most."),
    Parameter(
      "ridge", \.equations.ridge, in: 0...1,
      "chained: what is added to the variances of an equation's features, which are 1."),
    Parameter("rounds", \.equations.rounds, in: 1...1e4, "chained: how often equations are made anew at most."),
    Parameter(
      "tolerance", \.equations.tolerance, in: 0...1,
      "chained: below which change, in standard deviations, they are made no more."),
    Parameter(
      "sets", \.sets, in: 1...1000,
      "chained: how many sets of values are drawn (multiple imputation); the model is learnt from each, and linear predictors are averaged."
    ),
  ]

  package func check() throws(SettingError) {
    guard sets > 1, method != .chained else { return }
    throw SettingError(
      place: Place(file: Self.name),
      message: "'sets' is \(sets) and 'method' \(method.rawValue), must be chained: other methods put one value.")
  }

  /// A map of settings, or the method alone: `impute: knn`.
  package init(setting: Setting) throws(SettingError) {
    self.init()
    if case .text = setting.value { method = try Method(setting: setting) } else { try read(setting) }
  }

  /// - Throws: `ModelError` if a feature is not there, has words, or has no value in any row.
  package func fit(_ rows: Table, seed: UInt64 = 1) throws(ModelError) -> FittedImputation {
    let columns = try known(rows)
    switch method {
    case .median: return .median(try FittedMedians(of: rows, features))
    case .nearest: return .nearest(features: features, rows: NearestNeighbours(columns, count: neighbours))
    case .chained: return .chained(features: features, equations: try ChainedEquations(columns, equations))
    }
  }

  /// One of several sets: what fills other rows, and the training rows with values drawn.
  /// - `set`: Its number.
  func draw(_ rows: Table, set: Int, seed: UInt64) throws(ModelError) -> (fitted: FittedImputation, rows: Table) {
    let found = try ChainedEquations.drawn(try known(rows), equations, by: SeededGenerator(seed: seed, replicate: set))
    let filled = zip(features, found.filled).map { ($0, $1.map(Optional.init)) }
    return (
      .chained(features: features, equations: found.equations), rows.replacing(Dictionary(uniqueKeysWithValues: filled))
    )
  }

  /// The features' numbers.
  /// - Throws: `ModelError` if one is not there, has words, or has no value in any row.
  private func known(_ rows: Table) throws(ModelError) -> [[Double?]] {
    let columns = try rows.numbers(of: features)
    for (name, column) in zip(features, columns) where !column.contains(where: { $0 != nil }) {
      throw ModelError.at("'\(name)'", "no row has a value, must have one to be imputed. Leave the feature out.")
    }
    return columns
  }
}

/// What was learnt to fill features by.
package enum FittedImputation: FittedTransform, Hashable {
  case median(FittedMedians)
  case nearest(features: [String], rows: NearestNeighbours)
  case chained(features: [String], equations: ChainedEquations)

  /// The word for it in files.
  package static var kind: String { "imputation" }

  /// Whether it holds training rows, as it cannot be applied without them; who passes it on passes them on.
  package var keepsRows: Bool { if case .nearest = self { true } else { false } }

  /// Whether each feature, of which there is none twice, has what it is filled by.
  package var isWhole: Bool {
    switch self {
    case .median: true
    case .nearest(let features, let rows):
      Set(features).count == rows.columns.count && features.count == rows.columns.count
    case .chained(let features, let equations):
      Set(features).count == features.count && features.count == equations.equations.count
    }
  }

  /// Features without which those of `after` cannot be filled: of nearest rows all, of equations those in their chains.
  package func inputs(for after: Set<String>) -> Set<String> {
    switch self {
    case .median: return after
    case .nearest(let features, _): return after.isDisjoint(with: features) ? after : after.union(features)
    case .chained(let features, let equations):
      let asked = features.indices.filter { after.contains(features[$0]) }
      return after.union(equations.chain(of: asked).map { features[$0] })
    }
  }

  /// The same for some features, which must be all that these need of each other; nil if none of them is filled.
  package func only(_ some: Set<String>) -> (any FittedStep)? {
    switch self {
    case .median(let medians): return medians.only(some)
    case .nearest(let features, _): return some.isDisjoint(with: features) ? nil : self
    case .chained(let features, let equations):
      let kept = features.indices.filter { some.contains(features[$0]) }
      return kept.isEmpty
        ? nil : FittedImputation.chained(features: kept.map { features[$0] }, equations: equations.only(kept))
    }
  }

  /// What it does, for people.
  package var sentence: String {
    switch self {
    case .median(let medians):
      "puts medians of training rows where one of \(medians.medians.count) features has no value"
    case .nearest(let features, let rows):
      "puts means of the \(rows.count) nearest training rows where one of \(features.count) features has no value, and keeps these rows"
    case .chained(let features, _):
      "puts what chained regressions expect where one of \(features.count) features has no value"
    }
  }

  /// The rows with a value wherever a feature had none; other columns as they are. A row becomes the same alone or among others.
  /// - Throws: `ModelError` if a feature is not there or has words.
  package func apply(_ rows: Table) throws(ModelError) -> Table {
    switch self {
    case .median(let medians): try medians.apply(rows)
    case .nearest(let features, let neighbours): try rows.filling(features) { neighbours.filled($0) }
    case .chained(let features, let equations): try rows.filling(features) { equations.filled($0) }
    }
  }
}

extension Table {
  /// Numbers of several columns.
  /// - Throws: `ModelError` if one is not there, or has words.
  func numbers(of features: [String]) throws(ModelError) -> [[Double?]] {
    var columns: [[Double?]] = []
    for name in features { columns.append(try numbers(name)) }
    return columns
  }

  /// The same rows, with some columns filled.
  /// - Throws: `ModelError` if one is not there, or has words.
  func filling(_ features: [String], _ fill: ([[Double?]]) -> [[Double?]]) throws(ModelError) -> Table {
    let columns = try numbers(of: features)
    let holed = features.indices.filter { columns[$0].contains { $0 == nil } }
    guard !holed.isEmpty else { return self }
    let filled = fill(columns)
    return replacing(Dictionary(uniqueKeysWithValues: holed.map { (features[$0], filled[$0]) }))
  }
}
