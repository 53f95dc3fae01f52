import RadiomicsCore
import RadiomicsNumerics
import RadiomicsStatistics

/// What a marker by itself says about the time until an event: a Cox model of it alone.
package struct PrognosticMarker: Sendable {
  /// As it was asked for.
  package let name: String
  /// Hazard ratios, concordance, tests.
  package private(set) var statistics: [Statistic]
  /// P of Wald's test; undefined where there is no model.
  package let p: Cell
  /// Patients or rows in which it is known.
  package let count: Int
  /// Log hazard ratio for each unit and for each standard deviation; nil where there is no model.
  package let estimates: (each: EstimateCell, perSD: EstimateCell)?
  /// Of two patients the one with the larger value has the event first, with this probability.
  package let concordance: Cell
  /// P corrected by Benjamini and Hochberg, of several markers.
  package private(set) var benjaminiHochberg: Double?

  /// - `values`: One for each row; rows in which it is missing are left out.
  init(_ name: String, _ values: [Double?], _ rows: PrognosticRows, _ screen: CoxScreen, _ options: Prognosis.Options)
    throws(ModelError)
  {
    self.name = name
    let present = values.indices.filter { values[$0] != nil }, known = present.map { values[$0]! }
    let times = present.count == values.count ? rows.times : rows.times.rows(present)
    let weights = try rows.weights(options).map { all in present.map { all[$0] } }
    let clusters = rows.clusters.rows(present)
    let harrell = ConcordanceIndex(
      known, times, weights: weights, clusters: clusters, limit: options.horizon ?? .infinity)
    count = clusters.patients(present.count)
    var estimates: (EstimateCell, EstimateCell)?
    var statistics = clusters.counts(present.count) + [Statistic("events", times.events)]
    do throws(ModelError) {
      let model =
        weights == nil && clusters == nil && !options.isRobust
        ? try screen.model(values, name: name)
        : try CoxModel(
          Matrix(columns: [known], rows: known.count), times, names: [name], weights: weights, clusters: clusters,
          ties: options.ties, isRobust: options.isRobust)
      let each = model.estimates[0], perSD = each.times(variance(known).squareRoot())
      estimates = (each, perSD)
      statistics += Self.statistics(model, each, perSD, options.alpha)
      p = model.coefficients[0].value == nil ? model.coefficients[0] : .value(model.wald.p)
      let test = try? ProportionalHazardsTest(model)
      statistics.append(
        Statistic(
          "ph_p", test.map { .value($0.global.p) } ?? .undefined("the model has no test of it"),
          "that the hazard ratio does not change with time"))
    } catch {
      let none = Cell.undefined(Reason(error.description))
      p = none
      statistics += ["coef", "se", "hr", "p"].map { Statistic($0, none) }
    }
    let c = Cell(harrell.value, orUndefined: "no two rows can be compared")
    (self.estimates, concordance) = (estimates, c)
    self.statistics =
      statistics + [
        Statistic("concordance", c, "of two patients the one with the larger value has the event first"),
        Statistic("concordance_se", c.value == nil ? c : .value(harrell.error)),
        Statistic("concordance_ci", harrell.limits(alpha: options.alpha)),
      ]
  }

  private static func statistics(
    _ model: CoxModel, _ each: EstimateCell, _ perSD: EstimateCell, _ alpha: Double
  ) -> [Statistic] {
    func pair(_ limits: (lower: Cell, upper: Cell)) -> [Cell] { [limits.lower, limits.upper] }
    return [
      Statistic("coef", each.value), Statistic("se", each.error),
      Statistic("hr", each.ratio, "hazard ratio for each unit"), Statistic("hr_ci", pair(each.ratioLimits(alpha))),
      Statistic("hr_per_sd", perSD.ratio, "for each standard deviation of these rows"),
      Statistic("hr_per_sd_ci", pair(perSD.ratioLimits(alpha))), Statistic("z", each.z),
      Statistic("p", model.wald.p, "Wald: that it says nothing"),
      Statistic("p_lr", model.likelihoodRatio.p, "likelihood ratio\(model.assumption)"),
    ]
  }

  /// With P values that hold for all markers together: Holm 1979, Benjamini and Hochberg 1995.
  static func adjusted(_ markers: [PrognosticMarker]) -> [PrognosticMarker] {
    guard markers.count > 1 else { return markers }
    let known = markers.indices.filter { markers[$0].p.value != nil }, values = known.map { markers[$0].p.value! }
    let holm = Multiplicity.holm.adjusted(values), bh = Multiplicity.benjaminiHochberg.adjusted(values)
    return markers.enumerated().map { index, marker in
      guard let place = known.firstIndex(of: index) else { return marker }
      let extra = [
        Statistic("p_holm", holm[place], "that it says nothing, for all markers together"),
        Statistic("p_bh", bh[place], "share of false discoveries if markers up to this P are believed"),
      ]
      var marker = marker
      marker.statistics += extra
      marker.benjaminiHochberg = bh[place]
      return marker
    }
  }
}
