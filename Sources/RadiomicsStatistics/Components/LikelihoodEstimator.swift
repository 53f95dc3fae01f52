import RadiomicsCore
import RadiomicsNumerics

/// Variance components by restricted maximum likelihood (REML) or maximum likelihood. Patterson and Thompson 1971,
/// doi:10.1093/biomet/58.3.545. Complete balanced designs are diagonalised once; any other is solved by the mixed model
/// equations. No component is negative. Where readings repeat exactly the residual is 0 and the others are the limit that
/// they tend to as it vanishes: those of the readings that are left when repeats are one.
package struct LikelihoodEstimator: Sendable {
  /// A fit of one column.
  package struct Fit: Sendable {
    /// The variances, and standard errors by the information matrix; none for components that are 0.
    package let components: ComponentEstimate
    /// −2 log likelihood, restricted or not; nil where the residual is 0, as it has no lower bound then.
    package let criterion: Double?
    /// Whether a component is 0.
    package var isSingular: Bool { components.variances.contains(0) }
    /// Whether the search came to rest.
    package let isConverged: Bool
    /// Of the standardised column, the residual above 0.
    fileprivate let optimum: LikelihoodSearch.Optimum
    fileprivate var isGraded: Bool { optimum.variances[optimum.variances.count - 1] < LikelihoodEstimator.grading }
  }

  /// A residual below this share of the variance needs numbers of twice the precision.
  private static let grading = 1e-4

  private let design: VarianceDesign
  private let strata: CrossedStrata?
  private let equations: MixedEquations
  private let isRestricted: Bool

  /// - `isRestricted`: REML; else maximum likelihood, whose variances are biased low.
  package init(_ design: VarianceDesign, isRestricted: Bool = true) {
    self.init(design, isRestricted: isRestricted, diagonalises: true)
  }

  /// - `diagonalises`: Whether balanced designs are treated by themselves; the results are the same.
  package init(_ design: VarianceDesign, isRestricted: Bool = true, diagonalises: Bool) {
    self.design = design
    self.isRestricted = isRestricted
    strata = diagonalises ? CrossedStrata(design) : nil
    equations = MixedEquations(design)
  }

  /// Whether the design is complete and balanced, so that fits cost little.
  package var isBalanced: Bool { strata != nil }

  private func search(_ column: StandardisedColumn, isGraded: Bool) -> LikelihoodSearch {
    let likelihood: any VarianceLikelihood
    switch (strata, isGraded) {
    case (let strata?, _):
      likelihood =
        isRestricted
        ? StrataLikelihood(restricted: column.values, strata) : StrataLikelihood(column.values, strata, mean: 0)
    case (nil, false): likelihood = MixedLikelihood<Double>(column.values, equations, isRestricted: isRestricted)
    case (nil, true): likelihood = MixedLikelihood<DoubleDouble>(column.values, equations, isRestricted: isRestricted)
    }
    let isExact = strata != nil || isGraded
    return LikelihoodSearch(likelihood: likelihood, smallest: isExact ? column.negligible : Self.grading / 10)
  }

  /// The fit of a column without missing values that is not constant.
  package func fit(_ values: [Double]) -> Fit {
    let column = StandardisedColumn(values), n = design.terms.count + 1
    let start = [Double](repeating: 1 / Double(n), count: n)
    var optimum = search(column, isGraded: false).optimum(from: start)
    if strata == nil, !optimum.isConverged || optimum.variances[n - 1] < Self.grading {
      optimum = search(column, isGraded: true).optimum(from: start)
    }
    let square = column.scale * column.scale, isExact = optimum.variances[n - 1] <= column.negligible
    let variances = optimum.variances.map { isExact && $0 <= 10 * column.negligible ? 0 : $0 * square }
    let shift = Double(isRestricted ? values.count - 1 : values.count) * 2 * log(column.scale)
    return Fit(
      components: ComponentEstimate(variances: variances, covariances: covariances(optimum, variances)),
      criterion: isExact ? nil : optimum.value + shift, isConverged: optimum.isConverged, optimum: optimum)
  }

  /// Twice the inverse of the curvature of −2 log likelihood, over the components that are not 0.
  private func covariances(_ optimum: LikelihoodSearch.Optimum, _ variances: [Double]) -> [[Double]]? {
    let n = variances.count, free = variances.indices.filter { variances[$0] > 0 }, x = optimum.variances
    // In units of each component, so that small ones are no lack of information.
    let relative = free.map { k in free.map { optimum.curvature[k][$0] * x[k] * x[$0] } }
    guard let inverse = inverted(relative) else { return nil }
    var covariances = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for (i, k) in free.enumerated() {
      for (j, l) in free.enumerated() { covariances[k][l] = 2 * inverse[i][j] * variances[k] * variances[l] }
    }
    return covariances
  }

  /// Confidence limits of each variance by its profile: where −2 log likelihood is χ²₁'s quantile above its least. The
  /// upper one is nil where there is none; a residual of 0 has limits of 0.
  package func profileLimits(_ values: [Double], _ fit: Fit, alpha: Double = 0.05) -> [(lower: Double, upper: Double?)]
  {
    let column = StandardisedColumn(values), square = column.scale * column.scale
    let search = search(column, isGraded: fit.isGraded), rise = ChiSquared(1).quantile(1 - alpha)
    return fit.components.variances.indices.map { k in
      guard k < design.terms.count || fit.components.variances[k] > 0 else { return (0, 0) }
      let limits = search.profile(k, around: fit.optimum, rise: rise)
      return (limits.lower * square, limits.upper.map { $0 <= 1e3 * column.negligible ? 0 : $0 * square })
    }
  }

  /// The mean by generalised least squares and its standard error.
  package func intercept(_ values: [Double], _ fit: Fit) -> (value: Double, error: Double) {
    let column = StandardisedColumn(values), model = predictions(column, fit)
    return (column.center + column.scale * model.shift, column.scale * model.error)
  }

  private func predictions(
    _ column: StandardisedColumn, _ fit: Fit
  ) -> (effects: [Double], shift: Double, error: Double) {
    fit.isGraded
      ? MixedLikelihood<DoubleDouble>(column.values, equations).predictions(fit.optimum.variances)
      : MixedLikelihood<Double>(column.values, equations).predictions(fit.optimum.variances)
  }

  /// Best linear unbiased predictions of the effects of a term, by level. Henderson 1975, doi:10.2307/2529430.
  package func predictions(_ values: [Double], _ fit: Fit, term: String) -> [(level: String, effect: Double)] {
    guard let index = design.terms.firstIndex(where: { $0.name == term }) else { return [] }
    let column = StandardisedColumn(values), effects = predictions(column, fit).effects
    var found = [Double](repeating: 0, count: design.terms[index].levels.count)
    for (row, place) in equations.places[index].enumerated() {
      found[design.terms[index].codes[row]] = effects[Int(place)] * column.scale
    }
    return Array(zip(design.terms[index].levels, found)).map { (level: $0, effect: $1) }
  }

  /// Confidence limits of the mean by its profile, for complete balanced designs and maximum likelihood.
  package func interceptLimits(_ values: [Double], _ fit: Fit, alpha: Double = 0.05) -> (lower: Double, upper: Double)?
  {
    guard let strata, !isRestricted, fit.criterion != nil else { return nil }
    let rise = ChiSquared(1).quantile(1 - alpha), column = StandardisedColumn(values)
    func excess(_ shift: Double) -> Double {
      let likelihood = StrataLikelihood(column.values, strata, mean: shift)
      let start = fit.optimum.variances.map { $0 > 0 ? $0 : 1e-6 }
      return LikelihoodSearch(likelihood: likelihood, smallest: column.negligible).optimum(from: start).value
        - fit.optimum.value - rise
    }
    var inside = 0.0, outside = 1.0
    while excess(outside) < 0 { (inside, outside) = (outside, 2 * outside) }
    for _ in 0..<60 {
      let middle = (inside + outside) / 2
      if excess(middle) < 0 { inside = middle } else { outside = middle }
    }
    return (column.center - inside * column.scale, column.center + inside * column.scale)
  }
}

extension LikelihoodEstimator: Documented {
  package static let name = "reml"
  package static let summary = "Variance components of crossed or nested conditions by restricted maximum likelihood."
  package static let definition =
    "maximises log L(σ² | error contrasts) of y = μ + Σ u(term) + e; no component is negative"
  package static let limits = "Few levels of a condition give wide limits; a component at 0 has a one-sided one."
  package static let reference = "Patterson and Thompson 1971, doi:10.1093/biomet/58.3.545"
}
