import RadiomicsCore
import RadiomicsStatistics

extension CoxModel {
  /// Fits the model of a formula.
  /// - `isRobust`: Whether covariances come from the rows' influences; with clusters, or weights that are no whole numbers, they
  ///   always do.
  /// - Throws: `ModelError` where there is no event or the likelihood has no maximum.
  package init(_ frame: ModelFrame, ties: Ties = .efron, isRobust: Bool = false) throws(ModelError) {
    guard case .survival(let times) = frame.outcome else {
      throw ModelError.formula("\(frame.formula)", "its outcome is no time; Cox regression needs Surv(time, event).")
    }
    try frame.requireEnoughRows()
    try self.init(
      frame.matrix, times, names: frame.design.names, offset: frame.offset, weights: frame.weights,
      strata: frame.strata, strataNames: frame.strataNames, clusters: frame.clusters, ties: ties, isRobust: isRobust)
  }

  /// Predicted probabilities of the event until a time, of the rows of a frame that this model's formula was applied to.
  package func risks(of frame: ModelFrame) throws(ModelError) -> @Sendable (_ time: Double) -> [Double] {
    let known = coefficients.map { $0.value ?? 0 }, base = baselineHazards
    var codes: [Int] = []
    for stratum in frame.strata {
      guard let code = strataNames.firstIndex(of: frame.strataNames[stratum]) else {
        throw ModelError.noBaseline(stratum: frame.strataNames[stratum])
      }
      codes.append(code)
    }
    let rows = zip(zip(frame.matrix.times(known), frame.offset).map { exp($0 + $1) }, codes).map { ($0, $1) }
    return { time in
      let base = base(time)
      return rows.map { risk, code in -expm1(-base[code] * risk) }
    }
  }
}
