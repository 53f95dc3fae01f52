import RadiomicsCore
import RadiomicsNumerics

/// Weights by the inverse probability of being uncensored: a row whose outcome is known also stands for those like it that were
/// censored before. The share not yet censored, G, is a Kaplan–Meier curve of these or of other (training) rows. Robins and
/// Rotnitzky 1992; Graf et al. 1999, doi:10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5.
package struct CensoringWeights: Sendable {
  /// Where G is taken for a row that ends by an event at t; for rows seen longer than t it is always G(t).
  package enum Side: String, Sendable, CaseIterable {
    /// G(t−): who has the event at t must not have been censored before. As timeROC, riskRegression and survC1.
    case left
    /// G(t), as scikit-survival.
    case right
  }

  /// The rows that G is of.
  package let source: SurvivalTimes
  /// Where G is taken for events.
  package let side: Side
  private let curve: KaplanMeier

  /// - `eventsFirst`: Whether of rows that end together those with the event are no longer at risk of being censored. So
  ///   in riskRegression and scikit-survival; not in survC1.
  /// - Throws: `ModelError` without rows, or for late entry.
  package init(_ source: SurvivalTimes, _ side: Side = .left, eventsFirst: Bool = true) throws(ModelError) {
    guard source.count > 0 else { throw ModelError.at("censoring", "there are no rows to estimate it from.") }
    try Self.requireNoEntry(source)
    (self.source, self.side) = (source, side)
    curve =
      eventsFirst
      ? .censoring(of: source)
      : KaplanMeier(try SurvivalTimes(stop: source.stop, isEvent: source.isEvent.map { !$0 }))
  }

  static func requireNoEntry(_ times: SurvivalTimes) throws(ModelError) {
    guard !times.hasEntry else {
      throw ModelError.lateEntry(must: "seen from the beginning for weights by censoring")
    }
  }

  /// G for an event at a time. Not above 0, or after the last row, it says nothing.
  /// - Throws: `ModelError` where it is not known.
  package func share(ofEventAt time: Double) throws(ModelError) -> Double {
    try known(side == .left ? curve.survival(before: time) : curve.survival(at: time), time)
  }

  /// G for rows seen longer than a horizon.
  /// - Throws: `ModelError` where it is not known.
  package func share(beyond horizon: Double) throws(ModelError) -> Double {
    try known(curve.survival(at: horizon), horizon)
  }

  private func known(_ share: Double, _ time: Double) throws(ModelError) -> Double {
    guard share > 0, time <= curve.times[curve.times.count - 1] else {
      throw ModelError.at(
        "censoring",
        "at \(numberText(time)) no row is left of those it is estimated from, must be some. "
          + "Choose an earlier horizon.")
    }
    return share
  }

  /// What each row counts at a horizon: 1/G for events until then and for rows seen longer, 0 for rows censored until then.
  /// - Throws: `ModelError` for late entry, or where G is not known.
  package func weights(of times: SurvivalTimes, at horizon: Double) throws(ModelError) -> [Double] {
    try HorizonRows(times, horizon, self).weights
  }
}

/// Rows at a horizon: cases, which have had the event by then, and controls, which are seen longer.
struct HorizonRows {
  let isCase: [Bool], isControl: [Bool]
  /// Rows that have had another event by then; nil where there is one kind only.
  let isOther: [Bool]?
  /// 0 for rows that were censored by then.
  let weights: [Double]
  /// How much a row counts among those without the event of interest, the others among them: 1 for a control.
  let otherWeights: [Double]
  var cases: Int { isCase.count { $0 } }
  var controls: Int { isControl.count { $0 } }

  /// - `kinds`: Which event ended each row, of which 1 is asked about; nil where there is one only.
  init(
    _ times: SurvivalTimes, _ horizon: Double, _ censoring: CensoringWeights, kinds: [Int]? = nil
  ) throws(ModelError) {
    guard horizon.isFinite else { throw ModelError.value("horizon", horizon, must: "a number") }
    try CensoringWeights.requireNoEntry(times)
    let hasEnded = times.stop.indices.map { times.stop[$0] <= horizon && times.isEvent[$0] }
    func ended(_ isMeant: (Int) -> Bool) -> [Bool]? {
      kinds.map { kinds in hasEnded.indices.map { hasEnded[$0] && isMeant(kinds[$0]) } }
    }
    let isControl = times.stop.map { $0 > horizon }, isOther = ended { $0 != 1 }
    let beyond = isControl.contains(true) ? try censoring.share(beyond: horizon) : 1
    var weights = [Double](repeating: 0, count: times.count)
    for row in times.stop.indices where hasEnded[row] || isControl[row] {
      weights[row] = 1 / (hasEnded[row] ? try censoring.share(ofEventAt: times.stop[row]) : beyond)
    }
    let share = weights.indices.first { isControl[$0] }.map { 1 / weights[$0] } ?? 1
    otherWeights = weights.indices.map { isControl[$0] ? 1 : isOther?[$0] == true ? weights[$0] * share : 0 }
    (isCase, self.isControl, self.isOther, self.weights) = (ended { $0 == 1 } ?? hasEnded, isControl, isOther, weights)
  }
}

