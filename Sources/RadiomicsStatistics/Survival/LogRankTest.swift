import RadiomicsCore
import RadiomicsNumerics

/// Whether groups of patients have the event equally fast. Mantel 1966; with S(t−)^ρ as weights of the events Harrington and
/// Fleming 1982, doi:10.1093/biomet/69.3.553: ρ = 0 is the log-rank test, ρ = 1 that of Peto and Peto, which weighs early events
/// more. As R's `survdiff`.
package struct LogRankTest: Sendable {
  /// Events of each group, and those expected if all were alike; weighted by S(t−)^ρ.
  package let observed: [Double], expected: [Double]
  /// Covariances of observed less expected, groups by groups.
  package let variance: Matrix
  /// The statistic, with one degree of freedom less than groups.
  package let test: CoxModel.Test

  /// - `groups`: Numbers from 0.
  /// - `strata`: Numbers from 0, within which groups are compared; one without it.
  /// - Throws: `ModelError` for fewer than two groups, or if no event happens while two groups are at risk.
  package init(_ times: SurvivalTimes, groups: [Int], strata: [Int]? = nil, rho: Double = 0) throws(ModelError) {
    let count = (groups.max() ?? 0) + 1
    guard Set(groups).count > 1 else { throw ModelError.groups("there is one, must be at least two to be compared.") }
    var observed = [Double](repeating: 0, count: count), expected = observed
    var variance = Matrix(rows: count, columns: count)
    let sets = RiskSets(times, strata: strata), weight = Self.weights(times, strata, rho, sets)
    var atRisk = [Double](repeating: 0, count: count), begin = -1, place = 0, left = 0
    for (index, step) in sets.steps.enumerated() {
      if step.begin != begin {
        (begin, place, left) = (step.begin, step.begin, step.leavingBegin)
        for group in 0..<count { atRisk[group] = 0 }
      }
      while place < step.end {
        atRisk[groups[sets.rows[place]]] += 1
        place += 1
      }
      while left < step.left {
        atRisk[groups[sets.rows[sets.leaving[left]]]] -= 1
        left += 1
      }
      let n = atRisk.reduce(0, +), d = Double(step.events), w = weight[index]
      for event in step.firstEvent..<step.end { observed[groups[sets.rows[event]]] += w }
      for a in 0..<count { expected[a] += w * d * atRisk[a] / n }
      guard n > 1 else { continue }
      let scale = w * w * d * (n - d) / (n - 1)
      for a in 0..<count {
        for b in 0..<count {
          variance[a, b] += scale * ((a == b ? atRisk[a] / n : 0) - atRisk[a] * atRisk[b] / (n * n))
        }
      }
    }
    // A group in which nothing could be expected tells nothing.
    let compared = (0..<count).filter { expected[$0] > 0 }, free = Array(compared.dropFirst())
    var part = Matrix(rows: free.count, columns: free.count)
    for (i, a) in free.enumerated() { for (j, b) in free.enumerated() { part[i, j] = variance[a, b] } }
    let difference = free.map { observed[$0] - expected[$0] }
    guard !free.isEmpty, let factor = Cholesky(part) else {
      throw ModelError.groups("no event happens while two of them are at risk, so that they cannot be compared.")
    }
    let chi = dot(difference, factor.solve(difference))
    (self.observed, self.expected, self.variance) = (observed, expected, variance)
    test = CoxModel.Test(statistic: chi, df: free.count)
  }

  /// The log-rank test of rows of which several belong to one patient: the score test of a Cox model by sums of the rows'
  /// influences. Lin and Wei 1989, doi:10.1080/01621459.1989.10478874. As R's `coxph` with `cluster`, *robust score*.
  /// - Throws: As `init`.
  package static func clustered(
    _ times: SurvivalTimes, groups: [Int], strata: [Int]? = nil, clusters: [Int]
  ) throws(ModelError) -> CoxModel.Test {
    // Groups of which nobody is at risk at any event say nothing, as in the test of independent rows.
    let expected = try LogRankTest(times, groups: groups, strata: strata).expected
    let compared = expected.indices.filter { expected[$0] > 0 }.dropFirst().map { group in
      groups.map { $0 == group ? 1.0 : 0 }
    }
    guard Set(clusters).count > compared.count else {
      throw ModelError("there are not more patients than groups")
    }
    let design = Matrix(columns: Array(compared), rows: groups.count), sets = RiskSets(times, strata: strata)
    let scaled = ScaledDesign(design, sets), zeros = compared.map { _ in 0.0 }
    let likelihood = CoxLikelihood(
      sets: sets, ties: .efron, design: scaled.rows, columns: compared.count, offset: sets.rows.map { _ in 0 },
      weights: sets.rows.map { _ in 1 })
    let sums = CoxHazard(likelihood, zeros).clusteredScores(
      times, strata ?? groups.map { _ in 0 }, scaled.scales, groups.map { _ in 1 }, clusters)
    let total = zeros.indices.map { pairwiseSum(sums.column($0)) }
    guard !compared.isEmpty, let factor = Cholesky(sums.gram()) else {
      throw ModelError.groups("no event happens while two of them are at risk, so that they cannot be compared.")
    }
    let chi = dot(total, factor.solve(total))
    return CoxModel.Test(statistic: chi, df: compared.count)
  }

  /// S(t−)^ρ at each step, of the stratum's own curve.
  private static func weights(_ times: SurvivalTimes, _ strata: [Int]?, _ rho: Double, _ sets: RiskSets) -> [Double] {
    guard rho != 0 else { return sets.steps.map { _ in 1 } }
    var curve: KaplanMeier?, stratum = -1
    return sets.steps.map { step in
      if step.stratum != stratum {
        stratum = step.stratum
        curve = KaplanMeier(times.rows(times.stop.indices.filter { strata?[$0] ?? 0 == stratum }))
      }
      return pow(curve!.survival(before: step.time), rho)
    }
  }
}

extension LogRankTest: Documented {
  package static let name = "log-rank"
  package static let summary = "Whether groups of patients have the event equally fast."
  package static let definition =
    "Σ over events of S(t−)^ρ (observed − expected) of each group, squared over its covariance; ρ = 0 the "
    + "log-rank test, ρ = 1 Peto and Peto's"
  package static let limits = "Weak where survival curves cross. Groups cut at a searched threshold need a corrected P."
  package static let reference =
    "Mantel 1966; Harrington and Fleming 1982, doi:10.1093/biomet/69.3.553; as R's survdiff"
}
