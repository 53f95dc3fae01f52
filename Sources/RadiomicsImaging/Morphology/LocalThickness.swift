import RadiomicsCore

/// Where a region ends, for distances to what is outside it.
public enum RegionBorder: String, CaseIterable, Sendable {
  /// At the faces of its voxels: k voxels in a row are k voxels thick.
  case edges
  /// At the centres of the voxels outside: k voxels in a row are k + 1 thick where k is odd.
  case centres
}

/// Local thickness: for each voxel of a region the diameter of the largest sphere that lies within the region and holds the voxel's centre.
///
/// Distances are exact. With the border at `edges`, spheres have their centres at the centres of voxels and halfway between them, so that slabs of
/// even numbers of voxels have their thickness too: distances are those on a lattice of half voxels, as the point of a voxel's box that is nearest to
/// a point of the lattice is one of the lattice. Example: in a cube of 3 × 3 × 3 voxels of 1 mm the sphere in the middle has a radius of
/// 1.5 mm and holds all but the eight corners, which lie in spheres of 1 mm: 19 voxels of 3 mm and 8 of 2 mm.
///
/// Cost: linear in the box for distances; for spheres, π r² rows of each centre whose sphere is within no neighbour's.
///
/// Source: Hildebrand and Rüegsegger, J Microsc 185 (1997) 67, doi:10.1046/j.1365-2818.1997.1340694.x.
public struct LocalThickness: Sendable {
  /// In mm, in the order of the region's voxels.
  public let values: [Double]

  /// - `mask`: The region, which is not empty.
  /// - `spacing`: Of its voxels, mm.
  public init(_ mask: RowSpans, spacing: SIMD3<Double>, border: RegionBorder = .edges) {
    guard let box = mask.boundingBox else {
      values = []
      return
    }
    let cropped = mask.cropped(to: box)
    let lattice = SphereLattice(cropped, spacing: spacing, border: border)
    var map = PaintedRows(cropped)
    for centre in lattice.centres() { lattice.paint(centre, &map) }
    values = cropped.values(of: map.values)
  }
}

/// Points at which spheres may have their centres, with their distances from what is outside.
private struct SphereLattice {
  /// Squared distance of each point, mm², x fastest.
  private let squares: [Double]
  private let size: SIMD3<Int>
  /// Of points, mm.
  private let spacing: SIMD3<Double>
  /// Points in a voxel's length, and the point of the first voxel's centre.
  private let step: Int, first = 1
  /// Whether a voxel whose centre is on the sphere is held by it.
  private let isClosed: Bool

  init(_ mask: RowSpans, spacing: SIMD3<Double>, border: RegionBorder) {
    isClosed = border == .edges
    step = isClosed ? 2 : 1
    self.spacing = spacing / Double(step)
    // Edges: from face to face; centres: one voxel outside all around.
    size = isClosed ? 2 &* mask.size &+ 1 : mask.size &+ 2
    var outside = [UInt8](repeating: 1, count: size.x * size.y * size.z)
    Self.clear(&outside, mask, size, isClosed: isClosed)
    guard let geometry = try? Geometry(size: size, spacing: self.spacing) else {
      preconditionFailure("a grid of points")
    }
    squares = Volume(geometry: geometry, voxels: outside).squaredDistances().voxels
  }

  /// Points that lie within the region: with edges, those that no voxel outside touches.
  private static func clear(_ outside: inout [UInt8], _ mask: RowSpans, _ size: SIMD3<Int>, isClosed: Bool) {
    guard isClosed else {
      for span in mask.spans {
        let start = span.x + 1 + size.x * (span.y + 1 + size.y * (span.z + 1))
        for x in start..<start + span.count { outside[x] = 0 }
      }
      return
    }
    // How many voxels of the region touch a point: 2, 4 or 8 where all that could do.
    var touched = [UInt8](repeating: 0, count: outside.count)
    for span in mask.spans {
      for z in 2 * span.z...2 * span.z + 2 {
        for y in 2 * span.y...2 * span.y + 2 {
          let row = size.x * (y + size.y * z)
          for voxel in span.x..<span.x + span.count {
            for x in 2 * voxel...2 * voxel + 2 { touched[row + x] += 1 }
          }
        }
      }
    }
    for z in 1..<size.z - 1 {
      for y in 1..<size.y - 1 {
        let all = (y % 2 == 0 ? 2 : 1) * (z % 2 == 0 ? 2 : 1)
        for x in 1..<size.x - 1 {
          let index = x + size.x * (y + size.y * z)
          if Int(touched[index]) == all * (x % 2 == 0 ? 2 : 1) { outside[index] = 0 }
        }
      }
    }
  }

