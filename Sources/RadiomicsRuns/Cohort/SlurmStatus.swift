import RadiomicsCore
import RadiomicsFormats

/// The numbers of jobs that were submitted, as the run folder keeps them in `slurm/jobs.json`.
package struct SlurmRecord: Sendable, Hashable {
  /// The format of `jobs.json`.
  static let format = 1

  /// Numbers of the array and of the merge.
  package let array, merge: String
  /// The cluster, where there are several.
  package let cluster: String?
  package let shardCount, caseCount: Int
  /// The table, as an absolute path.
  package let output: String

  package init(array: String, merge: String, cluster: String?, shardCount: Int, caseCount: Int, output: String) {
    self.array = array
    self.merge = merge
    self.cluster = cluster
    self.shardCount = shardCount
    self.caseCount = caseCount
    self.output = output
  }

  /// Reads what `submit` wrote.
  /// - Throws: `StudyError` if the run was never submitted; `SettingError` if the file is damaged.
  package init(ofRun run: String) throws {
    let file = SlurmJobs.folder(ofRun: run) + "/jobs.json"
    guard WholeFile.exists(file) else {
      throw StudyError.at(run, "no jobs of this run were submitted. Submit them, or name another run folder.")
    }
    let json = try Setting.Value(json: WholeFile.bytes(of: file), file: file)
    guard json["format"]?.asInteger == Self.format, let array = json["array"]?.asText,
      let merge = json["merge"]?.asText, let shards = json["shards"]?.asInteger, shards >= 1,
      let cases = json["cases"]?.asInteger, let output = json["output"]?.asText
    else { throw StudyError.at(file, "it is no list of jobs of this version. Remove it and submit again.") }
    self.init(
      array: array, merge: merge, cluster: json["cluster"]?.asText, shardCount: shards, caseCount: cases,
      output: output)
  }

  /// Writes `jobs.json`.
  package func write(ofRun run: String) throws {
    let json = Setting.Value.map([
      .init("format", .integer(Self.format)), .init("array", .text(array)), .init("merge", .text(merge)),
      .init("cluster", cluster.map { .text($0) } ?? .null), .init("shards", .integer(shardCount)),
      .init("cases", .integer(caseCount)), .init("output", .text(output)),
    ])
    try OutputFile.write(json.json + "\n", to: SlurmJobs.folder(ofRun: run) + "/jobs.json")
  }

  /// Number and cluster of what `sbatch --parsable` printed: `123` or `123;cluster`.
  package static func job(of printed: String) -> (number: String, cluster: String?)? {
    let line = printed.split(separator: "\n").last ?? ""
    let parts = line.split(separator: ";", maxSplits: 1).map { String($0.filter { $0 != " " }) }
    guard let number = parts.first, !number.isEmpty, number.allSatisfy(\.isNumber) else { return nil }
    return (number, parts.count == 2 ? parts[1] : nil)
  }

  /// Asks for what is left of both jobs, one line for each element.
  package var queueCommand: [String] {
    ["squeue", "--noheader", "--array", "--jobs=\(array),\(merge)", "--format=%F|%K|%T"]
      + (cluster.map { ["--clusters=\($0)"] } ?? [])
  }
}

/// How far the jobs of a run are.
package struct SlurmStatus: Sendable {
  /// State of a shard or of the merge.
  package enum State: String, Sendable, CaseIterable {
    case done, running, pending, failed
  }

  /// What the run folder says.
  package struct Progress: Sendable {
    /// Numbers of the shards that have an index, from 1.
    package var finished: Set<Int> = []
    /// Cases with a result, and those that failed in a finished shard.
    package var measuredCases = 0, failedCases = 0
    /// The exit status of the merge, if it has ended: 0 or 1 if it has made the table.
    package var merged: Int?

    package init() {}
  }

  let record: SlurmRecord
  /// The run folder as the user names it.
  let run: String
  let progress: Progress
  /// Of each shard, from the first.
  package let shards: [State]
  package let merge: State

  /// What is in the queue counts first: an index may be of an earlier submission.
  /// - `queue`: What `queueCommand` printed.
  package init(_ record: SlurmRecord, run: String, queue: String, progress: Progress) {
    var queued: [Int: State] = [:], queuedMerge: State?
    for line in queue.split(separator: "\n") {
      let parts = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
      guard parts.count == 3 else { continue }
      let isRunning = ["RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT"].contains(parts[2])
      let state = isRunning ? State.running : .pending
      if parts[0] == record.array, let number = Int(parts[1]) { queued[number] = state }
      if parts[0] == record.merge { queuedMerge = state }
    }
    self.record = record
    self.run = run
    self.progress = progress
    shards = (1...record.shardCount).map { queued[$0] ?? (progress.finished.contains($0) ? .done : .failed) }
    merge = queuedMerge ?? (progress.merged == 0 || progress.merged == 1 ? .done : .failed)
  }

  /// Number of shards in a state.
  package func count(_ state: State) -> Int { shards.count { $0 == state } }

  /// Whether a shard or the merge ended without what it was to make.
  package var hasFailed: Bool { merge == .failed || shards.contains(.failed) }
}

