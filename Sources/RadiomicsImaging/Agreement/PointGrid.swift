import RadiomicsCore

/// Points of a grid by their linear indices, ascending.
package struct PointSet: Sendable {
  package var indices: [Int]

  /// The voxels of a mask that lie in `box`, on the box's grid.
  package init(voxels: RowSpans, of box: Box) {
    indices = []
    indices.reserveCapacity(voxels.count)
    for span in voxels.spans {
      let row = (span.y - box.lower.y) + box.size.y * (span.z - box.lower.z)
      let start = span.x - box.lower.x + box.size.x * row
      indices.append(contentsOf: start..<start + span.count)
    }
  }

  init(indices: [Int]) { self.indices = indices }
}

/// A grid of points between which distances are measured.
package struct PointGrid: Sendable {
  package let size: SIMD3<Int>
  package let spacing: SIMD3<Double>

  /// Points at distances of `spacing` (mm).
  package init(size: SIMD3<Int>, spacing: SIMD3<Double>) {
    self.size = size
    self.spacing = spacing
  }

  /// The distance from each point to the nearest of `sites`, mm; infinite if there are none. Exact. Outlines of one thing
  /// are close to each other, so rows around each point are searched first; where that takes more steps than
  /// `searchLimit` for each voxel of the grid, by a distance transform of the grid. Cost: linear in the grid.
  package func distances(from points: [PointSet], to sites: PointSet, searchLimit: Int = 16) -> [[Double]] {
    guard !sites.indices.isEmpty else { return points.map { .init(repeating: .infinity, count: $0.indices.count) } }
    var steps = searchLimit * size.x * size.y * size.z
    let rows = gaps(to: sites)
    var distances: [[Double]] = []
    for set in points {
      guard let found = searchRows(rows, size, spacing, from: set.indices, steps: &steps) else {
        return transformed(from: points, to: sites)
      }
      distances.append(found)
    }
    return distances
  }

  private func transformed(from points: [PointSet], to sites: PointSet) -> [[Double]] {
    var mask = [UInt8](repeating: 0, count: size.x * size.y * size.z)
    for index in sites.indices { mask[index] = 1 }
    let geometry = Geometry(unchecked: size, spacing: spacing, origin: .zero, direction: .identity)
    let squares = Volume(geometry: geometry, voxels: mask).squaredDistances().voxels
    return points.map { $0.indices.map { squares[$0].squareRoot() } }
  }

  /// For each point, how many voxels the nearest site of its row along x is away; `noSite` in rows without any.
  private func gaps(to sites: PointSet) -> [Int32] {
    var gaps = [Int32](repeating: noSite, count: size.x * size.y * size.z)
    gaps.withUnsafeMutableBufferPointer { gaps in
      var first = 0
      while first < sites.indices.count {
        let start = sites.indices[first] / size.x * size.x, end = start + size.x
        var left: Int?
        while first < sites.indices.count, sites.indices[first] < end {
          let site = sites.indices[first]
          for index in (left ?? start)..<site {
            gaps[index] = Int32(truncatingIfNeeded: left.map { min(index - $0, site - index) } ?? site - index)
          }
          left = site
          first += 1
        }
        for index in left!..<end { gaps[index] = Int32(truncatingIfNeeded: index - left!) }
      }
    }
    return gaps
  }
}

/// Farther than any site of a grid.
private let noSite: Int32 = 1 << 30

/// d(p) = min over rows of √((sx gap)² + (sy Δy)² + (sz Δz)²), rows in order of Δz and Δy as long as they may hold
/// something nearer. Nil if that takes more than `steps`.
private func searchRows(
  _ gaps: [Int32], _ size: SIMD3<Int>, _ spacing: SIMD3<Double>, from points: [Int], steps: inout Int
) -> [Double]? {
  let layer = size.x * size.y, squares = spacing * spacing
  return gaps.withUnsafeBufferPointer { gaps in
    var distances: [Double] = []
    distances.reserveCapacity(points.count)
    for point in points {
      let z = point / layer, y = (point - z * layer) / size.x
      var best = Double.infinity, dz = 0
      while dz < size.z, case let height = squares.z * Double(dz * dz), height < best {
        for side in 0..<(dz == 0 ? 1 : 2) where side == 0 ? z >= dz : z + dz < size.z {
          let row = side == 0 ? point - dz * layer : point + dz * layer
          var dy = 0
          while dy < size.y, case let base = height + squares.y * Double(dy * dy), base < best {
            if dy <= y {
              let gap = Double(gaps[row - dy * size.x])
              best = min(best, base + squares.x * gap * gap)
            }
            if dy < size.y - y {
              let gap = Double(gaps[row + dy * size.x])
              best = min(best, base + squares.x * gap * gap)
            }
            dy += 1
          }
          steps -= 2 * dy
        }
        dz += 1
      }
      if steps < 0 { return nil }
      distances.append(best.squareRoot())
    }
    return distances
  }
}
