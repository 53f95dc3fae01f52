import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics
import Synchronization

/// A number that several threads count up.
final class Counter: Sendable {
  private let count = Atomic(0)
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

/// A study that can be learnt: its rows, its pipeline and the splits by which that is judged.
package struct StudyTraining: Sendable {
  package let plan: StudyPlan, rows: StudyRows, learner: any SignatureLearner, splits: [OuterSplit]
  /// The column of the lesion's volume; nil where there is none.
  package let volume: String?
  let lanes: Lanes
  /// What is kept of the work, and which part of it is done.
  package var units = TrainingUnits()

  /// - `sources`: Names of the candidates, of each source of its own; one without a name where nothing is fused.
  /// - `volume`: The column of the lesion's volume, if there is one.
  /// - Throws: `ModelError` for a step or a design that the rows cannot bear, before anything is learnt.
  package init(
    _ plan: StudyPlan, _ rows: StudyRows, sources: [(name: String, features: [String])], volume: String?, lanes: Lanes
  ) throws(ModelError) {
    (self.plan, self.rows, self.volume, self.lanes) = (plan, rows, volume, lanes)
    let clinical = try Pipeline.coding(plan.clinical, rows.table), settings = plan.pipeline
    if plan.sources.all.isEmpty {
      learner = Pipeline(
        settings.steps, settings.model, features: sources.flatMap(\.features), clinical: clinical,
        imputed: plan.imputesClinical ? plan.clinical.filter { rows.table.lacksValues($0) } : [])
    } else {
      let own = sources.map {
        (name: $0.name, pipeline: Pipeline(settings.steps, settings.model, features: $0.features))
      }
      let known = clinical.map {
        [(name: SourcesPlan.clinical, pipeline: Pipeline([], RegressionSignature(), features: [], clinical: $0))]
      }
      learner = Fusion(own + (known ?? []), plan.fusion)
    }
    splits = try Self.splits(plan, plan.design, rows, seed: plan.seed)
    if let horizon = plan.horizon, let last = rows.outcome.ends?.map(\.time).max(), horizon > last {
      throw ModelError.at(
        "horizon",
        "is \(numberText(horizon)), and nobody was seen longer than \(numberText(last)); must be within what was seen.")
    }
    try checkOutcome()
    try checkBatches()
  }

  /// The design's, of which rows are set apart where a step estimates effects of new batches from them.
  static func splits(
    _ plan: StudyPlan, _ design: StudyDesign, _ rows: StudyRows, seed: UInt64
  ) throws(ModelError) -> [OuterSplit] {
    var splits = try design.splits(rows, seed: seed)
    for step in plan.pipeline.estimating {
      for place in splits.indices { splits[place] = try step.settingApart(splits[place], rows, seed: plan.seed) }
    }
    return splits
  }

  /// Whether there is enough of everything in the rows and in each training part.
  private func checkOutcome() throws(ModelError) {
    if case .number(let values) = rows.outcome {
      guard Set(values).count > 1 else { throw ModelError.at("outcome", "is the same in every row, must vary.") }
      return
    }
    let events = rows.outcome.isEvent.count { $0 }
    guard events > 0 else { throw ModelError.noEvent(rows: rows.count) }
    if case .binary = rows.outcome, events == rows.count { throw ModelError.oneOutcome }
    let patients = rows.eventCount ?? 0
    if case .folds(let parts) = plan.design.outer, patients < parts {
      throw ModelError.at(
        "design",
        "\(patients) patients had the event, must be at least one for each of \(parts) folds. Take fewer folds.")
    }
  }

  /// New batches are met on purpose where whole sites are held out.
  private func checkBatches() throws(ModelError) {
    let steps = plan.pipeline.steps.compactMap { $0 as? HarmoniseStep }
    switch plan.design.outer {
    case .leaveOneSiteOut, .external:
      if steps.contains(where: { $0.newBatch == .refuse }) {
        throw ModelError.at(
          "pipeline",
          "harmonise meets batches that training rows lack where \(plan.design.outer.words), must say what is done with them. Set new_batch to "
            + "nearest, none or estimate.")
      }
    default: break
    }
    for column in steps.flatMap(\.combat.batch) {
      guard let labels = rows.table.labels(column) else { continue }
      if let split = splits.first(where: { Set($0.training.map { labels[$0] ?? "" }).count < 2 }) {
        throw ModelError.at(
          "pipeline",
          "harmonise finds one batch of '\(column)' in the \(split.training.count) rows that are learnt from where \(plan.design.outer.words), must find "
            + "two. Take folds, which part no site, or leave the step out.")
      }
    }
    let outcome = plan.outcome ?? plan.event
    for step in steps {
      let named = rows.table[outcome ?? ""] == nil ? nil : outcome
      if let first = try step.combat.protectedOutcomes(rows.table, outcome: named).first {
        throw ModelError.at(
          "harmonise",
          "the covariate '\(first.column)' \(first.why), must not be kept: what is fitted with it knows the answer. Leave it out."
        )
      }
    }
  }

  /// Does this process's part of the work, which is kept.
  /// - Returns: How many of all units of work are done now, and of how many.
  /// - Throws: `ModelError` of the first of its splits that has no model.
  package func runShard(
    progress: (@Sendable (String, Int, Int) -> Void)? = nil
  ) throws(ModelError) -> (done: Int, all: Int) {
    let done = Counter(), count = splits.count
    if let error = HeldOutPredictions.failure(
      learner, rows, splits, inner: plan.design.inner, seed: plan.seed, horizon: horizon, units: units, on: lanes,
      progress: { progress?("folds", done.next(), count) })
    {
      throw error
    }
    _ = shuffled { progress?("shuffles", $0, $1) }
    let names = (0..<count).map { "fold-\($0 + 1)" } + (0..<plan.shuffles).map { "shuffle-\($0 + 1)" }
    return (names.count { units.store?.kept($0) != nil }, names.count)
  }

  /// Judges the pipeline alone.
  package func performance() throws(ModelError) -> SignaturePerformance {
    try HeldOutPredictions(
      learner, rows, splits, inner: plan.design.inner, seed: plan.seed, horizon: horizon, units: units, on: lanes
    ).performance(rows, learner, plan, lanes)
  }

  /// Judges the pipeline, then learns it once more from all rows.
  /// - `progress`: Called with what is done, how much of it and of how much, from any thread.
  package func run(
    progress: (@Sendable (String, Int, Int) -> Void)? = nil
  ) throws(ModelError) -> TrainedStudy {
    let done = Counter(), count = splits.count
    let held = try HeldOutPredictions(
      learner, rows, splits, inner: plan.design.inner, seed: plan.seed, horizon: horizon, units: units, on: lanes
    ) { progress?("folds", done.next(), count) }
    let performance = try held.performance(rows, learner, plan, lanes)
    let fitted = try learner.learn(rows, inner: plan.design.inner, seed: plan.seed)
    let ownVolume = volume.map { plain([$0], nil) }
    let clinical = learner.features.isEmpty ? nil : learner.clinical.map { plain([], $0) }
    let shuffles = shuffled { progress?("shuffles", $0, $1) }
    var findings: [Finding] = []
    func alone(_ name: String, _ pipeline: Pipeline?) -> (performance: SignaturePerformance, fitted: FittedPipeline)? {
      pipeline.flatMap { own in
        control(name, &findings) { () throws(ModelError) in
          (try self.performance(of: own), try own.fit(rows, inner: 2, seed: plan.seed))
        }
      }
    }
    let byVolume = alone("volume only", ownVolume), byClinical = alone("clinical only", clinical)
    let controls = StudyControls(
      volume: byVolume?.performance, clinical: byClinical?.performance, shuffles: shuffles, findings: findings)
    return TrainedStudy(
      importance: importance(held), training: self, held: held,
      performance: performance, controls: controls, fitted: fitted,
      volumeAlone: byVolume?.fitted, clinicalAlone: byClinical?.fitted,
      linear: try fitted.linearPredictors(rows.table))
  }
}

/// A study that was learnt and judged.
package struct TrainedStudy: Sendable {
  /// How much is lost where an input is shuffled.
  package let importance: [(column: String, importance: PermutationImportance)]
  package let training: StudyTraining
  package let held: HeldOutPredictions
  package let performance: SignaturePerformance, controls: StudyControls
  /// Learnt from all rows.
  package let fitted: SignaturePredictor, volumeAlone: FittedPipeline?, clinicalAlone: FittedPipeline?
  /// Linear predictors of the rows that it was learnt from.
  let linear: [Double]

  /// How much better predictions look pooled than within sites, beside what chance makes of that; nil without sites.
  package var gap: SiteGap? {
    guard let sites = training.rows.sites else { return nil }
    if case .bootstrap632plus = training.plan.design.outer { return nil }
    let rows = held.rows(0), own = training.rows.rows(rows)
    let repeats = held.values.map { turn in rows.map { turn[$0] ?? 0 } }
    return SiteGap(
      repeats, own.observed, sites: rows.map { sites.codes[$0] }, patients: own.patients, shuffles: 200,
      seed: training.plan.seed)
  }

  /// Calibration by site of predictions of rows held out, as probabilities, risks until the horizon, or numbers.
  package var calibration: [SiteCalibration] {
    let means = held.means, rows = means.indices.filter { means[$0] != nil }, own = training.rows.rows(rows)
    guard let outcome = own.calibrated(rows.map { means[$0]! }, horizon: training.horizon) else { return [] }
    return SiteCalibration.all(
      outcome, sites: own.sites?.codes ?? rows.map { _ in 0 }, patients: own.patients)
  }
}

extension TrainedStudy {
  /// Where effects of new batches are estimated: rows that this is done from, rows that are judged, and performance without it (`none`); nil elsewhere.
  package var estimated: (apart: Int, judged: Int, without: SignaturePerformance)? {
    let folds = held.folds.filter { !$0.split.apart.isEmpty }
    guard !folds.isEmpty, let without = held.without, let found = try? held.performance(training.rows, of: without)
    else {
      return nil
    }
    return (
      folds.reduce(0) { $0 + $1.split.apart.count }, folds.reduce(0) { $0 + $1.split.held.count }, found
    )
  }

