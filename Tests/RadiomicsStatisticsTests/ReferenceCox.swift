import Foundation
import RadiomicsNumerics
import RadiomicsStatistics

/// Cox regression by Efron's likelihood in the plainest way, each sum over all rows; the baseline hazard is interpolated between
/// times as R's survIDINRI does.
struct ReferenceCox {
  private let design: Matrix, centers: [Double], stop: [Double], isEvent: [Bool]
  private(set) var coefficients: [Double], logLikelihood = 0.0

  init(_ design: Matrix, _ times: SurvivalTimes) {
    centers = (0..<design.columns).map { design.column($0).reduce(0, +) / Double(design.rows) }
    self.design = Self.centered(design, centers)
    (stop, isEvent) = (times.stop, times.isEvent)
    coefficients = [Double](repeating: 0, count: design.columns)
    var current = derivatives()
    for _ in 0..<50 {
      guard let factor = Cholesky(current.information) else { break }
      var step = factor.solve(current.score)
      let start = coefficients
      repeat {
        coefficients = zip(start, step).map(+)
        step = step.map { $0 / 2 }
        logLikelihood = derivatives().value
      } while !(logLikelihood >= current.value - 1e-9) && step.contains { abs($0) > 1e-14 }
      current = derivatives()
      if zip(coefficients, start).allSatisfy({ abs($0 - $1) < 1e-11 }) { break }
    }
  }

  private static func centered(_ design: Matrix, _ centers: [Double]) -> Matrix {
    let columns = centers.enumerated().map { j, center in design.column(j).map { $0 - center } }
    return Matrix(columns: columns, rows: design.rows)
  }

  private var factors: [Double] { design.times(coefficients).map { exp($0) } }
  private var eventTimes: [Double] { Set(stop.indices.filter { isEvent[$0] }.map { stop[$0] }).sorted() }

  /// Sums over the rows at risk at a time of factors, columns and products, and less each part of the events there.
  private func steps(_ time: Double, _ factors: [Double]) -> [(zeroth: Double, first: [Double], second: Matrix)] {
    let p = design.columns, dead = stop.indices.filter { isEvent[$0] && stop[$0] == time }
    return dead.indices.map { l in
      var sums = (zeroth: 0.0, first: [Double](repeating: 0, count: p), second: Matrix(rows: p, columns: p))
      for row in stop.indices where stop[row] >= time {
        let isDead = isEvent[row] && stop[row] == time
        let w = factors[row] * (isDead ? 1 - Double(l) / Double(dead.count) : 1)
        sums.zeroth += w
        for a in 0..<p {
          sums.first[a] += w * design[row, a]
          for b in 0..<p { sums.second[a, b] += w * design[row, a] * design[row, b] }
        }
      }
      return sums
    }
  }

  private func derivatives() -> (value: Double, score: [Double], information: Matrix) {
    let p = design.columns, factors = factors, predictors = design.times(coefficients)
    var value = 0.0, score = [Double](repeating: 0, count: p), information = Matrix(rows: p, columns: p)
    for row in stop.indices where isEvent[row] {
      value += predictors[row]
      for a in 0..<p { score[a] += design[row, a] }
    }
    for time in eventTimes {
      for s in steps(time, factors) {
        value -= log(s.zeroth)
        for a in 0..<p {
          score[a] -= s.first[a] / s.zeroth
          for b in 0..<p {
            information[a, b] += s.second[a, b] / s.zeroth - s.first[a] * s.first[b] / (s.zeroth * s.zeroth)
          }
        }
      }
    }
    return (value, score, information)
  }

  /// Baseline hazard up to a time, straight between the times at which rows end.
  private func hazard(_ time: Double) -> Double {
    let factors = factors
    let increments = eventTimes.map { t in (t, steps(t, factors).reduce(0) { $0 + 1 / $1.zeroth }) }
    func sum(_ time: Double) -> Double { increments.filter { $0.0 <= time }.reduce(0) { $0 + $1.1 } }
    let before = stop.filter { $0 <= time }.max() ?? 0, after = stop.filter { $0 >= time }.min() ?? time
    let part = after > before ? (time - before) / (after - before) : 0
    return sum(before) + part * (sum(after) - sum(before))
  }

  static func fit(horizon: Double) -> FittedModel.Fit {
    { frame in
      guard case .survival(let times) = frame.outcome else { preconditionFailure("the outcome is a time") }
      let model = ReferenceCox(frame.matrix, times), hazard = model.hazard(horizon)
      return FittedModel(
        names: frame.design.names, coefficients: model.coefficients.map { .value($0) },
        logLikelihood: model.logLikelihood
      ) { other in
        Self.centered(other.matrix, model.centers).times(model.coefficients).map { 1 - exp(-hazard * exp($0)) }
      }
    }
  }
}
