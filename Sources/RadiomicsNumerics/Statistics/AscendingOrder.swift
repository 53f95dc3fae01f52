/// The places of numbers in ascending order, equal ones in the order in which they stand; none is NaN. O(n log n).
package func ascendingOrder(of numbers: [Double]) -> [Int] {
  var pairs = numbers.enumerated().map { (number: $1, place: $0) }
  pairs.sort { $0.number < $1.number || $0.number == $1.number && $0.place < $1.place }
  return pairs.map(\.place)
}
