import ArgumentParser
import Radiomics
import RadiomicsCore
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns

struct HabitatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "habitats",
    abstract: "Parts of regions that look alike across subjects: found, kept, applied, measured.",
    discussion: """
      Voxels of many subjects, described by images that lie on one grid, are clustered;
      what was learnt is kept and applied unchanged to other scans:

        radiomics habitats fit train.csv --images image,adc --k 2:8 -o M.json
        radiomics habitats apply M.json cohort.csv -o maps
        radiomics habitats measure maps -o habitats.csv --report habitats.html
      """, subcommands: [HabitatsFit.self, HabitatsApply.self, HabitatsMeasure.self])
}

/// How a cohort's images are read, and with how many threads.
struct HabitatReadingArguments: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Threads; without it as many as this process may use.", valueName: "number"))
  var jobs: Int?
  @OptionGroup var series: SeriesArguments

  func validate() throws {
    if let jobs, !(1...4096).contains(jobs) {
      throw ValidationError("--jobs: is \(jobs), must be a whole number from 1 to 4096.")
    }
  }

  var lanes: Lanes { Lanes(jobs: jobs ?? JobCount.preset) }

  var options: Study.Options {
    var options = Study.Options()
    options.series = series.options
    return options
  }

  func reading(_ cohort: Cohort, _ images: [HabitatImage]) throws -> HabitatReading {
    HabitatReading(cohort, images, options: options, sources: [try series.dicom()], words: \.typed)
  }
}

struct HabitatsFit: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Learns habitats from a cohort, and keeps them in a file.",
    discussion: """
      A voxel is described by the images of --images: 'image' or another column of the
      cohort with files on the image's grid, or a filter as in a recipe's layer, of the
      image or of a column:

        --images image,adc
        --images 'image,mean: {support: 5},adc/laplacian_of_gaussian: {sigma: 2}'

      Each image is scaled by its median and interquartile range over training voxels.
      Of numbers of habitats such as 2:8 the largest stays whose habitats are found
      again where patients are drawn again: mean Jaccard index of 0.75 at least.
      Habitats are ordered by the mean of the first image.
      """)

  @Argument(help: "The training cohort: a table with the ending .csv, .tsv or .xlsx.") var cohort: String
  @Option(name: .long, help: ArgumentHelp("What describes a voxel, with commas.", valueName: "images")) var images:
    String
  @Option(name: .long, help: ArgumentHelp("Number of habitats, or a range to choose from.", valueName: "N or LOW:HIGH"))
  var k: String
  @Option(name: .long, help: "What is clustered.") var design = HabitatSettings.Design.pooled
  @Option(name: .long, help: "What a cluster is.") var method = HabitatSettings.Method.kmeans
  @Option(
    name: .long,
    help: ArgumentHelp("Voxels (or supervoxels) of each subject, the same number of all.", valueName: "number"))
  var voxels = 1000
  @Option(name: .long, help: ArgumentHelp("Starts, of which the best stays.", valueName: "number")) var restarts = 10
  @Option(name: .long, help: ArgumentHelp("How often patients are drawn again.", valueName: "number")) var bootstraps =
    100
  @Option(name: .long, help: ArgumentHelp("Seed of all that is drawn.", valueName: "number")) var seed = 1
  @Option(name: .long, help: ArgumentHelp("Volume of supervoxels, mm3.", valueName: "number")) var supervoxel = 27.0
  @Option(
    name: .long,
    help: ArgumentHelp("Weight of neighbours when habitats are applied (Potts), mm; 0 for none.", valueName: "number"))
  var potts = 0.0
  @Option(
    name: .long, help: ArgumentHelp("Only rows with this word in the column timepoint.", valueName: "word"))
  var timepoint: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the habitats here (.json).", valueName: "file")) var output:
    String
  @Option(name: .long, help: ArgumentHelp("Write a page here (.html).", valueName: "file")) var report: String?
  @OptionGroup var reading: HabitatReadingArguments
  @OptionGroup var messages: MessageArguments

  func addFiles(to files: inout CommandFiles) { files.add(cohort: cohort) }

  func validate() throws {
    _ = try counts()
    try checkPage(report)
    guard output.lowercased().hasSuffix(".json") else {
      throw ValidationError("--output: \(output) must end in .json.")
    }
    guard voxels >= 10, restarts >= 1, bootstraps >= 0, seed >= 0, supervoxel > 0, potts >= 0, potts.isFinite else {
      throw ValidationError(
        "--voxels must be 10 at least, --restarts 1 at least, --bootstraps, --seed and --potts not negative, "
          + "--supervoxel above 0.")
    }
  }

  private func counts() throws -> ClosedRange<Int> {
    let numbers = k.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(numbers.count), let low = numbers[0], let high = numbers[numbers.count - 1], low <= high,
      (2...64).contains(low), (2...64).contains(high)
    else { throw ValidationError("--k: is '\(k)', must be a number from 2 to 64, or two such as 2:8.") }
    return low...high
  }

  func run() throws {
    let cohort = try Cohort(path: cohort), images = try HabitatImage.list(images, of: cohort)
    var settings = HabitatSettings(images: images.map(\.text))
    (settings.design, settings.method, settings.sampled, settings.restarts) = (design, method, voxels, restarts)
    (settings.bootstraps, settings.seed) = (bootstraps, seed)
    (settings.supervoxel, settings.beta) = (supervoxel, potts)
    let training = try HabitatTraining(
      reading.reading(cohort, images), counts: counts(), settings, timepoint: timepoint, reading.lanes)
    try OutputFile.write(training.model.text, to: output)
    var page = training.report(command: GivenCommand(self))
    page.findings = page.findings.typed
    if let report { try OutputFile.write(page.page, to: report) }
    messages.report(page.findings)
    if messages.saysNotes {
      page.findings = []
      try Terminal.show(page.text)
      Terminal.report(page.answers.joined(separator: " "))
    }
    for failure in training.failures { Terminal.report("failed: \(failure.name): \(failure.reason)") }
    if !training.failures.isEmpty { throw ExitCode.notMet }
  }
}

