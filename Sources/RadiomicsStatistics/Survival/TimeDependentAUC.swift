import RadiomicsCore
import RadiomicsNumerics

/// How well a marker tells patients with the event by a horizon from those seen longer: the cumulative/dynamic receiver operating
/// characteristic and its area, weighted for censoring, with a standard error by each row's influence. Uno et al. 2007,
/// doi:10.1198/016214507000000149; Blanche, Dartigues and Jacqmin-Gadda 2013, doi:10.1002/sim.5958. O(n log n).
package struct TimeDependentAUC: Sendable {
  /// How rows that end together count where the error allows for the weights being estimated. Without such rows it is the same.
  package enum TiedTimes: String, Sendable, CaseIterable {
    /// They leave the rows at risk together, as in riskRegression.
    case together
    /// They leave one by one in the rows' order, as in timeROC: the error then depends on that order.
    case inRowOrder = "in-row-order"
  }

  /// The horizon.
  package let horizon: Double
  /// Area under the curve: the probability that a patient with the event by the horizon has a larger value than one seen
  /// longer, ties counting one half.
  package let auc: Double
  /// Its standard error. It allows for the weights being estimated if they are of these rows.
  package let error: Cell
  /// Number of rows with the event by the horizon, and of rows seen longer.
  package let cases: Int, controls: Int
  /// The curve, from sensitivity 1 to specificity 1.
  package let points: [ROC.Point]
  /// By how much each row moves the area, times the number of rows.
  package let influence: [Double]

  /// - `marker`: One value for each row; larger ones mean earlier events.
  /// - `horizon`: In the unit of the times.
  /// - `censoring`: Weights; nil for those of these rows, from the left.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for the error.
  /// - `kinds`: Which event ended each row, of which 1 makes cases; rows with another event by the horizon are controls like those
  ///     seen longer (Blanche et al. 2013, definition 2). Nil where there is one kind only.
  /// - Throws: `ModelError` without cases or controls, for a marker that is no number, or where weights are not known.
  package init(
    _ times: SurvivalTimes, _ marker: [Double], at horizon: Double, censoring: CensoringWeights? = nil,
    tiedTimes: TiedTimes = .together, clusters: [Int]? = nil, kinds: [Int]? = nil
  ) throws(ModelError) {
    precondition(marker.count == times.count, "a value for each row")
    if let bad = marker.first(where: { $0.isNaN }) {
      throw ModelError.value("marker", bad, must: "a number")
    }
    let censoring = if let censoring { censoring } else { try CensoringWeights(times) }
    let rows = try HorizonRows(times, horizon, censoring, kinds: kinds)
    (cases, controls) = (rows.cases, rows.controls)
    guard cases > 0, controls > 0 else {
      throw ModelError.horizon(
        horizon,
        "\(cases) rows have the event by then and \(controls) are seen longer, "
          + "must be some of both. Choose \(cases > 0 ? "an earlier" : "another") one.")
    }
    let ranks = WeightedRanks(marker, rows)
    points = ranks.points
    // Weights of rows that are seen longer are equal, and cancel.
    let total = pairwiseSum(marker.count) { rows.isCase[$0] ? rows.weights[$0] : 0 }
    let area = pairwiseSum(marker.count) { rows.isCase[$0] ? rows.weights[$0] * ranks.part[$0] : 0 } / total
    let n = Double(marker.count), m = ranks.controls
    let ofCases = marker.indices.map { row in
      rows.isCase[row] ? n * rows.weights[row] * (ranks.part[row] - area) / total : 0
    }
    var influence = marker.indices.map { row in
      rows.isControl[row] ? n * (ranks.part[row] - area) / m : ofCases[row]
    }
    var ends = ofCases, beyond = 0.0
    if let isOther = rows.isOther {
      for row in marker.indices where isOther[row] {
        ends[row] = n * rows.otherWeights[row] * (ranks.part[row] - area) / m
        influence[row] = ends[row]
      }
      beyond = pairwiseSum(marker.count) { rows.isControl[$0] ? influence[$0] : 0 }
    }
    if censoring.source == times {
      let added = CensoringInfluence(times, tiedTimes).influence(
        ends: ends, beyond: beyond, horizon: rows.isOther == nil ? .infinity : horizon)
      for row in influence.indices { influence[row] += added[row] }
    }
    self.horizon = horizon
    auc = area
    self.influence = influence
    error =
      cases > 1 && controls > 1 ? standardError(influence, clusters) : .undefined("there is a single case or control")
  }

  /// Limits of the area: normal, within 0 to 1.
  package func limits(alpha: Double = 0.05) -> ClosedRange<Double>? {
    let limits = shareLimits(auc, error, alpha: alpha).compactMap(\.value)
    return limits.count == 2 ? limits[0]...limits[1] : nil
  }

  /// The covariance of the areas of two markers or horizons of the same rows.
  package func covariance(with other: TimeDependentAUC) -> Double {
    precondition(influence.count == other.influence.count, "areas of the same rows")
    return RadiomicsNumerics.covariance(influence, other.influence) / Double(influence.count)
  }

  /// The mean of areas over horizons, each counting by the part of the patients who have the event since the one before. As in
  /// scikit-survival. Undefined where nobody has the event by the last.
  /// - `areas`: Ascending in their horizons.
  package static func mean(_ areas: [TimeDependentAUC], survival: KaplanMeier) -> Cell {
    var sum = 0.0, before = 1.0
    for area in areas {
      let share = survival.survival(at: area.horizon)
      sum += area.auc * (before - share)
      before = share
    }
    return before < 1 ? .value(sum / (1 - before)) : .undefined("nobody has the event by the last horizon")
  }
}

