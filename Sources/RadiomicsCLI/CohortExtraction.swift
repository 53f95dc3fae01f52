import ArgumentParser
import Radiomics

/// `extract COHORT.csv`: a run of worker processes, then the table.
struct CohortExtraction {
  let path: String
  let recipe: Recipe
  let options: CohortRun.Options
  let table: TableArguments
  let messages: MessageArguments
  let events: String?
  let strict: Bool

  func run() throws {
    try table.check(against: [path], others: [events].compactMap { $0 })
    let cohort = try Cohort(path: path)
    guard let output = table.output else {
      if options.resumes || options.shard != .whole {
        throw ValidationError("--resume and --shard need --output, whose name the folder with the results bears.")
      }
      let folder = try TemporaryRun()
      defer { folder.remove() }
      return try run(cohort, in: folder.path + "/run")
    }
    try run(cohort, in: CohortRun.folder(for: output))
  }

  private func run(_ cohort: Cohort, in folder: String) throws {
    let run = try CohortRun(cohort, recipe, in: folder, options)
    messages.report(run.findings)
    let signals = try StopSignals()
    let progress = messages.saysNotes ? Progress() : nil
    let observer = try RunReport(events: events, appends: options.resumes, progress: progress)
    let sink = options.shard == .whole ? try table.sink() : nil
    let live = sink.map { type(of: $0).takesAnyOrder ? $0 : nil } ?? nil
    let stopped = try run.measure(
      command: [Self.program, "worker"], stop: signals.descriptor, observer: observer, live: live)
    progress?.clear()
    if let stopped { try end(by: stopped, observer.counts, cohort) }
    guard let sink else { return try endShard(run.folder, observer) }
    let summary = try Merge(runs: [run.folder]).write(
      to: live == nil ? [sink] : [], provenance: table.provenance, profile: options.profile)
    messages.report(summary, table: table.output, shown: observer.reasons)
    if messages.saysNotes, observer.counts.reused > 0 {
      Terminal.report("\(observer.counts.reused) of them were there from an earlier run")
    }
    if summary.failedCount > 0 || strict && summary.undefined + summary.unmeasured > 0 { throw ExitCode.notMet }
  }

  private func end(by signal: Int32, _ counts: RunCounts, _ cohort: Cohort) throws -> Never {
    let all = options.shard.rows(of: cohort.count).underestimatedCount
    let hint = table.output == nil ? "" : " What is done is kept: run the same command with --resume to continue."
    Terminal.report("stopped by a signal after \(counts.done) of \(all) cases.\(hint)")
    throw ExitCode(128 + signal)
  }

  private func endShard(_ folder: String, _ report: RunReport) throws {
    for (name, reason) in report.failed { Terminal.report("failed: \(name): \(reason)") }
    let counts = report.counts
    if messages.saysNotes {
      Terminal.report(
        "\(folder): shard \(options.shard): \(counts.done) cases, \(counts.reused) of them from an earlier run, "
          + "\(counts.failed) failed. When all shards are done: radiomics merge \(folder) -o \(table.output ?? "")")
    }
    if counts.failed > 0 || strict && counts.undefined > 0 { throw ExitCode.notMet }
  }

  /// This program.
  private static var program: String { Program.path }
}

/// A run folder that nobody keeps.
private struct TemporaryRun {
  let path: String
  init() throws { path = try CohortRun.makeTemporaryFolder() }
  func remove() { try? Folder.remove(path) }
}
