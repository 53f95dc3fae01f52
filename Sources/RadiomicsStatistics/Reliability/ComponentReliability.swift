import RadiomicsCore
import RadiomicsNumerics

/// Coefficients made of variance components.
extension ReliabilityAnalysis {
  struct Components {
    var groups: [StatisticGroup] = []
    var icc: [Statistic] = []
    var between = Cell.undefined("there is no component 'subject'")
    var dominant: String?
    /// RC and its limits, in the unit of the column.
    var repeatability: (value: Double, lower: Cell, upper: Cell)?
    /// Why there is no RC, where conditions are left out of the model.
    var repeatabilityReason: Reason?
    /// Whether readings of one session are more alike, so that RC is a matter of components.
    var hasSessions = false
  }

  func componentsOf(_ values: [Double], _ model: Model?, _ unit: String) -> Components {
    func none(_ reason: Reason) -> Components {
      var none = Components()
      none.icc = ["icc", "icc_lower", "icc_upper"].map { Statistic($0, .undefined(reason)) }
      none.between = .undefined(reason)
      none.groups = [.init("varcomp", reason)]
      return none
    }
    guard let model else { return none("no model: each subject has one reading") }
    let moments: MomentEstimator
    switch model.moments {
    case .success(let estimator): moments = estimator
    case .failure(let error): return none(Reason(error.description))
    }
    var result = Components()
    guard let likelihood = model.likelihood else {
      let estimate = moments.estimate(values)
      result.groups = groups(estimate, model.names, unit)
      derive(estimate, model.names, unit, into: &result)
      return result
    }
    let fit = likelihood.fit(values)
    result.groups = groups(fit.components, model.names, unit)
    if !fit.isConverged {
      result.groups.append(.init("reml", "the search for the likelihood's maximum did not come to rest"))
    }
    result.groups.append(limits(values, fit, likelihood, model.names, unit))
    let intercept = likelihood.intercept(values, fit)
    result.groups.append(
      .init(
        "model",
        [
          Statistic(
            "reml_criterion",
            fit.criterion.map { .value($0) } ?? .undefined("readings repeat exactly: the likelihood has no bound")),
          Statistic("singular", fit.isSingular ? 1 : 0),
          Statistic("intercept", intercept.value, unit: unit), Statistic("intercept_se", intercept.error, unit: unit),
        ]))
    derive(fit.components, model.names, unit, into: &result)
    return result
  }

  private func groups(_ estimate: ComponentEstimate, _ names: [String], _ unit: String) -> [StatisticGroup] {
    let square = unit == "1" ? "1" : "(\(unit))2", errors = estimate.errors
    let noError: Reason =
      method == .reml ? "the component is 0" : "the estimate of its square is negative"
    let noShare: Reason = "all components are 0"
    return [
      .init("varcomp", zip(names, estimate.variances).map { Statistic($0, $1, unit: square) }),
      .init(
        "varcomp_se",
        zip(names, errors).map { Statistic($0, $1.map { .value($0) } ?? .undefined(noError), unit: square) }),
      .init(
        "share",
        names.indices.map { k in
          Statistic(names[k], estimate.shares.map { .value($0[k]) } ?? .undefined(noShare), "of the variance")
        }),
    ]
  }

  private func limits(
    _ values: [Double], _ fit: LikelihoodEstimator.Fit, _ likelihood: LikelihoodEstimator, _ names: [String],
    _ unit: String
  ) -> StatisticGroup {
    let square = unit == "1" ? "1" : "(\(unit))2"
    if profiles ?? likelihood.isBalanced {
      let limits = likelihood.profileLimits(values, fit, alpha: alpha)
      let open: Reason = "the likelihood does not fall far enough: there is no upper limit"
      return .init(
        "varcomp_profile",
        zip(names, limits).map {
          Statistic($0, [.value($1.lower), $1.upper.map { .value($0) } ?? .undefined(open)], unit: square)
        })
    }
    return .init(
      "varcomp_wald",
      names.indices.map { k in
        let estimate = Estimate(fit.components.variances[k], error: fit.components.errors[k] ?? .nan, .log)
        return Statistic(names[k], estimate.limits(alpha, orUndefined: "the component is 0"), unit: square)
      })
  }

