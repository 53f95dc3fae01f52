import RadiomicsNumerics

/// Groups of columns of which any two correlate by more than a limit in size, and one column that stands for each group: complete linkage of
/// 1 − |ρ|, cut at 1 − limit. Defays 1977, doi:10.1093/comjnl/20.4.364; by chains of nearest neighbours, O(p²).
package struct CorrelationClusters: Sendable, Hashable {
  /// The columns of each group, ascending; groups in the order of their first column.
  package let groups: [[Int]]
  /// Of each group the column with the largest mean |ρ| to the others; of equal ones the first.
  package let representatives: [Int]

  /// - `limit`: From 0 to 1; at 1 every column stands for itself.
  package init(_ design: Matrix, above limit: Double, _ kind: CorrelationKind) {
    let p = design.columns, correlations = ColumnCorrelations(design, kind)
    var near = (0..<p).map { j in correlations.with(j).map(abs) }
    let sizes = near
    var members = (0..<p).map { [$0] }, isThere = [Bool](repeating: true, count: p), chain: [Int] = []
    func nearest(_ a: Int, before: Int?) -> Int? {
      var best = before
      for b in 0..<p where b != a && isThere[b] {
        if best == nil || near[a][b] > near[a][best!] { best = b }
      }
      return best
    }
    var done = [Bool](repeating: false, count: p)
    while true {
      if chain.isEmpty {
        guard let start = (0..<p).first(where: { isThere[$0] && !done[$0] }) else { break }
        chain.append(start)
      }
      let last = chain[chain.count - 1], before = chain.count > 1 ? chain[chain.count - 2] : nil
      guard let next = nearest(last, before: before), near[last][next] > limit else {
        // Whatever it joined, it would be too far from some of it.
        done[last] = true
        chain.removeLast()
        continue
      }
      guard next == before else {
        chain.append(next)
        continue
      }
      chain.removeLast(2)
      let (keep, drop) = (min(last, next), max(last, next))
      members[keep] += members[drop]
      isThere[drop] = false
      for other in 0..<p where isThere[other] && other != keep {
        let farthest = min(near[keep][other], near[drop][other])
        (near[keep][other], near[other][keep]) = (farthest, farthest)
      }
    }
    groups = (0..<p).filter { isThere[$0] }.map { members[$0].sorted() }.sorted { $0[0] < $1[0] }
    representatives = groups.map { group in
      func sum(_ j: Int) -> Double { group.reduce(0) { $0 + ($1 == j ? 0 : sizes[j][$1]) } }
      return group.dropFirst().reduce(group[0]) { sum($1) > sum($0) + 1e-12 ? $1 : $0 }
    }
  }
}
