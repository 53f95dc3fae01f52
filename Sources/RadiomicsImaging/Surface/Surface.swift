import RadiomicsCore

/// The closed surface of a mask at level 0.5 by marching cubes, measured without storing it (IBSI 1, chapter 3,
/// "Mesh-based representation"; code WRJH). Voxels beyond the grid are outside.
public struct Surface: Sendable {
  /// Enclosed volume by the divergence theorem, mm³.
  public let volume: Double
  /// Sum of triangle areas, mm².
  public let area: Double

  /// Measures the surface of a mask with voxels of `spacing` (mm). An empty mask has volume and area 0. Sums are whole
  /// numbers until the end, so neither lanes nor order matter. Cost O(box / 64 + surface), memory a bit a voxel of the
  /// box.
  public init(
    of mask: RowSpans, spacing: SIMD3<Double>, rule: SurfaceRule = .ibsi, lanes: Lanes = Lanes(jobs: 1)
  ) {
    let table = CellSurface.table(rule)
    let cones = table.map { CellContent(slope: $0.areaVector &* 2, constant: $0.cone) }
    let rows = BitRows(mask), layers = max(0, rows.size.z - 1), share = (layers + 31) / 32
    let parts = lanes.map(share == 0 ? 0 : (layers + share - 1) / share) { n in
      count(rows, layers: n * share..<min(layers, (n + 1) * share), cones)
    }
    let content = parts.reduce(0) { $0 &+ $1.content }
    volume = Double(content) / 48 * (spacing.x * spacing.y * spacing.z)
    area = (0..<256).reduce(0) { sum, corners in
      let count = parts.reduce(0) { $0 + $1.counts[corners] }
      return count == 0 ? sum : sum + Double(count) * table[corners].area(spacing: spacing)
    }
  }

  /// The triangles of a mask's surface, in doubled voxel indices, counterclockwise seen from outside.
  package static func triangles(of mask: RowSpans, rule: SurfaceRule = .ibsi) -> [CellSurface.Triangle] {
    guard let lower = mask.boundingBox?.lower else { return [] }
    let table = CellSurface.table(rule), rows = BitRows(mask)
    var triangles: [CellSurface.Triangle] = []
    forEachSurfaceCell(of: rows, layers: 0..<rows.size.z - 1) { x, y, z, corners in
      let corner = (SIMD3(x, y, z) &+ lower &- 1) &* 2
      triangles += table[corners].triangles.map { (corner &+ $0.a, corner &+ $0.b, corner &+ $0.c) }
    }
    return triangles
  }
}

/// 48 times the volume of the cone over a cell's surface from the box's corner: slope · cell + constant.
private struct CellContent: Sendable {
  let slope: SIMD3<Int>
  let constant: Int
}

/// How many cells there are of each case, and 48 times the volume under their surface.
private func count(
  _ rows: BitRows, layers: Range<Int>, _ cones: [CellContent]
) -> (counts: [Int], content: Int) {
  var counts = [Int](repeating: 0, count: 256), content = 0
  cones.withUnsafeBufferPointer { cones in
    counts.withUnsafeMutableBufferPointer { counts in
      forEachSurfaceCell(of: rows, layers: layers) { x, y, z, corners in
        counts[corners] &+= 1
        let cone = cones[corners]
        content &+= cone.constant &+ x &* cone.slope.x &+ y &* cone.slope.y &+ z &* cone.slope.z
      }
    }
  }
  return (counts, content)
}
