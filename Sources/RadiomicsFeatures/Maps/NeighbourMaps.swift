import RadiomicsCore

extension NeighbouringDependence: WindowedFamily {
  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? {
    neighbourWindows(aggregation, window, NeighbourReach(distance: distance, norm: norm, shells: shells)) {
      window, offsets in
      DependenceWindow(window, offsets, voxels, rows, coarseness: coarseness)
    }
  }
}

extension NeighbourhoodToneDifference: WindowedFamily {
  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? {
    neighbourWindows(aggregation, window, NeighbourReach(distance: distance, norm: norm, shells: shells)) {
      ToneWindow($0, $1, voxels, rows, variant)
    }
  }
}

/// For each aggregation the windows, slices or whole, with the offsets forward in memory to a voxel's neighbours.
private func neighbourWindows<Counter: WindowCounter>(
  _ aggregations: [SliceAggregation], _ window: Window, _ setting: NeighbourReach,
  _ counter: (Window, [SIMD3<Int>]) -> Counter?
) -> [[any WindowCounter]]? {
  let reach = min(setting.distance, 2 * window.radius), all = Window(.cube, radius: reach).offsets
  // No voxels of a window are farther apart along an axis; by norm they may be, but then they are not neighbours.
  let forward = all.drop { $0 != .zero }.dropFirst().filter(setting.contains)
  return sliceWindows(aggregations, window) { window, isPlanar in
    counter(window, isPlanar ? forward.filter { $0.z == 0 } : forward)
  }
}

/// For each aggregation the windows, slices or whole, and whether neighbours lie in the slice.
func sliceWindows<Counter: WindowCounter>(
  _ aggregations: [SliceAggregation], _ window: Window, _ counter: (Window, _ isPlanar: Bool) -> Counter?
) -> [[any WindowCounter]]? {
  var all: [[any WindowCounter]] = []
  for aggregation in aggregations {
    let windows = aggregation == .averaged2D ? window.slices : [window]
    let counters = windows.compactMap { counter($0, aggregation != .volume3D) }
    guard counters.count == windows.count else { return nil }
    all.append(counters)
  }
  return all
}

/// Voxels of a window by rank and number of neighbours alike.
private struct DependenceWindow: WindowCounter {
  private let levels: [Int]
  private let voxels: WindowSteps
  private let pairs: WindowPairs
  private let coarseness: Int
  private var tally: RankTally
  /// For each voxel of the rows its neighbours alike in the window.
  private var alike: [UInt32]
  /// Voxels by rank and number of neighbours alike, row by row.
  private var table: [UInt32]
  private let width: Int
  private var occurring: [Int] = []

  init?(
    _ window: Window, _ offsets: [SIMD3<Int>], _ voxels: RankedVoxels, _ rows: WindowRows, coarseness: Int
  ) {
    width = min(window.offsets.count, 2 * offsets.count + 1)
    guard let pairs = WindowPairs(window, offsets, rows), voxels.values.count * width <= 1 << 24 else { return nil }
    self.pairs = pairs
    self.coarseness = coarseness
    self.voxels = WindowSteps(window, rows)
    levels = [0] + voxels.values.map { Int($0) }
    tally = RankTally(ranks: voxels.values.count)
    alike = Array(repeating: 0, count: rows.ranks.count)
    table = Array(repeating: 0, count: levels.count * width)
  }

  mutating func change(_ change: WindowChange, _ rows: WindowRows, _ centre: Int) {
    tally.change(change, voxels, rows, centre)
    let steps = pairs[change], ranks = rows.ranks
    for step in steps.before {
      table[Int(ranks[centre + step]) * width + Int(alike[centre + step])] -= 1
    }
    countAlike(steps.pairs, ranks, centre, levels, coarseness, steps.isGain ? 1 : .max, &alike)
    for step in steps.after {
      table[Int(ranks[centre + step]) * width + Int(alike[centre + step])] += 1
    }
  }

  mutating func cells(_ rows: WindowRows, _ centre: Int) -> [Cell]? {
    tally.occurring(&occurring)
    var entries: [LevelMatrix.Entry] = []
    var voxels = 0
    for rank in occurring {
      voxels += Int(tally.counts[rank])
      for others in 0..<width where table[rank * width + others] != 0 {
        entries.append(
          LevelMatrix.Entry(level: levels[rank], j: others + 1, count: Double(table[rank * width + others])))
      }
    }
    guard !entries.isEmpty else { return nil }
    let features = LevelMatrixFeatures(LevelMatrix(entries, voxels: voxels))
    return (features.common + [features.energy]).map(Cell.value)
  }
}

