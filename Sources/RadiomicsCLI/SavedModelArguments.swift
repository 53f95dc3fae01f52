import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsReport

/// A model that is kept, or was.
struct SavedModelArguments: ParsableArguments {
  @Option(
    name: .customLong("save"),
    help: ArgumentHelp("Write the model here (.json), without any patient, to use it on others.", valueName: "file"))
  var target: String?
  @Option(
    name: .customLong("use"),
    help: ArgumentHelp(
      "Judge a model kept by --save on the table's rows, or predict by it. It knows the outcome's columns and the event.",
      valueName: "file"))
  var source: String?

  /// - `hasModel`: Whether a model is fitted.
  /// - `others`: Options that are judged in place of a model that was kept, and whether they are given.
  func check(hasModel: Bool, others: [(String, Bool)]) throws {
    if let target {
      guard target.lowercased().hasSuffix(".json") else {
        throw ValidationError("--save: \(target) must end in .json.")
      }
      guard hasModel else { throw ValidationError("--save: needs --model, which it keeps.") }
    }
    guard source != nil else { return }
    for (name, isGiven) in others where isGiven {
      throw ValidationError("\(name): cannot be with --use, which judges a model that was kept. Leave one of them out.")
    }
  }

  /// What the model that is used predicts for patients of whom no outcome is known.
  func predict(
    _ patients: String, _ request: RowsRequest, times: Bool, at moments: [Double], _ files: AnalysisFiles,
    _ messages: MessageArguments,
    _ command: any ParsableCommand
  ) throws {
    guard let source else { return }
    let found = try PredictionReport(
      SavedModel(path: source), file: source, patients: patients, request, times: times, at: moments)
    for (name, isGiven) in [("--figure", files.figure != nil), ("--report", files.report != nil)] where isGiven {
      throw ValidationError("\(name): there is no outcome to judge predictions by. Name a table.")
    }
    messages.report(found.findings)
    try files.write(found.report(command: GivenCommand(command)))
  }

  /// The model that is used.
  /// - `times`: Whether the outcome is a time.
  func model(times: Bool) throws -> SavedModel? {
    let model = try source.map { try SavedModel(path: $0) }
    try model?.require(times: times)
    return model
  }

  /// Keeps a model.
  func write(_ model: SavedModel?, _ messages: MessageArguments, baselineSteps: Int? = nil) throws {
    guard let target else { return }
    guard let model else {
      throw ValidationError(
        "--save: the model has columns that change with time, or was not fitted, so that it predicts nothing to be kept."
      )
    }
    if model.formula.contains("ns(") || model.formula.contains("rcs(") {
      messages.report([
        Finding(
          .warning, target,
          "ends and knots of splines that were not named are values of patients, which the file tells. Name knots: rcs(age, c(30, 50, 70))."
        )
      ])
    }
    try OutputFile.write((baselineSteps.map(model.thinned) ?? model).text, to: target)
  }
}

/// A penalty on a Cox model's coefficients.
struct ElasticNetArguments: ParsableArguments {
  @Option(
    name: .customLong("elastic-net"),
    help: ArgumentHelp(
      "Fit the Cox model with a penalty, for more columns than events allow: 0 is ridge, 1 lasso. Prints its coefficients; judge it by --save and --use.",
      valueName: "alpha"))
  var mix: Double?
  @Option(
    name: .customLong("lambda"),
    help: ArgumentHelp(
      "Size of the penalty; without it cross-validation chooses (10 parts, --seed).", valueName: "number"))
  var penalty: Double?

  /// - `others`: Options that are about models without a penalty, and whether they are given.
  func check(hasModel: Bool, others: [(String, Bool)]) throws {
    if penalty != nil, mix == nil { throw ValidationError("--lambda: needs --elastic-net, whose penalty it is.") }
    guard let mix else { return }
    guard (0...1).contains(mix) else { throw ValidationError("--elastic-net: is \(mix), must be from 0 to 1.") }
    guard hasModel else { throw ValidationError("--elastic-net: needs --model, which it is about.") }
    for (name, isGiven) in others where isGiven {
      throw ValidationError("\(name): cannot be with --elastic-net. Keep the model by --save, and judge it by --use.")
    }
  }
}
