import RadiomicsCore

extension RunLength: WindowedFamily {
  func counters(_ window: Window, _ voxels: RankedVoxels, _ rows: WindowRows) -> [[any WindowCounter]]? {
    let set = DirectionSet()
    guard weights(set.steps, voxels.spacing).allSatisfy({ $0 == 1 }) else { return nil }
    return directionalWindows(aggregation, window, set) { window, directions -> RunWindow? in
      // Of merged directions each would have to be left out by itself.
      guard variant == .ibsi || directions.count == 1 else { return nil }
      return RunWindow(window, directions, voxels, rows, variant)
    }
  }
}

/// Runs of a window by rank and length. A voxel that comes joins the runs on its two sides, one that goes parts them;
/// how long they are is known for each voxel of the rows, and how much of them lies in the window follows from its shape.
private struct RunWindow: WindowCounter {
  private let levels: [Int]
  private let voxels: WindowSteps
  private let runs: WindowRuns
  private var tally: RankTally
  /// Runs by rank and length from 0, row by row; those of rank 0 or length 0 are none.
  private var table: [UInt32]
  private let width: Int
  /// For each direction how many voxels of the same rank lie directly before and after each voxel of the rows, up to 255.
  private var before: [UInt8], after: [UInt8]
  private var occurring: [Int] = []
  /// Steps to voxels that lie on a line along the direction; nil if none are asked for.
  private let pairs: [(Int, Int)]?

  init(
    _ window: Window, _ directions: ArraySlice<SIMD3<Int>>, _ voxels: RankedVoxels, _ rows: WindowRows,
    _ variant: Variant
  ) {
    self.voxels = WindowSteps(window, rows)
    pairs =
      variant == .ibsi ? nil : window.pairs(onLinesAlong: directions.first!).map { (rows.step($0), rows.step($1)) }
    levels = voxels.values.map { Int($0) }
    runs = WindowRuns(window, directions, rows)
    tally = RankTally(ranks: levels.count)
    width = 2 * window.radius + 2
    table = Array(repeating: 0, count: (levels.count + 1) * width)
    before = Array(repeating: 0, count: directions.count * rows.ranks.count)
    after = before
  }

  mutating func load(_ rows: WindowRows) {
    for (number, step) in runs.steps.enumerated() {
      continueRuns(rows.ranks, rows.used, step, number * rows.ranks.count, &before)
      continueRunsBack(rows.ranks, rows.used, step, number * rows.ranks.count, &after)
    }
  }

  mutating func change(_ change: WindowChange, _ rows: WindowRows, _ centre: Int) {
    tally.change(change, voxels, rows, centre)
    countRuns(runs[change], rows.ranks, centre, before, after, width, change.isGain ? 1 : .max, &table)
  }

  mutating func cells(_ rows: WindowRows, _ centre: Int) -> [Cell]? {
    tally.occurring(&occurring)
    var entries: [LevelMatrix.Entry] = []
    var voxels = 0
    for rank in occurring {
      voxels += Int(tally.counts[rank])
      for length in 1..<width where table[rank * width + length] != 0 {
        entries.append(
          LevelMatrix.Entry(level: levels[rank - 1], j: length, count: Double(table[rank * width + length])))
      }
    }
    guard !entries.isEmpty else { return nil }
    if let pairs, entries.allSatisfy({ $0.j == 1 }),
      !pairs.contains(where: { rows.ranks[centre + $0.0] != 0 && rows.ranks[centre + $0.1] != 0 })
    {
      return nil
    }
    return LevelMatrixFeatures(LevelMatrix(entries, voxels: voxels * runs.steps.count)).common.map(Cell.value)
  }
}

extension Window {
  /// Its offsets two by two, where both lie on a line along a direction.
  fileprivate func pairs(onLinesAlong direction: SIMD3<Int>) -> [(SIMD3<Int>, SIMD3<Int>)] {
    offsets.flatMap { offset in
      (1...2 * radius).compactMap { number in
        let other = offset &+ direction &* number
        return contains(other) ? (offset, other) : nil
      }
    }
  }
}

