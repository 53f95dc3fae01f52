import RadiomicsCore
import RadiomicsNumerics

/// Logistic regression by maximum likelihood, or by Firth's penalised likelihood, which has finite estimates where groups
/// are separated. Firth 1993, doi:10.1093/biomet/80.1.27; Heinze and Schemper 2002, doi:10.1002/sim.1047.
package struct LogisticModel: Sendable {
  /// Names of the coefficients.
  package let names: [String]
  /// Logarithms of odds ratios; undefined where a column is a combination of those before it.
  package let coefficients: [Cell]
  /// Covariances of the coefficients that are defined, in their order.
  package let covariance: Matrix
  /// The same by the sums of the rows' influences within clusters; nil without clusters.
  package let clusteredCovariance: Matrix?
  /// Maximum of the logarithm of the likelihood, penalised with Firth's penalty.
  package let logLikelihood: Double
  /// The same of the model with a constant and the offset only.
  package let nullLogLikelihood: Double
  /// Linear predictor of each row, with its offset.
  package let predictors: [Double]
  /// Whether the penalty was used.
  package let isFirth: Bool
  /// Number of rows, and of events; their weights where rows have some.
  package let count: Double, events: Double
  private let fit: LogisticFit
  private let kept: [Int]

  /// Fits a model of a design, rows by columns, to outcomes of 0 and 1.
  /// - `clusters`: Numbers from 0 of rows that belong together: errors are then robust.
  package init(
    _ design: Matrix, _ outcome: [Double], names: [String], offset: [Double]? = nil, weights: [Double]? = nil,
    firth: Bool = false, clusters: [Int]? = nil
  ) throws(ModelError) {
    try design.check(names)
    self.names = names
    isFirth = firth
    kept = design.independentColumns()
    let offset = offset ?? outcome.map { _ in 0 }, weights = weights ?? outcome.map { _ in 1 }
    fit = LogisticFit(design: design.columns(kept), outcome: outcome, offset: offset, weights: weights, isFirth: firth)
    guard let result = fit.solve(), let inverse = Cholesky(fit.information(result.coefficients))?.inverse else {
      throw .separation(names, .events(isPenalised: firth))
    }
    covariance = inverse
    var coefficients = [Cell](
      repeating: .undefined("the column is a linear combination of those before it"), count: names.count)
    for (place, column) in kept.enumerated() { coefficients[column] = .value(result.coefficients[place]) }
    self.coefficients = coefficients
    logLikelihood = result.logLikelihood
    predictors = fit.predictors(result.coefficients)
    clusteredCovariance = clusters.map { [fit] in fit.sandwich(result.coefficients, inverse, $0) }
    count = weights.reduce(0, +)
    events = dot(weights, outcome)
    let constant = Matrix(columns: [outcome.map { _ in 1 }], rows: outcome.count)
    let null = LogisticFit(design: constant, outcome: outcome, offset: offset, weights: weights, isFirth: firth)
    guard let base = null.solve() else {
      throw ModelError.oneOutcome
    }
    nullLogLikelihood = base.logLikelihood
  }

  /// −2 log L.
  package var deviance: Double { -2 * logLikelihood }
  /// Akaike's criterion: deviance + 2 · coefficients.
  package var aic: Double { deviance + 2 * Double(kept.count) }
  /// Probability of the event in each row.
  package var probabilities: [Double] { predictors.map(expit) }

  /// Linear predictors of other rows.
  package func predictors(_ design: Matrix, offset: [Double]) -> [Double] {
    let known = coefficients.map { $0.value ?? 0 }
    return zip(design.times(known), offset).map(+)
  }

  /// Coefficients with standard errors by the information matrix; with clusters by the rows' influences.
  package var estimates: [EstimateCell] { estimates(clusteredCovariance ?? covariance) }

  /// Limits of the coefficients: by the profile likelihood or, with clusters, Wald's by robust errors.
  /// - `progress`: Told how much of the profile is done, 0 to 1.
  package func limits(alpha: Double = 0.05, progress: (Double) -> Void = { _ in }) -> [(lower: Cell, upper: Cell)] {
    guard clusteredCovariance != nil else { return profileLimits(alpha: alpha, progress: progress) }
    return estimates.map { $0.limits(alpha) }
  }

  /// Coefficients with standard errors by any covariance of those that are defined.
  package func estimates(_ covariance: Matrix) -> [EstimateCell] { EstimateCell.coefficients(coefficients, covariance) }

  /// Limits of the coefficients where the logarithm of the profile likelihood has fallen by half of χ²'s quantile. A side on
  /// which it does not fall so far has no limit.
  /// - `progress`: Told after each coefficient how much is done, 0 to 1.
  package func profileLimits(
    alpha: Double = 0.05, progress: (Double) -> Void = { _ in }
  ) -> [(lower: Cell, upper: Cell)] {
    coefficients.indices.map { column in
      defer { progress(Double(column + 1) / Double(coefficients.count)) }
      guard let place = kept.firstIndex(of: column) else { return (coefficients[column], coefficients[column]) }
      return (limit(place, -1, alpha), limit(place, 1, alpha))
    }
  }

  private func limit(_ place: Int, _ side: Double, _ alpha: Double) -> Cell {
    let error = covariance[place, place].squareRoot(), center = coefficients[kept[place]].value!
    let z = NormalDistribution().critical(alpha)
    // The others move along with the one that is held, first as the covariances say, then as they last did.
    var along = (0..<kept.count).map { covariance[$0, place] / covariance[place, place] }
    var last = kept.map { coefficients[$0].value! }
    // The signed root of how far the likelihood has fallen, less what it must: nearly a straight line.
    func root(_ distance: Double) -> Double? {
      let step = center + side * distance - last[place]
      guard let result = fit.solve(from: zip(last, along).map { $0 + $1 * step }, fixed: place) else { return nil }
      if abs(step) > 1e-6 * error { along = zip(result.coefficients, last).map { ($0 - $1) / step } }
      last = result.coefficients
      return max(0, 2 * (logLikelihood - result.logLikelihood)).squareRoot() - z
    }
    let open = Cell.undefined("the likelihood does not fall far enough"), lost = Cell.undefined("no limit was found")
    var low = (place: 0.0, root: -z), high = (place: z * error, root: 0.0), tries = 0
    while true {
      guard let value = root(high.place) else { return lost }
      high.root = value
      guard value < 0 else { break }
      (low, high.place, tries) = (high, 1.5 * high.place, tries + 1)
      if tries > 40 { return open }
    }
    // False position; of an end that stays a second time the root is halved (Illinois).
    var stayed = 0
    for _ in 0..<100 where high.place - low.place > 1e-10 * error && high.root > 1e-11 {
      let middle = high.place - high.root * (high.place - low.place) / (high.root - low.root)
      guard middle > low.place, middle < high.place, let value = root(middle) else { break }
      if value < 0 {
        low = (middle, value)
        if stayed > 0 { high.root /= 2 }
        stayed = 1
      } else {
        high = (middle, value)
        if stayed < 0 { low.root /= 2 }
        stayed = -1
      }
      if value < 0, value > -1e-11 { return .value(center + side * middle) }
    }
    return .value(center + side * high.place)
  }

  /// Covariances that need not believe in the model: Huber and White's sandwich (HC0), of clusters where there are some.
  package func robustCovariance(clusters: [Int]? = nil) -> Matrix {
    fit.sandwich(kept.map { coefficients[$0].value! }, covariance, clusters ?? Array(fit.outcome.indices))
  }
}

