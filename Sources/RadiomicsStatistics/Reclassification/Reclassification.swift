import RadiomicsCore
import RadiomicsNumerics

/// How many patients a second prediction moves up or down, events and others apart: the net reclassification improvement (NRI).
/// Pencina et al. 2008, doi:10.1002/sim.2929, and 2011, doi:10.1002/sim.4085.
package struct Reclassification: Sendable {
  /// When a patient counts as moved.
  package enum Rule: Sendable, Hashable {
    /// To another category between cuts: `[cut, next)`.
    case categories([Double])
    /// By more than so much; 0 is the continuous NRI, for which any change counts.
    case difference(Double)

    /// - Throws: `ModelError` for cuts outside 0 to 1 or not ascending, or a difference below 0.
    func check() throws(ModelError) {
      switch self {
      case .categories(let cuts):
        let areAscending = zip(cuts, cuts.dropFirst()).allSatisfy { $0 < $1 }
        guard !cuts.isEmpty, areAscending, cuts.allSatisfy({ $0 > 0 && $0 < 1 }) else {
          throw ModelError.at(
            "cuts", "are \(cuts.map(numberText).joined(separator: ", ")), must be ascending, above 0 and below 1.")
        }
      case .difference(let least):
        guard least >= 0, least < 1 else {
          throw ModelError.value("difference", least, must: "from 0 to below 1")
        }
      }
    }

    /// The category of a probability: the number of cuts at or below it.
    static func category(_ probability: Double, _ cuts: [Double]) -> Int { cuts.count { $0 <= probability } }

    /// 1 for up, −1 for down, 0 for neither.
    func direction(_ base: Double, _ extended: Double) -> Int {
      switch self {
      case .categories(let cuts): (Self.category(extended, cuts) - Self.category(base, cuts)).signum()
      case .difference(let least): abs(extended - base) > least ? (extended > base ? 1 : -1) : 0
      }
    }
  }

  /// The moves of patients with one outcome.
  package struct Moves: Sendable, Hashable {
    /// Patients, those moved up, those moved down.
    package let count: Int, up: Int, down: Int
    /// Patients by their category, first by the base prediction, then by the extended one; empty without categories.
    package let table: [[Int]]

    /// Share moved up, and moved down.
    package var upShare: Double { Double(up) / Double(count) }
    /// Share moved down.
    package var downShare: Double { Double(down) / Double(count) }
    /// Share moved up less share moved down.
    var net: Double { Double(up - down) / Double(count) }
    /// Variance of `net` where moves up are as likely as moves down, and without this supposition.
    fileprivate(set) var nullVariance = 0.0, variance = 0.0
  }

  /// When a patient counts as moved.
  package let rule: Rule
  /// Moves of events, and of others.
  package let events: Moves, others: Moves

  ///   - base, extended: Probabilities of the event by both predictions, one for each row.
  ///   - clusters: Numbers from 0 of rows that belong to the same patient: variances are then by sums of their influences.
  /// - Throws: `ModelError` for a probability outside 0 to 1, a rule that is none, or a single outcome.
  package init(
    _ base: [Double], _ extended: [Double], _ isEvent: [Bool], _ rule: Rule, clusters: [Int]? = nil
  ) throws(ModelError) {
    try rule.check()
    try checkPredictions(base, extended, isEvent)
    self.rule = rule
    // What each row adds to the net share of its kind, supposing no improvement and without.
    var null = [Double](repeating: 0, count: base.count), full = null
    func moves(_ rows: [Int], sign: Double) -> Moves {
      let directions = rows.map { rule.direction(base[$0], extended[$0]) }, n = Double(rows.count)
      var table: [[Int]] = []
      if case .categories(let cuts) = rule {
        table = Array(repeating: Array(repeating: 0, count: cuts.count + 1), count: cuts.count + 1)
        for row in rows { table[Rule.category(base[row], cuts)][Rule.category(extended[row], cuts)] += 1 }
      }
      var moves = Moves(
        count: rows.count, up: directions.count { $0 > 0 }, down: directions.count { $0 < 0 }, table: table)
      let moved = Double(moves.up + moves.down) / n
      (moves.nullVariance, moves.variance) = (moved / n, (moved - moves.net * moves.net) / n)
      guard clusters != nil else { return moves }
      for (row, direction) in zip(rows, directions) {
        (null[row], full[row]) = (sign * Double(direction) / n, sign * (Double(direction) - moves.net) / n)
      }
      let own = clusters.rows(rows)
      moves.nullVariance = own.variance(of: rows.map { null[$0] })
      moves.variance = own.variance(of: rows.map { full[$0] })
      return moves
    }
    events = moves(isEvent.indices.filter { isEvent[$0] }, sign: 1)
    others = moves(isEvent.indices.filter { !isEvent[$0] }, sign: -1)
    let isClustered = clusters != nil
    error = (isClustered ? clusters.variance(of: full) : events.variance + others.variance).squareRoot()
    nullError = (isClustered ? clusters.variance(of: null) : events.nullVariance + others.nullVariance).squareRoot()
  }

  /// Net share of events that move up plus net share of others that move down: −2 to 2.
  package var nri: Double { events.net - others.net }
  /// Its standard error, without supposing that there is no improvement.
  package let error: Double
  /// The same, supposing so.
  private let nullError: Double

  /// Improvement, its parts, moves, tests and limits.
  package func statistics(alpha: Double = 0.05) -> [Statistic] {
    let z = Self.ratio(nri, nullError)
    return [
      Statistic("nri", nri, "net share of events moved up plus net share of others moved down"),
      Statistic("nri_events", events.net), Statistic("nri_nonevents", -others.net),
      Statistic("up_events", events.upShare, "share of events"), Statistic("down_events", events.downShare),
      Statistic("up_nonevents", others.upShare, "share of others"), Statistic("down_nonevents", others.downShare),
      Statistic("z_pencina2008", z, "by the variance without improvement"),
      Statistic("p_pencina2008", z.twoSided, "that moves up are as likely as moves down"),
      Statistic("z_events", Self.ratio(events.net, events.nullVariance.squareRoot())),
      Statistic("z_nonevents", Self.ratio(-others.net, others.nullVariance.squareRoot())),
      Statistic("se_full", error, "without that supposition"),
      normalLimits("\(intervalName(alpha))_full", Estimate(nri, error: error), alpha: alpha),
    ]
  }

  /// The same under the names of the continuous NRI.
  package func continuousStatistics(alpha: Double) -> [Statistic] {
    let z = Self.ratio(nri, error)
    return [
      Statistic("nri", nri, "net share of events with a higher probability plus that of others with a lower one"),
      Statistic("se_nri", error), Statistic("z_nri", z), Statistic("p_nri", z.twoSided),
      normalLimits("nri_\(intervalName(alpha))", Estimate(nri, error: error), alpha: alpha),
      Statistic("nri_ev", events.net, "of events"), Statistic("se_nri_ev", events.variance.squareRoot()),
      Statistic("nri_ne", -others.net, "of others"), Statistic("se_nri_ne", others.variance.squareRoot()),
    ]
  }

  private static func ratio(_ value: Double, _ error: Double) -> Cell {
    error > 0 ? .value(value / error) : .undefined("nobody moves, or all move alike")
  }
}