/// How an estimate by weights changes with each row since G is estimated from the rows themselves: the martingale of censoring.
/// Blanche, Dartigues and Jacqmin-Gadda 2013, doi:10.1002/sim.5958. O(n) after sorting.
struct CensoringInfluence {
  /// Steps of the curve at which rows end; the step with whose rows a censored one begins to count; n over rows at risk there.
  private let place: [Int], jump: [Int], part: [Double]
  /// Integral of the hazard of censoring over the share at risk, up to each step.
  private let integral: [Double]
  private let stop: [Double]

  init(_ times: SurvivalTimes, _ tiedTimes: TimeDependentAUC.TiedTimes) {
    let n = Double(times.count)
    let order = times.stop.indices.sorted { (times.stop[$0], $0) < (times.stop[$1], $1) }
    var place = [Int](repeating: 0, count: order.count), jump = place, part = [Double](repeating: 0, count: order.count)
    var integral: [Double] = [], sum = 0.0, start = 0
    while start < order.count {
      let end = order[start...].firstIndex { times.stop[$0] != times.stop[order[start]] } ?? order.count
      let first = integral.count, tied = order[start..<end], size = Double(order.count - start)
      switch tiedTimes {
      case .together:
        sum += Double(tied.count { !times.isEvent[$0] }) * n / (size * size)
        integral.append(sum)
        for row in tied { (place[row], jump[row]) = (first, first + 1) }
      case .inRowOrder:
        for (index, row) in tied.enumerated() {
          let left = size - Double(index)
          if !times.isEvent[row] { sum += n / (left * left) }
          integral.append(sum)
          (place[row], jump[row]) = (first + index, first)
        }
      }
      for row in tied where !times.isEvent[row] { part[row] = n / size }
      start = end
    }
    (self.place, self.jump, self.part, self.integral) = (place, jump, part, integral)
    stop = times.stop
  }

  /// What is added to each row's influence on a mean of weighted terms.
  /// - `ends`: For each row its term with the weight 1/G at the row's end; 0 for others.
  /// - `beyond`: Sum of the terms with the weight 1/G at the horizon.
  func influence(ends: [Double], beyond: Double = 0, horizon: Double = .infinity) -> [Double] {
    var sums = [Double](repeating: 0, count: integral.count + 1)
    for row in ends.indices { sums[place[row]] += ends[row] }
    // G(t) of the horizon is that of an event one step behind it.
    sums[1 + stop.indices.reduce(-1) { stop[$1] <= horizon ? max($0, place[$1]) : $0 }] += beyond
    var below = [Double](repeating: 0, count: sums.count), above = below + [0], total = 0.0
    for step in sums.indices {
      total += step == 0 ? 0 : sums[step] * integral[step - 1]
      below[step] = total
    }
    for step in sums.indices.reversed() { above[step] = above[step + 1] + sums[step] }
    let n = Double(ends.count)
    return ends.indices.map { row in
      let step = place[row]
      return (part[row] * above[jump[row]] - below[step] - integral[step] * above[step + 1]) / n
    }
  }
}

/// The standard error of an estimate from each row's influence, or from the sums of each cluster's; undefined for a single row or
/// cluster.
package func standardError(_ influence: [Double], _ clusters: [Int]? = nil) -> Cell {
  guard clusters != nil else {
    return Cell((variance(influence) / Double(influence.count)).squareRoot(), orUndefined: "there is a single row")
  }
  return Cell(
    clusters.variance(of: influence).squareRoot() / Double(influence.count), orUndefined: "there is a single patient")
}

/// Normal limits within 0 to 1.
func shareLimits(_ estimate: Double, _ error: Cell, alpha: Double) -> [Cell] {
  guard case .value(let error) = error else { return [error, error] }
  return Estimate(estimate, error: error).limits(
    alpha, within: 0...1, orUndefined: "the rows say it all alike, so that it has no error")
}
