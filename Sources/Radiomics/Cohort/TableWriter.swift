import RadiomicsCore
import RadiomicsFeatures

/// Writes rows of a cohort's table from the results in run folders.
final class TableWriter {
  private let runs: [RunFolder]
  private let cohort: Cohort
  private let sinks: [any TableSink]
  private let regionColumn: Int
  private let header: TableHeader

  init(_ run: RunFolder, others: [RunFolder] = [], _ cohort: Cohort, _ sinks: [any TableSink]) throws {
    runs = [run] + others
    self.cohort = cohort
    self.sinks = sinks
    regionColumn = cohort.texts.firstIndex(of: "region")!
    let recipe = try run.recipe()
    header = TableHeader(
      texts: cohort.texts + recipe.diagnosticColumns, measurands: recipe.columns,
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
  func append(_ row: Int, _ outcome: CaseOutcome) throws -> (rows: [TableRow], result: CaseResult?) {
    let texts = cohort.texts(of: row)
    var rows: [TableRow], result: CaseResult?
    switch outcome {
    case .failed(let reason):
      let unknown = [String?](repeating: nil, count: header.texts.count - texts.count)
      rows = [TableRow(texts: texts + unknown, status: .failed, reason: reason, cells: [])]
    case .finished(let key):
      var found: CaseResult?
      for run in runs where found == nil { found = try run.result(of: key) }
      guard let found else {
        throw StudyError("\(runs[0].path): the result of \(cohort.name(of: row)) has gone. Resume the run.")
      }
      rows = found.rows(texts: texts, regionColumn: regionColumn)
      result = found
    }
    for sink in sinks { try sink.append(rows, ofCase: row) }
    return (rows, result)
  }
}
