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

  public func measure(_ region: Region, _ levels: GreyLevels?, _ resources: Resources) -> [Cell] {
    guard let box = region.morphological.boundingBox else { return Array(repeating: .undefined("no voxel"), count: 3) }
    let mask = BoxMask(region.morphological, box), spacing = region.geometry.spacing
    let diameters = resources.lanes.map(3) { mask.diameter(acrossTo: 2 - $0, spacing) }
    return diameters.map { .value($0) }
  }

  /// A byte for each voxel of the box.
  public func workingMemory(_ region: RegionSize) -> Int { region.boxVoxels }
}

/// The region's voxels within its box.
private struct BoxMask: Sendable {
  let size: SIMD3<Int>
  private var voxels: [UInt8]

  init(_ mask: RowSpans, _ box: Box) {
    size = box.size
    voxels = Array(repeating: 0, count: size.x * size.y * size.z)
    for span in mask.spans {
      let start = span.x - box.lower.x + size.x * (span.y - box.lower.y + size.y * (span.z - box.lower.z))
      for index in start..<start + span.count { voxels[index] = 1 }
    }
  }

  /// The largest distance of two vertices in a plane across `normal`, mm. Cost: the box's voxels, and hulls of row ends.
  func diameter(acrossTo normal: Int, _ spacing: SIMD3<Double>) -> Double {
    let (u, v) = [(1, 2), (0, 2), (0, 1)][normal], strides = [1, size.x, size.x * size.y]
    var largest = 0.0
    // Places are doubled: vertices lie half a voxel beside centres, or between two planes.
    for plane in 0..<size[normal] {
      var inPlane: [SIMD2<Int>] = [], above: [SIMD2<Int>] = []
      for line in 0..<size[v] {
        let start = plane * strides[normal] + line * strides[v]
        func isInside(_ step: Int) -> Bool { voxels[start + step * strides[u]] != 0 }
        func changes(_ step: Int) -> Bool {
          let next = plane + 1 < size[normal] && voxels[start + strides[normal] + step * strides[u]] != 0
          return isInside(step) != next
        }
        for step in ends(isInside, size[u]) {
          let centre = SIMD2(2 * step, 2 * line)
          inPlane += [centre &+ [1, 0], centre &- [1, 0], centre &+ [0, 1], centre &- [0, 1]]
        }
        for step in ends(changes, size[u]) { above.append([2 * step, 2 * line]) }
      }
      let scale = SIMD2(spacing[u], spacing[v]) / 2
      largest = max(largest, extent(inPlane, scale), extent(above, scale))
    }
    return largest
  }

  /// The first and the last step for which something is true.
  private func ends(_ isTrue: (Int) -> Bool, _ count: Int) -> [Int] {
    guard let first = (0..<count).first(where: isTrue), let last = (0..<count).last(where: isTrue) else { return [] }
    return first == last ? [first] : [first, last]
  }
}

/// The largest distance of two points, among those of their hull.
private func extent(_ points: [SIMD2<Int>], _ scale: SIMD2<Double>) -> Double {
  let corners = hull(points)
  var largest = 0.0
  for (index, a) in corners.enumerated() {
    for b in corners[..<index] {
      let step = SIMD2<Double>(a &- b) * scale
      largest = max(largest, (step * step).sum())
    }
  }
  return largest.squareRoot()
}

/// Corners of the convex hull, the lower and the upper chain one after the other (Andrew, doi:10.1016/0020-0190(79)90072-3).
private func hull(_ points: [SIMD2<Int>]) -> [SIMD2<Int>] {
  let sorted = Set(points).sorted { ($0.x, $0.y) < ($1.x, $1.y) }
  func chain(_ points: some Sequence<SIMD2<Int>>) -> [SIMD2<Int>] {
    var chain: [SIMD2<Int>] = []
    for point in points {
      while chain.count > 1 {
        let a = chain[chain.count - 1] &- chain[chain.count - 2], b = point &- chain[chain.count - 1]
        if a.x * b.y - a.y * b.x > 0 { break }
        chain.removeLast()
      }
      chain.append(point)
    }
    return chain
  }
  return chain(sorted) + chain(sorted.reversed())
}
