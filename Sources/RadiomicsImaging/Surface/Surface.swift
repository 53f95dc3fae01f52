/// The closed surface of a mask at level 0.5 by marching cubes, measured without storing it (IBSI 1, chapter 3,
/// "Mesh-based representation"; code WRJH). Voxels beyond the grid are outside.
public struct Surface: Sendable {
  /// Enclosed volume by the divergence theorem, mm³.
  public let volume: Double
  /// Sum of triangle areas, mm².
  public let area: Double

  /// Measures the surface of a mask with voxels of `spacing` (mm). An empty mask has volume and area 0. Cost O(box).
  public init(of mask: RowSpans, spacing: SIMD3<Double>, rule: SurfaceRule = .ibsi) {
    let table = CellSurface.table(rule)
    var counts = [Int](repeating: 0, count: 256), content = 0
    forEachSurfaceCell(of: mask) { cell, corners in
      counts[corners] += 1
      content &+= table[corners].cone &+ 2 &* cell.dot(table[corners].areaVector)
    }
    volume = Double(content) / 48 * (spacing.x * spacing.y * spacing.z)
    area = (0..<256).reduce(0) { sum, corners in
      counts[corners] == 0 ? sum : sum + Double(counts[corners]) * table[corners].area(spacing: spacing)
    }
  }

  /// The triangles of a mask's surface, in doubled voxel indices, counterclockwise seen from outside.
  package static func triangles(of mask: RowSpans, rule: SurfaceRule = .ibsi) -> [CellSurface.Triangle] {
    guard let lower = mask.boundingBox?.lower else { return [] }
    let table = CellSurface.table(rule)
    var triangles: [CellSurface.Triangle] = []
    forEachSurfaceCell(of: mask) { cell, corners in
      let corner = (cell &+ lower &- 1) &* 2
      triangles += table[corners].triangles.map { (corner &+ $0.a, corner &+ $0.b, corner &+ $0.c) }
    }
    return triangles
  }
}

/// Calls `body` with the position, counted from the mask's box grown by one, and the case of each cell that holds
/// voxels of both kinds.
private func forEachSurfaceCell(of mask: RowSpans, _ body: (_ cell: SIMD3<Int>, _ corners: Int) -> Void) {
  guard let box = mask.boundingBox?.grown(by: [1, 1, 1]) else { return }
  let (nx, ny, nz) = (box.size.x, box.size.y, box.size.z)
  var inside = [UInt8](repeating: 0, count: nx * ny * nz)
  for span in mask.spans {
    let start = span.x - box.lower.x + nx * (span.y - box.lower.y + ny * (span.z - box.lower.z))
    for index in start..<start + span.count { inside[index] = 1 }
  }
  inside.withUnsafeBufferPointer { inside in
    for z in 0..<nz - 1 {
      for y in 0..<ny - 1 {
        let row = nx * (y + ny * z)
        var left = 0
        for x in 0..<nx {
          let n = row + x
          let right =
            Int(inside[n]) << 1 | Int(inside[n + nx]) << 3 | Int(inside[n + nx * ny]) << 5
            | Int(inside[n + nx + nx * ny]) << 7
          let corners = left | right
          if corners != 0, corners != 255 { body([x - 1, y, z], corners) }
          left = right >> 1
        }
      }
    }
  }
}
