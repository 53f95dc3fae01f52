import RadiomicsCore
import RadiomicsImaging

/// Which neighbours a voxel has, and which of them are like it.
struct NeighbourSetting: Hashable, Sendable {
  var reach: NeighbourReach
  /// Largest difference of levels that are alike.
  var coarseness: Int
  /// Whether neighbours lie in the slice.
  var isPlanar: Bool
}

/// What ngtdm and ngldm need to know of the neighbours of all voxels, counted in one pass.
package struct NeighbourMatrices: Sendable {
  /// How far levels are from the mean of their neighbours; of voxels that have one, and of all, as PyRadiomics counts them.
  package let tones, allTones: ToneDifferenceMatrix
  /// Voxels by their number of neighbours that are alike, themselves included.
  package let dependences: LevelMatrix

  init(_ grey: GreyLevels, _ setting: NeighbourSetting, _ lanes: Lanes) {
    self.init(grey, setting.reach, coarseness: setting.coarseness, lanes)
  }

  /// The neighbours of the voxels of `grey`, in the slice if it is one.
  package init(_ grey: GreyLevels, _ reach: NeighbourReach, coarseness: Int, _ lanes: Lanes) {
    let neighbourhood = Neighbourhood(grey, reach)
    let zeros = RankCounts(ranks: grey.levels.count, mostly: neighbourhood.count + 1, cells: grey.voxelCount)
    let blocks = grey.spans.blocks(of: max(1 << 15, zeros.table.count))
    let parts = lanes.map(blocks.count) { index in
      let spans = grey.spans.spans[blocks[index].spans]
      var counts = NeighbourCounts(grey, dependences: zeros)
      switch neighbourhood.levels {
      case .bytes(let levels) where neighbourhood.count < Int(UInt8.max):
        counts.count(levels, UInt16.self, UInt8.self, spans, neighbourhood, coarseness: coarseness)
      case .bytes(let levels):
        counts.count(levels, UInt32.self, UInt16.self, spans, neighbourhood, coarseness: coarseness)
      case .words(let levels):
        counts.count(levels, UInt32.self, UInt16.self, spans, neighbourhood, coarseness: coarseness)
      }
      return counts
    }
    var sum = parts[0]
    for part in parts.dropFirst() { sum.add(part) }
    tones = ToneDifferenceMatrix(levels: grey.levels, voxels: sum.voxels, differences: sum.differences)
    allTones = ToneDifferenceMatrix(levels: grey.levels, voxels: grey.rankCounts, differences: sum.differences)
    dependences = LevelMatrix(sum.dependences, levels: grey.levels, voxels: grey.voxelCount)
  }
}

/// The counts of some runs.
private struct NeighbourCounts: Sendable {
  /// Rank of each level from 0, less one.
  let rowOfLevel: [Int]
  /// Voxels by rank and number of neighbours alike, themselves included.
  var dependences: RankCounts
  /// Voxels of each rank that have a neighbour, and their sum of |i − mean level of the neighbours|.
  var voxels: [Int], differences: [Double]

  init(_ grey: GreyLevels, dependences: RankCounts) {
    var rowOfLevel = [Int](repeating: 0, count: grey.levels.last! + 1)
    for (row, level) in grey.levels.enumerated() { rowOfLevel[level] = row }
    self.rowOfLevel = rowOfLevel
    self.dependences = dependences
    voxels = Array(repeating: 0, count: grey.levels.count)
    differences = Array(repeating: 0, count: grey.levels.count)
  }

  mutating func add(_ other: NeighbourCounts) {
    dependences.add(other.dependences)
    for row in voxels.indices {
      voxels[row] += other.voxels[row]
      differences[row] += other.differences[row]
    }
  }

  /// Counts the voxels of `spans`. `Sum` holds the sum of the levels of all neighbours, `Count` their number.
  mutating func count<Level: FixedWidthInteger, Sum: FixedWidthInteger, Count: FixedWidthInteger>(
    _ levels: [Level], _: Sum.Type, _: Count.Type, _ spans: ArraySlice<RowSpans.Span>,
    _ neighbourhood: Neighbourhood, coarseness: Int
  ) {
    let rowOfLevel = rowOfLevel, width = dependences.width
    let longest = spans.reduce(0) { max($0, $1.count) } + GreyLevels.Ranks.slack
    var sums = [Sum](repeating: 0, count: longest), sizes = [Count](repeating: 0, count: longest), alike = sizes
    for span in spans {
      let start = neighbourhood.offset(of: span), whole = (span.count + 15) & ~15
      sumNeighbours(levels.span, start, whole, neighbourhood.steps.span, &sums, &sizes)
      if coarseness == 0 {
        countEqual(levels.span, start, whole, neighbourhood.steps.span, &alike)
      } else {
        countAlike(levels.span, start, whole, neighbourhood.steps.span, Level(clamping: coarseness), &alike)
      }
      tally(
        levels.span, start, span.count, sums.span, sizes.span, alike.span, rowOfLevel, width, &dependences.table,
        &dependences.large, &voxels, &differences)
    }
  }
}