/// The likelihood of a logistic model, and Newton's way to its maximum.
struct LogisticFit: Sendable {
  let design: Matrix
  let outcome: [Double], offset: [Double], weights: [Double]
  let isFirth: Bool

  /// The likelihood at some coefficients; with Firth's penalty the information there and its factor.
  private struct Point {
    let value: Double
    var information: Matrix?
    var factor: Cholesky?
  }

  func predictors(_ coefficients: [Double]) -> [Double] { zip(design.times(coefficients), offset).map(+) }

  /// inverse · Σ u u' · inverse, with the sums u of scores within clusters.
  func sandwich(_ coefficients: [Double], _ inverse: Matrix, _ clusters: [Int]) -> Matrix {
    let residuals = zip(outcome.indices, predictors(coefficients)).map { weights[$0] * (outcome[$0] - expit($1)) }
    let size = design.columns
    let sums = (0..<size).map { j in
      [Int]?.some(clusters).sums(residuals.indices.map { residuals[$0] * design[$0, j] })
    }
    return Matrix(columns: sums, rows: sums.first?.count ?? 0).times(inverse).gram()
  }

  /// X'WX.
  func information(_ coefficients: [Double]) -> Matrix {
    let variances = zip(predictors(coefficients), weights).map { eta, w in
      let p = expit(eta)
      return w * p * (1 - p)
    }
    return design.gram(weights: variances)
  }

