import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns

struct AddedValueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "added-value",
    abstract: "What a marker adds to a base model: likelihood ratio, AUC, NRI, IDI, net benefit.",
    discussion: """
      The table has one row for each patient. Both models, written as in R, are fitted
      to the rows in which nothing is missing that either needs: logistic ones to an
      --outcome of two values, of which 1 or the later in the alphabet is the event;
      Cox models to --time and --event, judged by their risks until --horizon.

        radiomics added-value table.csv --outcome y --base 'age + stage' --extended 'age + stage + marker'
        radiomics added-value table.csv --base 'y ~ age' --extended 'y ~ age * marker' --cut 0.2 --cut 0.4

        radiomics added-value table.csv --time months --event died --horizon 60 --base age --extended 'age + marker'

      Judged fairly: on other patients, or with the optimism taken off:

        radiomics added-value train.csv --outcome y --base age --extended 'age + marker' --validate test.csv
        radiomics added-value table.csv --outcome y --base age --extended 'age + marker' --bootstrap 200

      Probabilities that other software predicted; risks by a time, with censoring:

        radiomics added-value test.csv --outcome y --base-probability p0 --extended-probability p1
        radiomics added-value test.csv --time months --event died --horizon 60 \\
          --base-probability r0 --extended-probability r1 --cut 0.2 --figure f.svg --report r.html

      Whether the marker adds anything is what the likelihood-ratio test (lrt) says;
      how much, net benefit and the difference of Brier scores. NRI and IDI stand
      beside them as journals ask for them; they favour miscalibrated models.
      """)

  @Argument(help: ArgumentHelp("The table: .csv, .tsv or .xlsx, one row for each patient.", valueName: "table"))
  var table: String
  @Option(
    name: .long,
    help: ArgumentHelp("The base model: the right side of a formula, or all of it.", valueName: "formula"))
  var base: String?
  @Option(name: .long, help: ArgumentHelp("The model with the marker.", valueName: "formula")) var extended: String?
  @Option(
    name: .long, help: ArgumentHelp("A column of probabilities in place of the base model.", valueName: "column"))
  var baseProbability: String?
  @Option(
    name: .long, help: ArgumentHelp("A column of probabilities in place of the extended one.", valueName: "column"))
  var extendedProbability: String?
  @Option(
    name: .long,
    help: ArgumentHelp("The column with the outcome, one of two values, or a calculation.", valueName: "column"))
  var outcome: String?
  @Option(name: .long, help: ArgumentHelp("The column with the time that each was seen.", valueName: "column"))
  var time: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column that is 1 where the event ended that time, else 0 (or TRUE and FALSE, two words with --positive), or a calculation.",
      valueName: "column"))
  var event: String?
  @OptionGroup var events: PositiveArgument
  @OptionGroup var reading: RowsArgument
  @OptionGroup var dates: DatesArgument
  @Option(
    name: .long,
    help: ArgumentHelp("The time by which the event counts, in the unit of --time.", valueName: "time"))
  var horizon: Double?
  @Option(
    name: .long,
    help: ArgumentHelp("Where categories of probability divide; may be repeated.", valueName: "probability"))
  var cut: [Double] = []
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Count as moved whose probability changes by more than this, besides any change.", valueName: "probability"))
  var difference: Double?
  @OptionGroup var subject: SubjectArgument
  @Option(name: .customLong("validate"), help: ArgumentHelp("Judge the models on these rows.", valueName: "table"))
  var validation: String?
  @Option(
    name: .long,
    help: ArgumentHelp("Correct the models' optimism by so many samples with replacement.", valueName: "number"))
  var bootstrap = 0
  @Option(name: .long, help: "Where random samples begin.") var seed: UInt64 = 1
  @OptionGroup var level: ConfidenceArgument
  @OptionGroup var files: AnalysisFiles
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    try files.check()
    if let bad = cut.first(where: { !($0 > 0 && $0 < 1) }) {
      throw ValidationError("--cut: is \(bad), must be above 0 and below 1, such as 0.2.")
    }
    guard Set(cut).count == cut.count else { throw ValidationError("--cut: a value is given twice.") }
    if let difference, !(difference > 0 && difference < 1) {
      throw ValidationError("--difference: is \(difference), must be above 0 and below 1, such as 0.02.")
    }
    if let horizon, !(horizon > 0 && horizon.isFinite) {
      throw ValidationError("--horizon: is \(horizon), must be above 0.")
    }
    guard (0...100_000).contains(bootstrap) else {
      throw ValidationError("--bootstrap: is \(bootstrap), must be from 0 to 100000, such as 200.")
    }
    if case .columns = try predictions() {
      for (name, isGiven) in [("--validate", validation != nil), ("--bootstrap", bootstrap > 0)] where isGiven {
        throw ValidationError("\(name): needs --base and --extended, models that can be fitted.")
      }
    }
    if validation != nil, bootstrap > 0 {
      throw ValidationError(
        "--bootstrap: corrects what is judged on the models' own rows. Leave it out with --validate.")
    }
    _ = try target()
  }

  private func predictions() throws -> AddedValue.Predictions {
    switch (base, extended, baseProbability, extendedProbability) {
    case (let base?, let extended?, nil, nil): return .formulas(base: base, extended: extended)
    case (nil, nil, let base?, let extended?): return .columns(base: base, extended: extended)
    case (nil, nil, nil, nil):
      throw ValidationError(
        "there is nothing to compare. Name --base and --extended, or --base-probability and --extended-probability.")
    case (_?, nil, _, _): throw ValidationError("--base: needs --extended, the model with the marker.")
    case (nil, _?, _, _): throw ValidationError("--extended: needs --base, the model without the marker.")
    case (nil, nil, _?, nil): throw ValidationError("--base-probability: needs --extended-probability.")
    case (nil, nil, nil, _?): throw ValidationError("--extended-probability: needs --base-probability.")
    default:
      throw ValidationError("--base, --base-probability: both say what is compared. Give formulas or columns.")
    }
  }

  private func target() throws -> OutcomeColumns? {
    switch (outcome, try dates.time(or: time), event) {
    case (let outcome?, nil, nil): return .binary(outcome)
    case (nil, let time?, let event?):
      guard horizon != nil else { throw ValidationError("--time: needs --horizon, by which the event counts.") }
      return .survival(time: time, event: event)
    case (nil, nil, nil):
      guard base?.contains("~") ?? false || extended?.contains("~") ?? false else {
        throw ValidationError("there is no outcome. Name --outcome, or --time and --event.")
      }
      return nil
    case (_?, _, _): throw ValidationError("--outcome, --time: both say what is predicted. Give one of them.")
    case (nil, _?, nil): throw ValidationError("--time: needs --event.")
    case (nil, nil, _?): throw ValidationError("--event: needs --time.")
    }
  }

  func run() throws {
    var options = AddedValue.Options().asking(about: try target())
    options.cuts = cut.sorted()
    options.subject = subject.column
    options.positive = events.positive
    options.difference = difference
    options.horizon = horizon
    options.alpha = level.alpha
    options.bootstraps = bootstrap
    options.seed = seed
    options.lanes = Lanes(jobs: JobCount.preset)
    var noticed: [Finding] = []
    let rows = try reading.read(table, messages, &noticed, dates)
    let other = try validation.map { try reading.read($0, messages, &noticed, dates) }
    let result = try AddedValue(rows, predictions(), options, validation: other)
    messages.report(result.findings)
    try files.write(result.report(rows, validation: other, command: GivenCommand(self)), noticed)
  }
}
