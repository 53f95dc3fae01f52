import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// One table from the results in one or several run folders, in the cohort's order.
package struct Merge {
  private let runs: [RunFolder]
  private let cohort: Cohort
  private let outcomes: [CaseOutcome]

  /// Checks that the folders hold the whole of one cohort, measured by one recipe.
  /// - Throws: `StudyError` that names what is mixed, missing, or there twice with different results.
  package init(runs paths: [String]) throws {
    precondition(!paths.isEmpty, "at least one run folder")
    runs = try paths.map { try RunFolder(path: $0) }
    for run in runs.dropFirst() { try Self.check(run, against: runs[0]) }
    cohort = try runs[0].cohort()
    var merged = [CaseOutcome?](repeating: nil, count: cohort.count)
    var owners = [Int](repeating: -1, count: cohort.count)
    var indices: [(path: String, index: ShardIndex)] = []
    for run in runs { indices += try Self.indices(of: run) }
    for (owner, (path, index)) in indices.enumerated() {
      for (row, outcome) in index.outcomes {
        guard row < cohort.count else {
          throw StudyError.at(path, "it has a row \(row + 1), the cohort has \(cohort.count). Remove it and resume.")
        }
        switch (merged[row], outcome) {
        case (nil, _), (.failed?, .finished):
          merged[row] = outcome
          owners[row] = owner
        case (.finished?, .failed), (.failed?, .failed): break
        case (.finished(let first)?, .finished(let second)):
          guard first != second else { continue }
          throw StudyError.at(
            path,
            "row \(row + 1) (\(cohort.name(of: row))) has another result than in "
              + "\(indices[owners[row]].path): its files have changed between. Resume both runs.")
        }
      }
    }
    outcomes = try Self.complete(merged, cohort, runs, indices.map(\.index.shard))
  }

  private static func check(_ run: RunFolder, against first: RunFolder) throws {
    if let difference = first.description.difference(from: run.description) {
      throw StudyError.at(run.path, "its results are of \(difference) as in \(first.path). They cannot be one table.")
    }
    guard run.description.cohortSHA256 == first.description.cohortSHA256 else {
      throw StudyError.at(
        run.path,
        "its cohort is not the one of \(first.path) (\(run.description.rowCount) and "
          + "\(first.description.rowCount) rows). They cannot be one table.")
    }
  }

  /// The indices of a folder that are of its cohort; those of an earlier one have nothing to say.
  private static func indices(of run: RunFolder) throws -> [(path: String, index: ShardIndex)] {
    let names = try Folder.names(in: run.path).filter { $0.hasPrefix("shard-") && $0.hasSuffix(".json") }
    return try names.map { ("\(run.path)/\($0)", try ShardIndex(path: "\(run.path)/\($0)")) }.filter { _, index in
      index.cohortSHA256 == run.description.cohortSHA256 && index.software == run.description.software
        && index.recipeFingerprint == run.description.recipeFingerprint
    }
  }

  /// All outcomes, or an error that names the rows and shards that lack.
  private static func complete(
    _ merged: [CaseOutcome?], _ cohort: Cohort, _ runs: [RunFolder], _ shards: [Shard]
  ) throws -> [CaseOutcome] {
    let missing = merged.indices.filter { merged[$0] == nil }
    guard let first = missing.first else { return merged.compactMap { $0 } }
    let count = shards.map(\.count).max() ?? 1
    let lacking = Set(missing.map { $0 % count + 1 }).sorted()
    func few(_ words: [String]) -> String {
      words.prefix(10).joined(separator: ", ") + (words.count > 10 ? " and \(words.count - 10) more" : "")
    }
    let rows = few(missing.map { "\($0 + 1) (\(cohort.name(of: $0)))" })
    let state =
      count > 1
      ? "Shards that have not ended: \(few(lacking.map { "\($0)/\(count)" })). "
      : "The run has not ended."
    let subject = missing.count == 1 ? "row \(first + 1) (\(cohort.name(of: first))) is" : "rows \(rows) are"
    throw StudyError.at(few(runs.map(\.path)), "\(subject) missing. \(state)", .resume)
  }

  /// The recipe of the results.
  package var recipe: Recipe { get throws { try runs[0].recipe() } }

  /// Writes the table into sinks, and the provenance to a file unless `provenance` is nil.
  /// - Returns: Cases by how they ended, the failed ones with their reasons: the first 20.
  package func write(to sinks: [any TableSink], provenance: String?, profile: AppliedProfile? = nil) throws
    -> MergeSummary
  {
    let writer = try TableWriter(runs[0], others: Array(runs.dropFirst()), cohort, sinks, profile)
    let record = try provenance.map { try CohortProvenance(path: $0, runs[0], cohort) }
    var summary = MergeSummary(), images = SharedImages()
    try writer.begin()
    for (row, outcome) in outcomes.enumerated() {
      let written = try writer.append(row, outcome)
      try record?.append(row, written)
      summary.add(written, row: row, name: cohort.name(of: row))
      images.add(written.result, row, of: cohort)
    }
    summary.findings = images.findings(of: cohort)
    try record?.finish(summary.findings)
    try writer.finish()
    return summary
  }
}