struct HabitatsApply: ParsableCommand, MakesFolders, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Habitats of a cohort's regions by a kept model, as label maps.",
    discussion: """
      Writes NAME_habitats.nii.gz for each case on its image's grid, cohort.csv that names
      them as masks, and habitats.json. 'radiomics extract FOLDER/cohort.csv' measures
      any recipe within each habitat; 'radiomics habitats measure' what belongs to maps.

        radiomics habitats apply M.json cohort.csv -o maps
      """)

  @Argument(help: "The habitats, as fit kept them (.json).") var model: String
  @Argument(help: "The cohort, with the columns that the habitats' images come from.") var cohort: String
  @Option(name: .shortAndLong, help: ArgumentHelp("Write into this folder.", valueName: "folder")) var output: String
  @OptionGroup var reading: HabitatReadingArguments
  @OptionGroup var messages: MessageArguments

  func addFiles(to files: inout CommandFiles) { files.add(cohort: cohort) }

  func run() throws {
    if Folder.exists(output), try !Folder.names(in: output, hidden: true).isEmpty {
      throw ValidationError("\(output): is a folder with files in it, must be a new one.")
    }
    let bytes = try WholeFile.bytes(of: model), model = try FittedHabitats(bytes, path: model)
    let cohort = try Cohort(path: cohort)
    let images = try HabitatImage.images(model.settings.images, of: cohort)
    let application = try HabitatApplication(model, sha256: sha256(bytes), reading.reading(cohort, images))
    let summary = try application.write(to: output, reading.lanes)
    messages.report(summary.findings + model.findings)
    if messages.saysNotes {
      Terminal.report("\(output): \(summary.written) maps of \(model.habitats.count) habitats")
    }
    for failure in summary.failures { Terminal.report("failed: \(failure.name): \(failure.reason)") }
    if !summary.failures.isEmpty { throw ExitCode.notMet }
  }
}

