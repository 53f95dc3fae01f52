import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// A difference of mean times without the event within a horizon, of treated less control. Irwin 1949; Royston and
/// Parmar 2011, doi:10.1002/sim.4274. Needs no proportional hazards.
package struct RestrictedMeanDifference: Sendable, Hashable {
  /// In the unit of the times.
  package let estimate: Estimate
  /// By how much each patient changes it, where some have several rows.
  private var influence: [Double]?

  /// Nil where an arm was not seen so long, or does not vary.
  /// - `clusters`: Numbers from 0 of the patients of either arm's rows, where some have several.
  package init?(
    treated: SurvivalTimes, control: SurvivalTimes, horizon: Double, clusters: (treated: [Int], control: [Int])? = nil
  ) {
    guard let first = KaplanMeier(treated, clusters: clusters?.treated).restrictedMean(to: horizon),
      let second = KaplanMeier(control, clusters: clusters?.control).restrictedMean(to: horizon)
    else { return nil }
    self.init(first.mean - second.mean, (first.error, first.influence), (second.error, second.influence))
  }

  private init(
    _ difference: Double, _ first: (error: Double, influence: [Double]?),
    _ second: (error: Double, influence: [Double]?)
  ) {
    guard let a = first.influence, let b = second.influence else {
      estimate = Estimate(
        difference, error: (first.error * first.error + second.error * second.error).squareRoot())
      return
    }
    // A patient may have rows in both.
    let sums = (0..<max(a.count, b.count)).map { ($0 < a.count ? a[$0] : 0) - ($0 < b.count ? b[$0] : 0) }
    influence = sums
    estimate = Estimate(difference, error: pairwiseSum(sums) { $0 * $0 }.squareRoot())
  }

  /// This one less another, of other rows.
  package func minus(_ other: RestrictedMeanDifference) -> RestrictedMeanDifference {
    RestrictedMeanDifference(
      estimate.value - other.estimate.value, (estimate.error, influence), (other.estimate.error, other.influence))
  }
}

