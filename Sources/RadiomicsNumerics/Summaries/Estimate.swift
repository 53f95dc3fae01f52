import RadiomicsCore

/// The scale on which limits lie symmetrically around an estimate.
package enum LimitScale: String, Sendable, Codable, Hashable, CaseIterable {
  /// The estimate's own; neutral is 0.
  case plain
  /// Logarithm, of ratios above 0; neutral is 1.
  case log
  /// Logarithm of the odds, of shares between 0 and 1; neutral is one half.
  case logit
  /// log(−log S), of shares between 0 and 1 without an event; neutral is 1/e.
  case logLog = "log-log"
  /// Fisher's artanh, of correlations between −1 and 1; neutral is 0.
  case fisher

  /// Where a value lies on the scale, and how steeply the scale runs there; nil where it has no such place.
  func place(of value: Double) -> (place: Double, slope: Double)? {
    let found: (place: Double, slope: Double)
    switch self {
    case .plain: found = (value, 1)
    case .log: found = (RadiomicsCore.log(value), 1 / value)
    case .logit: found = (RadiomicsCore.log(value / (1 - value)), 1 / (value * (1 - value)))
    case .logLog:
      let hazard = -RadiomicsCore.log(value)
      found = (RadiomicsCore.log(hazard), -1 / (value * hazard))
    case .fisher: found = (atanh(value), 1 / (1 - value * value))
    }
    return found.place.isFinite && found.slope.isFinite ? found : nil
  }

  /// The value at a place of the scale.
  func value(at place: Double) -> Double {
    switch self {
    case .plain: place
    case .log: exp(place)
    case .logit: expit(place)
    case .logLog: exp(-exp(place))
    case .fisher: tanh(place)
    }
  }
}

/// What is estimated, its standard error, and on which scale limits are symmetric. Limits, z and the two-sided P come from here
/// alone, so that P is below α exactly where the limits of confidence 1 − α leave the scale's neutral value out.
///
///     Estimate(0.69, error: 0.25).limits()                    // 0.20 to 1.18, symmetric around 0.69
///     Estimate(2, error: 0.5, .log).limits()                  // 1.23 to 3.26: 2 over and times the same factor
///
/// Wald 1943, doi:10.1090/S0002-9947-1943-0012401-3; on another scale than the estimate's own by the delta method.
package struct Estimate: Sendable, Codable, Hashable {
  /// The estimate, in its own unit.
  package let value: Double
  /// Its standard error, in the same unit.
  package let error: Double
  /// On which scale limits are symmetric.
  package let scale: LimitScale
  /// Degrees of freedom of the error, for Student's t; nil where it counts as known, for the normal distribution.
  package let df: Double?

  /// An estimate with its standard error, both in the estimate's own unit.
  package init(_ value: Double, error: Double, _ scale: LimitScale = .plain, df: Double? = nil) {
    (self.value, self.error, self.scale, self.df) = (value, error, scale, df)
  }

  /// Place and standard error on the scale; nil where either is no finite number.
  private var onScale: (place: Double, error: Double)? {
    guard let (place, slope) = scale.place(of: value), (error * slope).isFinite else { return nil }
    return (place, error * abs(slope))
  }

  /// Limits of confidence 1 − `alpha`; both the estimate itself where its error is 0. Nil where value or error is no finite
  /// number, or the scale ends at the value, as that of odds at 0 and 1.
  package func limits(_ alpha: Double = 0.05) -> ClosedRange<Double>? {
    limits(times: Self.factor(alpha, df: df))
  }

  /// By how many errors limits lie off the estimate.
  package static func factor(_ alpha: Double, df: Double? = nil) -> Double {
    df.map { StudentT($0).critical(alpha) } ?? NormalDistribution().critical(alpha)
  }

  /// Limits so many errors off; for many estimates of one confidence.
  package func limits(times factor: Double) -> ClosedRange<Double>? {
    guard let (place, error) = onScale, (factor * error).isFinite else { return nil }
    let ends = [place - factor * error, place + factor * error].map(scale.value)
    return min(ends[0], ends[1])...max(ends[0], ends[1])
  }

  /// Place on the scale over the error there: Wald's z, or t. Nil where there is no error, or the scale ends at the value.
  package var z: Double? {
    guard let (place, error) = onScale, error > 0 else { return nil }
    return place / error
  }

  /// Two-sided P that the value is the scale's neutral one; nil where there is no z.
  package var p: Double? {
    z.map { z in df.map { StudentT($0).outside(z) } ?? NormalDistribution().outside(z) }
  }
}

