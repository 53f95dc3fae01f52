import RadiomicsCore
import RadiomicsNumerics

/// Cox's regression of proportional hazards by maximum partial likelihood. Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x.
/// Definitions as in R's `coxph`: covariances from the information or, robust, from the rows' influences (Lin and Wei 1989,
/// doi:10.1080/01621459.1989.10478874), of clusters where there are some.
package struct CoxModel: Sendable {
  /// A χ² test that all coefficients are 0.
  package struct Test: Sendable, Hashable {
    /// The statistic, and degrees of freedom.
    package let statistic: Double, df: Int
    package init(statistic: Double, df: Int) { (self.statistic, self.df) = (statistic, df) }
    /// P of a larger statistic.
    package var p: Double { df == 0 ? 1 : ChiSquared(Double(df)).above(statistic) }
  }

  /// Names of the coefficients.
  package let names: [String]
  /// Logarithms of hazard ratios; undefined where a column is a combination of those before it.
  package let coefficients: [Cell]
  /// Covariances by the information, of the coefficients that are defined, in their order.
  package let naiveCovariance: Matrix
  /// The same from the rows' influences; nil unless asked for or there are clusters.
  package let robustCovariance: Matrix?
  /// The maximum of the logarithm of the partial likelihood, and its value with all coefficients 0.
  package let logLikelihood: Double, nullLogLikelihood: Double
  /// Linear predictors of the rows, with offset.
  package let predictors: [Double]
  /// The rows' times, weights, strata and their names, clusters.
  package let times: SurvivalTimes, weights: [Double], strata: [Int], strataNames: [String], clusters: [Int]?
  /// How ties were counted.
  package let ties: Ties
  /// Likelihood-ratio, Wald's (robust where the covariance is) and the score test of all coefficients.
  package let likelihoodRatio: Test, wald: Test, score: Test

  /// The design's columns that have a coefficient.
  package let kept: [Int]
  /// The design of these columns, rows by columns; what was maximised, in scaled units.
  package let design: Matrix
  package let scaled: ScaledDesign, likelihood: CoxLikelihood

  /// Number of rows, and of events.
  package var count: Int { times.count }
  /// Number of events.
  package var events: Int { times.events }

  /// Fits the model of a design, rows by columns.
  package init(
    _ matrix: Matrix, _ times: SurvivalTimes, names: [String], offset: [Double]? = nil, weights: [Double]? = nil,
    strata: [Int]? = nil, strataNames: [String] = ["all"], clusters: [Int]? = nil, ties: Ties = .efron,
    isRobust: Bool = false
  ) throws(ModelError) {
    let included = weights.flatMap { $0.contains(0) ? $0.map { $0 > 0 } : nil }
    try self.init(
      matrix, times, RiskSets(times, strata: strata, included: included), names, offset, weights, strata, strataNames,
      clusters, ties, isRobust)
  }

  /// The same with risk sets that several models of these rows share.
  init(
    _ matrix: Matrix, _ times: SurvivalTimes, _ sets: RiskSets, _ names: [String], _ offset: [Double]?,
    _ weights: [Double]?, _ strata: [Int]?, _ strataNames: [String], _ clusters: [Int]?, _ ties: Ties, _ isRobust: Bool
  ) throws(ModelError) {
    let offset = offset ?? [Double](repeating: 0, count: times.count)
    let weights = weights ?? [Double](repeating: 1, count: times.count)
    (self.names, self.times, self.weights, self.ties, self.clusters) = (names, times, weights, ties, clusters)
    self.strata = strata ?? [Int](repeating: 0, count: times.count)
    self.strataNames = strataNames
    try matrix.check(names)
    if ties == .exact, weights.contains(where: { $0 != 1 }) {
      throw ModelError.exactTies("rows have weights, must have none. Use efron or breslow.")
    }
    if ties == .exact, isRobust || clusters != nil {
      throw ModelError.exactTies(
        "has no robust covariance, as rows have no influence of their own. Use efron or breslow.")
    }
    if ties == .exact { try sets.requireFewTies(columns: matrix.columns) }
    guard sets.events > 0 else {
      throw ModelError.noEvent(rows: times.count)
    }
    kept = Self.independent(matrix, self.strata, weights)
    design = matrix.columns(kept)
    scaled = ScaledDesign(design, sets)
    likelihood = CoxLikelihood(
      sets: sets, ties: ties, design: scaled.rows, columns: kept.count,
      offset: sets.rows.map { offset[$0] }, weights: sets.rows.map { weights[$0] })
    let search = try CoxSearch(likelihood, names: kept.map { names[$0] })
    logLikelihood = search.logLikelihood
    nullLogLikelihood = search.null.logLikelihood
    let values = scaled.original(search.coefficients)
    naiveCovariance = scaled.original(covariance: search.covariance)
    var cells = [Cell](
      repeating: .undefined("the column is a linear combination of those before it"), count: names.count)
    for (place, column) in kept.enumerated() { cells[column] = .value(values[place]) }
    coefficients = cells
    predictors = zip(design.times(values), offset).map(+)
    // Weights that are no counts have no naive errors.
    if isRobust || clusters != nil || ties != .exact && weights.contains(where: { $0 != $0.rounded() }) {
      let sums = CoxHazard(likelihood, search.coefficients).clusteredScores(
        times, self.strata, scaled.scales, weights, clusters)
      robustCovariance = sums.times(naiveCovariance).gram()
    } else {
      robustCovariance = nil
    }
    likelihoodRatio = Test(statistic: 2 * (logLikelihood - nullLogLikelihood), df: kept.count)
    score = Test(statistic: search.scoreStatistic, df: kept.count)
    let chi = Cholesky(robustCovariance ?? naiveCovariance).map { factor in
      dot(values, factor.solve(values))
    }
    wald = Test(statistic: chi ?? .nan, df: kept.count)
  }

  /// The columns that are no combination of those before them, constants within strata included.
  private static func independent(_ matrix: Matrix, _ strata: [Int], _ weights: [Double]) -> [Int] {
    let groups = (strata.max() ?? 0) + 1
    let centred = (0..<matrix.columns).map { j in
      let column = matrix.column(j)
      var sums = [Double](repeating: 0, count: groups), counts = [Double](repeating: 0, count: groups), size = 0.0
      for row in column.indices where weights[row] > 0 {
        sums[strata[row]] += column[row]
        counts[strata[row]] += 1
        size = max(size, abs(column[row]))
      }
      return column.indices.map { row in
        guard weights[row] > 0 else { return 0.0 }
        let value = column[row] - sums[strata[row]] / counts[strata[row]]
        return abs(value) <= 1e-11 * size ? 0 : value
      }
    }
    return Matrix(columns: centred, rows: matrix.rows).independentColumns()
  }

  /// The covariances that errors and Wald's tests are of.
  package var covariance: Matrix { robustCovariance ?? naiveCovariance }

  /// What tests that are not robust take for granted, where others are: to be said beside them.
  package var assumption: String { robustCovariance == nil ? "" : ", if rows are independent and the model is right" }

  /// Coefficients with their standard errors.
  package var estimates: [EstimateCell] { estimates(covariance) }
  /// The same by any covariance of the coefficients that are defined.
  package func estimates(_ covariance: Matrix) -> [EstimateCell] { EstimateCell.coefficients(coefficients, covariance) }
  /// Standard errors by any covariance of the coefficients that are defined.
  package func errors(_ covariance: Matrix) -> [Cell] { estimates(covariance).map(\.error) }

  /// The hazard at the maximum, of a patient with mean columns.
  var hazard: CoxHazard { CoxHazard(likelihood, zip(definedCoefficients, scaled.scales).map(*)) }

  /// The names of the coefficients that are defined.
  package var definedNames: [String] { kept.map { names[$0] } }
  /// Their values.
  package var definedCoefficients: [Double] { kept.map { coefficients[$0].value! } }
}

