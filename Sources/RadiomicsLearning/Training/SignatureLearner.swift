import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What a signature is learnt by: one pipeline, or several that are combined.
package protocol SignatureLearner: Sendable {
  /// Columns that are candidates.
  var features: [String] { get }
  /// How clinical columns become numbers; nil without any.
  var clinical: ModelColumns? { get }
  /// Clinical columns that a step fills where they are empty.
  var imputed: [String] { get }
  /// Learns everything from training rows.
  /// - `inner`: Number of folds within them by which settings are chosen.
  func learn(_ rows: StudyRows, inner: Int, seed: UInt64) throws(ModelError) -> SignaturePredictor
}

extension SignatureLearner {
  package var imputed: [String] { [] }
}

extension Pipeline: SignatureLearner {
  package func learn(_ rows: StudyRows, inner: Int, seed: UInt64) throws(ModelError) -> SignaturePredictor {
    let sets = steps.compactMap { ($0 as? Imputation)?.sets }.max() ?? 1
    guard sets > 1 else { return .pipeline(try fit(rows, inner: inner, seed: seed)) }
    var found: [FittedPipeline] = []
    for set in 1...sets {
      do throws(ModelError) { found.append(try fit(rows, inner: inner, seed: seed, set: set)) } catch {
        throw ModelError("imputed set \(set) of \(sets): \(error.description)")
      }
    }
    return .sets(FittedSets(found))
  }
}

/// What was learnt, of any kind: enough to predict other rows.
package enum SignaturePredictor: Sendable, Hashable, Codable {
  case pipeline(FittedPipeline), sets(FittedSets), fusion(FittedFusion)

  /// One number for each row: log odds, log hazard ratio, or the number itself.
  /// - Throws: `ModelError` for a column that is not there, a missing value that nothing fills, or an unknown batch or level.
  package func linearPredictors(_ rows: Table) throws(ModelError) -> [Double] {
    switch self {
    case .pipeline(let pipeline): try pipeline.linearPredictors(rows)
    case .sets(let sets): try sets.linearPredictors(rows)
    case .fusion(let fusion): try fusion.linearPredictors(rows)
    }
  }

  /// What a linear predictor means: a probability, the risk until a horizon, or the number; nil of a time without a horizon.
  package func prediction(_ linear: Double, horizon: Double?) -> Double? {
    switch self {
    case .pipeline(let pipeline): pipeline.model.prediction(linear, horizon: horizon)
    case .sets(let sets): sets.prediction(linear, horizon: horizon)
    case .fusion(let fusion): fusion.prediction(linear, horizon: horizon)
    }
  }

  /// The pipelines in it, by the name of their source or imputed set; one without a name.
  package var pipelines: [(source: String, pipeline: FittedPipeline)] {
    switch self {
    case .pipeline(let pipeline): [("", pipeline)]
    case .sets(let sets): sets.pipelines.enumerated().map { ("set \($0 + 1)", $1) }
    case .fusion(let fusion): fusion.sources.map { ($0.name, $0.pipeline) }
    }
  }

  /// Columns that count.
  package var counted: [String] {
    var seen: Set<String> = []
    return pipelines.flatMap(\.pipeline.model.counted).filter { seen.insert($0).inserted }
  }
  /// λ of the only model; nil of several, or of one without.
  package var penalty: Double? { if case .pipeline(let own) = self { own.model.penalty } else { nil } }
  /// Whether training rows, or parts of them, are kept.
  package var keepsRows: Bool { pipelines.contains { $0.pipeline.steps.contains { $0.fitted.keepsRows } } }

  /// The same without columns that change no prediction.
  package var pruned: SignaturePredictor {
    switch self {
    case .pipeline(let pipeline): .pipeline(pipeline.pruned)
    case .sets(let sets): .sets(FittedSets(sets.pipelines.map(\.pruned)))
    case .fusion(let fusion): .fusion(fusion.pruned)
    }
  }

  /// The same with a baseline hazard of so many equal steps, which tells no event's own time.
  func thinned(to steps: Int) -> SignaturePredictor {
    switch self {
    case .pipeline(let pipeline): .pipeline(pipeline.thinned(to: steps))
    case .sets(let sets): .sets(FittedSets(sets.pipelines.map { $0.thinned(to: steps) }))
    case .fusion(let fusion): .fusion(fusion.thinned(to: steps))
    }
  }

  /// Features that rows must have, in their order.
  package func inputs(among all: [String]) -> [String] {
    let needed = Set(pipelines.flatMap { $0.pipeline.inputs(among: all) })
    return all.filter(needed.contains)
  }

  /// Columns that rows must have besides features.
  package var otherColumns: [String] {
    var seen: Set<String> = []
    return pipelines.flatMap(\.pipeline.otherColumns).filter { seen.insert($0).inserted }
  }

  /// In words.
  package var formula: String {
    switch self {
    case .pipeline(let pipeline): pipeline.model.formula
    case .sets(let sets): sets.formula
    case .fusion(let fusion): fusion.formula
    }
  }
}