  /// RC, RDC and coefficients of correlation. RC: another session under the same conditions. RDC of a factor: another of its
  /// levels too. Raunig et al. 2015, doi:10.1177/0962280214537344.
  private func derive(_ estimate: ComponentEstimate, _ names: [String], _ unit: String, into result: inout Components) {
    let parts = names.map { Set($0.split(separator: ":").map(String.init)) }, residual = names.count - 1
    func within(_ allowed: Set<String>, containing needed: String) -> [Int] {
      (0..<residual).filter { parts[$0].isSubset(of: allowed) && parts[$0].contains(needed) }
    }
    result.hasSessions = names.contains("subject:session") || conditions.roles.count > 1
    let repeated = [residual] + within(["subject", "session"], containing: "session")
    var statistics: [Statistic] = []
    func coefficient(_ name: String, _ which: [Int], _ meaning: String) -> (Double, Cell, Cell)? {
      let (sum, spread) = estimate.sum(which)
      guard sum >= 0 else {
        statistics.append(Statistic(name, .undefined("the variance is estimated as \(numberText(sum))"), unit: unit))
        return nil
      }
      let value = Repeatability.factor * sum.squareRoot()
      let limits = satterthwaiteLimits(sum, spread)
      statistics += [
        Statistic(name, value, unit: unit, meaning), Statistic("\(name)_lower", limits.0, unit: unit),
        Statistic("\(name)_upper", limits.1, unit: unit),
      ]
      return (value, limits.0, limits.1)
    }
    let missing = conditions.roles.map(\.role.rawValue).filter { name in
      name != "session" && !parts.contains { $0.contains(name) }
    }
    if let name = missing.first {
      let reason: Reason = "\(name) is not in the model, so that the residual contains it"
      statistics.append(Statistic("RC", .undefined(reason), unit: unit))
      result.repeatabilityReason = reason
    }
    if repeats.contains(where: { $0.count > 1 }), missing.isEmpty {
      result.repeatability = coefficient("RC", repeated, "same conditions, another session")
      if repeated.count > 1 { _ = coefficient("RC_within_session", [residual], "same conditions and session") }
    }
    let crossed = conditions.roles.map(\.role.rawValue).filter { $0 != "session" }
    for name in crossed where names.contains(name) && missing.isEmpty {
      _ = coefficient(
        "RDC_\(name)", repeated + within(["subject", "session", name], containing: name), "another \(name) too")
    }
    let subject = names.firstIndex(of: "subject")
    if !crossed.isEmpty, missing.isEmpty {
      _ = coefficient("RDC_all", names.indices.filter { $0 != subject }, "all conditions may differ")
    }
    if let subject {
      let mixed = (missing.isEmpty ? crossed : []).map { name in
        (name, within(["subject", "session", name], containing: name).filter { parts[$0].contains("subject") })
      }
      statistics += agreement(estimate, of: subject, repeated, mixed, into: &result)
    } else {
      result.icc = ["icc", "icc_lower", "icc_upper"].map {
        Statistic($0, .undefined("there is no component 'subject'"))
      }
    }
    let errors = names.indices.filter { $0 != subject && estimate.variances[$0] > 0 }
    result.dominant = errors.max { estimate.variances[$0] < estimate.variances[$1] }.map { names[$0] }
    result.groups.append(.init("derived", statistics))
  }

  /// The subjects' share of the variance and their spread.
  /// - `repeated`: Components between readings under the same conditions.
  /// - `mixed`: Conditions, each with its components that differ between subjects.
  private func agreement(
    _ estimate: ComponentEstimate, of subject: Int, _ repeated: [Int], _ mixed: [(name: String, components: [Int])],
    into result: inout Components
  ) -> [Statistic] {
    let total = correlation(estimate, subject, estimate.variances.indices.filter { $0 != subject })
    result.icc = zip(["icc", "icc_lower", "icc_upper"], total).map { Statistic($0, $1) }
    let variance = estimate.variances[subject]
    result.between =
      variance >= 0
      ? .value(variance.squareRoot())
      : .undefined("the variance between subjects is estimated as \(numberText(variance))")
    return [Statistic("ICC_agreement_single", total[0], "subjects' share of the variance")]
      + mixed.map { name, components in
        let consistency = correlation(estimate, subject, repeated + components)
        return Statistic("ICC_consistency_\(name)", consistency[0], "\(name)s' own differences left out")
      }
  }

