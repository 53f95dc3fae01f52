import ArgumentParser
import Radiomics
import RadiomicsLearning
import RadiomicsReport

/// A model that is kept, or was.
struct SavedModelArguments: ParsableArguments {
  @Option(
    name: .customLong("save"),
    help: ArgumentHelp("Keep the model here (.json), without any patient, to use it on others.", valueName: "file"))
  var target: String?
  @Option(
    name: .customLong("use"),
    help: ArgumentHelp("Judge a model kept by --save on the table's rows, or predict by it.", valueName: "file"))
  var source: String?

  /// - Parameters:
  ///   - hasModel: Whether a model is fitted.
  ///   - others: Options that are judged in place of a model that was kept, and whether they are given.
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
    _ patients: String, at moments: [Double], _ files: AnalysisFiles, _ messages: MessageArguments,
    _ command: any ParsableCommand
  ) throws {
    guard let source else { return }
    let found = try PredictionReport(SavedModel(path: source), file: source, patients: patients, at: moments)
    for (name, isGiven) in [("--figure", files.figure != nil), ("--report", files.report != nil)] where isGiven {
      throw ValidationError("\(name): there is no outcome to judge predictions by. Name a table.")
    }
    messages.report(found.findings)
    try files.write(found.report(command: GivenCommand(command)))
  }

  /// The model that is used.
  func model() throws -> SavedModel? { try source.map { try SavedModel(path: $0) } }

  /// Keeps a model.
  func write(_ model: SavedModel?, baselineSteps: Int? = nil) throws {
    guard let target else { return }
    guard let model else {
      throw ValidationError(
        "--save: the model has columns that change with time, or was not fitted, so that it predicts nothing to be kept."
      )
    }
    try OutputFile.write((baselineSteps.map(model.thinned) ?? model).text, to: target)
  }
}
