/// Where values equal to the least of all go if they are so many that a quantile falls on them.
package enum LowestGroup: Sendable {
  /// Into one group with the next values, as by R's `cut` at different quantiles with `include.lowest`.
  case joinsNext
  /// Into a group of their own, closed on the right as the others are.
  case standsApart
}

/// Places of values in groups between their quantiles (type 7), closed on the right; equal quantiles make one group. Between two
/// quantiles there may be no value.
package func quantileGroups(_ values: [Double], _ count: Int, lowest: LowestGroup) -> [[Int]] {
  let sorted = values.sorted()
  guard let least = sorted.first, let most = sorted.last else { return [] }
  var edges: [Double] = []
  for k in 1..<max(count, 1) {
    let edge = percentile(100 * Double(k) / Double(count), of: sorted)
    let isNew = edges.last.map { edge > $0 } ?? (lowest == .standsApart || edge > least)
    if isNew, edge < most { edges.append(edge) }
  }
  var groups = [[Int]](repeating: [], count: edges.count + 1)
  for place in values.indices { groups[edges.firstIndex { values[place] <= $0 } ?? edges.count].append(place) }
  return groups
}
