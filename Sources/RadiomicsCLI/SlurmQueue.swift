import ArgumentParser
import Radiomics
import RadiomicsRuns

/// Slurm's queue: submits the jobs of a run and says how far they are.
enum SlurmQueue {
  /// Writes the scripts into the run folder and submits them: both jobs, or none.
  static func submit(_ jobs: SlurmJobs, cases: Int) throws -> SlurmRecord {
    try WholeFile.makeFolder(jobs.folder)
    try OutputFile.write(jobs.shardScript, to: jobs.folder + "/shards.sh")
    try OutputFile.write(jobs.mergeScript, to: jobs.folder + "/merge.sh")
    let array = try job(jobs.shardCommand)
    let merge: (number: String, cluster: String?)
    do {
      try jobs.removeWhatIsOutdated()
      merge = try job(jobs.mergeCommand(after: array.number))
    } catch {
      _ = try ProgramCall(["scancel", array.number] + (array.cluster.map { ["--clusters=\($0)"] } ?? []))
      throw error
    }
    let record = SlurmRecord(
      array: array.number, merge: merge.number, cluster: array.cluster, shardCount: jobs.shardCount, caseCount: cases,
      output: jobs.output)
    try record.write(ofRun: jobs.run)
    return record
  }

  /// Submits a script; the sentence of `sbatch` is handed on if it refuses.
  private static func job(_ command: [String]) throws -> (number: String, cluster: String?) {
    guard let call = try ProgramCall(command) else {
      throw ValidationError(
        "sbatch: is not there, must be in the search path. Submit on a machine of the cluster, or see --dry-run.")
    }
    guard call.status == 0, let job = SlurmRecord.job(of: call.output) else {
      throw ValidationError("Slurm refused the jobs, nothing runs: \(call.complaint)")
    }
    if !call.errors.isEmpty { Terminal.report("note: \(call.complaint)") }
    return job
  }

  /// Two submissions at once would run every shard twice.
  static func refuseWhileQueued(_ run: String) throws {
    guard WholeFile.exists(SlurmJobs.folder(ofRun: run) + "/jobs.json") else { return }
    let record = try SlurmRecord(ofRun: run)
    guard let queue = try queue(of: record), !queue.isEmpty else { return }
    throw ValidationError(
      "\(run): jobs of this run are in the queue. Wait for them, or end them: scancel \(record.array) \(record.merge)")
  }

  /// What the queue has of both jobs; nil without Slurm. Jobs that Slurm has forgotten are not in it.
  private static func queue(of record: SlurmRecord) throws -> String? {
    guard let call = try ProgramCall(record.queueCommand) else { return nil }
    if call.status == 0 { return call.output }
    guard call.errors.contains("Invalid job id") else {
      throw ValidationError("squeue: \(call.complaint)")
    }
    return ""
  }

  /// Prints how far a run is; ends with 1 if something failed.
  static func show(_ name: String, format: PrintedFormat) throws {
    let run = try runFolder(name)
    let record = try SlurmRecord(ofRun: run)
    guard let queue = try queue(of: record) else {
      throw ValidationError("squeue: is not there, must be in the search path. Ask on a machine of the cluster.")
    }
    let status = try SlurmStatus(record, run: run, queue: queue)
    try Terminal.show(format == .json ? status.json : status.text)
    if status.hasFailed { throw ExitCode.notMet }
  }

  /// The run folder, or that of a table.
  private static func runFolder(_ name: String) throws -> String {
    let plain = name.hasSuffix("/") ? String(name.dropLast()) : name
    return Folder.exists(plain) ? plain : SlurmJobs.run(of: plain)
  }
}
