import ArgumentParser
import Radiomics
import RadiomicsRuns

/// `extract COHORT.csv`: a run of worker processes, then the table.
struct CohortExtraction {
  var options: CohortRun.Options
  let table: TableArguments
  let messages: MessageArguments
  let events: String?
  let strict: Bool

  /// Each part by its own recipe, into its own table; all are looked at before the first is measured.
  func run(_ parts: [CohortPart], profile: ProfileArguments) throws {
    try table.check()
    guard parts.count == 1 || table.output != nil else {
      throw ValidationError(
        "\(parts[0].cohort.path): its rows are measured by \(parts.count) recipes, each has a table of its own. Name them by "
          + "-o features.csv: features.\(parts[0].name ?? "").csv …")
    }
    let profiles = try parts.map { try profile.applied(to: $0.procedure.recipe, refuses: strict) }
    var isMet = true
    for (number, part) in parts.enumerated() {
      messages.report(part.procedure.notes)
      var one = self
      one.options.reading = part.procedure.reading
      one.options.profile = profiles[number]
      isMet = try one.run(part, isFirst: number == 0) && isMet
    }
    if !isMet { throw ExitCode.notMet }
  }

  /// Whether all that was asked for is met.
  private func run(_ part: CohortPart, isFirst: Bool) throws -> Bool {
    guard let output = part.output else {
      if options.resumes || options.shard != .whole {
        throw ValidationError("--resume and --shard need --output, whose name the folder with the results bears.")
      }
      let folder = try TemporaryRun()
      defer { folder.remove() }
      return try run(part, in: folder.path + "/run", isFirst: isFirst)
    }
    return try run(part, in: CohortRun.folder(for: output), isFirst: isFirst)
  }

  private func run(_ part: CohortPart, in folder: String, isFirst: Bool) throws -> Bool {
    let run = try CohortRun(part.cohort, part.procedure.recipe, in: folder, options)
    messages.report(run.findings)
    let table = table.named(part.output)
    let signals = try StopSignals()
    let progress = messages.saysNotes ? Progress() : nil
    let observer = try RunReport(events: events, appends: options.resumes || !isFirst, progress: progress)
    let sink = options.shard == .whole ? try table.sink() : nil
    let live = sink.map { type(of: $0).takesAnyOrder ? $0 : nil } ?? nil
    let stopped = try run.measure(
      command: [Self.program, "worker"], stop: signals.descriptor, observer: observer, live: live)
    progress?.clear()
    if let stopped { try end(by: stopped, observer.counts, part.cohort) }
    guard let sink else { return endShard(run.folder, observer, table: table.output) }
    let summary = try Merge(runs: [run.folder]).write(
      to: live == nil ? [sink] : [], provenance: table.provenance, profile: options.profile)
    messages.report(summary, table: table.output, shown: observer.reasons)
    if messages.saysNotes { observer.counts.origins.forEach { Terminal.report("\($0)") } }
    return summary.failedCount == 0 && !(strict && summary.undefined + summary.unmeasured > 0)
  }

  private func end(by signal: Int32, _ counts: RunCounts, _ cohort: Cohort) throws -> Never {
    let all = options.shard.rows(of: cohort.count).underestimatedCount
    let hint = table.output == nil ? "" : " What is done is kept: run the same command with --resume to continue."
    Terminal.report("stopped by a signal after \(counts.done) of \(all) cases.\(hint)")
    throw ExitCode(128 + signal)
  }

  private func endShard(_ folder: String, _ report: RunReport, table: String?) -> Bool {
    for (name, reason) in report.failed { Terminal.report("failed: \(name): \(reason)") }
    let counts = report.counts
    if messages.saysNotes {
      Terminal.report(
        "\(folder): shard \(options.shard): \(counts.done) cases, \(counts.failed) failed"
          + "\(counts.origins.map { ", " + $0 }.joined()). When all shards are done: radiomics merge \(folder) -o \(table ?? "")"
      )
    }
    return counts.failed == 0 && !(strict && counts.undefined > 0)
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

extension RunCounts {
  /// Where results come from that were not measured for their own row.
  fileprivate var origins: [String] {
    [(earlier, "there from an earlier run"), (repeated, "measured once with others of the same contents")].compactMap {
      $0 > 0 ? "\($0) of them \($0 == 1 ? "was" : "were") \($1)" : nil
    }
  }
}
