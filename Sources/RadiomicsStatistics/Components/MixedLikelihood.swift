import RadiomicsCore
import RadiomicsNumerics

/// The likelihood of any design, restricted or not, by the mixed model equations; curvature is the average of observed and
/// expected information. Gilmour, Thompson and Cullis 1995, doi:10.2307/2533274.
///
/// Elimination loses as many digits as components differ from the residual, so that numbers of twice the precision are
/// needed where the residual is a small share of them.
struct MixedLikelihood<Real: RealNumber>: VarianceLikelihood {
  let equations: MixedEquations
  let values: [Real]
  let isRestricted: Bool
  private let sums: [Real]

  var componentCount: Int { equations.termCount + 1 }

  /// - `values`: Around 0.
  init(_ values: [Double], _ equations: MixedEquations, isRestricted: Bool = true) {
    self.equations = equations
    self.isRestricted = isRestricted
    self.values = values.map { Real($0) }
    sums = equations.sums(self.values)
  }

  func evaluate(_ variances: [Double]) -> (value: Double, gradient: [Double], curvature: [[Double]]) {
    let n = Double(values.count), terms = equations.termCount, residual = variances[terms]
    // An effect that does not vary still has a slope, which is found beside it.
    let floored = variances.map { max($0, 1e-9 * residual) }
    let factor = equations.factored(Self.scales(floored))
    let projected = project(values, sums, factor, Real(residual))
    let projectedSums = equations.sums(projected)
    var value = factor.logDeterminant + dot(values, projected).double, traces = factor.traces()
    if isRestricted {
      value += (n - 1) * (logTwoPi + log(residual))
    } else {
      value += n * (logTwoPi + log(residual)) - log(factor.meanInformation.double)
      traces = zip(traces, meanShares(factor)).map { $0 - $1 }
    }
    // tr(P V(k)), and y'P V(k) P y.
    var expected = zip(equations.levelCounts, traces).map { (Real(Double($0)) - $1).double }
    expected.append((isRestricted ? n - 1 : n) - expected.reduce(0, +))
    var observed = [Real](repeating: Real(0), count: terms + 1)
    for (place, term) in equations.termOfPlace.enumerated() {
      observed[term] += projectedSums[place] * projectedSums[place]
    }
    observed[terms] = dot(projected, projected)
    for k in 0...terms { expected[k] /= floored[k] }
    let gradient = (0...terms).map { expected[$0] - observed[$0].double }
    var curvature = curvature(projected, projectedSums, factor, Real(residual))
    // Information is at least tr(P V)² / rank(V) by Cauchy and Schwarz; its average may vanish where rows do not vary.
    for (k, rank) in (equations.levelCounts + [values.count]).enumerated() {
      curvature[k][k] = max(curvature[k][k], expected[k] * expected[k] / Double(rank))
    }
    return (value, gradient, curvature)
  }

  /// Standard deviations of effects over that of the residual.
  private static func scales(_ variances: [Double]) -> [Real] {
    variances.dropLast().map { (Real($0) / Real(variances[variances.count - 1])).squareRoot() }
  }

  /// P f = (f − Z u − μ) / σ².
  private func project(_ f: [Real], _ sums: [Real], _ factor: MixedFactor<Real>, _ residual: Real) -> [Real] {
    let solution = factor.solved(sums), effects = zip(solution, factor.scale).map { $0 * $1 }
    var rest = f
    for places in equations.places { for (row, place) in places.enumerated() { rest[row] -= effects[Int(place)] } }
    let center = effects[effects.count - 1]
    for row in rest.indices { rest[row] = (rest[row] - center) / residual }
    return rest
  }

  /// y'P V(k) P V(l) P y.
  private func curvature(
    _ projected: [Real], _ sums: [Real], _ factor: MixedFactor<Real>, _ residual: Real
  ) -> [[Double]] {
    let terms = equations.termCount
    var working = equations.places.map { places in places.map { sums[Int($0)] } }
    working.append(projected)
    let images = working.map { project($0, equations.sums($0), factor, residual) }
    return (0...terms).map { k in (0...terms).map { l in dot(working[k], images[l]).double } }
  }

  /// What the mean adds to the traces: squares of its column of C⁻¹ over its own element.
  private func meanShares(_ factor: MixedFactor<Real>) -> [Real] {
    var unit = [Real](repeating: Real(0), count: equations.inner + equations.border)
    unit[unit.count - 1] = Real(1)
    let column = factor.solved(unit)
    var shares = [Real](repeating: Real(0), count: equations.termCount)
    for (place, term) in equations.termOfPlace.enumerated() {
      shares[term] += column[place] * column[place] / column[column.count - 1]
    }
    return shares
  }

  /// Best linear unbiased predictions of all effects at their places, and the mean with its standard error.
  func predictions(_ variances: [Double]) -> (effects: [Double], shift: Double, error: Double) {
    let factor = equations.factored(Self.scales(variances))
    let solution = factor.solved(sums), effects = zip(solution, factor.scale).map { ($0 * $1).double }
    let variance = variances[equations.termCount] / factor.meanInformation.double
    return (effects, effects[effects.count - 1], variance.squareRoot())
  }
}
