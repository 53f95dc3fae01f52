import RadiomicsCore
import RadiomicsNumerics

/// What the statistical families say of a sample, be it intensities or grey levels.
struct SampleStatistics {
  let count: Int
  let minimum, maximum, mean, variance, skewness, kurtosis: Double
  let p10, p25, median, p75, p90: Double
  /// Mean absolute deviation from the mean, and from the median.
  let meanDeviation, medianDeviation: Double
  /// Mean absolute deviation of the values from `p10` to `p90` from their own mean; nil if there is none.
  let robustDeviation: Double?
  /// Sum of squares.
  let energy: Double
  /// ε Σ |x|: what rounding can leave of a mean that is 0.
  let meanRounding: Double

  /// Statistics of finite numbers, at least one. Skewness and kurtosis are 0 where the variance is 0 (IBSI 1, chapter 3).
  /// Cost: a few passes over the sorted numbers, whose sums are taken pairwise in ascending order.
  init(_ sorted: AscendingIntensities, _ lanes: Lanes) {
    count = sorted.count
    minimum = sorted[0]
    maximum = sorted[count - 1]
    p10 = sorted.percentile(10)
    p25 = sorted.percentile(25)
    median = sorted.percentile(50)
    p75 = sorted.percentile(75)
    p90 = sorted.percentile(90)
    mean = meanValue(of: sorted, 0..<count, lanes)
    let number = Double(count)
    let sums = pairwiseSums(sorted, 0..<count, lanes, Moments(mean: mean, median: median))
    let second = sums[0] / number, third = sums[1] / number, fourth = sums[2] / number
    variance = second
    skewness = second > 0 ? third / (second * second.squareRoot()) : 0
    kurtosis = second > 0 ? fourth / (second * second) - 3 : 0
    meanDeviation = sums[3] / number
    medianDeviation = sums[4] / number
    energy = sums[5]
    meanRounding = sums[6]
    let core = sorted.rank(of: p10)..<sorted.rank(of: p90.nextUp)
    if core.isEmpty {
      robustDeviation = nil
    } else {
      let centre = meanValue(of: sorted, core, lanes)
      robustDeviation = pairwiseSums(sorted, core, lanes, AbsoluteDeviation(centre: centre))[0] / Double(core.count)
    }
  }
}

/// The mean, by way of the differences from the middle value, so that equal values have exactly their value as mean.
private func meanValue(of sorted: AscendingIntensities, _ ranks: Range<Int>, _ lanes: Lanes) -> Double {
  let middle = sorted[ranks.lowerBound + ranks.count / 2]
  return middle + pairwiseSums(sorted, ranks, lanes, Difference(centre: middle))[0] / Double(ranks.count)
}

/// Sums over values, of four blocks side by side.
private protocol BlockSums: Sendable {
  mutating func add(_ x: SIMD4<Double>)
  /// The sums of one of the blocks.
  subscript(block: Int) -> SIMD8<Double> { get }
}

/// Σ (x − c)
private struct Difference: BlockSums {
  let centre: Double
  private var sum = SIMD4<Double>.zero
  init(centre: Double) { self.centre = centre }
  @inline(__always) mutating func add(_ x: SIMD4<Double>) { sum += x - centre }
  subscript(block: Int) -> SIMD8<Double> { [sum[block], 0, 0, 0, 0, 0, 0, 0] }
}

/// Σ |x − c|
private struct AbsoluteDeviation: BlockSums {
  let centre: Double
  private var sum = SIMD4<Double>.zero
  init(centre: Double) { self.centre = centre }
  @inline(__always) mutating func add(_ x: SIMD4<Double>) { sum += (x - centre).magnitude }
  subscript(block: Int) -> SIMD8<Double> { [sum[block], 0, 0, 0, 0, 0, 0, 0] }
}