/// Voxels that come to a window or go, one after the other, for runs along each of some directions.
private struct WindowRuns {
  struct Voxel {
    /// Step from the centre in rows, and in tables over the rows of one direction after the other.
    let step, tableStep: Int32
    /// How many voxels before and after it are in the window then.
    let before, after: UInt8
  }

  /// For each direction the step in rows from a voxel to the next of a run.
  let steps: [Int]
  private let voxels: [[Voxel]]

  init(_ window: Window, _ directions: ArraySlice<SIMD3<Int>>, _ rows: WindowRows) {
    steps = directions.map(rows.step)
    voxels = WindowChange.allCases.map { change in
      directions.enumerated().flatMap { number, direction in
        Self.voxels(window, direction, change).map { offset, before, after in
          let step = rows.step(offset)
          return Voxel(
            step: Int32(step), tableStep: Int32(step + number * rows.ranks.count), before: before, after: after)
        }
      }
    }
  }

  subscript(change: WindowChange) -> [Voxel] { voxels[change.rawValue] }

  private static func voxels(
    _ window: Window, _ direction: SIMD3<Int>, _ change: WindowChange
  ) -> [(SIMD3<Int>, before: UInt8, after: UInt8)] {
    var inside: Set<SIMD3<Int>>
    switch change {
    case .begin: inside = []
    case .enter: inside = Set(window.offsets).subtracting(window.entering)
    case .leave, .end: inside = Set(window.offsets)
    }
    func count(_ from: SIMD3<Int>, by step: SIMD3<Int>) -> UInt8 {
      var place = from &+ step, count: UInt8 = 0
      while inside.contains(place) {
        place = place &+ step
        count += 1
      }
      return count
    }
    let changed = change == .leave ? window.leaving : change == .enter ? window.entering : window.offsets
    return changed.map { offset in
      if !change.isGain { inside.remove(offset) }
      let sides = (count(offset, by: .zero &- direction), count(offset, by: direction))
      if change.isGain { inside.insert(offset) }
      return (offset, sides.0, sides.1)
    }
  }
}

/// Joins (gain 1) or parts (gain −1) the runs on both sides of each voxel. Cost: a step for each.
private func countRuns(
  _ voxels: [WindowRuns.Voxel], _ ranks: [UInt32], _ centre: Int, _ before: [UInt8], _ after: [UInt8], _ width: Int,
  _ gain: UInt32, _ table: inout [UInt32]
) {
  let voxels = voxels.span, ranks = ranks.span, before = before.span, after = after.span
  var table = table.mutableSpan
  for index in 0..<voxels.count {
    let voxel = voxels[unchecked: index], place = centre &+ Int(voxel.tableStep)
    let row = Int(ranks[unchecked: centre &+ Int(voxel.step)]) &* width
    let left = Int(min(before[unchecked: place], voxel.before)), right = Int(min(after[unchecked: place], voxel.after))
    table[unchecked: row &+ left] &-= gain
    table[unchecked: row &+ right] &-= gain
    table[unchecked: row &+ left &+ right &+ 1] &+= gain
  }
}

/// For each voxel of `used` how many of the same rank lie directly before it, a `step` apart; `table` is where their counts
/// start.
private func continueRuns(
  _ ranks: [UInt32], _ used: Range<Int>, _ step: Int, _ table: Int, _ counts: inout [UInt8]
) {
  let ranks = ranks.span
  var counts = counts.mutableSpan
  for place in used {
    let isSame: UInt8 = ranks[unchecked: place] == ranks[unchecked: place &- step] ? .max : 0
    counts[unchecked: table &+ place] = (min(counts[unchecked: table &+ place &- step], .max &- 1) &+ 1) & isSame
  }
}

/// The same of those after it.
private func continueRunsBack(
  _ ranks: [UInt32], _ used: Range<Int>, _ step: Int, _ table: Int, _ counts: inout [UInt8]
) {
  let ranks = ranks.span
  var counts = counts.mutableSpan
  for place in used.reversed() {
    let isSame: UInt8 = ranks[unchecked: place] == ranks[unchecked: place &+ step] ? .max : 0
    counts[unchecked: table &+ place] = (min(counts[unchecked: table &+ place &+ step], .max &- 1) &+ 1) & isSame
  }
}