  /// χ² limits of 2.77 √sum with the degrees of freedom that its variance gives. Satterthwaite 1946, doi:10.2307/3002019.
  private func satterthwaiteLimits(_ sum: Double, _ variance: Double?) -> (Cell, Cell) {
    if sum == 0, variance != nil { return (.value(0), .value(0)) }
    guard sum > 0, let variance, variance > 0 else {
      return (.undefined("there is no standard error"), .undefined("there is no standard error"))
    }
    let df = 2 * sum * sum / variance, chi = ChiSquared(df)
    func limit(_ p: Double) -> Cell {
      Cell(Repeatability.factor * (sum * df / chi.quantile(p)).squareRoot(), orUndefined: "too few degrees of freedom")
    }
    return (limit(1 - alpha / 2), limit(alpha / 2))
  }

  /// S / (S + E) with limits by the delta method on the scale of log S/E.
  private func correlation(_ estimate: ComponentEstimate, _ subject: Int, _ others: [Int]) -> [Cell] {
    let s = estimate.variances[subject], (e, spread) = estimate.sum(others), total = s + e
    guard total > 0 else { return [Cell](repeating: .undefined("all components are 0"), count: 3) }
    if s > 0, e == 0 { return [Cell](repeating: .value(1), count: 3) }
    let value = Cell.value(s / total)
    guard s > 0, e > 0, let spread, let all = estimate.covariances else {
      return [value] + [Cell](repeating: .undefined("a variance is not above 0, or has no standard error"), count: 2)
    }
    let joint = others.reduce(0) { $0 + all[subject][$1] }
    let variance = all[subject][subject] / (s * s) + spread / (e * e) - 2 * joint / (s * e)
    let odds = Estimate(s / e, error: s / e * max(0, variance).squareRoot(), .log).limits(alpha) ?? 0...(.infinity)
    return [value] + [odds.lowerBound, odds.upperBound].map { .value(1 / (1 + 1 / $0)) }
  }

  /// What verdicts are made of: wCV, RC and RC over the SD between subjects.
  func ratios(
    _ column: ReliabilityColumn, _ components: Components,
    _ repeatability: (value: Repeatability?, group: StatisticGroup)
  ) -> [Statistic] {
    let none = Cell.undefined("no subject was measured twice under the same conditions")
    var rc = (none, none, none), wcv = [none, none]
    if let value = repeatability.value {
      let factors = value.limitFactors(alpha: alpha)
      rc = (
        .value(value.coefficient), .value(value.coefficient * factors.lower), .value(value.coefficient * factors.upper)
      )
      wcv = ["wCV_rms", "wCV_upper"].map { name in
        repeatability.group.statistics.first { $0.name == name }!.cells[0]
      }
    }
    // Where readings share a session or several conditions vary, components tell them apart; wCV is then wSD over the mean.
    if components.hasSessions, repeatability.value != nil {
      if let other = components.repeatability {
        rc = (.value(other.value), other.lower, other.upper)
        let scale = Repeatability.factor * mean(column.values.compactMap { $0 })
        func relative(_ cell: Cell) -> Cell { cell.value.map { .value($0 / scale) } ?? cell }
        wcv = zip(wcv, [rc.0, rc.2]).map { $0.value == nil ? $0 : relative($1) }
      } else {
        let reason = Cell.undefined(components.repeatabilityReason ?? "there is no repeatability by components")
        rc = (reason, reason, reason)
        wcv = [reason, reason]
      }
    }
    let relative: Cell
    switch (rc.0, components.between) {
    case (.value(let rc), .value(let sd)) where sd > 0: relative = .value(rc / sd)
    case (.undefined(let reason), _): relative = .undefined(reason)
    case (_, .undefined(let reason)): relative = .undefined(reason)
    default: relative = .undefined("the variance between subjects is estimated as 0")
    }
    return [
      Statistic("wcv", wcv[0], "within-subject coefficient of variation"), Statistic("wcv_upper", wcv[1]),
      Statistic("rc", rc.0, unit: column.unit, "repeatability coefficient"),
      Statistic("rc_lower", rc.1, unit: column.unit), Statistic("rc_upper", rc.2, unit: column.unit),
      Statistic("rc_over_between_sd", relative, "RC over the SD between subjects"),
    ]
  }
}
