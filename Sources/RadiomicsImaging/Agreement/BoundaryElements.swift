import RadiomicsCore

/// Distances between the boundaries of two masks, weighted by area: each piece of the marching-cubes surface in a cell
/// between eight voxels counts with its area and lies at the cell's centre. Nikolov et al. 2021, doi:10.2196/26151.
public struct BoundaryElements: Sendable {
  /// From A to B and from B to A: distances (mm), ascending, with the areas (mm²) of the pieces.
  public let directed: [[(distance: Double, area: Double)]]
  /// Area of the boundaries of A and B, mm².
  public let areas: [Double]

  /// Measures two masks on one grid with voxels of `spacing` (mm). Exact. Cost: linear in the joint box.
  public init(_ a: RowSpans, _ b: RowSpans, spacing: SIMD3<Double>, lanes: Lanes = Lanes(jobs: 1)) {
    precondition(a.size == b.size, "two masks on one grid")
    let box = RowSpans(unionOf: [a, b], size: a.size).boundingBox ?? Box(lower: .zero, size: .one)
    let size = box.size &+ 1
    let table = CellSurface.boundaryElements.map { $0.area(spacing: spacing) }
    let elements = lanes.map(2) { boundary(of: [a, b][$0], from: box.lower &- 1, size: size, areas: table) }
    let grid = PointGrid(size: size, spacing: spacing)
    directed = lanes.map(2) { from in
      let distances = grid.distances(from: [elements[from].points], to: elements[1 - from].points)[0]
      return zip(distances, elements[from].areas).sorted { $0 < $1 }.map { (distance: $0, area: $1) }
    }
    areas = directed.map { $0.reduce(0) { $0 + $1.area } }
  }

  /// The larger of the two distances that `percent` of A's and of B's area do not exceed.
  public func robustHausdorff(percent: Double) -> Cell {
    if areas == [0, 0] { return Self.bothEmpty }
    if areas.contains(0) { return .value(.infinity) }
    return .value(max(quantile(0, percent / 100), quantile(1, percent / 100)))
  }

  /// Mean distance from A to B and from B to A.
  public var means: [Cell] {
    eachDirection { from in
      directed[from].contains { $0.distance == .infinity }
        ? .infinity : directed[from].reduce(0) { $0 + $1.distance * $1.area } / areas[from]
    }
  }

  /// Which part of A's boundary lies within `tolerance` mm of B's, and of B's within that of A's.
  public func overlap(tolerance: Double) -> [Cell] { eachDirection { within(tolerance, $0) / areas[$0] } }

  /// Surface Dice: which part of both boundaries together lies within `tolerance` mm of the other.
  public func surfaceDice(tolerance: Double) -> Cell {
    if areas == [0, 0] { return Self.bothEmpty }
    return .value((within(tolerance, 0) + within(tolerance, 1)) / (areas[0] + areas[1]))
  }

  private static let bothEmpty = Cell.undefined("both masks are empty")

  private func eachDirection(_ value: (Int) -> Double) -> [Cell] {
    (0..<2).map { areas[$0] == 0 ? .undefined("mask \("AB".suffix(2 - $0).prefix(1)) is empty") : .value(value($0)) }
  }

  private func within(_ tolerance: Double, _ from: Int) -> Double {
    directed[from].reduce(0) { $0 + ($1.distance <= tolerance ? $1.area : 0) }
  }

  private func quantile(_ from: Int, _ fraction: Double) -> Double {
    var area = 0.0
    for element in directed[from] {
      area += element.area
      if area / areas[from] >= fraction { return element.distance }
    }
    return directed[from].last!.distance
  }
}

/// The cells of a mask's boundary, by their place on a grid whose first cell is `first`, and the area in each.
private func boundary(
  of mask: RowSpans, from first: SIMD3<Int>, size: SIMD3<Int>, areas: [Double]
) -> (points: PointSet, areas: [Double]) {
  let rows = BitRows(mask), offset = rows.lower &- first
  var indices: [Int] = [], weights: [Double] = []
  forEachSurfaceCell(of: rows, layers: 0..<max(0, rows.size.z - 1)) { x, y, z, corners in
    indices.append(x + offset.x + size.x * (y + offset.y + size.y * (z + offset.z)))
    weights.append(areas[corners])
  }
  return (PointSet(indices: indices), weights)
}

extension BoundaryElements: Documented {
  public static let name = "surface-dice"
  public static let summary =
    "How much of the surfaces of two masks lies within a tolerance of each other, by area."
  public static let definition =
    "(area of A within the tolerance of B + area of B within it of A) / (area of A + area of B); robust "
    + "distances weigh pieces of surface by their area"
  public static let limits =
    "Depends on the tolerance, which must be what observers differ by. Undefined where both masks are "
    + "empty."
  public static let reference = "Nikolov et al. 2021, doi:10.2196/26151; as DeepMind surface-distance"
}
