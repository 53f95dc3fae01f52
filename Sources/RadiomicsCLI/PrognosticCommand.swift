import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns

struct PrognosticCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prognostic",
    abstract: "What a marker says about the time until an event: survival curves, Cox models, concordance.",
    discussion: """
      The table has one row for each patient: the time that they were seen, and 1 if
      the event ended it, else 0.

        radiomics prognostic lung.csv --group sex --figure km.svg
        radiomics prognostic lung.csv --time days --event died --marker cm_joint_entr --marker 'log(volume)'

      A Cox model, written as in R, judged on other patients or by bootstrap:

        radiomics prognostic train.csv --model 'age + sex + ns(marker, 3)' --validate test.csv --report page.html
        radiomics prognostic table.csv --model 'marker * stage + strata(site)' --bootstrap 200 --at 365 --at 730
        radiomics prognostic visits.csv --start from --time to --event died --subject id --model marker

      A model made elsewhere, by its linear predictor or its risks until a time:

        radiomics prognostic test.csv --predictor lp --risk 365=risk365 --horizon 730

      A model kept in a file, judged on other patients, or predicting for them:

        radiomics prognostic train.csv --model 'age + sex' --save model.json
        radiomics prognostic test.csv --use model.json --at 365
        radiomics prognostic --use model.json --predict patients.csv --at 365

      Several kinds of events, of which 1 is asked about:

        radiomics prognostic mgus.csv --event status --cause 1 --group male --model 'age + male'
      """)

  @Argument(help: ArgumentHelp("The table: .csv, .tsv or .xlsx, one row for each patient.", valueName: "table"))
  var table: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column with the end of observation, or a calculation. (default: time, or with --use that of the model)",
      valueName: "column")
  )
  var time: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column that is 1 if the event ended it, else 0 (or 2 and 1, TRUE and FALSE, two words with --positive), or a calculation. (default: event, or with --use that of the model)",
      valueName: "column"))
  var event: String?
  @OptionGroup var events: PositiveArgument
  @OptionGroup var reading: RowsArgument
  @OptionGroup var dates: DatesArgument
  @OptionGroup var chosen: FeaturesArgument
  @Option(name: .long, help: ArgumentHelp("The column with the beginning, where rows enter late.", valueName: "column"))
  var start: String?
  @OptionGroup var subject: SubjectArgument
  @Option(
    name: .long, help: ArgumentHelp("Which event, if there are several kinds; the others compete.", valueName: "value"))
  var cause: Double?
  @Option(name: .long, help: ArgumentHelp("A marker, or a calculation; may be repeated.", valueName: "column"))
  var marker: [String] = []
  @Flag(
    name: .long, help: "Take every column of numbers that no option names as a marker, each with the rows that have it."
  )
  var screen = false
  @Option(name: .long, help: ArgumentHelp("A Cox model: the right side of a formula.", valueName: "formula"))
  var model: String?
  @Option(
    name: .long,
    help: ArgumentHelp("What tt(column) in the model is, of x and t: 'x * log(t + 20)'.", valueName: "calculation"))
  var tt: String?
  @Option(name: .long, help: "How events at the same time are counted.") var ties = Ties.efron
  @Option(name: .long, help: ArgumentHelp("A column of weights of the rows.", valueName: "column")) var weights: String?
  @Flag(name: .long, help: "Errors from the influence of the rows; with cluster() always.") var robust = false
  @Option(name: .customLong("validate"), help: ArgumentHelp("Judge the model on these rows.", valueName: "table"))
  var validation: String?
  @Option(
    name: .long,
    help: ArgumentHelp("Correct the model's optimism by so many samples with replacement.", valueName: "number"))
  var bootstrap = 0
  @Option(name: .long, help: "Where random samples begin.") var seed: UInt64 = 1
  @Option(
    name: .customLong("predict"), help: ArgumentHelp("Predict the survival of these patients.", valueName: "table"))
  var patients: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Write the model's residuals here (.csv, .tsv, .xlsx): martingale, deviance, score, dfbeta, Schoenfeld.",
      valueName: "file"))
  var residuals: String?
  @OptionGroup var net: ElasticNetArguments
  @OptionGroup var saved: SavedModelArguments
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Keep the model's baseline hazard at so many times only, so that no event's own time can be read from the file.",
      valueName: "number"))
  var baselineSteps: Int?
  @Option(name: .long, help: ArgumentHelp("A column of linear predictors of another model.", valueName: "column"))
  var predictor: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A column of probabilities of the event until a time, such as 365=risk365; may be repeated.",
      valueName: "time=column"))
  var risk: [String] = []
  @Option(name: .long, help: ArgumentHelp("Compare the groups of this column.", valueName: "column")) var group: String?
  @Option(name: .long, help: ArgumentHelp("Compare groups within strata of this column.", valueName: "column"))
  var stratify: String?
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Where markers, the predictor and the model are cut: median, optimal (searched for, P corrected), none or a number; of several each by its name, such as volume=12.5 or model=0.3. May be repeated.",
      valueName: "rule"))
  var cut: [String] = []
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A time at which results are given; may be repeated. Without it when a quarter, half and three quarters of events have happened.",
      valueName: "time"))
  var at: [Double] = []
  @Option(
    name: .long,
    help: ArgumentHelp("Where restricted means end; later events do not count for concordance.", valueName: "time"))
  var horizon: Double?
  @Option(name: .long, help: "On which scale limits of survival are symmetric.")
  var interval = KaplanMeier.Interval.logLog
  @OptionGroup var level: ConfidenceArgument
  @OptionGroup var files: AnalysisFiles
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    try files.check()
    if !(0...100_000).contains(bootstrap) {
      throw ValidationError("--bootstrap: is \(bootstrap), must be from 0 to 100000, such as 200.")
    }
    if let bad = (at + [horizon].compactMap { $0 }).first(where: { !($0 > 0 && $0.isFinite) }) {
      throw ValidationError("--at, --horizon: is \(bad), must be a time above 0.")
    }
    if let residuals, CSV.ending(of: residuals) == nil {
      throw ValidationError("--residuals: \(residuals) must end in .csv, .tsv or .xlsx.")
    }
    if let model, model.contains("~") {
      throw ValidationError(
        "--model: is '\(model)', must be the right side alone. Leave out what stands left of '~': --time and --event name it."
      )
    }
    if model == nil {
      for (name, isGiven) in [
        ("--tt", tt != nil), ("--validate", validation != nil), ("--bootstrap", bootstrap > 0),
        ("--predict", patients != nil && saved.source == nil), ("--residuals", residuals != nil),
      ] where isGiven {
        throw ValidationError("\(name): needs --model, which it is about.")
      }
    }
    try saved.check(
      hasModel: model != nil,
      others: [("--model", model != nil), ("--predictor", predictor != nil), ("--risk", !risk.isEmpty)])
    try net.check(
      hasModel: model != nil,
      others: [
        ("--marker", !marker.isEmpty), ("--validate", validation != nil), ("--bootstrap", bootstrap > 0),
        ("--predict", patients != nil), ("--residuals", residuals != nil), ("--cause", cause != nil),
        ("--weights", weights != nil), ("--robust", robust), ("--tt", tt != nil), ("--group", group != nil),
        ("--screen", screen), ("--figure", files.figure != nil), ("--features", chosen.features != nil),
        ("--at", !at.isEmpty), ("--horizon", horizon != nil), ("--predictor", predictor != nil),
        ("--risk", !risk.isEmpty), ("--cut", !cut.isEmpty),
      ])
    if let baselineSteps, !(1...100_000).contains(baselineSteps) || saved.target == nil {
      throw ValidationError("--baseline-steps: must be from 1 to 100000, with --save, whose file it is about.")
    }
    try checkTable()
    if cause != nil, events.positive != nil {
      throw ValidationError(
        "--positive: names one of two values, --cause one of several kinds of events. Give one of them.")
    }
    if ties == .exact, subject.column != nil {
      throw ValidationError("--ties exact: has no robust errors, which --subject needs. Use efron or breslow.")
    }
    if stratify != nil, group == nil { throw ValidationError("--stratify: needs --group, whose groups it compares.") }
    if screen, !marker.isEmpty {
      throw ValidationError("--screen: takes every column, must be given without --marker.")
    }
    _ = try analysis()
  }

  private func checkTable() throws {
    if saved.source != nil, patients != nil, table != nil {
      throw ValidationError(
        "--predict: needs no table with --use. Leave the table out, or judge the model without --predict.")
    }
    if table == nil {
      guard saved.source != nil, patients != nil else { throw ValidationError("Missing expected argument '<table>'") }
      guard !at.isEmpty else { throw ValidationError("--at: without a table it must say when, such as --at 365.") }
    }
  }

  /// - `rows`: The rows that are judged; nil before they are read.
  private func analysis(_ rows: Table? = nil) throws -> Prognosis.Options {
    var options = Prognosis.Options()
    options.saved = try saved.model(times: true)
    if let model = options.saved { options.roles = model.roles(judgedBy: event, in: rows) }
    if let time = try dates.time(or: time) { options.time = time }
    if let event { options.event = event }
    if let start { options.start = start }
    if let positive = events.positive { options.positive = positive }
    if let cause { (options.cause, options.positive) = (cause, nil) }
    options.subject = subject.column
    (options.markers, options.isScreen) = (marker, screen)
    (options.model, options.timeTransform, options.ties) = (model, tt, ties)
    (options.weights, options.isRobust, options.group, options.stratify) = (weights, robust, group, stratify)
    (options.predictor, options.times, options.horizon) = (predictor, Array(Set(at)).sorted(), horizon)
    (options.interval, options.alpha, options.bootstraps, options.seed) = (interval, level.alpha, bootstrap, seed)
    options.lanes = Lanes(jobs: JobCount.preset)
    let cuts = try MarkerCuts(
      cut, among: marker + [predictor, model == nil ? nil : "model"].compactMap { $0 })
    options.cuts = cuts.numbers
    switch cuts.rule ?? "median" {
    case "median": options.cut = .median
    case "optimal": options.cut = .optimal
    case "none": options.cut = nil
    case let word: throw ValidationError("--cut: is '\(word)', must be median, optimal, none, a number or name=number.")
    }
    for text in risk {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let time = Double(parts[0]), time > 0, time.isFinite else {
        throw ValidationError("--risk: is '\(text)', must be like 365=risk365.")
      }
      options.risks.append((time, parts[1]))
    }
    return options
  }

  func run() throws {
    guard let table else {
      guard let patients else { return }
      return try saved.predict(
        patients, reading.request, times: true, at: Array(Set(at)).sorted(), files, messages, self)
    }
    var noticed: [Finding] = []
    let rows = try reading.read(table, messages, &noticed, dates)
    let other = try validation.map { try reading.read($0, messages, &noticed, dates) }
    let others = try patients.map { try reading.alone.read([$0]).table }
    var options = try analysis(rows)
    let names = try chosen.names(
      among: rows, of: table,
      except: [
        options.time, options.event, options.start, subject.column, group, stratify, weights, predictor, dates.from,
        dates.to,
      ] + reading.request.keys)
    if screen {
      options.screened = names.isEmpty ? nil : names
    } else {
      options.markers += names.filter { !marker.contains($0) }
    }
    if let mix = net.mix {
      let report = try PenalisedReport(rows, options, mix: mix, penalty: net.penalty)
      messages.report(report.findings)
      try saved.write(report.saved, messages, baselineSteps: baselineSteps)
      return try files.write(report.report(rows, command: GivenCommand(self)), noticed)
    }
    let prognosis = try Prognosis(rows, options, validation: other, patients: others)
    messages.report(prognosis.findings)
    try saved.write(prognosis.saved, messages, baselineSteps: baselineSteps)
    if let residuals {
      guard let rows = prognosis.residuals else {
        throw ValidationError("--residuals: a model with tt() has none, as its rows change with time.")
      }
      try rows.write(to: residuals)
    }
    try files.write(prognosis.report(rows, validation: other, patients: others, command: GivenCommand(self)), noticed)
  }
}

extension Ties: ExpressibleByArgument {}
extension KaplanMeier.Interval: ExpressibleByArgument {}
