import RadiomicsCore
import RadiomicsNumerics

/// What a penalised regression predicts, and how well: minus the logarithm of a likelihood per unit of weight, as a function of
/// linear predictors.
protocol PenalisedLoss {
  /// Rows in the order in which predictors are given, as places in the table.
  var order: [Int] { get }
  /// Whether a constant belongs to the model.
  var hasIntercept: Bool { get }
  /// Whether the second derivatives are the same everywhere.
  var isQuadratic: Bool { get }
  /// The loss at the predictors last moved to, that of a perfect prediction being 0.
  var loss: Double { get }
  /// Minus its slope for each predictor.
  var pull: [Double] { get }
  /// Moves to predictors.
  mutating func move(to predictors: [Double])
  /// The second derivatives at the predictors last moved to.
  func curvature() -> Curvature
}

/// Second derivatives H for predictors: X'HX = A'A − M'M, with a column of A and one of M for each of X.
struct Curvature {
  /// A is X times these, row by row.
  let roots: [Double]
  /// Number of rows of M, and what fills a column of M from one of X; none if nil.
  var lines = 0
  var fill: ((_ column: UnsafePointer<Double>, _ lines: UnsafeMutablePointer<Double>) -> Void)?
}

/// Half the weighted mean of squares.
struct GaussianLoss: PenalisedLoss {
  let order: [Int], hasIntercept = true, isQuadratic = true
  private(set) var loss = 0.0, pull: [Double]
  private let outcome: [Double], weights: [Double], roots: [Double]

  /// - `weights`: Sum to 1.
  init(_ outcome: [Double], weights: [Double]) {
    (self.outcome, self.weights, roots) = (outcome, weights, weights.map { $0.squareRoot() })
    (order, pull) = (Array(outcome.indices), outcome)
  }

  mutating func move(to predictors: [Double]) {
    loss = 0
    for i in predictors.indices {
      let left = outcome[i] - predictors[i]
      pull[i] = weights[i] * left
      loss += pull[i] * left / 2
    }
  }

  func curvature() -> Curvature { Curvature(roots: roots) }
}

/// Minus the weighted mean logarithm of the probability of what came, of log odds.
struct BinomialLoss: PenalisedLoss {
  let order: [Int], hasIntercept = true, isQuadratic = false
  private(set) var loss = 0.0, pull: [Double]
  private let outcome: [Bool], weights: [Double]
  private var roots: [Double]

  /// - `weights`: Sum to 1.
  init(_ outcome: [Bool], weights: [Double]) {
    (self.outcome, self.weights, roots) = (outcome, weights, weights)
    (order, pull) = (Array(outcome.indices), weights)
  }

  mutating func move(to predictors: [Double]) {
    loss = 0
    for i in predictors.indices {
      let x = outcome[i] ? -predictors[i] : predictors[i], rest = exp(-abs(x))
      // The probability of what did not come, and what came's logarithm.
      let wrong = x > 0 ? 1 / (1 + rest) : rest / (1 + rest)
      loss += weights[i] * (max(x, 0) + log1p(rest))
      pull[i] = outcome[i] ? weights[i] * wrong : -weights[i] * wrong
      roots[i] = (weights[i] * rest).squareRoot() / (1 + rest)
    }
  }

  func curvature() -> Curvature { Curvature(roots: roots) }
}
