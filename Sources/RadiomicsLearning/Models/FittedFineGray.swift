import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// Settings of a regression of the subdistribution hazard by Fine and Gray.
package struct FineGrayRegression: Estimator {
  /// The right side of a formula, without strata, clusters and offsets.
  package var formula: String

  package static let name = "fine-gray"
  package static let summary =
    "Fine and Gray's regression of the subdistribution hazard: what changes a cumulative incidence."
  package static let definition =
    "subdistribution hazard(t) = h₀(t) exp(Xβ); rows with another event stay at risk, weighted by the probability not to be censored yet"
  package static let limits =
    "Its ratios are of the subdistribution: they tell who has the event, not how fast among those who still can. Without strata, clusters "
    + "and offsets."
  package static let reference = "Fine and Gray 1999, doi:10.1080/01621459.1999.10474144"
  package static var parameters: [Parameter<Self>] { [.formula(\.formula, "'age + male'")] }

  package init() { self.init("") }

  package init(_ formula: String) { self.formula = formula }

  package func fit(_ rows: Table, _ outcome: Outcome, seed: UInt64 = 1) throws(ModelError) -> FittedFineGray {
    guard case .competing(let times) = outcome else {
      throw ModelError.outcome(outcome.kind, needs: "Fine and Gray's model needs a time until one of several events")
    }
    let frame = try ModelFrame(right: formula, rows, outcome, weights: nil)
    try frame.requireEnoughRows()
    return FittedFineGray(
      frame, try FineGray(frame.matrix, names: frame.design.names, times.rows(frame.rows), kind: 1))
  }
}

/// A model by Fine and Gray that predicts how likely an event comes first.
package struct FittedFineGray: FittedModel, Hashable {
  package static let kind = "fine-gray"
  package let columns: ModelColumns
  /// Logarithms of ratios of subdistribution hazards, with covariances by the sandwich.
  package let coefficients: Coefficients
  /// Means of the columns that have a coefficient.
  let centers: [Double]
  /// Of a patient with these columns.
  package let baseline: BaselineHazard

  init(_ frame: ModelFrame, _ model: FineGray) {
    columns = frame.columns
    coefficients = Coefficients(model.names, model.coefficients, model.robustCovariance)
    centers = model.means
    baseline = BaselineHazard("all", times: model.times, cumulative: model.hazard)
  }

  private init(_ other: FittedFineGray, _ baseline: BaselineHazard) {
    (columns, coefficients, centers) = (other.columns, other.coefficients, other.centers)
    self.baseline = baseline
  }

  package init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    (columns, coefficients, centers) = try Coefficients.checked(
      in: parts, columns: .columns, coefficients: .coefficients, centers: .centers)

    baseline = try parts.decode(BaselineHazard.self, forKey: .baseline)

  }

  private enum CodingKeys: CodingKey { case columns, coefficients, centers, baseline }

  /// The same with the baseline hazard at so many times only.
  package func thinned(to count: Int) -> FittedFineGray { FittedFineGray(self, baseline.thinned(to: count)) }

  /// Logarithm of each row's subdistribution hazard over that of a row with mean columns.
  package func predict(_ rows: Table) throws(ModelError) -> [Double] {
    let design = try columns.covariates(of: rows).design, kept = coefficients.kept
    let slopes = kept.map { coefficients.known[$0] }
    let shift = zip(slopes, centers).reduce(0) { $0 + $1.0 * $1.1 }
    return design.columns(kept).times(slopes).map { $0 - shift }
  }

  /// Probabilities that the event comes first until each time.
  package func incidences(_ rows: Table, at times: [Double]) throws(ModelError) -> [[Double]] {
    let hazards = times.map(baseline.value)
    return try predict(rows).map { predictor in hazards.map { -expm1(-$0 * exp(predictor)) } }
  }
}