struct HabitatsMeasure: ParsableCommand, NamesFurtherFiles {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Shares, components, interfaces and more of habitat maps, as a table.",
    discussion: """
      A row for each map: volume, share, components, depth and means of each habitat,
      interfaces, entropies, spatial interactions (MSI), ITH score. With --recipe its
      features within each habitat, in columns such as habitat1.stat_mean. An empty
      habitat has the share 0, and reasons where there is nothing to measure.

        radiomics habitats measure maps -o habitats.csv
        radiomics habitats measure maps -o habitats.csv --recipe ibsi-ct
        radiomics habitats measure maps -o habitats.csv --changes changes.csv --aligned 0.4
      """)

  @Argument(help: "The folder that habitats were applied to.") var maps: String
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the table here: .csv, .tsv, .xlsx or .json.", valueName: "file"))
  var output: String
  @Option(
    name: .long, help: ArgumentHelp("Measured within each habitat: a file or a preset.", valueName: "file or preset"))
  var recipe: String?
  @Option(
    name: .long,
    help: ArgumentHelp("Write changes from a subject's first scan to its later ones here.", valueName: "file"))
  var changes: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Scans of a subject are aligned, with this registration error: tell what became of each habitat.", valueName: "mm"
    ))
  var aligned: Double?
  @Option(name: .long, help: ArgumentHelp("Write a page with figures here (.html).", valueName: "file")) var report:
    String?
  @Option(name: .long, help: ArgumentHelp("Draw it here (.svg).", valueName: "file")) var figure: String?
  @OptionGroup var reading: HabitatReadingArguments
  @OptionGroup var messages: MessageArguments

  func addFiles(to files: inout CommandFiles) {
    files.written += [output, changes].compactMap { $0 }.map(provenancePath(for:))
    files.read.append(maps)
  }

  func validate() throws {
    try checkPage(report)
    if let figure, !figure.lowercased().hasSuffix(".svg") {
      throw ValidationError("--figure: \(figure) must end in .svg.")
    }
    if aligned != nil, changes == nil { throw ValidationError("--aligned: needs --changes FILE.") }
    for path in [output, changes].compactMap({ $0 }) { _ = try TableFormat(path: path) }
  }

  func run() throws {
    let folder = try HabitatFolder(maps), options = reading.options, sources = [try reading.series.dicom()]
    let measured = try HabitatMeasurement(
      folder, recipe: recipe.map(RecipeOption.read), options: options, sources: sources, words: \.typed, reading.lanes)
    try measured.write(to: TableFile(path: output, layout: .wide))
    try OutputFile.write(measured.provenance, to: provenancePath(for: output))
    if let changes {
      let found = try HabitatChanges(measured, aligned: aligned)
      try found.write(to: TableFile(path: changes, layout: .wide))
      try OutputFile.write(measured.provenance, to: provenancePath(for: changes))
      if messages.saysNotes { Terminal.report("\(changes): \(found.rows.count) pairs of scans") }
    }
    if report != nil || figure != nil {
      var page = measured.report(options: options, sources: sources, command: GivenCommand(self))
      page.findings = page.findings.typed
      if let report { try OutputFile.write(page.page, to: report) }
      if let figure, let draw = page.figure { try OutputFile.write(draw(), to: figure) }
    }
    messages.report(folder.model.findings)
    if messages.saysNotes {
      Terminal.report(
        "\(output): \(measured.cases.count) rows, \(measured.measurands.count) features of "
          + "\(folder.model.habitats.count) habitats")
    }
    for failure in measured.failures { Terminal.report("failed: \(failure.name): \(failure.reason)") }
    if !measured.failures.isEmpty { throw ExitCode.notMet }
  }
}

extension HabitatSettings.Design: ExpressibleByArgument {}
extension HabitatSettings.Method: ExpressibleByArgument {}