/// Adds `count` voxels from `start` on to the `table` of dependences (those from `width` on to `large`), to n(i) and to
/// s(i), given the sums, numbers and numbers alike of their neighbours.
private func tally<Level: FixedWidthInteger, Sum: FixedWidthInteger, Count: FixedWidthInteger>(
  _ levels: Span<Level>, _ start: Int, _ count: Int, _ sums: Span<Sum>, _ sizes: Span<Count>, _ alike: Span<Count>,
  _ rowOfLevel: [Int], _ width: Int, _ table: inout [UInt32], _ large: inout [(rank: Int, j: Int)],
  _ voxels: inout [Int], _ differences: inout [Double]
) {
  var table = table.mutableSpan, voxels = voxels.mutableSpan, differences = differences.mutableSpan
  let rows = rowOfLevel.span
  for x in 0..<count {
    let level = Int(truncatingIfNeeded: levels[unchecked: start &+ x]), row = rows[unchecked: level]
    let others = Int(truncatingIfNeeded: alike[unchecked: x]), size = Int(truncatingIfNeeded: sizes[unchecked: x])
    if others < width {
      table[unchecked: row &* width &+ others] &+= 1
    } else {
      large.append((row + 1, others + 1))
    }
    let mean = Double(Int(truncatingIfNeeded: sums[unchecked: x])) / Double(max(size, 1))
    voxels[unchecked: row] &+= size == 0 ? 0 : 1
    differences[unchecked: row] += size == 0 ? 0 : abs(Double(level) - mean)
  }
}

/// Sum of the levels and number of the neighbours in the region, for the `count` voxels from `start` on. Cost: `count`
/// times the number of steps.
private func sumNeighbours<Level: FixedWidthInteger, Sum: FixedWidthInteger, Count: FixedWidthInteger>(
  _ levels: Span<Level>, _ start: Int, _ count: Int, _ steps: Span<Int>, _ sums: inout [Sum], _ sizes: inout [Count]
) {
  var sums = sums.mutableSpan, sizes = sizes.mutableSpan
  for x in 0..<count {
    sums[unchecked: x] = 0
    sizes[unchecked: x] = 0
  }
  for index in 0..<steps.count {
    let before = start &- steps[unchecked: index], after = start &+ steps[unchecked: index]
    for x in 0..<count {
      let a = levels[unchecked: before &+ x], b = levels[unchecked: after &+ x]
      sums[unchecked: x] &+= Sum(truncatingIfNeeded: a) &+ Sum(truncatingIfNeeded: b)
      sizes[unchecked: x] &+= (a != 0 ? 1 : 0) &+ (b != 0 ? 1 : 0)
    }
  }
}

/// The number of neighbours of the same level, for the `count` voxels from `start` on. Cost: `count` times the number of
/// steps.
private func countEqual<Level: FixedWidthInteger, Count: FixedWidthInteger>(
  _ levels: Span<Level>, _ start: Int, _ count: Int, _ steps: Span<Int>, _ alike: inout [Count]
) {
  var alike = alike.mutableSpan
  for x in 0..<count { alike[unchecked: x] = 0 }
  for index in 0..<steps.count {
    let before = start &- steps[unchecked: index], after = start &+ steps[unchecked: index]
    for x in 0..<count {
      let level = levels[unchecked: start &+ x]
      alike[unchecked: x] &+=
        (levels[unchecked: before &+ x] == level ? 1 : 0) &+ (levels[unchecked: after &+ x] == level ? 1 : 0)
    }
  }
}

/// The number of neighbours in the region whose level differs by at most α, for the `count` voxels from `start` on. Cost:
/// `count` times the number of steps.
private func countAlike<Level: FixedWidthInteger, Count: FixedWidthInteger>(
  _ levels: Span<Level>, _ start: Int, _ count: Int, _ steps: Span<Int>, _ coarseness: Level, _ alike: inout [Count]
) {
  var alike = alike.mutableSpan
  for x in 0..<count { alike[unchecked: x] = 0 }
  for index in 0..<steps.count {
    for neighbour in [start &- steps[unchecked: index], start &+ steps[unchecked: index]] {
      for x in 0..<count {
        let a = levels[unchecked: start &+ x], b = levels[unchecked: neighbour &+ x]
        let difference = max(a, b) &- min(a, b)
        alike[unchecked: x] &+= (b != 0 ? 1 : 0) & (difference <= coarseness ? 1 : 0)
      }
    }
  }
}
