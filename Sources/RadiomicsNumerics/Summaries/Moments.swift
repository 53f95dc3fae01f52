/// The arithmetic mean.
package func mean(_ values: [Double]) -> Double { pairwiseSum(values) / Double(values.count) }

/// The variance with n − 1; 0 to the last bit where all values are equal, as differences from the first are averaged.
package func variance(_ values: [Double]) -> Double {
  guard let first = values.first else { return .nan }
  let shift = pairwiseSum(values) { $0 - first } / Double(values.count)
  return pairwiseSum(values) { ($0 - first - shift) * ($0 - first - shift) } / Double(values.count - 1)
}

/// The covariance with n − 1.
package func covariance(_ a: [Double], _ b: [Double]) -> Double {
  let centerA = mean(a), centerB = mean(b)
  return pairwiseSum(a.count) { (a[$0] - centerA) * (b[$0] - centerB) } / Double(a.count - 1)
}
