import RadiomicsCore
import RadiomicsImaging

/// Largest distances of two vertices of the region's surface that lie in one plane along the image's axes: PyRadiomics'
/// Maximum2DDiameterSlice, -Column and -Row. Vertices lie halfway between a voxel of the region and one outside.
///
/// Example: one voxel of 1 × 1 × 3 mm has vertices 0.5 mm from its centre along x and y and 1.5 mm along z: 1 mm in its
/// slice, 3 mm in the planes across.
public struct PlaneDiameters: FeatureFamily {
  public static let name = "plane_diameters"
  public static let summary = "Maximum diameters in slices, columns and rows of the image."
  public static let reference = "PyRadiomics 3.0.1, shape: Maximum 2D diameter (Slice, Column, Row)"
  public static let parameters: [Parameter<Self>] = []
  public static let features = [
    Feature(
      "morph_diam_slice", "Maximum 2D diameter (slice)", ibsi: nil, unit: .millimetre,
      "largest distance of two vertices of the surface with the same z"),
    Feature("morph_diam_column", "Maximum 2D diameter (column)", ibsi: nil, unit: .millimetre, "… with the same y"),
    Feature("morph_diam_row", "Maximum 2D diameter (row)", ibsi: nil, unit: .millimetre, "… with the same x"),
  ]

  public init() {}

  public func cells(of region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let box = region.morphological.boundingBox else { return Array(repeating: .undefined("no voxel"), count: 3) }
    let rows = Rows(region.morphological.cropped(to: box)), spacing = region.geometry.spacing
    let diameters = resources.lanes.map(3) { rows.diameter(acrossTo: 2 - $0, spacing) }
    return diameters.map { .value($0) }
  }

  /// First and last voxels of lines, inside and between planes, for three directions of planes.
  public func workingMemory(_ region: RegionSize) -> Int {
    let box = region.box
    return 16 * (box.x * box.y + box.y * box.z + box.x * box.z) + 40 * region.runs
  }
}

/// The region's runs within its box, by row.
private struct Rows: Sendable {
  private let size: SIMD3<Int>
  private let spans: [RowSpans.Span]
  /// Where the runs of row y + size.y · z begin, and where the last end.
  private let starts: [Int]

  init(_ mask: RowSpans) {
    size = mask.size
    spans = mask.spans
    var counts = [Int](repeating: 0, count: size.y * size.z + 1)
    for span in spans { counts[span.y + size.y * span.z + 1] += 1 }
    for row in 1..<counts.count { counts[row] += counts[row - 1] }
    starts = counts
  }

  private func row(_ y: Int, _ z: Int) -> ArraySlice<RowSpans.Span> {
    guard y < size.y, z < size.z else { return [] }
    return spans[starts[y + size.y * z]..<starts[y + size.y * z + 1]]
  }

  /// The largest distance of two vertices in a plane across `normal`, mm. Cost: the runs; across x, the voxels.
  func diameter(acrossTo normal: Int, _ spacing: SIMD3<Double>) -> Double {
    let (u, v) = [(1, 2), (0, 2), (0, 1)][normal]
    var lines = PlaneLines(planes: size[normal], lines: size[v])
    for z in 0..<size.z {
      for y in 0..<size.y {
        let row = row(y, z)
        if normal == 0 {
          for span in row {
            for x in span.x..<span.x + span.count { lines.inside(x, z, y...y) }
            for x in [span.x - 1, span.x + span.count - 1] where x >= 0 { lines.changes(x, z, y...y) }
          }
        } else {
          let (plane, line) = normal == 1 ? (y, z) : (z, y)
          let next = normal == 1 ? self.row(y + 1, z) : self.row(y, z + 1)
          if let first = row.first, let last = row.last { lines.inside(plane, line, first.x...last.x + last.count - 1) }
          if let range = differences(row, next) { lines.changes(plane, line, range) }
        }
      }
    }
    return lines.largestDistance(SIMD2(spacing[u], spacing[v]))
  }

  /// From the first to the last voxel that belongs to one of two rows only.
  private func differences(
    _ row: ArraySlice<RowSpans.Span>, _ other: ArraySlice<RowSpans.Span>
  ) -> ClosedRange<Int>? {
    func edges(_ row: ArraySlice<RowSpans.Span>) -> [Int] { row.flatMap { [$0.x, $0.x + $0.count] } }
    let a = edges(row), b = edges(other)
    guard a != b else { return nil }
    /// The first place at which edges differ, from one end or the other.
    func first(_ a: some Sequence<Int>, _ b: some Sequence<Int>, _ nearer: (Int, Int) -> Int) -> Int {
      var (a, b) = (a.makeIterator(), b.makeIterator())
      while true {
        switch (a.next(), b.next()) {
        case (let a?, let b?) where a == b: continue
        case (let a?, let b?): return nearer(a, b)
        case (let a?, nil): return a
        case (nil, let b?): return b
        case (nil, nil): preconditionFailure("rows that differ")
        }
      }
    }
    return first(a, b, min)...first(a.reversed(), b.reversed(), max) - 1
  }
}

/// For each line of each plane the first and the last voxel inside, and of those that the plane and the next do not share.
private struct PlaneLines {
  private let lines: Int
  private var insides, edges: [(first: Int32, last: Int32)]

  init(planes: Int, lines: Int) {
    self.lines = lines
    insides = Array(repeating: (.max, .min), count: planes * lines)
    edges = insides
  }

  mutating func inside(_ plane: Int, _ line: Int, _ range: ClosedRange<Int>) {
    Self.extend(&insides[plane * lines + line], range)
  }

  mutating func changes(_ plane: Int, _ line: Int, _ range: ClosedRange<Int>) {
    Self.extend(&edges[plane * lines + line], range)
  }

  private static func extend(_ line: inout (first: Int32, last: Int32), _ range: ClosedRange<Int>) {
    line.first = min(line.first, Int32(truncatingIfNeeded: range.lowerBound))
    line.last = max(line.last, Int32(truncatingIfNeeded: range.upperBound))
  }

  /// The largest distance of two vertices of one plane, or of one between two planes, mm.
  func largestDistance(_ spacing: SIMD2<Double>) -> Double {
    // Places are doubled: vertices lie half a voxel beside centres, or between two planes.
    stride(from: 0, to: insides.count, by: lines).reduce(0) { largest, start in
      var inPlane = [(first: Int, last: Int)?](repeating: nil, count: 2 * lines + 1), between = inPlane
      func extend(_ row: inout (first: Int, last: Int)?, _ first: Int, _ last: Int) {
        row = row.map { (min($0.first, first), max($0.last, last)) } ?? (first, last)
      }
      for line in 0..<lines {
        let inside = insides[start + line], edge = edges[start + line]
        if inside.first <= inside.last {
          let (first, last) = (2 * Int(inside.first), 2 * Int(inside.last))
          extend(&inPlane[2 * line], first, last)
          extend(&inPlane[2 * line + 1], first - 1, last + 1)
          extend(&inPlane[2 * line + 2], first, last)
        }
        if edge.first <= edge.last { extend(&between[2 * line + 1], 2 * Int(edge.first), 2 * Int(edge.last)) }
      }
      let squares = [inPlane, between].map { RowHull($0).squaredDiameter(spacing / 2) }
      return max(largest, squares.max()!.squareRoot())
    }
  }
}
