import RadiomicsCore
import RadiomicsNumerics

/// y = Xβ + u(subject) + e with normal u and e by restricted maximum likelihood: β and the residual variance are profiled out, so that one
/// ratio of variances is searched for. O(subjects × columns²) for each trial.
package struct RandomIntercept: Sendable {
  /// β, and the predicted effect of each subject.
  package let coefficients: [Double], intercepts: [Double]
  /// Of the residual, and of the subjects over it.
  package let variance: Double, ratio: Double
  /// y − Xβ − u.
  package let residuals: [Double]

  /// - `subjects`: The subject of each row, from 0.
  /// - Returns: Nil if the columns are dependent, or leave no degree of freedom.
  package init?(_ design: Matrix, _ y: [Double], subjects: [Int], count: Int) {
    guard let search = InterceptSearch(design, y, subjects, count) else { return nil }
    let ratio = search.bestRatio()
    guard let trial = search.trial(ratio) else { return nil }
    let rest = zip(search.rest, design.times(trial.shift)).map { $0 - $1 }
    var sums = [Double](repeating: 0, count: count)
    for (row, subject) in subjects.enumerated() { sums[subject] += rest[row] }
    let intercepts = zip(sums, search.counts).map { ratio * $0 / (1 + ratio * $1) }
    coefficients = zip(search.start, trial.shift).map { $0 + $1 }
    (self.intercepts, self.ratio) = (intercepts, ratio)
    variance = trial.squares / Double(y.count - design.columns)
    residuals = rest.indices.map { rest[$0] - intercepts[subjects[$0]] }
  }
}

/// The profile of the restricted likelihood over the ratio of variances.
private struct InterceptSearch {
  /// Least squares without subjects, and what they leave.
  let start: [Double], rest: [Double]
  let counts: [Double]
  private let gram: Matrix, designSums: [[Double]], restSums: [Double], square: Double
  private let freedom: Double

  init?(_ design: Matrix, _ y: [Double], _ subjects: [Int], _ count: Int) {
    gram = design.gram()
    guard y.count > design.columns, let factor = Cholesky(gram) else { return nil }
    let first = factor.solve(design.transposedTimes(y))
    let left = zip(y, design.times(first)).map { $0 - $1 }
    // Once more, as the first solution is only as good as the normal equations.
    let second = factor.solve(design.transposedTimes(left))
    start = zip(first, second).map { $0 + $1 }
    let rest = zip(left, design.times(second)).map { $0 - $1 }
    self.rest = rest
    square = rest.reduce(0) { $0 + $1 * $1 }
    freedom = Double(y.count - design.columns)
    var counts = [Double](repeating: 0, count: count), sums = counts
    var designSums = [[Double]](repeating: [Double](repeating: 0, count: design.columns), count: count)
    for (row, subject) in subjects.enumerated() {
      counts[subject] += 1
      sums[subject] += rest[row]
      for column in 0..<design.columns { designSums[subject][column] += design[row, column] }
    }
    (self.counts, self.designSums, restSums) = (counts, designSums, sums)
    guard square > 0 else { return nil }
  }

  /// −2 log restricted likelihood but for a constant, what is added to the coefficients, and the sum of squares, at a ratio.
  func trial(_ ratio: Double) -> (criterion: Double, shift: [Double], squares: Double)? {
    var matrix = gram, right = [Double](repeating: 0, count: gram.columns), squares = square, logarithms = 0.0
    for (subject, count) in counts.enumerated() where count > 0 {
      let weight = ratio / (1 + ratio * count), sums = designSums[subject], rest = restSums[subject]
      logarithms += log(1 + ratio * count)
      squares -= weight * rest * rest
      for j in sums.indices where sums[j] != 0 {
        right[j] -= weight * sums[j] * rest
        for i in sums.indices { matrix[i, j] -= weight * sums[i] * sums[j] }
      }
    }
    guard let factor = Cholesky(matrix) else { return nil }
    let shift = factor.solve(right)
    squares -= zip(shift, right).reduce(0) { $0 + $1.0 * $1.1 }
    guard squares > 0 else { return nil }
    return (logarithms + freedom * log(squares) + factor.logDeterminant, shift, squares)
  }

  private func criterion(_ share: Double) -> Double { trial(share / (1 - share))?.criterion ?? .infinity }

  /// By shares of the subjects in the sum of both variances: a grid, then sections of the golden ratio around its best.
  func bestRatio() -> Double {
    let grid = (0..<40).map { Double($0) / 40 } + [0.99, 0.999, 0.9999]
    let values = grid.map(criterion), best = values.indices.min { values[$0] < values[$1] }!
    var low = grid[max(0, best - 1)], high = best + 1 < grid.count ? grid[best + 1] : 0.99999
    let golden = (5.0.squareRoot() - 1) / 2
    var a = high - golden * (high - low), b = low + golden * (high - low), valueA = criterion(a), valueB = criterion(b)
    while high - low > 1e-10 {
      if valueA <= valueB {
        (high, b, valueB) = (b, a, valueA)
        a = high - golden * (high - low)
        valueA = criterion(a)
      } else {
        (low, a, valueA) = (a, b, valueB)
        b = low + golden * (high - low)
        valueB = criterion(b)
      }
    }
    let share = (low + high) / 2
    return criterion(0) <= criterion(share) ? 0 : share / (1 - share)
  }
}
