import RadiomicsCore
import RadiomicsNumerics

/// −2 log likelihood of variance components, restricted or not, with what a step of scoring needs.
protocol VarianceLikelihood {
  /// Number of components, the residual last.
  var componentCount: Int { get }
  /// −2 log likelihood at `variances` (the residual's above 0), its gradient, and twice the information matrix, which
  /// stands for its second derivatives.
  func evaluate(_ variances: [Double]) -> (value: Double, gradient: [Double], curvature: [[Double]])
}

/// The likelihood of a complete balanced design: Σ df log λ + SS / λ over the strata, λ = Σ coefficient · variance.
struct StrataLikelihood: VarianceLikelihood {
  /// An eigenspace with a column's sum of squares.
  struct Term: Sendable {
    let coefficients: [Double]
    let df: Double
    let square: Double
  }

  let terms: [Term]
  /// What does not depend on the variances.
  let constant: Double

  var componentCount: Int { terms[0].coefficients.count }

  /// Restricted likelihood of a column.
  init(restricted values: [Double], _ strata: CrossedStrata) {
    let n = Double(strata.count)
    terms = zip(strata.strata, strata.squares(values)).map {
      Term(coefficients: $0.coefficients, df: $0.df, square: $1)
    }
    constant = (n - 1) * logTwoPi + log(n)
  }

  /// Likelihood of a column for a given mean: at its own, maximum likelihood.
  init(_ values: [Double], _ strata: CrossedStrata, mean center: Double) {
    let restricted = StrataLikelihood(restricted: values, strata), n = Double(strata.count),
      shift = mean(values) - center
    terms = restricted.terms + [Term(coefficients: strata.meanCoefficients, df: 1, square: n * shift * shift)]
    constant = n * logTwoPi
  }

  func evaluate(_ variances: [Double]) -> (value: Double, gradient: [Double], curvature: [[Double]]) {
    let n = variances.count
    var value = constant, gradient = [Double](repeating: 0, count: n)
    var curvature = [[Double]](repeating: gradient, count: n)
    for term in terms {
      var lambda = 0.0
      for k in 0..<n { lambda += term.coefficients[k] * variances[k] }
      value += term.df * log(lambda) + term.square / lambda
      let slope = (term.df - term.square / lambda) / lambda, weight = term.df / (lambda * lambda)
      for k in 0..<n where term.coefficients[k] != 0 {
        gradient[k] += term.coefficients[k] * slope
        for l in 0...k { curvature[k][l] += term.coefficients[k] * term.coefficients[l] * weight }
      }
    }
    for k in 0..<n { for l in 0..<k { curvature[l][k] = curvature[k][l] } }
    return (value, gradient, curvature)
  }
}

let logTwoPi = 1.8378770664093454835606594728112
