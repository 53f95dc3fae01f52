import ArgumentParser
import Radiomics
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learns a signature from a study, judged on patients that it has not seen.",
    discussion: """
      The study is a file: which table, what is predicted from what, by which steps, and
      how that is judged. Everything is learnt in the training part of each fold anew.

        table: features.csv
        outcome: malignant
        candidates: /^cm_/
        clinical: [age]
        subject: patient
        site: hospital
        design: { outer: { folds: 5 }, inner: 5, repeats: 3 }
        pipeline: [impute: median, harmonise: { batch: scanner }, mrmr, elastic_net]

        radiomics train study.yaml --dry-run
        radiomics train study.yaml -o signature.json --report study.html
        radiomics apply signature.json other.csv -o predictions.csv
        radiomics validate signature.json other-site.csv

      All settings: radiomics describe study
      """)

  @Argument(help: ArgumentHelp("The study (.yaml).", valueName: "study")) var study: String
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the signature here (.json).", valueName: "file"))
  var output: String?
  @Option(name: .long, help: "What is printed.") var format = PrintedFormat.text
  @Option(name: .long, help: ArgumentHelp("Draw it here (.svg): sites, controls, calibration, use.", valueName: "file"))
  var figure: String?
  @Option(
    name: .long, help: ArgumentHelp("Write a page with text, tables and figures here (.html).", valueName: "file"))
  var report: String?
  @Option(name: .long, help: "Where random numbers begin, in place of the study's.") var seed: UInt64?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Override a refusal by its code (duplicates, outcome-among-predictors, mixed-modalities, mr-fixed-width); repeatable, recorded.",
      valueName: "code"))
  var allow: [String] = []
  @Flag(
    name: .long,
    help:
      "Learn from a table that was harmonised with the rows that are judged, or with the outcome; every page says so.")
  var forceLeak = false
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Seal the signature by this Ed25519 private key (PEM); whoever reads it sees whether it was changed.",
      valueName: "key"))
  var sign: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Judge the study under every choice of this plan (.yaml), axes of values such as pipeline.mrmr.count: [5, 10], without a signature.",
      valueName: "plan"))
  var specifications: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Keep what is done in this folder, and go on from what is there: after a kill, or of several shards.",
      valueName: "folder"))
  var resume: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Do one of several parts of the work, such as 2/8, without a signature; needs --resume, by which all are joined.",
      valueName: "i/n"))
  var shard: String?
  @Flag(
    name: .long,
    help:
      "Judge the pipeline, too, where it is learnt from 20, 40, 60 and 80 % of the patients: whether more would help.")
  var learningCurve = false
  @Flag(name: .long, help: "Say what would be done, and how long it would take; learn nothing.") var dryRun = false
  @Option(name: .long, help: ArgumentHelp("Threads; all there are if not said.", valueName: "number")) var jobs: Int?
  @OptionGroup var messages: MessageArguments

  private static let codes =
    LeakRefusal.allCases.map(\.rawValue) + PoolingRefusal.ofRows.map(\.rawValue)

  func validate() throws {
    if let output, !output.lowercased().hasSuffix(".json") {
      throw ValidationError("--output: \(output) must end in .json.")
    }
    if let figure, !figure.lowercased().hasSuffix(".svg") {
      throw ValidationError("--figure: \(figure) must end in .svg.")
    }
    try checkPage(report)
    if let jobs, jobs < 1 { throw ValidationError("--jobs: is \(jobs), must be at least 1.") }
    _ = try part()
    if let bad = allow.first(where: { !Self.codes.contains($0) }) {
      throw ValidationError(
        "--allow: there is no refusal '\(bad)', must be one of \(Self.codes.joined(separator: ", ")).\(didYouMean(bad, among: Self.codes))"
      )
    }
  }

  /// Which part of the work is asked for.
  private func part() throws -> TrainingShard? {
    guard let shard else { return nil }
    let words = shard.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard words.count == 2, let number = words[0], let count = words[1], count >= 1, (1...count).contains(number) else {
      throw ValidationError("--shard: is '\(shard)', must be i/n with i from 1 to n, such as 2/8.")
    }
    guard resume != nil else { throw ValidationError("--shard: needs --resume FOLDER, where the parts meet.") }
    return TrainingShard(number, of: count)
  }

  func run() throws {
    if sign != nil, output == nil { throw ValidationError("--sign: needs --output, which it seals.") }
    let key = try sign.map { try SealingKey(WholeFile.text(of: $0), file: $0) }
    var overrides = StudyFile.Overrides()
    (overrides.codes, overrides.forcesLeak) = (Set(allow), forceLeak)
    if shard != nil, output != nil || report != nil || figure != nil {
      throw ValidationError(
        "--shard: writes no signature, page or figure. Join the shards by --resume alone, with --output.")
    }
    if let specifications { return try specify(specifications, overrides) }
    let file = try StudyFile(path: study, overrides: overrides, seed: seed)
    var training = try StudyTraining(
      file.plan, file.rows, sources: file.sources, volume: file.volume, lanes: Lanes(jobs: jobs ?? JobCount.preset))
    messages.report(file.findings)
    if dryRun { return try Terminal.show(StudyForecast(file, training).report(command: GivenCommand(self)).text) }
    if let resume { training.units = TrainingUnits(try TrainingFolder(resume, file), shard: try part()) }
    let line = ShareLine(isShown: messages.saysNotes), folds = training.splits.count, shuffles = file.plan.shuffles
    let progress: @Sendable (String, Int, Int) -> Void = { what, done, count in
      // A shuffle deals folds once.
      let turns = max(1, file.plan.design.repeats), each = max(1, folds / turns)
      let all = Double(folds + shuffles * each)
      line?.show((what == "folds" ? Double(done) : Double(folds + done * each)) / all)
    }
    if shard != nil {
      let (done, all) = try training.runShard(progress: progress)
      line?.clear()
      if messages.saysNotes { Terminal.report("\(resume ?? ""): \(done) of \(all) parts of the work are done") }
      return
    }
    let trained = try training.run(progress: progress)
    let curve = learningCurve ? training.learningCurve() : nil
    line?.clear()
    let result = SignatureReport(file, trained, curve: curve)
    var found = result.report(command: GivenCommand(self))
    messages.report(found.findings.filter { !file.findings.contains($0) })
    found.findings = found.findings.typed
    if let output { try OutputFile.write(result.signature.text(sealedBy: key), to: output) }
    if let key, messages.saysNotes { Terminal.report("\(output ?? ""): sealed by the public key \(key.publicKey)") }
    if let figure, let draw = found.figure { try OutputFile.write(draw(), to: figure) }
    try found.write(to: nil, page: report, format: format)
  }
}