/// Adds `gain` to the neighbours alike of both voxels of each pair whose levels differ by at most α. Cost: a step for each.
private func countAlike(
  _ pairs: [WindowPairs.Pair], _ ranks: [UInt32], _ centre: Int, _ levels: [Int], _ coarseness: Int, _ gain: UInt32,
  _ alike: inout [UInt32]
) {
  let pairs = pairs.span, ranks = ranks.span, levels = levels.span
  var alike = alike.mutableSpan
  for index in 0..<pairs.count {
    let first = centre &+ Int(pairs[unchecked: index].first), second = centre &+ Int(pairs[unchecked: index].second)
    let a = levels[unchecked: Int(ranks[unchecked: first])], b = levels[unchecked: Int(ranks[unchecked: second])]
    let change = a != 0 && b != 0 && abs(a &- b) <= coarseness ? gain : 0
    alike[unchecked: first] &+= change
    alike[unchecked: second] &+= change
  }
}

/// n(i) and s(i) of a window. Of a voxel with c neighbours whose levels add up to S, |i − S/c| is a whole number of
/// parts of which `parts`, the least common multiple of all c, make up 1: sums of them are exact.
private struct ToneWindow: WindowCounter {
  private let levels: [Int]
  private let voxels: WindowSteps
  private let pairs: WindowPairs
  private let parts: UInt
  private let variant: Variant
  private var tally: RankTally
  /// For each voxel of the rows the sum of the levels of its neighbours in the window, and their number.
  private var sums: [Int], sizes: [Int]
  /// By rank: voxels that have a neighbour, and their parts.
  private var counts: [Int], differences: [UInt]
  private var occurring: [Int] = []

  /// Most neighbours of a voxel: up to 26 their least common multiple, times levels and voxels, is a number of 64 bits.
  private static let mostNeighbours = 26

  init?(
    _ window: Window, _ offsets: [SIMD3<Int>], _ voxels: RankedVoxels, _ rows: WindowRows, _ variant: Variant
  ) {
    guard 2 * offsets.count <= Self.mostNeighbours, let pairs = WindowPairs(window, offsets, rows) else { return nil }
    self.pairs = pairs
    self.voxels = WindowSteps(window, rows)
    levels = [0] + voxels.values.map { Int($0) }
    self.variant = variant
    parts = offsets.isEmpty ? 1 : (1...UInt(2 * offsets.count)).reduce(1, leastCommonMultiple)
    tally = RankTally(ranks: voxels.values.count)
    sums = Array(repeating: 0, count: rows.ranks.count)
    sizes = sums
    counts = Array(repeating: 0, count: levels.count)
    differences = Array(repeating: 0, count: levels.count)
  }

  mutating func change(_ change: WindowChange, _ rows: WindowRows, _ centre: Int) {
    tally.change(change, voxels, rows, centre)
    let steps = pairs[change]
    for step in steps.before {
      let rank = Int(rows.ranks[centre + step]), (count, difference) = difference(rank, centre + step)
      counts[rank] -= count
      differences[rank] -= difference
    }
    sumNeighbours(steps.pairs, rows.ranks, centre, levels, steps.isGain ? 1 : -1, &sums, &sizes)
    for step in steps.after {
      let rank = Int(rows.ranks[centre + step]), (count, difference) = difference(rank, centre + step)
      counts[rank] += count
      differences[rank] += difference
    }
  }

  /// Whether the voxel at a place of the rows counts, and its parts.
  private func difference(_ rank: Int, _ place: Int) -> (count: Int, parts: UInt) {
    guard rank > 0, sizes[place] > 0 else { return (0, 0) }
    return (1, (levels[rank] * sizes[place] - sums[place]).magnitude * (parts / UInt(sizes[place])))
  }

  mutating func cells(_ rows: WindowRows, _ centre: Int) -> [Cell]? {
    tally.occurring(&occurring)
    let matrix = ToneDifferenceMatrix(
      levels: occurring.map { levels[$0] },
      voxels: occurring.map { variant == .ibsi ? counts[$0] : Int(tally.counts[$0]) },
      differences: occurring.map { Double(differences[$0]) / Double(parts) })
    return matrix.isEmpty ? nil : matrix.features(variant)
  }
}

private func leastCommonMultiple(_ a: UInt, _ b: UInt) -> UInt {
  var (divisor, rest) = (a, b)
  while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
  return a / divisor * b
}

/// Adds the level of each voxel of a pair to the other's sum, or takes it back (gain −1). Cost: a step for each.
private func sumNeighbours(
  _ pairs: [WindowPairs.Pair], _ ranks: [UInt32], _ centre: Int, _ levels: [Int], _ gain: Int, _ sums: inout [Int],
  _ sizes: inout [Int]
) {
  let pairs = pairs.span, ranks = ranks.span, levels = levels.span
  var sums = sums.mutableSpan, sizes = sizes.mutableSpan
  for index in 0..<pairs.count {
    let first = centre &+ Int(pairs[unchecked: index].first), second = centre &+ Int(pairs[unchecked: index].second)
    let a = levels[unchecked: Int(ranks[unchecked: first])], b = levels[unchecked: Int(ranks[unchecked: second])]
    sums[unchecked: first] &+= gain &* b
    sums[unchecked: second] &+= gain &* a
    sizes[unchecked: first] &+= b != 0 ? gain : 0
    sizes[unchecked: second] &+= a != 0 ? gain : 0
  }
}
