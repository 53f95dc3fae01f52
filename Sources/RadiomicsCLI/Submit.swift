import ArgumentParser
import Radiomics

struct Submit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A cohort as jobs of a cluster.",
    discussion: """
      Cuts the cohort into shards that take minutes, submits them as an array, and
      a merge that follows when all have ended. Scripts and logs stand in the run
      folder beside the table. Submitted again, it computes only what is missing.
      Program, cohort and images must have the same paths on the nodes.

        radiomics submit cohort.csv --recipe ibsi-ct -o features.csv --dry-run
        radiomics submit cohort.csv --recipe ibsi-ct -o f.csv --time 30 --mem 4G
        radiomics submit --status features.run
      """)

  /// What runs the jobs.
  enum Engine: String, ExpressibleByArgument, CaseIterable { case slurm }

  @Argument(help: "The cohort, a table with subject,image,mask.") var cohort: String?
  @OptionGroup var recipe: RecipeOption
  @OptionGroup var reading: ReadingArguments
  @OptionGroup var table: TableArguments
  @Option(name: .long, help: "What runs the jobs.") var engine = Engine.slurm
  @OptionGroup(title: "Jobs") var jobs: JobArguments
  @Flag(name: .long, help: "Print the scripts and submit nothing.") var dryRun = false
  @Option(
    name: .long, help: ArgumentHelp("Say how far a submitted run is: its folder, or its table.", valueName: "run"))
  var status: String?
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    if status != nil {
      guard cohort == nil, table.output == nil, !dryRun else {
        throw ValidationError("--status: stands alone, it takes no cohort, --output or --dry-run.")
      }
      guard table.format != .csv else { throw ValidationError("--format: is csv, must be text or json with --status.") }
      return
    }
    guard cohort != nil else { throw ValidationError("no cohort is named; name its file, or a run with --status.") }
    guard table.output != nil else {
      throw ValidationError("--output: is missing, must name the table, such as -o features.csv.")
    }
    if reading.clipTo != nil {
      throw ValidationError(
        "--clip-to: belongs to one image and mask, not to a cohort. Give the cohort a column 'clip'.")
    }
  }

  func run() throws {
    if let status { return try SlurmQueue.show(status, format: table.format) }
    guard let path = cohort, let output = table.output else { preconditionFailure("checked by validate") }
    try table.check(against: [path])
    let procedure = try recipe.procedure(reading)
    messages.report(procedure.notes)
    let cohort = try Cohort(path: path)
    let configuration = try ProgramCall(["scontrol", "show", "config"])?.output
    let count = try SlurmJobs.shardCount(
      cases: cohort.count, perShard: jobs.casesPerShard, shards: jobs.shards, processors: jobs.request.processors,
      limit: SlurmJobs.arrayLimit(configuration: configuration))
    let plan = try SlurmJobs(
      output: absolute(output), program: realPath(Program.path) ?? absolute(CommandLine.arguments[0]),
      cohort: absolute(path), extraction: extraction, merging: merging, request: jobs.request, shardCount: count)
    if dryRun { return try Terminal.show(Self.text(of: plan)) }
    try SlurmQueue.refuseWhileQueued(plan.run)
    messages.report(try prepare(plan.run, cohort, procedure))
    let record = try SlurmQueue.submit(plan, cases: cohort.count)
    guard messages.saysNotes else { return }
    Terminal.report(
      "\(cohort.count) case\(cohort.count == 1 ? "" : "s") in \(count) shard\(count == 1 ? "" : "s") (job "
        + "\(record.array)), then the merge (job \(record.merge)). How far they are: radiomics submit --status "
        + shellLine([SlurmJobs.run(of: output)]))
  }

  /// Makes or takes up the run folder, so that what every shard would refuse is refused here.
  private func prepare(_ run: String, _ cohort: Cohort, _ procedure: Procedure) throws -> [Finding] {
    var options = CohortRun.Options()
    options.resumes = true
    options.reading = procedure.reading
    let findings = try CohortRun(cohort, procedure.recipe, in: run, options).findings
    // Nothing is measured here.
    try Folder.remove("\(run)/partial/\(Shard.whole.name)")
    return findings
  }

  /// Options of `extract` that this verb hands on.
  private var extraction: [String] {
    recipe.arguments + reading.arguments
      + (jobs.maxMemory.map { ["--max-memory", "\($0.bytes)"] } ?? [])
  }

  /// Options of `merge` that this verb hands on.
  private var merging: [String] { table.layout == .wide ? [] : ["--layout", table.layout.rawValue] }

  private static func text(of jobs: SlurmJobs) -> String {
    """
    # \(jobs.folder)/shards.sh
    \(jobs.shardScript)
    # \(jobs.folder)/merge.sh
    \(jobs.mergeScript)
    # Submitted by
    \(shellLine(jobs.shardCommand))
    \(shellLine(jobs.mergeCommand(after: "ARRAY")))

    """
  }
}

