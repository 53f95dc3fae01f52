/// The percentile, 0 to 100, of an ascending sample of at least one value: linear between the two values around rank
/// 1 + (N − 1) · percent / 100 (Hyndman and Fan's definition 7, doi:10.1080/00031305.1996.10473566, as in NumPy and R).
/// IBSI 1 does not prescribe one; this one gives its reference values, among them 4 for the 90th percentile of the
/// digital phantom.
package func percentile(_ percent: Double, of sorted: [Double]) -> Double {
  percentile(percent, ofRanks: sorted.count) { sorted[$0] }
}

/// The percentile of an ascending sample of `count` values, of which `value` gives those of ranks from 0.
package func percentile(_ percent: Double, ofRanks count: Int, _ value: (Int) -> Double) -> Double {
  precondition(count > 0 && (0...100).contains(percent), "a percentage, and values to rank")
  // Of a whole percentage, rank and rest are exact.
  let hundredfold = Double(count - 1) * percent, rest = hundredfold.truncatingRemainder(dividingBy: 100)
  let index = Int((hundredfold - rest) / 100)
  guard rest > 0 else { return value(index) }
  let below = value(index)
  return below + (value(index + 1) - below) * (rest / 100)
}
