import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics

/// A signature judged on rows of a table that it was not learnt from.
package struct ValidatedSignature: Sendable {
  package let validation: SignatureValidation, transport: SignatureTransport
  private let signature: Signature, file: String, digest: String, table: Table, path: String
  private let noticed: [Finding], seed: UInt64
  /// Rows that the signature was learnt from.
  package let known: TrainingMarks.Known?
  /// Whether the table, or some of its rows, was learnt from, so that nothing is validated.
  private let isLearntFrom: Bool

  /// Columns of the table that are named otherwise than where the signature was learnt.
  package struct Columns: Sendable {
    package var outcome: String?, time: String?, event: String?, positive: String?, subject: String?, site: String?
    /// Columns whose words divide rows into subgroups.
    package var subgroups: [String] = []

    package init() {}
  }

  /// - `file`: Where the signature is kept.
  /// - `key`: The public key that must have sealed it; nil where any will do.
  /// - `base`: Where the signature is kept that was used before; nil without one.
  /// - Throws: `FormatError`, `StudyError` or `ModelError` with a sentence that says what to do.
  package init(
    file: String, table path: String, _ columns: Columns, base: String? = nil, signedBy key: String? = nil,
    request: RowsRequest, shuffles: Int, seed: UInt64
  ) throws {
    let bytes = try WholeFile.bytes(of: file)
    signature = try Signature(bytes, path: file, signedBy: key)
    (self.file, digest, self.path, self.seed) = (file, sha256(bytes), path, seed)
    var request = request
    request.missing += signature.missing ?? []
    var (table, findings) = try request.read([path])
    let provenance = try TableProvenance(of: path)
    if let provenance { table = table.described(by: provenance.measurands) }
    let files = Set(signature.training.inputs), isSameFile = table.source.files.contains { files.contains($0.sha256) }
    if isSameFile {
      findings.append(
        Finding(
          .warning, path,
          "is a table that the signature was learnt from: this is no validation. Name rows of other patients."))
    }
    let isTimed = signature.predicted.isTimed
    if isTimed ? columns.outcome != nil : columns.time != nil || columns.event != nil {
      throw StudyError.at(
        file,
        isTimed
          ? "predicts a time until an event, must be judged by its columns, not by an outcome."
          : "predicts an outcome of rows, must be judged by its column, not by a time and an event.")
    }
    var plan = signature.plan(table)
    if let outcome = columns.outcome { plan.outcome = outcome }
    if let time = columns.time { plan.time = time }
    if let event = columns.event { plan.event = event }
    (plan.positive, plan.subject, plan.site) = (
      columns.positive ?? signature.positive(table), columns.subject ?? plan.subject, columns.site ?? plan.site
    )
    let outcome = try StudyOutcome(plan, table), own = table.rows(outcome.rows)
    if !signature.predicted.event.isEmpty, outcome.event != signature.predicted.event {
      findings.append(
        Finding(
          .warning, path,
          "the event is '\(outcome.event)', the signature predicts '\(signature.predicted.event)'. Name the event if this is another."
        ))
    }
    let patients = try plan.subject.map { (name) throws(ModelError) in
      Factor(name: name, try own.batchLabels(name, "patient")).codes
    }
    let sites = try plan.site.map { (name) throws(ModelError) in try RowGroups(name, own, as: "site") }
    let treatment = try plan.treatment.map { (name) throws(ModelError) in try TrialArms(name, own) }
    validation = try SignatureValidation(
      signature, StudyRows(own, outcome.outcome, patients: patients, sites: sites, treatment: treatment),
      shuffles: shuffles, seed: seed)
    let before = try base.map { try Signature(WholeFile.bytes(of: $0), path: $0) }
    if let base, let before,
      before.predicted.kind != signature.predicted.kind || before.predicted.event != signature.predicted.event
    {
      throw StudyError.at(
        base, "predicts \(before.predicted.kind) \(before.predicted.event), must predict what \(file) does.")
    }
    transport = try SignatureTransport(
      validation, validation.signature, subgroups: columns.subgroups, base: before, subject: plan.subject, seed: seed)
    self.table = table
    known = signature.marks?.known(validation.rows.table, subject: plan.subject, images: provenance?.images ?? [])
    isLearntFrom = isSameFile || !(known?.isEmpty ?? true)
    noticed = findings + outcome.findings + validation.findings
  }

  private var measure: String { validation.rows.measure }

  /// For people and files.
  package func report(command: GivenCommand? = nil) -> Report {
    var report = Report(
      "\(Path.name(of: file)) on \(Path.name(of: path))", sections, table: .numbers, findings: noticed + findings,
      provenance: ResultProvenance(
        ResultProvenance.Input.files(of: table, used: validation.rows.count) + [
          ResultProvenance.Input(file, sha256: digest)
        ], seed: seed,
        command: command))
    report.question =
      ["How well the signature orders patients whom it was not learnt from, and whether its predictions are right."]
      + [signature.competition, signature.contrast].compactMap { $0 }
    report.alarm = signature.alarm
    report.answers = answers
    report.figure = {
      FigurePanels.svg(
        "Signature on other patients",
        validation.panels(signature, time: signature.predicted.names.dropLast().last ?? "")
          + [transport.importancePanel(measure: measure)].compactMap { $0 })
    }
    report.caption =
      "\(measure) by site with 95 % confidence intervals, all sites together, controls; what chance gives; calibration; groups of risk."
    return report
  }

  private var answers: [String] {
    let first = validation.performance.first
    let way = validation.performance.withinSite.value == nil ? "" : " within site"
    var answers = [
      "\(measure)\(way): \(first.words); where it was learnt \(signature.performance.withinSite.value == nil ? signature.performance.pooled.words : signature.performance.withinSite.words)."
    ]
    switch validation.predictive {
    case .success(let score)?: answers.insert("The signature is \(score.sentence)", at: 0)
    case .failure(let error)?: answers.insert("It cannot be judged who benefits: \(error.description)", at: 0)
    case nil: break
    }
    if let without = validation.without {
      answers.append(
        "Transductive: effects of new batches are estimated from \(validation.apart) rows set apart without their outcomes, \(validation.rows.count) are judged; "
          + "without that (new_batch: none) \(without.first.words).")
    } else if signature.isTransductive {
      answers.append(
        "The signature is transductive: effects of new batches were estimated from rows set apart where it was judged.")
    }
    if let horizon = signature.predicted.horizon, let time = signature.predicted.names.dropLast().last {
      answers.append("Risks, and their calibration, are until \(numberText(horizon)) in the unit of '\(time)'.")
    }
    if let volume = validation.volume { answers.append("The lesion's volume alone: \(volume.first.words).") }
    if let clinical = validation.clinical { answers.append("Clinical columns alone: \(clinical.first.words).") }
    return answers + [verdict].compactMap { $0 }
  }

  /// What rows ask for; of rows that were learnt from nothing.
  private var verdict: String? {
    isLearntFrom
      ? "The signature was learnt from \(knownWords): they do not tell whether it can be used elsewhere."
      : transport.advice
  }

  private var knownWords: String {
    guard let known, !known.isEmpty else { return "this table" }
    let rows = known.rows.count, images = known.images.count
    return [
      rows > 0 ? "\(rows) of these \(validation.rows.count) rows" : nil,
      images > 0 ? "\(images) of their image\(images == 1 ? "" : "s")" : nil,
    ].compactMap { $0 }.joined(separator: " and ")
  }

  private var knownFindings: [Finding] {
    guard let known, known.isTold || !known.isEmpty else {
      return [
        Finding(
          .note, Path.name(of: file),
          "keeps nothing by which its rows would be known in this table: nobody can tell whether it was learnt from these patients."
        )
      ]
    }
    guard !known.isEmpty else { return [] }
    let places = known.rows.map(validation.rows.table.place) + known.images
    return [
      Finding(
        .warning, path,
        "the signature was learnt from \(knownWords), by their values, patients or images: \(places.prefix(10).joined(separator: ", "))"
          + "\(places.count > 10 ? " and \(places.count - 10) more" : ""). This is no validation of them; leave them out."
      )
    ]
  }

  private var findings: [Finding] {
    knownFindings + gapFindings
  }

  private var gapFindings: [Finding] {
    guard let gap = validation.gap, gap.isNotable() else { return [] }
    return [
      Finding(
        .warning, "sites",
        "pooled and within site differ by \(shortText(gap.value, digits: 2)), more than sites of the same sizes do by chance: predictions, or outcomes, tell "
          + "sites apart. Believe the value within site.")
    ]
  }

  private var sections: [Section] {
    [head, side] + ways + (validation.predictive.flatMap { try? $0.get() }.map { $0.analysis.benefitSections } ?? [])
      + [calibration, groups] + transport.sections(measure: measure, verdict: verdict) + [facts]
  }

  private var head: Section {
    let rows = validation.rows, events = rows.eventCount.map { ", \($0) with the event" } ?? ""
    var section = Section("", "\(rows.count) rows of \(rows.patientCount) patients\(events)")
    section.places = [.text, .page]
    section.sentences = [signature.alarm].compactMap { $0 } + answers
    return section
  }

  /// The share of shuffles, the rows as they are among them, that are at least as good; nil of none.
  private var shuffledP: Double? {
    guard let value = validation.performance.first.value, !validation.shuffled.isEmpty else { return nil }
    return Double(1 + validation.shuffled.count { $0 >= value }) / Double(1 + validation.shuffled.count)
  }

  private var named: [(name: String, id: String, value: BoundedValue?, meaning: String)] {
    let performance = validation.performance
    var named: [(name: String, id: String, value: BoundedValue?, meaning: String)] = [
      ("within site", "within_site", performance.withinSite, "pairs of one site alone"),
      ("pooled", "pooled", performance.pooled, "all pairs"),
      ("mean of folds", "fold_mean", BoundedValue(undefined: "these rows are of no folds"), ""),
      ("volume only", "volume_only", validation.volume?.first, "control"),
      ("clinical only", "clinical_only", validation.clinical?.first, "control"),
      (
        "shuffled", "shuffled", BoundedValue(distribution: validation.shuffled),
        "outcomes shuffled: mean and middle 95 %\(shuffledP.map { "; P \(shortText($0, digits: 2))" } ?? "")"
      ),
    ]
    if let without = validation.without {
      named.insert(("new_batch none", "without_estimate", without.first, "rows of new batches as they are"), at: 2)
    }
    return named
  }

  private var side: Section {
    var section = Section(isNewBlock: true, title: "Performance")
    section.places = [.text, .page]
    section.table = TextTable(
      [["", measure, "95 % CI", ""]]
        + named.filter { $0.value != nil && $0.id != "fold_mean" }.map { part in
          [
            part.name, part.value?.value.map { shortText($0, digits: 3) } ?? "-", part.value?.limits ?? "",
            part.value?.reason ?? part.meaning,
          ]
        }, right: [1])
    return section
  }

  private var ways: [Section] { named.map { $0.value.section($0.id) } }

  private var calibration: Section {
    var section = Section("calibration", "calibration")
    section.quantities = [StatisticGroup("", validation.calibration.first?.statistics ?? [])]
    return section
  }

  private var groups: Section {
    var rows = [["risk group", "rows", "events"]]
    let events = validation.rows.outcome.isEvent, names = validation.applied.map { $0.group ?? "" }
    for name in Set(names).sorted() {
      let own = names.indices.filter { names[$0] == name }
      rows.append([name, "\(own.count)", "\(own.count { events[$0] })"])
    }
    var section = Section(isNewBlock: true, title: "Groups of risk")
    section.places = [.text, .page]
    section.table = TextTable(rows, right: [1, 2])
    return section
  }

  private var facts: Section {
    var section = Section()
    section.places = .json
    section.facts = [
      .init("measure", .text(measure)), .init("rows", .integer(validation.rows.count)),
      .init("patients", .integer(validation.rows.patientCount)),
      .init("events", validation.rows.eventCount.map { .integer($0) } ?? .null),
      .init("forced_leak", .flag(signature.isForced)),
      .init("transductive", .flag(signature.isTransductive || validation.apart > 0)),
      .init("set_apart", .integer(validation.apart)), .init("signature", .text(Path.name(of: file))),
      .init("formula", .text(signature.formula)),
      .init("horizon", signature.predicted.horizon.map { .number($0) } ?? .null),
      .init("shuffled_p", shuffledP.map { .number($0) } ?? .null),
      .init("learnt_from_rows", .list((known?.rows ?? []).map { .text(validation.rows.table.place($0)) })),
      .init("learnt_from_images", .list((known?.images ?? []).map { .text($0) })),
    ]
    return section
  }
}

extension Signature {
  /// The value that is the event, where a column of two words says it; nil of numbers and calculations.
  fileprivate func positive(_ table: Table) -> String? {
    if predicted.competing != nil { return predicted.event }
    guard let name = predicted.names.last, case .categories? = table[name], !predicted.event.isEmpty else { return nil }
    return predicted.event
  }
}
