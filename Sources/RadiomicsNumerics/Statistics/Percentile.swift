/// The percentile, 0 to 100, of an ascending sample of at least one value: linear between the two values around rank
/// 1 + (N − 1) · percent / 100 (Hyndman and Fan's definition 7, doi:10.1080/00031305.1996.10473566, as in NumPy and R).
/// IBSI 1 does not prescribe one; this one gives its reference values, among them 4 for the 90th percentile of the
/// digital phantom.
package func percentile(_ percent: Double, of sorted: [Double]) -> Double {
  precondition(!sorted.isEmpty && (0...100).contains(percent), "a percentage, and values to rank")
  // Of a whole percentage, rank and rest are exact.
  let hundredfold = Double(sorted.count - 1) * percent, rest = hundredfold.truncatingRemainder(dividingBy: 100)
  let index = Int((hundredfold - rest) / 100)
  guard rest > 0 else { return sorted[index] }
  return sorted[index] + (sorted[index + 1] - sorted[index]) * (rest / 100)
}
