import RadiomicsCore

/// How directional matrices (glcm, glrlm) become one value per feature. Slices are planes of constant z.
///
/// An average leaves out matrices without any count (a slice of one voxel has no pair of voxels). Where a feature is
/// undefined for some of the matrices, its average is over the others; where it is undefined for all, the first reason
/// is given.
///
/// Source: IBSI 1, "Aggregating features", DOI 10.1148/radiol.2020191145.
public enum DirectionalAggregation: String, ChoiceSetting {
  /// A matrix per slice and direction; features averaged (BTW3).
  case averaged2D = "2D:avg"
  /// A matrix per slice, merged over directions; features averaged (SUJT).
  case merged2D = "2D:mrg"
  /// A matrix per direction in the slice, merged over slices; features averaged (JJUI).
  case averaged25D = "2.5D:avg"
  /// One matrix, merged over slices and directions in the slice (ZW7Z).
  case merged25D = "2.5D:mrg"
  /// A matrix per direction of the volume; features averaged (ITBB).
  case averaged3D = "3D:avg"
  /// One matrix, merged over the directions of the volume (IAZD).
  case merged3D = "3D:mrg"
}

/// How matrices of zones and neighbourhoods (glszm, gldzm, ngtdm, ngldm) become one value per feature. Slices are
/// planes of constant z. Averages are taken as for `DirectionalAggregation`.
///
/// Source: IBSI 1, "Aggregating features", DOI 10.1148/radiol.2020191145.
public enum SliceAggregation: String, ChoiceSetting {
  /// A matrix per slice; features averaged (8QNN).
  case averaged2D = "2D"
  /// One matrix, merged over slices (62GR).
  case merged25D = "2.5D"
  /// One matrix of the volume (KOBO).
  case volume3D = "3D"
}

/// Refuses a list that names a way of aggregation twice.
func checkDistinct<Choice: ChoiceSetting>(_ aggregation: [Choice]) throws(SettingError) {
  for (index, choice) in aggregation.enumerated() where aggregation[..<index].contains(choice) {
    throw SettingError(
      place: nil, message: "'aggregation' lists \(choice.rawValue) twice, must name each once. Remove one of them.")
  }
}

/// All of `features` undefined for `reason`.
func undefined(_ reason: Reason, _ features: [Feature]) -> [Cell] {
  Array(repeating: .undefined(reason), count: features.count)
}

/// Counts of a texture family that can be merged by summing them.
protocol TextureMatrix {
  /// Whether nothing was counted.
  var isEmpty: Bool { get }
  /// Adds `weight` times the counts of `other`.
  mutating func add(_ other: Self, weight: Double)
}

/// Features of a directional family for each aggregation, in order.
/// - Parameters:
///   - slices: number of slices that hold voxels.
///   - weights: one for each of `directions`, for merging.
///   - empty: a matrix without counts.
///   - undefined: the features where there is nothing to count.
///   - count: the matrix of direction `directions[$0]` in slice `$1`, nil for the volume.
///   - features: the features of a matrix with counts.
func measure<Matrix: TextureMatrix>(
  _ aggregations: [DirectionalAggregation], slices: Int, weights: [Double], empty: Matrix, undefined: [Cell],
  count: (Int, Int?) -> Matrix, features: (Matrix) -> [Cell]
) -> [Cell] {
  let wanted = Set(aggregations)
  func pool(_ average: DirectionalAggregation, _ merge: DirectionalAggregation) -> Pool<Matrix> {
    Pool(averages: wanted.contains(average), merges: wanted.contains(merge), empty: empty)
  }
  var slicePool = pool(.averaged2D, .merged2D), planarPool = pool(.averaged25D, .merged25D)
  var volumePool = pool(.averaged3D, .merged3D)
  var mergedSlices = FeatureAverage()
  for slice in 0..<(slicePool.isWanted ? slices : 0) {
    slicePool.sum = empty
    for direction in 0..<planarDirectionCount {
      slicePool.add(count(direction, slice), weight: weights[direction], features)
    }
    if !slicePool.sum.isEmpty { mergedSlices.add(features(slicePool.sum)) }
  }
  // A planar direction stays in its slice: its matrix of the volume is that merged over slices.
  let counted = volumePool.isWanted ? directions.count : planarPool.isWanted ? planarDirectionCount : 0
  for direction in 0..<counted {
    let matrix = count(direction, nil)
    if direction < planarDirectionCount { planarPool.add(matrix, weight: weights[direction], features) }
    volumePool.add(matrix, weight: weights[direction], features)
  }
  return aggregations.flatMap { aggregation in
    switch aggregation {
    case .averaged2D: slicePool.average.cells ?? undefined
    case .merged2D: mergedSlices.cells ?? undefined
    case .averaged25D: planarPool.average.cells ?? undefined
    case .merged25D: planarPool.sum.isEmpty ? undefined : features(planarPool.sum)
    case .averaged3D: volumePool.average.cells ?? undefined
    case .merged3D: volumePool.sum.isEmpty ? undefined : features(volumePool.sum)
    }
  }
}

