import RadiomicsCore

extension Cooccurrence: WindowedFamily {
  /// Most levels whose pairs are counted in a table.
  private static let mostLevels = 4096

  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? {
    guard voxels.values.count <= Self.mostLevels, directions.allSatisfy({ weighting.weight($0) == 1 }) else {
      return nil
    }
    return directionalWindows(aggregation, window) { window, directions in
      PairWindow(window, directions.map { $0 &* min(distance, 2 * window.radius + 1) }, voxels, rows, self)
    }
  }
}

/// For each aggregation the windows, slices or whole, and the directions that make up one matrix.
func directionalWindows<Counter: WindowCounter>(
  _ aggregations: [DirectionalAggregation], _ window: Window,
  _ counter: (Window, ArraySlice<SIMD3<Int>>) -> Counter?
) -> [[any WindowCounter]]? {
  var all: [[any WindowCounter]] = []
  for aggregation in aggregations {
    let isPlanar = aggregation != .averaged3D && aggregation != .merged3D
    let count = isPlanar ? planarDirectionCount : directions.count
    let windows = aggregation == .averaged2D || aggregation == .merged2D ? window.slices : [window]
    let isApart = aggregation == .averaged2D || aggregation == .averaged25D || aggregation == .averaged3D
    let parts = isApart ? (0..<count).map { directions[$0..<$0 + 1] } : [directions[..<count]]
    var counters: [any WindowCounter] = []
    for window in windows {
      for part in parts {
        guard let counter = counter(window, part) else { return nil }
        counters.append(counter)
      }
    }
    all.append(counters)
  }
  return all
}

/// Pairs of ranks in a window.
private final class PairWindow: WindowCounter {
  private let family: Cooccurrence
  private let levels: [Int]
  private let levelCount: Int
  private let voxels: WindowSteps
  private let pairs: WindowPairs
  private var tally: RankTally
  /// Pairs by the ranks of both, row by row; rank 0 collects those with a voxel that does not count.
  private var table: [UInt32]
  private var occurring: [Int] = []
  private var isEmpty = true

  init?(
    _ window: Window, _ offsets: [SIMD3<Int>], _ voxels: RankedVoxels, _ rows: WindowRows, _ family: Cooccurrence
  ) {
    guard let pairs = WindowPairs(window, offsets, rows) else { return nil }
    self.pairs = pairs
    self.family = family
    self.voxels = WindowSteps(window, rows)
    levels = voxels.values.map { Int($0) }
    levelCount = voxels.levelCount
    tally = RankTally(ranks: levels.count)
    table = Array(repeating: 0, count: (levels.count + 1) * (levels.count + 1))
  }

  func change(_ change: WindowChange, _ rows: WindowRows, _ centre: Int) {
    tally.change(change, voxels, rows, centre)
    countPairs(pairs[change].pairs, rows.ranks, centre, levels.count + 1, change.isGain ? 1 : .max, &table)
  }

  func cells(_ rows: WindowRows, _ centre: Int) -> [Cell]? {
    tally.occurring(&occurring)
    let stride = levels.count + 1
    let matrix = CooccurrenceMatrix(levels: occurring.map { levels[$0 - 1] }) { i, j in
      table[occurring[i] * stride + occurring[j]]
    }
    guard !matrix.isEmpty else { return nil }
    return (family.symmetric ? matrix.symmetrised : matrix).features(levelCount: levelCount)
  }
}

/// Adds `gain`, 1 or −1, for each pair around a centre. Cost: a step for each.
private func countPairs(
  _ pairs: [WindowPairs.Pair], _ ranks: [UInt32], _ centre: Int, _ stride: Int, _ gain: UInt32,
  _ table: inout [UInt32]
) {
  let pairs = pairs.span, ranks = ranks.span
  var table = table.mutableSpan
  for index in 0..<pairs.count {
    let pair = pairs[unchecked: index]
    let row = Int(ranks[unchecked: centre &+ Int(pair.first)]),
      column = Int(ranks[unchecked: centre &+ Int(pair.second)])
    table[unchecked: row &* stride &+ column] &+= gain
  }
}
