import RadiomicsCore

/// Counts by grey level i and a whole number j from 1 — run length, zone size, zone distance or dependence —, with the
/// features that glrlm, glszm, gldzm and ngldm share. Only counts that are not 0 are kept.
package struct LevelMatrix: TextureMatrix {
  /// The count of a level and a number.
  package struct Entry: Sendable {
    package var level, j: Int
    package var count: Double
  }

  /// Ascending by level, then by j.
  package private(set) var entries: [Entry] = []
  /// Nv: number of voxels, summed over merged matrices.
  package private(set) var voxels = 0.0

  /// Nothing counted.
  package init() {}

  /// Counts that are not 0, ascending by level, then by j.
  init(_ entries: [Entry], voxels: Int) {
    self.voxels = Double(voxels)
    self.entries = entries
  }

  /// Counts row by row, j from 1: those of level `levels[r]` start at `counts[starts[r]]` and end at the next row's.
  package init(levels: [Int], starts: [Int], counts: [Int], voxels: Int) {
    self.voxels = Double(voxels)
    for (row, level) in levels.enumerated() {
      for cell in starts[row]..<starts[row + 1] where counts[cell] != 0 {
        entries.append(Entry(level: level, j: cell - starts[row] + 1, count: Double(counts[cell])))
      }
    }
  }

  /// Counts by rank and j.
  init(_ counts: RankCounts, levels: [Int], voxels: Int) {
    self.voxels = Double(voxels)
    entries = counts.ascending.map { Entry(level: levels[$0.rank - 1], j: $0.j, count: Double($0.count)) }
  }

  package var isEmpty: Bool { entries.isEmpty }

  /// Adds `weight` times the counts and voxels of `other`.
  package mutating func add(_ other: LevelMatrix, weight: Double) {
    var merged: [Entry] = []
    merged.reserveCapacity(entries.count + other.entries.count)
    var next = 0
    for var entry in other.entries {
      entry.count *= weight
      while next < entries.count, (entries[next].level, entries[next].j) < (entry.level, entry.j) {
        merged.append(entries[next])
        next += 1
      }
      if next < entries.count, (entries[next].level, entries[next].j) == (entry.level, entry.j) {
        entry.count += entries[next].count
        next += 1
      }
      merged.append(entry)
    }
    entries = merged + entries[next...]
    voxels += weight * other.voxels
  }

  /// The count of level `level` at `j`.
  package subscript(level: Int, j: Int) -> Double { entries.first { $0.level == level && $0.j == j }?.count ?? 0 }
}

/// Whole counts by rank and j, for j of any size: small ones in a table, large ones, which are few, in a list.
struct RankCounts: Sendable {
  /// Largest j in the table.
  let width: Int
  /// Row by row, j from 1.
  var table: [UInt32]
  /// Larger j, one by one.
  var large: [(rank: Int, j: Int)] = []

  /// Zeros for `ranks` ranks, for j mostly up to `mostly`; the table has at most about `cells` cells.
  init(ranks: Int, mostly: Int = 256, cells: Int) {
    width = max(1, min(mostly, 256, cells / ranks))
    table = Array(repeating: 0, count: ranks * width)
  }

  /// Counts one.
  @inline(__always)
  mutating func count(_ rank: Int, _ j: Int) {
    if j <= width { table[(rank - 1) * width + j - 1] += 1 } else { large.append((rank, j)) }
  }

  /// Adds the counts of another of the same size.
  mutating func add(_ other: RankCounts) {
    for cell in table.indices { table[cell] += other.table[cell] }
    large += other.large
  }

  /// The counts that are not 0, ascending by rank, then by j.
  var ascending: [(rank: Int, j: Int, count: Int)] {
    var result: [(rank: Int, j: Int, count: Int)] = []
    let large = large.sorted { ($0.rank, $0.j) < ($1.rank, $1.j) }
    var next = 0
    for row in 0..<table.count / width {
      for column in 0..<width where table[row * width + column] != 0 {
        result.append((row + 1, column + 1, Int(table[row * width + column])))
      }
      while next < large.count, large[next].rank == row + 1 {
        let first = next
        while next < large.count, large[next] == large[first] { next += 1 }
        result.append((row + 1, large[first].j, next - first))
      }
    }
    return result
  }
}

