import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Settings of a logistic regression.
package struct LogisticRegression: Estimator {
  /// The right side of a formula.
  package var formula: String
  /// A column of weights of the rows.
  package var weights: String?
  /// Whether Firth's penalty is used, which no separation disturbs.
  package var isFirth: Bool

  package static let name = "logistic"
  package static let summary = "Logistic regression: the probability of one of two outcomes, by maximum likelihood."
  package static let definition =
    "logit P(event) = Xβ; with Firth's penalty log L + log |information| / 2 is maximised, which no separation disturbs"
  package static let limits =
    "Columns that separate events from others have no finite maximum without the penalty. Below 10 events for each coefficient it fits "
    + "chance. Limits are profile-likelihood ones."
  package static let reference =
    "Firth 1993, doi:10.1093/biomet/80.1.27; Heinze and Schemper 2002, doi:10.1002/sim.1047"
  package static var parameters: [Parameter<Self>] {
    [
      .formula(\.formula, "'s100b + ns(age, 3)'"), .weights(\.weights),
      Parameter("firth", \.isFirth, "Whether Firth's penalty is used."),
    ]
  }

  package init() { self.init("") }

  package init(_ formula: String, weights: String? = nil, isFirth: Bool = false) {
    (self.formula, self.weights, self.isFirth) = (formula, weights, isFirth)
  }

  package func fit(_ rows: Table, _ outcome: Outcome, seed: UInt64 = 1) throws(ModelError) -> FittedLogistic {
    guard case .binary(let events) = outcome else {
      throw ModelError.outcome(outcome.kind, needs: "logistic regression needs one of two values")
    }
    let frame = try ModelFrame(right: formula, rows, .binary(events), weights: weights)
    return FittedLogistic(frame, try LogisticModel(frame, firth: isFirth))
  }
}

/// A logistic model that predicts the probability of an event.
package struct FittedLogistic: FittedModel, Hashable {
  package static let kind = "logistic"
  package let columns: ModelColumns
  /// Logarithms of odds ratios.
  package let coefficients: Coefficients
  /// Whether Firth's penalty was used.
  package let isFirth: Bool

  init(_ frame: ModelFrame, _ model: LogisticModel) {
    columns = frame.columns
    coefficients = Coefficients(model.names, model.coefficients, model.clusteredCovariance ?? model.covariance)
    isFirth = model.isFirth
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    (columns, coefficients) = try Coefficients.checked(in: parts, columns: .columns, coefficients: .coefficients)
    isFirth = try parts.decode(Bool.self, forKey: .isFirth)

  }

  private enum CodingKeys: String, CodingKey { case columns, coefficients, isFirth = "firth" }

  /// Probabilities of the event.
  package func predict(_ rows: Table) throws(ModelError) -> [Double] {
    let (design, offset, _) = try columns.covariates(of: rows)
    return zip(design.times(coefficients.known), offset).map { expit($0 + $1) }
  }
}
