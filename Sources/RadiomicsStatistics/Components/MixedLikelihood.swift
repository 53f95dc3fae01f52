#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The likelihood of any design, restricted or not, by the mixed model equations; curvature is the average of observed and
/// expected information. Gilmour, Thompson and Cullis 1995, doi:10.2307/2533274.
struct MixedLikelihood: VarianceLikelihood {
  let equations: MixedEquations
  let values: [Double]
  let isRestricted: Bool
  private let sums: [Double]

  var componentCount: Int { equations.termCount + 1 }

  init(_ values: [Double], _ equations: MixedEquations, isRestricted: Bool = true) {
    let center = mean(values)
    self.equations = equations
    self.isRestricted = isRestricted
    self.values = values.map { $0 - center }
    sums = equations.sums(self.values)
  }

  func evaluate(_ variances: [Double]) -> (value: Double, gradient: [Double], curvature: [[Double]]) {
    let n = Double(values.count), terms = equations.termCount, residual = variances[terms]
    // An effect that does not vary still has a slope, which is found beside it.
    let floored = variances.map { max($0, 1e-9 * residual) }
    let factor = equations.factored(floored[..<terms].map { ($0 / residual).squareRoot() })
    let projected = project(values, sums, factor, residual)
    let square = zip(values, projected).reduce(0) { $0 + $1.0 * $1.1 }
    let projectedSums = equations.sums(projected)
    var value = factor.logDeterminant + square, traces = factor.traces()
    if isRestricted {
      value += (n - 1) * (logTwoPi + log(residual))
    } else {
      value += n * (logTwoPi + log(residual)) - log(factor.meanInformation)
      traces = zip(traces, meanShares(factor)).map { $0 - $1 }
    }
    var gradient = [Double](repeating: 0, count: terms + 1), rest = isRestricted ? n - 1 : n
    for (place, term) in equations.termOfPlace.enumerated() {
      gradient[term] -= projectedSums[place] * projectedSums[place]
    }
    for term in 0..<terms {
      let trace = Double(equations.levelCounts[term]) - traces[term]
      gradient[term] += trace / floored[term]
      rest -= trace
    }
    gradient[terms] = rest / residual - projected.reduce(0) { $0 + $1 * $1 }
    return (value, gradient, curvature(projected, projectedSums, factor, residual))
  }

  /// P f = (f − Z u − μ) / σ².
  private func project(_ f: [Double], _ sums: [Double], _ factor: MixedFactor, _ residual: Double) -> [Double] {
    let solution = factor.solved(sums), effects = zip(solution, factor.scale).map { $0 * $1 }
    var rest = f
    for places in equations.places { for (row, place) in places.enumerated() { rest[row] -= effects[Int(place)] } }
    let center = effects[effects.count - 1]
    for row in rest.indices { rest[row] = (rest[row] - center) / residual }
    return rest
  }

  /// y'P V(k) P V(l) P y.
  private func curvature(
    _ projected: [Double], _ sums: [Double], _ factor: MixedFactor, _ residual: Double
  ) -> [[Double]] {
    let terms = equations.termCount
    var working = equations.places.map { places in places.map { sums[Int($0)] } }
    working.append(projected)
    let images = working.map { project($0, equations.sums($0), factor, residual) }
    return (0...terms).map { k in (0...terms).map { l in zip(working[k], images[l]).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  /// What the mean adds to the traces: squares of its column of C⁻¹ over its own element.
  private func meanShares(_ factor: MixedFactor) -> [Double] {
    var unit = [Double](repeating: 0, count: equations.inner + equations.border)
    unit[unit.count - 1] = 1
    let column = factor.solved(unit)
    var shares = [Double](repeating: 0, count: equations.termCount)
    for (place, term) in equations.termOfPlace.enumerated() {
      shares[term] += column[place] * column[place] / column[column.count - 1]
    }
    return shares
  }

  /// Best linear unbiased predictions of all effects at their places, and the mean with its standard error.
  func predictions(_ variances: [Double]) -> (effects: [Double], shift: Double, error: Double) {
    let terms = equations.termCount, residual = variances[terms]
    let factor = equations.factored(variances[..<terms].map { ($0 / residual).squareRoot() })
    let solution = factor.solved(sums), effects = zip(solution, factor.scale).map { $0 * $1 }
    return (effects, effects[effects.count - 1], (residual / factor.meanInformation).squareRoot())
  }
}
