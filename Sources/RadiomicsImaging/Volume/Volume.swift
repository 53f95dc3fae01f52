/// Voxels with a place in the patient, x fastest.
public struct Volume<Voxel: Sendable>: Sendable {
  /// The grid.
  public let geometry: Geometry
  /// `geometry.count` values, x fastest.
  public var voxels: [Voxel]

  /// Voxels on a grid; their number must be the grid's.
  @inlinable
  public init(geometry: Geometry, voxels: [Voxel]) {
    precondition(voxels.count == geometry.count, "a volume has as many voxels as its grid")
    self.geometry = geometry
    self.voxels = voxels
  }

  /// The voxel at an index inside the grid.
  @inlinable
  public subscript(x: Int, y: Int, z: Int) -> Voxel {
    voxels[x + geometry.size.x * (y + geometry.size.y * z)]
  }
}

extension Volume {
  /// The voxels of a box inside the grid.
  @inlinable
  public func cropped(to box: Box) -> Volume {
    guard box != geometry.box else { return self }
    var part: [Voxel] = []
    part.reserveCapacity(box.size.x * box.size.y * box.size.z)
    for z in box.lower.z..<box.upper.z {
      for y in box.lower.y..<box.upper.y {
        let start = box.lower.x + geometry.size.x * (y + geometry.size.y * z)
        part += voxels[start..<start + box.size.x]
      }
    }
    return Volume(geometry: geometry.cropped(to: box), voxels: part)
  }
}

extension Volume: Equatable where Voxel: Equatable {}
