import RadiomicsCore
import RadiomicsNumerics

/// Late fusion: the probabilities that models of several sources (CT, MR, PET, clinical) give one patient become one. Weights are learnt from
/// predictions of rows that were held out, as those of training rows would favour the model that is overfitted most. Wolpert 1992,
/// doi:10.1016/S0893-6080(05)80023-1; Breiman 1996, doi:10.1007/BF00117832.
///
/// For instance with the weights 0.75 and 0.25 the probabilities 0.8 and 0.4 become 0.7; where the second source is missing, 0.8.
package struct Stacking: Sendable, Hashable, Codable {
  /// How sources become one.
  package enum Rule: String, Sendable, Codable, CaseIterable {
    /// Σ wᵢ pᵢ; weights are not negative, by least squares on the outcome, and sum to 1.
    case nonNegative = "non-negative"
    /// logit p = a + Σ bᵢ logit pᵢ by maximum likelihood.
    case logistic
    /// The mean of log odds: the geometric mean of odds.
    case mean
    /// The product of odds over the odds of all patients, as if sources were independent given the outcome: logit p = c + Σ (logit pᵢ − c).
    case product
  }

  package let rule: Rule
  /// One for each source: shares of probabilities, or factors of log odds.
  package let weights: [Double]
  /// a of `logistic`, c of `product`, else 0.
  package let constant: Double

  /// - `predictions`: Probabilities of rows that were held out, one column for each source; nothing missing.
  /// - Throws: `ModelError` for one outcome only, or sources of which none tells of it.
  package init(_ rule: Rule, _ predictions: Matrix, _ events: [Bool]) throws(ModelError) {
    self.rule = rule
    let share = Double(events.count { $0 }) / Double(max(events.count, 1))
    guard share > 0, share < 1 else { throw ModelError.oneOutcome }
    let outcome = events.map { $0 ? 1.0 : 0 }
    switch rule {
    case .nonNegative:
      let found = nonNegativeLeastSquares(predictions, outcome), sum = found.reduce(0, +)
      guard sum > 0 else {
        throw ModelError.at(
          "stacking", "no source has a weight above 0, must be one whose predictions rise with the outcome.")
      }
      (weights, constant) = (found.map { $0 / sum }, 0)
    case .logistic:
      let ones = [Double](repeating: 1, count: events.count)
      let columns = (0..<predictions.columns).map { predictions.column($0).map(Self.logit) }
      let model = try LogisticModel(
        Matrix(columns: [ones] + columns, rows: events.count), outcome,
        names: ["(Intercept)"] + columns.indices.map { "source \($0 + 1)" })
      let values = model.coefficients.map { $0.value ?? 0 }
      (weights, constant) = (Array(values.dropFirst()), values[0])
    case .mean:
      (weights, constant) = ((0..<predictions.columns).map { _ in 1 / Double(predictions.columns) }, 0)
    case .product: (weights, constant) = ((0..<predictions.columns).map { _ in 1 }, log(share / (1 - share)))
    }
  }

  /// The same of some sources, where the weights of the others are 0.
  package func only(_ places: [Int]) -> Stacking {
    Stacking(rule: rule, weights: places.map { weights[$0] }, constant: constant)
  }

  private init(rule: Rule, weights: [Double], constant: Double) {
    (self.rule, self.weights, self.constant) = (rule, weights, constant)
  }

  /// The probability of a patient of whom some sources may be missing: the weights of the others are brought to the sum of all, and of a
  /// product the others' odds count.
  /// - Returns: Nil if no source that counts is there.
  package func combined(_ sources: [Double?]) -> Double? {
    precondition(sources.count == weights.count, "one prediction for each source")
    let known = zip(weights, sources).compactMap { weight, source in source.map { (weight: weight, p: $0) } }
    let all = weights.reduce(0, +), part = known.reduce(0) { $0 + $1.weight }
    guard !known.isEmpty, part > 0 || known.count == weights.count else { return nil }
    let factor = known.count == weights.count ? 1 : all / part
    switch rule {
    case .nonNegative: return known.reduce(0) { $0 + factor * $1.weight * $1.p }
    case .logistic, .mean: return expit(known.reduce(constant) { $0 + factor * $1.weight * Self.logit($1.p) })
    case .product: return expit(known.reduce(constant) { $0 + Self.logit($1.p) - constant })
    }
  }

  /// Of probabilities of 0 and 1 as of ones that differ from them by 10⁻¹².
  private static func logit(_ p: Double) -> Double {
    let inside = max(1e-12, min(1 - 1e-12, p))
    return log(inside / (1 - inside))
  }
}
