import RadiomicsCore

extension BlandAltman {
  /// All of it under the names of files, in the unit of the readings.
  package func statistics(
    _ difference: ReadingDifference = ReadingDifference(of: "first", less: "second"), unit: String = "1",
    alpha: Double = 0.05
  ) -> [Statistic] {
    func list(_ interval: Interval) -> [Cell] { [.value(interval.lower), .value(interval.upper)] }
    func named(_ name: String, _ value: Double, _ meaning: String) -> Statistic {
      Statistic(name, value, unit: unit, meaning)
    }
    let notPositive = Reason("there are readings of 0 or below")
    func positive(_ name: String, _ value: Double?, unit: String = "1") -> Statistic {
      Statistic(name, value.map { .value($0) } ?? .undefined(notPositive), unit: unit)
    }
    let around = biasLimits(alpha: alpha)
    var statistics = [
      named("bias", bias, "mean of \(difference)"), named("sd", deviation, "of differences"),
      named("bias_lower", around.lower, ""), named("bias_upper", around.upper, ""),
      named("loa_lower", limits.lower, "lower limit of agreement, bias − 1.96 sd"),
      named("loa_upper", limits.upper, "upper limit of agreement"),
    ]
    for kind in Intervals.allCases {
      let intervals = limitIntervals(kind, alpha: alpha)
      statistics.append(Statistic("loa_lower_ci_\(kind.rawValue)", list(intervals.lower), unit: unit))
      statistics.append(Statistic("loa_upper_ci_\(kind.rawValue)", list(intervals.upper), unit: unit))
    }
    let slope = proportionalBias, equal = equalVariance
    func test(_ name: String, _ value: Double?, _ meaning: String) -> Statistic {
      Statistic(name, value.map { .value($0) } ?? .undefined("all means or all differences are equal"), meaning)
    }
    return statistics + [
      test("proportional_bias_slope", slope?.slope, "of difference on mean"), test("proportional_bias_p", slope?.p, ""),
      positive("pct_bias", percent?.bias, unit: "%"), positive("pct_sd", percent?.deviation, unit: "%"),
      positive("log_ratio_bias", logarithmicRatio?.bias), positive("log_ratio_sd", logarithmicRatio?.deviation),
      test("pitman_morgan_r", equal?.correlation, "of difference and sum: do both vary equally?"),
      test("pitman_morgan_p", equal?.p, ""),
    ]
  }
}

extension Scale? {
  /// Why relative statistics of values on this scale mean nothing; nil if they do, for positive values.
  fileprivate var relativeReason: Reason? {
    switch self {
    case .ratio: nil
    case nil: "nobody says on which scale the column is, must be known as a ratio scale"
    case .interval: "an interval scale: zero is arbitrary, so relative errors mean nothing"
    case .fraction: "a bounded scale (0 to 1): relative errors near its ends mean nothing"
    case .correlation: "a bounded scale (-1 to 1): relative errors mean nothing"
    }
  }
}

extension Repeatability {
  /// All of it under the names of files. What is relative is given for positive values on a ratio scale only.
  package func statistics(scale: Scale?, unit: String = "1", alpha: Double = 0.05) -> [Statistic] {
    let factors = limitFactors(alpha: alpha)
    func named(_ name: String, _ value: Double, _ meaning: String = "") -> Statistic {
      Statistic(name, value, unit: unit, meaning)
    }
    func relative(_ name: String, _ value: Double?, unit: String = "1", _ meaning: String = "") -> Statistic {
      let reason = scale.relativeReason ?? "there are values of 0 or below"
      return Statistic(
        name, scale == .ratio ? value.map { .value($0) } ?? .undefined(reason) : .undefined(reason), unit: unit, meaning
      )
    }
    return [
      Statistic("n", count, "subjects measured at least twice"), Statistic("df", df, "degrees of freedom"),
      Statistic("wVar", withinVariance, unit: unit == "1" ? "1" : "(\(unit))2", "within-subject variance"),
      named("wSD", withinDeviation, "within-subject standard deviation"),
      named("wSD_lower", withinDeviation * factors.lower), named("wSD_upper", withinDeviation * factors.upper),
      named("RC", coefficient, "repeatability coefficient, 1.96 √2 wSD"),
      named("RC_lower", coefficient * factors.lower), named("RC_upper", coefficient * factors.upper),
      named("RC_2.77", 2.77 * withinDeviation, "2.77 wSD"),
      relative("wCV_rms", relativeDeviation, "within-subject coefficient of variation"),
      relative("wCV_lower", relativeDeviation.map { $0 * factors.lower }),
      relative("wCV_upper", relativeDeviation.map { $0 * factors.upper }),
      relative("pctRC_rms", relativeDeviation.map { 100 * Self.factor * $0 }, unit: "%", "%RC"),
      relative("wCV_sd_over_grand_mean", deviationOverMean, "wSD over the mean of the subjects' means"),
      relative("log_wSD", logarithmicDeviation),
      relative("wCV_lognormal", lognormalDeviation),
      relative("pctRC_log_lower", logarithmicLimits?.lower, unit: "%", "asymmetric limits of two readings' difference"),
      relative("pctRC_log_upper", logarithmicLimits?.upper, unit: "%"),
      relative("wCV_mean_of_cv", meanRelativeDeviation),
    ]
  }
}
