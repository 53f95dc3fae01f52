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
  /// Clinical columns that are filled by the steps that impute, as they are empty in some rows of the study.
  package let imputed: [String]

  package init(
    _ steps: [any PipelineStep], _ model: any SignatureEstimator, features: [String], clinical: ModelColumns? = nil,
    imputed: [String] = []
  ) {
    (self.steps, self.model, self.features, self.clinical) = (steps, model, features, clinical)
    self.imputed = imputed
  }

  /// Coding of columns: numbers as they are, words with treatment contrasts. Of empty cells nothing is learnt.
  package static func coding(_ columns: [String], _ rows: Table) throws(ModelError) -> ModelColumns? {
    guard !columns.isEmpty else { return nil }
    for name in columns where rows[name] == nil { _ = try rows.numbers(name) }
    let formula = try Formula(nil, .sum(columns.map { .column($0) })), rows = try rows.filled(columns)
    return ModelColumns(formula, try Design(formula, rows, hasIntercept: false, isCentred: true), rows)
  }

  /// What the steps learnt, and the training rows that they make.
  private func prepared(
    _ rows: StudyRows, seed: UInt64, set: Int?
  ) throws(ModelError) -> (steps: [LearntStep], table: Table, features: [String]) {
    var table = rows.table, features = features, learnt: [LearntStep] = []
    for (index, step) in steps.enumerated() {
      let now = StudyRows(table, rows.chosenBy, patients: rows.patients, sites: rows.sites)
      let own = seed &+ UInt64(index), name = type(of: step).name
      guard let imputation = step as? Imputation else {
        let fitted = try step.learn(now, features: features, seed: own)
        table = try fitted.apply(table)
        features = fitted.features(after: features)
        learnt.append(LearntStep(name, fitted))
        continue
      }
      let found = try imputed(by: imputation, now, features, seed: own, set: set)
      table = found.table
      learnt += found.steps.map { LearntStep(name, $0) }
    }
    return (learnt, table, features)
  }

  /// Features and clinical columns filled: numbers by the step's method, words by the commonest.
  private func imputed(
    by step: Imputation, _ rows: StudyRows, _ features: [String], seed: UInt64, set: Int?
  ) throws(ModelError) -> (steps: [any FittedStep], table: Table) {
    func isWords(_ name: String) -> Bool { if case .categories? = rows.table[name] { true } else { false } }
    var step = step, table = rows.table, steps: [any FittedStep] = []
    step.features = features + imputed.filter { !isWords($0) }
    if let set, step.sets > 1 {
      let found = try step.draw(table, set: set, seed: seed)
      (steps, table) = ([found.fitted], found.rows)
    } else {
      let fitted = try step.fit(table, seed: seed)
      (steps, table) = ([fitted], try fitted.apply(table))
    }
    let words = imputed.filter(isWords)
    guard !words.isEmpty else { return (steps, table) }
    let common = try CommonestWords(of: table, words)
    return (steps + [common], try common.apply(table))
  }

  /// Learns everything from training rows.
  /// - `inner`: Number of folds within them by which the model chooses its settings.
  /// - `set`: Which of several sets of missing values is drawn; nil puts what is expected.
  package func fit(
    _ rows: StudyRows, inner: Int, seed: UInt64, set: Int? = nil
  ) throws(ModelError) -> FittedPipeline {
    let (learnt, table, features) = try prepared(rows, seed: seed, set: set)
    let own = try Self.rows(table, features, clinical, rows.outcome)
    let folds = stratifiedFolds(inner, patients: rows.patients, strata: rows.strata, seed: seed)
    let innerFolds = InnerFolds(folds: folds) { (fold) throws(ModelError) in
      let training = rows.rows(folds.indices.filter { folds[$0] != fold })
      let part = try prepared(training, seed: seed, set: set)
      var all = rows.table
      for step in part.steps.making(Set(part.features).union(clinical?.needed ?? [])) {
        all = try step.fitted.apply(all)
      }
      return try Self.rows(all, part.features, clinical, rows.outcome)
    }
    return FittedPipeline(
      steps: learnt, features: features, clinical: clinical, model: try fitted(own, innerFolds, rows.treatment, seed))
  }

  /// The model, or where rows are of a trial that of the treatment's effect.
  private func fitted(
    _ rows: PreparedRows, _ inner: InnerFolds, _ treatment: TrialArms?, _ seed: UInt64
  ) throws(ModelError) -> SignatureModel {
    guard let treatment else { return try model.fit(rows, inner: inner, seed: seed) }
    let arms = try treatment.centred()
    let contrasts = InnerFolds(folds: inner.folds) { (fold) throws(ModelError) in
      try inner.prepared(fold).contrasted(arms)
    }
    return try model.fit(rows.contrasted(arms), inner: contrasts, seed: seed).effect()
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

extension Table {
  /// With something in every cell of some columns: the median of numbers, the commonest word.
  fileprivate func filled(_ columns: [String]) throws(ModelError) -> Table {
    let empty = columns.filter { self[$0].map { values in (0..<count).contains { values.isMissing($0) } } ?? false }
    guard !empty.isEmpty else { return self }
    func isWords(_ name: String) -> Bool { if case .categories? = self[name] { true } else { false } }
    let numbers = try FittedMedians(of: self, empty.filter { !isWords($0) }).apply(self)
    return try CommonestWords(of: self, empty.filter(isWords)).apply(numbers)
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
    for step in steps.making(Set(features).union(clinical?.needed ?? [])) { table = try step.fitted.apply(table) }
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
      steps: steps.making(Set(model.names).union(isClinical ? clinical?.needed ?? [] : [])),
      features: features.filter(counted.contains),
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
    let needed = steps.reversed().reduce(Set(features + (clinical?.needed ?? []))) { $1.fitted.inputs(for: $0) }
    return all.filter(needed.contains)
  }
}
