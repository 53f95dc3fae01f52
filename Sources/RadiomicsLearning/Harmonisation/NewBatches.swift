import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What is done with rows of a batch that was not learnt.
package enum NewBatchPolicy: String, ChoiceSetting {
  /// They stop the work.
  case refuse
  /// Its effects are learnt from rows set apart from those that are judged.
  case estimate
  /// They are treated as of the batch whose images are acquired most alike.
  case nearest
  /// They are standardised by the pooled parameters: they stay as they are.
  case none
}

/// A batch that was not learnt, and what was done with it.
package struct NewBatch: Sendable, Hashable {
  package let column: String, name: String, policy: NewBatchPolicy
  /// Rows that are harmonised, and those that its effects were learnt from.
  package let rows: Int, learntFrom: Int
  /// The batch that it is treated as.
  package let like: String?

  /// For people.
  package var sentence: String {
    let count = "\(rows) row\(rows == 1 ? "" : "s")"
    return switch policy {
    case .estimate:
      "'\(name)' was not learnt; its effects are estimated from \(learntFrom) rows set apart, and taken out of \(count). What follows is "
        + "transductive: give every performance without these rows too."
    case .nearest:
      "'\(name)' was not learnt; its \(count) are treated as of '\(like ?? "")', which acquires its images most alike."
    default: "'\(name)' was not learnt; its \(count) stay as they are."
    }
  }

  package var json: Setting.Value {
    .map(
      [
        .init("column", .text(column)), .init("batch", .text(name)), .init("policy", .text(policy.rawValue)),
        .init("rows", .integer(rows)),
      ] + (policy == .estimate ? [.init("learnt_from", .integer(learntFrom))] : [])
        + (like.map { [.init("like", .text($0))] } ?? []))
  }
}

extension FittedCombat {
  /// The same that knows what is done with batches of rows that it was not learnt from.
  /// - `calibration`: Rows of them set apart, at least 10 of each, for `estimate`.
  /// - Throws: `ModelError` where the policy cannot be followed.
  package func meeting(
    _ rows: Table, _ policy: NewBatchPolicy, calibration: Table? = nil
  ) throws(ModelError) -> (fitted: FittedCombat, batches: [NewBatch]) {
    let unknown = try unknown(rows)
    guard policy != .refuse, unknown.contains(where: { !$0.isEmpty }) else { return (self, []) }
    var result = self, batches: [NewBatch] = [], apart = calibration
    if policy == .estimate {
      guard method != .longitudinal else {
        throw ModelError.at(
          "new batch",
          "its effects cannot be estimated for longitudinal, whose rows apart would need intercepts of their subjects. Fit it with "
            + "rows of this batch, or treat it otherwise.")
      }
      guard let calibration else {
        let names = unknown.flatMap { $0 }.map { "'\($0)'" }.joined(separator: ", ")
        throw ModelError.at(
          "new batch \(names)", "no rows are set apart to estimate its effects from, must be at least 10 of it.")
      }
      if let finding = calibration.shared(with: rows).first {
        throw ModelError.at("calibration", "\(finding.fact) Effects must be estimated from rows that are not judged.")
      }
    }
    for (index, names) in unknown.enumerated() {
      let labels = try result.steps[index].labels(rows)
      for name in names {
        let own = labels.indices.filter { labels[$0] == name }
        var learntFrom = 0, like: String?
        switch policy {
        case .refuse, .none: result.steps[index].add(name)
        case .nearest:
          let place = try result.steps[index].nearest(rows.rows(own), name)
          like = result.steps[index].levels[place]
          result.steps[index].add(name, like: place)
        case .estimate:
          learntFrom = try result.steps[index].estimate(name, apart!, method)
        }
        batches.append(
          NewBatch(
            column: result.steps[index].batch, name: name, policy: policy, rows: own.count, learntFrom: learntFrom,
            like: like))
      }
      // The next batch column is learnt from rows out of which this one is taken.
      if let known = apart, index + 1 < unknown.count {
        let levels = Set(result.steps[index].levels), labels = try result.steps[index].labels(known)
        apart = try result.steps[index].apply(known.rows(labels.indices.filter { levels.contains(labels[$0]) }))
      }
    }
    return (result, batches)
  }
}

extension CombatStep {
  /// Adds a batch without effects, or with those of another.
  mutating func add(_ name: String, like place: Int? = nil) {
    add(
      name, place.map { locations[$0] } ?? features.map { _ in 0 }, place.map { scales[$0] } ?? features.map { _ in 1 })
    guard var known = components else { return }
    known.locations.append(place.map { known.locations[$0] } ?? Array(repeating: 0, count: componentCount))
    known.scales.append(place.map { known.scales[$0] } ?? Array(repeating: 1, count: componentCount))
    components = known
  }