extension CoxModel {
  /// The score test by the influences of rows or clusters; nil without a robust covariance.
  package var robustScore: Test? {
    guard robustCovariance != nil else { return nil }
    let zeros = [Double](repeating: 0, count: kept.count)
    let sums = CoxHazard(likelihood, zeros).clusteredScores(times, strata, scaled.scales, weights, clusters)
    let total = (0..<kept.count).map { pairwiseSum(sums.column($0)) }
    let chi = Cholesky(sums.gram()).map { dot(total, $0.solve(total)) }
    return Test(statistic: chi ?? .nan, df: kept.count)
  }

  /// Linear predictors less that of mean columns; columns of −1, 0 and 1 count as they are.
  package var centredPredictors: [Double] {
    let total = weights.reduce(0, +)
    let center = zip(kept.indices, definedCoefficients).reduce(0.0) { sum, pair in
      let column = design.column(pair.0)
      guard column.contains(where: { ![-1, 0, 1].contains($0) }) else { return sum }
      return sum + pair.1 * dot(column, weights) / total
    }
    return predictors.map { $0 - center }
  }
}

/// A design in units in which coefficients are of like size: centred, over the mean distance from the centre.
package struct ScaledDesign: Sendable {
  package let centers: [Double], scales: [Double]
  /// In the order of the risk sets, row by row.
  let rows: [Double]

  init(_ design: Matrix, _ sets: RiskSets) {
    let p = design.columns, n = Double(sets.rows.count)
    var centers: [Double] = [], scales: [Double] = []
    var rows = [Double](repeating: 0, count: sets.rows.count * p)
    for j in 0..<p {
      let column = sets.rows.map { design[$0, j] }, center = pairwiseSum(column) / n
      let spread = pairwiseSum(column) { abs($0 - center) } / n, scale = spread > 0 ? spread : 1
      for (place, value) in column.enumerated() { rows[place * p + j] = (value - center) / scale }
      centers.append(center)
      scales.append(scale)
    }
    (self.centers, self.scales, self.rows) = (centers, scales, rows)
  }

  /// Coefficients in the design's own units.
  func original(_ coefficients: [Double]) -> [Double] { zip(coefficients, scales).map(/) }

  /// Covariances in the design's own units.
  func original(covariance: Matrix) -> Matrix {
    var result = covariance
    for j in scales.indices { for i in scales.indices { result[i, j] /= scales[i] * scales[j] } }
    return result
  }
}

