import RadiomicsCore
import RadiomicsNumerics

/// Regression with a penalty on the size of its coefficients, for more columns than rows allow. It minimises
///
///     loss(β) + λ Σⱼ fⱼ (α |βⱼ| + (1 − α) βⱼ² / 2)
///
/// for falling λ, with the loss per unit of weight: half the mean square, minus the mean log likelihood of log odds, or minus the log
/// partial likelihood of Cox over the sum of weights. Columns are in units of their standard deviations (over n), unless that is
/// turned off; the factors fⱼ are scaled to add up to the number of columns. Friedman et al. 2010, doi:10.18637/jss.v033.i01; Simon et
/// al. 2011, doi:10.18637/jss.v039.i05.
///
/// Each λ starts from the solution before it. Columns that the strong rule leaves out (Tibshirani et al. 2012,
/// doi:10.1111/j.1467-9868.2011.01004.x) are all checked afterwards, and come in where they must. On those left, Newton's steps, each of
/// them a `QuadraticNet`, go on until no slope is off by more than a part of 10⁻⁸ of λ.
package struct ElasticNet: Sendable, Hashable {
  /// α, from 0 (ridge: all columns count a little) to 1 (lasso: few columns count).
  package var mix = 1.0
  /// fⱼ, one for each column; 0 for one that is not penalised. All 1 if nil.
  package var factors: [Double]?
  /// Whether columns are put in units of their standard deviations; coefficients are always in their own.
  package var isStandardised = true
  /// λ, falling; nil for `count` of them from the smallest that leaves only unpenalised columns to `ratio` times it, evenly on the
  /// logarithmic scale.
  package var penalties: [Double]?
  /// How many, if they are not given.
  package var count = 100
  /// The last over the first; 10⁻⁴, or 0.01 with more columns than rows, if nil.
  package var ratio: Double?
  /// Whether a path ends where it explains 99.9 % or gains less than a part of 10⁻⁵ by a further λ.
  package var stopsEarly = true
  /// Whether a Gaussian outcome is put in units of its standard deviation for the square part of the penalty, as `glmnet` does: λ (1 − α)
  /// is then divided by it.
  package var scalesOutcome = false

  package init() {}

  /// What is predicted.
  package enum Outcome: Sendable {
    case gaussian([Double])
    case binomial([Bool])
    case cox(SurvivalTimes, ties: Ties, strata: [Int]?)
    /// Event 1 of several, by the hazard of its subdistribution.
    case fineGray(CompetingTimes, ties: Ties)

    /// Number of rows.
    package var count: Int {
      switch self {
      case .gaussian(let values): values.count
      case .binomial(let values): values.count
      case .cox(let times, _, _): times.count
      case .fineGray(let times, _): times.count
      }
    }

    /// Some of the rows.
    package func rows(_ rows: [Int]) -> Outcome {
      switch self {
      case .gaussian(let values): .gaussian(rows.map { values[$0] })
      case .binomial(let values): .binomial(rows.map { values[$0] })
      case .cox(let times, let ties, let strata):
        .cox(times.rows(rows), ties: ties, strata: strata.map { all in rows.map { all[$0] } })
      case .fineGray(let times, let ties): .fineGray(times.rows(rows), ties: ties)
      }
    }
  }

  /// - `design`: Rows by columns; all finite.
  /// - `weights`: Of rows, not negative; all 1 if nil.
  /// - `offset`: Added to linear predictors; 0 if nil.
  /// - Throws: `ModelError` for settings out of their range, an outcome that does not vary, or columns that no penalty holds and that have no
  ///   maximum.
  package func path(
    _ design: Matrix, _ outcome: Outcome, weights: [Double]? = nil, offset: [Double]? = nil
  ) throws(ModelError) -> ElasticNetPath {
    try check(design, outcome, weights)
    let sum = weights?.reduce(0, +) ?? Double(design.rows)
    let weights = weights.map { $0.map { $0 / sum } } ?? [Double](repeating: 1 / sum, count: design.rows)
    switch outcome {
    case .gaussian(let values):
      let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
      let variance = zip(values, weights).reduce(0) { $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean) }
      // Rounding of the mean leaves a variance where all values are the same.
      guard variance > 0, values.contains(where: { $0 != values[0] }) else {
        let one = values[weights.firstIndex { $0 > 0 } ?? 0]
        throw ModelError.at("outcome", "is \(numberText(one)) in every row, must vary.")
      }
      let scale = scalesOutcome ? 1 / variance.squareRoot() : 1
      return try path(GaussianLoss(values, weights: weights), design, weights, offset, ridgeScale: scale)
    case .binomial(let values):
      let events = zip(values, weights).reduce(0) { $0 + ($1.0 ? $1.1 : 0) }
      guard events > 0, events < 1 else {
        throw ModelError.at(
          "outcome", "\(events > 0 ? "all rows have" : "no row has") the event, must have rows with it and without it.")
      }
      return try path(BinomialLoss(values, weights: weights), design, weights, offset, ridgeScale: 1)
    case .cox(let times, let ties, let strata):
      guard zip(times.isEvent, weights).contains(where: { $0 && $1 > 0 }) else {
        throw ModelError.noEvent(rows: times.count)
      }
      let loss = CoxLoss(times, ties: ties, strata: strata, weights: weights)
      return try path(loss, design, weights, offset, ridgeScale: 1)
    case .fineGray(let times, let ties):
      guard zip(times.kinds, weights).contains(where: { $0 == 1 && $1 > 0 }) else {
        throw ModelError.noEvent(rows: times.count)
      }
      return try path(FineGrayLoss(times, ties: ties, weights: weights), design, weights, offset, ridgeScale: 1)
    }
  }

  private func check(_ design: Matrix, _ outcome: Outcome, _ weights: [Double]?) throws(ModelError) {
    precondition(outcome.count == design.rows && weights?.count ?? design.rows == design.rows, "one for each row")
    precondition(factors?.count ?? design.columns == design.columns, "one factor for each column")
    guard (0...1).contains(mix) else { throw ModelError.value("mix", mix, must: "from 0 to 1") }
    if let bad = penalties?.first(where: { !($0 > 0 && $0.isFinite) }) {
      throw ModelError.value(
        "penalty", bad, must: "above 0; without a penalty fit a model that has none")
    }
    if let penalties, zip(penalties, penalties.dropFirst()).contains(where: { $0 < $1 }) {
      throw ModelError.at("penalties", "do not fall, must, as each starts from the one before.")
    }
    if let bad = factors?.first(where: { !($0 >= 0 && $0.isFinite) }) {
      throw ModelError.at("penalty factor", "is \(numberText(bad)), must not be negative.")
    }
    switch outcome {
    case .cox(_, .exact, _), .fineGray(_, .exact):
      throw ModelError.at("ties", "are counted exactly, which a penalised model cannot. Use efron or breslow.")
    default: break
    }
  }

  private func path<Loss: PenalisedLoss>(
    _ loss: Loss, _ design: Matrix, _ weights: [Double], _ offset: [Double]?, ridgeScale: Double
  ) throws(ModelError) -> ElasticNetPath {
    let columns = ScaledColumns(design, weights, order: loss.order, scales: isStandardised, constant: loss.hasIntercept)
    var factors = self.factors ?? [Double](repeating: 1, count: design.columns)
    let sum = factors.reduce(0, +)
    if sum > 0 { factors = factors.map { $0 * Double(design.columns) / sum } }
    var search = NetSearch(
      loss, columns, factors: factors + (loss.hasIntercept ? [0] : []), mix: mix, ridgeScale: ridgeScale,
      offset: offset.map { all in loss.order.map { all[$0] } })
    let null = try search.fitWithoutPenalised()
    let largest = search.largestPenalty
    let penalties = self.penalties ?? self.penalties(from: largest, design)
    var
      path = ElasticNetPath(
        columns: design.columns, largestPenalty: largest, free: factors.count { $0 == 0 }), before = largest
    for penalty in penalties {
      do throws(ModelError) { try search.fit(penalty, before: max(before, penalty)) } catch {
        // As in glmnet a path ends where columns that are combinations of each other leave no maximum within reach; of penalties that were
        // given the rest stay as there.
        guard !path.solutions.isEmpty else { throw error }
        if self.penalties == nil { break }
        path.repeatLast(at: penalties[path.solutions.count...])
        break
      }
      before = penalty
      path.add(penalty, search, columns, share: null > 0 ? 1 - search.loss.loss / null : 0)
      if stopsEarly, self.penalties == nil, path.isAtEnd { break }
    }
    return path
  }

  /// Falling evenly on the logarithmic scale.
  private func penalties(from largest: Double, _ design: Matrix) -> [Double] {
    guard largest > 0 else { return [] }
    let ratio = self.ratio ?? (design.rows < design.columns ? 0.01 : 1e-4)
    return (0..<count).map { largest * pow(ratio, Double($0) / Double(max(count - 1, 1))) }
  }
}

