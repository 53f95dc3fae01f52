import RadiomicsCore
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsStatistics

/// A table out of which the effects of batches were taken by a harmonisation that was fitted before.
package struct HarmonisedTable: Sendable {
  /// As it was read, in the order of its file, and the same harmonised.
  package let table: Table, harmonised: Table
  /// Batches that were not learnt, and what was done with them.
  package let batches: [NewBatch]
  /// What was noticed.
  package let findings: [Finding]
  private let bytes: [UInt8], path: String, sheet: String?
  private let saved: SavedHarmonisation, file: String, fileDigest: String
  private let calibration: Table?

  /// - `file`: Where the harmonisation is kept.
  /// - `path`: The table: .csv, .tsv or .xlsx.
  /// - `calibration`: A table of rows of new batches set apart.
  /// - `request`: What says that a cell is empty, besides what said so of the rows that the harmonisation was learnt from; and tables that
  ///   are joined, which tell batches and covariates and are not written.
  /// - `allowed`: Refusals that are overridden.
  /// - Throws: `FormatError`, `StudyError` or `ModelError` with a sentence that says what to do.
  package init(
    file: String, path: String, newBatch policy: NewBatchPolicy = .refuse, calibration: String? = nil,
    request asked: RowsRequest = RowsRequest(), allowed: Set<PoolingRefusal> = []
  ) throws {
    let kept = try WholeFile.bytes(ofFileOrPipe: file)
    saved = try SavedHarmonisation(kept, path: file)
    var request = asked
    request.missing += saved.missing ?? []
    (self.file, self.path, fileDigest) = (file, path, sha256(kept))
    bytes = try WholeFile.bytes(ofFileOrPipe: path)
    sheet = try request.sheets(of: [path], before: request.joined)[0]
    var own = try Table(bytes: bytes, path: path, missing: MissingWords(and: request.missing), sheet: sheet)
    let provenance = try TableProvenance(of: path)
    if let provenance { own = own.described(by: provenance.measurands) }
    let again = try provenance?.harmonisedAlready.map { refusal, sentence throws(StudyError) in
      guard allowed.contains(refusal) else {
        throw StudyError.at(path, sentence, .takeNevertheless(refusal.rawValue))
      }
      return Finding(.warning, path, "\(sentence) Harmonised again, as \(refusal.rawValue) is allowed.")
    }
    let model = saved.model, (table, lost) = try Self.joined(own, path, request, model)
    self.calibration = try calibration.map { try Self.calibration($0, request, model.needed) }
    let (fitted, batches) = try model.meeting(table, policy, calibration: self.calibration)
    harmonised = try fitted.apply(table)
    (self.table, self.batches) = (table, batches)
    findings =
      [again].compactMap { $0 } + lost + asked.findings(table.source.files)
      + batches.map { Finding(.warning, $0.column, $0.sentence) }
      + fitted.steps.flatMap { $0.findings(table) }
      + (saved.isDescriptive
        ? [
          Finding(
            .warning, file,
            "protects an outcome: its table describes these rows, and no model may be trained on it or judged by it.")
        ] : [])
  }

  /// The rows with columns of the tables that are joined.
  /// - Throws: `StudyError` if a row is not in each of them, as every row is written, or a feature is in one of them.
  private static func joined(
    _ own: Table, _ path: String, _ request: RowsRequest, _ model: FittedCombat
  ) throws -> (table: Table, findings: [Finding]) {
    let (table, findings) = try request.joining(own, of: [path])
    if let feature = model.changed.first(where: { own[$0] == nil && table[$0] != nil }) {
      throw StudyError.at(
        path,
        "'\(feature)' is in a table that is joined, must be in this one, which is written. Join the tables into one first."
      )
    }
    guard table.source.lines != own.source.lines else { return (table, findings) }
    let kept = Set(table.source.lines), row = own.source.lines.firstIndex { !kept.contains($0) }
    throw StudyError.at(
      row.map(own.place) ?? path,
      row == nil
        ? "its rows are there several times, must be there once each. Say which row of the table that is joined counts: the first or the last."
        : "its row is not in the table that is joined, must be: every row is written. Add it there, or leave it out of both."
    )
  }

  /// Rows of new batches, joined like others where they lack a column.
  private static func calibration(_ path: String, _ request: RowsRequest, _ needed: [String]) throws -> Table {
    var alone = request
    if alone.sheets.count > 1 { alone.sheets = [] }
    let table = try alone.table([path])
    return needed.allSatisfy { table[$0] != nil } ? table : try request.joining(table, of: [path]).table
  }

  /// What changed in one line.
  package var summary: String {
    let model = saved.model, count = model.changed.count
    return
      "\(table.count) row\(table.count == 1 ? "" : "s"), \(count) feature\(count == 1 ? "" : "s") harmonised by \(model.method.rawValue) for "
      + model.steps.map { "'\($0.batch)'" }.joined(separator: ", then ")
  }

  /// The bytes of the table's file with other numbers where they changed, all else as it is.
  package func bytes(for output: String) throws(FormatError) -> [UInt8] {
    var texts: [String: (Int) -> String?] = [:]
    for name in saved.model.changed {
      guard case .numbers(let old)? = table[name], case .numbers(let new)? = harmonised[name] else { continue }
      texts[name] = { old[$0] == new[$0] ? nil : new[$0].map(numberText) }
    }
    return try CSV.rewriting(bytes, path: path, as: output, sheet: sheet, texts)
  }

  /// What lies beside the harmonised table: what lay beside the table, with fingerprints of its own for harmonised columns, and how they
  /// were harmonised.
  package func provenance(command: GivenCommand? = nil) throws -> String {
    let inputs =
      ResultProvenance.Input.files(of: table, used: table.count) + [ResultProvenance.Input(file, sha256: fileDigest)]
      + (calibration.map { ResultProvenance.Input.files(of: $0, used: nil) } ?? [])
    let own = ResultProvenance(inputs, command: command)
    let earlier = try TableProvenance(of: path)?.document
    var entries: [Setting.Value.Entry] = []
    if case .map(let known)? = earlier {
      entries = known.filter { !["harmonisation", "inputs", "software", "command", "findings"].contains($0.key) }
    }
    if entries.isEmpty { entries = [.init("format", .integer(1))] }
    // How the table itself came about; of one that was harmonised before, how it was measured.
    if case .map(let known)? = earlier, earlier?["measured"] == nil {
      let own = known.filter { ["inputs", "software", "command", "findings"].contains($0.key) }
      if !own.isEmpty { entries.append(.init("measured", .map(own))) }
    }
    let changed = Set(saved.model.changed)
    entries = entries.map { entry in
      guard entry.key == "columns", let columns = entry.value.asList else { return entry }
      return .init("columns", .list(columns.map { changed.contains($0["name"]?.asText ?? "") ? marked($0) : $0 }))
    }
    let before = earlier?["harmonisation"]?.asList ?? []
    entries +=
      own.json + [.init("harmonisation", .list(before + [record])), .init("findings", .list(findings.map(\.json)))]
    return Setting.Value.map(entries).json + "\n"
  }

  /// A column with a fingerprint of what it is now.
  private func marked(_ column: Setting.Value) -> Setting.Value {
    guard case .map(let entries) = column else { return column }
    return .map(
      entries.map { entry in
        guard entry.key == "fingerprint", let old = entry.value.asText, !old.isEmpty else { return entry }
        return .init("fingerprint", .text(sha256("\(old) harmonised by \(fileDigest)")))
      })
  }

  private var record: Setting.Value {
    let model = saved.model, estimated = batches.filter { $0.policy == .estimate }
    return .map([
      .init("file", .text(Path.name(of: file))), .init("sha256", .text(fileDigest)),
      .init("method", .text(model.method.rawValue)),
      .init("batch", .list(model.steps.map { .text($0.batch) })),
      .init("covariates", .list((model.steps[0].covariates?.needed ?? []).map { .text($0) })),
      .init("features", .list(model.changed.map { .text($0) })),
      .init("learnt_from", .list(saved.inputs.map { .text($0) })),
      .init("descriptive", .flag(saved.isDescriptive)), .init("transductive", .flag(!estimated.isEmpty)),
      .init("new_batches", .list(batches.map(\.json))),
    ])
  }
}
