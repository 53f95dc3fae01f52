import RadiomicsCore
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Signatures at another place: updating, subgroups, and who is in another group than before.
struct SignatureTransportTests {
  private static func signature(_ rows: StudyRows, _ features: [String], _ pipeline: String) throws -> Signature {
    let plan = try StudyTrainingTests.plan(
      """
      table: t.csv
      outcome: event
      candidates: /^f/
      clinical: [age, sex]
      site: hospital
      shuffles: 0
      design: { outer: { folds: 3 }, inner: 3 }
      pipeline: \(pipeline)
      """)
    let training = try StudyTraining(plan, rows, sources: [("", features)], volume: nil, lanes: Lanes(jobs: 2))
    let table = rows.table.with("event", .numbers(rows.outcome.isEvent.map { $0 ? 1 : 0 }))
    return Signature(try training.run(), try StudyOutcome(plan, table))
  }

  private static func transport(
    _ rows: StudyRows, _ signature: Signature, base: Signature? = nil
  ) throws -> (SignatureValidation, SignatureTransport) {
    let validation = try SignatureValidation(signature, rows, shuffles: 0, seed: 1)
    return (
      validation, try SignatureTransport(validation, signature, subgroups: ["sex"], base: base, subject: "patient")
    )
  }

  @Test func updatingSubgroupsAndChanges() throws {
    let (rows, features) = try StudyTrainingTests.study(features: 10, signal: 1.2, seed: 1)
    let own = try Self.signature(
      rows, features, "[impute: median, harmonise: { batch: hospital }, mrmr: { count: 4 }, elastic_net]")
    let base = try Self.signature(rows, ["f0", "f9"], "[impute: median, regression]")
    let (others, _) = try StudyTrainingTests.study(features: 10, signal: 1.2, seed: 2)
    let (validation, found) = try Self.transport(others, own, base: base)
    #expect(validation.applied.count == others.count)

    // The closed test is that of the models' own function, by the columns that count.
    let updating = try found.updating.get(), linear = validation.applied.compactMap(\.linear)
    #expect(updating.models.map(\.update) == ModelUpdate.allCases)
    #expect(
      try #require(updating.models.last).coefficients.map(\.name).sorted()
        == (own.predictor.counted + ["intercept"]).sorted())
    let alone = try ModelUpdating(linear, others.outcome.isEvent, design: nil)
    #expect(updating.models[2].likelihood?.logarithm == alone.models[2].likelihood?.logarithm)

    // A subgroup is judged by its rows alone.
    let groups = try #require(found.subgroups.first), sex = try #require(others.table["sex"]?.words)
    #expect(groups.names == ["f", "m"] && groups.calibration.count == 2)
    let women = sex.indices.filter { sex[$0] == "f" }
    let roc = try ROC(women.map { linear[$0] }, women.map { others.outcome.isEvent[$0] })
    #expect(groups.parts[0].value.estimate?.value == roc.auc && groups.parts[0].rows == women.count)

    // What is not needed has no importance, what decides has.
    #expect(found.importance.map(\.name) == own.inputs.map(\.name))
    #expect(try #require(found.importance.max { $0.loss.loss < $1.loss.loss }).loss.loss > 0.03)

