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

/// Refuses shells that are empty or occur twice.
func checkShells(_ shells: [Int]?) throws(SettingError) {
  guard let shells, shells.isEmpty || Set(shells).count < shells.count else { return }
  throw SettingError(
    place: nil, message: "'shells' is \(shells), must name one or more distances, each once: [1, 2].")
}

/// All of `features` undefined for `reason`.
func undefined(_ reason: Reason, _ features: [Feature]) -> [Cell] {
  Array(repeating: .undefined(reason), count: features.count)
}

/// Counts of a texture family that can be merged by summing them.
protocol TextureMatrix: Sendable {
  /// Nothing counted.
  init()
  /// Whether nothing was counted.
  var isEmpty: Bool { get }
  /// Adds `weight` times the counts of `other`.
  mutating func add(_ other: Self, weight: Double)
}

/// Features of a directional family for each aggregation, in order.
/// - `set`: the directions.
/// - `weights`: one for each of them, for merging.
/// - `undefined`: the features where there is nothing to count.
/// - `count`: the matrix of levels (of the volume, or of a slice), summed over some of the directions.
/// - `features`: the features of a matrix with counts.
func aggregated<Matrix: TextureMatrix>(
  _ aggregations: [DirectionalAggregation], _ levels: GreyLevels, _ lanes: Lanes, _ set: DirectionSet,
  weights: [Double], undefined: [Cell], count matrix: @Sendable (GreyLevels, ArraySlice<SIMD3<Int>>) -> Matrix,
  features: @Sendable (Matrix) -> [Cell]
) -> [Cell] {
  @Sendable func count(_ levels: GreyLevels, _ part: Range<Int>) -> Matrix { matrix(levels, set.steps[part]) }
  func pool(_ average: DirectionalAggregation, _ merge: DirectionalAggregation) -> Pool<Matrix> {
    Pool(averages: aggregations.contains(average), merges: aggregations.contains(merge), weights: weights)
  }
  let inSlices = pool(.averaged2D, .merged2D)
  let (averaged2D, merged2D) = inSlices.overSlices(levels, lanes, set.planarCount, count, features)
  // A planar direction stays in its slice: its matrix of the volume is that merged over slices.
  var planar = pool(.averaged25D, .merged25D), volume = pool(.averaged3D, .merged3D)
  for part in parts(planar, volume, set) {
    let matrix = count(levels, part)
    if part.upperBound <= set.planarCount { planar.add(matrix, of: part, features) }
    volume.add(matrix, of: part, features)
  }
  return aggregations.flatMap { aggregation in
    switch aggregation {
    case .averaged2D: averaged2D.cells ?? undefined
    case .merged2D: merged2D.cells ?? undefined
    case .averaged25D: planar.average.cells ?? undefined
    case .merged25D: planar.sum.isEmpty ? undefined : features(planar.sum)
    case .averaged3D: volume.average.cells ?? undefined
    case .merged3D: volume.sum.isEmpty ? undefined : features(volume.sum)
    }
  }
}

/// The directions of the volume in parts that are counted together.
private func parts<Matrix>(_ planar: Pool<Matrix>, _ volume: Pool<Matrix>, _ set: DirectionSet) -> [Range<Int>] {
  let counted = volume.isWanted ? set.steps.count : planar.isWanted ? set.planarCount : 0
  if planar.isApart || volume.isApart { return (0..<counted).map { $0..<$0 + 1 } }
  let bounds = planar.isWanted ? [0, set.planarCount, counted] : [0, counted]
  return zip(bounds, bounds.dropFirst()).map { $0..<$1 }.filter { !$0.isEmpty }
}

/// Matrices that are averaged, merged, or both.
private struct Pool<Matrix: TextureMatrix> {
  let averages, merges: Bool
  let weights: [Double]
  var average = FeatureAverage()
  var sum = Matrix()

  init(averages: Bool, merges: Bool, weights: [Double]) {
    self.averages = averages
    self.merges = merges
    self.weights = weights
  }

  var isWanted: Bool { averages || merges }

  /// Whether it needs a matrix for each direction.
  var isApart: Bool { averages || merges && weights.contains { $0 != 1 } }

  mutating func add(_ matrix: Matrix, of part: Range<Int>, _ features: (Matrix) -> [Cell]) {
    if averages, !matrix.isEmpty { average.add(features(matrix)) }
    if merges { sum.add(matrix, weight: weights[part.lowerBound]) }
  }

  /// Averages over slices and their directions, and over slices whose directions are merged.
  func overSlices(
    _ levels: GreyLevels, _ lanes: Lanes, _ planarCount: Int, _ count: @Sendable (GreyLevels, Range<Int>) -> Matrix,
    _ features: @Sendable (Matrix) -> [Cell]
  ) -> (FeatureAverage, FeatureAverage) {
    var averaged = FeatureAverage(), merged = FeatureAverage()
    guard isWanted else { return (averaged, merged) }
    let slices = levels.allSlices(lanes)
    let parts = isApart ? (0..<planarCount).map { $0..<$0 + 1 } : [0..<planarCount]
    let pools = lanes.map(slices.count) { slice in
      var pool = self
      for part in parts { pool.add(count(slices[slice], part), of: part, features) }
      return (pool.average, merged: pool.sum.isEmpty ? nil : features(pool.sum))
    }
    for pool in pools {
      averaged.add(pool.0)
      if let cells = pool.merged { merged.add(cells) }
    }
    return (averaged, merged)
  }
}

/// Features of a family of zones or neighbourhoods for each aggregation, in order; `slices` gives the matrices of the
/// slices, `volume` that of the volume. Otherwise as for directional families.
func aggregated<Matrix: TextureMatrix>(
  _ aggregations: [SliceAggregation], _ lanes: Lanes, undefined: [Cell], slices: () -> [Matrix],
  volume: () -> Matrix, features: @Sendable (Matrix) -> [Cell]
) -> [Cell] {
  let matrices = aggregations.contains { $0 != .volume3D } ? slices().filter { !$0.isEmpty } : []
  return aggregations.flatMap { aggregation in
    switch aggregation {
    case .averaged2D:
      var average = FeatureAverage()
      for cells in lanes.map(matrices.count, { features(matrices[$0]) }) { average.add(cells) }
      return average.cells ?? undefined
    case .merged25D:
      var sum = Matrix()
      for matrix in matrices { sum.add(matrix, weight: 1) }
      return sum.isEmpty ? undefined : features(sum)
    case .volume3D:
      let matrix = volume()
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
    if sums.isEmpty { clear(cells.count) }
    for (index, cell) in cells.enumerated() {
      switch cell {
      case .value(let value):
        sums[index] += value
        counts[index] += 1
      case .undefined(let reason): reasons[index] = reasons[index] ?? reason
      }
    }
  }

  /// Adds what another has added.
  mutating func add(_ other: FeatureAverage) {
    if sums.isEmpty { clear(other.sums.count) }
    for index in other.sums.indices {
      sums[index] += other.sums[index]
      counts[index] += other.counts[index]
      reasons[index] = reasons[index] ?? other.reasons[index]
    }
  }

  private mutating func clear(_ features: Int) {
    sums = Array(repeating: 0, count: features)
    counts = Array(repeating: 0, count: features)
    reasons = Array(repeating: nil, count: features)
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
