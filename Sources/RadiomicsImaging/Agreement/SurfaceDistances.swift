import RadiomicsCore
import RadiomicsNumerics

/// Distances between the borders of two masks: from each border voxel of one to the nearest border voxel of the other,
/// by centres, mm. An empty mask is infinitely far away, and has no border to measure from.
public struct SurfaceDistances: Sendable {
  /// From A to B and from B to A, ascending.
  public let directed: [[Double]]
  /// All of them, ascending.
  public let pooled: [Double]
  /// From the voxels of A to those of B, and from B's to A's, 0 where they overlap: sum and largest.
  let voxels: [(sum: Double, largest: Double, count: Int)]

  /// Measures two masks on one grid with voxels of `spacing` (mm). Exact. Cost: linear in the joint box.
  public init(
    _ a: RowSpans, _ b: RowSpans, spacing: SIMD3<Double>, rule: BorderRule = .faces, lanes: Lanes = Lanes(jobs: 1)
  ) {
    precondition(a.size == b.size, "two masks on one grid")
    let borders = lanes.map(2) { [a, b][$0].border(rule) }
    let box = RowSpans(unionOf: borders, size: a.size).boundingBox ?? Box(lower: .zero, size: .one)
    let grid = PointGrid(size: box.size, spacing: spacing)
    // The nearest voxel of a mask is one of its border, from wherever outside.
    let distances = lanes.map(2) { from in
      let all = grid.distances(
        from: [borders[from], [a, b][from].subtracting([a, b][1 - from])].map { PointSet(voxels: $0, of: box) },
        to: PointSet(voxels: borders[1 - from], of: box))
      return (ascending(all[0]), (pairwiseSum(all[1]), all[1].max() ?? 0, [a, b][from].count))
    }
    directed = distances.map(\.0)
    voxels = distances.map(\.1)
    pooled = ascending(directed[0] + directed[1])
  }

  /// Number of border voxels of A and B.
  public var counts: [Int] { directed.map(\.count) }

  /// Hausdorff distance: the largest of all. doi:10.1109/34.232073.
  public var hausdorff: Cell { pooled.last.map { .value($0) } ?? Self.bothEmpty }

  /// The largest from A and from B.
  public var directedHausdorff: [Cell] { eachDirection { $0.last! } }

  /// Mean distance from A and from B.
  public var directedMeans: [Cell] { eachDirection(mean) }

  /// Average symmetric surface distance: the mean of all distances, so that the longer border weighs more.
  public var pooledMean: Cell { ofPooled(mean) }

  /// Average symmetric surface distance as the mean of the two directed means.
  public var meanOfMeans: Cell { ofBoth({ ($0 + $1) / 2 }, directed: mean) }

  /// The median of all distances.
  public var median: Cell { ofPooled { percentile(50, of: $0) } }

  /// Root mean square of all distances.
  public var rootMeanSquare: Cell { ofPooled { mean($0.map { $0 * $0 }).squareRoot() } }

  /// The 95th percentile of all distances, as MedPy has it.
  public var pooled95: Cell { ofPooled { Self.percentile95($0) } }

  /// The larger of the two directed 95th percentiles, as MONAI and Metrics Reloaded (doi:10.1038/s41592-023-02151-z)
  /// have it.
  public var maximum95: Cell { ofBoth(max, directed: Self.percentile95) }

  /// The mean of the two directed 95th percentiles.
  public var mean95: Cell { ofBoth({ ($0 + $1) / 2 }, directed: Self.percentile95) }

  /// The larger of the two directed 95th percentiles, each a distance that occurs: the next one above the rank.
  public var maximum95Higher: Cell { ofBoth(max) { $0[Int((0.95 * Double($0.count - 1)).rounded(.up))] } }

  /// The larger of the two directed 95th percentiles, each a distance that occurs: the next one below the rank.
  public var maximum95Lower: Cell { ofBoth(max) { $0[Int((0.95 * Double($0.count - 1)).rounded(.down))] } }

  /// The largest distance from a voxel of one mask to the nearest of the other, as ITK has it: cavities count.
  public var voxelHausdorff: Cell { ofBoth(max, voxels.map(\.largest)) }

  /// The mean, over both directions, of the mean distance of all voxels, 0 where the masks overlap, as ITK has it.
  public var voxelMean: Cell { ofBoth({ ($0 + $1) / 2 }, voxels.map { $0.sum / Double($0.count) }) }

  private static let bothEmpty = Cell.undefined("both masks are empty")

  private static func percentile95(_ distances: [Double]) -> Double {
    distances[distances.count - 1] == .infinity ? .infinity : percentile(95, of: distances)
  }

  private func eachDirection(_ value: ([Double]) -> Double) -> [Cell] {
    zip(directed, ["A", "B"]).map { $0.isEmpty ? .undefined("mask \($1) is empty") : .value(value($0)) }
  }

  private func ofPooled(_ value: ([Double]) -> Double) -> Cell {
    pooled.isEmpty ? Self.bothEmpty : pooled.last == .infinity ? .value(.infinity) : .value(value(pooled))
  }

  private func ofBoth(_ join: (Double, Double) -> Double, directed value: ([Double]) -> Double) -> Cell {
    ofBoth(join, directed.map { $0.isEmpty ? 0 : value($0) })
  }

  private func ofBoth(_ join: (Double, Double) -> Double, _ values: [Double]) -> Cell {
    if pooled.isEmpty { return Self.bothEmpty }
    return .value(directed.contains(where: \.isEmpty) ? .infinity : join(values[0], values[1]))
  }
}

extension SurfaceDistances: Documented {
  public static let name = "hausdorff"
  public static let summary =
    "How far the borders of two masks lie apart, mm: largest, 95th percentile, mean, median."
  public static let definition =
    "distances from each border voxel of one mask to the nearest of the other, by centres; HD95 by four "
    + "rules, each under its name: the larger or the mean of both directed percentiles, or the percentile "
    + "of all"
  public static let limits =
    "Infinite from or to an empty mask, undefined where both are empty. HD95 of different rules must not "
    + "be compared. One stray voxel decides on the largest distance."
  public static let reference =
    "Huttenlocher et al. 1993, doi:10.1109/34.232073; Maier-Hein et al. 2024 (Metrics Reloaded), "
    + "doi:10.1038/s41592-023-02151-z"
}