/// What a table holds, in numbers.
package struct MergeSummary: Sendable {
  /// Cases, regions measured, cells without a value, warnings.
  package private(set) var cases = 0, regions = 0, undefined = 0, warnings = 0
  /// Regions that were asked for and could not be measured, of cases with others that were.
  package private(set) var unmeasured = 0
  /// Cases that failed.
  package private(set) var failedCount = 0
  /// The first 20 of them: row from 0, name and reason.
  package private(set) var failed: [(row: Int, name: String, reason: String)] = []
  /// What warnings say, by kind.
  package private(set) var warningKinds = WarningKinds()
  /// What was noticed across cases: the same image under different subjects.
  package fileprivate(set) var findings: [Finding] = []
  /// Cases that do not conform to a profile.
  package private(set) var nonconforming = 0

  mutating func add(_ written: WrittenCase, row: Int, name: String) {
    cases += 1
    regions += written.rows.count { $0.status != .failed }
    warningKinds.add(written.rows.flatMap(\.findings), name: name)
    if written.profiled?.conformance.isConforming == false { nonconforming += 1 }
    for row in written.rows {
      undefined += row.cells.count { $0.value == nil }
      warnings += row.findings.count { $0.severity == .warning }
    }
    let failures = written.rows.filter { $0.status == .failed }
    guard failures.count == written.rows.count else {
      unmeasured += failures.count
      return
    }
    failedCount += 1
    if failed.count < 20 { failed.append((row, name, failures.compactMap(\.reason).joined(separator: "; "))) }
  }
}

/// Images with the same contents under different subjects: a patient who is counted twice leaks between training and test.
private struct SharedImages {
  private var first: [String: Int] = [:]
  private var shared: [(row: Int, first: Int)] = []

  mutating func add(_ result: CaseResult?, _ row: Int, of cohort: Cohort) {
    guard let digest = result?.inputs.first(where: { $0.role == "image" })?.sha256 else { return }
    guard let earlier = first[digest] else { return first[digest] = row }
    if cohort.name(of: earlier) != cohort.name(of: row) { shared.append((row, earlier)) }
  }

  func findings(of cohort: Cohort) -> [Finding] {
    guard !shared.isEmpty else { return [] }
    let few = shared.prefix(10).map { "\(cohort.name(of: $0.row)) is that of \(cohort.name(of: $0.first))" }
    let more = shared.count > 10 ? " and \(shared.count - 10) more" : ""
    return [
      Finding(
        .warning, "cohort",
        "different subjects have the same image, byte for byte: \(few.joined(separator: ", "))\(more). A patient counted twice "
          + "leaks between training and test; check the cohort.")
    ]
  }
}
