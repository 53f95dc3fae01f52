import RadiomicsCore
import RadiomicsNumerics

/// Whether estimates of groups that share no patient differ by more than their errors: Cochran's Q, Σ w (x − x̄)² with w = 1/se² and x̄ the mean by
/// these weights, χ² with one degree of freedom less than groups. Cochran 1954, doi:10.2307/3001666.
///
/// For instance of 0.6, 0.8 with errors of 0.1 each Q is 2: P 0.16.
package struct Heterogeneity: Sendable, Hashable {
  package let test: CoxModel.Test

  /// Nil unless two groups have an estimate with an error above 0.
  package init?(_ estimates: [Estimate]) {
    let known = estimates.filter { $0.value.isFinite && $0.error.isFinite && $0.error > 0 }
    guard known.count > 1 else { return nil }
    let weights = known.map { 1 / ($0.error * $0.error) }, sum = weights.reduce(0, +)
    let mean = zip(weights, known).reduce(0) { $0 + $1.0 * $1.1.value } / sum
    test = CoxModel.Test(
      statistic: zip(weights, known).reduce(0) { $0 + $1.0 * ($1.1.value - mean) * ($1.1.value - mean) },
      df: known.count - 1)
  }

  /// Q, its degrees of freedom, and P that there is no difference.
  package var statistics: [Statistic] {
    [
      Statistic("Q", test.statistic, "Cochran's"), Statistic("Q_df", test.df),
      Statistic("Q_p", test.p, "that groups do not differ"),
    ]
  }
}

/// By how much better one prediction orders rows than another of the same rows: the difference of the shares of comparable pairs in the right order,
/// of events with DeLong's error, else with that of the infinitesimal jackknife.
/// - `sites`: Compares pairs of one site only, each site weighted by its pairs; nil compares all.
/// - `patients`: Numbers from 0 of rows that belong to the same patient, who is of one site; nil where each row is one.
/// - Returns: Undefined where no two rows can be compared.
package func discriminationDifference(
  _ base: [Double], _ other: [Double], _ outcome: ObservedOutcome, sites: [Int]? = nil, patients: [Int]? = nil
) -> EstimateCell {
  let members = sites.map { ThreeWays.members($0).map(\.rows) } ?? [Array(base.indices)]
  let parts = members.compactMap { rows -> (difference: Estimate, pairs: Double)? in
    let own = outcome.rows(rows), clusters = patients.rows(rows)
    guard let first = Discrimination(rows.map { base[$0] }, own, patients: clusters),
      let second = Discrimination(rows.map { other[$0] }, own, patients: clusters)
    else { return nil }
    return (second.difference(from: first), first.pairs)
  }
  let pairs = parts.reduce(0) { $0 + $1.pairs }
  guard pairs > 0 else { return .undefined("no two rows can be compared") }
  let variance = parts.reduce(0) { sum, part in
    let error = part.pairs / pairs * part.difference.error
    return sum + error * error
  }
  return .known(
    Estimate(parts.reduce(0) { $0 + $1.pairs / pairs * $1.difference.value }, error: variance.squareRoot()))
}
