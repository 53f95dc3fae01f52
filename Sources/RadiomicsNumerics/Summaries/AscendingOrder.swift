/// The places of numbers in ascending order, equal ones in the order in which they stand; none is NaN. Linear for many numbers: by
/// eleven bits at a time, from the lowest.
package func ascendingOrder(of numbers: [Double]) -> [Int] {
  guard numbers.count > 4096 else {
    var pairs = numbers.enumerated().map { (number: $1, place: $0) }
    pairs.sort { $0.number < $1.number || $0.number == $1.number && $0.place < $1.place }
    return pairs.map(\.place)
  }
  // Adding 0 makes −0 and 0 alike; bits of negative numbers are turned, so that all are ordered as the numbers are.
  var items = numbers.enumerated().map { place, number in
    let bits = (number + 0).bitPattern
    return (key: bits ^ (bits >> 63 == 0 ? 1 << 63 : .max), place: place)
  }
  var sorted = items, begins = [Int](repeating: 0, count: 2048)
  for shift in stride(from: UInt64(0), to: 64, by: 11) {
    for digit in begins.indices { begins[digit] = 0 }
    for item in items { begins[Int(item.key >> shift & 2047)] += 1 }
    if begins.contains(items.count) { continue }
    var next = 0
    for digit in begins.indices { (begins[digit], next) = (next, next + begins[digit]) }
    for item in items {
      let digit = Int(item.key >> shift & 2047)
      sorted[begins[digit]] = item
      begins[digit] += 1
    }
    swap(&items, &sorted)
  }
  return items.map(\.place)
}
