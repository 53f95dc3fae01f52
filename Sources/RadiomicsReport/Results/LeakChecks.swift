import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// What would let a study know what it is asked, each refused unless it is overridden, which is recorded.
struct LeakChecks {
  private let overrides: StudyFile.Overrides
  private(set) var allowed: [Signature.Allowed] = [], findings: [Finding] = []
  private(set) var isForced = false, isTransductive = false

  init(_ overrides: StudyFile.Overrides) { self.overrides = overrides }

  /// - Throws: `StudyError` unless the code is allowed.
  private mutating func refuse(_ code: String, _ place: String, _ sentence: String) throws {
    guard overrides.codes.contains(code) else {
      throw StudyError.at(place, sentence, .takeNevertheless(code))
    }
    allowed.append(.init(code: code, sentence: sentence))
    findings.append(Finding(.warning, place, "\(sentence) Learnt nevertheless, as \(code) is allowed."))
  }

  /// A table out of which batches were taken before: with rows that are judged now, or with the outcome.
  mutating func harmonised(_ document: Setting.Value?, _ rows: Table, _ path: String) throws {
    let own = Set((document?["inputs"]?.asList ?? []).compactMap { $0["sha256"]?.asText })
    for record in document?["harmonisation"]?.asList ?? [] {
      let file = record["file"]?.asText ?? "a harmonisation"
      let learnt = Set((record["learnt_from"]?.asList ?? []).compactMap(\.asText))
      let isDescriptive = record["descriptive"] == .flag(true)
      if record["transductive"] == .flag(true) { isTransductive = true }
      let isWhole = !learnt.isDisjoint(with: own)
      guard isDescriptive || isWhole else { continue }
      let why =
        isDescriptive
        ? "is harmonised by \(file), which protects the outcome: what is learnt from it knows the answer"
        : "is harmonised by \(file), which was learnt from these rows, those that are held out among them"
      guard overrides.forcesLeak else {
        throw StudyError.at(
          path,
          "\(why), must be as it was measured. Name the table before it, and 'harmonise' as a step of the pipeline.",
          .forceLeak)
      }
      isForced = true
      allowed.append(.init(code: "force-leak", sentence: "The table \(why)."))
      findings.append(Finding(.warning, path, "\(why). Learnt nevertheless: its performance is no performance."))
    }
  }

  /// Columns that tell the outcome, images under two names, modalities that are different physics, of `table`, of which the rows hold columns.
  mutating func check(
    _ rows: StudyRows, _ features: [String], _ others: [String], _ plan: StudyPlan, _ outcome: StudyOutcome,
    of table: Table, provenance: TableProvenance?, path: String
  ) throws {
    let telling = rows.tellingOutcome(features + plan.clinical + others, outcome.columns)
    if let first = telling.first {
      try refuse(
        LeakRefusal.outcomeAmongPredictors.rawValue, path,
        "'\(first.column)' \(first.why), must not be learnt from\(telling.count > 1 ? " (and \(telling.count - 1) more)" : "")."
      )
    }
    findings += rows.nearlyTelling(features + plan.clinical).map { name, share in
      Finding(
        .warning, path,
        "'\(name)' alone puts \(percentText((share * 1000).rounded() / 1000)) of pairs of rows in the outcome's order. Is it made of the outcome?"
      )
    }
    let twins = try rows.duplicates(features)
    if let (first, second) = twins.first {
      try refuse(
        LeakRefusal.duplicates.rawValue, table.place(second),
        "has the value of \(table.place(first)) in every feature, under another patient (\(twins.count) such row\(twins.count == 1 ? "" : "s")): one image "
          + "under two names may be learnt from and judged at once, must be there once.")
    }
    for (refusal, sentence) in table.poolingRefusals(features, [provenance].compactMap { $0 }) {
      try refuse(refusal.rawValue, path, sentence)
    }
  }
}
