import ArgumentParser
import Radiomics
import RadiomicsDICOM
import RadiomicsPyRadiomics
import RadiomicsRuns

/// PyRadiomics' own command line.
struct PyRadiomicsCommand: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "pyradiomics",
    abstract: "PyRadiomics' command line: its options, names and numbers.",
    discussion: """
      Takes what PyRadiomics' script takes, and writes what it writes. In a script,
      put 'radiomics' before 'pyradiomics':

        radiomics pyradiomics ct.nrrd gtv.nrrd -p Params.yaml -f csv -o features.csv
        radiomics pyradiomics batch.csv -p Params.yaml -f csv -o features.csv -j 8
        radiomics pyradiomics mr.nrrd gtv.nrrd -p Params.yaml -m voxel -od maps

      A batch is a file with the ending .csv and the columns Image and Mask, and
      Label, Label_channel and any others as wanted; paths are relative to it.

      What differs: a case that failed keeps its row, and the exit code is 1. A
      setting that is unknown or wrong is an error, unless --lenient. What has no
      value is nan in CSV and text, null in JSON. Results are measured anew, never
      taken from features_1.csv of an earlier run.

      Exit codes: 0 done; 1 done, but cases failed; 2 wrong input; 130, 143
      stopped by a signal.
      """,
    version: "PyRadiomics' command line (3.0.1) of swift-radiomics \(radiomicsVersion)")

  @Argument(help: ArgumentHelp("The image, or a batch: a file with the ending .csv.", valueName: "image or batch"))
  var input: String
  @Argument(help: "The mask. Not with a batch.") var mask: String?

  @Option(name: [.customShort("p"), .long], help: ArgumentHelp("The parameter file, YAML or JSON.", valueName: "file"))
  var param: String?
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("A setting that goes before the file's; may be repeated.", valueName: "name:value"))
  var setting: [String] = []
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Threads, and processes of a batch; 1 unless said.", valueName: "number"))
  var jobs = 1
  @Flag(name: .customLong("validate"), help: "Only check parameters, and whether files are there.") var checksOnly =
    false

  @Option(name: .shortAndLong, help: ArgumentHelp("Add the output to this file.", valueName: "file")) var out: String?
  @Option(
    name: [.customLong("out-dir"), .customLong("od", withSingleDash: true)],
    help: ArgumentHelp(
      "A folder for a table of each case (features_1.csv …); of mode voxel, for its maps.", valueName: "folder"))
  var outDir: String?
  @Option(name: .shortAndLong, help: "Features of regions, or maps.") var mode = Mode.segment
  @Flag(name: .long, help: "Leave features without a value out.") var skipNans = false
  @Option(name: .shortAndLong, help: "How the output is written.") var format = PyRadiomicsTable.Format.txt
  @Option(name: .long, help: "How paths of images and masks are written.") var formatPath = PathFormat.absolute
  @Flag(
    name: [.customLong("unix-path"), .customLong("up", withSingleDash: true)],
    help: "Write paths with slashes; they always are here.")
  var unixPath = false

  @Option(name: .long, help: "What goes into the log file.") var loggingLevel = LoggingLevel.WARNING
  @Option(name: .long, help: ArgumentHelp("Add what is said to this file.", valueName: "file")) var logFile: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("What is said: 1 least, 3 warnings, 4 notes, 5 most; 4 without a number.", valueName: "1-5"))
  var verbosity = 3
  @Option(name: .shortAndLong, help: ArgumentHelp("The label (as --setting label:N).", valueName: "number"))
  var label: Int?
  @Flag(name: .long, help: "Pass over settings that PyRadiomics does not know, with a warning.") var lenient = false

  enum Mode: String, ExpressibleByArgument, CaseIterable { case segment, voxel }
  enum PathFormat: String, ExpressibleByArgument, CaseIterable { case absolute, relative, basename }
  enum LoggingLevel: String, ExpressibleByArgument, CaseIterable { case NOTSET, DEBUG, INFO, WARNING, ERROR, CRITICAL }

  /// `-v` without a number means 4.
  static func completed(_ arguments: [String]) -> [String] {
    guard arguments.first == configuration.commandName else { return arguments }
    return arguments.enumerated().flatMap { index, argument in
      let isBare = argument == "-v" || argument == "--verbosity"
      return isBare && arguments.dropFirst(index + 1).first.flatMap { Int($0) } == nil ? [argument, "4"] : [argument]
    }
  }

  func validate() throws {
    guard (1...4096).contains(jobs) else {
      throw ValidationError("--jobs: is \(jobs), must be a whole number from 1 to 4096.")
    }
    guard (1...5).contains(verbosity) else { throw ValidationError("--verbosity: is \(verbosity), must be 1 to 5.") }
    guard mask != nil || input.hasSuffix(".csv") else {
      throw ValidationError("\(input): there is no mask. Name image and mask, or one batch with the ending .csv.")
    }
    if let wrong = setting.first(where: { !$0.contains(":") }) {
      throw ValidationError("--setting \(wrong): there is no ':', must be name:value such as binWidth:10.")
    }
  }

  func addFiles(to files: inout CommandFiles) {
    let cases = input.hasSuffix(".csv") ? (try? PyRadiomicsBatch(path: input))?.cases ?? [] : []
    files.read += cases.flatMap { [$0.image, $0.mask] }
    guard let outDir, mode == .segment else { return }
    files.written += (1...max(1, cases.count)).map { table(ofCase: $0, in: outDir) }
  }

  /// Where the table of a case, counted from 1, stands.
  private func table(ofCase number: Int, in folder: String) -> String { "\(folder)/features_\(number).csv" }

  func run() throws {
    let log = try PyRadiomicsLog(verbosity: verbosity, file: logFile, level: loggingLevel.rawValue)
    let parameters = try parameters()
    let (recipe, notes) = try parameters.recipe(named: param.map(Path.name) ?? "PyRadiomics' defaults")
    for note in notes { log.say(note) }
    let batch = input.hasSuffix(".csv") ? try PyRadiomicsBatch(path: input) : nil
    let cases = batch?.cases ?? [PyRadiomicsBatch.Case(image: input, mask: mask ?? "")]
    if checksOnly { return try check(cases, log) }
    let table = PyRadiomicsTable(
      cases: cases.map { $0.fields(paths: path) }, parameters, skipsUndefined: skipNans)
    if let outDir { try WholeFile.makeFolder(outDir) }
    if mode == .voxel {
      try map(cases, recipe, parameters, table, log)
    } else if let batch {
      try measure(batch, recipe, parameters, table)
    } else {
      try measure(cases[0], recipe, parameters, table)
    }
    for (number, finding) in table.findings { log.say(finding, case: cases.count > 1 ? number : nil) }
    for (number, reason) in table.failures { log.error("case \(number) failed: \(reason)") }
    if mode == .segment, let outDir {
      for number in cases.indices {
        try OutputFile.write(table.csv(ofCase: number), to: self.table(ofCase: number + 1, in: outDir))
      }
    }
    try write(table)
    if !table.failures.isEmpty { throw ExitCode.notMet }
  }

  private func parameters() throws -> PyRadiomicsParameters {
    var overrides = setting.map { text in
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return (key: parts[0], text: parts[1])
    }
    if let label { overrides.append(("label", "\(label)")) }
    return try PyRadiomicsParameters(
      yaml: param.map { try WholeFile.text(of: $0) } ?? "{}", file: param ?? "defaults", isLenient: lenient,
      overrides: overrides, overridesName: "--setting")
  }

  /// Says which files are not there.
  private func check(_ cases: [PyRadiomicsBatch.Case], _ log: PyRadiomicsLog) throws {
    var wrong = 0
    for (index, one) in cases.enumerated() {
      for (what, path) in [("Image", one.image), ("Mask", one.mask)] where !WholeFile.exists(path) {
        log.error("case \(index + 1) of \(cases.count): \(what) '\(path)' does not exist.")
        wrong += 1
      }
    }
    log.note(
      "checked \(cases.count) case\(cases.count == 1 ? "" : "s"), \(wrong) missing file\(wrong == 1 ? "" : "s").")
    if wrong > 0 { throw ExitCode.notMet }
  }

  private func measure(
    _ one: PyRadiomicsBatch.Case, _ recipe: Recipe, _ parameters: PyRadiomicsParameters, _ table: PyRadiomicsTable
  ) throws {
    try table.begin(recipe.header)
    do {
      let study = try Study(
        image: one.image, mask: one.mask, options: parameters.reading(Study.Options(), choosesRegion: false),
        sources: [DICOMSource()])
      try table.append(study.measure(recipe, Resources(jobs: jobs)).rows, ofCase: 0)
    } catch let error where error is StudyError || error is FormatError {
      table.fail(0, Words.pyradiomics.plain(error))
    }
  }

  /// By worker processes, as a cohort.
  private func measure(
    _ batch: PyRadiomicsBatch, _ recipe: Recipe, _ parameters: PyRadiomicsParameters, _ table: PyRadiomicsTable
  ) throws {
    let folder = try CohortRun.makeTemporaryFolder()
    defer { try? Folder.remove(folder) }
    var options = CohortRun.Options()
    options.jobs = jobs
    options.reading = parameters.reading(Study.Options(), choosesRegion: false)
    let run = try CohortRun(batch.cohort, recipe, in: folder + "/run", options)
    let signals = try StopSignals(), progress = verbosity >= 4 ? Progress() : nil
    let observer = try RunReport(events: nil, appends: false, progress: progress)
    let stopped = try run.measure(
      command: [Program.path, "worker", "--words", Words.pyradiomics.rawValue], stop: signals.descriptor,
      observer: observer)
    progress?.clear()
    if let stopped {
      Terminal.report(
        "stopped by a signal after \(observer.counts.done) of \(batch.cases.count) cases; nothing was written.")
      throw ExitCode(128 + stopped)
    }
    _ = try Merge(runs: [run.folder]).write(to: [table], provenance: nil)
  }

  private func map(
    _ cases: [PyRadiomicsBatch.Case], _ recipe: Recipe, _ parameters: PyRadiomicsParameters, _ table: PyRadiomicsTable,
    _ log: PyRadiomicsLog
  ) throws {
    let recipe = try parameters.mapped(recipe)
    try table.begin(recipe.header)
    for (index, one) in cases.enumerated() {
      do {
        let options = try one.options(parameters.reading(Study.Options(), choosesRegion: false))
        let study = try Study(image: one.image, mask: one.mask, options: options, sources: [DICOMSource()])
        let result = try study.pyRadiomicsMaps(
          recipe, parameters, case: index + 1, to: outDir ?? ".", Resources(jobs: jobs))
        for finding in result.findings { log.say(finding, case: cases.count > 1 ? index + 1 : nil) }
        table.append(maps: result.maps, result.texts, ofCase: index)
      } catch let error where error is StudyError || error is FormatError {
        table.fail(index, Words.pyradiomics.plain(error))
      }
    }
  }

  private func path(_ path: String) -> String {
    switch formatPath {
    case .absolute: absolute(path)
    case .basename: Path.name(of: path)
    case .relative:
      path.hasPrefix(Path.folder(of: input)) && input.hasSuffix(".csv")
        ? String(path.dropFirst(Path.folder(of: input).count)) : path
    }
  }

  /// Prints the table, or adds it to the file; a header that stands there already is not repeated.
  private func write(_ table: PyRadiomicsTable) throws {
    guard let out else { return try Terminal.show(table.text(format)) }
    guard WholeFile.exists(out), case let old = try WholeFile.text(of: out), !old.isEmpty else {
      return try OutputFile.write(table.text(format), to: out)
    }
    let isContinued = format == .csv && old.split(separator: "\n", maxSplits: 1).first.map(String.init) == table.header
    try OutputFile.write(old + table.text(format, withHeader: !isContinued), to: out)
  }
}

extension PyRadiomicsTable.Format: ExpressibleByArgument {}
