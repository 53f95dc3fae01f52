import RadiomicsCore
import RadiomicsNumerics

/// Neighbourhood grey tone difference: how far voxels differ from the mean of their neighbours (Amadasun and King 1989;
/// IBSI 1, IPET).
///
/// s(i) sums |i − mean level of the neighbours| over the n(i) voxels of level i that have a neighbour: another voxel of
/// the region within a distance δ, in the volume or in the slice. p(i) = n(i) / Nvc, Nvc = Σ n(i), and Ngp is the
/// number of levels with p(i) > 0. The row `1 1 2` has the means 1, 3/2 and 1: s(1) = 1/2, s(2) = 1, and coarseness is
/// 1 / (2/3 · 1/2 + 1/3 · 1) = 1.5.
///
/// As the manual has it, coarseness is at most 10⁶ (also where it divides by 0), contrast and busyness are 0 for one
/// level and strength is 0 where Σ s(i) = 0. Busyness is undefined where i p(i) is the same for all of several levels.
///
/// Source: IBSI 1, chapter 3, "Neighbourhood grey tone difference based features", DOI 10.1148/radiol.2020191145.
public struct NeighbourhoodToneDifference: FeatureFamily {
  public static let name = "ngtdm"
  public static let summary =
    "Neighbourhood grey tone difference: how far voxels differ from the mean of their neighbours."
  public static let reference =
    "IBSI 1, neighbourhood grey tone difference based features (IPET), DOI 10.1148/radiol.2020191145"
  public static let needsLevels = true

  /// How grey levels are made.
  public var discretisation: Discretisation?
  /// How slices become one value.
  public var aggregation: [SliceAggregation] = [.volume3D]
  /// Radius δ of the neighbourhood, voxels.
  public var distance = 1
  /// How the radius is measured.
  public var norm = GridNorm.chebyshev
  /// Chebyshev distances of neighbours, instead of all within `distance`.
  public var shells: [Int]?
  /// Whose conventions.
  public var variant = Variant.ibsi

  /// 3D, Chebyshev distance 1.
  public init() {}

  public static var parameters: [Parameter<Self>] {
    [
      Parameter("aggregation", \.aggregation, "How slices become one value."),
      Parameter(
        "distance", \.distance, in: 1...10,
        "Radius of the neighbourhood, voxels; the cost grows as (2 distance + 1)^3 neighbours a voxel."),
      Parameter("norm", \.norm, "How the radius is measured."),
      Parameter(
        "shells", \.shells, reproducing: .null, in: 1...10,
        "Instead of distance: neighbours are those of these Chebyshev distances (PyRadiomics' distances)."),
      Parameter(
        "variant", \.variant, reproducing: .text("ibsi"),
        "pyradiomics: n(i) counts voxels without a neighbour too, and busyness is 0 where it would divide by 0."),
    ]
  }

  public func check() throws(SettingError) {
    try checkDistinct(aggregation)
    try checkShells(shells)
  }

  public var aggregations: [String?] { aggregation.map(\.rawValue) }

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let levels else { preconditionFailure("ngtdm works on grey levels") }
    func matrices(planar: Bool) -> [ToneDifferenceMatrix] {
      let setting = NeighbourSetting(
        reach: NeighbourReach(distance: distance, norm: norm, shells: shells), coarseness: 0, isPlanar: planar)
      return levels.neighbours(setting, resources.lanes).map(variant == .ibsi ? \.tones : \.allTones)
    }
    return aggregated(
      aggregation, resources.lanes,
      undefined: undefined("no voxel has a neighbour within \(shells?.max() ?? distance) voxels", Self.features),
      slices: { matrices(planar: true) }, volume: { matrices(planar: false)[0] }, features: { $0.features(variant) })
  }
}

extension NeighbourhoodToneDifference {
  public static let features = [
    Feature("ngt_coarseness", "Coarseness", ibsi: "QCDE", "1 / Σ p(i) s(i), at most 10⁶"),
    Feature(
      "ngt_contrast", "Contrast", ibsi: "65HE", "Σ Σ p(i) p(j) (i−j)² / (Ngp (Ngp − 1)) · Σ s(i) / Nvc"),
    Feature("ngt_busyness", "Busyness", ibsi: "NQ30", "Σ p(i) s(i) / Σ Σ |i p(i) − j p(j)|"),
    Feature(
      "ngt_complexity", "Complexity", ibsi: "HDEZ", "Σ Σ |i−j| (p(i) s(i) + p(j) s(j)) / (p(i) + p(j)) / Nvc"),
    Feature("ngt_strength", "Strength", ibsi: "1X9X", "Σ Σ (p(i) + p(j)) (i−j)² / Σ s(i)"),
  ]
}

