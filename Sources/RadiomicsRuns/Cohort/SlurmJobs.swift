import RadiomicsCore
import RadiomicsFormats

/// A cohort as two jobs of Slurm: an array of shards, and a merge that follows when all have ended, however they did.
package struct SlurmJobs: Sendable {
  /// What is asked of Slurm; nil leaves it to the cluster.
  package struct Request: Sendable {
    /// Processors of a shard: so many cases are measured at once.
    package var processors = 1
    package var time, partition, account, memory: String?

    package init() {}
  }

  /// Absolute path of the table.
  package let output: String
  /// Absolute path of the folder in which the jobs run: relative paths among their arguments are relative to it.
  let workingFolder: String
  /// What an element of the array runs beside which shard it is, and what joins them.
  private let sharing: [String], joining: [String]
  /// Whether parts of a study are learnt, in place of cases that are measured.
  package let isStudy: Bool
  let request: Request
  package let shardCount: Int

  /// Jobs for a cohort.
  /// - `output`: The table, as an absolute path; its run folder stands beside it.
  /// - `folder`: The folder that relative paths are relative to, as an absolute path.
  /// - `program`: `radiomics`, as an absolute path that the nodes have too.
  /// - `cohort`: The cohort file, as an absolute path.
  /// - `extraction`: Further arguments of `radiomics extract`.
  /// - `merging`: Further arguments of `radiomics merge`.
  /// - Throws: `StudyError` if Slurm could not write logs into the run folder.
  package init(
    output: String, folder: String, program: String, cohort: String, extraction: [String], merging: [String],
    request: Request, shardCount: Int
  ) throws(StudyError) {
    precondition(shardCount >= 1, "at least one shard")
    try Self.check(output)
    self.output = output
    workingFolder = folder
    sharing =
      [program, "extract", cohort] + extraction + ["-o", output, "--resume", "--jobs", "\(request.processors)"]
    joining = [program, "merge", Self.run(of: output), "-o", output] + merging
    isStudy = false
    self.request = request
    self.shardCount = shardCount
  }

  /// Jobs for a study: parts of its work, which meet in the run folder, and the signature that is made of them.
  /// - `output`: The signature, as an absolute path; its run folder stands beside it.
  /// - `study`: The study's file, as an absolute path.
  /// - Throws: `StudyError` if Slurm could not write logs into the run folder.
  package init(
    output: String, folder: String, program: String, study: String, request: Request, shardCount: Int
  ) throws(StudyError) {
    try self.init(
      output: output, folder: folder,
      sharing: [program, "train", study, "--resume", Self.parts(ofRun: Self.run(of: output))]
        + ["--jobs", "\(request.processors)"], request: request, shardCount: shardCount)
  }

  private init(
    output: String, folder: String, sharing: [String], request: Request, shardCount: Int
  ) throws(StudyError) {
    precondition(shardCount >= 1, "at least one shard")
    try Self.check(output)
    (self.output, workingFolder, self.sharing, joining) = (output, folder, sharing, sharing + ["-o", output])
    (isStudy, self.request, self.shardCount) = (true, request, shardCount)
  }

  private static func check(_ output: String) throws(StudyError) {
    guard !run(of: output).contains("\\") else {
      throw StudyError.at(output, "its folder's name holds '\\', which Slurm cannot write logs to. Rename the folder.")
    }
  }

  /// Where parts of a study meet.
  package static func parts(ofRun run: String) -> String { run + "/parts" }

  /// Where scripts, logs and the numbers of the jobs stand.
  package static func folder(ofRun run: String) -> String { run + "/slurm" }

  /// The run folder of a table: `features.csv` → `features.run`.
  package static func run(of table: String) -> String { RunFolder.path(for: table) }

  /// The run folder.
  package var run: String { Self.run(of: output) }

  /// Where this run's scripts stand.
  package var folder: String { Self.folder(ofRun: run) }

  /// The script that each element of the array runs. A shard that is started again takes up where it was.
  package var shardScript: String {
    let name = shellLine([folder + "/shard-"]) + "\"$SLURM_ARRAY_TASK_ID\""
    let head = script(["--array=1-\(shardCount)", "--cpus-per-task=\(request.processors)"])
    let command = shellLine(sharing) + " --shard \"$SLURM_ARRAY_TASK_ID/\(shardCount)\""
    return isStudy
      ? head + "\(command) || exit\ntouch \(name)-of-\(shardCount).done\n"
      : head + "exec \(command) --events \(name).events\n"
  }

  /// The script that makes the table, or says which cases are missing.
  package var mergeScript: String {
    script(["--cpus-per-task=\(isStudy ? request.processors : 1)"]) + shellLine(joining)
      + "\nstatus=$?\necho $status > \(shellLine([folder + "/merge.status"]))\nexit $status\n"
  }

  /// Submits the array.
  package var shardCommand: [String] { command(script: "shards.sh", log: "shard-%a.log") }

  /// Submits the merge.
  /// - `array`: The array's number.
  package func mergeCommand(after array: String) -> [String] {
    command(script: "merge.sh", log: "merge.log", options: ["--dependency=afterany:\(array)"])
  }

  /// Removes what an earlier submission left and this one would take for its own: the end of the merge, and indices of
  /// shards that were cut otherwise. Results of cases stay.
  package func removeWhatIsOutdated() throws {
    try Folder.remove(folder + "/merge.status")
    for name in try Folder.names(in: folder) where name.hasSuffix(".done") { try Folder.remove("\(folder)/\(name)") }
    for name in try Folder.names(in: run) where name.hasPrefix("shard-") && name.hasSuffix(".json") {
      if !name.hasSuffix("-of-\(shardCount).json") { try Folder.remove("\(run)/\(name)") }
    }
  }

  private func script(_ options: [String]) -> String {
    let asked = [
      ("time", request.time), ("mem", request.memory), ("partition", request.partition), ("account", request.account),
    ]
    let all =
      ["--requeue", "--open-mode=append"] + options
      + asked.compactMap { name, value in
        value.map { "--\(name)=\($0)" }
      }
    return "#!/bin/sh\n" + all.map { "#SBATCH \($0)\n" }.joined() + "cd \(shellLine([workingFolder])) || exit 2\n"
  }

  /// Paths stand on the command line, where they need no other quoting than the shell's; `%` in a log's name is Slurm's.
  private func command(script: String, log: String, options: [String] = []) -> [String] {
    return ["sbatch", "--parsable", "--job-name=radiomics \(Path.name(of: output))"] + options
      + ["--output=\(folder.replacing("%", with: "%%"))/\(log)", "\(folder)/\(script)"]
  }
}

