import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns

struct PredictiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predictive",
    abstract: "Whether a marker tells who benefits from a treatment, or only the outcome.",
    discussion: """
      The table has one row for each patient of two arms. The treatment's column has
      two values, of which 1 or the later in the alphabet means treated; a
      calculation such as "arm == 'B'" chooses. Outcomes are times with events (Cox)
      or one of two values (logistic). Events are harm: turn a good outcome round, as
      in --outcome "response == 'no'".

        radiomics predictive trial.csv --treatment arm --marker suv_max --time days --event death --randomised
        radiomics predictive trial.csv --treatment arm --marker entropy --outcome response --adjust 'age + stage'

      Risks until a horizon with and without treatment, and what a choice by the
      marker would gain (Janes et al. 2014), with limits by samples:

        radiomics predictive trial.csv --treatment arm --marker age --time days --event death --horizon 1095 --bootstrap 500

      Groups and places of one's own; an effect that is no straight line:

        radiomics predictive trial.csv --treatment arm --marker age --time days --event death --cut 65 --at 50 --at 80
        radiomics predictive trial.csv --treatment arm --marker age --time days --event death --spline 3 --figure f.svg

      Several markers are judged one by one, and p values corrected by Holm:

        radiomics predictive trial.csv --treatment arm --marker age --marker suv_max --outcome y --report page.html
      """)

  @Argument(help: ArgumentHelp("The table: .csv, .tsv or .xlsx, one row for each patient.", valueName: "table"))
  var table: String
  @Option(
    name: .long, help: ArgumentHelp("The column that says who was treated, or a calculation.", valueName: "column"))
  var treatment: String
  @Option(name: .long, help: ArgumentHelp("A marker, or a calculation; may be repeated.", valueName: "column"))
  var marker: [String] = []
  @Option(
    name: .long, help: ArgumentHelp("The column with an outcome of two values, or a calculation.", valueName: "column"))
  var outcome: String?
  @Option(
    name: .long, help: ArgumentHelp("The column with the time until the event or the last visit.", valueName: "column"))
  var time: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column with 1 for an event and 0 for none (or TRUE and FALSE, two words with --positive), or a calculation.",
      valueName: "column"))
  var event: String?
  @OptionGroup var subject: SubjectArgument
  @OptionGroup var events: PositiveArgument
  @OptionGroup var reading: RowsArgument
  @OptionGroup var dates: DatesArgument
  @OptionGroup var chosen: FeaturesArgument
  @Option(name: .long, help: ArgumentHelp("Compute risks and mean times until then.", valueName: "time"))
  var horizon: Double?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Patients censored before the horizon: remove leaves them out of risks, weight lets others count for them.",
      valueName: "rule"))
  var censoring: String?
  @Option(name: .long, help: ArgumentHelp("What else counts: the right side of a formula.", valueName: "formula"))
  var adjust: String?
  @Option(
    name: .long, help: ArgumentHelp("Let the marker act by a natural spline, degrees of freedom.", valueName: "number"))
  var spline: Int?
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Cut the marker into groups here; may be repeated.", valueName: "number"))
  var cut: [Double] = []
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Give the treatment's effect at this value; may be repeated.", valueName: "value"))
  var at: [String] = []
  @Flag(name: .long, help: "Chance decided who was treated.") var randomised = false
  @Option(
    name: .long, help: ArgumentHelp("Limits of benefits by so many samples with replacement.", valueName: "number"))
  var bootstrap = 0
  @Option(name: .long, help: "Where random samples begin.") var seed: UInt64 = 1
  @OptionGroup var level: ConfidenceArgument
  @OptionGroup var files: AnalysisFiles
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    try files.check()
    guard !marker.isEmpty || chosen.features != nil else {
      throw ValidationError("--marker: is missing, name at least one column.")
    }
    if !(0...100_000).contains(bootstrap) {
      throw ValidationError("--bootstrap: is \(bootstrap), must be from 0 to 100000, such as 500.")
    }
    if let spline, !(2...10).contains(spline) {
      throw ValidationError("--spline: is \(spline), must be from 2 to 10, such as 3; a straight line needs none.")
    }
    for (name, isGiven) in [("--cut", !cut.isEmpty), ("--at", !at.isEmpty)] where isGiven && marker.count > 1 {
      throw ValidationError("\(name): is about one marker, there are \(marker.count). Ask about each by itself.")
    }
    if let bad = cut.first(where: { !$0.isFinite }) { throw ValidationError("--cut: is \(bad), must be a number.") }
    _ = try trialOutcome()
    _ = try rule()
  }

  private func trialOutcome() throws -> OutcomeColumns {
    let time = try dates.time(or: time)
    if let outcome {
      guard time == nil, event == nil else {
        throw ValidationError(
          "--outcome: is given with --time or --event. Name either an outcome, or a time and an event.")
      }
      guard horizon == nil else { throw ValidationError("--horizon: needs --time and --event, which it is about.") }
      return .binary(outcome)
    }
    guard let time, let event else {
      throw ValidationError(
        time == nil && event == nil
          ? "there is no outcome. Name --outcome, or --time and --event."
          : "\(time == nil ? "--event: needs --time" : "--time: needs --event"), as outcomes in time have both.")
    }
    if let horizon, !(horizon > 0 && horizon.isFinite) {
      throw ValidationError("--horizon: is \(horizon), must be above 0.")
    }
    if horizon == nil, bootstrap > 0 {
      throw ValidationError("--bootstrap: is about risks, which need --horizon.")
    }
    return .survival(time: time, event: event)
  }

  private func rule() throws -> CensoringRule {
    guard let censoring else { return .remove }
    guard horizon != nil else { throw ValidationError("--censoring: needs --horizon, which it is about.") }
    guard let rule = CensoringRule(rawValue: censoring) else {
      throw ValidationError("--censoring: is '\(censoring)', must be remove or weight.")
    }
    return rule
  }

  private func options() throws -> PredictiveAnalysis.Options {
    var options = PredictiveAnalysis.Options().asking(about: try trialOutcome())
    options.treatment = treatment
    options.subject = subject.column
    options.positive = events.positive
    options.markers = marker
    options.adjust = adjust
    options.spline = spline
    options.cuts = cut
    options.places = at
    options.horizon = horizon
    options.censoring = try rule()
    options.isRandomised = randomised
    options.alpha = level.alpha
    options.bootstraps = bootstrap
    options.seed = seed
    options.lanes = Lanes(jobs: JobCount.preset)
    return options
  }

  func run() throws {
    var noticed: [Finding] = []
    let rows = try reading.read(table, messages, &noticed, dates)
    var options = try options()
    options.markers += try chosen.names(
      among: rows, of: table,
      except: [treatment, outcome, time, event, subject.column, dates.from, dates.to, DatesArgument.column]
    ).filter { !marker.contains($0) }
    if options.markers.count > 1, !cut.isEmpty || !at.isEmpty {
      throw ValidationError(
        "--cut, --at: are about one marker, there are \(options.markers.count). Ask about each by itself.")
    }
    let analysis = try PredictiveAnalysis(rows, options)
    messages.report(analysis.findings)
    try files.write(analysis.report(rows, command: GivenCommand(self)), noticed)
  }
}
