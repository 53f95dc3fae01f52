import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// How a cohort's numbers were made, written case by case: recipe in full, fingerprints, software, cohort; for each case
/// its inputs with SHA-256, steps, undefined cells, findings and timings (seconds).
final class CohortProvenance {
  private let file: StagedFile
  private let cohort: Cohort
  private let header: TableHeader
  private var block: [UInt8] = []
  private var isFirst = true

  init(path: String, _ run: RunFolder, _ cohort: Cohort) throws {
    let recipe = try run.recipe()
    self.cohort = cohort
    header = TableHeader(texts: cohort.texts + recipe.diagnosticColumns, measurands: recipe.columns)
    file = try StagedFile(path)
    let head = JSON.map([
      .init("format", .integer(1)),
      .init(
        "software",
        .map([.init("name", .text("swift-radiomics")), .init("version", .text(run.description.software))])),
      .init("recipe", recipe.settingValue), .init("recipe_fingerprint", .text(recipe.fingerprint)),
      .init(
        "cohort", .map([.init("sha256", .text(cohort.sha256)), .init("rows", .integer(cohort.count))])),
      .init("reading", run.description.reading),
      .init("columns", .list(recipe.columns.map(\.json))),
    ]).json
    try write(String(head.dropLast(2)) + ",\n  \"cases\": [")
  }

  func append(_ row: Int, _ written: WrittenCase) throws {
    let regions: [JSON] = zip(written.rows, written.result?.regions ?? []).map { row, region in
      guard case .map(let details) = region.details else { return .null }
      return .map(
        [.init("region", .text(region.name)), .init("status", .text(row.status.rawValue))] + details
          + [
            .init("undefined", row.undefined(header)), .init("findings", .list(region.findings.map(\.json))),
          ])
    }
    var entries: [JSON.Entry] = [.init("row", .integer(row + 1)), .init("case", .text(cohort.name(of: row)))]
    if let result = written.result {
      entries += [
        .init("key", .text(result.key.text)), .init("inputs", .list(result.inputs.map(\.json))),
        .init("acquisition", result.acquisition),
        .init("findings", .list(result.findings.map(\.json))),
        .init("regions", .list(regions + result.unmeasured.map(\.json))),
        .init("timings_s", result.timings),
      ]
    } else {
      entries.append(.init("failed", .text(written.rows.first?.reason ?? "")))
    }
    if let profiled = written.profiled { entries.append(.init("profile", profiled.json)) }
    try write((isFirst ? "\n    " : ",\n    ") + JSON.map(entries).line)
    isFirst = false
  }

  /// - `findings`: What concerns several cases.
  func finish(_ findings: [Finding]) throws {
    try write("\n  ],\n  \"findings\": \(JSON.list(findings.map(\.json)).line)\n}\n")
    try file.append(block)
    try OutputFile.commit([file])
  }

  private func write(_ text: String) throws {
    block += text.utf8
    guard block.count > 1 << 20 else { return }
    try file.append(block)
    block.removeAll(keepingCapacity: true)
  }
}