/// Newton's search for the maximum of a partial likelihood, from coefficients of 0.
struct CoxSearch: Sendable {
  let coefficients: [Double]
  let logLikelihood: Double
  let covariance: Matrix
  /// What the likelihood is at coefficients of 0, and the score test of them.
  let null: CoxLikelihood.Evaluation
  let scoreStatistic: Double

  init(_ likelihood: CoxLikelihood, names: [String]) throws(ModelError) {
    let p = likelihood.columns
    var current = [Double](repeating: 0, count: p), here = likelihood.evaluate(current)
    null = here
    guard here.logLikelihood.isFinite else {
      throw ModelError.at("model", "its offsets are too large for the likelihood to be computed, must be below 700.")
    }
    func factor(_ evaluation: CoxLikelihood.Evaluation) throws(ModelError) -> Cholesky {
      guard let factor = Cholesky(Matrix(columns: p, elements: evaluation.information)) else {
        throw ModelError.at(
          "the columns \(names.prefix(4).joined(separator: ", "))",
          "the events tell nothing about a combination of them, as it is the "
            + "same for all at risk or decides alone. Leave columns out.")
      }
      return factor
    }
    var root = try factor(here), step = root.solve(here.score)
    scoreStatistic = dot(here.score, step)
    for _ in 0..<60 {
      let decrement = dot(here.score, step)
      let size = step.map(abs).max() ?? 0
      var length = 1.0, next = current, there = here
      repeat {
        next = zip(current, step).map { $0 + length * $1 }
        there = likelihood.evaluate(next)
        length /= 2
      } while !(there.logLikelihood >= here.logLikelihood - 1e-11 * max(1, abs(here.logLikelihood))) && length > 1e-8
      (current, here) = (next, there)
      if decrement < 1e-10 {
        // At a maximum steps shrink with the decrement; where there is none, they do not.
        guard size < 1e-2 else { throw Self.noMaximum(step, names) }
        (coefficients, logLikelihood, covariance) = (current, here.logLikelihood, try factor(here).inverse)
        return
      }
      root = try factor(here)
      step = root.solve(here.score)
    }
    throw Self.noMaximum(step, names)
  }

  private static func noMaximum(_ step: [Double], _ names: [String]) -> ModelError {
    let culprit = step.indices.max { abs(step[$0]) < abs(step[$1]) }.map { names[$0] } ?? ""
    return .separation([culprit], .order)
  }
}
