import RadiomicsCore
import RadiomicsNumerics

/// How linear predictors (log odds) of a binary outcome are distributed among patients, assumed before there is any.
package enum LinearPredictors: Sendable, Hashable {
  /// Normal.
  case normal(mean: Double, sd: Double)
  /// The probabilities have a beta distribution of these shapes.
  case beta(Double, Double)
  /// Normal with one variance in those with and those without the event, so that a C statistic and a prevalence follow: the variance
  /// is 2 Φ⁻¹(C)², the means differ by it, and the predictions are calibrated. Austin and Steyerberg 2012, doi:10.1186/1471-2288-12-82.
  case concordance(Double, prevalence: Double)

  /// The expectation of a function, by the trapezoidal rule in 20,000 steps: exact but for rounding where the function is smooth, to a
  /// step of the distribution where it jumps.
  package func mean(_ function: (Double) -> Double) -> Double {
    let range: ClosedRange<Double>
    let density: (Double) -> Double
    switch self {
    case .normal(let mean, let sd):
      range = mean - 12 * sd...mean + 12 * sd
      density = { Self.normal($0, mean, sd) }
    case .beta(let a, let b):
      // In log odds the density is pᵃ (1 − p)ᵇ / B(a, b).
      let scale = lgamma(a + b) - lgamma(a) - lgamma(b)
      let center = log(a / b), reach = 12 * (1 / a + 1 / b).squareRoot()
      range = center - reach - 40 / a...center + reach + 40 / b
      func above(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
      density = { exp(scale - a * above(-$0) - b * above($0)) }
    case .concordance(let c, let prevalence):
      let quantile = NormalDistribution().quantile(c), variance = 2 * quantile * quantile, sd = variance.squareRoot()
      guard sd > 0 else { return function(log(prevalence / (1 - prevalence))) }
      let mean = log(prevalence / (1 - prevalence)) - variance / 2
      range = mean - 12 * sd...mean + variance + 12 * sd
      density = {
        (1 - prevalence) * Self.normal($0, mean, sd) + prevalence * Self.normal($0, mean + variance, sd)
      }
    }
    let steps = 20_000, step = (range.upperBound - range.lowerBound) / Double(steps)
    return step
      * (0...steps).reduce(0.0) { sum, k in
        let place = range.lowerBound + Double(k) * step
        return sum + density(place) * function(place)
      }
  }

  private static func normal(_ x: Double, _ mean: Double, _ sd: Double) -> Double {
    let z = (x - mean) / sd
    return exp(-z * z / 2) / (sd * (2 * Double.pi).squareRoot())
  }

  /// Cox and Snell's R² of calibrated predictions with a C statistic: 1 − exp(−2 (H(Y) − H(Y | predictions))), what the likelihood
  /// ratio gains per patient. Riley et al. 2021, doi:10.1002/sim.8806, who simulate it.
  package static func coxSnell(concordance: Double, prevalence: Double) -> Double {
    func entropy(_ p: Double) -> Double { p > 0 && p < 1 ? -p * log(p) - (1 - p) * log1p(-p) : 0 }
    let left = LinearPredictors.concordance(concordance, prevalence: prevalence).mean { entropy(expit($0)) }
    return -expm1(-2 * (entropy(prevalence) - left))
  }
}
