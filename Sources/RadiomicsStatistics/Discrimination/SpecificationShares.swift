import RadiomicsNumerics

/// How much of the spread of results each choice explains by itself: Σ n (mean of a value − mean of all)² / Σ (result − mean of all)² (η²), as of
/// an analysis of variance with one factor. With every combination of choices once the shares and what is left to their interplay add up to 1.
/// - `choices`: For each result the number of the value chosen on each axis.
/// - Returns: A share for each axis; nil of each where all results are equal.
package func specificationShares(_ results: [Double], choices: [[Int]]) -> [Double?] {
  let center = mean(results), total = pairwiseSum(results) { ($0 - center) * ($0 - center) }
  return (choices.first ?? []).indices.map { axis in
    guard total > 0 else { return nil }
    let groups = Dictionary(grouping: results.indices) { choices[$0][axis] }.sorted { $0.key < $1.key }
    return groups.reduce(0) { sum, group in
      let difference = mean(group.value.map { results[$0] }) - center
      return sum + Double(group.value.count) * difference * difference
    } / total
  }
}
