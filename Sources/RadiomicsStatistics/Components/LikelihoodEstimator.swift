import RadiomicsNumerics

/// Variance components by restricted maximum likelihood (REML) or maximum likelihood. Patterson and Thompson 1971,
/// doi:10.1093/biomet/58.3.545. Complete balanced designs are diagonalised once; any other is solved by the mixed model
/// equations. No component is negative.
public struct LikelihoodEstimator: Sendable {
  /// A fit of one column.
  public struct Fit: Sendable {
    /// The variances, and standard errors by the information matrix; none for components that are 0.
    public let components: ComponentEstimate
    /// −2 log likelihood, restricted or not.
    public let criterion: Double
    /// Whether a component is 0.
    public var isSingular: Bool { components.variances.contains(0) }
    /// Whether the search came to rest.
    public let isConverged: Bool
    fileprivate let optimum: LikelihoodSearch.Optimum
  }

  private let design: VarianceDesign
  private let strata: CrossedStrata?
  private let equations: MixedEquations
  private let isRestricted: Bool

  /// - Parameter isRestricted: REML; else maximum likelihood, whose variances are biased low.
  public init(_ design: VarianceDesign, isRestricted: Bool = true) {
    self.init(design, isRestricted: isRestricted, diagonalises: true)
  }

  /// - Parameter diagonalises: Whether balanced designs are treated by themselves; the results are the same.
  package init(_ design: VarianceDesign, isRestricted: Bool = true, diagonalises: Bool) {
    self.design = design
    self.isRestricted = isRestricted
    strata = diagonalises ? CrossedStrata(design) : nil
    equations = MixedEquations(design)
  }

  /// Whether the design is complete and balanced, so that fits cost little.
  public var isBalanced: Bool { strata != nil }

  private func likelihood(_ values: [Double]) -> any VarianceLikelihood {
    guard let strata else { return MixedLikelihood(values, equations, isRestricted: isRestricted) }
    return isRestricted
      ? StrataLikelihood(restricted: values, strata) : StrataLikelihood(values, strata, mean: mean(values))
  }

  /// The fit of a column without missing values that is not constant.
  public func fit(_ values: [Double]) -> Fit {
    let likelihood = likelihood(values), n = likelihood.componentCount
    let start = [Double](repeating: variance(values) / Double(n), count: n)
    let optimum = LikelihoodSearch(likelihood: likelihood).optimum(from: start)
    return Fit(
      components: ComponentEstimate(variances: optimum.variances, covariances: covariances(optimum)),
      criterion: optimum.value,
      isConverged: optimum.isConverged, optimum: optimum)
  }

  /// Twice the inverse of the curvature of −2 log likelihood, over the components that are not 0.
  private func covariances(_ optimum: LikelihoodSearch.Optimum) -> [[Double]]? {
    let n = optimum.variances.count, free = optimum.variances.indices.filter { optimum.variances[$0] > 0 }
    guard let inverse = inverted(free.map { k in free.map { optimum.curvature[k][$0] } }) else { return nil }
    var covariances = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for (i, k) in free.enumerated() { for (j, l) in free.enumerated() { covariances[k][l] = 2 * inverse[i][j] } }
    return covariances
  }

  /// Confidence limits of each variance by its profile: where −2 log likelihood is χ²₁'s quantile above its least. The
  /// upper one is nil where there is none.
  public func profileLimits(_ values: [Double], _ fit: Fit, alpha: Double = 0.05) -> [(lower: Double, upper: Double?)] {
    let search = LikelihoodSearch(likelihood: likelihood(values)), rise = ChiSquared(1).quantile(1 - alpha)
    return fit.components.variances.indices.map { search.profile($0, around: fit.optimum, rise: rise) }
  }

  /// The mean by generalised least squares and its standard error.
  public func intercept(_ values: [Double], _ fit: Fit) -> (value: Double, error: Double) {
    let model = MixedLikelihood(values, equations).predictions(fit.components.variances)
    return (mean(values) + model.shift, model.error)
  }

  /// Best linear unbiased predictions of the effects of a term, by level. Henderson 1975, doi:10.2307/2529430.
  public func predictions(_ values: [Double], _ fit: Fit, term: String) -> [(level: String, effect: Double)] {
    guard let index = design.terms.firstIndex(where: { $0.name == term }) else { return [] }
    let effects = MixedLikelihood(values, equations).predictions(fit.components.variances).effects
    var found = [Double](repeating: 0, count: design.terms[index].levels.count)
    for (row, place) in equations.places[index].enumerated() {
      found[design.terms[index].codes[row]] = effects[Int(place)]
    }
    return Array(zip(design.terms[index].levels, found)).map { (level: $0, effect: $1) }
  }

  /// Confidence limits of the mean by its profile, for complete balanced designs and maximum likelihood.
  package func interceptLimits(_ values: [Double], _ fit: Fit, alpha: Double = 0.05) -> (lower: Double, upper: Double)?
  {
    guard let strata, !isRestricted else { return nil }
    let rise = ChiSquared(1).quantile(1 - alpha), center = mean(values)
    func excess(_ shift: Double) -> Double {
      let likelihood = StrataLikelihood(values, strata, mean: center + shift)
      let start = fit.components.variances.map { $0 > 0 ? $0 : 1e-6 * variance(values) }
      return LikelihoodSearch(likelihood: likelihood).optimum(from: start).value - fit.criterion - rise
    }
    var inside = 0.0, outside = variance(values).squareRoot()
    while excess(outside) < 0 { (inside, outside) = (outside, 2 * outside) }
    for _ in 0..<60 {
      let middle = (inside + outside) / 2
      if excess(middle) < 0 { inside = middle } else { outside = middle }
    }
    return (center - inside, center + inside)
  }
}
