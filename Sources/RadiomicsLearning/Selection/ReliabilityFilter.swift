import RadiomicsCore
import RadiomicsStatistics

/// Keeps features that can be measured again: those of a selection file, or those of which the intraclass correlation of repeated
/// measurements is large enough. It learns from the repeats alone, never from the study's outcome, so that it is the same in every fold.
package struct ReliabilityFilter: Configurable, Transformer, ReadsFiles {
  /// Features that are chosen from; set by who reads the table.
  package var features: [String] = []
  /// A file with the features that are kept, as `reliability` writes it.
  package var selection: String?
  /// A table of repeated measurements, with the study's features under the same names.
  package var repeats: String?
  /// The lower confidence limit of the correlation that a feature must reach, and one minus the level of confidence.
  package var lower = 0.75, confidence = 0.95
  /// Columns of the repeats: which name the subject, and which tell visits, devices, readers and ways of processing apart.
  package var subject = ["subject"], session: String?, scanner: String?, reader: String?, processing: String?

  /// What a file says of each feature: why it goes, nil where it stays; and how it was measured, as far as that is known.
  private var verdicts: [String: (reason: String?, fingerprint: String?)]?

  package init() {}
  package static let name = "reliable"
  package static let summary =
    "Keeps features that can be measured again: those of a selection file, or by the intraclass correlation (ICC) of repeats."
  package static let definition =
    "a feature stays if the lower confidence limit of its ICC, over all subjects of the repeats, is at least icc_lower"
  package static let limits =
    "Repeats must be measured by the recipe of the study and be as different as its patients: an ICC grows with the spread of subjects."
  package static let reference =
    "Koo and Li 2016, doi:10.1016/j.jcm.2016.02.012; Zwanenburg et al. 2019, doi:10.1038/s41598-018-36938-4"
  package static let parameters: [Parameter<ReliabilityFilter>] = [
    Parameter(
      "selection", \.selection, "A file of the features that are kept, as 'reliability' writes it; or repeats."),
    Parameter("repeats", \.repeats, "A table of repeated measurements with the same features; or selection."),
    Parameter("icc_lower", \.lower, in: -1...1, "With repeats: what the lower confidence limit of the ICC must reach."),
    .confidence(\.confidence),
    Parameter("subject", \.subject, "With repeats: the columns that name the subject."),
    Parameter("session", \.session, "With repeats: the column that tells visits apart."),
    Parameter("scanner", \.scanner, "With repeats: the column that tells devices apart."),
    Parameter("reader", \.reader, "With repeats: the column that tells readers apart."),
    Parameter("processing", \.processing, "With repeats: the column that tells ways of processing apart."),
  ]

  package func check() throws(SettingError) {
    guard (selection == nil) == (repeats == nil) else { return }
    throw SettingError(
      place: Place(file: Self.name),
      message: "'selection' and 'repeats' are \(selection == nil ? "both missing" : "both given"), must be one of them."
    )
  }

  private var conditions: [(role: ConditionRole, column: String)] {
    [(.session, session), (.scanner, scanner), (.reader, reader), (.processing, processing)].compactMap {
      role, column in
      column.map { (role, $0) }
    }
  }

  package var files: [String] { [selection, repeats].compactMap { $0 } }

  /// Reads the file that it learns from.
  package mutating func read(_ files: StepFiles) throws {
    if let selection {
      verdicts = Dictionary(try files.names(selection).map { ($0, (reason: nil, fingerprint: nil)) }) { first, _ in
        first
      }
    }
    if let repeats {
      let rows = try files.table(repeats)
      do { try judge(rows) } catch let error as ComponentsError {
        throw ModelError.at("repeats '\(repeats)'", error.description)
      }
    }
  }

  /// - Throws: `ModelError` or `ComponentsError` if there is no such column, or rows are no repeats.
  private mutating func judge(_ rows: Table) throws {
    let names = try subject.map { try rows.batchLabels($0, "subject") }, others = conditions
    var labels: [ConditionRole: [String]] = [:]
    for (role, column) in others { labels[role] = try rows.batchLabels(column, role.rawValue) }
    let subjects = (0..<rows.count).map { row in names.map { $0[row] }.joined(separator: "/") }
    var analysis = try ReliabilityAnalysis(ReliabilityConditions(subject: subjects, labels), alpha: 1 - confidence)
    analysis.profiles = false
    let roles = Set(subject + others.map(\.column))
    let columns = rows.columns.compactMap { column -> ReliabilityColumn? in
      guard !roles.contains(column.name), case .numbers(let values) = column.values else { return nil }
      return ReliabilityColumn(name: column.name, unit: "1", scale: nil, values: values)
    }
    guard let rule = Requirement("icc_lower >= \(numberText(lower))") else { preconditionFailure("a requirement") }
    verdicts = [:]
    for found in try analysis.analyse(columns, lanes: Lanes(jobs: 1)) {
      let name = found.column.name
      verdicts?[name] = (Verdict(found, [rule]).reasons.first, rows.column(name)?.measurand?.fingerprint)
    }
  }

  /// - Throws: `ModelError` if no feature stays, or one was measured by another procedure than its repeats.
  package func fit(_ rows: Table, seed: UInt64 = 1) throws(ModelError) -> ColumnSelection {
    guard let verdicts, let file = selection ?? repeats else {
      preconditionFailure("the file is read before anything is learnt")
    }
    var kept: [String] = [], dropped: [ColumnSelection.Dropped] = []
    for name in features {
      guard let verdict = verdicts[name] else {
        let reason = selection == nil ? "\(file) has no column of it" : "\(file) does not keep it"
        dropped.append(.init(feature: name, reason: reason))
        continue
      }
      if let reason = verdict.reason {
        dropped.append(.init(feature: name, reason: reason))
      } else {
        try require(sameProcedureOf: name, rows, verdict.fingerprint)
        kept.append(name)
      }
    }
    guard !kept.isEmpty || features.isEmpty else {
      let first = dropped.first.map { ", such as '\($0.feature)': \($0.reason)" } ?? ""
      throw ModelError.at("reliable", "none of \(features.count) features stays\(first); must be one at least.")
    }
    return ColumnSelection(kept: kept, dropped: dropped)
  }

  private func require(sameProcedureOf name: String, _ rows: Table, _ fingerprint: String?) throws(ModelError) {
    guard let fingerprint, let own = rows.column(name)?.measurand?.fingerprint, !own.isEmpty, !fingerprint.isEmpty,
      own != fingerprint
    else { return }
    throw ModelError.at(
      "'\(name)'",
      "was measured by another procedure (\(own.prefix(8))) than its repeats (\(fingerprint.prefix(8))), must be by one. Extract both with "
        + "one recipe.")
  }
}
