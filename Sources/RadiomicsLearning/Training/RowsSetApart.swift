import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Rows of batches that were not learnt, set apart from those that are judged, so that the effects of their batches are estimated from them. Their
/// outcomes are not looked at.
package struct RowsSetApart: Sendable, Hashable {
  /// Rows that effects are estimated from, and those that are judged.
  package let apart: [Int], judged: [Int]

  /// - `batches`: Of each column of batches the words of all rows, and those of batches that were not learnt.
  /// - `rows`: Those that are judged but for those that are set apart; all rows of a patient are on one side.
  /// - `count`: How many of each batch; more where a patient has several. A batch with fewer is not estimated.
  init(
    _ batches: [(labels: [String], unknown: Set<String>)], among rows: [Int], patients: [Int], count: Int, seed: UInt64,
    replicate: Int
  ) {
    var generator = SeededGenerator(seed: seed, replicate: replicate), chosen: Set<Int> = []
    for (labels, unknown) in batches {
      for name in unknown.sorted() {
        let own = rows.filter { labels[$0] == name }, members = Dictionary(grouping: own) { patients[$0] }
        guard own.count > count else { continue }
        var order = own.map { patients[$0] }, seen: Set<Int> = []
        order = order.filter { seen.insert($0).inserted }
        for place in order.indices.dropFirst().reversed() { order.swapAt(place, generator.below(place + 1)) }
        var found = own.count { chosen.contains(patients[$0]) }
        for patient in order where found < count && !chosen.contains(patient) {
          chosen.insert(patient)
          found += members[patient]!.count
        }
      }
    }
    apart = rows.filter { chosen.contains(patients[$0]) }
    judged = rows.filter { !chosen.contains(patients[$0]) }
  }
}

extension HarmoniseStep {
  /// A split of which rows are set apart whose batches its training rows lack.
  /// - Throws: `ModelError` where such a batch has too few rows.
  func settingApart(_ split: OuterSplit, _ rows: StudyRows, seed: UInt64) throws(ModelError) -> OuterSplit {
    var batches: [(labels: [String], unknown: Set<String>)] = []
    for column in combat.batch {
      let labels = try rows.table.batchLabels(column, "batch"), known = Set(split.training.map { labels[$0] })
      let unknown = Set(split.held.map { labels[$0] }).subtracting(known)
      for name in unknown.sorted() {
        let count = split.held.count { labels[$0] == name }
        guard count > setApart else {
          throw ModelError.at(
            "harmonise",
            "'\(name)' of '\(column)' has \(count) row\(count == 1 ? "" : "s") held out, must be more than \(setApart): its effects are estimated from so many "
              + "set apart, and the others are judged. Set new_batch to nearest or none.")
        }
      }
      batches.append((labels, unknown))
    }
    let found = RowsSetApart(
      batches, among: split.held, patients: rows.patients, count: setApart, seed: seed, replicate: split.part)
    guard !found.apart.isEmpty else { return split }
    guard !found.judged.isEmpty else {
      throw ModelError.at(
        "harmonise", "no row is left to be judged beside those set apart, must be of several patients.")
    }
    return OuterSplit(
      training: split.training, held: found.judged, turn: split.turn, part: split.part, apart: split.apart + found.apart
    )
  }
}

extension FittedPipeline {
  /// Its steps that estimate effects of batches that were not learnt.
  var estimating: [FittedHarmonisation] {
    steps.compactMap { $0.fitted as? FittedHarmonisation }.filter { $0.newBatch == .estimate }
  }

  /// The same that has estimated the effects of batches of some rows from others.
  func meeting(_ rows: Table, from apart: Table) throws(ModelError) -> (fitted: FittedPipeline, batches: [NewBatch]) {
    guard !estimating.isEmpty, apart.count > 0 else { return (self, []) }
    var rows = rows, apart = apart, met: [LearntStep] = [], batches: [NewBatch] = []
    for step in steps {
      var own = step
      if let harmonisation = step.fitted as? FittedHarmonisation, harmonisation.newBatch == .estimate {
        let found = try harmonisation.combat.meeting(rows, .estimate, calibration: apart)
        batches += found.batches
        own = LearntStep(step.name, harmonisation.with(found.fitted))
      }
      met.append(own)
      rows = try own.fitted.apply(rows)
      apart = try own.fitted.apply(apart)
    }
    return (with(met), batches)
  }