    // Whoever changes does so by the sum of the reasons.
    let changes = try #require(found.changes), before = try base.apply(others.table).compactMap(\.linear)
    #expect(changes.count == others.count && changes.groups == ["low", "high"] && !changes.all.isEmpty)
    for (name, change) in zip(changes.names, changes.all) {
      #expect(name == "p\(change.row)" && own.group(linear[change.row]) == changes.groups[change.to])
      #expect(base.group(before[change.row]) == changes.groups[change.from])
      let sum = change.reasons.reduce(0) { $0 + $1.change }
      expectClose(sum, linear[change.row] - mean(linear) - before[change.row] + mean(before), absolute: 1e-10)
    }
  }

  /// A source whose predictions run against the outcome has no weight, and is not asked for where the signature is used.
  @Test func aSourceWithoutWeightIsNotNeeded() throws {
    var dropped = 0
    for seed in 1...6 as ClosedRange<UInt64> {
      let (known, features) = try StudyTrainingTests.study(features: 6, signal: 1.2, shift: 0, seed: seed)
      let ct = Array(features.prefix(3)), pet = Array(features.suffix(3))
      let values = try known.table.numbers("f0").enumerated().map { $1! + (known.outcome.isEvent[$0] ? 1 : 0) }
      let rows = StudyRows(known.table, .number(values), sites: known.sites)
      let fusion = Fusion(
        [("ct", Pipeline([], RidgeSignature(), features: ct)), ("pet", Pipeline([], RidgeSignature(), features: pet))],
        .nonNegative)
      let whole = try fusion.learn(rows, inner: 3, seed: seed), pruned = whole.pruned
      let needed = pruned.inputs(among: features), isDropped = pruned.pipelines.map(\.source) == ["ct"]
      #expect(isDropped || pruned.pipelines.count == 2)
      #expect(needed == (isDropped ? ct : features))
      let (a, b) = (try whole.linearPredictors(rows.table), try pruned.linearPredictors(rows.table.only(Set(needed))))
      for (x, y) in zip(a, b) { expectClose(x, y, relative: 1e-12, absolute: 1e-12) }
      dropped += isDropped ? 1 : 0
    }
    #expect(dropped > 0)
  }

  /// Where the event is rarer, the intercept is lower, and the model as it was is rejected.
  @Test func anotherPrevalence() throws {
    let (rows, features) = try StudyTrainingTests.study(features: 3, signal: 1, shift: 0, seed: 3)
    let own = try Self.signature(rows, features, "[impute: median, regression]")
    let (others, _) = try StudyTrainingTests.study(
      sites: [80, 60, 60], prevalence: [0.1, 0.15, 0.2], features: 3, signal: 1, shift: 0, seed: 4)
    let (_, found) = try Self.transport(others, own)
    let updating = try found.updating.get(),
      intercept = try #require(updating.models[1].coefficients[0].estimate.estimate)
    #expect(intercept.value < -0.5 && intercept.limits().map { $0.upperBound < 0 } ?? false && found.changes == nil)
    #expect(updating.steps[0].p < 0.001)
  }

  /// The curve ends at the study's own folds, and is that of the pipeline whatever the number of lanes.
  @Test func learningCurve() throws {
    let (rows, features) = try StudyTrainingTests.study(features: 4, signal: 1, seed: 5)
    let plan = try StudyTrainingTests.plan(
      """
      table: t.csv
      outcome: event
      candidates: /^f/
      site: hospital
      shuffles: 0
      design: { outer: { folds: 3 }, inner: 3 }
      pipeline: [impute: median, regression]
      """)
    func training(_ jobs: Int) throws -> StudyTraining {
      try StudyTraining(plan, rows, sources: [("", features)], volume: nil, lanes: Lanes(jobs: jobs))
    }
    let study = try training(2), curve = study.learningCurve([1, 0.4])
    #expect(curve.points.map(\.share) == [0.4, 1] && curve.points.map(\.replicates) == [3, 3])
    #expect(abs(curve.points[0].patients - 27) <= 2 && curve.points[1].patients == 67)
    let whole = try study.splits.map { split in
      let fitted = try study.learner.learn(rows.rows(split.training), inner: 3, seed: plan.seed),
        held = rows.rows(split.held)
      let ways = try ThreeWays(
        fitted.linearPredictors(held.table), held.observed, sites: held.sites?.codes, patients: held.patients)
      return try #require(ways.withinSite.estimate).value
    }
    expectClose(curve.points[1].value, mean(whole), relative: 1e-14)
    #expect(try training(1).learningCurve([1, 0.4]) == curve)
  }
}
