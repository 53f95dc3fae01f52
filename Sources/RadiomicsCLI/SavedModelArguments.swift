import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsReport

/// A model that is kept, or was.
struct SavedModelArguments: ParsableArguments {
  @Option(
    name: .customLong("save"),
    help: ArgumentHelp("Keep the model here (.json), without any patient, to use it on others.", valueName: "file"))
  var save: String?
  @Option(
    name: .customLong("use"),
    help: ArgumentHelp("Judge a model kept by --save on the table's rows, or predict by it.", valueName: "file"))
  var source: String?

  /// - Parameters:
  ///   - hasModel: Whether a model is fitted.
  ///   - others: Options that are judged in place of a model that was kept, and whether they are given.
  func check(hasModel: Bool, others: [(String, Bool)]) throws {
    if let save {
      guard save.lowercased().hasSuffix(".json") else {
        throw ValidationError("--save: \(save) must end in .json.")
      }
      guard hasModel else { throw ValidationError("--save: needs --model, which it keeps.") }
    }
    guard source != nil else { return }
    for (name, isGiven) in others where isGiven {
      throw ValidationError("\(name): cannot be with --use, which judges a model that was kept. Leave one of them out.")
    }
  }

  /// The model that is used.
  func model() throws -> SavedModel? { try source.map { try SavedModel(path: $0) } }

  /// Keeps a model.
  func write(_ model: SavedModel?, baselineSteps: Int? = nil) throws {
    guard let save else { return }
    guard let model else {
      throw ValidationError(
        "--save: the model has columns that change with time, or was not fitted, so that it predicts nothing to be kept."
      )
    }
    try OutputFile.write((baselineSteps.map(model.thinned) ?? model).text, to: save)
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

  /// - Parameter others: Options that are about models without a penalty, and whether they are given.
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

extension AnalysisFiles {
  /// Predictions for patients of whom no outcome is known.
  func write(_ report: PredictionReport) throws {
    try write(report.csv, report.json, Terminal.columns(report.rows, right: report.numberColumns), with: "--predict")
  }

  /// A model with a penalty.
  func write(_ report: PenalisedReport) throws {
    try write(
      report.csv, report.json, report.heading + "\n" + Terminal.columns(report.rows, right: [1, 2]),
      with: "--elastic-net")
  }

  private func write(_ table: CSV, _ json: Setting.Value, _ text: String, with option: String) throws {
    for (name, isGiven) in [("--figure", figure != nil), ("--report", report != nil)] where isGiven {
      throw ValidationError(
        "\(name): cannot be with \(option), which judges nothing. Judge a model by --use and a table.")
    }
    if let output { return try StatisticsFile(output).write(table: { table }, json: { json }) }
    switch format {
    case .csv: try Terminal.show(table.text())
    case .json: try Terminal.show(json.json + "\n")
    case .text: try Terminal.show(text)
    }
  }
}
