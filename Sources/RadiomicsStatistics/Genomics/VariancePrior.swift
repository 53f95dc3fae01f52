import RadiomicsCore
import RadiomicsNumerics

/// Where the residual variances of many genes come from: s² is s₀² F(d, d₀), estimated by moments of log s². As limma 3.54's `fitFDist`.
/// Smyth 2004, doi:10.2202/1544-6115.1027.
package struct VariancePrior: Sendable, Hashable {
  /// Degrees of freedom d₀; infinite where variances differ no more than chance makes them.
  package let df: Double
  /// s₀².
  package let variance: Double

  /// - `variances`: Residual variances of genes and their degrees of freedom; those that are 0 or have none do not count.
  /// - Returns: Nil of fewer than two.
  package init?(_ variances: [Double], df: [Double]) {
    var moments = Moments()
    for (variance, d) in zip(variances, df) where variance > 0 && d > 0 {
      moments.add(variance, df: d)
    }
    self.init(moments)
  }

  /// Sums over genes of which the prior is made; those of parts add up.
  package struct Moments: Sendable {
    private var count = 0.0, sum = 0.0, squares = 0.0, curvature = 0.0, variances = 0.0

    package init() {}

    /// One gene: s² and its degrees of freedom.
    package mutating func add(_ variance: Double, df: Double) {
      let logarithm = log(variance)
      add(count: 1, sum: logarithm, squares: logarithm * logarithm, variances: variance, df: df)
    }

    /// Genes of the same degrees of freedom: how many, Σ log s², Σ log² s², Σ s².
    package mutating func add(count: Double, sum: Double, squares: Double, variances: Double, df: Double) {
      let shift = log(df / 2) - digamma(df / 2)
      self.count += count
      self.sum += sum + count * shift
      self.squares += squares + shift * (2 * sum + count * shift)
      curvature += count * trigamma(df / 2)
      self.variances += variances
    }

    /// The same of other genes.
    package static func += (own: inout Moments, other: Moments) {
      own.count += other.count
      own.sum += other.sum
      own.squares += other.squares
      own.curvature += other.curvature
      own.variances += other.variances
    }

    fileprivate var parts: (mean: Double, excess: Double, variance: Double)? {
      guard count > 1 else { return nil }
      let spread = max(0, squares - sum * sum / count) / (count - 1)
      return (sum / count, spread - curvature / count, variances / count)
    }
  }

  /// Nil of fewer than two genes.
  package init?(_ moments: Moments) {
    guard let parts = moments.parts else { return nil }
    if parts.excess > 0 {
      df = 2 * trigammaInverse(parts.excess)
      variance = exp(parts.mean + digamma(df / 2) - log(df / 2))
    } else {
      (df, variance) = (.infinity, parts.variance)
    }
  }

  /// The posterior variance of a gene.
  package func posterior(_ s2: Double, df d: Double) -> Double {
    df.isInfinite ? variance : (df * variance + d * s2) / (df + d)
  }
}
