import Foundation
import RadiomicsLearning
import RadiomicsNumerics
import RadiomicsStatistics
import Testing

/// Limits as R 4.2's `confint(glm)` finds them: the signed root of the deviance on a grid of a fifth of its quantile, Forsythe,
/// Malcolm and Moler's spline through it at three times as many places, a straight line between these.
struct InterpolatedProfile {
  private var places: [Double] = [], roots: [Double] = []

  init(_ frame: ModelFrame, _ model: LogisticModel, column: Int) throws {
    guard let outcome = frame.outcome.indicators else { preconditionFailure("a logistic model") }
    let center = try #require(model.coefficients[column].value),
      error = try #require(model.estimates[column].error.value)
    let others = (0..<frame.matrix.columns).filter { $0 != column }, most = ChiSquared(1).quantile(0.9875).squareRoot()
    var points = [(center, 0.0)]
    for side in [-1.0, 1.0] {
      for step in 1...10 {
        let place = center + side * Double(step) * most / 5 * error
        let rest = try LogisticModel(
          frame.matrix.columns(others), outcome, names: others.map { frame.design.names[$0] },
          offset: frame.matrix.column(column).map { $0 * place })
        let root = side * max(0, rest.deviance - model.deviance).squareRoot()
        points.append((place, root))
        if abs(root) > most { break }
      }
    }
    points.sort { $0.0 < $1.0 }
    (places, roots) = (points.map(\.0), points.map(\.1))
  }

  func limits() -> (lower: Double, upper: Double) {
    let count = 3 * places.count, width = (places[places.count - 1] - places[0]) / Double(count - 1)
    let grid = (0..<count).map { places[0] + Double($0) * width }, heights = spline(grid)
    func place(_ root: Double) -> Double {
      let k = heights.indices.dropLast().first { heights[$0] <= root && root <= heights[$0 + 1] }!
      return grid[k] + (root - heights[k]) / (heights[k + 1] - heights[k]) * width
    }
    let z = 1.959963984540054
    return (place(-z), place(z))
  }

  /// The cubic spline whose ends follow the cubic through the outer four points.
  private func spline(_ grid: [Double]) -> [Double] {
    let (x, y, n) = (places, roots, places.count)
    var b = [Double](repeating: 0, count: n), c = b, d = b
    d[0] = x[1] - x[0]
    c[1] = (y[1] - y[0]) / d[0]
    for i in 1..<n - 1 {
      d[i] = x[i + 1] - x[i]
      b[i] = 2 * (d[i - 1] + d[i])
      c[i + 1] = (y[i + 1] - y[i]) / d[i]
      c[i] = c[i + 1] - c[i]
    }
    b[0] = -d[0]
    b[n - 1] = -d[n - 2]
    c[0] = c[2] / (x[3] - x[1]) - c[1] / (x[2] - x[0])
    c[n - 1] = c[n - 2] / (x[n - 1] - x[n - 3]) - c[n - 3] / (x[n - 2] - x[n - 4])
    c[0] = c[0] * d[0] * d[0] / (x[3] - x[0])
    c[n - 1] = -c[n - 1] * d[n - 2] * d[n - 2] / (x[n - 1] - x[n - 4])
    for i in 1..<n {
      let t = d[i - 1] / b[i - 1]
      b[i] -= t * d[i - 1]
      c[i] -= t * c[i - 1]
    }
    c[n - 1] /= b[n - 1]
    for i in (0..<n - 1).reversed() { c[i] = (c[i] - d[i] * c[i + 1]) / b[i] }
    return grid.map { u in
      let i = max(0, x[..<(n - 1)].lastIndex { $0 <= u } ?? 0), h = x[i + 1] - x[i], t = u - x[i]
      let slope = (y[i + 1] - y[i]) / h - h * (c[i + 1] + 2 * c[i])
      return y[i] + t * (slope + t * (3 * c[i] + t * (c[i + 1] - c[i]) / h))
    }
  }
}
