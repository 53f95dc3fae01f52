extension CSV {
  /// The rows in the order of what they hold: by the first column, where that is equal by the second, and so on; numbers by
  /// size, words by their characters. Statistics take rows in this order, so that no result depends on how a file was sorted;
  /// rows that hold the same are exchangeable. O(n log n) for a first column without repeats, as only ties are looked at again.
  package var contentOrder: [Int] {
    var order = Array(rows.indices), ties = [order.indices]
    for column in header.indices where !ties.isEmpty {
      ties = ties.flatMap { range in
        let texts = order[range].map { rows[$0][column] }, numbers = Self.numbers(texts)
        let places = texts.indices.sorted { a, b in
          if let numbers, numbers[a] != numbers[b] { return numbers[a] < numbers[b] }
          return (texts[a], a) < (texts[b], b)
        }
        let members = Array(order[range])
        for (offset, place) in places.enumerated() { order[range.lowerBound + offset] = members[place] }
        return Self.runs(places.map { texts[$0] }).map {
          range.lowerBound + $0.lowerBound..<range.lowerBound + $0.upperBound
        }
      }
    }
    return order
  }

  /// Numbers of texts, an empty one the smallest; nil if one is a word.
  private static func numbers(_ texts: [String]) -> [Double]? {
    var numbers: [Double] = []
    for text in texts {
      guard let number = text.isEmpty ? -.infinity : Double(text), !number.isNaN else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// Where two or more equal texts follow each other.
  private static func runs(_ texts: [String]) -> [Range<Int>] {
    guard !texts.isEmpty else { return [] }
    var runs: [Range<Int>] = [], begin = 0
    for end in 1...texts.count where end == texts.count || texts[end] != texts[begin] {
      if end - begin > 1 { runs.append(begin..<end) }
      begin = end
    }
    return runs
  }
}
