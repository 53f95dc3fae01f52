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

/// A mask over its box grown by one voxel on each side, a bit a voxel; rows start on a word.
private struct BitRows: Sendable {
  let size: SIMD3<Int>
  /// Words of a row.
  let pitch: Int
  let words: [UInt64]

  init(_ mask: RowSpans) {
    guard let box = mask.boundingBox?.grown(by: [1, 1, 1]) else {
      (size, pitch, words) = (.zero, 0, [])
      return
    }
    let pitch = (box.size.x + 63) / 64
    var words = [UInt64](repeating: 0, count: pitch * box.size.y * box.size.z)
    for span in mask.spans {
      let row = pitch * (span.y - box.lower.y + box.size.y * (span.z - box.lower.z))
      let first = span.x - box.lower.x, last = first + span.count - 1
      let head = ~UInt64(0) << UInt64(first & 63), tail = ~UInt64(0) >> UInt64(63 - last & 63)
      let (from, to) = (row + first >> 6, row + last >> 6)
      if from == to {
        words[from] |= head & tail
      } else {
        words[from] |= head
        for word in from + 1..<to { words[word] = ~0 }
        words[to] |= tail
      }
    }
    (size, self.pitch, self.words) = (box.size, pitch, words)
  }
}

/// Calls `body` with the position, counted from the grown box, and the case of each cell that holds voxels of both
/// kinds. 64 cells are looked at together.
@inline(__always)
private func forEachSurfaceCell(
  of rows: BitRows, layers: Range<Int>, _ body: (_ x: Int, _ y: Int, _ z: Int, _ corners: Int) -> Void
) {
  let pitch = rows.pitch, layer = pitch * rows.size.y
  rows.words.withUnsafeBufferPointer { words in
    for z in layers {
      for y in 0..<rows.size.y - 1 {
        let row = pitch * y + layer * z
        for word in 0..<pitch {
          let n = row + word, isLast = word == pitch - 1
          @inline(__always) func pair(_ n: Int) -> (left: UInt64, right: UInt64) {
            let left = words[n]
            return (left, left >> 1 | (isLast ? 0 : words[n + 1] << 63))
          }
          let a = pair(n), b = pair(n + pitch), c = pair(n + layer), d = pair(n + layer + pitch)
          let any = a.left | a.right | b.left | b.right | c.left | c.right | d.left | d.right
          let all = a.left & a.right & b.left & b.right & c.left & c.right & d.left & d.right
          var mixed = any & ~all
          while mixed != 0 {
            let bit = UInt64(mixed.trailingZeroBitCount)
            mixed &= mixed &- 1
            let near =
              a.left >> bit & 1 | (a.right >> bit & 1) << 1 | (b.left >> bit & 1) << 2 | (b.right >> bit & 1) << 3
            let far =
              c.left >> bit & 1 | (c.right >> bit & 1) << 1 | (d.left >> bit & 1) << 2 | (d.right >> bit & 1) << 3
            body(word << 6 + Int(bit), y, z, Int(near | far << 4))
          }
        }
      }
    }
  }
}
