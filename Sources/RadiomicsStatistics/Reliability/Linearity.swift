import RadiomicsCore
import RadiomicsNumerics

/// How readings follow a known truth: straight line and bias. Raunig et al. 2015, doi:10.1177/0962280214537344.
package struct Linearity: Sendable {
  /// Number of readings.
  package let count: Int
  /// Slope and intercept of reading on truth.
  package let slope: Estimate, intercept: Estimate
  /// Share of the variance that the line explains.
  package let explained: Double
  /// Mean of reading − truth.
  package let bias: Estimate
  /// Mean of 100 (reading − truth) / truth; nil where a truth is 0.
  package let percentBias: Double?
  /// p value of a quadratic term: whether the relation is curved; nil with fewer than four readings or two truths.
  package let curvatureP: Double?

  /// Readings and the truth of each, at least three and two different truths; else nil.
  package init?(_ readings: [Double], truth: [Double]) {
    guard let line = LinearFit(truth, readings) else { return nil }
    let errors = zip(readings, truth).map { $0 - $1 }, n = Double(errors.count)
    count = errors.count
    slope = Estimate(line.slope, error: line.slopeError, df: line.df)
    intercept = Estimate(line.intercept, error: line.interceptError, df: line.df)
    explained = line.explained
    bias = Estimate(mean(errors), error: (variance(errors) / n).squareRoot(), df: n - 1)
    percentBias = truth.contains(0) ? nil : mean(zip(errors, truth).map { 100 * $0 / $1 })
    curvatureP = Self.curvature(readings, truth)
  }

  /// The quadratic term is what is left of x² beyond a line; its slope on what is left of y has one degree of freedom
  /// less than two straight lines allow for.
  private static func curvature(_ y: [Double], _ x: [Double]) -> Double? {
    let center = mean(x), squares = x.map { ($0 - center) * ($0 - center) }
    guard y.count > 3, let bend = LinearFit(x, squares), let line = LinearFit(x, y) else { return nil }
    let rest = zip(x, squares).map { $1 - bend.intercept - bend.slope * $0 }
    let residuals = zip(x, y).map { $1 - line.intercept - line.slope * $0 }
    let spread = rest.reduce(0) { $0 + $1 * $1 }
    guard spread > 1e-12 * squares.reduce(0, { $0 + $1 * $1 }) else { return nil }
    let term = dot(rest, residuals) / spread, df = Double(y.count - 3)
    let left = zip(rest, residuals).reduce(0) { $0 + ($1.1 - term * $1.0) * ($1.1 - term * $1.0) }
    return left > 0 ? StudentT(df).outside(term / (left / df / spread).squareRoot()) : term == 0 ? 1 : 0
  }
}

extension Linearity: Documented {
  package static let name = "linearity"
  package static let summary = "How readings follow a known truth: straight line and bias."
  package static let definition = "reading = a + b truth + error; bias = mean of reading − truth"
  package static let limits = "Needs a truth that is known without error, over the range that is claimed."
  package static let reference = "Raunig et al. 2015, doi:10.1177/0962280214537344"
}
