import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What a pipeline predicts of rows that it was not learnt from.
package struct HeldOutPredictions: Sendable {
  /// One split.
  package struct Fold: Sendable, Hashable, Codable {
    package let split: OuterSplit
    /// What was learnt.
    package let predictor: SignaturePredictor
  }

  /// By turn and row, the linear predictor; nil of a row that was never held out in that turn.
  package let values: [[Double?]]
  /// The same as probabilities, risks until a horizon, or numbers, by the model that was learnt without the row; nil without a horizon.
  package let predictions: [[Double?]]
  /// By turn and row, the part in which it was held out.
  package let parts: [[Int?]]
  /// In the order of the splits.
  package let folds: [Fold]
  /// As `values`, with rows of new batches as they are; nil unless effects of some are estimated.
  package let without: [[Double?]]?

  /// Learns a pipeline in each split anew.
  /// - `inner`: Number of folds within training rows.
  /// - `horizon`: Until when risks are predicted.
  /// - `units`: What was found before, and is kept.
  /// - Throws: `ModelError` of the first split that has no model, with its number.
  package init(
    _ learner: any SignatureLearner, _ rows: StudyRows, _ splits: [OuterSplit], inner: Int, seed: UInt64,
    horizon: Double? = nil, units: TrainingUnits = TrainingUnits(), on lanes: Lanes,
    progress: (@Sendable () -> Void)? = nil
  ) throws(ModelError) {
    let found = Self.results(
      learner, rows, splits, inner: inner, seed: seed, horizon: horizon, units: units, on: lanes, progress: progress)
    var values = [[Double?]](
      repeating: [Double?](repeating: nil, count: rows.count), count: (splits.map(\.turn).max() ?? -1) + 1)
    var predictions = values, without = values, parts = values.map { $0.map { _ in Int?.none } }, folds: [Fold] = []
    for result in found {
      switch result {
      case .success(let own):
        let fold = own.fold
        for (place, row) in fold.split.held.enumerated() {
          values[fold.split.turn][row] = own.values[place]
          predictions[fold.split.turn][row] = own.predictions[place]
          without[fold.split.turn][row] = (own.without ?? own.values)[place]
          parts[fold.split.turn][row] = fold.split.part
        }
        folds.append(fold)
      case .failure(let error): throw error
      }
    }
    (self.values, self.predictions, self.parts, self.folds) = (values, predictions, parts, folds)
    self.without = folds.contains { !$0.split.apart.isEmpty } ? without : nil
  }

  /// What each split gives, what was kept of it before where that is of this very split.
  private static func results(
    _ learner: any SignatureLearner, _ rows: StudyRows, _ splits: [OuterSplit], inner: Int, seed: UInt64,
    horizon: Double?, units: TrainingUnits, on lanes: Lanes, progress: (@Sendable () -> Void)?
  ) -> [Result<Held, ModelError>] {
    lanes.map(splits.count) { number in
      defer { progress?() }
      let split = splits[number]
      var failure = ModelError("it is of another shard")
      let found = units.value("fold-\(number + 1)", isWhole: { $0.isOf(split) }) { () -> Held? in
        guard units.shard?.has(number) ?? true else { return nil }
        switch learn(learner, rows, split, inner: inner, seed: seed, horizon: horizon) {
        case .success(let held): return held
        case .failure(let error):
          failure = error
          return nil
        }
      }
      return found.map { .success($0) } ?? .failure(ModelError("fold \(number + 1) of \(splits.count): \(failure)"))
    }
  }

  /// Learns a shard's splits alone, which are kept; the first error of one of its own.
  static func failure(
    _ learner: any SignatureLearner, _ rows: StudyRows, _ splits: [OuterSplit], inner: Int, seed: UInt64,
    horizon: Double?, units: TrainingUnits, on lanes: Lanes, progress: (@Sendable () -> Void)?
  ) -> ModelError? {
    let found = results(
      learner, rows, splits, inner: inner, seed: seed, horizon: horizon, units: units, on: lanes, progress: progress)
    for (number, result) in found.enumerated() where units.shard?.has(number) ?? true {
      if case .failure(let error) = result { return error }
    }
    return nil
  }

  /// What one split gives.
  private struct Held: Codable {
    let fold: Fold, values: [Double], predictions: [Double?]
    /// With rows of new batches as they are; nil unless effects of some are estimated.
    let without: [Double]?

    func isOf(_ split: OuterSplit) -> Bool {
      fold.split == split && values.count == split.held.count && predictions.count == split.held.count
    }
  }

  private static func learn(
    _ learner: any SignatureLearner, _ rows: StudyRows, _ split: OuterSplit, inner: Int, seed: UInt64, horizon: Double?
  ) -> Result<Held, ModelError> {
    do throws(ModelError) {
      let held = rows.table.rows(split.held),
        learnt = try learner.learn(
          rows.rows(split.training), inner: inner, seed: seed)
      let fitted = try learnt.meeting(held, from: rows.table.rows(split.apart)).fitted
      let values = split.held.isEmpty ? [] : try fitted.linearPredictors(held)
      let without = try split.apart.isEmpty ? nil : learnt.withoutEstimates.linearPredictors(held)
      let fold = Fold(split: split, predictor: fitted.pruned)
      let predictions = values.map { fitted.prediction($0, horizon: horizon) }
      return .success(Held(fold: fold, values: values, predictions: predictions, without: without))
    } catch { return .failure(error) }
  }

  /// In how many folds each column counts, most first.
  package var frequencies: [(column: String, folds: Int)] {
    var counts: [String: Int] = [:]
    for fold in folds { for column in fold.predictor.counted { counts[column, default: 0] += 1 } }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (column: $0.key, folds: $0.value) }
  }
}

extension StudyRows {
  /// The same rows with outcomes shuffled among patients of a site, or among all without sites, and of an arm where there are arms; rows of a patient move together with
  /// those of another who has as many.
  package func shuffled(seed: UInt64, replicate: Int) -> StudyRows {
    var generator = SeededGenerator(seed: seed, replicate: replicate), members: [Int: [Int]] = [:], order: [Int] = []
    for row in 0..<count {
      if members[patients[row]] == nil { order.append(patients[row]) }
      members[patients[row], default: []].append(row)
    }
    var groups: [[Int]: [Int]] = [:], keys: [[Int]] = []
    for patient in order {
      let rows = members[patient]!, arm = treatment?.isTreated[rows[0]] ?? false
      let key = [sites?.codes[rows[0]] ?? 0, rows.count, arm ? 1 : 0]
      if groups[key] == nil { keys.append(key) }
      groups[key, default: []].append(patient)
    }
    var source = Array(0..<count)
    for key in keys {
      let own = groups[key]!
      var drawn = own
      for place in drawn.indices.dropFirst().reversed() { drawn.swapAt(place, generator.below(place + 1)) }
      for (to, from) in zip(own, drawn) {
        for (row, other) in zip(members[to]!, members[from]!) { source[row] = other }
      }
    }
    return with(outcome.rows(source))
  }
}
