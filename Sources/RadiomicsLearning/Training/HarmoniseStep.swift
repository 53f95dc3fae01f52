import RadiomicsCore
import RadiomicsStatistics

/// ComBat as a step of a pipeline: learnt from the training part of each fold, without the outcome, and applied to all rows, each
/// by itself.
package struct HarmoniseStep: PipelineStep {
  package var combat = Combat()
  /// What is done with rows of a batch that no training row has.
  package var newBatch = NewBatchPolicy.refuse
  /// How many rows of such a batch are set apart for `estimate`.
  package var setApart = 10

  package init() {}
  package static let name = "harmonise"
  package static let summary =
    "Takes the effects of scanners, sites or protocols out of features, as learnt from training rows without the outcome."
  package static let limits =
    "The outcome never protects. A batch that training rows lack is refused unless new_batch says what is done with it."
  package static let reference = Combat.reference
  package static let parameters: [Parameter<HarmoniseStep>] =
    Combat.parameters.map { part in
      Parameter(part.key, part.expectation, isRequired: part.isRequired, part.summary) {
        (setting, owner) throws(SettingError) in
        try part.read(setting, &owner.combat)
      } write: {
        part.write($0.combat)
      }
    } + [
      Parameter(
        "new_batch", \.newBatch,
        "What is done with rows of a batch that no training row has: refuse; estimate, from rows of it that are set apart and not judged; nearest by "
          + "acquisition; or none, which standardises by what is common to all batches."),
      Parameter(
        "set_apart", \.setApart, in: 10...1e6,
        "With estimate: how many rows of such a batch are set apart, without their outcomes; all rows of a patient go together."
      ),
    ]

  package func check() throws(SettingError) {
    try combat.check()
    if newBatch == .estimate, combat.method == .longitudinal {
      throw SettingError(
        place: Place(file: Self.name),
        message:
          "'new_batch' is estimate and 'method' longitudinal, must be another policy: rows apart would need intercepts of their subjects."
      )
    }
  }

  package func learn(_ rows: StudyRows, features: [String], seed: UInt64) throws(ModelError) -> any FittedStep {
    var own = combat
    own.features = features
    return FittedHarmonisation(
      combat: try own.fit(rows.table, seed: seed), newBatch: newBatch, setApart: newBatch == .estimate ? setApart : nil)
  }
}

extension PipelinePlan {
  /// Steps that estimate effects of batches that training rows lack from rows set apart: what follows is transductive.
  package var estimating: [HarmoniseStep] {
    steps.compactMap { $0 as? HarmoniseStep }.filter { $0.newBatch == .estimate }
  }

  /// Columns of batches and of how they acquire images.
  package var batches: [String] {
    steps.compactMap { $0 as? HarmoniseStep }.flatMap { $0.combat.batch + $0.combat.acquisition }
  }
}

extension NewBatchPolicy: Codable {}

/// What ComBat learnt, and what is done with batches that it did not.
package struct FittedHarmonisation: FittedStep {
  package let combat: FittedCombat
  package let newBatch: NewBatchPolicy
  /// How many rows of such a batch are set apart for `estimate`; nil without it.
  let setApart: Int?
  var count: Int { setApart ?? 10 }

  /// The same with other batches, or another policy.
  func with(_ combat: FittedCombat) -> FittedHarmonisation {
    FittedHarmonisation(combat: combat, newBatch: newBatch, setApart: setApart)
  }
  func with(_ policy: NewBatchPolicy) -> FittedHarmonisation {
    FittedHarmonisation(combat: combat, newBatch: policy, setApart: nil)
  }

  package static var kind: String { "combat" }
  package var needed: [String] {
    let features = Set(combat.changed)
    let facts = newBatch == .nearest ? combat.steps.flatMap { $0.acquisition.map(\.column) } : []
    return combat.needed.filter { !features.contains($0) } + facts
  }
  /// Components are made of all features, so that those of covbat are all needed.
  package func inputs(for after: Set<String>) -> Set<String> {
    combat.method == .covbat && !after.isDisjoint(with: combat.changed) ? after.union(combat.changed) : after
  }
  package func only(_ features: Set<String>) -> (any FittedStep)? {
    guard !features.isDisjoint(with: combat.changed) else { return nil }
    return combat.method == .covbat ? self : with(combat.only(features))
  }
  package var sentence: String {
    "takes out the effects of \(combat.steps.map { "\($0.levels.count) batches of '\($0.batch)'" }.joined(separator: ", then "))"
  }

  package func apply(_ rows: Table) throws(ModelError) -> Table {
    try combat.meeting(rows, newBatch).fitted.apply(rows)
  }
}
