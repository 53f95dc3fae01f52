import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns

struct Submit: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "A cohort, or a study, as jobs of a cluster.",
    discussion: """
      Cuts the cohort into shards that take minutes, submits them as an array, and
      a merge that follows when all have ended. Scripts and logs stand in the run
      folder beside the table. Submitted again, it computes only what is missing.
      Program, cohort and images must have the same paths on the nodes.
      Of a study (.yaml) the shards learn folds and shuffles, and the signature
      is made of them.

        radiomics submit cohort.csv --recipe ibsi-ct -o features.csv --dry-run
        radiomics submit cohort.csv --recipe ibsi-ct -o f.csv --time 30 --mem 4G
        radiomics submit study.yaml -o signature.json --shards 20
        radiomics submit --status features.run
      """)

  /// What runs the jobs.
  enum Engine: String, ExpressibleByArgument, CaseIterable { case slurm }

  @Argument(help: "The cohort, a table with subject,image,mask, or a study (.yaml).") var cohort: String?
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
    if isStudy {
      guard recipe.words.isEmpty, reading.words.isEmpty, jobs.maxMemory == nil else {
        throw ValidationError(
          "--recipe, --region and the like are of a cohort; a study says in its file what is learnt.")
      }
      guard table.output?.lowercased().hasSuffix(".json") ?? false else {
        throw ValidationError("--output: \(table.output ?? "") must end in .json, as a signature does.")
      }
    }
    try reading.checkForCohort()
  }

  /// Whether a study is learnt, in place of a cohort that is measured.
  private var isStudy: Bool { [".yaml", ".yml"].contains { cohort?.lowercased().hasSuffix($0) ?? false } }

  func run() throws {
    if let status { return try SlurmQueue.show(status, format: table.format) }
    guard let path = cohort, let output = table.output else { preconditionFailure("checked by validate") }
    if isStudy { return try learn(path, output) }
    try table.check()
    let configuration = try ProgramCall(["scontrol", "show", "config"])?.output
    let parts = try recipe.parts(of: Cohort(path: path), reading, output: output)
    let plans = try parts.map { part in
      let count = try SlurmJobs.shardCount(
        cases: part.cohort.count, perShard: jobs.casesPerShard, shards: jobs.shards,
        processors: jobs.request.processors, limit: SlurmJobs.arrayLimit(configuration: configuration))
      return try SlurmJobs(
        output: absolute(part.output ?? output), folder: absolute(""),
        program: realPath(Program.path) ?? absolute(CommandLine.arguments[0]), cohort: absolute(path),
        extraction: extraction + (parts.count > 1 ? part.name.map { ["--only", $0] } ?? [] : []), merging: merging,
        request: jobs.request, shardCount: count)
    }
    if dryRun { return try plans.forEach { try Terminal.show(Self.text(of: $0)) } }
    for plan in plans { try SlurmQueue.refuseWhileQueued(plan.run) }
    for (part, plan) in zip(parts, plans) { try submit(part, plan) }
  }

  private func submit(_ part: CohortPart, _ plan: SlurmJobs) throws {
    messages.report(part.procedure.notes)
    messages.report(try prepare(plan.run, part.cohort, part.procedure))
    let record = try SlurmQueue.submit(plan, cases: part.cohort.count)
    guard messages.saysNotes else { return }
    let cases = part.cohort.count, shards = plan.shardCount
    Terminal.report(
      "\(cases) case\(cases == 1 ? "" : "s") in \(shards) shard\(shards == 1 ? "" : "s") (job "
        + "\(record.array)), then the merge (job \(record.merge)). How far they are: radiomics submit --status "
        + shellLine([SlurmJobs.run(of: part.output ?? "")]))
  }

  /// A study's folds and shuffles as jobs; what every shard would refuse is refused here.
  private func learn(_ path: String, _ output: String) throws {
    let file = try StudyFile(path: path)
    let training = try StudyTraining(
      file.plan, file.rows, sources: file.sources, volume: file.volume, lanes: Lanes(jobs: 1))
    let configuration = try ProgramCall(["scontrol", "show", "config"])?.output
    let count = training.splits.count + file.plan.shuffles
    let plan = try SlurmJobs(
      output: absolute(output), folder: absolute(""),
      program: realPath(Program.path) ?? absolute(CommandLine.arguments[0]),
      study: absolute(path), request: jobs.request,
      shardCount: SlurmJobs.shardCount(
        cases: count, perShard: jobs.casesPerShard, shards: jobs.shards, processors: jobs.request.processors,
        limit: SlurmJobs.arrayLimit(configuration: configuration)))
    if dryRun { return try Terminal.show(Self.text(of: plan)) }
    try SlurmQueue.refuseWhileQueued(plan.run)
    messages.report(file.findings)
    try WholeFile.makeFolder(SlurmJobs.parts(ofRun: plan.run))
    let record = try SlurmQueue.submit(plan, cases: count)
    guard messages.saysNotes else { return }
    Terminal.report(
      "\(count) parts of the work in \(plan.shardCount) shard\(plan.shardCount == 1 ? "" : "s") (job \(record.array)), then the signature "
        + "(job \(record.merge)). How far they are: radiomics submit --status \(shellLine([SlurmJobs.run(of: output)]))"
    )
  }

  func addFiles(to files: inout CommandFiles) {
    if isStudy {
      files.read += [cohort].compactMap { $0 }
      return
    }
    if let cohort { files.add(cohort: cohort, measuredBy: recipe, into: table.output) }
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
    recipe.words + reading.words
      + (jobs.maxMemory.map { ["--max-memory", "\($0.bytes)"] } ?? [])
  }

  /// Options of `merge` that this verb hands on.
  private var merging: [String] {
    (table.layout == .wide ? [] : ["--layout", table.layout.rawValue])
      + (table.guardFormulas ? ["--guard-formulas"] : [])
  }

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
