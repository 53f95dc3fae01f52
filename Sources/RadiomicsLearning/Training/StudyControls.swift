import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What stands beside a signature's performance, so that it is not taken for more than it is.
package struct StudyControls: Sendable {
  /// What everything gives when outcomes are shuffled within sites.
  package struct Shuffles: Sendable, Hashable {
    /// Of each shuffle that had a model: within site (pooled where there is none), pooled, and the mean of folds.
    package let first: [Double], pooled: [Double], foldMean: [Double]
    /// How many were asked for.
    package let asked: Int

    /// The share of shuffles, the observed value among them, that are at least as good. Phipson and Smyth 2010,
    /// doi:10.2202/1544-6115.1585.
    /// Nil where more than a tenth of the shuffles had no model, so that the others are a choice.
    package func p(_ observed: Double) -> Double? {
      guard Double(first.count) >= 0.9 * Double(asked) else { return nil }
      return Double(1 + first.count { $0 >= observed }) / Double(1 + first.count)
    }
  }

  /// The lesion's volume alone, and clinical columns alone; nil where the study has none.
  package let volume: SignaturePerformance?, clinical: SignaturePerformance?
  package let shuffles: Shuffles
  /// Controls that have no model.
  package let findings: [Finding]
}

extension StudyTraining {
  /// A pipeline of some columns without steps.
  /// Events that a control separates have a finite model by Firth's penalty; a value that is missing is the median.
  func plain(_ features: [String], _ clinical: ModelColumns?) -> Pipeline {
    var model = RegressionSignature()
    if case .binary = rows.outcome { model.isFirth = true }
    return Pipeline(
      [Imputation()], model, features: features, clinical: clinical, imputed: clinical == nil ? [] : learner.imputed)
  }

  /// A control that has no model is none.
  func control<Value>(_ name: String, _ findings: inout [Finding], _ make: () throws(ModelError) -> Value) -> Value? {
    do throws(ModelError) { return try make() } catch {
      findings.append(Finding(.warning, name, "has no model, so that it is no control: \(error.fact)"))
      return nil
    }
  }

  /// Performance of columns alone, in the same folds.
  func performance(of pipeline: Pipeline) throws(ModelError) -> SignaturePerformance {
    try HeldOutPredictions(pipeline, rows, splits, inner: plan.design.inner, seed: plan.seed, on: lanes).performance(
      rows, pipeline, plan, lanes)
  }

  /// Everything learnt anew with shuffled outcomes, so many times; folds are dealt anew for each, once.
  func shuffled(_ progress: (@Sendable (Int, Int) -> Void)?) -> StudyControls.Shuffles {
    let done = Counter()
    let found = lanes.map(plan.shuffles) { number -> ShuffledValues? in
      defer { progress?(done.next(), plan.shuffles) }
      return units.value("shuffle-\(number + 1)") {
        units.shard?.has(splits.count + number) ?? true ? shuffledOnce(number) : nil
      }
    }.compactMap { $0 }
    return StudyControls.Shuffles(
      first: found.compactMap(\.first), pooled: found.compactMap(\.pooled), foldMean: found.compactMap(\.foldMean),
      asked: plan.shuffles)
  }

  /// What one shuffle gave; all nil where it had no model.
  private struct ShuffledValues: Codable {
    var first: Double?, pooled: Double?, foldMean: Double?
  }

  private func shuffledOnce(_ number: Int) -> ShuffledValues {
    let own = rows.shuffled(seed: plan.seed, replicate: number), one = Lanes(jobs: 1)
    var design = plan.design
    design.repeats = 1
    do throws(ModelError) {
      let splits = try Self.splits(plan, design, own, seed: plan.seed &+ UInt64(number) &+ 1)
      let held = try HeldOutPredictions(learner, own, splits, inner: design.inner, seed: plan.seed, on: one)
      let found = try held.performance(own, learner, plan, one)
      return ShuffledValues(first: found.first.value, pooled: found.pooled.value, foldMean: found.foldMean.value)
    } catch { return ShuffledValues() }
  }
}

extension HeldOutPredictions {
  /// How well rows are ordered; of samples with replacement the .632+ estimate of it.
  func performance(
    _ rows: StudyRows, _ learner: any SignatureLearner, _ plan: StudyPlan, _ lanes: Lanes
  ) throws(ModelError) -> SignaturePerformance {
    guard case .bootstrap632plus = plan.design.outer else { return try performance(rows) }
    let fitted = try learner.learn(rows, inner: plan.design.inner, seed: plan.seed)
    let own = try ThreeWays(
      fitted.linearPredictors(rows.table), rows.observed, sites: rows.sites?.codes, patients: rows.patients)
    var samples: [ThreeWays] = []
    for turn in values.indices {
      let held = self.rows(turn), part = rows.rows(held)
      guard !held.isEmpty else { continue }
      samples.append(
        try ThreeWays(
          held.map { values[turn][$0]! }, part.observed, sites: part.sites?.codes, patients: part.patients))
    }
    func corrected(_ way: (ThreeWays) -> EstimateCell) -> BoundedValue {
      let held = samples.compactMap { way($0).estimate?.value }
      guard let apparent = way(own).estimate?.value, !held.isEmpty else {
        if case .undefined(let reason) = way(own) { return BoundedValue(undefined: "\(reason)") }
        return BoundedValue(undefined: "no two rows can be compared")
      }
      let limits = percentileLimits(held, alpha: 0.05), middle = mean(held)
      let value = estimate632plus(apparent: apparent, heldOut: middle)
      return BoundedValue(value, value + limits.lowerBound - middle, value + limits.upperBound - middle)
    }
    return SignaturePerformance(
      withinSite: corrected(\.withinSite), pooled: corrected(\.pooled),
      foldMean: BoundedValue(undefined: "samples with replacement are no folds"))
  }
}
