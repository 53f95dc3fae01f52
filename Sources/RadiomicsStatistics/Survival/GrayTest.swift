import RadiomicsCore
import RadiomicsNumerics

/// Whether groups have the same cumulative incidence of a kind of event. Gray 1988, doi:10.1214/aos/1176350951; as
/// `cmprsk::cuminc`. O(n log n), with the cube of the number of groups for each time of an event.
package struct GrayTest: Sendable {
  /// Codes of the groups that have rows, ascending.
  package let groups: [Int]
  /// Events of each group less those expected, weighted; their sum is 0.
  package let scores: [Double]
  /// Covariances of the scores.
  package let covariance: Matrix
  /// χ² of the scores of all groups but the last; undefined where their covariances are singular.
  package let statistic: Cell
  /// Degrees of freedom: groups less 1.
  package let df: Int
  /// P(χ² > statistic).
  package let p: Cell

  /// - `groups`: Codes of groups, one for each row.
  /// - `kind`: The kind of event, from 1.
  /// - `strata`: Codes of strata, within which groups are compared; one without.
  /// - `rho`: Power of 1 − F, by which times are weighted; 0 weighs all the same.
  /// - Throws: `ModelError` for fewer than two groups, or a kind that is not there.
  package init(_ times: CompetingTimes, groups: [Int], kind: Int, strata: [Int]? = nil, rho: Double = 0)
    throws(ModelError)
  {
    precondition(groups.count == times.count && strata?.count ?? times.count == times.count, "a code for each row")
    try times.check(kind: kind)
    let codes = Set(groups).sorted(), size = codes.count
    guard size > 1 else {
      throw ModelError.groups("there \(size == 1 ? "is 1" : "are none") with rows, must be at least 2.")
    }
    let places = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
    let placeOf = groups.map { places[$0]! }
    let strata = strata ?? groups.map { _ in 0 }
    let order = times.stop.indices.sorted {
      strata[$0] != strata[$1] ? strata[$0] < strata[$1] : times.stop[$0] < times.stop[$1]
    }
    var scores = [Double](repeating: 0, count: size), covariance = Matrix(rows: size, columns: size)
    for rows in order.chunked(where: { strata[$0] == strata[$1] }) {
      let stratum = GrayStratum(rows, times, placeOf, groups: size, kind: kind, rho: rho)
      for i in 0..<size { scores[i] += stratum.scores[i] }
      stratum.addCovariance(to: &covariance)
    }
    (self.groups, self.scores, self.covariance, df) = (codes, scores, covariance, size - 1)
    (statistic, p) = Self.test(scores, covariance)
  }

  private static func test(_ scores: [Double], _ covariance: Matrix) -> (statistic: Cell, p: Cell) {
    let df = scores.count - 1, first = Array(scores.dropLast())
    var part = Matrix(rows: df, columns: df)
    for i in 0..<df { for j in 0..<df { part[i, j] = covariance[i, j] } }
    guard part.independentColumns().count == df, let factor = Cholesky(part) else {
      let none = Cell.undefined(
        "the groups' scores have no variance: too few events, or groups at risk at different times")
      return (none, none)
    }
    let statistic = dot(first, factor.solve(first))
    return (.value(statistic), .value(ChiSquared(Double(df)).above(statistic)))
  }
}

/// The rows of one stratum, time by time.
private struct GrayStratum {
  /// What the covariance needs of a time with an event of any kind; before it unless said otherwise.
  package struct Step {
    /// Rows at risk of each group, and their number had no event taken any.
    let atRisk: [Double], unreduced: [Double]
    /// Share of each group without event, after.
    let eventFree: [Double]
    /// Events of the kind, and of others by group.
    let events: Double, others: [Double]
    /// Incidence of all groups together, and after.
    let incidence: Double, incidenceAfter: Double
    let weight: Double
  }

  private(set) var scores: [Double]
  private(set) var steps: [Step] = []

