import RadiomicsCore

/// Numbers in ascending order; none is NaN. −0 comes before 0. Cost: linear, on several lanes.
package func ascending(_ numbers: [Double], _ lanes: Lanes = Lanes(jobs: 1)) -> [Double] {
  guard numbers.count > 4096 else { return numbers.sorted() }
  return sortedByKey(numbers, lanes, bits: 64, key: orderedBits) { Double(bitPattern: unorderedBits($0)) }
}

/// Numbers in ascending order; none is NaN. −0 comes before 0. Cost: linear, on several lanes.
package func ascending(_ numbers: [Float], _ lanes: Lanes = Lanes(jobs: 1)) -> [Float] {
  guard numbers.count > 4096 else { return numbers.sorted() }
  return sortedByKey(numbers, lanes, bits: 32, key: orderedBits) { Float(bitPattern: unorderedBits($0)) }
}

/// Bits that are ordered as the numbers are: all of them turned for negative numbers, the sign alone for others.
@inline(__always)
private func orderedBits(_ number: Double) -> UInt64 {
  let bits = number.bitPattern
  return bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 1 << 63)
}

@inline(__always)
private func orderedBits(_ number: Float) -> UInt32 {
  let bits = number.bitPattern
  return bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) >> 31) | 1 << 31)
}

@inline(__always)
private func unorderedBits<Key: FixedWidthInteger & UnsignedInteger>(_ key: Key) -> Key {
  let sign = Key(1) << (Key.bitWidth - 1)
  return key & sign != 0 ? key ^ sign : ~key
}

/// Sorts by the least digit first (11 bits each), each pass by a count of digits in stretches of fixed length.
@inline(__always)
private func sortedByKey<Number: Sendable, Key: FixedWidthInteger & UnsignedInteger & Sendable>(
  _ numbers: [Number], _ lanes: Lanes, bits: Int, key: @Sendable (Number) -> Key, number: @Sendable (Key) -> Number
) -> [Number] {
  let count = numbers.count
  var from = [Key](unsafeUninitializedCapacity: count) { buffer, filled in
    for index in 0..<count { buffer.initializeElement(at: index, to: key(numbers[index])) }
    filled = count
  }
  var to = from
  for shift in stride(from: 0, to: bits, by: 11) where scatter(from, into: &to, by: Key(shift), lanes) {
    swap(&from, &to)
  }
  to = []
  return [Number](unsafeUninitializedCapacity: count) { buffer, filled in
    for index in 0..<count { buffer.initializeElement(at: index, to: number(from[index])) }
    filled = count
  }
}

/// Moves keys to the places that their digit gives them; false, and nothing is moved, if all have the same.
private func scatter<Key: FixedWidthInteger & UnsignedInteger & Sendable>(
  _ from: [Key], into to: inout [Key], by shift: Key, _ lanes: Lanes
) -> Bool {
  let stretch = 1 << 17, stretches = (from.count + stretch - 1) / stretch, digits = 2048
  var places = lanes.map(stretches) { step in
    var counts = [Int](repeating: 0, count: digits)
    counts.withUnsafeMutableBufferPointer { counts in
      from.withUnsafeBufferPointer { from in
        for index in step * stretch..<min(from.count, (step + 1) * stretch) {
          counts[Int(truncatingIfNeeded: from[index] &>> shift) & (digits - 1)] += 1
        }
      }
    }
    return counts
  }
  var place = 0, occupied = 0
  for digit in 0..<digits {
    let start = place
    for step in 0..<stretches {
      let count = places[step][digit]
      places[step][digit] = place
      place += count
    }
    if place > start { occupied += 1 }
  }
  guard occupied > 1 else { return false }
  let starts = places
  to.withUnsafeMutableBufferPointer { to in
    nonisolated(unsafe) let to = to.baseAddress!
    lanes.forEach(stretches) { step in
      var places = starts[step]
      places.withUnsafeMutableBufferPointer { places in
        from.withUnsafeBufferPointer { from in
          for index in step * stretch..<min(from.count, (step + 1) * stretch) {
            let key = from[index], digit = Int(truncatingIfNeeded: key &>> shift) & (digits - 1)
            to[places[digit]] = key
            places[digit] &+= 1
          }
        }
      }
    }
  }
  return true
}