extension SlurmJobs {
  /// Cases that a processor measures in minutes.
  private static let casesPerProcessor = 20

  /// Into how many shards a cohort is cut.
  /// - `cases`: Number of cases.
  /// - `perShard`: Cases of a shard; nil for 20 a processor, which take minutes.
  /// - `shards`: Number of shards, if it is given; never more than there are cases.
  /// - `limit`: How many elements an array may have.
  /// - Throws: `StudyError` if more shards are asked for than the cluster takes.
  package static func shardCount(
    cases: Int, perShard: Int?, shards: Int?, processors: Int, limit: Int
  ) throws(StudyError) -> Int {
    if let shards {
      guard shards <= limit else {
        throw StudyError.at(
          "shards", "is \(shards), this cluster takes at most \(limit) (its MaxArraySize). Ask for fewer.")
      }
      return min(shards, cases)
    }
    let size = perShard ?? casesPerProcessor * processors
    return max(1, min((cases - 1) / size + 1, limit))
  }

  /// The most elements that an array may have, by what `scontrol show config` prints; Slurm's default without it.
  package static func arrayLimit(configuration: String?) -> Int {
    let lines = (configuration ?? "").split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1) }
    let line = lines.first { $0.count == 2 && $0[0].filter { $0 != " " } == "MaxArraySize" }
    // The largest number of an element is one less, and ours begin at 1.
    return max(1, (line.flatMap { Int($0[1].filter { $0 != " " }) } ?? 1001) - 1)
  }
}

/// Arguments as a shell reads them back, whatever they hold.
package func shellLine(_ arguments: [String]) -> String {
  arguments.map { argument in
    let isPlain =
      !argument.isEmpty
      && argument.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "_-./:=,%+@".utf8.contains($0)
      }
    return isPlain ? argument : "'" + argument.replacing("'", with: #"'\''"#) + "'"
  }.joined(separator: " ")
}
