import RadiomicsCore
import RadiomicsNumerics

/// Finite intensities, or other numbers, in ascending order: each different one with its count where they are few.
struct AscendingIntensities: Sendable {
  /// How many.
  let count: Int
  private let form: Form

  private enum Form: Sendable {
    /// Different numbers, and the rank after the last voxel of each.
    case tally([Double], ends: [Int])
    case single([Float])
    case double([Double])
  }

  /// Sorted.
  init(_ intensities: Intensities, _ lanes: Lanes) {
    switch intensities.form {
    case .coded(let coded): self.init(coded.intensities, counts: coded.counts)
    case .single(let numbers):
      self.init(count: numbers.count, form: .single(ascending(numbers, lanes)))
    case .double(let numbers):
      self.init(count: numbers.count, form: .double(ascending(numbers, lanes)))
    }
  }

  /// Ascending numbers, each so often.
  init(_ numbers: [Double], counts: [Int]) {
    var different: [Double] = [], ends: [Int] = [], rank = 0
    for (number, count) in zip(numbers, counts) where count > 0 {
      rank += count
      if different.last == number {
        ends[ends.count - 1] = rank
      } else {
        different.append(number)
        ends.append(rank)
      }
    }
    self.init(count: rank, form: .tally(different, ends: ends))
  }

  private init(count: Int, form: Form) {
    self.count = count
    self.form = form
  }

  /// The number of a rank from 0.
  subscript(rank: Int) -> Double {
    switch form {
    case .tally(let numbers, let ends): numbers[ends.firstRank(above: rank)]
    case .single(let numbers): Double(numbers[rank])
    case .double(let numbers): numbers[rank]
    }
  }

  /// The percentile, 0 to 100.
  func percentile(_ percent: Double) -> Double {
    RadiomicsNumerics.percentile(percent, ofRanks: count) { self[$0] }
  }

  /// The first rank whose number is at least `bound`; `count` if there is none.
  func rank(of bound: Double) -> Int {
    switch form {
    case .tally(let numbers, let ends):
      let index = firstIndex(in: 0..<numbers.count) { numbers[$0] >= bound }
      return index == 0 ? 0 : ends[index - 1]
    default: return firstIndex(in: 0..<count) { self[$0] >= bound }
    }
  }

  /// Each different number with its ranks, ascending.
  func forEachDistinct(_ body: (Double, Range<Int>) -> Void) {
    if case .tally(let numbers, let ends) = form {
      for (index, number) in numbers.enumerated() { body(number, (index == 0 ? 0 : ends[index - 1])..<ends[index]) }
      return
    }
    var start = 0
    while start < count {
      let number = self[start]
      var end = start + 1
      while end < count, self[end] == number { end += 1 }
      body(number, start..<end)
      start = end
    }
  }

  /// Writes the numbers of `ranks`.
  func copy(_ ranks: Range<Int>, to numbers: UnsafeMutablePointer<Double>) {
    switch form {
    case .tally(let different, let ends):
      var rank = ranks.lowerBound, index = ends.firstRank(above: rank)
      while rank < ranks.upperBound {
        let end = min(ends[index], ranks.upperBound), number = different[index]
        for place in rank - ranks.lowerBound..<end - ranks.lowerBound { numbers[place] = number }
        rank = end
        index += 1
      }
    case .single(let sorted):
      sorted.withUnsafeBufferPointer { sorted in
        for (place, rank) in ranks.enumerated() { numbers[place] = Double(sorted[rank]) }
      }
    case .double(let sorted):
      sorted.withUnsafeBufferPointer { sorted in
        for (place, rank) in ranks.enumerated() { numbers[place] = sorted[rank] }
      }
    }
  }
}

extension Array where Element: Comparable {
  /// How many of these ascending numbers do not exceed `bound`.
  @inline(__always)
  func firstRank(above bound: Element) -> Int { RadiomicsFeatures.firstIndex(in: indices) { self[$0] > bound } }
}

/// The first index from which on a condition holds.
@inline(__always)
private func firstIndex(in range: Range<Int>, _ isReached: (Int) -> Bool) -> Int {
  var low = range.lowerBound, high = range.upperBound
  while low < high {
    let middle = (low + high) / 2
    if isReached(middle) { high = middle } else { low = middle + 1 }
  }
  return low
}