extension TrainCommand {
  /// The study under every choice of a plan.
  fileprivate func specify(_ path: String, _ overrides: StudyFile.Overrides) throws {
    let plan = try SpecificationPlan(
      Setting(yaml: try WholeFile.text(of: path), file: path, kind: "plan"))
    if dryRun {
      let sentences = try plan.forecast(study: study, overrides: overrides)
      return try Terminal.show(sentences.map { $0 + "\n" }.joined())
    }
    let line = ShareLine(isShown: messages.saysNotes)
    let folder = try TemporaryTables()
    let found = try Specifications(
      plan, study: study, overrides: overrides, lanes: Lanes(jobs: jobs ?? JobCount.preset),
      measured: { try folder.measure(plan.cohort ?? "", by: $0, jobs) }
    ) { line?.show(Double($0) / Double($1)) }
    line?.clear()
    let report = found.report(command: GivenCommand(self))
    messages.report(report.findings)
    if let figure, let draw = report.figure { try OutputFile.write(draw(), to: figure) }
    try report.write(to: nil, page: self.report, format: format)
  }
}

/// Tables of a cohort that is measured by several recipes; they are gone when nobody needs them.
private final class TemporaryTables {
  private let folder: String
  private var count = 0

  init() throws { folder = try Folder.makeTemporary() }

  deinit { try? Folder.remove(folder) }

  /// The path of the table of a cohort by a recipe.
  func measure(_ cohort: String, by recipe: Setting.Value, _ jobs: Int?) throws -> String {
    count += 1
    let file = "\(folder)/\(count).yaml", table = "\(folder)/\(count).csv"
    try OutputFile.write(recipe.json + "\n", to: file)
    let words = ["extract", cohort, "--recipe", file, "-o", table, "-q"] + (jobs.map { ["--jobs", "\($0)"] } ?? [])
    var command = try RadiomicsCommand.parseAsRoot(words)
    do { try command.run() } catch let code as ExitCode where code == .notMet {}
    return table
  }
}