/// The features of a `LevelMatrix`, s(i, j) being its counts, Ns their sum and p(i, j) = s(i, j) / Ns
/// (IBSI 1, chapter 3, from Galloway 1975, Chu 1990, Dasarathy and Holder 1991, Thibault 2009 and Sun and Wee 1983).
struct LevelMatrixFeatures {
  var lowJ = 0.0, highJ = 0.0, lowLevel = 0.0, highLevel = 0.0
  var lowJLowLevel = 0.0, lowJHighLevel = 0.0, highJLowLevel = 0.0, highJHighLevel = 0.0
  var levelNonUniformity = 0.0, levelNonUniformityNormalised = 0.0
  var nonUniformity = 0.0, nonUniformityNormalised = 0.0
  var percentage = 0.0, levelVariance = 0.0, variance = 0.0, entropy = 0.0, energy = 0.0

  /// All of a matrix with counts. Cost: n log n for n counts that are not 0.
  init(_ matrix: LevelMatrix) {
    let total = matrix.entries.reduce(0) { $0 + $1.count }
    for entry in matrix.entries {
      let i = Double(entry.level), j = Double(entry.j), p = entry.count / total
      lowJLowLevel += p / (i * i * j * j)
      lowJHighLevel += p * (i * i) / (j * j)
      highJLowLevel += p * (j * j) / (i * i)
      highJHighLevel += p * (i * i) * (j * j)
      entropy -= p * log2(p)
      energy += p * p
    }
    let byLevel = Marginal(levelsOf: matrix.entries, total: total)
    let byColumn = Marginal(columnsOf: matrix.entries, total: total)
    (lowLevel, highLevel, levelVariance) = (byLevel.low, byLevel.high, byLevel.variance)
    (lowJ, highJ, variance) = (byColumn.low, byColumn.high, byColumn.variance)
    levelNonUniformity = byLevel.squares / total
    levelNonUniformityNormalised = levelNonUniformity / total
    nonUniformity = byColumn.squares / total
    nonUniformityNormalised = nonUniformity / total
    percentage = total / matrix.voxels
  }

  /// The 16 features common to the families, in the manual's order.
  var common: [Double] {
    [
      lowJ, highJ, lowLevel, highLevel, lowJLowLevel, lowJHighLevel, highJLowLevel, highJHighLevel,
      levelNonUniformity, levelNonUniformityNormalised, nonUniformity, nonUniformityNormalised,
      percentage, levelVariance, variance, entropy,
    ]
  }
}

/// Sums over one index of a matrix.
private struct Marginal {
  var low = 0.0, high = 0.0, squares = 0.0, variance = 0.0

  /// Over all j of each level.
  init(levelsOf entries: [LevelMatrix.Entry], total: Double) {
    var sums: [(value: Double, count: Double)] = []
    var last = 0
    for entry in entries {
      if entry.level == last {
        sums[sums.count - 1].count += entry.count
      } else {
        sums.append((Double(entry.level), entry.count))
      }
      last = entry.level
    }
    self.init(sums, total: total)
  }

  /// Over all levels of each j.
  init(columnsOf entries: [LevelMatrix.Entry], total: Double) {
    let most = entries.reduce(0) { max($0, $1.j) }
    guard most > 4 * entries.count + 64 else {
      var counts = [Double](repeating: 0, count: most + 1)
      for entry in entries { counts[entry.j] += entry.count }
      self.init(counts.indices.filter { counts[$0] != 0 }.map { (Double($0), counts[$0]) }, total: total)
      return
    }
    var sums: [(value: Double, count: Double)] = []
    for entry in entries.sorted(by: { $0.j < $1.j }) {
      if sums.last?.value == Double(entry.j) {
        sums[sums.count - 1].count += entry.count
      } else {
        sums.append((Double(entry.j), entry.count))
      }
    }
    self.init(sums, total: total)
  }

  /// Of the values that occur, ascending, with their counts.
  private init(_ sums: [(value: Double, count: Double)], total: Double) {
    var mean = 0.0
    for (value, count) in sums {
      let p = count / total
      low += p / (value * value)
      high += p * (value * value)
      mean += p * value
      squares += count * count
    }
    for (value, count) in sums { variance += count / total * (value - mean) * (value - mean) }
  }
}