  /// Points whose spheres lie in the sphere of no neighbour, the largest first.
  func centres() -> [Int] {
    var steps: [(offset: Int, length: Double)] = []
    for z in -1...1 {
      for y in -1...1 {
        for x in -1...1 where (x, y, z) != (0, 0, 0) {
          let d = SIMD3<Double>(Double(x), Double(y), Double(z)) * spacing
          steps.append((x + size.x * (y + size.y * z), (d * d).sum().squareRoot()))
        }
      }
    }
    let radii = squares.map { $0.squareRoot() }
    // What is at the rim of the lattice is outside.
    let kept = radii.indices.filter { index in
      let radius = radii[index]
      return radius > 0 && !steps.contains { radii[index + $0.offset] >= radius + $0.length }
    }
    return kept.sorted { (squares[$1], $0) < (squares[$0], $1) }
  }

  /// Gives the voxels within a centre's sphere its diameter, where none has one yet.
  func paint(_ index: Int, _ map: inout PaintedRows) {
    let centre = SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y)) &- first
    let square = squares[index], diameter = 2 * square.squareRoot()
    // On a sphere's surface but for rounding is on it.
    let reach = isClosed ? square * (1 + 1e-12) : square * (1 - 1e-12)
    func voxels(_ axis: Int, _ square: Double) -> ClosedRange<Int> {
      let half = max(0, square).squareRoot() / spacing[axis], at = Double(centre[axis])
      let low = Int(((at - half) / Double(step)).rounded(.up)), high = Int(((at + half) / Double(step)).rounded(.down))
      return max(0, low)...max(max(0, low), min(map.size[axis] - 1, high))
    }
    func along(_ axis: Int, _ voxel: Int) -> Double {
      let d = Double(voxel * step - centre[axis]) * spacing[axis]
      return d * d
    }
    for z in voxels(2, reach) {
      let left = reach - along(2, z)
      guard left >= 0 else { continue }
      for y in voxels(1, left) {
        let rest = left - along(1, y)
        guard rest >= 0 else { continue }
        let range = voxels(0, rest)
        // The ends of the range may be one too far by rounding.
        let low = along(0, range.lowerBound) <= rest ? range.lowerBound : range.lowerBound + 1
        let high = along(0, range.upperBound) <= rest ? range.upperBound : range.upperBound - 1
        if low <= high { map.paint(low...high, y, z, diameter) }
      }
    }
  }
}

/// Values of voxels, each of which is given once; those that have one are stepped over.
private struct PaintedRows {
  let size: SIMD3<Int>
  private(set) var values: [Double]
  /// The next voxel of the row without value, from each on; rows have one place more than voxels.
  private var next: [Int32]

  init(_ mask: RowSpans) {
    size = mask.size
    values = Array(repeating: 0, count: size.x * size.y * size.z)
    next = (0..<(size.x + 1) * size.y * size.z).map { Int32(truncatingIfNeeded: $0 % (mask.size.x + 1)) }
  }

  mutating func paint(_ range: ClosedRange<Int>, _ y: Int, _ z: Int, _ value: Double) {
    let row = y + size.y * z, places = row * (size.x + 1), start = row * size.x
    var x = free(places, range.lowerBound)
    while x <= range.upperBound {
      values[start + x] = value
      next[places + x] = Int32(truncatingIfNeeded: x + 1)
      x = free(places, x + 1)
    }
  }

  private mutating func free(_ places: Int, _ x: Int) -> Int {
    var found = x
    while Int(next[places + found]) != found { found = Int(next[places + found]) }
    var passed = x
    while passed != found {
      let following = Int(next[places + passed])
      next[places + passed] = Int32(truncatingIfNeeded: found)
      passed = following
    }
    return found
  }
}
