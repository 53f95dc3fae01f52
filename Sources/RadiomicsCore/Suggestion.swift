/// The candidate nearest to `word` by edit distance, if it is near enough to be what was meant.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let lowered = word.lowercased()
  let scored = candidates.map { ($0, editDistance(lowered, $0.lowercased())) }
  guard let best = scored.min(by: { $0.1 < $1.1 }) else { return nil }
  return best.1 <= max(1, min(word.count, best.0.count) / 3) ? best.0 : nil
}

/// " Did you mean 'x'?", or nothing.
public func didYouMean(_ word: String, among candidates: some Sequence<String>) -> String {
  nearest(to: word, among: candidates).map { " Did you mean '\($0)'?" } ?? ""
}

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
private func editDistance(_ a: String, _ b: String) -> Int {
  let a = Array(a), b = Array(b)
  var beforePrevious = [Int]()
  var previous = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1] + Array(repeating: 0, count: b.count)
    for j in b.indices {
      row[j + 1] = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], beforePrevious[j - 1] + 1) }
    }
    beforePrevious = previous
    previous = row
  }
  return previous[b.count]
}
