import RadiomicsCore
import RadiomicsStatistics

/// A step of a pipeline before its model. It is learnt from the training part of every fold anew, as it has no other way: what is
/// learnt changes rows (`FittedStep`) and is of another type than the settings.
package protocol PipelineStep: Configurable {
  /// Learns from training rows.
  /// - `features`: Columns that it may change or choose from.
  /// - `seed`: Where random numbers begin, of a step that needs some.
  func learn(_ rows: StudyRows, features: [String], seed: UInt64) throws(ModelError) -> any FittedStep
}

/// What a step learnt: enough to change other rows alike.
package protocol FittedStep: FittedTransform, Hashable {
  /// The word for it in files.
  static var kind: String { get }
  /// Names of the features that are left, or made of those before.
  func features(after before: [String]) -> [String]
  /// Features before it without which some of those after it cannot be made.
  func inputs(for after: Set<String>) -> Set<String>
  /// The same for these features before it alone; nil where it would change nothing of them.
  func only(_ features: Set<String>) -> (any FittedStep)?
  /// Columns that rows must have besides the features.
  var needed: [String] { get }
  /// Whether its parts fit together, as a file that was damaged need not have them.
  var isWhole: Bool { get }
  /// Whether training rows, or parts of them, are kept, as there is no other way.
  var keepsRows: Bool { get }
  /// What it did, for people: one sentence.
  var sentence: String { get }
}

extension FittedStep {
  package func features(after before: [String]) -> [String] { before }
  package func inputs(for after: Set<String>) -> Set<String> { after }
  package func only(_ features: Set<String>) -> (any FittedStep)? { self }
  package var needed: [String] { [] }
  package var keepsRows: Bool { false }
  package var isWhole: Bool { true }
}

/// A step of which the features are set by who reads the table.
package protocol TakesFeatures { var features: [String] { get set } }

extension PipelineStep where Self: Transformer & TakesFeatures, Fitted: FittedStep {
  /// From rows alone: the outcome is not handed on.
  package func learn(_ rows: StudyRows, features: [String], seed: UInt64) throws(ModelError) -> any FittedStep {
    var own = self
    own.features = features
    return try own.fit(rows.table, seed: seed)
  }
}

extension PipelineStep where Self: Selector {
  package func learn(_ rows: StudyRows, features: [String], seed: UInt64) throws(ModelError) -> any FittedStep {
    var own = self
    own.features = features
    return try own.fit(rows.table, rows.outcome, patients: rows.patients, seed: seed)
  }
}

extension ColumnSelection: FittedStep {
  package static var kind: String { "selection" }
  package func features(after before: [String]) -> [String] {
    let gone = Set(dropped.map(\.feature))
    return before.filter { !gone.contains($0) }
  }
  /// What has been chosen need not be chosen again.
  package func only(_ features: Set<String>) -> (any FittedStep)? { nil }
  package var sentence: String { "keeps \(kept.count) of \(kept.count + dropped.count) features" }
}

extension FittedMedians: FittedStep {
  package static var kind: String { "medians" }
  package func only(_ features: Set<String>) -> (any FittedStep)? {
    let kept = medians.filter { features.contains($0.feature) }
    return kept.isEmpty ? nil : FittedMedians(medians: kept)
  }
  package var sentence: String { "puts medians of training rows where one of \(medians.count) features has no value" }
}

extension FittedImputation: FittedStep {}
extension FittedComponents: FittedStep {}
extension Imputation: PipelineStep, TakesFeatures {}
extension ReliabilityFilter: PipelineStep, TakesFeatures {}
extension VarianceFilter: PipelineStep, TakesFeatures {}
extension CorrelationFilter: PipelineStep, TakesFeatures {}
extension ComponentScores: PipelineStep, TakesFeatures {}
extension MinimumRedundancySelection: PipelineStep {}
extension UnivariateSelection: PipelineStep {}
extension StabilityFilter: PipelineStep {}

/// The steps that study files and signatures know by name.
package enum PipelineSteps {
  package static let all: [any PipelineStep.Type] = [
    Imputation.self, HarmoniseStep.self, ReliabilityFilter.self, VarianceFilter.self, CorrelationFilter.self,
    MinimumRedundancySelection.self, UnivariateSelection.self, StabilityFilter.self,
    ComponentScores.self,
  ]
  /// What they learn.
  static let fitted: [any FittedStep.Type] = [
    FittedMedians.self, FittedImputation.self, CommonestWords.self, FittedHarmonisation.self, ColumnSelection.self,
    FittedComponents.self,
  ]
}

/// A step that was learnt, of any kind, as files have it.
package struct LearntStep: Sendable, Hashable, Codable {
  /// The name of its settings.
  package let name: String
  package let fitted: any FittedStep

  init(_ name: String, _ fitted: any FittedStep) { (self.name, self.fitted) = (name, fitted) }

  private enum CodingKeys: String, CodingKey { case name, kind, fitted }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    name = try parts.decode(String.self, forKey: .name)
    let kind = try parts.decode(String.self, forKey: .kind)
    guard let type = PipelineSteps.fitted.first(where: { $0.kind == kind }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: parts,
        debugDescription: "is '\(kind)', must be one of \(PipelineSteps.fitted.map { $0.kind }.joined(separator: ", "))"
      )
    }
    fitted = try Self.decode(type, parts)
    guard fitted.isWhole else {
      throw DecodingError.dataCorruptedError(
        forKey: .fitted, in: parts, debugDescription: "has numbers that are not those of its features")
    }
  }

  private static func decode<Step: FittedStep>(
    _ type: Step.Type, _ parts: KeyedDecodingContainer<CodingKeys>
  ) throws -> any FittedStep { try parts.decode(Step.self, forKey: .fitted) }

  package func encode(to encoder: any Encoder) throws {
    var parts = encoder.container(keyedBy: CodingKeys.self)
    try parts.encode(name, forKey: .name)
    try parts.encode(type(of: fitted).kind, forKey: .kind)
    try parts.encode(fitted, forKey: .fitted)
  }

  package static func == (a: LearntStep, b: LearntStep) -> Bool {
    a.name == b.name && AnyHashable(a.fitted) == AnyHashable(b.fitted)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(AnyHashable(fitted))
  }
}
