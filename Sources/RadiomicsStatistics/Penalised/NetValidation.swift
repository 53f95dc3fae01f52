import RadiomicsNumerics

/// How well each penalty of a path predicts rows that it was not fitted to.
package struct NetValidation: Sendable, Hashable {
  /// λ, falling.
  package let penalties: [Double]
  /// The mean over folds, weighted by their weight, of the deviance per unit of weight of rows held out, and its standard error.
  package let means: [Double], errors: [Double]
  /// The penalty with the smallest mean, and the largest one of which the mean is within one standard error of that.
  package let smallest: Int, simplest: Int
  /// Whether the latter leaves no penalised column, so that it is no model.
  package let simplestIsNull: Bool
}

extension ElasticNet {
  /// Fits all rows but those of a fold, for each fold, along the path of all rows, and judges those of the fold. The deviance is the
  /// square for numbers, −2 log of the probability for two values; of times it is −2 (log L of all rows − log L without the fold),
  /// as rows of a small fold have no risk sets of their own (Verweij and van Houwelingen 1993, doi:10.1002/sim.4780122407).
  /// - `folds`: A number from 0 for each row.
  /// - Throws: `ModelError` as `path`, also of rows without a fold that has all events.
  package func crossValidated(
    _ design: Matrix, _ outcome: Outcome, weights: [Double]? = nil, offset: [Double]? = nil, folds: [Int]
  ) throws(ModelError) -> NetValidation {
    let whole = try path(design, outcome, weights: weights, offset: offset)
    let penalties = whole.solutions.map(\.penalty), count = (folds.max() ?? -1) + 1
    var own = self
    own.penalties = penalties
    var deviances = [[Double]](), sizes: [Double] = []
    for fold in 0..<count {
      let rows = folds.indices.filter { folds[$0] != fold }, held = folds.indices.filter { folds[$0] == fold }
      guard !held.isEmpty else { continue }
      let part = Part(rows, design, outcome, weights, offset)
      let found = try own.path(part.design, part.outcome, weights: part.weights, offset: part.offset)
      let all = Part(Array(folds.indices), design, outcome, weights, offset)
      let judged = Part(held, design, outcome, weights, offset)
      deviances.append(
        found.solutions.indices.map { k in
          if case .cox = outcome { return all.deviance(found, k) - part.deviance(found, k) }
          return judged.deviance(found, k)
        })
      sizes.append(judged.total)
    }
    return Self.validation(penalties, deviances, sizes, whole)
  }

  private static func validation(
    _ penalties: [Double], _ deviances: [[Double]], _ sizes: [Double], _ whole: ElasticNetPath
  ) -> NetValidation {
    let total = sizes.reduce(0, +), folds = Double(sizes.count)
    let means = penalties.indices.map { k in deviances.reduce(0) { $0 + $1[k] } / total }
    let errors = penalties.indices.map { k in
      let squares = zip(deviances, sizes).reduce(0.0) { sum, pair in
        guard pair.1 > 0 else { return sum }
        let off = pair.0[k] / pair.1 - means[k]
        return sum + pair.1 * off * off
      }
      return (squares / total / max(folds - 1, 1)).squareRoot()
    }
    let smallest = means.indices.min { means[$0] < means[$1] } ?? 0
    let limit = means[smallest] + errors[smallest]
    let simplest = means.indices.first { means[$0] <= limit } ?? smallest
    return NetValidation(
      penalties: penalties, means: means, errors: errors, smallest: smallest, simplest: simplest,
      simplestIsNull: whole.solutions[simplest].support.count <= whole.free)
  }
}

/// Some rows of everything.
private struct Part {
  let design: Matrix, outcome: ElasticNet.Outcome, weights: [Double]?, offset: [Double]?

  init(
    _ rows: [Int], _ design: Matrix, _ outcome: ElasticNet.Outcome, _ weights: [Double]?, _ offset: [Double]?
  ) {
    self.design = design.rows(rows)
    self.weights = weights.map { all in rows.map { all[$0] } }
    self.offset = offset.map { all in rows.map { all[$0] } }
    self.outcome = outcome.rows(rows)
  }

  /// The weight of rows, or of events of times.
  var total: Double {
    guard case .cox(let times, _, _) = outcome else { return weights?.reduce(0, +) ?? Double(design.rows) }
    return times.isEvent.indices.reduce(0) { $0 + (times.isEvent[$1] ? weights?[$1] ?? 1 : 0) }
  }

  /// The sum of deviances of the rows by a solution.
  func deviance(_ path: ElasticNetPath, _ k: Int) -> Double {
    let ones = weights ?? [Double](repeating: 1, count: design.rows)
    let shift = path.solutions[k].intercept, linear = design.times(path.coefficients(k))
    let predictors = linear.indices.map { linear[$0] + shift + (offset?[$0] ?? 0) }
    switch outcome {
    case .gaussian(let values):
      var loss = GaussianLoss(values, weights: ones)
      loss.move(to: predictors)
      return 2 * loss.loss
    case .binomial(let values):
      var loss = BinomialLoss(values, weights: ones)
      loss.move(to: predictors)
      return 2 * loss.loss
    case .cox(let times, let ties, let strata):
      var loss = CoxLoss(times, ties: ties, strata: strata, weights: ones)
      loss.move(to: loss.order.map { predictors[$0] })
      return -2 * loss.logLikelihood
    }
  }
}
