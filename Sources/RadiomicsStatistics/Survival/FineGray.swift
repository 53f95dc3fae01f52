import RadiomicsCore
import RadiomicsNumerics

/// Proportional hazards of the subdistribution of one kind of event: what changes its cumulative incidence. Rows that
/// had another event stay at risk, with the probability not to be censored yet. Fine and Gray 1999,
/// doi:10.1080/01621459.1999.10474144.
package struct FineGray: Sendable {
  /// What is at risk of being censored where events and censored rows end together.
  package enum Censoring: String, Sendable, CaseIterable {
    /// All rows, as in `cmprsk::crr`.
    case together
    /// Only the others, as events leave first; as in `survival::finegray`.
    case eventsFirst = "events-first"
  }

  /// How the likelihood treats events at one time.
  package enum Ties: String, Sendable, CaseIterable { case breslow, efron }

  /// Names of the coefficients.
  package let names: [String]
  /// Logarithms of ratios of subdistribution hazards; undefined where a column is constant or a combination of those
  /// before it.
  package let coefficients: [Cell]
  /// Covariances of the coefficients that are defined, in their order: the inverse of the information, which takes the
  /// weights as known.
  package let covariance: Matrix
  /// The same by Fine and Gray's sandwich, which knows that the weights are estimated.
  package let robustCovariance: Matrix
  /// Maximum of the logarithm of the weighted partial likelihood, and its value without columns.
  package let logLikelihood: Double, nullLogLikelihood: Double
  /// Number of rows, and of events of the kind.
  package let count: Int, events: Int
  private let kept: [Int]
  /// Means of the columns that have a coefficient.
  package let means: [Double]
  /// Times of events, and the cumulative hazard from each on of a row with the means of the columns.
  package let times: [Double], hazard: [Double]

  /// Fits a model. An iteration costs O(n p²).
  /// - `design`: Rows by columns, without a constant.
  /// - `names`: Names of the columns.
  /// - `kind`: The kind of event of interest, from 1.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for the sandwich.
  /// - Throws: `ModelError` for a kind without events, or where the likelihood has no maximum.
  package init(
    _ design: Matrix, names: [String], _ times: CompetingTimes, kind: Int, censoring: Censoring = .together,
    ties: Ties = .breslow, clusters: [Int]? = nil
  ) throws(ModelError) {
    precondition(design.rows == times.count && design.columns == names.count, "rows and names of the design")
    try times.check(kind: kind)
    try design.check(names)
    events = times.events(of: kind)
    guard events > 0 else {
      throw ModelError.at("kind of event \(kind)", "none of \(times.count) rows has it, there must be events.")
    }
    let columns = (0..<design.columns).map(design.column)
    let withConstant = Matrix(columns: [times.stop.map { _ in 1 }] + columns, rows: design.rows)
    let kept = withConstant.independentColumns().dropFirst().map { $0 - 1 }
    let means = kept.map { mean(columns[$0]) }
    let centred = Matrix(
      columns: zip(kept, means).map { column, mean in columns[column].map { $0 - mean } }, rows: design.rows)
    let likelihood = FineGrayLikelihood(centred, times, kind: kind, censoring, ties)
    guard let result = likelihood.solve(), let sums = likelihood.sums(result),
      let inverse = Cholesky(likelihood.information(sums))?.inverse,
      let null = likelihood.sums(kept.map { _ in 0 })
    else {
      throw .separation(names, .kind(kind))
    }
    self.names = names
    count = times.count
    (self.kept, self.means) = (kept, means)
    var coefficients = [Cell](
      repeating: .undefined("the column is constant or a linear combination of those before it"), count: names.count)
    for (place, column) in kept.enumerated() { coefficients[column] = .value(result[place]) }
    self.coefficients = coefficients
    covariance = inverse
    robustCovariance = Self.sandwich(inverse, likelihood.residuals(sums), clusters)
    (logLikelihood, nullLogLikelihood) = (sums.logLikelihood, null.logLikelihood)
    self.times = likelihood.times
    var hazard = likelihood.times.map { _ in 0.0 }
    for (term, increment) in zip(likelihood.terms, sums.increments) { hazard[term.step] += increment }
    for step in hazard.indices.dropFirst() { hazard[step] += hazard[step - 1] }
    self.hazard = hazard
  }

  /// Times of events, ascending, and the cumulative subdistribution hazard from each on of a row with linear predictor 0, given those of the
  /// rows. Events leave before rows censored at their time, as in R's `finegray`.
  package static func baselineSteps(
    _ predictors: [Double], _ times: CompetingTimes, kind: Int = 1, ties: Ties
  ) -> (times: [Double], cumulative: [Double]) {
    let design = Matrix(columns: [predictors], rows: times.count)
    let likelihood = FineGrayLikelihood(design, times, kind: kind, .eventsFirst, ties)
    var hazard = likelihood.times.map { _ in 0.0 }
    for (term, increment) in zip(likelihood.terms, likelihood.sums([1])?.increments ?? []) {
      hazard[term.step] += increment
    }
    for step in hazard.indices.dropFirst() { hazard[step] += hazard[step - 1] }
    return (likelihood.times, hazard)
  }

  private static func sandwich(_ inverse: Matrix, _ residuals: Matrix, _ clusters: [Int]?) -> Matrix {
    let influences = residuals.rowLists.map(inverse.times)
    let sums = (0..<inverse.columns).map { j in clusters.sums(influences.map { $0[j] }) }
    return Matrix(columns: sums, rows: sums.first?.count ?? 0).gram()
  }

  /// Coefficients with standard errors by Fine and Gray's sandwich.
  package var estimates: [EstimateCell] { EstimateCell.coefficients(coefficients, robustCovariance) }
  /// The same by the information.
  package var naiveEstimates: [EstimateCell] { EstimateCell.coefficients(coefficients, covariance) }

  /// Logarithm of each row's subdistribution hazard over that of a row with the means of the columns.
  package func predictors(_ design: Matrix) -> [Double] {
    let slopes = kept.map { coefficients[$0].value! }
    let shift = dot(slopes, means)
    return design.columns(kept).times(slopes).map { $0 - shift }
  }

  /// Cumulative incidences of the kind of event: for each row, at each time.
  package func incidences(_ design: Matrix, at times: [Double]) -> [[Double]] {
    let hazards = times.map { time in
      let count = countUpTo(time, in: self.times)
      return count == 0 ? 0 : hazard[count - 1]
    }
    return predictors(design).map { predictor in hazards.map { -expm1(-$0 * exp(predictor)) } }
  }
}

/// The number of ascending values that are not above a limit.
package func countUpTo(_ limit: Double, in values: [Double]) -> Int {
  var low = 0, high = values.count
  while low < high {
    let middle = (low + high) / 2
    if values[middle] <= limit { low = middle + 1 } else { high = middle }
  }
  return low
}
