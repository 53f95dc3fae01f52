import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// A Cox or a logistic model, by what both have.
package enum RegressionModel: Sendable {
  case cox(CoxModel)
  /// With the covariance that errors and Wald's tests are of.
  case logistic(LogisticModel, covariance: Matrix)

  /// Fits the model that the frame's outcome asks for.
  /// - `isRobust`: Whether covariances come from rows' or clusters' influences; with clusters they always do.
  init(_ frame: ModelFrame, isRobust: Bool) throws(ModelError) {
    guard let outcome = frame.outcome.indicators else {
      self = .cox(try CoxModel(frame, isRobust: isRobust))
      return
    }
    try frame.requireEnoughRows()
    guard frame.strata.allSatisfy({ $0 == 0 }) else {
      throw ModelError.at("strata()", "is for times, and the outcome is none. Write the column as a term.")
    }
    let counted = Set(zip(outcome, frame.weights).filter { $0.1 > 0 }.map(\.0))
    guard counted.count == 2 else {
      throw ModelError.at("outcome", "every row that counts has the same one, must have both.")
    }
    let model: LogisticModel
    do throws(ModelError) { model = try LogisticModel(frame) } catch .separation(let columns, _) {
      throw .separation(columns, .oddsRatio)
    }
    let isPlain = frame.clusters == nil && !isRobust
    self = .logistic(model, covariance: isPlain ? model.covariance : model.robustCovariance(clusters: frame.clusters))
  }

  /// Names of the coefficients.
  package var names: [String] {
    switch self {
    case .cox(let model): model.names
    case .logistic(let model, _): model.names
    }
  }
  /// Logarithms of ratios; undefined where a column is a combination of those before it.
  package var coefficients: [Cell] {
    switch self {
    case .cox(let model): model.coefficients
    case .logistic(let model, _): model.coefficients
    }
  }
  /// Covariances of the coefficients that are defined, in their order.
  package var covariance: Matrix {
    switch self {
    case .cox(let model): model.covariance
    case .logistic(_, let covariance): covariance
    }
  }
  /// The maximum of the logarithm of the likelihood.
  package var logLikelihood: Double {
    switch self {
    case .cox(let model): model.logLikelihood
    case .logistic(let model, _): model.logLikelihood
    }
  }
  /// The columns that have a coefficient.
  var kept: [Int] { coefficients.indices.filter { coefficients[$0].value != nil } }

  /// A sum of coefficients; nil where one that counts is undefined.
  func sum(_ factors: [Double]) -> Estimate? {
    let coefficients = coefficients, kept = kept
    guard factors.indices.allSatisfy({ factors[$0] == 0 || coefficients[$0].value != nil }) else { return nil }
    let own = kept.map { factors[$0] }
    let value = dot(kept.map { coefficients[$0].value! }, own)
    let square = dot(own, covariance.times(own))
    return Estimate(value, error: max(0, square).squareRoot())
  }

  /// Wald's test that coefficients are 0; those that are undefined do not count.
  func wald(_ columns: [Int]) -> CoxModel.Test {
    let kept = kept, places = kept.indices.filter { columns.contains(kept[$0]) }
    var part = Matrix(rows: places.count, columns: places.count)
    for (i, a) in places.enumerated() { for (j, b) in places.enumerated() { part[i, j] = covariance[a, b] } }
    let values = places.map { coefficients[kept[$0]].value! }
    let chi = Cholesky(part).map { dot(values, $0.solve(values)) }
    return CoxModel.Test(statistic: chi ?? .nan, df: places.count)
  }

  /// The score test that the columns which a smaller model of the same rows lacks add nothing to it. Rao 1948,
  /// doi:10.1017/S0305004100023987.
  func score(beyond smaller: RegressionModel, _ frame: ModelFrame) -> CoxModel.Test {
    let known = Dictionary(zip(smaller.names, smaller.coefficients)) { first, _ in first }
    let start = kept.map { known[names[$0]]?.value ?? 0 }, score: [Double], information: Matrix
    switch self {
    case .cox(let model):
      let scaled = zip(start, model.scaled.scales).map(*), here = model.likelihood.evaluate(scaled)
      (score, information) = (here.score, Matrix(columns: kept.count, elements: here.information))
    case .logistic:
      guard let outcome = frame.outcome.indicators else { preconditionFailure("a logistic model's outcome") }
      let design = frame.matrix.columns(kept)
      let risks = zip(design.times(start), frame.offset).map { expit($0 + $1) }
      score = design.transposedTimes(outcome.indices.map { frame.weights[$0] * (outcome[$0] - risks[$0]) })
      information = design.gram(weights: risks.indices.map { frame.weights[$0] * risks[$0] * (1 - risks[$0]) })
    }
    let chi = Cholesky(information).map { dot(score, $0.solve(score)) }
    return CoxModel.Test(statistic: chi ?? .nan, df: kept.count - smaller.kept.count)
  }

  /// Coefficients with errors and tests, in the order of the names.
  package var estimates: [EstimateCell] { EstimateCell.coefficients(coefficients, covariance) }

  /// Coefficients, errors, Wald's z and p by name.
  package var groups: [StatisticGroup] {
    let estimates = estimates
    func group(_ name: String, _ cell: (EstimateCell) -> Cell) -> StatisticGroup {
      StatisticGroup(name, zip(names, estimates).map { Statistic($0, cell($1)) })
    }
    return [group("coef", \.value), group("se", \.error), group("z", \.z), group("p", \.p)]
  }
}
