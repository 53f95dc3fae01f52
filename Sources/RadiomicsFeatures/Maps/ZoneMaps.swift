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
private struct ZoneWindow: WindowCounter {
  /// A voxel and a neighbour that comes before it, by their numbers.
  struct Link {
    let voxel, before: Int32
  }

  private let levels: [Int]
  /// Where the window's voxels stand in rows, seen from the centre.
  private let steps: [Int]
  private let links: [Link]
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
      linked.compactMap { direction in numbers[offset &- direction].map { Link(voxel: Int32(number), before: $0) } }
    }
  }

  mutating func change(_ change: WindowChange, _ rows: WindowRows, _ centre: Int) {}

  mutating func cells(_ rows: WindowRows, _ centre: Int) -> [Cell]? {
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
  private mutating func join() {
    link(links, ranks, &parents)
    for voxel in parents.indices {
      sizes[voxel] = 0
      nearest[voxel] = .max
    }
    for voxel in parents.indices {
      // A zone's first voxel comes before the others, which lead on to it by now.
      let first = Int(parents[voxel])
      sizes[first] += 1
      if let distances { nearest[first] = min(nearest[first], distances.values[distances.places[voxel]]) }
    }
  }
}

/// Leads each voxel to the first of its zone. Cost: a few steps for each link.
private func link(_ links: [ZoneWindow.Link], _ ranks: [UInt32], _ parents: inout [Int32]) {
  let links = links.span, ranks = ranks.span
  var parents = parents.mutableSpan
  for voxel in 0..<parents.count { parents[unchecked: voxel] = Int32(truncatingIfNeeded: voxel) }
  for index in 0..<links.count {
    let link = links[unchecked: index]
    guard ranks[unchecked: Int(link.voxel)] == ranks[unchecked: Int(link.before)] else { continue }
    let a = first(of: link.voxel, &parents), b = first(of: link.before, &parents)
    parents[unchecked: Int(max(a, b))] = min(a, b)
  }
  for voxel in 0..<parents.count {
    parents[unchecked: voxel] = parents[unchecked: Int(parents[unchecked: voxel])]
  }
}

/// The first voxel of a zone so far; ways that lead to it are shortened.
private func first(of voxel: Int32, _ parents: inout MutableSpan<Int32>) -> Int32 {
  var voxel = voxel
  while true {
    let next = parents[unchecked: Int(voxel)]
    if next == voxel { return voxel }
    parents[unchecked: Int(voxel)] = parents[unchecked: Int(next)]
    voxel = next
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
