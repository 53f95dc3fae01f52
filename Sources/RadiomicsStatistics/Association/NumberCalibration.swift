import RadiomicsCore
import RadiomicsNumerics

/// Whether predicted numbers are right, for predictions that were not fitted to these rows: y = a + b p, right where a = 0 and b = 1, by least
/// squares. Errors with n − 2 degrees of freedom; of patients with several rows by their influences.
package struct NumberCalibration: Sendable {
  /// How much larger outcomes are than predictions on average, in their unit; 0 is right.
  package let inTheLarge: EstimateCell
  /// Slope of the outcome by the prediction; 1 is right, less is overfitting. The intercept beside it.
  package let slope: EstimateCell, intercept: EstimateCell

  /// - `predictions`, `outcome`: In the same unit.
  /// - `clusters`: Numbers from 0 of rows that belong to the same patient.
  package init(_ predictions: [Double], _ outcome: [Double], clusters: [Int]? = nil) {
    precondition(predictions.count == outcome.count, "an outcome for each prediction")
    let n = Double(outcome.count)
    let misses = zip(outcome, predictions).map { $0 - $1 }
    inTheLarge =
      standardError(misses, clusters).value.map {
        .known(Estimate(mean(misses), error: $0, df: clusters == nil ? n - 1 : nil))
      } ?? .undefined(clusters == nil ? "there is a single row" : "there is a single patient")
    guard let line = try? LeastSquares([predictions], outcome, names: ["prediction"], clusters: clusters) else {
      slope = .undefined("there are fewer than three rows, or every prediction is the same")
      intercept = slope
      return
    }
    (intercept, slope) = (.known(line.coefficients[0]), .known(line.coefficients[1]))
  }

  /// All three with errors and limits.
  package func statistics(alpha: Double = 0.05) -> [Statistic] {
    func group(_ name: String, _ estimate: EstimateCell, _ meaning: String) -> [Statistic] {
      let limits = estimate.limits(alpha)
      return [
        Statistic(name, estimate.value, meaning), Statistic("\(name)_se", estimate.error),
        Statistic("\(name)_ci", [limits.lower, limits.upper]),
      ]
    }
    return group("calibration_in_the_large", inTheLarge, "outcome less prediction on average (0 is right)")
      + group("slope", slope, "1 is right, less is overfitting")
      + group("intercept_with_slope", intercept, "of the outcome by the prediction")
  }
}
