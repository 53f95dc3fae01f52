import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What an analysis of added value needs to know of a regression model, of whichever kind.
package struct RiskModel: Sendable {
  /// Names of the coefficients, and the coefficients; undefined where a column is a combination of those before it.
  package let names: [String], coefficients: [Cell]
  /// Maximum of the logarithm of the likelihood.
  package let logLikelihood: Double
  /// Probability of the event in each row of a frame; by a horizon where the outcome is a time.
  let risk: @Sendable (ModelFrame) throws(ModelError) -> [Double]
  /// The risks of the rows that it was fitted to, where these are reweighted; nil for models without such.
  var perturbed: (@Sendable ([Double]) -> [Double])?

  /// A model.
  init(
    names: [String], coefficients: [Cell], logLikelihood: Double,
    risk: @escaping @Sendable (ModelFrame) throws(ModelError) -> [Double]
  ) {
    (self.names, self.coefficients, self.logLikelihood, self.risk) = (names, coefficients, logLikelihood, risk)
  }

  /// Number of coefficients that are defined.
  package var rank: Int { coefficients.count { $0.value != nil } }

  /// A way to fit a model to the rows of a frame.
  typealias Fit = @Sendable (ModelFrame) throws(ModelError) -> RiskModel

  /// Logistic regression by maximum likelihood.
  static let logistic: Fit = { (frame) throws(ModelError) in
    let model = try LogisticModel(frame)
    return RiskModel(names: model.names, coefficients: model.coefficients, logLikelihood: model.logLikelihood) {
      other in
      model.predictors(other.matrix, offset: other.offset).map(expit)
    }
  }

  /// Cox regression, for the risk by a horizon.
  static func cox(horizon: Double) -> Fit {
    { (frame) throws(ModelError) in
      let model = try CoxModel(frame)
      return RiskModel(names: model.names, coefficients: model.coefficients, logLikelihood: model.logLikelihood) {
        (other) throws(ModelError) in try model.risks(of: other)(horizon)
      }
    }
  }

  /// The same with the risks of reweighted rows, of a Cox model fitted to a frame without strata.
  func withPerturbation(_ frame: ModelFrame, horizon: Double) -> RiskModel {
    guard case .survival(let times) = frame.outcome, frame.strataNames.count == 1, let risks = try? risk(frame) else {
      return self
    }
    let kept = coefficients.indices.filter { coefficients[$0].value != nil }
    let step = PerturbedCoxRisk(
      frame.matrix.columns(kept), offset: frame.offset, times, coefficients: kept.map { coefficients[$0].value! },
      risks: risks, horizon: horizon)
    var result = self
    if let step { result.perturbed = { weights in step.risks(weights) } }
    return result
  }
}
