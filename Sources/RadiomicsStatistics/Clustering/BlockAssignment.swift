import RadiomicsCore

/// The nearest centres of a block of points: those whose cluster may have changed are laid side by side, part by part, so that distances are
/// computed on whole vectors.
struct BlockAssignment: Sendable {
  /// By how much sums and numbers of clusters change, and how many points.
  struct Changes: Sendable {
    var sums: [Double], counts: [Int], changed = 0
  }

  /// Points that are looked at together; their coordinates stay in the nearest cache.
  private static let part = 256

  private let dimensions: Int, stride: Int, clusters: Int
  /// Centre after centre, each coordinate as a whole vector.
  private let centres: [SIMD4<Double>]
  private let drifts: [Double]
  /// Rounded up.
  private let limits: [Float]

  init(_ points: ClusterPoints, _ centres: [[Double]], _ drifts: [Double]) {
    (dimensions, stride, clusters) = (points.dimensions, points.stride, centres.count)
    self.centres = centres.flatMap { $0.map { SIMD4(repeating: $0) } }
    self.drifts = drifts
    limits = drifts.map { Float($0).nextUp }
  }

  /// What the work on a part needs.
  private struct Room {
    let list: UnsafeMutablePointer<Int32>
    /// Coordinate after coordinate of a part, and results of a part.
    let places: UnsafeMutablePointer<Double>
    let nearest: UnsafeMutablePointer<SIMD4<Double>>, gaps: UnsafeMutablePointer<SIMD4<Double>>
  }