/// Solutions for falling penalties.
package struct ElasticNetPath: Sendable {
  /// The coefficients of one penalty.
  package struct Solution: Sendable, Hashable {
    /// λ.
    package let penalty: Double
    /// 0 of a Cox model.
    package let intercept: Double
    /// Columns with a coefficient that is not 0, ascending, and these coefficients in the columns' own units.
    package let support: [Int], values: [Double]
    /// The share of the deviance, of the model without penalised columns, that it explains.
    package let explained: Double
  }

  /// In the order of the penalties.
  package private(set) var solutions: [Solution] = []
  /// Number of columns.
  package let columns: Int
  /// The smallest λ that leaves only columns without penalty; of a mix below 0.001 that of 0.001, as ridge has none.
  package let largestPenalty: Double
  /// Number of columns without penalty.
  package let free: Int

  init(columns: Int, largestPenalty: Double, free: Int) {
    (self.columns, self.largestPenalty, self.free) = (columns, largestPenalty, free)
  }

  /// All coefficients of a solution.
  package func coefficients(_ index: Int) -> [Double] {
    var all = [Double](repeating: 0, count: columns)
    for (column, value) in zip(solutions[index].support, solutions[index].values) { all[column] = value }
    return all
  }

  /// Linear predictors of rows by a solution, without offsets.
  package func predictors(_ index: Int, _ design: Matrix) -> [Double] {
    let solution = solutions[index], support = design.columns(solution.support)
    return support.times(solution.values).map { $0 + solution.intercept }
  }

  mutating func add<Loss: PenalisedLoss>(
    _ penalty: Double, _ search: NetSearch<Loss>, _ scaled: ScaledColumns, share: Double
  ) {
    let support = (0..<columns).filter { search.coefficients[$0] != 0 }
    let values = support.map { search.coefficients[$0] / scaled.scales[$0] }
    let shift = zip(support, values).reduce(0) { $0 + scaled.centers[$1.0] * $1.1 }
    let intercept = search.loss.hasIntercept ? search.coefficients[columns] - shift : 0
    solutions.append(
      Solution(penalty: penalty, intercept: intercept, support: support, values: values, explained: share))
  }

  mutating func repeatLast(at penalties: ArraySlice<Double>) {
    guard let last = solutions.last else { return }
    solutions += penalties.map {
      Solution(
        penalty: $0, intercept: last.intercept, support: last.support, values: last.values, explained: last.explained)
    }
  }

  /// Whether further penalties would add nothing.
  var isAtEnd: Bool {
    guard let last = solutions.last else { return false }
    if last.explained > 0.999 { return true }
    guard solutions.count > 5 else { return false }
    return last.explained - solutions[solutions.count - 2].explained < 1e-5 * last.explained
  }
}