extension SlurmStatus {
  /// The status of a run.
  /// - Throws: `SettingError` or `StudyError` if the run folder is damaged.
  package init(_ record: SlurmRecord, run: String, queue: String) throws {
    var progress = Progress()
    for number in 1...record.shardCount {
      let name = "shard-\(number)-of-\(record.shardCount)"
      if WholeFile.exists("\(SlurmJobs.folder(ofRun: run))/\(name).done") { progress.finished.insert(number) }
      let index = "\(run)/\(name).json"
      guard WholeFile.exists(index) else { continue }
      progress.finished.insert(number)
      let outcomes = try ShardIndex(path: index).outcomes
      let failed = outcomes.count { if case .failed = $0.outcome { true } else { false } }
      progress.failedCases += failed
      progress.measuredCases += outcomes.count - failed
    }
    let cases = run + "/cases"
    if Folder.exists(cases) {
      // Rows of one content share a result, and results of an earlier cohort may be there.
      let results = try Folder.names(in: cases).reduce(0) { try $0 + Folder.names(in: "\(cases)/\($1)").count }
      progress.measuredCases = min(max(progress.measuredCases, results), record.caseCount - progress.failedCases)
    }
    let parts = SlurmJobs.parts(ofRun: run)
    if Folder.exists(parts) { progress.measuredCases = min(try Folder.names(in: parts).count, record.caseCount) }
    let file = SlurmJobs.folder(ofRun: run) + "/merge.status"
    if WholeFile.exists(file) { progress.merged = Int(try WholeFile.text(of: file).filter { $0 != "\n" }) }
    self.init(record, run: run, queue: queue, progress: progress)
  }

  /// For people.
  package var text: String {
    let counts = State.allCases.map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
    let failures = shards.indices.filter { shards[$0] == .failed }
    let folder = SlurmJobs.folder(ofRun: run)
    var lines = [
      "shards  \(counts) (job \(record.array))",
      Folder.exists(SlurmJobs.parts(ofRun: run))
        ? "parts   \(progress.measuredCases) of \(record.caseCount) learnt"
        : "cases   \(progress.measuredCases) of \(record.caseCount) measured, \(progress.failedCases) failed",
      "merge   \(merge.rawValue) (job \(record.merge))",
    ]
    for shard in failures.prefix(10) {
      lines.append("failed  shard \(shard + 1): \(folder)/shard-\(shard + 1).log")
    }
    if failures.count > 10 { lines.append("failed  \(failures.count - 10) more shards") }
    if merge == .failed { lines.append("failed  merge: \(folder)/merge.log") }
    if hasFailed { lines.append("Submit the cohort again; what is there is not computed again.") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// For programs.
  package var json: String {
    let counts = State.allCases.map { Setting.Value.Entry($0.rawValue, .integer(count($0))) }
    return Setting.Value.map([
      .init("format", .integer(1)), .init("array", .text(record.array)), .init("merge_job", .text(record.merge)),
      .init("shards", .map(counts)),
      .init("failed_shards", .list(shards.indices.filter { shards[$0] == .failed }.map { .integer($0 + 1) })),
      .init("merge", .text(merge.rawValue)),
      .init(
        "cases",
        .map([
          .init("all", .integer(record.caseCount)), .init("measured", .integer(progress.measuredCases)),
          .init("failed", .integer(progress.failedCases)),
        ])), .init("output", .text(record.output)),
    ]).json + "\n"
  }
}
