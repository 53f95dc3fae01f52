import RadiomicsImaging

/// A region's grey levels, made once for each distinct discretisation, over the tight box of its intensity mask with
/// one voxel of level 0 (outside) all around, so that kernels need no bounds tests.
public struct GreyLevels: Sendable {
  /// Ng: number of levels, empty ones included. Levels in the buffer are 1 … `count`.
  public let count: Int
  /// Number of voxels with a level.
  public let voxelCount: Int
  /// Size of `buffer` along each axis, padding included.
  public let size: SIMD3<Int>
  /// Levels, x fastest; 0 outside the region.
  public let buffer: [UInt16]
  /// The region's runs within `buffer`.
  public let spans: RowSpans
  /// Voxel distances, mm.
  public let spacing: SIMD3<Double>
  /// Index in the region's grid of the buffer's first voxel (−1 where the box starts at the grid's border).
  public let offset: SIMD3<Int>

  /// Levels of `region` in span order, put into a padded buffer. The intensity mask must not be empty.
  public init(_ discretised: DiscretisedIntensities, of region: Region) {
    let box = region.intensity.boundingBox!.grown(by: [1, 1, 1])
    var buffer = [UInt16](repeating: 0, count: box.size.x * box.size.y * box.size.z)
    var next = 0
    for span in region.intensity.spans {
      let x = span.x - box.lower.x, y = span.y - box.lower.y, z = span.z - box.lower.z
      let start = x + box.size.x * (y + box.size.y * z)
      for index in start..<start + span.count {
        buffer[index] = discretised.levels[next]
        next += 1
      }
    }
    count = discretised.count
    voxelCount = region.intensity.count
    size = box.size
    self.buffer = buffer
    spans = RowSpans(size: box.size) { buffer[$0] != 0 }
    spacing = region.geometry.spacing
    offset = box.lower
  }

  /// Number of voxels of each level 1 … `count`.
  public var voxelCounts: [Int] {
    var counts = [Int](repeating: 0, count: count)
    for span in spans.spans {
      let start = spans.offset(of: span)
      for index in start..<start + span.count { counts[Int(buffer[index]) - 1] += 1 }
    }
    return counts
  }

  /// The level of a voxel of the box (x fastest), 0 outside the region.
  public func level(at index: Int) -> Int { Int(buffer[index]) }

  /// Linear step in `buffer` of a voxel offset.
  @inlinable
  public func step(_ offset: SIMD3<Int>) -> Int { offset.x + size.x * (offset.y + size.y * offset.z) }
}
