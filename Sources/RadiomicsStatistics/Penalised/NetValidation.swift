import RadiomicsCore
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

  /// Which penalty counts.
  package enum Choice: String, Sendable, Hashable, Codable, CaseIterable {
    /// The one with the smallest mean deviance.
    case smallest = "min"
    /// The largest within one standard error of that.
    case simplest = "1se"
  }

  /// The place of a penalty among `penalties`.
  /// - Throws: `ModelError` for the largest within one standard error, where that is no model.
  package func place(_ choice: Choice) throws(ModelError) -> Int {
    guard choice == .simplest else { return smallest }
    if simplestIsNull {
      throw ModelError.at(
        "penalty '1se'",
        "the model without any penalised column is within one standard error of the best, so that nothing would be chosen. Take "
          + "'min', and see whether its columns predict at all.")
    }
    return simplest
  }
}

extension ElasticNet {
  /// The rows of one part of a validation, which may occur several times.
  package struct Part: Sendable, Hashable {
    /// What is fitted, and what is judged.
    package let fitted: [Int], held: [Int]

    package init(fitted: [Int], held: [Int]) { (self.fitted, self.held) = (fitted, held) }
  }

  /// What the steps before the net make of all rows, learnt from those that one part is fitted to.
  package struct Columns: Sendable, Hashable {
    /// All rows, judged ones too.
    package let design: Matrix
    /// Of each column, as `ElasticNet.factors`.
    package let factors: [Double]?

    package init(_ design: Matrix, factors: [Double]? = nil) { (self.design, self.factors) = (design, factors) }
  }

  /// Fits all rows but those of a fold, for each fold, along the path of all rows, and judges those of the fold.
  /// - `folds`: A number from 0 for each row.
  /// - Throws: `ModelError` as `path`; what is wrong with a fold's rows names the fold.
  package func crossValidated(
    _ design: Matrix, _ outcome: Outcome, weights: [Double]? = nil, offset: [Double]? = nil, folds: [Int]
  ) throws(ModelError) -> NetValidation {
    let columns = Columns(design, factors: factors)
    return try crossValidated(
      whole: path(design, outcome, weights: weights, offset: offset), folds: folds, outcome, weights: weights,
      offset: offset
    ) { _ in columns }
  }

  /// As above, each fold with columns of its own, as steps before the net that are learnt without the fold make them.
  /// - `whole`: The path of all rows, whose penalties are judged.
  /// - `columns`: Of a fold by its number; called once for each, in their order.
  package func crossValidated(
    whole: ElasticNetPath, folds: [Int], _ outcome: Outcome, weights: [Double]? = nil, offset: [Double]? = nil,
    columns: (Int) throws(ModelError) -> Columns
  ) throws(ModelError) -> NetValidation {
    let parts = (0..<(folds.max() ?? -1) + 1).map { fold in
      Part(
        fitted: folds.indices.filter { folds[$0] != fold }, held: folds.indices.filter { folds[$0] == fold })
    }
    return try crossValidated(whole: whole, parts: parts, outcome, weights: weights, offset: offset, columns: columns)
  }

  /// As above, for any parts; those without a row to judge do not count. The deviance is the square for numbers, −2 log of the probability
  /// for two values; of times it is −2 (log L of all rows − log L of the rows fitted), as few rows have no risk sets of their own
  /// (Verweij and van Houwelingen 1993, doi:10.1002/sim.4780122407).
  package func crossValidated(
    whole: ElasticNetPath, parts: [Part], _ outcome: Outcome, weights: [Double]? = nil, offset: [Double]? = nil,
    columns: (Int) throws(ModelError) -> Columns
  ) throws(ModelError) -> NetValidation {
    let judged = parts.indices.filter { !parts[$0].held.isEmpty }
    guard !judged.isEmpty else { throw ModelError.at("validation", "no rows are held out, must be some in each part.") }
    guard !whole.solutions.isEmpty else {
      throw ModelError.at("path", "has no penalties, as no column that is penalised has to do with the outcome.")
    }
    var net = self, deviances = [[Double]](), sizes: [Double] = []
    net.penalties = whole.solutions.map(\.penalty)
    for number in judged {
      let part = parts[number], own = try columns(number)
      net.factors = own.factors
      let all = NetRows(own.design, outcome, weights, offset), fitted = all.rows(part.fitted)
      let found: ElasticNetPath
      do {
        found = try net.path(fitted.design, fitted.outcome, weights: fitted.weights, offset: fitted.offset)
      } catch {
        throw ModelError.at("fold \(number + 1) of \(parts.count), rows outside it", error.fact, error.advice)
      }
      let held = all.rows(part.held)
      switch outcome {
      case .cox, .fineGray: deviances.append(zip(all.deviances(found), fitted.deviances(found)).map { $0 - $1 })
      case .gaussian, .binomial: deviances.append(held.deviances(found))
      }
      sizes.append(held.total)
    }
    return Self.validation(whole, deviances, sizes)
  }

  private static func validation(
    _ whole: ElasticNetPath, _ deviances: [[Double]], _ sizes: [Double]
  ) -> NetValidation {
    let penalties = whole.solutions.map(\.penalty), total = sizes.reduce(0, +), folds = Double(sizes.count)
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
private struct NetRows {
  let design: Matrix, outcome: ElasticNet.Outcome, weights: [Double]?, offset: [Double]?

  init(_ design: Matrix, _ outcome: ElasticNet.Outcome, _ weights: [Double]?, _ offset: [Double]?) {
    (self.design, self.outcome, self.weights, self.offset) = (design, outcome, weights, offset)
  }

  func rows(_ rows: [Int]) -> NetRows {
    NetRows(
      design.rows(rows), outcome.rows(rows), weights.map { all in rows.map { all[$0] } },
      offset.map { all in rows.map { all[$0] } })
  }

  /// The weight of rows, or of events of times.
  var total: Double {
    let isEvent: [Bool]
    switch outcome {
    case .cox(let times, _, _): isEvent = times.isEvent
    case .fineGray(let times, _): isEvent = times.kinds.map { $0 == 1 }
    case .gaussian, .binomial: return weights?.reduce(0, +) ?? Double(design.rows)
    }
    return isEvent.indices.reduce(0) { $0 + (isEvent[$1] ? weights?[$1] ?? 1 : 0) }
  }

  /// The sum of deviances of the rows by each solution.
  func deviances(_ path: ElasticNetPath) -> [Double] {
    let ones = weights ?? [Double](repeating: 1, count: design.rows)
    switch outcome {
    case .gaussian(let values): return deviances(path, GaussianLoss(values, weights: ones), \.loss)
    case .binomial(let values): return deviances(path, BinomialLoss(values, weights: ones), \.loss)
    case .cox(let times, let ties, let strata):
      let loss = CoxLoss(times, ties: ties, strata: strata, weights: ones)
      return deviances(path, loss) { -$0.logLikelihood }
    case .fineGray(let times, let ties):
      return deviances(path, FineGrayLoss(times, ties: ties, weights: ones)) { -$0.logLikelihood }
    }
  }

  private func deviances<Loss: PenalisedLoss>(
    _ path: ElasticNetPath, _ loss: Loss, _ value: (Loss) -> Double
  ) -> [Double] {
    var loss = loss
    return path.solutions.indices.map { k in
      let predictors = path.predictors(k, design)
      loss.move(to: loss.order.map { predictors[$0] + (offset?[$0] ?? 0) })
      return 2 * value(loss)
    }
  }
}
