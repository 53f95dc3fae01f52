import RadiomicsCore

/// Σ term(value), by blocks of 256 in order that are added up pairwise, so that rounding grows with the logarithm of the
/// count (Higham 1993, doi:10.1137/0914050) and the result depends on nothing but values and order.
@inlinable
package func pairwiseSum<Values: RandomAccessCollection<Double>>(
  _ values: Values, _ term: (Double) -> Double = { $0 }
) -> Double where Values.Index == Int {
  let first = values.startIndex
  return pairwiseSum(values.count) { term(values[first + $0]) }
}

/// Σ term(index) over 0 ..< `count`.
@inlinable @inline(__always)
package func pairwiseSum(_ count: Int, _ term: (Int) -> Double) -> Double {
  let blocks = (count + 255) / 256
  guard blocks > 1 else {
    var sum = 0.0
    for index in 0..<count { sum += term(index) }
    return sum
  }
  return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks) { sums in
    addBlocks(0..<count, into: sums.baseAddress!, term)
    return pairwiseSum(ofBlocks: sums.baseAddress!, blocks, adding: +)
  }
}

/// Σ term(index) over 0 ..< `count` with the same bits, on several lanes.
@inlinable @inline(__always)
package func pairwiseSum(_ count: Int, _ lanes: Lanes, _ term: @Sendable (Int) -> Double) -> Double {
  let stretch = 1 << 16, stretches = (count + stretch - 1) / stretch
  guard stretches > 1 else { return pairwiseSum(count, term) }
  let blocks = (count + 255) / 256
  return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks) { sums in
    nonisolated(unsafe) let first = sums.baseAddress!
    lanes.forEach(stretches) { step in
      let start = step * stretch
      addBlocks(start..<min(count, start + stretch), into: first + start / 256, term)
    }
    return pairwiseSum(ofBlocks: first, blocks, adding: +)
  }
}

/// The sum of each block of a range, four of them side by side, as one addition waits for the one before.
@inlinable @inline(__always)
package func addBlocks(_ range: Range<Int>, into sums: UnsafeMutablePointer<Double>, _ term: (Int) -> Double) {
  var start = range.lowerBound, block = 0
  while start + 1024 <= range.upperBound {
    var a = 0.0, b = 0.0, c = 0.0, d = 0.0
    for index in start..<start + 256 {
      a += term(index)
      b += term(index &+ 256)
      c += term(index &+ 512)
      d += term(index &+ 768)
    }
    (sums + block).initialize(to: a)
    (sums + block + 1).initialize(to: b)
    (sums + block + 2).initialize(to: c)
    (sums + block + 3).initialize(to: d)
    start += 1024
    block += 4
  }
  while start < range.upperBound {
    var sum = 0.0
    for index in start..<min(start + 256, range.upperBound) { sum += term(index) }
    (sums + block).initialize(to: sum)
    start += 256
    block += 1
  }
}

/// The sums of `count` blocks added up pairwise.
@inlinable
package func pairwiseSum<Sum>(
  ofBlocks sums: UnsafePointer<Sum>, _ count: Int, adding add: (Sum, Sum) -> Sum
) -> Sum {
  if count == 1 { return sums[0] }
  return add(
    pairwiseSum(ofBlocks: sums, count / 2, adding: add),
    pairwiseSum(ofBlocks: sums + count / 2, count - count / 2, adding: add))
}
