/// Count, mean, population variance, minimum and maximum of numbers, in two passes over fixed blocks.
public struct IntensitySummary: Sendable, Hashable {
  /// How many.
  public let count: Int
  /// Mean, population variance, extremes.
  public let mean, variance, minimum, maximum: Double

  /// Of the finite ones of `values`; nil if there is none.
  public init?(ofFinite values: [Double]) {
    let values = values.allSatisfy(\.isFinite) ? values : values.filter(\.isFinite)
    guard !values.isEmpty else { return nil }
    let mean = blockSum(values) { $0 } / Double(values.count)
    count = values.count
    self.mean = mean
    variance = blockSum(values) { ($0 - mean) * ($0 - mean) } / Double(values.count)
    minimum = values.min()!
    maximum = values.max()!
  }
}

/// The sum of a term over values: blocks of 1,024 summed in order, blocks combined pairwise.
@inline(__always)
package func blockSum(_ values: [Double], _ term: (Double) -> Double) -> Double {
  var blocks: [Double] = []
  var start = 0
  while start < values.count {
    let end = min(start + 1024, values.count)
    var sum = 0.0
    for index in start..<end { sum += term(values[index]) }
    blocks.append(sum)
    start = end
  }
  while blocks.count > 1 {
    blocks = stride(from: 0, to: blocks.count, by: 2).map {
      $0 + 1 < blocks.count ? blocks[$0] + blocks[$0 + 1] : blocks[$0]
    }
  }
  return blocks.first ?? 0
}
