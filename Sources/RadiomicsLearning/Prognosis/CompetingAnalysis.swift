import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What happens to patients who may have one of several events: how often each comes first, and what columns have to do with the event
/// of interest.
package struct CompetingAnalysis: Sendable {
  /// How often each kind comes first, in all or in each group.
  package struct Group: Sendable {
    /// Its value in the column, or `all`.
    package let name: String
    /// Cumulative incidences; kind 1 is the event of interest.
    package let curve: AalenJohansen
    /// What is said about it.
    package let statistics: [StatisticGroup]
  }

  /// Values in the column of the event, by kind from 1.
  package let kinds: [String]
  /// In order of their names.
  package let groups: [Group]
  /// Gray's test of the groups for each kind, Fine and Gray's model.
  package let statistics: [StatisticGroup]
  /// Fine and Gray's model; nil without a model.
  let regression: (model: FineGray, frame: ModelFrame)?

  /// Nil unless there are several kinds of events.
  init?(_ rows: PrognosticRows, _ moments: [Double], _ options: Prognosis.Options) throws(ModelError) {
    guard let codes = rows.kinds, let cause = options.cause else { return nil }
    let times = try CompetingTimes(stop: rows.times.stop, kinds: codes)
    let values = try rows.table.calculated(options.event).map { $0 ?? 0 }
    kinds =
      [numberText(cause)]
      + (1..<max(1, times.kindCount)).map { kind in
        numberText(codes.firstIndex(of: kind + 1).map { values[$0] } ?? 0)
      }
    let (members, names) =
      try options.group.map { name throws(ModelError) in try rows.codes(name) } ?? (codes.map { _ in 0 }, ["all"])
    let labels = kinds
    groups = names.enumerated().map { code, name in
      Self.group(
        name, times, members.indices.filter { members[$0] == code }, rows.clusters, labels, moments,
        alpha: options.alpha)
    }
    var statistics: [StatisticGroup] = []
    if options.group != nil {
      let strata = try options.stratify.map { name throws(ModelError) in try rows.codes(name).codes }
      for kind in 1...times.kindCount {
        let test = try GrayTest(times, groups: members, kind: kind, strata: strata)
        statistics.append(
          StatisticGroup(
            "gray_\(labels[kind - 1])",
            [
              Statistic("gray_stat", test.statistic), Statistic("df", test.df),
              Statistic("gray_p", test.p, "that event \(labels[kind - 1]) is equally frequent in all groups"),
            ]))
      }
    }
    var found: (model: FineGray, frame: ModelFrame)?
    if let right = rows.model {
      do throws(ModelError) {
        found = try Self.fit(right, rows, times)
        statistics += found.map { Self.regression($0.model) } ?? []
      } catch {
        statistics.append(StatisticGroup("fine_gray", Reason(error.description)))
      }
    }
    regression = found
    self.statistics = statistics
  }

  private static func group(
    _ name: String, _ all: CompetingTimes, _ rows: [Int], _ clusters: [Int]?, _ labels: [String], _ moments: [Double],
    alpha: Double
  ) -> Group {
    let times = all.rows(rows), curve = AalenJohansen(times, clusters: clusters.rows(rows)),
      other = AalenJohansen(times, variance: .hypergeometric)
    let none = Cell.undefined("it has not happened"), unseen = Cell.undefined("nobody was seen so long")
    let last = times.stop.max() ?? 0
    func known(_ value: (Double) -> Double) -> [Cell] { moments.map { $0 <= last ? .value(value($0)) : unseen } }
    let statistics = (1...times.kindCount).map { kind in
      let limits = moments.map { curve.limits(of: kind, at: $0, alpha: alpha) }
      return StatisticGroup(
        "event_\(labels[kind - 1])",
        [
          Statistic("events", times.events(of: kind)), Statistic("time", moments.map { .value($0) }),
          Statistic("cif", known { curve.incidence(of: kind, at: $0) }, "share that has had it first"),
          Statistic("std_err", known { curve.error(of: kind, at: $0) }),
          Statistic(
            "var", known { other.error(of: kind, at: $0) * other.error(of: kind, at: $0) },
            "as in cuminc, of independent rows"),
          Statistic("lower", limits.map { $0.map { .value($0.lowerBound) } ?? none }),
          Statistic("upper", limits.map { $0.map { .value($0.upperBound) } ?? none }),
        ])
    }
    let free = [
      Statistic("event_free", known { curve.eventFree.survival(at: $0) }, "share without any event"),
      Statistic("event_free_std_err", known { curve.eventFree.error(at: $0) }),
    ]
    return Group(name: name, curve: curve, statistics: statistics + [StatisticGroup("", free)])
  }

  /// The share of patients who will have had the event of interest first: for each one value for each time. Nil without Fine and
  /// Gray's model.
  func incidences(of patients: Table, at moments: [Double]) throws(ModelError) -> [[Double]]? {
    guard let regression else { return nil }
    return regression.model.incidences(try regression.frame.columns.covariates(of: patients).design, at: moments)
  }

  /// Fine and Gray's model of the event of interest.
  private static func fit(_ right: Formula.Expression, _ rows: PrognosticRows, _ times: CompetingTimes)
    throws(ModelError)
    -> (model: FineGray, frame: ModelFrame)
  {
    let formula = try Formula(rows.response, right)
    guard formula.strata.isEmpty, formula.clusters.isEmpty, formula.offsets.isEmpty, formula.timeTransforms.isEmpty
    else {
      throw ModelError("strata, clusters, offsets and tt() are not supported in it")
    }
    let frame = try ModelFrame(formula, rows.table)
    try frame.requireEnoughRows()
    return (
      try FineGray(frame.matrix, names: frame.design.names, times, kind: 1, clusters: rows.clusters), frame
    )
  }

  private static func regression(_ model: FineGray) -> [StatisticGroup] {
    let estimates = model.estimates
    func named(_ key: String, _ cell: (EstimateCell) -> Cell, _ meaning: String = "") -> StatisticGroup {
      StatisticGroup("fine_gray_\(key)", zip(model.names, estimates).map { Statistic($0, cell($1), meaning) })
    }
    return [
      named("coef", \.value, "log ratio of subdistribution hazards"), named("se_robust", \.error), named("p", \.p),
      StatisticGroup(
        "fine_gray",
        [Statistic("loglik", model.logLikelihood), Statistic("loglik_null", model.nullLogLikelihood)]),
    ]
  }
}
