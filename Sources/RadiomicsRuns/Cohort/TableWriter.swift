import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// Writes rows of a cohort's table from the results in run folders.
final class TableWriter {
  private let runs: [RunFolder]
  private let cohort: Cohort
  private let sinks: [any TableSink]
  private let regionColumn: Int
  /// The one region that was asked for of every case, if it was one.
  private let region: String?
  private let profile: AppliedProfile?
  private let header: TableHeader

  init(
    _ run: RunFolder, others: [RunFolder] = [], _ cohort: Cohort, _ sinks: [any TableSink], _ profile: AppliedProfile?
  ) throws {
    try profile?.check(against: cohort.texts, of: cohort.path)
    self.profile = profile
    runs = [run] + others
    self.cohort = cohort
    self.sinks = sinks
    regionColumn = cohort.texts.firstIndex(of: "region")!
    let recipe = try run.recipe()
    region = RegionChoice(run.description.reading["region"]?.asText ?? "each").single
    header = TableHeader(
      texts: cohort.texts + recipe.diagnosticColumns + (profile?.columns ?? []), measurands: recipe.columns,
      facts: [
        .init("software", .text("swift-radiomics \(run.description.software)")),
        .init("recipe", .text(recipe.yaml)), .init("recipe_fingerprint", .text(recipe.fingerprint)),
        .init("reading", .text(run.description.reading.line)), .init("cohort_sha256", .text(cohort.sha256)),
      ])
  }

  func begin() throws { for sink in sinks { try sink.begin(header) } }
  func finish() throws { for sink in sinks { try sink.finish() } }

  /// Adds the rows of a case; returns them with its result.
  @discardableResult
  func append(_ row: Int, _ outcome: CaseOutcome) throws -> WrittenCase {
    let written = try rows(row, outcome)
    for sink in sinks { try sink.append(written.rows, ofCase: row) }
    return written
  }

  private func rows(_ row: Int, _ outcome: CaseOutcome) throws -> WrittenCase {
    let texts = cohort.texts(of: row)
    switch outcome {
    case .failed(let reason): return WrittenCase(rows: [failed(texts, reason)], result: nil, profiled: nil)
    case .finished(let key):
      var found: CaseResult?
      for run in runs where found == nil { found = try run.result(of: key) }
      guard let found else {
        throw StudyError.at(runs[0].path, "the result of \(cohort.name(of: row)) has gone. Resume the run.")
      }
      let unmeasured = found.unmeasured.map { region in
        var texts = texts
        texts[regionColumn] = region.name
        return failed(texts, region.reason)
      }
      guard let profile else {
        return WrittenCase(
          rows: found.rows(texts: texts, regionColumn: regionColumn) + unmeasured, result: found, profiled: nil)
      }
      let header = [AcquisitionFact](json: found.acquisition)
      let conformance = profile.conformance(header: header, row: cohort.facts(of: row))
      if profile.refuses, !conformance.isConforming {
        let reasons = conformance.warnings.map { "\($0.place): \($0.message)" }.joined(separator: " ")
        return WrittenCase(rows: [failed(texts, reasons)], result: nil, profiled: profile.result(conformance, []))
      }
      let profiled = profile.result(conformance, found.regions.map { ($0.name, $0.cells) })
      return WrittenCase(
        rows: found.rows(texts: texts, regionColumn: regionColumn, profiled) + unmeasured, result: found,
        profiled: profiled)
    }
  }

  private func failed(_ texts: [String?], _ reason: String) -> TableRow {
    var texts = texts
    texts[regionColumn] = texts[regionColumn] ?? region
    let unknown = [String?](repeating: nil, count: header.texts.count - texts.count)
    return TableRow(texts: texts + unknown, status: .failed, reason: reason, cells: [])
  }
}

/// What a case has become in a table.
struct WrittenCase {
  let rows: [TableRow]
  /// What was found; nil if the case failed or was refused.
  let result: CaseResult?
  /// The quantities of a profile, if there is one.
  let profiled: ProfiledResult?
}