  func changes(
    _ block: Range<Int>, _ elements: UnsafePointer<Double>, _ labels: UnsafeMutablePointer<UInt8>,
    _ bounds: UnsafeMutablePointer<Float>, all: Bool
  ) -> Changes {
    var changes = Changes(
      sums: [Double](repeating: 0, count: clusters * dimensions), counts: [Int](repeating: 0, count: clusters))
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: block.count) { list in
      withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: (dimensions + 2) * Self.part / 4) { space in
        let results = space.baseAddress! + dimensions * Self.part / 4
        let room = Room(
          list: list.baseAddress!,
          places: UnsafeMutableRawPointer(space.baseAddress!).assumingMemoryBound(to: Double.self),
          nearest: results, gaps: results + Self.part / 4)
        let count = candidates(block, labels, bounds, all, room.list)
        changes.sums.withUnsafeMutableBufferPointer { sums in
          changes.counts.withUnsafeMutableBufferPointer { counts in
            for first in Swift.stride(from: 0, to: count, by: Self.part) {
              let some = min(Self.part, count &- first)
              gather(room, first, some, elements)
              compute(room, (some &+ 3) / 4)
              changes.changed &+= keep(room, first, some, labels, bounds, all, sums.baseAddress!, counts.baseAddress!)
            }
          }
        }
      }
    }
    return changes
  }

  /// Points whose cluster may have changed.
  @inline(__always)
  private func candidates(
    _ block: Range<Int>, _ labels: UnsafePointer<UInt8>, _ bounds: UnsafePointer<Float>, _ all: Bool,
    _ list: UnsafeMutablePointer<Int32>
  ) -> Int {
    guard !all else {
      for point in block { list[point &- block.lowerBound] = Int32(truncatingIfNeeded: point) }
      return block.count
    }
    var count = 0
    limits.withUnsafeBufferPointer { limits in
      let limits = limits.baseAddress!
      for point in block {
        list[count] = Int32(truncatingIfNeeded: point)
        // Without a branch, which would be taken at random: 1 where the difference has no sign.
        let rest = limits[Int(labels[point])] - bounds[point]
        count &+= Int(truncatingIfNeeded: ~rest.bitPattern >> 31)
      }
    }
    return count
  }

  /// Coordinates of listed points, side by side.
  @inline(__always)
  private func gather(_ room: Room, _ first: Int, _ count: Int, _ elements: UnsafePointer<Double>) {
    let list = room.list + first
    for dimension in 0..<dimensions {
      let column = elements + dimension &* stride, places = room.places + dimension &* Self.part
      for index in 0..<count { places[index] = column[Int(list[index])] }
    }
  }

  /// The nearest of the centres, and by how much the second is farther at least, for so many vectors.
  private func compute(_ room: Room, _ vectors: Int) {
    // Loops of a known length are unrolled.
    switch dimensions {
    case 1: compute(room, vectors, dimensions: 1)
    case 2: compute(room, vectors, dimensions: 2)
    case 3: compute(room, vectors, dimensions: 3)
    case 4: compute(room, vectors, dimensions: 4)
    default: compute(room, vectors, dimensions: dimensions)
    }
  }

  @inline(__always)
  private func compute(_ room: Room, _ vectors: Int, dimensions: Int) {
    centres.withUnsafeBufferPointer { centres in
      let places = UnsafeMutableRawPointer(room.places).assumingMemoryBound(to: SIMD4<Double>.self)
      for vector in 0..<vectors {
        var best = SIMD4<Double>(repeating: .infinity), second = best, nearest = SIMD4<Double>.zero
        var centre = centres.baseAddress!
        for cluster in 0..<clusters {
          var distance = SIMD4<Double>.zero
          for dimension in 0..<dimensions {
            let difference = places[dimension &* (Self.part / 4) &+ vector] - centre[dimension]
            distance += difference * difference
          }
          centre += dimensions
          var farther = best
          farther.replace(with: distance, where: best .< distance)
          second.replace(with: farther, where: farther .< second)
          nearest.replace(with: SIMD4(repeating: Double(cluster)), where: distance .< best)
          best.replace(with: distance, where: distance .< best)
        }
        room.nearest[vector] = nearest
        room.gaps[vector] = leastGap(best, second)
      }
    }
  }

  /// Keeps clusters and bounds of a part.
  /// - Returns: How many clusters changed.
  @inline(__always)
  private func keep(
    _ room: Room, _ first: Int, _ count: Int, _ labels: UnsafeMutablePointer<UInt8>,
    _ bounds: UnsafeMutablePointer<Float>, _ all: Bool, _ sums: UnsafeMutablePointer<Double>,
    _ counts: UnsafeMutablePointer<Int>
  ) -> Int {
    let list = room.list + first
    let nearest = UnsafeRawPointer(room.nearest).assumingMemoryBound(to: Double.self)
    let gaps = UnsafeRawPointer(room.gaps).assumingMemoryBound(to: Double.self)
    var changed = 0
    drifts.withUnsafeBufferPointer { drifts in
      let drifts = drifts.baseAddress!
      for index in 0..<count {
        let point = Int(list[index]), label = Int(truncatingIfNeeded: Int32(nearest[index]))
        bounds[point] = Float((gaps[index] + drifts[label]) * (1 - 0x1p-22))
        let before = Int(labels[point])
        guard all || label != before else { continue }
        labels[point] = UInt8(truncatingIfNeeded: label)
        changed &+= 1
        counts[label] &+= 1
        for dimension in 0..<dimensions {
          sums[label &* dimensions &+ dimension] += room.places[dimension &* Self.part &+ index]
        }
        guard !all else { continue }
        counts[before] &-= 1
        for dimension in 0..<dimensions {
          sums[before &* dimensions &+ dimension] -= room.places[dimension &* Self.part &+ index]
        }
      }
    }
    return changed
  }
}

/// What the root of one square is above that of another at least: √b − √a = (b − a) / (√b + √a) ≥ (b − a) / √(2 (a + b)), to 0.2 % of the
/// right-hand side from below, and less than the rounding of squares can add. Newton's step for 1 / √y never ends above it.
@inline(__always)
private func leastGap(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
  let y = 2 * (a + b), bits = unsafeBitCast(y, to: SIMD4<Int64>.self)
  let guess = unsafeBitCast(0x5FE6_EB50_C7B5_37A9 &- (bits &>> 1), to: SIMD4<Double>.self)
  let inverse = guess * (1.5 - 0.5 * y * guess * guess)
  return (b - a - 1e-14 * y) * inverse
}