  init(_ rows: ArraySlice<Int>, _ times: CompetingTimes, _ groups: [Int], groups size: Int, kind: Int, rho: Double) {
    let zeros = [Double](repeating: 0, count: size)
    var atRisk = zeros, eventFree = zeros.map { _ in 1.0 }, incidences = zeros, incidence = 0.0
    scores = zeros
    for row in rows { atRisk[groups[row]] += 1 }
    for tied in rows.chunked(where: { times.stop[$0] == times.stop[$1] }) {
      var own = zeros, others = zeros, left = zeros
      for row in tied {
        left[groups[row]] += 1
        if times.kinds[row] == kind { own[groups[row]] += 1 } else if times.kinds[row] > 0 { others[groups[row]] += 1 }
      }
      let events = own.reduce(0, +)
      if events + others.reduce(0, +) > 0 {
        let unreduced = (0..<size).map { atRisk[$0] > 0 ? atRisk[$0] / eventFree[$0] : 0 }
        let expectable = (0..<size).map { unreduced[$0] * (1 - incidences[$0]) }
        let all = expectable.reduce(0, +), weight = pow(max(0, 1 - incidence), rho)
        let after = incidence + events / unreduced.reduce(0, +)
        for i in 0..<size where atRisk[i] > 0 {
          scores[i] += weight * (own[i] - events * expectable[i] / all)
          incidences[i] += eventFree[i] * own[i] / atRisk[i]
          eventFree[i] *= (atRisk[i] - own[i] - others[i]) / atRisk[i]
        }
        steps.append(
          Step(
            atRisk: atRisk, unreduced: unreduced, eventFree: eventFree, events: events, others: others,
            incidence: incidence, incidenceAfter: after, weight: weight))
        incidence = after
      }
      for i in 0..<size { atRisk[i] -= left[i] }
    }
  }

  /// Adds Σ over times and groups k of (variance of k's events) · uu', u being what an event of k then changes in the
  /// scores: at once, and later by the incidence of k. The later part is gathered from the last time on.
  func addCovariance(to covariance: inout Matrix) {
    let size = scores.count
    var later = Matrix(rows: size, columns: size)
    for step in steps.reversed() {
      let all = step.unreduced.reduce(0, +), increase = step.events / all, rest = 1 - step.incidenceAfter
      func atOnce(_ i: Int, _ k: Int) -> Double {
        step.weight * step.unreduced[i] * ((i == k ? 1 : 0) - step.unreduced[k] / all)
      }
      for k in 0..<size where step.atRisk[k] > 0 {
        let n = step.atRisk[k], reduced = step.unreduced[k], free = step.eventFree[k], others = step.others[k]
        if step.events > 0 {
          let share = free > 0 ? 1 - rest / free : 1
          let ties = step.events > 1 ? 1 - (step.events - 1) / (all * n / reduced - 1) : 1
          let change = (0..<size).map { atOnce($0, k) + share * later[$0, k] }
          Self.add(change, ties * increase / reduced, to: &covariance)
        }
        if others > 0, free > 0 {
          let ties = others > 1 ? 1 - (others - 1) / (n - 1) : 1
          let change = (0..<size).map { rest / free * later[$0, k] }
          Self.add(change, ties * others / (reduced * reduced), to: &covariance)
        }
      }
      // Once the incidence of all groups is 1 there is nothing left to divide by.
      let before = 1 - step.incidence
      guard step.events > 0, abs(before) > 1e-12 else { continue }
      for k in 0..<size { for i in 0..<size { later[i, k] += atOnce(i, k) * increase / before } }
    }
  }

  private static func add(_ change: [Double], _ variance: Double, to covariance: inout Matrix) {
    for j in change.indices { for i in change.indices { covariance[i, j] += variance * change[i] * change[j] } }
  }
}

extension RandomAccessCollection where Index == Int {
  /// Stretches of neighbours that belong together.
  fileprivate func chunked(where belong: (Element, Element) -> Bool) -> [SubSequence] {
    var chunks: [SubSequence] = [], start = startIndex
    while start < endIndex {
      var end = start + 1
      while end < endIndex, belong(self[end - 1], self[end]) { end += 1 }
      chunks.append(self[start..<end])
      start = end
    }
    return chunks
  }
}

extension GrayTest: Documented {
  package static let name = "gray"
  package static let summary =
    "Whether groups have the same cumulative incidence of a kind of event, where other kinds compete."
  package static let definition = "the log-rank test of subdistribution hazards: rows with another event stay at risk"
  package static let limits = "A difference may come from the competing events."
  package static let reference = "Gray 1988, doi:10.1214/aos/1176350951; as cmprsk::cuminc"
}
