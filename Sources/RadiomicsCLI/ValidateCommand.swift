import ArgumentParser
import Radiomics
import RadiomicsFormats
import RadiomicsLearning
import RadiomicsReport

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Judges a signature on patients whom it was not learnt from.",
    discussion: """
      Columns of outcome, patients and sites are those of the study that it was learnt
      from, unless they are named otherwise here.

        radiomics validate signature.json other-site.csv
        radiomics validate signature.json other-site.csv --outcome cancer --format json
        radiomics validate signature.json other-site.csv --subgroups sex,stage --against clinical.json
      """)

  @Argument(help: ArgumentHelp("The signature (.json).", valueName: "signature")) var signature: String
  @Argument(help: ArgumentHelp("The table: .csv, .tsv or .xlsx.", valueName: "table")) var table: String
  @Option(name: .long, help: ArgumentHelp("The column of the outcome, or a calculation.", valueName: "column"))
  var outcome: String?
  @Option(name: .long, help: ArgumentHelp("The column of the time until the event.", valueName: "column"))
  var time: String?
  @Option(name: .long, help: ArgumentHelp("The column of the event, or a calculation.", valueName: "column"))
  var event: String?
  @OptionGroup var events: PositiveArgument
  @OptionGroup var subject: SubjectArgument
  @Option(name: .long, help: ArgumentHelp("The column that names sites.", valueName: "column")) var site: String?
  @Option(
    name: .long,
    help: ArgumentHelp("Columns whose words divide rows into subgroups, judged by themselves.", valueName: "names"))
  var subgroups: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A signature that was used before (.json): who is in another group by this one, and why.", valueName: "signature")
  )
  var against: String?
  @OptionGroup var seal: SignedByArgument
  @Option(name: .long, help: "How often outcomes are shuffled.") var shuffles = 1000
  @Option(name: .long, help: "Where random numbers begin.") var seed: UInt64 = 1
  @OptionGroup var reading: RowsArgument
  @OptionGroup var files: AnalysisFiles
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    try files.check()
    if !(0...100_000).contains(shuffles) {
      throw ValidationError("--shuffles: is \(shuffles), must be from 0 to 100000.")
    }
  }

  func run() throws {
    var columns = ValidatedSignature.Columns()
    (columns.outcome, columns.time, columns.event) = (outcome, time, event)
    (columns.positive, columns.subject, columns.site) = (events.positive, subject.column, site)
    columns.subgroups = subgroups.map(MissingArgument.words)?.filter { !$0.isEmpty } ?? []
    let found = try ValidatedSignature(
      file: signature, table: table, columns, base: against, signedBy: seal.key, request: reading.request,
      shuffles: shuffles,
      seed: seed)
    let report = found.report(command: GivenCommand(self))
    messages.report(report.findings)
    try files.write(report)
  }
}