/// n(i) and s(i) of the levels that occur.
package struct ToneDifferenceMatrix: TextureMatrix {
  /// The grey levels, ascending.
  package private(set) var levels: [Int] = []
  /// n(i): voxels of each level that have a neighbour.
  package private(set) var voxels: [Double] = []
  /// s(i): sum of |i − mean level of the neighbours|.
  package private(set) var differences: [Double] = []

  /// No voxel.
  package init() {}

  /// The differences of each of `levels`.
  init(levels: [Int], voxels: [Int], differences: [Double]) {
    self.levels = levels
    self.voxels = voxels.map(Double.init)
    self.differences = differences
  }

  package var isEmpty: Bool { !voxels.contains { $0 != 0 } }

  package mutating func add(_ other: ToneDifferenceMatrix, weight: Double) {
    var sum = ToneDifferenceMatrix()
    var next = 0
    func append(_ matrix: ToneDifferenceMatrix, _ row: Int, _ weight: Double) {
      if sum.levels.last != matrix.levels[row] {
        sum.levels.append(matrix.levels[row])
        sum.voxels.append(0)
        sum.differences.append(0)
      }
      sum.voxels[sum.voxels.count - 1] += weight * matrix.voxels[row]
      sum.differences[sum.differences.count - 1] += weight * matrix.differences[row]
    }
    for row in other.levels.indices {
      while next < levels.count, levels[next] <= other.levels[row] {
        append(self, next, 1)
        next += 1
      }
      append(other, row, weight)
    }
    for row in next..<levels.count { append(self, row, 1) }
    self = sum
  }

  /// Most levels that may occur for complexity, whose cost is their square.
  static let mostOccurringLevels = 4096

  /// The features of a matrix with counts, in order.
  package func features(_ variant: Variant = .ibsi) -> [Cell] {
    let rows = levels.indices.filter { voxels[$0] > 0 }
    let i = rows.map { Double(levels[$0]) }, n = rows.map { voxels[$0] }, s = rows.map { differences[$0] }
    let total = n.reduce(0, +), differenceSum = s.reduce(0, +)
    let weighted = zip(n, s).reduce(0) { $0 + $1.0 / total * $1.1 }
    let pairs = Double(rows.count) * Double(rows.count - 1)
    let distances = 2 * sumOfDistances(zip(i, n).map(*)) / total
    let busyness: Cell =
      rows.count == 1 || variant == .pyradiomics && distances == 0
      ? .value(0)
      : Cell(weighted / distances, orUndefined: "i p(i) is the same for all grey levels: busyness divides by 0")
    let complexity: Cell =
      levels.count > Self.mostOccurringLevels
      ? .undefined(
        """
        \(levels.count) grey levels occur, complexity takes at most \(Self.mostOccurringLevels): \
        discretise into fewer bins
        """)
      : .value(2 * complexitySum(i, n, s) / total)
    return [
      .value(weighted > 0 ? min(1 / weighted, 1e6) : 1e6),
      .value(rows.count == 1 ? 0 : 2 * contrastSum(i, n) / (total * total) / pairs * differenceSum / total),
      busyness, complexity,
      .value(differenceSum > 0 ? 2 * strengthSum(i, n) / total / differenceSum : 0),
    ]
  }
}

/// Σ n(i) n(j) (i − j)² over pairs of levels: Σ n Σ n (i − μ)², μ = Σ n i / Σ n.
private func contrastSum(_ i: [Double], _ n: [Double]) -> Double {
  let total = n.reduce(0, +), mean = dot(i, n) / total
  return total * zip(i, n).reduce(0) { $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean) }
}

/// Σ (n(i) + n(j)) (i − j)² over pairs of k levels: Σ n (k (i − m)² + Σ (j − m)²), m = Σ i / k.
private func strengthSum(_ i: [Double], _ n: [Double]) -> Double {
  let count = Double(i.count), mean = i.reduce(0, +) / count
  let scatter = i.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return zip(i, n).reduce(0) { $0 + $1.1 * (count * ($1.0 - mean) * ($1.0 - mean) + scatter) }
}

/// Σ |a − b| over pairs of k values: in ascending order, the gap above the m-th lies between m (k − m) pairs.
private func sumOfDistances(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.indices.dropFirst().reduce(0) {
    $0 + Double($1 * (sorted.count - $1)) * (sorted[$1] - sorted[$1 - 1])
  }
}

/// Σ |i − j| (n(i) s(i) + n(j) s(j)) / (n(i) + n(j)) over pairs of levels, ascending. Cost: their number.
private func complexitySum(_ i: [Double], _ n: [Double], _ s: [Double]) -> Double {
  var sum = 0.0
  for a in i.indices {
    for b in 0..<a { sum += (i[a] - i[b]) * (n[a] * s[a] + n[b] * s[b]) / (n[a] + n[b]) }
  }
  return sum
}