  /// The same that leaves rows of batches that were not learnt as they are.
  var withoutEstimates: FittedPipeline {
    with(
      steps.map { step in
        guard let harmonisation = step.fitted as? FittedHarmonisation, harmonisation.newBatch == .estimate else {
          return step
        }
        return LearntStep(step.name, harmonisation.with(.none))
      })
  }

  private func with(_ steps: [LearntStep]) -> FittedPipeline {
    FittedPipeline(steps: steps, features: features, clinical: clinical, model: model)
  }
}

extension SignaturePredictor {
  /// As of its pipelines.
  func meeting(_ rows: Table, from apart: Table) throws(ModelError) -> (fitted: SignaturePredictor, batches: [NewBatch])
  {
    switch self {
    case .pipeline(let own):
      let found = try own.meeting(rows, from: apart)
      return (.pipeline(found.fitted), found.batches)
    case .sets(let sets):
      var met: [FittedPipeline] = [], batches: [NewBatch] = []
      for own in sets.pipelines {
        let found = try own.meeting(rows, from: apart)
        met.append(found.fitted)
        batches = found.batches
      }
      return (.sets(FittedSets(met)), batches)
    case .fusion(let fusion):
      var sources: [FittedFusion.Source] = [], batches: [NewBatch] = []
      for source in fusion.sources {
        let found = try source.pipeline.meeting(rows, from: apart)
        sources.append(.init(name: source.name, pipeline: found.fitted))
        batches += found.batches
      }
      return (.fusion(FittedFusion(sources: sources, combination: fusion.combination)), batches)
    }
  }

  /// As of its pipelines.
  var withoutEstimates: SignaturePredictor {
    switch self {
    case .pipeline(let own): .pipeline(own.withoutEstimates)
    case .sets(let sets): .sets(FittedSets(sets.pipelines.map(\.withoutEstimates)))
    case .fusion(let fusion):
      .fusion(
        FittedFusion(
          sources: fusion.sources.map { .init(name: $0.name, pipeline: $0.pipeline.withoutEstimates) },
          combination: fusion.combination))
    }
  }
}

extension Signature {
  /// The same that knows batches of rows that it was not learnt from, where it estimates their effects; rows that it did so from are apart.
  /// - Throws: `ModelError` where effects cannot be estimated; batches with too few rows stay unknown.
  package func meeting(
    _ table: Table, patients: [Int], seed: UInt64
  ) throws(ModelError) -> (signature: Signature, rows: RowsSetApart, batches: [NewBatch]) {
    let all = Array(0..<table.count), steps = predictor.pipelines.flatMap(\.pipeline.estimating)
    var batches: [(labels: [String], unknown: Set<String>)] = []
    for step in steps {
      for (own, unknown) in zip(step.combat.steps, try step.combat.unknown(table)) {
        batches.append((try own.labels(table), Set(unknown)))
      }
    }
    let rows = RowsSetApart(
      batches, among: all, patients: patients, count: steps.map(\.count).max() ?? 10, seed: seed, replicate: 0)
    guard !rows.apart.isEmpty, !rows.judged.isEmpty else { return (self, rows, []) }
    // Batches that are judged, too few to be estimated, stay unknown to the steps.
    let known = rows.judged.filter { row in
      batches.allSatisfy { batch in
        !batch.unknown.contains(batch.labels[row]) || rows.apart.contains { batch.labels[$0] == batch.labels[row] }
      }
    }
    let found = try predictor.meeting(table.rows(known), from: table.rows(rows.apart))
    var met = self
    met.predictor = found.fitted
    return (met, rows, found.batches)
  }
}
