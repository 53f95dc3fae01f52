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

  /// Statistics of `sorted`: ascending, finite, not empty. Skewness and kurtosis are 0 where the variance is 0 (IBSI 1,
  /// chapter 3). Cost: a few passes.
  init(sorted: [Double]) {
    count = sorted.count
    minimum = sorted[0]
    maximum = sorted[count - 1]
    p10 = percentile(10, of: sorted)
    p25 = percentile(25, of: sorted)
    median = percentile(50, of: sorted)
    p75 = percentile(75, of: sorted)
    p90 = percentile(90, of: sorted)
    let mean = meanValue(of: sorted[...])
    self.mean = mean
    let number = Double(count)
    let second = pairwiseSum(sorted) { ($0 - mean) * ($0 - mean) } / number
    let third = pairwiseSum(sorted) { ($0 - mean) * ($0 - mean) * ($0 - mean) } / number
    let fourth = pairwiseSum(sorted) { ($0 - mean) * ($0 - mean) * (($0 - mean) * ($0 - mean)) } / number
    variance = second
    skewness = second > 0 ? third / (second * second.squareRoot()) : 0
    kurtosis = second > 0 ? fourth / (second * second) - 3 : 0
    let middle = median
    meanDeviation = pairwiseSum(sorted) { abs($0 - mean) } / number
    medianDeviation = pairwiseSum(sorted) { abs($0 - middle) } / number
    let low = firstIndex(in: sorted, from: p10), high = firstIndex(in: sorted, from: p90.nextUp)
    if low < high {
      let core = sorted[low..<high], coreMean = meanValue(of: core)
      robustDeviation = pairwiseSum(core) { abs($0 - coreMean) } / Double(core.count)
    } else {
      robustDeviation = nil
    }
    energy = pairwiseSum(sorted) { $0 * $0 }
    meanRounding = pairwiseSum(sorted) { .ulpOfOne * abs($0) }
  }
}

/// The mean, by way of the differences from the middle value, so that equal values have exactly their value as mean.
private func meanValue(of sorted: ArraySlice<Double>) -> Double {
  let middle = sorted[sorted.startIndex + sorted.count / 2]
  return middle + pairwiseSum(sorted) { $0 - middle } / Double(sorted.count)
}

/// Index of the first value of an ascending sample that is at least `bound`.
private func firstIndex(in sorted: [Double], from bound: Double) -> Int {
  var low = 0, high = sorted.count
  while low < high {
    let middle = (low + high) / 2
    if sorted[middle] < bound { low = middle + 1 } else { high = middle }
  }
  return low
}
