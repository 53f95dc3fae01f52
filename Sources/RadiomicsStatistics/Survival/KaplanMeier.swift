import RadiomicsCore
import RadiomicsNumerics

/// The share of patients without the event over time. Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452; variances by
/// Greenwood 1926 and, of the cumulative hazard, Aalen 1978. Definitions as in R's `survfit`.
package struct KaplanMeier: Sendable {
  /// Times at which rows end, ascending.
  package let times: [Double]
  /// Weights of the rows at risk just before, of events, and of rows censored then.
  package let atRisk: [Double], events: [Double], censored: [Double]
  /// Share without the event from each time on.
  package let survival: [Double]
  /// Nelson and Aalen's sum of events over rows at risk.
  package let cumulativeHazard: [Double]
  /// Variance of log S (Greenwood), and of the cumulative hazard.
  package private(set) var logVariance: [Double], hazardVariance: [Double]
  /// Rows that belong together, for variances; nil where each is by itself.
  private var jumps: ClusteredJumps?

  /// The survival of rows, which are counted by their weights.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient: variances are then those of sums of the rows'
  ///   influences (infinitesimal jackknife), as R's `survfit` with `cluster`.
  package init(_ times: SurvivalTimes, weights: [Double]? = nil, clusters: [Int]? = nil) {
    self.init(times, weights, ofCensoring: false)
    guard let clusters else { return }
    let jumps = ClusteredJumps(times, weights, clusters), hazards = zip(events, atRisk).map(/)
    let ends = survival.map { $0 == 0 }
    func variances(_ factor: (Double, Double) -> Double) -> [Double] {
      jumps.sums(self.times, hazards, zip(zip(atRisk, events), ends).map { $1 ? 0 : factor($0.0, $0.1) }).squares
    }
    logVariance = zip(variances { 1 / ($0 - $1) }, ends).map { $1 ? .infinity : $0 }
    hazardVariance = jumps.sums(self.times, hazards, atRisk.map { 1 / $0 }).squares
    self.jumps = jumps
  }

  /// The share of rows not yet censored. Where events and censored rows end together, events leave first, so that they are not at
  /// risk of being censored.
  package static func censoring(of times: SurvivalTimes, weights: [Double]? = nil) -> KaplanMeier {
    KaplanMeier(times, weights, ofCensoring: true)
  }

  private init(_ outcome: SurvivalTimes, _ weights: [Double]?, ofCensoring: Bool) {
    let order = outcome.ascending()
    let entries = outcome.hasEntry ? outcome.start.indices.sorted { outcome.start[$0] < outcome.start[$1] } : []
    func weight(_ row: Int) -> Double { weights?[row] ?? 1 }
    var times: [Double] = [], atRisk: [Double] = [], events: [Double] = [], censored: [Double] = []
    var risk = entries.isEmpty ? order.reduce(0) { $0 + weight($1) } : 0, place = 0, entered = 0
    while place < order.count {
      let time = outcome.stop[order[place]]
      while entered < entries.count, outcome.start[entries[entered]] < time {
        risk += weight(entries[entered])
        entered += 1
      }
      var died = 0.0, left = 0.0
      while place < order.count, outcome.stop[order[place]] == time {
        if outcome.isEvent[order[place]] { died += weight(order[place]) } else { left += weight(order[place]) }
        place += 1
      }
      times.append(time)
      atRisk.append(ofCensoring ? risk - died : risk)
      events.append(ofCensoring ? left : died)
      censored.append(ofCensoring ? died : left)
      risk -= died + left
    }
    (self.times, self.atRisk, self.events, self.censored) = (times, atRisk, events, censored)
    var sums = (survival: 1.0, hazard: 0.0, log: 0.0, variance: 0.0)
    var curves: (survival: [Double], hazard: [Double], log: [Double], variance: [Double]) = ([], [], [], [])
    for (n, d) in zip(atRisk, events) {
      if d > 0 {
        let rest = n - d <= 1e-12 * n ? 0 : n - d
        sums.survival *= rest / n
        sums.hazard += d / n
        sums.log += d / (n * rest)
        sums.variance += d / (n * n)
      }
      curves.survival.append(sums.survival)
      curves.hazard.append(sums.hazard)
      curves.log.append(sums.log)
      curves.variance.append(sums.variance)
    }
    (survival, cumulativeHazard, logVariance, hazardVariance) = curves
  }

  /// The step at a time, that is the last one not after it; nil before the first.
  package func step(at time: Double) -> Int? {
    var low = 0, high = times.count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }

  private func step(before time: Double) -> Int? {
    guard let step = step(at: time), times[step] == time else { return step(at: time) }
    return step == 0 ? nil : step - 1
  }

  /// S(t), from the right.
  package func survival(at time: Double) -> Double { step(at: time).map { survival[$0] } ?? 1 }
  /// S(t−), from the left.
  package func survival(before time: Double) -> Double { step(before: time).map { survival[$0] } ?? 1 }
  /// Standard error of S(t).
  package func error(at time: Double) -> Double {
    step(at: time).map { survival[$0] == 0 ? 0 : survival[$0] * logVariance[$0].squareRoot() } ?? 0
  }
  /// Weight of the rows at risk at a time.
  package func atRisk(at time: Double) -> Double {
    let next = step(before: time).map { $0 + 1 } ?? 0
    return next < times.count ? atRisk[next] : 0
  }
}