  /// Whether scores of rows held out tell who benefits from the treatment; nil without one.
  package var predictive: Result<PredictiveScore, ModelError>? {
    guard training.rows.treatment != nil else { return nil }
    let known = training.rows.patients.indices.filter { row in held.values.contains { $0[row] != nil } }
    let scores = known.map { row in mean(held.values.compactMap { $0[row] }) }
    let isOnce = held.values.count == 1
    do throws(ModelError) {
      return .success(
        try PredictiveScore(
          scores, groups: isOnce ? known.map { held.parts[0][$0] ?? 0 } : nil, training.rows.rows(known),
          horizon: training.horizon, seed: training.plan.seed))
    } catch { return .failure(error) }
  }

  /// Of a fusion, performance by which sources rows have; empty of a single pipeline.
  package var patterns: [(sources: String, rows: Int, performance: SignaturePerformance)] {
    guard let fusion = training.learner as? Fusion else { return [] }
    if case .bootstrap632plus = training.plan.design.outer { return [] }
    let table = training.rows.table, held = held.rows(0)
    var names = [[String]](repeating: [], count: table.count)
    for source in fusion.sources {
      for row in (try? source.pipeline.rowsWithValues(table)) ?? [] { names[row].append(source.name) }
    }
    let texts = names.map { $0.joined(separator: " + ") }
    return Set(held.map { texts[$0] }).sorted().compactMap { text in
      let rows = held.filter { texts[$0] == text }, own = training.rows.rows(rows)
      let turns = self.held.values.compactMap { turn in
        try? ThreeWays(
          rows.map { turn[$0] ?? 0 }, own.observed, sites: own.sites?.codes, patients: own.patients)
      }
      return turns.isEmpty ? nil : (text, rows.count, SignaturePerformance(ThreeWays.averaged(turns)))
    }
  }
}

extension Table {
  /// Whether a column is empty in some row.
  fileprivate func lacksValues(_ name: String) -> Bool {
    self[name].map { values in (0..<count).contains { values.isMissing($0) } } ?? false
  }
}

extension StudyTraining {
  /// Until when risks are predicted: as the study says, else the median time of events to two digits, as it is a patient's; nil without times.
  package var horizon: Double? {
    guard let ends = rows.outcome.ends else { return nil }
    if let asked = plan.horizon { return asked }
    let events = ends.filter(\.isEvent).map(\.time).sorted()
    guard let median = events.isEmpty ? nil : Optional(events[(events.count - 1) / 2]), median > 0 else { return nil }
    let places = 1 - log10(median).rounded(.down), scale = pow(10, abs(places))
    return places < 0 ? (median / scale).rounded() * scale : (median * scale).rounded() / scale
  }
}

extension Outcome {
  /// When each row ends, and whether by the event; nil without times.
  var ends: [(time: Double, isEvent: Bool)]? {
    switch self {
    case .survival(let times): zip(times.stop, times.isEvent).map { ($0, $1) }
    case .competing(let times): zip(times.stop, isEvent).map { ($0, $1) }
    case .binary, .number: nil
    }
  }

  /// With predictions, as calibration takes them; nil of times without a horizon.
  func calibrated(_ predictions: [Double], horizon: Double?) -> CalibratedOutcome? {
    switch self {
    case .binary(let events): .probabilities(predictions, events)
    case .number(let values): .numbers(predictions, values)
    case .survival(let times): horizon.map { .risks(predictions, times, horizon: $0) }
    case .competing(let times): horizon.map { .incidences(predictions, times, horizon: $0) }
    }
  }
}
