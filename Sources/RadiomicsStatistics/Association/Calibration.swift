import RadiomicsCore
import RadiomicsNumerics

/// Whether predicted probabilities are right: events against what was expected, for predictions that were not fitted to these
/// rows. Van Calster et al. 2019, doi:10.1186/s12916-019-1466-7.
package struct Calibration: Sendable {
  private let probabilities: [Double], outcome: [Double], clusters: [Int]?
  private let alpha: Double

  /// - `probabilities`: Predicted, from 0 to 1.
  /// - `outcome`: 1 for an event, else 0.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient, for errors and limits.
  /// - Throws: `ModelError` for a probability outside 0 to 1, or a single outcome.
  package init(_ probabilities: [Double], _ outcome: [Double], clusters: [Int]? = nil, alpha: Double = 0.05)
    throws(ModelError)
  {
    if let bad = probabilities.first(where: { !(0...1).contains($0) }) {
      throw ModelError.value("probability", bad, must: "from 0 to 1", .judgeAsMarker)
    }
    guard Set(outcome).count == 2 else { throw ModelError.oneOutcome }
    (self.probabilities, self.outcome, self.clusters, self.alpha) = (probabilities, outcome, clusters, alpha)
  }

  private var n: Double { Double(outcome.count) }
  private var events: Double { outcome.reduce(0, +) }

  /// Logarithms of the odds; a probability of 0 or 1 has none.
  private var logits: [Double]? {
    let logits = probabilities.map { log($0 / (1 - $0)) }
    return logits.allSatisfy(\.isFinite) ? logits : nil
  }

  /// Calibration in the large, slope, O/E, Brier's and the logarithmic score, Spiegelhalter's test, R².
  package var statistics: [Statistic] {
    line + scores + [
      Statistic(
        "ICI_lowess",
        curve.map { .value(mean(zip($0, sortedProbabilities).map { abs($0.smooth - $1) })) }
          ?? .undefined("too few different probabilities"), "mean distance of the smooth curve from the diagonal")
    ]
  }

  /// Logistic models of the outcome by the logits: one with the slope 1, and one with both coefficients.
  package struct Recalibration: Sendable {
    /// Intercept beside the slope 1, slope, and the intercept with it, with their errors.
    package var inTheLarge: EstimateCell, slope: EstimateCell, intercept: Cell
    /// Nagelkerke's R² of the predictions as they are.
    package var explained: Cell
    /// Test that the intercept is 0 and the slope 1, with 2 degrees of freedom.
    package var chi: Cell, p: Cell
  }

  /// The models, or for each number the reason why there are none.
  package func recalibrated() -> Recalibration {
    func none(_ reason: Reason) -> Recalibration {
      let cell = Cell.undefined(reason)
      return Recalibration(
        inTheLarge: .undefined(reason), slope: .undefined(reason), intercept: cell, explained: cell, chi: cell, p: cell)
    }
    guard let logits else { return none("a probability is 0 or 1, which has no logit") }
    let ones = outcome.map { _ in 1.0 }, both = Matrix(columns: [ones, logits], rows: outcome.count)
    let labels = ["(Intercept)", "logit"]
    guard
      let large = try? LogisticModel(
        Matrix(columns: [ones], rows: outcome.count), outcome, names: ["(Intercept)"], offset: logits,
        clusters: clusters),
      let line = try? LogisticModel(both, outcome, names: labels, clusters: clusters),
      line.coefficients[1].value != nil
    else { return none("the recalibration model has no maximum") }
    let asPredicted = zip(logits, outcome).reduce(0.0) { sum, pair in
      let (eta, y) = pair
      return sum + y * eta - softplus(eta)
    }
    // A maximum is no less than what it is compared with, but for rounding.
    let chi = max(0, 2 * (line.logLikelihood - asPredicted))
    let most = 1 - exp(2 * line.nullLogLikelihood / n)
    let explained = (1 - exp(2 * (line.nullLogLikelihood - asPredicted) / n)) / most
    return Recalibration(
      inTheLarge: large.estimates[0], slope: line.estimates[1], intercept: line.coefficients[0],
      explained: .value(explained), chi: .value(chi), p: .value(ChiSquared(2).above(chi)))
  }

  /// Calibration in the large, slope and O/E with errors and limits.
  package var line: [Statistic] { recalibration + observedOverExpected }

  private var recalibration: [Statistic] {
    let found = recalibrated()
    func limits(_ name: String, _ estimate: EstimateCell) -> Statistic {
      let limits = estimate.limits(alpha)
      return Statistic(name, [limits.lower, limits.upper])
    }
    return [
      inTheLarge(found), Statistic("citl_se", found.inTheLarge.error), limits("citl_ci", found.inTheLarge),
      slope(found),
      Statistic("slope_se", found.slope.error), limits("slope_ci", found.slope),
      Statistic("intercept_with_slope", found.intercept),
      Statistic("nagelkerke_R2", found.explained, "of the predictions as they are"),
      Statistic("test_intercept0_slope1_chisq", found.chi, "2 degrees of freedom"), p(found),
    ]
  }

  private func inTheLarge(_ found: Recalibration) -> Statistic {
    Statistic("calibration_in_the_large", found.inTheLarge.value, "logit of events too many (0 is right)")
  }
  private func slope(_ found: Recalibration) -> Statistic {
    Statistic("slope", found.slope.value, "1 is right, less is overfitting")
  }
  private func p(_ found: Recalibration) -> Statistic {
    Statistic("U_p", found.p, "that intercept 0 and slope 1 are right")
  }

  /// The four numbers that say most.
  package func brief(_ found: Recalibration) -> [Statistic] {
    [inTheLarge(found), slope(found), p(found), observedOverExpected[0]]
  }

  private var observedOverExpected: [Statistic] {
    let ratio = events / probabilities.reduce(0, +)
    let share = events / n
    let error =
      clusters == nil
      ? ((1 - share) / events).squareRoot()
      : (standardError(outcome.map { $0 - share }, clusters).value ?? .infinity) / share
    let estimate = Estimate(ratio, error: ratio * error, .log)
    return [
      Statistic("O_over_E", ratio, "events for each that was expected"),
      Statistic("O_over_E_se", Cell(estimate.error, orUndefined: "all rows are of a single patient")),
      Statistic("O_over_E_ci", estimate.limits(alpha, orUndefined: "all rows are of a single patient")),
    ]
  }

  private var scores: [Statistic] {
    let brier = mean(zip(probabilities, outcome).map { ($0 - $1) * ($0 - $1) }), base = events / n
    let variance = probabilities.reduce(0) { $0 + (1 - 2 * $1) * (1 - 2 * $1) * $1 * (1 - $1) }
    let excess = zip(probabilities, outcome).reduce(0) { $0 + ($1.1 - $1.0) * (1 - 2 * $1.0) }
    let z = excess / variance.squareRoot()
    let loss = mean(zip(probabilities, outcome).map { -log($1 == 1 ? $0 : 1 - $0) })
    return [
      Statistic("brier", brier, "mean squared error"),
      Statistic("brier_scaled", 1 - brier / (base * (1 - base)), "1 is perfect, 0 as good as the prevalence"),
      Statistic("log_loss", loss), Statistic("spiegelhalter_z", z),
      Statistic("spiegelhalter_p", NormalDistribution().outside(z), "that predictions are right"),
    ]
  }

  private var sortedProbabilities: [Double] { probabilities.sorted() }

  /// Smoothed share of events against the prediction, at each row's prediction in ascending order; nil where all are equal.
  package var curve: [(predicted: Double, smooth: Double)]? {
    let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
    guard let first = order.first, let last = order.last, probabilities[first] < probabilities[last] else { return nil }
    let points = order.map { (x: probabilities[$0], y: outcome[$0]) }, smooth = lowess(points)
    // Equal predictions have one height.
    var heights: [(predicted: Double, smooth: Double)] = [], start = 0
    while start < points.count {
      let end = points[start...].firstIndex { $0.x != points[start].x } ?? points.count
      let height = mean(Array(smooth[start..<end]))
      heights += (start..<end).map { _ in (points[start].x, height) }
      start = end
    }
    return heights
  }

  /// Rows in groups of rising prediction.
  package struct Group: Sendable, Hashable {
    /// Number of rows, of events, and of events expected.
    package let count: Int, observed: Int, expected: Double
  }

  /// Groups between the quantiles of the predictions (type 7), closed on the right; equal quantiles make one group.
  package func groups(_ count: Int = 10) -> [Group] {
    quantileGroups(probabilities, count, lowest: .joinsNext).map { rows in
      Group(
        count: rows.count, observed: rows.count { outcome[$0] == 1 },
        expected: rows.reduce(0) { $0 + probabilities[$1] })
    }
  }

  /// Hosmer and Lemeshow's test for predictions of another data set: as many degrees of freedom as groups; two fewer where the
  /// model was fitted to these rows. 1980, doi:10.1080/03610928008827941.
  package func hosmerLemeshow(_ count: Int = 10) -> [Statistic] {
    let groups = groups(count)
    let chi = groups.reduce(0.0) { sum, group in
      let share = group.expected / Double(group.count), difference = Double(group.observed) - group.expected
      return sum + difference * difference / (group.expected * (1 - share))
    }
    let df = Double(groups.count)
    return [
      Statistic("chisq", chi), Statistic("df_external", groups.count),
      Statistic("p_external", ChiSquared(df).above(chi), "predictions of other data"),
      Statistic(
        "p_internal", groups.count > 2 ? .value(ChiSquared(df - 2).above(chi)) : .undefined("fewer than 3 groups"),
        "a model fitted to these rows"),
      Statistic("observed", groups.map { .value(Double($0.observed)) }),
      Statistic("expected", groups.map { .value($0.expected) }),
      Statistic("n", groups.map { .value(Double($0.count)) }),
    ]
  }

  /// Brier's score as reliability − resolution + uncertainty over rows of equal prediction or, with `groups`, over groups with
  /// what is left within them. Murphy 1973, doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2.
  package func brierParts(_ count: Int = 10) -> [Statistic] {
    let base = events / n, groups = groups(count)
    var reliability = 0.0, resolution = 0.0
    for group in groups {
      let size = Double(group.count), observed = Double(group.observed) / size, expected = group.expected / size
      reliability += size * (expected - observed) * (expected - observed)
      resolution += size * (observed - base) * (observed - base)
    }
    let brier = mean(zip(probabilities, outcome).map { ($0 - $1) * ($0 - $1) })
    let (a, b, c) = (reliability / n, resolution / n, base * (1 - base))
    return [
      Statistic("reliability", a, "error of the groups' predictions, 0 is best"),
      Statistic("resolution", b, "how far groups lie from the prevalence, more is better"),
      Statistic("uncertainty", c, "of the outcome"),
      Statistic("within_groups", brier - (a - b + c), "differences of predictions within groups"),
    ]
  }
}

extension Calibration: Documented {
  package static let name = "calibration"
  package static let summary =
    "Whether predicted probabilities are right: observed over expected events, calibration slope and intercept, "
    + "Brier score."
  package static let definition =
    "logit P(event) = a + b logit p, right where a = 0 and b = 1; O/E = events / Σ p; Brier = mean (p − y)²"
  package static let limits =
    "Holds for predictions that were not fitted to these rows; on those of a model without penalty intercept and "
    + "slope are 0 and 1 by construction. Hosmer and Lemeshow's test depends on the groups."
  package static let reference = "Van Calster et al. 2019, doi:10.1186/s12916-019-1466-7"
}
