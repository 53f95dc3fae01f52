import RadiomicsCore
import RadiomicsImaging

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

  /// 3D, Chebyshev distance 1.
  public init() {}

  public static var parameters: [Parameter<Self>] {
    [
      Parameter("aggregation", \.aggregation, "How slices become one value."),
      Parameter(
        "distance", \.distance, in: 1...10,
        "Radius of the neighbourhood, voxels; the cost grows as (2 distance + 1)^3 neighbours a voxel."),
      Parameter("norm", \.norm, "How the radius is measured."),
    ]
  }

  public func check() throws(SettingError) { try checkDistinct(aggregation) }

  public var aggregations: [String?] { aggregation.map(\.rawValue) }

  public func measure(_ region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let levels else { preconditionFailure("ngtdm works on grey levels") }
    let occurring = OccurringLevels(levels)
    let neighbourhood = Neighbourhood(levels, distance: distance, norm: norm)
    return RadiomicsFeatures.measure(
      aggregation, slices: occurring.slices.count, empty: ToneDifferenceMatrix(levels: occurring.levels),
      undefined: undefined("no voxel has a neighbour within \(distance) voxels", Self.features),
      count: { ToneDifferenceMatrix(occurring, neighbourhood, slice: $0) },
      features: { $0.features })
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
  package let levels: [Int]
  /// n(i): voxels of each level that have a neighbour.
  package private(set) var voxels: [Double]
  /// s(i): sum of |i − mean level of the neighbours|.
  package private(set) var differences: [Double]

  /// Zeros.
  package init(levels: [Int]) {
    self.levels = levels
    voxels = Array(repeating: 0, count: levels.count)
    differences = voxels
  }

  /// The differences in a slice or (nil) the volume.
  package init(_ occurring: OccurringLevels, _ neighbourhood: Neighbourhood, slice: Int?) {
    self.init(levels: occurring.levels)
    let spans = occurring.spans(of: slice)
    let steps = slice == nil ? neighbourhood.steps : neighbourhood.planarSteps
    var sums = [Int](repeating: 0, count: spans.longest), sizes = sums
    for span in spans {
      let start = neighbourhood.offset(of: span), source = occurring.spans.offset(of: span)
      var sumSpan = sums.mutableSpan, sizeSpan = sizes.mutableSpan
      sumNeighbours(neighbourhood.buffer.span, start, span.count, steps.span, &sumSpan, &sizeSpan)
      for voxel in 0..<span.count where sizes[voxel] > 0 {
        let row = Int(occurring.ranks[source + voxel]) - 1
        voxels[row] += 1
        differences[row] += abs(Double(levels[row]) - Double(sums[voxel]) / Double(sizes[voxel]))
      }
    }
  }

  package var isEmpty: Bool { !voxels.contains { $0 != 0 } }

  package mutating func add(_ other: ToneDifferenceMatrix, weight: Double) {
    for row in levels.indices {
      voxels[row] += weight * other.voxels[row]
      differences[row] += weight * other.differences[row]
    }
  }

  /// Most levels that may occur for complexity, whose cost is their square.
  static let mostOccurringLevels = 4096

  /// The features of a matrix with counts, in order.
  package var features: [Cell] {
    let rows = levels.indices.filter { voxels[$0] > 0 }
    let i = rows.map { Double(levels[$0]) }, n = rows.map { voxels[$0] }, s = rows.map { differences[$0] }
    let total = n.reduce(0, +), differenceSum = s.reduce(0, +)
    let weighted = zip(n, s).reduce(0) { $0 + $1.0 / total * $1.1 }
    let pairs = Double(rows.count) * Double(rows.count - 1)
    let busyness: Cell =
      rows.count == 1
      ? .value(0)
      : Cell(
        weighted / (2 * sumOfDistances(zip(i, n).map(*)) / total),
        orUndefined: "i p(i) is the same for all grey levels: busyness divides by 0")
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
  let total = n.reduce(0, +), mean = zip(i, n).reduce(0) { $0 + $1.0 * $1.1 } / total
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

/// Sum of the levels and number of the neighbours in the region, for the `count` voxels from `start` on. Cost: `count`
/// times the number of steps.
private func sumNeighbours(
  _ levels: Span<UInt16>, _ start: Int, _ count: Int, _ steps: Span<Int>, _ sums: inout MutableSpan<Int>,
  _ sizes: inout MutableSpan<Int>
) {
  for voxel in 0..<count {
    sums[unchecked: voxel] = 0
    sizes[unchecked: voxel] = 0
  }
  for index in 0..<steps.count {
    let neighbour = start &+ steps[unchecked: index]
    for voxel in 0..<count {
      let level = levels[unchecked: neighbour &+ voxel]
      sums[unchecked: voxel] &+= Int(level)
      sizes[unchecked: voxel] &+= level == 0 ? 0 : 1
    }
  }
}
