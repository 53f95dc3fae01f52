import RadiomicsCore
import RadiomicsNumerics

/// The probability that of two patients the one with the larger linear predictor has the event first, as a Cox model itself
/// implies it: it depends on no censoring, but on the model being right. Gönen and Heller 2005, doi:10.1093/biomet/92.4.965.
/// The sum over pairs does not come apart into sums over rows: O(n²).
package struct GonenHeller: Sendable {
  /// What pairs with equal predictors count.
  package enum Ties: String, Sendable, CaseIterable {
    /// Nothing, as in the article and survAUC.
    case nothing
    /// One half, as ties do in other concordances.
    case half
    /// Such pairs are left out.
    case leftOut = "left-out"
  }

  /// K: 0.5 for predictors that are almost equal, 1 for such that are far apart.
  package let estimate: Cell
  private let predictors: [Double]

  /// - `predictors`: Linear predictors of a Cox model, on the scale of the logarithm of the hazard.
  /// - Throws: `ModelError` for fewer than two rows, or a predictor that is no number.
  package init(_ predictors: [Double], ties: Ties = .nothing) throws(ModelError) {
    guard predictors.count > 1 else {
      throw ModelError.at("predictors", "there are \(predictors.count), must be two or more.")
    }
    if let bad = predictors.first(where: { !$0.isFinite }) {
      throw ModelError.at("predictors", "one is \(numberText(bad)), must be a number.")
    }
    let sorted = predictors.sorted(), n = Double(sorted.count)
    var rows: [Double] = [], tied = 0.0
    for (index, value) in sorted.enumerated() {
      var sum = 0.0
      for other in sorted[(index + 1)...] {
        if other > value { sum += expit(other - value) } else { tied += 1 }
      }
      rows.append(sum)
    }
    let pairs = n * (n - 1) / 2, sum = pairwiseSum(rows)
    self.predictors = predictors
    switch ties {
    case .nothing: estimate = .value(sum / pairs)
    case .half: estimate = .value((sum + tied / 2) / pairs)
    case .leftOut: estimate = tied < pairs ? .value(sum / (pairs - tied)) : .undefined("all predictors are equal")
    }
  }

  /// The estimate in which the step at equal predictors is smooth (normal, bandwidth σ / (2 ∛n)), and its asymptotic standard
  /// error: of the pairs that were drawn, and of the coefficients.
  /// - `design`: The columns of the model, rows by columns.
  /// - `covariance`: Of the coefficients.
  package func smoothed(design: Matrix, covariance: Matrix) -> (estimate: Cell, error: Cell) {
    precondition(design.rows == predictors.count, "a row for each predictor")
    precondition(covariance.rows == design.columns, "a covariance of the columns' coefficients")
    let n = Double(predictors.count), bandwidth = variance(predictors).squareRoot() / (2 * cbrt(n))
    guard bandwidth > 0 else {
      return (.undefined("all predictors are equal"), .undefined("all predictors are equal"))
    }
    let normal = 1 / (2 * Double.pi).squareRoot()
    var sums = [Double](repeating: 0, count: predictors.count), slopes = sums
    for (row, value) in predictors.enumerated() {
      for other in (row + 1)..<predictors.count {
        let distance = predictors[other] - value, z = distance / bandwidth
        let below = erfc(z / 2.0.squareRoot()) / 2, first = expit(-distance), density = normal * exp(-z * z / 2)
        let pair = (below * first + (1 - below) * (1 - first)) / (n - 1)
        let slope = (1 - 2 * first) * density / bandwidth + (1 - 2 * below) * first * (1 - first)
        sums[row] += pair
        sums[other] += pair
        slopes[row] += slope
        slopes[other] -= slope
      }
    }
    let estimate = mean(sums), spread = pairwiseSum(sums) { ($0 - estimate) * ($0 - estimate) }
    // A pair's slope in β is that in the distance times the difference of the columns, so each row counts twice.
    let gradient = (0..<design.columns).map { column in
      -2 * pairwiseSum(predictors.count) { slopes[$0] * design[$0, column] } / (n * (n - 1))
    }
    var ofCoefficients = 0.0
    for (i, a) in gradient.enumerated() {
      for (j, b) in gradient.enumerated() { ofCoefficients += a * b * covariance[i, j] }
    }
    return (.value(estimate), .value((4 * spread / (n * n) + max(0, ofCoefficients)).squareRoot()))
  }
}

extension GonenHeller: Documented {
  package static let name = "gonen-heller"
  package static let summary = "The concordance that a Cox model itself implies, which depends on no censoring."
  package static let definition = "K = mean over pairs of 1 / (1 + exp(−|ηᵢ − ηⱼ|))"
  package static let limits =
    "Holds only where the model is right: proportional hazards, and predictors on the scale of the log hazard."
  package static let reference = "Gönen and Heller 2005, doi:10.1093/biomet/92.4.965"
}
