import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

extension StudyTraining {
  /// Coefficients that the pipeline can choose from.
  package var parameters: Int { learner.features.count + (learner.clinical?.design.names.count ?? 0) }

  /// How many patients a model of so many candidates needs that explains 15 % of what can be explained, as where nothing better is known.
  /// Riley et al. 2020, doi:10.1136/bmj.m441. Nil where the rows tell no rate.
  package var sampleSize: DevelopmentSampleSize? {
    guard rows.treatment == nil else { return nil }
    let count = max(parameters, 1)
    do throws(ModelError) {
      switch rows.outcome {
      case .binary(let events):
        let share = Double(events.count { $0 }) / Double(max(rows.count, 1))
        return try .binary(
          parameters: count, rSquared: 0.15 * DevelopmentSampleSize.largestRSquared(prevalence: share),
          prevalence: share)
      case .survival(let times):
        let seen = pairwiseSum(times.stop), follow = seen / Double(max(rows.count, 1)),
          rate = Double(times.events) / seen
        let largest = DevelopmentSampleSize.largestRSquared(rate: rate, meanFollowUp: follow)
        return try .survival(
          parameters: count, rSquared: 0.15 * largest, rate: rate, time: horizon ?? follow, meanFollowUp: follow)
      case .number(let values):
        return try .continuous(
          parameters: count, rSquared: 0.15, mean: mean(values), sd: variance(values).squareRoot())
      case .competing: return nil
      }
    } catch { return nil }
  }

  /// A warning below that size.
  package var sampleSizeFindings: [Finding] {
    guard let size = sampleSize?.size, rows.patientCount < size else { return [] }
    return [
      Finding(
        .warning, "sample size",
        "\(rows.patientCount) patients for \(parameters) candidate\(parameters == 1 ? "" : "s"), must be about \(size) for a model that explains 15 % of what "
          + "can be explained (Riley et al. 2020). Take fewer candidates, or more patients.")
    ]
  }

  /// Seconds of a processor that one split takes, measured on the first; nil if it has no model.
  package func secondsOfSplit() -> Double? {
    guard let first = splits.first else { return nil }
    // Loading a library is no part of a split.
    if plan.pipeline.model is BoostedTreesSignature { _ = BoostedTrees.isAvailable }
    let before = processorSeconds()
    guard
      (try? HeldOutPredictions(learner, rows, [first], inner: plan.design.inner, seed: plan.seed, on: Lanes(jobs: 1)))
        != nil
    else { return nil }
    return processorSeconds() - before
  }

  /// Number of splits that are learnt, those of shuffles and of both controls among them, and the last time on all rows.
  package var fits: Int {
    let turn = splits.count / max(1, plan.design.repeats)
    return splits.count + plan.shuffles * turn + 1
  }
}
