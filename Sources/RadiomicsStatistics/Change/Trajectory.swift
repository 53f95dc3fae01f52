import RadiomicsCore
import RadiomicsNumerics

/// Values of one feature of one subject over time, in the order of time.
package struct Trajectory: Sendable {
  /// Times, ascending, no two equal.
  package let times: [Double]
  package let values: [Double]
  /// How much each value counts, 1/variance of its error up to a factor.
  package let weights: [Double]

  /// - `weights`: Nil for equal ones.
  package init(_ times: [Double], _ values: [Double], weights: [Double]? = nil) {
    precondition(times.count == values.count && zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "times ascend")
    (self.times, self.values, self.weights) = (times, values, weights ?? [Double](repeating: 1, count: times.count))
  }

  /// Weighted least squares: Σ w (t − t̄)(y − ȳ) / Σ w (t − t̄)², with weighted means.
  package var slope: Cell {
    guard times.count > 1 else { return .undefined("one time point: there is no slope") }
    let sum = weights.reduce(0, +)
    func middle(_ x: [Double]) -> Double { zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 } / sum }
    let time = middle(times), value = middle(values)
    var above = 0.0, below = 0.0
    for (weight, (t, y)) in zip(weights, zip(times, values)) {
      above += weight * (t - time) * (y - value)
      below += weight * (t - time) * (t - time)
    }
    return Cell(above / below, orUndefined: "times are too close to have a slope")
  }

  /// The integral of the values from the first time over a horizon, straight between readings.
  package func area(over horizon: Double?) -> Cell {
    guard let horizon, horizon > 0 else { return .undefined("there is no common horizon") }
    guard times.count > 1 else { return .undefined("one time point: there is no area") }
    let end = times[0] + horizon
    guard times[times.count - 1] >= end else {
      return .undefined("seen for \(shortText(times[times.count - 1] - times[0])), shorter than the horizon")
    }
    var area = 0.0
    for k in 1..<times.count where times[k - 1] < end {
      let stop = min(times[k], end), part = (stop - times[k - 1]) / (times[k] - times[k - 1])
      let last = values[k - 1] + part * (values[k] - values[k - 1])
      area += (stop - times[k - 1]) * (values[k - 1] + last) / 2
    }
    return .value(area)
  }
}

extension Trajectory: Documented {
  package static let name = "trajectory"
  package static let summary =
    "How a feature of one subject goes with time: weighted slope, area over a common horizon."
  package static let definition =
    "slope = Σ w (t − t̄)(y − ȳ) / Σ w (t − t̄)²; area = trapezoids from the first scan over the horizon, in value × time"
  package static let limits =
    "Two scans have a slope and no residual. Areas compare over one horizon only, until which everyone counted must be seen."
  package static let reference = "Matthews et al. 1990, doi:10.1136/bmj.300.6719.230"
}

/// A time during which what is known of a subject does not change.
package struct KnownInterval: Sendable, Hashable {
  /// (start, stop]: the event that ends it is at its stop.
  package let start: Double, stop: Double
  /// Number of scans at or before its start: what was known before anything happened in it.
  package let known: Int
  /// Whether it is the subject's last, which ends by what ended the observation.
  package let isLast: Bool
}

/// Cuts the observation of a subject at its scans, by the rule of `tmerge`: a value holds after the time at which it was measured, so that
/// an event at the time of a scan is not explained by it, and what was measured by the start is known from the start. Landmark and
/// start–stop analyses are made of these intervals alone. Therneau, Crowson and Atkinson, vignette "timedep" of R's survival.
/// - `scans`: Their times, ascending.
/// - `start`: When the observation begins: the origin, or the landmark.
/// - `stop`: When it ends.
/// - Returns: None for a subject that is no longer seen after the start.
package func knownIntervals(scans: [Double], from start: Double, to stop: Double) -> [KnownInterval] {
  guard stop > start else { return [] }
  let cuts = [start] + scans.filter { $0 > start && $0 < stop }, ends = cuts.dropFirst() + [stop]
  return zip(cuts, ends).enumerated().map { index, interval in
    KnownInterval(
      start: interval.0, stop: interval.1, known: scans.count { $0 <= interval.0 }, isLast: index == cuts.count - 1)
  }
}
