extension Table {
  /// The rows in the order of what they hold: by the first column, where that is equal by the second, and so on; numbers by
  /// size, words by their characters, nothing first. Statistics take rows in this order, so that no result depends on how a file
  /// was sorted; rows that hold the same are exchangeable. O(n log n) for a first column without repeats, as only ties are looked
  /// at again.
  /// - Returns: The rows, and those that are the same in every cell, each in the order of the files.
  package var contentOrder: (rows: [Int], repeats: [[Int]]) { contentOrder(by: columns) }

  /// The same by columns in another order.
  package func contentOrder(by columns: [Column]) -> (rows: [Int], repeats: [[Int]]) {
    var order = Array(0..<count), ties = [order.indices]
    for column in columns where !ties.isEmpty {
      ties = ties.flatMap { range in
        let members = Array(order[range]), places: [Int], same: (Int, Int) -> Bool
        switch column.values {
        case .numbers(let numbers):
          let keys = members.map { numbers[$0] ?? -.infinity }
          places = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
          same = { keys[$0] == keys[$1] }
        case .categories(let words):
          let keys = members.map { words[$0] ?? "" }
          places = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
          same = { keys[$0] == keys[$1] }
        }
        for (offset, place) in places.enumerated() { order[range.lowerBound + offset] = members[place] }
        return Self.runs(places, same).map { range.lowerBound + $0.lowerBound..<range.lowerBound + $0.upperBound }
      }
    }
    return (order, ties.map { order[$0].sorted { source.order($0, before: $1) } })
  }

  /// Where two or more equal ones follow each other.
  private static func runs(_ places: [Int], _ same: (Int, Int) -> Bool) -> [Range<Int>] {
    guard !places.isEmpty else { return [] }
    var runs: [Range<Int>] = [], begin = 0
    for end in 1...places.count where end == places.count || !same(places[end], places[begin]) {
      if end - begin > 1 { runs.append(begin..<end) }
      begin = end
    }
    return runs
  }
}
