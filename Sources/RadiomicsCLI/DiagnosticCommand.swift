import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsReport
import RadiomicsRuns

struct DiagnosticCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diagnostic",
    abstract: "What a marker is worth for diagnosis: ROC, cut-offs, calibration, decision curve.",
    discussion: """
      The table has one row for each patient; the outcome two values, of which 1 or
      the later in the alphabet is the event. Larger values of a marker must go with
      the event; a calculation such as '0 - adc' turns one round.

        radiomics diagnostic table.csv --outcome malignant --marker suv_max
        radiomics diagnostic table.csv --outcome y --marker s100b --marker ndka --group sex
        radiomics diagnostic table.csv --outcome y --marker s100b --cut 0.205 --prevalence 0.1

      A logistic model, written as in R, judged on other patients or by bootstrap:

        radiomics diagnostic train.csv --outcome y --model 's100b + ns(age, 3)' --validate test.csv
        radiomics diagnostic table.csv --outcome y --model 'log(s100b) * sex' --bootstrap 200 --firth

      Probabilities that someone else predicted:

        radiomics diagnostic test.csv --outcome y --probability p --figure p.svg --report p.html

      A model kept in a file, judged on other patients, or predicting for them:

        radiomics diagnostic train.csv --outcome y --model 's100b + age' --save model.json
        radiomics diagnostic test.csv --use model.json
        radiomics diagnostic --use model.json --predict patients.csv
      """)

  @Argument(help: ArgumentHelp("The table: .csv, .tsv or .xlsx, one row for each patient.", valueName: "table"))
  var table: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column with the outcome, or a calculation; with --use that of the model without it.", valueName: "column"))
  var outcome: String?
  @OptionGroup var events: PositiveArgument
  @OptionGroup var reading: RowsArgument
  @OptionGroup var chosen: FeaturesArgument
  @Option(name: .long, help: ArgumentHelp("A marker, or a calculation; may be repeated.", valueName: "column"))
  var marker: [String] = []
  @Option(name: .long, help: ArgumentHelp("A logistic model: the right side of a formula.", valueName: "formula"))
  var model: String?
  @Flag(name: .long, help: "Fit the model with Firth's penalty, which no separation disturbs.") var firth = false
  @Option(name: .customLong("validate"), help: ArgumentHelp("Judge the model on these rows.", valueName: "table"))
  var validation: String?
  @Option(
    name: .long,
    help: ArgumentHelp("Correct the model's optimism by so many samples with replacement.", valueName: "number"))
  var bootstrap = 0
  @Option(name: .long, help: "Where random samples begin.") var seed: UInt64 = 1
  @OptionGroup var saved: SavedModelArguments
  @Option(
    name: .customLong("predict"),
    help: ArgumentHelp("Predict the probabilities of these patients, with --use and no table.", valueName: "table"))
  var patients: String?
  @Option(name: .long, help: ArgumentHelp("A column of predicted probabilities.", valueName: "column"))
  var probability: String?
  @Option(
    name: .long, help: ArgumentHelp("Compare markers between the two groups of this column.", valueName: "column"))
  var group: String?
  @OptionGroup var subject: SubjectArgument
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Where markers are cut: youden, closest, cost:K (a missed event costs K false alarms), or a number; of several markers each by its name, such as glu=124.5. May be repeated.",
      valueName: "rule"))
  var cut: [String] = []
  @Option(
    name: .long,
    help: ArgumentHelp("Share of patients with the disease where it is to be used, 0 to 1.", valueName: "share")
  )
  var prevalence: Double?
  @Option(
    name: .long,
    help: ArgumentHelp("Area under a part of the curve, such as specificity:0.9-1.", valueName: "axis:from-to"))
  var part: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A probability at which patients would be treated, for the decision curve; may be repeated. Without it 0.01 to 0.6.",
      valueName: "probability"))
  var threshold: [Double] = []
  @OptionGroup var level: ConfidenceArgument
  @OptionGroup var files: AnalysisFiles
  @OptionGroup var messages: MessageArguments

  func validate() throws {
    try files.check()
    if let prevalence, !(prevalence > 0 && prevalence < 1) {
      throw ValidationError("--prevalence: is \(prevalence), must be above 0 and below 1.")
    }
    if !(0...100_000).contains(bootstrap) {
      throw ValidationError("--bootstrap: is \(bootstrap), must be from 0 to 100000, such as 200.")
    }
    if let bad = threshold.first(where: { !($0 > 0 && $0 < 1) }) {
      throw ValidationError("--threshold: is \(bad), must be above 0 and below 1.")
    }
    if let model, model.contains("~") {
      throw ValidationError(
        "--model: is '\(model)', must be the right side alone. Leave out what stands left of '~': --outcome names it.")
    }
    if model == nil {
      for (name, isGiven) in [("--firth", firth), ("--validate", validation != nil), ("--bootstrap", bootstrap > 0)]
      where isGiven {
        throw ValidationError("\(name): needs --model, which it is about.")
      }
    }
    try saved.check(hasModel: model != nil, others: [("--model", model != nil), ("--probability", probability != nil)])
    if patients != nil {
      guard saved.source != nil, table == nil else {
        throw ValidationError("--predict: needs --use, and no table. A table with an outcome is judged without it.")
      }
      return
    }
    guard table != nil else { throw ValidationError("Missing expected argument '<table>'") }
    guard outcome != nil || saved.source != nil else {
      throw ValidationError("Missing expected argument '--outcome <column>'")
    }
    if marker.isEmpty, chosen.features == nil, model == nil, probability == nil, saved.source == nil {
      throw ValidationError("there is nothing to judge. Name --marker, --model or --probability.")
    }
    _ = try analysis()
  }

  /// - `rows`: The rows that are judged; nil before they are read.
  private func analysis(_ rows: Table? = nil) throws -> Diagnosis.Options {
    var options = Diagnosis.Options()
    options.saved = try saved.model(times: false)
    if let model = options.saved { options.roles = model.roles(judgedBy: outcome, in: rows) }
    options.markers = marker
    options.subject = subject.column
    if let outcome { options.outcome = .binary(outcome) }
    if let positive = events.positive { options.positive = positive }
    options.model = model
    options.isFirth = firth
    options.probability = probability
    options.group = group
    options.prevalence = prevalence
    options.alpha = level.alpha
    options.bootstraps = bootstrap
    options.seed = seed
    options.lanes = Lanes(jobs: JobCount.preset)
    if !threshold.isEmpty { options.thresholds = Array(Set(threshold)).sorted() }
    let cuts = try MarkerCuts(cut, among: marker)
    options.cuts = cuts.numbers
    let words = (cuts.rule ?? "youden").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    switch words[0] {
    case "youden" where words.count == 1: options.cut = .best(.youden)
    case "closest" where words.count == 1: options.cut = .best(.closest)
    case "cost":
      guard words.count == 2, let cost = Double(words[1]), cost > 0, cost.isFinite else {
        throw ValidationError(
          "--cut: is '\(words.joined(separator: ":"))', must be cost:K with K above 0, such as cost:5.")
      }
      guard let prevalence else {
        throw ValidationError("--cut cost:K: needs --prevalence, without which costs cannot be weighed.")
      }
      options.cut = .best(.cost(cost, prevalence: prevalence))
    default:
      throw ValidationError("--cut: is '\(words[0])', must be youden, closest, cost:K, a number or marker=number.")
    }
    if let part {
      guard let match = part.wholeMatch(of: /(specificity|sensitivity):([0-9.]+)-([0-9.]+)/),
        let low = Double(match.2), let high = Double(match.3), low < high, high <= 1
      else {
        throw ValidationError("--part: is '\(part)', must be like specificity:0.9-1 or sensitivity:0.8-1.")
      }
      options.part = (match.1 == "specificity" ? .specificity : .sensitivity, low...high)
    }
    return options
  }

  func run() throws {
    if let patients, saved.source != nil {
      return try saved.predict(patients, reading.request, times: false, at: [], files, messages, self)
    }
    guard let table else { return }
    let line = ShareLine(isShown: messages.saysNotes)
    var noticed: [Finding] = []
    let rows = try reading.read(table, messages, &noticed)
    let other = try validation.map { try reading.read($0, messages, &noticed) }
    var options = try analysis(rows)
    options.markers += try chosen.names(
      among: rows, of: table, except: (options.outcome?.columns ?? []) + [group, subject.column, probability]
    ).filter { !marker.contains($0) }
    let diagnosis = try Diagnosis(rows, options, validation: other) { line?.show($0) }
    line?.clear()
    messages.report(diagnosis.findings)
    try saved.write(diagnosis.saved, messages)
    try files.write(diagnosis.report(rows, validation: other, command: GivenCommand(self)), noticed)
  }
}