extension TimeDependentAUC {
  /// Areas at several horizons, with reasons where there is none.
  /// - `markers`: For each horizon, or one for all.
  /// - `horizons`: Ascending.
  package static func statistics(
    _ times: SurvivalTimes, _ markers: [[Double]], at horizons: [Double], censoring: CensoringWeights? = nil,
    tiedTimes: TiedTimes = .together, clusters: [Int]? = nil, kinds: [Int]? = nil, alpha: Double = 0.05
  ) -> [Statistic] {
    precondition(markers.count == 1 || markers.count == horizons.count, "a marker for each horizon, or one for all")
    var columns: [[Cell]] = [[], [], [], []], areas: [TimeDependentAUC] = []
    for (index, horizon) in horizons.enumerated() {
      do throws(ModelError) {
        let marker = markers[markers.count == 1 ? 0 : index]
        let area = try TimeDependentAUC(
          times, marker, at: horizon, censoring: censoring, tiedTimes: tiedTimes, clusters: clusters, kinds: kinds)
        let limits = shareLimits(area.auc, area.error, alpha: alpha)
        for (column, cell) in [.value(area.auc), area.error, limits[0], limits[1]].enumerated() {
          columns[column].append(cell)
        }
        areas.append(area)
      } catch {
        for column in columns.indices { columns[column].append(.undefined(Reason(error.description))) }
      }
    }
    let average =
      areas.count == horizons.count
      ? mean(areas, survival: KaplanMeier(times)) : .undefined("at a horizon there is no area")
    return [
      Statistic("times", horizons.map { .value($0) }),
      Statistic("auc", columns[0], "cumulative/dynamic area under the curve"), Statistic("auc_se", columns[1]),
      Statistic("auc_lower", columns[2]), Statistic("auc_upper", columns[3]),
      Statistic("mean_auc", average, "over the horizons, by the patients who have the event between them"),
    ]
  }
}

/// Where each row's marker lies among the rows of the other kind, and the curve.
private struct WeightedRanks {
  /// For a case the part of controls below it, for a control that of the cases' weight above it; ties count one half.
  let part: [Double]
  /// Controls, by their weights.
  let controls: Double
  let points: [ROC.Point]

  init(_ marker: [Double], _ rows: HorizonRows) {
    let order = marker.indices.filter { rows.isCase[$0] || rows.otherWeights[$0] > 0 }.sorted {
      marker[$0] < marker[$1]
    }
    let total = pairwiseSum(marker.count) { rows.isCase[$0] ? rows.weights[$0] : 0 },
      m = pairwiseSum(marker.count) { rows.otherWeights[$0] }
    var part = [Double](repeating: 0, count: marker.count), below = (cases: 0.0, controls: 0.0), start = 0
    var points = [ROC.Point(threshold: -.infinity, sensitivity: 1, specificity: 0)]
    while start < order.count {
      let value = marker[order[start]], end = order[start...].firstIndex { marker[$0] != value } ?? order.count
      var tied = (cases: 0.0, controls: 0.0)
      for row in order[start..<end] {
        if rows.isCase[row] { tied.cases += rows.weights[row] } else { tied.controls += rows.otherWeights[row] }
      }
      for row in order[start..<end] {
        part[row] =
          rows.isCase[row]
          ? (below.controls + tied.controls / 2) / m : 1 - (below.cases + tied.cases / 2) / total
      }
      below = (below.cases + tied.cases, below.controls + tied.controls)
      points.append(
        ROC.Point(
          threshold: end < order.count ? value + (marker[order[end]] - value) / 2 : .infinity,
          sensitivity: end < order.count ? max(0, (total - below.cases) / total) : 0, specificity: below.controls / m))
      start = end
    }
    (self.part, self.points, controls) = (part, points, m)
  }
}

extension TimeDependentAUC: Documented {
  package static let name = "auc-t"
  package static let summary = "How well a marker tells patients with the event by a horizon from those seen longer."
  package static let definition =
    "P(rᵢ > rⱼ | event of i by t, j without it at t), cases weighted by 1/G(tᵢ−); standard error by the rows' "
    + "influences"
  package static let limits = "Undefined without events by the horizon, or patients seen longer."
  package static let reference =
    "Uno et al. 2007, doi:10.1198/016214507000000149; Blanche et al. 2013, doi:10.1002/sim.5958"
}