  private mutating func add(_ name: String, _ location: [Double], _ scale: [Double]) {
    levels.append(name)
    counts.append(0)
    locations.append(location)
    scales.append(scale)
    for index in acquisition.indices {
      acquisition[index].words.append(nil)
      acquisition[index].numbers.append(nil)
    }
  }

  /// Learns a batch's effects from rows of it; returns how many there are.
  mutating func estimate(_ name: String, _ apart: Table, _ method: Combat.Method) throws(ModelError) -> Int {
    let labels = try labels(apart), own = labels.indices.filter { labels[$0] == name }, rows = apart.rows(own)
    guard own.count >= 10 else {
      throw ModelError.at(
        "new batch '\(name)'",
        "\(own.count) row\(own.count == 1 ? "" : "s") of it \(own.count == 1 ? "is" : "are") set apart, must be at least 10 "
          + "to estimate its effects.")
    }
    let table = rows.rows(rows.contentOrder.rows), design = try covariates?.covariates(of: table).design
    let columns = try columns(table)
    // With effects of none, residuals are in standardised units.
    add(name)
    let place = levels.count - 1, codes = own.map { _ in place }
    var samples: [BatchSample] = []
    for (feature, (column, residuals)) in zip(features, zip(columns, residuals(columns, codes, design))) {
      let values = residuals.compactMap { $0 }, measured = column.compactMap { $0 }
      guard let first = measured.first, measured.contains(where: { $0 != first }) else {
        throw ModelError.at("new batch '\(name)'", "'\(feature)' does not vary in the rows set apart, must do.")
      }
      samples.append(Self.sample(values))
    }
    let (shrinkage, isMeanOnly) = method.shrinkage(1e-13)
    let effects = batchEffects(samples, shrinkage, isMeanOnly: isMeanOnly)
    (locations[place], scales[place]) = (effects.map(\.location), effects.map(\.scale))
    if let known = components {
      let residuals = residuals(columns, codes, design)
      for k in known.loadings.indices {
        let scores = own.indices.map { row in
          (known.score(residuals.map { $0[row] }, k) - known.centers[k]) / known.variances[k].squareRoot()
        }
        let sample = Self.sample(scores)
        components!.locations[place][k] = sample.mean
        components!.scales[place][k] = sample.squares / Double(sample.count - 1)
      }
    }
    return own.count
  }

  private static func sample(_ values: [Double]) -> BatchSample {
    let center = RadiomicsNumerics.mean(values)
    return BatchSample(
      count: values.count, mean: center, squares: pairwiseSum(values) { ($0 - center) * ($0 - center) })
  }

  /// The batch whose images are acquired most alike: the mean over facts of 1 for another word and of the difference of numbers over
  /// their range. Gower 1971, doi:10.2307/2528823.
  func nearest(_ rows: Table, _ name: String) throws(ModelError) -> Int {
    guard !acquisition.isEmpty else {
      throw ModelError.at(
        "new batch '\(name)'",
        "nothing is known of how images were acquired, must be columns such as kernel, manufacturer or slice "
          + "thickness. Name them when the harmonisation is fitted.")
    }
    var distances = [Double](repeating: 0, count: levels.count), facts = 0
    for fact in acquisition {
      guard let values = rows[fact.column] else {
        _ = try rows.numbers(fact.column)
        continue
      }
      let own = Fact(fact.column, values, (0..<rows.count).map { _ in 0 }, 1)
      let known = fact.numbers.compactMap { $0 } + [own.numbers[0]].compactMap { $0 }
      let range = (known.max() ?? 0) - (known.min() ?? 0)
      guard own.words[0] != nil || own.numbers[0] != nil else { continue }
      facts += 1
      for batch in levels.indices {
        if let mine = own.numbers[0], let theirs = fact.numbers[batch] {
          distances[batch] += range > 0 ? abs(mine - theirs) / range : 0
        } else {
          distances[batch] += own.words[0] != nil && own.words[0] == fact.words[batch] ? 0 : 1
        }
      }
    }
    let candidates = levels.indices.filter { counts[$0] > 0 }, least = candidates.map { distances[$0] }.min() ?? 0
    let nearest = candidates.filter { distances[$0] == least }
    guard facts > 0, nearest.count == 1 else {
      let names = nearest.map { "'\(levels[$0])'" }.joined(separator: ", ")
      throw ModelError.at(
        "new batch '\(name)'",
        "\(facts == 0 ? "it has no facts of acquisition" : "\(names) acquire their images equally alike"), must be one that "
          + "is nearest. Name other columns of acquisition, or another way to treat it.")
    }
    return nearest[0]
  }
}
