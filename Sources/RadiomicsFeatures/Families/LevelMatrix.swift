import Foundation

/// Counts by grey level i and a whole number j from 1 — run length, zone size, zone distance or dependence —, with the
/// features that glrlm, glszm, gldzm and ngldm share.
///
/// Each level's row is only as wide as its largest j, so that the matrix never has many more cells than the region
/// has voxels.
package struct LevelMatrix: TextureMatrix {
  /// Grey level of each row, ascending.
  package let levels: [Int]
  /// Where each row starts in `counts`; the last entry is where the last row ends.
  package private(set) var starts: [Int]
  /// Row by row, j from 1.
  package var counts: [Double]
  /// Nv: number of voxels, summed over merged matrices.
  package private(set) var voxels: Double

  /// Zeros; `widths` holds the largest j of each row.
  package init(levels: [Int], widths: [Int], voxels: Int) {
    self.levels = levels
    starts = Self.starts(widths)
    counts = Array(repeating: 0, count: starts[levels.count])
    self.voxels = Double(voxels)
  }

  /// A matrix without counts.
  package init(levels: [Int]) { self.init(levels: levels, widths: Array(repeating: 0, count: levels.count), voxels: 0) }

  /// Counts the pairs of a rank (row, from 1) and its j.
  package init(levels: [Int], ranks: [UInt16], columns: [Int32], voxels: Int) {
    var widths = [Int](repeating: 0, count: levels.count)
    for (rank, column) in zip(ranks, columns) where Int(column) > widths[Int(rank) - 1] {
      widths[Int(rank) - 1] = Int(column)
    }
    self.init(levels: levels, widths: widths, voxels: voxels)
    for (rank, column) in zip(ranks, columns) { counts[starts[Int(rank) - 1] + Int(column) - 1] += 1 }
  }

  package var isEmpty: Bool { !counts.contains { $0 != 0 } }

  /// Adds `weight` times the counts and voxels of `other`, which has the same levels.
  package mutating func add(_ other: LevelMatrix, weight: Double) {
    widen(to: other)
    for row in levels.indices {
      let start = starts[row], otherStart = other.starts[row]
      for column in 0..<other.starts[row + 1] - otherStart {
        counts[start + column] += weight * other.counts[otherStart + column]
      }
    }
    voxels += weight * other.voxels
  }

  /// The count of level `level` at `j`.
  package subscript(level: Int, j: Int) -> Double {
    guard let row = levels.firstIndex(of: level), j >= 1, starts[row] + j - 1 < starts[row + 1] else { return 0 }
    return counts[starts[row] + j - 1]
  }

  /// Turns numbers of voxels at position j of a run into numbers of runs of length j: a run of length n has one voxel
  /// at each position up to n.
  mutating func runsFromPositions() {
    for row in levels.indices where starts[row + 1] > starts[row] + 1 {
      for cell in starts[row]..<starts[row + 1] - 1 { counts[cell] -= counts[cell + 1] }
    }
  }

  private mutating func widen(to other: LevelMatrix) {
    let widths = levels.indices.map { max(starts[$0 + 1] - starts[$0], other.starts[$0 + 1] - other.starts[$0]) }
    let wider = Self.starts(widths)
    guard wider != starts else { return }
    var moved = [Double](repeating: 0, count: wider[levels.count])
    for row in levels.indices {
      for column in 0..<starts[row + 1] - starts[row] { moved[wider[row] + column] = counts[starts[row] + column] }
    }
    starts = wider
    counts = moved
  }

  private static func starts(_ widths: [Int]) -> [Int] {
    var starts = [0]
    for width in widths { starts.append(starts[starts.count - 1] + width) }
    return starts
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

  /// All of a matrix with counts. Cost: its number of cells.
  init(_ matrix: LevelMatrix) {
    let rows = matrix.levels.indices.map { matrix.starts[$0]..<matrix.starts[$0 + 1] }
    var levelSums = [Double](repeating: 0, count: rows.count)
    var columnSums = [Double](repeating: 0, count: rows.map(\.count).max() ?? 0)
    for (row, cells) in rows.enumerated() {
      for cell in cells where matrix.counts[cell] != 0 {
        levelSums[row] += matrix.counts[cell]
        columnSums[cell - cells.lowerBound] += matrix.counts[cell]
      }
    }
    let total = levelSums.reduce(0, +)
    for (row, cells) in rows.enumerated() {
      let i = Double(matrix.levels[row])
      for cell in cells where matrix.counts[cell] != 0 {
        let j = Double(cell - cells.lowerBound + 1), p = matrix.counts[cell] / total
        lowJLowLevel += p / (i * i * j * j)
        lowJHighLevel += p * (i * i) / (j * j)
        highJLowLevel += p * (j * j) / (i * i)
        highJHighLevel += p * (i * i) * (j * j)
        entropy -= p * log2(p)
        energy += p * p
      }
    }
    let byLevel = Marginal(values: matrix.levels.map(Double.init), counts: levelSums, total: total)
    let byColumn = Marginal(values: columnSums.indices.map { Double($0 + 1) }, counts: columnSums, total: total)
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

  init(values: [Double], counts: [Double], total: Double) {
    var mean = 0.0
    for (value, count) in zip(values, counts) {
      let p = count / total
      low += p / (value * value)
      high += p * (value * value)
      mean += p * value
      squares += count * count
    }
    for (value, count) in zip(values, counts) { variance += count / total * (value - mean) * (value - mean) }
  }
}
