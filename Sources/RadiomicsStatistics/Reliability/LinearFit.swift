import RadiomicsNumerics

/// A straight line by least squares.
struct LinearFit {
  let slope: Double, intercept: Double
  let slopeError: Double, interceptError: Double
  /// Share of the variance of y that the line explains.
  let explained: Double
  let df: Double

  /// Nil for fewer than three points or if all x are equal.
  init?(_ x: [Double], _ y: [Double]) {
    guard x.count > 2 else { return nil }
    let n = Double(x.count), spread = variance(x) * (n - 1)
    guard spread > 0 else { return nil }
    let slope = covariance(x, y) * (n - 1) / spread, intercept = mean(y) - slope * mean(x)
    let rest = pairwiseSum(x.count) { index in
      let residual = y[index] - intercept - slope * x[index]
      return residual * residual
    }
    let total = variance(y) * (n - 1), square = rest / (n - 2)
    self.slope = slope
    self.intercept = intercept
    slopeError = (square / spread).squareRoot()
    interceptError = (square * (1 / n + mean(x) * mean(x) / spread)).squareRoot()
    explained = total > 0 ? 1 - rest / total : 1
    df = n - 2
  }

  /// The two-sided p value of the slope differing from `value`; 0 for a perfect line that does.
  func slopeP(from value: Double) -> Double {
    if slope == value { return 1 }
    return slopeError > 0 ? StudentT(df).outside((slope - value) / slopeError) : 0
  }
}
