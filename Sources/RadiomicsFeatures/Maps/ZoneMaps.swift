import RadiomicsCore

extension SizeZone: WindowedFamily {
  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? {
    sliceWindows(aggregation, window) { ZoneWindow($0, isPlanar: $1, voxels, rows, distances: nil) }
  }
}

extension DistanceZone: WindowedFamily {
  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? {
    sliceWindows(aggregation, window) { window, isPlanar in
      ZoneWindow(window, isPlanar: isPlanar, voxels, rows, distances: WindowDistances(window, isPlanar: isPlanar))
    }
  }
}

/// Zones of a window, which are found anew for each: a zone may fall apart wherever a voxel leaves.
private final class ZoneWindow: WindowCounter {
  private let levels: [Int]
  /// Where the window's voxels stand in rows, seen from the centre.
  private let steps: [Int]
  /// Voxels by their numbers, each with a neighbour that comes before it.
  private let links: [(voxel: Int32, before: Int32)]
  private var distances: WindowDistances?
  private var ranks: [UInt32]
  /// For each voxel one that comes before it in its zone, or itself; of the first, voxels and nearest distance of the zone.
  private var parents: [Int32], sizes: [Int32], nearest: [Int32]
  private var keys: [UInt64] = []

  init(_ window: Window, isPlanar: Bool, _ voxels: RankedVoxels, _ rows: WindowRows, distances: WindowDistances?) {
    levels = [0] + voxels.values.map { Int($0) }
    steps = window.offsets.map(rows.step)
    self.distances = distances
    ranks = Array(repeating: 0, count: steps.count)
    parents = Array(repeating: 0, count: steps.count)
    sizes = parents
    nearest = parents
    let numbers = Dictionary(uniqueKeysWithValues: window.offsets.enumerated().map { ($0.element, Int32($0.offset)) })
    let linked = isPlanar ? directions[..<planarDirectionCount] : directions[...]
    links = window.offsets.enumerated().flatMap { number, offset in
      linked.compactMap { direction in numbers[offset &- direction].map { (Int32(number), $0) } }
    }
  }

  func change(_ change: WindowChange, _ rows: WindowRows, _ centre: Int) {}

  func cells(_ rows: WindowRows, _ centre: Int) -> [Cell]? {
    for (voxel, step) in steps.enumerated() { ranks[voxel] = rows.ranks[centre + step] }
    distances?.measure(ranks)
    join()
    keys.removeAll(keepingCapacity: true)
    var voxels = 0
    for voxel in ranks.indices where ranks[voxel] != 0 {
      voxels += 1
      guard parents[voxel] == voxel else { continue }
      keys.append(UInt64(ranks[voxel]) << 32 | UInt64(distances == nil ? sizes[voxel] : nearest[voxel]))
    }
    guard !keys.isEmpty else { return nil }
    keys.sort()
    var entries: [LevelMatrix.Entry] = []
    for (index, key) in keys.enumerated() {
      if index > 0, keys[index - 1] == key {
        entries[entries.count - 1].count += 1
      } else {
        entries.append(
          LevelMatrix.Entry(level: levels[Int(key >> 32)], j: Int(truncatingIfNeeded: key & 0xFFFF_FFFF), count: 1))
      }
    }
    return LevelMatrixFeatures(LevelMatrix(entries, voxels: voxels)).common.map(Cell.value)
  }

  /// Joins linked voxels of one rank, and gives the first of each zone its size and least distance.
  private func join() {
    for voxel in parents.indices { parents[voxel] = Int32(voxel) }
    for (voxel, before) in links where ranks[Int(voxel)] == ranks[Int(before)] {
      let a = first(of: voxel), b = first(of: before)
      parents[Int(max(a, b))] = min(a, b)
    }
    for voxel in parents.indices {
      sizes[voxel] = 0
      nearest[voxel] = .max
    }
    for voxel in parents.indices {
      let first = Int(first(of: Int32(voxel)))
      sizes[first] += 1
      if let distances { nearest[first] = min(nearest[first], distances.values[distances.places[voxel]]) }
    }
  }

  private func first(of voxel: Int32) -> Int32 {
    var voxel = voxel
    while parents[Int(voxel)] != voxel {
      parents[Int(voxel)] = parents[Int(parents[Int(voxel)])]
      voxel = parents[Int(voxel)]
    }
    return voxel
  }
}

/// City-block distances of a window's voxels from the nearest voxel that does not count or lies outside.
struct WindowDistances {
  /// Where the window's voxels stand in `values`.
  let places: [Int]
  /// Over the window's box and a voxel around, x fastest; 0 outside.
  private(set) var values: [Int32]
  /// Steps back to the neighbours.
  private let back: [Int]

  init(_ window: Window, isPlanar: Bool) {
    let side = 2 * window.radius + 3
    places = window.offsets.map { offset in
      let place = offset &+ (window.radius + 1)
      return place.x + side * (place.y + side * place.z)
    }
    values = Array(repeating: 0, count: side * side * side)
    back = isPlanar ? [1, side] : [1, side, side * side]
  }

  /// The distances where the window's voxels have these ranks: from neighbours before, then from those after.
  mutating func measure(_ ranks: [UInt32]) {
    for (voxel, place) in places.enumerated() {
      var distance = Int32.max - 1
      for step in back { distance = min(distance, values[place - step]) }
      values[place] = ranks[voxel] == 0 ? 0 : distance + 1
    }
    for place in places.reversed() where values[place] != 0 {
      for step in back { values[place] = min(values[place], values[place + step] + 1) }
    }
  }
}