/// Matrices that are averaged, merged, or both.
private struct Pool<Matrix: TextureMatrix> {
  let averages, merges: Bool
  var average = FeatureAverage()
  var sum: Matrix

  init(averages: Bool, merges: Bool, empty: Matrix) {
    self.averages = averages
    self.merges = merges
    sum = empty
  }

  var isWanted: Bool { averages || merges }

  mutating func add(_ matrix: Matrix, weight: Double, _ features: (Matrix) -> [Cell]) {
    if averages, !matrix.isEmpty { average.add(features(matrix)) }
    if merges { sum.add(matrix, weight: weight) }
  }
}

/// Features of a family of zones or neighbourhoods for each aggregation, in order; `count` gives the matrix of a slice,
/// or with nil that of the volume. Otherwise as for directional families.
func measure<Matrix: TextureMatrix>(
  _ aggregations: [SliceAggregation], slices: Int, empty: Matrix, undefined: [Cell],
  count: (Int?) -> Matrix, features: (Matrix) -> [Cell]
) -> [Cell] {
  var average = FeatureAverage()
  var sum = empty
  if aggregations.contains(where: { $0 != .volume3D }) {
    for slice in 0..<slices {
      let matrix = count(slice)
      guard !matrix.isEmpty else { continue }
      if aggregations.contains(.averaged2D) { average.add(features(matrix)) }
      if aggregations.contains(.merged25D) { sum.add(matrix, weight: 1) }
    }
  }
  return aggregations.flatMap { aggregation in
    switch aggregation {
    case .averaged2D: return average.cells ?? undefined
    case .merged25D: return sum.isEmpty ? undefined : features(sum)
    case .volume3D:
      let matrix = count(nil)
      return matrix.isEmpty ? undefined : features(matrix)
    }
  }
}

/// A running average of features, each over the matrices for which it is defined.
struct FeatureAverage {
  private var sums: [Double] = []
  private var counts: [Int] = []
  private var reasons: [Reason?] = []

  /// Adds the features of one matrix.
  mutating func add(_ cells: [Cell]) {
    if sums.isEmpty {
      sums = Array(repeating: 0, count: cells.count)
      counts = Array(repeating: 0, count: cells.count)
      reasons = Array(repeating: nil, count: cells.count)
    }
    for (index, cell) in cells.enumerated() {
      switch cell {
      case .value(let value):
        sums[index] += value
        counts[index] += 1
      case .undefined(let reason): reasons[index] = reasons[index] ?? reason
      }
    }
  }

  /// The averages; nil if nothing was added.
  var cells: [Cell]? {
    guard !sums.isEmpty else { return nil }
    return sums.indices.map { index in
      guard counts[index] == 0, let reason = reasons[index] else {
        return .value(sums[index] / Double(counts[index]))
      }
      return .undefined(reason)
    }
  }
}
