import ArgumentParser

/// The level of confidence of intervals, and of what counts as shown.
struct ConfidenceArgument: ParsableArguments {
  @Option(name: .long, help: "Level of confidence.") var confidence = 0.95

  /// One minus the level.
  var alpha: Double { 1 - confidence }

  func validate() throws {
    guard confidence > 0.5, confidence < 1 else {
      throw ValidationError("--confidence: is \(confidence), must be above 0.5 and below 1, such as 0.95.")
    }
  }
}
