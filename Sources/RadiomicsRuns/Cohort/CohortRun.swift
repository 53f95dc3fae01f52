import Radiomics
import RadiomicsCore
import RadiomicsFeatures
import RadiomicsFormats

/// A cohort, a recipe, and the run folder in which the results of the one by the other are kept.
package final class CohortRun {
  /// What may be used, and which part of the cohort is meant.
  package struct Options: Sendable {
    /// Worker processes.
    package var jobs = 1
    /// Bytes of memory for all of them; nil for no limit.
    package var memory: Int?
    /// Which rows.
    package var shard = Shard.whole
    /// Whether results that are there already are used.
    package var resumes = false
    /// Whether results that are there already are removed.
    package var overwrites = false
    /// How images and masks are read; the region where a row says none.
    package var reading = Study.Options()
    /// The profile by which a table is written while cases end.
    package var profile: AppliedProfile?

    /// One process, the whole cohort, from the beginning.
    package init() {}
  }

  /// The run folder.
  package var folder: String { run.path }
  /// The run folder that belongs to a table: `features.csv` → `features.run`.
  package static func folder(for table: String) -> String { RunFolder.path(for: table) }

  /// A new folder for results that nobody keeps.
  /// - Throws: `FormatError` if it cannot be made.
  package static func makeTemporaryFolder() throws -> String { try Folder.makeTemporary() }

  /// What was noticed before any work.
  package let findings: [Finding]

  private let cohort: Cohort
  private let options: Options
  private let run: RunFolder
  private let lock: FileLock
  /// Of the shard's rows, in order.
  private var outcomes: [CaseOutcome?] = []

  /// Makes or takes up the run folder `path`, which this process then holds until the value goes.
  /// - Throws: `StudyError` if cohort and recipe do not go together, or the folder is of something else.
  package init(_ cohort: Cohort, _ recipe: Recipe, in path: String, _ options: Options = Options()) throws {
    try cohort.check(against: recipe.columns)
    try cohort.checkForOneRecipe()
    try cohort.checkMasks(against: recipe)
    try options.profile?.check(against: cohort.texts, of: cohort.path)
    self.cohort = cohort
    self.options = options
    if options.overwrites { try RunFolder.remove(path) }
    (run, lock) = try RunFolder.open(
      path, RunDescription(cohort, recipe, options.reading), cohort, yaml: recipe.yaml, shard: options.shard,
      resumes: options.resumes)
    _ = try run.recipe()
    findings =
      cohort.findings + cohort.mixedModalities(under: recipe)
      + cohort.missingFiles(in: options.shard.rows(of: cohort.count))
  }

  /// Measures what is not there yet, and writes the shard's index.
  /// - `command`: Program and arguments that start a worker, besides those that name the run.
  /// - `stop`: A descriptor from which a byte comes when the run must stop.
  /// - `live`: A table that takes cases in any order, filled as they end.
  /// - Returns: The signal that stopped the run; nil if all cases have ended.
  package func measure(
    command: [String], stop: Int32, observer: any RunObserver, live: (any TableSink)? = nil
  ) throws -> Int32? {
    let rows = options.shard.rows(of: cohort.count)
    let cases = rows.underestimatedCount
    let jobs = options.jobs
    try observer.noted(.runStarted(shard: options.shard, cases: cases, rows: cohort.count, jobs: jobs))
    outcomes = Array(repeating: nil, count: cases)
    let writer = try live.map { try TableWriter(run, cohort, [$0], options.profile) }
    try writer?.begin()
    let task = Supervisor.Task(
      rows: rows, files: cohort.files, name: cohort.name,
      ended: { row, outcome in
        self.outcomes[row / self.options.shard.count] = outcome
        try writer?.append(row, outcome)
      })
    var command = command + [run.path, "--shard", "\(options.shard)"]
    if let memory = options.memory { command += ["--max-memory", "\(max(1_000_000, memory / min(jobs, cases)))"] }
    let supervisor = Supervisor(command: command, jobs: jobs, task: task, observer: observer)
    let signal = try supervisor.run(stop: stop)
    try observer.noted(.runEnded(supervisor.counts, signal: signal))
    if signal != nil { return signal }
    try writer?.finish()
    let ended = zip(rows, outcomes).compactMap { row, outcome in outcome.map { (row, $0) } }
    try run.close(ShardIndex(options.shard, run.description, ended))
    return nil
  }
}
