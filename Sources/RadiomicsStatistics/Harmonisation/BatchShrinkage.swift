import RadiomicsCore
import RadiomicsNumerics

/// How batch effects of features are drawn towards what is usual in their batch.
package enum BatchShrinkage: Sendable, Hashable {
  /// Not at all: means and variances of the rows.
  case none
  /// By a normal prior of locations and an inverse gamma prior of scales, both by moments over the batch's features. Iterated until no
  /// relative change is above `tolerance`; R's sva stops at 10⁻⁴.
  case parametric(tolerance: Double)
  /// By the other features' effects, weighted by the likelihood of the feature's rows. O(features²) for each batch.
  case nonparametric
}

/// Location and scale of a batch effect in standardised units.
package struct BatchEffect: Sendable, Hashable {
  package var location: Double, scale: Double
  package init(location: Double, scale: Double) { (self.location, self.scale) = (location, scale) }
}

/// The effects of one batch on each feature. Johnson, Li and Rabinovic 2007, doi:10.1093/biostatistics/kxj037, sections 3.2 and appendix.
/// Features of which the batch has a single value have their location corrected alone, as all have where `isMeanOnly`.
package func batchEffects(
  _ samples: [BatchSample], _ shrinkage: BatchShrinkage, isMeanOnly: Bool = false
) -> [BatchEffect] {
  let plain = samples.map { BatchEffect(location: $0.mean, scale: isMeanOnly ? 1 : $0.variance ?? 1) }
  guard samples.count > 1 else { return plain }
  switch shrinkage {
  case .none: return plain
  case .nonparametric: return nonparametricEffects(samples, plain)
  case .parametric(let tolerance):
    let center = mean(plain.map(\.location)), spread = variance(plain.map(\.location))
    let isWhole = samples.map { !isMeanOnly && $0.count > 1 }
    let scales = samples.indices.filter { isWhole[$0] }.map { plain[$0].scale }
    var effects = plain
    for index in samples.indices where !isWhole[index] {
      effects[index].location = (spread * plain[index].location + center) / (spread + 1)
    }
    guard scales.count > 1 else { return effects }
    let prior = ScalePrior(mean: mean(scales), variance: variance(scales))
    iterate(&effects, samples, plain, isWhole, center, spread, prior, tolerance)
    return effects
  }
}

/// An inverse gamma distribution by its mean and variance.
private struct ScalePrior {
  let mean: Double, shape: Double, rate: Double
  init(mean: Double, variance: Double) {
    self.mean = mean
    shape = (2 * variance + mean * mean) / variance
    rate = (mean * variance + mean * mean * mean) / variance
  }

  /// The posterior mean of so many rows with a sum of squares; the prior's where it is a point.
  func posterior(_ count: Double, _ squares: Double) -> Double {
    shape.isFinite && rate.isFinite ? (0.5 * squares + rate) / (count / 2 + shape - 1) : mean
  }
}

private func iterate(
  _ effects: inout [BatchEffect], _ samples: [BatchSample], _ plain: [BatchEffect], _ isWhole: [Bool],
  _ center: Double, _ spread: Double, _ prior: ScalePrior, _ tolerance: Double
) {
  /// Below 10⁻¹⁵ standard deviations a change is rounding. As in sva that of a negative location is negative and does not count: locations
  /// are functions of scales, and come to rest with them.
  func change(_ old: Double, _ new: Double) -> Double { abs(new - old) <= 1e-15 ? 0 : abs(new - old) / old }
  for _ in 0..<1000 {
    var largest = 0.0
    for index in samples.indices where isWhole[index] {
      let sample = samples[index], n = Double(sample.count), old = effects[index]
      let location = (spread * n * plain[index].location + old.scale * center) / (spread * n + old.scale)
      let distance = sample.mean - location
      let scale = prior.posterior(n, sample.squares + n * distance * distance)
      effects[index] = BatchEffect(location: location, scale: scale)
      largest = max(largest, change(old.location, location), change(old.scale, scale))
    }
    if largest <= tolerance { return }
  }
}

/// Means of the other features' effects, weighted by likelihood: with n rows of mean m and sum of squares S it is
/// −n/2 log 2πδ − (S + n(m − γ)²)/2δ, so that rows are not looked at again, and logarithms cannot underflow however many rows there are.
private func nonparametricEffects(_ samples: [BatchSample], _ plain: [BatchEffect]) -> [BatchEffect] {
  let count = samples.count, locations = plain.map(\.location), scales = plain.map(\.scale)
  let precisions = scales.map { 1 / (2 * $0) }, halfLogarithms = scales.map { log($0) / 2 }
  return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { logarithms in
    samples.indices.map { own in
      let sample = samples[own], n = Double(sample.count)
      var largest = -Double.infinity
      for other in 0..<count {
        let distance = sample.mean - locations[other]
        let value =
          -n * halfLogarithms[other] - (sample.squares + n * distance * distance) * precisions[other]
        logarithms[other] = value
        if other != own, value > largest { largest = value }
      }
      var weight = 0.0, location = 0.0, scale = 0.0
      for other in 0..<count where other != own {
        let exponent = logarithms[other] - largest
        // e^−700 of the largest is no digit of the sum.
        guard exponent > -700 else { continue }
        let likelihood = exp(exponent)
        weight += likelihood
        location += likelihood * locations[other]
        scale += likelihood * scales[other]
      }
      return BatchEffect(location: location / weight, scale: sample.count > 1 ? scale / weight : 1)
    }
  }
}
