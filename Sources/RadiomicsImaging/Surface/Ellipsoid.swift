import RadiomicsCore

/// An ellipsoid by its semi-axes, largest first, mm.
package struct Ellipsoid: Sendable {
  /// a ≥ b ≥ c.
  package let semiAxes: SIMD3<Double>

  /// An ellipsoid with semi-axes a ≥ b ≥ c ≥ 0.
  package init(semiAxes: SIMD3<Double>) { self.semiAxes = semiAxes }

  /// Its volume, mm³.
  package var volume: Double { 4 / 3 * Double.pi * semiAxes.x * semiAxes.y * semiAxes.z }

  /// Its surface area (mm²) by the series of IBSI 1 (code RDD2) to degree ν = 20:
  /// 4πab Σ (αβ)^ν P_ν((α² + β²) / 2αβ) / (1 − 4ν²), α² = 1 − b²/a², β² = 1 − c²/a². The reference values of IBSI are
  /// made with these α and β, although the series gives the surface integral with 1 − c²/a² and 1 − c²/b² (G. J. Tee,
  /// "Surface area of ellipsoid segment", 2005); the two are equal for a sphere and differ by 1 to 4 % in the phantoms.
  /// For a flat ellipsoid (c = 0) it gives from 1.02 (b ≪ a) to 1.57 (b = a) times the area 2πab; for a line, 0.
  /// The recurrence of the Legendre polynomials is run on (αβ)^ν P_ν, so that αβ = 0 is no exception.
  package var area: Double {
    let (a, b, c) = (semiAxes.x, semiAxes.y, semiAxes.z)
    guard a > 0 else { return 0 }
    let alpha2 = 1 - b * b / (a * a), beta2 = 1 - c * c / (a * a)
    var previous = 0.0, term = 1.0, sum = 0.0
    for degree in 0...20 {
      let n = Double(degree)
      sum += term / (1 - 4 * n * n)
      let next = ((2 * n + 1) * (alpha2 + beta2) / 2 * term - n * alpha2 * beta2 * previous) / (n + 1)
      previous = term
      term = next
    }
    return 4 * Double.pi * a * b * sum
  }
}