/// By how much the difference of mean probabilities between events and others grows: the integrated discrimination improvement
/// (IDI). Pencina et al. 2008, doi:10.1002/sim.2929.
package struct DiscriminationImprovement: Sendable, Hashable {
  /// Mean probability of events less that of others, by both predictions.
  package let baseSlope: Double, extendedSlope: Double
  /// Mean rise of events' probabilities, and mean fall of others'.
  package let events: Double, others: Double
  /// Standard error of the improvement; not a number for a single event or other.
  package let error: Double

  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for the error.
  /// - Throws: `ModelError` for a probability outside 0 to 1, or a single outcome.
  package init(_ base: [Double], _ extended: [Double], _ isEvent: [Bool], clusters: [Int]? = nil) throws(ModelError) {
    try checkPredictions(base, extended, isEvent)
    let rows = [true, false].map { kind in isEvent.indices.filter { isEvent[$0] == kind } }
    let rises = rows.map { $0.map { extended[$0] - base[$0] } }
    func slope(_ values: [Double]) -> Double { mean(rows[0].map { values[$0] }) - mean(rows[1].map { values[$0] }) }
    (baseSlope, extendedSlope) = (slope(base), slope(extended))
    (events, others) = (mean(rises[0]), -mean(rises[1]))
    guard clusters != nil else {
      error = rises.reduce(0) { $0 + variance($1) / Double($1.count) }.squareRoot()
      return
    }
    var influence = [Double](repeating: 0, count: base.count)
    for (kind, sign) in [(0, 1.0), (1, -1)] {
      let center = mean(rises[kind]), count = Double(rows[kind].count)
      for (row, rise) in zip(rows[kind], rises[kind]) { influence[row] = sign * (rise - center) / count }
    }
    error = clusters.variance(of: influence).squareRoot()
  }

  /// The improvement: −2 to 2.
  package var idi: Double { events + others }

  /// Improvement, test, limits, parts and slopes.
  package func statistics(alpha: Double = 0.05) -> [Statistic] {
    let none = Cell.undefined("there is a single event or other, or all change alike")
    let z = error > 0 ? Cell.value(idi / error) : none
    return [
      Statistic("idi", idi, "gain of the difference of mean probabilities of events and others"),
      Statistic("se_idi", error.isNaN ? none : .value(error)), Statistic("z_idi", z), Statistic("p_idi", z.twoSided),
      normalLimits("idi_\(intervalName(alpha))", Estimate(idi, error: error), alpha: alpha),
      Statistic("is_increase_events", events, "mean rise of events' probabilities"),
      Statistic("ip_increase_nonevents", others, "mean fall of others' probabilities"),
      Statistic("discrimination_slope0", baseSlope, "base"),
      Statistic("discrimination_slope1", extendedSlope, "extended"),
    ]
  }
}