  /// log L, with Firth's ½ log |X'WX|, for which the information and its factor are worked out.
  private func evaluate(_ coefficients: [Double]) -> Point? {
    var sum = 0.0
    for ((eta, y), w) in zip(zip(predictors(coefficients), outcome), weights) where w > 0 {
      sum += w * (y * eta - softplus(eta))
    }
    guard isFirth else { return sum.isFinite ? Point(value: sum) : nil }
    let information = information(coefficients)
    return Cholesky(information).map {
      Point(value: sum + $0.logDeterminant / 2, information: information, factor: $0)
    }
  }

  /// X'(y − p), with Firth's h (½ − p).
  private func score(_ coefficients: [Double], _ factor: Cholesky?) -> [Double] {
    let probabilities = predictors(coefficients).map(expit)
    var residuals = zip(zip(outcome, probabilities), weights).map { ($0.0 - $0.1) * $1 }
    if let factor {
      let leverages = factor.quadraticForms(design)
      for row in residuals.indices {
        let p = probabilities[row]
        residuals[row] += leverages[row] * weights[row] * p * (1 - p) * (0.5 - p)
      }
    }
    return design.transposedTimes(residuals)
  }

  /// The maximum, with one coefficient held if `fixed` names it; nil where there is none.
  func solve(from start: [Double]? = nil, fixed: Int? = nil) -> (coefficients: [Double], logLikelihood: Double)? {
    let free = (0..<design.columns).filter { $0 != fixed }
    var current = start ?? [Double](repeating: 0, count: design.columns)
    guard var here = evaluate(current) else { return nil }
    for _ in 0..<100 {
      guard let step = step(current, here, free) else { return nil }
      var length = 1.0, next = current, there: Point?
      repeat {
        for (place, column) in free.enumerated() { next[column] = current[column] + length * step[place] }
        there = evaluate(next)
        length /= 2
      } while (there?.value ?? -.infinity) < here.value - 1e-12 * max(1, abs(here.value)) && length > 1e-10
      guard let reached = there else { return nil }
      let moved = zip(predictors(next), predictors(current)).map { abs($0 - $1) }.max() ?? 0
      (current, here) = (next, reached)
      if moved < 1e-10 * (predictors(current).map(abs).max() ?? 0) + 1e-10 { return (current, here.value) }
    }
    return nil
  }

  private func step(_ current: [Double], _ point: Point, _ free: [Int]) -> [Double]? {
    let information = point.information ?? information(current)
    let scales = (0..<design.columns).map { information[$0, $0].squareRoot() }
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    var scaled = Matrix(rows: free.count, columns: free.count)
    for (i, a) in free.enumerated() {
      for (j, b) in free.enumerated() { scaled[i, j] = information[a, b] / (scales[a] * scales[b]) }
    }
    guard let factor = Cholesky(scaled) else { return nil }
    let score = score(current, point.factor)
    let solution = factor.solve(free.map { score[$0] / scales[$0] })
    return zip(solution, free).map { $0 / scales[$1] }
  }
}
