/// Σ term(value), by blocks of 256 in order that are added up pairwise, so that rounding grows with the logarithm of the
/// count (Higham 1993, doi:10.1137/0914050) and the result depends on nothing but values and order.
@inlinable
package func pairwiseSum<Values: RandomAccessCollection<Double>>(
  _ values: Values, _ term: (Double) -> Double = { $0 }
) -> Double where Values.Index == Int {
  pairwiseSum(values, values.startIndex..<values.endIndex, term)
}

/// The sum over a range of indices.
@inlinable
package func pairwiseSum<Values: RandomAccessCollection<Double>>(
  _ values: Values, _ range: Range<Int>, _ term: (Double) -> Double
) -> Double where Values.Index == Int {
  if range.count <= 256 {
    var sum = 0.0
    for index in range { sum += term(values[index]) }
    return sum
  }
  let middle = range.lowerBound + (range.count + 255) / 256 / 2 * 256
  return pairwiseSum(values, range.lowerBound..<middle, term) + pairwiseSum(values, middle..<range.upperBound, term)
}