/// What a treatment does in groups of patients by a marker.
package struct TreatmentSubgroups: Sendable {
  /// One group.
  package struct Group: Sendable {
    /// `age ≥ 61`.
    package let name: String
    /// Patients and events in either arm.
    package let control: (count: Int, events: Int), treated: (count: Int, events: Int)
    /// The ratio of hazards or odds in this group alone.
    package let effect: EstimateCell
    /// Curves of either arm, if outcomes are times.
    package let controlCurve: KaplanMeier?, treatedCurve: KaplanMeier?
    /// The difference of restricted means; nil where there is none.
    package let restrictedMean: RestrictedMeanDifference?
  }

  /// In order of the marker.
  package let groups: [Group]
  /// How groups were made.
  package let isCutAtMedian: Bool
  /// Tests over the groups that have an effect; nil if fewer than two have one.
  package let qualitative: QualitativeInteraction?
  /// Up to when restricted means go; nil for other outcomes than times.
  package let horizon: Double?
  private let ratioName: String

  /// - `interaction`: The model whose patients are grouped.
  /// - `cuts`: Of the marker.
  /// - `horizon`: Nil for the earliest of the groups' and arms' last times.
  package init(_ interaction: TreatmentInteraction, adjust: String?, cuts: [Double] = [], horizon: Double? = nil)
    throws(ModelError)
  {
    let trial = interaction.trial, isTreated = trial.isTreated, clusters = trial.clusters
    let parts = try MarkerGroups(interaction.marker, interaction.values, cuts: cuts)
    let members = parts.names.indices.map { group in parts.codes.indices.filter { parts.codes[$0] == group } }
    let times = interaction.frame.outcome.times, isEvent = interaction.frame.outcome.isEvent
    func arm(_ group: Int, _ treated: Bool) -> [Int] { members[group].filter { isTreated[$0] == treated } }
    let ends = times.map { times in
      members.indices.flatMap { group in
        [true, false].compactMap { treated in arm(group, treated).map { times.stop[$0] }.max() }
      }
    }
    let limit = times.flatMap { _ in horizon ?? ends?.min() }
    groups = members.indices.map { group in
      let rows = [arm(group, false), arm(group, true)]
      func number(_ rows: [Int]) -> (Int, Int) {
        (clusters.rows(rows).patients(rows.count), rows.count { isEvent[$0] })
      }
      let split = rows.map { rows in times.map { $0.rows(rows) } }
      let mean = limit.flatMap { limit in
        rows.contains(where: \.isEmpty)
          ? nil
          : RestrictedMeanDifference(
            treated: split[1]!, control: split[0]!, horizon: limit,
            clusters: clusters.map { all in (rows[1].map { all[$0] }, rows[0].map { all[$0] }) })
      }
      return Group(
        name: parts.names[group], control: number(rows[0]), treated: number(rows[1]),
        effect: Self.effect(trial.rows(members[group]), adjust),
        controlCurve: split[0].map { KaplanMeier($0, clusters: clusters.rows(rows[0])) },
        treatedCurve: split[1].map { KaplanMeier($0, clusters: clusters.rows(rows[1])) }, restrictedMean: mean)
    }
    qualitative = QualitativeInteraction(groups.compactMap(\.effect.estimate))
    self.horizon = limit
    (isCutAtMedian, ratioName) = (parts.isCutAtMedian, trial.outcome.ratioName)
  }

  private static func effect(_ trial: Trial, _ adjust: String?) -> EstimateCell {
    do throws(ModelError) {
      let right = try trial.adjusted(.column(trial.treatment), adjust)
      let frame = try ModelFrame(Formula(trial.response, right), trial.table)
      let model = try RegressionModel(frame, isRobust: false)
      let place = model.names.firstIndex(of: Formula.Expression.column(trial.treatment).text)
      return model.sum(model.names.indices.map { $0 == place ? 1 : 0 }).map(EstimateCell.known)
        ?? .undefined("the group has one arm only")
    } catch {
      return .undefined(Reason(error.sentence))
    }
  }

  /// Difference between the last and the first group of their differences of restricted means.
  package var differenceOfDifferences: RestrictedMeanDifference? {
    guard groups.count > 1, let first = groups[0].restrictedMean, let last = groups[groups.count - 1].restrictedMean
    else { return nil }
    return last.minus(first)
  }

  /// Effects and tests under the names of files.
  package func effects(alpha: Double = 0.05) -> [Statistic] {
    let none = Cell.undefined("fewer than two groups have an effect")
    let tests = qualitative?.statistics ?? ["Q", "Q_p", "gail_simon_stat", "gail_simon_p"].map { Statistic($0, none) }
    func counts(_ name: String, _ number: (Group) -> Int) -> Statistic {
      Statistic(name, groups.map { .value(Double(number($0))) })
    }
    return [
      counts("n_untreated", { $0.control.count }), counts("events_untreated", { $0.control.events }),
      counts("n_treated", { $0.treated.count }), counts("events_treated", { $0.treated.events }),
      Statistic("log_\(ratioName)", groups.map(\.effect.value)), Statistic("se", groups.map(\.effect.error)),
    ] + groups.map(\.effect).statistics(ratioName, alpha: alpha) + tests
  }

  /// Differences of restricted means under the names of files; empty for other outcomes than times.
  package func restrictedMeans(alpha: Double = 0.05) -> [Statistic] {
    guard let horizon else { return [] }
    let none = Reason("an arm of the group was not seen until \(numberText(horizon))")
    func cell(_ estimate: Estimate?, _ number: (Estimate) -> Double?) -> Cell {
      estimate.map { number($0).map { .value($0) } ?? .undefined("nothing varies") } ?? .undefined(none)
    }
    func list(_ name: String, _ number: (Estimate) -> Double?, _ meaning: String = "") -> Statistic {
      Statistic(name, groups.map { cell($0.restrictedMean?.estimate, number) }, meaning)
    }
    let all = differenceOfDifferences?.estimate
    return [
      Statistic("tau", horizon, "horizon"),
      list("diff", \.value, "mean time without the event, treated less control"), list("se", \.error),
      list("lower", { $0.limits(alpha)?.lowerBound }), list("upper", { $0.limits(alpha)?.upperBound }),
      list("z", \.z), list("p", \.p),
      Statistic("difference_of_differences", cell(all, \.value), "last group less first"),
      Statistic("difference_se", cell(all, \.error)),
      Statistic("difference_lower", cell(all) { $0.limits(alpha)?.lowerBound }),
      Statistic("difference_upper", cell(all) { $0.limits(alpha)?.upperBound }),
      Statistic("difference_z", cell(all, \.z)),
      Statistic("difference_p", cell(all, \.p)),
    ]
  }
}
