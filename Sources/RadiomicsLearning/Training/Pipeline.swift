import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Steps in order and the model at their end: how a signature is learnt from rows, whichever these are.
package struct Pipeline: Sendable {
  package let steps: [any PipelineStep]
  package let model: any SignatureEstimator
  /// Columns that steps may change or choose from.
  package let features: [String]
  /// How clinical columns become numbers; nil without any. Learnt from all rows of the study, as it knows of levels alone.
  package let clinical: ModelColumns?

  package init(
    _ steps: [any PipelineStep], _ model: any SignatureEstimator, features: [String], clinical: ModelColumns? = nil
  ) {
    (self.steps, self.model, self.features, self.clinical) = (steps, model, features, clinical)
  }

  /// Coding of columns: numbers as they are, words with treatment contrasts.
  package static func coding(_ columns: [String], _ rows: Table) throws(ModelError) -> ModelColumns? {
    guard !columns.isEmpty else { return nil }
    for name in columns where rows[name] == nil { _ = try rows.numbers(name) }
    let formula = try Formula(nil, .sum(columns.map { .column($0) }))
    return ModelColumns(formula, try Design(formula, rows, hasIntercept: false, isCentred: true), rows)
  }

  /// What the steps learnt, and the training rows that they make.
  private func prepared(
    _ rows: StudyRows, seed: UInt64
  ) throws(ModelError) -> (steps: [LearntStep], table: Table, features: [String]) {
    var table = rows.table, features = features, learnt: [LearntStep] = []
    for (index, step) in steps.enumerated() {
      let now = StudyRows(table, rows.outcome, patients: rows.patients, sites: rows.sites)
      let fitted = try step.learn(now, features: features, seed: seed &+ UInt64(index))
      table = try fitted.apply(table)
      features = fitted.features(after: features)
      learnt.append(LearntStep(type(of: step).name, fitted))
    }
    return (learnt, table, features)
  }

  /// Learns everything from training rows.
  /// - `inner`: Number of folds within them by which the model chooses its settings.
  package func fit(_ rows: StudyRows, inner: Int, seed: UInt64) throws(ModelError) -> FittedPipeline {
    let (learnt, table, features) = try prepared(rows, seed: seed)
    let own = try Self.rows(table, features, clinical, rows.outcome)
    let folds = stratifiedFolds(inner, patients: rows.patients, strata: rows.strata, seed: seed)
    let innerFolds = InnerFolds(folds: folds) { (fold) throws(ModelError) in
      let training = rows.rows(folds.indices.filter { folds[$0] != fold })
      let part = try prepared(training, seed: seed)
      var all = rows.table
      for step in part.steps.making(Set(part.features)) { all = try step.fitted.apply(all) }
      return try Self.rows(all, part.features, clinical, rows.outcome)
    }
    return FittedPipeline(
      steps: learnt, features: features, clinical: clinical, model: try model.fit(own, inner: innerFolds, seed: seed))
  }

  fileprivate static func design(
    _ table: Table, _ features: [String], _ clinical: ModelColumns?
  ) throws(ModelError) -> Matrix {
    let own = try table.design(of: features)
    guard let clinical else { return own }
    let other = try clinical.covariates(of: table).design
    return Matrix(columns: own.columns + other.columns, elements: own.elements + other.elements, rows: table.count)
  }

  private static func rows(
    _ table: Table, _ features: [String], _ clinical: ModelColumns?, _ outcome: Outcome
  ) throws(ModelError) -> PreparedRows {
    let names = clinical?.design.names ?? []
    return PreparedRows(
      names: features + names, design: try design(table, features, clinical),
      isFree: features.map { _ in false } + names.map { _ in true }, outcome: outcome)
  }
}

extension Matrix {
  /// A matrix of elements, column by column, of which the number of rows is known even without columns.
  fileprivate init(columns: Int, elements: [Double], rows: Int) {
    if columns == 0 { self.init(rows: rows, columns: 0) } else { self.init(columns: columns, elements: elements) }
  }
}

extension [LearntStep] {
  /// What makes these features of those before, without what is done to others.
  fileprivate func making(_ features: Set<String>) -> [LearntStep] {
    var wanted = features, kept: [LearntStep] = []
    for step in reversed() {
      wanted = step.fitted.inputs(for: wanted)
      if let own = step.fitted.only(wanted) { kept.append(LearntStep(step.name, own)) }
    }
    return kept.reversed()
  }
}

extension StudyRows {
  /// Numbers of site and outcome together, of which each fold should have its share.
  var strata: [Int] {
    let own = outcome.strata
    guard let sites else { return own }
    let levels = (own.max() ?? 0) + 1
    return zip(sites.codes, own).map { $0 * levels + $1 }
  }
}

/// A pipeline that was learnt: enough to predict other rows. It keeps no training row unless a step says so.
package struct FittedPipeline: Sendable, Hashable, Codable {
  package let steps: [LearntStep]
  /// Features that the model takes after the steps, and how clinical columns become numbers.
  package let features: [String], clinical: ModelColumns?
  package let model: SignatureModel

  init(steps: [LearntStep], features: [String], clinical: ModelColumns?, model: SignatureModel) {
    (self.steps, self.features, self.clinical, self.model) = (steps, features, clinical, model)
  }

  private enum CodingKeys: CodingKey { case steps, features, clinical, model }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    steps = try parts.decode([LearntStep].self, forKey: .steps)
    features = try parts.decode([String].self, forKey: .features)
    clinical = try parts.decodeIfPresent(ModelColumns.self, forKey: .clinical)
    model = try parts.decode(SignatureModel.self, forKey: .model)
    guard model.names == features + (clinical?.design.names ?? []) else {
      throw DecodingError.dataCorruptedError(
        forKey: .model, in: parts,
        debugDescription: "has columns that are not the features and clinical columns before it")
    }
  }

  /// One number for each row: log odds, log hazard ratio, or the number itself.
  /// - Throws: `ModelError` for a column that is not there, a missing value that no step fills, or an unknown batch or level.
  package func linearPredictors(_ rows: Table) throws(ModelError) -> [Double] {
    var table = rows
    for step in steps.making(Set(features)) { table = try step.fitted.apply(table) }
    return try model.linearPredictors(Pipeline.design(table, features, clinical))
  }

  /// Columns that rows must have besides features.
  package var otherColumns: [String] {
    var seen: Set<String> = []
    return (steps.flatMap(\.fitted.needed) + (clinical?.needed ?? [])).filter { seen.insert($0).inserted }
  }

  /// The same without columns that change no prediction: those that the model does not count, and what steps do to them.
  package var pruned: FittedPipeline {
    let counted = Set(model.counted), model = model.only(counted)
    let isClinical = clinical.map { !Set($0.design.names).isDisjoint(with: counted) } ?? false
    return FittedPipeline(
      steps: steps.making(Set(model.names)), features: features.filter(counted.contains),
      clinical: isClinical ? clinical : nil,
      model: isClinical ? self.model.only(counted.union(clinical!.design.names)) : model)
  }

  /// The same with a baseline hazard of so many equal steps.
  func thinned(to count: Int) -> FittedPipeline {
    FittedPipeline(steps: steps, features: features, clinical: clinical, model: model.thinned(to: count))
  }

  /// Features that rows must have, in their order of before the steps.
  /// - `all`: Features that the pipeline was learnt from.
  package func inputs(among all: [String]) -> [String] {
    let needed = steps.reversed().reduce(Set(features)) { $1.fitted.inputs(for: $0) }
    return all.filter(needed.contains)
  }
}
