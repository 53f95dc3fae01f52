import RadiomicsCore
import RadiomicsNumerics

/// Cumulative incidences of several kinds of events, of which the first ends observation. Aalen and Johansen 1978,
/// Scandinavian Journal of Statistics 5:141.
package struct AalenJohansen: Sendable {
  /// How the variances of the shares that have events at one time are estimated.
  package enum Variance: String, Sendable, CaseIterable {
    /// As those of one multinomial draw; the sum of squared influences of rows, as in R's `survfit`.
    case multinomial
    /// As those of a draw without replacement for each kind, independent of each other; as in `cmprsk::cuminc`.
    case hypergeometric
  }

  /// The share without any event, with the times at which rows end.
  package let eventFree: KaplanMeier
  /// Events of each kind at each time.
  package let events: [[Double]]
  /// Share with a first event of each kind from each time on, and its variance.
  package let incidences: [[Double]], variances: [[Double]]
  /// Rows that belong together, and the rows' kinds of events; nil where each is by itself.
  private let clustered: (jumps: ClusteredJumps, kinds: [Int])?

  /// O(n log n).
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient: errors are then those of sums of the rows' influences
  ///   (infinitesimal jackknife); `variances` stay those of independent rows.
  package init(_ times: CompetingTimes, variance: Variance = .multinomial, clusters: [Int]? = nil) {
    clustered = clusters.map { (ClusteredJumps(times.anyEvent, nil, $0), times.kinds) }
    let eventFree = KaplanMeier(times.anyEvent, clusters: clusters), kinds = 0..<times.kindCount
    var events = kinds.map { _ in eventFree.times.map { _ in 0.0 } }
    for (time, kind) in zip(times.stop, times.kinds) where kind > 0 {
      if let step = eventFree.step(at: time) { events[kind - 1][step] += 1 }
    }
    self.eventFree = eventFree
    self.events = events
    var propagation = ErrorPropagation(kinds: times.kindCount)
    var incidences = events, variances = events
    for (step, n) in eventFree.atRisk.enumerated() {
      let counts = kinds.map { events[$0][step] }
      propagation.advance(n, counts, variance)
      for kind in kinds {
        incidences[kind][step] = propagation.incidences[kind]
        variances[kind][step] = propagation.variances[kind]
      }
    }
    (self.incidences, self.variances) = (incidences, variances)
  }

  /// Share with a first event of a kind, from 1, by a time.
  package func incidence(of kind: Int, at time: Double) -> Double {
    eventFree.step(at: time).map { incidences[kind - 1][$0] } ?? 0
  }

  /// Its standard error.
  package func error(of kind: Int, at time: Double) -> Double {
    guard let last = eventFree.step(at: time) else { return 0 }
    return clustered.map { error($0.jumps, $0.kinds, kind, last) } ?? max(0, variances[kind - 1][last]).squareRoot()
  }

  /// An event of the kind adds its share of those without event; any event takes from what comes later until `last`.
  private func error(_ jumps: ClusteredJumps, _ kinds: [Int], _ kind: Int, _ last: Int) -> Double {
    let own = events[kind - 1], shares = incidences[kind - 1], times = Array(eventFree.times[...last])
    let gained = times.indices.map { ($0 == 0 ? 1 : eventFree.survival[$0 - 1]) / eventFree.atRisk[$0] }
    let lost = times.indices.map { step in
      let left = eventFree.atRisk[step] - eventFree.events[step], later = shares[last] - shares[step]
      return later > 0 && left > 0 ? later / left : 0
    }
    let falls = times.indices.map { step in
      (gained[step] * own[step] - lost[step] * eventFree.events[step]) / eventFree.atRisk[step]
    }
    let sums = jumps.sums(times, falls: falls) { step, row in
      (kinds[row] == kind ? gained[step] : 0) - lost[step]
    }
    return (sums.squares.last ?? 0).squareRoot()
  }

  /// Its limits, symmetric on the scale of log(−log F); nil where that has none, at 0 and 1.
  package func limits(of kind: Int, at time: Double, alpha: Double = 0.05) -> ClosedRange<Double>? {
    let share = incidence(of: kind, at: time)
    return Estimate(share, error: error(of: kind, at: time), .logLog).limits(alpha)
  }
}

/// Shares and their covariances, carried from one time to the next. An event more takes a row from those without one,
/// so that later incidences are lower.
private struct ErrorPropagation {
  var free = 1.0, freeVariance = 0.0
  var incidences: [Double], variances: [Double]
  /// Covariances of incidences with the share without event.
  var covariances: [Double]

  init(kinds: Int) {
    incidences = Array(repeating: 0, count: kinds)
    (variances, covariances) = (incidences, incidences)
  }

  mutating func advance(_ n: Double, _ counts: [Double], _ rule: AalenJohansen.Variance) {
    let count = counts.reduce(0, +)
    guard count > 0 else { return }
    let stay = (n - count) / n, square = free * free
    // Variance of each kind's share, and its covariance with that of all kinds.
    let own: [Double], withAll: [Double]
    switch rule {
    case .multinomial:
      own = counts.map { $0 * (n - $0) / (n * n * n) }
      withAll = counts.map { $0 * stay / (n * n) }
    case .hypergeometric:
      own = counts.map { $0 / (n * n) * (n > 1 ? (n - $0) / (n - 1) : 1) }
      withAll = own
    }
    for kind in counts.indices {
      let share = counts[kind] / n
      variances[kind] += share * (2 * covariances[kind] + share * freeVariance) + square * own[kind]
      covariances[kind] = stay * (covariances[kind] + share * freeVariance) - square * withAll[kind]
      incidences[kind] += free * share
    }
    freeVariance = stay * stay * freeVariance + square * withAll.reduce(0, +)
    free *= stay
  }
}

extension AalenJohansen: Documented {
  package static let name = "cumulative-incidence"
  package static let summary =
    "The share of patients who have had a kind of event first, over time, where other kinds compete."
  package static let definition = "F(t) = Σ over events tᵢ ≤ t of S(tᵢ−) dᵢ / nᵢ, with S the share without any event"
  package static let limits = "Censoring must not depend on the risk of any of the events."
  package static let reference = "Aalen and Johansen 1978, Scandinavian Journal of Statistics 5:141"
}