extension Cell {
  /// Two-sided p of a normal statistic.
  package var twoSided: Cell {
    switch self {
    case .value(let z): .value(NormalDistribution().outside(z))
    case .undefined: self
    }
  }
}

/// Normal limits of an estimate.
package func normalLimits(_ name: String, _ estimate: Estimate, alpha: Double, _ meaning: String = "") -> Statistic {
  let reason: Reason = estimate.error == 0 ? "all rows change alike" : "there is a single event or other"
  return Statistic(name, estimate.limits(alpha, orUndefined: reason), meaning)
}

/// Two predictions of the same rows, with both outcomes.
private func checkPredictions(_ base: [Double], _ extended: [Double], _ isEvent: [Bool]) throws(ModelError) {
  precondition(base.count == isEvent.count && extended.count == isEvent.count, "two predictions for each outcome")
  try checkProbabilities(base, extended)
  let events = isEvent.count { $0 }
  guard events > 0, events < isEvent.count else {
    throw ModelError.oneSided(events: events, rows: isEvent.count)
  }
}

/// - Throws: `ModelError` for what is no probability.
package func checkProbabilities(_ base: [Double], _ extended: [Double]) throws(ModelError) {
  if let bad = (base + extended).first(where: { !(0...1).contains($0) }) {
    throw ModelError.value("probability", bad, must: "from 0 to 1. A marker that is none belongs in a model")
  }
}

/// `ci95` for a confidence of 95 %.
package func intervalName(_ alpha: Double) -> String { "ci" + numberText(((1 - alpha) * 1e6).rounded() / 1e4) }

extension Reclassification: Documented {
  package static let name = "nri"
  package static let summary =
    "How many patients a second prediction moves up or down, events and others apart: net reclassification "
    + "improvement."
  package static let definition = "P(up | event) − P(down | event) + P(down | other) − P(up | other)"
  package static let limits =
    "The one without categories is often above 0 for useless markers, on other rows too (Pepe 2015, "
    + "doi:10.1007/s12561-014-9118-0); miscalibrated predictions mislead it (Hilden and Gerds 2014, "
    + "doi:10.1002/sim.5804)."
  package static let reference = "Pencina et al. 2008, doi:10.1002/sim.2929, and 2011, doi:10.1002/sim.4085"
}

extension DiscriminationImprovement: Documented {
  package static let name = "idi"
  package static let summary =
    "By how much the difference of mean probabilities between events and others grows: integrated discrimination "
    + "improvement."
  package static let definition = "mean over events of (p₁ − p₀) − mean over others of (p₁ − p₀)"
  package static let limits = "Miscalibrated predictions mislead it (Hilden and Gerds 2014, doi:10.1002/sim.5804)."
  package static let reference = "Pencina et al. 2008, doi:10.1002/sim.2929"
}