extension Estimate {
  /// Both limits, within a range that the quantity cannot leave; or why there are none, where the error is 0, not known, or the
  /// scale ends.
  package func limits(
    _ alpha: Double, within range: ClosedRange<Double>? = nil, orUndefined reason: @autoclosure () -> Reason
  ) -> [Cell] {
    guard error > 0, let limits = limits(alpha) else {
      let none = Cell.undefined(reason())
      return [none, none]
    }
    let shown = range.map { limits.clamped(to: $0) } ?? limits
    return [.value(shown.lowerBound), .value(shown.upperBound)]
  }

  /// z, or why there is none.
  package func z(orUndefined reason: @autoclosure () -> Reason) -> Cell { z.map { .value($0) } ?? .undefined(reason()) }
  /// P, or why there is none.
  package func p(orUndefined reason: @autoclosure () -> Reason) -> Cell { p.map { .value($0) } ?? .undefined(reason()) }
}

/// An estimate, or the reason why there is none: a coefficient of a model.
package enum EstimateCell: Sendable, Hashable {
  case known(Estimate)
  case undefined(Reason)

  private func cell(_ number: (Estimate) -> Double?) -> Cell {
    switch self {
    case .known(let estimate): number(estimate).map { .value($0) } ?? .undefined("it has no error")
    case .undefined(let reason): .undefined(reason)
    }
  }

  /// The estimate, if there is one.
  package var estimate: Estimate? { if case .known(let estimate) = self { estimate } else { nil } }
  /// What is estimated.
  package var value: Cell { cell(\.value) }
  /// Its standard error.
  package var error: Cell { cell(\.error) }
  /// Wald's z.
  package var z: Cell { cell(\.z) }
  /// Wald's test, two-sided.
  package var p: Cell { cell(\.p) }
  /// Limits of confidence 1 − `alpha`.
  package func limits(_ alpha: Double) -> (lower: Cell, upper: Cell) {
    let limits = estimate?.limits(alpha)
    return (cell { _ in limits?.lowerBound }, cell { _ in limits?.upperBound })
  }

  /// In units so many times smaller.
  package func times(_ factor: Double) -> EstimateCell {
    guard case .known(let estimate) = self else { return self }
    return .known(Estimate(factor * estimate.value, error: factor * estimate.error))
  }

  /// The factor whose logarithm is estimated; 1 is no effect.
  package var ratio: Cell { cell { exp($0.value) } }
  /// Its limits.
  package func ratioLimits(_ alpha: Double) -> (lower: Cell, upper: Cell) {
    let limits = estimate?.limits(alpha)
    return (cell { _ in (limits?.lowerBound).map(exp) }, cell { _ in (limits?.upperBound).map(exp) })
  }
}

extension EstimateCell {
  /// Coefficients with the standard errors that a covariance of those which are defined gives, in their order.
  package static func coefficients(_ coefficients: [Cell], _ covariance: Matrix) -> [EstimateCell] {
    var place = 0
    return coefficients.map { cell in
      switch cell {
      case .undefined(let reason): return .undefined(reason)
      case .value(let value):
        defer { place += 1 }
        return .known(Estimate(value, error: covariance[place, place].squareRoot()))
      }
    }
  }
}

extension Estimate: Documented {
  package static let name = "estimate"
  package static let summary = "A number with its standard error, and what follows: limits, z and P."
  package static let definition =
    "limits g⁻¹(g(x) ± z₁₋α/₂ se), on the scale g on which the error is nearly normal: as it is, "
    + "logarithm, logit, log(−log) or Fisher's; z = x / se; P = 2 Φ(−|z|)"
  package static let limits =
    "Holds for many rows. Few rows, or values at the edge of what is possible, need profile or exact "
    + "limits where they are given."
  package static let reference = "Wald 1943, doi:10.1090/S0002-9947-1943-0012401-3"
}