/// How the jobs are cut and what is asked for them.
struct JobArguments: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Number of shards.", valueName: "number")) var shards: Int?
  @Option(
    name: .long,
    help: ArgumentHelp("Cases of a shard; without it 20 for each processor, which take minutes.", valueName: "number"))
  var casesPerShard: Int?
  @Option(name: .long, help: ArgumentHelp("Time limit of a job, as sbatch reads it.", valueName: "time"))
  var time: String?
  @Option(name: .long, help: ArgumentHelp("The partition.", valueName: "name")) var partition: String?
  @Option(name: .long, help: ArgumentHelp("The account that pays.", valueName: "name")) var account: String?
  @Option(
    name: .long, help: ArgumentHelp("Processors of a shard: so many cases are measured at once.", valueName: "number"))
  var cpusPerTask = 1
  @Option(name: .long, help: ArgumentHelp("Memory of a job, as sbatch reads it.", valueName: "size")) var mem: String?
  @Option(
    name: .long, help: ArgumentHelp("Memory that the cases of a shard may use, such as 4GB.", valueName: "amount"))
  var maxMemory: MemoryAmount?

  func validate() throws {
    for (name, number) in [("shards", shards), ("cases-per-shard", casesPerShard), ("cpus-per-task", cpusPerTask)] {
      if let number, number < 1 { throw ValidationError("--\(name): is \(number), must be at least 1.") }
    }
    guard shards == nil || casesPerShard == nil else {
      throw ValidationError("--shards: and --cases-per-shard say the same thing. Leave one out.")
    }
    for (name, text) in [("time", time), ("partition", partition), ("account", account), ("mem", mem)] {
      guard let text else { continue }
      // A space or a line's end would begin another option of Slurm.
      let isPlain = text.utf8.allSatisfy { $0 > 32 && $0 != 127 && !"\"'\\#".utf8.contains($0) }
      guard isPlain, !text.isEmpty else {
        throw ValidationError("--\(name): is '\(text)', must have no spaces, quotes or '#'.")
      }
    }
  }

  var request: SlurmJobs.Request {
    var request = SlurmJobs.Request()
    request.processors = cpusPerTask
    request.time = time
    request.partition = partition
    request.account = account
    request.memory = mem
    return request
  }
}

extension RecipeOption {
  /// As a command line has them.
  fileprivate var arguments: [String] {
    if let params {
      return ["--params", absolute(params)] + (dialect.map { ["--dialect", $0.rawValue] } ?? [])
        + (lenient ? ["--lenient"] : [])
    }
    let name = recipe ?? "default", isPreset = Preset.all.contains { $0.name == name }
    return ["--recipe", isPreset ? name : absolute(name)]
  }
}

extension ReadingArguments {
  /// As a command line has them.
  fileprivate var arguments: [String] {
    var arguments: [String] = []
    if let region { arguments += ["--region", region] }
    if let maskThreshold { arguments += ["--mask-threshold", numberText(maskThreshold)] }
    if resampleMask { arguments.append("--resample-mask") }
    if let volume { arguments += ["--volume", "\(volume)"] }
    if let niftiForm { arguments += ["--nifti-form", niftiForm.rawValue] }
    for refusal in allow { arguments += ["--allow", refusal.rawValue] }
    return arguments
  }
}
