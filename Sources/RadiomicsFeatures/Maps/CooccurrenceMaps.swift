import RadiomicsCore

extension Cooccurrence: WindowedFamily {
  /// Most levels whose pairs are counted in a table.
  private static let mostLevels = 4096

  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? {
    let set = directions(in: SIMD3(repeating: 2 * window.radius + 1))
    guard voxels.values.count <= Self.mostLevels, weights(set, voxels.spacing).allSatisfy({ $0 == 1 }) else {
      return nil
    }
    return directionalWindows(aggregation, window, set) { PairWindow($0, Array($1), voxels, rows, self) }
  }
}

/// For each aggregation the windows, slices or whole, and the directions that make up one matrix.
func directionalWindows<Counter: WindowCounter>(
  _ aggregations: [DirectionalAggregation], _ window: Window, _ set: DirectionSet,
  _ counter: (Window, ArraySlice<SIMD3<Int>>) -> Counter?
) -> [[any WindowCounter]]? {
  var all: [[any WindowCounter]] = []
  for aggregation in aggregations {
    let isPlanar = aggregation != .averaged3D && aggregation != .merged3D
    let count = isPlanar ? set.planarCount : set.steps.count
    let windows = aggregation == .averaged2D || aggregation == .merged2D ? window.slices : [window]
    let isApart = aggregation == .averaged2D || aggregation == .averaged25D || aggregation == .averaged3D
    let parts = isApart ? (0..<count).map { set.steps[$0..<$0 + 1] } : [set.steps[..<count]]
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
private struct PairWindow: WindowCounter {
  private let isSymmetric: Bool
  private let levels: [Int]
  private let levelCount: Int
  private let variant: Variant
  private let voxels: WindowSteps
  private let pairs: WindowPairs
  private var tally: RankTally
  /// Pairs by the ranks of both, row by row; rank 0 collects those with a voxel that does not count.
  private var table: RankTally
  private var occurring: [Int] = [], cells: [Int] = []
  /// Index of each rank among those that occur.
  private var numbers: [Int]
  private var found = CooccurrencePairs(levels: [], entries: [])
  private var sums = CooccurrenceSums()

  init?(
    _ window: Window, _ offsets: [SIMD3<Int>], _ voxels: RankedVoxels, _ rows: WindowRows, _ family: Cooccurrence
  ) {
    guard let pairs = WindowPairs(window, offsets, rows) else { return nil }
    self.pairs = pairs
    self.voxels = WindowSteps(window, rows)
    isSymmetric = family.symmetric
    levels = voxels.values.map { Int($0) }
    levelCount = voxels.levelCount
    variant = family.variant
    tally = RankTally(ranks: levels.count)
    table = RankTally(ranks: (levels.count + 1) * (levels.count + 1) - 1)
    numbers = Array(repeating: 0, count: levels.count + 1)
  }

  mutating func change(_ change: WindowChange, _ rows: WindowRows, _ centre: Int) {
    tally.change(change, voxels, rows, centre)
    let stride = levels.count + 1, steps = pairs[change], ranks = rows.ranks
    for pair in steps.pairs {
      let a = Int(ranks[centre + Int(pair.first)]), b = Int(ranks[centre + Int(pair.second)])
      table.change(a * stride + b, isGain: steps.isGain)
      if isSymmetric { table.change(b * stride + a, isGain: steps.isGain) }
    }
  }

  mutating func cells(_ rows: WindowRows, _ centre: Int) -> [Cell]? {
    tally.occurring(&occurring)
    found.levels.removeAll(keepingCapacity: true)
    for (number, rank) in occurring.enumerated() {
      numbers[rank] = number
      found.levels.append(levels[rank - 1])
    }
    table.occurring(&cells)
    found.entries.removeAll(keepingCapacity: true)
    let stride = UInt32(levels.count + 1)
    for cell in cells {
      let (row, column) = UInt32(cell).quotientAndRemainder(dividingBy: stride)
      guard row > 0, column > 0 else { continue }
      found.entries.append(
        .init(row: numbers[Int(row)], column: numbers[Int(column)], count: Double(table.counts[cell])))
    }
    return found.entries.isEmpty ? nil : sums.features(found, levelCount: levelCount, variant)
  }
}