/// Σ (x − μ)², Σ (x − μ)³, Σ (x − μ)⁴, Σ |x − μ|, Σ |x − P50|, Σ x², Σ ε |x|
private struct Moments: BlockSums {
  let mean, median: Double
  private var second = SIMD4<Double>.zero, third = SIMD4<Double>.zero, fourth = SIMD4<Double>.zero
  private var fromMean = SIMD4<Double>.zero, fromMedian = SIMD4<Double>.zero
  private var squares = SIMD4<Double>.zero, sizes = SIMD4<Double>.zero

  init(mean: Double, median: Double) {
    self.mean = mean
    self.median = median
  }

  @inline(__always)
  mutating func add(_ x: SIMD4<Double>) {
    let d = x - mean, square = d * d
    second += square
    third += square * d
    fourth += square * square
    fromMean += d.magnitude
    fromMedian += (x - median).magnitude
    squares += x * x
    sizes += .ulpOfOne * x.magnitude
  }

  subscript(n: Int) -> SIMD8<Double> {
    [second[n], third[n], fourth[n], fromMean[n], fromMedian[n], squares[n], sizes[n], 0]
  }
}

extension SIMD4<Double> {
  /// The absolute values.
  @inline(__always)
  fileprivate var magnitude: Self {
    unsafeBitCast(
      unsafeBitCast(self, to: SIMD4<UInt64>.self) & SIMD4<UInt64>(repeating: ~(1 << 63)), to: SIMD4<Double>.self)
  }
}

/// Sums over the values of `ranks`, by blocks of 256 in ascending order that are added up pairwise; stretches of many
/// blocks on several lanes. `none` holds sums that are 0.
private func pairwiseSums<Sums: BlockSums>(
  _ sorted: AscendingIntensities, _ ranks: Range<Int>, _ lanes: Lanes, _ none: Sums
) -> SIMD8<Double> {
  let stretch = 1 << 16, blocks = (ranks.count + 255) / 256
  return withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: blocks) { sums in
    nonisolated(unsafe) let first = sums.baseAddress!
    lanes.forEach((ranks.count + stretch - 1) / stretch) { step in
      let start = ranks.lowerBound + step * stretch
      addBlocks(sorted, start..<min(ranks.upperBound, start + stretch), into: first + step * stretch / 256, none)
    }
    return pairwiseSum(ofBlocks: first, blocks, adding: +)
  }
}

/// The sums of each block, four blocks side by side. Four blocks of one value have the sums of the four before if
/// those were of this value, too.
private func addBlocks<Sums: BlockSums>(
  _ sorted: AscendingIntensities, _ ranks: Range<Int>, into sums: UnsafeMutablePointer<SIMD8<Double>>, _ none: Sums
) {
  withUnsafeTemporaryAllocation(of: Double.self, capacity: 1024) { values in
    let values = values.baseAddress!
    var known: (value: Double, sums: SIMD8<Double>)?
    var block = 0
    for start in stride(from: ranks.lowerBound, to: ranks.upperBound, by: 1024) {
      let count = min(1024, ranks.upperBound - start)
      if count == 1024, let known, sorted[start] == known.value, sorted[start + 1023] == known.value {
        for lane in 0..<4 { (sums + block + lane).initialize(to: known.sums) }
        block += 4
        continue
      }
      values.initialize(repeating: 0, count: count < 256 ? count : 1024)
      sorted.copy(start..<start + count, to: values)
      var four = none
      // Blocks that are not full get zeros, and are added up again below.
      for index in 0..<(count < 256 ? 0 : 256) {
        four.add([values[index], values[index + 256], values[index + 512], values[index + 768]])
      }
      for lane in 0..<(count + 255) / 256 {
        (sums + block + lane).initialize(to: four[lane])
      }
      if count < 1024, count % 256 != 0 {
        var last = none
        for index in count / 256 * 256..<count { last.add([values[index], 0, 0, 0]) }
        (sums + block + count / 256).initialize(to: last[0])
      }
      known = count == 1024 && values[0] == values[1023] ? (values[0], four[0]) : nil
      block += 4
    }
  }
}
