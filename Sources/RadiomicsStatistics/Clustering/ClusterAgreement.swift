import RadiomicsNumerics

/// How well two clusterings of the same points agree, whatever their labels are called.
package struct ClusterAgreement: Sendable {
  /// Points by label of the first and label of the second clustering.
  package let table: [[Int]]

  /// - `first`, `second`: A label of each point, below `count` each.
  package init(_ first: [UInt8], _ second: [UInt8], count: Int) {
    precondition(first.count == second.count, "two labels of each point")
    var table = [[Int]](repeating: [Int](repeating: 0, count: count), count: count)
    for (a, b) in zip(first, second) { table[Int(a)][Int(b)] += 1 }
    self.table = table
  }

  /// Pairs of points that are together in both, above what chance gives; 1 for equal clusterings, about 0 for unrelated ones. Hubert and
  /// Arabie 1985, doi:10.1007/BF01908075. 1 where both clusterings have one cluster, or each point is one of its own.
  package var adjustedRandIndex: Double {
    func pairs(_ counts: [Int]) -> Double { counts.reduce(0) { $0 + Double($1) * Double($1 - 1) / 2 } }
    let rows = table.map { $0.reduce(0, +) }
    let columns = table.indices.map { column in table.reduce(0) { $0 + $1[column] } }
    let all = pairs([rows.reduce(0, +)]), first = pairs(rows), second = pairs(columns)
    let together = table.reduce(0) { $0 + pairs($1) }
    guard all > 0 else { return 1 }
    let expected = first * second / all, most = (first + second) / 2
    return most == expected ? 1 : (together - expected) / (most - expected)
  }

  /// The label of the second clustering that belongs to each of the first: the pairs that have most points in common.
  package var matches: [Int] { leastAssignment(table.map { $0.map { -Double($0) } }) }

  /// By label of the first clustering, the points that it has in common with the label matched to it, as a part of those that either has;
  /// 0 where both have none. Hennig 2007, doi:10.1016/j.csda.2006.11.025.
  package var jaccard: [Double] {
    zip(table.indices, matches).map { own, other in
      let common = table[own][other]
      let either = table[own].reduce(0, +) + table.reduce(0) { $0 + $1[other] } - common
      return either > 0 ? Double(common) / Double(either) : 0
    }
  }
}
