import RadiomicsCore

/// 1 / (1 + e⁻ˣ), the probability of which `x` is the logarithm of the odds; to rounding also where it is below the smallest
/// normal number.
@inlinable
package func expit(_ x: Double) -> Double { x > -700 ? 1 / (1 + exp(-x)) : exp(x) }

/// log(1 + eˣ), minus the logarithm of 1 − `expit(x)`, without overflow.
@inlinable
package func softplus(_ x: Double) -> Double { x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)) }
