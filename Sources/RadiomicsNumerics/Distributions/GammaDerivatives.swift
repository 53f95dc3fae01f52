import CBoostMath

/// ψ(x), the derivative of log Γ(x).
package func digamma(_ x: Double) -> Double { boostmath_digamma(x) }

/// ψ′(x), the second derivative of log Γ(x).
package func trigamma(_ x: Double) -> Double { boostmath_trigamma(x) }

/// The x above 0 of which ψ′(x) is `y`, above 0. Newton's steps on 1/ψ′, which is convex and nearly straight, so that they come from one
/// side and never overshoot. Smyth 2004, doi:10.2202/1544-6115.1027, appendix.
package func trigammaInverse(_ y: Double) -> Double {
  if y > 1e7 { return 1 / y.squareRoot() }
  if y < 1e-6 { return 1 / y }
  var x = 0.5 + 1 / y
  for _ in 0..<50 {
    let value = trigamma(x), slope = (trigamma(x * (1 + 1e-6)) - trigamma(x * (1 - 1e-6))) / (2e-6 * x)
    let step = value * (1 - value / y) / slope
    x += step
    if -step / x < 1e-9 { break }
  }
  return x
}
