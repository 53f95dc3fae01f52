/// The variances at which a likelihood is largest, none negative.
struct LikelihoodSearch {
  let likelihood: any VarianceLikelihood
  /// The smallest residual that is looked at, for a column whose variance is 1.
  let smallest: Double
  /// Variances smaller than this, over the residual, are 0.
  private static let vanishing = 1e-9
  /// By how much, relatively, a value may be worse for rounding alone.
  private static let rounding = 1e-12

  /// An optimum.
  struct Optimum {
    var variances: [Double]
    /// −2 log likelihood.
    var value: Double
    var curvature: [[Double]]
    /// Whether steps became small before their number was used up.
    var isConverged: Bool
  }

  /// Fisher or average-information scoring with the variances at 0 that want to be negative left out, and steps halved as
  /// long as they make it worse. The residual stays at `smallest` or above.
  /// - `start`: All positive.
  /// - `fixed`: A component that keeps its starting value.
  func optimum(from start: [Double], fixed: Int? = nil) -> Optimum {
    let n = likelihood.componentCount
    var x = start, current = likelihood.evaluate(x)
    func rested(_ isConverged: Bool) -> Optimum {
      Optimum(variances: x, value: current.value, curvature: current.curvature, isConverged: isConverged)
    }
    for _ in 0..<200 {
      let free = (0..<n).filter {
        $0 != fixed && (x[$0] > ($0 == n - 1 ? smallest : 0) || current.gradient[$0] < 0)
      }
      guard !free.isEmpty, let step = newtonStep(current.gradient, current.curvature, free) else {
        return rested(free.isEmpty)
      }
      var length = 1.0, isBetter = false
      while length > 1e-10 {
        let next = moved(x, free, step, length), trial = likelihood.evaluate(next)
        if trial.value <= current.value + Self.rounding * max(1, abs(current.value)) {
          let change = zip(next, x).reduce(0) {
            max($0, abs($1.0 - $1.1) / max($1.0, $1.1, Self.vanishing * next[n - 1]))
          }
          (x, current) = (next, trial)
          if change < 1e-11 { return rested(true) }
          isBetter = true
          break
        }
        length /= 2
      }
      // Where a step promises less than rounding takes away there is nothing left to find.
      guard isBetter else { return rested(-zip(free, step).reduce(0) { $0 + current.gradient[$1.0] * $1.1 } < 1e-6) }
    }
    return rested(false)
  }

  private func moved(_ x: [Double], _ free: [Int], _ step: [Double], _ length: Double) -> [Double] {
    let residual = x.count - 1
    var next = x
    for (k, change) in zip(free, step) {
      next[k] = max(k == residual ? max(smallest, x[k] * 0.01) : 0, x[k] + length * change)
    }
    for k in free where k != residual && next[k] < Self.vanishing * next[residual] { next[k] = 0 }
    return next
  }

  /// −H⁻¹ g over the free components, H damped until it is positive definite.
  private func newtonStep(_ gradient: [Double], _ curvature: [[Double]], _ free: [Int]) -> [Double]? {
    var damping = 0.0
    for _ in 0..<40 {
      let matrix = free.map { k in free.map { l in curvature[k][l] * (k == l ? 1 + damping : 1) } }
      if let step = solvedSymmetric(matrix, free.map { -gradient[$0] }) { return step }
      damping = damping == 0 ? 1e-8 : damping * 10
    }
    return nil
  }

  /// The values of component `k` at which −2 log likelihood, the others at their best, is `rise` above its least: limits
  /// of confidence by the profile. The lower one is 0 where 0 is not that bad, the upper one nil if there is none.
  func profile(_ k: Int, around best: Optimum, rise: Double) -> (lower: Double, upper: Double?) {
    let scale = best.variances.reduce(0, +), isResidual = k == likelihood.componentCount - 1
    var warm = best.variances
    func excess(_ value: Double) -> Double {
      var start = warm
      for l in start.indices where start[l] <= 0 { start[l] = 1e-6 * scale }
      start[k] = value
      let optimum = optimum(from: start, fixed: k)
      warm = optimum.variances
      return optimum.value - best.value - rise
    }
    let center = best.variances[k]
    var lower = 0.0
    if center > 0, isResidual || excess(0) > 0 {
      warm = best.variances
      lower = root(excess, inside: center, outside: isResidual ? center * 1e-6 : 0)
    }
    warm = best.variances
    var outside = max(2 * center, 0.01 * best.variances[best.variances.count - 1]), inside = center
    while excess(outside) < 0 {
      inside = outside
      outside *= 2
      if outside > 1e9 * scale { return (lower, nil) }
    }
    return (lower, root(excess, inside: inside, outside: outside))
  }

  /// Where a function changes from below 0 (inside) to above, by regula falsi (Illinois).
  private func root(_ function: (Double) -> Double, inside: Double, outside: Double) -> Double {
    var a = inside, b = outside, fa = function(a), fb = function(b)
    for _ in 0..<100 where abs(b - a) > 1e-8 * max(abs(a), abs(b)) {
      let c = fb == fa ? (a + b) / 2 : b - fb * (b - a) / (fb - fa), fc = function(c)
      if fc == 0 { return c }
      if (fc < 0) == (fb < 0) { fa /= 2 } else { (a, fa) = (b, fb) }
      (b, fb) = (c, fc)
    }
    return b
  }
}

/// x of A x = b for a small symmetric positive definite A by Cholesky; nil if A is not.
func solvedSymmetric(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
  let n = right.count
  var l = matrix, x = right
  for i in 0..<n {
    for j in 0...i {
      var sum = l[i][j]
      for k in 0..<j { sum -= l[i][k] * l[j][k] }
      if i == j {
        guard sum > 1e-14 * abs(matrix[i][i]) else { return nil }
        l[i][i] = sum.squareRoot()
      } else {
        l[i][j] = sum / l[j][j]
      }
    }
    for k in 0..<i { x[i] -= l[i][k] * x[k] }
    x[i] /= l[i][i]
  }
  for i in (0..<n).reversed() {
    for k in i + 1..<n { x[i] -= l[k][i] * x[k] }
    x[i] /= l[i][i]
  }
  return x
}
