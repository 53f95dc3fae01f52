import RadiomicsCore
import RadiomicsStatistics
import RadiomicsTestSupport
import Testing

/// Variance components as lme4 (REML, ML) and R's analysis of variance have them.
@Suite(.golden(.components)) struct ComponentsReferenceTests {
  static let cases = ReliabilityReferenceTests.cases

  static func terms(_ data: String) -> [String] {
    data == "penicillin_long"
      ? ["plate", "sample"] : ["subject", "subject:session", "scanner", "subject:scanner", "processing"]
  }

  private func table(_ data: String) throws -> (design: VarianceDesign, values: [Double]) {
    let columns = try StatisticalReference.table(data), measured = ["y", "diameter"]
    let factors = columns.filter { !measured.contains($0.name) }.map { Factor(name: $0.name, $0.texts) }
    let values = columns.first { measured.contains($0.name) }!.texts.map { Double($0)! }
    return (try VarianceDesign(factors, terms: Self.terms(data)), values)
  }

  private func expect(
    _ estimate: ComponentEstimate, _ design: VarianceDesign, _ expected: Setting.Value,
    _ reference: StatisticalReference
  ) {
    for (name, variance) in zip(design.names, estimate.variances) {
      reference.expectValue(variance, expected[name] ?? expected[name.lowercased()]!, name)
    }
  }

  @Test(arguments: cases.filter { $0.id.hasPrefix("vc_") }) func likelihood(_ reference: StatisticalReference) throws {
    let (design, values) = try table(reference.data), expected = Setting.Value.map(reference.values)
    let estimator = LikelihoodEstimator(design), fit = estimator.fit(values)
    #expect(fit.isConverged && estimator.isBalanced == !reference.id.hasSuffix("unbalanced"))
    expect(fit.components, design, expected["varcomp"]!, reference)
    #expect(abs(try #require(fit.criterion) - expected["reml_criterion"]!.asNumber!) < 1e-6)
    #expect(fit.isSingular == expected["singular"]!.asFlag!)
    let intercept = estimator.intercept(values, fit)
    reference.expectValue(intercept.value, expected["intercept"]!, "intercept")
    reference.expectValue(intercept.error, expected["intercept_se"]!, "intercept_se")
    guard case .map(let terms) = expected["blup"]! else { return }
    for term in terms {
      for (level, effect) in estimator.predictions(values, fit, term: term.key) {
        reference.expectValue(effect, term.value[level]!, "\(term.key) \(level)")
      }
    }
    let maximum = LikelihoodEstimator(design, isRestricted: false), second = maximum.fit(values)
    expect(second.components, design, expected["ML_varcomp"]!, reference)
    reference.expectValue(-(try #require(second.criterion)) / 2, expected["ML_loglik"]!, "ML_loglik")
    guard reference.id == "vc_penicillin" else { return }
    // lme4 interpolates its profile and is off by up to 7e-5. These are the roots themselves: R's uniroot over the likelihood
    // of the balanced rows by strata, the other parameters found by optim.
    let exact = [
      (0.6335651869, 1.1821033297), (1.0958314752, 3.5563223930), (0.4858455594, 0.6294534265),
    ]
    for (limits, root) in zip(maximum.profileLimits(values, second), exact) {
      expectClose(limits.lower.squareRoot(), root.0, relative: 1e-7)
      expectClose(try #require(limits.upper).squareRoot(), root.1, relative: 1e-7)
    }
    let mean = try #require(maximum.interceptLimits(values, second))
    expectClose(mean.lower, 21.2666082390, relative: 1e-7)
    expectClose(mean.upper, 24.6778362055, relative: 1e-7)
  }

  @Test(arguments: cases.filter { $0.id.hasPrefix("mom_") }) func moments(_ reference: StatisticalReference) throws {
    let (design, values) = try table(reference.data)
    let estimate = try MomentEstimator(design).estimate(values)
    expect(estimate, design, .map(reference.values), reference)
    #expect(estimate.errors.allSatisfy { $0! > 0 })
    let strata = try #require(CrossedStrata(design))
    let squares = zip(strata.squares(values), strata.strata).map { $0 / $1.df }
    let expected = Setting.Value.map(reference.values)["MS"]!
    let all =
      expected.asList?.map { $0.asNumber! }
      ?? ["subject", "scanner", "processing", "subject:session", "subject:scanner", "Residuals"].map {
        expected[$0]!.asNumber!
      }
    #expect(all.count == squares.count)
    for (square, expected) in zip(squares.sorted(), all.sorted()) {
      expectClose(square, expected, relative: reference.relative, "mean square")
    }
  }
}