extension KaplanMeier {
  /// On which scale limits are symmetric.
  package enum Interval: String, Sendable, CaseIterable {
    case plain, log
    case logLog = "log-log"

    /// The scale.
    package var scale: LimitScale {
      switch self {
      case .plain: .plain
      case .log: .log
      case .logLog: .logLog
      }
    }
  }

  /// S at a step.
  private func estimate(_ step: Int, _ interval: Interval) -> Estimate {
    // Where S is 0 the error of its logarithm has no end.
    let share = survival[step], error = share == 0 ? 0 : share * logVariance[step].squareRoot()
    return Estimate(share, error: error, interval.scale)
  }

  /// Limits of S(t); nil where the scale has none.
  package func limits(at time: Double, _ interval: Interval = .logLog, alpha: Double = 0.05) -> ClosedRange<Double>? {
    guard let step = step(at: time) else { return 1...1 }
    return estimate(step, interval).limits(alpha)?.clamped(to: 0...1)
  }

  /// The time by which a share has had the event, and its limits, at which the curve's limits reach it; nil where it is not
  /// reached. Where the curve stays exactly there, the middle of that stretch.
  package func quantile(_ share: Double, _ interval: Interval = .logLog, alpha: Double = 0.05) -> (
    time: Double?, lower: Double?, upper: Double?
  ) {
    let factor = Estimate.factor(alpha)
    let limits = times.indices.map { estimate($0, interval).limits(times: factor)?.clamped(to: 0...1) }
    return (
      reached(1 - share, survival.map { $0 }), reached(1 - share, limits.map { $0?.lowerBound }),
      reached(1 - share, limits.map { $0?.upperBound })
    )
  }

  private func reached(_ level: Double, _ curve: [Double?]) -> Double? {
    let tolerance = Double.ulpOfOne.squareRoot()
    guard let first = curve.firstIndex(where: { $0.map { $0 <= level + tolerance } ?? false }) else { return nil }
    guard abs(curve[first]! - level) <= tolerance else { return times[first] }
    let next = curve.firstIndex { $0.map { $0 < level - tolerance } ?? false }
    return (times[first] + times[next ?? times.count - 1]) / 2
  }

  /// The mean time without the event within a horizon, and its standard error; nil where nobody was seen so long and the curve
  /// has not reached 0. By how much each cluster changes it, where there are some.
  package func restrictedMean(to horizon: Double) -> (mean: Double, error: Double, influence: [Double]?)? {
    guard let last = times.last, horizon <= last || survival.last == 0 else { return nil }
    var area = 0.0, variance = 0.0, right = horizon, factors = times.map { _ in 0.0 }
    for step in times.indices.reversed() where times[step] < horizon {
      area += survival[step] * (right - times[step])
      let (n, d) = (atRisk[step], events[step])
      // Where all die the curve is 0 from here on, and so is the area.
      if d > 0, n > d {
        variance += area * area * d / (n * (n - d))
        factors[step] = -area / (n - d)
      }
      right = times[step]
    }
    let influence = jumps?.sums(times, zip(events, atRisk).map(/), factors).ofClusters
    return (area + right, (influence.map { pairwiseSum($0) { $0 * $0 } } ?? variance).squareRoot(), influence)
  }
}

extension KaplanMeier: Documented {
  package static let name = "kaplan-meier"
  package static let summary = "The share of patients without the event over time."
  package static let definition =
    "S(t) = Π over events tᵢ ≤ t of (1 − dᵢ / nᵢ); variance by Greenwood, limits symmetric on the scale of "
    + "log(−log S) unless said otherwise"
  package static let limits =
    "Censoring must not depend on the risk of the event. With competing events it gives too many events: see "
    + "cumulative-incidence."
  package static let reference = "Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452; as R's survfit"
}
