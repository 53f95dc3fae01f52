import RadiomicsStatistics

extension LogisticModel {
  /// Fits a model.
  /// - Throws: `ModelError` where there is one outcome only, or where the likelihood has no maximum as columns separate events
  ///   from others (without `firth`).
  package init(_ frame: ModelFrame, firth: Bool = false) throws(ModelError) {
    guard let outcome = frame.outcome.indicators else {
      throw ModelError.formula(
        "\(frame.formula)", "its outcome is a time, logistic regression needs one of two values.")
    }
    try frame.requireEnoughRows()
    try self.init(
      frame.matrix, outcome, names: frame.design.names, offset: frame.offset, weights: frame.weights, firth: firth,
      clusters: frame.clusters)
  }
}
