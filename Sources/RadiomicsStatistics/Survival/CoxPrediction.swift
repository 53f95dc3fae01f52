import RadiomicsCore
import RadiomicsNumerics

/// The share of patients without the event that a Cox model predicts.
package struct PredictedSurvival: Sendable, Hashable {
  /// S(t), and its standard error, in which that of the coefficients counts.
  package let survival: Double, error: Double
  /// Expected events of a patient until then.
  package let cumulativeHazard: Double
  /// Limits on the scale of log(−log S), or another; nil at shares of 0 and 1, where there are none.
  package let limits: ClosedRange<Double>?
}

extension CoxModel {
  /// The cumulative hazard of a patient whose columns and offset are 0 (not the mean ones), at a time, with the model's rule for
  /// ties: Breslow's (1972) or Efron's estimate. What is summed over events is summed once for all times.
  /// - Returns: For each stratum one value.
  package var baselineHazards: @Sendable (_ time: Double) -> [Double] {
    let shift = exp(-dot(scaled.centers, definedCoefficients)), hazard = hazard, strata = strataNames.indices
    return { time in strata.map { hazard.sum($0, to: time).hazard * shift } }
  }

  /// For each stratum the times of its events, ascending, and the cumulative hazard from each on of a patient with mean columns.
  package var baselineSteps: [(times: [Double], cumulative: [Double])] {
    let hazard = hazard
    return strataNames.indices.map { stratum in
      let times = likelihood.sets.steps.filter { $0.stratum == stratum }.map(\.time).reversed()
      return (Array(times), times.map { hazard.sum(stratum, to: $0).hazard })
    }
  }

  /// Predicted survival of patients at times.
  /// - `design`: Patients by the model's columns.
  /// - `strata`: Each patient's stratum; the first of all without it.
  /// - Returns: For each patient one value for each time.
  package func survival(
    _ design: Matrix, offset: [Double]? = nil, strata: [Int]? = nil, at times: [Double],
    _ interval: KaplanMeier.Interval = .logLog, alpha: Double = 0.05
  ) -> [[PredictedSurvival]] {
    let values = definedCoefficients, hazard = hazard
    return (0..<design.rows).map { patient in
      let x = kept.map { design[patient, $0] }
      let center = zip(zip(x, scaled.centers), values).reduce(offset?[patient] ?? 0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }
      let risk = exp(center)
      return times.map { time in
        let base = hazard.sum(strata?[patient] ?? 0, to: time)
        // By how much the hazard changes with each coefficient.
        let slope = x.indices.map { j in
          (x[j] - scaled.centers[j]) * base.hazard - base.means[j] * scaled.scales[j]
        }
        let spread = zip(slope, covariance.times(slope)).reduce(base.variance) { $0 + $1.0 * $1.1 }
        let expected = risk * base.hazard, error = risk * spread.squareRoot(), survival = exp(-expected)
        return PredictedSurvival(
          survival: survival, error: survival * error, cumulativeHazard: expected,
          limits: Estimate(survival, error: survival * error, interval.scale).limits(alpha)?.clamped(to: 0...1))
      }
    }
  }
}
