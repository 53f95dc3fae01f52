import RadiomicsCore

/// Numbers in ascending order; none is NaN. −0 comes before 0. Cost: linear, on several lanes.
package func ascending(_ numbers: [Double], _ lanes: Lanes = Lanes(jobs: 1)) -> [Double] {
  guard numbers.count > 4096 else { return numbers.sorted() }
  if let sorted = sortedByPlace(numbers, lanes) { return sorted }
  let sorted = sortedByKey(numbers.map(orderedBits), lanes, bits: 64)
  return sorted.map { Double(bitPattern: unorderedBits($0)) }
}

/// Numbers in ascending order; none is NaN. −0 comes before 0. Cost: linear, on several lanes.
package func ascending(_ numbers: [Float], _ lanes: Lanes = Lanes(jobs: 1)) -> [Float] {
  guard numbers.count > 4096 else { return numbers.sorted() }
  let sorted = sortedByKey(numbers.map(orderedBits), lanes, bits: 32)
  return sorted.map { Float(bitPattern: unorderedBits($0)) }
}

/// Sorts by 2²² equal parts of the range, then the few that share a part by insertion: a third of the passes that 64 bits
/// need. Nil if too many share parts, or there is no finite range.
private func sortedByPlace(_ numbers: [Double], _ lanes: Lanes) -> [Double]? {
  var low = numbers[0], high = low
  for number in numbers {
    low = min(low, number)
    high = max(high, number)
  }
  let scale = Double(1 << 22) / (high - low)
  guard high - low < .infinity, scale < .infinity else { return nil }
  var from = numbers, to = numbers
  for shift in [0, 11] {
    let isMoved = scatter(from, into: &to, lanes) { [low] number in
      (min(1 << 22 - 1, Int((number - low) * scale)) >> shift) & (digits - 1)
    }
    if isMoved { swap(&from, &to) }
  }
  var moves = 8 * from.count
  from.withUnsafeMutableBufferPointer { numbers in
    for index in 1..<numbers.count {
      let number = numbers[index], bits = orderedBits(number)
      var place = index
      while place > 0, orderedBits(numbers[place - 1]) > bits, moves > 0 {
        numbers[place] = numbers[place - 1]
        place -= 1
        moves -= 1
      }
      numbers[place] = number
    }
  }
  return moves > 0 ? from : nil
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

/// Sorts by the least digit first, 11 bits each.
private func sortedByKey<Key: FixedWidthInteger & UnsignedInteger & Sendable>(
  _ keys: [Key], _ lanes: Lanes, bits: Int
) -> [Key] {
  var from = keys, to = keys
  for shift in stride(from: 0, to: bits, by: 11) {
    let isMoved = scatter(from, into: &to, lanes) { Int(truncatingIfNeeded: $0 &>> Key(shift)) & (digits - 1) }
    if isMoved { swap(&from, &to) }
  }
  return from
}

private let digits = 2048

/// Moves elements to the places that their digit gives them, by a count of digits in stretches of fixed length; false,
/// and nothing is moved, if all have the same.
@inline(__always)
private func scatter<Element: Sendable>(
  _ from: [Element], into to: inout [Element], _ lanes: Lanes, by digit: @Sendable (Element) -> Int
) -> Bool {
  let stretch = 1 << 17, stretches = (from.count + stretch - 1) / stretch
  var places = lanes.map(stretches) { step in
    var counts = [Int](repeating: 0, count: digits)
    counts.withUnsafeMutableBufferPointer { counts in
      from.withUnsafeBufferPointer { from in
        for index in step * stretch..<min(from.count, (step + 1) * stretch) { counts[digit(from[index])] &+= 1 }
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
            let element = from[index], digit = digit(element)
            to[places[digit]] = element
            places[digit] &+= 1
          }
        }
      }
    }
  }
  return true
}
